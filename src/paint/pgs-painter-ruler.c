/* pgs-painter-ruler.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ruler below the bar: ticks with addresses.
 *
 * The starts of mappings come first, from left to right, for these are what one
 * meets again in other tools; then round addresses fill the room that is left,
 * at the least power of two pages that keeps their labels apart. Labels never
 * collide. A view without any of them gets the address of its first page.
 */

#include "config.h"

#include "pgs-painter-private.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define TICK_LENGTH        5.0
#define TEXT_OFFSET        3.0
#define TICK_SPACE         8.0   /* between a label and the next tick */
#define MAPPING_MIN_WIDTH  12.0
#define MAX_TEXT           32
#define GIB                (UINT64_C (1) << 30)

typedef struct
{
  uint64_t address;
  double   x;
  double   end;    /* of its label */
} Tick;

typedef struct
{
  const PgsScene *scene;
  const GArray   *visits;
  double          digit;   /* how wide one is, in pixels */
  GArray         *ticks;
} Ruler;

/* Physical addresses are told in GiB where that is a whole number: nobody knows where
 * 1c0000000 is. */
static void
format_address (const PgsScene *scene,
                uint64_t        address,
                char            text[MAX_TEXT])
{
  if (scene->kind == PGS_SCENE_FRAMES && address % GIB == 0)
    g_snprintf (text, MAX_TEXT, "%" PRIu64 " GiB", address / GIB);
  else
    g_snprintf (text, MAX_TEXT, "%" PRIx64, address);
}

static double
get_label_width (const Ruler *ruler,
                 uint64_t     address)
{
  char text[MAX_TEXT];

  format_address (ruler->scene, address, text);
  return TEXT_OFFSET + (double) strlen (text) * ruler->digit;
}

/* Adds a tick if its label fits between those that stand. Returns whether it does. */
static gboolean
add_tick (Ruler    *ruler,
          uint64_t  address,
          double    x)
{
  Tick tick = { address, x, x + get_label_width (ruler, address) };

  if (x < 0 || tick.end > ruler->scene->viewport.width)
    return FALSE;
  for (guint i = 0; i < ruler->ticks->len; i++)
    {
      const Tick *other = &g_array_index (ruler->ticks, Tick, i);

      if (tick.x < other->end + TICK_SPACE && other->x < tick.end + TICK_SPACE)
        return FALSE;
    }
  g_array_append_val (ruler->ticks, tick);
  return TRUE;
}

/* Whether the start of a mapping is worth a tick: the mapping is seen, or something
 * starts there. */
static gboolean
is_landmark (const Ruler *ruler,
             guint        index)
{
  const PgsVisit *visit = &g_array_index (ruler->visits, PgsVisit, index);

  if (visit->segment->mapping < 0)
    return FALSE;
  return visit->end - visit->x >= MAPPING_MIN_WIDTH ||
         (index == 0 ? visit->segment->position >= ruler->scene->viewport.start
                     : visit[-1].segment->mapping < 0);
}

static void
add_starts (Ruler *ruler)
{
  double free_from = 0;

  for (guint i = 0; i < ruler->visits->len; i++)
    {
      const PgsVisit *visit = &g_array_index (ruler->visits, PgsVisit, i);
      double x = pgs_viewport_to_x (&ruler->scene->viewport, visit->segment->position);

      if (x >= free_from && is_landmark (ruler, i) &&
          add_tick (ruler, visit->segment->start, x))
        free_from = x + get_label_width (ruler, visit->segment->start);
    }
}

/* Adds ticks at round addresses of a mapping. */
static void
add_round (Ruler          *ruler,
           const PgsVisit *visit)
{
  const PgsAxisSegment *segment = visit->segment;
  const PgsScene *scene = ruler->scene;
  uint64_t step = pgs_painter_page_size (scene);
  double width = pgs_painter_page_width (scene, segment);
  double least = get_label_width (ruler, segment->start) + TICK_SPACE;
  uint64_t address = pgs_viewport_to_address (&scene->viewport, scene->axis, visit->x);

  for (; width < least && step < UINT64_C (1) << 62; step *= 2)
    width *= 2;
  address -= address % step;
  for (; address < segment->end; address += step)
    {
      double x = pgs_viewport_address_to_x (&scene->viewport, scene->axis, address);

      if (x >= visit->end || address > UINT64_MAX - step)
        return;
      if (address >= segment->start)
        add_tick (ruler, address, x);
    }
}

static void
add_rounds (Ruler *ruler)
{
  for (guint i = 0; i < ruler->visits->len; i++)
    {
      const PgsVisit *visit = &g_array_index (ruler->visits, PgsVisit, i);

      if (visit->segment->mapping >= 0 &&
          visit->end - visit->x > get_label_width (ruler, visit->segment->start))
        add_round (ruler, visit);
    }
}

static void
add_first_page (Ruler *ruler)
{
  const PgsScene *scene = ruler->scene;
  uint64_t address = pgs_viewport_to_address (&scene->viewport, scene->axis, 0);

  if (ruler->ticks->len == 0 && pgs_axis_get_n_segments (scene->axis) > 0)
    add_tick (ruler, address - address % pgs_painter_page_size (scene), 0);
}

static void
draw_ticks (const Ruler *ruler,
            cairo_t     *cr)
{
  cairo_font_extents_t font;

  cairo_font_extents (cr, &font);
  for (guint i = 0; i < ruler->ticks->len; i++)
    cairo_rectangle (cr, floor (g_array_index (ruler->ticks, Tick, i).x), 0, 1, TICK_LENGTH);
  pgs_rgb_set_source (&ruler->scene->palette->gap, cr);
  cairo_fill (cr);
  pgs_rgb_set_source (&ruler->scene->palette->dim_text, cr);
  for (guint i = 0; i < ruler->ticks->len; i++)
    {
      const Tick *tick = &g_array_index (ruler->ticks, Tick, i);
      char text[MAX_TEXT];

      format_address (ruler->scene, tick->address, text);
      cairo_move_to (cr, floor (tick->x) + TEXT_OFFSET, round (TICK_LENGTH + 1 + font.ascent));
      cairo_show_text (cr, text);
    }
}

void
pgs_painter_put_ruler (const PgsScene *scene,
                       cairo_t        *cr,
                       const GArray   *visits)
{
  g_autoptr(GArray) ticks = g_array_new (FALSE, FALSE, sizeof (Tick));
  Ruler ruler = { scene, visits, 0, ticks };
  cairo_text_extents_t extents;

  cairo_save (cr);
  pgs_painter_set_font (cr, PGS_PAINTER_RULER_FONT);
  cairo_text_extents (cr, "0", &extents);
  ruler.digit = extents.x_advance;
  add_starts (&ruler);
  add_rounds (&ruler);
  add_first_page (&ruler);
  draw_ticks (&ruler, cr);
  cairo_restore (cr);
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
  g_autoptr(GArray) visits = NULL;

  g_return_if_fail (scene != NULL && cr != NULL);

  visits = pgs_painter_visit (scene);
  pgs_painter_put_ruler (scene, cr, visits);
}
