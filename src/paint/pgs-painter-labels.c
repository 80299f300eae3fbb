/* pgs-painter-labels.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What stands above and below the bar: the names of mappings over a strip in
 * their colors, and the ruler of addresses.
 *
 * Labels never collide. From left to right each gets the room up to the next
 * mapping, and one that has too little for a word stays away until the view is
 * closer. The label of a mapping that begins left of the view sticks to its edge.
 * Mappings that share a pixel are skipped over, so the cost follows the pixels.
 */

#include "config.h"

#include "pgs-painter-private.h"

#include <inttypes.h>
#include <math.h>

#include "core/pgs-units.h"

#define STRIP_HEIGHT     5.0
#define LABEL_MIN_WIDTH  46.0
#define LABEL_SPACE      8.0
#define TICK_MIN_SPACE   130.0
#define TICK_LENGTH      5.0

/* Labels */

static char *
dup_label (const PgsMapping *mapping)
{
  g_autofree char *name = pgs_mapping_dup_short_label (mapping);
  g_autofree char *size = pgs_units_format_bytes (pgs_mapping_get_size (mapping));
  char access[5];

  pgs_mapping_format_access (mapping, access);
  return g_strdup_printf ("%s  %s  %s", name, size, access);
}

static void
draw_label (const PgsScene   *scene,
            cairo_t          *cr,
            PangoLayout      *layout,
            const PgsMapping *mapping,
            PgsPainterExtent  extent)
{
  g_autofree char *text = dup_label (mapping);
  int height;

  pango_layout_set_text (layout, text, -1);
  pango_layout_set_width (layout, (int) ((extent.end - extent.x - LABEL_SPACE) * PANGO_SCALE));
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_get_pixel_size (layout, NULL, &height);
  pgs_rgb_set_source (&scene->palette->text, cr);
  cairo_move_to (cr, extent.x, PGS_PAINTER_LABELS_HEIGHT - STRIP_HEIGHT - 6 - height);
  pango_cairo_show_layout (cr, layout);
}

/* Returns the color of the class that most populated pages of a range are in. */
static PgsColor
get_dominant_color (const PgsScene *scene,
                    uint64_t        start,
                    uint64_t        end)
{
  const PgsColorMode *mode = pgs_summary_get_mode (scene->summary);
  uint64_t counts[PGS_COLOR_MODE_MAX_CLASSES];
  guint largest = mode->n_classes - 1;

  pgs_summary_count (scene->summary, start, end, counts);
  for (guint i = 0; i + 1 < mode->n_classes; i++)
    if (counts[i] > 0 && (largest == mode->n_classes - 1 || counts[i] > counts[largest]))
      largest = i;
  return mode->classes[largest].color;
}

static void
draw_strip (const PgsScene   *scene,
            cairo_t          *cr,
            const PgsMapping *mapping,
            PgsPainterExtent  extent)
{
  PgsColor color = get_dominant_color (scene, mapping->start, mapping->end);
  double end = extent.end - extent.x > 3 ? extent.end - 1 : MAX (extent.end, extent.x + 1);

  pgs_rgb_set_source (color == PGS_COLOR_ABSENT ? &scene->palette->line
                                                : &scene->palette->colors[color], cr);
  cairo_rectangle (cr, extent.x, PGS_PAINTER_LABELS_HEIGHT - STRIP_HEIGHT - 3,
                   end - extent.x, STRIP_HEIGHT);
  cairo_fill (cr);
}

/* Returns the index of the first segment that reaches beyond pixel @x. */
static guint
skip_to (const PgsScene *scene,
         double          x,
         guint           index)
{
  guint found = pgs_axis_find_segment (scene->axis, pgs_viewport_to_position (&scene->viewport,
                                                                              x));

  return MAX (found, index + 1);
}

/**
 * pgs_painter_draw_labels:
 * @scene: what to draw
 * @cr: where to, at the origin
 *
 * Draws the names of the mappings in view and the strip below them, all together
 * PGS_PAINTER_LABELS_HEIGHT pixels high.
 */
