/* pgs-summary-part.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The classes of the pages of one chunk.
 *
 * A part cuts the chunk into pieces: each what of one span lies in one mapping. A
 * piece is of one class, or has a byte a page that names its class, or, where the
 * span has no detail, nothing but numbers. With each piece goes how many pages of
 * each class came before it in the part, in 16 bits, for a chunk has no more pages
 * than that. What lies between pieces is absent.
 *
 * The bytes are there because a repaint asks for the same pieces at every edge of a
 * pixel column: classifying the pages anew each time took ten times longer.
 */

#include "config.h"

#include "pgs-summary-part.h"

#include <string.h>

#include "pgs-summary-part-private.h"

/* How many tallies there are, and from how many pages on that is worth it. */
#define N_TALLIES  4
#define MANY_PAGES 96

/* What a part is made of. */
typedef struct
{
  PgsSnapshot        *snapshot;
  const PgsColorMode *mode;
  uint64_t            first_page;
  const PgsMapping   *mapping;
  GArray             *pieces;
  GArray             *sums;
  GByteArray         *classes;
  uint32_t           *words;     /* of all pages of the chunk; NULL where none is known */
  uint16_t            totals[PGS_COLOR_MODE_MAX_CLASSES];
} Draft;

G_STATIC_ASSERT (PGS_PAGE_CHUNK_PAGES <= G_MAXUINT16);

/* Making */

/* Pages of which there is nothing are absent in every mode, which is its last class. */
static guint
classify (const Draft *draft,
          uint64_t     entry,
          uint32_t     word)
{
  PgsPage page = { draft->mapping, entry, word };

  if (entry == 0)
    return draft->mode->n_classes - 1;
  return draft->mode->classify (draft->snapshot, &page);
}

/* Gives a piece the class of each of its pages; only one if they are all alike. */
static void
classify_pages (Draft             *draft,
                const PgsPageSpan *span,
                guint              offset,
                PgsSummaryPiece   *piece)
{
  guint start = draft->classes->len;
  const uint32_t *words = draft->words != NULL ? draft->words + piece->first : NULL;
  gboolean uniform = TRUE;
  guint8 *classes;

  g_byte_array_set_size (draft->classes, start + piece->n_pages);
  classes = draft->classes->data + start;
  for (guint i = 0; i < piece->n_pages; i++)
    {
      classes[i] = (guint8) classify (draft, pgs_page_span_get_entry (span, offset + i),
                                      words != NULL ? words[i] : PGS_FRAME_WORD_UNKNOWN);
      uniform = uniform && classes[i] == classes[0];
      draft->totals[classes[i]]++;
    }
  piece->kind = uniform ? PGS_PIECE_UNIFORM : PGS_PIECE_CLASSES;
  piece->value = uniform ? classes[0] : (uint16_t) start;
  if (uniform)
    g_byte_array_set_size (draft->classes, start);
}

/* Whether a run is of one class, told by its ends: classes of a run can differ
 * only by the PFN, and the steps of a ramp ascend with it. That holds where nothing is
 * known of its frames. */
static gboolean
classify_run (Draft             *draft,
              const PgsPageSpan *span,
              guint              offset,
              PgsSummaryPiece   *piece)
{
  uint64_t first_entry = pgs_page_span_get_entry (span, offset);
  uint64_t last_entry = pgs_page_span_get_entry (span, offset + piece->n_pages - 1u);
  guint first, last;

  if (draft->words != NULL)
    return FALSE;
  first = classify (draft, first_entry, PGS_FRAME_WORD_UNKNOWN);
  last = classify (draft, last_entry, PGS_FRAME_WORD_UNKNOWN);
  if (first != last)
    return FALSE;
  piece->kind = PGS_PIECE_UNIFORM;
  piece->value = (uint16_t) first;
  draft->totals[first] = (uint16_t) (draft->totals[first] + piece->n_pages);
  return TRUE;
}

static void
classify_groups (Draft             *draft,
                 const PgsPageSpan *span,
                 PgsSummaryPiece   *piece)
{
  piece->kind = PGS_PIECE_NUMBERS;
  for (guint i = 0; i < span->n_groups; i++)
    {
      uint64_t entry;
      guint n_pages = pgs_page_span_get_group (span, i, &entry);
      guint class = classify (draft, entry, PGS_FRAME_WORD_UNKNOWN);

      draft->totals[class] = (uint16_t) (draft->totals[class] + n_pages);
    }
}

