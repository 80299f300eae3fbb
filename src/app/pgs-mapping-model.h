/* pgs-mapping-model.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "pgs-mapping-column.h"

G_BEGIN_DECLS

#define PGS_TYPE_MAPPING_MODEL (pgs_mapping_model_get_type ())
G_DECLARE_FINAL_TYPE (PgsMappingModel, pgs_mapping_model, PGS, MAPPING_MODEL, GObject)

PgsMappingModel *pgs_mapping_model_new            (void);
void             pgs_mapping_model_set_snapshot   (PgsMappingModel    *self,
                                                   PgsSnapshot        *snapshot);
void             pgs_mapping_model_set_sort       (PgsMappingModel    *self,
                                                   PgsMappingColumnId  column,
                                                   gboolean            is_descending);
void             pgs_mapping_model_set_filter     (PgsMappingModel    *self,
                                                   const char         *filter);
gboolean         pgs_mapping_model_is_up_to_date  (PgsMappingModel    *self);
guint            pgs_mapping_model_get_n_mappings (PgsMappingModel    *self);
guint            pgs_mapping_model_find           (PgsMappingModel    *self,
                                                   uint64_t            address);

G_END_DECLS
