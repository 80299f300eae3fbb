/* pgs-machine-lane.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/pgs-machine-use.h"
#include "pgs-painter.h"

G_BEGIN_DECLS

/* How high it asks to be, in pixels. */
#define PGS_MACHINE_LANE_HEIGHT 14

GArray *pgs_machine_lane_make_borders (const PgsAxis       *axis,
                                       const PgsViewport   *viewport);
void    pgs_machine_lane_draw         (const PgsMachineUse *use,
                                       const PgsScene      *frames,
                                       cairo_t             *cr,
                                       double               height);

G_END_DECLS
