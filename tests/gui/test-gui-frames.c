/* test-gui-frames.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nothing is too big for the window: it moves smoothly with a process of 20 TiB, and
 * with one of as many mappings as the kernel allows.
 *
 * It is judged by the processor time of the main loop between two waits, a frame and
 * all that comes with it, for the clock says as much of what else the machine does.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bench/pgs-bench-frames.h"
#include "bench/pgs-bench-target.h"

/* A machine that is busy with something else is asked once more. */
#define TRIES 2

static gboolean
is_smooth (const char           *how,
           const PgsBenchFrames *frames)
{
  print_message ("%s: %u frames, slowest %.1f ms, longest stall %.1f ms, most work %.1f ms\n",
                 how, frames->n_frames, frames->slowest, frames->stall, frames->work);
  return frames->work <= PGS_BENCH_FRAME_LIMIT_MS;
}

static gboolean
moves_smoothly (PgsBenchTarget *target)
{
  g_autofree char *reason = NULL;
  PgsBenchFrames zooming, scrolling;
  gboolean zooms, scrolls;

  if (!pgs_bench_frames_measure (target->pid, &zooming, &scrolling, &reason))
    fail_msg ("%s", reason);
  zooms = is_smooth ("zooming", &zooming);
  scrolls = is_smooth ("scrolling", &scrolling);
  return zooms && scrolls;
}

static void
check_frames (PgsBenchMemory memory)
{
  g_autofree char *reason = NULL;
  PgsBenchTarget *target = pgs_bench_target_new (memory, 0, &reason);
  gboolean smooth = FALSE;

  if (target == NULL)
    {
      print_message ("%s\n", reason);
      skip ();
    }
  for (guint i = 0; i < TRIES && !smooth; i++)
    smooth = moves_smoothly (target);
  pgs_bench_target_free (target);
  assert_true (smooth);
}

static void
test_20_tib (void **state)
{
  check_frames (PGS_BENCH_SPARSE);
}

static void
test_65531_mappings (void **state)
{
  check_frames (PGS_BENCH_MAPPINGS);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_20_tib),
    cmocka_unit_test (test_65531_mappings),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
