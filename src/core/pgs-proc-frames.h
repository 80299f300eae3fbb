/* pgs-proc-frames.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <stdint.h>

#include "pgs-frame.h"

G_BEGIN_DECLS

/**
 * PgsProcFrames:
 *
 * Reads /proc/kpageflags and /proc/kpagecount. Used by one thread at a time.
 */
typedef struct _PgsProcFrames PgsProcFrames;

PgsProcFrames *pgs_proc_frames_new  (const char      *proc_root,
                                     GError         **error);
void           pgs_proc_frames_free (PgsProcFrames   *self);
gssize         pgs_proc_frames_read (PgsProcFrames   *self,
                                     const uint64_t  *entries,
                                     gsize            n_pages,
                                     PgsFrame        *frames,
                                     GError         **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsProcFrames, pgs_proc_frames_free)

G_END_DECLS
