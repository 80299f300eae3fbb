/* pgs-snapshot.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The address space of a process at one moment.
 *
 * Totals are counted once, when the snapshot is made, by walking mappings and
 * stored chunks side by side: both are sorted, so the walk costs what is
 * populated. Only chunks that the border of a mapping goes through are looked into.
 */

#include "config.h"

#include "pgs-snapshot.h"

struct _PgsSnapshot
{
  gatomicrefcount  ref_count;
  PgsMaps         *maps;
  PgsPageStore    *store;
  uint64_t         page_size;
  PgsFrameBands    bands;
  GArray          *unread;
  gint64           time;
  GError          *pages_error;
  PgsTotals        totals;
  PgsTotals       *mapping_totals; /* shared by snapshots that differ in frames only */
  PgsFrameStore   *frames;
};

/* Counts the pages of @chunk from @first up to @end, page numbers. */
static void
count_part (PgsPageCounts      *counts,
            const PgsPageChunk *chunk,
            uint64_t            first,
            uint64_t            end)
{
  guint n_spans = pgs_page_chunk_get_n_spans (chunk);

  for (guint i = pgs_page_chunk_find_span (chunk, first); i < n_spans; i++)
    {
      PgsPageSpan span;
      uint64_t from, to;

      pgs_page_chunk_get_span (chunk, i, &span);
      from = MAX (first, span.first_page);
      to = MIN (end, span.first_page + span.n_pages);
      if (from >= to)
        return;
      pgs_page_counts_add_span (counts, &span, (guint) (from - span.first_page),
                                (guint) (to - span.first_page));
    }
}

static void
count_chunk (PgsPageCounts      *counts,
             const PgsPageChunk *chunk,
             uint64_t            first,
             uint64_t            end)
{
  uint64_t chunk_first = pgs_page_chunk_get_index (chunk) * PGS_PAGE_CHUNK_PAGES;
  PgsPageCounts all;

  if (first > chunk_first || end < chunk_first + PGS_PAGE_CHUNK_PAGES)
    {
      count_part (counts, chunk, first, end);
      return;
    }
  all = pgs_page_chunk_get_counts (chunk);
  counts->present += all.present;
  counts->swapped += all.swapped;
  counts->guard += all.guard;
  counts->hidden += all.hidden;
}

/* Counts the pages of a mapping. @chunk_index is of the first chunk not wholly
 * before it. */
static void
count_mapping (const PgsSnapshot *self,
               const PgsMapping  *mapping,
               guint             *chunk_index,
               PgsTotals         *totals)
{
  uint64_t first = mapping->start / self->page_size;
  uint64_t end = mapping->end / self->page_size;
  PgsPageCounts counts = { 0, };

  for (; *chunk_index < pgs_page_store_get_n_chunks (self->store); (*chunk_index)++)
    {
      const PgsPageChunk *chunk = pgs_page_store_get_chunk (self->store, *chunk_index);
      uint64_t index = pgs_page_chunk_get_index (chunk);

      if (index * PGS_PAGE_CHUNK_PAGES >= end)
        break;
      count_chunk (&counts, chunk, first, end);
      if ((index + 1) * PGS_PAGE_CHUNK_PAGES > end)
        break;
    }
  totals->mapped = end - first;
  totals->present = counts.present;
  totals->swapped = counts.swapped;
  totals->guard = counts.guard;
  totals->hidden = counts.hidden;
}

static uint64_t
count_unread (const PgsSnapshot *self,
              const PgsMapping  *mapping)
{
  uint64_t bytes = 0;

  for (guint i = 0; i < self->unread->len; i++)
    {
      const PgsRange *range = &g_array_index (self->unread, PgsRange, i);
      uint64_t start = MAX (range->start, mapping->start);
      uint64_t end = MIN (range->end, mapping->end);

      bytes += start < end ? end - start : 0;
    }
  return bytes / self->page_size;
}

static void
count_all (PgsSnapshot *self)
{
  guint n_mappings = pgs_maps_get_n_mappings (self->maps);
  guint chunk_index = 0;

  self->mapping_totals = g_atomic_rc_box_alloc0 (MAX (n_mappings, 1) * sizeof (PgsTotals));
  for (guint i = 0; i < n_mappings; i++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (self->maps, i);
      PgsTotals *totals = &self->mapping_totals[i];

      count_mapping (self, mapping, &chunk_index, totals);
      totals->unread = count_unread (self, mapping);
      self->totals.mapped += totals->mapped;
      self->totals.present += totals->present;
      self->totals.swapped += totals->swapped;
      self->totals.guard += totals->guard;
      self->totals.hidden += totals->hidden;
      self->totals.unread += totals->unread;
    }
}

