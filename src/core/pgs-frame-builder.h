/* pgs-frame-builder.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-snapshot.h"
#include "pgs-source.h"

G_BEGIN_DECLS

PgsSnapshot *pgs_snapshot_with_frames (PgsSnapshot   *snapshot,
                                       PgsSource     *source,
                                       PgsSnapshot   *previous,
                                       GCancellable  *cancellable,
                                       GError       **error);

G_END_DECLS
