/* pgs-run-chart.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "core/pgs-frame-order.h"

G_BEGIN_DECLS

#define PGS_TYPE_RUN_CHART (pgs_run_chart_get_type ())
G_DECLARE_FINAL_TYPE (PgsRunChart, pgs_run_chart, PGS, RUN_CHART, GtkWidget)

void pgs_run_chart_set_order (PgsRunChart         *self,
                              const PgsFrameOrder *order,
                              uint64_t             page_size);

G_END_DECLS