/**
 * pgs_snapshot_new:
 * @maps: (transfer none): the mappings
 * @store: (transfer none): the populated pages
 * @page_size: bytes a page
 * @ram_end: the PFN behind the last frame of the machine's RAM, or 0 when it is
 *   not known
 * @pages_error: (nullable): why the pages could not be read
 *
 * Makes a snapshot of now, and counts its totals. For the builder and for tests.
 *
 * Returns: (transfer full): the snapshot
 */
PgsSnapshot *
pgs_snapshot_new (PgsMaps      *maps,
                  PgsPageStore *store,
                  uint64_t      page_size,
                  uint64_t      ram_end,
                  const GError *pages_error)
{
  PgsSnapshot *self = pgs_snapshot_new_partial (maps, store, page_size, ram_end, NULL);

  if (self != NULL && pages_error != NULL)
    self->pages_error = g_error_copy (pages_error);
  return self;
}

/**
 * pgs_snapshot_new_partial:
 * @maps: (transfer none): the mappings
 * @store: (transfer none): the populated pages read so far
 * @page_size: bytes a page
 * @ram_end: the PFN behind the last frame of the machine's RAM, or 0 when it is
 *   not known
 * @unread: (nullable) (element-type PgsRange): what has not been read yet, in
 *   ascending order
 *
 * Makes a snapshot while its pages are still being read.
 *
 * Returns: (transfer full): the snapshot
 */
