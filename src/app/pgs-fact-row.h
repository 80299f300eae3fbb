/* pgs-fact-row.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define PGS_TYPE_FACT_ROW (pgs_fact_row_get_type ())
G_DECLARE_FINAL_TYPE (PgsFactRow, pgs_fact_row, PGS, FACT_ROW, AdwPreferencesRow)

GtkWidget  *pgs_fact_row_new       (const char *title);
const char *pgs_fact_row_get_value (PgsFactRow *self);
void        pgs_fact_row_set_value (PgsFactRow *self,
                                    const char *value);

G_END_DECLS
