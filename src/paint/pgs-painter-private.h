/* pgs-painter-private.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the painter share.
 */

#pragma once

#include <pango/pangocairo.h>

#include "pgs-columns.h"
#include "pgs-painter.h"

G_BEGIN_DECLS

#define PGS_PAINTER_LABEL_FONT "Cantarell, sans 8"
#define PGS_PAINTER_RULER_FONT "monospace 8"

/* A page this wide, in pixels, is drawn as a cell of its own. */
#define PGS_PAINTER_CELL_WIDTH 4.0

/**
 * PgsVisit:
 * @segment: a segment of the axis
 * @x: where it starts, in pixels; 0 where that is left of the view
 * @end: where it ends; the view's width where that is right of it
 *
 * A segment in view.
 */
typedef struct
{
  const PgsAxisSegment *segment;
  double                x;
  double                end;
} PgsVisit;

/**
 * PgsBarColumns:
 * @scene: what is drawn
 * @columns: what stands in each column
 * @visits: (element-type PgsVisit): the segments in view
 * @addresses: where each column starts, and where the last one ends
 * @height: of the bar, in pixels
 *
 * The bar while it is drawn.
 */
typedef struct
{
  const PgsScene *scene;
  PgsColumns     *columns;
  const GArray   *visits;
  uint64_t       *addresses;
  double          height;
} PgsBarColumns;

GArray      *pgs_painter_visit        (const PgsScene       *scene);
double       pgs_painter_page_width   (const PgsScene       *scene,
                                       const PgsAxisSegment *segment);
uint64_t     pgs_painter_page_size    (const PgsScene       *scene);
const PgsMapping *
             pgs_painter_get_mapping  (const PgsScene       *scene,
                                       const PgsAxisSegment *segment);
PangoLayout *pgs_painter_make_layout  (cairo_t              *cr,
                                       const char           *font);
void         pgs_painter_set_font     (cairo_t              *cr,
                                       const char           *font);
void         pgs_painter_put_labels   (const PgsScene       *scene,
                                       cairo_t              *cr,
                                       const GArray         *visits);
void         pgs_painter_put_ruler    (const PgsScene       *scene,
                                       cairo_t              *cr,
                                       const GArray         *visits);
void         pgs_painter_mark_cells   (PgsBarColumns        *bar);
void         pgs_painter_draw_numbers (const PgsBarColumns  *bar,
                                       cairo_t              *cr);
void         pgs_painter_mark_gaps    (PgsBarColumns        *bar);
void         pgs_painter_draw_sizes   (const PgsBarColumns  *bar,
                                       cairo_t              *cr);

G_END_DECLS
