/* pgs-painter.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Draws the bar: the true mix of the pages of every column.
 *
 * A column is one pixel of the device. It shows the pages whose first address
 * lies in the addresses it covers, so that every page is in exactly one column;
 * where a page is wider than a column, the column shows the page it is in. The
 * classes are stacked from the bottom in the order of the mode, absent pages on
 * top. Where several mappings meet in a column, it shows their joint mix.
 *
 * A column costs one look-up in the summary, whatever lies in it, for its end is
 * where the next one starts; mappings are visited only where they are in view and
 * wider than a column. Choosing one page to stand for a column was rejected: it
 * shows noise where there is a mix.
 *
 * Of the frames of RAM a process mostly has few. A column of them shows the mix of those
 * it has, the paler the fewer they are: to scale, most would be less than a pixel high.
 */

#include "config.h"

#include "pgs-painter-private.h"

#include <math.h>
#include <string.h>

/* So many columns are counted at a time: what they have fits in the nearest cache. */
#define BATCH 64u

/* How far a column fades that has next to no frame of the process. */
#define FRAMES_FADE 0.7

/* Splitting */

/* Gives each class that has pages the part of the height from the border below it
 * to the one above, borders rounded to whole pixels. Returns how many of them got
 * nothing. */
static guint
split_at_borders (const uint64_t *counts,
                  guint           n_classes,
                  guint           height,
                  double          total,
                  guint          *heights)
{
  uint64_t sum = 0;
  guint below = 0, n_without = 0;

  for (guint i = 0; i < n_classes; i++)
    {
      guint border;

      if (counts[i] == 0)
        continue;
      sum += counts[i];
      border = (guint) ((double) sum / total * height + 0.5);
      heights[i] = border - below;
      n_without += border == below;
      below = border;
    }
  return n_without;
}

static guint
find_largest (const guint *heights,
              guint        n_classes)
{
  guint largest = 0;

  for (guint i = 1; i < n_classes; i++)
    if (heights[i] > heights[largest])
      largest = i;
  return largest;
}

/**
 * pgs_painter_split_height:
 * @counts: pages of each class
 * @n_classes: how many classes
 * @height: pixels to share among them
 * @heights: (out caller-allocates): pixels of each class
 *
 * Shares the height of a column, all of it if there is any page. No share is off
 * by a pixel or more, and no border in the stack by more than half of one; but
 * every class that has pages gets at least one pixel as long as there are enough,
 * and what that takes, the largest class gives.
 *
 * Giving what is left over to the largest remainders keeps shares as exact, but
 * lets the borders jump from column to column.
 *
 * Returns: whether there is any page
 */
gboolean
pgs_painter_split_height (const uint64_t *counts,
                          guint           n_classes,
                          guint           height,
                          guint          *heights)
{
  uint64_t total = 0;
  guint n_without;

  g_return_val_if_fail (counts != NULL && heights != NULL, FALSE);

  for (guint i = 0; i < n_classes; i++)
    total += counts[i];
  memset (heights, 0, n_classes * sizeof *heights);
  if (total == 0 || height == 0)
    return total > 0;
  n_without = split_at_borders (counts, n_classes, height, (double) total, heights);
  for (guint i = 0; i < n_classes && n_without > 0; i++)
    {
      guint largest;

      if (counts[i] == 0 || heights[i] > 0)
        continue;
      largest = find_largest (heights, n_classes);
      if (heights[largest] < 2)
        break;
      heights[largest]--;
      heights[i] = 1;
      n_without--;
    }
  return TRUE;
}

/* What the parts share */

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

const PgsMapping *
pgs_painter_get_mapping (const PgsScene       *scene,
                         const PgsAxisSegment *segment)
{
  const PgsMaps *maps = pgs_snapshot_get_maps (pgs_summary_get_snapshot (scene->summary));

  return pgs_maps_get_mapping (maps, (guint) segment->mapping);
}

