/* pgs-columns.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Brings stacked columns, each a device pixel wide, onto a surface.
 *
 * On an image the pixels are set one by one, in an image that is then painted at
 * once; on anything else (SVG, PDF, a recording) the same columns are rectangles,
 * one path a color, in which equal neighbors are one. Both show the same.
 *
 * Rectangles alone were tried and rejected for images: 3840 columns of a random
 * mix are some 20,000 rectangles, which took cairo 25 ms and the pixels take half
 * a millisecond. Hatching and breaks are set as pixels too for the same reason: a
 * screen full of slanted lines took 12 ms.
 */

#include "config.h"

#include "pgs-columns.h"

#include <math.h>

#define CACHE_LINE    64u

/* Lines of hatching are this far apart, in pixels along a row. */
#define HATCH_STEP    6

/* The shape of a break, in pixels: two lines that go to and fro. */
#define BREAK_LEGS    3
#define BREAK_SWING   1.5
#define BREAK_OFFSET  1.75

/**
 * pgs_columns_new:
 * @width: in pixels
 * @height: in pixels
 * @scale: device pixels a pixel
 * @n_colors: how many colors there are
 *
 * Returns: (transfer full): columns that are empty; set their colors before they
 *   are drawn
 */
PgsColumns *
pgs_columns_new (double width,
                 double height,
                 double scale,
                 guint  n_colors)
{
  PgsColumns *self;

  g_return_val_if_fail (width >= 0 && height >= 0 && scale > 0, NULL);

  self = g_new0 (PgsColumns, 1);
  self->n_columns = (guint) ceil (width * scale);
  self->height = (guint) MIN (round (height * scale), G_MAXUINT16);
  self->n_colors = n_colors;
  self->heights = g_new0 (guint16, (gsize) self->n_columns * n_colors + 1);
  self->hatched = g_new0 (guint8, self->n_columns + 1);
  self->breaks = g_array_new (FALSE, FALSE, sizeof (double));
  self->colors = g_new0 (const PgsRgb *, n_colors);
  self->hatched_color = PGS_COLUMNS_NO_COLOR;
  self->scale = scale;
  return self;
}

/**
 * pgs_columns_free:
 *
 * Frees the columns.
 */
void
pgs_columns_free (PgsColumns *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->heights);
  g_free (self->hatched);
  g_array_unref (self->breaks);
  g_free (self->colors);
  g_free (self);
}

/**
 * pgs_columns_get:
 * @column: less than @n_columns
 *
 * Returns: (transfer none): the heights of one column
 */
guint16 *
pgs_columns_get (const PgsColumns *self,
                 guint             column)
{
  return self->heights + (gsize) column * self->n_colors;
}

static double
get_hatch_step (const PgsColumns *self)
{
  return HATCH_STEP * self->scale;
}

/* Pixels */

typedef struct
{
  guint32 *pixels;
  gsize    stride;         /* in pixels */
  guint32  colors[PGS_COLOR_MODE_MAX_CLASSES];
  guint32  hatch;
  guint    hatch_step;     /* in device pixels */
} Raster;

static guint32
get_pixel (const PgsRgb *color,
           double        alpha)
{
  return (guint32) round (alpha * 255) << 24 |
         (guint32) round (color->red * alpha * 255) << 16 |
         (guint32) round (color->green * alpha * 255) << 8 |
         (guint32) round (color->blue * alpha * 255);
}

static void
init_raster (Raster           *raster,
             const PgsColumns *self,
             cairo_surface_t  *surface)
{
  raster->pixels = (guint32 *) (void *) cairo_image_surface_get_data (surface);
  raster->stride = (gsize) cairo_image_surface_get_stride (surface) / sizeof (guint32);
  raster->hatch = get_pixel (&self->hatch, 1);
  raster->hatch_step = (guint) MAX (round (get_hatch_step (self)), 2);
  for (guint i = 0; i < self->n_colors; i++)
    raster->colors[i] = get_pixel (self->colors[i], 1);
}

/* Whether a line of hatching goes through a pixel: they rise to the right. */
static gboolean
is_hatch (const Raster *raster,
          guint         column,
          guint         row)
{
  return (column + row) % raster->hatch_step < (raster->hatch_step + 3) / 6;
}

