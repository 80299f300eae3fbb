/* pgs-ram-view.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/pgs-frame-map.h"
#include "paint/pgs-axis.h"

G_BEGIN_DECLS

/**
 * PgsRamView:
 *
 * All that is needed to draw the RAM of the machine and which page of a process lies where.
 * Immutable and reference-counted.
 */
typedef struct _PgsRamView PgsRamView;

PgsRamView  *pgs_ram_view_new       (const PgsSummary *pages,
                                     PgsRamView       *previous,
                                     GCancellable     *cancellable);
PgsRamView  *pgs_ram_view_ref       (PgsRamView       *self);
void         pgs_ram_view_unref     (PgsRamView       *self);
PgsAxis     *pgs_ram_view_get_axis  (const PgsRamView *self);
PgsFrameMap *pgs_ram_view_get_map   (const PgsRamView *self);
PgsSummary  *pgs_ram_view_get_pages (const PgsRamView *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsRamView, pgs_ram_view_unref)

G_END_DECLS
