/* pgs-layout.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A made-up address space for tests of summaries, axes and painters.
 */

#pragma once

#include "core/pgs-snapshot.h"

G_BEGIN_DECLS

#define PGS_LAYOUT_PAGE_SIZE UINT64_C (4096)

/**
 * PgsLayout:
 * @maps: mappings
 * @snapshot: the snapshot of them
 * @entries: (element-type GArray): for each mapping an array with the entry of
 *   every page: what a test counts by itself
 *
 * An address space and what is in it, page by page.
 */
typedef struct
{
  PgsMaps     *maps;
  PgsSnapshot *snapshot;
  GPtrArray   *entries;
} PgsLayout;

PgsLayout *pgs_layout_new_random (guint32    seed,
                                  guint      n_mappings,
                                  guint      max_pages);
void       pgs_layout_free       (PgsLayout *self);
uint64_t   pgs_layout_get_entry  (PgsLayout *self,
                                  guint      mapping,
                                  uint64_t   page);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsLayout, pgs_layout_free)

G_END_DECLS
