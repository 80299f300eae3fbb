/* test-snapshot-builder.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests whole snapshots: every page of recorded and of live processes against a
 * direct read of pagemap, as root and as a user without rights.
 */

#include "config.h"

#include "core/pgs-snapshot-builder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "pgs-fixture.h"
#include "pgs-hooked-source.h"
#include "pgs-raw-proc.h"
#include "pgs-swap-file.h"
#include "pgs-take.h"
#include "pgs-target.h"

#define CHUNK       ((gsize) 32 * 1024)
/* A page may be moved between the two readings, by the kernel or by chance. */
#define TRIES       5
#define USER_END    (UINT64_C (1) << 63)
/* Larger mappings are those of AddressSanitizer; see PGS_TAKE_HAS_SHADOW. */
#define MAX_MAPPING (UINT64_C (16) << 30)

/* What a snapshot keeps of an entry that is read. */
static uint64_t
get_kept (uint64_t entry)
{
  return pgs_pagemap_entry_get_state (entry) != PGS_PAGE_ABSENT ? entry : 0;
}

static void
count (PgsTotals *totals,
       uint64_t   entry)
{
  PgsPageState state = pgs_pagemap_entry_get_state (entry);

  totals->present += state == PGS_PAGE_PRESENT;
  totals->swapped += state == PGS_PAGE_SWAPPED;
  totals->guard += state == PGS_PAGE_GUARD;
  totals->hidden += pgs_pagemap_entry_is_hidden (entry);
}

/* Compares the pages of one mapping and counts them by what is read. */
static char *
compare_mapping (const PgsSnapshot *snapshot,
                 const PgsMapping  *mapping,
                 int                pagemap,
                 PgsTotals         *totals)
{
  g_autofree uint64_t *entries = g_new (uint64_t, CHUNK);
  uint64_t page_size = pgs_raw_page_size ();
  uint64_t address = mapping->start;

  totals->mapped = pgs_mapping_get_size (mapping) / page_size;
  while (address < mapping->end)
    {
      gsize n = (gsize) MIN (CHUNK, (mapping->end - address) / page_size);
      gssize size = pread (pagemap, entries, n * sizeof entries[0],
                           (off_t) (address / page_size * sizeof entries[0]));

      if (size != (gssize) (n * sizeof entries[0]))
        return g_strdup_printf ("pagemap ends at %" G_GINT64_MODIFIER "x", address);
      for (gsize i = 0; i < n; i++, address += page_size)
        {
          uint64_t ours = pgs_snapshot_get_entry (snapshot, address) & ~PGS_PAGEMAP_MARKS;

          if (ours != get_kept (entries[i]))
            return g_strdup_printf ("%" G_GINT64_MODIFIER "x in “%s” is %" G_GINT64_MODIFIER
                                    "x, but pagemap says %" G_GINT64_MODIFIER "x",
                                    address, mapping->name, ours, entries[i]);
          count (totals, entries[i]);
        }
    }
  return NULL;
}

static gboolean
totals_equal (const PgsTotals *left,
              const PgsTotals *right)
{
  return left->mapped == right->mapped && left->present == right->present &&
         left->swapped == right->swapped && left->guard == right->guard &&
         left->hidden == right->hidden;
}

static void
add_totals (PgsTotals       *sum,
            const PgsTotals *totals)
{
  sum->mapped += totals->mapped;
  sum->present += totals->present;
  sum->swapped += totals->swapped;
  sum->guard += totals->guard;
  sum->hidden += totals->hidden;
}

/* Compares every page, and the totals with what was counted on the way. */
static char *
compare_pages (const PgsSnapshot *snapshot,
               int                pagemap)
{
  const PgsMaps *maps = pgs_snapshot_get_maps (snapshot);
  PgsTotals sum = { 0, };
  gboolean is_whole = TRUE;

  for (guint i = 0; i < pgs_maps_get_n_mappings (maps); i++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (maps, i);
      PgsTotals totals = { 0, };
      char *problem = NULL;

      if (mapping->start >= USER_END)
        totals.mapped = pgs_mapping_get_size (mapping) / pgs_raw_page_size ();
      else if (pgs_mapping_get_size (mapping) <= MAX_MAPPING)
        problem = compare_mapping (snapshot, mapping, pagemap, &totals);
      else
        is_whole = FALSE;
      if (problem != NULL)
        return problem;
      if (is_whole && !totals_equal (&totals, pgs_snapshot_get_mapping_totals (snapshot, i)))
        return g_strdup_printf ("The totals of mapping %u, “%s”, are others", i, mapping->name);
      add_totals (&sum, &totals);
    }
  if (is_whole && !totals_equal (&sum, pgs_snapshot_get_totals (snapshot)))
    return g_strdup ("The totals are others");
  return NULL;
}

