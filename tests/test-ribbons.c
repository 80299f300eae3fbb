/* test-ribbons.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests ribbons by their pixels: where ink is, and where none is, is computed from where
 * both axes and viewports have a page and its frame.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "core/pgs-frame-map.h"
#include "paint/pgs-ribbons-private.h"
#include "pgs-made-pages.h"

#define PAGE     PGS_MADE_PAGES_SIZE
#define FIRST    UINT64_C (0x40000)
#define START    (FIRST * PAGE)
#define N_PAGES  4096u
#define N_FRAMES UINT64_C (16384)
#define RAM_END  (0x100 + N_FRAMES)
#define PRESENT  PGS_PAGEMAP_PRESENT
#define WIDTH    1000
#define HEIGHT   60
/* How far from where it should be ink may lie, in pixels. */
#define BLUR     1.5
/* More than this many bundles are not drawn in time. */
#define MAX_DRAWN 2500u

static const char maps_text[] = "40000000-41000000 rw-p 00000000 00:00 0 \n";
static const char ram_text[] = "100000-4100000 rw-p 00000000 00:00 0 Normal\n";

typedef struct
{
  PgsMadePages    *pages;
  PgsSummary      *summary;
  PgsMaps         *ram;
  PgsFrameMap     *map;
  PgsAxis         *axis;
  PgsAxis         *ram_axis;
  PgsScene         scene;
  PgsScene         frames;
  const GArray    *only;
  cairo_surface_t *surface;
  guint            width;    /* in device pixels */
  guint            height;
} Drawing;

static Drawing *
drawing_new (const char     *maps,
             const char     *ram,
             const uint64_t *entries,
             uint64_t        n_pages,
             PgsScale        scale)
{
  Drawing *self = g_new0 (Drawing, 1);

  self->pages = pgs_made_pages_new (maps, FIRST, entries, n_pages, RAM_END);
  self->summary = pgs_summary_new (self->pages->snapshot, pgs_color_mode_find ("state"));
  self->ram = pgs_maps_parse (ram, strlen (ram), PAGE, NULL);
  self->map = pgs_frame_map_new (self->summary, self->ram, NULL, NULL);
  self->axis = pgs_axis_new (pgs_snapshot_get_maps (self->pages->snapshot), PAGE, scale);
  self->ram_axis = pgs_axis_new (self->ram, PAGE, scale);
  self->scene = (PgsScene) {
    .summary = self->summary, .axis = self->axis, .palette = pgs_palette_get (PGS_PALETTE_LIGHT),
    .viewport = pgs_viewport_whole (self->axis, WIDTH), .device_scale = 1,
  };
  self->frames = self->scene;
  self->frames.summary = pgs_frame_map_get_summary (self->map);
  self->frames.axis = self->ram_axis;
  self->frames.viewport = pgs_viewport_whole (self->ram_axis, WIDTH);
  self->frames.kind = PGS_SCENE_FRAMES;
  return self;
}

static void
drawing_free (Drawing *self)
{
  g_clear_pointer (&self->surface, cairo_surface_destroy);
  pgs_axis_unref (self->axis);
  pgs_axis_unref (self->ram_axis);
  pgs_frame_map_unref (self->map);
  pgs_maps_unref (self->ram);
  pgs_summary_unref (self->summary);
  pgs_made_pages_free (self->pages);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Drawing, drawing_free)

static void
draw (Drawing *self)
{
  PgsRibbons ribbons = { &self->scene, &self->frames, self->only };
  double scale = self->scene.device_scale;
  cairo_t *cr;

  g_clear_pointer (&self->surface, cairo_surface_destroy);
  self->width = (guint) (WIDTH * scale);
  self->height = (guint) (HEIGHT * scale);
  self->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) self->width,
                                              (int) self->height);
  cairo_surface_set_device_scale (self->surface, scale, scale);
  cr = cairo_create (self->surface);
  pgs_ribbons_draw (&ribbons, cr, HEIGHT);
  assert_int_equal (cairo_status (cr), CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (self->surface);
}

