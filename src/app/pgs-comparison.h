/* pgs-comparison.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/pgs-process.h"
#include "core/pgs-snapshot.h"
#include "core/pgs-source.h"

G_BEGIN_DECLS

/**
 * PgsComparison:
 *
 * Another process, beside the one that is shown: whose pages that one shares. It is read
 * with every comparison, and remembers how it was. Reference-counted; safe from any thread.
 */
typedef struct _PgsComparison PgsComparison;

PgsComparison *pgs_comparison_new      (pid_t           pid,
                                        PgsProcess     *process,
                                        PgsSource      *source,
                                        gsize           max_bytes);
PgsComparison *pgs_comparison_ref      (PgsComparison  *self);
void           pgs_comparison_unref    (PgsComparison  *self);
pid_t          pgs_comparison_get_pid  (PgsComparison  *self);
PgsSnapshot   *pgs_comparison_run      (PgsComparison  *self,
                                        PgsSnapshot    *snapshot,
                                        PgsSnapshot    *previous,
                                        GCancellable   *cancellable,
                                        GError        **problem);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsComparison, pgs_comparison_unref)

G_END_DECLS
