/* pgs-bench-program.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs a program to measure it: when it was started, what memory and how much time
 * of the processor it took, and what it printed. It dies with whoever started it.
 */

#include "config.h"

#include "pgs-bench-program.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib-unix.h>

#define READ_SIZE 4096

struct _PgsBenchProgram
{
  GPid   pid;
  int    output;
  gint64 start;
};

static void
die_with_parent_cb (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/**
 * pgs_bench_program_start:
 * @argv: the program and its arguments
 * @environment: names and values in turns, to be added to ours
 *
 * Returns: (transfer full): the program
 */
PgsBenchProgram *
pgs_bench_program_start (const char *const *argv,
                         const char *const *environment)
{
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) variables = g_get_environ ();
  PgsBenchProgram *self = g_new0 (PgsBenchProgram, 1);

  for (guint i = 0; environment[i] != NULL; i += 2)
    variables = g_environ_setenv (variables, environment[i], environment[i + 1], TRUE);
  self->start = g_get_monotonic_time ();
  if (!g_spawn_async_with_pipes (NULL, (char **) argv, variables,
                                 G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL,
                                 die_with_parent_cb, NULL, &self->pid, NULL, &self->output, NULL,
                                 &error))
    g_error ("%s", error->message);
  g_unix_set_fd_nonblocking (self->output, TRUE, NULL);
  return self;
}

/**
 * pgs_bench_program_start_pagescape:
 * @pid: what to look at
 * @environment: names and values in turns, to be added to ours
 *
 * Returns: (transfer full): Pagescape with a window on that process
 */
PgsBenchProgram *
pgs_bench_program_start_pagescape (pid_t              pid,
                                   const char *const *environment)
{
  g_autofree char *number = g_strdup_printf ("%d", pid);
  const char *argv[] = { g_getenv ("PGS_PAGESCAPE"), "--pid", number, NULL };

  return pgs_bench_program_start (argv, environment);
}

/**
 * pgs_bench_program_end:
 *
 * Ends the program, if it has not ended, and frees what is known of it.
 */
void
pgs_bench_program_end (PgsBenchProgram *self)
{
  if (self == NULL)
    return;
  if (self->pid > 0)
    {
      kill (self->pid, SIGKILL);
      waitpid (self->pid, NULL, 0);
    }
  close (self->output);
  g_free (self);
}

/**
 * pgs_bench_program_get_start:
 *
 * Returns: when it was started, in microseconds of the monotonic clock
 */
gint64
pgs_bench_program_get_start (PgsBenchProgram *self)
{
  return self->start;
}

static char *
read_proc_file (PgsBenchProgram *self,
                const char      *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/%s", self->pid, name);
  char *text;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    g_error ("%s cannot be read", path);
  return text;
}

/**
 * pgs_bench_program_get_peak:
 *
 * Returns: the most memory that it has had at a time so far, in bytes
 */
double
pgs_bench_program_get_peak (PgsBenchProgram *self)
{
  g_autofree char *text = read_proc_file (self, "status");
  const char *mark = strstr (text, "VmHWM:");

  return mark != NULL ? (double) strtoull (mark + strlen ("VmHWM:"), NULL, 10) * 1024 : 0;
}

/**
 * pgs_bench_program_get_processor_time:
 *
 * Returns: how long it has kept processors busy, in seconds
 */
double
pgs_bench_program_get_processor_time (PgsBenchProgram *self)
{
  g_autofree char *text = read_proc_file (self, "stat");
  const char *mark = strrchr (text, ')');
  unsigned long user = 0, system = 0;

  if (mark == NULL ||
      sscanf (mark + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
              &user, &system) != 2)
    g_error ("The times of process %d cannot be read", self->pid);
  return (double) (user + system) / (double) sysconf (_SC_CLK_TCK);
}

/**
 * pgs_bench_program_wait_for_peak:
 *
 * Waits until it has ended by itself.
 *
 * Returns: the most memory that it had at a time, in bytes; never less than we have,
 *   for it was a copy of us before it became that program
 */
double
pgs_bench_program_wait_for_peak (PgsBenchProgram *self)
{
  struct rusage usage;
  int status;

  if (wait4 (self->pid, &status, 0, &usage) != self->pid || status != 0)
    g_error ("The program failed");
  self->pid = 0;
  return (double) usage.ru_maxrss * 1024;
}

/**
 * pgs_bench_program_read_output:
 *
 * Returns: (transfer full): what it has printed since this was called last
 */
char *
pgs_bench_program_read_output (PgsBenchProgram *self)
{
  GString *text = g_string_new (NULL);
  char buffer[READ_SIZE];
  ssize_t n;

  while ((n = read (self->output, buffer, sizeof buffer)) > 0)
    g_string_append_len (text, buffer, n);
  return g_string_free (text, FALSE);
}
