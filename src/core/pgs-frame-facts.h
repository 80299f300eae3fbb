/* pgs-frame-facts.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-source.h"

G_BEGIN_DECLS

/**
 * PgsFrameFacts:
 * @pfn: the frame of the page; 0 where it has none, or that is not told
 * @frame: what the kernel says of it
 * @head: the first frame of the folio it is part of
 * @n_frames: of how many frames that is; 1 where it is a folio by itself, 0 where that
 *   is not known
 *
 * All there is to know of the frame of one page.
 */
typedef struct
{
  uint64_t pfn;
  PgsFrame frame;
  uint64_t head;
  uint64_t n_frames;
} PgsFrameFacts;

gboolean pgs_frame_facts_read (PgsSource      *source,
                               uint64_t        address,
                               PgsFrameFacts  *facts,
                               GError        **error);

G_END_DECLS
