/* pgs-theme.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which palette goes with the desktop's style.
 */

#include "config.h"

#include "pgs-theme.h"

#include <adwaita.h>

/**
 * pgs_theme_get_palette:
 *
 * Returns: (transfer none): the palette for light or dark, high contrast or not,
 *   as the desktop is right now
 */
const PgsPalette *
pgs_theme_get_palette (void)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  gboolean dark = adw_style_manager_get_dark (manager);

  if (adw_style_manager_get_high_contrast (manager))
    return pgs_palette_get (dark ? PGS_PALETTE_HIGH_CONTRAST_DARK
                                 : PGS_PALETTE_HIGH_CONTRAST_LIGHT);
  return pgs_palette_get (dark ? PGS_PALETTE_DARK : PGS_PALETTE_LIGHT);
}

/**
 * pgs_theme_follow:
 * @widget: a widget that draws with the palette
 *
 * Has the widget drawn again whenever the style changes, as long as it lives.
 */
void
pgs_theme_follow (GtkWidget *widget)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();

  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (gtk_widget_queue_draw),
                           widget, G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (gtk_widget_queue_draw),
                           widget, G_CONNECT_SWAPPED);
}

/**
 * pgs_theme_get_rgba:
 * @color: a color of the palette
 * @alpha: its opacity, from 0 to 1
 *
 * Returns: the color as GTK takes it
 */
GdkRGBA
pgs_theme_get_rgba (const PgsRgb *color,
                    double        alpha)
{
  return (GdkRGBA) { (float) color->red, (float) color->green, (float) color->blue,
                     (float) alpha };
}
