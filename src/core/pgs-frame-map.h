/* pgs-frame-map.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "pgs-summary.h"

G_BEGIN_DECLS

/**
 * PgsFrameMap:
 *
 * The frames of RAM and which page of a process lies in each: the page tables, read from
 * the other end. It is a snapshot and a summary of physical addresses, with an entry for
 * every frame that the process maps: whoever knows how to draw pages draws these. Immutable
 * and reference-counted.
 */
typedef struct _PgsFrameMap PgsFrameMap;

PgsFrameMap *pgs_frame_map_new         (const PgsSummary   *pages,
                                        PgsMaps            *ram,
                                        const PgsFrameMap  *previous,
                                        GCancellable       *cancellable);
PgsFrameMap *pgs_frame_map_ref         (PgsFrameMap        *self);
void         pgs_frame_map_unref       (PgsFrameMap        *self);
PgsSummary  *pgs_frame_map_get_summary (const PgsFrameMap  *self);
uint64_t     pgs_frame_map_get_n_frames (const PgsFrameMap *self);
gboolean     pgs_frame_map_has_frame   (const PgsFrameMap  *self,
                                        uint64_t            pfn);
GArray      *pgs_frame_map_find_pages  (const PgsFrameMap  *self,
                                        uint64_t            start,
                                        uint64_t            end,
                                        guint               max_ranges);
gboolean     pgs_frame_map_find_frame  (const PgsFrameMap  *self,
                                        uint64_t            start,
                                        uint64_t            end,
                                        uint64_t            address,
                                        uint64_t           *found);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsFrameMap, pgs_frame_map_unref)

G_END_DECLS