static guint32
get_pixel (const Drawing *self,
           guint          x,
           guint          y)
{
  const guchar *data = cairo_image_surface_get_data (self->surface);
  guint32 pixel;

  memcpy (&pixel, data + y * (guint) cairo_image_surface_get_stride (self->surface) + 4 * x,
          sizeof pixel);
  return pixel;
}

static guint
get_alpha (const Drawing *self,
           guint          x,
           guint          y)
{
  return get_pixel (self, x, y) >> 24;
}

static guint
count_ink (const Drawing *self)
{
  guint n = 0;

  for (guint y = 0; y < self->height; y++)
    for (guint x = 0; x < self->width; x++)
      n += get_alpha (self, x, y) > 0;
  return n;
}

/* Where ink should be */

typedef struct
{
  double left;
  double right;
} Interval;

static Interval
find_interval (const PgsScene *scene,
               uint64_t        start,
               uint64_t        end)
{
  double scale = scene->device_scale;

  return (Interval) { pgs_viewport_address_to_x (&scene->viewport, scene->axis, start) * scale,
                      pgs_viewport_address_to_x (&scene->viewport, scene->axis, end) * scale };
}

/* Marks where a row must have ink (2), and where it may (1). */
static void
mark (guint8   *marks,
      guint     width,
      Interval  sure,
      Interval  possible)
{
  for (guint x = 0; x < width; x++)
    {
      if (x >= sure.left && x + 1 <= sure.right)
        marks[x] = 2;
      else if (marks[x] == 0 && x + 1 >= possible.left && x <= possible.right)
        marks[x] = 1;
    }
}

static double
mix (double a,
     double b,
     double t)
{
  return a + (b - a) * t * t * (3 - 2 * t);
}

/* Marks the ribbon of some pages in row @y, which is a pixel wide at least. */
static void
mark_ribbon (const Drawing *self,
             guint          y,
             Interval       top,
             Interval       bottom,
             guint8        *marks)
{
  double t = (double) y / self->height, next = (y + 1.0) / self->height;
  Interval above = { mix (top.left, bottom.left, t), mix (top.right, bottom.right, t) };
  Interval below = { mix (top.left, bottom.left, next), mix (top.right, bottom.right, next) };
  Interval sure = { MAX (above.left, below.left), MIN (above.right, below.right) };
  Interval possible = { MIN (above.left, below.left) - BLUR,
                        MAX (MAX (above.right, below.right), MIN (above.left, below.left) + 1) + BLUR };

  sure.left += BLUR;
  sure.right -= BLUR;
  mark (marks, self->width, sure, possible);
}

/* Holds all pixels against the pages: ink in the middle of each ribbon, and no ink where
 * there is none. */
static void
check_pixels (Drawing *self)
{
  g_autofree guint8 *marks = NULL;

  draw (self);
  marks = g_new (guint8, self->width);
  for (guint y = 0; y < self->height; y++)
    {
      memset (marks, 0, self->width);
      for (guint i = 0; i < self->pages->n_pages; i++)
        {
          uint64_t address = START + i * PAGE;
          uint64_t pfn = pgs_pagemap_entry_get_pfn (self->pages->entries[i]);
          Interval top = find_interval (&self->scene, address, address + PAGE);

          if (pfn != 0 && top.right > 0 && top.left < self->width)
            mark_ribbon (self, y, top,
                         find_interval (&self->frames, pfn * PAGE, (pfn + 1) * PAGE), marks);
        }
      for (guint x = 0; x < self->width; x++)
        {
          if (marks[x] == 0 && get_pixel (self, x, y) != 0)
            fail_msg ("Pixel %u in row %u is %08x", x, y, get_pixel (self, x, y));
          if (marks[x] == 2 && get_alpha (self, x, y) == 0)
            fail_msg ("Pixel %u in row %u has no ink", x, y);
        }
    }
}

/* Tests */

