/* pgs-made-frames.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "pgs-made-frames.h"

#define PFN_MASK ((UINT64_C (1) << 55) - 1)

static void pgs_made_frames_iface_init (PgsSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PgsMadeFrames, pgs_made_frames, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PGS_TYPE_SOURCE,
                                                      pgs_made_frames_iface_init))

/**
 * pgs_made_frames_get:
 * @salt: another one gives other frames
 * @entry: the entry of a page
 * @frame: (out caller-allocates): what is told of its frame
 *
 * Every eighth frame is not known. Frames near one another are mostly alike.
 */
void
pgs_made_frames_get (guint     salt,
                     uint64_t  entry,
                     PgsFrame *frame)
{
  uint64_t pfn = entry >> 63 ? entry & PFN_MASK : 0;
  uint64_t hash = (pfn / 6 + salt) * UINT64_C (0x9e3779b97f4a7c15);

  *frame = (PgsFrame) { .node = -1 };
  if (pfn == 0 || hash >> 61 == 0)
    return;
  frame->flags = (hash >> 20 & hash >> 7 & 0x7ffffff) | (hash >> 40 & 3) << 32;
  frame->map_count = (uint32_t) (hash >> 50 & 15);
  frame->node = (int32_t) (hash >> 56 & 3) - 1;
  frame->is_known = TRUE;
}

static gssize
pgs_made_frames_read_entries (PgsSource  *source,
                              uint64_t    address,
                              uint64_t   *entries,
                              gsize       n_entries,
                              GError    **error)
{
  PgsMadeFrames *self = PGS_MADE_FRAMES (source);

  if (self->ends)
    return 0;
  n_entries = MIN (n_entries, self->max_pages);
  for (gsize i = 0; i < n_entries; i++)
    entries[i] = self->entry (address / 4096 + i, self->user_data);
  return (gssize) n_entries;
}

static gssize
pgs_made_frames_read_frames (PgsSource       *source,
                             uint64_t         address,
                             const uint64_t  *entries,
                             gsize            n_pages,
                             PgsFrame        *frames,
                             GError         **error)
{
  PgsMadeFrames *self = PGS_MADE_FRAMES (source);

  self->n_reads++;
  if (self->error != NULL)
    {
      g_propagate_error (error, g_error_copy (self->error));
      return -1;
    }
  n_pages = MIN (n_pages, self->max_pages);
  self->n_told += n_pages;
  for (gsize i = 0; i < n_pages; i++)
    if (self->frame != NULL)
      frames[i] = *self->frame;
    else
      pgs_made_frames_get (self->salt, entries[i], &frames[i]);
  return (gssize) n_pages;
}

static void
pgs_made_frames_iface_init (PgsSourceInterface *iface)
{
  iface->read_entries = pgs_made_frames_read_entries;
  iface->read_frames = pgs_made_frames_read_frames;
}

static void
pgs_made_frames_class_init (PgsMadeFramesClass *klass)
{
}

static void
pgs_made_frames_init (PgsMadeFrames *self)
{
  self->max_pages = G_MAXSIZE;
}

/**
 * pgs_made_frames_new:
 * @entry: tells the entry of a page
 * @user_data: for @entry
 *
 * Returns: (transfer full): a source of pages of 4 KiB
 */
PgsMadeFrames *
pgs_made_frames_new (PgsMadeEntryFunc entry,
                     gpointer         user_data)
{
  PgsMadeFrames *self = g_object_new (PGS_TYPE_MADE_FRAMES, NULL);

  self->entry = entry;
  self->user_data = user_data;
  return self;
}
