/* pgs-hooked-source.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/pgs-proc-source.h"

G_BEGIN_DECLS

/**
 * PgsHook:
 * @n_maps: how often mappings have been read so far
 * @n_reads: how often pages have been read since then, this time included; 0
 *   when mappings have just been read
 *
 * What to do in the middle of a reading.
 */
typedef void (*PgsHook) (guint    n_maps,
                         guint    n_reads,
                         gpointer user_data);

#define PGS_TYPE_HOOKED_SOURCE (pgs_hooked_source_get_type ())
G_DECLARE_FINAL_TYPE (PgsHookedSource, pgs_hooked_source, PGS, HOOKED_SOURCE, GObject)

PgsSource *pgs_hooked_source_new             (const char      *proc_root,
                                              pid_t            pid,
                                              PgsProcScan      scan,
                                              PgsHook          hook,
                                              gpointer         user_data);
guint      pgs_hooked_source_get_n_reads     (PgsHookedSource *self);
void       pgs_hooked_source_set_max_entries (PgsHookedSource *self,
                                              gsize            max_entries);

G_END_DECLS
