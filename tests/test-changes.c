/* test-changes.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

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

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_random),
    cmocka_unit_test (test_single_bits),
    cmocka_unit_test (test_blocks_that_come_and_go),
    cmocka_unit_test (test_runs),
    cmocka_unit_test (test_limit),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