/* Returns what of a stretch is in view above, and moves the other end of it with it. */
static Interval
clip_interval (const Drawing *self,
               Interval       top,
               Interval      *bottom)
{
  double slope = (bottom->right - bottom->left) / (top.right - top.left);
  Interval seen = { CLAMP (top.left, 0, self->width), CLAMP (top.right, 0, self->width) };

  bottom->left += (seen.left - top.left) * slope;
  bottom->right -= (top.right - seen.right) * slope;
  return seen;
}

/* One stretch is one band, with ink from edge to edge, and its edges are where both ends
 * are and on the way between them. */
static void
check_band (Drawing  *self,
            uint64_t  page,
            uint64_t  pfn,
            uint64_t  n_pages)
{
  Interval top = find_interval (&self->scene, START + page * PAGE, START + (page + n_pages) * PAGE);
  Interval bottom = find_interval (&self->frames, pfn * PAGE, (pfn + n_pages) * PAGE);
  g_autofree guint8 *marks = NULL;
  guint32 inside = 0;

  draw (self);
  marks = g_new (guint8, self->width);
  top = clip_interval (self, top, &bottom);
  for (guint y = 0; y < self->height; y++)
    {
      memset (marks, 0, self->width);
      mark_ribbon (self, y, top, bottom, marks);
      for (guint x = 0; x < self->width; x++)
        {
          guint32 pixel = get_pixel (self, x, y);

          if (marks[x] == 0)
            assert_int_equal (pixel, 0);
          if (marks[x] != 2)
            continue;
          inside = inside == 0 ? pixel : inside;
          assert_int_equal (pixel, inside);
        }
    }
  assert_int_not_equal (inside, 0);
}

static void
test_huge_page (void **state)
{
  static const double device_scales[] = { 1, 2, 1.5 };
  g_autofree uint64_t *entries = g_new0 (uint64_t, N_PAGES);

  for (guint i = 0; i < 512; i++)
    entries[1024 + i] = PRESENT | (0x200 * 17 + i);
  for (guint i = 0; i < G_N_ELEMENTS (device_scales) * PGS_N_SCALES; i++)
    {
      g_autoptr(Drawing) drawing = drawing_new (maps_text, ram_text, entries, N_PAGES,
                                                (PgsScale) (i % PGS_N_SCALES));
      PgsRibbons ribbons = { &drawing->scene, &drawing->frames, NULL };
      double scale = device_scales[i / PGS_N_SCALES];
      g_autoptr(GArray) bundles = pgs_ribbons_bundle (&ribbons, scale);

      assert_int_equal (bundles->len, 1);
      drawing->scene.device_scale = drawing->frames.device_scale = scale;
      check_band (drawing, 1024, 0x200 * 17, 512);
      drawing->frames.viewport = pgs_viewport_zoomed (&drawing->frames.viewport,
                                                      drawing->ram_axis, 500, 1.4);
      drawing->scene.viewport = pgs_viewport_zoomed (&drawing->scene.viewport, drawing->axis,
                                                     400, 2);
      check_band (drawing, 1024, 0x200 * 17, 512);
      /* The band begins, and ends, out of view. */
      for (guint page = 1024; page < 1024 + 512; page += 100)
        {
          drawing->scene.viewport =
            pgs_viewport_fitted (&drawing->scene.viewport, drawing->axis, START + page * PAGE,
                                 START + (page + 300) * PAGE, 0);
          check_band (drawing, 1024, 0x200 * 17, 512);
        }
    }
}

