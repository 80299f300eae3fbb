/* test-picture.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests pictures as files: their size, their format, what they say, and what
 * happens when the file cannot be written.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "core/pgs-frame-map.h"
#include "core/pgs-ram.h"
#include "paint/pgs-picture.h"
#include "pgs-layout.h"

typedef struct
{
  PgsLayout  *layout;
  PgsSummary *summary;
  PgsAxis    *axis;
  PgsPicture  picture;
} Fixture;

static Fixture *
make_fixture (guint width,
              guint height)
{
  Fixture *self = g_new0 (Fixture, 1);

  self->layout = pgs_layout_new_random (4, 9, 500);
  self->summary = pgs_summary_new (self->layout->snapshot, pgs_color_mode_get (0));
  self->axis = pgs_axis_new (self->layout->maps, PGS_LAYOUT_PAGE_SIZE, PGS_SCALE_COMPACT);
  self->picture.scene = (PgsScene) { self->summary, self->axis,
                                     pgs_viewport_whole (self->axis, 100),
                                     pgs_palette_get (PGS_PALETTE_LIGHT), 1 };
  self->picture.title = "prober";
  self->picture.subtitle = "PID 4711";
  self->picture.width = width;
  self->picture.height = height;
  return self;
}

static void
free_fixture (Fixture *self)
{
  pgs_axis_unref (self->axis);
  pgs_summary_unref (self->summary);
  pgs_layout_free (self->layout);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, free_fixture)

/* Returns: (transfer full): the file */
static GBytes *
write_picture (const PgsPicture *picture,
               PgsPictureFormat  format)
{
  g_autoptr(GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr(GError) error = NULL;

  if (!pgs_picture_write (picture, format, stream, NULL, &error))
    fail_msg ("%s", error->message);
  assert_null (error);
  assert_true (g_output_stream_close (stream, NULL, NULL));
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream));
}

typedef struct
{
  const guint8 *data;
  gsize         left;
} Reader;

static cairo_status_t
read_cb (void          *closure,
         unsigned char *data,
         unsigned int   length)
{
  Reader *reader = closure;

  if (length > reader->left)
    return CAIRO_STATUS_READ_ERROR;
  memcpy (data, reader->data, length);
  reader->data += length;
  reader->left -= length;
  return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *
read_png (GBytes *bytes)
{
  Reader reader;

  reader.data = g_bytes_get_data (bytes, &reader.left);
  return cairo_image_surface_create_from_png_stream (read_cb, &reader);
}

static void
test_png_has_the_size_asked_for (void **state)
{
  static const guint sizes[][2] = {
    { PGS_PICTURE_MIN_WIDTH, PGS_PICTURE_MIN_HEIGHT }, { 360, 240 }, { 1280, 480 }, { 3840, 1080 },
    { 1001, 333 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr(Fixture) fixture = make_fixture (sizes[i][0], sizes[i][1]);
      g_autoptr(GBytes) bytes = write_picture (&fixture->picture, PGS_PICTURE_PNG);
      cairo_surface_t *surface = read_png (bytes);

      assert_int_equal (cairo_surface_status (surface), CAIRO_STATUS_SUCCESS);
      assert_int_equal (cairo_image_surface_get_width (surface), sizes[i][0]);
      assert_int_equal (cairo_image_surface_get_height (surface), sizes[i][1]);
      cairo_surface_destroy (surface);
    }
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
  return pixel & 0xffffff;
}

/* The bar of a picture is the painter's bar, where pgs_picture_get_bar() says. */
static void
test_bar_is_where_it_is_said_to_be (void **state)
{
  g_autoptr(Fixture) fixture = make_fixture (900, 400);
  g_autoptr(GBytes) bytes = write_picture (&fixture->picture, PGS_PICTURE_PNG);
  cairo_surface_t *surface = read_png (bytes);
  PgsScene scene = fixture->picture.scene;
  cairo_surface_t *expected;
  PgsPictureRect bar;
  cairo_t *cr;

  pgs_picture_get_bar (&fixture->picture, &bar);
  assert_true (bar.x >= 0 && bar.x + bar.width <= 900);
  assert_true (bar.y >= 0 && bar.y + bar.height <= 400);
  assert_true (bar.height > 200);
  expected = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) bar.width, (int) bar.height);
  cr = cairo_create (expected);
  pgs_rgb_set_source (&scene.palette->background, cr);
  cairo_paint (cr);
  scene.viewport = pgs_viewport_whole (scene.axis, bar.width);
  pgs_painter_draw_bar (&scene, cr, bar.height);
  cairo_destroy (cr);
  cairo_surface_flush (expected);
  for (guint x = 0; x < bar.width; x++)
    for (guint y = 0; y < bar.height; y++)
      assert_int_equal (get_pixel (surface, (guint) bar.x + x, (guint) bar.y + y),
                        get_pixel (expected, x, y));
  cairo_surface_destroy (expected);
  cairo_surface_destroy (surface);
}

