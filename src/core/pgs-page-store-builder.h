/* pgs-page-store-builder.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-page-store.h"

G_BEGIN_DECLS

/**
 * PgsPageStoreBuilder:
 *
 * A page store while pages are being added to it.
 */
typedef struct _PgsPageStoreBuilder PgsPageStoreBuilder;

PgsPageStoreBuilder *pgs_page_store_builder_new         (guint                  pages_per_block);
void                 pgs_page_store_builder_free        (PgsPageStoreBuilder   *self);
void                 pgs_page_store_builder_share       (PgsPageStoreBuilder   *self,
                                                         PgsPageStore          *previous);
void                 pgs_page_store_builder_limit       (PgsPageStoreBuilder   *self,
                                                         gsize                  max_bytes,
                                                         uint64_t               ram_end);
void                 pgs_page_store_builder_keep        (PgsPageStoreBuilder   *self,
                                                         uint64_t               first_page,
                                                         uint64_t               end_page);
void                 pgs_page_store_builder_append      (PgsPageStoreBuilder   *self,
                                                         uint64_t               first_page,
                                                         const uint64_t        *entries,
                                                         gsize                  n_entries);
void                 pgs_page_store_builder_cut         (PgsPageStoreBuilder   *self);
void                 pgs_page_store_builder_take_chunk  (PgsPageStoreBuilder   *self,
                                                         PgsPageChunk          *chunk);
PgsPageStore        *pgs_page_store_builder_get_store   (PgsPageStoreBuilder   *self);
PgsPageStore        *pgs_page_store_builder_end         (PgsPageStoreBuilder   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsPageStoreBuilder, pgs_page_store_builder_free)

G_END_DECLS
