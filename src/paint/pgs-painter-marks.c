/* pgs-painter-marks.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the painter lays over the bar's columns: the cells of single pages with
 * their frame numbers, hatching, and the breaks that stand for gaps.
 *
 * The numbers are drawn with cairo's own text calls: they are digits, and Pango
 * took ten times as long for the hundreds of them that fit a wide screen.
 */

#include "config.h"

#include "pgs-painter-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>

#include "core/pgs-units.h"

#define CELL_TEXT_WIDTH    14.0
#define CELL_TEXT_SIZE     11.0
#define CELL_ACROSS_WIDTH  76.0
#define CELL_MARGIN        8.0
#define HATCH_STEP         6.0
#define BREAK_WIDTH        9.0
#define BREAK_TEETH        5
#define GAP_TEXT_MARGIN    12.0

/* Cells */

static char *
dup_cell_text (uint64_t entry)
{
  switch (pgs_pagemap_entry_get_state (entry))
    {
    case PGS_PAGE_PRESENT:
      if (pgs_pagemap_entry_is_hidden (entry))
        return g_strdup (_("hidden"));
      return g_strdup_printf ("%" PRIx64, pgs_pagemap_entry_get_pfn (entry));
    case PGS_PAGE_SWAPPED:
      if (pgs_pagemap_entry_is_hidden (entry))
        return g_strdup (_("swap"));
      return g_strdup_printf (_("swap %" PRIx64), pgs_pagemap_entry_get_swap_offset (entry));
    case PGS_PAGE_GUARD:
      return g_strdup (_("guard"));
    case PGS_PAGE_ABSENT:
    default:
      return NULL;
    }
}

static void
draw_cell_text (const PgsScene *scene,
                cairo_t        *cr,
                uint64_t        address,
                uint64_t        entry,
                double          x,
                double          width,
                double          height)
{
  g_autofree char *text = dup_cell_text (entry);
  guint class = pgs_summary_get_class (scene->summary, address);
  const PgsColorMode *mode = pgs_summary_get_mode (scene->summary);
  cairo_text_extents_t extents;

  if (text == NULL || class == PGS_SUMMARY_NO_CLASS)
    return;
  pgs_rgb_set_source (pgs_palette_get_on_color (scene->palette, mode->classes[class].color), cr);
  cairo_text_extents (cr, text, &extents);
  cairo_save (cr);
  if (width >= CELL_ACROSS_WIDTH && extents.width + 2 * CELL_MARGIN < width)
    {
      cairo_move_to (cr, x + (width - extents.width) / 2, height - CELL_MARGIN);
    }
  else if (extents.width + 2 * CELL_MARGIN < height)
    {
      cairo_translate (cr, x + width / 2 + CELL_TEXT_SIZE * 0.34, height - CELL_MARGIN);
      cairo_rotate (cr, -G_PI / 2);
      cairo_move_to (cr, 0, 0);
    }
  else
    {
      cairo_restore (cr);
      return;
    }
  cairo_show_text (cr, text);
  cairo_restore (cr);
}

/* Draws the pages of a mapping that are in view as cells. */
static void
draw_segment_cells (const PgsScene       *scene,
                    cairo_t              *cr,
                    const PgsAxisSegment *segment,
                    double                height)
{
  const PgsSnapshot *snapshot = pgs_summary_get_snapshot (scene->summary);
  uint64_t page_size = pgs_painter_page_size (scene);
  double width = pgs_painter_page_width (scene, segment);
  uint64_t address = pgs_viewport_to_address (&scene->viewport, scene->axis, 0);

  address = MAX (address - address % page_size, segment->start);
  for (; address < segment->end; address += page_size)
    {
      double x = pgs_viewport_to_x (&scene->viewport, segment->position) +
                 (double) ((address - segment->start) / page_size) * width;

      if (x >= scene->viewport.width)
        return;
      if (width >= CELL_TEXT_WIDTH)
        draw_cell_text (scene, cr, address, pgs_snapshot_get_entry (snapshot, address),
                        x, width, height);
      if (address > segment->start)
        {
          pgs_rgb_set_source (&scene->palette->background, cr);
          cairo_rectangle (cr, floor (x), 0, 1 / scene->device_scale, height);
          cairo_fill (cr);
        }
    }
}

