/* pgs-viewport.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What part of an axis is in view. Zooming, panning, hit testing and drawing all
 * go through these pure functions, so they cannot disagree.
 *
 * A view never leaves its axis, and never shows less than one page of the place
 * that it is zoomed at.
 */

#include "config.h"

#include "pgs-viewport.h"

#include <math.h>

/* A view that misses the whole by less than this share of it is the whole. */
#define WHOLE_TOLERANCE 1e-9

static PgsViewport
clamp (PgsViewport    self,
       const PgsAxis *axis,
       double         least_span)
{
  double length = pgs_axis_get_length (axis);

  self.span = CLAMP (self.span, MIN (least_span, length), length);
  self.start = CLAMP (self.start, 0, length - self.span);
  return self;
}

/**
 * pgs_viewport_whole:
 * @axis: an axis
 * @width: in pixels
 *
 * Returns: the view of the whole axis
 */
PgsViewport
pgs_viewport_whole (const PgsAxis *axis,
                    double         width)
{
  g_return_val_if_fail (axis != NULL && width > 0, ((PgsViewport) { 0, 1, 1 }));

  return (PgsViewport) { 0, pgs_axis_get_length (axis), width };
}

/**
 * pgs_viewport_is_whole:
 *
 * Returns: whether the whole axis is in view
 */
gboolean
pgs_viewport_is_whole (const PgsViewport *self,
                       const PgsAxis     *axis)
{
  g_return_val_if_fail (self != NULL && axis != NULL, FALSE);

  return self->span >= pgs_axis_get_length (axis) * (1 - WHOLE_TOLERANCE);
}

/**
 * pgs_viewport_to_position:
 * @x: pixels from the left edge
 *
 * Returns: the position on the axis
 */
double
pgs_viewport_to_position (const PgsViewport *self,
                          double             x)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->start + x * self->span / self->width;
}

/**
 * pgs_viewport_to_x:
 * @position: a position on the axis
 *
 * Returns: pixels from the left edge, which may lie outside of the view
 */
double
pgs_viewport_to_x (const PgsViewport *self,
                   double             position)
{
  g_return_val_if_fail (self != NULL, 0);

  return (position - self->start) * self->width / self->span;
}

/**
 * pgs_viewport_to_address:
 * @x: pixels from the left edge
 *
 * Returns: the address that is drawn there
 */
uint64_t
pgs_viewport_to_address (const PgsViewport *self,
                         const PgsAxis     *axis,
                         double             x)
{
  return pgs_axis_position_to_address (axis, pgs_viewport_to_position (self, x));
}

/**
 * pgs_viewport_address_to_x:
 * @address: any address
 *
 * Returns: where it is drawn, in pixels from the left edge; it may lie outside of
 *   the view
 */
double
pgs_viewport_address_to_x (const PgsViewport *self,
                           const PgsAxis     *axis,
                           uint64_t           address)
{
  return pgs_viewport_to_x (self, pgs_axis_address_to_position (axis, address));
}

/**
 * pgs_viewport_zoomed:
 * @x: the pixel that stays where it is
 * @factor: above 1 to come closer
 *
 * Returns: the view zoomed at a pixel, as far as the axis and the least view of
 *   one page allow
 */
PgsViewport
pgs_viewport_zoomed (const PgsViewport *self,
                     const PgsAxis     *axis,
                     double             x,
                     double             factor)
{
  PgsViewport zoomed;
  double anchor, least, length;

  g_return_val_if_fail (self != NULL && axis != NULL, ((PgsViewport) { 0, 1, 1 }));
  g_return_val_if_fail (factor > 0, *self);

  zoomed = *self;
  anchor = pgs_viewport_to_position (self, x);
  length = pgs_axis_get_length (axis);
  least = MIN (pgs_axis_get_page_length (axis, anchor), length);
  /* A view that is closer already, on a page that takes less, may stay so. */
  least = MIN (least, self->span);
  zoomed.span = CLAMP (self->span / factor, least, length);
  zoomed.start = anchor - x * zoomed.span / self->width;
  return clamp (zoomed, axis, least);
}

/**
 * pgs_viewport_panned:
 * @dx: by how many pixels; above 0 to see what lies to the right
 *
 * Returns: the view moved along the axis, as far as it goes
 */
