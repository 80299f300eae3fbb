/* pgs-made-pages.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "pgs-made-pages.h"

#include <string.h>

#include "core/pgs-page-store-builder.h"

#define PRESENT  (UINT64_C (1) << 63)
#define PFN_MASK ((UINT64_C (1) << 55) - 1)

/**
 * pgs_made_pages_new:
 * @maps: the text of maps
 * @first_page: the number of the first page
 * @entries: the entry of each page
 * @n_pages: how many
 * @ram_end: the PFN behind the last frame
 *
 * Returns: (transfer full): the pages
 */
PgsMadePages *
pgs_made_pages_new (const char     *maps,
                    uint64_t        first_page,
                    const uint64_t *entries,
                    uint64_t        n_pages,
                    uint64_t        ram_end)
{
  g_autoptr(PgsMaps) parsed = pgs_maps_parse (maps, strlen (maps), PGS_MADE_PAGES_SIZE, NULL);
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (512);
  g_autoptr(PgsPageStore) store = NULL;
  PgsMadePages *self = g_new0 (PgsMadePages, 1);

  pgs_page_store_builder_append (builder, first_page, entries, n_pages);
  store = pgs_page_store_builder_end (builder);
  self->first_page = first_page;
  self->n_pages = n_pages;
  self->entries = g_memdup2 (entries, n_pages * sizeof *entries);
  self->snapshot = pgs_snapshot_new (parsed, store, PGS_MADE_PAGES_SIZE, ram_end, NULL);
  return self;
}

/**
 * pgs_made_pages_set_words:
 * @words: a frame word for each page
 *
 * Has the snapshot know of the frames. The first page begins a chunk.
 */
void
pgs_made_pages_set_words (PgsMadePages   *self,
                          const uint32_t *words)
{
  GPtrArray *blocks =
    g_ptr_array_new_with_free_func ((GDestroyNotify) pgs_frame_block_unref);
  g_autoptr(PgsFrameStore) frames = NULL;
  g_autoptr(PgsSnapshot) bare = self->snapshot;

  g_assert (self->first_page % PGS_PAGE_CHUNK_PAGES == 0 &&
            self->n_pages % PGS_PAGE_CHUNK_PAGES == 0);
  for (uint64_t i = 0; i < self->n_pages; i += PGS_PAGE_CHUNK_PAGES)
    g_ptr_array_add (blocks,
                     pgs_frame_block_new ((self->first_page + i) / PGS_PAGE_CHUNK_PAGES,
                                          words + i, NULL));
  frames = pgs_frame_store_new (blocks, NULL);
  self->words = g_memdup2 (words, self->n_pages * sizeof *words);
  self->snapshot = pgs_snapshot_new_with_frames (bare, frames);
}

/**
 * pgs_made_pages_free:
 */
void
pgs_made_pages_free (PgsMadePages *self)
{
  g_free (self->entries);
  g_free (self->words);
  pgs_snapshot_unref (self->snapshot);
  g_free (self);
}

/**
 * pgs_made_pages_classify:
 * @mode: a color mode
 * @page: a page number
 * @pfn: (out): its frame
 * @class: (out): its class
 *
 * Returns: whether the page is mapped and its frame is known
 */
gboolean
pgs_made_pages_classify (const PgsMadePages *self,
                         const PgsColorMode *mode,
                         uint64_t            page,
                         uint64_t           *pfn,
                         guint              *class)
{
  const PgsMaps *maps = pgs_snapshot_get_maps (self->snapshot);
  PgsPage seen = { NULL, 0, PGS_FRAME_WORD_UNKNOWN };
  guint mapping;

  if (page < self->first_page || page >= self->first_page + self->n_pages ||
      !pgs_maps_find (maps, page * PGS_MADE_PAGES_SIZE, &mapping))
    return FALSE;
  seen.mapping = pgs_maps_get_mapping (maps, mapping);
  seen.entry = self->entries[page - self->first_page];
  if (self->words != NULL)
    seen.frame = self->words[page - self->first_page];
  if ((seen.entry & PRESENT) == 0 || (seen.entry & PFN_MASK) == 0)
    return FALSE;
  *pfn = seen.entry & PFN_MASK;
  *class = mode->classify (self->snapshot, &seen);
  return TRUE;
}
