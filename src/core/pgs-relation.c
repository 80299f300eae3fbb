/* pgs-relation.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which pages of a process another one shares, page by page: after a fork all of them, and
 * ever fewer as either of the two writes.
 *
 * A page is shared if its frame is in the other's page table, wherever that is: mostly at
 * the same address, which is looked at first, or else somewhere, as the other's frame map
 * tells. Equal contents do not count.
 */

#include "config.h"

#include "pgs-relation.h"

#include "pgs-changes.h"
#include "pgs-pagemap-entry.h"

typedef struct
{
  const PgsPageStore *other;
  const PgsFrameMap  *frames;
  gboolean            is_whole;  /* every frame of the other is known */
} Build;

static PgsRelation
relate (const Build *build,
        uint64_t     page,
        uint64_t     entry)
{
  uint64_t pfn = pgs_pagemap_entry_get_pfn (entry);
  uint64_t other;

  if (pfn == 0)
    return PGS_RELATION_UNKNOWN;
  other = pgs_page_store_get_entry (build->other, page);
  if (pgs_pagemap_entry_get_pfn (other) == pfn ||
      pgs_frame_map_has_frame (build->frames, pfn))
    return PGS_RELATION_SHARED;
  if (!build->is_whole)
    return PGS_RELATION_UNKNOWN;
  switch (pgs_pagemap_entry_get_state (other))
    {
    case PGS_PAGE_PRESENT:
    case PGS_PAGE_SWAPPED:
      return PGS_RELATION_OWN;
    case PGS_PAGE_GUARD:
    case PGS_PAGE_ABSENT:
    default:
      return PGS_RELATION_ONLY;
    }
}

/**
 * pgs_snapshot_with_relation:
 * @snapshot: (transfer none): a snapshot
 * @other: a snapshot of another process, taken at about the same time
 * @frames: which page of the other process lies in each frame
 * @previous: (nullable): what came out for an earlier snapshot of the same process
 *
 * Compares the two page by page; call it in a worker. Of pages whose frame is hidden
 * nothing is known.
 *
 * Returns: (transfer full): a snapshot with a #PgsRelation in the place of each frame word,
 *   which shares all else with @snapshot; @previous itself where that says the same
 */
PgsSnapshot *
pgs_snapshot_with_relation (PgsSnapshot       *snapshot,
                            const PgsSnapshot *other,
                            const PgsFrameMap *frames,
                            PgsSnapshot       *previous)
{
  PgsFrameStore *before = previous != NULL ? pgs_snapshot_get_frames (previous) : NULL;
  g_autoptr(PgsFrameStoreBuilder) builder = pgs_frame_store_builder_new (before);
  g_autoptr(PgsFrameStore) store = NULL;
  PgsPageStoreIter iter;
  PgsPageSpan span;
  Build build = { NULL, };

  g_return_val_if_fail (snapshot != NULL && other != NULL && frames != NULL, NULL);

  build.other = pgs_snapshot_get_store (other);
  build.frames = frames;
  build.is_whole = pgs_snapshot_get_totals (other)->hidden == 0 &&
                   pgs_page_store_has_detail (build.other, 0, G_MAXUINT64);
  pgs_page_store_iter_init (&iter, pgs_snapshot_get_store (snapshot), 0);
  while (pgs_page_store_iter_next (&iter, &span))
    for (guint i = 0; span.groups == NULL && i < span.n_pages; i++)
      pgs_frame_store_builder_add (builder, span.first_page + i,
                                   relate (&build, span.first_page + i,
                                           pgs_page_span_get_entry (&span, i)));
  store = pgs_frame_store_builder_end (builder);
  if (previous != NULL && store == before && pgs_snapshot_says (previous, snapshot))
    return pgs_snapshot_ref (previous);
  return pgs_snapshot_new_with_frames (snapshot, store);
}

/* Changes */

static void
add_change (GArray   *changes,
            uint64_t  start,
            uint64_t  end)
{
  PgsChange change = { start, end };
  PgsChange *last = changes->len > 0
    ? &g_array_index (changes, PgsChange, changes->len - 1) : NULL;

  if (last != NULL && (last->end >= start || changes->len >= PGS_CHANGES_MAX))
    last->end = MAX (last->end, end);
  else
    g_array_append_val (changes, change);
}

/* Finds the pages of a chunk whose relation was known, and is another now. */
static void
compare_chunk (const PgsSnapshot *before,
               const PgsSnapshot *after,
               uint64_t           index,
               GArray            *found)
{
  const PgsFrameBlock *left = pgs_frame_store_look_up (pgs_snapshot_get_frames (before), index);
  const PgsFrameBlock *right = pgs_frame_store_look_up (pgs_snapshot_get_frames (after), index);
  uint64_t page_size = pgs_snapshot_get_page_size (after);

  if (left == NULL || right == NULL || left == right)
    return;
  for (guint i = 0; i < PGS_PAGE_CHUNK_PAGES; i++)
    {
      uint32_t was = pgs_frame_block_get_word (left, i);
      uint32_t is = pgs_frame_block_get_word (right, i);
      uint64_t page = index * PGS_PAGE_CHUNK_PAGES + i;

      if (was != is && was != PGS_RELATION_UNKNOWN && is != PGS_RELATION_UNKNOWN)
        add_change (found, page * page_size, (page + 1) * page_size);
    }
}

static GArray *
merge (const GArray *left,
       const GArray *right)
{
  GArray *merged = g_array_new (FALSE, FALSE, sizeof (PgsChange));
  guint i = 0, j = 0;

  while (i < left->len || j < right->len)
    {
      gboolean takes_left =
        j >= right->len ||
        (i < left->len && g_array_index (left, PgsChange, i).start <=
                          g_array_index (right, PgsChange, j).start);
      const PgsChange *next = takes_left ? &g_array_index (left, PgsChange, i++)
                                         : &g_array_index (right, PgsChange, j++);

      add_change (merged, next->start, next->end);
    }
  return merged;
}

/**
 * pgs_relation_find_changes:
 * @changes: (transfer full) (nullable) (element-type PgsChange): changes found already
 * @before: an earlier snapshot with relations
 * @after: a snapshot with relations
 *
 * Adds the pages that stand otherwise to the other process now: a copy was made, mostly.
 *
 * Returns: (transfer full) (element-type PgsChange): all changes, in ascending order
 */
GArray *
pgs_relation_find_changes (GArray            *changes,
                           const PgsSnapshot *before,
                           const PgsSnapshot *after)
{
  g_autoptr(GArray) known = changes;
  g_autoptr(GArray) found = NULL;
  const PgsPageStore *store;

  g_return_val_if_fail (before != NULL && after != NULL, NULL);

  if (known == NULL)
    known = g_array_new (FALSE, FALSE, sizeof (PgsChange));
  if (pgs_snapshot_get_frames (before) == NULL || pgs_snapshot_get_frames (after) == NULL)
    return g_steal_pointer (&known);
  found = g_array_new (FALSE, FALSE, sizeof (PgsChange));
  store = pgs_snapshot_get_store (after);
  for (guint i = 0; i < pgs_page_store_get_n_chunks (store); i++)
    compare_chunk (before, after, pgs_page_chunk_get_index (pgs_page_store_get_chunk (store, i)),
                   found);
  return merge (known, found);
}
