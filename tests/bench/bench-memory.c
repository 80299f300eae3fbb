/* bench-memory.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The peak of memory of the whole program when it writes a picture without a window.
 */

#include "config.h"

#include <glib/gstdio.h>

#include "pgs-bench-program.h"
#include "pgs-bench-target.h"
#include "pgs-bench.h"

static const char *const no_environment[] = { NULL };

static double
measure_export (PgsBenchTarget *target)
{
  g_autofree char *folder = g_dir_make_tmp ("pgs-bench-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "map.png", NULL);
  g_autofree char *pid = g_strdup_printf ("%d", target->pid);
  const char *argv[] = { g_getenv ("PGS_PAGESCAPE"), "--pid", pid, "--export", path, NULL };
  g_autoptr(PgsBenchProgram) program = pgs_bench_program_start (argv, no_environment);
  double peak = pgs_bench_program_wait_for_peak (program);

  g_remove (path);
  g_rmdir (folder);
  return peak;
}

static void
bench_export (const char     *what,
              PgsBenchMemory  memory,
              guint           n_pages)
{
  g_autofree char *name = g_strdup_printf ("memory-export-%s", what);
  g_autofree char *reason = NULL;
  g_autoptr(PgsBenchTarget) target = pgs_bench_target_new (memory, n_pages, &reason);

  if (target == NULL)
    pgs_bench_skip (name, reason);
  else
    pgs_bench_row (name, measure_export (target) / PGS_BENCH_MIB, "MiB", PGS_BENCH_NONE,
                   PGS_BENCH_NONE);
}

int
main (void)
{
  guint n_pages = pgs_bench_option ("PGS_BENCH_PAGES", 1 << 20);
  g_autofree char *label = pgs_bench_dup_label (n_pages);

  pgs_bench_init ("memory");
  bench_export (label, PGS_BENCH_SCATTERED, n_pages);
  bench_export ("65531-mappings", PGS_BENCH_MAPPINGS, 0);
  return pgs_bench_end ();
}
