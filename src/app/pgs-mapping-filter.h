/* pgs-mapping-filter.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/pgs-maps.h"

G_BEGIN_DECLS

/**
 * PgsMappingFilter:
 *
 * What a person typed to find mappings, made ready for looking through many.
 */
typedef struct _PgsMappingFilter PgsMappingFilter;

PgsMappingFilter *pgs_mapping_filter_new     (const char             *text);
void              pgs_mapping_filter_free    (PgsMappingFilter       *self);
gboolean          pgs_mapping_filter_lets_in (const PgsMappingFilter *self,
                                              const PgsMapping       *mapping);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsMappingFilter, pgs_mapping_filter_free)

G_END_DECLS
