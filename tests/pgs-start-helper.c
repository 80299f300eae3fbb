/* pgs-start-helper.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Starts the privileged helper as pkexec does: as root, and told who asks. PGS_HELPER
 * names it.
 */

#include "config.h"

#include "pgs-start-helper.h"

#include <inttypes.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/pgs-helper-source.h"

/**
 * pgs_start_helper:
 * @process: whose memory is read
 * @scope: PGS_HELPER_OWN or PGS_HELPER_ANY
 * @pid: (out) (optional): the helper, a child to be waited for
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a source that asks it
 */
PgsSource *
pgs_start_helper (PgsProcess  *process,
                  const char  *scope,
                  pid_t       *pid,
                  GError     **error)
{
  g_autofree char *target = g_strdup_printf ("%d", (int) pgs_process_get_pid (process));
  g_autofree char *start_time = g_strdup_printf ("%" PRIu64, pgs_process_get_start_time (process));
  const char *path = g_getenv ("PGS_HELPER");
  pid_t child;
  int fds[2];

  g_return_val_if_fail (path != NULL, NULL);
  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
    g_error ("There are no sockets");
  child = fork ();
  if (child == 0)
    {
      if (dup2 (fds[1], STDIN_FILENO) >= 0 && g_setenv ("PKEXEC_UID", "65534", TRUE))
        execl (path, path, scope, target, start_time, NULL);
      _exit (127);
    }
  close (fds[1]);
  if (pid != NULL)
    *pid = child;
  return pgs_helper_source_new (process, fds[0], error);
}
