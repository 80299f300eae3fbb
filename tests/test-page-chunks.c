/* test-page-chunks.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What stores share, and what is left of pages when there is no memory for all.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "core/pgs-changes.h"
#include "core/pgs-page-store-builder.h"
#include "core/pgs-summary.h"

#define PAGE     UINT64_C (4096)
#define BLOCK    512u
#define CHUNKS   4u
#define N_PAGES  (CHUNKS * PGS_PAGE_CHUNK_PAGES)
#define FIRST    (UINT64_C (0x7f00000) * 16)
#define RAM_END  UINT64_C (0x5f1234)

/* Two mappings that meet in the middle of a chunk, where a block begins. */
#define BORDER   (PGS_PAGE_CHUNK_PAGES + 7 * BLOCK)

static uint64_t *
make_entries (guint32 seed)
{
  static const uint64_t flags[] = {
    PGS_PAGEMAP_EXCLUSIVE, PGS_PAGEMAP_FILE, PGS_PAGEMAP_SOFT_DIRTY, PGS_PAGEMAP_MARK_ZERO,
    PGS_PAGEMAP_EXCLUSIVE | PGS_PAGEMAP_UFFD_WP, PGS_PAGEMAP_MARK_HUGE,
  };
  g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
  uint64_t *entries = g_new0 (uint64_t, N_PAGES);

  for (guint i = 0; i < N_PAGES; i++)
    switch (g_rand_int_range (rand, 0, 8))
      {
      case 0:
        break;
      case 1:
        entries[i] = PGS_PAGEMAP_SWAPPED | (uint64_t) g_rand_int_range (rand, 1, 1 << 20) << 5;
        break;
      case 2:
        entries[i] = PGS_PAGEMAP_SWAPPED;
        break;
      case 3:
        entries[i] = PGS_PAGEMAP_PRESENT;
        break;
      case 4:
        entries[i] = PGS_PAGEMAP_SWAPPED | PGS_PAGEMAP_GUARD;
        break;
      default:
        entries[i] = PGS_PAGEMAP_PRESENT | flags[g_rand_int_range (rand, 0, G_N_ELEMENTS (flags))] |
                     (uint64_t) g_rand_int_range (rand, 1, 7 << 20);
        break;
      }
  return entries;
}

static void
append (PgsPageStoreBuilder *builder,
        const uint64_t      *entries,
        guint                from,
        guint                to)
{
  guint border = CLAMP (BORDER, from, to);

  pgs_page_store_builder_append (builder, FIRST + from, entries + from, border - from);
  if (border == BORDER)
    pgs_page_store_builder_cut (builder);
  pgs_page_store_builder_append (builder, FIRST + border, entries + border, to - border);
}

static PgsPageStore *
make_store (const uint64_t *entries,
            gsize           max_bytes,
            PgsPageStore   *previous)
{
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (BLOCK);

  pgs_page_store_builder_limit (builder, max_bytes, RAM_END);
  if (previous != NULL)
    pgs_page_store_builder_share (builder, previous);
  append (builder, entries, 0, N_PAGES);
  return pgs_page_store_builder_end (builder);
}

static PgsSnapshot *
make_snapshot (PgsPageStore *store)
{
  g_autofree char *text =
    g_strdup_printf ("%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x rw-p 0 00:00 0 \n"
                     "%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x r-xs 0 00:01 7 /dev/shm/x\n",
                     FIRST * PAGE, (FIRST + BORDER) * PAGE, (FIRST + BORDER) * PAGE,
                     (FIRST + N_PAGES) * PAGE);
  g_autoptr(PgsMaps) maps = pgs_maps_parse (text, strlen (text), PAGE, NULL);

  assert_non_null (maps);
  return pgs_snapshot_new (maps, store, PAGE, RAM_END, NULL);
}

/* Every block has the numbers of its pages, in every mode, and so has the whole. */
static void
test_numbers_are_exact (void **state)
{
  g_autofree uint64_t *entries = make_entries (1);
  g_autoptr(PgsPageStore) full = make_store (entries, G_MAXSIZE, NULL);
  g_autoptr(PgsPageStore) reduced = make_store (entries, 1, NULL);
  g_autoptr(PgsSnapshot) known = make_snapshot (full);
  g_autoptr(PgsSnapshot) counted = make_snapshot (reduced);

  assert_true (pgs_page_store_get_bytes (reduced) < pgs_page_store_get_bytes (full) / 8);
  assert_memory_equal (pgs_snapshot_get_totals (known), pgs_snapshot_get_totals (counted),
                       sizeof (PgsTotals));
  for (guint i = 0; i < pgs_color_mode_get_n_modes (); i++)
    {
      const PgsColorMode *mode = pgs_color_mode_get (i);
      g_autoptr(PgsSummary) left = pgs_summary_new (known, mode);
      g_autoptr(PgsSummary) right = pgs_summary_new (counted, mode);

      for (uint64_t page = FIRST; page <= FIRST + N_PAGES; page += BLOCK)
        {
          uint64_t expected[PGS_COLOR_MODE_MAX_CLASSES], counts[PGS_COLOR_MODE_MAX_CLASSES];
          uint64_t end = page < FIRST + N_PAGES ? (page + BLOCK) * PAGE : G_MAXUINT64;
          uint64_t start = page < FIRST + N_PAGES ? page * PAGE : 0;

          assert_int_equal (pgs_summary_count (left, start, end, expected),
                            pgs_summary_count (right, start, end, counts));
          assert_memory_equal (expected, counts, mode->n_classes * sizeof *counts);
        }
    }
}

