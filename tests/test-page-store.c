/* test-page-store.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/pgs-page-store.h"

#define BLOCK   512
#define PRESENT PGS_PAGEMAP_PRESENT
#define SWAPPED PGS_PAGEMAP_SWAPPED

static PgsPageStore *
make_store (uint64_t        first_page,
            const uint64_t *entries,
            gsize           n_entries)
{
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (BLOCK);

  pgs_page_store_builder_append (builder, first_page, entries, n_entries);
  return pgs_page_store_builder_end (builder);
}

static void
test_empty (void **state)
{
  g_autoptr(PgsPageStore) store =
    pgs_page_store_builder_end (pgs_page_store_builder_new (BLOCK));

  assert_int_equal (pgs_page_store_get_n_spans (store), 0);
  assert_int_equal (pgs_page_store_get_entry (store, 12345), 0);
}

static void
test_absent_pages_are_not_stored (void **state)
{
  g_autofree uint64_t *entries = g_new0 (uint64_t, 100 * BLOCK);
  g_autoptr(PgsPageStore) store = NULL;

  entries[7 * BLOCK + 3] = PRESENT | 42;
  store = make_store (1000, entries, 100 * BLOCK);
  assert_int_equal (pgs_page_store_get_n_spans (store), 1);
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
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsPageStore) store = make_store (BLOCK, cases[i].entries, 4);
      PgsPageSpan span;

      assert_int_equal (pgs_page_store_get_n_spans (store), 1);
      pgs_page_store_get_span (store, 0, &span);
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
  assert_int_equal (pgs_page_store_get_n_spans (store), 4);
  for (guint i = 0; i < 4; i++)
    {
      PgsPageSpan span;

      pgs_page_store_get_span (store, i, &span);
      assert_int_equal (span.first_page / BLOCK, (span.first_page + span.n_pages - 1) / BLOCK);
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

  pgs_page_store_builder_append (builder, 10, entries, 2);
  pgs_page_store_builder_append (builder, 10 * BLOCK, entries, 2);
  store = pgs_page_store_builder_end (builder);
  assert_int_equal (pgs_page_store_find_span (store, 0), 0);
  assert_int_equal (pgs_page_store_find_span (store, 11), 0);
  assert_int_equal (pgs_page_store_find_span (store, 12), 1);
  assert_int_equal (pgs_page_store_find_span (store, 10 * BLOCK + 1), 1);
  assert_int_equal (pgs_page_store_find_span (store, 10 * BLOCK + 2), 2);
}

/* Random pages, appended in pieces of random size, against a plain array. */
static void
test_random_pages (void **state)
{
  enum { N = 100000 };
  g_autoptr(GRand) rand = g_rand_new_with_seed (7);
  g_autofree uint64_t *entries = g_new0 (uint64_t, N);
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (BLOCK);
  g_autoptr(PgsPageStore) store = NULL;

  for (guint i = 0; i < N; i++)
    if (g_rand_int_range (rand, 0, 3) > 0)
      entries[i] = PRESENT | (i / 3000 % 2 == 0 ? i : g_rand_int (rand));
  for (guint i = 0; i < N;)
    {
      guint n = MIN ((guint) g_rand_int_range (rand, 1, 1500), N - i);

      pgs_page_store_builder_append (builder, 777 + i, entries + i, n);
      i += n;
    }
  store = pgs_page_store_builder_end (builder);
  for (guint i = 0; i < N; i++)
    assert_int_equal (pgs_page_store_get_entry (store, 777 + i), entries[i]);
}

static void
test_memory (void **state)
{
  enum { N = 1000 * BLOCK };
  g_autoptr(GRand) rand = g_rand_new_with_seed (7);
  g_autofree uint64_t *entries = g_new0 (uint64_t, N);
  g_autoptr(PgsPageStore) scattered = NULL;
  g_autoptr(PgsPageStore) huge = NULL;
  g_autoptr(PgsPageStore) absent = make_store (0, entries, N);

  for (guint i = 0; i < N; i++)
    entries[i] = PRESENT | g_rand_int (rand);
  scattered = make_store (0, entries, N);
  for (guint i = 0; i < N; i++)
    entries[i] = PRESENT | (0x100000 + i);
  huge = make_store (0, entries, N);
  assert_true (pgs_page_store_get_bytes (scattered) <= 9.0 * N);
  assert_true (pgs_page_store_get_bytes (huge) < 0.1 * N);
  assert_true (pgs_page_store_get_bytes (absent) < 256);
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
    cmocka_unit_test (test_random_pages),
    cmocka_unit_test (test_memory),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
