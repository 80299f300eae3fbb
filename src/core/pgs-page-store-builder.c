/* pgs-page-store-builder.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Makes a page store out of entries.
 *
 * Entries are gathered a block at a time, blocks a chunk at a time. Where a store
 * from before has the same chunk, that one is taken.
 *
 * A builder may be given a limit. Beyond it, chunks are reduced to how many pages of
 * which kind a block has, those of the lowest addresses first; what is to be kept,
 * because somebody looks at it, is not.
 */

#include "config.h"

#include "pgs-page-store-builder.h"

#include <string.h>

#include "pgs-page-draft.h"

typedef struct
{
  uint64_t first_page;
  uint64_t end_page;
} Range;

struct _PgsPageStoreBuilder
{
  guint          pages_per_block;
  uint64_t       next_page;
  uint64_t       block_first;   /* first page of what is in @block */
  guint          block_n;       /* entries in @block, absent ones between included */
  uint64_t      *block;
  PgsFrameBands  bands;
  PgsPageDraft  *draft;
  GPtrArray     *chunks;
  PgsPageStore  *previous;
  gsize          max_bytes;
  gsize          bytes;
  guint          reduced;       /* chunks before this one need not be looked at again */
  GArray        *kept;
};

/**
 * pgs_page_store_builder_new:
 * @pages_per_block: how many entries a page-table page has: the page size
 *   divided by 8, a power of two of at most %PGS_PAGE_CHUNK_PAGES
 *
 * Returns: (transfer full): a builder without any page
 */
PgsPageStoreBuilder *
pgs_page_store_builder_new (guint pages_per_block)
{
  PgsPageStoreBuilder *self;

  g_return_val_if_fail (pages_per_block > 0, NULL);
  g_return_val_if_fail (PGS_PAGE_CHUNK_PAGES % pages_per_block == 0, NULL);

  self = g_new0 (PgsPageStoreBuilder, 1);
  self->pages_per_block = pages_per_block;
  self->block = g_new (uint64_t, pages_per_block);
  self->max_bytes = G_MAXSIZE;
  pgs_frame_bands_init (&self->bands, 0);
  self->draft = pgs_page_draft_new (&self->bands);
  self->chunks = g_ptr_array_new_with_free_func ((GDestroyNotify) pgs_page_chunk_unref);
  self->kept = g_array_new (FALSE, FALSE, sizeof (Range));
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
  g_free (self->block);
  pgs_page_draft_free (self->draft);
  g_ptr_array_unref (self->chunks);
  g_clear_pointer (&self->previous, pgs_page_store_unref);
  g_array_unref (self->kept);
  g_free (self);
}

/**
 * pgs_page_store_builder_share:
 * @previous: (transfer none): a store that may say the same in many places
 *
 * Has the builder take over the chunks of @previous that are the same. Set what
 * the builder is limited to first.
 */
void
pgs_page_store_builder_share (PgsPageStoreBuilder *self,
                              PgsPageStore        *previous)
{
  g_return_if_fail (self != NULL && previous != NULL);

  g_clear_pointer (&self->previous, pgs_page_store_unref);
  self->previous = pgs_page_store_ref (previous);
}

/**
 * pgs_page_store_builder_limit:
 * @max_bytes: how much memory the store may take; what it holds without any detail
 *   it may take in any case
 * @ram_end: the PFN behind the last frame of RAM, or 0 when not known
 *
 * Limits the store. To be called before the first page is appended.
 */
void
pgs_page_store_builder_limit (PgsPageStoreBuilder *self,
                              gsize                max_bytes,
                              uint64_t             ram_end)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (self->chunks->len == 0 && pgs_page_draft_is_empty (self->draft));

  self->max_bytes = max_bytes;
  pgs_frame_bands_init (&self->bands, ram_end);
  pgs_page_draft_free (self->draft);
  self->draft = pgs_page_draft_new (&self->bands);
}

/**
 * pgs_page_store_builder_keep:
 * @first_page: a page number
 * @end_page: the page number behind the last one
 *
 * Has the builder keep the detail of these pages whatever the limit.
 */
void
pgs_page_store_builder_keep (PgsPageStoreBuilder *self,
                             uint64_t             first_page,
                             uint64_t             end_page)
{
  Range range = { first_page, end_page };

  g_return_if_fail (self != NULL);

  g_array_append_val (self->kept, range);
}

static gboolean
is_kept (const PgsPageStoreBuilder *self,
         uint64_t                   index)
{
  for (guint i = 0; i < self->kept->len; i++)
    {
      const Range *range = &g_array_index (self->kept, Range, i);

      if (range->first_page < (index + 1) * PGS_PAGE_CHUNK_PAGES &&
          range->end_page > index * PGS_PAGE_CHUNK_PAGES)
        return TRUE;
    }
  return FALSE;
}

static PgsPageChunk *
get_previous (const PgsPageStoreBuilder *self,
              uint64_t                   index)
{
  return self->previous != NULL ? pgs_page_store_look_up (self->previous, index) : NULL;
}

