/* pgs-snapshot-builder.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Makes a snapshot out of what a source tells.
 *
 * Neighboring mappings are scanned together, as stretches without a gap, so
 * that 65,000 mappings cost a few calls. The scan names the populated ranges;
 * only those are read. Ranges that lie close together are read at once, for a
 * call costs as much as reading some hundred absent pages. A source that cannot
 * scan is read from end to end.
 *
 * A process that ends, execs or changes its mappings meanwhile is a normal
 * event. What was unmapped reads as absent. When the kernel has nothing more to
 * tell of the address space, the reading starts over, a few times at most.
 */

#include "config.h"

#include "pgs-snapshot-builder.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pgs-process.h"

#define MAX_TRIES          4
#define READ_ENTRIES       ((gsize) 32 * 1024)
#define CLOSE_PAGES        256
/* The kernel's half of the address space, [vsyscall] among it, is not in pagemap. */
#define USER_END           (UINT64_C (1) << 63)

typedef struct
{
  PgsSource           *source;
  GCancellable        *cancellable;
  uint64_t             page_size;
  PgsPageStoreBuilder *store;
  GArray              *ranges;
  uint64_t            *entries;
  gboolean             gone;
} Build;

/* Keeps a mark only where the entry, read after the scan, can still bear it. */
static void
apply_marks (uint64_t *entries,
             gsize     n_entries,
             uint64_t  marks)
{
  for (gsize i = 0; i < n_entries; i++)
    {
      if (!pgs_pagemap_entry_is_present (entries[i]))
        continue;
      entries[i] |= marks;
      if (pgs_pagemap_entry_is_exclusive (entries[i]) || pgs_pagemap_entry_is_file (entries[i]))
        entries[i] &= ~PGS_PAGEMAP_MARK_ZERO;
    }
}

/* An absent page may carry the soft-dirty bit of its mapping: it is no page. */
static void
clear_absent (uint64_t *entries,
              gsize     n_entries)
{
  const uint64_t populated = PGS_PAGEMAP_PRESENT | PGS_PAGEMAP_SWAPPED | PGS_PAGEMAP_GUARD;

  for (gsize i = 0; i < n_entries; i++)
    entries[i] = entries[i] & populated ? entries[i] & ~PGS_PAGEMAP_MARKS : 0;
}

/* Marks the pages of @entries, the first of which is at @address, by the ranges
 * from @range on. */
static void
mark_entries (Build    *build,
              guint     range,
              uint64_t  address,
              gsize     n_entries)
{
  uint64_t end = address + n_entries * build->page_size;

  for (; range < build->ranges->len; range++)
    {
      const PgsPopulatedRange *marked =
        &g_array_index (build->ranges, PgsPopulatedRange, range);
      uint64_t first = MAX (marked->start, address);
      uint64_t last = MIN (marked->end, end);

      if (marked->start >= end)
        break;
      if (marked->marks != 0 && first < last)
        apply_marks (build->entries + (first - address) / build->page_size,
                     (last - first) / build->page_size, marked->marks);
    }
}

/* Reads the entries of [start, end) into the store. @range is the first of the
 * populated ranges among them. */
static gboolean
read_stretch (Build     *build,
              uint64_t   start,
              uint64_t   end,
              guint      range,
              GError   **error)
{
  while (start < end)
    {
      gsize wanted = (gsize) MIN (READ_ENTRIES, (end - start) / build->page_size);
      gssize n;

      if (g_cancellable_set_error_if_cancelled (build->cancellable, error))
        return FALSE;
      n = pgs_source_read_entries (build->source, start, build->entries, wanted, error);
      if (n < 0)
        return FALSE;
      if (n == 0)
        {
          build->gone = TRUE;
          return TRUE;
        }
      clear_absent (build->entries, (gsize) n);
      mark_entries (build, range, start, (gsize) n);
      pgs_page_store_builder_append (build->store, start / build->page_size,
                                     build->entries, (gsize) n);
      start += (uint64_t) n * build->page_size;
    }
  return TRUE;
}