/* A part of a block gets a share; the shares add up. */
static void
test_shares_of_a_block (void **state)
{
  g_autofree uint64_t *entries = make_entries (2);
  g_autoptr(PgsPageStore) reduced = make_store (entries, 1, NULL);
  g_autoptr(PgsSnapshot) snapshot = make_snapshot (reduced);
  g_autoptr(PgsSummary) summary = pgs_summary_new (snapshot, pgs_color_mode_get (0));
  uint64_t whole[PGS_COLOR_MODE_MAX_CLASSES], sum[PGS_COLOR_MODE_MAX_CLASSES] = { 0, };
  guint n_classes = pgs_color_mode_get (0)->n_classes;

  for (guint i = 0; i < BLOCK; i += 37)
    {
      uint64_t counts[PGS_COLOR_MODE_MAX_CLASSES];
      uint64_t end = MIN (i + 37, BLOCK);

      pgs_summary_count (summary, (FIRST + i) * PAGE, (FIRST + end) * PAGE, counts);
      for (guint j = 0; j + 1 < n_classes; j++)
        sum[j] += counts[j];
    }
  pgs_summary_count (summary, FIRST * PAGE, (FIRST + BLOCK) * PAGE, whole);
  assert_memory_equal (sum, whole, (n_classes - 1) * sizeof *sum);
}

static void
test_sharing (void **state)
{
  static const gsize limits[] = { G_MAXSIZE, 1 };

  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      g_autofree uint64_t *entries = make_entries (3);
      g_autoptr(PgsPageStore) before = make_store (entries, limits[i], NULL);
      g_autoptr(PgsPageStore) same = make_store (entries, limits[i], before);
      g_autoptr(PgsPageStore) after = NULL;

      assert_ptr_equal (same, before);
      entries[2 * PGS_PAGE_CHUNK_PAGES + 5] = PGS_PAGEMAP_PRESENT | PGS_PAGEMAP_FILE | 0x77;
      entries[2 * PGS_PAGE_CHUNK_PAGES + 6] = PGS_PAGEMAP_PRESENT | PGS_PAGEMAP_FILE | 0x77;
      after = make_store (entries, limits[i], before);
      for (guint j = 0; j < CHUNKS; j++)
        assert_int_equal (pgs_page_store_get_chunk (after, j) == pgs_page_store_get_chunk (before, j),
                          j != 2);
    }
}

/* Numbers do not tell which page is which: pages that change places are the same. */
static void
test_sharing_of_numbers (void **state)
{
  g_autofree uint64_t *entries = make_entries (7);
  g_autoptr(PgsPageStore) before = NULL;
  g_autoptr(PgsPageStore) after = NULL;

  entries[0] = entries[1] = entries[BLOCK - 1] = entries[BLOCK - 2] = PGS_PAGEMAP_PRESENT;
  before = make_store (entries, 1, NULL);
  for (guint i = 2; i < BLOCK / 2; i++)
    {
      uint64_t entry = entries[i];

      entries[i] = entries[BLOCK - 1 - i];
      entries[BLOCK - 1 - i] = entry;
    }
  after = make_store (entries, 1, before);
  assert_ptr_equal (before, after);
}

static void
test_changes_of_shared_chunks (void **state)
{
  static const gsize limits[] = { G_MAXSIZE, 1 };

  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      g_autofree uint64_t *entries = make_entries (4);
      guint changed = 3 * PGS_PAGE_CHUNK_PAGES + 2 * BLOCK + 9;
      g_autoptr(PgsPageStore) store = make_store (entries, limits[i], NULL);
      g_autoptr(PgsPageStore) full = make_store (entries, G_MAXSIZE, NULL);
      g_autoptr(PgsSnapshot) before = make_snapshot (store);
      g_autoptr(PgsSnapshot) detailed = make_snapshot (full);
      g_autoptr(PgsPageStore) next = NULL;
      g_autoptr(PgsSnapshot) after = NULL;
      g_autoptr(GArray) changes = NULL;
      g_autoptr(GArray) none = pgs_changes_find (before, detailed);
      const PgsChange *change;

      /* To know more is no change. */
      assert_int_equal (none->len, 0);
      entries[changed] = entries[changed] == 0 ? PGS_PAGEMAP_PRESENT | 1 : 0;
      next = make_store (entries, limits[i], store);
      after = make_snapshot (next);
      changes = pgs_changes_find (before, after);
      assert_int_equal (changes->len, 1);
      change = &g_array_index (changes, PgsChange, 0);
      if (limits[i] == G_MAXSIZE)
        assert_int_equal (change->end - change->start, PAGE);
      assert_in_range ((FIRST + changed) * PAGE, change->start, change->end - 1);
      assert_true (change->end - change->start <= BLOCK * PAGE);
    }
}

