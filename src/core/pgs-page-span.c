/* pgs-page-span.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Consecutive pages: one by one, as a run, or in groups.
 *
 * A group is of pages that no color mode and no total tells apart. It takes four
 * bytes, however many they are, so that pages for whose entries no memory is left
 * can still be drawn and summed up exactly, a block at a time:
 *
 *   bits 0-13   how many pages: a block has 8192 at most
 *   bits 14-18  the band of RAM that their frames lie in
 *   bits 19-27  bits 55-63 of their entries
 *   bit 28      whether the kernel hides where they lie
 */

#include "config.h"

#include "pgs-page-span.h"

#define FLAGS_SHIFT 55
#define COUNT_BITS  14
#define BAND_BITS   5
#define COUNT_MASK  ((1u << COUNT_BITS) - 1)
#define BAND_MASK   ((1u << BAND_BITS) - 1)
#define FLAGS_MASK  0x1ffu
#define HIDDEN_KEY  (PGS_PAGE_GROUP_N_KEYS / 2)

G_STATIC_ASSERT (PGS_PAGE_SPAN_MAX <= COUNT_MASK);
G_STATIC_ASSERT (PGS_FRAME_BANDS <= BAND_MASK + 1);
G_STATIC_ASSERT (((FLAGS_MASK << BAND_BITS) | BAND_MASK) < HIDDEN_KEY);

/**
 * pgs_page_group_get_key:
 * @bands: what groups tell frames apart by
 * @entry: the entry of a populated page
 *
 * Returns: a number below %PGS_PAGE_GROUP_N_KEYS: that of the group the page is in
 */
guint
pgs_page_group_get_key (const PgsFrameBands *bands,
                        uint64_t             entry)
{
  guint key = (guint) (entry >> FLAGS_SHIFT) << BAND_BITS;

  if (pgs_pagemap_entry_is_hidden (entry))
    return key | HIDDEN_KEY;
  if (pgs_pagemap_entry_is_present (entry))
    return key | pgs_frame_bands_find (bands, pgs_pagemap_entry_get_pfn (entry));
  return key;
}

/**
 * pgs_page_group_pack:
 * @key: which pages they are
 * @n_pages: how many, at most those of a block
 *
 * Returns: the group
 */
uint32_t
pgs_page_group_pack (guint key,
                     guint n_pages)
{
  g_return_val_if_fail (key < PGS_PAGE_GROUP_N_KEYS, 0);
  g_return_val_if_fail (n_pages <= PGS_PAGE_SPAN_MAX, 0);

  return key << COUNT_BITS | n_pages;
}

/* Returns an entry that has the key. */
static uint64_t
get_sample (const PgsFrameBands *bands,
            guint                key)
{
  uint64_t entry = (uint64_t) (key >> BAND_BITS & FLAGS_MASK) << FLAGS_SHIFT;

  if (key & HIDDEN_KEY)
    return entry;
  if (pgs_pagemap_entry_is_present (entry))
    return entry | pgs_frame_bands_get_first (bands, key & BAND_MASK);
  return entry | UINT64_C (1) << PGS_PAGEMAP_SWAP_TYPE_BITS;
}

/**
 * pgs_page_span_get_group:
 * @span: a span that has groups
 * @index: which group, less than the span's @n_groups
 * @entry: (out): an entry like those of the group, but for the frame, which is
 *   any in the same band, and the swap slot, which is any
 *
 * Returns: how many pages the group has
 */
guint
pgs_page_span_get_group (const PgsPageSpan *span,
                         guint              index,
                         uint64_t          *entry)
{
  uint32_t group;

  g_return_val_if_fail (span != NULL && entry != NULL, 0);
  g_return_val_if_fail (index < span->n_groups, 0);

  group = span->groups[index];
  *entry = get_sample (span->bands, group >> COUNT_BITS);
  return group & COUNT_MASK;
}

/* Counts */

/**
 * pgs_page_counts_add_entry:
 * @entry: an entry
 * @n_pages: how many pages have one like it
 *
 * Adds the pages to what they count as; absent ones to nothing.
 */
void
pgs_page_counts_add_entry (PgsPageCounts *counts,
                           uint64_t       entry,
                           uint64_t       n_pages)
{
  switch (pgs_pagemap_entry_get_state (entry))
    {
    case PGS_PAGE_PRESENT:
      counts->present += n_pages;
      break;
    case PGS_PAGE_SWAPPED:
      counts->swapped += n_pages;
      break;
    case PGS_PAGE_GUARD:
      counts->guard += n_pages;
      break;
    case PGS_PAGE_ABSENT:
      return;
    default:
      g_assert_not_reached ();
    }
  if (pgs_pagemap_entry_is_hidden (entry))
    counts->hidden += n_pages;
}

/* Most pages are present, and their frame is told: those are counted without a branch. */
static void
add_entries (PgsPageCounts  *counts,
             const uint64_t *entries,
             guint           n_entries)
{
  uint64_t n_plain = 0;

  for (guint i = 0; i < n_entries; i++)
    {
      gboolean is_plain = (entries[i] & PGS_PAGEMAP_PRESENT) != 0 &&
                          (entries[i] & PGS_PAGEMAP_PFN_MASK) != 0;

      n_plain += (uint64_t) is_plain;
      if (!is_plain && entries[i] != 0)
        pgs_page_counts_add_entry (counts, entries[i], 1);
    }
  counts->present += n_plain;
}

/**
 * pgs_page_counts_add_span:
 * @span: a span
 * @from: its first page to count, counted from the first of the span
 * @to: the page behind the last one
 *
 * Adds pages of a span. A span that has groups is counted as a whole.
 */
void
pgs_page_counts_add_span (PgsPageCounts     *counts,
                          const PgsPageSpan *span,
                          guint              from,
                          guint              to)
{
  g_return_if_fail (counts != NULL && span != NULL);
  g_return_if_fail (from <= to && to <= span->n_pages);

  if (span->entries != NULL)
    {
      add_entries (counts, span->entries + from, to - from);
      return;
    }
  if (span->groups == NULL)
    pgs_page_counts_add_entry (counts, span->run, to - from);
  for (guint i = 0; i < span->n_groups; i++)
    {
      uint64_t entry;
      guint n_pages = pgs_page_span_get_group (span, i, &entry);

      pgs_page_counts_add_entry (counts, entry, n_pages);
    }
}
