/* pgs-frame-user.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The entry of a frame in a frame map: which page lies in it, and of which class that is.
 *
 *   bits 0-44   the page number (virtual address / page size) of the first page
 *   bits 45-51  the class of that page in the color mode, plus 1
 *   bit 63      set, as in the pagemap entry of a present page
 *
 * So a store keeps consecutive pages in consecutive frames as a run, as it does the other
 * way round. An address space of five levels has 2^44 pages of 4 KiB for programs.
 */

#pragma once

#include <glib.h>

#include "pgs-pagemap-entry.h"

G_BEGIN_DECLS

#define PGS_FRAME_USER_PAGE_BITS  45
#define PGS_FRAME_USER_CLASS_MASK 0x7fu

static inline uint64_t
pgs_frame_user_pack (uint64_t page,
                     guint    class)
{
  return PGS_PAGEMAP_PRESENT | (uint64_t) (class + 1) << PGS_FRAME_USER_PAGE_BITS | page;
}

static inline uint64_t
pgs_frame_user_get_page (uint64_t entry)
{
  return entry & ((UINT64_C (1) << PGS_FRAME_USER_PAGE_BITS) - 1);
}

/* The class of the page; the entry is not 0. */
static inline guint
pgs_frame_user_get_class (uint64_t entry)
{
  return ((guint) (entry >> PGS_FRAME_USER_PAGE_BITS) & PGS_FRAME_USER_CLASS_MASK) - 1;
}

G_END_DECLS
