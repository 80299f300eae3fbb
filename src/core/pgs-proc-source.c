/* pgs-proc-source.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads a process from /proc with the rights we have.
 *
 * Every reading opens pagemap first and maps second. Both files stay bound to
 * the address space that they were opened on, so when the process execs in
 * between, pagemap is the one that is out of date, and it says so: it reads 0
 * bytes. The other order would pair old mappings with new pages.
 *
 * Populated pages are found with the PAGEMAP_SCAN ioctl (Linux 6.7). It is probed
 * by using it: ENOTTY means that the kernel has none. Its walk_end is good only
 * when the regions asked for were too few: the kernel gathers 512 at a time, and
 * when it comes to the end of the range after that, walk_end stays where the last
 * full batch ended (seen on Linux 6.18, do_pagemap_scan() in fs/proc/task_mmu.c).
 * Fewer regions than there was room for mean that the whole range was walked.
 */

#include "config.h"

#include "pgs-proc-source.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "pgs-frame-zones.h"
#include "pgs-maps.h"
#include "pgs-pagemap-entry.h"
#include "pgs-pagemap-scan.h"
#include "pgs-proc-frames.h"

#define SCAN_REGIONS   2048
/* How many pages a scan finds at most: the reader does without scans where there are
 * many. */
#define SCAN_MAX_PAGES UINT64_C (16384)
#define READ_CHUNK ((gsize) 256 * 1024)

struct _PgsProcSource
{
  GObject        parent_instance;

  PgsProcess    *process;
  char          *proc_root;
  PgsProcScan    scan;
  uint64_t       page_size;
  int            pagemap_fd;
  GError        *pagemap_error;
  PgsProcFrames *frames;         /* opened when they are first asked for */
};

static void pgs_proc_source_iface_init (PgsSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PgsProcSource, pgs_proc_source, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PGS_TYPE_SOURCE,
                                                      pgs_proc_source_iface_init))

static void
close_pagemap (PgsProcSource *self)
{
  if (self->pagemap_fd >= 0)
    close (self->pagemap_fd);
  self->pagemap_fd = -1;
  g_clear_error (&self->pagemap_error);
}

static void
set_read_error (GError     **error,
                const char  *name,
                int          code)
{
  if (code == ESRCH)
    g_set_error (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_FOUND,
                 _("The process ended."));
  else
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                 _("Reading “%s” of the process failed: %s"), name, g_strerror (code));
}

/* Reads a file of /proc up to its end. */
static GBytes *
read_all (int            fd,
          const char    *name,
          gsize          limit,
          GCancellable  *cancellable,
          GError       **error)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  while (!g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      guint used = bytes->len;
      gssize n;

      if (used > limit)
        {
          set_read_error (error, name, EFBIG);
          return NULL;
        }
      g_byte_array_set_size (bytes, used + (guint) READ_CHUNK);
      n = read (fd, bytes->data + used, READ_CHUNK);
      g_byte_array_set_size (bytes, used + (guint) MAX (n, 0));
      if (n == 0)
        return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
      if (n < 0 && errno != EINTR)
        {
          set_read_error (error, name, errno);
          return NULL;
        }
    }
  return NULL;
}

static GBytes *
pgs_proc_source_read_maps (PgsSource     *source,
                           GCancellable  *cancellable,
                           GError       **error)
{
  PgsProcSource *self = PGS_PROC_SOURCE (source);
  GBytes *text;
  int fd;

  close_pagemap (self);
  self->pagemap_fd = pgs_process_open_file (self->process, "pagemap", &self->pagemap_error);
  fd = pgs_process_open_file (self->process, "maps", error);
  if (fd < 0)
    return NULL;
  text = read_all (fd, "maps", PGS_MAPS_MAX_BYTES, cancellable, error);
  close (fd);
  return text;
}

static gboolean
require_pagemap (PgsProcSource  *self,
                 GError        **error)
{
  if (self->pagemap_fd >= 0)
    return TRUE;
  if (self->pagemap_error != NULL)
    g_propagate_error (error, g_error_copy (self->pagemap_error));
  else
    set_read_error (error, "pagemap", EBADF);
  return FALSE;
}

static void
append_regions (GArray           *ranges,
                const PgsScanRegion *regions,
                int               n)
{
  for (int i = 0; i < n; i++)
    {
      PgsPopulatedRange range = { regions[i].start, regions[i].end, 0 };

      if (regions[i].categories & PGS_SCAN_ZERO)
        range.marks |= PGS_PAGEMAP_MARK_ZERO;
      if (regions[i].categories & PGS_SCAN_HUGE)
        range.marks |= PGS_PAGEMAP_MARK_HUGE;
      g_array_append_val (ranges, range);
    }
}

/* Returns how far a scan came. Where it stopped at a limit that is where its last region
 * ends; otherwise it came to its end, whatever the kernel says: the address it returns
 * may be that of an earlier region, as seen with Linux 6.18. */
static uint64_t
get_walk_end (const PgsProcSource *self,
              const PgsScanRequest   *request,
              const PgsScanRegion    *regions,
              int                  n)
{
  uint64_t n_pages = 0;

  for (int i = 0; i < n; i++)
    n_pages += (regions[i].end - regions[i].start) / self->page_size;
  return n < SCAN_REGIONS && n_pages < SCAN_MAX_PAGES ? request->end : regions[n - 1].end;
}

