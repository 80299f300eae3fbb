/* test-summary.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/pgs-page-store-builder.h"
#include "core/pgs-summary.h"
#include "pgs-layout.h"
#include "pgs-plain.h"

#define N_LAYOUTS 25
#define N_RANGES  30
#define N_EDGES   60

/* Counts the pages of [start, end) one by one. */
static uint64_t
count_plainly (PgsLayout          *layout,
               const PgsColorMode *mode,
               uint64_t            start,
               uint64_t            end,
               uint64_t           *counts)
{
  uint64_t total = 0;

  for (guint i = 0; i < mode->n_classes; i++)
    counts[i] = 0;
  for (guint i = 0; i < pgs_maps_get_n_mappings (layout->maps); i++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (layout->maps, i);

      for (uint64_t page = 0; mapping->start + page * 4096 < mapping->end; page++)
        {
          uint64_t address = mapping->start + page * 4096;
          PgsPage seen = { mapping, pgs_layout_get_entry (layout, i, page), 0 };

          if (address < start || address >= end)
            continue;
          counts[mode->classify (layout->snapshot, &seen)]++;
          total++;
        }
    }
  return total;
}

static void
check_range (PgsLayout  *layout,
             PgsSummary *summary,
             uint64_t    start,
             uint64_t    end)
{
  const PgsColorMode *mode = pgs_summary_get_mode (summary);
  uint64_t expected[PGS_COLOR_MODE_MAX_CLASSES];
  uint64_t counts[PGS_COLOR_MODE_MAX_CLASSES];
  uint64_t total = count_plainly (layout, mode, start, end, expected);

  assert_int_equal (pgs_summary_count (summary, start, end, counts), total);
  for (guint i = 0; i < mode->n_classes; i++)
    assert_int_equal (counts[i], expected[i]);
}

static uint64_t
random_address (PgsLayout *layout,
                GRand     *rand)
{
  guint n_mappings = pgs_maps_get_n_mappings (layout->maps);
  const PgsMapping *mapping =
    pgs_maps_get_mapping (layout->maps, (guint) g_rand_int_range (rand, 0, (gint32) n_mappings));

  return mapping->start - 3 * 4096 +
         (uint64_t) g_rand_double_range (rand, 0, (double) (mapping->end - mapping->start) * 1.2 +
                                                  8 * 4096);
}

static void
check_random_ranges (PgsLayout          *layout,
                     const PgsColorMode *mode,
                     GRand              *rand)
{
  g_autoptr(PgsSummary) summary = pgs_summary_new (layout->snapshot, mode);

  check_range (layout, summary, 0, G_MAXUINT64);
  for (guint i = 0; i < N_RANGES; i++)
    {
      uint64_t a = random_address (layout, rand);
      uint64_t b = random_address (layout, rand);

      check_range (layout, summary, MIN (a, b), MAX (a, b));
      check_range (layout, summary, a & ~UINT64_C (4095), b & ~UINT64_C (4095));
      check_range (layout, summary, a, a + 4096);
    }
}

static void
test_random_ranges (void **state)
{
  for (guint32 seed = 0; seed < N_LAYOUTS; seed++)
    {
      g_autoptr(PgsLayout) layout = pgs_layout_new_random (seed, 1 + seed % 12, 900);
      g_autoptr(GRand) rand = g_rand_new_with_seed (seed);

      for (guint i = 0; i < pgs_color_mode_get_n_modes (); i++)
        check_random_ranges (layout, pgs_color_mode_get (i), rand);
    }
}

#define AFTER_PAGES   40000u
#define AFTER_RAM_END UINT64_C (3000000)

