/* pgs-proc-source.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-process.h"
#include "pgs-source.h"

G_BEGIN_DECLS

#define PGS_TYPE_PROC_SOURCE (pgs_proc_source_get_type ())
G_DECLARE_FINAL_TYPE (PgsProcSource, pgs_proc_source, PGS, PROC_SOURCE, GObject)

/* How a #PgsProcSource finds populated pages. */
typedef enum
{
  PGS_PROC_SCAN_AUTO,  /* PAGEMAP_SCAN where the kernel has it */
  PGS_PROC_SCAN_NEVER, /* read every entry, as on kernels before 6.7 */
} PgsProcScan;

PgsSource *pgs_proc_source_new (PgsProcess  *process,
                                const char  *proc_root,
                                PgsProcScan  scan);

G_END_DECLS
