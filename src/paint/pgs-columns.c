/* pgs-columns.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Brings stacked columns, each a device pixel wide, onto a surface.
 *
 * On an image the pixels are set one by one, in an image that is then painted, a
 * strip at a time; on anything else (SVG, PDF, a recording) the same columns are rectangles,
 * one path a color, in which equal neighbors are one. Both show the same.
 *
 * Rectangles alone were tried and rejected for images: 3840 columns of a random
 * mix are some 20,000 rectangles, which took cairo 25 ms and the pixels take half
 * a millisecond. Hatching and breaks are set as pixels too for the same reason: a
 * screen full of slanted lines took 12 ms.
 *
 * Pixels are filled row by row, some columns at a time: a row is the one below it
 * but where a color begins. Filling each color of each column downward took nearly
 * twice as long with 36 colors: most are but some pixels high, and what a loop over
 * so few costs is to leave it. Blocks of 32 columns are as fast as those of 64, those
 * of 128 and 256 are slower by a quarter.
 */

#include "config.h"

#include "pgs-columns.h"

#include <math.h>
#include <string.h>

/* So many columns are filled at a time: the changes in them stay in the nearest
 * cache. */
#define BLOCK         64u

/* And so many are painted at a time: their pixels stay in the next one. */
#define STRIP         (8 * BLOCK)

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
  g_free (self->fades);
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

/**
 * pgs_columns_set_fade:
 * @column: less than @n_columns
 * @fade: how far the column fades into the color for that, from 0 to 1
 */
void
pgs_columns_set_fade (PgsColumns *self,
                      guint       column,
                      double      fade)
{
  g_return_if_fail (self != NULL && column < self->n_columns);

  if (self->fades == NULL)
    self->fades = g_new0 (guint8, self->n_columns);
  self->fades[column] = (guint8) round (CLAMP (fade, 0, 1) * 255);
}

static double
get_hatch_step (const PgsColumns *self)
{
  return HATCH_STEP * self->scale;
}

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

/* Pixels */

/* A strip: the columns from @first to before @end. */
typedef struct
{
  guint    first;
  guint    end;
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
             cairo_surface_t  *surface,
             guint             first)
{
  raster->first = first;
  raster->end = MIN (first + STRIP, self->n_columns);
  raster->pixels = (guint32 *) (void *) cairo_image_surface_get_data (surface);
  raster->stride = (gsize) cairo_image_surface_get_stride (surface) / sizeof (guint32);
  raster->hatch = get_pixel (&self->hatch, 1);
  raster->hatch_step = (guint) MAX (round (get_hatch_step (self)), 2);
  for (guint i = 0; i < self->n_colors; i++)
    raster->colors[i] = get_pixel (self->colors[i], 1);
}

/* Returns where the pixels of a row begin, from a column on. */
static guint32 *
get_pixels (const Raster *raster,
            guint         row,
            guint         column)
{
  return raster->pixels + row * raster->stride + (column - raster->first);
}

/* A color that begins in a row, going upward. */
typedef struct
{
  guint   column;   /* in the block */
  guint32 pixel;
  guint   next;     /* the index of another one in the row; 0 if there is none */
} Change;

/* The columns that are filled at a time. */
typedef struct
{
  guint  *rows;       /* for each the index of its first change, 0 if there is none */
  guint   n_changes;
  Change  changes[1 + BLOCK * (PGS_COLOR_MODE_MAX_CLASSES + 1)];
} Block;

static void
add_change (Block   *block,
            guint    row,
            guint    column,
            guint32  pixel)
{
  guint index = ++block->n_changes;

  block->changes[index] = (Change) { column, pixel, block->rows[row] };
  block->rows[row] = index;
}

static void
add_column (const PgsColumns *self,
            const Raster     *raster,
            const guint16    *heights,
            guint             column,
            Block            *block)
{
  guint bottom = self->height;

  for (guint i = 0; i < self->n_colors && bottom > 0; i++)
    {
      if (heights[i] == 0)
        continue;
      add_change (block, bottom - 1, column, raster->colors[i]);
      bottom -= MIN (heights[i], bottom);
    }
  if (bottom > 0)
    add_change (block, bottom - 1, column, 0);
}

/* Fills up to BLOCK columns from @first on, from the lowest row upward: each row is
 * the one below it but for the columns in which a color begins. */
static void
fill_block (const PgsColumns *self,
            const Raster     *raster,
            guint             first,
            Block            *block)
{
  guint n = MIN (BLOCK, raster->end - first);
  guint32 pixels[BLOCK] = { 0 };

  block->n_changes = 0;
  for (guint i = 0; i < n; i++)
    add_column (self, raster, pgs_columns_get (self, first + i), i, block);
  for (guint row = self->height; row-- > 0;)
    {
      for (guint i = block->rows[row]; i != 0; i = block->changes[i].next)
        pixels[block->changes[i].column] = block->changes[i].pixel;
      block->rows[row] = 0;
      memcpy (get_pixels (raster, row, first), pixels, n * sizeof *pixels);
    }
}

