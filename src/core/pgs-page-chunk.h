/* pgs-page-chunk.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-page-span.h"

G_BEGIN_DECLS

/* How many pages of the address space a chunk is of: 32 MiB of 4 KiB pages. */
#define PGS_PAGE_CHUNK_PAGES 8192u

/**
 * PgsPageChunk:
 *
 * The populated pages among %PGS_PAGE_CHUNK_PAGES: immutable and
 * reference-counted. Snapshots share the chunks that are the same in both.
 */
typedef struct _PgsPageChunk PgsPageChunk;

PgsPageChunk *pgs_page_chunk_ref           (PgsPageChunk        *self);
void          pgs_page_chunk_unref         (PgsPageChunk        *self);
uint64_t      pgs_page_chunk_get_index     (const PgsPageChunk  *self);
guint         pgs_page_chunk_get_n_spans   (const PgsPageChunk  *self);
void          pgs_page_chunk_get_span      (const PgsPageChunk  *self,
                                            guint                index,
                                            PgsPageSpan         *span);
guint         pgs_page_chunk_find_span     (const PgsPageChunk  *self,
                                            uint64_t             page);
gboolean      pgs_page_chunk_has_detail    (const PgsPageChunk  *self);
gboolean      pgs_page_chunk_has_counted   (const PgsPageChunk  *self);
PgsPageCounts pgs_page_chunk_get_counts    (const PgsPageChunk  *self);
uint64_t      pgs_page_chunk_get_flags     (const PgsPageChunk  *self);
gboolean      pgs_page_chunk_says          (const PgsPageChunk  *self,
                                            const uint64_t      *entries);
gsize         pgs_page_chunk_get_bytes     (const PgsPageChunk  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsPageChunk, pgs_page_chunk_unref)

G_END_DECLS
