/* pgs-painter-labels.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What stands above the bar: the names of mappings over a strip in their colors.
 *
 * Labels never collide. The widest mapping in view gets its label first, then the
 * next wide one what room that left, so that few names stand there at first and
 * more as one comes closer. A label may reach over the narrow neighbors that have
 * none; one that lacks the room for size and permissions has the name alone, and
 * one that lacks the room for a word stays away. The label of a mapping that
 * starts left of the view sticks to its edge.
 *
 * From left to right was tried and rejected: the many small mappings at the start
 * of a library took the room of the large one behind them.
 */

#include "config.h"

#include "pgs-painter-private.h"

#include <math.h>
#include <string.h>

#include "core/pgs-units.h"

#define STRIP_HEIGHT     5.0
#define STRIP_TOP        (PGS_PAINTER_LABELS_HEIGHT - STRIP_HEIGHT - 5)
#define STRIP_STEP       2.0    /* no more than one color in so many pixels */
#define STRIP_GAP_WIDTH  3.0    /* a mapping this wide leaves a pixel free at its end */
#define BATCH            32u    /* so many strips are counted at a time */
#define LABEL_MIN_WIDTH  36.0
#define LABEL_SPACE      12.0
#define MAPPING_MIN_WIDTH 12.0
#define PIXELS_A_LABEL   48.0   /* there are no more labels than one in so many pixels */

/* Where a label stands or may stand. */
typedef struct
{
  const PgsAxisSegment *segment;
  double                x;
  double                width;   /* of the mapping, then of the label */
} Label;

/* The names */

/* Sets the text of the layout: the name, and its size and permissions if those
 * are wanted. */
static void
set_label_text (PangoLayout      *layout,
                const PgsScene   *scene,
                const PgsMapping *mapping,
                gboolean          complete)
{
  const PgsRgb *dim = &scene->palette->dim_text;
  g_autofree char *name = pgs_mapping_dup_short_label (mapping);
  g_autofree char *size = pgs_units_format_bytes (pgs_mapping_get_size (mapping));
  g_autofree char *text = NULL;
  PangoAttrList *attributes = pango_attr_list_new ();
  PangoAttribute *color = pango_attr_foreground_new ((guint16) (dim->red * G_MAXUINT16),
                                                     (guint16) (dim->green * G_MAXUINT16),
                                                     (guint16) (dim->blue * G_MAXUINT16));
  char access[5];

  pgs_mapping_format_access (mapping, access);
  if (complete)
    text = g_strdup_printf ("%s  %s  %s", name, size, access);
  pango_layout_set_text (layout, complete ? text : name, -1);
  color->start_index = (guint) strlen (name);
  pango_attr_list_insert (attributes, color);
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
}

static double
get_layout_width (PangoLayout *layout)
{
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  return width;
}

/* Returns how much room there is from @x on between the labels that stand; 0 if a
 * label stands there. */
static double
get_room (const GArray *labels,
          double        x,
          double        width)
{
  double end = width;

  for (guint i = 0; i < labels->len; i++)
    {
      const Label *label = &g_array_index (labels, Label, i);

      if (label->x > x)
        end = MIN (end, label->x - LABEL_SPACE);
      else if (label->x + label->width + LABEL_SPACE > x)
        return 0;
    }
  return MAX (end - x, 0);
}

static void
place_label (const PgsScene *scene,
             cairo_t        *cr,
             PangoLayout    *layout,
             const Label    *candidate,
             GArray         *labels)
{
  const PgsMapping *mapping = pgs_painter_get_mapping (scene, candidate->segment);
  double room = get_room (labels, candidate->x, scene->viewport.width);
  Label label = *candidate;
  int height;

  if (room < LABEL_MIN_WIDTH)
    return;
  pango_layout_set_width (layout, -1);
  set_label_text (layout, scene, mapping, TRUE);
  if (get_layout_width (layout) > room)
    {
      set_label_text (layout, scene, mapping, FALSE);
      pango_layout_set_width (layout, (int) (room * PANGO_SCALE));
    }
  pango_layout_get_pixel_size (layout, NULL, &height);
  label.width = get_layout_width (layout);
  g_array_append_val (labels, label);
  pgs_rgb_set_source (&scene->palette->text, cr);
  cairo_move_to (cr, label.x, round (STRIP_TOP - 2 - height));
  pango_cairo_show_layout (cr, layout);
}

static int
compare_labels (gconstpointer a,
                gconstpointer b)
{
  const Label *left = a, *right = b;

  if (left->width != right->width)
    return left->width > right->width ? -1 : 1;
  return left->x < right->x ? -1 : left->x > right->x;
}

/* Whether a mapping may have a label: it is wide enough to tell whose label it is,
 * or a gap behind it leaves the room. */
static gboolean
is_candidate (const GArray *visits,
              guint         index)
{
  const PgsVisit *visit = &g_array_index (visits, PgsVisit, index);

  if (visit->segment->mapping < 0)
    return FALSE;
  return visit->end - visit->x >= MAPPING_MIN_WIDTH ||
         (index + 1 < visits->len && visit[1].segment->mapping < 0 &&
          visit[1].end - visit[1].x >= LABEL_MIN_WIDTH);
}

