/* test-changes.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "core/pgs-changes.h"
#include "core/pgs-page-store-builder.h"

#define N     (6 * 512)
#define FIRST 1234

static PgsSnapshot *
make_snapshot_of (const uint64_t *entries,
                  gsize           n_entries,
                  uint64_t        page_size)
{
  static const char text[] = "400000-800000000000 rw-p 00000000 00:00 0 \n";
  g_autoptr(PgsMaps) maps = pgs_maps_parse (text, sizeof text - 1, page_size, NULL);
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new ((guint) (page_size / 8));
  g_autoptr(PgsPageStore) store = NULL;

  assert_non_null (maps);
  pgs_page_store_builder_append (builder, FIRST, entries, n_entries);
  store = pgs_page_store_builder_end (builder);
  return pgs_snapshot_new (maps, store, page_size, 0, NULL);
}

/* The ranges of pages that differ, found page by page. */
static GArray *
compare_plainly (const uint64_t *before,
                 const uint64_t *after,
                 uint64_t        page_size)
{
  GArray *changes = g_array_new (FALSE, FALSE, sizeof (PgsChange));

  for (guint i = 0; i < N; i++)
    {
      gboolean starts = before[i] != after[i] && (i == 0 || before[i - 1] == after[i - 1]);
      PgsChange change = { (FIRST + i) * page_size, 0 };

      if (starts)
        g_array_append_val (changes, change);
      if (before[i] != after[i])
        g_array_index (changes, PgsChange, changes->len - 1).end = (FIRST + i + 1) * page_size;
    }
  return changes;
}

static void
check_pages (const uint64_t *before,
             const uint64_t *after,
             uint64_t        page_size)
{
  g_autoptr(PgsSnapshot) left = make_snapshot_of (before, N, page_size);
  g_autoptr(PgsSnapshot) right = make_snapshot_of (after, N, page_size);
  g_autoptr(GArray) changes = pgs_changes_find (left, right);
  g_autoptr(GArray) expected = compare_plainly (before, after, page_size);

  assert_int_equal (changes->len, expected->len);
  for (guint i = 0; i < changes->len; i++)
    {
      assert_int_equal (g_array_index (changes, PgsChange, i).start,
                        g_array_index (expected, PgsChange, i).start);
      assert_int_equal (g_array_index (changes, PgsChange, i).end,
                        g_array_index (expected, PgsChange, i).end);
    }
}

static void
check (const uint64_t *before,
       const uint64_t *after)
{
  check_pages (before, after, 4096);
  check_pages (after, before, 4096);
  check_pages (before, after, 16384);
}

static uint64_t
random_entry (GRand *rand,
              guint  page)
{
  switch (g_rand_int_range (rand, 0, 3))
    {
    case 0:
      return 0;
    case 1:
      return PGS_PAGEMAP_PRESENT | (page + 10);
    default:
      return PGS_PAGEMAP_PRESENT | (uint64_t) g_rand_int_range (rand, 1, 1000);
    }
}

static void
test_random (void **state)
{
  for (guint32 seed = 0; seed < 60; seed++)
    {
      g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
      uint64_t before[N], after[N];
      guint every = seed % 3 == 0 ? 1000 : 3;

      for (guint i = 0; i < N; i++)
        {
          gboolean block_is_empty = i / 512 % 3 == seed % 3;

          before[i] = block_is_empty && seed % 2 == 0 ? 0 : random_entry (rand, i);
          after[i] = g_rand_int_range (rand, 0, (gint32) every) == 0 ? random_entry (rand, i)
                                                                   : before[i];
          if (block_is_empty && seed % 5 == 0)
            after[i] = 0;
        }
      check (before, after);
    }
}

/* One bit makes a change, whichever, and nothing makes none. */
static void
test_single_bits (void **state)
{
  uint64_t before[N], after[N];

  for (guint i = 0; i < N; i++)
    before[i] = after[i] = PGS_PAGEMAP_PRESENT | (i < N / 2 ? i + 1 : i * 7 + 1);
  check (before, after);
  for (guint bit = 0; bit < 64; bit++)
    {
      guint page = bit * 47 % N;

      after[page] ^= UINT64_C (1) << bit;
      check (before, after);
      after[page] = before[page];
    }
}

