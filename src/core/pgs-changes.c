/* pgs-changes.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What changed from one snapshot to the next.
 *
 * Walks the chunks of both page stores side by side. A chunk that both share is
 * the same; of the others, the pages are laid out one by one and compared. Where
 * only the numbers of pages are kept, the pages of a block change together; two blocks
 * are taken for the same where a hash of their numbers is.
 *
 * What the kernel knows of frames does not count. It ages frames all the time, and
 * others map them: a flash would tell of the kernel's doings where one looks for those
 * of the process.
 */

#include "config.h"

#include "pgs-changes.h"

/* What stands for the pages of a span of which there is none. */
#define NO_PAGES UINT64_C (1)

/* The pages of a chunk. */
typedef struct
{
  uint64_t entries[PGS_PAGE_CHUNK_PAGES];
  uint64_t numbers[PGS_PAGE_CHUNK_PAGES]; /* what stands for them; 0 where there is detail */
} Pages;

static uint64_t
hash_groups (const PgsPageSpan *span)
{
  uint64_t hash = 0;

  for (guint i = 0; i < span->n_groups; i++)
    {
      /* The odd number next to 2^64 divided by the golden ratio spreads the bits. */
      hash = (hash ^ span->groups[i]) * UINT64_C (0x9e3779b97f4a7c15);
      hash ^= hash >> 32;
    }
  return MAX (hash, NO_PAGES + 1);
}

static void
lay_out_span (const PgsPageSpan *span,
              Pages             *pages)
{
  guint first = (guint) (span->first_page % PGS_PAGE_CHUNK_PAGES);
  uint64_t number = span->groups != NULL ? hash_groups (span) : 0;

  for (guint i = 0; i < span->n_pages; i++)
    {
      pages->entries[first + i] = pgs_page_span_get_entry (span, i);
      pages->numbers[first + i] = number;
    }
}

static void
lay_out (const PgsPageChunk *chunk,
         Pages              *pages)
{
  *pages = (Pages) { 0, };
  if (chunk == NULL)
    return;
  for (guint i = 0; i < pgs_page_chunk_get_n_spans (chunk); i++)
    {
      PgsPageSpan span;

      pgs_page_chunk_get_span (chunk, i, &span);
      lay_out_span (&span, pages);
    }
}

/* Where a span of @chunk has only numbers, and there are no pages at all on the other
 * side, the two are comparable all the same. */
static void
compare_with_none (const PgsPageChunk *chunk,
                   Pages              *other)
{
  for (guint i = 0; chunk != NULL && i < pgs_page_chunk_get_n_spans (chunk); i++)
    {
      PgsPageSpan span;
      guint first, n = 0;

      pgs_page_chunk_get_span (chunk, i, &span);
      first = (guint) (span.first_page % PGS_PAGE_CHUNK_PAGES);
      while (n < span.n_pages && span.groups != NULL &&
             other->entries[first + n] == 0 && other->numbers[first + n] == 0)
        n++;
      for (guint j = 0; j < n && n == span.n_pages; j++)
        other->numbers[first + j] = NO_PAGES;
    }
}

/* Whether a page is known not to be the same. Detail and numbers are not comparable:
 * they were read for somebody who looked, or dropped. */
static gboolean
differs (const Pages *before,
         const Pages *after,
         guint        i)
{
  if (before->numbers[i] != 0 && after->numbers[i] != 0)
    return before->numbers[i] != after->numbers[i];
  return before->numbers[i] == 0 && after->numbers[i] == 0 &&
         before->entries[i] != after->entries[i];
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

/* Compares two chunks of the same pages, either of which may be %NULL. @scratch is
 * room for both. */
static void
compare_chunks (const PgsPageChunk *before,
                const PgsPageChunk *after,
                uint64_t            page_size,
                Pages              *scratch,
                GArray             *changes)
{
  uint64_t first = pgs_page_chunk_get_index (before != NULL ? before : after) *
                   PGS_PAGE_CHUNK_PAGES;

  if (before == after)
    return;
  lay_out (before, &scratch[0]);
  lay_out (after, &scratch[1]);
  compare_with_none (before, &scratch[1]);
  compare_with_none (after, &scratch[0]);
  for (guint i = 0; i < PGS_PAGE_CHUNK_PAGES; i++)
    if (differs (&scratch[0], &scratch[1], i))
      add_page (changes, first + i, page_size);
}

static PgsPageChunk *
get_chunk (const PgsPageStore *store,
           guint               index)
{
  return index < pgs_page_store_get_n_chunks (store) ? pgs_page_store_get_chunk (store, index)
                                                     : NULL;
}

static uint64_t
get_index (const PgsPageChunk *chunk)
{
  return chunk != NULL ? pgs_page_chunk_get_index (chunk) : G_MAXUINT64;
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
  GArray *changes;
  g_autofree Pages *scratch = NULL;
  guint left = 0, right = 0;

  g_return_val_if_fail (before != NULL && after != NULL, NULL);

  changes = g_array_new (FALSE, FALSE, sizeof (PgsChange));
  scratch = g_new (Pages, 2);
  for (;;)
    {
      PgsPageChunk *old = get_chunk (pgs_snapshot_get_store (before), left);
      PgsPageChunk *new = get_chunk (pgs_snapshot_get_store (after), right);
      uint64_t index = MIN (get_index (old), get_index (new));

      if (index == G_MAXUINT64)
        return changes;
      compare_chunks (get_index (old) == index ? old : NULL,
                      get_index (new) == index ? new : NULL,
                      pgs_snapshot_get_page_size (after), scratch, changes);
      left += get_index (old) == index;
      right += get_index (new) == index;
    }
}
