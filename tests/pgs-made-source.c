/* pgs-made-source.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "pgs-made-source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "core/pgs-pagemap-entry.h"

/* More than any test needs: a reading that does not end fails instead. */
#define MAX_CALLS 10000

static void pgs_made_source_iface_init (PgsSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PgsMadeSource, pgs_made_source, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PGS_TYPE_SOURCE,
                                                      pgs_made_source_iface_init))

static gboolean
give (const GError  *given,
      GError       **error)
{
  if (given != NULL)
    g_propagate_error (error, g_error_copy (given));
  return given != NULL;
}

static void
call (PgsMadeSource *self,
      uint64_t       end)
{
  self->n_calls++;
  assert_true (self->n_scans + self->n_reads < MAX_CALLS);
  self->asked_end = MAX (self->asked_end, end);
  if (self->call != NULL)
    self->call (self, self->n_calls);
}

static uint64_t
pgs_made_source_get_page_size (PgsSource *source)
{
  return PGS_MADE_SOURCE (source)->page_size;
}

static uint64_t
pgs_made_source_get_ram_end (PgsSource *source)
{
  return PGS_MADE_SOURCE (source)->ram_end;
}

static GBytes *
pgs_made_source_read_maps (PgsSource     *source,
                           GCancellable  *cancellable,
                           GError       **error)
{
  PgsMadeSource *self = PGS_MADE_SOURCE (source);

  self->n_maps++;
  self->n_calls = 0;
  self->gone = FALSE;
  self->n_told_gone = 0;
  return give (self->maps_error, error) ? NULL
                                        : g_bytes_new_static (self->maps, strlen (self->maps));
}

static gboolean
pgs_made_source_scan (PgsSource  *source,
                      uint64_t    start,
                      uint64_t    end,
                      GArray     *ranges,
                      uint64_t   *walk_end,
                      GError    **error)
{
  PgsMadeSource *self = PGS_MADE_SOURCE (source);

  /* Some kernels do not bear that. */
  assert_int_equal (self->n_told_gone, 0);
  self->n_scans++;
  call (self, end);
  if (give (self->scan_error, error))
    return FALSE;
  if (!self->gone && self->n_ranges > 0)
    g_array_append_vals (ranges, self->ranges, self->n_ranges);
  *walk_end = self->walks_too_far ? G_MAXUINT64 : start + MIN (self->max_walk, end - start);
  return TRUE;
}

static gssize
pgs_made_source_read_entries (PgsSource  *source,
                              uint64_t    address,
                              uint64_t   *entries,
                              gsize       n_entries,
                              GError    **error)
{
  PgsMadeSource *self = PGS_MADE_SOURCE (source);
  uint64_t step = self->entry & PGS_PAGEMAP_PRESENT ? address / self->page_size : 0;
  gsize n = MIN (n_entries, self->max_entries);

  self->n_reads++;
  call (self, address + n_entries * self->page_size);
  self->n_told_gone += self->gone || self->read_error != NULL;
  assert_in_range (self->n_told_gone, 0, 2);
  if (give (self->read_error, error))
    return -1;
  if (self->gone)
    return 0;
  for (gsize i = 0; i < n; i++)
    entries[i] = self->entry + (step > 0 ? step + i : 0);
  return (gssize) n;
}

static gboolean
pgs_made_source_check (PgsSource  *source,
                       GError    **error)
{
  return !give (PGS_MADE_SOURCE (source)->check_error, error);
}

static void
pgs_made_source_iface_init (PgsSourceInterface *iface)
{
  iface->get_page_size = pgs_made_source_get_page_size;
  iface->get_ram_end = pgs_made_source_get_ram_end;
  iface->read_maps = pgs_made_source_read_maps;
  iface->scan = pgs_made_source_scan;
  iface->read_entries = pgs_made_source_read_entries;
  iface->check = pgs_made_source_check;
}

static void
pgs_made_source_class_init (PgsMadeSourceClass *klass)
{
}

static void
pgs_made_source_init (PgsMadeSource *self)
{
  self->page_size = 4096;
  self->entry = PGS_PAGEMAP_PRESENT;
  self->max_walk = G_MAXUINT64;
  self->max_entries = G_MAXSIZE;
}

/**
 * pgs_made_source_new:
 * @maps: the text of maps
 *
 * Returns: (transfer full): a source of pages of 4 KiB, all of them present, of
 *   which scans tell none
 */
PgsMadeSource *
pgs_made_source_new (const char *maps)
{
  PgsMadeSource *self = g_object_new (PGS_TYPE_MADE_SOURCE, NULL);

  self->maps = maps;
  return self;
}
