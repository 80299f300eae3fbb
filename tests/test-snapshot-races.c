/* test-snapshot-races.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests what becomes of a snapshot when the process changes in the middle of it:
 * writes, runs another program, ends, or is replaced; and when it is cancelled.
 */

#include "config.h"

#include "core/pgs-snapshot-builder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "pgs-fixture.h"
#include "pgs-hooked-source.h"
#include "pgs-take.h"
#include "pgs-target.h"

static void
change_after_maps (guint    n_maps,
                   guint    n_reads,
                   gpointer user_data)
{
  if (n_maps == 1 && n_reads == 0)
    pgs_target_change (user_data);
}

/* What is written to while the snapshot is taken is seen in it. */
static void
test_change (void **state)
{
  static const PgsProcScan scans[] = { PGS_PROC_SCAN_AUTO, PGS_PROC_SCAN_NEVER };

  for (guint i = 0; i < G_N_ELEMENTS (scans); i++)
    {
      g_autoptr(PgsTarget) target = NULL;
      g_autoptr(PgsSource) source = NULL;
      g_autoptr(PgsSnapshot) snapshot = NULL;

      if (scans[i] == PGS_PROC_SCAN_NEVER && !pgs_take_can_read_everything ())
        continue;
      target = pgs_target_new (0);
      source = pgs_hooked_source_new (NULL, target->pid, scans[i], change_after_maps, target);
      snapshot = pgs_snapshot_build (source, NULL, NULL);
      assert_non_null (snapshot);
      assert_int_equal (pgs_take_count_state (snapshot, target, PGS_TARGET_UNTOUCHED,
                                              PGS_PAGE_PRESENT), 16);
    }
}

static void
exec_after_maps (guint    n_maps,
                 guint    n_reads,
                 gpointer user_data)
{
  if (n_maps == 1 && n_reads == 0)
    pgs_target_exec (user_data);
}

static void
exec_amid_pages (guint    n_maps,
                 guint    n_reads,
                 gpointer user_data)
{
  if (n_maps == 1 && n_reads == 3)
    pgs_target_exec (user_data);
}

/* A process that runs another program while it is read is read anew. */
static void
test_exec (void **state)
{
  static const struct
  {
    PgsProcScan scan;
    PgsHook     hook;
  } cases[] = {
    { PGS_PROC_SCAN_AUTO, exec_after_maps }, { PGS_PROC_SCAN_AUTO, exec_amid_pages },
    { PGS_PROC_SCAN_NEVER, exec_after_maps }, { PGS_PROC_SCAN_NEVER, exec_amid_pages },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsTarget) target = pgs_target_new (0);
      g_autoptr(PgsSource) source =
        pgs_hooked_source_new (NULL, target->pid, cases[i].scan, cases[i].hook, target);
      g_autoptr(GError) error = NULL;
      g_autoptr(PgsSnapshot) snapshot = pgs_snapshot_build (source, NULL, &error);

      if (snapshot == NULL)
        fail_msg ("Case %u: %s", i, error->message);
      if (pgs_snapshot_get_totals (snapshot)->present == 0)
        fail_msg ("Case %u: no page is present", i);
      if (!g_str_has_suffix (pgs_maps_get_mapping (pgs_snapshot_get_maps (snapshot), 0)->name,
                             "/sleep"))
        fail_msg ("Case %u: the mappings are those of the old program", i);
    }
}

static void
end_after_maps (guint    n_maps,
                guint    n_reads,
                gpointer user_data)
{
  if (n_reads == 0)
    pgs_target_end (user_data);
}

static void
end_amid_pages (guint    n_maps,
                guint    n_reads,
                gpointer user_data)
{
  if (n_reads == 3)
    pgs_target_end (user_data);
}

static void
test_end (void **state)
{
  static const struct
  {
    PgsProcScan scan;
    PgsHook     hook;
  } cases[] = {
    { PGS_PROC_SCAN_AUTO, end_after_maps }, { PGS_PROC_SCAN_AUTO, end_amid_pages },
    { PGS_PROC_SCAN_NEVER, end_after_maps }, { PGS_PROC_SCAN_NEVER, end_amid_pages },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsTarget) target = pgs_target_new (0);
      g_autoptr(PgsSource) source =
        pgs_hooked_source_new (NULL, target->pid, cases[i].scan, cases[i].hook, target);
      g_autoptr(GError) error = NULL;

      assert_null (pgs_snapshot_build (source, NULL, &error));
      if (!g_error_matches (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_FOUND))
        fail_msg ("Case %u: %s", i, error->message);
    }
}

static void
replace_after_maps (guint    n_maps,
                    guint    n_reads,
                    gpointer user_data)
{
  if (n_reads == 0)
    pgs_fixture_write (user_data, "stat",
                       "1 (other) S 1 2 3 4 5 0 7 8 9 10 11 12 13 14 15 16 17 18 1 9");
}

/* Pages of another process are never taken for those of this one. */
static void
test_replaced (void **state)
{
  g_autoptr(PgsFixture) fixture = pgs_fixture_new ("prober");
  g_autoptr(PgsSource) source =
    pgs_hooked_source_new (fixture->root, fixture->pid, PGS_PROC_SCAN_AUTO,
                           replace_after_maps, fixture);
  g_autoptr(GError) error = NULL;

  assert_null (pgs_snapshot_build (source, NULL, &error));
  assert_true (g_error_matches (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_REPLACED));
}

static void
cancel_amid_pages (guint    n_maps,
                   guint    n_reads,
                   gpointer user_data)
{
  if (n_reads == 2)
    g_cancellable_cancel (user_data);
}

static void
test_cancel (void **state)
{
  static const PgsProcScan scans[] = { PGS_PROC_SCAN_AUTO, PGS_PROC_SCAN_NEVER };

  for (guint i = 0; i < G_N_ELEMENTS (scans); i++)
    {
      g_autoptr(GCancellable) cancellable = g_cancellable_new ();
      g_autoptr(PgsTarget) target = pgs_target_new (0);
      g_autoptr(PgsSource) source =
        pgs_hooked_source_new (NULL, target->pid, scans[i], cancel_amid_pages, cancellable);
      g_autoptr(GError) error = NULL;

      pgs_hooked_source_set_max_entries (PGS_HOOKED_SOURCE (source), 1);
      assert_null (pgs_snapshot_build (source, cancellable, &error));
      assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
      assert_int_equal (pgs_hooked_source_get_n_reads (PGS_HOOKED_SOURCE (source)), 2);
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_change),
    cmocka_unit_test (test_exec),
    cmocka_unit_test (test_end),
    cmocka_unit_test (test_replaced),
    cmocka_unit_test (test_cancel),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
