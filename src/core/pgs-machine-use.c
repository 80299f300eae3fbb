/* pgs-machine-use.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What else is in RAM, from /proc/kpageflags.
 *
 * Millions of frames would take seconds. So a few of each stretch are read, next to each
 * other, at a place that is another one each time; where a stretch is that short, all of
 * them. What came out before counts too, ever less, so that the picture settles and still
 * follows.
 *
 * A frame without any flag is one of which the kernel does not tell: its own code and data,
 * pages that it took for itself, and free ones that a processor keeps at hand.
 */

#include "config.h"

#include "pgs-machine-use.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* How many frames of a stretch are read at a time: a call takes as long as three. */
#define SAMPLE_FRAMES 64u

/* How much a sample counts beside those before. */
#define NEW_SHARE     0.3

/* Bits of kpageflags that no color mode looks at (Linux, kernel-page-flags.h). */
#define FLAG_UPTODATE 3
#define FLAG_BUDDY    10

struct _PgsMachineUse
{
  gatomicrefcount  ref_count;
  GArray          *borders;  /* physical addresses: one more than there are stretches */
  GArray          *frames;   /* of each type in each stretch */
};

typedef struct
{
  int            fd;
  const PgsMaps *ram;
  uint64_t       page_size;
  GRand         *rand;
  uint64_t       flags[SAMPLE_FRAMES];
} Sampler;

static const PgsColorClass classes[PGS_MACHINE_N_TYPES] = {
  [PGS_MACHINE_CACHE] = { "cache", N_("Page cache"),
                          N_("Pages of files and of shared memory, of all processes and of none"),
                          PGS_COLOR_GREEN },
  [PGS_MACHINE_ANONYMOUS] = { "anonymous", N_("Anonymous"),
                              N_("Private memory of all processes"), PGS_COLOR_BLUE },
  [PGS_MACHINE_HUGE] = { "hugetlb", N_("hugetlbfs"),
                         N_("Set aside for huge pages, used or not"), PGS_COLOR_YELLOW },
  [PGS_MACHINE_SLAB] = { "slab", N_("Slab"),
                         N_("Objects of the kernel"), PGS_COLOR_PURPLE },
  [PGS_MACHINE_PAGE_TABLES] = { "page-tables", N_("Page tables"),
                                N_("Where the pages of all processes are written down"),
                                PGS_COLOR_PINK },
  [PGS_MACHINE_RESERVED] = { "reserved", N_("Reserved"),
                             N_("Kept by the kernel or the firmware since the machine started"),
                             PGS_COLOR_MAROON },
  [PGS_MACHINE_OFFLINE] = { "offline", N_("Offline"),
                            N_("Given back to the host, or damaged"), PGS_COLOR_RED },
  [PGS_MACHINE_OTHER] = { "other", N_("Kernel and other"),
                          N_("The kernel tells nothing of these frames: mostly they are its own"),
                          PGS_COLOR_GRAY },
  [PGS_MACHINE_FREE] = { "free", N_("Free"),
                         N_("Used for nothing"), PGS_COLOR_ABSENT },
};

/**
 * pgs_machine_type_get_class:
 *
 * Returns: (transfer none): name and color of a type
 */
const PgsColorClass *
pgs_machine_type_get_class (PgsMachineType type)
{
  g_return_val_if_fail (type < PGS_MACHINE_N_TYPES, NULL);

  return &classes[type];
}

static gboolean
has (uint64_t flags,
     guint    bit)
{
  return (flags >> bit & 1) != 0;
}

/**
 * pgs_machine_type_find:
 * @flags: of a frame, as in /proc/kpageflags
 *
 * Source: Linux, Documentation/admin-guide/mm/pagemap.rst and fs/proc/page.c. All frames of
 * a free block have the flag of one.
 *
 * Returns: what the frame is used for
 */
