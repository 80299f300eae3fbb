/* pgs-page-store.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The page store: the populated pages of an address space, in the shape of the
 * page table itself.
 *
 * Pages fall into blocks of one page-table page each, and blocks into chunks of
 * %PGS_PAGE_CHUNK_PAGES. A block whose pages are all absent is not stored. What is
 * stored of a block is a span, from its first populated page to its last; a span
 * also ends where the builder is told to cut, which is where a mapping does. So
 * address space that is only reserved costs nothing, a huge page costs one span,
 * and a scattered page costs its eight bytes.
 *
 * Chunks are sorted, so looking up a page is two binary searches. A tree of the
 * table's levels was tried on paper and rejected: it saves some steps of the
 * search and costs a pointer a level. One array for all entries was simpler than
 * chunks, but a page that changed then cost a copy of all others.
 */

#include "config.h"

#include "pgs-page-store.h"

#include <string.h>

struct _PgsPageStore
{
  gatomicrefcount  ref_count;
  GPtrArray       *chunks;
};

/**
 * pgs_page_store_find_in:
 * @chunks: (element-type PgsPageChunk): chunks in order of their pages
 * @index: the index of a chunk
 *
 * Returns: where among @chunks the chunk of that index is, or else the next; how
 *   many there are when there is none
 */