/* A few pages, each in some frame, at zooms at which both ends are in view or not. */
static void
test_pages_lead_to_frames (void **state)
{
  for (guint i = 0; i < 12; i++)
    {
      g_autoptr(GRand) rand = g_rand_new_with_seed (i);
      g_autofree uint64_t *entries = g_new0 (uint64_t, N_PAGES);
      g_autoptr(Drawing) drawing = NULL;

      for (guint j = 0; j < 12; j++)
        entries[g_rand_int_range (rand, 0, N_PAGES)] =
          PRESENT | (uint64_t) g_rand_int_range (rand, 0x100, RAM_END);
      drawing = drawing_new (maps_text, ram_text, entries, N_PAGES, (PgsScale) (i % PGS_N_SCALES));
      if (i >= 6)
        drawing->scene.device_scale = drawing->frames.device_scale = 2;
      check_pixels (drawing);
      assert_true (count_ink (drawing) > HEIGHT * 5);
      for (guint j = 0; j < 5; j++)
        {
          drawing->scene.viewport =
            pgs_viewport_zoomed (&drawing->scene.viewport, drawing->axis,
                                 g_rand_double_range (rand, 0, WIDTH), j % 2 == 0 ? 3 : 1);
          check_pixels (drawing);
        }
    }
}

/* A thin ribbon on a steep way is whole: what is inked in a row touches what is in the next. */
static void
test_thin_ribbon (void **state)
{
  g_autofree uint64_t *entries = g_new0 (uint64_t, N_PAGES);
  g_autoptr(Drawing) drawing = NULL;
  guint first = 0, end = 0;

  entries[10] = PRESENT | (RAM_END - 10);
  drawing = drawing_new (maps_text, ram_text, entries, N_PAGES, PGS_SCALE_COMPACT);
  draw (drawing);
  for (guint y = 0; y < HEIGHT; y++)
    {
      guint row_first = WIDTH, row_end = 0;

      for (guint x = 0; x < WIDTH; x++)
        if (get_alpha (drawing, x, y) > 0)
          {
            row_first = MIN (row_first, x);
            row_end = x + 1;
          }
      assert_true (row_first < row_end);
      for (guint x = row_first; x < row_end; x++)
        assert_true (get_alpha (drawing, x, y) > 0);
      if (y > 0)
        assert_true (row_first <= end && row_end >= first);
      first = row_first;
      end = row_end;
    }
}

/* Contiguous pages over a border between mappings, which are not as wide in Balanced. */
static void
test_stretch_over_borders (void **state)
{
  g_autofree uint64_t *entries = g_new0 (uint64_t, N_PAGES);

  for (guint i = 0; i < 512; i++)
    entries[i] = PRESENT | (0x100 + 3584 + i);
  for (PgsScale scale = 0; scale < PGS_N_SCALES; scale++)
    {
      g_autoptr(Drawing) drawing =
        drawing_new ("40000000-40001000 rw-p 00000000 00:00 0 \n"
                     "40001000-41000000 rw-p 00000000 00:00 0 [heap]\n",
                     "100000-1000000 rw-p 00000000 00:00 0 DMA\n"
                     "1000000-4100000 rw-p 00000000 00:00 0 Normal\n", entries, N_PAGES, scale);

      check_pixels (drawing);
    }
}

/* What is out of view above has no ribbon, at either side. */
static void
test_pages_out_of_view (void **state)
{
  g_autofree uint64_t *entries = g_new0 (uint64_t, N_PAGES);
  g_autoptr(Drawing) drawing = NULL;

  for (guint i = 0; i < N_PAGES; i++)
    if (i < 1000 || i >= 2000)
      entries[i] = PRESENT | (0x100 + 3 * i);
  drawing = drawing_new (maps_text, ram_text, entries, N_PAGES, PGS_SCALE_COMPACT);
  drawing->scene.viewport = pgs_viewport_fitted (&drawing->scene.viewport, drawing->axis,
                                                 START + 1001 * PAGE, START + 1999 * PAGE, 0);
  draw (drawing);
  assert_int_equal (count_ink (drawing), 0);
  drawing->scene.viewport = pgs_viewport_fitted (&drawing->scene.viewport, drawing->axis,
                                                 START + 990 * PAGE, START + 1999 * PAGE, 0);
  check_pixels (drawing);
  assert_true (count_ink (drawing) > 0);
}

