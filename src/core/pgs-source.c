/* pgs-source.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the bytes about a process come from: /proc with our own rights, or
 * whatever else can tell them. The builder of snapshots knows only this.
 */

#include "config.h"

#include "pgs-source.h"

#include <glib/gi18n-lib.h>

G_DEFINE_INTERFACE (PgsSource, pgs_source, G_TYPE_OBJECT)

static void
pgs_source_default_init (PgsSourceInterface *iface)
{
}

/**
 * pgs_source_get_page_size:
 *
 * Returns: bytes a page; a power of 2
 */
uint64_t
pgs_source_get_page_size (PgsSource *self)
{
  g_return_val_if_fail (PGS_IS_SOURCE (self), 0);

  return PGS_SOURCE_GET_IFACE (self)->get_page_size (self);
}

/**
 * pgs_source_get_ram_end:
 *
 * Returns: the PFN behind the last frame of RAM, or 0 when it is not known
 */
uint64_t
pgs_source_get_ram_end (PgsSource *self)
{
  g_return_val_if_fail (PGS_IS_SOURCE (self), 0);

  return PGS_SOURCE_GET_IFACE (self)->get_ram_end (self);
}

/**
 * pgs_source_read_maps:
 *
 * Starts a new reading: what scan and read_entries tell afterwards belongs to the
 * address space whose mappings this call returned.
 *
 * Returns: (transfer full): the text of maps, or %NULL with @error set
 */
GBytes *
pgs_source_read_maps (PgsSource     *self,
                      GCancellable  *cancellable,
                      GError       **error)
{
  g_return_val_if_fail (PGS_IS_SOURCE (self), NULL);

  return PGS_SOURCE_GET_IFACE (self)->read_maps (self, cancellable, error);
}

/**
 * pgs_source_scan:
 * @start: first address, page-aligned
 * @end: the address behind the last one, page-aligned
 * @ranges: (element-type PgsPopulatedRange): where to append to
 * @walk_end: (out): how far the scan came; go on from there until it is @end
 *
 * Finds the populated pages among [@start, @end).
 *
 * Returns: %FALSE with %G_IO_ERROR_NOT_SUPPORTED where the source cannot tell, or
 *   with another error
 */
gboolean
pgs_source_scan (PgsSource  *self,
                 uint64_t    start,
                 uint64_t    end,
                 GArray     *ranges,
                 uint64_t   *walk_end,
                 GError    **error)
{
  g_return_val_if_fail (PGS_IS_SOURCE (self), FALSE);
  g_return_val_if_fail (start < end && walk_end != NULL, FALSE);

  return PGS_SOURCE_GET_IFACE (self)->scan (self, start, end, ranges, walk_end, error);
}

/**
 * pgs_source_read_entries:
 * @address: page-aligned address of the first page
 * @entries: (out caller-allocates): an entry a page
 * @n_entries: how many pages to read
 *
 * Returns: how many entries were read; 0 when the kernel has none to tell there,
 *   which is so when the process ended or runs another program now; -1 on error
 */
gssize
pgs_source_read_entries (PgsSource  *self,
                         uint64_t    address,
                         uint64_t   *entries,
                         gsize       n_entries,
                         GError    **error)
{
  g_return_val_if_fail (PGS_IS_SOURCE (self), -1);
  g_return_val_if_fail (entries != NULL && n_entries > 0, -1);

  return PGS_SOURCE_GET_IFACE (self)->read_entries (self, address, entries, n_entries, error);
}

/**
 * pgs_source_read_stretches:
 * @stretches: (array length=n_stretches): what to read, page-aligned; marks do not matter
 * @n_stretches: how many
 * @entries: (out caller-allocates): an entry a page, those of one stretch after those of
 *   the one before
 *
 * Reads as pgs_source_read_entries() does, pages here and there.
 *
 * Returns: how many entries were read, which is all or those up to a page that has none
 *   to tell; -1 on error
 */
gssize
pgs_source_read_stretches (PgsSource               *self,
                           const PgsPopulatedRange *stretches,
                           guint                    n_stretches,
                           uint64_t                *entries,
                           GError                 **error)
{
  uint64_t page_size;
  gssize n_read = 0;

  g_return_val_if_fail (PGS_IS_SOURCE (self), -1);
  g_return_val_if_fail (stretches != NULL && n_stretches > 0 && entries != NULL, -1);

  if (PGS_SOURCE_GET_IFACE (self)->read_stretches != NULL)
    return PGS_SOURCE_GET_IFACE (self)->read_stretches (self, stretches, n_stretches, entries,
                                                        error);
  page_size = pgs_source_get_page_size (self);
  for (guint i = 0; i < n_stretches; i++)
    {
      gsize wanted = (gsize) ((stretches[i].end - stretches[i].start) / page_size);
      gssize n = pgs_source_read_entries (self, stretches[i].start, entries + n_read, wanted,
                                          error);

      if (n < 0)
        return -1;
      n_read += n;
      if ((gsize) n < wanted)
        break;
    }
  return n_read;
}

/**
 * pgs_source_read_frames:
 * @address: page-aligned address of the first page
 * @entries: (array length=n_pages): the pagemap entries of the pages
 * @n_pages: how many pages
 * @frames: (out caller-allocates): what is said of the frame of each page
 *
 * Tells what the kernel knows of frames. Nothing is known of a page that has none, or
 * whose frame cannot be told. Near frames are read together, even if their pages are
 * not near: asking for many pages at a time is cheaper.
 *
 * Returns: of how many pages, from the first on, frames were told; -1 with
 *   %G_IO_ERROR_PERMISSION_DENIED or %G_IO_ERROR_NOT_SUPPORTED where nothing can be told
 *   of frames at all, or with another error
 */
gssize
pgs_source_read_frames (PgsSource       *self,
                        uint64_t         address,
                        const uint64_t  *entries,
                        gsize            n_pages,
                        PgsFrame        *frames,
                        GError         **error)
{
  PgsSourceInterface *iface;

  g_return_val_if_fail (PGS_IS_SOURCE (self), -1);
  g_return_val_if_fail (entries != NULL && frames != NULL && n_pages > 0, -1);

  iface = PGS_SOURCE_GET_IFACE (self);
  if (iface->read_frames != NULL)
    return iface->read_frames (self, address, entries, n_pages, frames, error);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                       _("What the kernel knows of frames cannot be read here."));
  return -1;
}

/**
 * pgs_source_check:
 *
 * Returns: %TRUE while the process is there; %FALSE with @error in
 *   %PGS_PROCESS_ERROR when it ended
 */
gboolean
pgs_source_check (PgsSource  *self,
                  GError    **error)
{
  g_return_val_if_fail (PGS_IS_SOURCE (self), FALSE);

  return PGS_SOURCE_GET_IFACE (self)->check (self, error);
}
