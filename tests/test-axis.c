/* test-axis.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

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
                 PgsAxis   *axis,
                 PgsScale   scale)
{
  double before = -1;

  for (guint i = 0; i < pgs_maps_get_n_mappings (layout->maps); i++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (layout->maps, i);

      for (uint64_t address = mapping->start; address < mapping->end; address += 4096)
        {
          double position = pgs_axis_address_to_position (axis, address);
          uint64_t back = pgs_axis_position_to_address (axis, position);
          uint64_t off = back > address ? back - address : address - back;

          assert_true (position > before);
          assert_true (off <= (scale == PGS_SCALE_BALANCED ? 1 : 0));
          before = position;
        }
    }
}

static void
test_random_layouts (void **state)
{
  for (guint32 seed = 0; seed < N_LAYOUTS; seed++)
    {
      g_autoptr(PgsLayout) layout = pgs_layout_new_random (seed, 1 + seed % 30, 400);

      for (PgsScale scale = 0; scale < PGS_N_SCALES; scale++)
        {
          g_autoptr(PgsAxis) axis = pgs_axis_new (layout->maps, PGS_LAYOUT_PAGE_SIZE, scale);

          check_segments (layout, axis);
          check_addresses (layout, axis, scale);
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
    cmocka_unit_test (test_nothing_mapped),
    cmocka_unit_test (test_scale_ids),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