/* Blocks that are in one snapshot only, and blocks in which nothing overlaps. */
static void
test_blocks_that_come_and_go (void **state)
{
  static const struct
  {
    guint before_start, before_end, after_start, after_end;
  } cases[] = {
    { 0, 0, 0, N },
    { 0, 0, 700, 701 },
    { 0, 512, 1024, 2048 },
    { 0, 1024, 512, 2048 },
    { 300, 310, 320, 330 },
    { 300, 320, 310, 330 },
    { N - 1, N, 0, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      uint64_t before[N] = { 0, }, after[N] = { 0, };

      for (guint page = cases[i].before_start; page < cases[i].before_end; page++)
        before[page] = PGS_PAGEMAP_PRESENT | (page + 10);
      for (guint page = cases[i].after_start; page < cases[i].after_end; page++)
        after[page] = PGS_PAGEMAP_PRESENT | (page + 10);
      check (before, after);
    }
}

/* A run against another run: the same pages of a block, or as many of them. */
static void
test_runs (void **state)
{
  static const struct
  {
    guint    first;
    guint    n;
    uint64_t entry;
    uint64_t step;
  } runs[] = {
    { 300, 10, PGS_PAGEMAP_PRESENT | 70, 1 },
    { 300, 10, PGS_PAGEMAP_PRESENT | 90, 1 },
    { 300, 10, PGS_PAGEMAP_PRESENT | 70, 0 },
    { 300, 10, PGS_PAGEMAP_PRESENT | 70, 7 },
    { 320, 10, PGS_PAGEMAP_PRESENT | 70, 1 },
    { 320, 10, PGS_PAGEMAP_PRESENT | 70, 0 },
    { 320, 10, PGS_PAGEMAP_PRESENT | 70, 7 },
    { 305, 10, PGS_PAGEMAP_PRESENT | 75, 1 },
    { 300, 11, PGS_PAGEMAP_PRESENT | 70, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (runs) * G_N_ELEMENTS (runs); i++)
    {
      uint64_t pages[2][N] = { { 0, }, };

      for (guint side = 0; side < 2; side++)
        {
          guint run = side == 0 ? i / G_N_ELEMENTS (runs) : i % G_N_ELEMENTS (runs);

          for (guint page = 0; page < runs[run].n; page++)
            pages[side][runs[run].first + page] = runs[run].entry + page * runs[run].step;
        }
      check (pages[0], pages[1]);
    }
}

/* Beyond the limit the ranges get coarser, and still no change is left out. */
static void
test_limit (void **state)
{
  const gsize n = 2 * (PGS_CHANGES_MAX + 1000);
  g_autofree uint64_t *entries = g_new (uint64_t, n);
  g_autoptr(PgsSnapshot) before = NULL;
  g_autoptr(PgsSnapshot) after = NULL;
  g_autoptr(GArray) changes = NULL;

  for (gsize i = 0; i < n; i++)
    entries[i] = PGS_PAGEMAP_PRESENT | (i * 3 + 1);
  before = make_snapshot_of (entries, n, 4096);
  for (gsize i = 0; i < n; i += 2)
    entries[i]++;
  after = make_snapshot_of (entries, n, 4096);
  changes = pgs_changes_find (before, after);
  assert_int_equal (changes->len, PGS_CHANGES_MAX);
  assert_int_equal (g_array_index (changes, PgsChange, 0).start, FIRST * 4096);
  assert_int_equal (g_array_index (changes, PgsChange, changes->len - 1).start,
                    (FIRST + 2 * (changes->len - 1)) * UINT64_C (4096));
  assert_int_equal (g_array_index (changes, PgsChange, changes->len - 1).end,
                    (FIRST + n - 1) * 4096);
}

#define CHUNK ((gsize) PGS_PAGE_CHUNK_PAGES)

/* Makes a snapshot of some chunks, of which those in [keep_first, keep_end) have detail
 * whatever @max_bytes is. */
static PgsSnapshot *
make_limited (const uint64_t *entries,
              guint           n_chunks,
              gsize           max_bytes,
              uint64_t        keep_first,
              uint64_t        keep_end,
              PgsSnapshot    *previous)
{
  static const char text[] = "400000-800000000000 rw-p 00000000 00:00 0 \n";
  g_autoptr(PgsMaps) maps = pgs_maps_parse (text, sizeof text - 1, 4096, NULL);
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (512);
  g_autoptr(PgsPageStore) store = NULL;

  pgs_page_store_builder_limit (builder, max_bytes, 1 << 20);
  if (keep_first < keep_end)
    pgs_page_store_builder_keep (builder, keep_first * CHUNK, keep_end * CHUNK);
  if (previous != NULL)
    pgs_page_store_builder_share (builder, pgs_snapshot_get_store (previous));
  pgs_page_store_builder_append (builder, 0, entries, n_chunks * CHUNK);
  store = pgs_page_store_builder_end (builder);
  return pgs_snapshot_new (maps, store, 4096, 1 << 20, NULL);
}

static uint64_t *
make_present (guint n_chunks)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (n_chunks);
  uint64_t *entries = g_new (uint64_t, n_chunks * CHUNK);

  for (gsize i = 0; i < n_chunks * CHUNK; i++)
    entries[i] = PGS_PAGEMAP_PRESENT | (uint64_t) g_rand_int_range (rand, 1, 1 << 20);
  return entries;
}

/* Checks that nothing has changed but the pages from @first up to @end. */
static void
assert_changed (PgsSnapshot *before,
                PgsSnapshot *after,
                uint64_t     first,
                uint64_t     end)
{
  g_autoptr(GArray) changes = pgs_changes_find (before, after);
  g_autoptr(GArray) reversed = pgs_changes_find (after, before);

  assert_int_equal (changes->len, first < end ? 1 : 0);
  assert_int_equal (reversed->len, changes->len);
  if (first == end)
    return;
  assert_int_equal (g_array_index (changes, PgsChange, 0).start, first * 4096);
  assert_int_equal (g_array_index (changes, PgsChange, 0).end, end * 4096);
  assert_memory_equal (changes->data, reversed->data, sizeof (PgsChange));
}

/* Of shared chunks nothing has changed; of others exactly what has. */
static void
test_shared_chunks (void **state)
{
  g_autofree uint64_t *entries = make_present (4);
  g_autoptr(PgsSnapshot) before = make_limited (entries, 4, G_MAXSIZE, 0, 0, NULL);
  g_autoptr(PgsSnapshot) same = make_limited (entries, 4, G_MAXSIZE, 0, 0, before);
  g_autoptr(PgsSnapshot) after = NULL, fewer = NULL;

  assert_ptr_equal (pgs_snapshot_get_store (same), pgs_snapshot_get_store (before));
  assert_changed (before, same, 0, 0);
  entries[2 * CHUNK + 77]++;
  after = make_limited (entries, 4, G_MAXSIZE, 0, 0, before);
  assert_changed (before, after, 2 * CHUNK + 77, 2 * CHUNK + 78);
  fewer = make_limited (entries, 3, G_MAXSIZE, 0, 0, after);
  assert_changed (after, fewer, 3 * CHUNK, 4 * CHUNK);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree uint64_t *less = g_memdup2 (entries, 4 * CHUNK * sizeof *less);
      g_autoptr(PgsSnapshot) without = NULL;

      memset (less + i * CHUNK, 0, CHUNK * sizeof *less);
      without = make_limited (less, 4, G_MAXSIZE, 0, 0, after);
      assert_changed (after, without, i * CHUNK, (i + 1) * CHUNK);
    }
}

