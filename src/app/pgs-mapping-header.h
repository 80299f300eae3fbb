/* pgs-mapping-header.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "pgs-mapping-column.h"

G_BEGIN_DECLS

#define PGS_TYPE_MAPPING_HEADER (pgs_mapping_header_get_type ())
G_DECLARE_FINAL_TYPE (PgsMappingHeader, pgs_mapping_header, PGS, MAPPING_HEADER, GtkWidget)

void           pgs_mapping_header_set_adjustment (PgsMappingHeader   *self,
                                                  GtkAdjustment      *adjustment);
void           pgs_mapping_header_get_sort       (PgsMappingHeader   *self,
                                                  PgsMappingColumnId *column,
                                                  gboolean           *is_descending);
int            pgs_mapping_header_get_min_width  (PgsMappingHeader   *self);
int            pgs_mapping_header_get_row_height (PgsMappingHeader   *self);
void           pgs_mapping_header_get_span       (PgsMappingHeader   *self,
                                                  PgsMappingColumnId  column,
                                                  int                *x,
                                                  int                *width);
PangoAttrList *pgs_mapping_header_get_attributes (PgsMappingHeader   *self,
                                                  PgsMappingColumnId  column);

G_END_DECLS
