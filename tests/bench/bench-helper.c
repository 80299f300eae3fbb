/* bench-helper.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How long a snapshot takes through the privileged helper, against one that is read
 * directly. Targets have PGS_BENCH_PAGES pages each.
 */

#include "config.h"

#include <sys/wait.h>
#include <unistd.h>

#include "core/pgs-snapshot-builder.h"
#include "helper/pgs-helper-protocol.h"
#include "pgs-bench-reader.h"
#include "pgs-bench.h"
#include "tests/pgs-start-helper.h"

#define ROUNDS 15
#define BUDGET 1.5

typedef struct
{
  PgsBenchReader *reader;
  PgsSource      *helper;
} Way;

static void
run_helper (gpointer data)
{
  Way *way = data;
  g_autoptr(GError) error = NULL;
  PgsSnapshot *snapshot = pgs_snapshot_build (way->helper, NULL, &error);

  if (snapshot == NULL)
    g_error ("%s", error->message);
  pgs_snapshot_unref (snapshot);
}

static void
run_direct (gpointer data)
{
  pgs_bench_reader_run_take (((Way *) data)->reader);
}

static void
bench (const char     *what,
       PgsBenchMemory  memory,
       guint           n_pages)
{
  g_autofree char *name = g_strdup_printf ("helper-snapshot-%s", what);
  g_autofree char *reason = NULL;
  g_autoptr(PgsBenchTarget) target = NULL;
  g_autoptr(PgsBenchReader) reader = NULL;
  g_autoptr(PgsSource) helper = NULL;
  g_autoptr(GError) error = NULL;
  Way way;
  double time, direct;
  pid_t pid;

  if (geteuid () != 0)
    {
      pgs_bench_skip (name, "only root can start the helper");
      return;
    }
  target = pgs_bench_target_new (memory, n_pages, &reason);
  if (target == NULL)
    {
      pgs_bench_skip (name, reason);
      return;
    }
  reader = pgs_bench_reader_new (target);
  helper = pgs_start_helper (reader->process, PGS_HELPER_ANY, &pid, &error);
  if (helper == NULL)
    g_error ("%s", error->message);
  way = (Way) { reader, helper };
  pgs_bench_compare (run_helper, run_direct, &way, ROUNDS, &time, &direct);
  pgs_bench_row (name, time * 1e3, "ms", time / direct, BUDGET);
  g_clear_object (&helper);
  waitpid (pid, NULL, 0);
}

int
main (void)
{
  guint n_pages = pgs_bench_option ("PGS_BENCH_PAGES", 1 << 20);

  pgs_bench_init ("helper");
  bench ("scattered", PGS_BENCH_SCATTERED, n_pages);
  bench ("contiguous", PGS_BENCH_CONTIGUOUS, n_pages);
  bench ("20-TiB-sparse", PGS_BENCH_SPARSE, 0);
  bench ("65531-mappings", PGS_BENCH_MAPPINGS, 0);
  return pgs_bench_end ();
}
