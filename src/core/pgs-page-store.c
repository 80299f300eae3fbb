/* pgs-page-store.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The page store: the populated pages of an address space, in the shape of the
 * page table itself.
 *
 * Pages fall into blocks of one page-table page each. A block whose pages are
 * all absent is not stored. What is stored of a block is a span: from its first
 * populated page to its last, either as a run (every entry is the one before
 * plus a step of 1, as in a huge page, or of 0, as where PFNs are hidden) or as
 * detail, the raw entries in one common array. So address space that is only
 * reserved costs nothing, a huge page costs one span, and a scattered page
 * costs its eight bytes.
 *
 * A span is 24 bytes and the spans are sorted, so looking up a page is a binary
 * search. A tree of the table's levels was tried on paper and rejected: it
 * saves some steps of the search and costs a pointer a level.
 */

#include "config.h"

#include "pgs-page-store.h"

#include <string.h>

typedef struct
{
  uint64_t first_page;
  uint64_t value;      /* the run's first entry, or where the detail starts */
  uint32_t n_pages;
  uint16_t step;
  uint16_t is_detail;
} Span;

struct _PgsPageStore
{
  gatomicrefcount  ref_count;
  GArray          *spans;
  GArray          *entries;
};

struct _PgsPageStoreBuilder
{
  guint     pages_per_block;
  uint64_t  next_page;
  uint64_t  block_first;   /* first page of what is in @block */
  guint     block_n;       /* entries in @block, absent ones between included */
  uint64_t *block;
  GArray   *spans;
  GArray   *entries;
};

/**
 * pgs_page_store_builder_new:
 * @pages_per_block: how many entries a page-table page has: the page size
 *   divided by 8
 *
 * Returns: (transfer full): a builder without any page
 */
PgsPageStoreBuilder *
pgs_page_store_builder_new (guint pages_per_block)
{
  PgsPageStoreBuilder *self;

  g_return_val_if_fail (pages_per_block > 0, NULL);

  self = g_new0 (PgsPageStoreBuilder, 1);
  self->pages_per_block = pages_per_block;
  self->block = g_new (uint64_t, pages_per_block);
  self->spans = g_array_new (FALSE, FALSE, sizeof (Span));
  self->entries = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  return self;
}

/**
 * pgs_page_store_builder_free:
 *
 * Frees the builder and the pages appended to it.
 */
void
pgs_page_store_builder_free (PgsPageStoreBuilder *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->spans, g_array_unref);
  g_clear_pointer (&self->entries, g_array_unref);
  g_free (self->block);
  g_free (self);
}

static gboolean
find_step (const uint64_t *entries,
           guint           n,
           uint64_t       *step)
{
  uint64_t first_step = n > 1 ? entries[1] - entries[0] : 0;

  if (first_step > 1)
    return FALSE;
  for (guint i = 2; i < n; i++)
    if (entries[i] - entries[i - 1] != first_step)
      return FALSE;
  *step = first_step;
  return TRUE;
}

static void
flush_block (PgsPageStoreBuilder *self)
{
  Span span = { self->block_first, 0, self->block_n, 0, FALSE };
  uint64_t step;

  if (self->block_n == 0)
    return;
  if (find_step (self->block, self->block_n, &step))
    {
      span.value = self->block[0];
      span.step = (uint16_t) step;
    }
  else
    {
      span.value = self->entries->len;
      span.is_detail = TRUE;
      g_array_append_vals (self->entries, self->block, self->block_n);
    }
  g_array_append_val (self->spans, span);
  self->block_n = 0;
}

/* Adds populated pages that all lie in one block. */
static void
append_to_block (PgsPageStoreBuilder *self,
                 uint64_t             first_page,
                 const uint64_t      *entries,
                 guint                n)
{
  uint64_t block = first_page / self->pages_per_block;

  if (self->block_n > 0 && self->block_first / self->pages_per_block != block)
    flush_block (self);
  if (self->block_n == 0)
    {
      self->block_first = first_page;
    }
  else
    {
      guint gap = (guint) (first_page - (self->block_first + self->block_n));

      memset (self->block + self->block_n, 0, gap * sizeof (uint64_t));
      self->block_n += gap;
    }
  memcpy (self->block + self->block_n, entries, n * sizeof (uint64_t));
  self->block_n += n;
}