void
pgs_painter_draw_labels (const PgsScene *scene,
                         cairo_t        *cr)
{
  g_autoptr(PangoLayout) layout = NULL;
  const PgsMaps *maps;
  guint n_segments;

  g_return_if_fail (scene != NULL && cr != NULL);

  layout = pgs_painter_make_layout (cr, PGS_PAINTER_LABEL_FONT);
  maps = pgs_snapshot_get_maps (pgs_summary_get_snapshot (scene->summary));
  n_segments = pgs_axis_get_n_segments (scene->axis);
  for (guint i = pgs_painter_first_segment (scene); i < n_segments;)
    {
      const PgsAxisSegment *segment = pgs_axis_get_segment (scene->axis, i);
      PgsPainterExtent extent = pgs_painter_get_extent (scene, segment);

      if (extent.x >= scene->viewport.width)
        break;
      if (segment->mapping >= 0)
        {
          const PgsMapping *mapping = pgs_maps_get_mapping (maps, (guint) segment->mapping);

          draw_strip (scene, cr, mapping, extent);
          if (extent.end - extent.x >= LABEL_MIN_WIDTH)
            draw_label (scene, cr, layout, mapping, extent);
        }
      i = extent.end - extent.x < 1 ? skip_to (scene, floor (extent.x) + 1, i) : i + 1;
    }
}

/* The ruler */

/* Returns the least round number of bytes that takes at least @pixels. */
static uint64_t
find_tick_step (const PgsScene       *scene,
                const PgsAxisSegment *segment,
                double                pixels)
{
  uint64_t step = pgs_painter_page_size (scene);
  double width = pgs_painter_page_width (scene, segment);

  while (width < pixels && step < UINT64_C (1) << 62)
    {
      step *= 2;
      width *= 2;
    }
  return step;
}

/* Draws a tick with the address at @x. Returns where its text ends. */
static double
draw_tick (const PgsScene *scene,
           cairo_t        *cr,
           PangoLayout    *layout,
           uint64_t        address,
           double          x)
{
  g_autofree char *text = g_strdup_printf ("%" PRIx64, address);
  int width, height;

  pango_layout_set_text (layout, text, -1);
  pango_layout_get_pixel_size (layout, &width, &height);
  if (x + width + 3 > scene->viewport.width)
    return x;
  pgs_rgb_set_source (&scene->palette->gap, cr);
  cairo_rectangle (cr, floor (x), 0, 1, TICK_LENGTH);
  cairo_fill (cr);
  pgs_rgb_set_source (&scene->palette->dim_text, cr);
  cairo_move_to (cr, floor (x) + 3, TICK_LENGTH);
  pango_cairo_show_layout (cr, layout);
  return x + 3 + width + LABEL_SPACE;
}

/* Draws the ticks of one mapping: at its start, and then at round addresses. */
static double
draw_segment_ticks (const PgsScene       *scene,
                    cairo_t              *cr,
                    PangoLayout          *layout,
                    const PgsAxisSegment *segment,
                    double                free_from)
{
  uint64_t step = find_tick_step (scene, segment, TICK_MIN_SPACE);
  PgsPainterExtent extent = pgs_painter_get_extent (scene, segment);
  double start = pgs_viewport_to_x (&scene->viewport, segment->position);
  uint64_t address = segment->start;
  double x = start;

  if (start < 0)
    {
      address = pgs_viewport_to_address (&scene->viewport, scene->axis, 0);
      address = address - address % step + (address % step != 0 ? step : 0);
      x = pgs_viewport_address_to_x (&scene->viewport, scene->axis, address);
    }
  while (address < segment->end && x < extent.end)
    {
      uint64_t next = address - address % step + step;

      if (x >= free_from)
        free_from = MAX (free_from, draw_tick (scene, cr, layout, address, x));
      if (next <= address)
        break;
      address = next;
      x = pgs_viewport_address_to_x (&scene->viewport, scene->axis, address);
    }
  return free_from;
}

/**
 * pgs_painter_draw_ruler:
 * @scene: what to draw
 * @cr: where to, at the origin
 *
 * Draws ticks with addresses, PGS_PAINTER_RULER_HEIGHT pixels high.
 */
void
pgs_painter_draw_ruler (const PgsScene *scene,
                        cairo_t        *cr)
{
  g_autoptr(PangoLayout) layout = NULL;
  double free_from = 0;
  guint n_segments;

  g_return_if_fail (scene != NULL && cr != NULL);

  layout = pgs_painter_make_layout (cr, PGS_PAINTER_RULER_FONT);
  n_segments = pgs_axis_get_n_segments (scene->axis);
  for (guint i = pgs_painter_first_segment (scene); i < n_segments;)
    {
      const PgsAxisSegment *segment = pgs_axis_get_segment (scene->axis, i);
      PgsPainterExtent extent = pgs_painter_get_extent (scene, segment);

      if (extent.x >= scene->viewport.width)
        break;
      if (segment->mapping >= 0 && extent.end > free_from)
        free_from = draw_segment_ticks (scene, cr, layout, segment, free_from);
      i = extent.end < free_from ? skip_to (scene, free_from, i) : i + 1;
    }
}
