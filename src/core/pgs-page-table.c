/* pgs-page-table.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the hardware takes a virtual address apart: an index into a table at each
 * of the five levels that Linux knows, and an offset into the page.
 *
 * A table fills one page with entries of eight bytes, so an index has the bits of
 * the page size less three: 9 with 4 KiB pages. With four levels, as most
 * machines run, the topmost index is always 0 and its table is not there.
 */

#include "config.h"

#include "pgs-page-table.h"

#include <glib/gi18n-lib.h>

/**
 * pgs_page_table_get_level_title:
 * @level: 0 for the topmost table, PGS_PAGE_TABLE_N_LEVELS - 1 for the offset
 *
 * Returns: the level's name in the kernel, and what it is, translated
 */
const char *
pgs_page_table_get_level_title (guint level)
{
  static const char *const titles[PGS_PAGE_TABLE_N_LEVELS] = {
    N_("PGD, level 5"),
    N_("P4D, level 4"),
    N_("PUD, level 3"),
    N_("PMD, level 2"),
    N_("PTE, level 1"),
    N_("Offset in page"),
  };

  g_return_val_if_fail (level < PGS_PAGE_TABLE_N_LEVELS, NULL);

  return _(titles[level]);
}

/**
 * pgs_page_table_get_level:
 * @address: a virtual address
 * @page_size: bytes a page; a power of 2
 * @level: 0 for the topmost table, PGS_PAGE_TABLE_N_LEVELS - 1 for the offset
 * @result: (out caller-allocates): the level's part of the address
 */
void
pgs_page_table_get_level (uint64_t           address,
                          uint64_t           page_size,
                          guint              level,
                          PgsPageTableLevel *result)
{
  guint offset_bits, index_bits, from_bottom;

  g_return_if_fail (level < PGS_PAGE_TABLE_N_LEVELS && result != NULL);
  g_return_if_fail (page_size >= 16 && (page_size & (page_size - 1)) == 0);

  offset_bits = g_bit_storage (page_size) - 1;
  index_bits = offset_bits - 3;
  from_bottom = PGS_PAGE_TABLE_N_LEVELS - 1 - level;
  result->low_bit = from_bottom == 0 ? 0 : offset_bits + (from_bottom - 1) * index_bits;
  result->high_bit = from_bottom == 0 ? offset_bits - 1 : result->low_bit + index_bits - 1;
  result->low_bit = MIN (result->low_bit, 63);
  result->high_bit = MIN (result->high_bit, 63);
  result->index = (guint) ((address >> result->low_bit) &
                           ((UINT64_C (1) << (result->high_bit - result->low_bit + 1)) - 1));
}
