/* pgs-columns.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-palette.h"

G_BEGIN_DECLS

/* No color of the columns. */
#define PGS_COLUMNS_NO_COLOR G_MAXUINT

/**
 * PgsColumns:
 * @n_columns: how many, each a device pixel wide
 * @height: of each, in device pixels
 * @n_colors: how many colors a column may have
 * @heights: @n_colors for each column: how much of it each color takes, in device
 *   pixels, stacked from the bottom; what is left over stays as it was
 * @hatched: for each column whether hatching lies over the whole of it
 * @breaks: where breaks stand, each in device pixels from the left
 * @fades: (nullable): for each column how far @fade lies over it, from 0 to 255
 * @colors: what each color looks like, @n_colors of them
 * @hatched_color: the one that is always hatched, or %PGS_COLUMNS_NO_COLOR
 * @hatch: the color of hatching
 * @line: the color of breaks
 * @fade: the color that columns fade into
 * @scale: device pixels a pixel
 *
 * Stacked columns next to each other: to be filled in and drawn.
 */
typedef struct
{
  guint          n_columns;
  guint          height;
  guint          n_colors;
  guint16       *heights;
  guint8        *hatched;
  GArray        *breaks;
  guint8        *fades;
  const PgsRgb **colors;
  guint          hatched_color;
  PgsRgb         hatch;
  PgsRgb         line;
  PgsRgb         fade;
  double         scale;
} PgsColumns;

PgsColumns *pgs_columns_new      (double            width,
                                  double            height,
                                  double            scale,
                                  guint             n_colors);
void        pgs_columns_free     (PgsColumns       *self);
guint16    *pgs_columns_get      (const PgsColumns *self,
                                  guint             column);
void        pgs_columns_set_fade (PgsColumns       *self,
                                  guint             column,
                                  double            fade);
void        pgs_columns_draw     (const PgsColumns *self,
                                  cairo_t          *cr);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsColumns, pgs_columns_free)

G_END_DECLS
