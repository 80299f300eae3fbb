/* pgs-frame-batch.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads what the kernel knows of the frames of pages.
 *
 * Frames are read for many pages at a time, whatever lies between them, as long as it is
 * not much: frames that are near one another belong to pages that are not. When that is
 * done the entries of the pages are read once more. A page that has another frame by
 * then, or another count of mappings, is one of which nothing is known: what was read may
 * be of a frame that was another process' by then.
 */

#include "config.h"

#include "pgs-frame-batch.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pgs-process.h"

/* How many pages are read at a time: as many as stay in the cache where most frames are
 * near the one before, and otherwise so many that some are near one another after all. It
 * takes some 60 bytes for each while that goes on. */
#define FEW_PAGES   (1u << 14)
#define BATCH_PAGES (1u << 19)
/* How many pages without a frame may be among them. */
#define MAX_GAP     512u
#define NEAR_FRAMES 16u

/* What of an entry has to stay the same. */
#define FRAME_BITS  (PGS_PAGEMAP_PRESENT | PGS_PAGEMAP_EXCLUSIVE | PGS_PAGEMAP_PFN_MASK)

struct _PgsFrameBatch
{
  PgsSource *source;
  uint64_t   page_size;
  uint64_t   first_page;
  GArray    *entries;
  GArray    *again;    /* the same, later */
  GArray    *frames;   /* none before they were read */
  uint64_t   last_pfn;
  guint      n_near;   /* pages whose frame is near the one before */
};

/**
 * pgs_frame_batch_new:
 * @source: what tells of frames
 * @page_size: bytes a page
 *
 * Returns: (transfer full): a batch without pages
 */
PgsFrameBatch *
pgs_frame_batch_new (PgsSource *source,
                     uint64_t   page_size)
{
  PgsFrameBatch *self;

  g_return_val_if_fail (PGS_IS_SOURCE (source) && page_size > 0, NULL);

  self = g_new0 (PgsFrameBatch, 1);
  self->source = g_object_ref (source);
  self->page_size = page_size;
  self->entries = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  self->again = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  self->frames = g_array_new (FALSE, FALSE, sizeof (PgsFrame));
  return self;
}

/**
 * pgs_frame_batch_free:
 *
 * Frees the batch and lets go of its source.
 */
void
pgs_frame_batch_free (PgsFrameBatch *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->source);
  g_array_unref (self->entries);
  g_array_unref (self->again);
  g_array_unref (self->frames);
  g_free (self);
}

/**
 * pgs_frame_batch_clear:
 *
 * Begins another batch: there are no pages in it.
 */
void
pgs_frame_batch_clear (PgsFrameBatch *self)
{
  g_return_if_fail (self != NULL);

  g_array_set_size (self->entries, 0);
  g_array_set_size (self->frames, 0);
  self->n_near = 0;
}

/* Gathering */

static void
append_entries (PgsFrameBatch     *self,
                const PgsPageSpan *span)
{
  guint gap = (guint) (span->first_page - self->first_page) - self->entries->len;
  guint first = self->entries->len + gap;
  uint64_t *entries;

  g_array_set_size (self->entries, first + span->n_pages);
  entries = &g_array_index (self->entries, uint64_t, first);
  memset (entries - gap, 0, gap * sizeof *entries);
  for (guint i = 0; i < span->n_pages; i++)
    {
      uint64_t pfn;

      entries[i] = pgs_page_span_get_entry (span, i) & ~PGS_PAGEMAP_MARKS;
      pfn = entries[i] & PGS_PAGEMAP_PFN_MASK;
      self->n_near += pfn - self->last_pfn + NEAR_FRAMES <= 2 * NEAR_FRAMES;
      self->last_pfn = pfn;
    }
}

/* Whether more pages in the batch would help to read it. */
static gboolean
gains_by_more (const PgsFrameBatch *self)
{
  guint n = self->entries->len;

  return n < FEW_PAGES || (n < BATCH_PAGES && self->n_near < n - n / 4);
}

