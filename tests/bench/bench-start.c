/* bench-start.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How long it takes from the start of the program to the first map on the screen,
 * against the first sight of an empty window of libadwaita. Both are seen from
 * outside, in turns; the first round fills the caches of the machine and does not
 * count, and of the others the one in the middle does.
 */

#include "config.h"

#include "pgs-bench-program.h"
#include "pgs-bench-screen.h"
#include "pgs-bench-target.h"
#include "pgs-bench.h"

#define ROUNDS      9
#define START_LIMIT 1.3
#define SMALL_PAGES 4096

static const char *const no_environment[] = { NULL };

/* What was measured of all rounds, in seconds. */
typedef struct
{
  double empty[ROUNDS];
  double window[ROUNDS];
  double map[ROUNDS];
  double ratio[ROUNDS];
} Times;

static double
wait_for (PgsBenchScreen  *screen,
          PgsBenchProgram *program,
          PgsBenchShown    shown)
{
  if (!pgs_bench_screen_wait (screen, shown, NULL))
    g_error ("Nothing came on the screen");
  return (double) (g_get_monotonic_time () - pgs_bench_program_get_start (program)) /
         G_USEC_PER_SEC;
}

static void
wait_for_nothing (PgsBenchScreen *screen)
{
  while (pgs_bench_screen_find (screen, PGS_BENCH_SHOWS_WINDOW, NULL))
    g_usleep (1000);
}

static double
time_empty_window (PgsBenchScreen *screen)
{
  const char *argv[] = { g_getenv ("PGS_EMPTY_WINDOW"), NULL };
  PgsBenchProgram *program = pgs_bench_program_start (argv, no_environment);
  double time = wait_for (screen, program, PGS_BENCH_SHOWS_WINDOW);

  pgs_bench_program_end (program);
  wait_for_nothing (screen);
  return time;
}

static void
time_map (PgsBenchScreen *screen,
          PgsBenchTarget *target,
          double         *window_time,
          double         *map_time)
{
  PgsBenchProgram *program = pgs_bench_program_start_pagescape (target->pid, no_environment);

  *window_time = wait_for (screen, program, PGS_BENCH_SHOWS_WINDOW);
  *map_time = wait_for (screen, program, PGS_BENCH_SHOWS_MAP);
  pgs_bench_program_end (program);
  wait_for_nothing (screen);
}

static void
run_round (PgsBenchScreen *screen,
           PgsBenchTarget *target,
           Times          *times,
           guint           i)
{
  times->empty[i] = time_empty_window (screen);
  time_map (screen, target, &times->window[i], &times->map[i]);
  times->ratio[i] = times->map[i] / times->empty[i];
}

static void
bench_start (PgsBenchScreen *screen,
             PgsBenchTarget *target)
{
  Times times;
  double empty;

  run_round (screen, target, &times, 0);
  for (guint i = 0; i < ROUNDS; i++)
    run_round (screen, target, &times, i);
  empty = pgs_bench_median (times.empty, ROUNDS);
  pgs_bench_row ("start-empty-window", empty * 1e3, "ms", PGS_BENCH_NONE, PGS_BENCH_NONE);
  pgs_bench_row ("start-window", pgs_bench_median (times.window, ROUNDS) * 1e3, "ms",
                 pgs_bench_median (times.window, ROUNDS) / empty, PGS_BENCH_NONE);
  pgs_bench_row ("start-first-map", pgs_bench_median (times.map, ROUNDS) * 1e3, "ms",
                 pgs_bench_median (times.ratio, ROUNDS), START_LIMIT);
}

int
main (void)
{
  g_autofree char *reason = NULL;
  g_autoptr(PgsBenchScreen) screen = pgs_bench_screen_open ();
  g_autoptr(PgsBenchTarget) target =
    pgs_bench_target_new (PGS_BENCH_CONTIGUOUS, SMALL_PAGES, &reason);

  pgs_bench_init ("start");
  if (screen == NULL)
    pgs_bench_skip ("start-first-map", "there is no display");
  else if (target == NULL)
    pgs_bench_skip ("start-first-map", reason);
  else
    bench_start (screen, target);
  return pgs_bench_end ();
}
