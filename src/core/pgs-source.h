/* pgs-source.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <stdint.h>

#include "pgs-frame.h"

G_BEGIN_DECLS

/**
 * PgsPopulatedRange:
 * @start: first address
 * @end: the address behind the last one
 * @marks: PGS_PAGEMAP_MARK_* that hold for every page of the range
 *
 * Addresses whose pages are present, swapped or guard pages.
 */
typedef struct
{
  uint64_t start;
  uint64_t end;
  uint64_t marks;
} PgsPopulatedRange;

#define PGS_TYPE_SOURCE (pgs_source_get_type ())
G_DECLARE_INTERFACE (PgsSource, pgs_source, PGS, SOURCE, GObject)

/**
 * PgsSourceInterface:
 * @get_page_size: bytes a page
 * @get_ram_end: the PFN behind the last frame of RAM, or 0 when not known
 * @read_maps: the text of maps
 * @scan: appends the populated ranges of [start, end) to an array, in ascending
 *   order and without overlap, up to the address it returns in @walk_end; %FALSE
 *   with %G_IO_ERROR_NOT_SUPPORTED where the source cannot tell
 * @read_entries: reads pagemap entries of consecutive pages; returns how many,
 *   0 when there are none to read at that address, -1 on error
 * @read_stretches: the same for pages here and there, one after the other; %NULL where
 *   that is no faster than asking for each
 * @read_frames: (nullable): tells of the frames of consecutive pages whose entries are
 *   given; returns of how many, -1 with %G_IO_ERROR_PERMISSION_DENIED or
 *   %G_IO_ERROR_NOT_SUPPORTED where nothing can be told of frames at all. A source
 *   without it supports none
 * @check: %TRUE while what is read is still of the same process and program
 *
 * Where the bytes about a process come from. A source is used by one thread at
 * a time; every call may block.
 */
struct _PgsSourceInterface
{
  GTypeInterface parent_iface;

  uint64_t  (*get_page_size) (PgsSource     *self);
  uint64_t  (*get_ram_end)   (PgsSource     *self);
  GBytes   *(*read_maps)     (PgsSource     *self,
                              GCancellable  *cancellable,
                              GError       **error);
  gboolean  (*scan)          (PgsSource     *self,
                              uint64_t       start,
                              uint64_t       end,
                              GArray        *ranges,
                              uint64_t      *walk_end,
                              GError       **error);
  gssize    (*read_entries)  (PgsSource     *self,
                              uint64_t       address,
                              uint64_t      *entries,
                              gsize          n_entries,
                              GError       **error);
  gssize    (*read_stretches) (PgsSource               *self,
                               const PgsPopulatedRange *stretches,
                               guint                    n_stretches,
                               uint64_t                *entries,
                               GError                 **error);
  gssize    (*read_frames)   (PgsSource       *self,
                              uint64_t         address,
                              const uint64_t  *entries,
                              gsize            n_pages,
                              PgsFrame        *frames,
                              GError         **error);
  gboolean  (*check)         (PgsSource     *self,
                              GError       **error);
};

uint64_t  pgs_source_get_page_size (PgsSource     *self);
uint64_t  pgs_source_get_ram_end   (PgsSource     *self);
GBytes   *pgs_source_read_maps     (PgsSource     *self,
                                    GCancellable  *cancellable,
                                    GError       **error);
gboolean  pgs_source_scan          (PgsSource     *self,
                                    uint64_t       start,
                                    uint64_t       end,
                                    GArray        *ranges,
                                    uint64_t      *walk_end,
                                    GError       **error);
gssize    pgs_source_read_entries  (PgsSource     *self,
                                    uint64_t       address,
                                    uint64_t      *entries,
                                    gsize          n_entries,
                                    GError       **error);
gssize    pgs_source_read_stretches (PgsSource               *self,
                                     const PgsPopulatedRange *stretches,
                                     guint                    n_stretches,
                                     uint64_t                *entries,
                                     GError                 **error);
gssize    pgs_source_read_frames   (PgsSource       *self,
                                    uint64_t         address,
                                    const uint64_t  *entries,
                                    gsize            n_pages,
                                    PgsFrame        *frames,
                                    GError         **error);
gboolean  pgs_source_check         (PgsSource     *self,
                                    GError       **error);

G_END_DECLS
