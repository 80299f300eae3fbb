/* pgs-snapshot.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-frame-store.h"
#include "pgs-maps.h"
#include "pgs-page-store.h"

G_BEGIN_DECLS

/**
 * PgsRange:
 * @start: first address
 * @end: the address behind the last one
 *
 * Addresses that follow one another.
 */
typedef struct
{
  uint64_t start;
  uint64_t end;
} PgsRange;

/**
 * PgsTotals:
 * @mapped: pages of the mappings
 * @present: pages with a frame
 * @swapped: pages in swap
 * @guard: guard pages
 * @hidden: pages whose frame or swap slot the kernel does not tell
 * @unread: pages that have not been read yet
 *
 * Amounts, in pages.
 */
typedef struct
{
  uint64_t mapped;
  uint64_t present;
  uint64_t swapped;
  uint64_t guard;
  uint64_t hidden;
  uint64_t unread;
} PgsTotals;

/**
 * PgsSnapshot:
 *
 * The address space of a process at one moment: its mappings, the entry of
 * every populated page, and the totals. Immutable, reference-counted, and safe
 * to hand from thread to thread. Only a #PgsSnapshotBuilder makes one.
 */
typedef struct _PgsSnapshot PgsSnapshot;

PgsSnapshot      *pgs_snapshot_new                (PgsMaps           *maps,
                                                   PgsPageStore      *store,
                                                   uint64_t           page_size,
                                                   uint64_t           ram_end,
                                                   const GError      *pages_error);
PgsSnapshot      *pgs_snapshot_new_partial        (PgsMaps           *maps,
                                                   PgsPageStore      *store,
                                                   uint64_t           page_size,
                                                   uint64_t           ram_end,
                                                   const GArray      *unread);
PgsSnapshot      *pgs_snapshot_new_with_frames    (const PgsSnapshot *like,
                                                   PgsFrameStore     *frames);
PgsSnapshot      *pgs_snapshot_ref                (PgsSnapshot       *self);
void              pgs_snapshot_unref              (PgsSnapshot       *self);
PgsMaps          *pgs_snapshot_get_maps           (const PgsSnapshot *self);
PgsPageStore     *pgs_snapshot_get_store          (const PgsSnapshot *self);
uint64_t          pgs_snapshot_get_page_size      (const PgsSnapshot *self);
uint64_t          pgs_snapshot_get_ram_end        (const PgsSnapshot *self);
const PgsFrameBands *
                  pgs_snapshot_get_bands          (const PgsSnapshot *self);
const GArray     *pgs_snapshot_get_unread         (const PgsSnapshot *self);
gboolean          pgs_snapshot_knows              (const PgsSnapshot *self,
                                                   uint64_t           start,
                                                   uint64_t           end);
gint64            pgs_snapshot_get_time           (const PgsSnapshot *self);
const GError     *pgs_snapshot_get_pages_error    (const PgsSnapshot *self);
const PgsTotals  *pgs_snapshot_get_totals         (const PgsSnapshot *self);
const PgsTotals  *pgs_snapshot_get_mapping_totals (const PgsSnapshot *self,
                                                   guint              index);
uint64_t          pgs_snapshot_get_entry          (const PgsSnapshot *self,
                                                   uint64_t           address);
PgsFrameStore    *pgs_snapshot_get_frames         (const PgsSnapshot *self);
uint32_t          pgs_snapshot_get_frame_word     (const PgsSnapshot *self,
                                                   uint64_t           address);
gboolean          pgs_snapshot_says               (const PgsSnapshot *self,
                                                   const PgsSnapshot *other);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsSnapshot, pgs_snapshot_unref)

G_END_DECLS
