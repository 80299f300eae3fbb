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
} cases[] = {
  { 0, 4096, { 0, 0, 0, 0, 0, 0 }, { 48, 39, 30, 21, 12, 0 } },
  { 0xfff, 4096, { 0, 0, 0, 0, 0, 0xfff }, { 48, 39, 30, 21, 12, 0 } },
  { 0x7f73d13b12a0, 4096, { 0, 254, 463, 137, 433, 0x2a0 }, { 48, 39, 30, 21, 12, 0 } },
  { 0x1ffffffffffffff, 4096, { 511, 511, 511, 511, 511, 4095 }, { 48, 39, 30, 21, 12, 0 } },
  { 0x1234567, 16384, { 0, 0, 0, 0, 1165, 0x567 }, { 58, 47, 36, 25, 14, 0 } },
  { 0x1234567, 65536, { 0, 0, 0, 0, 0x123, 0x4567 }, { 63, 55, 42, 29, 16, 0 } },
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
        assert_true (result.high_bit >= result.low_bit && result.high_bit < 64);
      }
}

/* The parts put together again are the address. */
static void
test_parts_make_the_address (void **state)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (3);

  for (guint i = 0; i < 1000; i++)
    {
      uint64_t address = ((uint64_t) g_rand_int (rand) << 25 | g_rand_int (rand)) &
                         ((UINT64_C (1) << 57) - 1);
      uint64_t sum = 0;

      for (guint level = 0; level < PGS_PAGE_TABLE_N_LEVELS; level++)
        {
          PgsPageTableLevel result;

          pgs_page_table_get_level (address, 4096, level, &result);
          sum += (uint64_t) result.index << result.low_bit;
        }
      assert_int_equal (sum, address);
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_levels),
    cmocka_unit_test (test_parts_make_the_address),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