/* Returns the index of the segment to visit after one: of those that share a
 * column only the first is visited. */
static guint
find_next (const PgsScene *scene,
           const PgsVisit *visit,
           guint           index)
{
  double column = floor (visit->x * scene->device_scale) + 1;
  double position;

  if (visit->end * scene->device_scale >= column)
    return index + 1;
  position = pgs_viewport_to_position (&scene->viewport, column / scene->device_scale);
  return MAX (pgs_axis_find_segment_from (scene->axis, index, position), index + 1);
}

/* Returns: (transfer full) (element-type PgsVisit): the segments in view from left
 *   to right, at most some two a column */
GArray *
pgs_painter_visit (const PgsScene *scene)
{
  const PgsViewport *viewport = &scene->viewport;
  GArray *visits = g_array_new (FALSE, FALSE, sizeof (PgsVisit));
  guint n_segments = pgs_axis_get_n_segments (scene->axis);
  guint index = pgs_axis_find_segment (scene->axis, viewport->start);

  while (index < n_segments)
    {
      const PgsAxisSegment *segment = pgs_axis_get_segment (scene->axis, index);
      PgsVisit visit = {
        segment,
        MAX (pgs_viewport_to_x (viewport, segment->position), 0),
        MIN (pgs_viewport_to_x (viewport, segment->position + segment->length),
             viewport->width),
      };

      if (visit.x >= viewport->width)
        break;
      g_array_append_val (visits, visit);
      index = find_next (scene, &visit, index);
    }
  return visits;
}

/* Returns: (transfer full): a layout for single lines */
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

/* Lets cairo's own text calls draw in a font that Pango finds. They are only for
 * digits and words in ASCII, of which there may be hundreds: a layout for each
 * took four times as long. */
void
pgs_painter_set_font (cairo_t    *cr,
                      const char *font)
{
  g_autoptr(PangoLayout) layout = pgs_painter_make_layout (cr, font);
  PangoContext *context = pango_layout_get_context (layout);
  g_autoptr(PangoFont) loaded =
    pango_context_load_font (context, pango_layout_get_font_description (layout));
  cairo_scaled_font_t *scaled =
    loaded != NULL ? pango_cairo_font_get_scaled_font (PANGO_CAIRO_FONT (loaded)) : NULL;
  cairo_matrix_t matrix;

  if (scaled == NULL)
    return;
  cairo_set_font_face (cr, cairo_scaled_font_get_font_face (scaled));
  cairo_scaled_font_get_font_matrix (scaled, &matrix);
  cairo_set_font_matrix (cr, &matrix);
}

/* The bar */

/* The page that columns lie in in which none begins. */
typedef struct
{
  uint64_t number;
  guint    class;
} PageSeen;

/* Fills a column in which no page begins: it is a part of one, if of anything.
 * There may be thousands next to each other on one page, which is looked up once. */
static void
fill_inside_page (PgsBarColumns *bar,
                  guint          column,
                  PageSeen      *seen)
{
  uint64_t address = bar->addresses[column];
  uint64_t number = address / pgs_painter_page_size (bar->scene);

  if (number != seen->number)
    *seen = (PageSeen) { number, pgs_summary_get_class (bar->scene->summary, address) };
  if (seen->class != PGS_SUMMARY_NO_CLASS)
    pgs_columns_get (bar->columns, column)[seen->class] = (guint16) bar->columns->height;
}

/* Has a column show the mix of the frames that the process has, paler where there are
 * more that it does not have. */
static void
fade_others (PgsBarColumns *bar,
             guint          column,
             uint64_t      *counts)
{
  guint absent = bar->columns->n_colors - 1;
  uint64_t own = 0;

  for (guint i = 0; i < absent; i++)
    own += counts[i];
  if (own == 0 || counts[absent] == 0)
    return;
  pgs_columns_set_fade (bar->columns, column,
                        FRAMES_FADE * (1 - sqrt ((double) own / (double) (own + counts[absent]))));
  counts[absent] = 0;
}

