/* test-snapshot.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <gio/gio.h>

#include "pgs-layout.h"

static void
count_plainly (PgsLayout *layout,
               guint      mapping,
               PgsTotals *totals)
{
  GArray *entries = layout->entries->pdata[mapping];

  *totals = (PgsTotals) { .mapped = entries->len };
  for (guint i = 0; i < entries->len; i++)
    {
      uint64_t entry = g_array_index (entries, uint64_t, i);
      gboolean present = (entry >> 63) & 1;
      gboolean guard = !present && ((entry >> 58) & 1);
      gboolean swapped = !present && !guard && ((entry >> 62) & 1);

      totals->present += present;
      totals->guard += guard;
      totals->swapped += swapped;
      totals->hidden += (present || swapped) && (entry & ((UINT64_C (1) << 55) - 1)) == 0;
    }
}

static void
assert_totals (const PgsTotals *totals,
               const PgsTotals *expected)
{
  assert_int_equal (totals->mapped, expected->mapped);
  assert_int_equal (totals->present, expected->present);
  assert_int_equal (totals->swapped, expected->swapped);
  assert_int_equal (totals->guard, expected->guard);
  assert_int_equal (totals->hidden, expected->hidden);
}

static void
test_totals (void **state)
{
  for (guint32 seed = 0; seed < 40; seed++)
    {
      g_autoptr(PgsLayout) layout = pgs_layout_new_random (seed, 1 + seed, 700);
      PgsTotals sum = { 0, };

      for (guint i = 0; i < pgs_maps_get_n_mappings (layout->maps); i++)
        {
          PgsTotals expected;

          count_plainly (layout, i, &expected);
          assert_totals (pgs_snapshot_get_mapping_totals (layout->snapshot, i), &expected);
          sum.mapped += expected.mapped;
          sum.present += expected.present;
          sum.swapped += expected.swapped;
          sum.guard += expected.guard;
          sum.hidden += expected.hidden;
        }
      assert_totals (pgs_snapshot_get_totals (layout->snapshot), &sum);
    }
}

static void
test_entries (void **state)
{
  g_autoptr(PgsLayout) layout = pgs_layout_new_random (5, 12, 700);

  for (guint i = 0; i < pgs_maps_get_n_mappings (layout->maps); i++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (layout->maps, i);

      for (uint64_t page = 0; mapping->start + page * 4096 < mapping->end; page++)
        assert_int_equal (pgs_snapshot_get_entry (layout->snapshot,
                                                  mapping->start + page * 4096 + 4095),
                          pgs_layout_get_entry (layout, i, page));
    }
  assert_int_equal (pgs_snapshot_get_entry (layout->snapshot, 0), 0);
  assert_int_equal (pgs_snapshot_get_entry (layout->snapshot, G_MAXUINT64), 0);
}

static void
test_pages_error (void **state)
{
  g_autoptr(PgsLayout) layout = pgs_layout_new_random (5, 2, 10);
  g_autoptr(GError) error = g_error_new (G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "Denied");
  g_autoptr(PgsSnapshot) snapshot =
    pgs_snapshot_new (layout->maps, pgs_snapshot_get_store (layout->snapshot), 4096, 0, error);

  assert_null (pgs_snapshot_get_pages_error (layout->snapshot));
  assert_string_equal (pgs_snapshot_get_pages_error (snapshot)->message, "Denied");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_totals),
    cmocka_unit_test (test_entries),
    cmocka_unit_test (test_pages_error),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
