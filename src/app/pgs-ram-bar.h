/* pgs-ram-bar.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "pgs-session.h"

G_BEGIN_DECLS

#define PGS_TYPE_RAM_BAR (pgs_ram_bar_get_type ())
G_DECLARE_FINAL_TYPE (PgsRamBar, pgs_ram_bar, PGS, RAM_BAR, GtkWidget)

void pgs_ram_bar_set_session (PgsRamBar  *self,
                              PgsSession *session);

G_END_DECLS
