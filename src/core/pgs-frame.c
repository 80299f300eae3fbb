/* pgs-frame.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the kernel says of a frame of RAM, in bits and in words.
 *
 * Sources: Linux, Documentation/admin-guide/mm/pagemap.rst and
 * include/uapi/linux/kernel-page-flags.h for bits 0 to 26, and
 * include/linux/kernel-page-flags.h for those from 32 on.
 */

#include "config.h"

#include "pgs-frame.h"

#include <glib/gi18n-lib.h>

#define LOW_MASK  ((1u << PGS_FRAME_WORD_LOW_BITS) - 1)
#define HIGH_MASK ((1u << (PGS_FRAME_WORD_COUNT - PGS_FRAME_WORD_LOW_BITS)) - 1)
#define MANY      10u

static const PgsFrameFlag flags[] = {
  { 0, "LOCKED", N_("The kernel works on it now, for instance reads it from a disk.") },
  { 1, "ERROR", N_("Reading or writing it failed. Linux 6.12 and newer do not tell.") },
  { 2, "REFERENCED", N_("It was used since the kernel last looked for memory to free.") },
  { 3, "UPTODATE", N_("What it holds is valid: nothing failed that put it there.") },
  { 4, "DIRTY", N_("It was written, and that is not yet in the file or in swap.") },
  { 5, "LRU", N_("It is on one of the lists by which the kernel finds memory to free.") },
  { 6, "ACTIVE", N_("It is on the list of frames in use, which are freed last.") },
  { 7, "SLAB", N_("It belongs to the allocator of the kernel's own small objects.") },
  { 8, "WRITEBACK", N_("It is being written to a file or to swap.") },
  { 9, "RECLAIM", N_("It is to be freed as soon as it has been written.") },
  { 10, "BUDDY", N_("It is free, in the list of the allocator of frames.") },
  { 11, "MMAP", N_("A page table maps it.") },
  { 12, "ANON", N_("It is anonymous memory, and of no file.") },
  { 13, "SWAPCACHE", N_("It has a place in swap, too.") },
  { 14, "SWAPBACKED", N_("Swap is where it would go: it is anonymous or shared memory.") },
  { 15, "COMPOUND_HEAD", N_("It is the first frame of a folio of several.") },
  { 16, "COMPOUND_TAIL", N_("It is a further frame of a folio of several.") },
  { 17, "HUGE", N_("It is part of a page of hugetlbfs.") },
  { 18, "UNEVICTABLE", N_("It is on the list of frames that may not be freed.") },
  { 19, "HWPOISON", N_("The hardware reported that this memory is damaged.") },
  { 20, "NOPAGE", N_("There is no such frame.") },
  { 21, "KSM", N_("It holds equal pages of several places, merged by the kernel.") },
  { 22, "THP", N_("It is part of a transparent huge page.") },
  { 23, "OFFLINE", N_("It is taken out of use, for instance given back by a virtual machine.") },
  { 24, "ZERO_PAGE", N_("It is the page of zeros that all processes share.") },
  { 25, "IDLE", N_("It was not used since the kernel, or somebody who asked it to, began to watch.") },
  { 26, "PGTABLE", N_("It is part of a page table.") },
  { 32, "RESERVED", N_("The kernel or the firmware keeps it for itself.") },
  { 33, "MLOCKED", N_("A program locked it into memory, with mlock() for instance.") },
  /* Linux 6.15 gave the bit to whoever owns the frame. */
  { 34, "MAPPEDTODISK/OWNER_2",
    N_("Its owner's second mark: for a file, mostly that blocks on the disk belong to it.") },
  { 35, "PRIVATE", N_("Its owner, mostly a file system, keeps data with it.") },
  { 36, "PRIVATE_2", N_("Its owner keeps a second mark with it.") },
  { 37, "OWNER_PRIVATE", N_("A mark that its owner gives a meaning to.") },
  { 38, "ARCH", N_("A mark that the processor's architecture gives a meaning to.") },
  { 39, "UNCACHED", N_("It is accessed without the processor's cache.") },
  { 40, "SOFTDIRTY", N_("It was written since somebody asked the kernel to watch.") },
  { 41, "ARCH_2", N_("A second mark of the processor's architecture.") },
  { 42, "ARCH_3", N_("A third mark of the processor's architecture.") },
};

/**
 * pgs_frame_get_n_flags:
 *
 * Returns: how many flags there is something to say of
 */
guint
pgs_frame_get_n_flags (void)
{
  return G_N_ELEMENTS (flags);
}

/**
 * pgs_frame_get_flag:
 * @index: which one, less than pgs_frame_get_n_flags()
 *
 * Returns: (transfer none): the flag; they come in order of their bits
 */
const PgsFrameFlag *
pgs_frame_get_flag (guint index)
{
  g_return_val_if_fail (index < G_N_ELEMENTS (flags), NULL);

  return &flags[index];
}

static PgsMapCount
get_map_count (uint32_t n)
{
  static const guint8 classes[] = {
    PGS_MAP_COUNT_NONE, PGS_MAP_COUNT_1, PGS_MAP_COUNT_2, PGS_MAP_COUNT_FEW,
    PGS_MAP_COUNT_FEW, PGS_MAP_COUNT_FEW, PGS_MAP_COUNT_FEW, PGS_MAP_COUNT_FEW,
    PGS_MAP_COUNT_FEW, PGS_MAP_COUNT_FEW, PGS_MAP_COUNT_MANY,
  };

  return classes[MIN (n, MANY)];
}

/**
 * pgs_frame_pack:
 * @frame: a frame
 *
 * Returns: the frame's word; %PGS_FRAME_WORD_UNKNOWN where nothing is known of it
 */
uint32_t
pgs_frame_pack (const PgsFrame *frame)
{
  if (!frame->is_known)
    return PGS_FRAME_WORD_UNKNOWN;
  return ((uint32_t) frame->flags & LOW_MASK) |
         ((uint32_t) (frame->flags >> PGS_FRAME_WORD_HIGH) & HIGH_MASK)
           << PGS_FRAME_WORD_LOW_BITS |
         (uint32_t) get_map_count (frame->map_count) << PGS_FRAME_WORD_COUNT;
}