/* Drops what is not in ascending order or not within [start, end): a source is
 * not trusted with that. */
static void
put_in_order (GArray   *ranges,
              uint64_t  start,
              uint64_t  end)
{
  guint kept = 0;

  for (guint i = 0; i < ranges->len; i++)
    {
      PgsPopulatedRange range = g_array_index (ranges, PgsPopulatedRange, i);

      range.start = MAX (range.start, start);
      range.end = MIN (range.end, end);
      if (range.start >= range.end)
        continue;
      g_array_index (ranges, PgsPopulatedRange, kept++) = range;
      start = range.end;
    }
  g_array_set_size (ranges, kept);
}

static gboolean
read_ranges (Build   *build,
             GError **error)
{
  guint first = 0;

  while (first < build->ranges->len && !build->gone)
    {
      const PgsPopulatedRange *ranges = (gpointer) build->ranges->data;
      uint64_t end = ranges[first].end;
      guint next = first + 1;

      while (next < build->ranges->len &&
             ranges[next].start - end <= CLOSE_PAGES * build->page_size)
        end = ranges[next++].end;
      if (!read_stretch (build, ranges[first].start, end, first, error))
        return FALSE;
      first = next;
    }
  return TRUE;
}

/* Reads the populated pages of a stretch without gaps. */
static gboolean
scan_stretch (Build     *build,
              uint64_t   start,
              uint64_t   end,
              GError   **error)
{
  while (start < end && !build->gone)
    {
      g_autoptr(GError) scan_error = NULL;
      uint64_t walk_end = start;

      if (g_cancellable_set_error_if_cancelled (build->cancellable, error))
        return FALSE;
      g_array_set_size (build->ranges, 0);
      if (pgs_source_scan (build->source, start, end, build->ranges, &walk_end, &scan_error))
        {
          walk_end = CLAMP (walk_end, start + build->page_size, end);
          put_in_order (build->ranges, start, walk_end);
          if (!read_ranges (build, error))
            return FALSE;
          start = walk_end;
          continue;
        }
      if (g_error_matches (scan_error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
        return read_stretch (build, start, end, 0, error);
      g_propagate_error (error, g_steal_pointer (&scan_error));
      return FALSE;
    }
  return TRUE;
}

/* Sets build->gone where the kernel has nothing to tell of a mapping: pagemap is of
 * an address space that is no more. Asked before scanning, for scanning one that
 * is gone is not safe on every kernel, and after it, for a scan may take it for
 * one without pages. */
static gboolean
probe (Build          *build,
       const PgsMaps  *maps,
       GError        **error)
{
  const PgsMapping *first = pgs_maps_get_mapping (maps, 0);
  gssize n;

  if (first->start >= USER_END)
    return TRUE;
  n = pgs_source_read_entries (build->source, first->start, build->entries, 1, error);
  if (n == 0)
    build->gone = TRUE;
  return n >= 0;
}

static gboolean
read_pages (Build          *build,
            const PgsMaps  *maps,
            GError        **error)
{
  guint n_mappings = pgs_maps_get_n_mappings (maps);
  guint i = 0;

  if (!probe (build, maps, error))
    return FALSE;
  while (i < n_mappings && !build->gone)
    {
      const PgsMapping *first = pgs_maps_get_mapping (maps, i);
      uint64_t end = first->end;

      for (i++; i < n_mappings && pgs_maps_get_mapping (maps, i)->start == end; i++)
        end = pgs_maps_get_mapping (maps, i)->end;
      if (first->start < USER_END &&
          !scan_stretch (build, first->start, MIN (end, USER_END), error))
        return FALSE;
    }
  return probe (build, maps, error);
}

static PgsMaps *
read_maps (Build   *build,
           GError **error)
{
  g_autoptr(GBytes) text = NULL;
  gconstpointer data;
  gsize length;

  text = pgs_source_read_maps (build->source, build->cancellable, error);
  if (text == NULL)
    return NULL;
  data = g_bytes_get_data (text, &length);
  return pgs_maps_parse (data, length, build->page_size, error);
}

static gboolean
is_gone (const GError *error)
{
  return g_error_matches (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_FOUND);
}

static gboolean
is_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static PgsPageStoreBuilder *
new_store (Build *build)
{
  return pgs_page_store_builder_new ((guint) (build->page_size / sizeof (uint64_t)));
}

/* Reads the pages once. Where they cannot be read, the snapshot says why; nothing
 * comes back when the reading was cancelled or the address space vanished. */
static PgsSnapshot *
build_pages (Build    *build,
             PgsMaps  *maps,
             GError  **error)
{
  g_autoptr(GError) pages_error = NULL;
  g_autoptr(PgsPageStore) store = NULL;

  build->store = new_store (build);
  if (!read_pages (build, maps, &pages_error))
    {
      /* Some of the pages would be taken for all of them. */
      pgs_page_store_builder_free (build->store);
      build->store = new_store (build);
      build->gone = build->gone || is_gone (pages_error);
    }
  store = pgs_page_store_builder_end (g_steal_pointer (&build->store));
  if (is_cancelled (pages_error))
    g_propagate_error (error, g_steal_pointer (&pages_error));
  else if (!build->gone)
    return pgs_snapshot_new (maps, store, build->page_size,
                             pgs_source_get_ram_end (build->source), pages_error);
  return NULL;
}

/* Reads once. Sets build->gone, and no error, when the address space vanished: the
 * process ended, or runs another program now. */
static PgsSnapshot *
try_build (Build   *build,
           GError **error)
{
  g_autoptr(GError) maps_error = NULL;
  g_autoptr(PgsMaps) maps = NULL;

  maps = read_maps (build, &maps_error);
  build->gone = is_gone (maps_error) || (maps != NULL && pgs_maps_get_n_mappings (maps) == 0);
  if (build->gone)
    return NULL;
  if (maps == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&maps_error));
      return NULL;
    }
  return build_pages (build, maps, error);
}

