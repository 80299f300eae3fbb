/* pgs-frame-order.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How pages lie in RAM: one behind the other, or scattered.
 *
 * A run is consecutive pages in consecutive frames. It ends where a page is absent, in swap
 * or the page of zeros, which all processes share, and where the next range begins, unless
 * the one goes on where the other ends. What a page table keeps in one huge entry is one
 * run, or a part of one.
 */

#include "config.h"

#include "pgs-frame-order.h"

#include "pgs-frame-zones.h"
#include "pgs-maps.h"
#include "pgs-pagemap-entry.h"

typedef struct
{
  PgsFrameOrder *order;
  const GArray  *zones;
  uint64_t       page;     /* where the run began, */
  uint64_t       pfn;
  uint64_t       n_pages;  /* and how long it is by now; 0 where there is none */
} Walk;

/* Counts the frames of a run to the nodes that they are on. */
static void
count_nodes (const Walk *walk)
{
  uint64_t n;

  for (uint64_t i = 0; i < walk->n_pages && walk->zones != NULL; i += n)
    {
      uint64_t end = 0;
      int32_t node = pgs_frame_zones_find_node (walk->zones, walk->pfn + i, &end);

      n = MAX (MIN (end, walk->pfn + walk->n_pages), walk->pfn + i + 1) - (walk->pfn + i);
      if (node >= 0 && node < PGS_FRAME_ORDER_MAX_NODES)
        walk->order->n_pages_on[node] += n;
    }
}

static void
end_run (Walk *walk)
{
  PgsFrameOrder *order = walk->order;
  guint length;

  if (walk->n_pages == 0)
    return;
  length = MIN ((guint) g_bit_nth_msf ((gulong) walk->n_pages, -1),
                PGS_FRAME_ORDER_N_LENGTHS - 1);
  order->n_runs++;
  order->n_runs_of[length]++;
  order->n_pages_of[length] += walk->n_pages;
  if (walk->n_pages > order->longest)
    {
      order->longest = walk->n_pages;
      order->longest_page = walk->page;
    }
  count_nodes (walk);
  walk->n_pages = 0;
}

/* Adds pages in consecutive frames. */
static void
add_pages (Walk     *walk,
           uint64_t  page,
           uint64_t  entry,
           uint64_t  n_pages)
{
  uint64_t pfn = pgs_pagemap_entry_get_pfn (entry);

  if (pfn == 0 || pgs_pagemap_entry_is_zero_page (entry))
    return;
  if (page != walk->page + walk->n_pages || pfn != walk->pfn + walk->n_pages)
    end_run (walk);
  if (walk->n_pages == 0)
    {
      walk->page = page;
      walk->pfn = pfn;
    }
  walk->n_pages += n_pages;
  walk->order->n_pages += n_pages;
  if (pgs_pagemap_entry_is_huge (entry))
    walk->order->n_huge += n_pages;
}

static void
add_span (Walk              *walk,
          const PgsPageSpan *span,
          uint64_t           first,
          uint64_t           end)
{
  guint from = (guint) (MAX (first, span->first_page) - span->first_page);
  guint to = (guint) MIN (end - span->first_page, span->n_pages);

  if (span->groups != NULL)
    return;
  if (span->entries == NULL && span->step == 1)
    {
      add_pages (walk, span->first_page + from, pgs_page_span_get_entry (span, from), to - from);
      return;
    }
  for (guint i = from; i < to; i++)
    add_pages (walk, span->first_page + i, pgs_page_span_get_entry (span, i), 1);
}

/**
 * pgs_frame_order_find:
 * @snapshot: a snapshot
 * @ranges: (element-type PgsRange): which addresses to look at, in order
 * @zones: (nullable): the zones of the machine, as pgs_frame_zones_read() tells
 * @cancellable: (nullable): ends it early
 * @order: (out caller-allocates): how the pages lie; untouched when cancelled
 *
 * Looks at every page of which there is detail: call it in a worker where there may be
 * many. Pages of which only the numbers are kept, or whose frames the kernel hides, do not
 * count.
 *
 * Returns: whether it was not cancelled
 */
gboolean
pgs_frame_order_find (const PgsSnapshot *snapshot,
                      const GArray      *ranges,
                      const GArray      *zones,
                      GCancellable      *cancellable,
                      PgsFrameOrder     *order)
{
  PgsFrameOrder found = { 0, };
  Walk walk = { .order = &found, .zones = zones };
  uint64_t page_size;

  g_return_val_if_fail (snapshot != NULL && ranges != NULL && order != NULL, FALSE);

  page_size = pgs_snapshot_get_page_size (snapshot);
  for (guint i = 0; i < ranges->len; i++)
    {
      const PgsRange *range = &g_array_index (ranges, PgsRange, i);
      PgsPageStoreIter iter;
      PgsPageSpan span;

      pgs_page_store_iter_init (&iter, pgs_snapshot_get_store (snapshot),
                                range->start / page_size);
      while (pgs_page_store_iter_next (&iter, &span) && span.first_page < range->end / page_size)
        {
          if (g_cancellable_is_cancelled (cancellable))
            return FALSE;
          add_span (&walk, &span, range->start / page_size, range->end / page_size);
        }
    }
  end_run (&walk);
  *order = found;
  return TRUE;
}

/**
 * pgs_frame_order_get_fragmentation:
 *
 * Of all pages but the first, the share whose frame does not follow the frame of the page
 * before: (runs - 1) / (pages - 1).
 *
 * Returns: from 0, where all pages lie in one run, to 1, where no two neighbors do
 */
double
pgs_frame_order_get_fragmentation (const PgsFrameOrder *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_pages > 1 ? (double) (self->n_runs - 1) / (double) (self->n_pages - 1) : 0;
}
