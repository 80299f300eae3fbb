/* pgs-painter-gaps.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What lies between mappings: a break where a gap is folded, and how large gaps
 * are where there is room to say so.
 */

#include "config.h"

#include "pgs-painter-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "core/pgs-units.h"

#define BREAK_WIDTH      9.5
#define TEXT_MARGIN      6.0
#define TEXT_MIN_WIDTH   30.0
#define PATCH_MARGIN     3.0

/* Adds the breaks of folded gaps. */
void
pgs_painter_mark_gaps (PgsBarColumns *bar)
{
  for (guint i = 0; i < bar->visits->len; i++)
    {
      const PgsVisit *visit = &g_array_index (bar->visits, PgsVisit, i);
      double middle = (visit->x + visit->end) / 2 * bar->scene->device_scale;

      if (visit->segment->folded && visit->end - visit->x >= BREAK_WIDTH)
        g_array_append_val (bar->columns->breaks, middle);
    }
}

static void
draw_size (const PgsScene *scene,
           cairo_t        *cr,
           PangoLayout    *layout,
           const PgsVisit *visit,
           double          height)
{
  g_autofree char *size = pgs_units_format_bytes (visit->segment->end - visit->segment->start);
  g_autofree char *text = scene->kind == PGS_SCENE_FRAMES
    ? g_strdup_printf (_("%s without RAM"), size) : g_strdup_printf (_("%s unmapped"), size);
  double room = visit->end - visit->x;
  int width, line;
  gboolean across;

  pango_layout_set_text (layout, text, -1);
  pango_layout_get_pixel_size (layout, &width, &line);
  across = width + 2 * TEXT_MARGIN <= room && line <= height;
  if (!across && width + 2 * TEXT_MARGIN > height)
    return;
  cairo_save (cr);
  cairo_translate (cr, round ((visit->x + visit->end) / 2), round (height / 2));
  if (!across)
    cairo_rotate (cr, -G_PI / 2);
  cairo_translate (cr, -round (width / 2.0), -round (line / 2.0));
  pgs_rgb_set_source (&scene->palette->background, cr);
  cairo_rectangle (cr, -PATCH_MARGIN, 0, width + 2 * PATCH_MARGIN, line);
  cairo_fill (cr);
  pgs_rgb_set_source (&scene->palette->dim_text, cr);
  cairo_move_to (cr, 0, 0);
  pango_cairo_show_layout (cr, layout);
  cairo_restore (cr);
}

/* Says how large the gaps in view are. */
void
pgs_painter_draw_sizes (const PgsBarColumns *bar,
                        cairo_t             *cr)
{
  g_autoptr(PangoLayout) layout = NULL;

  for (guint i = 0; i < bar->visits->len; i++)
    {
      const PgsVisit *visit = &g_array_index (bar->visits, PgsVisit, i);

      if (visit->segment->mapping >= 0 || visit->end - visit->x < TEXT_MIN_WIDTH)
        continue;
      if (layout == NULL)
        layout = pgs_painter_make_layout (cr, PGS_PAINTER_LABEL_FONT);
      draw_size (bar->scene, cr, layout, visit, bar->height);
    }
}
