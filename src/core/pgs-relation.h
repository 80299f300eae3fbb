/* pgs-relation.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-frame-map.h"
#include "pgs-snapshot.h"

G_BEGIN_DECLS

/* How a page stands to another process; kept where a snapshot has the word of its frame. */
typedef enum
{
  PGS_RELATION_UNKNOWN,
  PGS_RELATION_SHARED,  /* its frame is in the other's page table, too */
  PGS_RELATION_OWN,     /* the other has another page at the same address */
  PGS_RELATION_ONLY,    /* the other has no page there */
} PgsRelation;

PgsSnapshot *pgs_snapshot_with_relation  (PgsSnapshot        *snapshot,
                                          const PgsSnapshot  *other,
                                          const PgsFrameMap  *frames,
                                          PgsSnapshot        *previous);
GArray      *pgs_relation_find_changes   (GArray             *changes,
                                          const PgsSnapshot  *before,
                                          const PgsSnapshot  *after);

G_END_DECLS
