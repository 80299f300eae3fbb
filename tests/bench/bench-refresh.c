/* bench-refresh.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a live window costs: summaries in each color mode, and readings of a process
 * that has been read before, as the window's worker does them. Between two readings
 * the process gives back, or takes again, a share of its pages; rounds differ in that,
 * so that the one in the middle counts.
 *
 * Rows with "ram" are of a window that shows where the pages lie in RAM, too. Making the
 * map of frames for it, anew or after one of the same, is held against sorting all pages
 * by their frames.
 *
 * The target has PGS_BENCH_PAGES pages. Ratios are against a bare loop of pread()
 * over them. The cost of one second is the processor time of a reading, for at 1 Hz
 * there is one each second; bench-window.c measures it of the whole program. What
 * the kernel takes for the entries alone is the least that it can be.
 */

#include "config.h"

#include <stdlib.h>
#include <unistd.h>

#include "app/pgs-reading.h"
#include "core/pgs-extent.h"
#include "core/pgs-frame-map.h"
#include "core/pgs-ram.h"
#include "pgs-bench-reader.h"
#include "pgs-bench.h"

#define ROUNDS      5
#define LIVE_ROUNDS 15
#define LIVE_LIMIT  5.0

/* Of what sorting all pages by their frames takes. */
#define FRAME_MAP_BUDGET 0.5

typedef struct
{
  PgsBenchReader *reader;
  PgsSnapshot    *snapshot;
  PgsSummary     *summary;
  PgsAxis        *axis;
  PgsRamView     *ram;
  gboolean        wants_ram;  /* as where the bar of RAM is shown */
  gboolean        is_done;
} Live;

/* A reading like that of a session: with what the one before brought. */
static PgsReading *
make_reading (Live *live)
{
  PgsReading *reading = g_new0 (PgsReading, 1);

  reading->pid = live->reader->target->pid;
  reading->process = pgs_process_ref (live->reader->process);
  reading->source = g_object_ref (live->reader->source);
  reading->mode = pgs_color_mode_get (0);
  reading->scale = PGS_SCALE_COMPACT;
  reading->wants_ram = live->wants_ram;
  reading->previous_ram = live->ram != NULL ? pgs_ram_view_ref (live->ram) : NULL;
  if (live->snapshot != NULL)
    {
      reading->previous = pgs_snapshot_ref (live->snapshot);
      reading->previous_summary = pgs_summary_ref (live->summary);
      reading->previous_axis = pgs_axis_ref (live->axis);
    }
  return reading;
}

static void
live_clear (Live *live)
{
  g_clear_pointer (&live->snapshot, pgs_snapshot_unref);
  g_clear_pointer (&live->summary, pgs_summary_unref);
  g_clear_pointer (&live->axis, pgs_axis_unref);
  g_clear_pointer (&live->ram, pgs_ram_view_unref);
}

static void
take_reading (Live       *live,
              PgsReading *reading)
{
  live_clear (live);
  live->snapshot = pgs_snapshot_ref (reading->snapshot);
  live->summary = pgs_summary_ref (reading->summary);
  live->axis = pgs_axis_ref (reading->axis);
  live->ram = reading->ram != NULL ? pgs_ram_view_ref (reading->ram) : NULL;
}

static void
reading_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GError) error = NULL;
  PgsReading *reading = pgs_reading_run_finish (result, &error);
  Live *live = user_data;

  if (reading == NULL)
    g_error ("%s", error->message);
  take_reading (live, reading);
  live->is_done = TRUE;
}

/* Reads in a worker, and waits for it. */
static void
run_reading (gpointer data)
{
  Live *live = data;

  live->is_done = FALSE;
  pgs_reading_run_async (make_reading (live), NULL, reading_cb, live);
  while (!live->is_done)
    g_main_context_iteration (NULL, TRUE);
}

/* A reading each second, against what the kernel alone takes. */
static void
bench_processor (Live       *live,
                 const char *label)
{
  g_autofree char *name = g_strdup_printf ("live-reading-%s", label);
  double bare = pgs_bench_reader_time (pgs_bench_reader_run_pread, live->reader, LIVE_ROUNDS, 0);
  double time = pgs_bench_reader_time (run_reading, live, LIVE_ROUNDS, 0);

  pgs_bench_row_floor (name, time * 100, "%", LIVE_LIMIT, bare * 100, "pread()");
}

static void
bench_refresh (Live       *live,
               const char *label,
               double      share)
{
  g_autofree char *name = g_strdup_printf ("refresh-%s-%g%%", label, share * 100);
  double times[ROUNDS], ratios[ROUNDS];

  run_reading (live);
  for (guint i = 0; i < ROUNDS; i++)
    {
      if (share > 0 && !pgs_bench_target_toggle (live->reader->target, share))
        g_error ("The target is gone");
      ratios[i] = 1 / pgs_bench_time (pgs_bench_reader_run_pread, live->reader, 1);
      times[i] = pgs_bench_time (run_reading, live, 1);
      ratios[i] *= times[i];
    }
  pgs_bench_row (name, pgs_bench_median (times, ROUNDS) * 1e3, "ms",
                 pgs_bench_median (ratios, ROUNDS), PGS_BENCH_NONE);
}

