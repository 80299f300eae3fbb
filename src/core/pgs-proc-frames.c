/* pgs-proc-frames.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the kernel says of frames, from /proc/kpageflags and /proc/kpagecount. Both are
 * arrays of 64-bit numbers, one a frame, in order of their PFNs.
 *
 * Frames are sorted, and near ones are read in one call: a call costs as much as three
 * frames (220 and 75 ns, Linux 6.18 on x86-64). The sort is by digits, as most pages of a
 * process come in some order and many frames are sorted at a time.
 *
 * The kernel takes nearly all of the time, so where there are many frames, two threads
 * read one half each.
 *
 * Of a page that pagemap calls exclusively mapped the count is 1, by the definition of
 * that bit (fs/proc/task_mmu.c, as ever since Linux 4.2), and is not read: such are most
 * of the pages of most processes.
 */

#include "config.h"

#include "pgs-proc-frames.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "pgs-frame-zones.h"
#include "pgs-pagemap-entry.h"

/* Frames so near to one another are read in one call, with what is between them. */
#define NEAR_FRAMES 4
#define READ_FRAMES 4096

/* A key is a PFN above the index of its page. */
#define INDEX_BITS  20
#define INDEX_MASK  ((UINT64_C (1) << INDEX_BITS) - 1)
#define MAX_PAGES   ((gsize) 1 << INDEX_BITS)
#define MAX_PFN     (UINT64_C (1) << (64 - INDEX_BITS))
#define DIGIT_BITS  11
#define N_DIGITS    (1u << DIGIT_BITS)

/* From how many keys on two threads are faster than one. */
#define MANY_KEYS   2048u
#define N_PARTS     2

/* Some of the keys, and what is needed to read what is told of their frames. */
typedef struct
{
  int             flags_fd;
  int             counts_fd;
  const GArray   *zones;
  uint64_t       *keys;
  guint           n_keys;
  const uint64_t *entries;
  PgsFrame       *frames;
  int             error;       /* errno, or 0 */
  uint64_t        zone_start;  /* the frames up to zone_end are of zone_node */
  uint64_t        zone_end;
  int32_t         zone_node;
  uint64_t        numbers[READ_FRAMES];
} Part;

struct _PgsProcFrames
{
  int          flags_fd;
  int          counts_fd;
  GArray      *zones;
  GArray      *keys;
  GArray      *sorted;
  GThreadPool *pool;     /* reads the second part */
  GMutex       mutex;
  GCond        cond;
  gboolean     is_done;  /* the second part */
  Part         parts[N_PARTS];
};

static void
set_open_error (GError     **error,
                const char  *path,
                int          code)
{
  if (code == EACCES || code == EPERM)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                 _("The kernel tells what it knows of frames (“%s”) to root only."), path);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                 _("This kernel does not tell what it knows of frames: “%s” cannot be "
                   "opened: %s."), path, g_strerror (code));
}

static int
open_file (const char  *proc_root,
           const char  *name,
           GError     **error)
{
  g_autofree char *path = g_build_filename (proc_root, name, NULL);
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);

  if (fd < 0)
    set_open_error (error, path, errno);
  return fd;
}

/**
 * pgs_proc_frames_new:
 * @proc_root: the folder to read as /proc
 *
 * Returns: (transfer full): what reads frames; %NULL with
 *   %G_IO_ERROR_PERMISSION_DENIED or %G_IO_ERROR_NOT_SUPPORTED
 */
PgsProcFrames *
pgs_proc_frames_new (const char  *proc_root,
                     GError     **error)
{
  g_autoptr(PgsProcFrames) self = NULL;

  g_return_val_if_fail (proc_root != NULL, NULL);

  self = g_new0 (PgsProcFrames, 1);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->counts_fd = -1;
  self->flags_fd = open_file (proc_root, "kpageflags", error);
  if (self->flags_fd >= 0)
    self->counts_fd = open_file (proc_root, "kpagecount", error);
  if (self->counts_fd < 0)
    return NULL;
  self->zones = pgs_frame_zones_read (proc_root);
  self->keys = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  self->sorted = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  for (guint i = 0; i < N_PARTS; i++)
    {
      self->parts[i].flags_fd = self->flags_fd;
      self->parts[i].counts_fd = self->counts_fd;
      self->parts[i].zones = self->zones;
    }
  return g_steal_pointer (&self);
}

/**
 * pgs_proc_frames_free:
 *
 * Closes the files.
 */
void
pgs_proc_frames_free (PgsProcFrames *self)
{
  if (self == NULL)
    return;
  if (self->pool != NULL)
    g_thread_pool_free (self->pool, FALSE, TRUE);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  if (self->flags_fd >= 0)
    close (self->flags_fd);
  if (self->counts_fd >= 0)
    close (self->counts_fd);
  g_clear_pointer (&self->zones, g_array_unref);
  g_clear_pointer (&self->keys, g_array_unref);
  g_clear_pointer (&self->sorted, g_array_unref);
  g_free (self);
}

