/* test-page-store-builder.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests what stores share, and what they give up to stay within a limit.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "core/pgs-page-store-builder.h"
#include "pgs-plain.h"

#define BLOCK    512
#define CHUNK    ((uint64_t) PGS_PAGE_CHUNK_PAGES)
#define N_CHUNKS 12
#define RAM_END  UINT64_C (3000000)

/* Chunks of pages, ascending, with gaps between some. */
typedef struct
{
  uint64_t  indexes[N_CHUNKS];
  uint64_t *entries[N_CHUNKS];
} Space;

static void
space_init (Space *space,
            GRand *rand)
{
  uint64_t index = 3;

  for (guint i = 0; i < N_CHUNKS; i++)
    {
      index += (uint64_t) g_rand_int_range (rand, 0, 3) * g_rand_int_range (rand, 1, 1000) + 1;
      space->indexes[i] = index;
      space->entries[i] = pgs_plain_make_pages (rand, RAM_END, CHUNK);
    }
}

static void
space_clear (Space *space)
{
  for (guint i = 0; i < N_CHUNKS; i++)
    g_free (space->entries[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Space, space_clear)

static void
append_chunk (PgsPageStoreBuilder *builder,
              const Space         *space,
              guint                i)
{
  pgs_page_store_builder_append (builder, space->indexes[i] * CHUNK, space->entries[i], CHUNK);
}

static PgsPageStoreBuilder *
begin (gsize         max_bytes,
       PgsPageStore *previous)
{
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (BLOCK);

  pgs_page_store_builder_limit (builder, max_bytes, RAM_END);
  if (previous != NULL)
    pgs_page_store_builder_share (builder, previous);
  return builder;
}

static PgsPageStore *
make_store (const Space  *space,
            gsize         max_bytes,
            PgsPageStore *previous)
{
  PgsPageStoreBuilder *builder = begin (max_bytes, previous);

  for (guint i = 0; i < N_CHUNKS; i++)
    append_chunk (builder, space, i);
  return pgs_page_store_builder_end (builder);
}

static guint
find_index (const Space *space,
            uint64_t     index)
{
  for (guint i = 0; i < N_CHUNKS; i++)
    if (space->indexes[i] == index)
      return i;
  return N_CHUNKS;
}

/* Holds a chunk, reduced or not, against its pages. */
static void
check_chunk (const PgsPageChunk *chunk,
             const uint64_t     *entries)
{
  PgsPageCounts counts = pgs_page_chunk_get_counts (chunk);
  PgsPlainCounts plain = { 0, };

  for (guint i = 0; i < CHUNK; i++)
    pgs_plain_count (&plain, NULL, NULL, entries[i], RAM_END);
  assert_int_equal (counts.present, plain.present);
  assert_int_equal (counts.swapped, plain.swapped);
  assert_int_equal (counts.guard, plain.guard);
  assert_int_equal (counts.hidden, plain.hidden);
  for (guint i = 0; i < pgs_page_chunk_get_n_spans (chunk); i++)
    {
      PgsPageSpan span;

      pgs_page_chunk_get_span (chunk, i, &span);
      for (guint j = 0; j < span.n_pages && span.groups == NULL; j++)
        assert_int_equal (pgs_page_span_get_entry (&span, j),
                          entries[span.first_page % CHUNK + j]);
    }
}

/* All chunks of the space that have pages are there, in order. */
static void
check_store (PgsPageStore *store,
             const Space  *space)
{
  guint n_chunks = pgs_page_store_get_n_chunks (store);

  for (guint i = 0; i < n_chunks; i++)
    {
      PgsPageChunk *chunk = pgs_page_store_get_chunk (store, i);
      uint64_t index = pgs_page_chunk_get_index (chunk);

      assert_int_equal (index, space->indexes[i]);
      assert_int_equal (pgs_page_store_find_chunk (store, index * CHUNK), i);
      assert_int_equal (pgs_page_store_find_chunk (store, index * CHUNK + CHUNK - 1), i);
      assert_ptr_equal (pgs_page_store_look_up (store, index), chunk);
      check_chunk (chunk, space->entries[i]);
    }
  assert_int_equal (n_chunks, N_CHUNKS);
  assert_null (pgs_page_store_look_up (store, 1));
  assert_null (pgs_page_store_look_up (store, space->indexes[N_CHUNKS - 1] + 1));
}

static guint
count_shared (PgsPageStore *store,
              PgsPageStore *other)
{
  guint n_shared = 0;

  for (guint i = 0; i < pgs_page_store_get_n_chunks (store); i++)
    {
      PgsPageChunk *chunk = pgs_page_store_get_chunk (store, i);

      n_shared += pgs_page_store_look_up (other, pgs_page_chunk_get_index (chunk)) == chunk;
    }
  return n_shared;
}

/* What has not changed is shared, with a limit and without. */
static void
test_sharing (void **state)
{
  static const gsize limits[] = { G_MAXSIZE, 300000, 0 };

  for (guint i = 0; i < 5 * G_N_ELEMENTS (limits); i++)
    {
      gsize limit = limits[i % G_N_ELEMENTS (limits)];
      g_autoptr(GRand) rand = g_rand_new_with_seed (i);
      g_auto(Space) space;
      g_autoptr(PgsPageStore) first = NULL, second = NULL, changed = NULL, alone = NULL;

      space_init (&space, rand);
      first = make_store (&space, limit, NULL);
      second = make_store (&space, limit, first);
      assert_ptr_equal (second, first);
      for (guint j = 0; j < 3; j++)
        space.entries[4 * j][17] ^= PGS_PAGEMAP_PRESENT | (1000000 + j);
      changed = make_store (&space, limit, first);
      check_store (changed, &space);
      assert_ptr_not_equal (changed, first);
      assert_int_equal (count_shared (changed, first), N_CHUNKS - 3);
      alone = make_store (&space, limit, NULL);
      assert_int_equal (count_shared (alone, changed), 0);
      assert_int_equal (pgs_page_store_get_bytes (alone), pgs_page_store_get_bytes (changed));
    }
}

/* Chunks that come and go are no reason not to share the others. */
static void
test_sharing_with_fewer_chunks (void **state)
{
  for (guint missing = 0; missing < N_CHUNKS; missing++)
    {
      g_autoptr(GRand) rand = g_rand_new_with_seed (missing);
      g_auto(Space) space;
      g_autoptr(PgsPageStore) all = NULL, some = NULL, again = NULL;
      PgsPageStoreBuilder *builder;

      space_init (&space, rand);
      all = make_store (&space, G_MAXSIZE, NULL);
      builder = begin (G_MAXSIZE, all);
      for (guint i = 0; i < N_CHUNKS; i++)
        if (i != missing)
          append_chunk (builder, &space, i);
      some = pgs_page_store_builder_end (builder);
      assert_ptr_not_equal (some, all);
      assert_int_equal (pgs_page_store_get_n_chunks (some), N_CHUNKS - 1);
      assert_int_equal (count_shared (some, all), N_CHUNKS - 1);
      again = make_store (&space, G_MAXSIZE, some);
      check_store (again, &space);
      assert_int_equal (count_shared (again, some), N_CHUNKS - 1);
    }
}

/* Shared chunks outlive the store that they are from. */
static void
test_chunks_outlive_their_store (void **state)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (1);
  g_auto(Space) space;
  g_autoptr(PgsPageStore) first = NULL, second = NULL;

  space_init (&space, rand);
  first = make_store (&space, G_MAXSIZE, NULL);
  space.entries[0][0] ^= PGS_PAGEMAP_PRESENT | 5;
  second = make_store (&space, G_MAXSIZE, first);
  g_clear_pointer (&first, pgs_page_store_unref);
  check_store (second, &space);
}

static gsize
get_bytes (PgsPageStore *store,
           guint         i)
{
  return pgs_page_chunk_get_bytes (pgs_page_store_get_chunk (store, i));
}

/* Counts chunks, and where they are found. */
static gsize
count_bytes (PgsPageStore *store)
{
  gsize bytes = 0;

  for (guint i = 0; i < pgs_page_store_get_n_chunks (store); i++)
    bytes += get_bytes (store, i) + sizeof (gpointer);
  assert_in_range (pgs_page_store_get_bytes (store), bytes, bytes + 200 * N_CHUNKS);
  return bytes;
}

/* Holds the store to its limit, and to what it was told to keep. */
static void
check_limit (PgsPageStore *store,
             const Space  *space,
             gsize         max_bytes,
             const guint  *kept)
{
  guint n_to_drop = 0;

  for (guint i = 0; i < pgs_page_store_get_n_chunks (store); i++)
    {
      PgsPageChunk *chunk = pgs_page_store_get_chunk (store, i);
      guint which = find_index (space, pgs_page_chunk_get_index (chunk));
      gboolean is_kept = which == kept[0] || which == kept[1];

      assert_true (which < N_CHUNKS);
      check_chunk (chunk, space->entries[which]);
      n_to_drop += !is_kept && pgs_page_chunk_has_detail (chunk);
      if (is_kept)
        assert_false (pgs_page_chunk_has_counted (chunk));
    }
  if (n_to_drop > 0)
    assert_in_range (count_bytes (store), 0, max_bytes);
}

static void
shuffle (guint *order,
         GRand *rand)
{
  for (guint i = 0; i < N_CHUNKS; i++)
    order[i] = i;
  for (guint i = N_CHUNKS - 1; i > 0; i--)
    {
      guint other = (guint) g_rand_int_range (rand, 0, (gint32) i + 1);
      guint swap = order[i];

      order[i] = order[other];
      order[other] = swap;
    }
}

/* In whatever order chunks come, and whenever it is asked, no store is larger than it
 * may be while there is detail to drop, and none drops what is to be kept. */
static void
test_limit (void **state)
{
  for (guint i = 0; i < 60; i++)
    {
      g_autoptr(GRand) rand = g_rand_new_with_seed (i);
      gsize max_bytes = (gsize) g_rand_int_range (rand, 0, 800000);
      guint order[N_CHUNKS], kept[2] = { (guint) g_rand_int_range (rand, 0, N_CHUNKS), N_CHUNKS };
      g_auto(Space) space;
      PgsPageStoreBuilder *builder = begin (max_bytes, NULL);
      g_autoptr(PgsPageStore) store = NULL;

      space_init (&space, rand);
      shuffle (order, rand);
      /* One page is enough for its chunk to be kept, and none for another not to be. */
      pgs_page_store_builder_keep (builder, space.indexes[kept[0]] * CHUNK + CHUNK - 1,
                                   space.indexes[kept[0]] * CHUNK + CHUNK);
      if (i % 2 == 0)
        {
          kept[1] = (guint) g_rand_int_range (rand, 0, N_CHUNKS);
          pgs_page_store_builder_keep (builder, space.indexes[kept[1]] * CHUNK,
                                       space.indexes[kept[1]] * CHUNK + 1);
        }
      for (guint j = 0; j < N_CHUNKS; j++)
        {
          g_autoptr(PgsPageStore) partial = NULL;

          append_chunk (builder, &space, order[j]);
          partial = pgs_page_store_builder_get_store (builder);
          assert_int_equal (pgs_page_store_get_n_chunks (partial), j + 1);
          check_limit (partial, &space, max_bytes, kept);
        }
      store = pgs_page_store_builder_end (builder);
      check_store (store, &space);
      check_limit (store, &space, max_bytes, kept);
    }
}

/* No more is dropped than has to be, and the lowest addresses first. */
static void
test_what_is_dropped_first (void **state)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (4);
  g_auto(Space) space;
  g_autoptr(PgsPageStore) all = NULL;
  gsize bytes;

  space_init (&space, rand);
  all = make_store (&space, G_MAXSIZE, NULL);
  bytes = count_bytes (all);
  for (guint i = 0; i < 40; i++)
    {
      gsize max_bytes = bytes * i / 38;
      g_autoptr(PgsPageStore) store = make_store (&space, max_bytes, all);
      guint n_reduced = 0;

      for (guint j = 0; j < N_CHUNKS; j++)
        {
          PgsPageChunk *chunk = pgs_page_store_get_chunk (store, j);

          if (pgs_page_chunk_has_counted (chunk))
            assert_int_equal (n_reduced++, j);
          else
            assert_ptr_equal (chunk, pgs_page_store_get_chunk (all, j));
        }
      assert_int_equal (n_reduced == 0, max_bytes >= bytes);
      if (n_reduced > 0)
        assert_true (count_bytes (store) + get_bytes (all, n_reduced - 1) -
                     get_bytes (store, n_reduced - 1) > max_bytes);
    }
}

