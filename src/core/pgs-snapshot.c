/* pgs-snapshot.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The address space of a process at one moment.
 *
 * Totals are counted once, when the snapshot is made, by walking mappings and
 * stored spans side by side: both are sorted, so the walk costs what is
 * populated. A run is counted without looking at its pages.
 */

#include "config.h"

#include "pgs-snapshot.h"

struct _PgsSnapshot
{
  gatomicrefcount  ref_count;
  PgsMaps         *maps;
  PgsPageStore    *store;
  uint64_t         page_size;
  uint64_t         ram_end;
  gint64           time;
  GError          *pages_error;
  PgsTotals        totals;
  PgsTotals       *mapping_totals;
};

static void
count_entry (PgsTotals *totals,
             uint64_t   entry,
             uint64_t   n_pages)
{
  switch (pgs_pagemap_entry_get_state (entry))
    {
    case PGS_PAGE_PRESENT:
      totals->present += n_pages;
      break;
    case PGS_PAGE_SWAPPED:
      totals->swapped += n_pages;
      break;
    case PGS_PAGE_GUARD:
      totals->guard += n_pages;
      break;
    case PGS_PAGE_ABSENT:
      return;
    default:
      g_assert_not_reached ();
    }
  if (pgs_pagemap_entry_is_hidden (entry))
    totals->hidden += n_pages;
}

/* Counts the pages of @span from @first up to @end, page numbers. */
static void
count_span (PgsTotals         *totals,
            const PgsPageSpan *span,
            uint64_t           first,
            uint64_t           end)
{
  if (span->entries == NULL)
    {
      count_entry (totals, span->run, end - first);
      return;
    }
  for (uint64_t page = first; page < end; page++)
    count_entry (totals, span->entries[page - span->first_page], 1);
}

static void
count_mapping (const PgsSnapshot *self,
               const PgsMapping  *mapping,
               guint             *span_index,
               PgsTotals         *totals)
{
  uint64_t first = mapping->start / self->page_size;
  uint64_t end = mapping->end / self->page_size;
  guint n_spans = pgs_page_store_get_n_spans (self->store);

  totals->mapped = end - first;
  while (*span_index < n_spans)
    {
      PgsPageSpan span;
      uint64_t span_end;

      pgs_page_store_get_span (self->store, *span_index, &span);
      span_end = span.first_page + span.n_pages;
      if (span.first_page >= end)
        break;
      if (span_end > first)
        count_span (totals, &span, MAX (first, span.first_page), MIN (end, span_end));
      if (span_end > end)
        break;
      (*span_index)++;
    }
}

static void
count_all (PgsSnapshot *self)
{
  guint n_mappings = pgs_maps_get_n_mappings (self->maps);
  guint span_index = 0;

  self->mapping_totals = g_new0 (PgsTotals, n_mappings);
  for (guint i = 0; i < n_mappings; i++)
    {
      PgsTotals *totals = &self->mapping_totals[i];

      count_mapping (self, pgs_maps_get_mapping (self->maps, i), &span_index, totals);
      self->totals.mapped += totals->mapped;
      self->totals.present += totals->present;
      self->totals.swapped += totals->swapped;
      self->totals.guard += totals->guard;
      self->totals.hidden += totals->hidden;
    }
}

/**
 * pgs_snapshot_new:
 * @maps: (transfer none): the mappings
 * @store: (transfer none): the populated pages
 * @page_size: bytes a page
 * @ram_end: the PFN behind the last frame of the machine's RAM, or 0 when it is
 *   not known
 * @pages_error: (nullable): why the pages could not be read
 *
 * Makes a snapshot of now, and counts its totals. For the builder and for tests.
 *
 * Returns: (transfer full): the snapshot
 */
PgsSnapshot *
pgs_snapshot_new (PgsMaps      *maps,
                  PgsPageStore *store,
                  uint64_t      page_size,
                  uint64_t      ram_end,
                  const GError *pages_error)
{
  PgsSnapshot *self;

  g_return_val_if_fail (maps != NULL && store != NULL, NULL);
  g_return_val_if_fail (page_size > 0, NULL);

  self = g_new0 (PgsSnapshot, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->maps = pgs_maps_ref (maps);
  self->store = pgs_page_store_ref (store);
  self->page_size = page_size;
  self->ram_end = ram_end;
  self->time = g_get_real_time ();
  self->pages_error = pages_error != NULL ? g_error_copy (pages_error) : NULL;
  count_all (self);
  return self;
}

/**
 * pgs_snapshot_ref:
 *
 * Returns: (transfer full): @self with one more reference
 */
PgsSnapshot *
pgs_snapshot_ref (PgsSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * pgs_snapshot_unref:
 *
 * Drops a reference; the last one frees the snapshot.
 */
void
pgs_snapshot_unref (PgsSnapshot *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  pgs_maps_unref (self->maps);
  pgs_page_store_unref (self->store);
  g_clear_error (&self->pages_error);
  g_free (self->mapping_totals);
  g_free (self);
}

/**
 * pgs_snapshot_get_maps:
 *
 * Returns: (transfer none): the mappings
 */
PgsMaps *
pgs_snapshot_get_maps (const PgsSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->maps;
}

/**
 * pgs_snapshot_get_store:
 *
 * Returns: (transfer none): the populated pages
 */
PgsPageStore *
pgs_snapshot_get_store (const PgsSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->store;
}

/**
 * pgs_snapshot_get_page_size:
 *
 * Returns: bytes a page
 */
uint64_t
pgs_snapshot_get_page_size (const PgsSnapshot *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->page_size;
}

/**
 * pgs_snapshot_get_ram_end:
 *
 * Returns: the PFN behind the last frame of the machine's RAM, or 0 when it is
 *   not known
 */
uint64_t
pgs_snapshot_get_ram_end (const PgsSnapshot *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->ram_end;
}

/**
 * pgs_snapshot_get_time:
 *
 * Returns: when it was taken, in microseconds since 1970 (UTC)
 */
gint64
pgs_snapshot_get_time (const PgsSnapshot *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->time;
}

/**
 * pgs_snapshot_get_pages_error:
 *
 * Returns: (transfer none) (nullable): why the pages could not be read, so that
 *   all of them look absent; %NULL where they were
 */
const GError *
pgs_snapshot_get_pages_error (const PgsSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->pages_error;
}

/**
 * pgs_snapshot_get_totals:
 *
 * Returns: (transfer none): amounts of the whole address space, in pages
 */
const PgsTotals *
pgs_snapshot_get_totals (const PgsSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->totals;
}

/**
 * pgs_snapshot_get_mapping_totals:
 * @index: index of a mapping
 *
 * Returns: (transfer none): amounts of that mapping, in pages
 */
const PgsTotals *
pgs_snapshot_get_mapping_totals (const PgsSnapshot *self,
                                 guint              index)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (index < pgs_maps_get_n_mappings (self->maps), NULL);

  return &self->mapping_totals[index];
}

/**
 * pgs_snapshot_get_entry:
 * @address: any address
 *
 * Returns: the pagemap entry of the page that holds the address; 0 when it is
 *   absent or not mapped
 */
uint64_t
pgs_snapshot_get_entry (const PgsSnapshot *self,
                        uint64_t           address)
{
  g_return_val_if_fail (self != NULL, 0);

  return pgs_page_store_get_entry (self->store, address / self->page_size);
}
