/* pgs-page-table.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* PGD, P4D, PUD, PMD, PTE and the offset in the page. */
#define PGS_PAGE_TABLE_N_LEVELS 6

/**
 * PgsPageTableLevel:
 * @index: what the address says at this level
 * @low_bit: the lowest bit of the address that says it
 * @high_bit: the highest one
 *
 * One part of a virtual address.
 */
typedef struct
{
  guint index;
  guint low_bit;
  guint high_bit;
} PgsPageTableLevel;

const char *pgs_page_table_get_level_title (guint              level);
void        pgs_page_table_get_level       (uint64_t           address,
                                            uint64_t           page_size,
                                            guint              level,
                                            PgsPageTableLevel *result);

G_END_DECLS
