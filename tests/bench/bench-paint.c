/* bench-paint.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How long drawing takes, and what comes before it: parsing maps, summarizing,
 * comparing snapshots, finding what is under a pixel. On made-up snapshots, so
 * that sizes beyond this machine's memory can be had.
 */

#include "config.h"

#include <gio/gio.h>
#include <inttypes.h>
#include <string.h>

#include "core/pgs-changes.h"
#include "core/pgs-maps.h"
#include "core/pgs-page-store-builder.h"
#include "core/pgs-summary.h"
#include "paint/pgs-painter.h"
#include "paint/pgs-picture.h"
#include "pgs-bench.h"

#define PAGE         UINT64_C (4096)
#define START        UINT64_C (0x7f0000000000)
#define BAR_HEIGHT   176
#define ROUNDS       5
#define MANY         65531
#define FRAME_BUDGET 4.0

typedef struct
{
  PgsSnapshot     *snapshot;
  PgsSummary      *summary;
  PgsAxis         *axis;
  PgsScene         scene;
  cairo_surface_t *surface;
  cairo_t         *cr;
} Picture;

static uint64_t
make_entry (GRand *rand)
{
  guint choice = (guint) g_rand_int_range (rand, 0, 8);

  if (choice < 4)
    return PGS_PAGEMAP_PRESENT | PGS_PAGEMAP_EXCLUSIVE |
           (uint64_t) g_rand_int_range (rand, 1, 6 << 20);
  if (choice == 4)
    return PGS_PAGEMAP_PRESENT | PGS_PAGEMAP_FILE | (uint64_t) g_rand_int_range (rand, 1, 6 << 20);
  if (choice == 5)
    return PGS_PAGEMAP_SWAPPED | (uint64_t) g_rand_int_range (rand, 1, 1 << 20) << 5;
  return 0;
}

static PgsPageStore *
make_store (guint   n_pages,
            guint32 seed,
            double  changed)
{
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (512);
  g_autoptr(GRand) rand = g_rand_new_with_seed (1);
  g_autoptr(GRand) other = g_rand_new_with_seed (seed);
  uint64_t entries[512];

  for (guint i = 0; i < n_pages; i += 512)
    {
      for (guint j = 0; j < 512; j++)
        {
          entries[j] = make_entry (rand);
          if (changed > 0 && g_rand_double (other) < changed)
            entries[j] ^= PGS_PAGEMAP_EXCLUSIVE | PGS_PAGEMAP_PRESENT;
        }
      pgs_page_store_builder_append (builder, START / PAGE + i, entries, 512);
    }
  return pgs_page_store_builder_end (builder);
}

static char *
make_maps_text (guint n_pages,
                guint n_mappings)
{
  GString *text = g_string_new (NULL);
  uint64_t pages_each = n_pages / n_mappings;

  for (guint i = 0; i < n_mappings; i++)
    g_string_append_printf (text, "%" PRIx64 "-%" PRIx64 " %s 00000000 00:00 0 \n",
                            START + i * pages_each * PAGE, START + (i + 1) * pages_each * PAGE,
                            i % 2 == 0 ? "rw-p" : "r--p");
  return g_string_free (text, FALSE);
}

static PgsSnapshot *
make_snapshot (guint   n_pages,
               guint   n_mappings,
               guint32 seed,
               double  changed)
{
  g_autofree char *text = make_maps_text (n_pages, n_mappings);
  g_autoptr(PgsMaps) maps = pgs_maps_parse (text, strlen (text), PAGE, NULL);
  g_autoptr(PgsPageStore) store = make_store (n_pages, seed, changed);

  return pgs_snapshot_new (maps, store, PAGE, 6 << 20, NULL);
}

static void
init_picture (Picture *self,
              guint    n_pages,
              guint    n_mappings)
{
  memset (self, 0, sizeof *self);
  self->snapshot = make_snapshot (n_pages, n_mappings, 1, 0);
  self->summary = pgs_summary_new (self->snapshot, pgs_color_mode_get (0));
  self->axis = pgs_axis_new (pgs_snapshot_get_maps (self->snapshot), PAGE, PGS_SCALE_COMPACT);
  self->scene.summary = self->summary;
  self->scene.axis = self->axis;
  self->scene.palette = pgs_palette_get (PGS_PALETTE_LIGHT);
  self->scene.device_scale = 1;
}

static void
clear_picture (Picture *self)
{
  pgs_axis_unref (self->axis);
  pgs_summary_unref (self->summary);
  pgs_snapshot_unref (self->snapshot);
}

static void
run_paint (gpointer data)
{
  Picture *self = data;

  pgs_painter_draw_labels (&self->scene, self->cr);
  pgs_painter_draw_bar (&self->scene, self->cr, BAR_HEIGHT);
  pgs_painter_draw_ruler (&self->scene, self->cr);
  cairo_surface_flush (self->surface);
}

