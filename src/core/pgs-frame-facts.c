/* pgs-frame-facts.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All there is to know of the frame of one page, and of the folio that it is part of.
 *
 * The kernel marks the first frame of a folio of several, and the further ones, but tells
 * of neither where the folio begins and ends. A folio begins at a multiple of its size,
 * so what is around a frame is read in pieces that do, of growing size. Each neighbor is
 * asked for by the entry that its page has where the folio is mapped as a whole: a source
 * that tells only of what is in a page table still finds such a folio.
 */

#include "config.h"

#include "pgs-frame-facts.h"

#include "pgs-pagemap-entry.h"

/* Frames of a folio: a huge page of 2 MiB, and one of 1 GiB; a frame has 4 KiB or more. */
static const uint64_t sizes[] = { 512, 262144 };

/* Reads the frames from @first on, of which that of the page at @address is @pfn. */
static gboolean
read_around (PgsSource  *source,
             uint64_t    address,
             uint64_t    pfn,
             uint64_t    first,
             gsize       n,
             PgsFrame   *frames,
             GError    **error)
{
  uint64_t page_size = pgs_source_get_page_size (source);
  g_autofree uint64_t *entries = g_new (uint64_t, n);
  gssize n_read;

  for (gsize i = 0; i < n; i++)
    {
      entries[i] = PGS_PAGEMAP_PRESENT | (first + i);
      frames[i] = (PgsFrame) { .node = -1 };
    }
  address -= (pfn - first) * page_size;
  for (gsize i = 0; i < n; i += (gsize) n_read)
    {
      n_read = pgs_source_read_frames (source, address + i * page_size, entries + i, n - i,
                                       frames + i, error);
      if (n_read < 0)
        return FALSE;
      if (n_read == 0)
        return TRUE;
    }
  return TRUE;
}

static gboolean
is_tail (const PgsFrame *frame)
{
  return frame->is_known && pgs_frame_has (frame, PGS_FRAME_COMPOUND_TAIL);
}

/* Finds the folio of the frame at @place. Returns whether it ends within the frames, or
 * where they do, by its size. */
static gboolean
find_folio (const PgsFrame *frames,
            gsize           n,
            gsize           place,
            uint64_t        first,
            PgsFrameFacts  *facts)
{
  gsize head = place, end = place + 1;

  while (head > 0 && is_tail (&frames[head]))
    head--;
  while (end < n && is_tail (&frames[end]))
    end++;
  if (!frames[head].is_known || !pgs_frame_has (&frames[head], PGS_FRAME_COMPOUND_HEAD) ||
      (end < n && !frames[end].is_known) || ((end - head) & (end - head - 1)) != 0)
    return FALSE;
  facts->head = first + head;
  facts->n_frames = end - head;
  return TRUE;
}

/* Looks for the folio among the frames of a piece of @n. Where it takes all of the piece
 * it may be larger, unless the next frame says that it is not. */
static gboolean
look_for_folio (PgsSource      *source,
                uint64_t        address,
                uint64_t        n,
                PgsFrameFacts  *facts,
                GError        **error)
{
  uint64_t first = facts->pfn - facts->pfn % n;
  g_autofree PgsFrame *frames = NULL;
  uint64_t page_size = pgs_source_get_page_size (source);

  if (address / page_size < facts->pfn - first)
    return TRUE;
  frames = g_new (PgsFrame, n + 1);
  if (!read_around (source, address, facts->pfn, first, n + 1, frames, error))
    return FALSE;
  if (!find_folio (frames, n, facts->pfn - first, first, facts))
    return TRUE;
  if (facts->head + facts->n_frames == first + n && is_tail (&frames[n]))
    facts->n_frames = 0;
  return TRUE;
}

static gboolean
is_compound (const PgsFrame *frame)
{
  return pgs_frame_has (frame, PGS_FRAME_COMPOUND_HEAD) ||
         pgs_frame_has (frame, PGS_FRAME_COMPOUND_TAIL);
}

static gboolean
read_folio (PgsSource      *source,
            uint64_t        address,
            PgsFrameFacts  *facts,
            GError        **error)
{
  if (!is_compound (&facts->frame))
    {
      facts->head = facts->pfn;
      facts->n_frames = 1;
      return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (sizes) && facts->n_frames == 0; i++)
    if (!look_for_folio (source, address, sizes[i], facts, error))
      return FALSE;
  return TRUE;
}

/**
 * pgs_frame_facts_read:
 * @source: a source whose mappings were read
 * @address: page-aligned address of a page
 * @facts: (out caller-allocates): what is known of its frame
 *
 * Reads what the page has for a frame now, and all about that. Blocks.
 *
 * Returns: %FALSE with an error as pgs_source_read_frames(); %TRUE also where the page
 *   has no frame
 */
gboolean
pgs_frame_facts_read (PgsSource      *source,
                      uint64_t        address,
                      PgsFrameFacts  *facts,
                      GError        **error)
{
  PgsFrameFacts told = { .frame.node = -1 };
  uint64_t entry = 0;

  g_return_val_if_fail (PGS_IS_SOURCE (source) && facts != NULL, FALSE);

  if (pgs_source_read_entries (source, address, &entry, 1, error) < 0)
    return FALSE;
  if (pgs_pagemap_entry_is_present (entry))
    {
      if (pgs_source_read_frames (source, address, &entry, 1, &told.frame, error) < 0)
        return FALSE;
      told.pfn = pgs_pagemap_entry_get_pfn (entry);
      if (told.frame.is_known && !read_folio (source, address, &told, error))
        return FALSE;
    }
  *facts = told;
  return TRUE;
}
