/* pgs-page-reader.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Brings the pages of a stretch of mappings from a source to a page store.
 *
 * A scan names the populated ranges; only those are read. Ranges that lie close
 * together are read at once, for a call costs as much as reading some hundred absent
 * pages. A source that cannot scan is read from end to end.
 *
 * A scan takes a third of the time where every page is populated, to tell little that
 * the entries do not. So where pages are dense, a chunk is read first, and scanned only
 * if there may be a mark among its pages: a page of zeros is not exclusive, and the
 * frames of a huge page follow one another from a round one on. A chunk that says the
 * same as before needs no scan either, unless it has pages that can get or lose a mark
 * and keep their frame, which those of files and of huge pages can.
 */

#include "config.h"

#include "pgs-page-reader.h"

#define READ_ENTRIES ((gsize) 32 * 1024)
#define CLOSE_PAGES  256
/* How many stretches are asked for at once. */
#define BATCH        64
/* A chunk with so many populated pages is dense. */
#define DENSE_PAGES  (PGS_PAGE_CHUNK_PAGES / 2)
/* How many pages are read in a step. */
#define STEP_PAGES   UINT64_C (0x80000)
/* The kernel's half of the address space, [vsyscall] among it, is not in pagemap. */
#define USER_END     (UINT64_C (1) << 63)

/* apply_marks() shifts the present bit down to 1. */
G_STATIC_ASSERT (PGS_PAGEMAP_PRESENT == UINT64_C (1) << 63);

/**
 * pgs_page_reader_init:
 * @source: (transfer none): where to read from
 * @cancellable: (transfer none) (nullable): ends the reading from another thread
 *
 * Gets ready to read. What else it needs is to be set.
 */
void
pgs_page_reader_init (PgsPageReader *self,
                      PgsSource     *source,
                      GCancellable  *cancellable)
{
  g_return_if_fail (self != NULL && PGS_IS_SOURCE (source));

  *self = (PgsPageReader) { .source = source, .cancellable = cancellable };
  self->page_size = pgs_source_get_page_size (source);
  self->ranges = g_array_new (FALSE, FALSE, sizeof (PgsPopulatedRange));
  self->entries = g_new (uint64_t, READ_ENTRIES);
}

/**
 * pgs_page_reader_clear:
 *
 * Frees what it holds.
 */
void
pgs_page_reader_clear (PgsPageReader *self)
{
  g_return_if_fail (self != NULL);

  g_array_unref (self->ranges);
  g_free (self->entries);
}

/* Keeps a mark only where the entry, read after the scan, can still bear it. The
 * loops have no branch, for they see every page. */
static void
apply_marks (uint64_t *entries,
             gsize     n_entries,
             uint64_t  marks)
{
  for (gsize i = 0; i < n_entries; i++)
    entries[i] |= marks & (0 - (entries[i] >> 63));
  for (gsize i = 0; i < n_entries && (marks & PGS_PAGEMAP_MARK_ZERO) != 0; i++)
    if (pgs_pagemap_entry_is_exclusive (entries[i]) || pgs_pagemap_entry_is_file (entries[i]))
      entries[i] &= ~PGS_PAGEMAP_MARK_ZERO;
}

/* An absent page may carry the soft-dirty bit of its mapping: it is no page. */
static void
clear_absent (uint64_t *entries,
              gsize     n_entries)
{
  const uint64_t populated = PGS_PAGEMAP_PRESENT | PGS_PAGEMAP_SWAPPED | PGS_PAGEMAP_GUARD;

  for (gsize i = 0; i < n_entries; i++)
    entries[i] &= ~PGS_PAGEMAP_MARKS & (0 - (uint64_t) ((entries[i] & populated) != 0));
}

/* Marks the pages of @entries, the first of which is at @address, by the ranges
 * from @range on. */
