/* test-page-store.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/pgs-page-store-builder.h"

#define BLOCK   512
#define PRESENT PGS_PAGEMAP_PRESENT
#define SWAPPED PGS_PAGEMAP_SWAPPED
#define GUARD   (PGS_PAGEMAP_SWAPPED | PGS_PAGEMAP_GUARD | 0x9f)

static PgsPageStore *
make_store (uint64_t        first_page,
            const uint64_t *entries,
            gsize           n_entries)
{
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (BLOCK);

  pgs_page_store_builder_append (builder, first_page, entries, n_entries);
  return pgs_page_store_builder_end (builder);
}

static guint
count_spans (const PgsPageStore *store)
{
  PgsPageStoreIter iter;
  PgsPageSpan span;
  guint n_spans = 0;

  pgs_page_store_iter_init (&iter, store, 0);
  while (pgs_page_store_iter_next (&iter, &span))
    n_spans++;
  return n_spans;
}

/* Returns the first span that ends behind @page. */
static PgsPageSpan
find_span (const PgsPageStore *store,
           uint64_t            page)
{
  PgsPageStoreIter iter;
  PgsPageSpan span;

  pgs_page_store_iter_init (&iter, store, page);
  assert_true (pgs_page_store_iter_next (&iter, &span));
  return span;
}

static void
test_empty (void **state)
{
  g_autoptr(PgsPageStore) store =
    pgs_page_store_builder_end (pgs_page_store_builder_new (BLOCK));

  assert_int_equal (count_spans (store), 0);
  assert_int_equal (pgs_page_store_get_entry (store, 12345), 0);
}

static void
test_absent_pages_are_not_stored (void **state)
{
  g_autofree uint64_t *entries = g_new0 (uint64_t, 100 * BLOCK);
  g_autoptr(PgsPageStore) store = NULL;

  entries[7 * BLOCK + 3] = PRESENT | 42;
  store = make_store (1000, entries, 100 * BLOCK);
  assert_int_equal (count_spans (store), 1);
  assert_int_equal (pgs_page_store_get_entry (store, 1000 + 7 * BLOCK + 3), PRESENT | 42);
  assert_int_equal (pgs_page_store_get_entry (store, 1000 + 7 * BLOCK + 4), 0);
  assert_int_equal (pgs_page_store_get_entry (store, 1000 + 7 * BLOCK + 2), 0);
}

/* What of a block is kept as a run, and what as detail. */
static void
test_runs (void **state)
{
  static const struct
  {
    uint64_t entries[4];
    gboolean is_run;
    guint    step;
  } cases[] = {
    { { PRESENT | 10, PRESENT | 11, PRESENT | 12, PRESENT | 13 }, TRUE, 1 },
    { { PRESENT, PRESENT, PRESENT, PRESENT }, TRUE, 0 },
    { { PRESENT | 10, PRESENT | 11, PRESENT | 12, PRESENT | 14 }, FALSE, 0 },
    { { PRESENT | 10, PRESENT | 11, 0, PRESENT | 13 }, FALSE, 0 },
    { { PRESENT | 13, PRESENT | 12, PRESENT | 11, PRESENT | 10 }, FALSE, 0 },
    { { SWAPPED | 32, SWAPPED | 64, SWAPPED | 96, SWAPPED | 128 }, FALSE, 0 },
    { { PRESENT | 10, PRESENT | 10, PRESENT | 10, PRESENT | 11 }, FALSE, 0 },
    { { PRESENT | 10, PRESENT | 11, PRESENT | 13, PRESENT | 14 }, FALSE, 0 },
    { { PRESENT | 10, PRESENT | 12, PRESENT | 14, PRESENT | 16 }, FALSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsPageStore) store = make_store (BLOCK, cases[i].entries, 4);
      PgsPageSpan span;

      assert_int_equal (count_spans (store), 1);
      span = find_span (store, 0);
      assert_int_equal (span.entries == NULL, cases[i].is_run);
      assert_int_equal (span.step, cases[i].step);
      for (guint j = 0; j < 4; j++)
        {
          assert_int_equal (pgs_page_span_get_entry (&span, j), cases[i].entries[j]);
          assert_int_equal (pgs_page_store_get_entry (store, BLOCK + j), cases[i].entries[j]);
        }
    }
}