PgsMachineType
pgs_machine_type_find (uint64_t flags)
{
  if (has (flags, PGS_FRAME_OFFLINE) || has (flags, PGS_FRAME_HWPOISON))
    return PGS_MACHINE_OFFLINE;
  if (has (flags, PGS_FRAME_NOPAGE) || has (flags, PGS_FRAME_RESERVED))
    return PGS_MACHINE_RESERVED;
  if (has (flags, FLAG_BUDDY))
    return PGS_MACHINE_FREE;
  if (has (flags, PGS_FRAME_HUGE))
    return PGS_MACHINE_HUGE;
  if (has (flags, PGS_FRAME_SLAB))
    return PGS_MACHINE_SLAB;
  if (has (flags, PGS_FRAME_PGTABLE))
    return PGS_MACHINE_PAGE_TABLES;
  if (has (flags, PGS_FRAME_ANON))
    return PGS_MACHINE_ANONYMOUS;
  if (has (flags, PGS_FRAME_LRU) || has (flags, PGS_FRAME_SWAPBACKED) ||
      has (flags, FLAG_UPTODATE))
    return PGS_MACHINE_CACHE;
  return PGS_MACHINE_OTHER;
}

/* Sampling */

/* Adds @n_frames frames from @pfn on, by a sample of them. */
static gboolean
sample_frames (Sampler   *self,
               uint64_t   pfn,
               uint64_t   n_frames,
               double    *frames,
               GError   **error)
{
  guint n = (guint) MIN (n_frames, SAMPLE_FRAMES);
  uint64_t first = pfn;
  gssize n_read;

  if (n < n_frames)
    first += (uint64_t) (g_rand_double (self->rand) * (double) (n_frames - n + 1));
  n_read = pread (self->fd, self->flags, n * sizeof (uint64_t),
                  (off_t) (first * sizeof (uint64_t)));
  if (n_read < 0)
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                   _("What the kernel knows of frames cannot be read: %s."), g_strerror (code));
      return FALSE;
    }
  n = (guint) ((gsize) n_read / sizeof (uint64_t));
  for (guint i = 0; i < n; i++)
    frames[pgs_machine_type_find (self->flags[i])] += (double) n_frames / n;
  return TRUE;
}