/* Some chunks lose their detail, what is kept does not, and the limit is kept. */
static void
test_limit (void **state)
{
  g_autofree uint64_t *entries = make_entries (5);
  g_autoptr(PgsPageStore) full = make_store (entries, G_MAXSIZE, NULL);
  gsize limit = pgs_page_store_get_bytes (full) / 2;

  for (guint kept = 0; kept < CHUNKS; kept++)
    {
      PgsPageStoreBuilder *builder = pgs_page_store_builder_new (BLOCK);
      uint64_t first = FIRST + kept * PGS_PAGE_CHUNK_PAGES + 100;
      g_autoptr(PgsPageStore) store = NULL;
      guint n_detailed = 0;

      pgs_page_store_builder_limit (builder, limit, RAM_END);
      pgs_page_store_builder_keep (builder, first, first + 1);
      /* From the last chunk to the first. */
      for (guint i = CHUNKS; i-- > 0;)
        append (builder, entries, i * PGS_PAGE_CHUNK_PAGES, (i + 1) * PGS_PAGE_CHUNK_PAGES);
      store = pgs_page_store_builder_end (builder);
      assert_true (pgs_page_store_get_bytes (store) <= limit);
      assert_int_equal (pgs_page_store_get_entry (store, first), entries[first - FIRST]);
      assert_true (pgs_page_store_has_detail (store, first, first + BLOCK));
      for (guint i = 0; i < CHUNKS; i++)
        n_detailed += pgs_page_chunk_has_detail (pgs_page_store_get_chunk (store, i));
      assert_in_range (n_detailed, 1, CHUNKS - 1);
      assert_false (pgs_page_store_has_detail (store, FIRST, FIRST + N_PAGES));
    }
}

/* A chunk may be taken while another one is gathered. */
static void
test_taking_chunks (void **state)
{
  g_autofree uint64_t *entries = make_entries (6);
  g_autoptr(PgsPageStore) full = make_store (entries, G_MAXSIZE, NULL);
  g_autoptr(PgsPageStore) expected = make_store (entries, 1, NULL);
  g_autoptr(PgsPageStore) store = NULL;
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (BLOCK);

  pgs_page_store_builder_limit (builder, 1, RAM_END);
  pgs_page_store_builder_share (builder, expected);
  for (guint i = 0; i < CHUNKS; i += 2)
    {
      append (builder, entries, i * PGS_PAGE_CHUNK_PAGES, (i + 1) * PGS_PAGE_CHUNK_PAGES);
      pgs_page_store_builder_take_chunk (builder,
                                         pgs_page_chunk_ref (pgs_page_store_get_chunk (full, i + 1)));
    }
  store = pgs_page_store_builder_end (builder);
  assert_int_equal (pgs_page_store_get_n_chunks (store), CHUNKS);
  assert_int_equal (pgs_page_store_get_bytes (store), pgs_page_store_get_bytes (expected));
}

/* Bands are of the same size, and the first frame of each is in it. */
static void
test_bands (void **state)
{
  static const uint64_t ends[] = { 1, 31, 32, 33, 3200, 0x5f1234, UINT64_C (1) << 29 };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      PgsFrameBands bands;

      pgs_frame_bands_init (&bands, ends[i]);
      for (uint64_t pfn = 0; pfn < ends[i]; pfn += 1 + ends[i] / 5000)
        assert_int_equal (pgs_frame_bands_find (&bands, pfn), pfn * PGS_FRAME_BANDS / ends[i]);
      assert_int_equal (pgs_frame_bands_find (&bands, ends[i]), PGS_FRAME_BANDS - 1);
      for (guint j = 0; ends[i] > PGS_FRAME_BANDS && j < PGS_FRAME_BANDS; j++)
        {
          uint64_t first = pgs_frame_bands_get_first (&bands, j);

          assert_int_equal (pgs_frame_bands_find (&bands, first), j);
          assert_true (j == 0 || pgs_frame_bands_find (&bands, first - 1) == j - 1);
        }
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_numbers_are_exact),
    cmocka_unit_test (test_shares_of_a_block),
    cmocka_unit_test (test_sharing),
    cmocka_unit_test (test_sharing_of_numbers),
    cmocka_unit_test (test_changes_of_shared_chunks),
    cmocka_unit_test (test_limit),
    cmocka_unit_test (test_taking_chunks),
    cmocka_unit_test (test_bands),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
