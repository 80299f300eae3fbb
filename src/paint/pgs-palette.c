/* pgs-palette.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every color that data is drawn in, for light, dark and high contrast.
 *
 * The colors started from those of the GNOME palette. A search then moved them as
 * little as it could until every two that meet in a color mode were apart by at
 * least 0.085 in OKLab, for all of protanopia, deuteranopia, tritanopia and full
 * sight (Machado and others, 2009); a test computes the distances anew. The GNOME
 * colors as they are come as close as 0.05: gray and green, and yellow and the
 * color of absent pages, look alike to some. Blue is as dark as it must be for
 * white text on it. Indigo, pink, maroon and the pale one were found by the same measure
 * beside the others; brown is for modes that have no orange.
 *
 * A ramp runs from plum over blue to a pale end in even steps of lightness, so that
 * its order survives any loss of hue. It stays out of the greens and yellows, which
 * the dichromat's eye turns to gray, orange and the color of what is absent: the
 * common ramps from violet to yellow cross all three.
 */

#include "config.h"

#include "pgs-palette.h"

#include <math.h>

#define RGB(hex) { (((hex) >> 16) & 0xff) / 255.0, (((hex) >> 8) & 0xff) / 255.0, \
                   ((hex) & 0xff) / 255.0 }

#define RAMP4(n, a, b, c, d) \
  [PGS_COLOR_RAMP + (n)] = RGB (a), [PGS_COLOR_RAMP + (n) + 1] = RGB (b), \
  [PGS_COLOR_RAMP + (n) + 2] = RGB (c), [PGS_COLOR_RAMP + (n) + 3] = RGB (d)

#define RAMP_FOR_LIGHT \
  RAMP4 (0, 0x300134, 0x36013d, 0x3b0248, 0x410054), \
  RAMP4 (4, 0x46025f, 0x4b026b, 0x4f0278, 0x530386), \
  RAMP4 (8, 0x570195, 0x5a05a3, 0x5c05b2, 0x5e06c2), \
  RAMP4 (12, 0x5f0ad2, 0x5e21da, 0x5c30e1, 0x5a3de7), \
  RAMP4 (16, 0x5749ed, 0x5454f2, 0x505ff7, 0x4c69fb), \
  RAMP4 (20, 0x4873fe, 0x457efe, 0x4487fe, 0x4691fd), \
  RAMP4 (24, 0x4799fe, 0x49a2fe, 0x4eaafe, 0x55b2fe), \
  RAMP4 (28, 0x5eb9fd, 0x65c0fe, 0x6dc7fe, 0x76ceff)

#define RAMP_FOR_DARK \
  RAMP4 (0, 0x620374, 0x660084, 0x690394, 0x6c03a5), \
  RAMP4 (4, 0x6d04b6, 0x6e07c8, 0x6d06dc, 0x6c07f0), \
  RAMP4 (8, 0x671efd, 0x5f3dfd, 0x574ffd, 0x4f5eff), \
  RAMP4 (12, 0x466bff, 0x3e78fe, 0x3482fe, 0x2a8dfe), \
  RAMP4 (16, 0x2297fd, 0x15a0fd, 0x0aa9fd, 0x0ab1fc), \
  RAMP4 (20, 0x18b9fb, 0x01c1fd, 0x12c9fd, 0x10d1fe), \
  RAMP4 (24, 0x18d9fe, 0x24e1ff, 0x33e8fe, 0x42effe), \
  RAMP4 (28, 0x49f7fe, 0x62fcfc, 0x8dfff9, 0xb6fff6)

