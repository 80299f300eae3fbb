/* test-axis.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests the axis: what must hold on any layout on random ones, and what each scale
 * is for on small ones.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "paint/pgs-axis.h"
#include "pgs-layout.h"

#define N_LAYOUTS 40

static PgsMaps *
parse (const char *text)
{
  return pgs_maps_parse (text, strlen (text), PGS_LAYOUT_PAGE_SIZE, NULL);
}

static PgsAxis *
make_axis (const char *text,
           PgsScale    scale)
{
  g_autoptr(PgsMaps) maps = parse (text);

  assert_non_null (maps);
  return pgs_axis_new (maps, PGS_LAYOUT_PAGE_SIZE, scale);
}

/* Segments follow each other without gap, in address and in position. */
static void
check_segments (PgsLayout *layout,
                PgsAxis   *axis)
{
  guint n_segments = pgs_axis_get_n_segments (axis);
  double position = 0;
  int mapping = 0;

  for (guint i = 0; i < n_segments; i++)
    {
      const PgsAxisSegment *segment = pgs_axis_get_segment (axis, i);

      assert_true (segment->start < segment->end);
      assert_true (segment->length > 0);
      assert_true (fabs (segment->position - position) <= position * 1e-12);
      if (i > 0)
        assert_int_equal (segment->start, pgs_axis_get_segment (axis, i - 1)->end);
      if (segment->mapping >= 0)
        assert_int_equal (segment->mapping, mapping++);
      assert_true (pgs_axis_address_to_position (axis, segment->start) == segment->position);
      position = segment->position + segment->length;
    }
  assert_int_equal (mapping, pgs_maps_get_n_mappings (layout->maps));
  assert_true (fabs (position - pgs_axis_get_length (axis)) <= position * 1e-12);
}

/* Addresses ascend with positions, and survive the way there and back. */
static void
check_addresses (PgsLayout *layout,
                 PgsAxis   *axis)
{
  double before = -1;

  for (guint i = 0; i < pgs_maps_get_n_mappings (layout->maps); i++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (layout->maps, i);

      for (uint64_t address = mapping->start; address < mapping->end; address += 4096)
        {
          double position = pgs_axis_address_to_position (axis, address);
          uint64_t back = pgs_axis_position_to_address (axis, position);

          assert_true (position > before);
          assert_int_equal (back, address);
          before = position;
        }
    }
}

/* Any byte of a mapping comes back as itself, whichever way one looks it up. */
static void
check_bytes (PgsLayout *layout,
             PgsAxis   *axis,
             GRand     *rand)
{
  guint index = 0;

  for (guint i = 0; i < pgs_maps_get_n_mappings (layout->maps); i++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (layout->maps, i);
      uint64_t size = pgs_mapping_get_size (mapping);

      for (guint j = 0; j < 40; j++)
        {
          uint64_t address = mapping->start + size * j / 40 +
                             (uint64_t) g_rand_int_range (rand, 0, (gint32) (size / 40));
          double position = pgs_axis_address_to_position (axis, address);

          assert_int_equal (pgs_axis_position_to_address (axis, position), address);
          assert_int_equal (pgs_axis_walk_to_position (axis, &index, position), address);
          assert_int_equal (index, pgs_axis_find_segment (axis, position));
          assert_int_equal (index, pgs_axis_find_address (axis, address));
        }
    }
}

static void
test_random_layouts (void **state)
{
  for (guint32 seed = 0; seed < N_LAYOUTS; seed++)
    {
      g_autoptr(PgsLayout) layout = pgs_layout_new_random (seed, 1 + seed % 30, 400);
      g_autoptr(GRand) rand = g_rand_new_with_seed (seed);

      for (PgsScale scale = 0; scale < PGS_N_SCALES; scale++)
        {
          g_autoptr(PgsAxis) axis = pgs_axis_new (layout->maps, PGS_LAYOUT_PAGE_SIZE, scale);

          check_segments (layout, axis);
          check_addresses (layout, axis);
          check_bytes (layout, axis, rand);
        }
    }
}

