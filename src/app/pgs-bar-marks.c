/* pgs-bar-marks.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What moves over the data of a bar: the mark of the pointer and the frame around what is
 * selected. They are nodes of their own, so that the data is not painted again.
 */

#include "config.h"

#include "pgs-bar-marks.h"

#include <math.h>

#include "pgs-theme.h"

#define FRAME_WIDTH     2
#define FRAME_MARGIN    3
#define MIN_FRAME_WIDTH 8
#define HOVER_ALPHA     0.35
#define HOVER_MARGIN    2

/**
 * pgs_bar_append_rect:
 *
 * Adds a rectangle of one color.
 */
void
pgs_bar_append_rect (GtkSnapshot   *snapshot,
                     const GdkRGBA *color,
                     double         x,
                     double         y,
                     double         width,
                     double         height)
{
  gtk_snapshot_append_color (snapshot, color,
                             &GRAPHENE_RECT_INIT ((float) x, (float) y,
                                                  (float) width, (float) height));
}

/**
 * pgs_bar_append_hover:
 * @x: where the pointer is
 * @y: where the data begins
 * @height: how high the data is
 *
 * Adds the mark of the pointer.
 */
void
pgs_bar_append_hover (GtkSnapshot *snapshot,
                      double       x,
                      double       y,
                      double       height)
{
  GdkRGBA color = pgs_theme_get_rgba (&pgs_theme_get_palette ()->selection, HOVER_ALPHA);

  pgs_bar_append_rect (snapshot, &color, floor (x), y - HOVER_MARGIN, 1,
                       height + 2 * HOVER_MARGIN);
}

/**
 * pgs_bar_append_frame:
 * @x: where what is selected begins
 * @end: where it ends
 * @y: where the data begins
 * @height: how high the data is
 *
 * Frames what is selected; what is narrower than a frame can be gets the least frame.
 */
void
pgs_bar_append_frame (GtkSnapshot *snapshot,
                      double       x,
                      double       end,
                      double       y,
                      double       height)
{
  GdkRGBA color = pgs_theme_get_rgba (&pgs_theme_get_palette ()->selection, 1);
  GdkRGBA colors[] = { color, color, color, color };
  float widths[] = { FRAME_WIDTH, FRAME_WIDTH, FRAME_WIDTH, FRAME_WIDTH };
  GskRoundedRect outline;
  double missing;

  x = floor (x) - 1;
  end = ceil (end) + 1;
  missing = MAX (MIN_FRAME_WIDTH - (end - x), 0);
  gsk_rounded_rect_init_from_rect (&outline,
                                   &GRAPHENE_RECT_INIT ((float) floor (x - missing / 2),
                                                        (float) (y - FRAME_MARGIN),
                                                        (float) (end - x + missing),
                                                        (float) (height + 2 * FRAME_MARGIN)),
                                   2);
  gtk_snapshot_append_border (snapshot, &outline, widths, colors);
}