static char *
compare_snapshot (const PgsSnapshot *snapshot,
                  const char        *proc_root,
                  pid_t              pid)
{
  g_autofree char *path = g_strdup_printf ("%s/%d/pagemap", proc_root, (int) pid);
  char *problem;
  int fd;

  if (pgs_snapshot_get_pages_error (snapshot) != NULL)
    return g_strdup (pgs_snapshot_get_pages_error (snapshot)->message);
  if (pgs_snapshot_get_totals (snapshot)->present == 0)
    return g_strdup ("No page is present");
  fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  problem = compare_pages (snapshot, fd);
  close (fd);
  return problem;
}

static char *
compare_once (const char  *proc_root,
              pid_t        pid,
              PgsProcScan  scan)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PgsSnapshot) snapshot = pgs_take_snapshot (proc_root, pid, scan, &error);

  return snapshot != NULL ? compare_snapshot (snapshot, proc_root, pid)
                          : g_strdup (error->message);
}

/* Takes a snapshot and compares it with pagemap; once more where that differs,
 * for the pages of a live process may move. */
static char *
compare (const char  *proc_root,
         pid_t        pid,
         PgsProcScan  scan)
{
  char *problem = NULL;

  for (guint i = 0; i < TRIES; i++)
    {
      g_free (problem);
      problem = compare_once (proc_root, pid, scan);
      if (problem == NULL)
        break;
    }
  return problem;
}

static gboolean
is_recorded_page_size (void)
{
  if (pgs_raw_page_size () == 4096)
    return TRUE;
  print_message ("skipped: the recorded processes have pages of another size\n");
  return FALSE;
}

static void
test_recorded (void **state)
{
  static const char *const names[] = { "prober", "many-mappings", "32-bit", "odd-names" };

  if (!is_recorded_page_size ())
    skip ();
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr(PgsFixture) fixture = pgs_fixture_new (names[i]);
      g_autofree char *problem = compare_once (fixture->root, fixture->pid, PGS_PROC_SCAN_AUTO);

      if (problem != NULL)
        fail_msg ("%s: %s", names[i], problem);
    }
}

/* A source may tell fewer pages than it was asked for. */
static void
test_few_at_a_time (void **state)
{
  g_autoptr(PgsTarget) target = pgs_target_new (0);

  for (guint i = 0; i < TRIES; i++)
    {
      g_autoptr(PgsSource) source =
        pgs_hooked_source_new (NULL, target->pid, PGS_PROC_SCAN_AUTO, NULL, NULL);
      g_autoptr(PgsSnapshot) snapshot = NULL;
      g_autofree char *problem = NULL;

      pgs_hooked_source_set_max_entries (PGS_HOOKED_SOURCE (source), 5);
      snapshot = pgs_snapshot_build (source, NULL, NULL);
      assert_non_null (snapshot);
      problem = compare_snapshot (snapshot, PGS_PROC_ROOT, target->pid);
      if (problem == NULL)
        return;
      if (i == TRIES - 1)
        fail_msg ("%s", problem);
    }
}

/* Mappings can be read, pages cannot. */
static void
test_pages_error (void **state)
{
  g_autoptr(PgsFixture) fixture = pgs_fixture_new ("prober");
  g_autofree char *path = pgs_fixture_dup_path (fixture, "pagemap");
  g_autoptr(PgsSnapshot) snapshot = NULL;

  if (!is_recorded_page_size ())
    skip ();
  g_unlink (path);
  snapshot = pgs_take_snapshot (fixture->root, fixture->pid, PGS_PROC_SCAN_AUTO, NULL);
  assert_non_null (snapshot);
  assert_int_equal (pgs_maps_get_n_mappings (pgs_snapshot_get_maps (snapshot)), 24);
  assert_int_equal (pgs_snapshot_get_totals (snapshot)->present, 0);
  assert_non_null (pgs_snapshot_get_pages_error (snapshot));
}