/* A store that was asked for while the builder was at work stays as it is. */
static void
test_stores_in_between (void **state)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (5);
  g_autoptr(GPtrArray) stores =
    g_ptr_array_new_with_free_func ((GDestroyNotify) pgs_page_store_unref);
  gsize bytes[N_CHUNKS + 1];
  guint order[N_CHUNKS];
  g_auto(Space) space;
  PgsPageStoreBuilder *builder = begin (200000, NULL);

  space_init (&space, rand);
  shuffle (order, rand);
  for (guint i = 0; i <= N_CHUNKS; i++)
    {
      g_ptr_array_add (stores, pgs_page_store_builder_get_store (builder));
      bytes[i] = count_bytes (stores->pdata[i]);
      if (i < N_CHUNKS)
        append_chunk (builder, &space, order[i]);
    }
  g_ptr_array_add (stores, pgs_page_store_builder_end (builder));
  for (guint i = 0; i <= N_CHUNKS; i++)
    {
      assert_int_equal (pgs_page_store_get_n_chunks (stores->pdata[i]), i);
      assert_int_equal (count_bytes (stores->pdata[i]), bytes[i]);
    }
  check_store (stores->pdata[N_CHUNKS], &space);
  check_store (stores->pdata[N_CHUNKS + 1], &space);
}

