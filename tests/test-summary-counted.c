/* test-summary-counted.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Summaries where only the numbers of pages are kept: exact for every mapping and every
 * block, and for parts of a block within what the block has.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdlib.h>

#include "core/pgs-page-store-builder.h"
#include "core/pgs-summary.h"
#include "pgs-plain.h"

#define RAM_END     UINT64_C (3000000)
#define FIRST_PAGE  (UINT64_C (3) * PGS_PAGE_CHUNK_PAGES - 700)
#define N_PAGES     30000u
#define N_BORDERS   10
#define N_RANGES    100

/* Mappings with borders anywhere, of which every third is missing, and their pages. */
typedef struct
{
  GRand       *rand;
  guint        block;
  uint64_t     page_size;
  uint64_t     borders[N_BORDERS + 1];
  uint64_t    *entries;
  PgsMaps     *maps;
  PgsSnapshot *snapshot;
} Space;

static void
space_clear (Space *space)
{
  g_rand_free (space->rand);
  g_free (space->entries);
  pgs_maps_unref (space->maps);
  pgs_snapshot_unref (space->snapshot);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Space, space_clear)

static gboolean
is_mapped (guint area)
{
  return area % 3 != 2;
}

static int
compare (gconstpointer left,
         gconstpointer right)
{
  uint64_t a = *(const uint64_t *) left, b = *(const uint64_t *) right;

  return a < b ? -1 : a > b;
}

static void
make_maps (Space *space)
{
  static const char *const lines[] = {
    "rw-p 00000000 00:00 0 ", "r-xp 00001000 08:01 4711 /usr/lib/libexample.so.1", "",
    "rw-s 00000000 00:01 12 /dev/shm/example", "---p 00000000 00:00 0 ", "",
  };
  g_autoptr(GString) text = g_string_new (NULL);

  space->borders[0] = 0;
  for (guint i = 1; i < N_BORDERS; i++)
    space->borders[i] = (uint64_t) g_rand_int_range (space->rand, 1, N_PAGES);
  space->borders[N_BORDERS] = N_PAGES;
  qsort (space->borders, N_BORDERS + 1, sizeof (uint64_t), compare);
  for (guint i = 0; i < N_BORDERS; i++)
    if (is_mapped (i) && space->borders[i] < space->borders[i + 1])
      g_string_append_printf (text, "%" PRIx64 "-%" PRIx64 " %s\n",
                              (FIRST_PAGE + space->borders[i]) * space->page_size,
                              (FIRST_PAGE + space->borders[i + 1]) * space->page_size,
                              lines[i % G_N_ELEMENTS (lines)]);
  space->maps = pgs_maps_parse (text->str, text->len, space->page_size, NULL);
}

/* Reads the space the way it is done: no span reaches over the border of a mapping. */
static void
space_init (Space   *space,
            guint32  seed,
            guint    block,
            gsize    max_bytes)
{
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (block);
  g_autoptr(PgsPageStore) store = NULL;

  *space = (Space) { .rand = g_rand_new_with_seed (seed), .block = block,
                     .page_size = block * UINT64_C (8) };
  make_maps (space);
  space->entries = pgs_plain_make_pages (space->rand, RAM_END, N_PAGES);
  pgs_page_store_builder_limit (builder, max_bytes, RAM_END);
  pgs_page_store_builder_keep (builder, 5 * PGS_PAGE_CHUNK_PAGES, 5 * PGS_PAGE_CHUNK_PAGES + 1);
  for (guint i = 0; i < N_BORDERS; i++)
    {
      if (is_mapped (i))
        pgs_page_store_builder_append (builder, FIRST_PAGE + space->borders[i],
                                       space->entries + space->borders[i],
                                       space->borders[i + 1] - space->borders[i]);
      pgs_page_store_builder_cut (builder);
    }
  store = pgs_page_store_builder_end (builder);
  space->snapshot = pgs_snapshot_new (space->maps, store, space->page_size, RAM_END, NULL);
}

/* Counts the pages from @first up to @end one by one. Returns how many are mapped. */
static uint64_t
count_plainly (const Space        *space,
               const PgsColorMode *mode,
               uint64_t            first,
               uint64_t            end,
               PgsPlainCounts     *counts)
{
  uint64_t n_mapped = 0;

  *counts = (PgsPlainCounts) { { 0, }, };
  for (guint i = 0; i < pgs_maps_get_n_mappings (space->maps); i++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (space->maps, i);
      uint64_t from = MAX (mapping->start / space->page_size - FIRST_PAGE, first);
      uint64_t to = MIN (mapping->end / space->page_size - FIRST_PAGE, end);

      for (uint64_t page = from; page < to; page++, n_mapped++)
        pgs_plain_count (counts, mode, mapping, space->entries[page], RAM_END);
    }
  return n_mapped;
}