PgsViewport
pgs_viewport_panned (const PgsViewport *self,
                     const PgsAxis     *axis,
                     double             dx)
{
  PgsViewport panned;

  g_return_val_if_fail (self != NULL && axis != NULL, ((PgsViewport) { 0, 1, 1 }));

  panned = *self;
  panned.start += dx * self->span / self->width;
  return clamp (panned, axis, self->span);
}

/**
 * pgs_viewport_resized:
 * @width: the new width in pixels
 *
 * Returns: the same part of the axis on another width
 */
PgsViewport
pgs_viewport_resized (const PgsViewport *self,
                      double             width)
{
  g_return_val_if_fail (self != NULL && width > 0, ((PgsViewport) { 0, 1, 1 }));

  return (PgsViewport) { self->start, self->span, width };
}

/**
 * pgs_viewport_fitted:
 * @start: first address
 * @end: the address behind the last one
 * @margin: what to leave free at either side, as a share of the range
 *
 * Returns: the view that a range fills
 */
PgsViewport
pgs_viewport_fitted (const PgsViewport *self,
                     const PgsAxis     *axis,
                     uint64_t           start,
                     uint64_t           end,
                     double             margin)
{
  PgsViewport fitted;
  double first, last, least;

  g_return_val_if_fail (self != NULL && axis != NULL, ((PgsViewport) { 0, 1, 1 }));
  g_return_val_if_fail (start < end && margin >= 0, *self);

  first = pgs_axis_address_to_position (axis, start);
  last = pgs_axis_address_to_position (axis, end);
  least = pgs_axis_get_page_length (axis, first);
  fitted.width = self->width;
  fitted.span = MAX (last - first, least) * (1 + 2 * margin);
  fitted.start = first - (fitted.span - (last - first)) / 2;
  return clamp (fitted, axis, least);
}

/* Returns where on @to lies what lies at @position on @from, to the fraction of a
 * byte, so that a view does not creep when it moves often. */
static double
move_position (const PgsAxis *from,
               const PgsAxis *to,
               double         position)
{
  uint64_t address = pgs_axis_position_to_address (from, position);
  double moved = pgs_axis_address_to_position (to, address);
  double rest = position - pgs_axis_address_to_position (from, address);

  return moved + rest / pgs_axis_get_page_length (from, position) *
                 pgs_axis_get_page_length (to, moved);
}

/**
 * pgs_viewport_moved_to_axis:
 * @from: the axis that the view is of
 * @to: another axis: the process changed its mappings, or the scale is another
 *
 * Returns: the view of the same addresses on another axis. A view of the whole
 *   stays one.
 */
PgsViewport
pgs_viewport_moved_to_axis (const PgsViewport *self,
                            const PgsAxis     *from,
                            const PgsAxis     *to)
{
  PgsViewport moved;
  double least;

  g_return_val_if_fail (self != NULL && from != NULL && to != NULL,
                        ((PgsViewport) { 0, 1, 1 }));

  if (pgs_viewport_is_whole (self, from))
    return pgs_viewport_whole (to, self->width);
  moved.width = self->width;
  moved.start = move_position (from, to, self->start);
  moved.span = move_position (from, to, self->start + self->span) - moved.start;
  least = pgs_axis_get_page_length (to, moved.start);
  if (moved.span < least)
    {
      moved.start -= (least - moved.span) / 2;
      moved.span = least;
    }
  return clamp (moved, to, least);
}

/**
 * pgs_viewport_shows:
 * @start: first address
 * @end: the address behind the last one
 *
 * Returns: whether any of the range is in view
 */
gboolean
pgs_viewport_shows (const PgsViewport *self,
                    const PgsAxis     *axis,
                    uint64_t           start,
                    uint64_t           end)
{
  double x, x_end;

  x = pgs_viewport_address_to_x (self, axis, start);
  x_end = pgs_viewport_address_to_x (self, axis, end);
  return x_end > 0 && x < self->width;
}

/**
 * pgs_viewport_equal:
 *
 * Returns: whether both are the very same view
 */
gboolean
pgs_viewport_equal (const PgsViewport *self,
                    const PgsViewport *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  return self->start == other->start && self->span == other->span &&
         self->width == other->width;
}