static void
mark_entries (PgsPageReader *self,
              guint          range,
              uint64_t       address,
              uint64_t      *entries,
              gsize          n_entries)
{
  uint64_t end = address + n_entries * self->page_size;

  for (; range < self->ranges->len; range++)
    {
      const PgsPopulatedRange *marked =
        &g_array_index (self->ranges, PgsPopulatedRange, range);
      uint64_t first = MAX (marked->start, address);
      uint64_t last = MIN (marked->end, end);

      if (marked->start >= end)
        break;
      if (marked->marks != 0 && first < last)
        apply_marks (entries + (first - address) / self->page_size,
                     (last - first) / self->page_size, marked->marks);
    }
}

/* Adds entries to the store, the first of which is at @address. No span of it is to
 * reach beyond a mapping. */
static void
append_entries (PgsPageReader  *self,
                uint64_t        address,
                const uint64_t *entries,
                gsize           n_entries)
{
  guint index = pgs_maps_find_from (self->maps, address);

  while (n_entries > 0 && index < pgs_maps_get_n_mappings (self->maps))
    {
      uint64_t end = pgs_maps_get_mapping (self->maps, index++)->end;
      gsize n = (gsize) MIN ((end - address) / self->page_size, n_entries);

      pgs_page_store_builder_append (self->store, address / self->page_size, entries, n);
      entries += n;
      n_entries -= n;
      address += n * self->page_size;
      if (address == end)
        pgs_page_store_builder_cut (self->store);
    }
}

/* Adds entries that were read to the store, the first of which is at @address. @range is
 * the first of the populated ranges among them. */
static void
take_stretch (PgsPageReader *self,
              guint          range,
              uint64_t       address,
              uint64_t      *entries,
              gsize          n_entries)
{
  clear_absent (entries, n_entries);
  mark_entries (self, range, address, entries, n_entries);
  append_entries (self, address, entries, n_entries);
}

/* Reads the entries of [start, end) into the store. @range is the first of the
 * populated ranges among them. */
static gboolean
read_stretch (PgsPageReader  *self,
              uint64_t        start,
              uint64_t        end,
              guint           range,
              GError        **error)
{
  while (start < end)
    {
      gsize wanted = (gsize) MIN (READ_ENTRIES, (end - start) / self->page_size);
      gssize n;

      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;
      n = pgs_source_read_entries (self->source, start, self->entries, wanted, error);
      if (n < 0)
        return FALSE;
      if (n == 0)
        {
          self->gone = TRUE;
          return TRUE;
        }
      take_stretch (self, range, start, self->entries, (gsize) n);
      start += (uint64_t) n * self->page_size;
    }
  return TRUE;
}

/* Drops what is not in ascending order or not within [start, end): a source is
 * not trusted with that. */
static void
put_in_order (GArray   *ranges,
              uint64_t  start,
              uint64_t  end)
{
  guint kept = 0;

  for (guint i = 0; i < ranges->len; i++)
    {
      PgsPopulatedRange range = g_array_index (ranges, PgsPopulatedRange, i);

      range.start = MAX (range.start, start);
      range.end = MIN (range.end, end);
      if (range.start >= range.end)
        continue;
      g_array_index (ranges, PgsPopulatedRange, kept++) = range;
      start = range.end;
    }
  g_array_set_size (ranges, kept);
}

/* Stretches that are asked for at once. */
typedef struct
{
  PgsPopulatedRange stretches[BATCH];
  guint             ranges[BATCH];    /* the first populated range of each */
  guint             n;
  gsize             n_pages;
} Batch;

/* Adds a stretch of populated ranges that lie close together, from the one at @first on,
 * at most @left bytes. Returns the index of the range behind it. */