/* Sorting */

static gboolean
is_sorted (const GArray *keys)
{
  for (guint i = 1; i < keys->len; i++)
    if (g_array_index (keys, uint64_t, i - 1) > g_array_index (keys, uint64_t, i))
      return FALSE;
  return TRUE;
}

/* Puts the keys in order of one digit, and leaves those in order that are the same there. */
static void
sort_by_digit (GArray *keys,
               GArray *sorted,
               guint   shift)
{
  guint starts[N_DIGITS] = { 0, };
  guint sum = 0;

  for (guint i = 0; i < keys->len; i++)
    starts[g_array_index (keys, uint64_t, i) >> shift & (N_DIGITS - 1)]++;
  for (guint i = 0; i < N_DIGITS; i++)
    {
      guint n = starts[i];

      starts[i] = sum;
      sum += n;
    }
  g_array_set_size (sorted, keys->len);
  for (guint i = 0; i < keys->len; i++)
    {
      uint64_t key = g_array_index (keys, uint64_t, i);

      g_array_index (sorted, uint64_t, starts[key >> shift & (N_DIGITS - 1)]++) = key;
    }
}

/* Returns the bits in which not all PFNs are the same. */
static uint64_t
get_differing_bits (const GArray *keys)
{
  uint64_t any = 0, all = G_MAXUINT64;

  for (guint i = 0; i < keys->len; i++)
    {
      any |= g_array_index (keys, uint64_t, i);
      all &= g_array_index (keys, uint64_t, i);
    }
  return any & ~all & ~INDEX_MASK;
}

/* Frames of pages near one another differ in a few bits only. */
static void
sort_keys (PgsProcFrames *self)
{
  uint64_t bits;

  if (is_sorted (self->keys))
    return;
  bits = get_differing_bits (self->keys);
  for (guint shift = INDEX_BITS; shift < 64 && bits >> shift != 0; shift += DIGIT_BITS)
    {
      GArray *sorted = self->sorted;

      sort_by_digit (self->keys, sorted, shift);
      self->sorted = self->keys;
      self->keys = sorted;
    }
}

/* Reading */

static gssize
read_numbers (int        fd,
              uint64_t   pfn,
              uint64_t  *numbers,
              gsize      n)
{
  gssize n_bytes;

  do
    n_bytes = pread (fd, numbers, n * sizeof *numbers, (off_t) (pfn * sizeof *numbers));
  while (n_bytes < 0 && errno == EINTR);
  return n_bytes < 0 ? -1 : n_bytes / (gssize) sizeof *numbers;
}

/* Returns the index behind the last key to be read together with that at @first. */
static guint
find_end (const Part *part,
          guint       first)
{
  uint64_t start = part->keys[first] >> INDEX_BITS;
  uint64_t last = start;

  for (guint i = first + 1; i < part->n_keys; i++)
    {
      uint64_t pfn = part->keys[i] >> INDEX_BITS;

      if (pfn - last > NEAR_FRAMES || pfn - start >= READ_FRAMES)
        return i;
      last = pfn;
    }
  return part->n_keys;
}

/* Reads the numbers of the frames of some keys. Returns how many, from that of the first
 * key on; -1 with the part's error set. */
static gssize
read_run (Part  *part,
          int    fd,
          guint  first,
          guint  end)
{
  uint64_t start = part->keys[first] >> INDEX_BITS;
  uint64_t last = part->keys[end - 1] >> INDEX_BITS;
  gssize n = read_numbers (fd, start, part->numbers, last - start + 1);

  if (n < 0)
    part->error = errno;
  return n;
}

static int32_t
find_node (Part     *part,
           uint64_t  pfn)
{
  if (pfn < part->zone_start || pfn >= part->zone_end)
    {
      part->zone_start = pfn;
      part->zone_node = pgs_frame_zones_find_node (part->zones, pfn, &part->zone_end);
    }
  return part->zone_node;
}

/* Notes what is told of frames, and keeps the keys of those whose count is still to be
 * read. What lies behind the end of the file is not known. */
static guint
take_flags (Part   *part,
            guint   first,
            guint   end,
            gssize  n_numbers,
            guint   n_left)
{
  uint64_t start = part->keys[first] >> INDEX_BITS;

  for (guint i = first; i < end; i++)
    {
      uint64_t key = part->keys[i], pfn = key >> INDEX_BITS;
      PgsFrame *frame = &part->frames[key & INDEX_MASK];

      *frame = (PgsFrame) { .node = PGS_FRAME_NO_NODE };
      if (pfn - start >= (uint64_t) n_numbers)
        continue;
      *frame = (PgsFrame) { part->numbers[pfn - start], 1, find_node (part, pfn), TRUE };
      if (!pgs_pagemap_entry_is_exclusive (part->entries[key & INDEX_MASK]))
        part->keys[n_left++] = key;
    }
  return n_left;
}