static PgsSnapshot *
build_with_retries (Build   *build,
                    GError **error)
{
  for (guint i = 0; i < MAX_TRIES; i++)
    {
      g_autoptr(PgsSnapshot) snapshot = NULL;
      g_autoptr(GError) try_error = NULL;

      snapshot = try_build (build, &try_error);
      if (!is_cancelled (try_error) && !pgs_source_check (build->source, error))
        return NULL;
      if (snapshot != NULL)
        return g_steal_pointer (&snapshot);
      if (try_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&try_error));
          return NULL;
        }
    }
  g_set_error (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_REPLACED,
               _("The process kept starting other programs while it was being read. Try again."));
  return NULL;
}

/**
 * pgs_snapshot_build:
 * @source: where to read from
 * @cancellable: (nullable): ends the reading from another thread
 * @error: return location for an error
 *
 * Reads the mappings and every populated page of a process. Blocks; call it in a
 * worker. Where mappings can be read but pages cannot, the snapshot has the
 * mappings and says why in pgs_snapshot_get_pages_error().
 *
 * Returns: (transfer full): a snapshot; %NULL with an error of
 *   %PGS_PROCESS_ERROR when the process ended or may not be read, or of
 *   %G_IO_ERROR
 */
PgsSnapshot *
pgs_snapshot_build (PgsSource     *source,
                    GCancellable  *cancellable,
                    GError       **error)
{
  Build build = { .source = source, .cancellable = cancellable };
  PgsSnapshot *snapshot;

  g_return_val_if_fail (PGS_IS_SOURCE (source), NULL);

  build.page_size = pgs_source_get_page_size (source);
  build.ranges = g_array_new (FALSE, FALSE, sizeof (PgsPopulatedRange));
  build.entries = g_new (uint64_t, READ_ENTRIES);
  snapshot = build_with_retries (&build, error);
  g_array_unref (build.ranges);
  g_free (build.entries);
  return snapshot;
}
