/* pgs-plain.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Random pages, and what they are by the letter of the kernel's documentation: plain
 * shifts and divisions, to hold against what the program makes of them.
 */

#pragma once

#include "core/pgs-color-mode.h"

G_BEGIN_DECLS

/**
 * PgsPlainCounts:
 * @classes: how many pages of each class
 * @present: pages with a frame
 * @swapped: pages in swap
 * @guard: guard pages
 * @hidden: present or swapped pages that the kernel does not tell the place of
 *
 * What some pages are, in one color mode.
 */
typedef struct
{
  uint64_t classes[PGS_COLOR_MODE_MAX_CLASSES];
  uint64_t present;
  uint64_t swapped;
  uint64_t guard;
  uint64_t hidden;
} PgsPlainCounts;

uint64_t  pgs_plain_make_entry  (GRand               *rand,
                                 uint64_t             ram_end);
uint64_t *pgs_plain_make_pages  (GRand               *rand,
                                 uint64_t             ram_end,
                                 gsize                n_pages);
guint     pgs_plain_classify    (const PgsColorMode  *mode,
                                 const PgsMapping    *mapping,
                                 uint64_t             entry,
                                 uint64_t             ram_end);
void      pgs_plain_count       (PgsPlainCounts      *counts,
                                 const PgsColorMode  *mode,
                                 const PgsMapping    *mapping,
                                 uint64_t             entry,
                                 uint64_t             ram_end);

G_END_DECLS
