/* pgs-ribbons.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-painter.h"

G_BEGIN_DECLS

/* How high ribbons ask to be, in pixels. */
#define PGS_RIBBONS_HEIGHT 60

/**
 * PgsRibbons:
 * @pages: the bar above, of pages
 * @frames: the bar below, of frames of the same process; its viewport is as wide
 * @only: (nullable) (element-type PgsRange): the virtual addresses whose ribbons are
 *   drawn, in order; %NULL for all that are in view
 *
 * What goes from pages to their frames. Borrows everything.
 */
typedef struct
{
  const PgsScene *pages;
  const PgsScene *frames;
  const GArray   *only;
} PgsRibbons;

void pgs_ribbons_draw      (const PgsRibbons *self,
                            cairo_t          *cr,
                            double            height);
void pgs_ribbons_draw_line (const PgsRibbons *self,
                            cairo_t          *cr,
                            double            height,
                            uint64_t          address,
                            uint64_t          physical);

G_END_DECLS
