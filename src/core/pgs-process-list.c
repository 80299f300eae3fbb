/* pgs-process-list.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list of processes to choose from.
 *
 * Whether a process may be looked into is found out by doing it: the mappings
 * are opened and one byte of them is read. Rules of users and privileges would
 * have to be guessed otherwise, and security modules add their own.
 *
 * Sizes are those of statm, which the kernel keeps at hand; smaps would make it
 * walk the page tables of every process. libproc2 and libgtop were weighed: their
 * interfaces change from release to release, and this is all that is needed.
 *
 * A process that ends while it is being read is left out.
 */

#include "config.h"

#include "pgs-process-list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>

#include "pgs-process-private.h"

/* Limits in bytes: of a name, of the numbers of statm, and of a command line,
 * which may be megabytes long. */
#define NAME_LIMIT         256
#define STATM_LIMIT        256
#define COMMAND_LINE_LIMIT 4096

/* Far above the highest pid_max of any kernel, which is 4,194,304. */
#define PID_LIMIT          G_MAXINT32

/* What stays the same for one list. */
typedef struct
{
  const char *proc_root;
  uint64_t    page_size;
  GHashTable *users;
} List;

/**
 * pgs_process_info_free:
 * @self: (nullable): a row of the list
 *
 * Frees the row.
 */
void
pgs_process_info_free (PgsProcessInfo *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->user);
  g_free (self->command_line);
  g_clear_error (&self->denied);
  g_free (self);
}

static char *
read_name (int dir_fd)
{
  char text[NAME_LIMIT];
  gssize n = pgs_process_read_at (dir_fd, "comm", text, sizeof text);

  if (n < 0)
    return NULL;
  if (n > 0 && text[n - 1] == '\n')
    n--;
  return pgs_process_dup_readable (text, (gsize) n);
}

/* The words of a command line are ended by NUL bytes. A process may write
 * whatever it likes there, without any NUL byte as well. */
static char *
read_command_line (int dir_fd)
{
  char text[COMMAND_LINE_LIMIT];
  gssize n = pgs_process_read_at (dir_fd, "cmdline", text, sizeof text);

  if (n < 0)
    return NULL;
  while (n > 0 && text[n - 1] == '\0')
    n--;
  for (gssize i = 0; i < n; i++)
    if (text[i] == '\0')
      text[i] = ' ';
  return pgs_process_dup_readable (text, (gsize) n);
}

/* Reads the resident size in pages: the second number of statm. */
static gboolean
read_resident (int       dir_fd,
               guint64  *pages)
{
  char text[STATM_LIMIT];
  g_auto(GStrv) fields = NULL;

  if (pgs_process_read_at (dir_fd, "statm", text, sizeof text) < 0)
    return FALSE;
  fields = g_strsplit (text, " ", 3);
  return g_strv_length (fields) >= 2 &&
         g_ascii_string_to_unsigned (fields[1], 10, 0, G_MAXINT64, pages, NULL);
}

static const char *
find_user (List *list,
           int   dir_fd)
{
  struct stat status;
  char *user;

  if (fstat (dir_fd, &status) != 0)
    return NULL;
  user = g_hash_table_lookup (list->users, GUINT_TO_POINTER (status.st_uid));
  if (user == NULL)
    {
      user = pgs_process_dup_user_name (status.st_uid);
      g_hash_table_insert (list->users, GUINT_TO_POINTER (status.st_uid), user);
    }
  return user;
}

static gboolean
try_reading_maps (const PgsProcess  *process,
                  GError           **error)
{
  PGS_AUTO_FD fd = pgs_process_open_file (process, "maps", error);
  char byte;

  if (fd < 0)
    return FALSE;
  if (read (fd, &byte, 1) >= 0)
    return TRUE;
  g_set_error (error, PGS_PROCESS_ERROR,
               errno == ESRCH ? PGS_PROCESS_ERROR_NOT_FOUND : PGS_PROCESS_ERROR_UNREADABLE,
               _("Reading the mappings of process %d failed: %s."),
               (int) pgs_process_get_pid (process), g_strerror (errno));
  return FALSE;
}

