/* pgs-summary.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How many pages of each class a range holds.
 *
 * The summary cuts the address space into pieces: each the part of one stored
 * span that lies in one mapping. A piece is of one class, or has a byte a page
 * that names its class. With each piece goes how many pages of each class came
 * before it, so the mix of a range is a difference of two sums plus a walk
 * through the piece at either end, which is no longer than a block. What lies
 * between pieces is absent: the sums tell how much of it is mapped.
 *
 * The bytes are there because a repaint asks for the same pieces at every edge
 * of a pixel column: classifying the pages anew each time took ten times longer.
 */

#include "config.h"

#include "pgs-summary.h"

#include <string.h>

#define NO_BYTES G_MAXUINT32

typedef struct
{
  uint64_t first_page;
  uint32_t n_pages;
  uint32_t bytes;     /* where its classes start in @bytes, or NO_BYTES */
  uint32_t uniform;   /* the class of all its pages, where there are no bytes */
} Piece;

struct _PgsSummary
{
  gatomicrefcount     ref_count;
  PgsSnapshot        *snapshot;
  const PgsColorMode *mode;
  uint64_t            page_size;
  guint               absent;
  GArray             *pieces;
  GArray             *sums;          /* n_classes for each piece: before it */
  GByteArray         *bytes;
  uint64_t           *mapped;        /* pages in the mappings before each */
  uint64_t            totals[PGS_COLOR_MODE_MAX_CLASSES];
};

static guint
classify (const PgsSummary *self,
          const PgsMapping *mapping,
          uint64_t          entry)
{
  PgsPage page = { mapping, entry };

  return self->mode->classify (self->snapshot, &page);
}

/* Gives a piece of detail its classes; keeps no bytes if they are all the same. */
static void
classify_detail (PgsSummary       *self,
                 const PgsMapping *mapping,
                 const uint64_t   *entries,
                 Piece            *piece)
{
  guint start = self->bytes->len;
  gboolean uniform = TRUE;
  guint8 *classes;

  g_byte_array_set_size (self->bytes, start + piece->n_pages);
  classes = self->bytes->data + start;
  for (guint i = 0; i < piece->n_pages; i++)
    {
      classes[i] = (guint8) classify (self, mapping, entries[i]);
      uniform = uniform && classes[i] == classes[0];
      self->totals[classes[i]]++;
    }
  piece->uniform = classes[0];
  piece->bytes = start;
  if (uniform)
    {
      piece->bytes = NO_BYTES;
      g_byte_array_set_size (self->bytes, start);
    }
}

/* Whether a run is of one class, told by its ends: classes of a run can differ
 * only by the PFN, and the steps of a ramp ascend with it. */
static gboolean
classify_run (PgsSummary        *self,
              const PgsMapping  *mapping,
              const PgsPageSpan *span,
              guint              offset,
              Piece             *piece)
{
  guint first = classify (self, mapping, pgs_page_span_get_entry (span, offset));
  guint last = classify (self, mapping,
                         pgs_page_span_get_entry (span, offset + piece->n_pages - 1));

  if (first != last)
    return FALSE;
  piece->uniform = first;
  piece->bytes = NO_BYTES;
  self->totals[first] += piece->n_pages;
  return TRUE;
}

static void
classify_mixed_run (PgsSummary        *self,
                    const PgsMapping  *mapping,
                    const PgsPageSpan *span,
                    guint              offset,
                    Piece             *piece)
{
  g_autofree uint64_t *entries = g_new (uint64_t, piece->n_pages);

  for (guint i = 0; i < piece->n_pages; i++)
    entries[i] = pgs_page_span_get_entry (span, offset + i);
  classify_detail (self, mapping, entries, piece);
}

/* Adds the part of @span from page @first up to @end, which lies in @mapping. */
static void
add_piece (PgsSummary        *self,
           const PgsMapping  *mapping,
           const PgsPageSpan *span,
           uint64_t           first,
           uint64_t           end)
{
  Piece piece = { first, (uint32_t) (end - first), NO_BYTES, 0 };
  guint offset = (guint) (first - span->first_page);

  g_array_append_vals (self->sums, self->totals, self->mode->n_classes);
  if (span->entries != NULL)
    classify_detail (self, mapping, span->entries + offset, &piece);
  else if (!classify_run (self, mapping, span, offset, &piece))
    classify_mixed_run (self, mapping, span, offset, &piece);
  g_array_append_val (self->pieces, piece);
}

static void
add_mapping (PgsSummary       *self,
             const PgsMapping *mapping,
             guint            *span_index)
{
  const PgsPageStore *store = pgs_snapshot_get_store (self->snapshot);
  uint64_t first = mapping->start / self->page_size;
  uint64_t end = mapping->end / self->page_size;
  guint n_spans = pgs_page_store_get_n_spans (store);

  for (; *span_index < n_spans; (*span_index)++)
    {
      PgsPageSpan span;
      uint64_t span_end;

      pgs_page_store_get_span (store, *span_index, &span);
      span_end = span.first_page + span.n_pages;
      if (span.first_page >= end)
        return;
      if (span_end > first)
        add_piece (self, mapping, &span, MAX (first, span.first_page), MIN (end, span_end));
      if (span_end > end)
        return;
    }
}