static PgsSnapshot *
make_snapshot (PgsMaps        *maps,
               const uint64_t *entries,
               uint64_t        ram_end,
               gsize           max_bytes,
               PgsSnapshot    *previous)
{
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (512);
  g_autoptr(PgsPageStore) store = NULL;

  pgs_page_store_builder_limit (builder, max_bytes, ram_end);
  if (previous != NULL)
    pgs_page_store_builder_share (builder, pgs_snapshot_get_store (previous));
  for (guint i = 0; i < pgs_maps_get_n_mappings (maps); i++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (maps, i);
      gsize first = mapping->start / 4096, end = mapping->end / 4096;

      pgs_page_store_builder_append (builder, first, entries + first, end - first);
      pgs_page_store_builder_cut (builder);
    }
  store = pgs_page_store_builder_end (builder);
  return pgs_snapshot_new (maps, store, 4096, ram_end, NULL);
}

/* Holds a summary that takes over parts against one that does not. */
static void
check_after (PgsSnapshot      *snapshot,
             const PgsSummary *previous,
             GRand            *rand)
{
  for (guint i = 0; i < pgs_color_mode_get_n_modes (); i++)
    {
      const PgsColorMode *mode = pgs_color_mode_get (i);
      g_autoptr(PgsSummary) summary = pgs_summary_new_after (snapshot, mode, previous);
      g_autoptr(PgsSummary) fresh = pgs_summary_new (snapshot, mode);

      assert_ptr_equal (pgs_summary_get_snapshot (summary), snapshot);
      assert_ptr_equal (pgs_summary_get_mode (summary), mode);
      for (guint j = 0; j < N_RANGES; j++)
        {
          uint64_t start = (uint64_t) g_rand_int_range (rand, 0, AFTER_PAGES) * 4096;
          uint64_t end = (uint64_t) g_rand_int_range (rand, 0, AFTER_PAGES) * 4096;
          uint64_t counts[PGS_COLOR_MODE_MAX_CLASSES], expected[PGS_COLOR_MODE_MAX_CLASSES];

          if (j == 0)
            end = G_MAXUINT64;
          assert_int_equal (pgs_summary_count (summary, start, end, counts),
                            pgs_summary_count (fresh, start, end, expected));
          assert_memory_equal (counts, expected, mode->n_classes * sizeof *counts);
        }
    }
}

static PgsMaps *
parse_maps (const char *text)
{
  return pgs_maps_parse (text, strlen (text), 4096, NULL);
}

/* What is taken over from the summary before makes no difference: where pages have
 * changed, chunks come and gone, mappings become others, or RAM ends elsewhere. */
static void
test_after (void **state)
{
  static const char before[] = "100000-3000000 rw-p 00000000 00:00 0 [heap]\n"
                               "3000000-9000000 r-xp 00000000 08:01 7 /usr/bin/example\n";
  static const char other[] = "100000-3000000 r--p 00000000 00:00 0 \n"
                              "3000000-9000000 rw-s 00000000 00:01 12 /dev/shm/example\n";
  static const char fewer[] = "100000-2800000 rw-p 00000000 00:00 0 [heap]\n"
                              "6000000-9000000 r-xp 00000000 08:01 7 /usr/bin/example\n";
  static const char *const texts[] = { before, other, fewer };

  for (guint i = 0; i < 12; i++)
    {
      g_autoptr(GRand) rand = g_rand_new_with_seed (i);
      gsize max_bytes = i % 2 == 0 ? G_MAXSIZE : 0;
      g_autofree uint64_t *entries = pgs_plain_make_pages (rand, AFTER_RAM_END, AFTER_PAGES);
      g_autoptr(PgsMaps) maps = parse_maps (before);
      g_autoptr(PgsMaps) other_maps = parse_maps (texts[i % G_N_ELEMENTS (texts)]);
      g_autoptr(PgsSnapshot) first = make_snapshot (maps, entries, AFTER_RAM_END, max_bytes, NULL);
      g_autoptr(PgsSnapshot) changed = NULL, elsewhere = NULL, other_ram = NULL;
      g_autoptr(PgsSummary) summary =
        pgs_summary_new (first, pgs_color_mode_get (i % pgs_color_mode_get_n_modes ()));

      check_after (first, summary, rand);
      elsewhere = make_snapshot (other_maps, entries, AFTER_RAM_END, max_bytes, first);
      check_after (elsewhere, summary, rand);
      other_ram = pgs_snapshot_new (maps, pgs_snapshot_get_store (first), 4096,
                                    AFTER_RAM_END / 3, NULL);
      check_after (other_ram, summary, rand);
      entries[20000] ^= PGS_PAGEMAP_PRESENT | 5;
      for (guint j = 0; j < PGS_PAGE_CHUNK_PAGES && i % 4 < 2; j++)
        entries[(1 + i % 3) * PGS_PAGE_CHUNK_PAGES + j] = 0;
      changed = make_snapshot (maps, entries, AFTER_RAM_END, max_bytes, first);
      check_after (changed, summary, rand);
      g_clear_pointer (&summary, pgs_summary_unref);
      summary = pgs_summary_new (changed, pgs_color_mode_get (1));
      check_after (first, summary, rand);
    }
}

