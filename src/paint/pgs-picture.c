/* pgs-picture.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The map as a file: title, time, legend, the overview where only a part is in
 * view, labels, bar and ruler, and below them RAM, ribbons to it and its use, from the same
 * painters as the screen. Where a picture is low the bar keeps its least height, and RAM,
 * the overview and lines of the legend give way. A PNG has exactly the pixels asked for; SVG and PDF are
 * vectors; a pixel is a user unit of the SVG and a point of the PDF.
 */

#include "config.h"

#include "pgs-picture.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "core/pgs-units.h"
#include "pgs-machine-lane.h"
#include "pgs-painter-private.h"

#define MARGIN           16.0
#define TITLE_FONT       "Cantarell, sans bold 13"
#define TEXT_FONT        "Cantarell, sans 9"
#define TITLE_HEIGHT     42.0
#define LEGEND_LINE      22.0
#define LEGEND_SPACE     18.0
#define SWATCH_SIZE      12.0
#define SWATCH_SPACE     6.0
#define RAMP_WIDTH       64.0
#define OVERVIEW_HEIGHT  24.0
#define FADE_ALPHA       0.6
#define FRAME_MIN_WIDTH  6.0
#define MIN_BAR_HEIGHT   32.0
#define BOTTOM_MARGIN    8.0
#define OVERVIEW_SPACE   10.0
/* A lower picture than this goes without the overview. */
#define OVERVIEW_MIN     220
/* A lower one than this goes without RAM. */
#define RAM_MIN          320
#define RAM_HEIGHT       (PGS_RIBBONS_HEIGHT + PGS_PAINTER_FRAMES_HEIGHT + \
                          PGS_PAINTER_RULER_HEIGHT)
#define LANE_SPACE       4.0
#define MACHINE_HEIGHT   (PGS_MACHINE_LANE_HEIGHT + LANE_SPACE + LEGEND_LINE)
#define MARK_WIDTH       2.0
#define MARK_MARGIN      3.0
#define MARK_MIN_WIDTH   8.0

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

/* Draws an entry whose text is set. */
static void
draw_entry (const Page        *page,
            const LegendEntry *entry,
            double             x,
            double             y,
            double             swatch)
{
  int height;

  draw_swatch (page, entry, x, y, swatch);
  pango_layout_get_pixel_size (page->text, NULL, &height);
  pgs_rgb_set_source (&page->scene.palette->text, page->cr);
  cairo_move_to (page->cr, x + swatch + SWATCH_SPACE, y + (SWATCH_SIZE - height) / 2);
  pango_cairo_show_layout (page->cr, page->text);
}

static gboolean
has_overview (const Page *page)
{
  return page->picture->height >= OVERVIEW_MIN &&
         !pgs_viewport_is_whole (&page->scene.viewport, page->scene.axis);
}

static gboolean
has_ram (const Page *page)
{
  return page->picture->frames != NULL && page->picture->height >= RAM_MIN;
}

static double
get_ram_height (const Page *page)
{
  if (!has_ram (page))
    return 0;
  return RAM_HEIGHT + (page->picture->machine != NULL ? MACHINE_HEIGHT : 0);
}

