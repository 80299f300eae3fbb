/* pgs-wrap-layout.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PGS_TYPE_WRAP_LAYOUT (pgs_wrap_layout_get_type ())
G_DECLARE_FINAL_TYPE (PgsWrapLayout, pgs_wrap_layout, PGS, WRAP_LAYOUT, GtkLayoutManager)

GtkLayoutManager *pgs_wrap_layout_new (int spacing,
                                       int line_spacing);

G_END_DECLS