static void
hatch_rows (const Raster *raster,
            guint         column,
            guint         top,
            guint         bottom)
{
  for (guint row = top; row < bottom; row++)
    if (is_hatch (raster, column, row))
      raster->pixels[row * raster->stride + column] = raster->hatch;
}

static void
fill_column (const PgsColumns *self,
             const Raster     *raster,
             guint             column)
{
  const guint16 *heights = pgs_columns_get (self, column);
  guint bottom = self->height;

  for (guint i = 0; i < self->n_colors; i++)
    {
      guint top = bottom - MIN (heights[i], bottom);
      guint32 *pixel = raster->pixels + top * raster->stride + column;

      for (guint row = top; row < bottom; row++, pixel += raster->stride)
        *pixel = raster->colors[i];
      if (i == self->hatched_color && !self->hatched[column])
        hatch_rows (raster, column, top, bottom);
      bottom = top;
    }
  for (guint row = 0; row < bottom; row++)
    raster->pixels[row * raster->stride + column] = 0;
  if (self->hatched[column])
    hatch_rows (raster, column, 0, self->height);
}

/* Returns how far a break swings to the right at @y, from -1 to 1. */
static double
get_swing (const PgsColumns *self,
           double            y)
{
  double leg = y / self->height * BREAK_LEGS;

  return (int) leg % 2 == 0 ? 1 - 2 * (leg - floor (leg)) : 2 * (leg - floor (leg)) - 1;
}

/* Sets the pixels of a row that a line a pixel wide with its middle at @x covers. */
static void
fill_line (const PgsColumns *self,
           const Raster     *raster,
           guint             row,
           double            x)
{
  double half = self->scale / 2;

  for (double column = floor (x - half); column < x + half; column++)
    {
      double cover = MIN (column + 1, x + half) - MAX (column, x - half);

      if (column >= 0 && column < self->n_columns)
        raster->pixels[row * raster->stride + (gsize) column] = get_pixel (&self->line, cover);
    }
}

static void
fill_break (const PgsColumns *self,
            const Raster     *raster,
            double            middle)
{
  for (guint row = 0; row < self->height; row++)
    {
      double x = middle + get_swing (self, row + 0.5) * BREAK_SWING * self->scale;

      fill_line (self, raster, row, x - BREAK_OFFSET * self->scale);
      fill_line (self, raster, row, x + BREAK_OFFSET * self->scale);
    }
}

/* Returns bytes a row: an odd number of cache lines, for columns are filled
 * downward, and rows a power of two apart push one another out of the cache. */
static int
get_stride (guint n_columns)
{
  guint lines = (n_columns * (guint) sizeof (guint32) + CACHE_LINE - 1) / CACHE_LINE;

  return (int) ((lines | 1) * CACHE_LINE);
}

static void
draw_pixels (const PgsColumns *self,
             cairo_t          *cr)
{
  int stride = get_stride (self->n_columns);
  g_autofree guint8 *data = g_malloc ((gsize) stride * self->height);
  cairo_surface_t *surface = cairo_image_surface_create_for_data (data, CAIRO_FORMAT_ARGB32,
                                                                  (int) self->n_columns,
                                                                  (int) self->height, stride);
  Raster raster;

  if (cairo_surface_status (surface) == CAIRO_STATUS_SUCCESS)
    {
      cairo_surface_flush (surface);
      init_raster (&raster, self, surface);
      for (guint i = 0; i < self->n_columns; i++)
        fill_column (self, &raster, i);
      for (guint i = 0; i < self->breaks->len; i++)
        fill_break (self, &raster, g_array_index (self->breaks, double, i));
      cairo_surface_mark_dirty (surface);
      cairo_surface_set_device_scale (surface, self->scale, self->scale);
    }
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  /* The context may keep the surface as its source; the data goes with this
   * function. */
  cairo_set_source_rgb (cr, 0, 0, 0);
  cairo_surface_finish (surface);
  cairo_surface_destroy (surface);
}

/* Rectangles */

static void
get_rect (const PgsColumns *self,
          guint             column,
          guint             color,
          guint            *y,
          guint            *height)
{
  const guint16 *heights = pgs_columns_get (self, column);
  guint below = 0;

  for (guint i = 0; i < color; i++)
    below += heights[i];
  *height = heights[color];
  *y = self->height - below - *height;
}

