/* pgs-huge-source.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A process larger than any machine: one mapping of private memory. Of sixteen pages
 * one is absent, one swapped, and the others are in frames from everywhere, one of
 * them of a file. What an entry is follows from its page alone.
 */

#include "config.h"

#include "pgs-huge-source.h"

#include <string.h>

#include "core/pgs-pagemap-entry.h"

struct _PgsHugeSource
{
  GObject   parent_instance;
  uint64_t  n_pages;
  gboolean  can_scan;
  gboolean  has_ended;
};

static void pgs_huge_source_iface_init (PgsSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PgsHugeSource, pgs_huge_source, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PGS_TYPE_SOURCE,
                                                      pgs_huge_source_iface_init))

static uint64_t
make_entry (uint64_t n_frames,
            uint64_t page)
{
  uint64_t hash = page * UINT64_C (0x9e3779b97f4a7c15);
  uint64_t frame = 1 + (uint64_t) ((hash >> 24) * n_frames >> 40);

  switch (page % 16)
    {
    case 0:
      return 0;
    case 1:
      return PGS_PAGEMAP_SWAPPED | (1 + (hash >> 40)) << PGS_PAGEMAP_SWAP_TYPE_BITS;
    case 2:
      return PGS_PAGEMAP_PRESENT | PGS_PAGEMAP_FILE | frame;
    default:
      return PGS_PAGEMAP_PRESENT | PGS_PAGEMAP_EXCLUSIVE | frame;
    }
}

static uint64_t
pgs_huge_source_get_page_size (PgsSource *source)
{
  return PGS_HUGE_SOURCE_PAGE;
}

static uint64_t
pgs_huge_source_get_ram_end (PgsSource *source)
{
  return PGS_HUGE_SOURCE (source)->n_pages + 1;
}

static GBytes *
pgs_huge_source_read_maps (PgsSource     *source,
                           GCancellable  *cancellable,
                           GError       **error)
{
  uint64_t end = PGS_HUGE_SOURCE_START +
                 PGS_HUGE_SOURCE (source)->n_pages * PGS_HUGE_SOURCE_PAGE;
  char *text = g_strdup_printf ("%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER
                                "x rw-p 00000000 00:00 0 \n", PGS_HUGE_SOURCE_START, end);

  return g_bytes_new_take (text, strlen (text));
}

static gboolean
pgs_huge_source_scan (PgsSource  *source,
                      uint64_t    start,
                      uint64_t    end,
                      GArray     *ranges,
                      uint64_t   *walk_end,
                      GError    **error)
{
  PgsPopulatedRange range = { start, end, 0 };

  if (!PGS_HUGE_SOURCE (source)->can_scan)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "no scan");
      return FALSE;
    }
  g_array_append_val (ranges, range);
  *walk_end = end;
  return TRUE;
}

static gssize
pgs_huge_source_read_entries (PgsSource  *source,
                              uint64_t    address,
                              uint64_t   *entries,
                              gsize       n_entries,
                              GError    **error)
{
  PgsHugeSource *self = PGS_HUGE_SOURCE (source);
  uint64_t page = address / PGS_HUGE_SOURCE_PAGE;

  if (self->has_ended)
    return 0;
  for (gsize i = 0; i < n_entries; i++)
    entries[i] = make_entry (self->n_pages, page + i);
  return (gssize) n_entries;
}

static gboolean
pgs_huge_source_check (PgsSource  *source,
                       GError    **error)
{
  return TRUE;
}

static void
pgs_huge_source_iface_init (PgsSourceInterface *iface)
{
  iface->get_page_size = pgs_huge_source_get_page_size;
  iface->get_ram_end = pgs_huge_source_get_ram_end;
  iface->read_maps = pgs_huge_source_read_maps;
  iface->scan = pgs_huge_source_scan;
  iface->read_entries = pgs_huge_source_read_entries;
  iface->check = pgs_huge_source_check;
}

static void
pgs_huge_source_class_init (PgsHugeSourceClass *klass)
{
}

static void
pgs_huge_source_init (PgsHugeSource *self)
{
}

/**
 * pgs_huge_source_new:
 * @n_pages: how many pages are mapped
 * @can_scan: whether it tells which are populated
 *
 * Returns: (transfer full): the source
 */
PgsSource *
pgs_huge_source_new (uint64_t n_pages,
                     gboolean can_scan)
{
  PgsHugeSource *self = g_object_new (PGS_TYPE_HUGE_SOURCE, NULL);

  self->n_pages = n_pages;
  self->can_scan = can_scan;
  return PGS_SOURCE (self);
}

/* Returns the entry of a page number. */
uint64_t
pgs_huge_source_get_entry (PgsSource *source,
                           uint64_t   page)
{
  return make_entry (PGS_HUGE_SOURCE (source)->n_pages, page);
}

/* Ends the process: there is nothing more to read. */
void
pgs_huge_source_end (PgsSource *source)
{
  PGS_HUGE_SOURCE (source)->has_ended = TRUE;
}