static uint64_t
count (const Space      *space,
       const PgsSummary *summary,
       uint64_t          first,
       uint64_t          end,
       uint64_t         *counts)
{
  return pgs_summary_count (summary, (FIRST_PAGE + first) * space->page_size,
                            (FIRST_PAGE + end) * space->page_size, counts);
}

static void
check_exact (const Space      *space,
             const PgsSummary *summary,
             uint64_t          first,
             uint64_t          end)
{
  const PgsColorMode *mode = pgs_summary_get_mode (summary);
  uint64_t counts[PGS_COLOR_MODE_MAX_CLASSES];
  PgsPlainCounts plain;
  uint64_t mapped = count_plainly (space, mode, first, end, &plain);

  assert_int_equal (count (space, summary, first, end, counts), mapped);
  for (guint i = 0; i < mode->n_classes; i++)
    assert_int_equal (counts[i], plain.classes[i]);
}

static uint64_t
align (const Space *space,
       uint64_t     page)
{
  return (FIRST_PAGE + page) / space->block * space->block - FIRST_PAGE;
}

static uint64_t
random_block (const Space *space)
{
  uint64_t page = (uint64_t) g_rand_int_range (space->rand, 0, N_PAGES);
  uint64_t offset = (FIRST_PAGE + page) % space->block;

  return page > offset ? page - offset : 0;
}

/* What makes up whole blocks and mappings is exact. */
static void
check_wholes (const Space      *space,
              const PgsSummary *summary)
{
  check_exact (space, summary, 0, N_PAGES);
  for (guint i = 0; i < N_BORDERS; i++)
    check_exact (space, summary, space->borders[i], space->borders[i + 1]);
  for (guint i = 0; i < N_RANGES / 10; i++)
    {
      uint64_t first = random_block (space), end = random_block (space);

      check_exact (space, summary, MIN (first, end), MAX (first, end));
    }
}

/* The rest is about right: as many pages as are mapped, and of no kind more than the
 * blocks that it touches have. */
static void
check_part (const Space      *space,
            const PgsSummary *summary,
            uint64_t          first,
            uint64_t          end)
{
  const PgsColorMode *mode = pgs_summary_get_mode (summary);
  uint64_t outer_first, outer_end = N_PAGES, sum = 0, mapped;
  uint64_t counts[PGS_COLOR_MODE_MAX_CLASSES];
  PgsPlainCounts outer, exact;

  outer_first = first < space->block ? 0 : align (space, first);
  if (end + space->block < N_PAGES)
    outer_end = align (space, end + space->block - 1);
  count_plainly (space, mode, outer_first, outer_end, &outer);
  mapped = count_plainly (space, mode, first, end, &exact);
  assert_int_equal (count (space, summary, first, end, counts), mapped);
  for (guint i = 0; i < mode->n_classes; i++)
    {
      assert_in_range (counts[i], 0, outer.classes[i]);
      sum += counts[i];
    }
  assert_int_equal (sum, mapped);
}

static void
check_mode (const Space        *space,
            const PgsColorMode *mode)
{
  g_autoptr(PgsSummary) summary = pgs_summary_new (space->snapshot, mode);

  check_wholes (space, summary);
  for (guint i = 0; i < N_RANGES; i++)
    {
      uint64_t first = (uint64_t) g_rand_int_range (space->rand, 0, N_PAGES);
      uint64_t n = 1u + (guint) g_rand_int_range (space->rand, 0, 4000) /
                        (1u << g_rand_int_range (space->rand, 0, 12));

      check_part (space, summary, first, MIN (first + n, N_PAGES));
    }
}

static void
test_numbers (void **state)
{
  static const guint blocks[] = { 512, 2048, 8192 };
  static const gsize limits[] = { 0, 60000 };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (blocks) * G_N_ELEMENTS (limits); i++)
    {
      g_auto(Space) space;

      space_init (&space, i, blocks[i % G_N_ELEMENTS (blocks)], limits[i % G_N_ELEMENTS (limits)]);
      for (guint j = 0; j < pgs_color_mode_get_n_modes (); j++)
        check_mode (&space, pgs_color_mode_get (j));
    }
}

