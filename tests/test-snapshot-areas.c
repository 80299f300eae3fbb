/* test-snapshot-areas.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests what snapshots show of memory made for it: pages of every state, guard
 * pages, and the marks of pages of zeros and of huge pages.
 */

#include "config.h"

#include "core/pgs-snapshot-builder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <unistd.h>

#include "pgs-raw-proc.h"
#include "pgs-swap-file.h"
#include "pgs-take.h"
#include "pgs-target.h"

/* What the areas were made for is what they show. */
static void
test_areas (void **state)
{
  static const struct
  {
    PgsTargetArea area;
    PgsPageState  state;
    uint64_t      n_pages; /* 0 for all of them */
  } cases[] = {
    { PGS_TARGET_TOUCHED, PGS_PAGE_PRESENT, 0 },
    { PGS_TARGET_UNTOUCHED, PGS_PAGE_ABSENT, 0 },
    { PGS_TARGET_ZERO, PGS_PAGE_PRESENT, 0 },
    { PGS_TARGET_SHARED, PGS_PAGE_PRESENT, 8 },
    { PGS_TARGET_FILE, PGS_PAGE_PRESENT, 0 },
    { PGS_TARGET_INACCESSIBLE, PGS_PAGE_PRESENT, 0 },
    { PGS_TARGET_RESERVED, PGS_PAGE_PRESENT, 4 },
    { PGS_TARGET_STRIPED, PGS_PAGE_PRESENT, PGS_TARGET_STRIPES },
    { PGS_TARGET_HUGE, PGS_PAGE_PRESENT, 0 },
    { PGS_TARGET_SWAPPED, PGS_PAGE_SWAPPED, 0 },
  };
  g_autoptr(PgsSwapFile) swap = pgs_swap_file_new ();
  g_autoptr(PgsTarget) target = pgs_target_new (swap != NULL ? PGS_TARGET_SWAP : 0);
  g_autoptr(PgsSnapshot) snapshot = pgs_take_snapshot (NULL, target->pid, PGS_PROC_SCAN_AUTO, NULL);

  assert_non_null (snapshot);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PgsTargetArea area = cases[i].area;
      uint64_t expected = cases[i].n_pages > 0
        ? cases[i].n_pages : (target->end[area] - target->start[area]) / pgs_raw_page_size ();
      uint64_t n = pgs_take_count_state (snapshot, target, area, cases[i].state);

      if (n != expected)
        fail_msg ("Area %u has %u pages as it should, not %u", area, (guint) n, (guint) expected);
    }
}

/* Since Linux 6.15 pagemap tells a guard page; before, it looks swapped. */
static void
test_guard (void **state)
{
  g_autoptr(PgsTarget) target = pgs_target_new (0);
  g_autoptr(PgsSnapshot) snapshot = pgs_take_snapshot (NULL, target->pid, PGS_PROC_SCAN_AUTO, NULL);
  uint64_t start = target->start[PGS_TARGET_GUARD];
  uint64_t n = (target->end[PGS_TARGET_GUARD] - start) / pgs_raw_page_size ();

  if (n == 0 || !(pgs_snapshot_get_entry (snapshot, start) & PGS_PAGEMAP_GUARD))
    {
      print_message ("skipped: guard pages, for this kernel does not tell them\n");
      skip ();
    }
  assert_int_equal (pgs_take_count_state (snapshot, target, PGS_TARGET_GUARD, PGS_PAGE_GUARD), n);
  assert_int_equal (pgs_snapshot_get_totals (snapshot)->guard, n);
}

static gboolean
has_scan (void)
{
  g_autoptr(PgsSource) source = pgs_take_source (NULL, getpid (), PGS_PROC_SCAN_AUTO, NULL);
  g_autoptr(GBytes) maps = pgs_source_read_maps (source, NULL, NULL);
  g_autoptr(GArray) ranges = g_array_new (FALSE, FALSE, sizeof (PgsPopulatedRange));
  uint64_t walk_end;

  return maps != NULL &&
         pgs_source_scan (source, 0, pgs_raw_page_size (), ranges, &walk_end, NULL);
}

/* Zero pages and huge pages are marked where PAGEMAP_SCAN tells them, and no
 * other page is. */
static void
test_marks (void **state)
{
  g_autoptr(PgsTarget) target = pgs_target_new (0);
  g_autoptr(PgsSnapshot) scanned = pgs_take_snapshot (NULL, target->pid, PGS_PROC_SCAN_AUTO, NULL);
  g_autoptr(PgsSnapshot) plain =
    pgs_take_snapshot (NULL, target->pid,
                       PGS_TAKE_HAS_SHADOW ? PGS_PROC_SCAN_AUTO : PGS_PROC_SCAN_NEVER, NULL);

  if (!has_scan ())
    {
      print_message ("skipped: marks, for this kernel has no PAGEMAP_SCAN\n");
      skip ();
    }
  for (guint i = 0; i < PGS_TARGET_N_AREAS; i++)
    for (uint64_t a = target->start[i]; a < target->end[i]; a += pgs_raw_page_size ())
      {
        uint64_t entry = pgs_snapshot_get_entry (scanned, a);

        assert_int_equal (pgs_pagemap_entry_is_zero_page (entry), i == PGS_TARGET_ZERO);
        assert_int_equal (pgs_pagemap_entry_is_huge (entry), i == PGS_TARGET_HUGE);
        if (!PGS_TAKE_HAS_SHADOW)
          assert_int_equal (pgs_snapshot_get_entry (plain, a) & PGS_PAGEMAP_MARKS, 0);
      }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_areas),
    cmocka_unit_test (test_guard),
    cmocka_unit_test (test_marks),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
