/* test-page-chunk.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests what a chunk keeps of its pages where it keeps only their numbers.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "core/pgs-page-draft.h"
#include "pgs-plain.h"

#define RAM_END UINT64_C (3000000)
#define CHUNK   PGS_PAGE_CHUNK_PAGES
#define INDEX   7

static const guint blocks[] = { 512, 2048, 8192 };

/* Color modes ask the snapshot for nothing but where RAM ends. */
static PgsSnapshot *
make_snapshot (uint64_t ram_end)
{
  static const char text[] = "100000-200000 rw-p 00000000 00:00 0 \n"
                             "200000-300000 r-xp 00001000 08:01 4711 /usr/lib/libexample.so.1\n"
                             "300000-400000 rw-s 00000000 00:01 12 /dev/shm/example\n";
  g_autoptr(PgsMaps) maps = pgs_maps_parse (text, sizeof text - 1, 4096, NULL);
  g_autoptr(PgsPageStore) store = pgs_page_store_new (g_ptr_array_new ());

  return pgs_snapshot_new (maps, store, 4096, ram_end, NULL);
}

/* Adds what of a block lies between absent pages. Returns whether there was any. */
static gboolean
add_block (PgsPageDraft   *draft,
           uint64_t        first_page,
           const uint64_t *entries,
           guint           n)
{
  guint from = 0;

  while (from < n && entries[from] == 0)
    from++;
  while (n > from && entries[n - 1] == 0)
    n--;
  if (from < n)
    pgs_page_draft_add (draft, first_page + from, entries + from, n - from);
  return from < n;
}

/* Makes a chunk of blocks; with @like, only if that does not say the same. */
static PgsPageChunk *
make_chunk (const uint64_t *entries,
            guint           block,
            uint64_t        ram_end,
            PgsPageChunk   *like)
{
  PgsFrameBands bands;
  g_autoptr(PgsPageDraft) draft = NULL;

  pgs_frame_bands_init (&bands, ram_end);
  draft = pgs_page_draft_new (&bands);
  for (guint i = 0; i < CHUNK; i += block)
    add_block (draft, INDEX * CHUNK + i, entries + i, block);
  assert_false (pgs_page_draft_is_empty (draft));
  return pgs_page_draft_end (draft, like);
}

static PgsPageChunk *
reduce (PgsPageChunk *chunk,
        uint64_t      ram_end,
        PgsPageChunk *like)
{
  PgsFrameBands bands;
  g_autoptr(PgsPageDraft) draft = NULL;

  pgs_frame_bands_init (&bands, ram_end);
  draft = pgs_page_draft_new (&bands);
  pgs_page_draft_add_counted (draft, chunk);
  return pgs_page_draft_end (draft, like);
}

/* Counts a span by what it says: groups, or entries. */
static void
count_span (const PgsPageSpan  *span,
            const PgsColorMode *mode,
            const PgsMapping   *mapping,
            const PgsSnapshot  *snapshot,
            uint64_t           *counts)
{
  PgsPage page = { mapping, 0, 0 };

  for (guint i = 0; i < span->n_groups; i++)
    {
      guint n = pgs_page_span_get_group (span, i, &page.entry);

      counts[mode->classify (snapshot, &page)] += n;
    }
  for (guint i = 0; i < span->n_pages && span->groups == NULL; i++)
    {
      page.entry = pgs_page_span_get_entry (span, i);
      counts[mode->classify (snapshot, &page)]++;
    }
}

static void
assert_counts (const PgsPageCounts  *counts,
               const PgsPlainCounts *plain)
{
  assert_int_equal (counts->present, plain->present);
  assert_int_equal (counts->swapped, plain->swapped);
  assert_int_equal (counts->guard, plain->guard);
  assert_int_equal (counts->hidden, plain->hidden);
}

/* Holds a span against the plain entries of its pages. */
static void
check_span (const PgsPageSpan  *span,
            const uint64_t     *entries,
            const PgsColorMode *mode,
            const PgsMapping   *mapping,
            const PgsSnapshot  *snapshot)
{
  uint64_t classes[PGS_COLOR_MODE_MAX_CLASSES] = { 0, };
  PgsPlainCounts plain = { 0, };
  PgsPageCounts counts = { 0, };

  count_span (span, mode, mapping, snapshot, classes);
  for (guint i = 0; i < span->n_pages; i++)
    pgs_plain_count (&plain, mode, mapping, entries[i], RAM_END);
  /* There are no groups of absent pages. */
  if (span->groups != NULL)
    plain.classes[mode->n_classes - 1] = 0;
  for (guint i = 0; i < mode->n_classes; i++)
    assert_int_equal (classes[i], plain.classes[i]);
  pgs_page_counts_add_span (&counts, span, 0, span->n_pages);
  assert_counts (&counts, &plain);
}