/* Ranges that touch add up, whatever their size. */
static void
test_series (void **state)
{
  static const guint steps[] = { 1, 3, 100, 511, 513, 5000 };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      const PgsColorMode *mode = pgs_color_mode_find ("frame");
      guint n = N_PAGES / steps[i], n_classes = mode->n_classes;
      g_autofree uint64_t *edges = g_new (uint64_t, n + 1);
      g_autofree uint64_t *counts = g_new (uint64_t, n * n_classes);
      g_autoptr(PgsSummary) summary = NULL;
      g_auto(Space) space;

      space_init (&space, i, 512, 0);
      summary = pgs_summary_new (space.snapshot, mode);
      for (guint j = 0; j <= n; j++)
        edges[j] = (FIRST_PAGE + j * steps[i]) * space.page_size;
      pgs_summary_count_series (summary, edges, n + 1, counts);
      for (guint j = 0; j < n; j++)
        {
          uint64_t alone[PGS_COLOR_MODE_MAX_CLASSES];

          pgs_summary_count (summary, edges[j], edges[j + 1], alone);
          assert_memory_equal (alone, counts + j * n_classes, n_classes * sizeof *alone);
        }
    }
}

/* Blocks without an absent page have none in any part of them. */
static void
test_full_blocks (void **state)
{
  static const char text[] = "0-200000 rw-p 00000000 00:00 0 \n";
  const PgsColorMode *mode = pgs_color_mode_find ("frame");
  g_autoptr(PgsMaps) maps = pgs_maps_parse (text, sizeof text - 1, 4096, NULL);
  g_autoptr(GRand) rand = g_rand_new_with_seed (3);
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (512);
  g_autoptr(PgsPageStore) store = NULL;
  g_autoptr(PgsSnapshot) snapshot = NULL;
  g_autoptr(PgsSummary) summary = NULL;
  uint64_t entries[512], counts[PGS_COLOR_MODE_MAX_CLASSES];

  for (guint i = 0; i < 512; i++)
    entries[i] = PGS_PAGEMAP_PRESENT | (uint64_t) g_rand_int_range (rand, 1, (gint32) RAM_END);
  pgs_page_store_builder_limit (builder, 0, RAM_END);
  pgs_page_store_builder_append (builder, 0, entries, 512);
  store = pgs_page_store_builder_end (builder);
  snapshot = pgs_snapshot_new (maps, store, 4096, RAM_END, NULL);
  summary = pgs_summary_new (snapshot, mode);
  for (guint first = 0; first < 512; first++)
    for (guint end = first + 1; end <= 512; end += 5)
      {
        assert_int_equal (pgs_summary_count (summary, first * 4096, end * 4096, counts),
                          end - first);
        assert_int_equal (counts[mode->n_classes - 1], 0);
      }
}

/* The class of an address without detail is that of most pages around it. */
static void
test_class_of_an_address (void **state)
{
  static const char text[] = "0-200000 rw-p 00000000 00:00 0 \n";
  const PgsColorMode *mode = pgs_color_mode_find ("state");
  g_autoptr(PgsMaps) maps = pgs_maps_parse (text, sizeof text - 1, 4096, NULL);
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (512);
  g_autoptr(PgsPageStore) store = NULL;
  g_autoptr(PgsSnapshot) snapshot = NULL;
  g_autoptr(PgsSummary) summary = NULL;
  uint64_t entries[200];

  for (guint i = 0; i < 200; i++)
    entries[i] = i % 3 == 0 ? PGS_PAGEMAP_PRESENT | 5 : PGS_PAGEMAP_SWAPPED | 64;
  pgs_page_store_builder_limit (builder, 0, RAM_END);
  pgs_page_store_builder_append (builder, 100, entries, 200);
  store = pgs_page_store_builder_end (builder);
  snapshot = pgs_snapshot_new (maps, store, 4096, RAM_END, NULL);
  summary = pgs_summary_new (snapshot, mode);
  for (guint i = 0; i < 512; i++)
    assert_string_equal (mode->classes[pgs_summary_get_class (summary, i * 4096)].id,
                         i >= 100 && i < 300 ? "swapped" : "absent");
  assert_int_equal (pgs_summary_get_class (summary, 0x200000), PGS_SUMMARY_NO_CLASS);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_numbers),
    cmocka_unit_test (test_series),
    cmocka_unit_test (test_full_blocks),
    cmocka_unit_test (test_class_of_an_address),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
