/* pgs-machine-legend.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "pgs-session.h"

G_BEGIN_DECLS

#define PGS_TYPE_MACHINE_LEGEND (pgs_machine_legend_get_type ())
G_DECLARE_FINAL_TYPE (PgsMachineLegend, pgs_machine_legend, PGS, MACHINE_LEGEND, GtkWidget)

void pgs_machine_legend_set_session (PgsMachineLegend *self,
                                     PgsSession       *session);

G_END_DECLS