static gboolean
contains (GBytes     *bytes,
          const char *text)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  return memmem (data, length, text, strlen (text)) != NULL;
}

static gboolean
starts_with (GBytes     *bytes,
             const char *magic)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  return length > 1000 && memcmp (data, magic, strlen (magic)) == 0;
}

/* Vectors: an SVG without any embedded image, in pixels. */
static void
test_formats (void **state)
{
  g_autoptr(Fixture) fixture = make_fixture (800, 300);
  g_autoptr(GBytes) png = write_picture (&fixture->picture, PGS_PICTURE_PNG);
  g_autoptr(GBytes) svg = write_picture (&fixture->picture, PGS_PICTURE_SVG);
  g_autoptr(GBytes) pdf = write_picture (&fixture->picture, PGS_PICTURE_PDF);

  assert_true (starts_with (png, "\211PNG\r\n\032\n"));
  assert_true (starts_with (svg, "<?xml"));
  assert_true (contains (svg, "width=\"800px\" height=\"300px\""));
  assert_true (contains (svg, "</svg>"));
  assert_false (contains (svg, "<image"));
  assert_true (starts_with (pdf, "%PDF-"));
  assert_true (contains (pdf, "%%EOF"));
  assert_false (contains (pdf, "/Subtype /Image"));
}

/* A part of the map comes with the overview, which takes room from the bar. */
static void
test_a_part_comes_with_the_overview (void **state)
{
  g_autoptr(Fixture) fixture = make_fixture (800, 300);
  PgsPictureRect whole, part;

  pgs_picture_get_bar (&fixture->picture, &whole);
  fixture->picture.scene.viewport = pgs_viewport_zoomed (&fixture->picture.scene.viewport,
                                                         fixture->axis, 40, 3);
  pgs_picture_get_bar (&fixture->picture, &part);
  assert_true (part.y > whole.y);
  assert_true (part.height < whole.height);
  g_bytes_unref (write_picture (&fixture->picture, PGS_PICTURE_PNG));
}

/* Every class takes a line of a narrow legend; the bar must not leave the picture. */
static void
test_bar_stays_in_small_pictures (void **state)
{
  for (guint height = PGS_PICTURE_MIN_HEIGHT; height < 320; height += 10)
    {
      g_autoptr(Fixture) fixture = make_fixture (PGS_PICTURE_MIN_WIDTH, height);
      PgsPictureRect bar;

      fixture->picture.scene.viewport = pgs_viewport_zoomed (&fixture->picture.scene.viewport,
                                                             fixture->axis, 40, 3);
      pgs_picture_get_bar (&fixture->picture, &bar);
      assert_true (bar.height >= 30);
      assert_true (bar.y + bar.height + PGS_PAINTER_RULER_HEIGHT <= height);
    }
}

static void
test_full_stream_is_an_error (void **state)
{
  for (PgsPictureFormat format = PGS_PICTURE_PNG; format <= PGS_PICTURE_PDF; format++)
    {
      g_autoptr(Fixture) fixture = make_fixture (640, 240);
      guint8 room[100];
      g_autoptr(GOutputStream) stream = g_memory_output_stream_new (room, sizeof room, NULL, NULL);
      g_autoptr(GError) error = NULL;

      assert_false (pgs_picture_write (&fixture->picture, format, stream, NULL, &error));
      assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE));
      assert_false (pgs_picture_write (&fixture->picture, format, stream, NULL, NULL));
    }
}

static void
test_cancelled_is_an_error (void **state)
{
  for (PgsPictureFormat format = PGS_PICTURE_PNG; format <= PGS_PICTURE_PDF; format++)
    {
      g_autoptr(Fixture) fixture = make_fixture (640, 240);
      g_autoptr(GOutputStream) stream = g_memory_output_stream_new_resizable ();
      g_autoptr(GCancellable) cancellable = g_cancellable_new ();
      g_autoptr(GError) error = NULL;

      g_cancellable_cancel (cancellable);
      assert_false (pgs_picture_write (&fixture->picture, format, stream, cancellable, &error));
      assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    }
}

