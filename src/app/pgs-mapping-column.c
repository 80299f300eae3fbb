/* pgs-mapping-column.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The columns of the list of mappings: one row of a table each.
 */

#include "config.h"

#include "pgs-mapping-column.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "core/pgs-units.h"

/* Of a page, for the column that shows shares. */
#define SHARE_BITS 20

static const PgsMapping *
get_mapping (const PgsSnapshot *snapshot,
             guint              index)
{
  return pgs_maps_get_mapping (pgs_snapshot_get_maps (snapshot), index);
}

/* Keys */

static uint64_t
get_start (const PgsSnapshot *snapshot,
           guint              index)
{
  return get_mapping (snapshot, index)->start;
}

static uint64_t
get_size (const PgsSnapshot *snapshot,
          guint              index)
{
  return pgs_mapping_get_size (get_mapping (snapshot, index));
}

/* The bar of a mapping shows how much of it is present, not how many pages. */
static uint64_t
get_present_share (const PgsSnapshot *snapshot,
                   guint              index)
{
  const PgsTotals *totals = pgs_snapshot_get_mapping_totals (snapshot, index);

  return totals->mapped > 0 ? (totals->present << SHARE_BITS) / totals->mapped : 0;
}

static uint64_t
get_present (const PgsSnapshot *snapshot,
             guint              index)
{
  return pgs_snapshot_get_mapping_totals (snapshot, index)->present;
}

static uint64_t
get_swapped (const PgsSnapshot *snapshot,
             guint              index)
{
  return pgs_snapshot_get_mapping_totals (snapshot, index)->swapped;
}

static uint64_t
get_flags (const PgsSnapshot *snapshot,
           guint              index)
{
  return get_mapping (snapshot, index)->flags;
}

/* Texts */

static char *
dup_start (const PgsSnapshot *snapshot,
           guint              index)
{
  return g_strdup_printf ("%012" PRIx64, get_start (snapshot, index));
}

static char *
dup_size (const PgsSnapshot *snapshot,
          guint              index)
{
  return pgs_units_format_bytes (get_size (snapshot, index));
}

/* Returns an amount of pages, for as long as not all of them were read just dots. */
static char *
dup_amount (const PgsSnapshot *snapshot,
            guint              index,
            uint64_t           n_pages)
{
  if (pgs_snapshot_get_mapping_totals (snapshot, index)->unread > 0)
    return g_strdup ("…");
  return pgs_units_format_bytes (n_pages * pgs_snapshot_get_page_size (snapshot));
}

static char *
dup_present (const PgsSnapshot *snapshot,
             guint              index)
{
  return dup_amount (snapshot, index, get_present (snapshot, index));
}

static char *
dup_swapped (const PgsSnapshot *snapshot,
             guint              index)
{
  return dup_amount (snapshot, index, get_swapped (snapshot, index));
}

static char *
dup_access (const PgsSnapshot *snapshot,
            guint              index)
{
  char access[5];

  pgs_mapping_format_access (get_mapping (snapshot, index), access);
  return g_strdup (access);
}

static char *
dup_name (const PgsSnapshot *snapshot,
          guint              index)
{
  return pgs_mapping_dup_label (get_mapping (snapshot, index));
}

/* The table */

static const PgsMappingColumn columns[PGS_MAPPING_N_COLUMNS] = {
  [PGS_MAPPING_COLUMN_START] = { N_("Start"), "7fffffffffff", 0, TRUE, get_start, dup_start },
  [PGS_MAPPING_COLUMN_SIZE] = { N_("Size"), "1023.9 MiB", 1, FALSE, get_size, dup_size },
  [PGS_MAPPING_COLUMN_PAGES] = { N_("Pages"), NULL, 0, FALSE, get_present_share, NULL },
  [PGS_MAPPING_COLUMN_PRESENT] = { N_("Present"), "1023.9 MiB", 1, FALSE,
                                   get_present, dup_present },
  [PGS_MAPPING_COLUMN_SWAPPED] = { N_("Swapped"), "1023.9 MiB", 1, FALSE,
                                   get_swapped, dup_swapped },
  [PGS_MAPPING_COLUMN_ACCESS] = { N_("Access"), "rwxp", 0, TRUE, get_flags, dup_access },
  [PGS_MAPPING_COLUMN_NAME] = { N_("Mapping"), "/usr/lib/libc.so.6", 0, FALSE, NULL, dup_name },
};

/**
 * pgs_mapping_column_get:
 *
 * Returns: (transfer none): what is known of a column
 */
const PgsMappingColumn *
pgs_mapping_column_get (PgsMappingColumnId id)
{
  g_return_val_if_fail ((guint) id < PGS_MAPPING_N_COLUMNS, NULL);

  return &columns[id];
}
