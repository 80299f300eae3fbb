/* pgs-made-pages.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pages at given places in given frames, for tests of what lies between the two.
 */

#pragma once

#include "core/pgs-summary.h"

G_BEGIN_DECLS

#define PGS_MADE_PAGES_SIZE UINT64_C (4096)

/**
 * PgsMadePages:
 * @first_page: the number of the first page
 * @n_pages: how many pages, absent ones and those in no mapping included
 * @entries: the entry of each
 * @words: (nullable): what is known of the frame of each
 * @snapshot: of them
 *
 * An address space of which a test knows every page.
 */
typedef struct
{
  uint64_t     first_page;
  uint64_t     n_pages;
  uint64_t    *entries;
  uint32_t    *words;
  PgsSnapshot *snapshot;
} PgsMadePages;

PgsMadePages *pgs_made_pages_new       (const char         *maps,
                                        uint64_t            first_page,
                                        const uint64_t     *entries,
                                        uint64_t            n_pages,
                                        uint64_t            ram_end);
void          pgs_made_pages_set_words (PgsMadePages       *self,
                                        const uint32_t     *words);
void          pgs_made_pages_free      (PgsMadePages       *self);
gboolean      pgs_made_pages_classify  (const PgsMadePages *self,
                                        const PgsColorMode *mode,
                                        uint64_t            page,
                                        uint64_t           *pfn,
                                        guint              *class);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsMadePages, pgs_made_pages_free)

G_END_DECLS
