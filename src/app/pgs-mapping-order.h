/* pgs-mapping-order.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/pgs-snapshot.h"
#include "pgs-mapping-column.h"

G_BEGIN_DECLS

#define PGS_MAPPING_ORDER_NONE G_MAXUINT

/**
 * PgsMappingOrder:
 *
 * Which mappings of a snapshot are listed, and in which order. Immutable,
 * reference-counted, and safe to hand from thread to thread.
 */
typedef struct _PgsMappingOrder PgsMappingOrder;

PgsMappingOrder *pgs_mapping_order_new          (PgsSnapshot           *snapshot,
                                                 PgsMappingColumnId     column,
                                                 gboolean               is_descending,
                                                 const char            *filter);
PgsMappingOrder *pgs_mapping_order_ref          (PgsMappingOrder       *self);
void             pgs_mapping_order_unref        (PgsMappingOrder       *self);
PgsSnapshot     *pgs_mapping_order_get_snapshot (const PgsMappingOrder *self);
PgsMappingColumnId
                 pgs_mapping_order_get_column   (const PgsMappingOrder *self);
guint            pgs_mapping_order_get_n_all    (const PgsMappingOrder *self);
guint            pgs_mapping_order_get_n        (const PgsMappingOrder *self);
guint            pgs_mapping_order_get_index    (const PgsMappingOrder *self,
                                                 guint                  position);
guint            pgs_mapping_order_get_position (const PgsMappingOrder *self,
                                                 guint                  index);
guint            pgs_mapping_order_find         (const PgsMappingOrder *self,
                                                 uint64_t               address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsMappingOrder, pgs_mapping_order_unref)

G_END_DECLS