/* Where only numbers are kept, a block changes as a whole, and if its numbers do. */
static void
test_counted_blocks (void **state)
{
  static const struct
  {
    guint    n;        /* pages changed, from page 10 of block 5 on */
    uint64_t bits;
    guint    absent;   /* pages that vanish, from page 301 of the block on */
  } cases[] = {
    { 1, PGS_PAGEMAP_SOFT_DIRTY, 0 }, { 1, PGS_PAGEMAP_MARK_HUGE, 0 }, { 0, 0, 1 },
    { 200, PGS_PAGEMAP_FILE, 0 }, { 1, PGS_PAGEMAP_EXCLUSIVE, 31 }, { 31, PGS_PAGEMAP_FILE, 1 },
    /* Two numbers change so that a poor hash of both does not. */
    { 1, PGS_PAGEMAP_EXCLUSIVE, 30 },
    { 0, 0, 0 },
  };
  g_autofree uint64_t *before_entries = make_present (2);
  g_autoptr(PgsSnapshot) before = NULL;

  for (guint i = 0; i < 2 * 512; i++)
    before_entries[4 * 512 + i] = PGS_PAGEMAP_PRESENT | (1 + i % 3);
  for (guint i = 0; i < 100; i++)
    before_entries[5 * 512 + (i < 50 ? 10 : 251) + i] |= PGS_PAGEMAP_EXCLUSIVE;
  before = make_limited (before_entries, 2, 0, 0, 0, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree uint64_t *entries = g_memdup2 (before_entries, 2 * CHUNK * sizeof *entries);
      g_autoptr(PgsSnapshot) after = NULL, detailed = NULL;
      gboolean changes = cases[i].n > 0 || cases[i].absent > 0;

      for (guint j = 0; j < cases[i].n; j++)
        entries[5 * 512 + 10 + j] ^= cases[i].bits;
      for (guint j = 0; j < cases[i].absent; j++)
        entries[5 * 512 + 301 + j] = 0;
      after = make_limited (entries, 2, 0, 0, 0, before);
      assert_changed (before, after, 5 * 512, changes ? 6 * 512 : 5 * 512);
      /* Detail does not say what was there before. */
      detailed = make_limited (entries, 2, 0, 0, 1, before);
      assert_changed (before, detailed, 0, 0);
    }
}

