/* bench-huge.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A process of 2 TiB resident, made up as it is read, for few machines have that much:
 * how long a snapshot takes against merely reading it, how much memory its pages take,
 * and whether its numbers are right.
 * The size is PGS_BENCH_HUGE_GIB.
 */

#include "config.h"

#include "core/pgs-snapshot-builder.h"
#include "core/pgs-summary.h"
#include "pgs-bench.h"
#include "tests/pgs-huge.h"

#define PAGES_PER_GIB (UINT64_C (1) << 18)
#define MAX_MIB       256.0

static void
read_bare (PgsSource *source,
           uint64_t   n_pages)
{
  static uint64_t entries[32768];

  for (uint64_t i = 0; i < n_pages; i += G_N_ELEMENTS (entries))
    pgs_source_read_entries (source, i * 4096, entries, G_N_ELEMENTS (entries), NULL);
}

static double
get_seconds (gint64 start)
{
  return (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
}

int
main (void)
{
  uint64_t n_pages = pgs_bench_option ("PGS_BENCH_HUGE_GIB", 2048) * PAGES_PER_GIB;
  g_autoptr(PgsFormulaSource) huge = pgs_huge_source_new (n_pages);
  PgsSource *source = PGS_SOURCE (huge);
  PgsSnapshotOptions options = { 0 };
  g_autoptr(PgsSnapshot) snapshot = NULL;
  g_autoptr(PgsSnapshot) again = NULL;
  g_autoptr(PgsSummary) summary = NULL;
  g_autofree char *problem = NULL;
  double bare, time;
  gint64 start;

  pgs_bench_init ("huge");
  start = g_get_monotonic_time ();
  read_bare (source, n_pages);
  bare = get_seconds (start);
  start = g_get_monotonic_time ();
  snapshot = pgs_snapshot_build_with (source, &options, NULL, NULL);
  time = get_seconds (start);
  pgs_bench_row ("snapshot-2-TiB-resident", time, "s", time / bare, PGS_BENCH_NONE);
  pgs_bench_row ("memory-2-TiB-resident",
                 (double) pgs_page_store_get_bytes (pgs_snapshot_get_store (snapshot)) /
                 PGS_BENCH_MIB, "MiB", PGS_BENCH_NONE, MAX_MIB);
  options.previous = snapshot;
  start = g_get_monotonic_time ();
  again = pgs_snapshot_build_with (source, &options, NULL, NULL);
  time = get_seconds (start);
  g_assert_true (again == snapshot);
  pgs_bench_row ("refresh-2-TiB-resident", time, "s", time / bare, PGS_BENCH_NONE);
  start = g_get_monotonic_time ();
  summary = pgs_summary_new (snapshot, pgs_color_mode_find ("frame"));
  pgs_bench_row ("summary-2-TiB-resident", get_seconds (start), "s", PGS_BENCH_NONE,
                 PGS_BENCH_NONE);
  problem = pgs_huge_check (snapshot, n_pages);
  if (problem != NULL)
    g_error ("%s", problem);
  return pgs_bench_end ();
}
