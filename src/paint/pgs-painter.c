/* pgs-painter.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Draws the bar: the true mix of the pages of every column.
 *
 * A column is one pixel of the device. It shows the pages whose first address
 * lies in the addresses it covers, so that every page is in exactly one column;
 * where a page is wider than a column, the column shows the page it is in. The
 * classes are stacked from the bottom in the order of the mode.
 *
 * Columns are gathered first and drawn class by class, with equal neighbors as
 * one rectangle: a path a class costs a small part of what a path a column does,
 * and an SVG or PDF stays small.
 */

#include "config.h"

#include "pgs-painter-private.h"

#include <math.h>
#include <string.h>

/* The columns of a bar: for each the height of each class, in device pixels. */
typedef struct
{
  const PgsScene *scene;
  guint           n_columns;
  guint           n_classes;
  guint           height;
  guint16        *heights;
} Columns;

/**
 * pgs_painter_split_height:
 * @counts: pages of each class
 * @n_classes: how many classes
 * @height: pixels to share among them
 * @heights: (out caller-allocates): pixels of each class
 *
 * Shares the height of a column. All of it is given away if there is any page;
 * every class that has pages gets at least one pixel as long as there are enough,
 * and apart from that no share is off by a pixel or more.
 */
void
pgs_painter_split_height (const uint64_t *counts,
                          guint           n_classes,
                          guint           height,
                          guint          *heights)
{
  uint64_t total = 0;
  guint used = 0;
  guint largest = 0;

  g_return_if_fail (counts != NULL && heights != NULL);

  for (guint i = 0; i < n_classes; i++)
    {
      total += counts[i];
      if (counts[i] > counts[largest])
        largest = i;
    }
  for (guint i = 0; i < n_classes; i++)
    {
      heights[i] = total == 0 ? 0 : (guint) ((double) counts[i] / (double) total * height);
      if (counts[i] > 0 && heights[i] == 0 && used < height)
        heights[i] = 1;
      used += heights[i];
    }
  /* What the least pixels took too much, the largest class gives. */
  for (; used > height && heights[largest] > 0; used--)
    heights[largest]--;
  for (guint i = 0; total > 0 && used < height && i < n_classes; i++)
    if ((double) counts[i] / (double) total * height > heights[i])
      {
        heights[i]++;
        used++;
      }
  if (total > 0)
    heights[largest] += height - used;
}

uint64_t
pgs_painter_page_size (const PgsScene *scene)
{
  return pgs_snapshot_get_page_size (pgs_summary_get_snapshot (scene->summary));
}

/* Returns how many pixels a page of a segment is wide. */
double
pgs_painter_page_width (const PgsScene       *scene,
                        const PgsAxisSegment *segment)
{
  return (double) pgs_painter_page_size (scene) * segment->length /
         (double) (segment->end - segment->start) *
         scene->viewport.width / scene->viewport.span;
}

PgsPainterExtent
pgs_painter_get_extent (const PgsScene       *scene,
                        const PgsAxisSegment *segment)
{
  PgsPainterExtent extent = {
    pgs_viewport_to_x (&scene->viewport, segment->position),
    pgs_viewport_to_x (&scene->viewport, segment->position + segment->length),
  };

  extent.x = MAX (extent.x, 0);
  extent.end = MIN (extent.end, scene->viewport.width);
  return extent;
}

/* Returns the index of the first segment in view. */
guint
pgs_painter_first_segment (const PgsScene *scene)
{
  return pgs_axis_find_segment (scene->axis, scene->viewport.start);
}

PangoLayout *
pgs_painter_make_layout (cairo_t    *cr,
                         const char *font)
{
  PangoLayout *layout = pango_cairo_create_layout (cr);
  PangoFontDescription *description = pango_font_description_from_string (font);

  pango_layout_set_font_description (layout, description);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_font_description_free (description);
  return layout;
}

/* Columns */

static uint64_t
get_column_address (const Columns *columns,
                    guint          column)
{
  const PgsScene *scene = columns->scene;

  return pgs_viewport_to_address (&scene->viewport, scene->axis,
                                  column / scene->device_scale);
}

