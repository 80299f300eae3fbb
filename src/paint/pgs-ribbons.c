/* pgs-ribbons.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ribbons between the bar of pages and the bar of frames: each goes from where pages
 * are drawn to where their frames are. Scattered pages fray out into a fog, a huge page is
 * one straight band.
 *
 * They are an image everywhere, in a vector file one of twice as many pixels: it is their
 * number that makes the picture. Where that would be very wide it has half as many pixels:
 * a fog has no outlines, and it is drawn in time. The line of a page is a path.
 */

#include "config.h"

#include "pgs-ribbons-private.h"

#include <math.h>

#define LINE_STEPS   48
#define LINE_WIDTH   2.0
#define VECTOR_SCALE 2.0
#define MAX_WIDTH    2048.0

/* Device pixels a pixel of the image that is drawn. */
static double
get_scale (const PgsRibbons *self,
           cairo_t          *cr)
{
  double scale = VECTOR_SCALE;

  if (cairo_surface_get_type (cairo_get_group_target (cr)) != CAIRO_SURFACE_TYPE_IMAGE)
    return scale;
  scale = self->pages->device_scale;
  while (self->pages->viewport.width * scale > MAX_WIDTH)
    scale /= 2;
  return scale;
}

/**
 * pgs_ribbons_draw:
 * @self: what goes where
 * @cr: where to, at the origin
 * @height: how high, in pixels
 *
 * Draws the ribbons of the pages in view of the bar above, as wide as its viewport. Those
 * to frames out of view go off the side. Where only some are asked for, they stand out.
 */
void
pgs_ribbons_draw (const PgsRibbons *self,
                  cairo_t          *cr,
                  double            height)
{
  const PgsColorMode *mode;
  const PgsRgb *colors[PGS_COLOR_MODE_MAX_CLASSES];
  g_autoptr(GArray) bundles = NULL;
  cairo_surface_t *surface;
  double scale;

  g_return_if_fail (self != NULL && cr != NULL && height >= 0);

  scale = get_scale (self, cr);
  mode = pgs_summary_get_mode (self->pages->summary);
  for (guint i = 0; i < mode->n_classes; i++)
    colors[i] = &self->pages->palette->colors[mode->classes[i].color];
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32,
                                        (int) ceil (self->pages->viewport.width * scale),
                                        (int) ceil (height * scale));
  if (cairo_surface_status (surface) == CAIRO_STATUS_SUCCESS)
    {
      bundles = pgs_ribbons_bundle (self, scale);
      pgs_ribbons_raster (bundles, colors, self->only != NULL, surface);
      cairo_surface_set_device_scale (surface, scale, scale);
      cairo_set_source_surface (cr, surface, 0, 0);
      cairo_paint (cr);
    }
  cairo_surface_destroy (surface);
}

/* Returns where the middle of a page is drawn. */
static double
get_middle (const PgsScene *scene,
            uint64_t        address)
{
  uint64_t page_size = pgs_snapshot_get_page_size (pgs_summary_get_snapshot (scene->summary));
  uint64_t start = address - address % page_size;

  return (pgs_viewport_address_to_x (&scene->viewport, scene->axis, start) +
          pgs_viewport_address_to_x (&scene->viewport, scene->axis, start + page_size - 1)) / 2;
}

/**
 * pgs_ribbons_draw_line:
 * @self: what goes where
 * @cr: where to, at the origin
 * @height: how high, in pixels
 * @address: an address in a page
 * @physical: where that lies in RAM
 *
 * Draws a line from the page to its frame, in the color of the selection. Where one of the
 * two is out of view it goes off that side.
 */
void
pgs_ribbons_draw_line (const PgsRibbons *self,
                       cairo_t          *cr,
                       double            height,
                       uint64_t          address,
                       uint64_t          physical)
{
  double width, top, bottom;

  g_return_if_fail (self != NULL && cr != NULL);

  width = self->pages->viewport.width;
  top = CLAMP (get_middle (self->pages, address), -width, 2 * width);
  bottom = CLAMP (get_middle (self->frames, physical), -width, 2 * width);
  cairo_save (cr);
  cairo_new_path (cr);
  for (guint i = 0; i <= LINE_STEPS; i++)
    {
      double t = (double) i / LINE_STEPS;

      cairo_line_to (cr, top + (bottom - top) * pgs_ribbons_get_turn (t), t * height);
    }
  pgs_rgb_set_source (&self->pages->palette->selection, cr);
  cairo_set_line_width (cr, LINE_WIDTH);
  cairo_stroke (cr);
  cairo_restore (cr);
}
