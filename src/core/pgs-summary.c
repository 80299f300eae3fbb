/* pgs-summary.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How many pages of each class a range holds.
 *
 * The summary has a part for each chunk of the page store, and how many pages of
 * each class come before each part. So the number of pages before any address is a
 * sum plus what the part at hand adds, and the mix of a range is a difference of two
 * of them. Asked for a series of ranges, it goes on from where it was.
 *
 * What is not in the store is absent: the mappings tell how much of that there is.
 *
 * Parts of chunks that are the same as in the summary before are taken over.
 */

#include "config.h"

#include "pgs-summary.h"

#include <string.h>

#include "pgs-summary-part.h"

struct _PgsSummary
{
  gatomicrefcount      ref_count;
  PgsSnapshot         *snapshot;
  const PgsColorMode  *mode;
  uint64_t             page_size;
  guint                absent;
  guint                n_parts;
  PgsSummaryPart     **parts;
  uint64_t            *indexes;   /* of the chunks of the parts */
  uint64_t            *sums;      /* n_classes for each part, before it, and at the end */
  guint                n_mappings;
  uint64_t            *mapped;    /* pages in the mappings before each, and in all */
  uint64_t            *ends;      /* the page number behind each mapping */
};

/* A place in the address space, and what comes before it. */
typedef struct
{
  const PgsSummary *summary;
  guint             mapping;      /* the first that ends behind it */
  uint64_t          mapped;       /* pages of mappings */
  guint             part;         /* the first that ends behind it */
  gboolean          is_within;    /* the part, at @place */
  PgsSummaryPlace   place;
  uint64_t          counts[PGS_COLOR_MODE_MAX_CLASSES];
} Cursor;

/* Making */

/* Returns: (transfer none) (nullable): the part of the same chunk, and of the same
 * frames, in @previous. The search goes on from @hint. */
static PgsSummaryPart *
find_part (const PgsSummary    *previous,
           const PgsPageChunk  *chunk,
           const PgsFrameBlock *frames,
           guint               *hint)
{
  uint64_t index = pgs_page_chunk_get_index (chunk);

  while (*hint < previous->n_parts && previous->indexes[*hint] < index)
    (*hint)++;
  return *hint < previous->n_parts &&
         pgs_summary_part_is_of (previous->parts[*hint], chunk, frames)
    ? previous->parts[*hint] : NULL;
}

/* Returns: (transfer none) (nullable): what the mode needs to know of frames. */
static PgsFrameBlock *
find_frames (const PgsSummary   *self,
             const PgsPageChunk *chunk)
{
  const PgsFrameStore *frames = pgs_snapshot_get_frames (self->snapshot);

  return self->mode->needs != PGS_COLOR_NEEDS_NOTHING && frames != NULL
    ? pgs_frame_store_look_up (frames, pgs_page_chunk_get_index (chunk)) : NULL;
}

static void
add_parts (PgsSummary       *self,
           const PgsSummary *previous)
{
  const PgsPageStore *store = pgs_snapshot_get_store (self->snapshot);
  guint n_classes = self->mode->n_classes;
  guint hint = 0;

  self->n_parts = pgs_page_store_get_n_chunks (store);
  self->parts = g_new (PgsSummaryPart *, self->n_parts);
  self->indexes = g_new (uint64_t, self->n_parts);
  self->sums = g_new0 (uint64_t, (gsize) (self->n_parts + 1) * n_classes);
  for (guint i = 0; i < self->n_parts; i++)
    {
      PgsPageChunk *chunk = pgs_page_store_get_chunk (store, i);
      PgsFrameBlock *frames = find_frames (self, chunk);
      PgsSummaryPart *same = previous != NULL
        ? find_part (previous, chunk, frames, &hint) : NULL;
      uint64_t *sums = self->sums + (gsize) i * n_classes;

      self->parts[i] = same != NULL ? pgs_summary_part_ref (same)
                                    : pgs_summary_part_new (self->snapshot, self->mode, chunk,
                                                          frames);
      self->indexes[i] = pgs_page_chunk_get_index (chunk);
      memcpy (sums + n_classes, sums, n_classes * sizeof *sums);
      pgs_summary_part_add_totals (self->parts[i], sums + n_classes);
    }
}