/* Shares a column among the classes. Returns whether any page begins in it. */
static gboolean
split_column (PgsBarColumns *bar,
              guint          column,
              uint64_t      *counts)
{
  guint heights[PGS_COLOR_MODE_MAX_CLASSES];
  guint16 *result = pgs_columns_get (bar->columns, column);

  if (bar->scene->kind == PGS_SCENE_FRAMES)
    fade_others (bar, column, counts);
  if (!pgs_painter_split_height (counts, bar->columns->n_colors, bar->columns->height, heights))
    return FALSE;
  for (guint i = 0; i < bar->columns->n_colors; i++)
    result[i] = (guint16) heights[i];
  return TRUE;
}

/* Fills @n columns from @first on. */
static void
fill_batch (PgsBarColumns *bar,
            guint          first,
            guint          n,
            uint64_t      *counts,
            PageSeen      *seen)
{
  guint n_classes = bar->columns->n_colors;

  pgs_summary_count_series (bar->scene->summary, bar->addresses + first, n + 1, counts);
  for (guint i = 0; i < n; i++, counts += n_classes)
    if (!split_column (bar, first + i, counts))
      fill_inside_page (bar, first + i, seen);
}

static void
find_addresses (PgsBarColumns *bar)
{
  const PgsScene *scene = bar->scene;
  guint index = 0;

  for (guint i = 0; i <= bar->columns->n_columns; i++)
    {
      double position = pgs_viewport_to_position (&scene->viewport, i / scene->device_scale);

      bar->addresses[i] = pgs_axis_walk_to_position (scene->axis, &index, position);
    }
}

static void
fill_columns (PgsBarColumns *bar)
{
  g_autofree uint64_t *counts = g_new (uint64_t, BATCH * bar->columns->n_colors);
  guint n_columns = bar->columns->n_columns;
  PageSeen seen = { G_MAXUINT64, PGS_SUMMARY_NO_CLASS };

  find_addresses (bar);
  for (guint i = 0; i < n_columns; i += BATCH)
    fill_batch (bar, i, MIN (BATCH, n_columns - i), counts, &seen);
}

/* Leaves the columns blank of what has not been read yet. */
static void
blank_unread (PgsBarColumns *bar)
{
  const GArray *unread = pgs_snapshot_get_unread (pgs_summary_get_snapshot (bar->scene->summary));
  guint next = 0;

  for (guint i = 0; i < bar->columns->n_columns && next < unread->len; i++)
    {
      while (next < unread->len &&
             g_array_index (unread, PgsRange, next).end <= bar->addresses[i])
        next++;
      if (next < unread->len && g_array_index (unread, PgsRange, next).start <= bar->addresses[i])
        memset (pgs_columns_get (bar->columns, i), 0,
                bar->columns->n_colors * sizeof (guint16));
    }
}

/* Marks the columns of what nobody can access. */
static void
mark_inaccessible (PgsBarColumns *bar)
{
  double scale = bar->scene->device_scale;

  for (guint i = 0; i < bar->visits->len; i++)
    {
      const PgsVisit *visit = &g_array_index (bar->visits, PgsVisit, i);
      guint start = (guint) (visit->x * scale);
      guint end = MIN ((guint) (visit->end * scale), bar->columns->n_columns);

      if (visit->segment->mapping >= 0 && start < end &&
          pgs_mapping_is_inaccessible (pgs_painter_get_mapping (bar->scene, visit->segment)))
        memset (bar->columns->hatched + start, TRUE, end - start);
    }
}

static void
set_colors (PgsBarColumns *bar)
{
  const PgsPalette *palette = bar->scene->palette;
  const PgsColorMode *mode = pgs_summary_get_mode (bar->scene->summary);

  for (guint i = 0; i < mode->n_classes; i++)
    {
      bar->columns->colors[i] = &palette->colors[mode->classes[i].color];
      if (g_str_equal (mode->classes[i].id, "guard"))
        bar->columns->hatched_color = i;
    }
  bar->columns->hatch = palette->hatch;
  bar->columns->line = palette->gap;
  bar->columns->fade = palette->colors[mode->classes[mode->n_classes - 1].color];
}