/* Removes absent pages from both ends. */
static void
trim_absent (uint64_t        *first_page,
             const uint64_t **entries,
             guint           *n)
{
  while (*n > 0 && (*entries)[0] == 0)
    {
      (*first_page)++;
      (*entries)++;
      (*n)--;
    }
  while (*n > 0 && (*entries)[*n - 1] == 0)
    (*n)--;
}

/**
 * pgs_page_store_builder_append:
 * @first_page: page number of the first page; behind every page appended so far
 * @entries: an entry a page; those of absent pages are 0
 * @n_entries: how many pages
 *
 * Adds consecutive pages.
 */
void
pgs_page_store_builder_append (PgsPageStoreBuilder *self,
                               uint64_t             first_page,
                               const uint64_t      *entries,
                               gsize                n_entries)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (first_page >= self->next_page);

  self->next_page = first_page + n_entries;
  while (n_entries > 0)
    {
      guint in_block = self->pages_per_block - (guint) (first_page % self->pages_per_block);
      guint n = (guint) MIN (in_block, n_entries);
      uint64_t page = first_page;
      const uint64_t *populated = entries;
      guint n_populated = n;

      trim_absent (&page, &populated, &n_populated);
      if (n_populated > 0)
        append_to_block (self, page, populated, n_populated);
      first_page += n;
      entries += n;
      n_entries -= n;
    }
}

/**
 * pgs_page_store_builder_end:
 * @self: (transfer full): a builder, freed by the call
 *
 * Returns: (transfer full): a store of all pages appended
 */
PgsPageStore *
pgs_page_store_builder_end (PgsPageStoreBuilder *self)
{
  PgsPageStore *store;

  g_return_val_if_fail (self != NULL, NULL);

  flush_block (self);
  store = g_new0 (PgsPageStore, 1);
  g_atomic_ref_count_init (&store->ref_count);
  store->spans = g_steal_pointer (&self->spans);
  store->entries = g_steal_pointer (&self->entries);
  pgs_page_store_builder_free (self);
  return store;
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
  g_array_unref (self->spans);
  g_array_unref (self->entries);
  g_free (self);
}

/**
 * pgs_page_store_get_n_spans:
 *
 * Returns: how many spans are stored
 */
guint
pgs_page_store_get_n_spans (const PgsPageStore *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->spans->len;
}

/**
 * pgs_page_store_get_span:
 * @index: which one, less than pgs_page_store_get_n_spans()
 * @span: (out caller-allocates): the span, borrowed from the store
 *
 * Spans come in order of their pages.
 */
void
pgs_page_store_get_span (const PgsPageStore *self,
                         guint               index,
                         PgsPageSpan        *span)
{
  const Span *stored;

  g_return_if_fail (self != NULL && span != NULL);
  g_return_if_fail (index < self->spans->len);

  stored = &g_array_index (self->spans, Span, index);
  span->first_page = stored->first_page;
  span->n_pages = stored->n_pages;
  span->step = stored->step;
  span->run = stored->is_detail ? 0 : stored->value;
  span->entries = stored->is_detail
    ? &g_array_index (self->entries, uint64_t, stored->value) : NULL;
}

/**
 * pgs_page_store_find_span:
 * @page: a page number
 *
 * Returns: the index of the first span that ends behind @page: the one that
 *   holds it, or else the next; the number of spans when there is none
 */
guint
pgs_page_store_find_span (const PgsPageStore *self,
                          uint64_t            page)
{
  guint low = 0, high;

  g_return_val_if_fail (self != NULL, 0);

  high = self->spans->len;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const Span *span = &g_array_index (self->spans, Span, middle);

      if (span->first_page + span->n_pages > page)
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

/**
 * pgs_page_store_get_entry:
 * @page: a page number
 *
 * Returns: the entry of the page; 0 when it is absent
 */
uint64_t
pgs_page_store_get_entry (const PgsPageStore *self,
                          uint64_t            page)
{
  guint index = pgs_page_store_find_span (self, page);
  PgsPageSpan span;

  if (index >= self->spans->len)
    return 0;
  pgs_page_store_get_span (self, index, &span);
  return page < span.first_page ? 0
                                : pgs_page_span_get_entry (&span, (guint) (page - span.first_page));
}

/**
 * pgs_page_store_get_bytes:
 *
 * Returns: how much memory the stored pages take, in bytes
 */
gsize
pgs_page_store_get_bytes (const PgsPageStore *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return sizeof *self + self->spans->len * sizeof (Span) +
         self->entries->len * sizeof (uint64_t);
}
