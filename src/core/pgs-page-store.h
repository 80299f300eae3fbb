/* pgs-page-store.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <stdint.h>

#include "pgs-page-chunk.h"

G_BEGIN_DECLS

/**
 * PgsPageStore:
 *
 * The populated pages of an address space: immutable and reference-counted.
 * A page is a page number (address / page size), a value a pagemap entry.
 */
typedef struct _PgsPageStore PgsPageStore;

/**
 * PgsPageStoreIter:
 *
 * Goes through the spans of a store in order of their pages.
 */
typedef struct
{
  const PgsPageStore *store;
  guint               chunk;
  guint               span;
} PgsPageStoreIter;

PgsPageStore *pgs_page_store_new          (GPtrArray             *chunks);
PgsPageStore *pgs_page_store_ref          (PgsPageStore          *self);
void          pgs_page_store_unref        (PgsPageStore          *self);
uint64_t      pgs_page_store_get_entry    (const PgsPageStore    *self,
                                           uint64_t               page);
gboolean      pgs_page_store_has_detail   (const PgsPageStore    *self,
                                           uint64_t               first_page,
                                           uint64_t               end_page);
guint         pgs_page_store_get_n_chunks (const PgsPageStore    *self);
PgsPageChunk *pgs_page_store_get_chunk    (const PgsPageStore    *self,
                                           guint                  index);
guint         pgs_page_store_find_chunk   (const PgsPageStore    *self,
                                           uint64_t               page);
PgsPageChunk *pgs_page_store_look_up      (const PgsPageStore    *self,
                                           uint64_t               index);
gboolean      pgs_page_store_consists_of  (const PgsPageStore    *self,
                                           const GPtrArray       *chunks);
guint         pgs_page_store_find_in      (const GPtrArray       *chunks,
                                           uint64_t               index);
gsize         pgs_page_store_get_bytes    (const PgsPageStore    *self);

void          pgs_page_store_iter_init    (PgsPageStoreIter      *iter,
                                           const PgsPageStore    *store,
                                           uint64_t               page);
gboolean      pgs_page_store_iter_next    (PgsPageStoreIter      *iter,
                                           PgsPageSpan           *span);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsPageStore, pgs_page_store_unref)

G_END_DECLS
