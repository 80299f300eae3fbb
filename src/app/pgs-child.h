/* pgs-child.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* How much of a program's output is kept, in bytes. */
#define PGS_CHILD_OUTPUT_LIMIT ((gsize) 64 * 1024)

#define PGS_TYPE_CHILD (pgs_child_get_type ())
G_DECLARE_FINAL_TYPE (PgsChild, pgs_child, PGS, CHILD, GObject)

PgsChild           *pgs_child_launch        (const char * const  *argv,
                                             GError             **error);
char               *pgs_child_dup_sibling   (const char          *folder,
                                             const char          *name);
char               *pgs_child_dup_prober    (void);
pid_t               pgs_child_get_pid       (PgsChild            *self);
const char * const *pgs_child_get_argv      (PgsChild            *self);
const char         *pgs_child_get_output    (PgsChild            *self);
gboolean            pgs_child_get_address   (PgsChild            *self,
                                             guint64             *address);
gboolean            pgs_child_has_ended     (PgsChild            *self);
char               *pgs_child_dup_ending    (PgsChild            *self);
void                pgs_child_send_line     (PgsChild            *self,
                                             const char          *line);
void                pgs_child_end           (PgsChild            *self);

G_END_DECLS
