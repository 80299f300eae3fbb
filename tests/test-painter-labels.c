/* test-painter-labels.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests what stands around the bar: names, the strip below them, and the ruler;
 * and that odd scenes do no harm to any part of the painter.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "core/pgs-page-store-builder.h"
#include "paint/pgs-painter.h"
#include "pgs-layout.h"

#define N_LAYOUTS 12
#define WIDTH     600

typedef struct
{
  PgsLayout  *layout;
  PgsSummary *summary;
  PgsAxis    *axis;
  PgsScene    scene;
} Drawing;

/* Takes over the layout. */
static Drawing *
make_drawing (PgsLayout *layout,
              PgsScale   scale)
{
  Drawing *self = g_new0 (Drawing, 1);

  self->layout = layout;
  self->summary = pgs_summary_new (layout->snapshot, pgs_color_mode_find ("state"));
  self->axis = pgs_axis_new (layout->maps, PGS_LAYOUT_PAGE_SIZE, scale);
  self->scene = (PgsScene) { self->summary, self->axis, pgs_viewport_whole (self->axis, WIDTH),
                             pgs_palette_get (PGS_PALETTE_LIGHT), 1 };
  return self;
}

static void
free_drawing (Drawing *self)
{
  pgs_axis_unref (self->axis);
  pgs_summary_unref (self->summary);
  pgs_layout_free (self->layout);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Drawing, free_drawing)

/* Returns one mapping of 64 pages. */
static PgsLayout *
make_plain_layout (void)
{
  static const char text[] = "7f0000000000-7f0000040000 rw-p 00000000 00:00 0 \n";
  static const uint64_t kinds[] = {
    PGS_PAGEMAP_SWAPPED | 12 << 5, PGS_PAGEMAP_PRESENT | 1, PGS_PAGEMAP_PRESENT | 2,
    PGS_PAGEMAP_SWAPPED | 13 << 5, PGS_PAGEMAP_PRESENT | 3,
    PGS_PAGEMAP_PRESENT | PGS_PAGEMAP_FILE | 4, 0, 0,
  };
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (512);
  g_autoptr(PgsPageStore) store = NULL;
  PgsLayout *self = g_new0 (PgsLayout, 1);

  for (guint i = 0; i < 64; i += G_N_ELEMENTS (kinds))
    pgs_page_store_builder_append (builder, UINT64_C (0x7f0000000) + i, kinds,
                                   G_N_ELEMENTS (kinds));
  store = pgs_page_store_builder_end (builder);
  self->entries = g_ptr_array_new ();
  self->maps = pgs_maps_parse (text, strlen (text), PGS_LAYOUT_PAGE_SIZE, NULL);
  self->snapshot = pgs_snapshot_new (self->maps, store, PGS_LAYOUT_PAGE_SIZE, 1 << 24, NULL);
  return self;
}

static guint32
get_pixel (cairo_surface_t *surface,
           guint            x,
           guint            y)
{
  const guchar *data = cairo_image_surface_get_data (surface);
  guint32 pixel;

  memcpy (&pixel, data + y * (guint) cairo_image_surface_get_stride (surface) + 4 * x,
          sizeof pixel);
  return pixel;
}

static guint32
to_pixel (const PgsRgb *color)
{
  return 0xff000000 | (guint32) round (color->red * 255) << 16 |
         (guint32) round (color->green * 255) << 8 | (guint32) round (color->blue * 255);
}

/* Labels and ruler */

