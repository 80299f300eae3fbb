/* pgs-mapping-item.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

#include "pgs-mapping-column.h"

G_BEGIN_DECLS

#define PGS_TYPE_MAPPING_ITEM (pgs_mapping_item_get_type ())
G_DECLARE_FINAL_TYPE (PgsMappingItem, pgs_mapping_item, PGS, MAPPING_ITEM, GObject)

PgsMappingItem   *pgs_mapping_item_new          (GHashTable         *items,
                                                 PgsSnapshot        *snapshot,
                                                 guint               index);
void              pgs_mapping_item_move         (PgsMappingItem     *self,
                                                 GHashTable         *items,
                                                 PgsSnapshot        *snapshot,
                                                 guint               index);
guint             pgs_mapping_item_get_index    (PgsMappingItem     *self);
const PgsMapping *pgs_mapping_item_get_mapping  (PgsMappingItem     *self);
const PgsTotals  *pgs_mapping_item_get_totals   (PgsMappingItem     *self);
char             *pgs_mapping_item_dup_text     (PgsMappingItem     *self,
                                                 PgsMappingColumnId  column);

G_END_DECLS