/* A ribbon to a frame out of view goes off that side, at any zoom. */
static void
test_frames_out_of_view (void **state)
{
  g_autofree uint64_t *entries = g_new0 (uint64_t, N_PAGES);
  g_autoptr(Drawing) drawing = NULL;
  Interval place;

  entries[2048] = PRESENT | 0x2000;
  drawing = drawing_new (maps_text, ram_text, entries, N_PAGES, PGS_SCALE_COMPACT);
  place = find_interval (&drawing->scene, START + 2048 * PAGE, START + 2049 * PAGE);
  for (guint n = 1; n < 9; n++)
    for (guint side = 0; side < 2; side++)
      {
        uint64_t size = (8000 * PAGE) >> n, address = 0x2000 * PAGE;
        uint64_t start = side == 0 ? address + PAGE + size / 8 : address - size - size / 8;

        drawing->frames.viewport = pgs_viewport_fitted (&drawing->frames.viewport,
                                                        drawing->ram_axis, start, start + size, 0);
        draw (drawing);
        assert_true (get_alpha (drawing, (guint) place.left, 0) > 0);
        for (guint y = 0; y < HEIGHT; y++)
          for (guint x = 0; x < WIDTH; x++)
            if ((side == 0 ? x > place.right + BLUR : x + 1 < place.left - BLUR) || y == HEIGHT - 1)
              assert_int_equal (get_pixel (drawing, x, y), 0);
      }
}

/* Frames far off on both sides are not what is between them. */
static void
test_far_frames (void **state)
{
  static const char wide_ram[] = "100000-100000000000 rw-p 00000000 00:00 0 Normal\n";
  g_autofree uint64_t *entries = g_new0 (uint64_t, N_PAGES);

  for (guint i = 0; i < 9; i++)
    {
      g_autoptr(Drawing) drawing = NULL;
      uint64_t pfn = 0x80000;

      /* A frame is as wide as a pixel, and a cell is two: the other one is so far away that
       * 24 bits are not enough to tell the cells apart. */
      entries[2000] = PRESENT | pfn;
      entries[2001] = PRESENT | (pfn + (UINT64_C (2) << 24) - 4 + i);
      drawing = drawing_new (maps_text, wide_ram, entries, N_PAGES, PGS_SCALE_TRUE);
      drawing->frames.viewport = (PgsViewport) { (double) (pfn - 0x100 - 100) * PAGE,
                                                 (double) WIDTH * PAGE, WIDTH };
      draw (drawing);
      for (guint x = 0; x < WIDTH; x++)
        if (x < 98 || x > 103)
          assert_int_equal (get_pixel (drawing, x, HEIGHT - 1), 0);
      assert_true (get_alpha (drawing, 100, HEIGHT - 1) > 0);
    }
}

static void
test_only (void **state)
{
  g_autofree uint64_t *entries = g_new0 (uint64_t, N_PAGES);
  g_autofree uint64_t *some = g_new0 (uint64_t, N_PAGES);
  g_autoptr(GArray) only = g_array_new (FALSE, FALSE, sizeof (PgsRange));
  g_autoptr(Drawing) all = NULL, few = NULL;
  PgsRange ranges[] = { { START + 700 * PAGE, START + 900 * PAGE },
                        { START + 3000 * PAGE, START + 3001 * PAGE } };
  guint plain;

  for (guint i = 0; i < N_PAGES; i++)
    entries[i] = PRESENT | (0x100 + (i * UINT64_C (7919)) % N_FRAMES);
  memcpy (some + 700, entries + 700, 200 * sizeof *some);
  some[3000] = entries[3000];
  all = drawing_new (maps_text, ram_text, entries, N_PAGES, PGS_SCALE_COMPACT);
  few = drawing_new (maps_text, ram_text, some, N_PAGES, PGS_SCALE_COMPACT);
  draw (few);
  plain = get_alpha (few, 195, 0);
  all->only = only;
  draw (all);
  assert_int_equal (count_ink (all), 0);
  g_array_append_vals (only, ranges, 2);
  draw (all);
  /* The same ink as if there were no others, but stronger. */
  for (guint y = 0; y < HEIGHT; y++)
    for (guint x = 0; x < WIDTH; x++)
      assert_int_equal (get_alpha (all, x, y) > 8, get_alpha (all, x, y) > 8 &&
                        get_alpha (few, x, y) > 0);
  assert_true (get_alpha (all, 195, 0) > plain);
  assert_true (get_alpha (all, (guint) (3000.5 * WIDTH / N_PAGES), 0) > 0);
  assert_int_equal (get_pixel (all, 500, 0), 0);
}

