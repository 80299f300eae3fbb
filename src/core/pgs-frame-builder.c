/* pgs-frame-builder.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Adds to a snapshot what the kernel knows of the frames of its pages.
 *
 * Frames are read for many pages at a time, whatever lies between them, as long as it is
 * not much: frames that are near one another belong to pages that are not. When that is
 * done the entries of the pages are read once more. A page that has another frame by
 * then, or another count of mappings, is one of which nothing is known: what was read may
 * be of a frame that was another process' by then.
 *
 * Nothing is read of pages of which only the numbers are kept.
 */

#include "config.h"

#include "pgs-frame-builder.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pgs-process.h"

/* How many pages are read at a time: as many as stay in the cache where most frames are
 * near the one before, and otherwise so many that some are near one another after all. It
 * takes some 60 bytes for each while that goes on. */
#define FEW_PAGES   (1u << 14)
#define BATCH_PAGES (1u << 19)
/* How many pages without a frame may be among them. */
#define MAX_GAP     512u
#define NEAR_FRAMES 16u

/* What of an entry has to stay the same. */
#define FRAME_BITS  (PGS_PAGEMAP_PRESENT | PGS_PAGEMAP_EXCLUSIVE | PGS_PAGEMAP_PFN_MASK)

typedef struct
{
  PgsSource     *source;
  GCancellable  *cancellable;
  uint64_t       page_size;
  PgsFrameStore *previous;

  uint64_t       first_page;  /* of the batch */
  GArray        *entries;     /* of the batch */
  GArray        *again;       /* the same, later */
  GArray        *frames;
  uint64_t       last_pfn;
  guint          n_near;      /* pages whose frame is near the one before */

  uint64_t       index;       /* of the chunk being filled */
  gboolean       is_filled;   /* any of it */
  uint32_t      *words;
  GPtrArray     *blocks;
} Build;

static const uint64_t *
get_entries (const GArray *entries)
{
  return (const uint64_t *) (gpointer) entries->data;
}

/* Ends the block of a chunk. */
static void
flush_block (Build *build)
{
  PgsFrameBlock *like, *block;

  if (!build->is_filled)
    return;
  like = build->previous != NULL
    ? pgs_frame_store_look_up (build->previous, build->index) : NULL;
  block = pgs_frame_block_new (build->index, build->words, like);
  if (block != NULL)
    g_ptr_array_add (build->blocks, block);
  memset (build->words, 0, PGS_PAGE_CHUNK_PAGES * sizeof *build->words);
  build->is_filled = FALSE;
}

/* Keeps the words of the batch. */
static void
keep_frames (Build *build)
{
  const uint64_t *before = get_entries (build->entries);
  const uint64_t *after = get_entries (build->again);
  const PgsFrame *frames = (const PgsFrame *) (gpointer) build->frames->data;

  for (guint i = 0; i < build->entries->len; i++)
    {
      uint64_t page = build->first_page + i;

      if (page / PGS_PAGE_CHUNK_PAGES != build->index)
        flush_block (build);
      build->index = page / PGS_PAGE_CHUNK_PAGES;
      build->is_filled = TRUE;
      if (((before[i] ^ after[i]) & FRAME_BITS) == 0)
        build->words[page % PGS_PAGE_CHUNK_PAGES] = pgs_frame_pack (&frames[i]);
    }
}

/* Reads the frames of the batch. */
static gboolean
read_frames (Build   *build,
             GError **error)
{
  guint n = build->entries->len;
  gssize n_read = 0;

  g_array_set_size (build->frames, n);
  for (guint i = 0; i < n; i += (guint) n_read)
    {
      n_read = pgs_source_read_frames (build->source,
                                       (build->first_page + i) * build->page_size,
                                       get_entries (build->entries) + i, n - i,
                                       &g_array_index (build->frames, PgsFrame, i), error);
      if (n_read < 0)
        return FALSE;
      if (n_read == 0)
        {
          memset (&g_array_index (build->frames, PgsFrame, i), 0, (n - i) * sizeof (PgsFrame));
          return TRUE;
        }
    }
  return TRUE;
}

/* Reads the entries of the batch again. */
static gboolean
read_entries (Build   *build,
              GError **error)
{
  guint n = build->entries->len;
  gssize n_read = 0;

  g_array_set_size (build->again, n);
  for (guint i = 0; i < n; i += (guint) n_read)
    {
      n_read = pgs_source_read_entries (build->source,
                                        (build->first_page + i) * build->page_size,
                                        &g_array_index (build->again, uint64_t, i), n - i,
                                        error);
      if (n_read < 0)
        return FALSE;
      if (n_read == 0)
        {
          g_set_error (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_FOUND,
                       _("The process ended before its frames could be read."));
          return FALSE;
        }
    }
  return TRUE;
}

