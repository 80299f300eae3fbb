/* pgs-bench-target.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <stdint.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* What a target does with its memory. */
typedef enum
{
  PGS_BENCH_SCATTERED,  /* pages in 4 KiB frames, touched in random order */
  PGS_BENCH_CONTIGUOUS, /* pages in 4 KiB frames, touched from first to last */
  PGS_BENCH_HUGE,       /* pages in huge pages */
  PGS_BENCH_SPARSE,     /* 20 TiB reserved, 10,000 pages touched, and 1 GiB resident */
  PGS_BENCH_MAPPINGS,   /* as many mappings as the kernel allows, one page each */
} PgsBenchMemory;

/**
 * PgsBenchTarget:
 * @pid: its process ID
 * @address: of the first page
 * @n_bytes: of address space from there on
 * @n_pages: how many it was made with
 *
 * A process with a lot of memory, made to be looked at.
 */
typedef struct
{
  pid_t    pid;
  int      control;
  int      answer;
  uint64_t address;
  uint64_t n_bytes;
  guint    n_pages;
} PgsBenchTarget;

PgsBenchTarget *pgs_bench_target_new    (PgsBenchMemory   memory,
                                         guint            n_pages,
                                         char           **reason);
void            pgs_bench_target_free   (PgsBenchTarget  *self);
gboolean        pgs_bench_target_toggle (PgsBenchTarget  *self,
                                         double           share);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsBenchTarget, pgs_bench_target_free)

G_END_DECLS
