/* pgs-process.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <stdint.h>
#include <sys/types.h>

G_BEGIN_DECLS

#define PGS_PROC_ROOT "/proc"

/* Why a process cannot be read. */
typedef enum
{
  PGS_PROCESS_ERROR_NOT_FOUND,     /* no such process, or it ended */
  PGS_PROCESS_ERROR_NOT_PERMITTED, /* the kernel does not let us look into it */
  PGS_PROCESS_ERROR_KERNEL_THREAD, /* it has no memory of its own */
  PGS_PROCESS_ERROR_ZOMBIE,        /* it ended and waits for its parent */
  PGS_PROCESS_ERROR_REPLACED,      /* it exec'ed, or its PID is another's now */
  PGS_PROCESS_ERROR_UNREADABLE,    /* /proc says something unheard of */
} PgsProcessError;

#define PGS_PROCESS_ERROR (pgs_process_error_quark ())
GQuark pgs_process_error_quark (void);

/**
 * PgsProcess:
 *
 * One running process, held by its directory in /proc and, where the kernel has
 * them, by a pidfd, so that another process that gets the same PID is never
 * taken for it. Immutable, reference-counted, safe from any thread.
 */
typedef struct _PgsProcess PgsProcess;

PgsProcess *pgs_process_open            (const char        *proc_root,
                                         pid_t              pid,
                                         GError           **error);
PgsProcess *pgs_process_ref             (PgsProcess        *self);
void        pgs_process_unref           (PgsProcess        *self);
pid_t       pgs_process_get_pid         (const PgsProcess  *self);
const char *pgs_process_get_name        (const PgsProcess  *self);
uint64_t    pgs_process_get_start_time  (const PgsProcess  *self);
int         pgs_process_get_dir_fd      (const PgsProcess  *self);
int         pgs_process_get_pid_fd      (const PgsProcess  *self);
int         pgs_process_open_file       (const PgsProcess  *self,
                                         const char        *name,
                                         GError           **error);
gboolean    pgs_process_check           (const PgsProcess  *self,
                                         GError           **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsProcess, pgs_process_unref)

G_END_DECLS