/* No span reaches beyond the block of a page-table page. */
static void
test_spans_end_with_their_block (void **state)
{
  g_autofree uint64_t *entries = g_new0 (uint64_t, 3 * BLOCK);
  g_autoptr(PgsPageStore) store = NULL;

  for (guint i = 0; i < 3 * BLOCK; i++)
    entries[i] = PRESENT | (100 + i);
  store = make_store (100, entries, 3 * BLOCK);
  assert_int_equal (count_spans (store), 4);
  for (guint i = 0; i < 4; i++)
    {
      PgsPageSpan span = find_span (store, i * BLOCK);

      assert_int_equal (span.first_page / BLOCK, i);
      assert_int_equal ((span.first_page + span.n_pages - 1) / BLOCK, i);
    }
  for (guint i = 0; i < 3 * BLOCK; i++)
    assert_int_equal (pgs_page_store_get_entry (store, 100 + i), entries[i]);
}

static void
test_find_span (void **state)
{
  static const uint64_t entries[] = { PRESENT | 1, PRESENT | 5 };
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (BLOCK);
  g_autoptr(PgsPageStore) store = NULL;
  PgsPageStoreIter iter;
  PgsPageSpan span;

  pgs_page_store_builder_append (builder, 10, entries, 2);
  pgs_page_store_builder_append (builder, 10 * BLOCK, entries, 2);
  pgs_page_store_builder_append (builder, 40 * BLOCK, entries, 2);
  store = pgs_page_store_builder_end (builder);
  assert_int_equal (find_span (store, 0).first_page, 10);
  assert_int_equal (find_span (store, 11).first_page, 10);
  assert_int_equal (find_span (store, 12).first_page, 10 * BLOCK);
  assert_int_equal (find_span (store, 10 * BLOCK + 1).first_page, 10 * BLOCK);
  assert_int_equal (find_span (store, 40 * BLOCK - 1).first_page, 40 * BLOCK);
  assert_int_equal (find_span (store, 40 * BLOCK + 1).first_page, 40 * BLOCK);
  pgs_page_store_iter_init (&iter, store, 40 * BLOCK + 2);
  assert_false (pgs_page_store_iter_next (&iter, &span));
}

/* Absent pages at the ends of a block are cut off, those between stay. */
static void
test_holes (void **state)
{
  static const struct
  {
    uint64_t entries[6];
    uint64_t first_page;
    guint    n_pages;
    gboolean is_run;
  } cases[] = {
    { { 0, 0, PRESENT | 7, PRESENT | 8, 0, 0 }, 2, 2, TRUE },
    { { 0, PRESENT, 0, 0, PRESENT, 0 }, 1, 4, FALSE },
    { { PRESENT | 7, 0, PRESENT | 9, 0, PRESENT | 11, 0 }, 0, 5, FALSE },
    { { 0, 0, 0, 0, 0, SWAPPED | 64 }, 5, 1, TRUE },
    { { GUARD, GUARD, GUARD, 0, 0, 0 }, 0, 3, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsPageStore) store = make_store (BLOCK, cases[i].entries, 6);
      PgsPageSpan span;

      assert_int_equal (count_spans (store), 1);
      span = find_span (store, 0);
      assert_int_equal (span.first_page, BLOCK + cases[i].first_page);
      assert_int_equal (span.n_pages, cases[i].n_pages);
      assert_int_equal (span.entries == NULL, cases[i].is_run);
      for (guint j = 0; j < 6; j++)
        assert_int_equal (pgs_page_store_get_entry (store, BLOCK + j), cases[i].entries[j]);
    }
}

