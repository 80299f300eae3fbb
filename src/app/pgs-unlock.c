/* pgs-unlock.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Has the privileged helper started for a process, by pkexec, which asks for a
 * password where polkit wants one. The window never has any privilege: what comes of it
 * is a source that asks the helper.
 *
 * Nobody knows how long a person takes for a password, so there is no limit to it, but
 * it can be given up.
 */

#include "config.h"

#include "pgs-unlock.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <inttypes.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/pgs-helper-source.h"
#include "helper/pgs-helper-protocol.h"
#include "pgs-child.h"

/* Exit status of pkexec: see pkexec(1). */
#define PKEXEC_DISMISSED 126
#define PKEXEC_DENIED    127

typedef struct
{
  PgsProcess  *process;
  GSubprocess *helper;
  int          fd;       /* our end of its socket */
  guint        watch_id;
} Unlocking;

G_DEFINE_QUARK (pgs-unlock-error-quark, pgs_unlock_error)

static void
unlocking_free (gpointer data)
{
  Unlocking *self = data;

  g_clear_handle_id (&self->watch_id, g_source_remove);
  if (self->fd >= 0)
    close (self->fd);
  g_clear_object (&self->helper);
  pgs_process_unref (self->process);
  g_free (self);
}

/* Returns the helper built beside this program, or else the installed one; for tests, the
 * one that PGS_HELPER names. Only for the installed one polkit has rules of its own; for
 * another one pkexec asks for the right to run it as root, and names it. */
static char *
dup_helper (GError **error)
{
  const char *named = g_getenv ("PGS_HELPER");
  char *path = named != NULL ? g_strdup (named)
                             : pgs_child_dup_sibling ("helper", "pagescape-helper");

  if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
    return path;
  g_set_error (error, PGS_UNLOCK_ERROR, PGS_UNLOCK_ERROR_NO_HELPER,
               _("The helper that shows physical addresses is not installed: there is no “%s”. "
                 "Install Pagescape with “make install”."), path);
  g_free (path);
  return NULL;
}

static char *
dup_pkexec (GError **error)
{
  char *path = g_find_program_in_path ("pkexec");

  if (path == NULL)
    g_set_error_literal (error, PGS_UNLOCK_ERROR, PGS_UNLOCK_ERROR_NO_PKEXEC,
                         _("There is no “pkexec” here to ask for the right to see physical "
                           "addresses. Install it: its package is called pkexec or polkit."));
  return path;
}

/* Whether a process is the user's own, and no more than that: the files of one with the
 * rights of somebody else are not. */
static gboolean
is_own (PgsProcess *process)
{
  struct stat info;

  return fstatat (pgs_process_get_dir_fd (process), "maps", &info, 0) == 0 &&
         info.st_uid == getuid ();
}

static GSubprocess *
start_helper (PgsProcess  *process,
              gboolean     ask_on_terminal,
              int          fd,
              GError     **error)
{
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *pkexec = dup_pkexec (error);
  g_autofree char *helper = NULL;

  g_subprocess_launcher_take_stdin_fd (launcher, fd);
  helper = pkexec != NULL ? dup_helper (error) : NULL;
  if (helper == NULL)
    return NULL;
  g_ptr_array_add (argv, g_steal_pointer (&pkexec));
  if (!ask_on_terminal)
    g_ptr_array_add (argv, g_strdup ("--disable-internal-agent"));
  g_ptr_array_add (argv, g_steal_pointer (&helper));
  g_ptr_array_add (argv, g_strdup (is_own (process) ? PGS_HELPER_OWN : PGS_HELPER_ANY));
  g_ptr_array_add (argv, g_strdup_printf ("%d", (int) pgs_process_get_pid (process)));
  g_ptr_array_add (argv, g_strdup_printf ("%" PRIu64, pgs_process_get_start_time (process)));
  g_ptr_array_add (argv, NULL);
  return g_subprocess_launcher_spawnv (launcher, (const char * const *) argv->pdata, error);
}

static Unlocking *
unlocking_new (PgsProcess  *process,
               gboolean     ask_on_terminal,
               GError     **error)
{
  Unlocking *self;
  GSubprocess *helper;
  int fds[2];

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
                   _("The helper cannot be started: %s"), g_strerror (errno));
      return NULL;
    }
  helper = start_helper (process, ask_on_terminal, fds[1], error);
  if (helper == NULL)
    {
      close (fds[0]);
      return NULL;
    }
  self = g_new0 (Unlocking, 1);
  self->process = pgs_process_ref (process);
  self->helper = helper;
  self->fd = fds[0];
  return self;
}

