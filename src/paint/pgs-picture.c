/* pgs-picture.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The map as a file: title, time, legend, labels, bar and ruler, from the same
 * painter as the screen. A PNG has exactly the pixels asked for; SVG and PDF are
 * vectors, a point a pixel.
 */

#include "config.h"

#include "pgs-picture.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "core/pgs-units.h"
#include "pgs-painter-private.h"

#define MARGIN           16.0
#define TITLE_FONT       "Cantarell, sans bold 13"
#define TEXT_FONT        "Cantarell, sans 9"
#define TITLE_HEIGHT     42.0
#define LEGEND_LINE      22.0
#define LEGEND_SPACE     18.0
#define SWATCH_SIZE      12.0
#define RAMP_WIDTH       64.0
#define OVERVIEW_HEIGHT  24.0
#define MIN_BAR_HEIGHT   8.0

typedef struct
{
  const PgsPicture *picture;
  PgsScene          scene;
  cairo_t          *cr;
  PangoLayout      *text;
  double            width;
} Page;

/* The legend */

typedef struct
{
  guint     first;
  guint     last;
  uint64_t  pages;
} LegendEntry;

/* Finds the entry that starts at class @first: one class, or a ramp. */
static LegendEntry
get_legend_entry (const PgsColorMode *mode,
                  const uint64_t     *counts,
                  guint               first)
{
  LegendEntry entry = { first, first, counts[first] };
  guint next = first + 1;

  while (next < mode->n_classes && mode->classes[next].title == NULL)
    next++;
  if (next == first + 1)
    return entry;
  for (entry.last = first + 1; entry.last <= next; entry.last++)
    entry.pages += counts[entry.last];
  entry.last = next;
  return entry;
}

static char *
dup_legend_text (const Page        *page,
                 const LegendEntry *entry)
{
  const PgsColorMode *mode = pgs_summary_get_mode (page->scene.summary);
  g_autofree char *amount =
    pgs_units_format_bytes (entry->pages * pgs_painter_page_size (&page->scene));

  if (entry->first == entry->last)
    return g_strdup_printf ("%s  %s", _(mode->classes[entry->first].title), amount);
  return g_strdup_printf (_("%s to %s  %s"), _(mode->classes[entry->first].title),
                          _(mode->classes[entry->last].title), amount);
}

static void
draw_swatch (const Page        *page,
             const LegendEntry *entry,
             double             x,
             double             y,
             double             width)
{
  const PgsColorMode *mode = pgs_summary_get_mode (page->scene.summary);
  guint n = entry->last - entry->first + 1;

  for (guint i = 0; i < n; i++)
    {
      PgsColor color = mode->classes[entry->first + i].color;

      pgs_rgb_set_source (&page->scene.palette->colors[color], page->cr);
      cairo_rectangle (page->cr, x + floor (width * i / n), y,
                       ceil (width / n), SWATCH_SIZE);
      cairo_fill (page->cr);
    }
}

/* Draws the legend, or only measures it. Returns how high it is. */
static double
lay_out_legend (const Page *page,
                double      top,
                gboolean    draw)
{
  const PgsColorMode *mode = pgs_summary_get_mode (page->scene.summary);
  uint64_t counts[PGS_COLOR_MODE_MAX_CLASSES];
  double x = MARGIN, y = top;
  LegendEntry entry;

  pgs_summary_count (page->scene.summary, 0, G_MAXUINT64, counts);
  for (guint i = 0; i < mode->n_classes; i = entry.last + 1)
    {
      g_autofree char *text = NULL;
      double swatch;
      int width, height;

      entry = get_legend_entry (mode, counts, i);
      if (entry.pages == 0)
        continue;
      text = dup_legend_text (page, &entry);
      pango_layout_set_text (page->text, text, -1);
      pango_layout_get_pixel_size (page->text, &width, &height);
      swatch = entry.first == entry.last ? SWATCH_SIZE : RAMP_WIDTH;
      if (x > MARGIN && x + swatch + 6 + width > page->width - MARGIN)
        {
          x = MARGIN;
          y += LEGEND_LINE;
        }
      if (draw)
        {
          draw_swatch (page, &entry, x, y, swatch);
          pgs_rgb_set_source (&page->scene.palette->text, page->cr);
          cairo_move_to (page->cr, x + swatch + 6, y + (SWATCH_SIZE - height) / 2);
          pango_cairo_show_layout (page->cr, page->text);
        }
      x += swatch + 6 + width + LEGEND_SPACE;
    }
  return y + LEGEND_LINE - top;
}

