/* test-painter-frames.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests by its pixels how the painter draws frames of RAM: the mix of those that the
 * process has, the paler the fewer they are.
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
#include "paint/pgs-painter.h"
#include "pgs-made-pages.h"

#define PAGE    PGS_MADE_PAGES_SIZE
#define FIRST   UINT64_C (0x40000)
#define N_STEPS 8          /* stretches of RAM of which ever fewer frames are mapped */
#define STEP    4096u      /* frames each */
#define WIDTH   512
#define HEIGHT  40
#define PRESENT PGS_PAGEMAP_PRESENT

static const char maps_text[] = "40000000-50000000 rw-p 00000000 00:00 0 \n";
/* The frames from 0x1000 on, and as many as there are steps, and one step without any. */
static const char ram_text[] = "1000000-a000000 rw-p 00000000 00:00 0 Normal\n";

typedef struct
{
  PgsMadePages    *pages;
  PgsSummary      *summary;
  PgsFrameMap     *map;
  PgsAxis         *axis;
  PgsScene         scene;
  cairo_surface_t *surface;
} Drawing;

/* Of step n every 2^n-th frame is mapped, as a page of a file or not in turns. */
static Drawing *
drawing_new (void)
{
  g_autofree uint64_t *entries = g_new0 (uint64_t, N_STEPS * STEP);
  g_autoptr(PgsMaps) ram = pgs_maps_parse (ram_text, strlen (ram_text), PAGE, NULL);
  Drawing *self = g_new0 (Drawing, 1);

  for (guint i = 0; i < N_STEPS * STEP; i++)
    if (i % (1u << i / STEP) == 0)
      entries[i] = PRESENT | (i / STEP % 2 == 0 ? 0 : PGS_PAGEMAP_FILE) | (0x1000 + i);
  self->pages = pgs_made_pages_new (maps_text, FIRST, entries, N_STEPS * STEP, 0xa000);
  self->summary = pgs_summary_new (self->pages->snapshot, pgs_color_mode_find ("state"));
  self->map = pgs_frame_map_new (self->summary, ram, NULL, NULL);
  self->axis = pgs_axis_new (ram, PAGE, PGS_SCALE_TRUE);
  self->scene = (PgsScene) {
    .summary = pgs_frame_map_get_summary (self->map), .axis = self->axis,
    .viewport = pgs_viewport_whole (self->axis, WIDTH), .device_scale = 1,
    .palette = pgs_palette_get (PGS_PALETTE_LIGHT), .kind = PGS_SCENE_FRAMES,
  };
  return self;
}

static void
drawing_free (Drawing *self)
{
  g_clear_pointer (&self->surface, cairo_surface_destroy);
  pgs_axis_unref (self->axis);
  pgs_frame_map_unref (self->map);
  pgs_summary_unref (self->summary);
  pgs_made_pages_free (self->pages);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Drawing, drawing_free)

/* Draws onto an image, or as a vector file has it. */
static void
draw (Drawing  *self,
      gboolean  as_vectors)
{
  cairo_surface_t *recording = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, NULL);
  cairo_t *cr;

  g_clear_pointer (&self->surface, cairo_surface_destroy);
  self->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
  cr = cairo_create (as_vectors ? recording : self->surface);
  pgs_painter_draw_bar (&self->scene, cr, HEIGHT);
  cairo_destroy (cr);
  if (as_vectors)
    {
      cr = cairo_create (self->surface);
      cairo_set_source_surface (cr, recording, 0, 0);
      cairo_paint (cr);
      cairo_destroy (cr);
    }
  cairo_surface_destroy (recording);
  cairo_surface_flush (self->surface);
}

static void
check_channel (const Drawing *self,
               guint          x,
               guint          y,
               guint          shift,
               double         expected)
{
  const guchar *data = cairo_image_surface_get_data (self->surface);
  guint32 pixel;
  double value;

  memcpy (&pixel, data + y * (guint) cairo_image_surface_get_stride (self->surface) + 4 * x,
          sizeof pixel);
  value = pixel >> shift & 255;
  assert_int_equal (pixel >> 24, 255);
  if (fabs (value - expected * 255) > 3)
    fail_msg ("Column %u, row %u has %g, not %g", x, y, value, expected * 255);
}

/* Checks a column that is the color @own, faded. */
static void
check_column (const Drawing *self,
              guint          x,
              const PgsRgb  *own,
              double         fade)
{
  const PgsRgb *absent = &self->scene.palette->colors[PGS_COLOR_ABSENT];

  for (guint y = 0; y < HEIGHT; y++)
    {
      check_channel (self, x, y, 16, own->red + (absent->red - own->red) * fade);
      check_channel (self, x, y, 8, own->green + (absent->green - own->green) * fade);
      check_channel (self, x, y, 0, own->blue + (absent->blue - own->blue) * fade);
    }
}

static void
test_columns_fade (void **state)
{
  g_autoptr(Drawing) drawing = drawing_new ();
  const PgsRgb *colors = drawing->scene.palette->colors;
  const guint step_width = WIDTH / (N_STEPS + 1);
  const PgsColorMode *mode = pgs_color_mode_find ("state");

  for (guint as_vectors = 0; as_vectors < 2; as_vectors++)
    {
      draw (drawing, as_vectors != 0);
      for (guint step = 0; step < N_STEPS; step++)
        {
          guint x = (guint) ((step + 0.5) * WIDTH / (N_STEPS + 1));
          uint64_t pfn = 0x1000 + step * STEP;
          guint class = pgs_summary_get_class (drawing->scene.summary, pfn * PAGE);
          /* Of 72 frames in a column, so many. */
          double share = ceil (72.0 / (1 << step)) / 72;

          assert_int_not_equal (class, mode->n_classes - 1);
          assert_true (step_width > 8);
          /* A column has a frame more or less than the share. */
          if (step < 4)
            check_column (drawing, x, &colors[mode->classes[class].color],
                          0.7 * (1 - sqrt (share)));
        }
      check_column (drawing, WIDTH - step_width / 2, &colors[PGS_COLOR_ABSENT], 0);
    }
}

/* The fewer frames, the nearer to the color of none; but one alone is still seen. */
static void
test_few_are_seen (void **state)
{
  g_autoptr(Drawing) drawing = drawing_new ();
  const PgsRgb *absent = &drawing->scene.palette->colors[PGS_COLOR_ABSENT];
  double last = 0;

  draw (drawing, FALSE);
  for (guint step = 1; step < N_STEPS - 1; step += 2)
    {
      const guchar *data = cairo_image_surface_get_data (drawing->surface);
      guint x = (guint) ((step + 0.5) * WIDTH / (N_STEPS + 1));
      double most = 0;

      /* Not every column has a frame any more. */
      for (guint i = 0; i < 8; i++)
        {
          guint32 pixel;
          double away;

          memcpy (&pixel, data + 4 * (x + i), sizeof pixel);
          away = fabs ((pixel >> 16 & 255) - absent->red * 255) +
                 fabs ((pixel >> 8 & 255) - absent->green * 255) +
                 fabs ((pixel & 255) - absent->blue * 255);
          most = MAX (most, away);
        }
      assert_true (most > 20);
      assert_true (last == 0 || most < last);
      last = most;
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_columns_fade),
    cmocka_unit_test (test_few_are_seen),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
