/* pgs-mix-bar.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "core/pgs-color-mode.h"

G_BEGIN_DECLS

#define PGS_TYPE_MIX_BAR (pgs_mix_bar_get_type ())
G_DECLARE_FINAL_TYPE (PgsMixBar, pgs_mix_bar, PGS, MIX_BAR, GtkWidget)

GtkWidget *pgs_mix_bar_new        (void);
void       pgs_mix_bar_set_colors (PgsMixBar  *self,
                                   PgsColor    first,
                                   PgsColor    last);

G_END_DECLS
