/* bench-snapshot.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How long reading a live process takes, against a bare loop of pread() over the
 * same pages, and with what the kernel knows of frames, against a pread() a page and
 * file; how much memory a snapshot takes; and how long pmap, which counts the
 * pages of each mapping, takes for the same process. The ratio of a row of pmap is
 * its time to ours.
 *
 * Dense targets have PGS_BENCH_PAGES pages each.
 */

#include "config.h"

#include <fcntl.h>
#include <unistd.h>

#include "core/pgs-frame-builder.h"
#include "core/pgs-pagemap-entry.h"
#include "pgs-bench-reader.h"
#include "pgs-bench.h"

#define ROUNDS       15
#define FRAME_ROUNDS 5
#define PMAP_ROUNDS  3
#define SPARSE_LIMIT 100.0
#define FRAME_BUDGET 0.125

/* Where frames are hidden, all pages of a stretch are alike and take next to nothing. */
static void
bench_bytes (PgsBenchReader *reader,
             const char     *what,
             double          budget)
{
  g_autofree char *name = g_strdup_printf ("bytes-a-page-%s", what);
  g_autoptr(PgsSnapshot) snapshot = pgs_bench_reader_take (reader);
  const PgsTotals *totals = pgs_snapshot_get_totals (snapshot);
  gsize bytes = pgs_page_store_get_bytes (pgs_snapshot_get_store (snapshot));

  if (totals->hidden > 0)
    pgs_bench_skip (name, "the kernel tells frames to root only");
  else
    pgs_bench_row (name, (double) bytes / (double) totals->present, "bytes", PGS_BENCH_NONE,
                   budget);
}

/* Finds the populated pages of the largest mapping, and reads none of them. */
static void
run_scan (gpointer data)
{
  PgsBenchReader *reader = data;
  g_autoptr(GArray) ranges = g_array_new (FALSE, FALSE, sizeof (PgsPopulatedRange));
  uint64_t start = reader->target->address;
  uint64_t end = start + reader->target->n_bytes;

  while (start < end &&
         pgs_source_scan (reader->source, start, end, ranges, &start, NULL))
    g_array_set_size (ranges, 0);
}

static void
run_pmap (gpointer reader)
{
  g_autofree char *pid = g_strdup_printf ("%d", ((PgsBenchReader *) reader)->target->pid);
  const char *argv[] = { "pmap", "-X", pid, NULL };

  if (!g_spawn_sync (NULL, (char **) argv, NULL,
                     G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                     NULL, NULL))
    g_error ("pmap did not run");
}

static void
bench_pmap (PgsBenchReader *reader,
            const char     *what,
            double          our_time)
{
  g_autofree char *name = g_strdup_printf ("pmap-X-%s", what);
  g_autofree char *program = g_find_program_in_path ("pmap");
  double time;

  if (program == NULL)
    {
      pgs_bench_skip (name, "pmap (procps) is not installed");
      return;
    }
  time = pgs_bench_time (run_pmap, reader, PMAP_ROUNDS);
  pgs_bench_row (name, time * 1e3, "ms", time / our_time, PGS_BENCH_NONE);
}

static void
bench_dense (const char     *what,
             PgsBenchMemory  memory,
             guint           n_pages,
             double          time_budget,
             double          bytes_budget)
{
  g_autofree char *time_name = g_strdup_printf ("snapshot-%s", what);
  g_autofree char *reason = NULL;
  g_autoptr(PgsBenchTarget) target = pgs_bench_target_new (memory, n_pages, &reason);
  g_autoptr(PgsBenchReader) reader = NULL;
  double time, baseline;

  if (target == NULL)
    {
      pgs_bench_skip (time_name, reason);
      return;
    }
  reader = pgs_bench_reader_new (target);
  pgs_bench_compare (pgs_bench_reader_run_take, pgs_bench_reader_run_pread, reader, ROUNDS,
                     &time, &baseline);
  pgs_bench_row (time_name, time * 1e3, "ms", time / baseline, time_budget);
  bench_bytes (reader, what, bytes_budget);
  bench_pmap (reader, what, time);
}

static void
run_take_frames (gpointer data)
{
  PgsBenchReader *reader = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(PgsSnapshot) snapshot = pgs_bench_reader_take (reader);
  g_autoptr(PgsSnapshot) with =
    pgs_snapshot_with_frames (snapshot, reader->source, NULL, NULL, &error);

  if (with == NULL)
    g_error ("%s", error->message);
}

