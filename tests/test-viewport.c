/* test-viewport.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests what must hold for any view of any layout: zooming, panning, fitting, and
 * moving to another axis.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <math.h>

#include "paint/pgs-viewport.h"
#include "pgs-layout.h"

#define N_LAYOUTS 30
#define WIDTH     1322

typedef void (*Check) (PgsAxis *axis,
                       GRand   *rand);

static void
for_random_axes (Check check)
{
  for (guint32 seed = 0; seed < N_LAYOUTS; seed++)
    for (PgsScale scale = 0; scale < PGS_N_SCALES; scale++)
      {
        g_autoptr(PgsLayout) layout = pgs_layout_new_random (seed, 1 + seed % 20, 600);
        g_autoptr(PgsAxis) axis = pgs_axis_new (layout->maps, PGS_LAYOUT_PAGE_SIZE, scale);
        g_autoptr(GRand) rand = g_rand_new_with_seed (seed);

        check (axis, rand);
      }
}

static PgsViewport
random_view (PgsAxis *axis,
             GRand   *rand)
{
  PgsViewport view = pgs_viewport_whole (axis, WIDTH);

  for (guint i = (guint) g_rand_int_range (rand, 0, 12); i > 0; i--)
    view = pgs_viewport_zoomed (&view, axis, g_rand_double_range (rand, 0, WIDTH), 1.7);
  return view;
}

static void
assert_inside (const PgsViewport *view,
               const PgsAxis     *axis)
{
  double length = pgs_axis_get_length (axis);

  assert_true (view->span > 0);
  assert_true (view->start >= 0);
  assert_true (view->start + view->span <= length * (1 + 1e-12));
}

static void
check_pixel_round_trip (PgsAxis *axis,
                        GRand   *rand)
{
  PgsViewport view = random_view (axis, rand);
  uint64_t before = 0;

  for (double x = 0; x < WIDTH; x += 7.3)
    {
      uint64_t address = pgs_viewport_to_address (&view, axis, x);
      double position = pgs_viewport_to_position (&view, x);
      const PgsAxisSegment *segment =
        pgs_axis_get_segment (axis, pgs_axis_find_segment (axis, position));
      double byte = segment->length / (double) (segment->end - segment->start);

      assert_true (address >= before);
      assert_true (address >= segment->start && address <= segment->end);
      /* To a byte, and to what a double holds of an axis of that length. */
      assert_true (fabs (position - pgs_axis_address_to_position (axis, address)) <=
                   byte + pgs_axis_get_length (axis) * 1e-12);
      before = address;
    }
}

static void
test_pixel_to_address_and_back (void **state)
{
  for_random_axes (check_pixel_round_trip);
}

static void
check_zoom_anchor (PgsAxis *axis,
                   GRand   *rand)
{
  PgsViewport view = pgs_viewport_whole (axis, WIDTH);

  for (guint i = 0; i < 60; i++)
    {
      double x = g_rand_double_range (rand, 0, WIDTH);
      double factor = g_rand_double_range (rand, 0.6, 2);
      double anchor = pgs_viewport_to_position (&view, x);
      PgsViewport zoomed = pgs_viewport_zoomed (&view, axis, x, factor);
      double start = anchor - x * zoomed.span / WIDTH;

      assert_inside (&zoomed, axis);
      /* The place stays under the pointer unless the view would leave the axis. */
      if (start >= 0 && start + zoomed.span <= pgs_axis_get_length (axis))
        assert_true (fabs (pgs_viewport_to_x (&zoomed, anchor) - x) < 0.01);
      view = zoomed;
    }
}

static void
test_zoom_keeps_the_anchor (void **state)
{
  for_random_axes (check_zoom_anchor);
}

static void
check_zoom_ends_at_a_page (PgsAxis *axis,
                           GRand   *rand)
{
  PgsViewport view = pgs_viewport_whole (axis, WIDTH);
  const PgsAxisSegment *segment = pgs_axis_get_segment (axis, 0);
  double x;

  for (guint i = 0; i < 400; i++)
    {
      x = pgs_viewport_to_x (&view, segment->position + segment->length / 2);
      view = pgs_viewport_zoomed (&view, axis, x, 1.3);
    }
  assert_true (fabs (view.span - pgs_axis_get_page_length (axis, segment->position)) <=
               view.span * 1e-6);
  for (guint i = 0; i < 400; i++)
    view = pgs_viewport_zoomed (&view, axis, x, 1 / 1.3);
  assert_true (pgs_viewport_is_whole (&view, axis));
}

