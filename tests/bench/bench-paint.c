/* bench-paint.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How long drawing takes, with labels and ruler, and finding what is under a
 * pixel. A row is the slowest of all color modes, and names it. The widest with a
 * budget are held against the obvious way to draw columns. On made-up
 * snapshots of PGS_BENCH_PAGES pages, 4 times and 16 times as many, and of a page
 * in each of 65,531 mappings.
 */

#include "config.h"

#include <gio/gio.h>

#include "core/pgs-frame-map.h"
#include "core/pgs-ram.h"
#include "paint/pgs-picture.h"
#include "paint/pgs-ribbons.h"
#include "pgs-bench-picture.h"
#include "pgs-bench.h"

/* As in the window: the bar, its labels and its ruler. */
#define HEIGHT         226
#define RAM_HEIGHT     (PGS_PAINTER_FRAMES_HEIGHT + PGS_PAINTER_RULER_HEIGHT)
#define ROUNDS         15
#define EXPORT_ROUNDS  3
#define SOME_MAPPINGS  16
#define MAPPING_PAGES  60000
#define CELL_WIDTH     16.0
#define BUDGET_WIDTH   3840
#define BUDGET_MS      4.0
#define NEAR_ZOOM      10000.0
#define N_ZOOMS        3
/* There it is labels that take the time. */
#define PAGE_ZOOM      2
#define N_WIDTHS       3
#define N_VIEWS        (N_ZOOMS * N_WIDTHS)

static const int widths[N_WIDTHS] = { 1280, BUDGET_WIDTH, 7680 };
static const char *const zooms[N_ZOOMS] = { "whole", "mapping", "page" };

/* The slowest so far of each view. */
typedef struct
{
  double              time[N_VIEWS];
  const PgsColorMode *mode[N_VIEWS];
} Slowest;

typedef struct
{
  PgsBenchPicture *picture;
  cairo_surface_t *surface;
  cairo_t         *cr;
} Canvas;

static void
run_paint (gpointer data)
{
  Canvas *self = data;

  pgs_painter_draw (&self->picture->scene, self->cr, HEIGHT);
  cairo_surface_flush (self->surface);
}

/* Nothing but the columns, the obvious way: each asks for what it shows and fills a
 * rectangle for each color. */
static void
run_rectangles (gpointer data)
{
  Canvas *self = data;
  const PgsScene *scene = &self->picture->scene;
  const PgsColorMode *mode = pgs_summary_get_mode (scene->summary);

  for (int x = 0; x < scene->viewport.width; x++)
    {
      uint64_t counts[PGS_COLOR_MODE_MAX_CLASSES];
      guint heights[PGS_COLOR_MODE_MAX_CLASSES];
      double y = 0;

      pgs_summary_count (scene->summary, pgs_viewport_to_address (&scene->viewport, scene->axis, x),
                         pgs_viewport_to_address (&scene->viewport, scene->axis, x + 1), counts);
      pgs_painter_split_height (counts, mode->n_classes, HEIGHT, heights);
      for (guint i = 0; i < mode->n_classes; y += heights[i++])
        {
          const PgsRgb *color = &scene->palette->colors[mode->classes[i].color];

          if (heights[i] == 0)
            continue;
          cairo_set_source_rgb (self->cr, color->red, color->green, color->blue);
          cairo_rectangle (self->cr, x, y, 1, heights[i]);
          cairo_fill (self->cr);
        }
    }
  cairo_surface_flush (self->surface);
}

/* Returns what is in view: all, about a mapping of the few, or cells with numbers. */
static double
find_span (guint  zoom,
           int    width,
           double length)
{
  if (zoom == 0)
    return length;
  if (zoom == 1)
    return MIN (MAPPING_PAGES * (double) PGS_BENCH_PAGE, length);
  return MIN (width / CELL_WIDTH * (double) PGS_BENCH_PAGE, length);
}

static void
canvas_init (Canvas          *self,
             PgsBenchPicture *picture,
             guint            view)
{
  int width = widths[view / N_ZOOMS];
  double length = pgs_axis_get_length (picture->axis);
  double span = find_span (view % N_ZOOMS, width, length);

  picture->scene.viewport = (PgsViewport) { (length - span) / 2, span, width };
  self->picture = picture;
  self->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, 256);
  self->cr = cairo_create (self->surface);
}

static void
canvas_clear (Canvas *self)
{
  cairo_destroy (self->cr);
  cairo_surface_destroy (self->surface);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Canvas, canvas_clear)

