/* pgs-frame-bands.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

#define PGS_FRAME_BANDS 32

/* How many bits of the factor are behind the point. As many as there is room for:
 * borders are exact up to 2 TiB of RAM, and beyond lie too low by less than a 200,000th
 * of a band. */
#define PGS_FRAME_BANDS_SHIFT 58

/**
 * PgsFrameBands:
 * @ram_end: the PFN behind the last frame of RAM, or 0 when not known
 * @factor: for this file alone
 *
 * RAM, cut into %PGS_FRAME_BANDS bands of the same size, up to a frame. Whoever
 * tells frames apart coarsely does it by band, so that all agree on the borders.
 *
 * Finding a band multiplies where it might divide: it is asked for every page of
 * RAM, and a division takes several times as long.
 */
typedef struct
{
  uint64_t ram_end;
  uint64_t factor;   /* bands a frame, as a fixed-point number */
} PgsFrameBands;

static inline void
pgs_frame_bands_init (PgsFrameBands *bands,
                      uint64_t       ram_end)
{
  bands->ram_end = ram_end;
  bands->factor = ram_end > 0
    ? (((uint64_t) PGS_FRAME_BANDS << PGS_FRAME_BANDS_SHIFT) - 1) / ram_end + 1 : 0;
}

/* Returns the band of a frame; frames behind the end of RAM are in the last. */
static inline guint
pgs_frame_bands_find (const PgsFrameBands *bands,
                      uint64_t             pfn)
{
  return pfn < bands->ram_end ? (guint) (pfn * bands->factor >> PGS_FRAME_BANDS_SHIFT)
                              : PGS_FRAME_BANDS - 1;
}

/* Returns the first frame of a band, other than frame 0, which is never mapped. */
static inline uint64_t
pgs_frame_bands_get_first (const PgsFrameBands *bands,
                           guint                band)
{
  uint64_t shifted = (uint64_t) band << PGS_FRAME_BANDS_SHIFT;

  return bands->factor == 0 ? 1 : MAX ((shifted + bands->factor - 1) / bands->factor, 1);
}

G_END_DECLS
