/* pgs-frame-builder.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Adds to a snapshot what the kernel knows of the frames of its pages.
 *
 * Nothing is read of pages of which only the numbers are kept.
 */

#include "config.h"

#include "pgs-frame-builder.h"

#include "pgs-frame-batch.h"

typedef struct
{
  PgsFrameBatch        *batch;
  GCancellable         *cancellable;
  PgsFrameStoreBuilder *builder;
} Build;

/* Keeps the words of the batch. */
static void
keep_frames (Build *build)
{
  const PgsFrame *frames = pgs_frame_batch_get_frames (build->batch);
  uint64_t page = pgs_frame_batch_get_first_page (build->batch);
  guint n = pgs_frame_batch_get_n_pages (build->batch);

  for (guint i = 0; i < n; i++, page++)
    pgs_frame_store_builder_add (build->builder, page, pgs_frame_pack (&frames[i]));
}

/* Reads what there is to know of the batch, and begins another. */
static gboolean
flush_batch (Build   *build,
             GError **error)
{
  if (!pgs_frame_batch_read (build->batch, build->cancellable, error))
    return FALSE;
  keep_frames (build);
  pgs_frame_batch_clear (build->batch);
  return TRUE;
}

/* Adds a span to the batch, or to the next where that one is full or ends far before. */
static gboolean
add_span (Build              *build,
          const PgsPageSpan  *span,
          GError            **error)
{
  return pgs_frame_batch_add (build->batch, span) ||
         (flush_batch (build, error) && pgs_frame_batch_add (build->batch, span));
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
  g_autoptr(PgsFrameBatch) batch =
    pgs_frame_batch_new (source, pgs_snapshot_get_page_size (snapshot));
  g_autoptr(PgsFrameStoreBuilder) builder = pgs_frame_store_builder_new (previous);
  Build build = { batch, cancellable, builder };

  if (!add_spans (&build, pgs_snapshot_get_store (snapshot), error))
    return NULL;
  return pgs_frame_store_builder_end (builder);
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
