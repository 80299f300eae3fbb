/* pgs-legend.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "pgs-session.h"

G_BEGIN_DECLS

#define PGS_TYPE_LEGEND (pgs_legend_get_type ())
G_DECLARE_FINAL_TYPE (PgsLegend, pgs_legend, PGS, LEGEND, GtkWidget)

void pgs_legend_set_session (PgsLegend *self,
                                PgsSession *session);

G_END_DECLS
