/* pgs-sharers.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-maps.h"
#include "pgs-source.h"

G_BEGIN_DECLS

/* Limits of one search: of processes looked at, of mappings read from all of them, of
 * pages looked at in the private memory of processes that run the same program, and of
 * mappings found. Mappings and pages are some seconds each. */
#define PGS_SHARERS_MAX_PROCESSES 16384
#define PGS_SHARERS_MAX_MAPPINGS  UINT64_C (8000000)
#define PGS_SHARERS_MAX_PAGES     UINT64_C (16000000)
#define PGS_SHARERS_MAX_FOUND     4096

/* How those that share a page can be found. */
typedef enum
{
  PGS_SHARERS_NO_FRAME,  /* not at all: the page has no frame */
  PGS_SHARERS_EXCLUSIVE, /* not at all: no other page table maps the frame */
  PGS_SHARERS_ZERO,      /* not at all: it is the frame of zeros, in most page tables */
  PGS_SHARERS_HIDDEN,    /* not at all: the frame is hidden, and there is no file */
  PGS_SHARERS_BY_FILE,   /* among mappings of the same place of the same file */
  PGS_SHARERS_BY_NAME,   /* among the kernel's mappings of the same name */
  PGS_SHARERS_PRIVATE,   /* at the same address, and in copies of the process */
} PgsSharersMethod;

/* Which limits a search came to. */
typedef enum
{
  PGS_SHARERS_LIMIT_TIME      = 1 << 0,
  PGS_SHARERS_LIMIT_PROCESSES = 1 << 1,
  PGS_SHARERS_LIMIT_MAPPINGS  = 1 << 2,
  PGS_SHARERS_LIMIT_PAGES     = 1 << 3,
  PGS_SHARERS_LIMIT_FOUND     = 1 << 4,
} PgsSharersLimits;

/* What is known of a page found. */
typedef enum
{
  PGS_SHARER_SAME_FRAME, /* its frame has the same number */
  PGS_SHARER_SAME_PAGE,  /* it is the same page of the file, in a frame that is hidden */
  PGS_SHARER_SAME_PLACE, /* it is mapped to the same place of the file; whether it is
                          * present cannot be read */
} PgsSharerKind;

/**
 * PgsSharer:
 * @pid: process ID
 * @name: what the process is called, valid UTF-8
 * @address: of the page in that process
 * @flags: permissions of the mapping there
 * @kind: what is known
 *
 * One more place where a page is mapped.
 */
typedef struct
{
  pid_t            pid;
  char            *name;
  uint64_t         address;
  PgsMappingFlags  flags;
  PgsSharerKind    kind;
} PgsSharer;

/**
 * PgsSharers:
 * @method: how was looked
 * @found: (element-type PgsSharer): where else the page is mapped; the process itself
 *   comes first, then by PID and address
 * @has_changed: the page was given another frame, or was unmapped, before the search was
 *   over; nothing else counts then
 * @n_processes: how many processes were looked at, the page's own among them
 * @n_all: how many there were to look at
 * @n_denied: how many could not be looked at
 * @n_related: of how many, as they run the same program file, all private memory was
 *   looked at
 * @n_hidden: in how many there is a page to compare with, but its frame is hidden
 * @n_absent: in how many mappings of the same page of the file it is not present
 * @n_copies: in how many of them it was written, which made a copy
 * @n_others: in how many of them it is in another frame for whatever other reason
 * @limits: which limits were reached
 *
 * Who else maps a page, and what was looked at to find out.
 */
typedef struct
{
  PgsSharersMethod  method;
  GPtrArray        *found;
  gboolean          has_changed;
  guint             n_processes;
  guint             n_all;
  guint             n_denied;
  guint             n_related;
  guint             n_hidden;
  guint             n_absent;
  guint             n_copies;
  guint             n_others;
  PgsSharersLimits  limits;
} PgsSharers;

/**
 * PgsSharersProgress:
 * @n_done: processes looked at so far
 * @n_all: how many there are
 *
 * How far a search is. Read it with g_atomic_int_get() from any thread.
 */
typedef struct
{
  int n_done;
  int n_all;
} PgsSharersProgress;

/**
 * PgsSharersQuery:
 * @proc_root: (nullable): the folder to read as /proc, or %NULL for "/proc"
 * @source: of the process that the page belongs to, with all that may be seen of it;
 *   not used by others meanwhile
 * @pid: that process
 * @page: page-aligned address of the page
 * @mapping: what it lies in
 * @entry: its pagemap entry
 * @time_limit: microseconds after which the search ends; 0 for no such limit
 * @progress: (nullable): where to tell how far it is
 *
 * What to look for.
 */
typedef struct
{
  const char         *proc_root;
  PgsSource          *source;
  pid_t               pid;
  uint64_t            page;
  const PgsMapping   *mapping;
  uint64_t            entry;
  gint64              time_limit;
  PgsSharersProgress *progress;
} PgsSharersQuery;

PgsSharersMethod  pgs_sharers_choose (const PgsMapping       *mapping,
                                      uint64_t                entry);
gboolean          pgs_sharers_method_can_find
                                     (PgsSharersMethod        method);
PgsSharers       *pgs_sharers_find   (const PgsSharersQuery  *query,
                                      GCancellable           *cancellable,
                                      GError                **error);
void              pgs_sharers_free   (PgsSharers             *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsSharers, pgs_sharers_free)

G_END_DECLS
