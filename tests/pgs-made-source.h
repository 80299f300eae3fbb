/* pgs-made-source.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/pgs-source.h"

G_BEGIN_DECLS

#define PGS_TYPE_MADE_SOURCE (pgs_made_source_get_type ())
G_DECLARE_FINAL_TYPE (PgsMadeSource, pgs_made_source, PGS, MADE_SOURCE, GObject)

/**
 * PgsMadeSource:
 * @maps: the text of maps
 * @page_size: bytes a page
 * @ram_end: the PFN behind the last frame
 * @entry: the entry of every page; that of a present one counts up from page 0
 * @ranges: what scans tell, whatever they were asked for
 * @n_ranges: how many
 * @max_walk: how far a scan comes at most, in bytes
 * @walks_too_far: whether scans tell that they came to the end of everything
 * @max_entries: how many entries to tell at most each time
 * @call: called before anything is told of pages, with how many such calls there
 *   have been since maps was read, this one included; may change the source
 * @user_data: for @call
 * @gone: whether the address space is no more; reading maps gets a new one
 * @n_told_gone: how often a reading of entries told that, or failed; after it, a scan
 *   or a third time fails the test
 * @maps_error: (nullable): what reading maps gives
 * @scan_error: (nullable): what a scan gives
 * @read_error: (nullable): what reading entries gives
 * @check_error: (nullable): what a check gives
 * @n_maps: how often maps was read
 * @n_calls: how often something was to be told of pages since
 * @n_scans: how many of all those were scans
 * @n_reads: and how many were not
 * @asked_end: the address behind the last page that was asked for
 *
 * A source of pages that no process has: a test says what is told of them, and
 * what goes wrong.
 */
struct _PgsMadeSource
{
  GObject                  parent_instance;
  const char              *maps;
  uint64_t                 page_size;
  uint64_t                 ram_end;
  uint64_t                 entry;
  const PgsPopulatedRange *ranges;
  guint                    n_ranges;
  uint64_t                 max_walk;
  gboolean                 walks_too_far;
  gsize                    max_entries;
  void                   (*call) (PgsMadeSource *self,
                                  guint          n_calls);
  gpointer                 user_data;
  gboolean                 gone;
  guint                    n_told_gone;
  const GError            *maps_error;
  const GError            *scan_error;
  const GError            *read_error;
  const GError            *check_error;
  guint                    n_maps;
  guint                    n_calls;
  guint                    n_scans;
  guint                    n_reads;
  uint64_t                 asked_end;
};

PgsMadeSource *pgs_made_source_new (const char *maps);

G_END_DECLS
