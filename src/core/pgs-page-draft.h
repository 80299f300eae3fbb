/* pgs-page-draft.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-page-chunk.h"

G_BEGIN_DECLS

/**
 * PgsPageDraft:
 *
 * A chunk while spans are being added to it.
 */
typedef struct _PgsPageDraft PgsPageDraft;

PgsPageDraft *pgs_page_draft_new         (const PgsFrameBands *bands);
void          pgs_page_draft_free        (PgsPageDraft        *self);
gboolean      pgs_page_draft_is_empty    (const PgsPageDraft  *self);
void          pgs_page_draft_add         (PgsPageDraft        *self,
                                          uint64_t             first_page,
                                          const uint64_t      *entries,
                                          guint                n_entries);
void          pgs_page_draft_add_counted (PgsPageDraft        *self,
                                          const PgsPageChunk  *chunk);
PgsPageChunk *pgs_page_draft_end         (PgsPageDraft        *self,
                                          PgsPageChunk        *like);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsPageDraft, pgs_page_draft_free)

G_END_DECLS