static guint
add_stretch (const PgsPageReader *self,
             Batch               *batch,
             guint                first,
             uint64_t             left)
{
  const PgsPopulatedRange *ranges = (gpointer) self->ranges->data;
  PgsPopulatedRange stretch = ranges[first];
  guint next = first + 1;

  while (next < self->ranges->len &&
         ranges[next].start - stretch.end <= CLOSE_PAGES * self->page_size)
    stretch.end = ranges[next++].end;
  stretch.end = MIN (stretch.end, stretch.start + left);
  batch->ranges[batch->n] = first;
  batch->stretches[batch->n++] = stretch;
  batch->n_pages += (gsize) ((stretch.end - stretch.start) / self->page_size);
  return next;
}

/* Reads the stretches of a batch into the store. */
static gboolean
read_batch (PgsPageReader  *self,
            const Batch    *batch,
            GError        **error)
{
  gboolean at_once = batch->n_pages <= READ_ENTRIES;
  uint64_t *entries = self->entries;
  gssize n = 0;

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;
  if (at_once)
    n = pgs_source_read_stretches (self->source, batch->stretches, batch->n, entries, error);
  if (n < 0)
    return FALSE;
  for (guint i = 0; i < batch->n && !self->gone; i++)
    {
      uint64_t start = batch->stretches[i].start, end = batch->stretches[i].end;
      gsize n_read = MIN ((gsize) n, (gsize) ((end - start) / self->page_size));

      if (n_read > 0)
        take_stretch (self, batch->ranges[i], start, entries, n_read);
      entries += n_read;
      n -= (gssize) n_read;
      if (at_once && n_read == 0)
        {
          self->gone = TRUE;
          return TRUE;
        }
      at_once = at_once && n_read == (end - start) / self->page_size;
      if (!read_stretch (self, start + n_read * self->page_size, end, batch->ranges[i], error))
        return FALSE;
    }
  return TRUE;
}

/* Reads the populated ranges, at most those of a step. Where that is not all, sets
 * @end to where the step ends. */
static gboolean
read_ranges (PgsPageReader  *self,
             uint64_t       *end,
             GError        **error)
{
  uint64_t left = STEP_PAGES * self->page_size;
  guint next = 0;

  while (next < self->ranges->len && !self->gone && left > 0)
    {
      Batch batch = { .n = 0 };

      while (next < self->ranges->len && left > 0 && batch.n < BATCH &&
             batch.n_pages < CLOSE_PAGES)
        {
          const PgsPopulatedRange *last;

          next = add_stretch (self, &batch, next, left);
          last = &batch.stretches[batch.n - 1];
          left -= last->end - last->start;
          if (left == 0)
            *end = last->end;
        }
      if (!read_batch (self, &batch, error))
        return FALSE;
    }
  return TRUE;
}

/* Adds the populated ranges of [start, end), up to @walk_end; none of them, from now on,
 * where that cannot be told. */
static gboolean
scan (PgsPageReader  *self,
      uint64_t        start,
      uint64_t        end,
      uint64_t       *walk_end,
      GError        **error)
{
  g_autoptr(GError) reason = NULL;

  if (self->cannot_scan ||
      pgs_source_scan (self->source, start, end, self->ranges, walk_end, &reason))
    return TRUE;
  self->cannot_scan = g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  if (!self->cannot_scan)
    g_propagate_error (error, g_steal_pointer (&reason));
  return self->cannot_scan;
}

/* Whether some page is present whose entry leaves open if it is the page of zeros, or
 * where its frame lies. */
static gboolean
may_have_zero (const uint64_t *entries)
{
  const uint64_t told = PGS_PAGEMAP_FILE | PGS_PAGEMAP_EXCLUSIVE;

  for (guint i = 0; i < PGS_PAGE_CHUNK_PAGES; i++)
    if ((entries[i] & PGS_PAGEMAP_PRESENT) != 0 &&
        ((entries[i] & told) == 0 || (entries[i] & PGS_PAGEMAP_PFN_MASK) == 0))
      return TRUE;
  return FALSE;
}

