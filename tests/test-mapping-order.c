/* test-mapping-order.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which mappings are listed, in which order, and where an address is in the list.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "app/pgs-mapping-filter.h"
#include "app/pgs-mapping-order.h"
#include "pgs-layout.h"

/* What a column is sorted by, counted without it. */
static int
compare_plainly (PgsSnapshot        *snapshot,
                 PgsMappingColumnId  column,
                 guint               left,
                 guint               right)
{
  const PgsMapping *a = pgs_maps_get_mapping (pgs_snapshot_get_maps (snapshot), left);
  const PgsMapping *b = pgs_maps_get_mapping (pgs_snapshot_get_maps (snapshot), right);
  const PgsTotals *in_a = pgs_snapshot_get_mapping_totals (snapshot, left);
  const PgsTotals *in_b = pgs_snapshot_get_mapping_totals (snapshot, right);
  double share_a = (double) in_a->present / (double) in_a->mapped;
  double share_b = (double) in_b->present / (double) in_b->mapped;
  g_autofree char *label_a = pgs_mapping_dup_label (a);
  g_autofree char *label_b = pgs_mapping_dup_label (b);

  switch (column)
    {
    case PGS_MAPPING_COLUMN_START:
      return (a->start > b->start) - (a->start < b->start);
    case PGS_MAPPING_COLUMN_SIZE:
      return (in_a->mapped > in_b->mapped) - (in_a->mapped < in_b->mapped);
    case PGS_MAPPING_COLUMN_PAGES:
      return (share_a > share_b) - (share_a < share_b);
    case PGS_MAPPING_COLUMN_PRESENT:
      return (in_a->present > in_b->present) - (in_a->present < in_b->present);
    case PGS_MAPPING_COLUMN_SWAPPED:
      return (in_a->swapped > in_b->swapped) - (in_a->swapped < in_b->swapped);
    case PGS_MAPPING_COLUMN_ACCESS:
      return (a->flags > b->flags) - (a->flags < b->flags);
    case PGS_MAPPING_COLUMN_NAME:
      return strcmp (label_a, label_b);
    case PGS_MAPPING_N_COLUMNS:
    default:
      fail_msg ("No column %u", column);
      return 0;
    }
}

static void
check_order (PgsLayout          *layout,
             PgsMappingColumnId  column,
             gboolean            is_descending)
{
  g_autoptr(PgsMappingOrder) order =
    pgs_mapping_order_new (layout->snapshot, column, is_descending, NULL);
  guint n = pgs_mapping_order_get_n (order);

  assert_int_equal (n, pgs_maps_get_n_mappings (layout->maps));
  assert_int_equal (n, pgs_mapping_order_get_n_all (order));
  for (guint i = 1; i < n; i++)
    {
      guint before = pgs_mapping_order_get_index (order, i - 1);
      guint index = pgs_mapping_order_get_index (order, i);
      int result = compare_plainly (layout->snapshot, column, before, index);

      assert_true (result == 0 ? before < index : (result < 0) != is_descending);
    }
}

static void
test_every_column (void **state)
{
  for (guint32 seed = 0; seed < 20; seed++)
    {
      g_autoptr(PgsLayout) layout = pgs_layout_new_random (seed, 1 + 10 * seed, 40);

      for (guint column = 0; column < PGS_MAPPING_N_COLUMNS; column++)
        {
          check_order (layout, column, FALSE);
          check_order (layout, column, TRUE);
        }
    }
}

