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
#include <inttypes.h>

#include "core/pgs-page-store-builder.h"
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

#define PAGES    40
#define PRESENT  PGS_PAGEMAP_PRESENT
#define SWAPPED  PGS_PAGEMAP_SWAPPED

/* Four mappings: three without a gap between them, and one behind a gap of four
 * pages in which the store has pages too, as after an munmap between two reads. */
static const struct
{
  guint first;
  guint end;
} borders[] = { { 0, 3 }, { 3, 4 }, { 4, 30 }, { 34, 40 } };

/* Makes every page from the first to the last one of an entry and its step. */
static PgsSnapshot *
make_bordered (uint64_t page_size,
               uint64_t entry,
               uint64_t step)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(PgsMaps) maps = NULL;
  g_autoptr(PgsPageStore) store = NULL;
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new ((guint) (page_size / 8));
  uint64_t entries[PAGES];

  for (guint i = 0; i < G_N_ELEMENTS (borders); i++)
    g_string_append_printf (text, "%" PRIx64 "-%" PRIx64 " rw%cp 00000000 00:00 0 \n",
                            (1000 + borders[i].first) * page_size,
                            (1000 + borders[i].end) * page_size, i % 2 == 0 ? 'x' : '-');
  for (guint i = 0; i < PAGES; i++)
    entries[i] = entry + i * step;
  maps = pgs_maps_parse (text->str, text->len, page_size, NULL);
  assert_int_equal (pgs_maps_get_n_mappings (maps), G_N_ELEMENTS (borders));
  pgs_page_store_builder_append (builder, 1000, entries, PAGES);
  store = pgs_page_store_builder_end (builder);
  return pgs_snapshot_new (maps, store, page_size, 0, NULL);
}

/* A span that reaches over the border of a mapping is shared out; what lies in no
 * mapping is not counted. */
static void
test_spans_across_mappings (void **state)
{
  static const struct
  {
    uint64_t  entry;
    uint64_t  step;
    PgsTotals each; /* of one page */
  } cases[] = {
    { PRESENT | 10, 1, { 1, 1, 0, 0, 0 } },
    { PRESENT | 10, 3, { 1, 1, 0, 0, 0 } },
    { PRESENT, 0, { 1, 1, 0, 0, 1 } },
    { SWAPPED | 2 | 7 << 5, 32, { 1, 0, 1, 0, 0 } },
    { SWAPPED, 0, { 1, 0, 1, 0, 1 } },
    { SWAPPED | PGS_PAGEMAP_GUARD | 0x9f, 0, { 1, 0, 0, 1, 0 } },
    { 0, 0, { 1, 0, 0, 0, 0 } },
  };
  static const uint64_t page_sizes[] = { 4096, 16384, 65536 };

  for (guint i = 0; i < G_N_ELEMENTS (cases) * G_N_ELEMENTS (page_sizes); i++)
    {
      const PgsTotals *each = &cases[i / G_N_ELEMENTS (page_sizes)].each;
      g_autoptr(PgsSnapshot) snapshot =
        make_bordered (page_sizes[i % G_N_ELEMENTS (page_sizes)],
                       cases[i / G_N_ELEMENTS (page_sizes)].entry,
                       cases[i / G_N_ELEMENTS (page_sizes)].step);
      guint sum = 0;

      for (guint j = 0; j < G_N_ELEMENTS (borders); j++)
        {
          uint64_t last = (1000 + borders[j].end) * pgs_snapshot_get_page_size (snapshot) - 1;
          guint n = borders[j].end - borders[j].first;
          const PgsTotals expected = { n * each->mapped, n * each->present, n * each->swapped,
                                       n * each->guard, n * each->hidden };

          assert_totals (pgs_snapshot_get_mapping_totals (snapshot, j), &expected);
          assert_int_equal (pgs_snapshot_get_entry (snapshot, last),
                            cases[i / G_N_ELEMENTS (page_sizes)].entry +
                            (borders[j].end - 1) * cases[i / G_N_ELEMENTS (page_sizes)].step);
          sum += n;
        }
      assert_totals (pgs_snapshot_get_totals (snapshot),
                     &(PgsTotals) { sum * each->mapped, sum * each->present, sum * each->swapped,
                                    sum * each->guard, sum * each->hidden });
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

  /* What becomes of the error later is not the snapshot's. */
  g_prefix_error (&error, "Not ");
  assert_null (pgs_snapshot_get_pages_error (layout->snapshot));
  assert_string_equal (pgs_snapshot_get_pages_error (snapshot)->message, "Denied");
}

/* A snapshot is one of now, and knows the machine it is of. */
static void
test_facts (void **state)
{
  g_autoptr(PgsLayout) layout = pgs_layout_new_random (5, 2, 10);
  PgsPageStore *store = pgs_snapshot_get_store (layout->snapshot);
  gint64 before = g_get_real_time ();
  g_autoptr(PgsSnapshot) snapshot = pgs_snapshot_new (layout->maps, store, 4096, 54321, NULL);
  gint64 time = pgs_snapshot_get_time (snapshot);

  assert_true (before <= time && time <= g_get_real_time ());
  assert_int_equal (pgs_snapshot_get_ram_end (snapshot), 54321);
  assert_int_equal (pgs_snapshot_get_page_size (snapshot), 4096);
  assert_ptr_equal (pgs_snapshot_get_maps (snapshot), layout->maps);
  assert_ptr_equal (pgs_snapshot_get_store (snapshot), store);
}

/* A snapshot is there until the last reference is dropped. */
static void
test_references (void **state)
{
  PgsSnapshot *snapshot = make_bordered (4096, PRESENT | 10, 1);

  assert_ptr_equal (pgs_snapshot_ref (snapshot), snapshot);
  pgs_snapshot_unref (snapshot);
  assert_int_equal (pgs_snapshot_get_totals (snapshot)->mapped, 36);
  assert_int_equal (pgs_snapshot_get_entry (snapshot, 1001 * 4096), PRESENT | 11);
  pgs_snapshot_unref (snapshot);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_totals),
    cmocka_unit_test (test_spans_across_mappings),
    cmocka_unit_test (test_entries),
    cmocka_unit_test (test_pages_error),
    cmocka_unit_test (test_facts),
    cmocka_unit_test (test_references),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