/* Where there is no RAM, or nothing mapped, there is nothing to draw. */
static void
test_nothing (void **state)
{
  g_autofree uint64_t *entries = g_new0 (uint64_t, N_PAGES);
  g_autoptr(GArray) only = g_array_new (FALSE, FALSE, sizeof (PgsRange));
  PgsRange range = { 0, G_MAXUINT64 };

  g_array_append_val (only, range);
  for (guint i = 0; i < N_PAGES; i++)
    entries[i] = PRESENT | (0x100 + i);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr(Drawing) drawing = drawing_new (i % 2 == 0 ? "" : maps_text,
                                                i % 2 == 0 ? ram_text : "", entries, N_PAGES,
                                                PGS_SCALE_COMPACT);

      drawing->only = i < 2 ? NULL : only;
      draw (drawing);
      assert_int_equal (count_ink (drawing), 0);
    }
}

/* However much ink comes together, none is left over behind it, every pixel is one, and where
 * pages are joined there is ink all along. */
static void
test_crowd (void **state)
{
  g_autofree uint64_t *entries = g_new0 (uint64_t, N_PAGES);

  for (guint seed = 0; seed < 6; seed++)
    {
      g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
      g_autoptr(GArray) only = g_array_new (FALSE, FALSE, sizeof (PgsRange));
      g_autoptr(Drawing) drawing = NULL;
      PgsRange all = { 0, G_MAXUINT64 };
      guint end = (guint) (0.9 * WIDTH);

      for (guint i = 0; i < N_PAGES * 0.88; i++)
        entries[i] = (g_rand_boolean (rand) ? PGS_PAGEMAP_FILE : 0) | PRESENT |
                     (seed % 2 == 0 ? 0x100 + N_FRAMES * 4 / 5
                      : 0x100 + (uint64_t) g_rand_int_range (rand, 0, N_FRAMES * 88 / 100));
      g_array_append_val (only, all);
      drawing = drawing_new (maps_text, ram_text, entries, N_PAGES, PGS_SCALE_COMPACT);
      drawing->only = seed < 3 ? NULL : only;
      draw (drawing);
      for (guint x = 1; x < WIDTH * 0.87; x++)
        assert_true (get_alpha (drawing, x, 0) > 0);
      for (guint y = 0; y < HEIGHT; y++)
        for (guint x = 0; x < WIDTH; x++)
          {
            guint32 pixel = get_pixel (drawing, x, y);
            guint alpha = pixel >> 24;

            assert_true ((pixel >> 16 & 255) <= alpha + 1 && (pixel >> 8 & 255) <= alpha + 1 &&
                         (pixel & 255) <= alpha + 1);
            if (x > end)
              assert_int_equal (pixel, 0);
          }
    }
}

/* Limits */

static guint
count_bundles (Drawing *self,
               double   page_zoom,
               double   frame_zoom)
{
  PgsRibbons ribbons = { &self->scene, &self->frames, NULL };
  g_autoptr(GArray) bundles = NULL;

  self->scene.viewport = pgs_viewport_whole (self->axis, 2000);
  self->scene.viewport = pgs_viewport_zoomed (&self->scene.viewport, self->axis, 700, page_zoom);
  self->frames.viewport = pgs_viewport_whole (self->ram_axis, 2000);
  self->frames.viewport = pgs_viewport_zoomed (&self->frames.viewport, self->ram_axis, 900,
                                               frame_zoom);
  bundles = pgs_ribbons_bundle (&ribbons, 1);
  return bundles->len;
}