static void
fill_column (Columns        *columns,
             guint           column,
             uint64_t        start,
             uint64_t        end)
{
  uint64_t counts[PGS_COLOR_MODE_MAX_CLASSES];
  guint heights[PGS_COLOR_MODE_MAX_CLASSES];
  guint16 *result = columns->heights + (gsize) column * columns->n_classes;

  if (pgs_summary_count (columns->scene->summary, start, end, counts) == 0)
    {
      guint class = pgs_summary_get_class (columns->scene->summary, start);

      if (class != PGS_SUMMARY_NO_CLASS)
        result[class] = (guint16) columns->height;
      return;
    }
  pgs_painter_split_height (counts, columns->n_classes, columns->height, heights);
  for (guint i = 0; i < columns->n_classes; i++)
    result[i] = (guint16) heights[i];
}

static void
fill_columns (Columns *columns)
{
  uint64_t start = get_column_address (columns, 0);

  for (guint i = 0; i < columns->n_columns; i++)
    {
      uint64_t end = get_column_address (columns, i + 1);

      fill_column (columns, i, start, end);
      start = end;
    }
}

static void
get_class_rect (const Columns *columns,
                guint          column,
                guint          class,
                guint         *y,
                guint         *height)
{
  const guint16 *heights = columns->heights + (gsize) column * columns->n_classes;
  guint below = 0;

  for (guint i = 0; i < class; i++)
    below += heights[i];
  *height = heights[class];
  *y = columns->height - below - *height;
}

/* Adds what a class has in all columns to the path. */
static void
add_class (const Columns *columns,
           cairo_t       *cr,
           guint          class)
{
  guint start = 0, y = 0, height = 0;

  for (guint i = 0; i <= columns->n_columns; i++)
    {
      guint next_y = 0, next_height = 0;

      if (i < columns->n_columns)
        get_class_rect (columns, i, class, &next_y, &next_height);
      if (i < columns->n_columns && next_y == y && next_height == height)
        continue;
      if (height > 0)
        cairo_rectangle (cr, start, y, i - start, height);
      start = i;
      y = next_y;
      height = next_height;
    }
}

static void
draw_columns (const Columns *columns,
              cairo_t       *cr)
{
  const PgsColorMode *mode = pgs_summary_get_mode (columns->scene->summary);
  double unit = 1 / columns->scene->device_scale;

  cairo_save (cr);
  cairo_scale (cr, unit, unit);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
  for (guint i = 0; i < columns->n_classes; i++)
    {
      add_class (columns, cr, i);
      pgs_rgb_set_source (&columns->scene->palette->colors[mode->classes[i].color], cr);
      cairo_fill (cr);
    }
  cairo_restore (cr);
}

/* Lays hatching over what nobody can access. */
static void
draw_inaccessible (const PgsScene *scene,
                   cairo_t        *cr,
                   double          height)
{
  const PgsMaps *maps = pgs_snapshot_get_maps (pgs_summary_get_snapshot (scene->summary));
  guint n_segments = pgs_axis_get_n_segments (scene->axis);
  double drawn = -1;

  for (guint i = pgs_painter_first_segment (scene); i < n_segments; i++)
    {
      const PgsAxisSegment *segment = pgs_axis_get_segment (scene->axis, i);
      PgsPainterExtent extent = pgs_painter_get_extent (scene, segment);

      if (extent.x >= scene->viewport.width)
        break;
      if (segment->mapping < 0 || extent.end - extent.x < 1 || extent.end <= drawn ||
          !pgs_mapping_is_inaccessible (pgs_maps_get_mapping (maps, (guint) segment->mapping)))
        continue;
      pgs_painter_draw_hatch (scene, cr, extent.x, extent.end, height);
      drawn = extent.end;
    }
}

/**
 * pgs_painter_draw_bar:
 * @scene: what to draw
 * @cr: where to, at the origin
 * @height: how high, in pixels
 *
 * Draws the part of the address space in view.
 */
void
pgs_painter_draw_bar (const PgsScene *scene,
                      cairo_t        *cr,
                      double          height)
{
  Columns columns = { .scene = scene };

  g_return_if_fail (scene != NULL && cr != NULL);

  columns.n_columns = (guint) ceil (scene->viewport.width * scene->device_scale);
  columns.n_classes = pgs_summary_get_mode (scene->summary)->n_classes;
  columns.height = (guint) MIN (round (height * scene->device_scale), G_MAXUINT16);
  columns.heights = g_new0 (guint16, (gsize) columns.n_columns * columns.n_classes);
  fill_columns (&columns);
  draw_columns (&columns, cr);
  g_free (columns.heights);

  draw_inaccessible (scene, cr, height);
  pgs_painter_draw_gaps (scene, cr, height);
  pgs_painter_draw_cells (scene, cr, height);
}