/* Mappings are large; what is looked up at every edge is kept close together. */
static void
count_mappings (PgsSummary *self)
{
  const PgsMaps *maps = pgs_snapshot_get_maps (self->snapshot);

  self->n_mappings = pgs_maps_get_n_mappings (maps);
  self->mapped = g_new (uint64_t, self->n_mappings + 1);
  self->ends = g_new (uint64_t, self->n_mappings);
  self->mapped[0] = 0;
  for (guint i = 0; i < self->n_mappings; i++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (maps, i);

      self->mapped[i + 1] = self->mapped[i] + pgs_mapping_get_size (mapping) / self->page_size;
      self->ends[i] = mapping->end / self->page_size;
    }
}

/* Whether the same entry at the same address is of the same class in both. */
static gboolean
may_share (const PgsSummary *previous,
           PgsSnapshot      *snapshot)
{
  return pgs_snapshot_get_maps (previous->snapshot) == pgs_snapshot_get_maps (snapshot) &&
         pgs_snapshot_get_ram_end (previous->snapshot) == pgs_snapshot_get_ram_end (snapshot) &&
         previous->page_size == pgs_snapshot_get_page_size (snapshot);
}

/**
 * pgs_summary_new:
 * @snapshot: (transfer none): what to summarize
 * @mode: how its pages are colored
 *
 * Classifies every stored page once. Costs some nanoseconds a page where PFNs
 * are scattered: call it in a worker.
 *
 * Returns: (transfer full): the summary
 */
PgsSummary *
pgs_summary_new (PgsSnapshot        *snapshot,
                 const PgsColorMode *mode)
{
  return pgs_summary_new_after (snapshot, mode, NULL);
}

/**
 * pgs_summary_new_after:
 * @snapshot: (transfer none): what to summarize
 * @mode: how its pages are colored
 * @previous: (nullable): a summary of an earlier snapshot
 *
 * As pgs_summary_new(), but takes over what is the same in @previous.
 *
 * Returns: (transfer full): the summary
 */
