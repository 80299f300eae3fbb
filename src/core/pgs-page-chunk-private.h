/* pgs-page-chunk-private.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a chunk lies in memory, for the chunk and for its draft.
 */

#pragma once

#include "pgs-page-chunk.h"

G_BEGIN_DECLS

#define PGS_PAGE_CHUNK_FLAGS_SHIFT 55

typedef enum
{
  PGS_SPAN_RUN,
  PGS_SPAN_DETAIL,
  PGS_SPAN_GROUPS,
} PgsSpanKind;

typedef struct
{
  uint64_t value;        /* the run's first entry, or where entries or groups start */
  uint16_t first;        /* counted from the first page of the chunk */
  uint16_t n_pages;
  uint16_t kind;
  uint16_t n;            /* the run's step, or how many groups */
} PgsStoredSpan;

/* Behind it lie its spans, its entries and its groups, in this order. Sparse
 * address spaces have a chunk for almost every page: it is kept small. */
struct _PgsPageChunk
{
  uint64_t        index;
  PgsFrameBands   bands;
  gatomicrefcount ref_count;
  uint16_t        n_spans;
  uint16_t        n_entries;
  uint16_t        n_groups;
  uint16_t        n_present;
  uint16_t        n_swapped;
  uint16_t        n_guard;
  uint16_t        n_hidden;
  uint16_t        flags;    /* bits 55-63 that any of its entries has */
};

G_STATIC_ASSERT (PGS_PAGE_CHUNK_PAGES <= G_MAXUINT16);
G_STATIC_ASSERT (sizeof (PgsPageChunk) % sizeof (uint64_t) == 0);

static inline const PgsStoredSpan *
pgs_page_chunk_get_stored (const PgsPageChunk *chunk)
{
  return (gconstpointer) (chunk + 1);
}

static inline const uint64_t *
pgs_page_chunk_get_entries (const PgsPageChunk *chunk)
{
  return (gconstpointer) (pgs_page_chunk_get_stored (chunk) + chunk->n_spans);
}

static inline const uint32_t *
pgs_page_chunk_get_groups (const PgsPageChunk *chunk)
{
  return (gconstpointer) (pgs_page_chunk_get_entries (chunk) + chunk->n_entries);
}

G_END_DECLS
