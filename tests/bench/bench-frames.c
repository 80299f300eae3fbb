/* bench-frames.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How smoothly the real window moves with a process of 20 TiB, and with one of as
 * many mappings as the kernel allows.
 */

#include "config.h"

#include "pgs-bench-frames.h"
#include "pgs-bench-target.h"
#include "pgs-bench.h"

static void
print_rows (const char           *what,
            const char           *how,
            const PgsBenchFrames *frames)
{
  g_autofree char *count_name = g_strdup_printf ("frames-%s-%s", what, how);
  g_autofree char *slowest_name = g_strdup_printf ("slowest-frame-%s-%s", what, how);
  g_autofree char *work_name = g_strdup_printf ("most-work-%s-%s", what, how);
  g_autofree char *stall_name = g_strdup_printf ("longest-stall-%s-%s", what, how);

  pgs_bench_row (count_name, frames->n_frames, "frames", PGS_BENCH_NONE, PGS_BENCH_NONE);
  pgs_bench_row (slowest_name, frames->slowest, "ms", PGS_BENCH_NONE, PGS_BENCH_FRAME_LIMIT_MS);
  pgs_bench_row (work_name, frames->work, "ms", PGS_BENCH_NONE, PGS_BENCH_FRAME_LIMIT_MS);
  pgs_bench_row (stall_name, frames->stall, "ms", PGS_BENCH_NONE, PGS_BENCH_FRAME_LIMIT_MS);
}

static void
bench_frames (const char     *what,
              PgsBenchMemory  memory)
{
  g_autofree char *name = g_strdup_printf ("frames-%s", what);
  g_autofree char *reason = NULL;
  g_autoptr(PgsBenchTarget) target = pgs_bench_target_new (memory, 0, &reason);
  PgsBenchFrames zooming, scrolling;

  if (target == NULL ||
      !pgs_bench_frames_measure (target->pid, &zooming, &scrolling, &reason))
    {
      pgs_bench_skip (name, reason);
      return;
    }
  print_rows (what, "zooming", &zooming);
  print_rows (what, "scrolling", &scrolling);
}

int
main (void)
{
  pgs_bench_init ("frames");
  bench_frames ("20-TiB", PGS_BENCH_SPARSE);
  bench_frames ("65531-mappings", PGS_BENCH_MAPPINGS);
  return pgs_bench_end ();
}
