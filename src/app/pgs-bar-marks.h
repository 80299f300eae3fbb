/* pgs-bar-marks.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void pgs_bar_append_rect  (GtkSnapshot   *snapshot,
                           const GdkRGBA *color,
                           double         x,
                           double         y,
                           double         width,
                           double         height);
void pgs_bar_append_hover (GtkSnapshot   *snapshot,
                           double         x,
                           double         y,
                           double         height);
void pgs_bar_append_frame (GtkSnapshot   *snapshot,
                           double         x,
                           double         end,
                           double         y,
                           double         height);

G_END_DECLS