/**
 * pgs_frame_batch_add:
 * @span: pages behind those of the batch, with their entries
 *
 * Adds pages to the batch, which has not been read yet.
 *
 * Returns: %FALSE where they do not go with the others: the batch is to be read without
 *   them, and they begin another. An empty batch takes any
 */
gboolean
pgs_frame_batch_add (PgsFrameBatch     *self,
                     const PgsPageSpan *span)
{
  guint n;

  g_return_val_if_fail (self != NULL && span != NULL && span->groups == NULL, FALSE);
  g_return_val_if_fail (self->frames->len == 0, FALSE);

  n = self->entries->len;
  if (n > 0 && (span->first_page - self->first_page - n > MAX_GAP || !gains_by_more (self)))
    return FALSE;
  if (n == 0)
    self->first_page = span->first_page;
  append_entries (self, span);
  return TRUE;
}

/* Reading */

static gboolean
read_frames (PgsFrameBatch  *self,
             GError        **error)
{
  guint n = self->entries->len;
  gssize n_read = 0;

  g_array_set_size (self->frames, n);
  for (guint i = 0; i < n; i += (guint) n_read)
    {
      PgsFrame *frames = &g_array_index (self->frames, PgsFrame, i);

      n_read = pgs_source_read_frames (self->source, (self->first_page + i) * self->page_size,
                                       &g_array_index (self->entries, uint64_t, i), n - i,
                                       frames, error);
      if (n_read < 0)
        return FALSE;
      if (n_read == 0)
        {
          memset (frames, 0, (n - i) * sizeof *frames);
          return TRUE;
        }
    }
  return TRUE;
}

static gboolean
read_entries (PgsFrameBatch  *self,
              GError        **error)
{
  guint n = self->entries->len;
  gssize n_read = 0;

  g_array_set_size (self->again, n);
  for (guint i = 0; i < n; i += (guint) n_read)
    {
      n_read = pgs_source_read_entries (self->source, (self->first_page + i) * self->page_size,
                                        &g_array_index (self->again, uint64_t, i), n - i,
                                        error);
      if (n_read < 0)
        return FALSE;
      if (n_read == 0)
        {
          g_set_error (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_FOUND,
                       _("The process ended before its frames could be read."));
          return FALSE;
        }
    }
  return TRUE;
}

static void
forget_changed (PgsFrameBatch *self)
{
  for (guint i = 0; i < self->entries->len; i++)
    if (((g_array_index (self->entries, uint64_t, i) ^
          g_array_index (self->again, uint64_t, i)) & FRAME_BITS) != 0)
      g_array_index (self->frames, PgsFrame, i).is_known = FALSE;
}

/**
 * pgs_frame_batch_read:
 * @cancellable: (nullable): ends the reading from another thread
 *
 * Reads what there is to know of the frames of the pages. Blocks, for some hundredths of a
 * second at most.
 *
 * Returns: %FALSE with an error as pgs_source_read_frames(), or one of %PGS_PROCESS_ERROR
 *   when the process ended; then the batch is empty
 */
gboolean
pgs_frame_batch_read (PgsFrameBatch  *self,
                      GCancellable   *cancellable,
                      GError        **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (self->entries->len == 0)
    return TRUE;
  if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
      !read_frames (self, error) || !read_entries (self, error))
    {
      pgs_frame_batch_clear (self);
      return FALSE;
    }
  forget_changed (self);
  return TRUE;
}

/**
 * pgs_frame_batch_get_first_page:
 *
 * Returns: the number of the first page of the batch, its address / page size
 */
uint64_t
pgs_frame_batch_get_first_page (const PgsFrameBatch *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->first_page;
}

/**
 * pgs_frame_batch_get_n_pages:
 *
 * Returns: how many pages there are in the batch, those in gaps among them
 */
guint
pgs_frame_batch_get_n_pages (const PgsFrameBatch *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->entries->len;
}

/**
 * pgs_frame_batch_get_frames:
 *
 * Returns: (transfer none) (nullable): what was read of the frame of each page; %NULL
 *   before the batch was read
 */
const PgsFrame *
pgs_frame_batch_get_frames (const PgsFrameBatch *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->frames->len > 0 ? (const PgsFrame *) (gpointer) self->frames->data : NULL;
}