/* Reads what there is to know of the batch, and begins another. */
static gboolean
flush_batch (Build   *build,
             GError **error)
{
  if (build->entries->len == 0)
    return TRUE;
  if (g_cancellable_set_error_if_cancelled (build->cancellable, error) ||
      !read_frames (build, error) || !read_entries (build, error))
    return FALSE;
  keep_frames (build);
  g_array_set_size (build->entries, 0);
  build->n_near = 0;
  return TRUE;
}

static void
append_entries (Build             *build,
                const PgsPageSpan *span)
{
  guint gap = (guint) (span->first_page - build->first_page) - build->entries->len;
  guint first = build->entries->len + gap;
  uint64_t *entries;

  g_array_set_size (build->entries, first + span->n_pages);
  entries = &g_array_index (build->entries, uint64_t, first);
  memset (entries - gap, 0, gap * sizeof *entries);
  for (guint i = 0; i < span->n_pages; i++)
    {
      uint64_t pfn;

      entries[i] = pgs_page_span_get_entry (span, i) & ~PGS_PAGEMAP_MARKS;
      pfn = entries[i] & PGS_PAGEMAP_PFN_MASK;
      build->n_near += pfn - build->last_pfn + NEAR_FRAMES <= 2 * NEAR_FRAMES;
      build->last_pfn = pfn;
    }
}

/* Whether more pages in the batch would help to read it. */
static gboolean
gains_by_more (const Build *build)
{
  guint n = build->entries->len;

  return n < FEW_PAGES || (n < BATCH_PAGES && build->n_near < n - n / 4);
}

/* Adds a span to the batch, or to the next where that one is full or ends far before. */
static gboolean
add_span (Build              *build,
          const PgsPageSpan  *span,
          GError            **error)
{
  guint n = build->entries->len;

  if (n > 0 && (span->first_page - build->first_page - n > MAX_GAP ||
                !gains_by_more (build)) &&
      !flush_batch (build, error))
    return FALSE;
  if (build->entries->len == 0)
    build->first_page = span->first_page;
  append_entries (build, span);
  return TRUE;
}

static gboolean
add_spans (Build               *build,
           const PgsPageStore  *store,
           GError             **error)
{
  PgsPageStoreIter iter;
  PgsPageSpan span;

  pgs_page_store_iter_init (&iter, store, 0);
  while (pgs_page_store_iter_next (&iter, &span))
    if (span.groups == NULL && !add_span (build, &span, error))
      return FALSE;
  return flush_batch (build, error);
}

static PgsFrameStore *
read_store (PgsSnapshot    *snapshot,
            PgsSource      *source,
            PgsFrameStore  *previous,
            GCancellable   *cancellable,
            GError        **error)
{
  g_autoptr(GArray) entries = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  g_autoptr(GArray) again = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  g_autoptr(GArray) frames = g_array_new (FALSE, FALSE, sizeof (PgsFrame));
  g_autofree uint32_t *words = g_new0 (uint32_t, PGS_PAGE_CHUNK_PAGES);
  g_autoptr(GPtrArray) blocks =
    g_ptr_array_new_with_free_func ((GDestroyNotify) pgs_frame_block_unref);
  Build build = {
    .source = source,
    .cancellable = cancellable,
    .page_size = pgs_snapshot_get_page_size (snapshot),
    .previous = previous,
    .entries = entries,
    .again = again,
    .frames = frames,
    .words = words,
    .blocks = blocks,
  };

  if (!add_spans (&build, pgs_snapshot_get_store (snapshot), error))
    return NULL;
  flush_block (&build);
  return pgs_frame_store_new (g_steal_pointer (&blocks), previous);
}

/**
 * pgs_snapshot_with_frames:
 * @snapshot: (transfer none): a snapshot
 * @source: what it was read from
 * @previous: (nullable): an earlier snapshot of the same process
 * @cancellable: (nullable): ends the reading from another thread
 *
 * Reads what the kernel knows of the frames of the snapshot's pages. Blocks, for about a
 * tenth of a second for a million pages.
 *
 * Returns: (transfer full): a snapshot with frames that shares all else with @snapshot;
 *   @previous or @snapshot itself where that says the same. %NULL with an error as
 *   pgs_source_read_frames(), or one of %PGS_PROCESS_ERROR when the process ended
 */
PgsSnapshot *
pgs_snapshot_with_frames (PgsSnapshot   *snapshot,
                          PgsSource     *source,
                          PgsSnapshot   *previous,
                          GCancellable  *cancellable,
                          GError       **error)
{
  g_autoptr(PgsFrameStore) frames = NULL;
  PgsFrameStore *before;

  g_return_val_if_fail (snapshot != NULL && PGS_IS_SOURCE (source), NULL);

  before = pgs_snapshot_get_frames (previous != NULL ? previous : snapshot);
  frames = read_store (snapshot, source, before, cancellable, error);
  if (frames == NULL)
    return NULL;
  if (frames == pgs_snapshot_get_frames (snapshot))
    return pgs_snapshot_ref (snapshot);
  if (previous != NULL && frames == before && pgs_snapshot_says (previous, snapshot))
    return pgs_snapshot_ref (previous);
  return pgs_snapshot_new_with_frames (snapshot, frames);
}
