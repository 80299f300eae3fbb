/* pgs-target.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <stdint.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* The user that tests run as where they are to have no rights. */
#define PGS_TARGET_NOBODY 65534

/* What the memory of a target is made of. */
typedef enum
{
  PGS_TARGET_TOUCHED,      /* private pages, all written */
  PGS_TARGET_UNTOUCHED,    /* private pages, never used */
  PGS_TARGET_ZERO,         /* private pages, all read and none written */
  PGS_TARGET_SHARED,       /* shared anonymous memory, the first half written */
  PGS_TARGET_FILE,         /* a private mapping of a file, all read, the second half written */
  PGS_TARGET_INACCESSIBLE, /* written, then made PROT_NONE */
  PGS_TARGET_RESERVED,     /* 8 GiB with a written page every PGS_TARGET_STRIDE bytes */
  PGS_TARGET_STRIPED,      /* every other page written: more ranges than one scan returns */
  PGS_TARGET_HUGE,         /* one huge page */
  PGS_TARGET_GUARD,        /* guard pages amid written ones */
  PGS_TARGET_SWAPPED,      /* private pages, all in swap */
  PGS_TARGET_N_AREAS,
} PgsTargetArea;

#define PGS_TARGET_STRIPES 6000
#define PGS_TARGET_STRIDE ((uint64_t) 2 << 30)

typedef enum
{
  PGS_TARGET_AS_NOBODY    = 1 << 0, /* run as a user without rights; needs root */
  PGS_TARGET_SWAP         = 1 << 1, /* have swapped pages; needs swap to be on */
  PGS_TARGET_NOT_DUMPABLE = 1 << 2, /* keep others of the same user out */
  PGS_TARGET_NO_LEADER    = 1 << 3, /* let the first thread end, and another one stay */
} PgsTargetFlags;

/**
 * PgsTarget:
 * @pid: its process ID
 * @start: the first address of each area; 0 where this machine cannot have it
 * @end: the address behind the last one of each area
 *
 * A process with memory of every kind, made to be looked at.
 */
typedef struct
{
  pid_t    pid;
  int      control;
  int      answer;
  uint64_t start[PGS_TARGET_N_AREAS];
  uint64_t end[PGS_TARGET_N_AREAS];
} PgsTarget;

/* Returns: (transfer full) (nullable): what went wrong, or %NULL */
typedef char *(*PgsTargetCheck) (gpointer user_data);

PgsTarget *pgs_target_new           (PgsTargetFlags  flags);
void       pgs_target_free          (PgsTarget      *self);
void       pgs_target_change        (PgsTarget      *self);
void       pgs_target_exec          (PgsTarget      *self);
void       pgs_target_end           (PgsTarget      *self);
char      *pgs_target_run_as_nobody (PgsTargetCheck  check,
                                     gpointer        user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsTarget, pgs_target_free)

G_END_DECLS