PgsSnapshot *
pgs_snapshot_new_partial (PgsMaps      *maps,
                          PgsPageStore *store,
                          uint64_t      page_size,
                          uint64_t      ram_end,
                          const GArray *unread)
{
  PgsSnapshot *self;

  g_return_val_if_fail (maps != NULL && store != NULL, NULL);
  g_return_val_if_fail (page_size > 0, NULL);

  self = g_new0 (PgsSnapshot, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->maps = pgs_maps_ref (maps);
  self->store = pgs_page_store_ref (store);
  self->page_size = page_size;
  pgs_frame_bands_init (&self->bands, ram_end);
  self->time = g_get_real_time ();
  self->unread = g_array_new (FALSE, FALSE, sizeof (PgsRange));
  if (unread != NULL && unread->len > 0)
    g_array_append_vals (self->unread, unread->data, unread->len);
  count_all (self);
  return self;
}

/**
 * pgs_snapshot_new_with_frames:
 * @like: (transfer none): a snapshot
 * @frames: (transfer none): what is known of the frames of its pages
 *
 * Returns: (transfer full): a snapshot that says of all else what @like does, and
 *   shares it
 */
PgsSnapshot *
pgs_snapshot_new_with_frames (const PgsSnapshot *like,
                              PgsFrameStore     *frames)
{
  PgsSnapshot *self;

  g_return_val_if_fail (like != NULL && frames != NULL, NULL);

  self = g_new (PgsSnapshot, 1);
  *self = *like;
  g_atomic_ref_count_init (&self->ref_count);
  pgs_maps_ref (self->maps);
  pgs_page_store_ref (self->store);
  g_array_ref (self->unread);
  g_atomic_rc_box_acquire (self->mapping_totals);
  self->pages_error = like->pages_error != NULL ? g_error_copy (like->pages_error) : NULL;
  self->frames = pgs_frame_store_ref (frames);
  return self;
}

/**
 * pgs_snapshot_ref:
 *
 * Returns: (transfer full): @self with one more reference
 */
PgsSnapshot *
pgs_snapshot_ref (PgsSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * pgs_snapshot_unref:
 *
 * Drops a reference; the last one frees the snapshot.
 */
void
pgs_snapshot_unref (PgsSnapshot *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  pgs_maps_unref (self->maps);
  pgs_page_store_unref (self->store);
  g_array_unref (self->unread);
  g_clear_error (&self->pages_error);
  g_clear_pointer (&self->mapping_totals, g_atomic_rc_box_release);
  g_clear_pointer (&self->frames, pgs_frame_store_unref);
  g_free (self);
}

/**
 * pgs_snapshot_get_maps:
 *
 * Returns: (transfer none): the mappings
 */
PgsMaps *
pgs_snapshot_get_maps (const PgsSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->maps;
}

/**
 * pgs_snapshot_get_store:
 *
 * Returns: (transfer none): the populated pages
 */
PgsPageStore *
pgs_snapshot_get_store (const PgsSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->store;
}

/**
 * pgs_snapshot_get_page_size:
 *
 * Returns: bytes a page
 */
uint64_t
pgs_snapshot_get_page_size (const PgsSnapshot *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->page_size;
}

/**
 * pgs_snapshot_get_ram_end:
 *
 * Returns: the PFN behind the last frame of the machine's RAM, or 0 when it is
 *   not known
 */
uint64_t
pgs_snapshot_get_ram_end (const PgsSnapshot *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->bands.ram_end;
}

/**
 * pgs_snapshot_get_bands:
 *
 * Returns: (transfer none): the bands of the machine's RAM
 */
const PgsFrameBands *
pgs_snapshot_get_bands (const PgsSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->bands;
}

/**
 * pgs_snapshot_get_unread:
 *
 * Returns: (transfer none) (element-type PgsRange): what has not been read yet, in
 *   ascending order; nothing once the reading is done
 */
const GArray *
pgs_snapshot_get_unread (const PgsSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->unread;
}

/**
 * pgs_snapshot_knows:
 * @start: first address
 * @end: the address behind the last one
 *
 * Returns: whether the entry of every page in [@start, @end) is known; otherwise
 *   some have not been read yet, or only their number was kept
 */
gboolean
pgs_snapshot_knows (const PgsSnapshot *self,
                    uint64_t           start,
                    uint64_t           end)
{
  g_return_val_if_fail (self != NULL, FALSE);

  for (guint i = 0; i < self->unread->len; i++)
    {
      const PgsRange *range = &g_array_index (self->unread, PgsRange, i);

      if (range->start < end && range->end > start)
        return FALSE;
    }
  return pgs_page_store_has_detail (self->store, start / self->page_size,
                                    end / self->page_size + (end % self->page_size != 0));
}

/**
 * pgs_snapshot_get_time:
 *
 * Returns: when it was taken, in microseconds since 1970 (UTC)
 */
gint64
pgs_snapshot_get_time (const PgsSnapshot *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->time;
}

/**
 * pgs_snapshot_get_pages_error:
 *
 * Returns: (transfer none) (nullable): why the pages could not be read, so that
 *   all of them look absent; %NULL where they were
 */
const GError *
pgs_snapshot_get_pages_error (const PgsSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->pages_error;
}

/**
 * pgs_snapshot_get_totals:
 *
 * Returns: (transfer none): amounts of the whole address space, in pages
 */
const PgsTotals *
pgs_snapshot_get_totals (const PgsSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->totals;
}

/**
 * pgs_snapshot_get_mapping_totals:
 * @index: index of a mapping
 *
 * Returns: (transfer none): amounts of that mapping, in pages
 */
const PgsTotals *
pgs_snapshot_get_mapping_totals (const PgsSnapshot *self,
                                 guint              index)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (index < pgs_maps_get_n_mappings (self->maps), NULL);

  return &self->mapping_totals[index];
}

/**
 * pgs_snapshot_get_entry:
 * @address: any address
 *
 * Returns: the pagemap entry of the page that holds the address; 0 when it is
 *   absent or not mapped
 */
uint64_t
pgs_snapshot_get_entry (const PgsSnapshot *self,
                        uint64_t           address)
{
  g_return_val_if_fail (self != NULL, 0);

  return pgs_page_store_get_entry (self->store, address / self->page_size);
}

/**
 * pgs_snapshot_get_frames:
 *
 * Returns: (transfer none) (nullable): what is known of the frames of its pages; %NULL
 *   where that was not asked for
 */
PgsFrameStore *
pgs_snapshot_get_frames (const PgsSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->frames;
}

/**
 * pgs_snapshot_get_frame_word:
 * @address: any address
 *
 * Returns: what is known of the frame of the page that holds the address;
 *   %PGS_FRAME_WORD_UNKNOWN where that is nothing
 */
uint32_t
pgs_snapshot_get_frame_word (const PgsSnapshot *self,
                             uint64_t           address)
{
  g_return_val_if_fail (self != NULL, PGS_FRAME_WORD_UNKNOWN);

  return self->frames != NULL
    ? pgs_frame_store_get_word (self->frames, address / self->page_size)
    : PGS_FRAME_WORD_UNKNOWN;
}

/**
 * pgs_snapshot_says:
 * @other: a snapshot of the same process
 *
 * Returns: whether both say the same, as far as can be told without looking into them,
 *   but for the time and for frames
 */
gboolean
pgs_snapshot_says (const PgsSnapshot *self,
                   const PgsSnapshot *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  return self->maps == other->maps && self->store == other->store &&
         self->page_size == other->page_size && self->bands.ram_end == other->bands.ram_end &&
         self->unread->len == 0 && other->unread->len == 0 &&
         self->pages_error == NULL && other->pages_error == NULL;
}
