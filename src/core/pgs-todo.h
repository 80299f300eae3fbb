/* pgs-todo.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-snapshot.h"

G_BEGIN_DECLS

/**
 * PgsTodo:
 *
 * What of an address space is still to be read, and what of that comes next.
 */
typedef struct _PgsTodo PgsTodo;

PgsTodo  *pgs_todo_new          (const PgsMaps  *maps,
                                 uint64_t        page_size);
PgsTodo  *pgs_todo_new_for      (const PgsMaps  *maps,
                                 uint64_t        page_size,
                                 const GArray   *ranges);
void      pgs_todo_free         (PgsTodo        *self);
gboolean  pgs_todo_get_next     (PgsTodo        *self,
                                 const PgsRange *focus,
                                 guint           n_focus,
                                 PgsRange       *next);
void      pgs_todo_finish       (PgsTodo        *self,
                                 uint64_t        end);
gboolean  pgs_todo_is_in_chunk  (const PgsTodo  *self);
double    pgs_todo_get_fraction (const PgsTodo  *self);
GArray   *pgs_todo_dup_unread   (const PgsTodo  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsTodo, pgs_todo_free)

G_END_DECLS
