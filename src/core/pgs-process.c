/* pgs-process.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One running process: who it is, and the way to its files in /proc.
 *
 * A PID is given to another process once its owner has ended. What is held is
 * therefore the open folder /proc/PID: the kernel binds it to the process, so
 * that everything opened through it belongs to that process or fails with ESRCH.
 * The start time is compared as well, for a folder that stands in for /proc has
 * no such binding.
 *
 * When the first thread of a process ends while others go on, /proc/PID looks
 * like that of a zombie, and its files are empty; the memory is still there and
 * seen through any other thread, at /proc/PID/task/TID. Which thread that is may
 * change at any time, so it is looked for whenever a file is opened and never
 * kept.
 *
 * Source of the facts about the kernel: fs/proc/base.c (proc_mem_open,
 * task_dump_owner) in Linux 6.18; for the start time, see pgs-process-stat.c.
 */

#include "config.h"

#include "pgs-process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "pgs-process-private.h"
#include "pgs-process-stat.h"

#define DIRECTORY_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

struct _PgsProcess
{
  gatomicrefcount  ref_count;
  pid_t            pid;
  char            *name;
  uint64_t         start_time;
  int              dir_fd;
  int              pid_fd;
};

G_DEFINE_QUARK (pgs-process-error-quark, pgs_process_error)

static void
set_zombie_error (GError     **error,
                  pid_t        pid,
                  const char  *name)
{
  g_set_error (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_ZOMBIE,
               _("Process %d (%s) has ended and has no memory any more. "
                 "Choose a process that is running."), (int) pid, name);
}

/* Opens the folder of thread @name if the thread is running, or returns -1. */
static int
open_thread (int         task_fd,
             const char *name,
             pid_t       pid)
{
  PGS_AUTO_FD fd = -1;
  PgsProcessStat stat;

  if (!g_ascii_isdigit (name[0]))
    return -1;
  fd = openat (task_fd, name, DIRECTORY_FLAGS);
  if (fd < 0 || !pgs_process_stat_read (fd, pid, &stat, NULL) ||
      pgs_process_stat_has_ended (&stat))
    return -1;
  return g_steal_fd (&fd);
}

/* Opens the folder of any thread that is running, or returns -1. */
static int
open_running_thread (int   dir_fd,
                     pid_t pid)
{
  int task_fd = openat (dir_fd, "task", DIRECTORY_FLAGS);
  DIR *folder = task_fd >= 0 ? fdopendir (task_fd) : NULL;
  struct dirent *entry;
  int thread_fd = -1;

  if (folder == NULL)
    {
      pgs_clear_fd (&task_fd);
      return -1;
    }
  while (thread_fd < 0 && (entry = readdir (folder)) != NULL)
    thread_fd = open_thread (task_fd, entry->d_name, pid);
  closedir (folder);
  return thread_fd;
}

/* Finds the folder that shows the memory of the process: its own, or that of
 * another thread when the first one has ended. @thread_fd is left at -1 in the
 * first case and is the caller's to close in the second. */
static gboolean
find_memory (int                    dir_fd,
             pid_t                  pid,
             const PgsProcessStat  *stat,
             int                   *thread_fd,
             GError               **error)
{
  g_autofree char *name = NULL;

  if (!pgs_process_stat_has_ended (stat))
    return TRUE;
  *thread_fd = open_running_thread (dir_fd, pid);
  if (*thread_fd >= 0)
    return TRUE;
  name = pgs_process_dup_readable (stat->name, strlen (stat->name));
  set_zombie_error (error, pid, name);
  return FALSE;
}

static gboolean
require_memory (int                    dir_fd,
                pid_t                  pid,
                const PgsProcessStat  *stat,
                GError               **error)
{
  PGS_AUTO_FD thread_fd = -1;

  if (pgs_process_stat_is_kernel_thread (stat))
    {
      g_autofree char *name = pgs_process_dup_readable (stat->name, strlen (stat->name));

      g_set_error (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_KERNEL_THREAD,
                   _("Process %d (%s) is a thread of the kernel and has no memory of its own. "
                     "Choose another process."), (int) pid, name);
      return FALSE;
    }
  return find_memory (dir_fd, pid, stat, &thread_fd, error);
}

