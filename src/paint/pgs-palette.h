/* pgs-palette.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <cairo.h>

#include "core/pgs-color-mode.h"

G_BEGIN_DECLS

/* A color, opaque unless said otherwise; components from 0 to 1, sRGB. */
typedef struct
{
  double red;
  double green;
  double blue;
} PgsRgb;

typedef enum
{
  PGS_PALETTE_LIGHT,
  PGS_PALETTE_DARK,
  PGS_PALETTE_HIGH_CONTRAST_LIGHT,
  PGS_PALETTE_HIGH_CONTRAST_DARK,
  PGS_PALETTE_N_VARIANTS,
} PgsPaletteVariant;

/**
 * PgsPalette:
 * @colors: what each #PgsColor looks like
 * @background: behind everything
 * @text: labels
 * @dim_text: addresses of the ruler, amounts
 * @line: ticks and thin separators
 * @hatch: strokes over ranges without any access
 * @gap: the breaks that stand for unmapped stretches
 * @selection: the frame around what is selected
 *
 * Every color that Pagescape draws data in.
 */
typedef struct
{
  PgsRgb colors[PGS_COLOR_N_COLORS];
  PgsRgb background;
  PgsRgb text;
  PgsRgb dim_text;
  PgsRgb line;
  PgsRgb hatch;
  PgsRgb gap;
  PgsRgb selection;
} PgsPalette;

const PgsPalette *pgs_palette_get          (PgsPaletteVariant  variant);
const PgsRgb     *pgs_palette_get_on_color (const PgsPalette  *self,
                                            PgsColor           color);
void              pgs_rgb_set_source       (const PgsRgb      *self,
                                            cairo_t           *cr);

G_END_DECLS