static gboolean
read_flags (Part *part)
{
  guint n_left = 0;

  for (guint i = 0, end; i < part->n_keys; i = end)
    {
      gssize n;

      end = find_end (part, i);
      n = read_run (part, part->flags_fd, i, end);
      if (n < 0)
        return FALSE;
      n_left = take_flags (part, i, end, n, n_left);
    }
  part->n_keys = n_left;
  return TRUE;
}

static void
read_counts (Part *part)
{
  for (guint i = 0, end; i < part->n_keys; i = end)
    {
      uint64_t start = part->keys[i] >> INDEX_BITS;
      gssize n;

      end = find_end (part, i);
      n = read_run (part, part->counts_fd, i, end);
      for (guint j = i; j < end && n > 0; j++)
        {
          uint64_t key = part->keys[j];
          uint64_t place = (key >> INDEX_BITS) - start;

          if (place < (uint64_t) n)
            part->frames[key & INDEX_MASK].map_count =
              (uint32_t) MIN (part->numbers[place], G_MAXUINT32);
        }
      if (n < 0)
        return;
    }
}

static void
read_part (Part *part)
{
  part->error = 0;
  if (read_flags (part))
    read_counts (part);
}

static void
read_part_cb (gpointer data,
              gpointer user_data)
{
  PgsProcFrames *self = user_data;

  read_part (data);
  g_mutex_lock (&self->mutex);
  self->is_done = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
}

/* Reads both parts at a time; where there is no other thread to be had, one by one. */
static void
read_both (PgsProcFrames *self)
{
  if (self->pool == NULL)
    self->pool = g_thread_pool_new (read_part_cb, self, 1, FALSE, NULL);
  self->is_done = FALSE;
  if (self->pool == NULL || !g_thread_pool_push (self->pool, &self->parts[1], NULL))
    {
      read_part (&self->parts[0]);
      read_part (&self->parts[1]);
      return;
    }
  read_part (&self->parts[0]);
  g_mutex_lock (&self->mutex);
  while (!self->is_done)
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

/* Reads what is told of the frames of all keys. Returns what went wrong, or 0. */
static int
read_keys (PgsProcFrames  *self,
           const uint64_t *entries,
           PgsFrame       *frames)
{
  guint n = self->keys->len;
  guint middle = n >= MANY_KEYS ? n / 2 : n;

  for (guint i = 0; i < N_PARTS; i++)
    {
      Part *part = &self->parts[i];

      part->keys = &g_array_index (self->keys, uint64_t, i == 0 ? 0 : middle);
      part->n_keys = i == 0 ? middle : n - middle;
      part->entries = entries;
      part->frames = frames;
      part->error = 0;
    }
  if (middle < n)
    read_both (self);
  else
    read_part (&self->parts[0]);
  return self->parts[0].error != 0 ? self->parts[0].error : self->parts[1].error;
}

/* Makes a key for each page whose frame is told; of the others nothing is known. Returns
 * %FALSE where only hidden frames are there. */
static gboolean
make_keys (PgsProcFrames  *self,
           const uint64_t *entries,
           gsize           n_pages,
           PgsFrame       *frames)
{
  gboolean is_hidden = FALSE;
  guint n = 0;

  g_array_set_size (self->keys, (guint) n_pages);
  for (gsize i = 0; i < n_pages; i++)
    {
      uint64_t pfn = pgs_pagemap_entry_get_pfn (entries[i]);

      if (pfn > 0 && pfn < MAX_PFN)
        {
          g_array_index (self->keys, uint64_t, n++) = pfn << INDEX_BITS | i;
          continue;
        }
      frames[i] = (PgsFrame) { .node = PGS_FRAME_NO_NODE };
      is_hidden = is_hidden || (pfn == 0 && pgs_pagemap_entry_is_present (entries[i]));
    }
  g_array_set_size (self->keys, n);
  return n > 0 || !is_hidden;
}

/**
 * pgs_proc_frames_read:
 * @entries: pagemap entries
 * @n_pages: how many
 * @frames: (out caller-allocates): what is said of the frame of each
 *
 * Returns: of how many pages, from the first on, the frames are told; -1 on error, as
 *   with %G_IO_ERROR_PERMISSION_DENIED where only hidden frames are there
 */
gssize
pgs_proc_frames_read (PgsProcFrames   *self,
                      const uint64_t  *entries,
                      gsize            n_pages,
                      PgsFrame        *frames,
                      GError         **error)
{
  int code;

  g_return_val_if_fail (self != NULL && entries != NULL && frames != NULL, -1);

  n_pages = MIN (n_pages, MAX_PAGES);
  if (!make_keys (self, entries, n_pages, frames))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                           _("The kernel tells which frames are a process' only to readers "
                             "with the capability CAP_SYS_ADMIN."));
      return -1;
    }
  sort_keys (self);
  code = read_keys (self, entries, frames);
  if (code == 0)
    return (gssize) n_pages;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
               _("Reading what the kernel knows of frames failed: %s."), g_strerror (code));
  return -1;
}
