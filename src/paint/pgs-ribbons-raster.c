/* pgs-ribbons-raster.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Brings ribbons onto an image.
 *
 * In each row of pixels a ribbon covers an interval. Where many lie over each other, what
 * counts is how many: so each adds its weight to the pixels that it covers, and the sum
 * becomes an opacity that grows ever more slowly. Adding to an interval means to note
 * where the weight begins and where it ends; one pass from left to right sums up. So a
 * ribbon costs the same in each row, however wide it is.
 *
 * Paths of cairo were tried and rejected: 3,000 of them took 90 ms.
 */

#include "config.h"

#include "pgs-ribbons-private.h"

#include <math.h>
#include <string.h>

/* Opacity where nothing but one ribbon is, and where there are very many. */
#define PLAIN_SLOPE   0.28
#define PLAIN_LIMIT   0.62
#define STRONG_SLOPE  0.75
#define STRONG_LIMIT  0.95

/* The least weight of a bundle, however few its pages are, and its least width. */
#define MIN_WEIGHT    0.22
#define MIN_WIDTH     1.0

/* An edge that goes this far from one row to the next is drawn in steps. */
#define STEP_WIDTH    6.0
#define MAX_STEPS     4

/* Opacities are looked up by weight, up to where they do not grow any more. */
#define N_TONES       1024
#define MAX_TONE      6.0

/* Weights, and colors times weights. */
typedef struct
{
  float weight;
  float red;
  float green;
  float blue;
} Ink;

typedef struct
{
  Ink    *row;       /* where ink begins, and where it ends as less than nothing */
  int     width;
  double  turn;      /* at the upper edge of the row, and at the lower */
  double  next_turn;
} Row;

typedef struct
{
  float scale;           /* from a weight to a tone */
  float alpha[N_TONES];  /* from 0 to 255 */
} Tones;

static void
add_ink (Ink       *place,
         const Ink *ink,
         float      share)
{
  place->weight += ink->weight * share;
  place->red += ink->red * share;
  place->green += ink->green * share;
  place->blue += ink->blue * share;
}

/* Has @share of the ink begin at @x, or end there if it is less than 0. */
static void
put_edge (const Row *row,
          const Ink *ink,
          double     x,
          double     share)
{
  double floored = floor (x);
  float part = (float) (x - floored);

  if (x >= row->width)
    return;
  if (x <= 0)
    {
      add_ink (&row->row[0], ink, (float) share);
      return;
    }
  add_ink (&row->row[(int) floored], ink, (float) share * (1 - part));
  add_ink (&row->row[(int) floored + 1], ink, (float) share * part);
}

/* Has the ink begin, or end, along an edge that goes from @x to @next within the row. */
static void
put_slope (const Row *row,
           const Ink *ink,
           double     x,
           double     next,
           double     sign)
{
  guint n = (guint) CLAMP (fabs (next - x) / STEP_WIDTH, 1, MAX_STEPS);

  for (guint i = 0; i < n; i++)
    put_edge (row, ink, x + (next - x) * (i + 0.5) / n, sign / n);
}

static void
put_bundle (const Row       *row,
            const PgsBundle *bundle,
            const Ink       *ink)
{
  double left = bundle->top + (bundle->bottom - bundle->top) * row->turn;
  double next_left = bundle->top + (bundle->bottom - bundle->top) * row->next_turn;
  double right = bundle->top_end + (bundle->bottom_end - bundle->top_end) * row->turn;
  double next_right = bundle->top_end + (bundle->bottom_end - bundle->top_end) * row->next_turn;
  double sweep = fabs (next_left - left);

  right = MAX (right, left + MIN_WIDTH);
  next_right = MAX (next_right, next_left + MIN_WIDTH);
  if (MAX (right, next_right) <= 0 || MIN (left, next_left) >= row->width)
    return;
  /* A thin ribbon on a steep way covers all that it goes along, or it would break up. */
  if (right - left <= sweep)
    {
      put_edge (row, ink, MIN (left, next_left), 1);
      put_edge (row, ink, MAX (right, next_right), -1);
      return;
    }
  put_slope (row, ink, left, next_left, 1);
  put_slope (row, ink, right, next_right, -1);
}