/* Returns how many lines of legend leave the bar its least height. */
static guint
get_max_lines (const Page *page)
{
  double room = page->picture->height - MARGIN - TITLE_HEIGHT -
                (has_overview (page) ? OVERVIEW_HEIGHT + OVERVIEW_SPACE : 0) -
                PGS_PAINTER_LABELS_HEIGHT - MIN_BAR_HEIGHT - PGS_PAINTER_RULER_HEIGHT -
                get_ram_height (page) - BOTTOM_MARGIN;

  return (guint) MAX (room / LEGEND_LINE, 0);
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
  guint n_lines = 1, max_lines = get_max_lines (page);
  LegendEntry entry;

  if (max_lines == 0)
    return 0;
  pgs_summary_count (page->scene.summary, 0, G_MAXUINT64, counts);
  for (guint i = 0; i < mode->n_classes; i = entry.last + 1)
    {
      g_autofree char *text = NULL;
      double swatch;
      int width;

      entry = get_legend_entry (mode, counts, i);
      if (entry.pages == 0)
        continue;
      text = dup_legend_text (page, &entry);
      pango_layout_set_text (page->text, text, -1);
      pango_layout_get_pixel_size (page->text, &width, NULL);
      swatch = entry.first == entry.last ? SWATCH_SIZE : RAMP_WIDTH;
      if (x > MARGIN && x + swatch + SWATCH_SPACE + width > page->width - MARGIN)
        {
          if (++n_lines > max_lines)
            break;
          x = MARGIN;
          y += LEGEND_LINE;
        }
      if (draw)
        draw_entry (page, &entry, x, y, swatch);
      x += swatch + SWATCH_SPACE + width + LEGEND_SPACE;
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
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  pango_layout_set_text (layout, valid, -1);
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

static void
find_bar (const Page     *page,
          PgsPictureRect *bar)
{
  double above = MARGIN + TITLE_HEIGHT + lay_out_legend (page, 0, FALSE) +
                 (has_overview (page) ? OVERVIEW_HEIGHT + OVERVIEW_SPACE : 0) +
                 PGS_PAINTER_LABELS_HEIGHT;

  bar->x = MARGIN;
  bar->y = round (above);
  bar->width = page->width - 2 * MARGIN;
  bar->height = MAX (floor (page->picture->height - bar->y - PGS_PAINTER_RULER_HEIGHT -
                            get_ram_height (page) - BOTTOM_MARGIN),
                     MIN_BAR_HEIGHT);
}

/* Fades what is not in view and frames what is. */
static void
draw_frame (const Page *page,
            double      x,
            double      end,
            double      width)
{
  const PgsRgb *background = &page->scene.palette->background;
  double missing = MAX (FRAME_MIN_WIDTH - (end - x), 0);

  cairo_set_source_rgba (page->cr, background->red, background->green, background->blue,
                         FADE_ALPHA);
  cairo_rectangle (page->cr, 0, 0, x, OVERVIEW_HEIGHT);
  cairo_rectangle (page->cr, end, 0, width - end, OVERVIEW_HEIGHT);
  cairo_fill (page->cr);
  pgs_rgb_set_source (&page->scene.palette->selection, page->cr);
  cairo_set_line_width (page->cr, 2);
  cairo_rectangle (page->cr, floor (x - missing / 2), -1, ceil (end - x + missing),
                   OVERVIEW_HEIGHT + 2);
  cairo_stroke (page->cr);
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
  draw_frame (page, x, end, whole.viewport.width);
  cairo_restore (page->cr);
}

/* RAM */

/* Frames the page, or the frame, of which the line tells. */
static void
draw_mark (const Page     *page,
           const PgsScene *scene,
           uint64_t        address,
           double          y,
           double          height)
{
  uint64_t page_size = pgs_painter_page_size (scene);
  uint64_t start = address - address % page_size;
  double x = pgs_viewport_address_to_x (&scene->viewport, scene->axis, start);
  double end = pgs_viewport_address_to_x (&scene->viewport, scene->axis, start + page_size);
  double missing = MAX (MARK_MIN_WIDTH - (end - x), 0);

  cairo_save (page->cr);
  cairo_rectangle (page->cr, 0, y - 2 * MARK_MARGIN, scene->viewport.width,
                   height + 4 * MARK_MARGIN);
  cairo_clip (page->cr);
  pgs_rgb_set_source (&scene->palette->selection, page->cr);
  cairo_set_line_width (page->cr, MARK_WIDTH);
  cairo_rectangle (page->cr, floor (x - missing / 2), y - MARK_MARGIN + 1,
                   ceil (end - x + missing), height + 2 * MARK_MARGIN - 2);
  cairo_stroke (page->cr);
  cairo_restore (page->cr);
}

static void
draw_hidden (const Page *page)
{
  int width, height;

  pango_layout_set_text (page->text, _("The kernel hides where these pages lie in RAM."), -1);
  pango_layout_get_pixel_size (page->text, &width, &height);
  pgs_rgb_set_source (&page->scene.palette->dim_text, page->cr);
  cairo_move_to (page->cr, MAX ((page->scene.viewport.width - width) / 2, 0),
                 (PGS_RIBBONS_HEIGHT - height) / 2);
  pango_cairo_show_layout (page->cr, page->text);
}

/* Draws what the colors of the lane mean, on as much as fits of one line. */
static void
draw_types (const Page *page,
            double      y)
{
  double frames[PGS_MACHINE_N_TYPES];
  double x = 0;

  pgs_machine_use_get_totals (page->picture->machine, frames);
  for (guint i = 0; i < PGS_MACHINE_N_TYPES; i++)
    {
      const PgsColorClass *class = pgs_machine_type_get_class (i);
      g_autofree char *amount =
        pgs_units_format_bytes ((uint64_t) frames[i] * pgs_painter_page_size (&page->scene));
      g_autofree char *text = g_strdup_printf ("%s  %s", _(class->title), amount);
      int width, height;

      pango_layout_set_text (page->text, text, -1);
      pango_layout_get_pixel_size (page->text, &width, &height);
      if (frames[i] < 1 || x + SWATCH_SIZE + SWATCH_SPACE + width > page->scene.viewport.width)
        continue;
      pgs_rgb_set_source (&page->scene.palette->colors[class->color], page->cr);
      cairo_rectangle (page->cr, x, y, SWATCH_SIZE, SWATCH_SIZE);
      cairo_fill (page->cr);
      pgs_rgb_set_source (&page->scene.palette->text, page->cr);
      cairo_move_to (page->cr, x + SWATCH_SIZE + SWATCH_SPACE, y + (SWATCH_SIZE - height) / 2);
      pango_cairo_show_layout (page->cr, page->text);
      x += SWATCH_SIZE + SWATCH_SPACE + width + LEGEND_SPACE;
    }
}

/* Draws what all of RAM is used for, at a height from the origin. */
static void
draw_machine (const Page     *page,
              const PgsScene *frames,
              double          y)
{
  cairo_save (page->cr);
  cairo_translate (page->cr, 0, y + LANE_SPACE);
  pgs_machine_lane_draw (page->picture->machine, frames, page->cr, PGS_MACHINE_LANE_HEIGHT);
  draw_types (page, PGS_MACHINE_LANE_HEIGHT + (LEGEND_LINE - SWATCH_SIZE) / 2);
  cairo_restore (page->cr);
}

/* Draws ribbons and RAM at the origin; @bar_y is where the bar above is from there. */
static void
draw_ram (const Page *page,
          double      bar_y,
          double      bar_height)
{
  PgsSnapshot *snapshot = pgs_summary_get_snapshot (page->scene.summary);
  PgsScene frames = *page->picture->frames;
  PgsRibbons ribbons = { &page->scene, &frames, NULL };

  frames.device_scale = page->scene.device_scale;
  frames.viewport = pgs_viewport_resized (&frames.viewport, page->scene.viewport.width);
  cairo_save (page->cr);
  cairo_rectangle (page->cr, 0, 0, frames.viewport.width, PGS_RIBBONS_HEIGHT);
  cairo_clip (page->cr);
  if (pgs_snapshot_get_totals (snapshot)->hidden > 0)
    draw_hidden (page);
  else
    pgs_ribbons_draw (&ribbons, page->cr, PGS_RIBBONS_HEIGHT);
  if (page->picture->has_line)
    pgs_ribbons_draw_line (&ribbons, page->cr, PGS_RIBBONS_HEIGHT, page->picture->page,
                           page->picture->frame);
  cairo_restore (page->cr);
  if (page->picture->has_line)
    draw_mark (page, &page->scene, page->picture->page, bar_y, bar_height);
  cairo_translate (page->cr, 0, PGS_RIBBONS_HEIGHT);
  pgs_painter_draw_frames (&frames, page->cr,
                           PGS_PAINTER_FRAMES_HEIGHT + PGS_PAINTER_RULER_HEIGHT);
  if (page->picture->has_line)
    draw_mark (page, &frames, page->picture->frame, 0, PGS_PAINTER_FRAMES_HEIGHT);
  if (page->picture->machine != NULL)
    draw_machine (page, &frames, PGS_PAINTER_FRAMES_HEIGHT + PGS_PAINTER_RULER_HEIGHT);
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
  pgs_painter_draw (&page->scene, page->cr, PGS_PAINTER_LABELS_HEIGHT + bar.height +
                                            PGS_PAINTER_RULER_HEIGHT);
  if (!has_ram (page))
    return;
  cairo_translate (page->cr, 0, PGS_PAINTER_LABELS_HEIGHT + bar.height +
                                PGS_PAINTER_RULER_HEIGHT);
  draw_ram (page, -PGS_PAINTER_RULER_HEIGHT - bar.height, bar.height);
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

  /* After an error cairo goes on writing; and not every stream looks at the
   * cancellable. */
  if (*sink->error != NULL ||
      g_cancellable_set_error_if_cancelled (sink->cancellable, sink->error))
    return CAIRO_STATUS_WRITE_ERROR;
  return g_output_stream_write_all (sink->stream, data, length, NULL, sink->cancellable,
                                    sink->error)
    ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

/* Without a unit cairo writes points, and a viewer shows a third more pixels. */
static cairo_surface_t *
make_svg (const PgsPicture *self,
          Sink             *sink)
{
  cairo_surface_t *surface =
    cairo_svg_surface_create_for_stream (write_cb, sink, self->width, self->height);

  cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
  return surface;
}

static cairo_surface_t *
make_surface (const PgsPicture *self,
              PgsPictureFormat  format,
              Sink             *sink)
{
  switch (format)
    {
    case PGS_PICTURE_SVG:
      return make_svg (self, sink);
    case PGS_PICTURE_PDF:
      return cairo_pdf_surface_create_for_stream (write_cb, sink, self->width, self->height);
    case PGS_PICTURE_PNG:
    default:
      return cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) self->width,
                                         (int) self->height);
    }
}

static cairo_status_t
draw_picture (const PgsPicture *self,
              cairo_surface_t  *surface)
{
  cairo_t *cr = cairo_create (surface);
  cairo_status_t status;
  Page page;

  init_page (&page, self, cr);
  draw_page (&page);
  g_object_unref (page.text);
  status = cairo_status (cr);
  cairo_destroy (cr);
  return status;
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

  g_return_val_if_fail (self != NULL && G_IS_OUTPUT_STREAM (stream), FALSE);
  g_return_val_if_fail (self->title != NULL && self->subtitle != NULL, FALSE);

  surface = make_surface (self, format, &sink);
  status = draw_picture (self, surface);
  if (status == CAIRO_STATUS_SUCCESS && format == PGS_PICTURE_PNG)
    status = cairo_surface_write_to_png_stream (surface, write_cb, &sink);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);

  if (sink_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&sink_error));
      return FALSE;
    }
  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                   _("The picture could not be drawn: %s."), cairo_status_to_string (status));
      return FALSE;
    }
  return TRUE;
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
  cairo_surface_t *surface;
  cairo_t *cr;
  Page page;

  g_return_if_fail (self != NULL && bar != NULL);

  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 1, 1);
  cr = cairo_create (surface);
  init_page (&page, self, cr);
  find_bar (&page, bar);
  g_object_unref (page.text);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}
