/* pgs-take.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Takes snapshots of processes for tests, and counts what is in them.
 */

#include "config.h"

#include "pgs-take.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "pgs-raw-proc.h"

/**
 * pgs_take_source:
 * @proc_root: (nullable): the folder to read as /proc, or %NULL for "/proc"
 * @pid: process ID
 * @scan: whether PAGEMAP_SCAN may be used
 * @error: return location for a %PGS_PROCESS_ERROR
 *
 * Returns: (transfer full): the process to read; %NULL when it cannot be opened
 */
PgsSource *
pgs_take_source (const char   *proc_root,
                 pid_t         pid,
                 PgsProcScan   scan,
                 GError      **error)
{
  g_autoptr(PgsProcess) process = pgs_process_open (proc_root, pid, error);

  return process != NULL ? pgs_proc_source_new (process, proc_root, scan) : NULL;
}

/**
 * pgs_take_snapshot:
 *
 * The parameters are those of pgs_take_source().
 *
 * Returns: (transfer full): a snapshot; %NULL when none can be taken
 */
PgsSnapshot *
pgs_take_snapshot (const char   *proc_root,
                   pid_t         pid,
                   PgsProcScan   scan,
                   GError      **error)
{
  g_autoptr(PgsSource) source = pgs_take_source (proc_root, pid, scan, error);

  return source != NULL ? pgs_snapshot_build (source, NULL, error) : NULL;
}

/**
 * pgs_take_can_read_everything:
 *
 * Returns: whether a process can be read without PAGEMAP_SCAN; says aloud when
 *   not
 */
gboolean
pgs_take_can_read_everything (void)
{
  if (PGS_TAKE_HAS_SHADOW)
    print_message ("skipped: reading without PAGEMAP_SCAN, for AddressSanitizer has "
                   "too much address space\n");
  return !PGS_TAKE_HAS_SHADOW;
}

/**
 * pgs_take_count_state:
 *
 * Returns: how many pages of an area are in the @wanted state
 */
uint64_t
pgs_take_count_state (const PgsSnapshot *snapshot,
                      const PgsTarget   *target,
                      PgsTargetArea      area,
                      PgsPageState       wanted)
{
  uint64_t page_size = pgs_raw_page_size ();
  uint64_t n = 0;

  for (uint64_t a = target->start[area]; a < target->end[area]; a += page_size)
    n += pgs_pagemap_entry_get_state (pgs_snapshot_get_entry (snapshot, a)) == wanted;
  return n;
}
