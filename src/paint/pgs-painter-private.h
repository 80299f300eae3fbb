/* pgs-painter-private.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the painter share.
 */

#pragma once

#include <pango/pangocairo.h>

#include "pgs-painter.h"

G_BEGIN_DECLS

#define PGS_PAINTER_LABEL_FONT "Cantarell, sans 8"
#define PGS_PAINTER_RULER_FONT "monospace 8"

/* A page this wide is drawn as a cell of its own. */
#define PGS_PAINTER_CELL_WIDTH 4.0

/* A range that is in view, in pixels; cut at the edges of the view. */
typedef struct
{
  double x;
  double end;
} PgsPainterExtent;

PgsPainterExtent pgs_painter_get_extent   (const PgsScene       *scene,
                                           const PgsAxisSegment *segment);
guint            pgs_painter_first_segment (const PgsScene      *scene);
double           pgs_painter_page_width   (const PgsScene       *scene,
                                           const PgsAxisSegment *segment);
uint64_t         pgs_painter_page_size    (const PgsScene       *scene);
PangoLayout     *pgs_painter_make_layout  (cairo_t              *cr,
                                           const char           *font);
void             pgs_painter_draw_cells   (const PgsScene       *scene,
                                           cairo_t              *cr,
                                           double                height);
void             pgs_painter_draw_hatch   (const PgsScene       *scene,
                                           cairo_t              *cr,
                                           double                x,
                                           double                end,
                                           double                height);
void             pgs_painter_draw_gaps    (const PgsScene       *scene,
                                           cairo_t              *cr,
                                           double                height);

G_END_DECLS