/* Every mode and palette, at every kind of zoom. */
static void
test_all_modes (void **state)
{
  for (guint i = 0; i < pgs_color_mode_get_n_modes (); i++)
    for (PgsPaletteVariant variant = 0; variant < PGS_PALETTE_N_VARIANTS; variant++)
      {
        g_autoptr(Fixture) fixture = make_fixture (500, 240);
        g_autoptr(PgsSummary) summary =
          pgs_summary_new (fixture->layout->snapshot, pgs_color_mode_get (i));

        fixture->picture.scene.summary = summary;
        fixture->picture.scene.palette = pgs_palette_get (variant);
        fixture->picture.scene.viewport =
          pgs_viewport_zoomed (&fixture->picture.scene.viewport, fixture->axis, 60,
                               pow (10, variant));
        g_bytes_unref (write_picture (&fixture->picture, PGS_PICTURE_SVG));
      }
}

/* RAM lies below, drawn as on the screen; a picture that is too low for it has none. */
static void
test_ram_lies_below (void **state)
{
  static const char zones[] = "Node 0, zone   Normal\n  spanned 1048576\n  start_pfn: 0\n";
  g_autoptr(Fixture) fixture = make_fixture (900, 500);
  g_autoptr(PgsMaps) ram = pgs_ram_parse ("", zones, PGS_LAYOUT_PAGE_SIZE);
  g_autoptr(PgsFrameMap) map = pgs_frame_map_new (fixture->summary, ram, NULL, NULL);
  g_autoptr(PgsAxis) axis = pgs_axis_new (ram, PGS_LAYOUT_PAGE_SIZE, PGS_SCALE_COMPACT);
  PgsScene frames = fixture->picture.scene;
  PgsPictureRect without, with, low;
  cairo_surface_t *surface, *expected;
  g_autoptr(GBytes) bytes = NULL;
  cairo_t *cr;
  guint top;

  frames.summary = pgs_frame_map_get_summary (map);
  frames.axis = axis;
  frames.kind = PGS_SCENE_FRAMES;
  pgs_picture_get_bar (&fixture->picture, &without);
  frames.viewport = pgs_viewport_whole (axis, without.width);
  fixture->picture.frames = &frames;
  pgs_picture_get_bar (&fixture->picture, &with);
  assert_true (without.height - with.height > PGS_RIBBONS_HEIGHT);
  bytes = write_picture (&fixture->picture, PGS_PICTURE_PNG);
  surface = read_png (bytes);
  expected = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) with.width,
                                         PGS_PAINTER_FRAMES_HEIGHT);
  cr = cairo_create (expected);
  pgs_rgb_set_source (&frames.palette->background, cr);
  cairo_paint (cr);
  pgs_painter_draw_bar (&frames, cr, PGS_PAINTER_FRAMES_HEIGHT);
  cairo_destroy (cr);
  cairo_surface_flush (expected);
  top = (guint) (with.y + with.height) + PGS_PAINTER_RULER_HEIGHT + PGS_RIBBONS_HEIGHT;
  for (guint x = 0; x < with.width; x++)
    for (guint y = 0; y < PGS_PAINTER_FRAMES_HEIGHT; y++)
      assert_int_equal (get_pixel (surface, (guint) with.x + x, top + y),
                        get_pixel (expected, x, y));
  cairo_surface_destroy (expected);
  cairo_surface_destroy (surface);
  g_bytes_unref (write_picture (&fixture->picture, PGS_PICTURE_SVG));
  g_bytes_unref (write_picture (&fixture->picture, PGS_PICTURE_PDF));
  fixture->picture.height = 240;
  pgs_picture_get_bar (&fixture->picture, &with);
  fixture->picture.frames = NULL;
  pgs_picture_get_bar (&fixture->picture, &low);
  assert_float_equal (with.height, low.height, 0.01);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_png_has_the_size_asked_for),
    cmocka_unit_test (test_bar_is_where_it_is_said_to_be),
    cmocka_unit_test (test_formats),
    cmocka_unit_test (test_a_part_comes_with_the_overview),
    cmocka_unit_test (test_bar_stays_in_small_pictures),
    cmocka_unit_test (test_full_stream_is_an_error),
    cmocka_unit_test (test_cancelled_is_an_error),
    cmocka_unit_test (test_all_modes),
    cmocka_unit_test (test_ram_lies_below),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