static void
test_broken (void **state)
{
  static const struct
  {
    const char *file;
    const char *text;
    GQuark    (*domain) (void);
    int         code;
  } cases[] = {
    { "maps", "what is this\n", g_io_error_quark, G_IO_ERROR_INVALID_DATA },
    { "maps", "", pgs_process_error_quark, PGS_PROCESS_ERROR_REPLACED },
    { "pagemap", "short", pgs_process_error_quark, PGS_PROCESS_ERROR_REPLACED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsFixture) fixture = pgs_fixture_new ("prober");
      g_autoptr(GError) error = NULL;

      pgs_fixture_write (fixture, cases[i].file, cases[i].text);
      assert_null (pgs_take_snapshot (fixture->root, fixture->pid, PGS_PROC_SCAN_AUTO, &error));
      if (!g_error_matches (error, cases[i].domain (), cases[i].code))
        fail_msg ("Case %u: %s", i, error->message);
    }
}

static char *
check_live (gpointer user_data)
{
  const PgsTarget *target = user_data;
  char *problem = compare (PGS_PROC_ROOT, target->pid, PGS_PROC_SCAN_AUTO);

  if (problem != NULL || PGS_TAKE_HAS_SHADOW)
    return problem;
  return compare (PGS_PROC_ROOT, target->pid, PGS_PROC_SCAN_NEVER);
}

static void
test_live (void **state)
{
  g_autoptr(PgsSwapFile) swap = pgs_swap_file_new ();
  g_autoptr(PgsTarget) target = pgs_target_new (swap != NULL ? PGS_TARGET_SWAP : 0);
  g_autofree char *problem = check_live (target);

  pgs_take_can_read_everything ();
  if (problem != NULL)
    fail_msg ("%s", problem);
}

static char *
check_live_hidden (gpointer user_data)
{
  const PgsTarget *target = user_data;
  g_autoptr(PgsSnapshot) snapshot = NULL;
  g_autoptr(GError) error = NULL;
  char *problem = check_live (user_data);
  const PgsTotals *totals;

  if (problem != NULL)
    return problem;
  snapshot = pgs_take_snapshot (NULL, target->pid, PGS_PROC_SCAN_AUTO, &error);
  totals = pgs_snapshot_get_totals (snapshot);
  return totals->hidden == totals->present + totals->swapped ? NULL
                                                             : g_strdup ("A frame is not hidden");
}

static char *
check_denied (gpointer user_data)
{
  const PgsTarget *target = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(PgsSnapshot) snapshot =
    pgs_take_snapshot (NULL, target->pid, PGS_PROC_SCAN_AUTO, &error);

  if (snapshot != NULL)
    return g_strdup ("A process of root was read");
  if (!g_error_matches (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_PERMITTED))
    return g_strdup (error->message);
  return NULL;
}

static void
test_as_nobody (void **state)
{
  g_autoptr(PgsSwapFile) swap = NULL;
  g_autoptr(PgsTarget) target = NULL;
  g_autoptr(PgsTarget) of_root = NULL;
  g_autofree char *problem = NULL;
  g_autofree char *denied = NULL;

  if (geteuid () != 0)
    {
      print_message ("skipped: another user, for only root can change users\n");
      skip ();
    }
  swap = pgs_swap_file_new ();
  target = pgs_target_new (PGS_TARGET_AS_NOBODY | (swap != NULL ? PGS_TARGET_SWAP : 0));
  of_root = pgs_target_new (0);
  problem = pgs_target_run_as_nobody (check_live_hidden, target);
  if (problem != NULL)
    fail_msg ("%s", problem);
  denied = pgs_target_run_as_nobody (check_denied, of_root);
  if (denied != NULL)
    fail_msg ("%s", denied);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_recorded),
    cmocka_unit_test (test_few_at_a_time),
    cmocka_unit_test (test_pages_error),
    cmocka_unit_test (test_broken),
    cmocka_unit_test (test_live),
    cmocka_unit_test (test_as_nobody),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