/* The head */

static char *
dup_time (const PgsSummary *summary)
{
  gint64 time = pgs_snapshot_get_time (pgs_summary_get_snapshot (summary));
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);
  g_autoptr(GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  return local != NULL ? g_date_time_format (local, "%Y-%m-%d %H:%M:%S %z") : g_strdup ("");
}

static void
draw_line (const Page   *page,
           PangoLayout  *layout,
           const char   *text,
           const PgsRgb *color,
           double        y)
{
  pango_layout_set_text (layout, text, -1);
  pango_layout_set_width (layout, (int) ((page->width - 2 * MARGIN) * PANGO_SCALE));
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pgs_rgb_set_source (color, page->cr);
  cairo_move_to (page->cr, MARGIN, y);
  pango_cairo_show_layout (page->cr, layout);
  pango_layout_set_width (layout, -1);
}

static void
draw_head (const Page *page)
{
  g_autoptr(PangoLayout) title = pgs_painter_make_layout (page->cr, TITLE_FONT);
  g_autofree char *time = dup_time (page->scene.summary);
  g_autofree char *subtitle = g_strdup_printf ("%s · %s", page->picture->subtitle, time);

  draw_line (page, title, page->picture->title, &page->scene.palette->text, MARGIN - 4);
  draw_line (page, page->text, subtitle, &page->scene.palette->dim_text, MARGIN + 18);
}

/* The page */

static void
init_page (Page             *page,
           const PgsPicture *picture,
           cairo_t          *cr)
{
  page->picture = picture;
  page->cr = cr;
  page->width = picture->width;
  page->scene = picture->scene;
  page->scene.device_scale = 1;
  page->scene.viewport = pgs_viewport_resized (&picture->scene.viewport,
                                               picture->width - 2 * MARGIN);
  page->text = pgs_painter_make_layout (cr, TEXT_FONT);
}

static gboolean
has_overview (const Page *page)
{
  return !pgs_viewport_is_whole (&page->scene.viewport, page->scene.axis);
}

static void
find_bar (const Page     *page,
          PgsPictureRect *bar)
{
  double above = MARGIN + TITLE_HEIGHT + lay_out_legend (page, 0, FALSE) +
                 (has_overview (page) ? OVERVIEW_HEIGHT + 10 : 0) + PGS_PAINTER_LABELS_HEIGHT;

  bar->x = MARGIN;
  bar->y = round (above);
  bar->width = page->width - 2 * MARGIN;
  bar->height = MAX (floor (page->picture->height - bar->y - PGS_PAINTER_RULER_HEIGHT - 8),
                     MIN_BAR_HEIGHT);
}

static void
draw_overview (const Page *page,
               double      y)
{
  PgsScene whole = page->scene;
  double x, end;

  whole.viewport = pgs_viewport_whole (page->scene.axis, page->scene.viewport.width);
  x = pgs_viewport_to_x (&whole.viewport, page->scene.viewport.start);
  end = pgs_viewport_to_x (&whole.viewport,
                           page->scene.viewport.start + page->scene.viewport.span);
  cairo_save (page->cr);
  cairo_translate (page->cr, MARGIN, y);
  pgs_painter_draw_bar (&whole, page->cr, OVERVIEW_HEIGHT);
  pgs_rgb_set_source (&page->scene.palette->selection, page->cr);
  cairo_set_line_width (page->cr, 2);
  cairo_rectangle (page->cr, floor (x), -1, MAX (end - x, 4), OVERVIEW_HEIGHT + 2);
  cairo_stroke (page->cr);
  cairo_restore (page->cr);
}