static gboolean
pgs_proc_source_scan (PgsSource  *source,
                      uint64_t    start,
                      uint64_t    end,
                      GArray     *ranges,
                      uint64_t   *walk_end,
                      GError    **error)
{
  PgsProcSource *self = PGS_PROC_SOURCE (source);
  PgsScanRegion regions[SCAN_REGIONS];
  PgsScanRequest request = {
    .size = sizeof request,
    .start = start,
    .end = end,
    .vec = (uintptr_t) regions,
    .vec_len = SCAN_REGIONS,
    .max_pages = SCAN_MAX_PAGES,
    .category_anyof_mask = PGS_SCAN_PRESENT | PGS_SCAN_SWAPPED,
    .return_mask = PGS_SCAN_ZERO | PGS_SCAN_HUGE,
  };
  int n;

  if (!require_pagemap (self, error))
    return FALSE;
  if (self->scan == PGS_PROC_SCAN_AUTO)
    {
      n = ioctl (self->pagemap_fd, PGS_SCAN_IOCTL, &request);
      if (n >= 0)
        {
          append_regions (ranges, regions, n);
          *walk_end = get_walk_end (self, &request, regions, n);
          return TRUE;
        }
      if (n < 0 && errno != ENOTTY && errno != EINVAL)
        {
          set_read_error (error, "pagemap", errno);
          return FALSE;
        }
    }
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                       "PAGEMAP_SCAN is not there");
  return FALSE;
}

static gssize
pgs_proc_source_read_entries (PgsSource  *source,
                              uint64_t    address,
                              uint64_t   *entries,
                              gsize       n_entries,
                              GError    **error)
{
  PgsProcSource *self = PGS_PROC_SOURCE (source);
  uint64_t offset = address / self->page_size * sizeof (uint64_t);
  gssize n;

  if (!require_pagemap (self, error))
    return -1;
  if (offset > G_MAXINT64)
    return 0;
  do
    n = pread (self->pagemap_fd, entries, n_entries * sizeof (uint64_t), (off_t) offset);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    {
      set_read_error (error, "pagemap", errno);
      return -1;
    }
  return n / (gssize) sizeof (uint64_t);
}

static gssize
pgs_proc_source_read_frames (PgsSource       *source,
                             uint64_t         address,
                             const uint64_t  *entries,
                             gsize            n_pages,
                             PgsFrame        *frames,
                             GError         **error)
{
  PgsProcSource *self = PGS_PROC_SOURCE (source);

  if (self->frames == NULL)
    self->frames = pgs_proc_frames_new (self->proc_root, error);
  return self->frames != NULL
    ? pgs_proc_frames_read (self->frames, entries, n_pages, frames, error) : -1;
}

static gboolean
pgs_proc_source_check (PgsSource  *source,
                       GError    **error)
{
  return pgs_process_check (PGS_PROC_SOURCE (source)->process, error);
}

static uint64_t
pgs_proc_source_get_page_size (PgsSource *source)
{
  return PGS_PROC_SOURCE (source)->page_size;
}

/* RAM ends where the last zone does. */
static uint64_t
pgs_proc_source_get_ram_end (PgsSource *source)
{
  g_autoptr(GArray) zones = pgs_frame_zones_read (PGS_PROC_SOURCE (source)->proc_root);

  return pgs_frame_zones_get_end (zones);
}

static void
pgs_proc_source_finalize (GObject *object)
{
  PgsProcSource *self = PGS_PROC_SOURCE (object);

  close_pagemap (self);
  g_clear_pointer (&self->frames, pgs_proc_frames_free);
  g_clear_pointer (&self->process, pgs_process_unref);
  g_free (self->proc_root);

  G_OBJECT_CLASS (pgs_proc_source_parent_class)->finalize (object);
}

static void
pgs_proc_source_iface_init (PgsSourceInterface *iface)
{
  iface->get_page_size = pgs_proc_source_get_page_size;
  iface->get_ram_end = pgs_proc_source_get_ram_end;
  iface->read_maps = pgs_proc_source_read_maps;
  iface->scan = pgs_proc_source_scan;
  iface->read_entries = pgs_proc_source_read_entries;
  iface->read_frames = pgs_proc_source_read_frames;
  iface->check = pgs_proc_source_check;
}

static void
pgs_proc_source_class_init (PgsProcSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pgs_proc_source_finalize;
}

static void
pgs_proc_source_init (PgsProcSource *self)
{
  self->pagemap_fd = -1;
  self->page_size = (uint64_t) sysconf (_SC_PAGESIZE);
}

/**
 * pgs_proc_source_new:
 * @process: the process to read
 * @proc_root: (nullable): the folder to read as /proc, or %NULL for "/proc"
 * @scan: how to find populated pages
 *
 * Returns: (transfer full): a source that reads the process from /proc
 */
PgsSource *
pgs_proc_source_new (PgsProcess  *process,
                     const char  *proc_root,
                     PgsProcScan  scan)
{
  PgsProcSource *self;

  g_return_val_if_fail (process != NULL, NULL);

  self = g_object_new (PGS_TYPE_PROC_SOURCE, NULL);
  self->process = pgs_process_ref (process);
  self->proc_root = g_strdup (proc_root != NULL ? proc_root : PGS_PROC_ROOT);
  self->scan = scan;
  return PGS_SOURCE (self);
}