static void
test_compact_is_to_scale_and_folds_gaps (void **state)
{
  g_autoptr(PgsAxis) axis = make_axis ("100000-200000 rw-p 00000000 00:00 0 \n"
                                       "900000000000-900000300000 rw-p 00000000 00:00 0 \n",
                                       PGS_SCALE_COMPACT);
  const PgsAxisSegment *gap = pgs_axis_get_segment (axis, 1);

  assert_int_equal (pgs_axis_get_n_segments (axis), 3);
  assert_true (pgs_axis_get_segment (axis, 0)->length == 0x100000);
  assert_true (pgs_axis_get_segment (axis, 2)->length == 0x300000);
  assert_true (gap->folded && gap->mapping == -1);
  assert_true (gap->length <= 0.008 * 0x400000);
  assert_true (gap->length >= 4096);
}

/* Beside 20 TiB a gap between small mappings stays small. */
static void
test_compact_gap_follows_its_neighbors (void **state)
{
  g_autoptr(PgsAxis) axis = make_axis ("100000-102000 rw-p 00000000 00:00 0 \n"
                                       "200000-204000 rw-p 00000000 00:00 0 \n"
                                       "100000000000-240000000000 ---p 00000000 00:00 0 \n",
                                       PGS_SCALE_COMPACT);

  assert_true (pgs_axis_get_segment (axis, 1)->length <= 0x2000);
  assert_true (pgs_axis_get_segment (axis, 3)->length <= 0x4000);
}

static void
test_balanced_shows_the_small_beside_the_huge (void **state)
{
  g_autoptr(PgsAxis) axis = make_axis ("100000-101000 rw-p 00000000 00:00 0 \n"
                                       "100000000000-240000000000 ---p 00000000 00:00 0 \n",
                                       PGS_SCALE_BALANCED);
  double small = pgs_axis_get_segment (axis, 0)->length;
  double huge = pgs_axis_get_segment (axis, 2)->length;

  assert_true (huge > small);
  assert_true (small > huge / 100);
}

static void
test_true_keeps_gaps (void **state)
{
  g_autoptr(PgsAxis) axis = make_axis ("100000-200000 rw-p 00000000 00:00 0 \n"
                                       "7ffff0000000-7ffff0001000 rw-p 00000000 00:00 0 \n"
                                       "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 "
                                       "[vsyscall]\n", PGS_SCALE_TRUE);

  assert_true (pgs_axis_get_segment (axis, 1)->length == 0x7ffff0000000 - 0x200000);
  assert_false (pgs_axis_get_segment (axis, 1)->folded);
  /* What lies between user space and [vsyscall] cannot be addressed. */
  assert_true (pgs_axis_get_segment (axis, 3)->folded);
  assert_true (pgs_axis_get_segment (axis, 3)->length < 0x7ffff0000000 / 10);
}

static void
test_addresses_beyond_the_axis (void **state)
{
  g_autoptr(PgsAxis) axis = make_axis ("100000-200000 rw-p 00000000 00:00 0 \n",
                                       PGS_SCALE_COMPACT);

  assert_true (pgs_axis_address_to_position (axis, 0) == 0);
  assert_true (pgs_axis_address_to_position (axis, G_MAXUINT64) == pgs_axis_get_length (axis));
  assert_int_equal (pgs_axis_position_to_address (axis, -5), 0x100000);
  assert_int_equal (pgs_axis_position_to_address (axis, 1e20), 0x200000);
  assert_true (pgs_axis_get_page_length (axis, 10) == 4096);
}

