/* pgs-extent.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-summary.h"

G_BEGIN_DECLS

/**
 * PgsExtent:
 * @page: the page number (address / page size) of the first page
 * @pfn: the frame of the first page
 * @n_pages: how many pages, whose frames follow one another as they do
 * @class: the class of all of them
 *
 * Pages that lie in RAM as they lie in the address space.
 */
typedef struct
{
  uint64_t page;
  uint64_t pfn;
  uint64_t n_pages;
  guint    class;
} PgsExtent;

typedef void (*PgsExtentFunc) (const PgsExtent *extent,
                               gpointer         user_data);

void pgs_extents_visit (const PgsSummary *summary,
                        uint64_t          start,
                        uint64_t          end,
                        guint             stride,
                        PgsExtentFunc     func,
                        gpointer          user_data);

G_END_DECLS