/* Reduces a chunk to the numbers of its pages. */
static void
reduce_chunk (PgsPageStoreBuilder *self,
              guint                i)
{
  PgsPageChunk *chunk = self->chunks->pdata[i];

  self->bytes -= pgs_page_chunk_get_bytes (chunk);
  pgs_page_draft_add_counted (self->draft, chunk);
  self->chunks->pdata[i] =
    pgs_page_draft_end (self->draft, get_previous (self, pgs_page_chunk_get_index (chunk)));
  self->bytes += pgs_page_chunk_get_bytes (self->chunks->pdata[i]);
  pgs_page_chunk_unref (chunk);
}

static void
keep_limit (PgsPageStoreBuilder *self)
{
  while (self->bytes > self->max_bytes && self->reduced < self->chunks->len)
    {
      PgsPageChunk *chunk = self->chunks->pdata[self->reduced];

      if (pgs_page_chunk_has_detail (chunk) && !is_kept (self, pgs_page_chunk_get_index (chunk)))
        reduce_chunk (self, self->reduced);
      self->reduced++;
    }
}

/* Adds a chunk, which it takes. */
static void
add_chunk (PgsPageStoreBuilder *self,
           PgsPageChunk        *chunk)
{
  guint i = pgs_page_store_find_in (self->chunks, pgs_page_chunk_get_index (chunk));

  self->bytes += pgs_page_chunk_get_bytes (chunk) + sizeof (gpointer);
  self->reduced = MIN (self->reduced, i);
  g_ptr_array_insert (self->chunks, (int) i, chunk);
  keep_limit (self);
}

static void
flush_block (PgsPageStoreBuilder *self)
{
  if (self->block_n > 0)
    pgs_page_draft_add (self->draft, self->block_first, self->block, self->block_n);
  self->block_n = 0;
}

static void
flush_chunk (PgsPageStoreBuilder *self)
{
  uint64_t index = (self->next_page - 1) / PGS_PAGE_CHUNK_PAGES;

  flush_block (self);
  if (pgs_page_draft_is_empty (self->draft))
    return;
  add_chunk (self, pgs_page_draft_end (self->draft, get_previous (self, index)));
}

/**
 * pgs_page_store_builder_take_chunk:
 * @chunk: (transfer full): a chunk of pages none of which was appended
 *
 * Adds the pages of a chunk, and ends the chunk of the page appended last.
 */
void
pgs_page_store_builder_take_chunk (PgsPageStoreBuilder *self,
                                   PgsPageChunk        *chunk)
{
  g_return_if_fail (self != NULL && chunk != NULL);

  flush_chunk (self);
  add_chunk (self, chunk);
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
 * @first_page: page number of the first page
 * @entries: an entry a page; those of absent pages are 0
 * @n_entries: how many pages
 *
 * Adds consecutive pages. Within a chunk pages come in ascending order; chunks may
 * come in any order, each once.
 */
void
pgs_page_store_builder_append (PgsPageStoreBuilder *self,
                               uint64_t             first_page,
                               const uint64_t      *entries,
                               gsize                n_entries)
{
  g_return_if_fail (self != NULL);

  while (n_entries > 0)
    {
      guint in_block = self->pages_per_block - (guint) (first_page % self->pages_per_block);
      guint n = (guint) MIN (in_block, n_entries);
      uint64_t page = first_page;
      const uint64_t *populated = entries;
      guint n_populated = n;

      if (self->next_page > 0 &&
          (self->next_page - 1) / PGS_PAGE_CHUNK_PAGES != first_page / PGS_PAGE_CHUNK_PAGES)
        flush_chunk (self);
      trim_absent (&page, &populated, &n_populated);
      if (n_populated > 0)
        append_to_block (self, page, populated, n_populated);
      first_page += n;
      entries += n;
      n_entries -= n;
      self->next_page = first_page;
    }
}

/**
 * pgs_page_store_builder_cut:
 *
 * Has no span reach from the pages appended so far to those that follow.
 */
void
pgs_page_store_builder_cut (PgsPageStoreBuilder *self)
{
  g_return_if_fail (self != NULL);

  flush_block (self);
}

static gpointer
ref_chunk (gconstpointer chunk,
           gpointer      user_data)
{
  return pgs_page_chunk_ref ((PgsPageChunk *) chunk);
}

/**
 * pgs_page_store_builder_get_store:
 *
 * Ends the chunk of the page appended last: no more of its pages may come.
 *
 * Returns: (transfer full): a store of the pages appended so far
 */
PgsPageStore *
pgs_page_store_builder_get_store (PgsPageStoreBuilder *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  flush_chunk (self);
  return pgs_page_store_new (g_ptr_array_copy (self->chunks, ref_chunk, NULL));
}

/**
 * pgs_page_store_builder_end:
 * @self: (transfer full): a builder, freed by the call
 *
 * Returns: (transfer full): a store of all pages appended; the one that the builder
 *   shares chunks with, where that says the same
 */
PgsPageStore *
pgs_page_store_builder_end (PgsPageStoreBuilder *self)
{
  PgsPageStore *store;

  g_return_val_if_fail (self != NULL, NULL);

  flush_chunk (self);
  if (self->previous != NULL && pgs_page_store_consists_of (self->previous, self->chunks))
    store = pgs_page_store_ref (self->previous);
  else
    store = pgs_page_store_new (g_ptr_array_ref (self->chunks));
  pgs_page_store_builder_free (self);
  return store;
}
