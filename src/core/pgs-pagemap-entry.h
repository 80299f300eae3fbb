/* pgs-pagemap-entry.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one place that knows the bits of a /proc/PID/pagemap entry.
 *
 * Small inline functions on a uint64_t, without any dependency, so that the
 * tutorial's programs and the privileged helper share them with the library.
 *
 * Source: Linux, Documentation/admin-guide/mm/pagemap.rst and
 * fs/proc/task_mmu.c (PM_* constants).
 */

#pragma once

#include <stdbool.h>
#include <stdint.h>

#define PGS_PAGEMAP_PFN_MASK        ((UINT64_C (1) << 55) - 1)
#define PGS_PAGEMAP_SWAP_TYPE_BITS  5
#define PGS_PAGEMAP_SOFT_DIRTY      (UINT64_C (1) << 55)
#define PGS_PAGEMAP_EXCLUSIVE       (UINT64_C (1) << 56)
#define PGS_PAGEMAP_UFFD_WP         (UINT64_C (1) << 57)
#define PGS_PAGEMAP_GUARD           (UINT64_C (1) << 58)
#define PGS_PAGEMAP_FILE            (UINT64_C (1) << 61)
#define PGS_PAGEMAP_SWAPPED         (UINT64_C (1) << 62)
#define PGS_PAGEMAP_PRESENT         (UINT64_C (1) << 63)

/* Bits 59 and 60 are zero in every kernel so far.  A page store uses them for
 * what PAGEMAP_SCAN tells about a page and pagemap does not. */
#define PGS_PAGEMAP_MARK_ZERO       (UINT64_C (1) << 59)
#define PGS_PAGEMAP_MARK_HUGE       (UINT64_C (1) << 60)
#define PGS_PAGEMAP_MARKS           (PGS_PAGEMAP_MARK_ZERO | PGS_PAGEMAP_MARK_HUGE)

/* What a page table says of a page.  Each page is in exactly one state. */
typedef enum
{
  PGS_PAGE_ABSENT,
  PGS_PAGE_PRESENT,
  PGS_PAGE_SWAPPED,
  PGS_PAGE_GUARD,
} PgsPageState;

/* Returns the state of the page. The guard bit is tested before the swap bit,
 * for Linux 6.15 and newer set both on a guard page. */
static inline PgsPageState
pgs_pagemap_entry_get_state (uint64_t entry)
{
  if (entry & PGS_PAGEMAP_PRESENT)
    return PGS_PAGE_PRESENT;
  if (entry & PGS_PAGEMAP_GUARD)
    return PGS_PAGE_GUARD;
  if (entry & PGS_PAGEMAP_SWAPPED)
    return PGS_PAGE_SWAPPED;
  return PGS_PAGE_ABSENT;
}

static inline bool
pgs_pagemap_entry_is_present (uint64_t entry)
{
  return (entry & PGS_PAGEMAP_PRESENT) != 0;
}

/* Returns the page frame number of a present page, or 0 when the kernel hides
 * it or the page is not present. */
static inline uint64_t
pgs_pagemap_entry_get_pfn (uint64_t entry)
{
  return pgs_pagemap_entry_is_present (entry) ? entry & PGS_PAGEMAP_PFN_MASK : 0;
}

/* Whether the kernel keeps to itself where the page lies: it zeroes the PFN of
 * a present page, and the swap type and offset of a swapped one, unless the
 * opener of the file had CAP_SYS_ADMIN (since Linux 4.2). Neither frame 0 nor
 * slot 0, which holds the header of a swap area, ever stands in a page table. */
static inline bool
pgs_pagemap_entry_is_hidden (uint64_t entry)
{
  PgsPageState state = pgs_pagemap_entry_get_state (entry);

  return (state == PGS_PAGE_PRESENT || state == PGS_PAGE_SWAPPED) &&
         (entry & PGS_PAGEMAP_PFN_MASK) == 0;
}

/* Returns which swap area holds a swapped page. */
static inline unsigned int
pgs_pagemap_entry_get_swap_type (uint64_t entry)
{
  return (unsigned int) (entry & ((1u << PGS_PAGEMAP_SWAP_TYPE_BITS) - 1));
}

/* Returns the slot of a swapped page in its swap area, in pages. */
static inline uint64_t
pgs_pagemap_entry_get_swap_offset (uint64_t entry)
{
  return (entry & PGS_PAGEMAP_PFN_MASK) >> PGS_PAGEMAP_SWAP_TYPE_BITS;
}

/* Whether the page belongs to a file or to shared memory. */
static inline bool
pgs_pagemap_entry_is_file (uint64_t entry)
{
  return (entry & PGS_PAGEMAP_FILE) != 0;
}

/* Whether exactly one page table maps the page (Linux 4.2 and newer). */
static inline bool
pgs_pagemap_entry_is_exclusive (uint64_t entry)
{
  return (entry & PGS_PAGEMAP_EXCLUSIVE) != 0;
}

static inline bool
pgs_pagemap_entry_is_soft_dirty (uint64_t entry)
{
  return (entry & PGS_PAGEMAP_SOFT_DIRTY) != 0;
}

static inline bool
pgs_pagemap_entry_is_uffd_wp (uint64_t entry)
{
  return (entry & PGS_PAGEMAP_UFFD_WP) != 0;
}

/* Whether the page is known to be the shared page of zeros. */
static inline bool
pgs_pagemap_entry_is_zero_page (uint64_t entry)
{
  return (entry & PGS_PAGEMAP_MARK_ZERO) != 0;
}

/* Whether the page is known to be mapped by an entry of a higher level of the
 * page table, as part of a huge page. */
static inline bool
pgs_pagemap_entry_is_huge (uint64_t entry)
{
  return (entry & PGS_PAGEMAP_MARK_HUGE) != 0;
}