/* 16M pages, in any frames or in one, give no more bundles than are drawn in time, at any
 * zoom of either bar, and not fewer than make a picture. */
static void
test_many_pages (void **state)
{
  static const double zooms[] = { 1, 10, 500, 1e4, 1e6 };
  const guint n_pages = 1 << 24;
  g_autofree uint64_t *entries = g_new (uint64_t, n_pages);

  for (guint kind = 0; kind < 3; kind++)
    {
      g_autoptr(Drawing) drawing = NULL;

      /* Scattered, all in one frame, or in pairs. */
      for (guint i = 0; i < n_pages; i++)
        entries[i] = PRESENT | (kind == 1 ? 0x4000 :
                                0x100 + ((i >> kind) * UINT64_C (2654435761) % 0x800000 << 1) +
                                (kind == 2 ? i % 2 : 0));
      drawing = drawing_new ("40000000-1040000000 rw-p 00000000 00:00 0 \n",
                             "100000-1000100000 rw-p 00000000 00:00 0 Normal\n", entries, n_pages,
                             PGS_SCALE_COMPACT);
      for (guint i = 0; i < G_N_ELEMENTS (zooms) * G_N_ELEMENTS (zooms); i++)
        {
          guint n = count_bundles (drawing, zooms[i % G_N_ELEMENTS (zooms)],
                                   zooms[i / G_N_ELEMENTS (zooms)]);

          assert_in_range (n, 1, MAX_DRAWN);
        }
      assert_in_range (count_bundles (drawing, 1, 1), 300, MAX_DRAWN);
    }
}

/* The line of a page */

static void
test_line (void **state)
{
  g_autofree uint64_t *entries = g_new0 (uint64_t, N_PAGES);
  g_autoptr(Drawing) drawing = NULL;
  PgsRibbons ribbons;
  cairo_t *cr;

  entries[3000] = PRESENT | 0x900;
  drawing = drawing_new (maps_text, ram_text, entries, N_PAGES, PGS_SCALE_COMPACT);
  ribbons = (PgsRibbons) { &drawing->scene, &drawing->frames, NULL };
  draw (drawing);
  drawing->surface = (cairo_surface_destroy (drawing->surface),
                      cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT));
  cr = cairo_create (drawing->surface);
  pgs_ribbons_draw_line (&ribbons, cr, HEIGHT, START + 3000 * PAGE + 17, 0x900 * PAGE + 17);
  cairo_destroy (cr);
  cairo_surface_flush (drawing->surface);
  for (guint y = 0; y < HEIGHT; y += HEIGHT - 1)
    {
      Interval place = y == 0
        ? find_interval (&drawing->scene, START + 3000 * PAGE, START + 3001 * PAGE)
        : find_interval (&drawing->frames, 0x900 * PAGE, 0x901 * PAGE);
      double middle = (place.left + place.right) / 2;

      for (guint x = 0; x < WIDTH; x++)
        {
          if (x + 1 > middle && x < middle)
            assert_true (get_alpha (drawing, x, y) > 128);
          if (fabs (x + 0.5 - middle) > 4)
            assert_int_equal (get_pixel (drawing, x, y), 0);
        }
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_huge_page),
    cmocka_unit_test (test_pages_lead_to_frames),
    cmocka_unit_test (test_thin_ribbon),
    cmocka_unit_test (test_stretch_over_borders),
    cmocka_unit_test (test_pages_out_of_view),
    cmocka_unit_test (test_frames_out_of_view),
    cmocka_unit_test (test_far_frames),
    cmocka_unit_test (test_only),
    cmocka_unit_test (test_nothing),
    cmocka_unit_test (test_crowd),
    cmocka_unit_test (test_many_pages),
    cmocka_unit_test (test_line),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