static GArray *
find_candidates (const PgsScene *scene,
                 const GArray   *visits)
{
  GArray *candidates = g_array_new (FALSE, FALSE, sizeof (Label));

  for (guint i = 0; i < visits->len; i++)
    {
      const PgsVisit *visit = &g_array_index (visits, PgsVisit, i);
      Label label = { visit->segment, round (visit->x), visit->end - visit->x };

      if (is_candidate (visits, i))
        g_array_append_val (candidates, label);
    }
  g_array_sort (candidates, compare_labels);
  if (candidates->len > scene->viewport.width / PIXELS_A_LABEL)
    g_array_set_size (candidates, (guint) (scene->viewport.width / PIXELS_A_LABEL));
  return candidates;
}

static void
draw_names (const PgsScene *scene,
            cairo_t        *cr,
            const GArray   *visits)
{
  g_autoptr(GArray) candidates = find_candidates (scene, visits);
  g_autoptr(GArray) labels = NULL;
  g_autoptr(PangoLayout) layout = NULL;

  if (candidates->len == 0)
    return;
  labels = g_array_new (FALSE, FALSE, sizeof (Label));
  layout = pgs_painter_make_layout (cr, PGS_PAINTER_LABEL_FONT);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  for (guint i = 0; i < candidates->len; i++)
    place_label (scene, cr, layout, &g_array_index (candidates, Label, i), labels);
}

/* The strip */

/* The strip of a mapping: the columns from @start to before @end. */
typedef struct
{
  const PgsAxisSegment *segment;
  guint                 start;
  guint                 end;
} Strip;

/* Returns the class that most populated pages are in, or that of absent pages,
 * which is the last, where none are. */
static guint
find_dominant (const uint64_t *counts,
               guint           n_classes)
{
  guint largest = n_classes - 1;
  uint64_t most = 0;

  for (guint i = 0; i < n_classes - 1; i++)
    if (counts[i] > most)
      {
        most = counts[i];
        largest = i;
      }
  return largest;
}

/* Returns the column at which the strip of a mapping ends. */
static guint
get_strip_end (const PgsColumns *columns,
               const GArray     *visits,
               guint             index)
{
  const PgsVisit *visit = &g_array_index (visits, PgsVisit, index);
  double end = visit->end;

  if (end - visit->x >= STRIP_GAP_WIDTH)
    end -= 1;
  /* Where mappings are crowded, one stands for its neighbors. */
  else if (index + 1 < visits->len && visit[1].segment->mapping >= 0)
    end = MAX (end, visit->x + STRIP_STEP);
  return MIN (MAX ((guint) (end * columns->scale), (guint) (visit->x * columns->scale) + 1),
              columns->n_columns);
}

/* Returns: (transfer full) (element-type Strip): those of the mappings in view */
static GArray *
find_strips (const PgsColumns *columns,
             const GArray     *visits)
{
  GArray *strips = g_array_new (FALSE, FALSE, sizeof (Strip));
  guint free_from = 0;

  for (guint i = 0; i < visits->len; i++)
    {
      const PgsVisit *visit = &g_array_index (visits, PgsVisit, i);
      Strip strip = { visit->segment, MAX (free_from, (guint) (visit->x * columns->scale)), 0 };

      if (visit->segment->mapping < 0)
        continue;
      strip.end = get_strip_end (columns, visits, i);
      if (strip.start >= strip.end)
        continue;
      g_array_append_val (strips, strip);
      free_from = strip.end;
    }
  return strips;
}

/* Fills in @n strips, all that are counted at a time. */
static void
fill_strips (PgsColumns       *columns,
             const PgsSummary *summary,
             const Strip      *strips,
             guint             n)
{
  uint64_t edges[2 * BATCH];
  uint64_t counts[2 * BATCH * PGS_COLOR_MODE_MAX_CLASSES];

  for (guint i = 0; i < n; i++)
    {
      edges[2 * i] = strips[i].segment->start;
      edges[2 * i + 1] = strips[i].segment->end;
    }
  pgs_summary_count_series (summary, edges, 2 * n, counts);
  for (guint i = 0; i < n; i++)
    {
      /* Between two mappings stands the row of what lies between them. */
      guint class = find_dominant (counts + 2 * i * columns->n_colors, columns->n_colors);

      for (guint column = strips[i].start; column < strips[i].end; column++)
        pgs_columns_get (columns, column)[class] = (guint16) columns->height;
    }
}

static void
draw_strip (const PgsScene *scene,
            cairo_t        *cr,
            const GArray   *visits)
{
  const PgsColorMode *mode = pgs_summary_get_mode (scene->summary);
  g_autoptr(PgsColumns) columns = pgs_columns_new (scene->viewport.width, STRIP_HEIGHT,
                                                   scene->device_scale, mode->n_classes);
  g_autoptr(GArray) strips = find_strips (columns, visits);

  for (guint i = 0; i < mode->n_classes; i++)
    columns->colors[i] = &scene->palette->colors[mode->classes[i].color];
  /* The absent color is too faint for a strip. */
  columns->colors[mode->n_classes - 1] = &scene->palette->line;
  for (guint i = 0; i < strips->len; i += BATCH)
    fill_strips (columns, scene->summary, &g_array_index (strips, Strip, i),
                 MIN (BATCH, strips->len - i));
  cairo_save (cr);
  cairo_translate (cr, 0, STRIP_TOP);
  pgs_columns_draw (columns, cr);
  cairo_restore (cr);
}

void
pgs_painter_put_labels (const PgsScene *scene,
                        cairo_t        *cr,
                        const GArray   *visits)
{
  draw_strip (scene, cr, visits);
  draw_names (scene, cr, visits);
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
  g_autoptr(GArray) visits = NULL;

  g_return_if_fail (scene != NULL && cr != NULL);

  visits = pgs_painter_visit (scene);
  pgs_painter_put_labels (scene, cr, visits);
}