/* Runs cost as much as numbers would: they stay. */
static void
test_runs_stay (void **state)
{
  uint64_t entries[3 * BLOCK];
  PgsPageStoreBuilder *builder = begin (0, NULL);
  g_autoptr(PgsPageStore) store = NULL;

  for (guint i = 0; i < 3 * BLOCK; i++)
    entries[i] = PGS_PAGEMAP_PRESENT | (i < BLOCK ? 5000 + i : i < 2 * BLOCK ? 0 : i * 3);
  pgs_page_store_builder_append (builder, 0, entries, 3 * BLOCK);
  store = pgs_page_store_builder_end (builder);
  for (guint i = 0; i < 2 * BLOCK; i++)
    assert_int_equal (pgs_page_store_get_entry (store, i), entries[i]);
  assert_int_equal (pgs_page_store_get_entry (store, 2 * BLOCK + 3), 0);
}

/* Whether every entry is known, of which pages. */
static void
test_has_detail (void **state)
{
  static const struct
  {
    uint64_t first;
    uint64_t end;
    gboolean has_detail;
  } cases[] = {
    { 0, 1, TRUE }, { 0, 100, TRUE }, { 0, 101, FALSE }, { 100, 101, FALSE },
    { 101, 102, FALSE }, { 102, 103, FALSE }, { 103, 104, TRUE }, { 103, CHUNK, TRUE },
    { 50, 60, TRUE }, { 99, 100, TRUE }, { CHUNK, 2 * CHUNK, TRUE }, { 0, 2 * CHUNK, FALSE },
    { CHUNK + 101, CHUNK + 102, TRUE }, { 5 * CHUNK, 6 * CHUNK, TRUE }, { 100, 100, TRUE },
  };
  static const uint64_t entries[] = { PGS_PAGEMAP_PRESENT | 7, 0, PGS_PAGEMAP_PRESENT | 9 };
  PgsPageStoreBuilder *builder = begin (0, NULL);
  g_autoptr(PgsPageStore) store = NULL;

  pgs_page_store_builder_keep (builder, CHUNK, CHUNK + 1);
  pgs_page_store_builder_append (builder, 100, entries, 3);
  pgs_page_store_builder_append (builder, CHUNK + 100, entries, 3);
  store = pgs_page_store_builder_end (builder);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_int_equal (pgs_page_store_has_detail (store, cases[i].first, cases[i].end),
                      cases[i].has_detail);
  assert_int_equal (pgs_page_store_get_entry (store, 102), 0);
  assert_int_equal (pgs_page_store_get_entry (store, CHUNK + 102), PGS_PAGEMAP_PRESENT | 9);
}