static double
time_view (PgsBenchPicture *picture,
           guint            view)
{
  g_auto(Canvas) canvas = { 0 };

  canvas_init (&canvas, picture, view);
  return pgs_bench_time (run_paint, &canvas, ROUNDS);
}

/* Returns the faster of @time and another measurement, in turns with the rectangles; sets
 * @faster to how many times as long those take. */
static double
compare_view (PgsBenchPicture *picture,
              guint            view,
              double           time,
              double          *faster)
{
  g_auto(Canvas) canvas = { 0 };
  double again, rectangles;

  canvas_init (&canvas, picture, view);
  pgs_bench_compare (run_paint, run_rectangles, &canvas, ROUNDS, &again, &rectangles);
  *faster = rectangles / again;
  return MIN (time, again);
}

static void
time_views (PgsBenchPicture    *picture,
            const PgsColorMode *mode,
            Slowest            *slowest)
{
  pgs_bench_picture_set_mode (picture, mode);
  for (guint i = 0; i < N_VIEWS; i++)
    {
      double time = time_view (picture, i);

      if (time > slowest->time[i])
        {
          slowest->time[i] = time;
          slowest->mode[i] = mode;
        }
    }
}

static void
bench_paint (const char *what,
             guint       n_pages,
             guint       n_mappings)
{
  g_autoptr(PgsBenchPicture) picture = pgs_bench_picture_new (n_pages, n_mappings);
  Slowest slowest = { 0, };

  for (guint i = 0; i < pgs_color_mode_get_n_modes (); i++)
    time_views (picture, pgs_color_mode_get (i), &slowest);
  for (guint i = 0; i < N_VIEWS; i++)
    {
      int width = widths[i / N_ZOOMS];
      g_autofree char *name = g_strdup_printf ("paint-%s-%s-%d", what, zooms[i % N_ZOOMS], width);
      g_autoptr(GString) note = g_string_new (NULL);
      double faster;

      g_string_append_printf (note, "by %s", slowest.mode[i]->id);
      if (width == BUDGET_WIDTH && i % N_ZOOMS != PAGE_ZOOM)
        {
          pgs_bench_picture_set_mode (picture, slowest.mode[i]);
          slowest.time[i] = compare_view (picture, i, slowest.time[i], &faster);
          g_string_append_printf (note, ", %.0f times as fast as rectangles", faster);
        }
      pgs_bench_row_noted (name, slowest.time[i] * 1e3, "ms", PGS_BENCH_NONE,
                           width <= BUDGET_WIDTH ? BUDGET_MS : PGS_BENCH_NONE, note->str);
    }
}

static void
bench_paint_pages (guint n_pages)
{
  g_autofree char *what = pgs_bench_dup_label (n_pages);

  bench_paint (what, n_pages, SOME_MAPPINGS);
}

/* RAM, and ribbons to it */

typedef struct
{
  Canvas       canvas;
  PgsFrameMap *map;
  PgsAxis     *axis;
  PgsScene     frames;
} RamCanvas;

static void
run_ram (gpointer data)
{
  RamCanvas *self = data;

  pgs_painter_draw_frames (&self->frames, self->canvas.cr, RAM_HEIGHT);
  cairo_surface_flush (self->canvas.surface);
}

static void
run_ribbons (gpointer data)
{
  RamCanvas *self = data;
  PgsRibbons ribbons = { &self->canvas.picture->scene, &self->frames, NULL };

  pgs_ribbons_draw (&ribbons, self->canvas.cr, PGS_RIBBONS_HEIGHT);
  cairo_surface_flush (self->canvas.surface);
}

static void
bench_ram_view (RamCanvas       *self,
                PgsBenchPicture *picture,
                const char      *what,
                guint            view)
{
  int width = widths[view / N_ZOOMS];
  double budget = width <= BUDGET_WIDTH ? BUDGET_MS : PGS_BENCH_NONE;
  g_autofree char *ram = g_strdup_printf ("ram-%s-%s-%d", what, zooms[view % N_ZOOMS], width);
  g_autofree char *ribbons = g_strdup_printf ("ribbons-%s-%s-%d", what, zooms[view % N_ZOOMS],
                                              width);
  g_autofree char *near = g_strdup_printf ("%s-near", ribbons);

  canvas_init (&self->canvas, picture, view);
  self->frames = picture->scene;
  self->frames.summary = pgs_frame_map_get_summary (self->map);
  self->frames.axis = self->axis;
  self->frames.viewport = pgs_viewport_whole (self->axis, width);
  self->frames.kind = PGS_SCENE_FRAMES;
  pgs_bench_row (ram, pgs_bench_time (run_ram, self, ROUNDS) * 1e3, "ms", PGS_BENCH_NONE, budget);
  pgs_bench_row (ribbons, pgs_bench_time (run_ribbons, self, ROUNDS) * 1e3, "ms",
                 PGS_BENCH_NONE, budget);
  /* Each frame in view is wide, and most are out of view. */
  self->frames.viewport = pgs_viewport_zoomed (&self->frames.viewport, self->axis, width / 2.0,
                                               NEAR_ZOOM);
  pgs_bench_row (near, pgs_bench_time (run_ribbons, self, ROUNDS) * 1e3, "ms", PGS_BENCH_NONE,
                 budget);
  canvas_clear (&self->canvas);
}