/* Samples what there is of RAM in a stretch. */
static gboolean
sample_stretch (Sampler   *self,
                uint64_t   start,
                uint64_t   end,
                double    *frames,
                GError   **error)
{
  guint n_ranges = pgs_maps_get_n_mappings (self->ram);

  for (guint i = pgs_maps_find_from (self->ram, start); i < n_ranges; i++)
    {
      const PgsMapping *range = pgs_maps_get_mapping (self->ram, i);
      uint64_t first = MAX (range->start, start) / self->page_size;
      uint64_t last = MIN (range->end, end) / self->page_size;

      if (range->start >= end)
        break;
      if (first < last && !sample_frames (self, first, last - first, frames, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
has_same_borders (const PgsMachineUse *self,
                  const GArray        *borders)
{
  return self->borders->len == borders->len &&
         memcmp (self->borders->data, borders->data, borders->len * sizeof (uint64_t)) == 0;
}

/* Has what came out before count, too. */
static void
mix_in (GArray       *frames,
        const GArray *before)
{
  for (guint i = 0; i < frames->len; i++)
    {
      double *value = &g_array_index (frames, double, i);

      *value = NEW_SHARE * *value + (1 - NEW_SHARE) * g_array_index (before, double, i);
    }
}

static gboolean
sample_all (Sampler       *self,
            const GArray  *borders,
            GArray        *frames,
            GCancellable  *cancellable,
            GError       **error)
{
  for (guint i = 0; i + 1 < borders->len; i++)
    {
      double *place = &g_array_index (frames, double, i * PGS_MACHINE_N_TYPES);

      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          !sample_stretch (self, g_array_index (borders, uint64_t, i),
                           g_array_index (borders, uint64_t, i + 1), place, error))
        return FALSE;
    }
  return TRUE;
}

static int
open_flags (const char  *proc_root,
            GError     **error)
{
  g_autofree char *path = g_build_filename (proc_root, "kpageflags", NULL);
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  int code = errno;

  if (fd >= 0)
    return fd;
  if (code == EACCES || code == EPERM)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                         _("What else is in RAM the kernel tells to root only."));
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                 _("This kernel does not tell what is in RAM: “%s” cannot be opened: %s."),
                 path, g_strerror (code));
  return -1;
}

/**
 * pgs_machine_use_sample:
 * @proc_root: the folder to read as /proc
 * @ram: where RAM lies, as pgs_ram_read() tells
 * @borders: (element-type uint64_t): physical addresses in order; a stretch goes from each
 *   to the next
 * @page_size: bytes a frame
 * @previous: (nullable): what came out before
 * @seed: chooses the frames
 * @cancellable: (nullable): ends it early
 * @error: return location for %G_IO_ERROR_PERMISSION_DENIED, %G_IO_ERROR_NOT_SUPPORTED and
 *   others
 *
 * Reads some frames of each stretch. Blocks, for some microseconds a stretch.
 *
 * Returns: (transfer full): what they are used for, or %NULL with @error set
 */
PgsMachineUse *
pgs_machine_use_sample (const char     *proc_root,
                        const PgsMaps  *ram,
                        const GArray   *borders,
                        uint64_t        page_size,
                        PgsMachineUse  *previous,
                        guint32         seed,
                        GCancellable   *cancellable,
                        GError        **error)
{
  Sampler sampler = { .ram = ram, .page_size = page_size };
  g_autoptr(GArray) frames = NULL;
  gboolean is_done;
  PgsMachineUse *self;

  g_return_val_if_fail (proc_root != NULL && ram != NULL && page_size > 0, NULL);
  g_return_val_if_fail (borders != NULL && borders->len > 0, NULL);

  sampler.fd = open_flags (proc_root, error);
  if (sampler.fd < 0)
    return NULL;
  frames = g_array_new (FALSE, TRUE, sizeof (double));
  g_array_set_size (frames, (borders->len - 1) * PGS_MACHINE_N_TYPES);
  sampler.rand = g_rand_new_with_seed (seed);
  is_done = sample_all (&sampler, borders, frames, cancellable, error);
  g_rand_free (sampler.rand);
  close (sampler.fd);
  if (!is_done)
    return NULL;
  if (previous != NULL && has_same_borders (previous, borders))
    mix_in (frames, previous->frames);
  self = g_new0 (PgsMachineUse, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->borders = g_array_ref ((GArray *) borders);
  self->frames = g_steal_pointer (&frames);
  return self;
}

/**
 * pgs_machine_use_ref:
 *
 * Returns: (transfer full): @self with one more reference
 */
PgsMachineUse *
pgs_machine_use_ref (PgsMachineUse *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * pgs_machine_use_unref:
 *
 * Drops a reference; the last one frees it.
 */
void
pgs_machine_use_unref (PgsMachineUse *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_array_unref (self->borders);
  g_array_unref (self->frames);
  g_free (self);
}

/**
 * pgs_machine_use_get_borders:
 *
 * Returns: (transfer none) (element-type uint64_t): between which addresses stretches lie
 */
const GArray *
pgs_machine_use_get_borders (const PgsMachineUse *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->borders;
}

/**
 * pgs_machine_use_get_frames:
 * @stretch: which one, from 0
 * @frames: (out caller-allocates): how many frames there are of each type, by the sample;
 *   %PGS_MACHINE_N_TYPES numbers
 *
 * Returns: whether there is any RAM in the stretch
 */
gboolean
pgs_machine_use_get_frames (const PgsMachineUse *self,
                            guint                stretch,
                            double              *frames)
{
  double sum = 0;

  g_return_val_if_fail (self != NULL && frames != NULL, FALSE);
  g_return_val_if_fail (stretch + 1 < self->borders->len, FALSE);

  for (guint i = 0; i < PGS_MACHINE_N_TYPES; i++)
    {
      frames[i] = g_array_index (self->frames, double, stretch * PGS_MACHINE_N_TYPES + i);
      sum += frames[i];
    }
  return sum > 0;
}

/**
 * pgs_machine_use_get_totals:
 * @frames: (out caller-allocates): how many frames there are of each type in all stretches,
 *   by the sample; %PGS_MACHINE_N_TYPES numbers
 */
void
pgs_machine_use_get_totals (const PgsMachineUse *self,
                            double              *frames)
{
  g_return_if_fail (self != NULL && frames != NULL);

  memset (frames, 0, PGS_MACHINE_N_TYPES * sizeof *frames);
  for (guint i = 0; i < self->frames->len; i++)
    frames[i % PGS_MACHINE_N_TYPES] += g_array_index (self->frames, double, i);
}
