/* pgs-process-private.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the readers of /proc share among each other.
 */

#pragma once

#include <glib.h>
#include <sys/types.h>
#include <unistd.h>

G_BEGIN_DECLS

static inline void
pgs_clear_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

/* An int that closes its file descriptor at the end of its scope. GLib has
 * g_autofd for it since 2.76, Debian 12 has 2.74. */
#define PGS_AUTO_FD G_GNUC_UNUSED __attribute__ ((cleanup (pgs_clear_fd))) int

gssize  pgs_process_read_at       (int         dir_fd,
                                   const char *name,
                                   char       *buffer,
                                   gsize       size);
char   *pgs_process_dup_readable  (const char *text,
                                   gsize       length);
char   *pgs_process_dup_user_name (uid_t       uid);

G_END_DECLS