/* Whatever pages there are: no number is lost. */
static void
check_chunk (PgsPageChunk       *chunk,
             const uint64_t     *entries,
             guint               block,
             const PgsSnapshot  *snapshot)
{
  const PgsMaps *maps = pgs_snapshot_get_maps (snapshot);
  PgsPageCounts counts = pgs_page_chunk_get_counts (chunk);
  PgsPlainCounts plain = { 0, };

  for (guint i = 0; i < pgs_page_chunk_get_n_spans (chunk); i++)
    for (guint j = 0; j < pgs_color_mode_get_n_modes () * pgs_maps_get_n_mappings (maps); j++)
      {
        PgsPageSpan span;

        pgs_page_chunk_get_span (chunk, i, &span);
        assert_int_equal (span.first_page / block, (span.first_page + span.n_pages - 1) / block);
        assert_true (span.groups == NULL || span.entries == NULL);
        check_span (&span, entries + span.first_page % CHUNK,
                    pgs_color_mode_get (j / pgs_maps_get_n_mappings (maps)),
                    pgs_maps_get_mapping (maps, j % pgs_maps_get_n_mappings (maps)), snapshot);
      }
  for (guint i = 0; i < CHUNK; i++)
    pgs_plain_count (&plain, NULL, NULL, entries[i], RAM_END);
  assert_counts (&counts, &plain);
}

static void
test_numbers (void **state)
{
  g_autoptr(PgsSnapshot) snapshot = make_snapshot (RAM_END);

  for (guint i = 0; i < 7 * G_N_ELEMENTS (blocks); i++)
    {
      guint block = blocks[i % G_N_ELEMENTS (blocks)];
      g_autoptr(GRand) rand = g_rand_new_with_seed (i);
      g_autofree uint64_t *entries = pgs_plain_make_pages (rand, RAM_END, CHUNK);
      g_autoptr(PgsPageChunk) chunk = make_chunk (entries, block, RAM_END, NULL);
      g_autoptr(PgsPageChunk) reduced = reduce (chunk, RAM_END, NULL);
      g_autoptr(PgsPageChunk) twice = reduce (reduced, RAM_END, reduced);

      check_chunk (chunk, entries, block, snapshot);
      check_chunk (reduced, entries, block, snapshot);
      assert_int_equal (pgs_page_chunk_get_index (reduced), INDEX);
      assert_false (pgs_page_chunk_has_counted (chunk));
      assert_false (pgs_page_chunk_has_detail (reduced));
      assert_int_equal (pgs_page_chunk_has_counted (reduced), pgs_page_chunk_has_detail (chunk));
      assert_true (pgs_page_chunk_get_bytes (reduced) <= pgs_page_chunk_get_bytes (chunk));
      assert_ptr_equal (twice, reduced);
    }
}

/* A sample has all that its pages have, but for the place of each. */
static void
test_samples (void **state)
{
  static const uint64_t ram_ends[] = { 0, 1, 2, 31, 32, 33, RAM_END, UINT64_C (1) << 40 };
  const uint64_t location = (UINT64_C (1) << 55) - 1;

  for (guint i = 0; i < 4000 * G_N_ELEMENTS (ram_ends); i++)
    {
      g_autoptr(GRand) rand = g_rand_new_with_seed (i);
      uint64_t ram_end = ram_ends[i % G_N_ELEMENTS (ram_ends)];
      uint64_t entry = pgs_plain_make_entry (rand, ram_end), sample;
      PgsPageSpan span = { .n_pages = 1, .n_groups = 1 };
      PgsFrameBands bands;
      uint32_t group;

      if (entry == 0)
        continue;
      pgs_frame_bands_init (&bands, ram_end);
      group = pgs_page_group_pack (pgs_page_group_get_key (&bands, entry), 1 + i % 8192);
      span.groups = &group;
      span.bands = &bands;
      assert_int_equal (pgs_page_span_get_group (&span, 0, &sample), 1 + i % 8192);
      assert_int_equal (sample & ~location, entry & ~location);
      /* A guard page has no place. */
      if (!(entry >> 58 & 1) || entry >> 63)
        assert_int_equal ((sample & location) == 0, (entry & location) == 0);
      if (entry >> 63 && entry & location)
        assert_int_equal (pgs_frame_bands_find (&bands, sample & location),
                          pgs_frame_bands_find (&bands, entry & location));
    }
}

