/* test-painter.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests the painter by the pixels it draws: random layouts are drawn at many
 * zooms, and each column is compared with the pages it stands for, counted one by
 * one from the entries that the layout was made with.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/pgs-page-store-builder.h"
#include "paint/pgs-painter.h"
#include "pgs-layout.h"

#define N_LAYOUTS 12
#define WIDTH     600
#define HEIGHT    90
#define CELL      4     /* a page this wide has a line in front */
#define NUMBER    14    /* a page this wide has its number in it */

/* A scene of a random layout, and what it looks like. */
typedef struct
{
  PgsLayout       *layout;
  PgsSummary      *summary;
  PgsAxis         *axis;
  PgsPalette       palette;
  PgsScene         scene;
  cairo_surface_t *surface;
} Drawing;

/* Drawing and reading */

static Drawing *
make_drawing (guint32     seed,
              const char *mode,
              PgsScale    scale,
              double      device_scale)
{
  Drawing *self = g_new0 (Drawing, 1);

  self->layout = pgs_layout_new_random (seed, 2 + seed * 3, 500);
  self->summary = pgs_summary_new (self->layout->snapshot, pgs_color_mode_find (mode));
  self->axis = pgs_axis_new (self->layout->maps, PGS_LAYOUT_PAGE_SIZE, scale);
  self->palette = *pgs_palette_get (PGS_PALETTE_LIGHT);
  self->scene.summary = self->summary;
  self->scene.axis = self->axis;
  self->scene.viewport = pgs_viewport_whole (self->axis, WIDTH / device_scale);
  self->scene.palette = &self->palette;
  self->scene.device_scale = device_scale;
  return self;
}

static void
free_drawing (Drawing *self)
{
  g_clear_pointer (&self->surface, cairo_surface_destroy);
  pgs_axis_unref (self->axis);
  pgs_summary_unref (self->summary);
  pgs_layout_free (self->layout);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Drawing, free_drawing)

