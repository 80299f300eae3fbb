/* pgs-focus.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-snapshot.h"

G_BEGIN_DECLS

/* What is selected, and what is in view. */
#define PGS_FOCUS_MAX 2

/**
 * PgsFocus:
 *
 * What somebody looks at: ranges of addresses, the most wanted first. Shared
 * between the thread that knows and the one that reads. Reference-counted.
 */
typedef struct _PgsFocus PgsFocus;

PgsFocus *pgs_focus_new   (void);
PgsFocus *pgs_focus_ref   (PgsFocus       *self);
void      pgs_focus_unref (PgsFocus       *self);
void      pgs_focus_set   (PgsFocus       *self,
                           const PgsRange *ranges,
                           guint           n_ranges);
guint     pgs_focus_get   (PgsFocus       *self,
                           PgsRange       *ranges);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsFocus, pgs_focus_unref)

G_END_DECLS