static int
open_directory (const char  *proc_root,
                pid_t        pid,
                GError     **error)
{
  g_autofree char *path = g_strdup_printf ("%s/%d", proc_root, (int) pid);
  int fd = open (path, DIRECTORY_FLAGS);

  if (fd >= 0)
    return fd;
  if (errno == ENOENT || errno == ESRCH || errno == ENOTDIR)
    g_set_error (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_FOUND,
                 _("No process with PID %d is running."), (int) pid);
  else
    g_set_error (error, PGS_PROCESS_ERROR,
                 errno == EACCES || errno == EPERM ? PGS_PROCESS_ERROR_NOT_PERMITTED
                                                   : PGS_PROCESS_ERROR_UNREADABLE,
                 _("Opening “%s” failed: %s."), path, g_strerror (errno));
  return -1;
}

/* Only the real /proc names processes by the PIDs that system calls take. */
static int
open_pid_fd (const char *proc_root,
             pid_t       pid)
{
#ifdef SYS_pidfd_open
  if (g_str_equal (proc_root, PGS_PROC_ROOT))
    return (int) syscall (SYS_pidfd_open, pid, 0);
#endif
  return -1;
}

/**
 * pgs_process_open:
 * @proc_root: (nullable): the folder to read as /proc, or %NULL for "/proc"
 * @pid: process ID
 * @error: return location for a %PGS_PROCESS_ERROR
 *
 * Takes hold of a running process. Blocks for some microseconds.
 *
 * Returns: (transfer full): the process; %NULL when there is none with that PID,
 *   when it has no memory to look at, or when not even its status may be read
 */