static void
shuffle (uint64_t *entries,
         guint     n,
         GRand    *rand)
{
  for (guint i = n - 1; i > 0; i--)
    {
      guint other = (guint) g_rand_int_range (rand, 0, (gint32) i + 1);
      uint64_t swap = entries[i];

      entries[i] = entries[other];
      entries[other] = swap;
    }
}

/* The same numbers are the same chunk, in whatever order the pages come; one page more
 * or less of a kind is another. */
static void
test_order_of_pages_does_not_matter (void **state)
{
  for (guint i = 0; i < 4 * G_N_ELEMENTS (blocks); i++)
    {
      guint block = blocks[i % G_N_ELEMENTS (blocks)];
      g_autoptr(GRand) rand = g_rand_new_with_seed (i);
      g_autofree uint64_t *entries = g_new (uint64_t, CHUNK);
      g_autoptr(PgsPageChunk) chunk = NULL, reduced = NULL, other = NULL, other_reduced = NULL;
      g_autoptr(PgsPageChunk) changed = NULL, changed_reduced = NULL;

      for (guint j = 0; j < CHUNK; j++)
        while ((entries[j] = pgs_plain_make_entry (rand, RAM_END)) == 0)
          continue;
      chunk = make_chunk (entries, block, RAM_END, NULL);
      reduced = reduce (chunk, RAM_END, NULL);
      for (guint j = 0; j < CHUNK; j += block)
        shuffle (entries + j, block, rand);
      other = make_chunk (entries, block, RAM_END, chunk);
      other_reduced = reduce (other, RAM_END, reduced);
      assert_ptr_not_equal (other, chunk);
      assert_ptr_equal (other_reduced, reduced);
      entries[17] ^= PGS_PAGEMAP_SOFT_DIRTY;
      changed = make_chunk (entries, block, RAM_END, other);
      changed_reduced = reduce (changed, RAM_END, reduced);
      assert_ptr_not_equal (changed, other);
      assert_ptr_not_equal (changed_reduced, reduced);
    }
}

/* What is asked for like another chunk, and is not like it. */
static void
test_other_chunks_are_not_taken (void **state)
{
  uint64_t entries[CHUNK] = { [5] = PGS_PAGEMAP_PRESENT | 3, [9] = PGS_PAGEMAP_PRESENT | 7 };
  g_autoptr(PgsPageChunk) chunk = make_chunk (entries, 512, RAM_END, NULL);
  g_autoptr(PgsPageChunk) same = make_chunk (entries, 512, RAM_END, chunk);
  g_autoptr(PgsPageChunk) other_ram = make_chunk (entries, 512, RAM_END + 1, chunk);
  g_autoptr(PgsPageChunk) less = NULL, moved = NULL, more = NULL;

  assert_ptr_equal (same, chunk);
  assert_ptr_not_equal (other_ram, chunk);
  entries[600] = PGS_PAGEMAP_PRESENT | 3;
  more = make_chunk (entries, 512, RAM_END, chunk);
  assert_ptr_not_equal (more, chunk);
  entries[600] = entries[9] = 0;
  less = make_chunk (entries, 512, RAM_END, chunk);
  assert_ptr_not_equal (less, chunk);
  entries[5] = 0;
  entries[6] = PGS_PAGEMAP_PRESENT | 3;
  moved = make_chunk (entries, 512, RAM_END, less);
  assert_ptr_not_equal (moved, less);
}

static void
test_find_span (void **state)
{
  uint64_t entries[CHUNK] = { 0, };
  g_autoptr(PgsPageChunk) chunk = NULL;

  for (guint i = 0; i < CHUNK; i += 700)
    entries[i] = PGS_PAGEMAP_PRESENT | (i + 1);
  chunk = make_chunk (entries, 512, RAM_END, NULL);
  assert_int_equal (pgs_page_chunk_get_n_spans (chunk), 12);
  for (guint i = 0; i < CHUNK; i++)
    assert_int_equal (pgs_page_chunk_find_span (chunk, INDEX * CHUNK + i), (i + 699) / 700);
  assert_int_equal (pgs_page_chunk_find_span (chunk, 0), 0);
  assert_int_equal (pgs_page_chunk_find_span (chunk, G_MAXUINT64), 12);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_numbers),
    cmocka_unit_test (test_samples),
    cmocka_unit_test (test_order_of_pages_does_not_matter),
    cmocka_unit_test (test_other_chunks_are_not_taken),
    cmocka_unit_test (test_find_span),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
