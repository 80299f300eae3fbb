/* pgs-page-words.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <stdint.h>

#include "pgs-snapshot.h"

G_BEGIN_DECLS

/**
 * PgsPageBit:
 * @bits: which bits of a pagemap entry, like "63" or "0–54"
 * @title: what they are called, translated
 * @words: what this entry says there, translated; to be freed
 *
 * One field of a pagemap entry in words.
 */
typedef struct
{
  const char *bits;
  const char *title;
  char       *words;
} PgsPageBit;

guint    pgs_page_get_n_bits      (void);
void     pgs_page_describe_bit    (uint64_t          entry,
                                   guint             index,
                                   PgsPageBit       *bit);
const char *
         pgs_page_get_unknown     (PgsSnapshot      *snapshot,
                                   uint64_t          address);
char    *pgs_page_dup_state       (uint64_t          entry);
char    *pgs_page_dup_explanation (const PgsMapping *mapping,
                                   uint64_t          entry);
char    *pgs_page_dup_pfn         (uint64_t          entry);
char    *pgs_page_dup_physical    (uint64_t          entry,
                                   uint64_t          address,
                                   uint64_t          page_size);
char    *pgs_page_dup_sum         (uint64_t          entry,
                                   uint64_t          address,
                                   uint64_t          page_size);

const char *pgs_page_state_get_id (uint64_t          entry);

G_END_DECLS
