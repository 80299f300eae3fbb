/* pgs-frame-order.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "pgs-snapshot.h"

G_BEGIN_DECLS

/* Runs are counted by the power of two that their length begins at: 1, 2-3, 4-7 and so on;
 * the last counts all that are longer. */
#define PGS_FRAME_ORDER_N_LENGTHS 19

/* The NUMA nodes that pages are counted for; what lies in others is not counted by node. */
#define PGS_FRAME_ORDER_MAX_NODES 64

/**
 * PgsFrameOrder:
 * @n_pages: present pages whose frame is known, but for the page of zeros
 * @n_runs: how many runs they make: consecutive pages in consecutive frames
 * @longest: pages of the longest run
 * @longest_page: the number of its first page
 * @n_huge: pages that a huge entry of the page table maps
 * @n_runs_of: runs of each length
 * @n_pages_of: the pages in them
 * @n_pages_on: pages on each NUMA node
 *
 * How the pages of some part of an address space lie in RAM.
 */
typedef struct
{
  uint64_t n_pages;
  uint64_t n_runs;
  uint64_t longest;
  uint64_t longest_page;
  uint64_t n_huge;
  uint64_t n_runs_of[PGS_FRAME_ORDER_N_LENGTHS];
  uint64_t n_pages_of[PGS_FRAME_ORDER_N_LENGTHS];
  uint64_t n_pages_on[PGS_FRAME_ORDER_MAX_NODES];
} PgsFrameOrder;

gboolean pgs_frame_order_find              (const PgsSnapshot   *snapshot,
                                            const GArray        *ranges,
                                            const GArray        *zones,
                                            GCancellable        *cancellable,
                                            PgsFrameOrder       *order);
double   pgs_frame_order_get_fragmentation (const PgsFrameOrder *self);

G_END_DECLS