/* Whether some block may be mapped by an entry of a higher level of the page table. */
static gboolean
may_have_huge (const PgsPageReader *self,
               const uint64_t      *entries)
{
  guint n = (guint) (self->page_size / sizeof (uint64_t));

  for (guint i = 0; i < PGS_PAGE_CHUNK_PAGES; i += n)
    if (pgs_pagemap_entry_is_present (entries[i]) &&
        (entries[i] & PGS_PAGEMAP_PFN_MASK) % n == 0 &&
        entries[i + n / 2] - entries[i] == n / 2 && entries[i + n - 1] - entries[i] == n - 1)
      return TRUE;
  return FALSE;
}

/* Counts populated pages that are not of huge ones. */
static guint
count_populated (const uint64_t *entries)
{
  guint n = 0;

  for (guint i = 0; i < PGS_PAGE_CHUNK_PAGES; i++)
    n += entries[i] != 0 && !pgs_pagemap_entry_is_huge (entries[i]);
  return n;
}

/* Returns the chunk from before that begins at @start. */
static PgsPageChunk *
get_previous (const PgsPageReader *self,
              uint64_t             start)
{
  return self->previous != NULL
    ? pgs_page_store_look_up (self->previous, start / self->page_size / PGS_PAGE_CHUNK_PAGES)
    : NULL;
}

/* Whether a chunk is dense; huge pages do not count, for a scan passes over them. */
static gboolean
was_dense (const PgsPageChunk *chunk)
{
  PgsPageCounts counts = pgs_page_chunk_get_counts (chunk);

  return counts.present + counts.swapped >= DENSE_PAGES &&
         (pgs_page_chunk_get_flags (chunk) & PGS_PAGEMAP_MARK_HUGE) == 0;
}

/* Whether a chunk begins at @start that is worth reading without a scan. */
static gboolean
is_worth_reading (const PgsPageReader *self,
                  uint64_t             start,
                  uint64_t             end)
{
  uint64_t chunk_bytes = PGS_PAGE_CHUNK_PAGES * self->page_size;
  PgsPageChunk *chunk;

  if (self->cannot_scan || start % chunk_bytes != 0 || end - start < chunk_bytes)
    return FALSE;
  chunk = get_previous (self, start);
  return chunk != NULL ? was_dense (chunk) : self->is_dense;
}

/* Whether the chunk from before, of which the entries are the same, has the marks that
 * its pages have now. */
static gboolean
has_same_marks (const PgsPageChunk *chunk)
{
  return (pgs_page_chunk_get_flags (chunk) & (PGS_PAGEMAP_FILE | PGS_PAGEMAP_MARK_HUGE)) == 0;
}

/* Adds the entries of a chunk that were read without a scan. */
static gboolean
take_entries (PgsPageReader  *self,
              uint64_t        start,
              GError        **error)
{
  uint64_t end = start + PGS_PAGE_CHUNK_PAGES * self->page_size;
  uint64_t at = start;

  g_array_set_size (self->ranges, 0);
  while (at < end && (may_have_zero (self->entries) || may_have_huge (self, self->entries)))
    {
      uint64_t walk_end = end;

      if (!scan (self, at, end, &walk_end, error))
        return FALSE;
      at = CLAMP (walk_end, at + self->page_size, end);
    }
  put_in_order (self->ranges, start, end);
  take_stretch (self, 0, start, self->entries, PGS_PAGE_CHUNK_PAGES);
  self->is_dense = count_populated (self->entries) >= DENSE_PAGES;
  return TRUE;
}

/* Reads chunks for as long as they are dense. Sets @end to where that ends, which is
 * @start where nothing could be read like that. */
