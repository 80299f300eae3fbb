/* pgs-mapping-model.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "core/pgs-snapshot.h"

G_BEGIN_DECLS

#define PGS_TYPE_MAPPING_MODEL (pgs_mapping_model_get_type ())
G_DECLARE_FINAL_TYPE (PgsMappingModel, pgs_mapping_model, PGS, MAPPING_MODEL, GObject)

PgsMappingModel *pgs_mapping_model_new    (void);
void             pgs_mapping_model_update (PgsMappingModel *self,
                                           PgsSnapshot     *snapshot);

G_END_DECLS