/* Pieces of one block, appended with gaps between them, make one span. */
static void
test_pieces_of_a_block_are_joined (void **state)
{
  static const uint64_t entries[] = { PRESENT | 1, PRESENT | 2 };
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (BLOCK);
  g_autoptr(PgsPageStore) store = NULL;

  pgs_page_store_builder_append (builder, BLOCK + 4, entries, 2);
  pgs_page_store_builder_append (builder, BLOCK + 6, entries, 1);
  pgs_page_store_builder_append (builder, BLOCK + 500, entries, 2);
  pgs_page_store_builder_append (builder, 2 * BLOCK, entries, 2);
  store = pgs_page_store_builder_end (builder);
  assert_int_equal (count_spans (store), 2);
  assert_int_equal (pgs_page_store_get_entry (store, BLOCK + 5), PRESENT | 2);
  assert_int_equal (pgs_page_store_get_entry (store, BLOCK + 6), PRESENT | 1);
  assert_int_equal (pgs_page_store_get_entry (store, BLOCK + 7), 0);
  assert_int_equal (pgs_page_store_get_entry (store, BLOCK + 499), 0);
  assert_int_equal (pgs_page_store_get_entry (store, BLOCK + 501), PRESENT | 2);
  assert_int_equal (pgs_page_store_get_entry (store, 2 * BLOCK + 1), PRESENT | 2);
}

static uint64_t
random_entry (GRand    *rand,
              guint     pattern,
              uint64_t  page)
{
  switch (pattern)
    {
    case 0:
      return PRESENT | (page & 0xffffff);
    case 1:
      return PRESENT;
    case 2:
      return g_rand_int_range (rand, 0, 4) == 0 ? 0 : PRESENT | g_rand_int (rand);
    case 3:
      return g_rand_boolean (rand) ? GUARD : SWAPPED | (uint64_t) g_rand_int (rand) << 5;
    default:
      return 0;
    }
}

/* Appends clusters of random pages, strewn over the address space, and returns
 * what was appended: page number to entry, populated pages alone. */
static GHashTable *
append_random_pages (PgsPageStoreBuilder *builder,
                     GRand               *rand,
                     guint                n_pages)
{
  GHashTable *pages = g_hash_table_new (g_direct_hash, g_direct_equal);
  uint64_t page = 1;

  while (g_hash_table_size (pages) < n_pages)
    {
      guint n = (guint) g_rand_int_range (rand, 1, 1500);
      guint pattern = (guint) g_rand_int_range (rand, 0, 5);
      g_autofree uint64_t *entries = g_new (uint64_t, n);

      if (g_rand_boolean (rand))
        page += UINT64_C (1) << g_rand_int_range (rand, 0, 37);
      for (guint i = 0; i < n; i++)
        {
          entries[i] = random_entry (rand, pattern, page + i);
          if (entries[i] != 0)
            g_hash_table_insert (pages, GSIZE_TO_POINTER (page + i), GSIZE_TO_POINTER (entries[i]));
        }
      pgs_page_store_builder_append (builder, page, entries, n);
      page += n;
    }
  return pages;
}

static uint64_t
look_up (GHashTable *pages,
         uint64_t    page)
{
  return GPOINTER_TO_SIZE (g_hash_table_lookup (pages, GSIZE_TO_POINTER (page)));
}

/* Asks for every page, and for its neighbors, which may be absent. */
static void
assert_pages_found (const PgsPageStore *store,
                    GHashTable         *pages)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, pages);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    for (uint64_t page = GPOINTER_TO_SIZE (key) - 1; page <= GPOINTER_TO_SIZE (key) + 1; page++)
      assert_int_equal (pgs_page_store_get_entry (store, page), look_up (pages, page));
}

/* Goes through all spans: they are in order, within their blocks, and hold every
 * page once. */
static void
assert_spans_hold (const PgsPageStore *store,
                   GHashTable         *pages,
                   guint               pages_per_block)
{
  uint64_t next_page = 0;
  guint n_populated = 0;
  PgsPageStoreIter iter;
  PgsPageSpan span;

  pgs_page_store_iter_init (&iter, store, 0);
  while (pgs_page_store_iter_next (&iter, &span))
    {
      assert_true (span.first_page >= next_page && span.n_pages > 0);
      next_page = span.first_page + span.n_pages;
      assert_int_equal (span.first_page / pages_per_block, (next_page - 1) / pages_per_block);
      for (guint j = 0; j < span.n_pages; j++)
        {
          assert_int_equal (pgs_page_span_get_entry (&span, j),
                            look_up (pages, span.first_page + j));
          n_populated += pgs_page_span_get_entry (&span, j) != 0;
        }
    }
  assert_int_equal (n_populated, g_hash_table_size (pages));
}

