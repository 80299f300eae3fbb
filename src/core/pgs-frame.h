/* pgs-frame.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* The bits of /proc/kpageflags that a color mode looks at. The kernel promises those below
 * 32 to programs; those from there on are for its developers, and may change. */
typedef enum
{
  PGS_FRAME_LOCKED = 0,
  PGS_FRAME_REFERENCED = 2,
  PGS_FRAME_DIRTY = 4,
  PGS_FRAME_LRU = 5,
  PGS_FRAME_ACTIVE = 6,
  PGS_FRAME_SLAB = 7,
  PGS_FRAME_WRITEBACK = 8,
  PGS_FRAME_ANON = 12,
  PGS_FRAME_SWAPBACKED = 14,
  PGS_FRAME_COMPOUND_HEAD = 15,
  PGS_FRAME_COMPOUND_TAIL = 16,
  PGS_FRAME_HUGE = 17,
  PGS_FRAME_UNEVICTABLE = 18,
  PGS_FRAME_HWPOISON = 19,
  PGS_FRAME_NOPAGE = 20,
  PGS_FRAME_KSM = 21,
  PGS_FRAME_THP = 22,
  PGS_FRAME_OFFLINE = 23,
  PGS_FRAME_ZERO_PAGE = 24,
  PGS_FRAME_IDLE = 25,
  PGS_FRAME_PGTABLE = 26,
  PGS_FRAME_RESERVED = 32,
  PGS_FRAME_MLOCKED = 33,
} PgsFrameBit;

/* How many entries of page tables map a frame, as far as it is kept for every page. */
typedef enum
{
  PGS_MAP_COUNT_UNKNOWN,
  PGS_MAP_COUNT_NONE,
  PGS_MAP_COUNT_1,
  PGS_MAP_COUNT_2,
  PGS_MAP_COUNT_FEW,   /* 3 to 9 */
  PGS_MAP_COUNT_MANY,  /* 10 and more */
} PgsMapCount;

/**
 * PgsFrame:
 * @flags: as in /proc/kpageflags
 * @map_count: how many entries of page tables map it, those of all processes; as in
 *   /proc/kpagecount
 * @node: the NUMA node that it is in, or -1 where that is not known
 * @is_known: whether the others say anything
 *
 * What the kernel says of a frame of RAM.
 */
typedef struct
{
  uint64_t flags;
  uint32_t map_count;
  int32_t  node;
  gboolean is_known;
} PgsFrame;

/**
 * PgsFrameFlag:
 * @bit: which bit of /proc/kpageflags
 * @name: what the kernel calls it
 * @description: what it says of a frame that has it, to be translated
 *
 * One flag in words.
 */
typedef struct
{
  guint       bit;
  const char *name;
  const char *description;
} PgsFrameFlag;

guint               pgs_frame_get_n_flags (void);
const PgsFrameFlag *pgs_frame_get_flag    (guint           index);

static inline gboolean
pgs_frame_has (const PgsFrame *frame,
               PgsFrameBit     bit)
{
  return (frame->flags >> bit & 1) != 0;
}

/* A frame in 32 bits, as a snapshot keeps one for each page:
 *
 *   bits 0-26   bits 0-26 of its flags
 *   bits 27-28  bits 32-33 of its flags
 *   bits 29-31  a #PgsMapCount
 *
 * It is 0 where nothing is known of the frame, and nowhere else. */
#define PGS_FRAME_WORD_UNKNOWN  0u
#define PGS_FRAME_WORD_LOW_BITS 27
#define PGS_FRAME_WORD_HIGH     32
#define PGS_FRAME_WORD_COUNT    29

uint32_t pgs_frame_pack (const PgsFrame *frame);

static inline gboolean
pgs_frame_word_is_known (uint32_t word)
{
  return word != PGS_FRAME_WORD_UNKNOWN;
}

/* Whether the frame is known to have a flag. */
static inline gboolean
pgs_frame_word_has (uint32_t    word,
                    PgsFrameBit bit)
{
  guint place = bit < PGS_FRAME_WORD_HIGH
    ? (guint) bit : (guint) bit - PGS_FRAME_WORD_HIGH + PGS_FRAME_WORD_LOW_BITS;

  return (word >> place & 1) != 0;
}

static inline PgsMapCount
pgs_frame_word_get_map_count (uint32_t word)
{
  return (PgsMapCount) (word >> PGS_FRAME_WORD_COUNT);
}

G_END_DECLS