static gboolean
read_dense (PgsPageReader  *self,
            uint64_t        start,
            uint64_t       *end,
            GError        **error)
{
  uint64_t chunk_bytes = PGS_PAGE_CHUNK_PAGES * self->page_size;
  uint64_t limit = start + STEP_PAGES * self->page_size;
  uint64_t last = *end;

  for (*end = start; *end < limit && is_worth_reading (self, *end, last); *end += chunk_bytes)
    {
      PgsPageChunk *chunk = get_previous (self, *end);

      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;
      /* What cannot be read now cannot be read after a scan: there the error is told. */
      if (pgs_source_read_entries (self->source, *end, self->entries, PGS_PAGE_CHUNK_PAGES,
                                   NULL) != (gssize) PGS_PAGE_CHUNK_PAGES)
        return TRUE;
      if (chunk != NULL && has_same_marks (chunk) && pgs_page_chunk_says (chunk, self->entries))
        pgs_page_store_builder_take_chunk (self->store, pgs_page_chunk_ref (chunk));
      else if (!take_entries (self, *end, error))
        return FALSE;
    }
  return TRUE;
}

/* Returns where the chunk ends that is begun before @start, or else the address space. */
static uint64_t
get_chunk_end (const PgsPageReader *self,
               uint64_t             start)
{
  uint64_t chunk_bytes = PGS_PAGE_CHUNK_PAGES * self->page_size;

  return start % chunk_bytes == 0 ? G_MAXUINT64 : start - start % chunk_bytes + chunk_bytes;
}

/* Notes whether most pages that a scan came across are populated, and not huge. */
static void
note_density (PgsPageReader *self,
              uint64_t       start,
              uint64_t       end)
{
  uint64_t bytes = 0;

  for (guint i = 0; i < self->ranges->len; i++)
    {
      const PgsPopulatedRange *range = &g_array_index (self->ranges, PgsPopulatedRange, i);

      if ((range->marks & PGS_PAGEMAP_MARK_HUGE) == 0)
        bytes += range->end - range->start;
    }
  self->is_dense = bytes >= (end - start) / 2 && bytes >= DENSE_PAGES * self->page_size;
}

/**
 * pgs_page_reader_read_step:
 * @start: an address, of a stretch of mappings without a gap
 * @end: (inout): where that ends; set to how far it was read
 * @error: return location for an error
 *
 * Reads the populated pages from @start on, for some milliseconds at most.
 *
 * Returns: whether that worked
 */
gboolean
pgs_page_reader_read_step (PgsPageReader  *self,
                           uint64_t        start,
                           uint64_t       *end,
                           GError        **error)
{
  uint64_t walk_end = start;

  g_return_val_if_fail (self != NULL && end != NULL && start < *end, FALSE);

  if (is_worth_reading (self, start, *end))
    {
      uint64_t dense_end = *end;

      if (!read_dense (self, start, &dense_end, error))
        return FALSE;
      if (dense_end > start)
        {
          *end = dense_end;
          return TRUE;
        }
    }
  if (self->previous != NULL || self->is_dense)
    *end = MIN (*end, get_chunk_end (self, start));
  g_array_set_size (self->ranges, 0);
  if (!scan (self, start, *end, &walk_end, error))
    return FALSE;
  if (!self->cannot_scan)
    {
      *end = CLAMP (walk_end, start + self->page_size, *end);
      put_in_order (self->ranges, start, *end);
      note_density (self, start, *end);
      return read_ranges (self, end, error);
    }
  *end = MIN (*end, start + STEP_PAGES * self->page_size);
  return read_stretch (self, start, *end, 0, error);
}

/**
 * pgs_page_reader_probe:
 * @error: return location for an error
 *
 * Finds out whether the kernel has nothing to tell of a mapping: pagemap is of an
 * address space that is no more. To be asked before scanning, for scanning one that
 * is gone is not safe on every kernel, and after it, for a scan may take it for one
 * without pages.
 *
 * Returns: whether that could be found out; @gone says what
 */
gboolean
pgs_page_reader_probe (PgsPageReader  *self,
                       GError        **error)
{
  const PgsMapping *first = pgs_maps_get_mapping (self->maps, 0);
  gssize n;

  if (first->start >= USER_END)
    return TRUE;
  n = pgs_source_read_entries (self->source, first->start, self->entries, 1, error);
  if (n == 0)
    self->gone = TRUE;
  return n >= 0;
}
