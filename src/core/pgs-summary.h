/* pgs-summary.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-color-mode.h"

G_BEGIN_DECLS

#define PGS_SUMMARY_NO_CLASS G_MAXUINT

/**
 * PgsSummary:
 *
 * How many pages of each class of one color mode any range of addresses of one
 * snapshot holds. Immutable, reference-counted, safe from any thread.
 */
typedef struct _PgsSummary PgsSummary;

PgsSummary         *pgs_summary_new          (PgsSnapshot        *snapshot,
                                              const PgsColorMode *mode);
PgsSummary         *pgs_summary_new_after    (PgsSnapshot        *snapshot,
                                              const PgsColorMode *mode,
                                              const PgsSummary   *previous);
PgsSummary         *pgs_summary_ref          (PgsSummary         *self);
void                pgs_summary_unref        (PgsSummary         *self);
PgsSnapshot        *pgs_summary_get_snapshot (const PgsSummary   *self);
const PgsColorMode *pgs_summary_get_mode     (const PgsSummary   *self);
uint64_t            pgs_summary_count        (const PgsSummary   *self,
                                              uint64_t            start,
                                              uint64_t            end,
                                              uint64_t           *counts);
void                pgs_summary_count_series (const PgsSummary   *self,
                                              const uint64_t     *edges,
                                              guint               n_edges,
                                              uint64_t           *counts);
guint               pgs_summary_get_class    (const PgsSummary   *self,
                                              uint64_t            address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsSummary, pgs_summary_unref)

G_END_DECLS