/* Adds the part of @span from page @first up to @end, which lies in one mapping. */
static void
add_piece (Draft             *draft,
           const PgsPageSpan *span,
           uint64_t           first,
           uint64_t           end)
{
  guint offset = (guint) (first - span->first_page);
  PgsSummaryPiece piece = {
    .first = (uint16_t) (first - draft->first_page),
    .n_pages = (uint16_t) (end - first),
  };

  g_array_append_vals (draft->sums, draft->totals, draft->mode->n_classes);
  if (span->groups != NULL)
    classify_groups (draft, span, &piece);
  else if (span->entries != NULL || !classify_run (draft, span, offset, &piece))
    classify_pages (draft, span, offset, &piece);
  g_array_append_val (draft->pieces, piece);
}

/* Adds what of @span is mapped. @index is of a mapping that ends behind its start. */
static void
add_span (Draft             *draft,
          const PgsPageSpan *span,
          guint             *index)
{
  const PgsMaps *maps = pgs_snapshot_get_maps (draft->snapshot);
  uint64_t page_size = pgs_snapshot_get_page_size (draft->snapshot);
  uint64_t span_end = span->first_page + span->n_pages;

  for (; *index < pgs_maps_get_n_mappings (maps); (*index)++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (maps, *index);
      uint64_t first = MAX (mapping->start / page_size, span->first_page);
      uint64_t end = MIN (mapping->end / page_size, span_end);

      draft->mapping = mapping;
      if (first < end)
        add_piece (draft, span, first, end);
      if (mapping->end / page_size >= span_end)
        return;
    }
}

static void
add_spans (Draft              *draft,
           const PgsPageChunk *chunk)
{
  uint64_t page_size = pgs_snapshot_get_page_size (draft->snapshot);
  guint index = pgs_maps_find_from (pgs_snapshot_get_maps (draft->snapshot),
                                    draft->first_page * page_size);

  for (guint i = 0; i < pgs_page_chunk_get_n_spans (chunk); i++)
    {
      PgsPageSpan span;

      pgs_page_chunk_get_span (chunk, i, &span);
      add_span (draft, &span, &index);
    }
  g_array_append_vals (draft->sums, draft->totals, draft->mode->n_classes);
}

static guint8 *
put (guint8        *place,
     gconstpointer  data,
     gsize          size)
{
  if (size > 0)
    memcpy (place, data, size);
  return place + size;
}