/* Random pages against a plain hash table, with the blocks of 4, 16 and 64 KiB
 * pages. */
static void
test_random_pages (void **state)
{
  static const guint blocks[] = { 512, 2048, 8192 };

  /* A hash table of pointers has no room for a page elsewhere. */
  if (sizeof (gpointer) < sizeof (uint64_t))
    {
      print_message ("Pointers here do not hold a pagemap entry\n");
      skip ();
    }
  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    {
      g_autoptr(GRand) rand = g_rand_new_with_seed (7 + i);
      PgsPageStoreBuilder *builder = pgs_page_store_builder_new (blocks[i]);
      g_autoptr(GHashTable) pages = append_random_pages (builder, rand, 100000);
      g_autoptr(PgsPageStore) store = pgs_page_store_builder_end (builder);

      assert_pages_found (store, pages);
      assert_spans_hold (store, pages, blocks[i]);
    }
}

/* Fills whole blocks: with frames from everywhere, with huge pages from
 * everywhere, with nothing. */
static void
test_memory (void **state)
{
  enum { N_BLOCKS = 1000, N = N_BLOCKS * BLOCK };
  g_autoptr(GRand) rand = g_rand_new_with_seed (7);
  g_autofree uint64_t *entries = g_new0 (uint64_t, N);
  g_autoptr(PgsPageStore) scattered = NULL;
  g_autoptr(PgsPageStore) huge = NULL;
  g_autoptr(PgsPageStore) nothing = pgs_page_store_builder_end (pgs_page_store_builder_new (BLOCK));
  g_autoptr(PgsPageStore) absent = make_store (0, entries, N);

  for (guint i = 0; i < N; i++)
    entries[i] = PRESENT | g_rand_int (rand);
  scattered = make_store (0, entries, N);
  for (guint i = 0; i < N; i++)
    entries[i] = i % BLOCK == 0 ? PRESENT | (uint64_t) g_rand_int (rand) * BLOCK
                                : entries[i - 1] + 1;
  huge = make_store (0, entries, N);
  assert_true (pgs_page_store_get_bytes (scattered) >= 8.0 * N);
  assert_true (pgs_page_store_get_bytes (scattered) <= 9.0 * N);
  assert_int_equal (count_spans (huge), N_BLOCKS);
  assert_true (pgs_page_store_get_bytes (huge) >= 16 * N_BLOCKS);
  assert_true (pgs_page_store_get_bytes (huge) < 0.1 * N);
  assert_int_equal (pgs_page_store_get_bytes (absent), pgs_page_store_get_bytes (nothing));
}

/* A store is there until the last reference is dropped. */
static void
test_references (void **state)
{
  static const uint64_t entries[] = { PRESENT | 1, PRESENT | 5 };
  PgsPageStore *store = make_store (10, entries, 2);

  assert_ptr_equal (pgs_page_store_ref (store), store);
  pgs_page_store_unref (store);
  assert_int_equal (pgs_page_store_get_entry (store, 11), PRESENT | 5);
  pgs_page_store_unref (store);
}

/* A builder may be given up, with pages in it or none. */
static void
test_builder_is_given_up (void **state)
{
  static const uint64_t entries[] = { PRESENT | 1, PRESENT | 5, PRESENT | 7 };
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (BLOCK);

  pgs_page_store_builder_append (builder, BLOCK - 2, entries, 3);
  pgs_page_store_builder_free (builder);
  pgs_page_store_builder_free (NULL);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_empty),
    cmocka_unit_test (test_absent_pages_are_not_stored),
    cmocka_unit_test (test_runs),
    cmocka_unit_test (test_spans_end_with_their_block),
    cmocka_unit_test (test_find_span),
    cmocka_unit_test (test_holes),
    cmocka_unit_test (test_pieces_of_a_block_are_joined),
    cmocka_unit_test (test_random_pages),
    cmocka_unit_test (test_memory),
    cmocka_unit_test (test_references),
    cmocka_unit_test (test_builder_is_given_up),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