static void
add_mappings (PgsSummary *self)
{
  const PgsMaps *maps = pgs_snapshot_get_maps (self->snapshot);
  guint n_mappings = pgs_maps_get_n_mappings (maps);
  guint span_index = 0;
  uint64_t mapped = 0;

  self->mapped = g_new (uint64_t, n_mappings + 1);
  for (guint i = 0; i < n_mappings; i++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (maps, i);

      self->mapped[i] = mapped;
      mapped += pgs_mapping_get_size (mapping) / self->page_size;
      add_mapping (self, mapping, &span_index);
    }
  self->mapped[n_mappings] = mapped;
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
  PgsSummary *self;

  g_return_val_if_fail (snapshot != NULL && mode != NULL, NULL);

  self = g_new0 (PgsSummary, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->snapshot = pgs_snapshot_ref (snapshot);
  self->mode = mode;
  self->page_size = pgs_snapshot_get_page_size (snapshot);
  self->absent = mode->n_classes - 1;
  self->pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  self->sums = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  self->bytes = g_byte_array_new ();
  add_mappings (self);
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
  pgs_snapshot_unref (self->snapshot);
  g_array_unref (self->pieces);
  g_array_unref (self->sums);
  g_byte_array_unref (self->bytes);
  g_free (self->mapped);
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

/* Returns the index of the first piece that ends behind @page. */
static guint
find_piece (const PgsSummary *self,
            uint64_t          page)
{
  guint low = 0, high = self->pieces->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const Piece *piece = &g_array_index (self->pieces, Piece, middle);

      if (piece->first_page + piece->n_pages > page)
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

/* Counts pages of mappings below the page number @page. */
static uint64_t
count_mapped_below (const PgsSummary *self,
                    uint64_t          page)
{
  const PgsMaps *maps = pgs_snapshot_get_maps (self->snapshot);
  uint64_t address = page > G_MAXUINT64 / self->page_size ? G_MAXUINT64
                                                          : page * self->page_size;
  guint index = pgs_maps_find_from (maps, address);
  const PgsMapping *mapping;

  if (index == pgs_maps_get_n_mappings (maps))
    return self->mapped[index];
  mapping = pgs_maps_get_mapping (maps, index);
  return self->mapped[index] +
         (address > mapping->start ? page - mapping->start / self->page_size : 0);
}

static void
add_part (const PgsSummary *self,
          const Piece      *piece,
          guint             from,
          guint             to,
          uint64_t         *counts)
{
  const guint8 *classes;

  if (piece->bytes == NO_BYTES)
    {
      counts[piece->uniform] += to - from;
      return;
    }
  classes = self->bytes->data + piece->bytes;
  for (guint i = from; i < to; i++)
    counts[classes[i]]++;
}

/* Adds the populated pages of [first, end) that lie in one piece. */
static void
add_within (const PgsSummary *self,
            guint             index,
            uint64_t          first,
            uint64_t          end,
            uint64_t         *counts)
{
  const Piece *piece = &g_array_index (self->pieces, Piece, index);
  uint64_t from = MAX (first, piece->first_page);
  uint64_t to = MIN (end, piece->first_page + piece->n_pages);

  if (from < to)
    add_part (self, piece, (guint) (from - piece->first_page),
              (guint) (to - piece->first_page), counts);
}

static const uint64_t *
get_sums_before (const PgsSummary *self,
                 guint             index)
{
  return index < self->pieces->len
    ? &g_array_index (self->sums, uint64_t, (gsize) index * self->mode->n_classes)
    : self->totals;
}

/* Adds the populated pages of [first, end). */
static void
add_populated (const PgsSummary *self,
               uint64_t          first,
               uint64_t          end,
               uint64_t         *counts)
{
  guint first_piece = find_piece (self, first);
  guint last_piece = find_piece (self, end);
  const uint64_t *before, *until;

  if (first_piece == self->pieces->len)
    return;
  if (first_piece == last_piece)
    {
      add_within (self, first_piece, first, end, counts);
      return;
    }
  add_within (self, first_piece, first, end, counts);
  before = get_sums_before (self, first_piece + 1);
  until = get_sums_before (self, last_piece);
  for (guint i = 0; i < self->mode->n_classes; i++)
    counts[i] += until[i] - before[i];
  if (last_piece < self->pieces->len)
    add_within (self, last_piece, first, end, counts);
}

/**
 * pgs_summary_count:
 * @start: first address
 * @end: the address behind the last one
 * @counts: (out caller-allocates): how many pages of each class there are; room
 *   for as many as the mode has classes
 *
 * Counts the mapped pages whose first address lies in [@start, @end). What is
 * not mapped is not counted.
 *
 * Returns: the sum of @counts
 */
uint64_t
pgs_summary_count (const PgsSummary *self,
                   uint64_t          start,
                   uint64_t          end,
                   uint64_t         *counts)
{
  uint64_t first, last, mapped, populated = 0;

  g_return_val_if_fail (self != NULL && counts != NULL, 0);

  memset (counts, 0, self->mode->n_classes * sizeof *counts);
  first = start / self->page_size + (start % self->page_size != 0);
  last = end / self->page_size + (end % self->page_size != 0);
  if (first >= last)
    return 0;
  mapped = count_mapped_below (self, last) - count_mapped_below (self, first);
  if (mapped == 0)
    return 0;
  add_populated (self, first, last, counts);
  for (guint i = 0; i < self->mode->n_classes; i++)
    populated += counts[i];
  counts[self->absent] += mapped - populated;
  return mapped;
}

/**
 * pgs_summary_get_class:
 * @address: any address
 *
 * Returns: the class of the page that holds it; %PGS_SUMMARY_NO_CLASS where
 *   nothing is mapped
 */
guint
pgs_summary_get_class (const PgsSummary *self,
                       uint64_t          address)
{
  const PgsMaps *maps;
  guint index;

  g_return_val_if_fail (self != NULL, PGS_SUMMARY_NO_CLASS);

  maps = pgs_snapshot_get_maps (self->snapshot);
  if (!pgs_maps_find (maps, address, &index))
    return PGS_SUMMARY_NO_CLASS;
  return classify (self, pgs_maps_get_mapping (maps, index),
                   pgs_snapshot_get_entry (self->snapshot, address));
}
