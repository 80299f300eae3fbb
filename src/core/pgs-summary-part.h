/* pgs-summary-part.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For the summary, and for those who go through its pages.
 */

#pragma once

#include "pgs-summary.h"

G_BEGIN_DECLS

/**
 * PgsSummaryPlace:
 * @piece: which piece of a part
 * @offset: how many pages into it
 *
 * Where in a part something is.
 */
typedef struct
{
  guint piece;
  guint offset;
} PgsSummaryPlace;

/**
 * PgsSummaryPart:
 *
 * The classes of the pages of one chunk, in one color mode and one set of mappings:
 * immutable and reference-counted. Summaries share the parts that are the same in
 * both.
 */
typedef struct _PgsSummaryPart PgsSummaryPart;

PgsSummaryPart *pgs_summary_part_new        (PgsSnapshot           *snapshot,
                                             const PgsColorMode    *mode,
                                             PgsPageChunk          *chunk,
                                             PgsFrameBlock         *frames);
PgsSummaryPart *pgs_summary_part_ref        (PgsSummaryPart        *self);
void            pgs_summary_part_unref      (PgsSummaryPart        *self);
gboolean        pgs_summary_part_is_of      (const PgsSummaryPart  *self,
                                             const PgsPageChunk    *chunk,
                                             const PgsFrameBlock   *frames);
void            pgs_summary_part_add_totals (const PgsSummaryPart  *self,
                                             uint64_t              *counts);
void            pgs_summary_part_seek       (const PgsSummaryPart  *self,
                                             uint64_t               page,
                                             const uint64_t        *before,
                                             PgsSummaryPlace       *place,
                                             uint64_t              *counts);
gboolean        pgs_summary_part_advance    (const PgsSummaryPart  *self,
                                             PgsSummaryPlace       *place,
                                             uint64_t               page,
                                             uint64_t              *counts);
guint           pgs_summary_part_get_main   (const PgsSummaryPart  *self,
                                             uint64_t               page);

const PgsSummaryPart *
                pgs_summary_get_part        (const PgsSummary      *self,
                                             guint                  index);

G_END_DECLS