/* Returns why the memory of the process cannot be read, or %NULL. */
static GError *
find_denial (List  *list,
             pid_t  pid)
{
  g_autoptr(PgsProcess) process = NULL;
  GError *error = NULL;

  process = pgs_process_open (list->proc_root, pid, &error);
  if (process != NULL)
    try_reading_maps (process, &error);
  return error;
}

/* Returns %NULL when the process ended. */
static PgsProcessInfo *
read_process (List       *list,
              int         root_fd,
              const char *name,
              pid_t       pid)
{
  g_autoptr(PgsProcessInfo) info = g_new0 (PgsProcessInfo, 1);
  PGS_AUTO_FD dir_fd = openat (root_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  guint64 pages = 0;

  if (dir_fd < 0)
    return NULL;
  info->pid = pid;
  info->name = read_name (dir_fd);
  info->user = g_strdup (find_user (list, dir_fd));
  info->command_line = read_command_line (dir_fd);
  if (info->name == NULL || info->user == NULL || info->command_line == NULL ||
      !read_resident (dir_fd, &pages))
    return NULL;
  info->resident = pages > G_MAXUINT64 / list->page_size ? G_MAXUINT64
                                                         : pages * list->page_size;
  info->denied = find_denial (list, pid);
  if (g_error_matches (info->denied, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_FOUND))
    return NULL;
  return g_steal_pointer (&info);
}

/* Returns 0 where the name is not that of a process's folder. */
static pid_t
parse_pid (const char *name)
{
  guint64 pid;

  if (!g_ascii_string_to_unsigned (name, 10, 1, PID_LIMIT, &pid, NULL))
    return 0;
  return (pid_t) pid;
}

static gint
compare_pids (gconstpointer a,
              gconstpointer b)
{
  const PgsProcessInfo *left = *(const PgsProcessInfo *const *) a;
  const PgsProcessInfo *right = *(const PgsProcessInfo *const *) b;

  return (left->pid > right->pid) - (left->pid < right->pid);
}

static gboolean
read_all (List          *list,
          DIR           *folder,
          GPtrArray     *processes,
          GCancellable  *cancellable,
          GError       **error)
{
  struct dirent *entry;

  while ((entry = readdir (folder)) != NULL)
    {
      pid_t pid = parse_pid (entry->d_name);
      PgsProcessInfo *info;

      if (pid == 0)
        continue;
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      info = read_process (list, dirfd (folder), entry->d_name, pid);
      if (info != NULL)
        g_ptr_array_add (processes, info);
    }
  return TRUE;
}

/**
 * pgs_process_list_read:
 * @proc_root: (nullable): the folder to read as /proc, or %NULL for "/proc"
 * @cancellable: (nullable): ends the reading from another thread
 * @error: return location for a %G_IO_ERROR
 *
 * Reads what processes there are. Takes some 0.05 ms a process; call it in a
 * worker.
 *
 * Returns: (transfer full) (element-type PgsProcessInfo): the processes, by
 *   ascending PID; %NULL when the folder cannot be read or the reading was
 *   cancelled
 */
GPtrArray *
pgs_process_list_read (const char    *proc_root,
                       GCancellable  *cancellable,
                       GError       **error)
{
  g_autoptr(GPtrArray) processes =
    g_ptr_array_new_with_free_func ((GDestroyNotify) pgs_process_info_free);
  g_autoptr(GHashTable) users = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  List list = { proc_root != NULL ? proc_root : PGS_PROC_ROOT,
                (uint64_t) sysconf (_SC_PAGESIZE), users };
  DIR *folder = opendir (list.proc_root);
  gboolean is_read;

  if (folder == NULL)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
                   _("Opening the folder “%s” to list processes failed: %s."),
                   list.proc_root, g_strerror (errno));
      return NULL;
    }
  is_read = read_all (&list, folder, processes, cancellable, error);
  closedir (folder);
  if (!is_read)
    return NULL;
  g_ptr_array_sort (processes, compare_pids);
  return g_steal_pointer (&processes);
}