static const PgsPalette palettes[PGS_PALETTE_N_VARIANTS] = {
  [PGS_PALETTE_LIGHT] = {
    .colors = {
      [PGS_COLOR_BLUE] = RGB (0x2175dc), [PGS_COLOR_GREEN] = RGB (0x45c67f),
      [PGS_COLOR_PURPLE] = RGB (0x943ea7), [PGS_COLOR_GRAY] = RGB (0x91989a),
      [PGS_COLOR_ORANGE] = RGB (0xfe7409), [PGS_COLOR_RED] = RGB (0xbf1f31),
      [PGS_COLOR_YELLOW] = RGB (0xf6d228), [PGS_COLOR_TEAL] = RGB (0x185068),
      [PGS_COLOR_BROWN] = RGB (0xb88150), [PGS_COLOR_ABSENT] = RGB (0xe7e4ea),
      [PGS_COLOR_INDIGO] = RGB (0x3c28e6), [PGS_COLOR_PINK] = RGB (0xd291f0),
      [PGS_COLOR_MAROON] = RGB (0x5f0a0f), [PGS_COLOR_PALE] = RGB (0x8ce6a0),
      RAMP_FOR_LIGHT,
    },
    .background = RGB (0xfafafa), .text = RGB (0x1e1e1e), .dim_text = RGB (0x6b6b70),
    .line = RGB (0xc0bfbc), .hatch = RGB (0xb9b6bd), .gap = RGB (0x77767b),
    .selection = RGB (0x1e1e1e),
  },
  [PGS_PALETTE_DARK] = {
    .colors = {
      [PGS_COLOR_BLUE] = RGB (0x6aa8f9), [PGS_COLOR_GREEN] = RGB (0x44e793),
      [PGS_COLOR_PURPLE] = RGB (0xbf5ec7), [PGS_COLOR_GRAY] = RGB (0x999fa7),
      [PGS_COLOR_ORANGE] = RGB (0xfe7a0e), [PGS_COLOR_RED] = RGB (0xb52b34),
      [PGS_COLOR_YELLOW] = RGB (0xf9f36c), [PGS_COLOR_TEAL] = RGB (0x278194),
      [PGS_COLOR_BROWN] = RGB (0xc8a06c), [PGS_COLOR_ABSENT] = RGB (0x3d3846),
      [PGS_COLOR_INDIGO] = RGB (0x3c1ed2), [PGS_COLOR_PINK] = RGB (0xe6b4e6),
      [PGS_COLOR_MAROON] = RGB (0x6e2d0a), [PGS_COLOR_PALE] = RGB (0xb9f0e1),
      RAMP_FOR_DARK,
    },
    .background = RGB (0x242424), .text = RGB (0xffffff), .dim_text = RGB (0x9d9da2),
    .line = RGB (0x5e5c64), .hatch = RGB (0x5e5a66), .gap = RGB (0x9a9996),
    .selection = RGB (0xffffff),
  },
  [PGS_PALETTE_HIGH_CONTRAST_LIGHT] = {
    .colors = {
      [PGS_COLOR_BLUE] = RGB (0x1461c1), [PGS_COLOR_GREEN] = RGB (0x2eb584),
      [PGS_COLOR_PURPLE] = RGB (0x5f307b), [PGS_COLOR_GRAY] = RGB (0x857386),
      [PGS_COLOR_ORANGE] = RGB (0xfe760c), [PGS_COLOR_RED] = RGB (0xab2c2c),
      [PGS_COLOR_YELLOW] = RGB (0xf7c000), [PGS_COLOR_TEAL] = RGB (0x213037),
      [PGS_COLOR_BROWN] = RGB (0xb87003), [PGS_COLOR_ABSENT] = RGB (0xe2e0e6),
      [PGS_COLOR_INDIGO] = RGB (0x3700c8), [PGS_COLOR_PINK] = RGB (0xd291f0),
      [PGS_COLOR_MAROON] = RGB (0x5f0505), [PGS_COLOR_PALE] = RGB (0x87ff8c),
      RAMP_FOR_LIGHT,
    },
    .background = RGB (0xffffff), .text = RGB (0x000000), .dim_text = RGB (0x3d3d40),
    .line = RGB (0x000000), .hatch = RGB (0x77767b), .gap = RGB (0x000000),
    .selection = RGB (0x000000),
  },
  [PGS_PALETTE_HIGH_CONTRAST_DARK] = {
    .colors = {
      [PGS_COLOR_BLUE] = RGB (0x7eb4fb), [PGS_COLOR_GREEN] = RGB (0x9eec7e),
      [PGS_COLOR_PURPLE] = RGB (0xbb5dd0), [PGS_COLOR_GRAY] = RGB (0xb8b2a9),
      [PGS_COLOR_ORANGE] = RGB (0xfe7501), [PGS_COLOR_RED] = RGB (0xbe0a11),
      [PGS_COLOR_YELLOW] = RGB (0xfcfcdb), [PGS_COLOR_TEAL] = RGB (0x50897b),
      [PGS_COLOR_BROWN] = RGB (0xe89838), [PGS_COLOR_ABSENT] = RGB (0x2a2730),
      [PGS_COLOR_INDIGO] = RGB (0x3c1ed2), [PGS_COLOR_PINK] = RGB (0x9696b4),
      [PGS_COLOR_MAROON] = RGB (0x6e3246), [PGS_COLOR_PALE] = RGB (0xe6cddc),
      RAMP_FOR_DARK,
    },
    .background = RGB (0x000000), .text = RGB (0xffffff), .dim_text = RGB (0xd0d0d4),
    .line = RGB (0xffffff), .hatch = RGB (0x9a9996), .gap = RGB (0xffffff),
    .selection = RGB (0xffffff),
  },
};

/**
 * pgs_palette_get:
 * @variant: for which look
 *
 * Returns: (transfer none): the palette
 */
const PgsPalette *
pgs_palette_get (PgsPaletteVariant variant)
{
  g_return_val_if_fail ((guint) variant < PGS_PALETTE_N_VARIANTS, &palettes[0]);

  return &palettes[variant];
}

/* Returns one component in linear light (IEC 61966-2-1). */
static double
get_linear (double component)
{
  return component <= 0.04045 ? component / 12.92 : pow ((component + 0.055) / 1.055, 2.4);
}

/**
 * pgs_palette_get_on_color:
 * @color: one of the data's colors
 *
 * Returns: (transfer none): black or white, whichever is easier to read on it; the
 *   contrast (WCAG 2) is 4.5 or more on all of them
 */
const PgsRgb *
pgs_palette_get_on_color (const PgsPalette *self,
                          PgsColor          color)
{
  static const PgsRgb black = RGB (0x000000);
  static const PgsRgb white = RGB (0xffffff);
  const PgsRgb *rgb;

  g_return_val_if_fail (self != NULL && (guint) color < PGS_COLOR_N_COLORS, &black);

  rgb = &self->colors[color];
  /* White reads well up to this luminance: 1.05 / (0.183 + 0.05) = 4.5. */
  return 0.2126 * get_linear (rgb->red) + 0.7152 * get_linear (rgb->green) +
         0.0722 * get_linear (rgb->blue) > 0.183 ? &black : &white;
}

/**
 * pgs_rgb_set_source:
 * @cr: a context
 *
 * Draws in this color from now on.
 */
void
pgs_rgb_set_source (const PgsRgb *self,
                    cairo_t      *cr)
{
  g_return_if_fail (self != NULL && cr != NULL);

  cairo_set_source_rgb (cr, self->red, self->green, self->blue);
}
