/* pgs-summary-part-private.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a part of a summary lies in memory, for the part and for those who go through it.
 */

#pragma once

#include "pgs-summary-part.h"

G_BEGIN_DECLS

typedef enum
{
  PGS_PIECE_UNIFORM,  /* @value is the class of all its pages */
  PGS_PIECE_CLASSES,  /* @value is where its classes start */
  PGS_PIECE_NUMBERS,  /* only how many pages of each class there are */
} PgsSummaryPieceKind;

typedef struct
{
  uint16_t first;    /* counted from the first page of the chunk */
  uint16_t n_pages;
  uint16_t kind;
  uint16_t value;
} PgsSummaryPiece;

/* Behind it lie its pieces, the numbers before each and at the end, and classes. */
struct _PgsSummaryPart
{
  gatomicrefcount  ref_count;
  uint16_t         n_pieces;
  uint16_t         n_classes;
  uint64_t         first_page;   /* of the chunk, which is far away */
  PgsPageChunk    *chunk;
  PgsFrameBlock   *frames;       /* where the mode needs them, and any are known */
};

static inline const PgsSummaryPiece *
pgs_summary_part_get_pieces (const PgsSummaryPart *self)
{
  return (gconstpointer) (self + 1);
}

static inline const uint16_t *
pgs_summary_part_get_sums (const PgsSummaryPart *self,
                           guint                 piece)
{
  return (const uint16_t *) (gconstpointer) (pgs_summary_part_get_pieces (self) + self->n_pieces) +
         piece * self->n_classes;
}

static inline const guint8 *
pgs_summary_part_get_classes (const PgsSummaryPart *self)
{
  return (gconstpointer) pgs_summary_part_get_sums (self, self->n_pieces + 1u);
}

G_END_DECLS