/* Detail that is dropped, or read again for somebody who looks, is no change. */
static void
test_counted_against_detail (void **state)
{
  g_autofree uint64_t *entries = make_present (3);
  g_autoptr(PgsSnapshot) detail = NULL, counted = NULL, mixed = NULL;

  for (guint i = 0; i < 3 * CHUNK; i += 3)
    entries[i] = 0;
  detail = make_limited (entries, 3, G_MAXSIZE, 0, 0, NULL);
  counted = make_limited (entries, 3, 0, 0, 0, NULL);
  mixed = make_limited (entries, 3, 0, 1, 2, counted);
  assert_changed (detail, counted, 0, 0);
  assert_changed (counted, mixed, 0, 0);
  assert_changed (detail, mixed, 0, 0);
  entries[CHUNK + 700]++;
  g_clear_pointer (&mixed, pgs_snapshot_unref);
  mixed = make_limited (entries, 3, 0, 1, 2, counted);
  assert_changed (detail, mixed, CHUNK + 700, CHUNK + 701);
  /* Nor is it told which pages came to those of a block. */
  memset (entries + 2 * CHUNK + 512, 0, 100 * sizeof *entries);
  g_clear_pointer (&detail, pgs_snapshot_unref);
  detail = make_limited (entries, 3, G_MAXSIZE, 0, 0, NULL);
  g_clear_pointer (&mixed, pgs_snapshot_unref);
  mixed = make_limited (entries, 3, 0, 0, 2, NULL);
  assert_changed (detail, mixed, 0, 0);
  assert_changed (detail, counted, 0, 0);
}

/* Blocks that come where there was nothing have changed, whatever is kept of them. */
static void
test_counted_blocks_that_come (void **state)
{
  static const struct
  {
    gsize first;
    gsize end;
  } cases[] = {
    { 0, 2 * CHUNK }, { CHUNK, 2 * CHUNK }, { 3 * 512, 4 * 512 }, { CHUNK - 5, CHUNK + 3 },
  };
  static const gsize limits[] = { G_MAXSIZE, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (cases) * 4; i++)
    {
      g_autofree uint64_t *entries = make_present (2);
      g_autofree uint64_t *rest = g_memdup2 (entries, 2 * CHUNK * sizeof *entries);
      gsize first = cases[i / 4].first, end = cases[i / 4].end;
      g_autoptr(PgsSnapshot) before = NULL, after = NULL;

      for (gsize j = first / 512 * 512; j < (end + 511) / 512 * 512; j++)
        {
          rest[j] = 0;
          if (j < first || j >= end)
            entries[j] = 0;
        }
      before = make_limited (rest, 2, limits[i % 2], 0, 0, NULL);
      after = make_limited (entries, 2, limits[i / 2 % 2], 0, 0, NULL);
      assert_changed (before, after, first, end);
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_random),
    cmocka_unit_test (test_single_bits),
    cmocka_unit_test (test_blocks_that_come_and_go),
    cmocka_unit_test (test_runs),
    cmocka_unit_test (test_limit),
    cmocka_unit_test (test_shared_chunks),
    cmocka_unit_test (test_counted_blocks),
    cmocka_unit_test (test_counted_against_detail),
    cmocka_unit_test (test_counted_blocks_that_come),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
