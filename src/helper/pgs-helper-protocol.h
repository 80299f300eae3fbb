/* pgs-helper-protocol.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the window and the privileged helper say to each other, over a socket that
 * keeps messages apart (SOCK_SEQPACKET) and that is the helper's standard input.
 *
 * The helper says first whether it serves, and each request of a fixed size is then
 * answered by one message: a header and so many items. A request names virtual
 * addresses of the target and nothing else: no path, no file descriptor, no frame.
 */

#pragma once

#include <stdint.h>

#define PGS_HELPER_VERSION 1

/* The first argument of the helper: which processes it may be asked about. */
#define PGS_HELPER_OWN "own"
#define PGS_HELPER_ANY "any"

/* How long it waits for a request before it ends, in milliseconds; a test has less time. */
#ifndef PGS_HELPER_IDLE_MS
#define PGS_HELPER_IDLE_MS (120 * 1000)
#endif

/* The most items of an answer. */
#define PGS_HELPER_MAX_BYTES   65536u
#define PGS_HELPER_MAX_RANGES  2048u
#define PGS_HELPER_MAX_ENTRIES 8192u
#define PGS_HELPER_MAX_FRAMES  2048u

/* The most stretches that one request names. */
#define PGS_HELPER_MAX_STRETCHES 64u

/* A node that is not known. */
#define PGS_HELPER_NO_NODE (-1)

/* What can be asked for. */
typedef enum
{
  PGS_HELPER_HELLO,   /* nobody asks: the helper begins with it */
  PGS_HELPER_MAPS,    /* the text of maps from byte @start on, at most @n bytes */
  PGS_HELPER_SCAN,    /* the populated ranges from address @start up to @end, at most @n */
  PGS_HELPER_ENTRIES, /* the pagemap entries of @n pages from address @start on */
  PGS_HELPER_FRAMES,  /* what is known of the frames of @n pages from address @start on */
  PGS_HELPER_STRETCHES, /* the entries of the @n stretches of a #PgsHelperStretches */
  PGS_HELPER_N_ASKS,
} PgsHelperAsk;

/* How it went. Up to PGS_HELPER_FAILED also the exit status of the helper. */
typedef enum
{
  PGS_HELPER_OK,
  PGS_HELPER_BAD_ARGUMENTS,  /* not what the window would give it */
  PGS_HELPER_NOT_ROOT,       /* not started by pkexec */
  PGS_HELPER_NOT_FOUND,      /* there is no such process */
  PGS_HELPER_REPLACED,       /* it did not start when the window says it did */
  PGS_HELPER_KERNEL_THREAD,
  PGS_HELPER_ZOMBIE,
  PGS_HELPER_NO_MAPPINGS,
  PGS_HELPER_NOT_OWN,        /* it belongs to somebody else, or is more than its user */
  PGS_HELPER_FAILED,         /* the kernel does not give what it needs */
  PGS_HELPER_BAD_REQUEST,
  PGS_HELPER_NOT_SUPPORTED,  /* this kernel cannot tell that */
  PGS_HELPER_GONE,           /* the address space is no more */
  PGS_HELPER_N_STATUSES,
} PgsHelperStatus;

/**
 * PgsHelperRequest:
 * @version: PGS_HELPER_VERSION
 * @ask: a #PgsHelperAsk
 * @start: an address, a whole number of pages; for maps, a byte of the text
 * @end: for a scan, the address behind the last one; otherwise 0
 * @n: how many items at most, not 0
 * @zero: 0
 */
typedef struct
{
  uint32_t version;
  uint32_t ask;
  uint64_t start;
  uint64_t end;
  uint32_t n;
  uint32_t zero;
} PgsHelperRequest;

/**
 * PgsHelperStretch:
 * @start: an address, a whole number of pages
 * @n: how many pages
 * @zero: 0
 *
 * Pages that follow one another.
 */
typedef struct
{
  uint64_t start;
  uint32_t n;
  uint32_t zero;
} PgsHelperStretch;

/**
 * PgsHelperStretches:
 * @request: with @start and @end 0, and how many @stretches there are as @n
 * @stretches: the others are 0
 *
 * A request for entries of pages here and there, %PGS_HELPER_MAX_ENTRIES in all at
 * most: memory that is populated thinly is read a page at a time, and a question for
 * each would take a hundred times as long as its answer.
 */
typedef struct
{
  PgsHelperRequest request;
  PgsHelperStretch stretches[PGS_HELPER_MAX_STRETCHES];
} PgsHelperStretches;

/**
 * PgsHelperAnswer:
 * @version: PGS_HELPER_VERSION
 * @ask: what was asked for
 * @status: a #PgsHelperStatus
 * @n: how many items follow; 0 unless @status is PGS_HELPER_OK
 * @end: for a scan, how far it came; in the first message, the bytes of a page
 */
typedef struct
{
  uint32_t version;
  uint32_t ask;
  uint32_t status;
  uint32_t n;
  uint64_t end;
} PgsHelperAnswer;

/**
 * PgsHelperRange:
 * @start: first address
 * @end: the address behind the last one
 * @categories: PAGE_IS_* of <linux/fs.h>, of these the zero page and huge pages
 *
 * Populated pages, the item of a scan.
 */
typedef struct
{
  uint64_t start;
  uint64_t end;
  uint64_t categories;
} PgsHelperRange;

/**
 * PgsHelperFrame:
 * @entry: the pagemap entry of the page, the same before and after the rest was read;
 *   0 where it is not, and the rest then too
 * @flags: of /proc/kpageflags
 * @map_count: of /proc/kpagecount
 * @node: the NUMA node, or %PGS_HELPER_NO_NODE
 */
typedef struct
{
  uint64_t entry;
  uint64_t flags;
  uint32_t map_count;
  int32_t  node;
} PgsHelperFrame;

/**
 * PgsHelperMessage:
 * @header: what it answers, and how many items there are
 * @bytes: the items, for maps
 * @ranges: for a scan
 * @entries: for entries and stretches
 * @frames: for frames
 *
 * An answer with as many items as there may be.
 */
typedef struct
{
  PgsHelperAnswer header;
  union
  {
    char           bytes[PGS_HELPER_MAX_BYTES];
    PgsHelperRange ranges[PGS_HELPER_MAX_RANGES];
    uint64_t       entries[PGS_HELPER_MAX_ENTRIES];
    PgsHelperFrame frames[PGS_HELPER_MAX_FRAMES];
  };
} PgsHelperMessage;

_Static_assert (sizeof (PgsHelperRequest) == 32, "the same for every compiler");
_Static_assert (sizeof (PgsHelperStretches) == 1056, "the same for every compiler");
_Static_assert (sizeof (PgsHelperAnswer) == 24, "the same for every compiler");
_Static_assert (sizeof (PgsHelperRange) == 24, "the same for every compiler");
_Static_assert (sizeof (PgsHelperFrame) == 24, "the same for every compiler");
