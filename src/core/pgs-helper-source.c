/* pgs-helper-source.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The memory of a process as the privileged helper tells it, with the frames that are
 * hidden from us.
 *
 * What anybody may know (how large pages are, where RAM ends, whether the process is
 * still there) is asked of /proc. Each call is a request and its answer; should the
 * helper not answer in time, or wrongly, it is not asked again. Its address space is that
 * of one program: where the process has gone on to another, there is nothing more to
 * read here.
 *
 * A helper is trusted to tell the truth, and no further: nothing that it sends is
 * believed to be of the right size or in the right order before it was looked at.
 */

#include "config.h"

#include "pgs-helper-source.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "helper/pgs-helper-protocol.h"
#include "pgs-maps.h"
#include "pgs-pagemap-entry.h"
#include "pgs-pagemap-scan.h"
#include "pgs-proc-source.h"

/* How long an answer may take, in seconds. */
#define PATIENCE 10

/* How old an answer may be that was asked for ahead, in microseconds. */
#define FRESH_US (50 * G_TIME_SPAN_MILLISECOND)

/* No architecture has user space beyond this. */
#define USER_END (UINT64_C (1) << 63)

struct _PgsHelperSource
{
  GObject           parent_instance;

  PgsProcess       *process;
  PgsSource        *proc;    /* what everybody may know */
  GMutex            mutex;   /* for what follows: a reading that was given up may still ask */
  int               fd;      /* -1 once the helper is lost */
  PgsHelperMessage *answer;

  /* Pages are mostly read one after the other: while we look at some, the helper reads
   * the next ones. */
  PgsHelperRequest ahead;       /* what was asked for and not received; its version is 0
                                 * where there is nothing */
  gint64           ahead_time;  /* when that was, monotonic */
  uint64_t         next;        /* the address behind what was read last */
};

static void pgs_helper_source_iface_init (PgsSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PgsHelperSource, pgs_helper_source, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PGS_TYPE_SOURCE,
                                                      pgs_helper_source_iface_init))

G_DEFINE_QUARK (pgs-helper-error-quark, pgs_helper_error)

/* Talking */

static gboolean
has_ended (PgsHelperSource *self)
{
  struct pollfd fd = { pgs_process_get_pid_fd (self->process), POLLIN, 0 };

  return fd.fd >= 0 && poll (&fd, 1, 0) == 1;
}

static gboolean
lose (PgsHelperSource  *self,
      GError          **error)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  /* Then it is no wonder that the helper has ended, too. */
  if (has_ended (self))
    {
      g_set_error_literal (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_FOUND,
                           _("The process ended."));
      return FALSE;
    }
  g_set_error_literal (error, PGS_HELPER_ERROR, PGS_HELPER_ERROR_LOST,
                       _("The helper that shows physical addresses does not answer any more. "
                         "They are hidden again; unlock them once more to go on."));
  return FALSE;
}

/* How large an item of an answer is. */
static gsize
get_item_size (PgsHelperAsk ask)
{
  switch (ask)
    {
    case PGS_HELPER_MAPS:
      return 1;
    case PGS_HELPER_SCAN:
      return sizeof (PgsHelperRange);
    case PGS_HELPER_ENTRIES:
    case PGS_HELPER_STRETCHES:
      return sizeof (uint64_t);
    case PGS_HELPER_FRAMES:
      return sizeof (PgsHelperFrame);
    case PGS_HELPER_HELLO:
    case PGS_HELPER_N_ASKS:
    default:
      return 0;
    }
}

/* Receives an answer to @ask with at most @max items. */
static gboolean
receive (PgsHelperSource  *self,
         PgsHelperAsk      ask,
         guint32           max,
         GError          **error)
{
  const PgsHelperAnswer *header = &self->answer->header;
  gssize n;

  do
    n = recv (self->fd, self->answer, sizeof *self->answer, 0);
  while (n < 0 && errno == EINTR);
  if (n < (gssize) sizeof *header || header->version != PGS_HELPER_VERSION ||
      header->ask != (guint32) ask || header->status >= PGS_HELPER_N_STATUSES ||
      header->n > max || (gsize) n != sizeof *header + header->n * get_item_size (ask))
    return lose (self, error);
  return TRUE;
}

