/* pgs-changes.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-snapshot.h"

G_BEGIN_DECLS

/* Above this many ranges, further ones are joined with the last. */
#define PGS_CHANGES_MAX 262144

/**
 * PgsChange:
 * @start: first address
 * @end: the address behind the last one
 *
 * Pages whose entries differ between two snapshots.
 */
typedef struct
{
  uint64_t start;
  uint64_t end;
} PgsChange;

GArray *pgs_changes_find (const PgsSnapshot *before,
                          const PgsSnapshot *after);

G_END_DECLS