/* Draws single pages, where they are wide enough, with their frames. */
void
pgs_painter_draw_cells (const PgsScene *scene,
                        cairo_t        *cr,
                        double          height)
{
  guint n_segments = pgs_axis_get_n_segments (scene->axis);

  cairo_save (cr);
  cairo_select_font_face (cr, "monospace", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size (cr, CELL_TEXT_SIZE);
  for (guint i = pgs_painter_first_segment (scene); i < n_segments; i++)
    {
      const PgsAxisSegment *segment = pgs_axis_get_segment (scene->axis, i);

      if (pgs_viewport_to_x (&scene->viewport, segment->position) >= scene->viewport.width)
        break;
      if (segment->mapping >= 0 &&
          pgs_painter_page_width (scene, segment) >= PGS_PAINTER_CELL_WIDTH)
        draw_segment_cells (scene, cr, segment, height);
    }
  cairo_restore (cr);
}

/* Hatching */

/* Draws slanted lines that stay where they are when the range grows. */
void
pgs_painter_draw_hatch (const PgsScene *scene,
                        cairo_t        *cr,
                        double          x,
                        double          end,
                        double          height)
{
  cairo_save (cr);
  cairo_rectangle (cr, x, 0, end - x, height);
  cairo_clip (cr);
  for (double line = floor ((x - height) / HATCH_STEP) * HATCH_STEP; line < end;
       line += HATCH_STEP)
    {
      cairo_move_to (cr, line, height);
      cairo_line_to (cr, line + height, 0);
    }
  pgs_rgb_set_source (&scene->palette->hatch, cr);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  cairo_restore (cr);
}

/* Gaps */

static void
add_jagged_line (cairo_t *cr,
                 double   x,
                 double   height)
{
  cairo_move_to (cr, x, 0);
  for (int i = 1; i <= BREAK_TEETH; i++)
    cairo_line_to (cr, x + (i % 2 == 1 ? 2.5 : -2.5) + (i == BREAK_TEETH ? 0 : 0),
                   height * i / BREAK_TEETH);
}

static void
draw_break (const PgsScene *scene,
            cairo_t        *cr,
            double          middle,
            double          height)
{
  add_jagged_line (cr, middle - 2, height);
  add_jagged_line (cr, middle + 2, height);
  pgs_rgb_set_source (&scene->palette->gap, cr);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
}

static void
draw_gap_text (const PgsScene       *scene,
               cairo_t              *cr,
               PangoLayout          *layout,
               const PgsAxisSegment *segment,
               PgsPainterExtent      extent,
               double                height)
{
  g_autofree char *size = pgs_units_format_bytes (segment->end - segment->start);
  g_autofree char *text = g_strdup_printf (_("%s unmapped"), size);
  int width, text_height;

  pango_layout_set_text (layout, text, -1);
  pango_layout_get_pixel_size (layout, &width, &text_height);
  if (width + 2 * GAP_TEXT_MARGIN > extent.end - extent.x || text_height > height)
    return;
  pgs_rgb_set_source (&scene->palette->background, cr);
  cairo_rectangle (cr, (extent.x + extent.end - width) / 2 - 4, (height - text_height) / 2 - 2,
                   width + 8, text_height + 4);
  cairo_fill (cr);
  pgs_rgb_set_source (&scene->palette->dim_text, cr);
  cairo_move_to (cr, (extent.x + extent.end - width) / 2, (height - text_height) / 2);
  pango_cairo_show_layout (cr, layout);
}

/* Draws folded gaps as breaks, and how large gaps are where there is room. */
void
pgs_painter_draw_gaps (const PgsScene *scene,
                       cairo_t        *cr,
                       double          height)
{
  g_autoptr(PangoLayout) layout = pgs_painter_make_layout (cr, PGS_PAINTER_LABEL_FONT);
  guint n_segments = pgs_axis_get_n_segments (scene->axis);

  for (guint i = pgs_painter_first_segment (scene); i < n_segments; i++)
    {
      const PgsAxisSegment *segment = pgs_axis_get_segment (scene->axis, i);
      PgsPainterExtent extent = pgs_painter_get_extent (scene, segment);

      if (extent.x >= scene->viewport.width)
        break;
      if (segment->mapping >= 0 || extent.end - extent.x < BREAK_WIDTH)
        continue;
      if (segment->folded)
        draw_break (scene, cr, (extent.x + extent.end) / 2, height);
      draw_gap_text (scene, cr, layout, segment, extent, height);
    }
}
