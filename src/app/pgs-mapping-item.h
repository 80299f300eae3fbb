/* pgs-mapping-item.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

#include "core/pgs-snapshot.h"

G_BEGIN_DECLS

#define PGS_TYPE_MAPPING_ITEM (pgs_mapping_item_get_type ())
G_DECLARE_FINAL_TYPE (PgsMappingItem, pgs_mapping_item, PGS, MAPPING_ITEM, GObject)

PgsMappingItem   *pgs_mapping_item_new         (const PgsMapping *mapping);
const PgsMapping *pgs_mapping_item_get_mapping (PgsMappingItem   *self);
const char       *pgs_mapping_item_get_label   (PgsMappingItem   *self);
const PgsTotals  *pgs_mapping_item_get_totals  (PgsMappingItem   *self);
void              pgs_mapping_item_set_totals  (PgsMappingItem   *self,
                                                const PgsTotals  *totals);
gboolean          pgs_mapping_item_matches     (PgsMappingItem   *self,
                                                const PgsMapping *mapping);

G_END_DECLS
