/* pgs-palette.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every color that data is drawn in, for light, dark and high contrast.
 *
 * The hues are those of the GNOME palette, their lightness moved so that any two
 * that meet in a color mode stay apart when red, green or blue cannot be seen; a
 * test simulates that. The ramp follows one curve from dark blue to light yellow,
 * even in lightness, so that its order survives any loss of hue.
 */

#include "config.h"

#include "pgs-palette.h"

#define RGB(hex) { (((hex) >> 16) & 0xff) / 255.0, (((hex) >> 8) & 0xff) / 255.0, \
                   ((hex) & 0xff) / 255.0 }

#define RAMP_COLORS \
  [PGS_COLOR_RAMP + 0] = RGB (0x30123b), [PGS_COLOR_RAMP + 1] = RGB (0x2c1e57), \
  [PGS_COLOR_RAMP + 2] = RGB (0x272a70), [PGS_COLOR_RAMP + 3] = RGB (0x213685), \
  [PGS_COLOR_RAMP + 4] = RGB (0x1c4295), [PGS_COLOR_RAMP + 5] = RGB (0x184da0), \
  [PGS_COLOR_RAMP + 6] = RGB (0x1758a8), [PGS_COLOR_RAMP + 7] = RGB (0x1863ac), \
  [PGS_COLOR_RAMP + 8] = RGB (0x1b6eaf), [PGS_COLOR_RAMP + 9] = RGB (0x1f78b0), \
  [PGS_COLOR_RAMP + 10] = RGB (0x2382b0), [PGS_COLOR_RAMP + 11] = RGB (0x288caf), \
  [PGS_COLOR_RAMP + 12] = RGB (0x2d96ad), [PGS_COLOR_RAMP + 13] = RGB (0x329faa), \
  [PGS_COLOR_RAMP + 14] = RGB (0x38a8a6), [PGS_COLOR_RAMP + 15] = RGB (0x3fb0a1), \
  [PGS_COLOR_RAMP + 16] = RGB (0x48b89b), [PGS_COLOR_RAMP + 17] = RGB (0x52bf94), \
  [PGS_COLOR_RAMP + 18] = RGB (0x5ec68c), [PGS_COLOR_RAMP + 19] = RGB (0x6bcc84), \
  [PGS_COLOR_RAMP + 20] = RGB (0x79d27b), [PGS_COLOR_RAMP + 21] = RGB (0x88d772), \
  [PGS_COLOR_RAMP + 22] = RGB (0x97dc69), [PGS_COLOR_RAMP + 23] = RGB (0xa6e061), \
  [PGS_COLOR_RAMP + 24] = RGB (0xb5e45a), [PGS_COLOR_RAMP + 25] = RGB (0xc3e755), \
  [PGS_COLOR_RAMP + 26] = RGB (0xd0ea52), [PGS_COLOR_RAMP + 27] = RGB (0xdcec53), \
  [PGS_COLOR_RAMP + 28] = RGB (0xe6ee58), [PGS_COLOR_RAMP + 29] = RGB (0xeef062), \
  [PGS_COLOR_RAMP + 30] = RGB (0xf4f26f), [PGS_COLOR_RAMP + 31] = RGB (0xf9f47f)