static void
draw_bar (Drawing *self)
{
  cairo_t *cr;

  g_clear_pointer (&self->surface, cairo_surface_destroy);
  self->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
  cairo_surface_set_device_scale (self->surface, self->scene.device_scale,
                                  self->scene.device_scale);
  cr = cairo_create (self->surface);
  pgs_painter_draw_bar (&self->scene, cr, HEIGHT / self->scene.device_scale);
  assert_int_equal (cairo_status (cr), CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (self->surface);
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

/* Counting */

typedef struct
{
  uint64_t counts[PGS_COLOR_MODE_MAX_CLASSES];
  uint64_t total;
  gboolean hatched;    /* a mapping in it is inaccessible */
  gboolean has_line;   /* the line in front of a page stands there */
} Column;

static guint
classify (const Drawing *self,
          guint          mapping,
          uint64_t       page)
{
  PgsPage query = { pgs_maps_get_mapping (self->layout->maps, mapping),
                    pgs_layout_get_entry (self->layout, mapping, page) };

  return pgs_summary_get_mode (self->summary)->classify (self->layout->snapshot, &query);
}

static double
get_page_width (const Drawing *self,
                guint          mapping)
{
  const PgsMapping *m = pgs_maps_get_mapping (self->layout->maps, mapping);
  const PgsViewport *view = &self->scene.viewport;

  return (pgs_viewport_address_to_x (view, self->axis, m->end) -
          pgs_viewport_address_to_x (view, self->axis, m->start)) /
         ((double) pgs_mapping_get_size (m) / PGS_LAYOUT_PAGE_SIZE);
}

/* Adds the pages of a mapping to a column that covers [start, end). */
static void
count_mapping (const Drawing *self,
               guint          mapping,
               uint64_t       start,
               uint64_t       end,
               Column        *column)
{
  const PgsMapping *m = pgs_maps_get_mapping (self->layout->maps, mapping);
  gboolean wide = get_page_width (self, mapping) >= CELL;

  for (uint64_t page = 0; page < pgs_mapping_get_size (m) / PGS_LAYOUT_PAGE_SIZE; page++)
    {
      uint64_t address = m->start + page * PGS_LAYOUT_PAGE_SIZE;

      if (address < start || address >= end)
        continue;
      column->counts[classify (self, mapping, page)]++;
      column->total++;
      column->hatched |= pgs_mapping_is_inaccessible (m);
      column->has_line |= wide && page > 0;
    }
}

static void
count_column (const Drawing *self,
              guint          x,
              Column        *column)
{
  double scale = self->scene.device_scale;
  uint64_t start = pgs_viewport_to_address (&self->scene.viewport, self->axis, x / scale);
  uint64_t end = pgs_viewport_to_address (&self->scene.viewport, self->axis, (x + 1) / scale);
  guint mapping;

  memset (column, 0, sizeof *column);
  for (guint i = 0; i < pgs_maps_get_n_mappings (self->layout->maps); i++)
    {
      const PgsMapping *m = pgs_maps_get_mapping (self->layout->maps, i);

      if (m->start < end && m->end > start)
        count_mapping (self, i, start, end, column);
    }
  if (column->total > 0 || !pgs_maps_find (self->layout->maps, start, &mapping))
    return;
  /* No page begins here: the column is a part of a wide one. */
  column->total = 1;
  column->counts[classify (self, mapping,
                           (start - pgs_maps_get_mapping (self->layout->maps, mapping)->start) /
                           PGS_LAYOUT_PAGE_SIZE)] = 1;
  column->hatched =
    pgs_mapping_is_inaccessible (pgs_maps_get_mapping (self->layout->maps, mapping));
}

/* Comparing */

/* Reads how many pixels of each class a column has. They must stand in the order
 * of the classes, from the bottom. */
static void
read_column (const Drawing *self,
             guint          x,
             guint         *heights)
{
  const PgsColorMode *mode = pgs_summary_get_mode (self->summary);
  guint class = 0;

  memset (heights, 0, mode->n_classes * sizeof *heights);
  for (guint y = HEIGHT; y > 0; y--)
    {
      guint32 pixel = get_pixel (self->surface, x, y - 1);

      while (class < mode->n_classes &&
             pixel != to_pixel (&self->palette.colors[mode->classes[class].color]))
        class++;
      assert_true (class < mode->n_classes);
      heights[class]++;
    }
}

static void
compare_mix (const Drawing *self,
             guint          x,
             const Column  *column)
{
  guint n_classes = pgs_summary_get_mode (self->summary)->n_classes;
  guint heights[PGS_COLOR_MODE_MAX_CLASSES];
  guint n_tiny = 0;

  read_column (self, x, heights);
  for (guint i = 0; i < n_classes; i++)
    n_tiny += column->counts[i] > 0 && column->counts[i] * HEIGHT < column->total;
  for (guint i = 0; i < n_classes; i++)
    {
      double share = (double) column->counts[i] * HEIGHT / (double) column->total;

      if (column->counts[i] > 0)
        assert_in_range (heights[i], 1, HEIGHT);
      else
        assert_int_equal (heights[i], 0);
      assert_true (fabs (heights[i] - share) < 1 + n_tiny);
    }
}

/* Returns how many columns were compared. */
static guint
compare_columns (Drawing *self)
{
  guint n_compared = 0;

  draw_bar (self);
  for (guint x = 0; x < WIDTH; x++)
    {
      Column column;

      count_column (self, x, &column);
      if (column.total == 0 || column.hatched)
        continue;
      if (column.has_line)
        assert_int_equal (get_pixel (self->surface, x, HEIGHT / 2), 0);
      else
        compare_mix (self, x, &column);
      n_compared++;
    }
  return n_compared;
}

/* Zooms to random places until numbers would stand in the cells. */
static guint
compare_zooms (Drawing *self,
               GRand   *rand)
{
  guint n_compared = 0;
  double scale = self->scene.device_scale;

  self->palette.hatch = self->palette.colors[PGS_COLOR_RED];
  for (guint i = 0; i < 14; i++)
    {
      double x = g_rand_double_range (rand, 0, WIDTH / scale);
      PgsViewport closer = pgs_viewport_zoomed (&self->scene.viewport, self->axis, x, 1.8);
      double page = pgs_axis_get_page_length (self->axis, closer.start) * closer.width /
                    closer.span;

      n_compared += compare_columns (self);
      if (page >= NUMBER)
        break;
      self->scene.viewport = closer;
    }
  return n_compared;
}

static void
test_columns_show_their_mix (void **state)
{
  static const char *const modes[] = { "state", "frame", "permissions" };
  static const double device_scales[] = { 1, 2, 1.25 };
  guint n_compared = 0;

  for (guint32 seed = 0; seed < N_LAYOUTS; seed++)
    {
      g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
      /* In Balanced pages are of many widths, and some carry numbers. */
      PgsScale scale = seed % 4 == 3 ? PGS_SCALE_TRUE : PGS_SCALE_COMPACT;
      g_autoptr(Drawing) drawing = make_drawing (seed, modes[seed % 3], scale,
                                                 device_scales[seed / 2 % 3]);

      n_compared += compare_zooms (drawing, rand);
    }
  assert_true (n_compared > 20000);
}

/* The same rectangles as pixels and as a path of an SVG or PDF. */
static void
test_vectors_look_like_pixels (void **state)
{
  for (guint32 seed = 0; seed < N_LAYOUTS; seed++)
    {
      g_autoptr(Drawing) drawing = make_drawing (seed, "kind", PGS_SCALE_COMPACT, 1);
      cairo_surface_t *recording = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA,
                                                                   NULL);
      cairo_surface_t *replayed = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
      cairo_t *cr = cairo_create (recording);

      draw_bar (drawing);
      pgs_painter_draw_bar (&drawing->scene, cr, HEIGHT);
      cairo_destroy (cr);
      cr = cairo_create (replayed);
      cairo_set_source_surface (cr, recording, 0, 0);
      cairo_paint (cr);
      cairo_destroy (cr);
      cairo_surface_flush (replayed);
      for (guint x = 0; x < WIDTH; x++)
        {
          Column column;

          count_column (drawing, x, &column);
          for (guint y = 0; y < HEIGHT && column.total > 0 && !column.hatched; y++)
            assert_int_equal (get_pixel (replayed, x, y), get_pixel (drawing->surface, x, y));
        }
      cairo_surface_destroy (replayed);
      cairo_surface_destroy (recording);
    }
}

/* Cells */

/* A scene of 64 pages of every kind, without any randomness. */
static Drawing *
make_cells (const char *permissions,
            const char *mode)
{
  static const uint64_t kinds[] = {
    PGS_PAGEMAP_PRESENT | 0x1f7e26,
    PGS_PAGEMAP_PRESENT,
    PGS_PAGEMAP_SWAPPED | 12 << 5,
    PGS_PAGEMAP_SWAPPED | PGS_PAGEMAP_GUARD | 3,
    PGS_PAGEMAP_PRESENT | PGS_PAGEMAP_MARK_ZERO | 7,
    0,
    PGS_PAGEMAP_SWAPPED,
    PGS_PAGEMAP_PRESENT | PGS_PAGEMAP_FILE | 0xffffff,
  };
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (512);
  g_autoptr(PgsPageStore) store = NULL;
  g_autofree char *text = g_strdup_printf ("7f0000000000-7f0000040000 %s 00000000 00:00 0 \n",
                                           permissions);
  Drawing *self = g_new0 (Drawing, 1);
  GArray *entries = g_array_new (FALSE, FALSE, sizeof (uint64_t));

  for (guint i = 0; i < 64; i++)
    g_array_append_val (entries, kinds[i % G_N_ELEMENTS (kinds)]);
  pgs_page_store_builder_append (builder, UINT64_C (0x7f0000000),
                                 (const uint64_t *) (gpointer) entries->data, entries->len);
  store = pgs_page_store_builder_end (builder);
  self->layout = g_new0 (PgsLayout, 1);
  self->layout->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  g_ptr_array_add (self->layout->entries, entries);
  self->layout->maps = pgs_maps_parse (text, strlen (text), PGS_LAYOUT_PAGE_SIZE, NULL);
  self->layout->snapshot = pgs_snapshot_new (self->layout->maps, store, PGS_LAYOUT_PAGE_SIZE,
                                             1 << 24, NULL);
  self->summary = pgs_summary_new (self->layout->snapshot, pgs_color_mode_find (mode));
  self->axis = pgs_axis_new (self->layout->maps, PGS_LAYOUT_PAGE_SIZE, PGS_SCALE_COMPACT);
  self->palette = *pgs_palette_get (PGS_PALETTE_LIGHT);
  self->scene = (PgsScene) { self->summary, self->axis, pgs_viewport_whole (self->axis, WIDTH),
                             &self->palette, 1 };
  return self;
}

/* Counts the pixels of a cell that have not its color. */
static guint
count_marks (const Drawing *self,
             guint          page,
             guint          first_page,
             guint          width,
             guint          top,
             guint          bottom)
{
  const PgsColorMode *mode = pgs_summary_get_mode (self->summary);
  guint32 color = to_pixel (&self->palette.colors[mode->classes[classify (self, 0, page)].color]);
  guint n = 0;

  for (guint x = (page - first_page) * width + 1; x < (page - first_page + 1) * width; x++)
    for (guint y = top; y < bottom; y++)
      n += get_pixel (self->surface, x, y) != color;
  return n;
}

static void
test_cells_have_lines_and_numbers (void **state)
{
  g_autoptr(Drawing) drawing = make_cells ("rw-p", "state");
  uint64_t start = UINT64_C (0x7f0000000000);

  drawing->scene.viewport = pgs_viewport_fitted (&drawing->scene.viewport, drawing->axis,
                                                 start + 0x10000, start + 0x28000, 0);
  draw_bar (drawing);
  for (guint page = 16; page < 40; page++)
    {
      uint64_t entry = pgs_layout_get_entry (drawing->layout, 0, page);
      PgsPageState page_state = pgs_pagemap_entry_get_state (entry);
      guint n_top = count_marks (drawing, page, 16, 25, 0, 20);
      guint n_bottom = count_marks (drawing, page, 16, 25, HEIGHT - 50, HEIGHT);

      /* A thin line stands in front of every page. */
      assert_int_equal (get_pixel (drawing->surface, (page - 16) * 25, HEIGHT / 2), 0);
      /* Text rises from the bottom, and hatching goes all the way up. */
      if (page_state == PGS_PAGE_GUARD)
        assert_in_range (n_top, 24 * 20 / 10, 24 * 20 / 2);
      else
        assert_int_equal (n_top, 0);
      if (page_state == PGS_PAGE_ABSENT)
        assert_int_equal (n_bottom, 0);
      else
        assert_in_range (n_bottom, 40, 24 * 50 / 2);
    }
}

/* Where no class says that a page is a guard, its cell still does. */
static void
test_guard_pages_are_hatched_in_every_mode (void **state)
{
  for (guint i = 0; i < pgs_color_mode_get_n_modes (); i++)
    {
      g_autoptr(Drawing) drawing = make_cells ("rw-p", pgs_color_mode_get (i)->id);

      drawing->scene.viewport.width = 64 * 9;
      draw_bar (drawing);
      assert_in_range (count_marks (drawing, 3, 0, 9, 0, 20), 16, 80);
      assert_int_equal (count_marks (drawing, 2, 0, 9, 0, 20), 0);
    }
}

static void
test_inaccessible_mappings_are_hatched (void **state)
{
  g_autoptr(Drawing) drawing = make_cells ("---p", "state");
  guint32 hatch = to_pixel (&drawing->palette.hatch);
  guint n = 0;

  drawing->scene.viewport.width = 100;
  draw_bar (drawing);
  for (guint y = 0; y < HEIGHT; y++)
    n += get_pixel (drawing->surface, 50, y) == hatch;
  assert_int_equal (n, HEIGHT / 6);
}

/* Splitting */

static void
test_split_height_of_known_mixes (void **state)
{
  static const struct
  {
    uint64_t counts[4];
    guint    height;
    guint    heights[4];
  } cases[] = {
    { { 0, 0, 0, 0 }, 10, { 0, 0, 0, 0 } },
    { { 5, 5, 0, 0 }, 10, { 5, 5, 0, 0 } },
    { { 1, 1, 1, 1 }, 100, { 25, 25, 25, 25 } },
    { { 1, 0, 0, 1000000 }, 10, { 1, 0, 0, 9 } },
    { { 1000000, 1, 1, 1 }, 10, { 7, 1, 1, 1 } },
    { { 1, 1, 1, 1000 }, 3, { 1, 1, 0, 1 } },
    { { 7, 0, 0, 0 }, 3, { 3, 0, 0, 0 } },
    { { 7, 7, 7, 7 }, 0, { 0, 0, 0, 0 } },
    { { 0, UINT64_C (1) << 51, 0, UINT64_C (1) << 51 }, 7, { 0, 4, 0, 3 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint heights[4];

      pgs_painter_split_height (cases[i].counts, 4, cases[i].height, heights);
      for (guint j = 0; j < 4; j++)
        assert_int_equal (heights[j], cases[i].heights[j]);
    }
}

static void
test_split_height_of_random_mixes (void **state)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (5);

  for (guint i = 0; i < 20000; i++)
    {
      uint64_t counts[36], total = 0;
      guint heights[36], sum = 0, n_present = 0;
      guint n = (guint) g_rand_int_range (rand, 1, 37);
      guint height = (guint) g_rand_int_range (rand, 1, 400);

      for (guint j = 0; j < n; j++)
        {
          counts[j] = g_rand_boolean (rand) ? 0 : (uint64_t) g_rand_int_range (rand, 0, 5000);
          total += counts[j];
          n_present += counts[j] > 0;
        }
      pgs_painter_split_height (counts, n, height, heights);
      for (guint j = 0; j < n; j++)
        {
          sum += heights[j];
          if (counts[j] == 0 || height >= n_present)
            assert_int_equal (heights[j] > 0, counts[j] > 0);
        }
      assert_int_equal (sum, total > 0 ? height : 0);
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_columns_show_their_mix),
    cmocka_unit_test (test_vectors_look_like_pixels),
    cmocka_unit_test (test_cells_have_lines_and_numbers),
    cmocka_unit_test (test_guard_pages_are_hatched_in_every_mode),
    cmocka_unit_test (test_inaccessible_mappings_are_hatched),
    cmocka_unit_test (test_split_height_of_known_mixes),
    cmocka_unit_test (test_split_height_of_random_mixes),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
