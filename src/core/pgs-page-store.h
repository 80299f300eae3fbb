/* pgs-page-store.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <stdint.h>

#include "pgs-pagemap-entry.h"

G_BEGIN_DECLS

/**
 * PgsPageSpan:
 * @first_page: page number (address / page size) of the first page
 * @n_pages: how many pages
 * @entries: (nullable): one entry a page, or %NULL for a run
 * @run: the first entry of a run
 * @step: what each further page of a run adds to the entry: 1 where the PFNs
 *   are consecutive, 0 where there are none
 *
 * Consecutive stored pages, all within one block of the store. Borrowed from
 * the store it was asked of.
 */
typedef struct
{
  uint64_t        first_page;
  guint           n_pages;
  const uint64_t *entries;
  uint64_t        run;
  guint           step;
} PgsPageSpan;

/**
 * PgsPageStore:
 *
 * The populated pages of an address space: immutable and reference-counted.
 * A page is a page number (address / page size), a value a pagemap entry.
 */
typedef struct _PgsPageStore        PgsPageStore;
typedef struct _PgsPageStoreBuilder PgsPageStoreBuilder;

PgsPageStoreBuilder *pgs_page_store_builder_new    (guint                 pages_per_block);
void                 pgs_page_store_builder_free   (PgsPageStoreBuilder  *self);
void                 pgs_page_store_builder_append (PgsPageStoreBuilder  *self,
                                                    uint64_t              first_page,
                                                    const uint64_t       *entries,
                                                    gsize                 n_entries);
PgsPageStore        *pgs_page_store_builder_end    (PgsPageStoreBuilder  *self);

PgsPageStore *pgs_page_store_ref         (PgsPageStore        *self);
void          pgs_page_store_unref       (PgsPageStore        *self);
uint64_t      pgs_page_store_get_entry   (const PgsPageStore  *self,
                                          uint64_t             page);
guint         pgs_page_store_get_n_spans (const PgsPageStore  *self);
void          pgs_page_store_get_span    (const PgsPageStore  *self,
                                          guint                index,
                                          PgsPageSpan         *span);
guint         pgs_page_store_find_span   (const PgsPageStore  *self,
                                          uint64_t             page);
gsize         pgs_page_store_get_bytes   (const PgsPageStore  *self);

/* Returns the entry of the page number @first_page + @i of the span. */
static inline uint64_t
pgs_page_span_get_entry (const PgsPageSpan *span,
                         guint              i)
{
  return span->entries != NULL ? span->entries[i]
                               : span->run + (uint64_t) i * span->step;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsPageStore, pgs_page_store_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsPageStoreBuilder, pgs_page_store_builder_free)

G_END_DECLS