static cairo_surface_t *
draw_part (const PgsScene *scene,
           void          (*draw) (const PgsScene *scene, cairo_t *cr))
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH,
                                                         PGS_PAINTER_LABELS_HEIGHT);
  cairo_t *cr = cairo_create (surface);

  draw (scene, cr);
  assert_int_equal (cairo_status (cr), CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

/* Returns how many pixels of the given rows are drawn in a column. */
static guint
count_ink (cairo_surface_t *surface,
           guint            x,
           guint            top,
           guint            bottom)
{
  guint n = 0;

  for (guint y = top; y < bottom; y++)
    n += get_pixel (surface, x, y) != 0;
  return n;
}

static void
test_strip_has_the_color_of_most_pages (void **state)
{
  /* Three of eight are private, two swapped, one of a file, and two absent. */
  g_autoptr(Drawing) drawing = make_drawing (make_plain_layout (), PGS_SCALE_COMPACT);
  cairo_surface_t *surface = draw_part (&drawing->scene, pgs_painter_draw_labels);
  guint32 color = to_pixel (&drawing->scene.palette->colors[PGS_COLOR_BLUE]);

  for (guint x = 0; x < WIDTH - 1; x++)
    assert_int_equal (get_pixel (surface, x, PGS_PAINTER_LABELS_HEIGHT - 8), color);
  assert_true (count_ink (surface, 1, 0, 17) > 0);
  cairo_surface_destroy (surface);
}

/* The mapping begins far to the left, and its name stands at the edge. */
static void
test_label_sticks_to_the_edge (void **state)
{
  g_autoptr(Drawing) drawing = make_drawing (make_plain_layout (), PGS_SCALE_COMPACT);
  cairo_surface_t *surface;
  guint n = 0;

  drawing->scene.viewport = pgs_viewport_zoomed (&drawing->scene.viewport, drawing->axis,
                                                 WIDTH / 2, 4);
  surface = draw_part (&drawing->scene, pgs_painter_draw_labels);
  for (guint x = 0; x < 20; x++)
    n += count_ink (surface, x, 0, 17);
  assert_true (n > 20);
  cairo_surface_destroy (surface);
}

/* Every tick has a label at its right that no other tick reaches into: a column or
 * more without ink stands in front of each. */
static void
check_ticks (cairo_surface_t *surface)
{
  guint n_ticks = 0;

  for (guint x = 0; x < WIDTH; x++)
    if (count_ink (surface, x, 0, 4) == 4)
      {
        n_ticks++;
        for (guint before = x >= 4 ? x - 4 : 0; before < x; before++)
          assert_int_equal (count_ink (surface, before, 0, PGS_PAINTER_RULER_HEIGHT), 0);
        for (guint behind = x + 1; behind < MIN (x + 20, WIDTH); behind++)
          assert_int_equal (count_ink (surface, behind, 0, 4), 0);
      }
  assert_in_range (n_ticks, 1, WIDTH / 40);
}

static void
test_ticks_do_not_collide (void **state)
{
  for (guint32 seed = 0; seed < N_LAYOUTS; seed++)
    for (PgsScale scale = 0; scale < PGS_N_SCALES; scale++)
      {
        g_autoptr(Drawing) drawing =
          make_drawing (pgs_layout_new_random (seed, 2 + seed * 3, 500), scale);

        for (guint i = 0; i < 20; i++)
          {
            cairo_surface_t *surface = draw_part (&drawing->scene, pgs_painter_draw_ruler);

            check_ticks (surface);
            cairo_surface_destroy (surface);
            drawing->scene.viewport = pgs_viewport_zoomed (&drawing->scene.viewport,
                                                           drawing->axis, 31.0 * i, 1.5);
          }
      }
}

/* Odd input */

/* Nothing mapped, names that are not UTF-8, a bar without height. */
static void
test_odd_scenes (void **state)
{
  static const char *const texts[] = {
    "",
    "1000-3000 rw-p 00000000 08:01 5 /tmp/\xff\xfe odd \\012 (deleted)\n",
    "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (PgsScale scale = 0; scale < PGS_N_SCALES; scale++)
      {
        g_autoptr(PgsMaps) maps = pgs_maps_parse (texts[i], strlen (texts[i]), 4096, NULL);
        g_autoptr(PgsPageStore) store =
          pgs_page_store_builder_end (pgs_page_store_builder_new (512));
        g_autoptr(PgsSnapshot) snapshot = pgs_snapshot_new (maps, store, 4096, 0, NULL);
        g_autoptr(PgsSummary) summary = pgs_summary_new (snapshot, pgs_color_mode_get (0));
        g_autoptr(PgsAxis) axis = pgs_axis_new (maps, 4096, scale);
        PgsScene scene = { summary, axis, pgs_viewport_whole (axis, WIDTH),
                           pgs_palette_get (PGS_PALETTE_DARK), 1 };
        cairo_surface_t *surface = draw_part (&scene, pgs_painter_draw_labels);
        cairo_t *cr = cairo_create (surface);

        pgs_painter_draw_ruler (&scene, cr);
        pgs_painter_draw_bar (&scene, cr, 0);
        pgs_painter_draw_bar (&scene, cr, 1);
        pgs_painter_draw_bar (&scene, cr, 300);
        assert_int_equal (cairo_status (cr), CAIRO_STATUS_SUCCESS);
        cairo_destroy (cr);
        cairo_surface_destroy (surface);
      }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_strip_has_the_color_of_most_pages),
    cmocka_unit_test (test_label_sticks_to_the_edge),
    cmocka_unit_test (test_ticks_do_not_collide),
    cmocka_unit_test (test_odd_scenes),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