/* Pages wherever in 24 GiB of RAM, all of it in view. */
static void
bench_ram (guint n_pages)
{
  static const char zones[] = "Node 0, zone   Normal\n  spanned 6291456\n  start_pfn: 0\n";
  g_autoptr(PgsBenchPicture) picture = pgs_bench_picture_new (n_pages, SOME_MAPPINGS);
  g_autoptr(PgsMaps) ram = pgs_ram_parse ("", zones, PGS_BENCH_PAGE);
  g_autofree char *what = pgs_bench_dup_label (n_pages);
  RamCanvas canvas = { .map = pgs_frame_map_new (picture->summary, ram, NULL, NULL) };

  g_assert (pgs_frame_map_get_n_frames (canvas.map) > 0);
  canvas.axis = pgs_axis_new (ram, PGS_BENCH_PAGE, PGS_SCALE_COMPACT);
  for (guint i = 0; i < N_VIEWS; i++)
    bench_ram_view (&canvas, picture, what, i);
  pgs_axis_unref (canvas.axis);
  pgs_frame_map_unref (canvas.map);
}

static void
run_hits (gpointer data)
{
  PgsBenchPicture *self = data;
  guint sum = 0;

  for (guint i = 0; i < BUDGET_WIDTH; i++)
    {
      uint64_t address = pgs_viewport_to_address (&self->scene.viewport, self->axis, i);

      sum += pgs_summary_get_class (self->summary, address);
    }
  g_assert (sum > 0);
}

static void
bench_hits (guint n_pages)
{
  g_autoptr(PgsBenchPicture) picture = pgs_bench_picture_new (n_pages, PGS_BENCH_MANY);
  double time;

  picture->scene.viewport = pgs_viewport_whole (picture->axis, BUDGET_WIDTH);
  time = pgs_bench_time (run_hits, picture, ROUNDS);
  pgs_bench_row ("hit-test", time / BUDGET_WIDTH * 1e9, "ns", PGS_BENCH_NONE, PGS_BENCH_NONE);
}

static void
run_export (gpointer data)
{
  PgsBenchPicture *self = data;
  g_autoptr(GOutputStream) stream = g_memory_output_stream_new_resizable ();
  PgsPicture picture = { .scene = self->scene, .title = "bench", .subtitle = "PID 1",
                         .width = BUDGET_WIDTH, .height = 1080 };

  if (!pgs_picture_write (&picture, PGS_PICTURE_PNG, stream, NULL, NULL))
    g_error ("The picture was not written");
}

static void
bench_export (guint n_pages)
{
  g_autoptr(PgsBenchPicture) picture = pgs_bench_picture_new (n_pages, SOME_MAPPINGS);
  double time;

  picture->scene.viewport = pgs_viewport_whole (picture->axis, BUDGET_WIDTH);
  time = pgs_bench_time (run_export, picture, EXPORT_ROUNDS);
  pgs_bench_row ("export-png-3840", time * 1e3, "ms", PGS_BENCH_NONE, PGS_BENCH_NONE);
}

int
main (void)
{
  guint n_pages = pgs_bench_option ("PGS_BENCH_PAGES", 1 << 20);

  pgs_bench_init ("paint");
  bench_paint_pages (n_pages);
  bench_paint_pages (n_pages * 4);
  bench_paint_pages (n_pages * 16);
  bench_paint ("65531-mappings", MAX (n_pages, PGS_BENCH_MANY), PGS_BENCH_MANY);
  bench_ram (n_pages);
  bench_ram (n_pages * 16);
  bench_hits (MAX (n_pages, PGS_BENCH_MANY));
  bench_export (n_pages);
  return pgs_bench_end ();
}