static uint64_t
read_number (int      fd,
             uint64_t index)
{
  uint64_t number;

  if (pread (fd, &number, sizeof number, (off_t) (index * sizeof number)) != sizeof number)
    g_error ("A number cannot be read");
  return number;
}

/* What the least program does that asks of each page what its entry is, and of its frame
 * what its flags are and how often it is mapped: a call for each. */
static void
run_single_preads (gpointer data)
{
  PgsBenchReader *reader = data;
  g_autofree char *path = g_strdup_printf ("/proc/%d/pagemap", reader->target->pid);
  int pagemap = open (path, O_RDONLY | O_CLOEXEC);
  int flags = open ("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
  int counts = open ("/proc/kpagecount", O_RDONLY | O_CLOEXEC);
  uint64_t first = reader->target->address / (uint64_t) sysconf (_SC_PAGESIZE);

  for (guint i = 0; i < reader->target->n_pages; i++)
    {
      uint64_t pfn = pgs_pagemap_entry_get_pfn (read_number (pagemap, first + i));

      read_number (flags, pfn);
      read_number (counts, pfn);
    }
  close (pagemap);
  close (flags);
  close (counts);
}

static void
bench_frames (const char     *what,
              PgsBenchMemory  memory,
              guint           n_pages,
              double          budget)
{
  g_autofree char *name = g_strdup_printf ("snapshot-frames-%s", what);
  g_autofree char *reason = NULL;
  g_autoptr(PgsBenchTarget) target = NULL;
  g_autoptr(PgsBenchReader) reader = NULL;
  double time, baseline;

  if (access ("/proc/kpageflags", R_OK) != 0)
    {
      pgs_bench_skip (name, "the kernel tells of frames to root only");
      return;
    }
  target = pgs_bench_target_new (memory, n_pages, &reason);
  if (target == NULL)
    {
      pgs_bench_skip (name, reason);
      return;
    }
  reader = pgs_bench_reader_new (target);
  run_take_frames (reader);
  pgs_bench_compare (run_take_frames, run_single_preads, reader, FRAME_ROUNDS, &time, &baseline);
  pgs_bench_row (name, time * 1e3, "ms", time / baseline, budget);
}

/* A target that is not read from end to end has no loop of pread() to compare with. */
static void
bench_thin (const char     *what,
            PgsBenchMemory  memory,
            double          budget)
{
  g_autofree char *time_name = g_strdup_printf ("snapshot-%s", what);
  g_autofree char *reason = NULL;
  g_autoptr(PgsBenchTarget) target = pgs_bench_target_new (memory, 0, &reason);
  g_autoptr(PgsBenchReader) reader = NULL;
  double time, scan_time;

  if (target == NULL)
    {
      pgs_bench_skip (time_name, reason);
      return;
    }
  reader = pgs_bench_reader_new (target);
  /* A source opens pagemap with the first reading. */
  pgs_bench_reader_run_take (reader);
  pgs_bench_compare (pgs_bench_reader_run_take, run_scan, reader, ROUNDS, &time, &scan_time);
  if (budget != PGS_BENCH_NONE)
    pgs_bench_row_floor (time_name, time * 1e3, "ms", budget, scan_time * 1e3, "the scan");
  else
    pgs_bench_row (time_name, time * 1e3, "ms", PGS_BENCH_NONE, PGS_BENCH_NONE);
  bench_bytes (reader, what, PGS_BENCH_NONE);
  bench_pmap (reader, what, time);
}

int
main (void)
{
  guint n_pages = pgs_bench_option ("PGS_BENCH_PAGES", 1 << 20);

  pgs_bench_init ("snapshot");
  bench_dense ("scattered", PGS_BENCH_SCATTERED, n_pages, 1.5, 9);
  bench_dense ("contiguous", PGS_BENCH_CONTIGUOUS, n_pages, 1.5, 9);
  /* The kernel tells a huge page at once: the loop takes 3 ns a page. */
  bench_dense ("huge", PGS_BENCH_HUGE, n_pages, PGS_BENCH_NONE, 0.1);
  bench_frames ("scattered", PGS_BENCH_SCATTERED, n_pages, FRAME_BUDGET);
  bench_frames ("contiguous", PGS_BENCH_CONTIGUOUS, n_pages, FRAME_BUDGET);
  bench_frames ("huge", PGS_BENCH_HUGE, n_pages, FRAME_BUDGET);
  bench_thin ("20-TiB-sparse", PGS_BENCH_SPARSE, SPARSE_LIMIT);
  bench_thin ("65531-mappings", PGS_BENCH_MAPPINGS, PGS_BENCH_NONE);
  return pgs_bench_end ();
}
