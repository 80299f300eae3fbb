/* pgs-viewport.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-axis.h"

G_BEGIN_DECLS

/**
 * PgsViewport:
 * @start: position on the axis of the left edge
 * @span: how much of the axis is in view; more than 0
 * @width: how many pixels it takes; more than 0
 *
 * What part of an axis is in view. A plain value: copy it with `=`.
 */
typedef struct
{
  double start;
  double span;
  double width;
} PgsViewport;

PgsViewport pgs_viewport_whole         (const PgsAxis     *axis,
                                        double             width);
gboolean    pgs_viewport_is_whole      (const PgsViewport *self,
                                        const PgsAxis     *axis);
double      pgs_viewport_to_position   (const PgsViewport *self,
                                        double             x);
double      pgs_viewport_to_x          (const PgsViewport *self,
                                        double             position);
uint64_t    pgs_viewport_to_address    (const PgsViewport *self,
                                        const PgsAxis     *axis,
                                        double             x);
double      pgs_viewport_address_to_x  (const PgsViewport *self,
                                        const PgsAxis     *axis,
                                        uint64_t           address);
PgsViewport pgs_viewport_zoomed        (const PgsViewport *self,
                                        const PgsAxis     *axis,
                                        double             x,
                                        double             factor);
PgsViewport pgs_viewport_panned        (const PgsViewport *self,
                                        const PgsAxis     *axis,
                                        double             dx);
PgsViewport pgs_viewport_resized       (const PgsViewport *self,
                                        double             width);
PgsViewport pgs_viewport_fitted        (const PgsViewport *self,
                                        const PgsAxis     *axis,
                                        uint64_t           start,
                                        uint64_t           end,
                                        double             margin);
PgsViewport pgs_viewport_moved_to_axis (const PgsViewport *self,
                                        const PgsAxis     *from,
                                        const PgsAxis     *to);
gboolean    pgs_viewport_shows         (const PgsViewport *self,
                                        const PgsAxis     *axis,
                                        uint64_t           start,
                                        uint64_t           end);
gboolean    pgs_viewport_equal         (const PgsViewport *self,
                                        const PgsViewport *other);

G_END_DECLS
