/* pgs-page-draft.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A chunk in the making. Spans are gathered in arrays that are used over and over;
 * the chunk is one piece of memory, made when its last span is known, and not made
 * at all where an earlier one says the same.
 */

#include "config.h"

#include "pgs-page-draft.h"

#include <string.h>

#include "pgs-page-chunk-private.h"

struct _PgsPageDraft
{
  uint64_t       index;
  PgsFrameBands  bands;
  GArray        *spans;
  GArray        *entries;
  GArray        *groups;
  uint16_t      *tally;  /* pages of each key, all 0 between two spans; or %NULL */
  GArray        *keys;   /* what there is a tally of */
};

/**
 * pgs_page_draft_new:
 * @bands: what groups of pages tell frames apart by
 *
 * Returns: (transfer full): a draft without any span
 */
PgsPageDraft *
pgs_page_draft_new (const PgsFrameBands *bands)
{
  PgsPageDraft *self;

  g_return_val_if_fail (bands != NULL, NULL);

  self = g_new0 (PgsPageDraft, 1);
  self->bands = *bands;
  self->spans = g_array_new (FALSE, FALSE, sizeof (PgsStoredSpan));
  self->entries = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  self->groups = g_array_new (FALSE, FALSE, sizeof (uint32_t));
  self->keys = g_array_new (FALSE, FALSE, sizeof (guint));
  return self;
}

/**
 * pgs_page_draft_free:
 *
 * Frees the draft and what was added to it.
 */
void
pgs_page_draft_free (PgsPageDraft *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->spans);
  g_array_unref (self->entries);
  g_array_unref (self->groups);
  g_array_unref (self->keys);
  g_free (self->tally);
  g_free (self);
}

/**
 * pgs_page_draft_is_empty:
 *
 * Returns: whether nothing has been added since the draft was made or ended
 */
gboolean
pgs_page_draft_is_empty (const PgsPageDraft *self)
{
  g_return_val_if_fail (self != NULL, TRUE);

  return self->spans->len == 0;
}

static gboolean
find_step (const uint64_t *entries,
           guint           n,
           uint16_t       *step)
{
  uint64_t first_step = n > 1 ? entries[1] - entries[0] : 0;

  if (first_step > 1)
    return FALSE;
  for (guint i = 2; i < n; i++)
    if (entries[i] - entries[i - 1] != first_step)
      return FALSE;
  *step = (uint16_t) first_step;
  return TRUE;
}

/**
 * pgs_page_draft_add:
 * @first_page: page number of the first page, which is populated; behind every
 *   page added so far, and in the same chunk
 * @entries: an entry a page, 0 for absent ones
 * @n_entries: how many pages, of which the last is populated
 *
 * Adds a span.
 */
void
pgs_page_draft_add (PgsPageDraft   *self,
                    uint64_t        first_page,
                    const uint64_t *entries,
                    guint           n_entries)
{
  PgsStoredSpan span = { 0, };

  g_return_if_fail (self != NULL && entries != NULL);
  g_return_if_fail (n_entries > 0);
  g_return_if_fail (first_page % PGS_PAGE_CHUNK_PAGES + n_entries <= PGS_PAGE_CHUNK_PAGES);

  self->index = first_page / PGS_PAGE_CHUNK_PAGES;
  span.first = (uint16_t) (first_page % PGS_PAGE_CHUNK_PAGES);
  span.n_pages = (uint16_t) n_entries;
  if (find_step (entries, n_entries, &span.n))
    {
      span.kind = PGS_SPAN_RUN;
      span.value = entries[0];
    }
  else
    {
      span.kind = PGS_SPAN_DETAIL;
      span.value = self->entries->len;
      g_array_append_vals (self->entries, entries, n_entries);
    }
  g_array_append_val (self->spans, span);
}

static void
tally_entries (PgsPageDraft   *self,
               const uint64_t *entries,
               guint           n_entries)
{
  if (self->tally == NULL)
    self->tally = g_new0 (uint16_t, PGS_PAGE_GROUP_N_KEYS);
  for (guint i = 0; i < n_entries; i++)
    {
      guint key = pgs_page_group_get_key (&self->bands, entries[i]);

      if (entries[i] == 0)
        continue;
      if (self->tally[key]++ == 0)
        g_array_append_val (self->keys, key);
    }
}

static int
compare_keys (gconstpointer left,
              gconstpointer right)
{
  guint a = *(const guint *) left, b = *(const guint *) right;

  return a < b ? -1 : a > b;
}

/* Turns the tally into groups, in an order that depends on nothing else. */
static void
add_groups (PgsPageDraft *self)
{
  g_array_sort (self->keys, compare_keys);
  for (guint i = 0; i < self->keys->len; i++)
    {
      guint key = g_array_index (self->keys, guint, i);
      uint32_t group = pgs_page_group_pack (key, self->tally[key]);

      g_array_append_val (self->groups, group);
      self->tally[key] = 0;
    }
  g_array_set_size (self->keys, 0);
}

/**
 * pgs_page_draft_add_counted:
 * @chunk: a chunk
 *
 * Adds all spans of a chunk, and of those with detail only how many pages of
 * which kind they have.
 */
