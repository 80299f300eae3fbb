/* pgs-painter-cells.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Single pages, where they are wide enough: a thin line between them, hatching
 * over guard pages, and in each the number of its frame or swap slot.
 *
 * The line is a column left empty, so that cells begin at the very column at
 * which the page's color does.
 */

#include "config.h"

#include "pgs-painter-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>

#include "core/pgs-frame-user.h"

#define TEXT_WIDTH   14.0   /* the least width of a page with upright text */
#define TEXT_MARGIN  6.0
#define MAX_TEXT     64
/* As long as a number of a frame or slot mostly is. */
#define LONGEST_NUMBER "swap 0000000"

/* Lines and hatching */

/* Returns the first page boundary at or behind @address. */
static uint64_t
round_up (uint64_t address,
          uint64_t page_size)
{
  uint64_t rest = address % page_size;

  return rest == 0 ? address : address - rest + page_size;
}

static void
clear_column (PgsBarColumns *bar,
              guint          column)
{
  guint16 *heights = pgs_columns_get (bar->columns, column);

  for (guint i = 0; i < bar->columns->n_colors; i++)
    heights[i] = 0;
  bar->columns->hatched[column] = FALSE;
}

static gboolean
is_guard (const PgsScene *scene,
          uint64_t        address)
{
  uint64_t entry = pgs_snapshot_get_entry (pgs_summary_get_snapshot (scene->summary), address);

  return pgs_pagemap_entry_get_state (entry) == PGS_PAGE_GUARD;
}

static void
mark_segment (PgsBarColumns  *bar,
              const PgsVisit *visit)
{
  const PgsAxisSegment *segment = visit->segment;
  uint64_t page_size = pgs_painter_page_size (bar->scene);
  guint first = (guint) (visit->x * bar->scene->device_scale);
  guint end = MIN ((guint) ceil (visit->end * bar->scene->device_scale),
                   bar->columns->n_columns);
  gboolean guard = FALSE;

  for (guint i = first; i < end; i++)
    {
      uint64_t start = bar->addresses[i];
      uint64_t page = round_up (start, page_size);
      gboolean begins = page < bar->addresses[i + 1] && page < segment->end;

      if (begins || i == first)
        guard = is_guard (bar->scene, begins ? page : start);
      if (guard)
        bar->columns->hatched[i] = TRUE;
      if (begins && page > segment->start)
        clear_column (bar, i);
    }
}

/* Tells pages apart where they are wide enough. */
void
pgs_painter_mark_cells (PgsBarColumns *bar)
{
  for (guint i = 0; i < bar->visits->len; i++)
    {
      const PgsVisit *visit = &g_array_index (bar->visits, PgsVisit, i);

      if (visit->segment->mapping >= 0 && visit->end - visit->x >= PGS_PAINTER_CELL_WIDTH &&
          pgs_painter_page_width (bar->scene, visit->segment) >= PGS_PAINTER_CELL_WIDTH)
        mark_segment (bar, visit);
    }
}

/* Numbers */

typedef struct
{
  const PgsScene *scene;
  cairo_t        *cr;
  PangoLayout    *layout;
  double          height;
} Writer;

/* Writes what stands in the cell of a page. Returns whether anything does. */
static gboolean
format_entry (uint64_t entry,
              char     text[MAX_TEXT])
{
  PgsPageState state = pgs_pagemap_entry_get_state (entry);

  if (state == PGS_PAGE_ABSENT)
    return FALSE;
  if (state == PGS_PAGE_GUARD)
    g_strlcpy (text, _("guard"), MAX_TEXT);
  else if (pgs_pagemap_entry_is_zero_page (entry))
    g_strlcpy (text, _("zero page"), MAX_TEXT);
  else if (state == PGS_PAGE_SWAPPED && pgs_pagemap_entry_is_hidden (entry))
    g_strlcpy (text, _("swap"), MAX_TEXT);
  else if (state == PGS_PAGE_SWAPPED)
    g_snprintf (text, MAX_TEXT, _("swap %" PRIu64), pgs_pagemap_entry_get_swap_offset (entry));
  else if (pgs_pagemap_entry_is_hidden (entry))
    g_strlcpy (text, _("hidden"), MAX_TEXT);
  else
    g_snprintf (text, MAX_TEXT, "%" PRIx64, pgs_pagemap_entry_get_pfn (entry));
  return TRUE;
}

/* Writes what stands in the cell of a frame: where the page in it lies. */
static gboolean
format_user (uint64_t entry,
             uint64_t page_size,
             char     text[MAX_TEXT])
{
  if (entry == 0)
    return FALSE;
  g_snprintf (text, MAX_TEXT, "%" PRIx64, pgs_frame_user_get_page (entry) * page_size);
  return TRUE;
}