static void
put_bar (const PgsScene *scene,
         cairo_t        *cr,
         double          height,
         const GArray   *visits)
{
  PgsBarColumns bar = { .scene = scene, .visits = visits, .height = height };
  g_autoptr(PgsColumns) columns = NULL;
  g_autofree uint64_t *addresses = NULL;

  columns = pgs_columns_new (scene->viewport.width, height, scene->device_scale,
                             pgs_summary_get_mode (scene->summary)->n_classes);
  addresses = g_new (uint64_t, columns->n_columns + 1);
  bar.columns = columns;
  bar.addresses = addresses;
  set_colors (&bar);
  fill_columns (&bar);
  blank_unread (&bar);
  mark_inaccessible (&bar);
  pgs_painter_mark_cells (&bar);
  pgs_painter_mark_gaps (&bar);
  pgs_columns_draw (columns, cr);
  pgs_painter_draw_sizes (&bar, cr);
  pgs_painter_draw_numbers (&bar, cr);
}

/**
 * pgs_painter_draw_bar:
 * @scene: what to draw
 * @cr: where to, at the origin
 * @height: how high, in pixels
 *
 * Draws the part of the address space in view. What nothing is mapped at stays as
 * it was.
 */
void
pgs_painter_draw_bar (const PgsScene *scene,
                      cairo_t        *cr,
                      double          height)
{
  g_autoptr(GArray) visits = NULL;

  g_return_if_fail (scene != NULL && cr != NULL);
  g_return_if_fail (height >= 0 && scene->device_scale > 0);

  visits = pgs_painter_visit (scene);
  put_bar (scene, cr, height, visits);
}

/**
 * pgs_painter_draw:
 * @scene: what to draw
 * @cr: where to, at the origin
 * @height: how high, in pixels, labels and ruler included
 *
 * Draws the labels, the bar below them and the ruler at the bottom: the same as each
 * by itself, but what is in view is found once.
 */
void
pgs_painter_draw (const PgsScene *scene,
                  cairo_t        *cr,
                  double          height)
{
  double bar_height = height - PGS_PAINTER_LABELS_HEIGHT - PGS_PAINTER_RULER_HEIGHT;
  g_autoptr(GArray) visits = NULL;

  g_return_if_fail (scene != NULL && cr != NULL);
  g_return_if_fail (bar_height >= 0 && scene->device_scale > 0);

  visits = pgs_painter_visit (scene);
  cairo_save (cr);
  pgs_painter_put_labels (scene, cr, visits);
  cairo_translate (cr, 0, PGS_PAINTER_LABELS_HEIGHT);
  put_bar (scene, cr, bar_height, visits);
  cairo_translate (cr, 0, bar_height);
  pgs_painter_put_ruler (scene, cr, visits);
  cairo_restore (cr);
}

/**
 * pgs_painter_draw_frames:
 * @scene: what to draw, of frames
 * @cr: where to, at the origin
 * @height: how high, in pixels, ruler included
 *
 * Draws the bar of RAM and the ruler below it. Ribbons lie where labels would.
 */
void
pgs_painter_draw_frames (const PgsScene *scene,
                         cairo_t        *cr,
                         double          height)
{
  double bar_height = height - PGS_PAINTER_RULER_HEIGHT;
  g_autoptr(GArray) visits = NULL;

  g_return_if_fail (scene != NULL && cr != NULL);
  g_return_if_fail (bar_height >= 0 && scene->device_scale > 0);

  visits = pgs_painter_visit (scene);
  cairo_save (cr);
  put_bar (scene, cr, bar_height, visits);
  cairo_translate (cr, 0, bar_height);
  pgs_painter_put_ruler (scene, cr, visits);
  cairo_restore (cr);
}