static void
test_zoom_runs_from_the_whole_to_a_page (void **state)
{
  for_random_axes (check_zoom_ends_at_a_page);
}

static void
check_pan (PgsAxis *axis,
           GRand   *rand)
{
  PgsViewport view = random_view (axis, rand);
  PgsViewport right = pgs_viewport_panned (&view, axis, 100);
  PgsViewport far = pgs_viewport_panned (&view, axis, 1e12);
  PgsViewport back = pgs_viewport_panned (&far, axis, -1e12);

  assert_inside (&right, axis);
  assert_inside (&far, axis);
  assert_true (right.span == view.span);
  assert_true (fabs (far.start + far.span - pgs_axis_get_length (axis)) <=
               pgs_axis_get_length (axis) * 1e-9);
  assert_true (back.start == 0);
  if (right.start + right.span < pgs_axis_get_length (axis) * (1 - 1e-9))
    assert_true (fabs (pgs_viewport_to_x (&view, right.start) - 100) < 0.01);
}

static void
test_pan_stays_on_the_axis (void **state)
{
  for_random_axes (check_pan);
}

static void
check_fit (PgsAxis *axis,
           GRand   *rand)
{
  PgsViewport view = random_view (axis, rand);

  for (guint i = 0; i < pgs_axis_get_n_segments (axis); i++)
    {
      const PgsAxisSegment *segment = pgs_axis_get_segment (axis, i);
      PgsViewport fitted;

      if (segment->mapping < 0)
        continue;
      fitted = pgs_viewport_fitted (&view, axis, segment->start, segment->end, 0);
      assert_inside (&fitted, axis);
      assert_true (fabs (pgs_viewport_address_to_x (&fitted, axis, segment->start)) < 0.5);
      assert_true (fabs (pgs_viewport_address_to_x (&fitted, axis, segment->end) - WIDTH) < 0.5);
      assert_true (pgs_viewport_shows (&fitted, axis, segment->start, segment->end));
    }
}

static void
test_fit_fills_the_view (void **state)
{
  for_random_axes (check_fit);
}

static void
test_resize_keeps_the_place (void **state)
{
  PgsViewport view = { 10, 20, 100 };
  PgsViewport resized = pgs_viewport_resized (&view, 300);

  assert_true (resized.start == 10 && resized.span == 20 && resized.width == 300);
  assert_false (pgs_viewport_equal (&view, &resized));
}

/* A mapping comes in front of what is in view: the view stays on its pages. */
static void
test_another_axis_keeps_the_addresses (void **state)
{
  static const char before[] = "500000-600000 rw-p 00000000 00:00 0 \n";
  static const char after[] = "100000-200000 rw-p 00000000 00:00 0 \n"
                              "500000-600000 rw-p 00000000 00:00 0 \n";
  g_autoptr(PgsMaps) maps_before = pgs_maps_parse (before, sizeof before - 1, 4096, NULL);
  g_autoptr(PgsMaps) maps_after = pgs_maps_parse (after, sizeof after - 1, 4096, NULL);

  for (PgsScale scale = 0; scale < PGS_N_SCALES; scale++)
    {
      g_autoptr(PgsAxis) from = pgs_axis_new (maps_before, 4096, scale);
      g_autoptr(PgsAxis) to = pgs_axis_new (maps_after, 4096, scale);
      PgsViewport view = pgs_viewport_whole (from, WIDTH);
      PgsViewport whole = pgs_viewport_moved_to_axis (&view, from, to);
      PgsViewport moved;

      assert_true (pgs_viewport_is_whole (&whole, to));
      view = pgs_viewport_fitted (&view, from, 0x540000, 0x548000, 0);
      moved = pgs_viewport_moved_to_axis (&view, from, to);
      assert_true (fabs (pgs_viewport_address_to_x (&moved, to, 0x540000)) < 1);
      assert_true (fabs (pgs_viewport_address_to_x (&moved, to, 0x548000) - WIDTH) < 1);
    }
}