static gboolean
format_cell (const PgsScene *scene,
             uint64_t        address,
             char            text[MAX_TEXT])
{
  uint64_t entry = pgs_snapshot_get_entry (pgs_summary_get_snapshot (scene->summary), address);

  /* Where the entry is not known it is 0, which has no number. */
  return scene->kind == PGS_SCENE_FRAMES
    ? format_user (entry, pgs_painter_page_size (scene), text) : format_entry (entry, text);
}

/* Returns the height of a line, and how wide and how far above the baseline. */
static double
measure (const Writer *writer,
         const char   *text,
         double       *width,
         double       *ascent)
{
  cairo_text_extents_t extents;
  cairo_font_extents_t font;
  int layout_width, layout_height;

  if (g_str_is_ascii (text))
    {
      cairo_text_extents (writer->cr, text, &extents);
      cairo_font_extents (writer->cr, &font);
      *width = extents.x_advance;
      *ascent = font.ascent;
      return font.ascent + font.descent;
    }
  pango_layout_set_text (writer->layout, text, -1);
  pango_layout_get_pixel_size (writer->layout, &layout_width, &layout_height);
  *width = layout_width;
  *ascent = pango_layout_get_baseline (writer->layout) / (double) PANGO_SCALE;
  return layout_height;
}

/* Writes in the cell from @x to @end: across if so wanted, else upward from the
 * bottom; nothing if there is no room, as in a cell that is cut at the edge. */
static void
write_text (const Writer *writer,
            const char   *text,
            double        x,
            double        end,
            gboolean      across)
{
  double width, ascent;
  double line = measure (writer, text, &width, &ascent);

  if (across && (width + 2 > end - x || line > writer->height))
    return;
  if (!across && (line > end - x + 1 || width + 2 * TEXT_MARGIN > writer->height))
    return;
  cairo_save (writer->cr);
  if (across)
    cairo_translate (writer->cr, round ((x + end - width) / 2),
                     round (MAX (writer->height - TEXT_MARGIN - line, 0)));
  else
    cairo_translate (writer->cr, round ((x + end - line) / 2), writer->height - TEXT_MARGIN);
  if (!across)
    cairo_rotate (writer->cr, -G_PI / 2);
  cairo_move_to (writer->cr, 0, g_str_is_ascii (text) ? ascent : 0);
  if (g_str_is_ascii (text))
    cairo_show_text (writer->cr, text);
  else
    pango_cairo_show_layout (writer->cr, writer->layout);
  cairo_restore (writer->cr);
}

static void
write_page (const Writer *writer,
            uint64_t      address,
            double        x,
            double        end,
            gboolean      across)
{
  const PgsScene *scene = writer->scene;
  const PgsColorMode *mode = pgs_summary_get_mode (scene->summary);
  guint class = pgs_summary_get_class (scene->summary, address);
  char text[MAX_TEXT];

  if (class == PGS_SUMMARY_NO_CLASS || !format_cell (scene, address, text))
    return;
  pgs_rgb_set_source (pgs_palette_get_on_color (scene->palette, mode->classes[class].color),
                      writer->cr);
  write_text (writer, text, x, end, across);
}

static void
write_segment (const Writer   *writer,
               const PgsVisit *visit,
               double          page_width)
{
  const PgsScene *scene = writer->scene;
  const PgsAxisSegment *segment = visit->segment;
  uint64_t page_size = pgs_painter_page_size (scene);
  double start = pgs_viewport_to_x (&scene->viewport, segment->position);
  uint64_t first = (uint64_t) ((visit->x - start) / page_width);
  uint64_t n_pages = (segment->end - segment->start) / page_size;
  double longest, ascent;
  gboolean across;

  /* One direction for all. */
  measure (writer, LONGEST_NUMBER, &longest, &ascent);
  across = page_width >= longest + 2 * TEXT_MARGIN;
  for (uint64_t i = first; i < n_pages; i++)
    {
      double x = start + (double) i * page_width;

      if (x >= scene->viewport.width)
        return;
      write_page (writer, segment->start + i * page_size, MAX (x, 0),
                  MIN (x + page_width, scene->viewport.width), across);
    }
}

/* Writes into pages that are wide enough which frames they have. */
void
pgs_painter_draw_numbers (const PgsBarColumns *bar,
                          cairo_t             *cr)
{
  Writer writer = { bar->scene, cr, NULL, bar->height };

  cairo_save (cr);
  for (guint i = 0; i < bar->visits->len; i++)
    {
      const PgsVisit *visit = &g_array_index (bar->visits, PgsVisit, i);
      double width;

      if (visit->segment->mapping < 0 || visit->end - visit->x < TEXT_WIDTH)
        continue;
      width = pgs_painter_page_width (bar->scene, visit->segment);
      if (width < TEXT_WIDTH)
        continue;
      if (writer.layout == NULL)
        {
          writer.layout = pgs_painter_make_layout (cr, PGS_PAINTER_RULER_FONT);
          pgs_painter_set_font (cr, PGS_PAINTER_RULER_FONT);
        }
      write_segment (&writer, visit, width);
    }
  g_clear_object (&writer.layout);
  cairo_restore (cr);
}
