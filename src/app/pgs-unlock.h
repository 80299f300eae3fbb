/* pgs-unlock.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "core/pgs-process.h"
#include "core/pgs-source.h"

G_BEGIN_DECLS

/* Why physical addresses stay hidden. */
typedef enum
{
  PGS_UNLOCK_ERROR_NO_PKEXEC,  /* there is no pkexec, or no polkit */
  PGS_UNLOCK_ERROR_NO_HELPER,  /* the helper is not installed */
  PGS_UNLOCK_ERROR_DISMISSED,  /* somebody closed the question for a password */
  PGS_UNLOCK_ERROR_DENIED,     /* not authorized */
} PgsUnlockError;

#define PGS_UNLOCK_ERROR (pgs_unlock_error_quark ())
GQuark pgs_unlock_error_quark (void);

void       pgs_unlock_async       (PgsProcess           *process,
                                   gboolean              ask_on_terminal,
                                   GCancellable         *cancellable,
                                   GAsyncReadyCallback   callback,
                                   gpointer              user_data);
PgsSource *pgs_unlock_finish      (GAsyncResult         *result,
                                   GError              **error);
PgsSource *pgs_unlock             (PgsProcess           *process,
                                   GError              **error);
char      *pgs_unlock_dup_command (pid_t                 pid,
                                   uint64_t              address);

G_END_DECLS