/* One span of the store over three mappings, of which the first two touch. */
static PgsSnapshot *
make_bordered (uint64_t first_pfn)
{
  static const char text[] = "400000-403000 r-xp 00000000 08:01 7 /usr/bin/example\n"
                             "403000-405000 rw-p 00000000 00:00 0 [heap]\n"
                             "406000-408000 ---p 00000000 00:00 0 \n";
  g_autoptr(PgsMaps) maps = pgs_maps_parse (text, sizeof text - 1, 4096, NULL);
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (512);
  g_autoptr(PgsPageStore) store = NULL;
  uint64_t entries[8];

  for (guint i = 0; i < 8; i++)
    entries[i] = PGS_PAGEMAP_PRESENT | (first_pfn + i);
  pgs_page_store_builder_append (builder, 0x400, entries, 8);
  store = pgs_page_store_builder_end (builder);
  return pgs_snapshot_new (maps, store, 4096, 3200, NULL);
}

/* A run of pages is of other classes in another mapping, and not counted where
 * nothing is mapped; as a ramp ascends, it is of other classes within one. */
static void
test_run_across_mappings (void **state)
{
  static const struct
  {
    const char *mode;
    uint64_t    first_pfn; /* frame-16 begins at 1600 */
    uint64_t    start;
    uint64_t    end;
    uint64_t    total;
    const char *class;
    uint64_t    count;
  } cases[] = {
    { "kind", 1598, 0, G_MAXUINT64, 7, "code", 3 },
    { "kind", 1598, 0, G_MAXUINT64, 7, "heap", 2 },
    { "kind", 1598, 0, G_MAXUINT64, 7, "anonymous", 2 },
    { "kind", 1598, 0x402000, 0x404000, 2, "code", 1 },
    { "kind", 1598, 0x402000, 0x404000, 2, "heap", 1 },
    { "kind", 1598, 0x402001, 0x403001, 1, "heap", 1 },
    { "kind", 1598, 0x404000, 0x407000, 2, "heap", 1 },
    { "kind", 1598, 0x405000, 0x406000, 0, "heap", 0 },
    { "permissions", 1598, 0, G_MAXUINT64, 7, "exec", 3 },
    { "permissions", 1598, 0, G_MAXUINT64, 7, "none", 2 },
    { "frame", 1598, 0, G_MAXUINT64, 7, "frame-15", 2 },
    { "frame", 1598, 0, G_MAXUINT64, 7, "frame-16", 5 },
    { "frame", 1598, 0x401000, 0x403000, 2, "frame-15", 1 },
    { "frame", 1596, 0, G_MAXUINT64, 7, "frame-15", 4 },
    { "frame", 1596, 0x403000, 0x405000, 2, "frame-15", 1 },
    { "frame", 1596, 0x404000, 0x408000, 3, "frame-16", 3 },
    { "state", 1598, 0, G_MAXUINT64, 7, "private", 7 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const PgsColorMode *mode = pgs_color_mode_find (cases[i].mode);
      g_autoptr(PgsSnapshot) snapshot = make_bordered (cases[i].first_pfn);
      g_autoptr(PgsSummary) summary = pgs_summary_new (snapshot, mode);
      uint64_t counts[PGS_COLOR_MODE_MAX_CLASSES];
      guint class = 0;

      while (!g_str_equal (mode->classes[class].id, cases[i].class))
        class++;
      assert_int_equal (pgs_summary_count (summary, cases[i].start, cases[i].end, counts),
                        cases[i].total);
      assert_int_equal (counts[class], cases[i].count);
    }
}

/* The same pages are as many, however large they are. */
static void
test_other_page_sizes (void **state)
{
  static const uint64_t page_sizes[] = { 4096, 16384, 65536 };
  static const uint64_t entries[] = { PGS_PAGEMAP_PRESENT | 9, 0, PGS_PAGEMAP_SWAPPED | 64 };

  for (guint i = 0; i < G_N_ELEMENTS (page_sizes); i++)
    {
      uint64_t page_size = page_sizes[i];
      g_autofree char *text = g_strdup_printf ("%" PRIx64 "-%" PRIx64 " rw-p 00000000 00:00 0 \n",
                                               100 * page_size, 105 * page_size);
      g_autoptr(PgsMaps) maps = pgs_maps_parse (text, strlen (text), page_size, NULL);
      PgsPageStoreBuilder *builder = pgs_page_store_builder_new ((guint) (page_size / 8));
      g_autoptr(PgsPageStore) store = NULL;
      g_autoptr(PgsSnapshot) snapshot = NULL;
      g_autoptr(PgsSummary) summary = NULL;
      uint64_t counts[PGS_COLOR_MODE_MAX_CLASSES];

      pgs_page_store_builder_append (builder, 101, entries, G_N_ELEMENTS (entries));
      store = pgs_page_store_builder_end (builder);
      snapshot = pgs_snapshot_new (maps, store, page_size, 0, NULL);
      summary = pgs_summary_new (snapshot, pgs_color_mode_find ("kind"));
      assert_int_equal (pgs_summary_count (summary, 0, G_MAXUINT64, counts), 5);
      assert_int_equal (counts[PGS_MAPPING_ANONYMOUS], 2);
      assert_int_equal (counts[PGS_MAPPING_N_KINDS], 3);
      assert_int_equal (pgs_summary_count (summary, 101 * page_size, 103 * page_size, counts), 2);
      assert_int_equal (counts[PGS_MAPPING_ANONYMOUS], 1);
      assert_int_equal (pgs_summary_get_class (summary, 104 * page_size - 1),
                        PGS_MAPPING_ANONYMOUS);
      assert_int_equal (pgs_summary_get_class (summary, 104 * page_size), PGS_MAPPING_N_KINDS);
    }
}

/* A summary, and what it summarizes, are there until the last reference is dropped. */
static void
test_references (void **state)
{
  g_autoptr(PgsSnapshot) snapshot = make_bordered (1598);
  PgsSummary *summary = pgs_summary_new (snapshot, pgs_color_mode_find ("kind"));
  uint64_t counts[PGS_COLOR_MODE_MAX_CLASSES];

  assert_ptr_equal (pgs_summary_ref (summary), summary);
  pgs_summary_unref (summary);
  g_clear_pointer (&snapshot, pgs_snapshot_unref);
  assert_int_equal (pgs_summary_count (summary, 0, G_MAXUINT64, counts), 7);
  pgs_summary_unref (summary);
}

/* 20 TiB without a page, and no mapping at all. */
static void
test_nothing_present (void **state)
{
  static const struct
  {
    const char *maps;
    uint64_t    pages;
  } cases[] = {
    { "", 0 },
    { "100000000000-240000000000 ---p 00000000 00:00 0 \n", UINT64_C (5368709120) },
    { "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]\n", 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsMaps) maps = pgs_maps_parse (cases[i].maps, strlen (cases[i].maps), 4096, NULL);
      g_autoptr(PgsPageStore) store =
        pgs_page_store_builder_end (pgs_page_store_builder_new (512));
      g_autoptr(PgsSnapshot) snapshot = pgs_snapshot_new (maps, store, 4096, 0, NULL);
      g_autoptr(PgsSummary) summary = pgs_summary_new (snapshot, pgs_color_mode_get (0));
      uint64_t counts[PGS_COLOR_MODE_MAX_CLASSES];

      assert_int_equal (pgs_summary_count (summary, 0, G_MAXUINT64, counts), cases[i].pages);
      assert_int_equal (counts[pgs_color_mode_get (0)->n_classes - 1], cases[i].pages);
    }
}

static void
test_empty_and_reversed_ranges (void **state)
{
  g_autoptr(PgsLayout) layout = pgs_layout_new_random (1, 4, 100);
  g_autoptr(PgsSummary) summary = pgs_summary_new (layout->snapshot, pgs_color_mode_get (0));
  uint64_t counts[PGS_COLOR_MODE_MAX_CLASSES];
  uint64_t start = pgs_maps_get_mapping (layout->maps, 0)->start;

  assert_int_equal (pgs_summary_count (summary, start, start, counts), 0);
  assert_int_equal (pgs_summary_count (summary, start + 4096, start, counts), 0);
  /* No page begins between two page borders. */
  assert_int_equal (pgs_summary_count (summary, start + 1, start + 4096, counts), 0);
  assert_int_equal (pgs_summary_count (summary, start, start + 1, counts), 1);
}

static int
compare_addresses (const void *a,
                   const void *b)
{
  const uint64_t *left = a, *right = b;

  return *left < *right ? -1 : *left > *right;
}

/* Compares each row of a series with the range it stands for. */
static void
check_series (PgsSummary     *summary,
              const uint64_t *edges,
              guint           n_edges)
{
  guint n_classes = pgs_summary_get_mode (summary)->n_classes;
  g_autofree uint64_t *rows = g_new (uint64_t, n_edges * n_classes);
  uint64_t counts[PGS_COLOR_MODE_MAX_CLASSES];

  /* What nobody wrote is seen, and what nobody may write too. */
  memset (rows, 0xa5, n_edges * n_classes * sizeof *rows);
  pgs_summary_count_series (summary, edges, n_edges, rows);
  for (guint i = 0; i + 1 < n_edges; i++)
    {
      pgs_summary_count (summary, edges[i], edges[i + 1], counts);
      assert_memory_equal (rows + i * n_classes, counts, n_classes * sizeof *counts);
    }
  for (guint i = 0; i < n_classes; i++)
    assert_int_equal (rows[(n_edges - 1) * n_classes + i], UINT64_C (0xa5a5a5a5a5a5a5a5));
}

/* Edges everywhere; some twice, some at the border of a page, some close together,
 * and beyond all mappings at either end. */
static void
check_random_series (PgsLayout          *layout,
                     const PgsColorMode *mode,
                     GRand              *rand)
{
  g_autoptr(PgsSummary) summary = pgs_summary_new (layout->snapshot, mode);
  uint64_t edges[N_EDGES];

  for (guint i = 0; i < N_EDGES; i += 4)
    {
      edges[i] = random_address (layout, rand);
      edges[i + 1] = edges[i] & ~UINT64_C (4095);
      edges[i + 2] = edges[i] + (guint) g_rand_int_range (rand, 0, 3 * 4096);
      edges[i + 3] = edges[i + 2];
    }
  edges[0] = 0;
  edges[1] = G_MAXUINT64;
  qsort (edges, N_EDGES, sizeof *edges, compare_addresses);
  check_series (summary, edges, N_EDGES);
  check_series (summary, edges + 1, N_EDGES - 2);
}

static void
test_random_series (void **state)
{
  for (guint32 seed = 0; seed < N_LAYOUTS; seed++)
    {
      g_autoptr(PgsLayout) layout = pgs_layout_new_random (seed, 1 + seed * 2, 2000);
      g_autoptr(GRand) rand = g_rand_new_with_seed (seed);

      for (guint i = 0; i < pgs_color_mode_get_n_modes (); i++)
        check_random_series (layout, pgs_color_mode_get (i), rand);
    }
}

/* One edge after another through every byte of some pages and every page of all. */
static void
test_dense_series (void **state)
{
  g_autoptr(PgsLayout) layout = pgs_layout_new_random (7, 3, 700);
  g_autoptr(PgsSummary) summary =
    pgs_summary_new (layout->snapshot, pgs_color_mode_find ("frame"));
  uint64_t start = pgs_maps_get_mapping (layout->maps, 0)->start;
  uint64_t edges[3000];

  for (guint i = 0; i < G_N_ELEMENTS (edges); i++)
    edges[i] = start - 4096 + i * 4096;
  check_series (summary, edges, G_N_ELEMENTS (edges));
  for (guint i = 0; i < G_N_ELEMENTS (edges); i++)
    edges[i] = start - 1500 + i;
  check_series (summary, edges, G_N_ELEMENTS (edges));
}

static void
test_series_without_rows (void **state)
{
  g_autoptr(PgsMaps) maps = pgs_maps_parse ("", 0, 4096, NULL);
  g_autoptr(PgsPageStore) store = pgs_page_store_builder_end (pgs_page_store_builder_new (512));
  g_autoptr(PgsSnapshot) snapshot = pgs_snapshot_new (maps, store, 4096, 0, NULL);
  g_autoptr(PgsSummary) summary = pgs_summary_new (snapshot, pgs_color_mode_get (0));
  const uint64_t edges[] = { 0, 4096, G_MAXUINT64 };

  pgs_summary_count_series (summary, NULL, 0, NULL);
  pgs_summary_count_series (summary, edges, 1, NULL);
  check_series (summary, edges, 1);
  /* Nothing is mapped. */
  check_series (summary, edges, G_N_ELEMENTS (edges));
}

static void
test_class_of_an_address (void **state)
{
  g_autoptr(PgsLayout) layout = pgs_layout_new_random (3, 6, 200);
  const PgsColorMode *mode = pgs_color_mode_get (0);
  g_autoptr(PgsSummary) summary = pgs_summary_new (layout->snapshot, mode);

  assert_ptr_equal (pgs_summary_get_mode (summary), mode);
  assert_ptr_equal (pgs_summary_get_snapshot (summary), layout->snapshot);
  for (guint i = 0; i < pgs_maps_get_n_mappings (layout->maps); i++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (layout->maps, i);

      for (uint64_t page = 0; mapping->start + page * 4096 < mapping->end; page++)
        {
          PgsPage seen = { mapping, pgs_layout_get_entry (layout, i, page), 0 };

          assert_int_equal (pgs_summary_get_class (summary, mapping->start + page * 4096 + 17),
                            mode->classify (layout->snapshot, &seen));
        }
    }
  assert_int_equal (pgs_summary_get_class (summary, 4096), PGS_SUMMARY_NO_CLASS);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_random_ranges),
    cmocka_unit_test (test_after),
    cmocka_unit_test (test_run_across_mappings),
    cmocka_unit_test (test_other_page_sizes),
    cmocka_unit_test (test_references),
    cmocka_unit_test (test_nothing_present),
    cmocka_unit_test (test_empty_and_reversed_ranges),
    cmocka_unit_test (test_random_series),
    cmocka_unit_test (test_dense_series),
    cmocka_unit_test (test_series_without_rows),
    cmocka_unit_test (test_class_of_an_address),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
