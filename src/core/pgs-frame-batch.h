/* pgs-frame-batch.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-page-span.h"
#include "pgs-source.h"

G_BEGIN_DECLS

/**
 * PgsFrameBatch:
 *
 * Pages near one another, and what the kernel says of their frames. Used by one thread at
 * a time.
 */
typedef struct _PgsFrameBatch PgsFrameBatch;

PgsFrameBatch  *pgs_frame_batch_new            (PgsSource            *source,
                                                uint64_t              page_size);
void            pgs_frame_batch_free           (PgsFrameBatch        *self);
void            pgs_frame_batch_clear          (PgsFrameBatch        *self);
gboolean        pgs_frame_batch_add            (PgsFrameBatch        *self,
                                                const PgsPageSpan    *span);
gboolean        pgs_frame_batch_read           (PgsFrameBatch        *self,
                                                GCancellable         *cancellable,
                                                GError              **error);
uint64_t        pgs_frame_batch_get_first_page (const PgsFrameBatch  *self);
guint           pgs_frame_batch_get_n_pages    (const PgsFrameBatch  *self);
const PgsFrame *pgs_frame_batch_get_frames     (const PgsFrameBatch  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsFrameBatch, pgs_frame_batch_free)

G_END_DECLS