/* Whoever zooms into a gap must still see its neighbors' pages at the end. */
static void
test_a_page_of_a_folded_gap (void **state)
{
  for (PgsScale scale = 0; scale < PGS_SCALE_TRUE; scale++)
    {
      g_autoptr(PgsAxis) axis = make_axis ("100000-104000 rw-p 00000000 00:00 0 \n"
                                           "7fff00000000-7fff00100000 rw-p 00000000 00:00 0 \n",
                                           scale);
      const PgsAxisSegment *gap = pgs_axis_get_segment (axis, 1);
      double large = pgs_axis_get_segment (axis, 2)->length / 0x100;

      assert_true (gap->folded);
      assert_true (pgs_axis_get_page_length (axis, gap->position + gap->length / 2) == large);
    }
}

/* A gap that is as long as it is has no break. */
static void
test_a_page_as_gap_is_not_folded (void **state)
{
  static const char text[] = "100000-200000 rw-p 00000000 00:00 0 \n"
                             "201000-301000 rw-p 00000000 00:00 0 \n";
  g_autoptr(PgsAxis) compact = make_axis (text, PGS_SCALE_COMPACT);
  g_autoptr(PgsAxis) balanced = make_axis (text, PGS_SCALE_BALANCED);

  assert_true (pgs_axis_get_segment (compact, 1)->length == 0x1000);
  assert_false (pgs_axis_get_segment (compact, 1)->folded);
  assert_true (pgs_axis_get_segment (balanced, 1)->folded);
}

/* All gaps together take a fifth of what is mapped at most, or a page each. */
static void
test_many_gaps_stay_small (void **state)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(PgsAxis) axis = NULL;
  double gaps = 0;

  for (uint64_t i = 0; i < 65000; i++)
    g_string_append_printf (text, "%" PRIx64 "-%" PRIx64 " rw-p 00000000 00:00 0 \n",
                            (i << 24) + 0x100000, (i << 24) + 0x120000);
  axis = make_axis (text->str, PGS_SCALE_COMPACT);
  assert_int_equal (pgs_axis_get_n_segments (axis), 2 * 65000 - 1);
  for (guint i = 1; i < pgs_axis_get_n_segments (axis); i += 2)
    gaps += pgs_axis_get_segment (axis, i)->length;
  assert_true (gaps <= 0.2 * 65000 * 0x20000);
  assert_int_equal (pgs_axis_find_address (axis, (UINT64_C (40000) << 24) + 0x110000), 80000);
}

static void
test_nothing_mapped (void **state)
{
  for (PgsScale scale = 0; scale < PGS_N_SCALES; scale++)
    {
      g_autoptr(PgsAxis) axis = make_axis ("", scale);

      assert_int_equal (pgs_axis_get_n_segments (axis), 0);
      assert_true (pgs_axis_get_length (axis) == 1);
      assert_true (pgs_axis_address_to_position (axis, 0x1000) == 0);
      assert_int_equal (pgs_axis_position_to_address (axis, 0.5), 0);
    }
}

static void
test_scale_ids (void **state)
{
  for (PgsScale scale = 0; scale < PGS_N_SCALES; scale++)
    {
      PgsScale found;

      assert_true (pgs_scale_find (pgs_scale_get_id (scale), &found));
      assert_int_equal (found, scale);
    }
  assert_false (pgs_scale_find ("logarithmic", &(PgsScale) { 0 }));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_random_layouts),
    cmocka_unit_test (test_compact_is_to_scale_and_folds_gaps),
    cmocka_unit_test (test_compact_gap_follows_its_neighbors),
    cmocka_unit_test (test_balanced_shows_the_small_beside_the_huge),
    cmocka_unit_test (test_true_keeps_gaps),
    cmocka_unit_test (test_addresses_beyond_the_axis),
    cmocka_unit_test (test_a_page_of_a_folded_gap),
    cmocka_unit_test (test_a_page_as_gap_is_not_folded),
    cmocka_unit_test (test_many_gaps_stay_small),
    cmocka_unit_test (test_nothing_mapped),
    cmocka_unit_test (test_scale_ids),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
