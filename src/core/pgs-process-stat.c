/* pgs-process-stat.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads /proc/PID/stat: the name of a process, when it started, and whether it
 * has memory to look at.
 *
 * Source of the facts about the kernel: proc_pid_stat(5), and in Linux 6.18
 * fs/proc/array.c (do_task_stat), include/linux/sched.h (PF_*).
 */

#include "config.h"

#include "pgs-process-stat.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "pgs-process-private.h"
#include "pgs-process.h"

/* The fields after the name are at most 50 numbers; the name takes 64 bytes. */
#define STAT_LIMIT   4096
#define FLAG_EXITING 0x00000004u /* PF_EXITING */
#define FLAG_KTHREAD 0x00200000u /* PF_KTHREAD */

static gboolean
parse_field (char     *const *fields,
             guint            n_fields,
             guint            index,
             guint64          max,
             guint64         *number)
{
  return index < n_fields &&
         g_ascii_string_to_unsigned (fields[index], 10, 0, max, number, NULL);
}

/* The name stands in parentheses and may hold anything, parentheses, spaces and
 * newlines among it: it ends at the last parenthesis. Fields are counted from 1
 * in proc_pid_stat(5), and the one behind the name is field 3. */
static gboolean
parse_stat (const char     *text,
            PgsProcessStat *stat)
{
  const char *open = strchr (text, '(');
  const char *close = strrchr (text, ')');
  g_auto(GStrv) fields = NULL;
  guint64 flags, start_time;
  guint n;

  if (open == NULL || close == NULL || close < open || close[1] != ' ')
    return FALSE;
  fields = g_strsplit (close + 2, " ", 22);
  n = g_strv_length (fields);
  if (n == 0 || strlen (fields[0]) != 1 ||
      !parse_field (fields, n, 9 - 3, G_MAXUINT32, &flags) ||
      !parse_field (fields, n, 22 - 3, G_MAXUINT64, &start_time))
    return FALSE;

  g_strlcpy (stat->name, open + 1, MIN (sizeof stat->name, (gsize) (close - open)));
  stat->state = fields[0][0];
  stat->flags = (guint) flags;
  stat->start_time = start_time;
  return TRUE;
}

/**
 * pgs_process_set_ended_error:
 * @error: return location for %PGS_PROCESS_ERROR_NOT_FOUND
 * @pid: process ID
 *
 * Tells that a process ended.
 */
void
pgs_process_set_ended_error (GError **error,
                             pid_t    pid)
{
  g_set_error (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_FOUND,
               _("Process %d ended."), (int) pid);
}

/**
 * pgs_process_stat_read:
 * @dir_fd: the open folder /proc/PID, or that of a thread
 * @pid: process ID, for @error
 * @stat: (out caller-allocates): what the file says
 * @error: return location for a %PGS_PROCESS_ERROR
 *
 * Returns: whether the file was read; if not, @stat is as it was
 */
gboolean
pgs_process_stat_read (int              dir_fd,
                       pid_t            pid,
                       PgsProcessStat  *stat,
                       GError         **error)
{
  char text[STAT_LIMIT];
  gssize n = pgs_process_read_at (dir_fd, "stat", text, sizeof text);

  if (n < 0 && (errno == ENOENT || errno == ESRCH))
    {
      pgs_process_set_ended_error (error, pid);
      return FALSE;
    }
  if (n < 0)
    {
      g_set_error (error, PGS_PROCESS_ERROR,
                   errno == EACCES || errno == EPERM ? PGS_PROCESS_ERROR_NOT_PERMITTED
                                                     : PGS_PROCESS_ERROR_UNREADABLE,
                   _("Reading “stat” of process %d failed: %s."),
                   (int) pid, g_strerror (errno));
      return FALSE;
    }
  if (!parse_stat (text, stat))
    {
      g_set_error (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_UNREADABLE,
                   _("The file “stat” of process %d cannot be understood."), (int) pid);
      return FALSE;
    }
  return TRUE;
}

/**
 * pgs_process_stat_has_ended:
 *
 * A process lets go of its memory shortly before it becomes a zombie.
 *
 * Returns: whether the process, or the thread, has no memory any more
 */
gboolean
pgs_process_stat_has_ended (const PgsProcessStat *stat)
{
  return strchr ("ZXx", stat->state) != NULL || (stat->flags & FLAG_EXITING) != 0;
}

/**
 * pgs_process_stat_is_kernel_thread:
 *
 * Returns: whether it is a thread of the kernel, which never has memory
 */
gboolean
pgs_process_stat_is_kernel_thread (const PgsProcessStat *stat)
{
  return (stat->flags & FLAG_KTHREAD) != 0;
}
