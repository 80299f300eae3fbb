/* pgs-huge.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-formula-source.h"

G_BEGIN_DECLS

/* After so many pages as many of each kind and in each band of RAM have come again. */
#define PGS_HUGE_PERIOD UINT64_C (2048)

PgsFormulaSource *pgs_huge_source_new (uint64_t     n_pages);
char             *pgs_huge_check      (PgsSnapshot *snapshot,
                                       uint64_t     n_pages);

G_END_DECLS