typedef struct
{
  PgsSnapshot        *snapshot;
  const PgsColorMode *mode;
} Summing;

static void
run_summary (gpointer data)
{
  Summing *summing = data;

  pgs_summary_unref (pgs_summary_new (summing->snapshot, summing->mode));
}

static void
bench_summaries (PgsSnapshot *snapshot,
                 guint        n_pages)
{
  for (guint i = 0; i < pgs_color_mode_get_n_modes (); i++)
    {
      Summing summing = { snapshot, pgs_color_mode_get (i) };
      g_autofree char *name = g_strdup_printf ("summary-by-%s", summing.mode->id);
      double time = pgs_bench_time (run_summary, &summing, ROUNDS);

      pgs_bench_row (name, time / n_pages * 1e9, "ns/page", PGS_BENCH_NONE, PGS_BENCH_NONE);
    }
}

/* Which page is in each frame */

typedef struct
{
  PgsSummary  *summary;
  PgsMaps     *ram;
  PgsFrameMap *previous;
} Mapping;

static void
run_frame_map (gpointer data)
{
  Mapping *mapping = data;

  pgs_frame_map_unref (pgs_frame_map_new (mapping->summary, mapping->ram, mapping->previous,
                                          NULL));
}

typedef struct
{
  uint64_t pfn;
  uint64_t page;
} FramePage;

static int
compare_frames (gconstpointer a,
                gconstpointer b)
{
  const FramePage *left = a, *right = b;

  return left->pfn < right->pfn ? -1 : left->pfn > right->pfn;
}

static void
add_frames (const PgsExtent *extent,
            gpointer         pages)
{
  for (uint64_t i = 0; i < extent->n_pages; i++)
    {
      FramePage page = { extent->pfn + i, extent->page + i };

      g_array_append_val (pages, page);
    }
}

/* The obvious way: a list of all pages, put in order of their frames. */
static void
run_sort (gpointer data)
{
  Mapping *mapping = data;
  g_autoptr(GArray) pages = g_array_new (FALSE, FALSE, sizeof (FramePage));

  pgs_extents_visit (mapping->summary, 0, G_MAXUINT64, 1, add_frames, pages);
  qsort (pages->data, pages->len, sizeof (FramePage), compare_frames);
}

static void
bench_frame_map (PgsSummary *summary,
                 const char *label)
{
  g_autofree char *name = g_strdup_printf ("frame-map-%s", label);
  g_autofree char *after = g_strdup_printf ("frame-map-after-%s", label);
  g_autoptr(PgsMaps) ram = pgs_ram_read ("/proc", (uint64_t) sysconf (_SC_PAGESIZE));
  Mapping mapping = { summary, ram, NULL };
  double time, sort;

  if (ram == NULL || pgs_snapshot_get_totals (pgs_summary_get_snapshot (summary))->hidden > 0)
    {
      pgs_bench_skip (name, "the kernel tells frames to root only");
      return;
    }
  pgs_bench_compare (run_frame_map, run_sort, &mapping, ROUNDS, &time, &sort);
  pgs_bench_row (name, time * 1e3, "ms", time / sort, FRAME_MAP_BUDGET);
  mapping.previous = pgs_frame_map_new (summary, ram, NULL, NULL);
  pgs_bench_compare (run_frame_map, run_sort, &mapping, ROUNDS, &time, &sort);
  pgs_bench_row (after, time * 1e3, "ms", time / sort, FRAME_MAP_BUDGET);
  pgs_frame_map_unref (mapping.previous);
}

static void
bench_target (PgsBenchTarget *target)
{
  static const double shares[] = { 0, 0.01, 0.5 };
  g_autoptr(PgsBenchReader) reader = pgs_bench_reader_new (target);
  g_autofree char *label = pgs_bench_dup_label (target->n_pages);
  g_autofree char *ram_label = g_strdup_printf ("ram-%s", label);
  Live live = { .reader = reader };

  run_reading (&live);
  bench_summaries (live.snapshot, target->n_pages);
  bench_frame_map (live.summary, label);
  for (int i = 0; i < 2; i++)
    {
      live.wants_ram = i == 1;
      bench_processor (&live, live.wants_ram ? ram_label : label);
      for (guint j = 0; j < G_N_ELEMENTS (shares); j++)
        bench_refresh (&live, live.wants_ram ? ram_label : label, shares[j]);
    }
  live_clear (&live);
}

int
main (void)
{
  guint n_pages = pgs_bench_option ("PGS_BENCH_PAGES", 1 << 20);
  g_autofree char *reason = NULL;
  g_autoptr(PgsBenchTarget) target = pgs_bench_target_new (PGS_BENCH_SCATTERED, n_pages, &reason);

  pgs_bench_init ("refresh");
  if (target != NULL)
    bench_target (target);
  else
    pgs_bench_skip ("refresh", reason);
  return pgs_bench_end ();
}
