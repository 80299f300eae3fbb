/* pgs-page-reader.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-maps.h"
#include "pgs-page-store-builder.h"
#include "pgs-source.h"

G_BEGIN_DECLS

/**
 * PgsPageReader:
 * @source: (transfer none): where to read from
 * @cancellable: (transfer none) (nullable): ends the reading from another thread
 * @maps: (transfer none): the mappings
 * @store: (transfer none): where the pages go
 * @previous: (transfer none) (nullable): a store of the same mappings, read before
 * @gone: whether the kernel had nothing to tell of an address: the address space is
 *   no more
 *
 * Brings pages from a source to a page store. For the builder of snapshots alone.
 */
typedef struct
{
  PgsSource           *source;
  GCancellable        *cancellable;
  const PgsMaps       *maps;
  PgsPageStoreBuilder *store;
  const PgsPageStore  *previous;
  gboolean             gone;

  /*< private >*/
  uint64_t             page_size;
  GArray              *ranges;
  uint64_t            *entries;
  gboolean             cannot_scan;
  gboolean             is_dense;   /* what was read last */
} PgsPageReader;

void     pgs_page_reader_init      (PgsPageReader  *self,
                                    PgsSource      *source,
                                    GCancellable   *cancellable);
void     pgs_page_reader_clear     (PgsPageReader  *self);
gboolean pgs_page_reader_probe     (PgsPageReader  *self,
                                    GError        **error);
gboolean pgs_page_reader_read_step (PgsPageReader  *self,
                                    uint64_t        start,
                                    uint64_t       *end,
                                    GError        **error);

G_END_DECLS
