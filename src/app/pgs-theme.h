/* pgs-theme.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "paint/pgs-palette.h"

G_BEGIN_DECLS

const PgsPalette *pgs_theme_get_palette (void);
void              pgs_theme_follow      (GtkWidget    *widget);
GdkRGBA           pgs_theme_get_rgba    (const PgsRgb *color,
                                         double        alpha);

G_END_DECLS