/* No span reaches over a cut, wherever in a block that is. */
static void
test_cut (void **state)
{
  static const guint cuts[] = { 1, 2, 100, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK - 1 };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (cuts); i++)
    {
      guint cut = cuts[i / 2];
      PgsPageStoreBuilder *builder = begin (i % 2 == 0 ? G_MAXSIZE : 0, NULL);
      g_autoptr(PgsPageStore) store = NULL;
      uint64_t entries[2 * BLOCK], n = 0;
      PgsPageStoreIter iter;
      PgsPageSpan span;

      for (guint j = 0; j < 2 * BLOCK; j++)
        entries[j] = PGS_PAGEMAP_PRESENT | (j % 5 + 1);
      pgs_page_store_builder_append (builder, 0, entries, cut);
      pgs_page_store_builder_cut (builder);
      pgs_page_store_builder_cut (builder);
      pgs_page_store_builder_append (builder, cut, entries + cut, 2 * BLOCK - cut);
      store = pgs_page_store_builder_end (builder);
      pgs_page_store_iter_init (&iter, store, 0);
      while (pgs_page_store_iter_next (&iter, &span))
        {
          assert_int_equal (span.first_page, n);
          n += span.n_pages;
          assert_true (span.first_page >= cut || n <= cut);
        }
      assert_int_equal (n, 2 * BLOCK);
    }
}