static gboolean
send_request (PgsHelperSource        *self,
              const PgsHelperRequest *request,
              gsize                   length)
{
  gssize n;

  do
    n = send (self->fd, request, length, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  return n == (gssize) length;
}

/* Receives what was asked for ahead. Sets @fits to whether that answers @request. */
static gboolean
receive_ahead (PgsHelperSource         *self,
               const PgsHelperRequest  *request,
               gboolean                *fits,
               GError                 **error)
{
  PgsHelperRequest ahead = self->ahead;

  *fits = FALSE;
  if (ahead.version == 0)
    return TRUE;
  self->ahead.version = 0;
  *fits = memcmp (&ahead, request, sizeof ahead) == 0 &&
          g_get_monotonic_time () - self->ahead_time < FRESH_US;
  return receive (self, ahead.ask, ahead.n, error);
}

/* Sends a request of @length bytes, and receives its answer with at most @max items. */
static gboolean
exchange (PgsHelperSource         *self,
          const PgsHelperRequest  *request,
          gsize                    length,
          guint32                  max,
          GError                 **error)
{
  gboolean fits;

  if (self->fd < 0)
    return lose (self, error);
  if (!receive_ahead (self, request, &fits, error))
    return FALSE;
  if (fits)
    return TRUE;
  if (!send_request (self, request, length))
    return lose (self, error);
  return receive (self, request->ask, max, error);
}

/* Asks for the pages behind those of @request, if they will be asked for as it seems. */
static void
ask_ahead (PgsHelperSource        *self,
           const PgsHelperRequest *request)
{
  uint64_t bytes = request->n * pgs_source_get_page_size (self->proc);
  gboolean goes_on = self->next == request->start;

  self->next = request->start + bytes;
  if (!goes_on || request->n < PGS_HELPER_MAX_ENTRIES || USER_END - self->next < bytes)
    return;
  self->ahead = *request;
  self->ahead.start = self->next;
  self->ahead_time = g_get_monotonic_time ();
  /* Where it cannot be sent, there is nothing to wait for: the next request tells. */
  if (!send_request (self, &self->ahead, sizeof self->ahead))
    self->ahead.version = 0;
}

static gboolean
ask (PgsHelperSource         *self,
     const PgsHelperRequest  *request,
     GError                 **error)
{
  return exchange (self, request, sizeof *request, request->n, error);
}

/* Sets the error of an answer that is none. */
static gboolean
check_status (PgsHelperSource  *self,
              GError          **error)
{
  switch ((PgsHelperStatus) self->answer->header.status)
    {
    case PGS_HELPER_OK:
      return TRUE;
    case PGS_HELPER_NOT_SUPPORTED:
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           "This kernel cannot tell");
      return FALSE;
    case PGS_HELPER_GONE:
      if (!pgs_source_check (self->proc, error))
        return FALSE;
      g_set_error_literal (error, PGS_HELPER_ERROR, PGS_HELPER_ERROR_REPLACED,
                           _("The process runs another program now. Its physical addresses are "
                             "hidden again; unlock them once more to go on."));
      return FALSE;
    case PGS_HELPER_BAD_ARGUMENTS:
    case PGS_HELPER_NOT_ROOT:
    case PGS_HELPER_NOT_FOUND:
    case PGS_HELPER_REPLACED:
    case PGS_HELPER_KERNEL_THREAD:
    case PGS_HELPER_ZOMBIE:
    case PGS_HELPER_NO_MAPPINGS:
    case PGS_HELPER_NOT_OWN:
    case PGS_HELPER_FAILED:
    case PGS_HELPER_BAD_REQUEST:
    case PGS_HELPER_N_STATUSES:
    default:
      return lose (self, error);
    }
}

/* The source */

static uint64_t
pgs_helper_source_get_page_size (PgsSource *source)
{
  return pgs_source_get_page_size (PGS_HELPER_SOURCE (source)->proc);
}

static uint64_t
pgs_helper_source_get_ram_end (PgsSource *source)
{
  return pgs_source_get_ram_end (PGS_HELPER_SOURCE (source)->proc);
}

