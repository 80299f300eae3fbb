/* pgs-overview.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "pgs-session.h"

G_BEGIN_DECLS

#define PGS_TYPE_OVERVIEW (pgs_overview_get_type ())
G_DECLARE_FINAL_TYPE (PgsOverview, pgs_overview, PGS, OVERVIEW, GtkWidget)

void pgs_overview_set_session (PgsOverview *self,
                                  PgsSession *session);

G_END_DECLS
