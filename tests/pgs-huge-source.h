/* pgs-huge-source.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/pgs-source.h"

G_BEGIN_DECLS

#define PGS_HUGE_SOURCE_PAGE  UINT64_C (4096)
#define PGS_HUGE_SOURCE_START UINT64_C (0x100000000000)

#define PGS_TYPE_HUGE_SOURCE (pgs_huge_source_get_type ())
G_DECLARE_FINAL_TYPE (PgsHugeSource, pgs_huge_source, PGS, HUGE_SOURCE, GObject)

PgsSource *pgs_huge_source_new       (uint64_t       n_pages,
                                      gboolean       can_scan);
uint64_t   pgs_huge_source_get_entry (PgsSource     *source,
                                      uint64_t       page);
void       pgs_huge_source_end       (PgsSource     *source);

G_END_DECLS
