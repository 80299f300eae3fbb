/* pgs-mapping-delta.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-mapping-order.h"

G_BEGIN_DECLS

/**
 * PgsMappingHunk:
 * @position: where in the list, hunks before this one being done already
 * @old_position: where that was in the list before
 * @n_removed: how many rows go
 * @n_added: how many come in their place
 *
 * One stretch of a list that is not as before.
 */
typedef struct
{
  guint position;
  guint old_position;
  guint n_removed;
  guint n_added;
} PgsMappingHunk;

/**
 * PgsMappingDelta:
 * @successors: for every mapping of the old snapshot the index that the very same
 *   mapping has in the new one, or %PGS_MAPPING_ORDER_NONE
 * @hunks: (element-type PgsMappingHunk): what to do, from the top of the list on
 * @replaces_all: whether no row stays: the first hunk puts the new list before the
 *   old one, and the second takes the old one away
 *
 * How to come from one list of mappings to the next.
 */
typedef struct
{
  guint    *successors;
  GArray   *hunks;
  gboolean  replaces_all;
} PgsMappingDelta;

PgsMappingDelta *pgs_mapping_delta_new  (const PgsMappingOrder *before,
                                         const PgsMappingOrder *after);
void             pgs_mapping_delta_free (PgsMappingDelta       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsMappingDelta, pgs_mapping_delta_free)

G_END_DECLS
