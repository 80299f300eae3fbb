/* pgs-page-span.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <stdint.h>

#include "pgs-frame-bands.h"
#include "pgs-pagemap-entry.h"

G_BEGIN_DECLS

/* How many pages a span has at most: those of a block of 64 KiB pages. */
#define PGS_PAGE_SPAN_MAX     8192u

/* Pages with the same key are in the same group. */
#define PGS_PAGE_GROUP_N_KEYS (1u << 15)

/**
 * PgsPageSpan:
 * @first_page: page number (address / page size) of the first page
 * @n_pages: how many pages
 * @entries: (nullable): one entry a page, where the span has detail
 * @groups: (nullable): groups of like pages, where only their numbers are kept
 * @n_groups: how many groups
 * @run: the first entry of a run, which has neither entries nor groups
 * @step: what each further page of a run adds to the entry: 1 where the PFNs
 *   are consecutive, 0 where there are none
 * @bands: what the groups tell frames apart by
 *
 * Consecutive pages, all within one block of the store. Borrowed from the chunk
 * it was asked of.
 */
typedef struct
{
  uint64_t             first_page;
  guint                n_pages;
  const uint64_t      *entries;
  const uint32_t      *groups;
  guint                n_groups;
  uint64_t             run;
  guint                step;
  const PgsFrameBands *bands;
} PgsPageSpan;

/**
 * PgsPageCounts:
 * @present: pages with a frame
 * @swapped: pages in swap
 * @guard: guard pages
 * @hidden: present or swapped pages that the kernel does not tell the place of
 *
 * How many pages there are in each state.
 */
typedef struct
{
  uint64_t present;
  uint64_t swapped;
  uint64_t guard;
  uint64_t hidden;
} PgsPageCounts;

uint32_t pgs_page_group_pack         (guint                key,
                                      guint                n_pages);
guint    pgs_page_group_get_key      (const PgsFrameBands *bands,
                                      uint64_t             entry);
guint    pgs_page_span_get_group     (const PgsPageSpan   *span,
                                      guint                index,
                                      uint64_t            *entry);
void     pgs_page_counts_add_entry   (PgsPageCounts       *counts,
                                      uint64_t             entry,
                                      uint64_t             n_pages);
void     pgs_page_counts_add_span    (PgsPageCounts       *counts,
                                      const PgsPageSpan   *span,
                                      guint                from,
                                      guint                to);

/* Returns the entry of the page number @first_page + @i of the span; 0 where only
 * numbers are kept. */
static inline uint64_t
pgs_page_span_get_entry (const PgsPageSpan *span,
                         guint              i)
{
  if (span->entries != NULL)
    return span->entries[i];
  return span->groups == NULL ? span->run + (uint64_t) i * span->step : 0;
}

G_END_DECLS