static void
fill_columns (const PgsColumns *self,
              const Raster     *raster)
{
  g_autofree guint *rows = g_new0 (guint, self->height);
  Block block;

  block.rows = rows;
  for (guint i = raster->first; i < raster->end; i += BLOCK)
    fill_block (self, raster, i, &block);
}

/* Lets lines rise to the right over a column, from row @top to before @bottom. */
static void
hatch_rows (const Raster *raster,
            guint         column,
            guint         top,
            guint         bottom)
{
  guint step = raster->hatch_step;
  guint phase = (column + top) % step;

  for (guint row = top; row < bottom; row++)
    {
      if (phase < (step + 3) / 6)
        *get_pixels (raster, row, column) = raster->hatch;
      phase = phase + 1 < step ? phase + 1 : 0;
    }
}

static void
hatch_column (const PgsColumns *self,
              const Raster     *raster,
              guint             column)
{
  guint y, height;

  if (self->hatched[column])
    {
      hatch_rows (raster, column, 0, self->height);
      return;
    }
  if (self->hatched_color == PGS_COLUMNS_NO_COLOR ||
      pgs_columns_get (self, column)[self->hatched_color] == 0)
    return;
  get_rect (self, column, self->hatched_color, &y, &height);
  hatch_rows (raster, column, y, y + height);
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

      if (column >= raster->first && column < raster->end)
        *get_pixels (raster, row, (guint) column) = get_pixel (&self->line, cover);
    }
}

static void
fill_break (const PgsColumns *self,
            const Raster     *raster,
            double            middle)
{
  double reach = (BREAK_SWING + BREAK_OFFSET + 1) * self->scale;

  if (middle + reach < raster->first || middle - reach > raster->end)
    return;
  for (guint row = 0; row < self->height; row++)
    {
      double x = middle + get_swing (self, row + 0.5) * BREAK_SWING * self->scale;

      fill_line (self, raster, row, x - BREAK_OFFSET * self->scale);
      fill_line (self, raster, row, x + BREAK_OFFSET * self->scale);
    }
}

/* Returns a pixel on its way to another, @fade of 256 parts. */
static guint32
mix_pixels (guint32 pixel,
            guint32 other,
            guint   fade)
{
  guint32 even = ((pixel & 0xff00ff) * (256 - fade) + (other & 0xff00ff) * fade) >> 8;
  guint32 odd = (pixel >> 8 & 0xff00ff) * (256 - fade) + (other >> 8 & 0xff00ff) * fade;

  return (even & 0xff00ff) | (odd & 0xff00ff00);
}

static void
fade_columns (const PgsColumns *self,
              const Raster     *raster)
{
  guint32 fade = get_pixel (&self->fade, 1);

  for (guint row = 0; row < self->height; row++)
    {
      guint32 *pixels = get_pixels (raster, row, raster->first);

      for (guint i = raster->first; i < raster->end; i++)
        if (self->fades[i] > 0)
          pixels[i - raster->first] = mix_pixels (pixels[i - raster->first], fade,
                                                  self->fades[i]);
    }
}

static void
fill_strip (const PgsColumns *self,
            const Raster     *raster)
{
  fill_columns (self, raster);
  if (self->fades != NULL)
    fade_columns (self, raster);
  for (guint i = raster->first; i < raster->end; i++)
    hatch_column (self, raster, i);
  for (guint i = 0; i < self->breaks->len; i++)
    fill_break (self, raster, g_array_index (self->breaks, double, i));
}

static void
draw_pixels (const PgsColumns *self,
             cairo_t          *cr)
{
  int width = (int) MIN (STRIP, self->n_columns);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width,
                                                         (int) self->height);
  Raster raster;

  cairo_surface_set_device_scale (surface, self->scale, self->scale);
  cairo_save (cr);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
  for (guint i = 0; i < self->n_columns; i += STRIP)
    {
      double x = i / self->scale;

      cairo_surface_flush (surface);
      if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
        break;
      init_raster (&raster, self, surface, i);
      fill_strip (self, &raster);
      cairo_surface_mark_dirty (surface);
      cairo_set_source_surface (cr, surface, x, 0);
      cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
      cairo_rectangle (cr, x, 0, (raster.end - i) / self->scale, self->height / self->scale);
      cairo_fill (cr);
    }
  cairo_restore (cr);
  cairo_surface_destroy (surface);
}

/* Rectangles */

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

/* Lays rectangles over the columns that fade, equal neighbors as one. */
static void
draw_fades (const PgsColumns *self,
            cairo_t          *cr)
{
  for (guint i = 0, start = 0; self->fades != NULL && i < self->n_columns; i++)
    if (i + 1 == self->n_columns || self->fades[i + 1] != self->fades[start])
      {
        cairo_set_source_rgba (cr, self->fade.red, self->fade.green, self->fade.blue,
                               self->fades[start] / 255.0);
        cairo_rectangle (cr, start, 0, i + 1 - start, self->height);
        if (self->fades[start] > 0)
          cairo_fill (cr);
        cairo_new_path (cr);
        start = i + 1;
      }
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
  draw_fades (self, cr);
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