static gboolean
pgs_helper_source_check (PgsSource  *source,
                         GError    **error)
{
  return pgs_source_check (PGS_HELPER_SOURCE (source)->proc, error);
}

static GBytes *
pgs_helper_source_read_maps (PgsSource     *source,
                             GCancellable  *cancellable,
                             GError       **error)
{
  PgsHelperSource *self = PGS_HELPER_SOURCE (source);
  G_GNUC_UNUSED g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autoptr(GByteArray) text = g_byte_array_new ();

  while (!g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      const PgsHelperRequest request = {
        PGS_HELPER_VERSION, PGS_HELPER_MAPS, text->len, 0, PGS_HELPER_MAX_BYTES, 0,
      };

      if (!ask (self, &request, error) || !check_status (self, error))
        return NULL;
      if (self->answer->header.n == 0)
        return g_byte_array_free_to_bytes (g_steal_pointer (&text));
      if (text->len + (gsize) self->answer->header.n > PGS_MAPS_MAX_BYTES)
        {
          lose (self, error);
          return NULL;
        }
      g_byte_array_append (text, (const guint8 *) self->answer->bytes, self->answer->header.n);
    }
  return NULL;
}

/* Whether the ranges of an answer are such of [start, end), in order. */
static gboolean
are_in_order (const PgsHelperSource *self,
              uint64_t               start,
              uint64_t               end)
{
  uint64_t page_size = pgs_source_get_page_size (self->proc);

  for (guint i = 0; i < self->answer->header.n; i++)
    {
      const PgsHelperRange *range = &self->answer->ranges[i];

      if (range->start < start || range->end <= range->start || range->end > end ||
          range->start % page_size != 0 || range->end % page_size != 0)
        return FALSE;
      start = range->end;
    }
  return self->answer->header.end >= start && self->answer->header.end <= end;
}

static gboolean
pgs_helper_source_scan (PgsSource  *source,
                        uint64_t    start,
                        uint64_t    end,
                        GArray     *ranges,
                        uint64_t   *walk_end,
                        GError    **error)
{
  PgsHelperSource *self = PGS_HELPER_SOURCE (source);
  G_GNUC_UNUSED g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  const PgsHelperRequest request = {
    PGS_HELPER_VERSION, PGS_HELPER_SCAN, start, end, PGS_HELPER_MAX_RANGES, 0,
  };

  if (!ask (self, &request, error) || !check_status (self, error))
    return FALSE;
  if (!are_in_order (self, start, end))
    return lose (self, error);
  for (guint i = 0; i < self->answer->header.n; i++)
    {
      const PgsHelperRange *that = &self->answer->ranges[i];
      PgsPopulatedRange range = { that->start, that->end, 0 };

      if (that->categories & PGS_SCAN_ZERO)
        range.marks |= PGS_PAGEMAP_MARK_ZERO;
      if (that->categories & PGS_SCAN_HUGE)
        range.marks |= PGS_PAGEMAP_MARK_HUGE;
      g_array_append_val (ranges, range);
    }
  *walk_end = self->answer->header.end;
  return TRUE;
}

static gssize
pgs_helper_source_read_entries (PgsSource  *source,
                                uint64_t    address,
                                uint64_t   *entries,
                                gsize       n_entries,
                                GError    **error)
{
  PgsHelperSource *self = PGS_HELPER_SOURCE (source);
  G_GNUC_UNUSED g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  uint64_t page_size = pgs_source_get_page_size (self->proc);
  gsize n_read = 0;

  while (n_read < n_entries)
    {
      const PgsHelperRequest request = {
        PGS_HELPER_VERSION, PGS_HELPER_ENTRIES, address + n_read * page_size, 0,
        (guint32) MIN (n_entries - n_read, PGS_HELPER_MAX_ENTRIES), 0,
      };
      guint32 n;

      if (!ask (self, &request, error) || !check_status (self, error))
        return -1;
      n = self->answer->header.n;
      if (n == request.n)
        ask_ahead (self, &request);
      memcpy (entries + n_read, self->answer->entries, n * sizeof *entries);
      n_read += n;
      if (n < request.n)
        break;
    }
  return (gssize) n_read;
}