static void
bench_view (Picture    *self,
            const char *what,
            const char *zoom,
            double      span_pages,
            int         width)
{
  g_autofree char *name = g_strdup_printf ("paint-%s-%s-%d", what, zoom, width);
  double length = pgs_axis_get_length (self->axis);
  double span = span_pages > 0 ? MIN (span_pages * (double) PAGE, length) : length;
  double time;

  self->scene.viewport = (PgsViewport) { (length - span) / 2, span, width };
  self->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, 256);
  self->cr = cairo_create (self->surface);
  time = pgs_bench_time (run_paint, self, ROUNDS);
  pgs_bench_row (name, time * 1e3, "ms", PGS_BENCH_NONE,
                 width <= 3840 ? FRAME_BUDGET : PGS_BENCH_NONE);
  cairo_destroy (self->cr);
  cairo_surface_destroy (self->surface);
}

static void
bench_paint (const char *what,
             guint       n_pages,
             guint       n_mappings)
{
  static const int widths[] = { 1280, 3840, 7680 };
  Picture picture;

  init_picture (&picture, n_pages, n_mappings);
  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      bench_view (&picture, what, "whole", 0, widths[i]);
      bench_view (&picture, what, "mapping", 60000, widths[i]);
      bench_view (&picture, what, "page", widths[i] / 16.0, widths[i]);
    }
  clear_picture (&picture);
}

static void
run_hits (gpointer data)
{
  Picture *self = data;
  guint sum = 0;

  for (guint i = 0; i < 3840; i++)
    {
      uint64_t address = pgs_viewport_to_address (&self->scene.viewport, self->axis, i);

      sum += pgs_summary_get_class (self->summary, address);
    }
  g_assert (sum > 0);
}

static void
run_summary (gpointer data)
{
  pgs_summary_unref (pgs_summary_new (((Picture *) data)->snapshot, pgs_color_mode_get (0)));
}

static void
bench_lookups (guint n_pages)
{
  Picture picture;
  double time;

  init_picture (&picture, n_pages, MANY);
  picture.scene.viewport = pgs_viewport_whole (picture.axis, 3840);
  time = pgs_bench_time (run_hits, &picture, ROUNDS);
  pgs_bench_row ("hit-test", time / 3840 * 1e9, "ns", PGS_BENCH_NONE, PGS_BENCH_NONE);
  time = pgs_bench_time (run_summary, &picture, ROUNDS);
  pgs_bench_row ("summary", time / n_pages * 1e9, "ns/page", PGS_BENCH_NONE, PGS_BENCH_NONE);
  clear_picture (&picture);
}

typedef struct
{
  PgsSnapshot *before;
  PgsSnapshot *after;
} Pair;

static void
run_changes (gpointer data)
{
  Pair *pair = data;

  g_array_unref (pgs_changes_find (pair->before, pair->after));
}

static void
bench_changes (guint n_pages)
{
  static const double shares[] = { 0, 0.01, 0.5 };

  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    {
      g_autofree char *name = g_strdup_printf ("changes-%g%%", shares[i] * 100);
      Pair pair = { make_snapshot (n_pages, 16, 1, 0), make_snapshot (n_pages, 16, 2, shares[i]) };
      double time = pgs_bench_time (run_changes, &pair, ROUNDS);

      pgs_bench_row (name, time / n_pages * 1e9, "ns/page", PGS_BENCH_NONE, PGS_BENCH_NONE);
      pgs_snapshot_unref (pair.before);
      pgs_snapshot_unref (pair.after);
    }
}

static void
run_parse (gpointer data)
{
  const char *text = data;

  pgs_maps_unref (pgs_maps_parse (text, strlen (text), PAGE, NULL));
}

static void
run_copy (gpointer data)
{
  g_free (g_strdup (data));
}

static void
bench_parse (void)
{
  g_autofree char *text = make_maps_text (MANY * 2, MANY);
  double time = pgs_bench_time (run_parse, text, ROUNDS);
  double copy = pgs_bench_time (run_copy, text, ROUNDS);

  pgs_bench_row ("parse-maps-65531", (double) strlen (text) / time / 1e6, "MB/s",
                 time / copy, PGS_BENCH_NONE);
}

static void
run_export (gpointer data)
{
  Picture *self = data;
  g_autoptr(GOutputStream) stream = g_memory_output_stream_new_resizable ();
  PgsPicture picture = { self->scene, "bench", "PID 1", 3840, 1080 };

  if (!pgs_picture_write (&picture, PGS_PICTURE_PNG, stream, NULL, NULL))
    g_error ("The picture was not written");
}

static void
bench_export (guint n_pages)
{
  Picture picture;
  double time;

  init_picture (&picture, n_pages, 16);
  picture.scene.viewport = pgs_viewport_whole (picture.axis, 3840);
  time = pgs_bench_time (run_export, &picture, 3);
  pgs_bench_row ("export-png-3840", time * 1e3, "ms", PGS_BENCH_NONE, PGS_BENCH_NONE);
  clear_picture (&picture);
}

int
main (void)
{
  guint n_pages = pgs_bench_option ("PGS_BENCH_PAGES", 1 << 20);

  pgs_bench_init ("paint");
  bench_paint ("1M", n_pages, 16);
  bench_paint ("4M", n_pages * 4, 16);
  bench_paint ("16M", n_pages * 16, 16);
  bench_paint ("65531-mappings", n_pages, MANY);
  bench_lookups (n_pages);
  bench_changes (n_pages);
  bench_parse ();
  bench_export (n_pages);
  return pgs_bench_end ();
}