static void
take_chunk (PgsPageStoreBuilder *builder,
            PgsPageStore        *store,
            guint                i)
{
  PgsPageChunk *chunk = pgs_page_store_get_chunk (store, i);

  pgs_page_store_builder_take_chunk (builder, pgs_page_chunk_ref (chunk));
}

/* A chunk that was read before is taken as it is; a limit holds for it too. */
static void
test_taken_chunks (void **state)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (9);
  g_auto(Space) space;
  g_autoptr(PgsPageStore) all = NULL, taken = NULL, reduced = NULL;
  PgsPageStoreBuilder *builder = begin (G_MAXSIZE, NULL);

  space_init (&space, rand);
  all = make_store (&space, G_MAXSIZE, NULL);
  for (guint i = N_CHUNKS; i > 0; i--)
    if (i % 3 == 0)
      append_chunk (builder, &space, i - 1);
    else
      take_chunk (builder, all, i - 1);
  taken = pgs_page_store_builder_end (builder);
  check_store (taken, &space);
  assert_int_equal (count_shared (taken, all), N_CHUNKS - N_CHUNKS / 3);
  builder = begin (0, NULL);
  for (guint i = 0; i < N_CHUNKS; i++)
    take_chunk (builder, all, i);
  reduced = pgs_page_store_builder_end (builder);
  check_store (reduced, &space);
  for (guint i = 0; i < N_CHUNKS; i++)
    assert_false (pgs_page_chunk_has_detail (pgs_page_store_get_chunk (reduced, i)));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_sharing),
    cmocka_unit_test (test_sharing_with_fewer_chunks),
    cmocka_unit_test (test_chunks_outlive_their_store),
    cmocka_unit_test (test_limit),
    cmocka_unit_test (test_what_is_dropped_first),
    cmocka_unit_test (test_stores_in_between),
    cmocka_unit_test (test_runs_stay),
    cmocka_unit_test (test_has_detail),
    cmocka_unit_test (test_cut),
    cmocka_unit_test (test_taken_chunks),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