guint
pgs_page_store_find_in (const GPtrArray *chunks,
                        uint64_t         index)
{
  guint low = 0, high = chunks->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (pgs_page_chunk_get_index (chunks->pdata[middle]) >= index)
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

/**
 * pgs_page_store_new:
 * @chunks: (transfer full) (element-type PgsPageChunk): chunks in order of their
 *   pages, an array that frees them
 *
 * Returns: (transfer full): a store of these chunks
 */
PgsPageStore *
pgs_page_store_new (GPtrArray *chunks)
{
  PgsPageStore *self;

  g_return_val_if_fail (chunks != NULL, NULL);

  self = g_new0 (PgsPageStore, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->chunks = chunks;
  return self;
}

/**
 * pgs_page_store_ref:
 *
 * Returns: (transfer full): @self with one more reference
 */
PgsPageStore *
pgs_page_store_ref (PgsPageStore *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * pgs_page_store_unref:
 *
 * Drops a reference; the last one frees the pages.
 */
void
pgs_page_store_unref (PgsPageStore *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->chunks);
  g_free (self);
}

/**
 * pgs_page_store_get_n_chunks:
 *
 * Returns: how many chunks are stored
 */
guint
pgs_page_store_get_n_chunks (const PgsPageStore *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->chunks->len;
}

/**
 * pgs_page_store_get_chunk:
 * @index: which one, less than pgs_page_store_get_n_chunks()
 *
 * Returns: (transfer none): the chunk; they come in order of their pages
 */
PgsPageChunk *
pgs_page_store_get_chunk (const PgsPageStore *self,
                          guint               index)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (index < self->chunks->len, NULL);

  return self->chunks->pdata[index];
}

/**
 * pgs_page_store_find_chunk:
 * @page: a page number
 *
 * Returns: the index of the first chunk that ends behind @page; the number of
 *   chunks when there is none
 */
guint
pgs_page_store_find_chunk (const PgsPageStore *self,
                           uint64_t            page)
{
  g_return_val_if_fail (self != NULL, 0);

  return pgs_page_store_find_in (self->chunks, page / PGS_PAGE_CHUNK_PAGES);
}

/**
 * pgs_page_store_look_up:
 * @index: the index of a chunk
 *
 * Returns: (transfer none) (nullable): the chunk of that index
 */
PgsPageChunk *
pgs_page_store_look_up (const PgsPageStore *self,
                        uint64_t            index)
{
  guint i;

  g_return_val_if_fail (self != NULL, NULL);

  i = pgs_page_store_find_in (self->chunks, index);
  return i < self->chunks->len && pgs_page_chunk_get_index (self->chunks->pdata[i]) == index
    ? self->chunks->pdata[i] : NULL;
}

/**
 * pgs_page_store_consists_of:
 * @chunks: (element-type PgsPageChunk): chunks
 *
 * Returns: whether these very chunks are the store's
 */
gboolean
pgs_page_store_consists_of (const PgsPageStore *self,
                            const GPtrArray    *chunks)
{
  g_return_val_if_fail (self != NULL && chunks != NULL, FALSE);

  return self->chunks->len == chunks->len &&
         (chunks->len == 0 ||
          memcmp (self->chunks->pdata, chunks->pdata, chunks->len * sizeof (gpointer)) == 0);
}

/**
 * pgs_page_store_iter_init:
 * @iter: (out caller-allocates): what goes through the spans
 * @page: a page number
 *
 * Has @iter begin with the first span that ends behind @page: the one that holds
 * it, or else the next.
 */
void
pgs_page_store_iter_init (PgsPageStoreIter   *iter,
                          const PgsPageStore *store,
                          uint64_t            page)
{
  g_return_if_fail (iter != NULL && store != NULL);

  iter->store = store;
  iter->chunk = pgs_page_store_find_chunk (store, page);
  iter->span = iter->chunk < store->chunks->len
    ? pgs_page_chunk_find_span (store->chunks->pdata[iter->chunk], page) : 0;
}

/**
 * pgs_page_store_iter_next:
 * @span: (out caller-allocates): the span, borrowed from the store
 *
 * Returns: whether there was one more span
 */
gboolean
pgs_page_store_iter_next (PgsPageStoreIter *iter,
                          PgsPageSpan      *span)
{
  g_return_val_if_fail (iter != NULL && span != NULL, FALSE);

  while (iter->chunk < iter->store->chunks->len)
    {
      const PgsPageChunk *chunk = iter->store->chunks->pdata[iter->chunk];

      if (iter->span < pgs_page_chunk_get_n_spans (chunk))
        {
          pgs_page_chunk_get_span (chunk, iter->span++, span);
          return TRUE;
        }
      iter->chunk++;
      iter->span = 0;
    }
  return FALSE;
}

/**
 * pgs_page_store_get_entry:
 * @page: a page number
 *
 * Returns: the entry of the page; 0 when it is absent, and where there is no detail
 */
uint64_t
pgs_page_store_get_entry (const PgsPageStore *self,
                          uint64_t            page)
{
  PgsPageStoreIter iter;
  PgsPageSpan span;

  g_return_val_if_fail (self != NULL, 0);

  pgs_page_store_iter_init (&iter, self, page);
  if (!pgs_page_store_iter_next (&iter, &span) || page < span.first_page)
    return 0;
  return pgs_page_span_get_entry (&span, (guint) (page - span.first_page));
}

/**
 * pgs_page_store_has_detail:
 * @first_page: a page number
 * @end_page: the page number behind the last one
 *
 * Returns: whether the entry of every page of the range is known, rather than only
 *   how many pages of which kind there are
 */
gboolean
pgs_page_store_has_detail (const PgsPageStore *self,
                           uint64_t            first_page,
                           uint64_t            end_page)
{
  PgsPageStoreIter iter;
  PgsPageSpan span;

  g_return_val_if_fail (self != NULL, FALSE);

  pgs_page_store_iter_init (&iter, self, first_page);
  while (pgs_page_store_iter_next (&iter, &span) && span.first_page < end_page)
    if (span.groups != NULL)
      return FALSE;
  return TRUE;
}

/**
 * pgs_page_store_get_bytes:
 *
 * Returns: how much memory the stored pages take, in bytes
 */
gsize
pgs_page_store_get_bytes (const PgsPageStore *self)
{
  gsize bytes;

  g_return_val_if_fail (self != NULL, 0);

  bytes = sizeof *self + self->chunks->len * sizeof (gpointer);
  for (guint i = 0; i < self->chunks->len; i++)
    bytes += pgs_page_chunk_get_bytes (self->chunks->pdata[i]);
  return bytes;
}