PgsProcess *
pgs_process_open (const char  *proc_root,
                  pid_t        pid,
                  GError     **error)
{
  PGS_AUTO_FD dir_fd = -1;
  PGS_AUTO_FD pid_fd = -1;
  PgsProcess *self;
  PgsProcessStat stat;

  if (proc_root == NULL)
    proc_root = PGS_PROC_ROOT;
  dir_fd = open_directory (proc_root, pid, error);
  if (dir_fd < 0)
    return NULL;

  /* The status is read last: as the process that the folder belongs to is still
   * there by then, its PID was not given away before the pidfd was opened. */
  pid_fd = open_pid_fd (proc_root, pid);
  if (!pgs_process_stat_read (dir_fd, pid, &stat, error) ||
      !require_memory (dir_fd, pid, &stat, error))
    return NULL;

  self = g_new0 (PgsProcess, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->pid = pid;
  self->name = pgs_process_dup_readable (stat.name, strlen (stat.name));
  self->start_time = stat.start_time;
  self->dir_fd = g_steal_fd (&dir_fd);
  self->pid_fd = g_steal_fd (&pid_fd);
  return self;
}

/**
 * pgs_process_ref:
 *
 * Returns: (transfer full): @self with one more reference
 */
PgsProcess *
pgs_process_ref (PgsProcess *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * pgs_process_unref:
 *
 * Drops a reference; the last one closes the file descriptors.
 */
void
pgs_process_unref (PgsProcess *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  pgs_clear_fd (&self->dir_fd);
  pgs_clear_fd (&self->pid_fd);
  g_free (self->name);
  g_free (self);
}

/**
 * pgs_process_get_pid:
 *
 * Returns: the process ID
 */
pid_t
pgs_process_get_pid (const PgsProcess *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->pid;
}

/**
 * pgs_process_get_name:
 *
 * Returns: (transfer none): the name that the kernel kept for the process when
 *   it was opened, at most 15 bytes of it, in valid UTF-8 on one line
 */
const char *
pgs_process_get_name (const PgsProcess *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name;
}

/**
 * pgs_process_get_start_time:
 *
 * Returns: when the process started, in clock ticks since the machine did;
 *   sysconf (_SC_CLK_TCK) tells how many make a second
 */
uint64_t
pgs_process_get_start_time (const PgsProcess *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->start_time;
}

/**
 * pgs_process_get_dir_fd:
 *
 * For files about memory use pgs_process_open_file(), which finds the thread to
 * read them through.
 *
 * Returns: the open folder /proc/PID; it is closed with the last reference
 */
int
pgs_process_get_dir_fd (const PgsProcess *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->dir_fd;
}

/**
 * pgs_process_get_pid_fd:
 *
 * Returns: a pidfd, which becomes readable when the process ends; -1 where the
 *   kernel has none (before Linux 5.3), where @self is a thread rather than a
 *   process, and where another folder stands in for /proc. It is closed with
 *   the last reference.
 */
int
pgs_process_get_pid_fd (const PgsProcess *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->pid_fd;
}

/* Who may look into a process: ptrace(2), "Ptrace access mode checking". A
 * folder in /proc belongs to the process's effective user; the files in it belong
 * to root when the process is not dumpable, as after executing a set-user-ID
 * program. */
static void
set_denied_error (const PgsProcess  *self,
                  GError           **error)
{
  struct stat folder = { .st_uid = geteuid () };
  struct stat maps = { .st_uid = geteuid () };
  g_autofree char *reason = NULL;

  fstat (self->dir_fd, &folder);
  fstatat (self->dir_fd, "maps", &maps, 0);
  if (geteuid () == 0)
    {
      reason = g_strdup (_("Even root may not look into it, so a security policy or a container "
                           "protects it. Try again outside of the container."));
    }
  else if (folder.st_uid != geteuid ())
    {
      g_autofree char *user = pgs_process_dup_user_name (folder.st_uid);

      reason = g_strdup_printf (_("It belongs to another user, “%s”. "
                                  "Unlock it (--unlock on the command line), or run "
                                  "Pagescape as that user."), user);
    }
  else if (maps.st_uid != geteuid ())
    {
      reason = g_strdup (_("It started with privileges of its own or keeps others out of its "
                           "memory. Unlock it to see it (--unlock on the command line)."));
    }
  else
    {
      reason = g_strdup (_("It has more privileges than Pagescape, or a security policy of this "
                           "system protects it. Unlock it to see it (--unlock on the command "
                           "line)."));
    }
  g_set_error (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_PERMITTED,
               _("The memory of process %d (%s) may not be read. %s"),
               (int) self->pid, self->name, reason);
}

static void
set_open_error (const PgsProcess  *self,
                const char        *name,
                int                code,
                GError           **error)
{
  PgsProcessStat stat;

  if (code == EACCES || code == EPERM)
    set_denied_error (self, error);
  else if (code == ESRCH)
    pgs_process_set_ended_error (error, self->pid);
  else if (code != ENOENT || pgs_process_stat_read (self->dir_fd, self->pid, &stat, error))
    g_set_error (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_UNREADABLE,
                 _("Opening “%s” of process %d (%s) failed: %s."),
                 name, (int) self->pid, self->name, g_strerror (code));
}

/**
 * pgs_process_open_file:
 * @name: name of a file in /proc/PID
 * @error: return location for a %PGS_PROCESS_ERROR
 *
 * Opens a file that tells about the memory of the process, for reading. When
 * the first thread of the process has ended, the file is that of another one.
 *
 * Returns: (transfer full): a file descriptor for the caller to close, or -1
 */
int
pgs_process_open_file (const PgsProcess  *self,
                       const char        *name,
                       GError           **error)
{
  PGS_AUTO_FD thread_fd = -1;
  PgsProcessStat stat;
  int fd;

  g_return_val_if_fail (self != NULL && name != NULL, -1);

  if (!pgs_process_stat_read (self->dir_fd, self->pid, &stat, error) ||
      !find_memory (self->dir_fd, self->pid, &stat, &thread_fd, error))
    return -1;
  fd = openat (thread_fd >= 0 ? thread_fd : self->dir_fd, name, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    set_open_error (self, name, errno, error);
  return fd;
}

/**
 * pgs_process_check:
 * @error: return location for a %PGS_PROCESS_ERROR: %PGS_PROCESS_ERROR_NOT_FOUND
 *   or %PGS_PROCESS_ERROR_ZOMBIE when the process ended,
 *   %PGS_PROCESS_ERROR_REPLACED when another one took its place
 *
 * What was read before this call belongs to this process when it succeeds.
 *
 * Returns: whether the process is still running; which program it runs may
 *   have changed
 */
gboolean
pgs_process_check (const PgsProcess  *self,
                   GError           **error)
{
  PGS_AUTO_FD thread_fd = -1;
  PgsProcessStat stat;

  g_return_val_if_fail (self != NULL, FALSE);

  if (!pgs_process_stat_read (self->dir_fd, self->pid, &stat, error))
    return FALSE;
  if (stat.start_time != self->start_time)
    {
      g_set_error (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_REPLACED,
                   _("Process %d (%s) ended, and its PID was given to another process."),
                   (int) self->pid, self->name);
      return FALSE;
    }
  return find_memory (self->dir_fd, self->pid, &stat, &thread_fd, error);
}