/* Asks for as many stretches as go into one request. Returns how many entries it read, of
 * @wanted, which it sets; -1 on error. */
static gssize
read_some_stretches (PgsHelperSource          *self,
                     const PgsPopulatedRange **stretches,
                     guint                    *n_stretches,
                     uint64_t                 *entries,
                     guint32                  *wanted,
                     GError                  **error)
{
  uint64_t page_size = pgs_source_get_page_size (self->proc);
  PgsHelperStretches message = {
    .request = { .version = PGS_HELPER_VERSION, .ask = PGS_HELPER_STRETCHES },
  };

  *wanted = 0;
  while (*n_stretches > 0 && message.request.n < PGS_HELPER_MAX_STRETCHES)
    {
      uint64_t n = ((*stretches)->end - (*stretches)->start) / page_size;

      if (n > PGS_HELPER_MAX_ENTRIES - *wanted)
        break;
      message.stretches[message.request.n++] = (PgsHelperStretch) {
        .start = (*stretches)->start, .n = (guint32) n,
      };
      *wanted += (guint32) n;
      (*stretches)++;
      (*n_stretches)--;
    }
  if (!exchange (self, &message.request, sizeof message, *wanted, error) ||
      !check_status (self, error))
    return -1;
  memcpy (entries, self->answer->entries, self->answer->header.n * sizeof *entries);
  return self->answer->header.n;
}

static gssize
pgs_helper_source_read_stretches (PgsSource                *source,
                                  const PgsPopulatedRange  *stretches,
                                  guint                     n_stretches,
                                  uint64_t                 *entries,
                                  GError                  **error)
{
  PgsHelperSource *self = PGS_HELPER_SOURCE (source);
  uint64_t page_size = pgs_source_get_page_size (self->proc);
  gssize n_read = 0;

  while (n_stretches > 0)
    {
      guint32 wanted = (guint32) MIN ((stretches->end - stretches->start) / page_size, G_MAXUINT32);
      gssize n;

      if (wanted > PGS_HELPER_MAX_ENTRIES)
        {
          n = pgs_helper_source_read_entries (source, stretches->start, entries + n_read, wanted,
                                              error);
          stretches++;
          n_stretches--;
        }
      else
        {
          G_GNUC_UNUSED g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

          n = read_some_stretches (self, &stretches, &n_stretches, entries + n_read, &wanted,
                                   error);
        }
      if (n < 0)
        return -1;
      n_read += n;
      if (n < (gssize) wanted)
        break;
    }
  return n_read;
}

/* Takes what the helper says of a frame, if it still is the frame of that page. */
static void
take_frame (const PgsHelperFrame *said,
            uint64_t              entry,
            PgsFrame             *frame)
{
  const uint64_t same = PGS_PAGEMAP_PRESENT | PGS_PAGEMAP_PFN_MASK;

  *frame = (PgsFrame) { .node = -1 };
  if ((said->entry & PGS_PAGEMAP_PRESENT) == 0 || ((said->entry ^ entry) & same) != 0)
    return;
  frame->flags = said->flags;
  frame->map_count = said->map_count;
  frame->node = said->node;
  frame->is_known = TRUE;
}

static gssize
pgs_helper_source_read_frames (PgsSource       *source,
                               uint64_t         address,
                               const uint64_t  *entries,
                               gsize            n_pages,
                               PgsFrame        *frames,
                               GError         **error)
{
  PgsHelperSource *self = PGS_HELPER_SOURCE (source);
  G_GNUC_UNUSED g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  uint64_t page_size = pgs_source_get_page_size (self->proc);
  gsize n_read = 0;

  while (n_read < n_pages)
    {
      const PgsHelperRequest request = {
        PGS_HELPER_VERSION, PGS_HELPER_FRAMES, address + n_read * page_size, 0,
        (guint32) MIN (n_pages - n_read, PGS_HELPER_MAX_FRAMES), 0,
      };
      guint32 n;

      if (!ask (self, &request, error) || !check_status (self, error))
        return -1;
      n = self->answer->header.n;
      for (guint32 i = 0; i < n; i++)
        take_frame (&self->answer->frames[i], entries[n_read + i], &frames[n_read + i]);
      n_read += n;
      if (n < request.n)
        break;
    }
  return (gssize) n_read;
}

