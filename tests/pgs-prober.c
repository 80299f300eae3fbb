/* pgs-prober.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Starts the tutorial's prober, reads the three lines that it prints, and makes
 * it end as a person would.
 */

#include "config.h"

#include "pgs-prober.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <gio/gunixinputstream.h>

static uint64_t
read_number (int         fd,
             const char *before,
             int         base)
{
  g_autofree char *line = pgs_program_read_line (fd);
  g_autofree char *again = NULL;
  uint64_t number;

  assert_true (g_str_has_prefix (line, before));
  number = g_ascii_strtoull (line + strlen (before), NULL, base);
  again = base == 16 ? g_strdup_printf ("%s0x%" PRIx64 "\n", before, number)
                     : g_strdup_printf ("%s%" PRIu64 "\n", before, number);
  assert_string_equal (line, again);

  return number;
}

/**
 * pgs_prober_start:
 * @program: prober
 * @as_nobody: whether to run it as a user without rights, which needs root
 *
 * Starts prober and reads its three lines. Its input stays open meanwhile, so
 * that they come only if they are printed at once.
 *
 * Returns: prober, waiting for Enter; ended by pgs_prober_assert_ends_well()
 */
PgsProber
pgs_prober_start (const PgsProgram *program,
                  gboolean          as_nobody)
{
  g_autoptr(GPtrArray) argv = pgs_program_new_command (program->path, as_nobody);
  g_autofree char *last = NULL;
  PgsProber self;

  self.process = pgs_program_spawn (argv, G_SUBPROCESS_FLAGS_STDIN_PIPE |
                                          G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL);
  self.fd = g_unix_input_stream_get_fd (
    G_UNIX_INPUT_STREAM (g_subprocess_get_stdout_pipe (self.process)));
  self.address = read_number (self.fd, "Allocated 1KB of memory at address: ", 16);
  self.pid = (pid_t) read_number (self.fd, "Process ID: ", 10);
  last = pgs_program_read_line (self.fd);
  assert_string_equal (last, "Press Enter to exit...\n");

  return self;
}

/**
 * pgs_prober_send:
 * @text: what to type
 *
 * Sends prober some input.
 */
void
pgs_prober_send (PgsProber  *self,
                 const char *text)
{
  GOutputStream *input = g_subprocess_get_stdin_pipe (self->process);

  assert_true (g_output_stream_write_all (input, text, strlen (text), NULL, NULL, NULL));
}

/**
 * pgs_prober_close:
 *
 * Ends the input of prober.
 */
void
pgs_prober_close (PgsProber *self)
{
  GOutputStream *input = g_subprocess_get_stdin_pipe (self->process);

  assert_true (g_output_stream_close (input, NULL, NULL));
}

/**
 * pgs_prober_ends_within:
 * @milliseconds: how long to wait
 *
 * Returns: whether prober closes its output, and so ends, within that time
 */
gboolean
pgs_prober_ends_within (PgsProber *self,
                        int        milliseconds)
{
  struct pollfd poll_fd = { .fd = self->fd, .events = POLLIN };

  return poll (&poll_fd, 1, milliseconds) == 1;
}

/**
 * pgs_prober_assert_ends_well:
 *
 * Waits for prober to end, with no more output and with status 0, and lets go
 * of it.
 */
void
pgs_prober_assert_ends_well (PgsProber *self)
{
  char byte;

  assert_true (pgs_prober_ends_within (self, PGS_PROGRAM_TIMEOUT_MS));
  assert_int_equal (read (self->fd, &byte, 1), 0);
  assert_true (g_subprocess_wait (self->process, NULL, NULL));
  assert_int_equal (pgs_program_get_status (self->process), 0);
  g_clear_object (&self->process);
}
