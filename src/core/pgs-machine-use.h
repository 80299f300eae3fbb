/* pgs-machine-use.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "pgs-color-mode.h"
#include "pgs-maps.h"

G_BEGIN_DECLS

/* What a machine uses its frames for. */
typedef enum
{
  PGS_MACHINE_CACHE,
  PGS_MACHINE_ANONYMOUS,
  PGS_MACHINE_HUGE,
  PGS_MACHINE_SLAB,
  PGS_MACHINE_PAGE_TABLES,
  PGS_MACHINE_RESERVED,
  PGS_MACHINE_OFFLINE,
  PGS_MACHINE_OTHER,
  PGS_MACHINE_FREE,
  PGS_MACHINE_N_TYPES,
} PgsMachineType;

/**
 * PgsMachineUse:
 *
 * What all of a machine's frames are used for, stretch by stretch: a sample of them.
 * Immutable and reference-counted.
 */
typedef struct _PgsMachineUse PgsMachineUse;

const PgsColorClass *pgs_machine_type_get_class (PgsMachineType        type);
PgsMachineType       pgs_machine_type_find      (uint64_t              flags);

PgsMachineUse       *pgs_machine_use_sample     (const char           *proc_root,
                                                 const PgsMaps        *ram,
                                                 const GArray         *borders,
                                                 uint64_t              page_size,
                                                 PgsMachineUse        *previous,
                                                 guint32               seed,
                                                 GCancellable         *cancellable,
                                                 GError              **error);
PgsMachineUse       *pgs_machine_use_ref        (PgsMachineUse        *self);
void                 pgs_machine_use_unref      (PgsMachineUse        *self);
const GArray        *pgs_machine_use_get_borders (const PgsMachineUse *self);
gboolean             pgs_machine_use_get_frames (const PgsMachineUse  *self,
                                                 guint                 stretch,
                                                 double               *frames);
void                 pgs_machine_use_get_totals (const PgsMachineUse  *self,
                                                 double               *frames);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsMachineUse, pgs_machine_use_unref)

G_END_DECLS