void
pgs_page_draft_add_counted (PgsPageDraft       *self,
                            const PgsPageChunk *chunk)
{
  g_return_if_fail (self != NULL && chunk != NULL);
  g_return_if_fail (pgs_page_draft_is_empty (self));

  self->index = chunk->index;
  for (guint i = 0; i < chunk->n_spans; i++)
    {
      PgsStoredSpan span = pgs_page_chunk_get_stored (chunk)[i];
      guint n_groups = self->groups->len;

      if (span.kind == PGS_SPAN_DETAIL)
        {
          tally_entries (self, pgs_page_chunk_get_entries (chunk) + span.value, span.n_pages);
          add_groups (self);
        }
      else if (span.kind == PGS_SPAN_GROUPS)
        g_array_append_vals (self->groups, pgs_page_chunk_get_groups (chunk) + span.value, span.n);
      if (span.kind != PGS_SPAN_RUN)
        {
          span.kind = PGS_SPAN_GROUPS;
          span.value = n_groups;
          span.n = (uint16_t) (self->groups->len - n_groups);
        }
      g_array_append_val (self->spans, span);
    }
}

static gboolean
has_data (const GArray  *array,
          gconstpointer  data,
          guint          n,
          gsize          size)
{
  return array->len == n && (n == 0 || memcmp (array->data, data, n * size) == 0);
}

static gboolean
is_like (const PgsPageDraft *self,
         const PgsPageChunk *chunk)
{
  return chunk != NULL && chunk->index == self->index &&
         chunk->bands.ram_end == self->bands.ram_end &&
         has_data (self->spans, pgs_page_chunk_get_stored (chunk), chunk->n_spans, sizeof (PgsStoredSpan)) &&
         has_data (self->entries, pgs_page_chunk_get_entries (chunk), chunk->n_entries, sizeof (uint64_t)) &&
         has_data (self->groups, pgs_page_chunk_get_groups (chunk), chunk->n_groups, sizeof (uint32_t));
}

static guint8 *
put (guint8       *place,
     const GArray *array,
     gsize         size)
{
  if (array->len > 0)
    memcpy (place, array->data, array->len * size);
  return place + array->len * size;
}

static uint64_t
get_flags (const PgsPageSpan *span)
{
  uint64_t flags = span->run;

  for (guint i = 0; i < span->n_pages && span->entries != NULL; i++)
    flags |= span->entries[i];
  for (guint i = 0; i < span->n_groups; i++)
    {
      uint64_t entry;

      pgs_page_span_get_group (span, i, &entry);
      flags |= entry;
    }
  return flags;
}

static void
count_chunk (PgsPageChunk *chunk)
{
  PgsPageCounts counts = { 0, };
  uint64_t flags = 0;

  for (guint i = 0; i < chunk->n_spans; i++)
    {
      PgsPageSpan span;

      pgs_page_chunk_get_span (chunk, i, &span);
      pgs_page_counts_add_span (&counts, &span, 0, span.n_pages);
      flags |= get_flags (&span);
    }
  chunk->n_present = (uint16_t) counts.present;
  chunk->n_swapped = (uint16_t) counts.swapped;
  chunk->n_guard = (uint16_t) counts.guard;
  chunk->n_hidden = (uint16_t) counts.hidden;
  chunk->flags = (uint16_t) (flags >> PGS_PAGE_CHUNK_FLAGS_SHIFT);
}

static PgsPageChunk *
make_chunk (const PgsPageDraft *self)
{
  gsize size = self->spans->len * sizeof (PgsStoredSpan) + self->entries->len * sizeof (uint64_t) +
               self->groups->len * sizeof (uint32_t);
  PgsPageChunk *chunk = g_malloc (sizeof *chunk + size);
  guint8 *place = (guint8 *) (chunk + 1);

  *chunk = (PgsPageChunk) {
    .index = self->index,
    .bands = self->bands,
    .n_spans = (uint16_t) self->spans->len,
    .n_entries = (uint16_t) self->entries->len,
    .n_groups = (uint16_t) self->groups->len,
  };
  g_atomic_ref_count_init (&chunk->ref_count);
  place = put (place, self->spans, sizeof (PgsStoredSpan));
  place = put (place, self->entries, sizeof (uint64_t));
  put (place, self->groups, sizeof (uint32_t));
  count_chunk (chunk);
  return chunk;
}

/**
 * pgs_page_draft_end:
 * @like: (nullable): a chunk that may say the same
 *
 * Makes a chunk of what was added, and empties the draft.
 *
 * Returns: (transfer full): the chunk; it is @like where that says the same
 */
PgsPageChunk *
pgs_page_draft_end (PgsPageDraft *self,
                    PgsPageChunk *like)
{
  PgsPageChunk *chunk;

  g_return_val_if_fail (self != NULL, NULL);

  chunk = is_like (self, like) ? pgs_page_chunk_ref (like) : make_chunk (self);
  g_array_set_size (self->spans, 0);
  g_array_set_size (self->entries, 0);
  g_array_set_size (self->groups, 0);
  return chunk;
}