/* Whether the helper has said something, rather than ended. */
static gboolean
has_greeted (Unlocking *self)
{
  char first;

  return recv (self->fd, &first, sizeof first, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/* Sets the error of a helper that pkexec did not start. */
static void
set_refusal (const char  *message,
             int          status,
             GError     **error)
{
  g_autofree char *line = g_strstrip (g_strndup (message, strcspn (message, "\n")));

  if (status == PKEXEC_DISMISSED)
    g_set_error_literal (error, PGS_UNLOCK_ERROR, PGS_UNLOCK_ERROR_DISMISSED,
                         _("Physical addresses stay hidden: nobody was authorized to see them."));
  else if (status == PKEXEC_DENIED && strstr (message, "Not authorized") != NULL)
    g_set_error_literal (error, PGS_UNLOCK_ERROR, PGS_UNLOCK_ERROR_DENIED,
                         _("You are not authorized to see physical addresses. Whoever manages "
                           "this machine can allow it in polkit."));
  else if (status == PKEXEC_DENIED)
    g_set_error (error, PGS_UNLOCK_ERROR, PGS_UNLOCK_ERROR_NO_PKEXEC,
                 _("The right to see physical addresses could not be asked for: %s"),
                 line[0] != '\0' ? line : _("pkexec failed."));
  else
    g_set_error (error, PGS_HELPER_ERROR, PGS_HELPER_ERROR_LOST,
                 _("The helper ended at once. %s"), line);
}

static PgsSource *
take_source (Unlocking  *self,
             GError    **error)
{
  int fd = self->fd;

  self->fd = -1;
  return pgs_helper_source_new (self->process, fd, error);
}

static void
ended_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GSubprocess *helper = G_SUBPROCESS (source);
  g_autofree char *message = NULL;
  GError *error = NULL;

  if (!g_subprocess_communicate_utf8_finish (helper, result, NULL, &message, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  set_refusal (message != NULL ? message : "",
               g_subprocess_get_if_exited (helper) ? g_subprocess_get_exit_status (helper) : -1,
               &error);
  g_task_return_error (task, error);
}

static gboolean
answered_cb (int          fd,
             GIOCondition condition,
             gpointer     user_data)
{
  GTask *task = user_data;
  Unlocking *self = g_task_get_task_data (task);
  PgsSource *source;
  GError *error = NULL;

  self->watch_id = 0;
  if (!has_greeted (self))
    {
      g_subprocess_communicate_utf8_async (self->helper, NULL, g_task_get_cancellable (task),
                                           ended_cb, g_object_ref (task));
      return G_SOURCE_REMOVE;
    }
  source = take_source (self, &error);
  if (source != NULL)
    g_task_return_pointer (task, source, g_object_unref);
  else
    g_task_return_error (task, error);
  return G_SOURCE_REMOVE;
}

/* Without our end of the socket the helper ends, and pkexec does when it is told. */
static void
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  GTask *task = user_data;
  Unlocking *self = g_task_get_task_data (task);

  if (self->watch_id == 0)
    return;
  g_clear_handle_id (&self->watch_id, g_source_remove);
  g_subprocess_send_signal (self->helper, SIGTERM);
  g_task_return_error_if_cancelled (task);
}

/**
 * pgs_unlock_async:
 * @process: whose frames are to be shown
 * @ask_on_terminal: whether a password may be asked for on the terminal, where there is
 *   nobody else to ask for it
 * @cancellable: (nullable): gives up
 *
 * Asks polkit for the right to see the frames of the process, and starts the helper. To
 * be called from the main thread.
 */
void
pgs_unlock_async (PgsProcess          *process,
                  gboolean             ask_on_terminal,
                  GCancellable        *cancellable,
                  GAsyncReadyCallback  callback,
                  gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  GError *error = NULL;
  Unlocking *self;

  g_return_if_fail (process != NULL);

  g_task_set_source_tag (task, pgs_unlock_async);
  self = unlocking_new (process, ask_on_terminal, &error);
  if (self == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, self, unlocking_free);
  self->watch_id = g_unix_fd_add_full (G_PRIORITY_DEFAULT, self->fd,
                                       G_IO_IN | G_IO_HUP | G_IO_ERR, answered_cb,
                                       g_object_ref (task), g_object_unref);
  if (cancellable != NULL)
    g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (cancelled_cb), task, 0);
}

/**
 * pgs_unlock_finish:
 *
 * Returns: (transfer full): a source that shows the frames, or %NULL with @error set,
 *   of %PGS_UNLOCK_ERROR or %PGS_HELPER_ERROR; what could be read before, still can
 */
PgsSource *
pgs_unlock_finish (GAsyncResult  *result,
                   GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * pgs_unlock:
 * @process: whose frames are to be shown
 *
 * The same, for programs without a window: waits.
 *
 * Returns: (transfer full): a source that shows the frames, or %NULL with @error set
 */
PgsSource *
pgs_unlock (PgsProcess  *process,
            GError     **error)
{
  Unlocking *self = unlocking_new (process, TRUE, error);
  g_autofree char *message = NULL;
  PgsSource *source = NULL;
  char first;

  if (self == NULL)
    return NULL;
  if (recv (self->fd, &first, sizeof first, MSG_PEEK) > 0)
    source = take_source (self, error);
  else if (g_subprocess_communicate_utf8 (self->helper, NULL, NULL, NULL, &message, error))
    set_refusal (message != NULL ? message : "",
                 g_subprocess_get_if_exited (self->helper)
                   ? g_subprocess_get_exit_status (self->helper)
                   : -1,
                 error);
  unlocking_free (self);
  return source;
}

/**
 * pgs_unlock_dup_command:
 * @pid: a process ID
 * @address: an address of the process, or 0 for none in particular
 *
 * Returns: (transfer full): what to type on a terminal to see the physical address, or
 *   those of all pages, where there is no other way
 */
char *
pgs_unlock_dup_command (pid_t    pid,
                        uint64_t address)
{
  if (address == 0)
    return g_strdup_printf ("sudo pagescape --pid %d --export pages.csv", (int) pid);
  return g_strdup_printf ("sudo pagemap_reader %d 0x%" PRIx64, (int) pid, address);
}
