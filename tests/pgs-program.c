/* pgs-program.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs programs as a person would, as real processes, and collects what they
 * print; as root also as a user without rights, with setpriv.
 *
 * That user may not enter the folder that a program was built in, so a program
 * is copied to a folder of its own in /tmp first.
 */

#include "config.h"

#include "pgs-program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "pgs-target.h"

static gboolean
copy_file (const char *from,
           const char *to)
{
  g_autofree char *contents = NULL;
  size_t size;

  return g_file_get_contents (from, &contents, &size, NULL) &&
         g_file_set_contents_full (to, contents, (gssize) size,
                                   G_FILE_SET_CONTENTS_NONE, 0755, NULL) &&
         g_chmod (to, 0755) == 0;
}

/**
 * pgs_program_new:
 * @variable: the environment variable that names the program
 *
 * Returns: (transfer full) (nullable): a copy of the program that anyone may
 *   run; %NULL, said aloud, when there is none
 */
PgsProgram *
pgs_program_new (const char *variable)
{
  g_autoptr(PgsProgram) self = g_new0 (PgsProgram, 1);
  const char *path = g_getenv (variable);
  g_autofree char *name = NULL;

  self->folder = g_dir_make_tmp ("pgs-test-program-XXXXXX", NULL);
  if (path == NULL || self->folder == NULL || g_chmod (self->folder, 0755) != 0)
    {
      print_error ("%s is not set, or its program cannot be copied\n", variable);
      return NULL;
    }
  name = g_path_get_basename (path);
  self->path = g_build_filename (self->folder, name, NULL);
  if (!copy_file (path, self->path))
    {
      print_error ("%s does not name a program\n", variable);
      return NULL;
    }
  return g_steal_pointer (&self);
}

/**
 * pgs_program_free:
 *
 * Removes the copy.
 */
void
pgs_program_free (PgsProgram *self)
{
  if (self == NULL)
    return;
  if (self->path != NULL)
    g_unlink (self->path);
  if (self->folder != NULL)
    g_rmdir (self->folder);
  g_free (self->path);
  g_free (self->folder);
  g_free (self);
}

/**
 * pgs_program_new_command:
 * @program: a path, or a name to look for in PATH
 * @as_nobody: whether to run it as a user without rights, which needs root
 *
 * Returns: (transfer full): a command, to which arguments may be appended
 */
GPtrArray *
pgs_program_new_command (const char *program,
                         gboolean    as_nobody)
{
  GPtrArray *argv = g_ptr_array_new_with_free_func (g_free);

  if (as_nobody)
    {
      g_ptr_array_add (argv, g_strdup ("setpriv"));
      g_ptr_array_add (argv, g_strdup_printf ("--reuid=%d", PGS_TARGET_NOBODY));
      g_ptr_array_add (argv, g_strdup_printf ("--regid=%d", PGS_TARGET_NOBODY));
      g_ptr_array_add (argv, g_strdup ("--clear-groups"));
    }
  g_ptr_array_add (argv, g_strdup (program));

  return argv;
}

/**
 * pgs_program_spawn:
 * @argv: a command, to which nothing can be appended any more
 * @flags: which of its streams to connect
 * @setup: (nullable): what the new process does before it runs the program
 *
 * Returns: (transfer full): the running program
 */
GSubprocess *
pgs_program_spawn (GPtrArray            *argv,
                   GSubprocessFlags      flags,
                   GSpawnChildSetupFunc  setup)
{
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new (flags);
  g_autoptr(GError) error = NULL;
  GSubprocess *process;

  g_ptr_array_add (argv, NULL);
  g_subprocess_launcher_set_child_setup (launcher, setup, NULL, NULL);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv->pdata,
                                          &error);
  if (process == NULL)
    fail_msg ("%s", error->message);

  return process;
}

/**
 * pgs_program_get_status:
 * @process: a program that has ended
 *
 * Returns: its exit status; minus the signal, if it ended by one
 */
int
pgs_program_get_status (GSubprocess *process)
{
  return g_subprocess_get_if_exited (process)
           ? g_subprocess_get_exit_status (process)
           : -g_subprocess_get_term_sig (process);
}

/**
 * pgs_program_read_line:
 * @fd: a pipe
 *
 * Reads byte by byte, so that nothing behind the line is taken away. The test
 * fails when no whole line comes in time.
 *
 * Returns: (transfer full): the line with the newline that ends it
 */
char *
pgs_program_read_line (int fd)
{
  g_autoptr(GString) line = g_string_new (NULL);
  struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
  char character = '\0';

  while (character != '\n')
    {
      if (poll (&poll_fd, 1, PGS_PROGRAM_TIMEOUT_MS) != 1 || read (fd, &character, 1) != 1)
        fail_msg ("no whole line came in time: \"%s\"", line->str);
      g_string_append_c (line, character);
    }

  return g_string_free (g_steal_pointer (&line), FALSE);
}

static char *
bytes_to_text (GBytes *bytes)
{
  size_t size;
  const char *data = g_bytes_get_data (bytes, &size);

  return size > 0 ? g_strndup (data, size) : g_strdup ("");
}

/**
 * pgs_program_finish:
 * @process: a running program with both outputs connected
 *
 * Returns: how the program ended, with what it printed and nobody read
 */
PgsRun
pgs_program_finish (GSubprocess *process)
{
  g_autoptr(GBytes) out = NULL;
  g_autoptr(GBytes) err = NULL;
  PgsRun run;

  assert_true (g_subprocess_communicate (process, NULL, NULL, &out, &err, NULL));
  run.status = pgs_program_get_status (process);
  run.out = bytes_to_text (out);
  run.err = bytes_to_text (err);

  return run;
}

/**
 * pgs_program_run:
 * @argv: a command, to which nothing can be appended any more
 *
 * Returns: how the program ended, with what it printed
 */
PgsRun
pgs_program_run (GPtrArray *argv)
{
  g_autoptr(GSubprocess) process =
    pgs_program_spawn (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                       NULL);

  return pgs_program_finish (process);
}

/**
 * pgs_program_run_shell:
 * @format: a command line for sh, as for printf()
 *
 * Returns: how the shell ended, with what was printed
 */
PgsRun
pgs_program_run_shell (const char *format,
                       ...)
{
  g_autoptr(GPtrArray) argv = pgs_program_new_command ("sh", FALSE);
  va_list args;

  g_ptr_array_add (argv, g_strdup ("-c"));
  va_start (args, format);
  g_ptr_array_add (argv, g_strdup_vprintf (format, args));
  va_end (args);

  return pgs_program_run (argv);
}

/**
 * pgs_run_clear:
 *
 * Frees what was printed.
 */
void
pgs_run_clear (PgsRun *self)
{
  g_clear_pointer (&self->out, g_free);
  g_clear_pointer (&self->err, g_free);
}
