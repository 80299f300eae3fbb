/* pgs-ribbons-private.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the ribbons share: what goes where in pgs-ribbons-bundle.c, pixels in
 * pgs-ribbons-raster.c.
 */

#pragma once

#include "pgs-ribbons.h"

G_BEGIN_DECLS

/**
 * PgsBundle:
 * @top: where it begins at the bar above, in device pixels
 * @top_end: and ends
 * @bottom: where it begins at the bar below; may lie outside of the view
 * @bottom_end: and ends
 * @pages: how wide its pages are by themselves, in device pixels of the bar above
 * @class: the class of its pages
 *
 * Pages next to each other whose frames lie next to each other.
 */
typedef struct
{
  float top;
  float top_end;
  float bottom;
  float bottom_end;
  float pages;
  guint class;
} PgsBundle;

GArray *pgs_ribbons_bundle (const PgsRibbons *self,
                            double            scale);
void    pgs_ribbons_raster (const GArray     *bundles,
                            const PgsRgb    **colors,
                            gboolean          is_strong,
                            cairo_surface_t  *surface);

/* How far to the right something is that goes from the one side to the other, at a
 * share @t of the height: it leaves both sides upright. */
static inline double
pgs_ribbons_get_turn (double t)
{
  return t * t * (3 - 2 * t);
}

G_END_DECLS