/* Adds what a color has in all columns to the path. */
static void
add_color (const PgsColumns *self,
           cairo_t          *cr,
           guint             color)
{
  guint start = 0, y = 0, height = 0;

  for (guint i = 0; i <= self->n_columns; i++)
    {
      guint next_y = 0, next_height = 0;

      if (i < self->n_columns)
        get_rect (self, i, color, &next_y, &next_height);
      if (i < self->n_columns && next_y == y && next_height == height)
        continue;
      if (height > 0)
        cairo_rectangle (cr, start, y, i - start, height);
      start = i;
      y = next_y;
      height = next_height;
    }
}

/* Adds what is hatched to the path. Returns whether anything is. */
static gboolean
add_hatched (const PgsColumns *self,
             cairo_t          *cr)
{
  double x, y, end, bottom;

  for (guint i = 0, start = 0; i <= self->n_columns; i++)
    if (i == self->n_columns || !self->hatched[i])
      {
        if (i > start)
          cairo_rectangle (cr, start, 0, i - start, self->height);
        start = i + 1;
      }
  if (self->hatched_color != PGS_COLUMNS_NO_COLOR)
    add_color (self, cr, self->hatched_color);
  cairo_path_extents (cr, &x, &y, &end, &bottom);
  return end > x;
}

static void
draw_hatching (const PgsColumns *self,
               cairo_t          *cr)
{
  double step = get_hatch_step (self);

  cairo_save (cr);
  if (add_hatched (self, cr))
    {
      double x, y, end, bottom;

      cairo_clip (cr);
      cairo_clip_extents (cr, &x, &y, &end, &bottom);
      for (double line = floor (x / step) * step; line < end + self->height; line += step)
        {
          cairo_move_to (cr, line + 0.5, 0);
          cairo_line_to (cr, line + 0.5 - self->height, self->height);
        }
      pgs_rgb_set_source (&self->hatch, cr);
      cairo_set_line_width (cr, self->scale);
      cairo_stroke (cr);
    }
  cairo_restore (cr);
}

static void
add_break (const PgsColumns *self,
           cairo_t          *cr,
           double            x)
{
  for (guint i = 0; i <= BREAK_LEGS; i++)
    cairo_line_to (cr, x + (i % 2 == 0 ? 1 : -1) * BREAK_SWING * self->scale,
                   (double) self->height * i / BREAK_LEGS);
  cairo_new_sub_path (cr);
}

static void
draw_breaks (const PgsColumns *self,
             cairo_t          *cr)
{
  for (guint i = 0; i < self->breaks->len; i++)
    {
      double x = g_array_index (self->breaks, double, i);

      add_break (self, cr, x - BREAK_OFFSET * self->scale);
      add_break (self, cr, x + BREAK_OFFSET * self->scale);
    }
  pgs_rgb_set_source (&self->line, cr);
  cairo_set_line_width (cr, self->scale);
  cairo_stroke (cr);
}

static void
draw_rectangles (const PgsColumns *self,
                 cairo_t          *cr)
{
  cairo_save (cr);
  cairo_scale (cr, 1 / self->scale, 1 / self->scale);
  for (guint i = 0; i < self->n_colors; i++)
    {
      add_color (self, cr, i);
      pgs_rgb_set_source (self->colors[i], cr);
      cairo_fill (cr);
    }
  draw_hatching (self, cr);
  draw_breaks (self, cr);
  cairo_restore (cr);
}

/**
 * pgs_columns_draw:
 * @cr: where to, at the origin
 *
 * Draws the columns, as pixels on an image and as rectangles elsewhere.
 */
void
pgs_columns_draw (const PgsColumns *self,
                  cairo_t          *cr)
{
  g_return_if_fail (self != NULL && cr != NULL);
  g_return_if_fail (self->n_colors <= PGS_COLOR_MODE_MAX_CLASSES);

  if (self->n_columns == 0 || self->height == 0)
    return;
  cairo_save (cr);
  cairo_new_path (cr);
  if (cairo_surface_get_type (cairo_get_group_target (cr)) == CAIRO_SURFACE_TYPE_IMAGE)
    draw_pixels (self, cr);
  else
    draw_rectangles (self, cr);
  cairo_restore (cr);
}