/* How much of the width that a bundle is drawn in its pages take. */
static float
get_weight (const PgsBundle *bundle)
{
  float width = MAX (bundle->top_end - bundle->top, (float) MIN_WIDTH);

  return (float) CLAMP (bundle->pages / width, (float) MIN_WEIGHT, 1);
}

static void
init_tones (Tones    *self,
            gboolean  is_strong)
{
  double slope = is_strong ? STRONG_SLOPE : PLAIN_SLOPE;
  double limit = is_strong ? STRONG_LIMIT : PLAIN_LIMIT;

  self->scale = (float) (slope / limit * N_TONES / MAX_TONE);
  for (guint i = 0; i < N_TONES; i++)
    self->alpha[i] = (float) (255 * limit * (1 - exp (-(i + 0.5) * MAX_TONE / N_TONES)));
}

static guint32
get_pixel (const Tones *tones,
           const Ink   *sum)
{
  float alpha = tones->alpha[(guint) MIN (sum->weight * tones->scale, N_TONES - 1)];
  float scale = alpha / sum->weight;

  return (guint32) (alpha + 0.5f) << 24 | (guint32) (sum->red * scale) << 16 |
         (guint32) (sum->green * scale) << 8 | (guint32) (sum->blue * scale);
}

/* Sums up a row into pixels, and clears it. */
static void
fill_row (const Row   *row,
          const Tones *tones,
          guint32     *pixels)
{
  Ink sum = { 0, 0, 0, 0 }, last = { 0, 0, 0, 0 };
  guint32 pixel = 0;

  for (int i = 0; i < row->width; i++)
    {
      add_ink (&sum, &row->row[i], 1);
      /* What is left of nothing is what was rounded; neighbors are mostly alike. */
      if (memcmp (&sum, &last, sizeof sum) != 0)
        {
          pixel = sum.weight > 1e-3f ? get_pixel (tones, &sum) : 0;
          last = sum;
        }
      pixels[i] = pixel;
    }
  memset (row->row, 0, (gsize) (row->width + 2) * sizeof *row->row);
}

static Ink *
make_inks (const GArray  *bundles,
           const PgsRgb **colors)
{
  Ink *inks = g_new (Ink, bundles->len);

  for (guint i = 0; i < bundles->len; i++)
    {
      const PgsBundle *bundle = &g_array_index (bundles, PgsBundle, i);
      const PgsRgb *color = colors[bundle->class];
      float weight = get_weight (bundle);

      inks[i] = (Ink) { weight, weight * (float) color->red, weight * (float) color->green,
                        weight * (float) color->blue };
    }
  return inks;
}

/* Draws the bundles from the top of an image to its bottom.
 * @colors: the color of each class
 * @is_strong: whether they stand out from others */
void
pgs_ribbons_raster (const GArray     *bundles,
                    const PgsRgb    **colors,
                    gboolean          is_strong,
                    cairo_surface_t  *surface)
{
  int height = cairo_image_surface_get_height (surface);
  gsize stride = (gsize) cairo_image_surface_get_stride (surface);
  unsigned char *data = cairo_image_surface_get_data (surface);
  g_autofree Ink *inks = make_inks (bundles, colors);
  Row row = { .width = cairo_image_surface_get_width (surface) };
  Tones tones;

  init_tones (&tones, is_strong);
  row.row = g_new0 (Ink, row.width + 2);
  cairo_surface_flush (surface);
  for (int y = 0; y < height; y++)
    {
      row.turn = pgs_ribbons_get_turn ((double) y / height);
      row.next_turn = pgs_ribbons_get_turn ((y + 1.0) / height);
      for (guint i = 0; i < bundles->len; i++)
        put_bundle (&row, &g_array_index (bundles, PgsBundle, i), &inks[i]);
      fill_row (&row, &tones, (guint32 *) (void *) (data + (gsize) y * stride));
    }
  cairo_surface_mark_dirty (surface);
  g_free (row.row);
}