static void
draw_page (const Page *page)
{
  PgsPictureRect bar;

  pgs_rgb_set_source (&page->scene.palette->background, page->cr);
  cairo_paint (page->cr);
  draw_head (page);
  lay_out_legend (page, MARGIN + TITLE_HEIGHT, TRUE);
  find_bar (page, &bar);
  if (has_overview (page))
    draw_overview (page, bar.y - PGS_PAINTER_LABELS_HEIGHT - OVERVIEW_HEIGHT - 8);

  cairo_translate (page->cr, bar.x, bar.y - PGS_PAINTER_LABELS_HEIGHT);
  pgs_painter_draw_labels (&page->scene, page->cr);
  cairo_translate (page->cr, 0, PGS_PAINTER_LABELS_HEIGHT);
  pgs_painter_draw_bar (&page->scene, page->cr, bar.height);
  cairo_translate (page->cr, 0, bar.height);
  pgs_painter_draw_ruler (&page->scene, page->cr);
}

/* The file */

typedef struct
{
  GOutputStream  *stream;
  GCancellable   *cancellable;
  GError        **error;
} Sink;

static cairo_status_t
write_cb (void                *closure,
          const unsigned char *data,
          unsigned int         length)
{
  Sink *sink = closure;

  if (sink->error != NULL && *sink->error != NULL)
    return CAIRO_STATUS_WRITE_ERROR;
  return g_output_stream_write_all (sink->stream, data, length, NULL, sink->cancellable,
                                    sink->error)
    ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static cairo_surface_t *
make_surface (const PgsPicture *self,
              PgsPictureFormat  format,
              Sink             *sink)
{
  switch (format)
    {
    case PGS_PICTURE_SVG:
      return cairo_svg_surface_create_for_stream (write_cb, sink, self->width, self->height);
    case PGS_PICTURE_PDF:
      return cairo_pdf_surface_create_for_stream (write_cb, sink, self->width, self->height);
    case PGS_PICTURE_PNG:
    default:
      return cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) self->width,
                                         (int) self->height);
    }
}

/**
 * pgs_picture_write:
 * @self: what to draw
 * @format: as what
 * @stream: where to
 * @cancellable: (nullable): ends the writing
 * @error: return location for an error of the stream or of cairo
 *
 * Draws the map and writes it. Blocks; needs no display.
 *
 * Returns: whether all of it was written
 */
gboolean
pgs_picture_write (const PgsPicture  *self,
                   PgsPictureFormat   format,
                   GOutputStream     *stream,
                   GCancellable      *cancellable,
                   GError           **error)
{
  g_autoptr(GError) sink_error = NULL;
  Sink sink = { stream, cancellable, &sink_error };
  cairo_surface_t *surface;
  cairo_status_t status;
  cairo_t *cr;
  Page page;

  g_return_val_if_fail (self != NULL && G_IS_OUTPUT_STREAM (stream), FALSE);
  g_return_val_if_fail (self->title != NULL && self->subtitle != NULL, FALSE);

  surface = make_surface (self, format, &sink);
  cr = cairo_create (surface);
  init_page (&page, self, cr);
  draw_page (&page);
  g_object_unref (page.text);
  status = cairo_status (cr);
  cairo_destroy (cr);
  if (status == CAIRO_STATUS_SUCCESS && format == PGS_PICTURE_PNG)
    status = cairo_surface_write_to_png_stream (surface, write_cb, &sink);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);

  if (sink_error != NULL)
    g_propagate_error (error, g_steal_pointer (&sink_error));
  else if (status != CAIRO_STATUS_SUCCESS)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("The picture could not be drawn: %s."),
                 cairo_status_to_string (status));
  return status == CAIRO_STATUS_SUCCESS;
}

/**
 * pgs_picture_get_bar:
 * @self: a picture
 * @bar: (out caller-allocates): where its bar lies, in pixels of the picture
 */
void
pgs_picture_get_bar (const PgsPicture *self,
                     PgsPictureRect   *bar)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 1, 1);
  cairo_t *cr = cairo_create (surface);
  Page page;

  g_return_if_fail (self != NULL && bar != NULL);

  init_page (&page, self, cr);
  find_bar (&page, bar);
  g_object_unref (page.text);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}
