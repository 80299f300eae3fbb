/* pgs-sharers-private.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the two parts of a search for sharers of a page have in common.
 */

#pragma once

#include <sys/stat.h>

#include "pgs-process.h"
#include "pgs-sharers.h"

G_BEGIN_DECLS

/* A search under way. */
typedef struct
{
  const PgsSharersQuery *query;
  GCancellable          *cancellable;
  PgsSharers            *result;
  gint64                 deadline;     /* monotonic; 0 for none */
  uint64_t               page_size;
  uint64_t               n_mappings;   /* read so far */
  uint64_t               n_pages;      /* of private memory, looked at so far */
  gboolean               has_program;
  struct stat            program;      /* the file that the page's process runs */
} PgsSharersSearch;

void     pgs_sharers_reach_limit     (PgsSharersSearch  *search,
                                      PgsSharersLimits   limit);
gboolean pgs_sharers_is_over         (PgsSharersSearch  *search);
gboolean pgs_sharers_read_program    (PgsProcess        *process,
                                      struct stat       *program);
void     pgs_sharers_look_at_process (PgsSharersSearch  *search,
                                      pid_t              pid);

G_END_DECLS
