/* test-page-table.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/pgs-page-table.h"

static const struct
{
  uint64_t address;
  uint64_t page_size;
  guint    index[PGS_PAGE_TABLE_N_LEVELS];
  guint    low_bit[PGS_PAGE_TABLE_N_LEVELS];
  guint    high_bit[PGS_PAGE_TABLE_N_LEVELS];
} cases[] = {
  { 0, 4096, { 0, 0, 0, 0, 0, 0 }, { 48, 39, 30, 21, 12, 0 }, { 56, 47, 38, 29, 20, 11 } },
  { 0xfff, 4096, { 0, 0, 0, 0, 0, 0xfff }, { 48, 39, 30, 21, 12, 0 },
    { 56, 47, 38, 29, 20, 11 } },
  { 0x7f73d13b12a0, 4096, { 0, 254, 463, 137, 433, 0x2a0 }, { 48, 39, 30, 21, 12, 0 },
    { 56, 47, 38, 29, 20, 11 } },
  { 0x1ffffffffffffff, 4096, { 511, 511, 511, 511, 511, 4095 }, { 48, 39, 30, 21, 12, 0 },
    { 56, 47, 38, 29, 20, 11 } },
  { 0xffffffffff600000, 4096, { 511, 511, 511, 507, 0, 0 }, { 48, 39, 30, 21, 12, 0 },
    { 56, 47, 38, 29, 20, 11 } },
  { 0x1234567, 16384, { 0, 0, 0, 0, 1165, 0x567 }, { 58, 47, 36, 25, 14, 0 },
    { 63, 57, 46, 35, 24, 13 } },
  { 0xffffa1b2c3d4, 16384, { 0, 1, 2047, 2000, 1739, 0x3d4 }, { 58, 47, 36, 25, 14, 0 },
    { 63, 57, 46, 35, 24, 13 } },
  { 0x1234567, 65536, { 0, 0, 0, 0, 0x123, 0x4567 }, { 63, 55, 42, 29, 16, 0 },
    { 63, 63, 54, 41, 28, 15 } },
  { 0xffffa1b2c3d4, 65536, { 0, 0, 63, 8189, 434, 0xc3d4 }, { 63, 55, 42, 29, 16, 0 },
    { 63, 63, 54, 41, 28, 15 } },
};

static void
test_levels (void **state)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint level = 0; level < PGS_PAGE_TABLE_N_LEVELS; level++)
      {
        PgsPageTableLevel result;

        pgs_page_table_get_level (cases[i].address, cases[i].page_size, level, &result);
        assert_int_equal (result.index, cases[i].index[level]);
        assert_int_equal (result.low_bit, cases[i].low_bit[level]);
        assert_int_equal (result.high_bit, cases[i].high_bit[level]);
      }
}

/* The parts put together again are the address. */
static void
test_parts_make_the_address (void **state)
{
  static const uint64_t page_sizes[] = { 4096, 16384, 65536 };
  g_autoptr(GRand) rand = g_rand_new_with_seed (3);

  for (guint i = 0; i < 3000; i++)
    {
      uint64_t address = ((uint64_t) g_rand_int (rand) << 25 ^ g_rand_int (rand)) &
                         ((UINT64_C (1) << 57) - 1);
      uint64_t sum = 0;

      for (guint level = 0; level < PGS_PAGE_TABLE_N_LEVELS; level++)
        {
          PgsPageTableLevel result;

          pgs_page_table_get_level (address, page_sizes[i % 3], level, &result);
          sum += (uint64_t) result.index << result.low_bit;
        }
      assert_int_equal (sum, address);
    }
}

static void
test_titles (void **state)
{
  static const char *const titles[PGS_PAGE_TABLE_N_LEVELS] = {
    "PGD, level 5", "P4D, level 4", "PUD, level 3", "PMD, level 2", "PTE, level 1",
    "Offset in page",
  };

  for (guint level = 0; level < PGS_PAGE_TABLE_N_LEVELS; level++)
    assert_string_equal (pgs_page_table_get_level_title (level), titles[level]);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_levels),
    cmocka_unit_test (test_parts_make_the_address),
    cmocka_unit_test (test_titles),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