static const PgsPalette palettes[PGS_PALETTE_N_VARIANTS] = {
  [PGS_PALETTE_LIGHT] = {
    .colors = {
      [PGS_COLOR_BLUE] = RGB (0x3584e4), [PGS_COLOR_GREEN] = RGB (0x2ec27e),
      [PGS_COLOR_PURPLE] = RGB (0x813d9c), [PGS_COLOR_GRAY] = RGB (0x9a9996),
      [PGS_COLOR_ORANGE] = RGB (0xff7800), [PGS_COLOR_RED] = RGB (0x8f1020),
      [PGS_COLOR_YELLOW] = RGB (0xf8e45c), [PGS_COLOR_TEAL] = RGB (0x0b5563),
      [PGS_COLOR_BROWN] = RGB (0xb5835a), [PGS_COLOR_ABSENT] = RGB (0xe7e4ea),
      RAMP_COLORS,
    },
    .background = RGB (0xfafafa), .text = RGB (0x1e1e1e), .dim_text = RGB (0x6b6b70),
    .line = RGB (0xc0bfbc), .hatch = RGB (0xb9b6bd), .gap = RGB (0x77767b),
    .selection = RGB (0x1e1e1e),
  },
  [PGS_PALETTE_DARK] = {
    .colors = {
      [PGS_COLOR_BLUE] = RGB (0x62a0ea), [PGS_COLOR_GREEN] = RGB (0x57e389),
      [PGS_COLOR_PURPLE] = RGB (0xb54fc6), [PGS_COLOR_GRAY] = RGB (0x9a9996),
      [PGS_COLOR_ORANGE] = RGB (0xff7800), [PGS_COLOR_RED] = RGB (0xa51d2d),
      [PGS_COLOR_YELLOW] = RGB (0xf9f06b), [PGS_COLOR_TEAL] = RGB (0x1f7f8c),
      [PGS_COLOR_BROWN] = RGB (0xcdab8f), [PGS_COLOR_ABSENT] = RGB (0x3d3846),
      RAMP_COLORS,
    },
    .background = RGB (0x242424), .text = RGB (0xffffff), .dim_text = RGB (0x9d9da2),
    .line = RGB (0x5e5c64), .hatch = RGB (0x5e5a66), .gap = RGB (0x9a9996),
    .selection = RGB (0xffffff),
  },
  [PGS_PALETTE_HIGH_CONTRAST_LIGHT] = {
    .colors = {
      [PGS_COLOR_BLUE] = RGB (0x1a5fb4), [PGS_COLOR_GREEN] = RGB (0x26a269),
      [PGS_COLOR_PURPLE] = RGB (0x4e1a66), [PGS_COLOR_GRAY] = RGB (0x77767b),
      [PGS_COLOR_ORANGE] = RGB (0xff7800), [PGS_COLOR_RED] = RGB (0x7a0010),
      [PGS_COLOR_YELLOW] = RGB (0xf8e45c), [PGS_COLOR_TEAL] = RGB (0x023a44),
      [PGS_COLOR_BROWN] = RGB (0xb5835a), [PGS_COLOR_ABSENT] = RGB (0xf2f0f4),
      RAMP_COLORS,
    },
    .background = RGB (0xffffff), .text = RGB (0x000000), .dim_text = RGB (0x3d3d40),
    .line = RGB (0x000000), .hatch = RGB (0x77767b), .gap = RGB (0x000000),
    .selection = RGB (0x000000),
  },
  [PGS_PALETTE_HIGH_CONTRAST_DARK] = {
    .colors = {
      [PGS_COLOR_BLUE] = RGB (0x78aeed), [PGS_COLOR_GREEN] = RGB (0x8ff0a4),
      [PGS_COLOR_PURPLE] = RGB (0xc061cb), [PGS_COLOR_GRAY] = RGB (0xb5b3b0),
      [PGS_COLOR_ORANGE] = RGB (0xff7800), [PGS_COLOR_RED] = RGB (0xc01c28),
      [PGS_COLOR_YELLOW] = RGB (0xfff5a0), [PGS_COLOR_TEAL] = RGB (0x2190a4),
      [PGS_COLOR_BROWN] = RGB (0xdcbfa6), [PGS_COLOR_ABSENT] = RGB (0x2a2730),
      RAMP_COLORS,
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

/* Relative luminance as in WCAG 2, with the power approximated by a square. */
static double
get_luminance (const PgsRgb *color)
{
  return 0.2126 * color->red * color->red + 0.7152 * color->green * color->green +
         0.0722 * color->blue * color->blue;
}

/**
 * pgs_palette_get_on_color:
 * @color: one of the data's colors
 *
 * Returns: (transfer none): black or white, whichever is easier to read on it
 */
const PgsRgb *
pgs_palette_get_on_color (const PgsPalette *self,
                          PgsColor          color)
{
  static const PgsRgb black = RGB (0x000000);
  static const PgsRgb white = RGB (0xffffff);

  g_return_val_if_fail (self != NULL && (guint) color < PGS_COLOR_N_COLORS, &black);

  return get_luminance (&self->colors[color]) > 0.3 ? &black : &white;
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
