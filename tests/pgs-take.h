/* pgs-take.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/pgs-proc-source.h"
#include "core/pgs-snapshot-builder.h"
#include "pgs-target.h"

G_BEGIN_DECLS

/* Under AddressSanitizer a process has some 20 TiB of address space, which takes
 * minutes to read page by page: there it is scanned only. */
#if defined(__SANITIZE_ADDRESS__)
#define PGS_TAKE_HAS_SHADOW 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PGS_TAKE_HAS_SHADOW 1
#endif
#endif
#ifndef PGS_TAKE_HAS_SHADOW
#define PGS_TAKE_HAS_SHADOW 0
#endif

PgsSource   *pgs_take_source              (const char         *proc_root,
                                           pid_t               pid,
                                           PgsProcScan         scan,
                                           GError            **error);
PgsSnapshot *pgs_take_snapshot            (const char         *proc_root,
                                           pid_t               pid,
                                           PgsProcScan         scan,
                                           GError            **error);
gboolean     pgs_take_can_read_everything (void);
uint64_t     pgs_take_count_state         (const PgsSnapshot  *snapshot,
                                           const PgsTarget    *target,
                                           PgsTargetArea       area,
                                           PgsPageState        wanted);

G_END_DECLS
