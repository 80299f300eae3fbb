/* pgs-bar.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "pgs-session.h"

G_BEGIN_DECLS

#define PGS_TYPE_BAR (pgs_bar_get_type ())
G_DECLARE_FINAL_TYPE (PgsBar, pgs_bar, PGS, BAR, GtkWidget)

void pgs_bar_set_session (PgsBar     *self,
                          PgsSession *session);

G_END_DECLS
