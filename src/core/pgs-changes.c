/* pgs-changes.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What changed from one snapshot to the next.
 *
 * Walks the spans of both page stores side by side, a block at a time. A block
 * that is stored alike in both costs one comparison of memory.
 */

#include "config.h"

#include "pgs-changes.h"

#include <string.h>

typedef struct
{
  const PgsPageStore *store;
  guint               index;
  guint               n_spans;
  PgsPageSpan         span;    /* no pages when there is none */
} Side;

static void
load_span (Side *side)
{
  if (side->index < side->n_spans)
    pgs_page_store_get_span (side->store, side->index, &side->span);
  else
    side->span = (PgsPageSpan) { .first_page = G_MAXUINT64, .n_pages = 0 };
}

static void
init_side (Side              *side,
           const PgsSnapshot *snapshot)
{
  side->store = pgs_snapshot_get_store (snapshot);
  side->n_spans = pgs_page_store_get_n_spans (side->store);
  side->index = 0;
  load_span (side);
}

static void
advance (Side *side)
{
  side->index++;
  load_span (side);
}

static gboolean
spans_equal (const PgsPageSpan *left,
             const PgsPageSpan *right)
{
  if (left->first_page != right->first_page || left->n_pages != right->n_pages)
    return FALSE;
  if (left->entries == NULL || right->entries == NULL)
    return left->entries == right->entries && left->run == right->run &&
           left->step == right->step;
  return memcmp (left->entries, right->entries, left->n_pages * sizeof (uint64_t)) == 0;
}

static uint64_t
get_entry (const PgsPageSpan *span,
           uint64_t           page)
{
  if (page < span->first_page || page - span->first_page >= span->n_pages)
    return 0;
  return pgs_page_span_get_entry (span, (guint) (page - span->first_page));
}

static void
add_page (GArray   *changes,
          uint64_t  page,
          uint64_t  page_size)
{
  PgsChange change = { page * page_size, (page + 1) * page_size };
  PgsChange *last = changes->len > 0
    ? &g_array_index (changes, PgsChange, changes->len - 1) : NULL;

  if (last != NULL && (last->end == change.start || changes->len >= PGS_CHANGES_MAX))
    last->end = change.end;
  else
    g_array_append_val (changes, change);
}

/* Compares two spans of one block, either of which may be without pages. */
static void
compare_spans (const PgsPageSpan *before,
               const PgsPageSpan *after,
               uint64_t           page_size,
               GArray            *changes)
{
  uint64_t first = MIN (before->first_page, after->first_page);
  uint64_t end = MAX (before->n_pages > 0 ? before->first_page + before->n_pages : 0,
                      after->n_pages > 0 ? after->first_page + after->n_pages : 0);

  if (spans_equal (before, after))
    return;
  for (uint64_t page = first; page < end; page++)
    if (get_entry (before, page) != get_entry (after, page))
      add_page (changes, page, page_size);
}

/**
 * pgs_changes_find:
 * @before: a snapshot
 * @after: a later one of the same process
 *
 * Finds the pages whose entries are not the same in both: that came, went,
 * moved to another frame, or changed a flag.
 *
 * Returns: (transfer full) (element-type PgsChange): ranges of addresses, in
 *   ascending order
 */
GArray *
pgs_changes_find (const PgsSnapshot *before,
                  const PgsSnapshot *after)
{
  static const PgsPageSpan none = { .first_page = G_MAXUINT64 };
  GArray *changes;
  uint64_t page_size, pages_per_block;
  Side left, right;

  g_return_val_if_fail (before != NULL && after != NULL, NULL);

  changes = g_array_new (FALSE, FALSE, sizeof (PgsChange));
  page_size = pgs_snapshot_get_page_size (after);
  pages_per_block = page_size / sizeof (uint64_t);
  init_side (&left, before);
  init_side (&right, after);
  while (left.span.n_pages > 0 || right.span.n_pages > 0)
    {
      uint64_t left_block = left.span.first_page / pages_per_block;
      uint64_t right_block = right.span.first_page / pages_per_block;

      compare_spans (left_block <= right_block ? &left.span : &none,
                     right_block <= left_block ? &right.span : &none, page_size, changes);
      if (left_block <= right_block)
        advance (&left);
      if (right_block <= left_block)
        advance (&right);
    }
  return changes;
}
