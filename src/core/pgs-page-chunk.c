/* pgs-page-chunk.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A chunk of the page store: some page-table pages' worth of populated pages.
 *
 * It holds spans: from one populated page to another within a block, as a run
 * (every entry is the one before plus a step of 1, as in a huge page, or of 0,
 * as where PFNs are hidden), as detail (the raw entries), or as groups, where only
 * the numbers of pages are kept.
 */

#include "config.h"

#include "pgs-page-chunk.h"

#include "pgs-page-chunk-private.h"

/**
 * pgs_page_chunk_ref:
 *
 * Returns: (transfer full): @self with one more reference
 */
PgsPageChunk *
pgs_page_chunk_ref (PgsPageChunk *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * pgs_page_chunk_unref:
 *
 * Drops a reference; the last one frees the chunk.
 */
void
pgs_page_chunk_unref (PgsPageChunk *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->ref_count))
    g_free (self);
}

/**
 * pgs_page_chunk_get_index:
 *
 * Returns: the page number of its first page, whether populated or not, divided by
 *   %PGS_PAGE_CHUNK_PAGES
 */
uint64_t
pgs_page_chunk_get_index (const PgsPageChunk *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->index;
}

/**
 * pgs_page_chunk_get_n_spans:
 *
 * Returns: how many spans it has, at least one
 */
guint
pgs_page_chunk_get_n_spans (const PgsPageChunk *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_spans;
}

/**
 * pgs_page_chunk_get_span:
 * @index: which one, less than pgs_page_chunk_get_n_spans()
 * @span: (out caller-allocates): the span, borrowed from the chunk
 *
 * Spans come in order of their pages.
 */
void
pgs_page_chunk_get_span (const PgsPageChunk *self,
                         guint               index,
                         PgsPageSpan        *span)
{
  const PgsStoredSpan *stored;

  g_return_if_fail (self != NULL && span != NULL);
  g_return_if_fail (index < self->n_spans);

  stored = &pgs_page_chunk_get_stored (self)[index];
  *span = (PgsPageSpan) {
    .first_page = self->index * PGS_PAGE_CHUNK_PAGES + stored->first,
    .n_pages = stored->n_pages,
    .bands = &self->bands,
  };
  if (stored->kind == PGS_SPAN_DETAIL)
    {
      span->entries = pgs_page_chunk_get_entries (self) + stored->value;
    }
  else if (stored->kind == PGS_SPAN_GROUPS)
    {
      span->groups = pgs_page_chunk_get_groups (self) + stored->value;
      span->n_groups = stored->n;
    }
  else
    {
      span->run = stored->value;
      span->step = stored->n;
    }
}

/**
 * pgs_page_chunk_find_span:
 * @page: a page number
 *
 * Returns: the index of the first span that ends behind @page: the one that
 *   holds it, or else the next; the number of spans when there is none
 */
guint
pgs_page_chunk_find_span (const PgsPageChunk *self,
                          uint64_t            page)
{
  uint64_t first_page;
  guint low = 0, high;

  g_return_val_if_fail (self != NULL, 0);

  first_page = self->index * PGS_PAGE_CHUNK_PAGES;
  high = self->n_spans;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const PgsStoredSpan *span = &pgs_page_chunk_get_stored (self)[middle];

      if (first_page + span->first + span->n_pages > page)
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

/**
 * pgs_page_chunk_has_detail:
 *
 * Returns: whether there are pages whose entries are kept one by one
 */
gboolean
pgs_page_chunk_has_detail (const PgsPageChunk *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->n_entries > 0;
}

/**
 * pgs_page_chunk_has_counted:
 *
 * Returns: whether there are pages of which only the numbers are kept
 */
gboolean
pgs_page_chunk_has_counted (const PgsPageChunk *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->n_groups > 0;
}

/**
 * pgs_page_chunk_get_counts:
 *
 * Returns: how many pages are in each state
 */
PgsPageCounts
pgs_page_chunk_get_counts (const PgsPageChunk *self)
{
  static const PgsPageCounts none;

  g_return_val_if_fail (self != NULL, none);

  return (PgsPageCounts) { self->n_present, self->n_swapped, self->n_guard, self->n_hidden };
}

/**
 * pgs_page_chunk_get_flags:
 *
 * Returns: bits 55 to 63 that are set in the entry of any of its pages
 */
uint64_t
pgs_page_chunk_get_flags (const PgsPageChunk *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return (uint64_t) self->flags << PGS_PAGE_CHUNK_FLAGS_SHIFT;
}

/* Whether all of the entries are of absent pages. */
static gboolean
are_absent (const uint64_t *entries,
            guint           n_entries)
{
  const uint64_t populated = PGS_PAGEMAP_PRESENT | PGS_PAGEMAP_SWAPPED | PGS_PAGEMAP_GUARD;
  uint64_t bits = 0;

  for (guint i = 0; i < n_entries; i++)
    bits |= entries[i];
  return (bits & populated) == 0;
}

/* Whether a span says the same as the entries, but for the marks. An absent page may
 * have other bits set. */
static gboolean
span_says (const PgsPageSpan *span,
           const uint64_t    *entries)
{
  if (span->groups != NULL)
    return FALSE;
  for (guint i = 0; i < span->n_pages; i++)
    {
      uint64_t entry = pgs_page_span_get_entry (span, i) & ~PGS_PAGEMAP_MARKS;

      if (entry != entries[i] && (entry != 0 || !are_absent (&entries[i], 1)))
        return FALSE;
    }
  return TRUE;
}

/**
 * pgs_page_chunk_says:
 * @entries: (array): an entry for each of %PGS_PAGE_CHUNK_PAGES pages, as read
 *
 * Returns: whether these are the chunk's, but for the marks
 */
gboolean
pgs_page_chunk_says (const PgsPageChunk *self,
                     const uint64_t     *entries)
{
  guint end = 0;

  g_return_val_if_fail (self != NULL && entries != NULL, FALSE);

  for (guint i = 0; i < self->n_spans; i++)
    {
      PgsPageSpan span;
      guint first;

      pgs_page_chunk_get_span (self, i, &span);
      first = (guint) (span.first_page % PGS_PAGE_CHUNK_PAGES);
      if (!are_absent (entries + end, first - end) || !span_says (&span, entries + first))
        return FALSE;
      end = first + span.n_pages;
    }
  return are_absent (entries + end, PGS_PAGE_CHUNK_PAGES - end);
}

/**
 * pgs_page_chunk_get_bytes:
 *
 * Returns: how much memory the chunk takes, in bytes
 */
gsize
pgs_page_chunk_get_bytes (const PgsPageChunk *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return sizeof *self + self->n_spans * sizeof (PgsStoredSpan) +
         self->n_entries * sizeof (uint64_t) + self->n_groups * sizeof (uint32_t);
}
