/* test-summary.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/pgs-summary.h"
#include "pgs-layout.h"

#define N_LAYOUTS 25
#define N_RANGES  120

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
          PgsPage seen = { mapping, pgs_layout_get_entry (layout, i, page) };

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
test_random_ranges (void **state)
{
  for (guint32 seed = 0; seed < N_LAYOUTS; seed++)
    {
      g_autoptr(PgsLayout) layout = pgs_layout_new_random (seed, 1 + seed % 12, 900);
      g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
      const PgsColorMode *mode = pgs_color_mode_get (seed % pgs_color_mode_get_n_modes ());
      g_autoptr(PgsSummary) summary = pgs_summary_new (layout->snapshot, mode);

      check_range (layout, summary, 0, G_MAXUINT64);
      for (guint i = 0; i < N_RANGES; i++)
        {
          uint64_t a = random_address (layout, rand);
          uint64_t b = random_address (layout, rand);

          check_range (layout, summary, MIN (a, b), MAX (a, b));
          check_range (layout, summary, a, a + 4096);
        }
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

static void
test_class_of_an_address (void **state)
{
  g_autoptr(PgsLayout) layout = pgs_layout_new_random (3, 6, 200);
  const PgsColorMode *mode = pgs_color_mode_get (0);
  g_autoptr(PgsSummary) summary = pgs_summary_new (layout->snapshot, mode);

  for (guint i = 0; i < pgs_maps_get_n_mappings (layout->maps); i++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (layout->maps, i);
      PgsPage page = { mapping, pgs_layout_get_entry (layout, i, 0) };

      assert_int_equal (pgs_summary_get_class (summary, mapping->start + 17),
                        mode->classify (layout->snapshot, &page));
    }
  assert_int_equal (pgs_summary_get_class (summary, 4096), PGS_SUMMARY_NO_CLASS);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_random_ranges),
    cmocka_unit_test (test_empty_and_reversed_ranges),
    cmocka_unit_test (test_class_of_an_address),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
