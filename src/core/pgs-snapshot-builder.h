/* pgs-snapshot-builder.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-focus.h"
#include "pgs-snapshot.h"
#include "pgs-source.h"

G_BEGIN_DECLS

/* How much memory the pages of a snapshot take at most, but for what a process needs
 * without any detail. */
#define PGS_SNAPSHOT_MAX_BYTES ((gsize) 256 << 20)

/**
 * PgsSnapshotProgress:
 * @partial: what was read so far
 * @fraction: how much of the address space that is, from 0 to 1
 * @user_data: as given
 *
 * Told while a snapshot is being built, in the thread that builds it.
 */
typedef void (*PgsSnapshotProgress) (PgsSnapshot *partial,
                                     double       fraction,
                                     gpointer     user_data);

/**
 * PgsSnapshotOptions:
 * @previous: (nullable): an earlier snapshot of the same process, from which the new
 *   one takes over what has not changed
 * @focus: (nullable): what to read first, and to keep in detail
 * @max_bytes: how much memory the pages may take; 0 for %PGS_SNAPSHOT_MAX_BYTES
 * @progress: (nullable): told some times a second what was read so far
 * @user_data: for @progress
 *
 * How to build a snapshot.
 */
typedef struct
{
  PgsSnapshot         *previous;
  PgsFocus            *focus;
  gsize                max_bytes;
  PgsSnapshotProgress  progress;
  gpointer             user_data;
} PgsSnapshotOptions;

PgsSnapshot *pgs_snapshot_build      (PgsSource                 *source,
                                      GCancellable              *cancellable,
                                      GError                   **error);
PgsSnapshot *pgs_snapshot_build_with (PgsSource                 *source,
                                      const PgsSnapshotOptions  *options,
                                      GCancellable              *cancellable,
                                      GError                   **error);
PgsSnapshot *pgs_snapshot_refine     (PgsSnapshot               *snapshot,
                                      PgsSource                 *source,
                                      const PgsSnapshotOptions  *options,
                                      GCancellable              *cancellable,
                                      GError                   **error);

G_END_DECLS