PgsSummary *
pgs_summary_new_after (PgsSnapshot        *snapshot,
                       const PgsColorMode *mode,
                       const PgsSummary   *previous)
{
  PgsSummary *self;

  g_return_val_if_fail (snapshot != NULL && mode != NULL, NULL);

  self = g_new0 (PgsSummary, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->snapshot = pgs_snapshot_ref (snapshot);
  self->mode = mode;
  self->page_size = pgs_snapshot_get_page_size (snapshot);
  self->absent = mode->n_classes - 1;
  if (previous != NULL && (previous->mode != mode || !may_share (previous, snapshot)))
    previous = NULL;
  count_mappings (self);
  add_parts (self, previous);
  return self;
}

/**
 * pgs_summary_ref:
 *
 * Returns: (transfer full): @self with one more reference
 */
PgsSummary *
pgs_summary_ref (PgsSummary *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * pgs_summary_unref:
 *
 * Drops a reference; the last one frees the summary.
 */
void
pgs_summary_unref (PgsSummary *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  for (guint i = 0; i < self->n_parts; i++)
    pgs_summary_part_unref (self->parts[i]);
  pgs_snapshot_unref (self->snapshot);
  g_free (self->parts);
  g_free (self->indexes);
  g_free (self->sums);
  g_free (self->mapped);
  g_free (self->ends);
  g_free (self);
}

/**
 * pgs_summary_get_snapshot:
 *
 * Returns: (transfer none): what is summarized
 */
PgsSnapshot *
pgs_summary_get_snapshot (const PgsSummary *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->snapshot;
}

/**
 * pgs_summary_get_mode:
 *
 * Returns: (transfer none): how its pages are colored
 */
const PgsColorMode *
pgs_summary_get_mode (const PgsSummary *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->mode;
}

/**
 * pgs_summary_get_part:
 * @index: which one; there are as many as the snapshot's store has chunks
 *
 * Returns: (transfer none): the part of the chunk with that index
 */
const PgsSummaryPart *
pgs_summary_get_part (const PgsSummary *self,
                      guint             index)
{
  g_return_val_if_fail (self != NULL && index < self->n_parts, NULL);

  return self->parts[index];
}

/* Counting */

/* Returns the first of @n ascending @values, from @from on, that is not below
 * @value; @n when all are. Costs little where it is not far from @from. */
static guint
gallop (const uint64_t *values,
        guint           n,
        guint           from,
        uint64_t        value)
{
  guint step = 1, low = from, high = from;

  while (high < n && values[high] < value)
    {
      low = high + 1;
      high += step;
      step *= 2;
    }
  high = MIN (high, n);
  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (values[middle] < value)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* Moves on to the mapping of @page, and counts the pages of mappings before it. */
static void
move_mapping (Cursor   *cursor,
              uint64_t  page)
{
  const PgsSummary *self = cursor->summary;
  guint i = gallop (self->ends, self->n_mappings, cursor->mapping, page + 1);
  uint64_t left;

  cursor->mapping = i;
  cursor->mapped = self->mapped[i];
  if (i == self->n_mappings)
    return;
  left = self->ends[i] - page;
  if (left < self->mapped[i + 1] - self->mapped[i])
    cursor->mapped = self->mapped[i + 1] - left;
}

/* Moves on to @page, which is not before the place of the cursor. */
static void
move (Cursor   *cursor,
      uint64_t  page)
{
  const PgsSummary *self = cursor->summary;
  guint part = cursor->part;
  const uint64_t *before;

  move_mapping (cursor, page);
  if (cursor->is_within &&
      pgs_summary_part_advance (self->parts[part], &cursor->place, page, cursor->counts))
    return;
  cursor->part = gallop (self->indexes, self->n_parts, part, page / PGS_PAGE_CHUNK_PAGES);
  before = self->sums + (gsize) cursor->part * self->mode->n_classes;
  if (cursor->part != part || !cursor->is_within)
    cursor->place = (PgsSummaryPlace) { 0, 0 };
  cursor->is_within = cursor->part < self->n_parts;
  if (cursor->is_within)
    pgs_summary_part_seek (self->parts[cursor->part], page, before, &cursor->place,
                           cursor->counts);
  else
    memcpy (cursor->counts, before, self->mode->n_classes * sizeof *before);
}

/* A mode has few of the classes that there is room for. */
static void
copy_cursor (Cursor       *cursor,
             const Cursor *from)
{
  memcpy (cursor, from, G_STRUCT_OFFSET (Cursor, counts) +
                        from->summary->mode->n_classes * sizeof from->counts[0]);
}

static uint64_t
get_page_from (const PgsSummary *self,
               uint64_t          address)
{
  return address / self->page_size + (address % self->page_size != 0);
}

/* Where there is no detail, a share of a block may be a page less than none: takes it
 * from the class that has most. */
static void
balance (uint64_t *counts,
         guint     n_classes)
{
  for (guint i = 0; i < n_classes; i++)
    while ((int64_t) counts[i] < 0)
      {
        guint most = 0;

        for (guint j = 1; j < n_classes; j++)
          if ((int64_t) counts[j] > (int64_t) counts[most])
            most = j;
        counts[most]--;
        counts[i]++;
      }
}

/* Counts the pages between two places. */
static void
count_between (const Cursor *from,
               const Cursor *to,
               uint64_t     *counts)
{
  const PgsSummary *self = from->summary;
  uint64_t mapped = to->mapped - from->mapped;
  uint64_t populated = 0;

  for (guint i = 0; i < self->mode->n_classes; i++)
    {
      counts[i] = to->counts[i] - from->counts[i];
      populated += counts[i];
    }
  counts[self->absent] += mapped - populated;
  balance (counts, self->mode->n_classes);
}

/**
 * pgs_summary_count:
 * @start: first address
 * @end: the address behind the last one
 * @counts: (out caller-allocates): how many pages of each class there are; room
 *   for as many as the mode has classes
 *
 * Counts the mapped pages whose first address lies in [@start, @end). What is
 * not mapped is not counted. Where the store has no detail, a range that ends
 * within a block gets a share of what the block has.
 *
 * Returns: the sum of @counts
 */
uint64_t
pgs_summary_count (const PgsSummary *self,
                   uint64_t          start,
                   uint64_t          end,
                   uint64_t         *counts)
{
  uint64_t edges[2] = { start, MAX (start, end) };
  uint64_t n_pages = 0;

  g_return_val_if_fail (self != NULL && counts != NULL, 0);

  pgs_summary_count_series (self, edges, 2, counts);
  for (guint i = 0; i < self->mode->n_classes; i++)
    n_pages += counts[i];
  return n_pages;
}

/**
 * pgs_summary_count_series:
 * @edges: (array length=n_edges): addresses in ascending order
 * @n_edges: how many addresses
 * @counts: (out caller-allocates): how many pages of each class there are from each
 *   edge to the next: for @n_edges - 1 ranges, as many numbers as the mode has classes
 *
 * Counts as pgs_summary_count() does, for ranges that touch. Costs one look-up an
 * edge, and less where edges are near to one another.
 */
void
pgs_summary_count_series (const PgsSummary *self,
                          const uint64_t   *edges,
                          guint             n_edges,
                          uint64_t         *counts)
{
  Cursor cursors[2] = { { .summary = self } };

  g_return_if_fail (self != NULL);
  g_return_if_fail (n_edges < 2 || (edges != NULL && counts != NULL));

  if (n_edges < 2)
    return;
  move (&cursors[0], get_page_from (self, edges[0]));
  for (guint i = 1; i < n_edges; i++)
    {
      Cursor *to = &cursors[i % 2];

      copy_cursor (to, &cursors[1 - i % 2]);
      move (to, get_page_from (self, edges[i]));
      count_between (&cursors[1 - i % 2], to, counts);
      counts += self->mode->n_classes;
    }
}

/**
 * pgs_summary_get_class:
 * @address: any address
 *
 * Returns: the class of the page that holds it, or of most pages around it where
 *   the store has no detail; %PGS_SUMMARY_NO_CLASS where nothing is mapped
 */
guint
pgs_summary_get_class (const PgsSummary *self,
                       uint64_t          address)
{
  const PgsMaps *maps;
  PgsPage page = { 0, };
  uint64_t number;
  guint index, part;

  g_return_val_if_fail (self != NULL, PGS_SUMMARY_NO_CLASS);

  maps = pgs_snapshot_get_maps (self->snapshot);
  if (!pgs_maps_find (maps, address, &index))
    return PGS_SUMMARY_NO_CLASS;
  number = address / self->page_size;
  if (!pgs_page_store_has_detail (pgs_snapshot_get_store (self->snapshot), number, number + 1))
    {
      part = gallop (self->indexes, self->n_parts, 0, number / PGS_PAGE_CHUNK_PAGES);
      return pgs_summary_part_get_main (self->parts[part], number);
    }
  page.mapping = pgs_maps_get_mapping (maps, index);
  page.entry = pgs_snapshot_get_entry (self->snapshot, address);
  if (page.entry == 0)
    return self->absent;
  page.frame = pgs_snapshot_get_frame_word (self->snapshot, address);
  return self->mode->classify (self->snapshot, &page);
}