static PgsSummaryPart *
make_part (const Draft   *draft,
           PgsPageChunk  *chunk,
           PgsFrameBlock *frames)
{
  gsize pieces_size = draft->pieces->len * sizeof (PgsSummaryPiece);
  gsize sums_size = draft->sums->len * sizeof (uint16_t);
  PgsSummaryPart *self = g_malloc (sizeof *self + pieces_size + sums_size + draft->classes->len);
  guint8 *place = (guint8 *) (self + 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->n_pieces = (uint16_t) draft->pieces->len;
  self->n_classes = (uint16_t) draft->mode->n_classes;
  self->first_page = draft->first_page;
  self->chunk = pgs_page_chunk_ref (chunk);
  self->frames = frames != NULL ? pgs_frame_block_ref (frames) : NULL;
  place = put (place, draft->pieces->data, pieces_size);
  place = put (place, draft->sums->data, sums_size);
  put (place, draft->classes->data, draft->classes->len);
  return self;
}

/**
 * pgs_summary_part_new:
 * @snapshot: (transfer none): whose mappings the pages lie in
 * @mode: how its pages are colored
 * @chunk: (transfer none): a chunk of its store
 * @frames: (transfer none) (nullable): what the mode needs to know of its frames
 *
 * Classifies every page of the chunk once.
 *
 * Returns: (transfer full): the part
 */
PgsSummaryPart *
pgs_summary_part_new (PgsSnapshot        *snapshot,
                      const PgsColorMode *mode,
                      PgsPageChunk       *chunk,
                      PgsFrameBlock      *frames)
{
  Draft draft = { .snapshot = snapshot, .mode = mode };
  g_autofree uint32_t *words = NULL;
  PgsSummaryPart *self;

  g_return_val_if_fail (snapshot != NULL && mode != NULL && chunk != NULL, NULL);

  if (frames != NULL)
    {
      words = g_new (uint32_t, PGS_PAGE_CHUNK_PAGES);
      pgs_frame_block_get_words (frames, words);
    }
  draft.words = words;
  draft.first_page = pgs_page_chunk_get_index (chunk) * PGS_PAGE_CHUNK_PAGES;
  draft.pieces = g_array_new (FALSE, FALSE, sizeof (PgsSummaryPiece));
  draft.sums = g_array_new (FALSE, FALSE, sizeof (uint16_t));
  draft.classes = g_byte_array_new ();
  add_spans (&draft, chunk);
  self = make_part (&draft, chunk, frames);
  g_array_unref (draft.pieces);
  g_array_unref (draft.sums);
  g_byte_array_unref (draft.classes);
  return self;
}

/**
 * pgs_summary_part_ref:
 *
 * Returns: (transfer full): @self with one more reference
 */
PgsSummaryPart *
pgs_summary_part_ref (PgsSummaryPart *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * pgs_summary_part_unref:
 *
 * Drops a reference; the last one frees the part.
 */
void
pgs_summary_part_unref (PgsSummaryPart *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  pgs_page_chunk_unref (self->chunk);
  g_clear_pointer (&self->frames, pgs_frame_block_unref);
  g_free (self);
}

/**
 * pgs_summary_part_is_of:
 * @chunk: a chunk
 * @frames: (nullable): what is known of the frames of its pages, where the mode needs it
 *
 * Returns: whether the part is of these very two
 */
gboolean
pgs_summary_part_is_of (const PgsSummaryPart *self,
                        const PgsPageChunk   *chunk,
                        const PgsFrameBlock  *frames)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->chunk == chunk && self->frames == frames;
}

/* Counting */

/**
 * pgs_summary_part_add_totals:
 * @counts: (inout): one number a class, to which the part's are added
 */
void
pgs_summary_part_add_totals (const PgsSummaryPart *self,
                             uint64_t             *counts)
{
  const uint16_t *sums = pgs_summary_part_get_sums (self, self->n_pieces);

  for (guint i = 0; i < self->n_classes; i++)
    counts[i] += sums[i];
}

/* Adds the pages of a piece without detail, from @from up to @to, as if those of
 * every class were spread evenly. What is rounded are sums over classes, so that from
 * the start of a piece there are never more pages than that, nor fewer where none is
 * absent; what one range has less of a class than none, others have more. */
static void
add_share (const PgsSummaryPart *self,
           guint                 piece,
           guint                 from,
           guint                 to,
           uint64_t             *counts)
{
  const uint16_t *before = pgs_summary_part_get_sums (self, piece);
  const uint16_t *until = pgs_summary_part_get_sums (self, piece + 1);
  guint n_pages = pgs_summary_part_get_pieces (self)[piece].n_pages;
  guint sum = 0, last = 0;

  for (guint i = 0; i < self->n_classes; i++)
    {
      guint next;

      if (until[i] == before[i])
        continue;
      sum += (guint) (until[i] - before[i]);
      next = sum * to / n_pages - sum * from / n_pages;
      counts[i] += (uint64_t) next - last;
      last = next;
    }
}

/* Adds pages by their classes. Neighbors are mostly of the same class, and counting
 * them into the same place would have each wait for the one before. */
static void
add_classes (const PgsSummaryPart *self,
             const guint8         *classes,
             guint                 n,
             uint64_t             *counts)
{
  uint16_t tallies[N_TALLIES][PGS_COLOR_MODE_MAX_CLASSES];
  guint i = 0;

  if (n >= MANY_PAGES)
    {
      for (guint j = 0; j < N_TALLIES; j++)
        memset (tallies[j], 0, self->n_classes * sizeof tallies[j][0]);
      for (; i + N_TALLIES <= n; i += N_TALLIES)
        {
          tallies[0][classes[i]]++;
          tallies[1][classes[i + 1]]++;
          tallies[2][classes[i + 2]]++;
          tallies[3][classes[i + 3]]++;
        }
      for (guint j = 0; j < self->n_classes; j++)
        counts[j] += (guint) (tallies[0][j] + tallies[1][j] + tallies[2][j] + tallies[3][j]);
    }
  for (; i < n; i++)
    counts[classes[i]]++;
}

/* Adds the pages of a piece from @from up to @to, counted from its first. */
static void
add_pages (const PgsSummaryPart *self,
           guint                 piece,
           guint                 from,
           guint                 to,
           uint64_t             *counts)
{
  const PgsSummaryPiece *that = &pgs_summary_part_get_pieces (self)[piece];

  switch ((PgsSummaryPieceKind) that->kind)
    {
    case PGS_PIECE_UNIFORM:
      counts[that->value] += to - from;
      break;
    case PGS_PIECE_NUMBERS:
      add_share (self, piece, from, to, counts);
      break;
    case PGS_PIECE_CLASSES:
    default:
      add_classes (self, pgs_summary_part_get_classes (self) + that->value + from, to - from, counts);
      break;
    }
}

/* Returns the index of the first piece that ends behind @offset, counted from the
 * first page of the chunk. Costs little where it is not far behind @from. */
static guint
find_piece (const PgsSummaryPart *self,
            guint                 offset,
            guint                 from)
{
  const PgsSummaryPiece *pieces = pgs_summary_part_get_pieces (self);
  guint step = 1, low = from, high = from;

  while (high < self->n_pieces && (guint) pieces[high].first + pieces[high].n_pages <= offset)
    {
      low = high + 1;
      high += step;
      step *= 2;
    }
  high = MIN (high, self->n_pieces);
  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if ((guint) pieces[middle].first + pieces[middle].n_pages > offset)
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

static guint
get_offset (const PgsSummaryPart *self,
            uint64_t              page)
{
  return page > self->first_page
    ? (guint) MIN (page - self->first_page, PGS_PAGE_CHUNK_PAGES)
    : 0;
}

static void
set_sums (const PgsSummaryPart *self,
          guint                 piece,
          const uint64_t       *before,
          uint64_t             *counts)
{
  const uint16_t *sums = pgs_summary_part_get_sums (self, piece);

  for (guint i = 0; i < self->n_classes; i++)
    counts[i] = before[i] + sums[i];
}

static void
subtract_pages (const PgsSummaryPart *self,
                guint                 piece,
                guint                 from,
                guint                 to,
                uint64_t             *counts)
{
  uint64_t added[PGS_COLOR_MODE_MAX_CLASSES];

  memset (added, 0, self->n_classes * sizeof added[0]);
  add_pages (self, piece, from, to, added);
  for (guint i = 0; i < self->n_classes; i++)
    counts[i] -= added[i];
}

/**
 * pgs_summary_part_seek:
 * @page: a page number
 * @before: how many pages of each class there are before the part
 * @place: (inout): a place in the part that is not behind the page, which is where the
 *   search begins; the place of the page
 * @counts: (out): how many populated pages of each class there are before the page
 */
void
pgs_summary_part_seek (const PgsSummaryPart *self,
                       uint64_t              page,
                       const uint64_t       *before,
                       PgsSummaryPlace      *place,
                       uint64_t             *counts)
{
  guint offset = get_offset (self, page);
  guint index = find_piece (self, offset, place->piece);
  const PgsSummaryPiece *piece = &pgs_summary_part_get_pieces (self)[index];
  gboolean is_late;

  *place = (PgsSummaryPlace) { index, 0 };
  if (index < self->n_pieces && offset > piece->first)
    place->offset = offset - piece->first;
  /* Counted from the end that is nearer. */
  is_late = index < self->n_pieces && place->offset > piece->n_pages / 2u;
  set_sums (self, index + is_late, before, counts);
  if (is_late)
    subtract_pages (self, index, place->offset, piece->n_pages, counts);
  else if (place->offset > 0)
    add_pages (self, index, 0, place->offset, counts);
}

/**
 * pgs_summary_part_advance:
 * @place: (inout): where to go on from
 * @page: a page number, not before that place
 * @counts: (inout): one number a class, to which are added the populated pages
 *   from the place up to @page
 *
 * Goes on to a page that lies in the same piece.
 *
 * Returns: whether it does; nothing has changed if not
 */
gboolean
pgs_summary_part_advance (const PgsSummaryPart *self,
                          PgsSummaryPlace      *place,
                          uint64_t              page,
                          uint64_t             *counts)
{
  const PgsSummaryPiece *piece = &pgs_summary_part_get_pieces (self)[place->piece];
  guint offset = get_offset (self, page);

  if (place->piece == self->n_pieces || offset >= (guint) piece->first + piece->n_pages)
    return FALSE;
  offset = MAX (offset, piece->first) - piece->first;
  add_pages (self, place->piece, place->offset, offset, counts);
  place->offset = offset;
  return TRUE;
}

/**
 * pgs_summary_part_get_main:
 * @page: the page number of a page of which there is no detail
 *
 * Returns: the class of most pages around it
 */
guint
pgs_summary_part_get_main (const PgsSummaryPart *self,
                           uint64_t              page)
{
  guint piece = find_piece (self, get_offset (self, page), 0);
  const uint16_t *before = pgs_summary_part_get_sums (self, piece);
  guint largest = 0;

  g_return_val_if_fail (piece < self->n_pieces, 0);

  for (guint i = 1; i < self->n_classes; i++)
    if (pgs_summary_part_get_sums (self, piece + 1)[i] - before[i] >
        pgs_summary_part_get_sums (self, piece + 1)[largest] - before[largest])
      largest = i;
  return largest;
}
