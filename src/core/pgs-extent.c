/* pgs-extent.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Goes through the pages of a summary whose frames are known, from one address to another:
 * what maps pages to frames, as the page table does, with the class of each.
 *
 * A stretch whose frames are consecutive is told at once. Where many pages are stored one
 * by one, whoever draws them may have every so-manieth only; stretches that the store
 * knows to be consecutive are always told in full.
 */

#include "config.h"

#include "pgs-extent.h"

#include "pgs-summary-part-private.h"

typedef struct
{
  uint64_t       first;     /* page numbers: what is asked for */
  uint64_t       end;
  guint          stride;
  PgsExtentFunc  func;
  gpointer       user_data;
  PgsExtent      pending;   /* what has not been told yet, as more of it may come */
} Visit;

static void
flush (Visit *visit)
{
  if (visit->pending.n_pages > 0)
    visit->func (&visit->pending, visit->user_data);
  visit->pending.n_pages = 0;
}

static void
add (Visit    *visit,
     uint64_t  page,
     uint64_t  pfn,
     uint64_t  n_pages,
     guint     class)
{
  PgsExtent *pending = &visit->pending;

  if (pending->n_pages > 0 && pending->page + pending->n_pages == page &&
      pending->pfn + pending->n_pages == pfn && pending->class == class)
    {
      pending->n_pages += n_pages;
      return;
    }
  flush (visit);
  *pending = (PgsExtent) { page, pfn, n_pages, class };
}

/* A piece of a part, within one span and one mapping. */
typedef struct
{
  const PgsSummaryPart  *part;
  const PgsSummaryPiece *piece;
  const PgsPageSpan     *span;
} Place;

static guint
get_class (const Place *place,
           uint64_t     page)
{
  uint64_t first = place->part->first_page + place->piece->first;

  return place->piece->kind == PGS_PIECE_UNIFORM
    ? place->piece->value
    : pgs_summary_part_get_classes (place->part)[place->piece->value + (page - first)];
}

static uint64_t
next_multiple (uint64_t number,
               guint    stride)
{
  return (number + stride - 1) / stride * stride;
}

/* Tells of the pages from @first up to @end, which the store keeps one by one. */
static void
visit_entries (Visit       *visit,
               const Place *place,
               uint64_t     first,
               uint64_t     end)
{
  const PgsPageSpan *span = place->span;

  for (uint64_t page = next_multiple (first, visit->stride); page < end; page += visit->stride)
    {
      uint64_t pfn = pgs_pagemap_entry_get_pfn (span->entries[page - span->first_page]);

      if (pfn != 0)
        add (visit, page, pfn, 1, get_class (place, page));
    }
}

/* Tells of the pages from @first up to @end, whose frames are consecutive, or hidden. */
static void
visit_run (Visit       *visit,
           const Place *place,
           uint64_t     first,
           uint64_t     end)
{
  guint offset = (guint) (first - place->span->first_page);
  uint64_t pfn = pgs_pagemap_entry_get_pfn (pgs_page_span_get_entry (place->span, offset));

  if (pfn == 0)
    return;
  if (place->span->step == 1 && place->piece->kind == PGS_PIECE_UNIFORM)
    add (visit, first, pfn, end - first, place->piece->value);
  else
    for (uint64_t page = next_multiple (first, visit->stride); page < end; page += visit->stride)
      add (visit, page, pfn + (page - first) * place->span->step, 1, get_class (place, page));
}

static void
visit_piece (Visit       *visit,
             const Place *place)
{
  uint64_t piece_first = place->part->first_page + place->piece->first;
  uint64_t first = MAX (piece_first, visit->first);
  uint64_t end = MIN (piece_first + place->piece->n_pages, visit->end);

  if (first >= end || place->piece->kind == PGS_PIECE_NUMBERS)
    return;
  if (place->span->entries != NULL)
    visit_entries (visit, place, first, end);
  else
    visit_run (visit, place, first, end);
}

/* Whether a piece of several classes has no page whose number the stride divides. */
static gboolean
is_passed_over (const Visit           *visit,
                const PgsSummaryPiece *piece,
                uint64_t               first)
{
  return piece->kind == PGS_PIECE_CLASSES &&
         next_multiple (first, visit->stride) >= first + piece->n_pages;
}

static void
visit_part (Visit                *visit,
            const PgsSummaryPart *part)
{
  const PgsSummaryPiece *pieces = pgs_summary_part_get_pieces (part);
  guint span_index = G_MAXUINT;
  PgsPageSpan span;

  for (guint i = 0; i < part->n_pieces; i++)
    {
      uint64_t first = part->first_page + pieces[i].first;
      Place place = { part, &pieces[i], &span };

      if (first >= visit->end)
        return;
      if (first + pieces[i].n_pages <= visit->first ||
          is_passed_over (visit, &pieces[i], first))
        continue;
      if (span_index == G_MAXUINT || span.first_page + span.n_pages <= first)
        {
          span_index = pgs_page_chunk_find_span (part->chunk, first);
          pgs_page_chunk_get_span (part->chunk, span_index, &span);
        }
      visit_piece (visit, &place);
    }
}

/**
 * pgs_extents_visit:
 * @summary: whose pages
 * @start: first address
 * @end: the address behind the last one
 * @stride: 1 to be told of every page; more to be told, of pages that are stored one by
 *   one or are of several classes, only of those whose number this divides
 * @func: told of extents in order of their pages; borrows the extent
 * @user_data: for @func
 *
 * Goes through the present pages in [@start, @end) whose frames are known. Pages that are
 * only kept as numbers are not among them.
 */
void
pgs_extents_visit (const PgsSummary *summary,
                   uint64_t          start,
                   uint64_t          end,
                   guint             stride,
                   PgsExtentFunc     func,
                   gpointer          user_data)
{
  const PgsSnapshot *snapshot = pgs_summary_get_snapshot (summary);
  const PgsPageStore *store = pgs_snapshot_get_store (snapshot);
  uint64_t page_size = pgs_snapshot_get_page_size (snapshot);
  Visit visit = {
    .first = start / page_size,
    .end = end / page_size + (end % page_size != 0),
    .stride = stride,
    .func = func,
    .user_data = user_data,
  };

  g_return_if_fail (func != NULL && stride > 0);

  for (guint i = pgs_page_store_find_chunk (store, visit.first);
       i < pgs_page_store_get_n_chunks (store); i++)
    {
      const PgsSummaryPart *part = pgs_summary_get_part (summary, i);

      if (part->first_page >= visit.end)
        break;
      visit_part (&visit, part);
    }
  flush (&visit);
}