static void
test_address_is_found (void **state)
{
  g_autoptr(PgsLayout) layout = pgs_layout_new_random (7, 300, 40);
  g_autoptr(PgsMappingOrder) order =
    pgs_mapping_order_new (layout->snapshot, PGS_MAPPING_COLUMN_PRESENT, TRUE, "rw");
  guint n_found = 0;

  for (guint i = 0; i < pgs_maps_get_n_mappings (layout->maps); i++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (layout->maps, i);
      guint position = pgs_mapping_order_find (order, mapping->start);

      assert_int_equal (position, pgs_mapping_order_get_position (order, i));
      assert_int_equal (position, pgs_mapping_order_find (order, mapping->end - 1));
      if (position == PGS_MAPPING_ORDER_NONE)
        continue;
      assert_int_equal (pgs_mapping_order_get_index (order, position), i);
      n_found++;
    }
  assert_int_equal (n_found, pgs_mapping_order_get_n (order));
  assert_in_range (n_found, 1, 299);
  assert_int_equal (pgs_mapping_order_find (order, 0), PGS_MAPPING_ORDER_NONE);
}

static void
test_no_snapshot (void **state)
{
  g_autoptr(PgsMappingOrder) order =
    pgs_mapping_order_new (NULL, PGS_MAPPING_COLUMN_NAME, TRUE, "rw");

  assert_int_equal (pgs_mapping_order_get_n (order), 0);
  assert_int_equal (pgs_mapping_order_get_n_all (order), 0);
  assert_int_equal (pgs_mapping_order_find (order, 0x1000), PGS_MAPPING_ORDER_NONE);
}

static const char filter_maps[] =
  "00400000-00410000 r-xp 00000000 08:01 17 /usr/bin/Größe\n"
  "55d0a0000000-55d0a0021000 rw-p 00000000 00:00 0 [heap]\n"
  "7f1234567000-7f1234569000 r--p 00001000 08:01 18 /usr/lib/libc.so.6\n"
  "7f1234569000-7f123456b000 rw-p 00003000 08:01 18 /usr/lib/libc.so.6\n"
  "7f123456b000-7f1234570000 rw-p 00000000 00:00 0 \n"
  "7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0 [stack]\n";

/* Which of the mappings above a text finds, from the first one on. */
static const struct
{
  const char *text;
  const char *found;
} filters[] = {
  { "libc", "001100" },
  { "LIBC", "001100" },
  { "größe", "100000" },
  { "GRÖSSE", "100000" },
  { "anonymous", "000010" },
  { "rw-p", "010111" },
  { "r-xp", "100000" },
  { "rw-p libc", "000100" },
  { "  libc\t rw ", "000100" },
  { "libc heap", "000000" },
  { "/usr", "101100" },
  { "[heap]", "010000" },
  { "7f1234", "001110" },
  { "0x7f1234", "001110" },
  { "0X7F1234", "001110" },
  { "7f1234568fff", "001000" },
  { "0x7f1234569000", "000100" },
  { "000000400000", "100000" },
  { "408123", "100000" },
  { "7ffc00021000", "000000" },
  { "ffffffffffffffffffffffff", "000000" },
  { "0x", "111111" },
  { "zebra", "000000" },
};

static void
test_filter (void **state)
{
  g_autoptr(PgsMaps) maps = pgs_maps_parse (filter_maps, strlen (filter_maps), 4096, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (filters); i++)
    {
      g_autoptr(PgsMappingFilter) filter = pgs_mapping_filter_new (filters[i].text);
      char found[7] = "";

      assert_non_null (filter);
      for (guint j = 0; j < 6; j++)
        found[j] = pgs_mapping_filter_lets_in (filter, pgs_maps_get_mapping (maps, j)) ? '1' : '0';
      if (strcmp (found, filters[i].found) != 0)
        fail_msg ("“%s” finds %s, not %s", filters[i].text, found, filters[i].found);
    }
}

static void
test_filter_without_words (void **state)
{
  assert_null (pgs_mapping_filter_new (""));
  assert_null (pgs_mapping_filter_new (" \t "));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_every_column),
    cmocka_unit_test (test_address_is_found),
    cmocka_unit_test (test_no_snapshot),
    cmocka_unit_test (test_filter),
    cmocka_unit_test (test_filter_without_words),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
