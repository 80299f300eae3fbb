/* pgs-mapping-row.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-mapping-header.h"
#include "pgs-mapping-item.h"
#include "pgs-session.h"

G_BEGIN_DECLS

#define PGS_TYPE_MAPPING_ROW (pgs_mapping_row_get_type ())
G_DECLARE_FINAL_TYPE (PgsMappingRow, pgs_mapping_row, PGS, MAPPING_ROW, GtkWidget)

GtkWidget *pgs_mapping_row_new      (PgsMappingHeader *header,
                                     PgsSession       *session);
void       pgs_mapping_row_set_item (PgsMappingRow    *self,
                                     PgsMappingItem   *item);
void       pgs_mapping_row_refresh  (PgsMappingRow    *self);

G_END_DECLS
