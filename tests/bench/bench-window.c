/* bench-window.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the whole program takes with a window open: its peak of memory, against that
 * of an empty window of libadwaita, and how busy it keeps a core while it is live on
 * a process that rests.
 */

#include "config.h"

#include "pgs-bench-program.h"
#include "pgs-bench-reader.h"
#include "pgs-bench-screen.h"
#include "pgs-bench-target.h"
#include "pgs-bench.h"

#define SETTLE_US    (4 * G_USEC_PER_SEC)
#define LIVE_SECONDS 6
#define LIVE_LIMIT   5.0

static const char *const no_environment[] = { NULL };

static double
measure_empty_window (PgsBenchScreen *screen)
{
  const char *argv[] = { g_getenv ("PGS_EMPTY_WINDOW"), NULL };
  g_autoptr(PgsBenchProgram) program = pgs_bench_program_start (argv, no_environment);

  if (!pgs_bench_screen_wait (screen, PGS_BENCH_SHOWS_WINDOW, NULL))
    g_error ("Nothing came on the screen");
  g_usleep (G_USEC_PER_SEC);
  return pgs_bench_program_get_peak (program);
}

/* Returns the share of a core that the program takes; sets @bare to what reading the
 * pages takes in the same seconds, as often and with as cold a cache. In percent. */
static double
measure_live (PgsBenchProgram *program,
              PgsBenchReader  *reader,
              double          *bare)
{
  double before = pgs_bench_program_get_processor_time (program);
  gint64 start = g_get_monotonic_time ();
  double seconds;

  *bare = pgs_bench_reader_time (pgs_bench_reader_run_pread, reader, LIVE_SECONDS,
                                 G_USEC_PER_SEC) * 100;
  seconds = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  return (pgs_bench_program_get_processor_time (program) - before) / seconds * 100;
}

static void
bench_window (const char     *what,
              PgsBenchMemory  memory,
              guint           n_pages,
              double          live_budget,
              double          empty_peak)
{
  g_autofree char *live_name = g_strdup_printf ("live-window-%s", what);
  g_autofree char *memory_name = g_strdup_printf ("memory-window-%s", what);
  g_autofree char *reason = NULL;
  g_autoptr(PgsBenchTarget) target = pgs_bench_target_new (memory, n_pages, &reason);
  g_autoptr(PgsBenchReader) reader = NULL;
  g_autoptr(PgsBenchProgram) program = NULL;
  double live, bare, peak;

  if (target == NULL)
    {
      pgs_bench_skip (memory_name, reason);
      return;
    }
  reader = pgs_bench_reader_new (target);
  program = pgs_bench_program_start_pagescape (target->pid, no_environment);
  g_usleep (SETTLE_US);
  live = measure_live (program, reader, &bare);
  peak = pgs_bench_program_get_peak (program);
  if (live_budget == PGS_BENCH_NONE)
    pgs_bench_row_noted (live_name, live, "%", PGS_BENCH_NONE, PGS_BENCH_NONE,
                         "of one core at 1 Hz");
  else
    pgs_bench_row_floor (live_name, live, "%", live_budget, bare, "pread()");
  pgs_bench_row (memory_name, peak / PGS_BENCH_MIB, "MiB", peak / empty_peak, PGS_BENCH_NONE);
}

int
main (void)
{
  guint n_pages = pgs_bench_option ("PGS_BENCH_PAGES", 1 << 20);
  g_autofree char *label = pgs_bench_dup_label (n_pages);
  g_autoptr(PgsBenchScreen) screen = pgs_bench_screen_open ();
  double empty_peak;

  pgs_bench_init ("window");
  if (screen == NULL)
    {
      pgs_bench_skip ("memory-window", "there is no display");
      return pgs_bench_end ();
    }
  empty_peak = measure_empty_window (screen);
  pgs_bench_row ("memory-empty-window", empty_peak / PGS_BENCH_MIB, "MiB", PGS_BENCH_NONE,
                 PGS_BENCH_NONE);
  bench_window (label, PGS_BENCH_SCATTERED, n_pages, LIVE_LIMIT, empty_peak);
  bench_window ("65531-mappings", PGS_BENCH_MAPPINGS, 0, PGS_BENCH_NONE, empty_peak);
  return pgs_bench_end ();
}