/* A view of one page stays on it through every scale and back, without creeping. */
static void
check_page_stays (PgsLayout *layout,
                  GRand     *rand)
{
  guint n_mappings = pgs_maps_get_n_mappings (layout->maps);
  const PgsMapping *mapping =
    pgs_maps_get_mapping (layout->maps, (guint) g_rand_int_range (rand, 0, (gint32) n_mappings));
  uint64_t n_pages = pgs_mapping_get_size (mapping) / PGS_LAYOUT_PAGE_SIZE;
  uint64_t page = mapping->start +
                  (uint64_t) g_rand_int_range (rand, 0, (gint32) n_pages) * PGS_LAYOUT_PAGE_SIZE;
  g_autoptr(PgsAxis) axis = pgs_axis_new (layout->maps, PGS_LAYOUT_PAGE_SIZE, 0);
  PgsViewport view = pgs_viewport_whole (axis, WIDTH);

  view = pgs_viewport_fitted (&view, axis, page, page + PGS_LAYOUT_PAGE_SIZE, 0);
  for (guint i = 1; i <= 12; i++)
    {
      g_autoptr(PgsAxis) next = pgs_axis_new (layout->maps, PGS_LAYOUT_PAGE_SIZE,
                                              i % PGS_N_SCALES);

      view = pgs_viewport_moved_to_axis (&view, axis, next);
      assert_true (fabs (pgs_viewport_address_to_x (&view, next, page)) < 0.5);
      assert_true (fabs (pgs_viewport_address_to_x (&view, next, page + PGS_LAYOUT_PAGE_SIZE) -
                         WIDTH) < 0.5);
      pgs_axis_unref (axis);
      axis = g_steal_pointer (&next);
    }
}

static void
test_another_scale_keeps_the_page (void **state)
{
  for (guint32 seed = 0; seed < N_LAYOUTS; seed++)
    {
      g_autoptr(PgsLayout) layout = pgs_layout_new_random (seed, 2 + seed % 20, 600);
      g_autoptr(GRand) rand = g_rand_new_with_seed (seed);

      for (guint i = 0; i < 10; i++)
        check_page_stays (layout, rand);
    }
}

/* A view that moves to the same axis again and again stays to the bit, nearly. */
static void
check_no_creep (PgsAxis *axis,
                GRand   *rand)
{
  PgsViewport view = random_view (axis, rand);
  PgsViewport moved = view;

  for (guint i = 0; i < 1000; i++)
    moved = pgs_viewport_moved_to_axis (&moved, axis, axis);
  assert_true (fabs (moved.start - view.start) <= view.span * 1e-6);
  assert_true (fabs (moved.span - view.span) <= view.span * 1e-6);
}

static void
test_refreshing_does_not_creep (void **state)
{
  for_random_axes (check_no_creep);
}

static void
test_fit_leaves_a_margin (void **state)
{
  static const char text[] = "500000-600000 rw-p 00000000 00:00 0 \n";
  g_autoptr(PgsMaps) maps = pgs_maps_parse (text, sizeof text - 1, 4096, NULL);
  g_autoptr(PgsAxis) axis = pgs_axis_new (maps, 4096, PGS_SCALE_COMPACT);
  PgsViewport view = pgs_viewport_whole (axis, 120);

  view = pgs_viewport_fitted (&view, axis, 0x540000, 0x54a000, 0.1);
  assert_true (fabs (pgs_viewport_address_to_x (&view, axis, 0x540000) - 10) < 1e-6);
  assert_true (fabs (pgs_viewport_address_to_x (&view, axis, 0x54a000) - 110) < 1e-6);
  assert_false (pgs_viewport_shows (&view, axis, 0x500000, 0x530000));
  assert_true (pgs_viewport_shows (&view, axis, 0x500000, 0x540001));
}

static void
test_nothing_mapped (void **state)
{
  g_autoptr(PgsMaps) maps = pgs_maps_parse ("", 0, 4096, NULL);
  g_autoptr(PgsAxis) axis = pgs_axis_new (maps, 4096, PGS_SCALE_COMPACT);
  PgsViewport view = pgs_viewport_whole (axis, 120);

  view = pgs_viewport_zoomed (&view, axis, 60, 2);
  view = pgs_viewport_panned (&view, axis, 30);
  assert_inside (&view, axis);
  assert_int_equal (pgs_viewport_to_address (&view, axis, 5), 0);
  assert_false (pgs_viewport_shows (&view, axis, 0, 4096));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_pixel_to_address_and_back),
    cmocka_unit_test (test_zoom_keeps_the_anchor),
    cmocka_unit_test (test_zoom_runs_from_the_whole_to_a_page),
    cmocka_unit_test (test_pan_stays_on_the_axis),
    cmocka_unit_test (test_fit_fills_the_view),
    cmocka_unit_test (test_resize_keeps_the_place),
    cmocka_unit_test (test_another_axis_keeps_the_addresses),
    cmocka_unit_test (test_another_scale_keeps_the_page),
    cmocka_unit_test (test_refreshing_does_not_creep),
    cmocka_unit_test (test_fit_leaves_a_margin),
    cmocka_unit_test (test_nothing_mapped),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
