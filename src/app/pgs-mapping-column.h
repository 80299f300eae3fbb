/* pgs-mapping-column.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/pgs-snapshot.h"

G_BEGIN_DECLS

typedef enum
{
  PGS_MAPPING_COLUMN_START,
  PGS_MAPPING_COLUMN_SIZE,
  PGS_MAPPING_COLUMN_PAGES,
  PGS_MAPPING_COLUMN_PRESENT,
  PGS_MAPPING_COLUMN_SWAPPED,
  PGS_MAPPING_COLUMN_ACCESS,
  PGS_MAPPING_COLUMN_NAME,
  PGS_MAPPING_N_COLUMNS,
} PgsMappingColumnId;

/**
 * PgsMappingColumn:
 * @title: what stands above it; to be translated
 * @sample: (nullable): a long text of the column, for its width; %NULL where the
 *   column has no text
 * @xalign: where texts stand, from 0 for left to 1 for right
 * @is_monospace: whether texts stand in a monospace font
 * @get_key: (nullable): what the column is sorted by; %NULL for the label
 * @dup_text: (nullable): what stands in it; %NULL where the column has no text
 *
 * A column of the list of mappings.
 */
typedef struct
{
  const char  *title;
  const char  *sample;
  float        xalign;
  gboolean     is_monospace;
  uint64_t   (*get_key)  (const PgsSnapshot *snapshot,
                          guint              index);
  char      *(*dup_text) (const PgsSnapshot *snapshot,
                          guint              index);
} PgsMappingColumn;

const PgsMappingColumn *pgs_mapping_column_get (PgsMappingColumnId id);

G_END_DECLS