static void
pgs_helper_source_finalize (GObject *object)
{
  PgsHelperSource *self = PGS_HELPER_SOURCE (object);

  if (self->fd >= 0)
    close (self->fd);
  g_clear_object (&self->proc);
  g_clear_pointer (&self->process, pgs_process_unref);
  g_mutex_clear (&self->mutex);
  g_free (self->answer);

  G_OBJECT_CLASS (pgs_helper_source_parent_class)->finalize (object);
}

static void
pgs_helper_source_iface_init (PgsSourceInterface *iface)
{
  iface->get_page_size = pgs_helper_source_get_page_size;
  iface->get_ram_end = pgs_helper_source_get_ram_end;
  iface->read_maps = pgs_helper_source_read_maps;
  iface->scan = pgs_helper_source_scan;
  iface->read_entries = pgs_helper_source_read_entries;
  iface->read_frames = pgs_helper_source_read_frames;
  iface->read_stretches = pgs_helper_source_read_stretches;
  iface->check = pgs_helper_source_check;
}

static void
pgs_helper_source_class_init (PgsHelperSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pgs_helper_source_finalize;
}

static void
pgs_helper_source_init (PgsHelperSource *self)
{
  g_mutex_init (&self->mutex);
  self->fd = -1;
  self->answer = g_new0 (PgsHelperMessage, 1);
}

/* Making */

static const char *
get_refusal (PgsHelperStatus status)
{
  switch (status)
    {
    case PGS_HELPER_NOT_FOUND:
    case PGS_HELPER_ZOMBIE:
      return _("The process has ended.");
    case PGS_HELPER_REPLACED:
      return _("The process has ended, and another one has its number now.");
    case PGS_HELPER_KERNEL_THREAD:
      return _("A kernel thread has no memory of its own.");
    case PGS_HELPER_NO_MAPPINGS:
      return _("The process has no mappings.");
    case PGS_HELPER_NOT_OWN:
      return _("The process belongs to somebody else, or has more rights than you.");
    case PGS_HELPER_FAILED:
      return _("The kernel does not let the helper read the process.");
    case PGS_HELPER_OK:
    case PGS_HELPER_BAD_ARGUMENTS:
    case PGS_HELPER_NOT_ROOT:
    case PGS_HELPER_BAD_REQUEST:
    case PGS_HELPER_NOT_SUPPORTED:
    case PGS_HELPER_GONE:
    case PGS_HELPER_N_STATUSES:
    default:
      return _("The helper does not fit this version of Pagescape. Install both anew.");
    }
}

/**
 * pgs_helper_source_new:
 * @process: the process that the helper was started for
 * @fd: (transfer full): our end of its socket, on which its first message waits
 * @error: return location for an error of %PGS_HELPER_ERROR
 *
 * Returns: (transfer full): the source, or %NULL where the helper does not serve
 */
PgsSource *
pgs_helper_source_new (PgsProcess  *process,
                       int          fd,
                       GError     **error)
{
  const struct timeval patience = { .tv_sec = PATIENCE };
  g_autoptr(PgsHelperSource) self = g_object_new (PGS_TYPE_HELPER_SOURCE, NULL);

  self->fd = fd;
  self->process = pgs_process_ref (process);
  self->proc = pgs_proc_source_new (process, NULL, PGS_PROC_SCAN_AUTO);
  if (setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
      setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) != 0)
    {
      lose (self, error);
      return NULL;
    }
  if (!receive (self, PGS_HELPER_HELLO, 0, error))
    return NULL;
  if (self->answer->header.status != PGS_HELPER_OK ||
      self->answer->header.end != pgs_source_get_page_size (self->proc))
    {
      g_set_error_literal (error, PGS_HELPER_ERROR, PGS_HELPER_ERROR_REFUSED,
                           get_refusal (self->answer->header.status));
      return NULL;
    }
  return PGS_SOURCE (g_steal_pointer (&self));
}
