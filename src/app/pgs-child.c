/* pgs-child.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A program that was launched from here: its output, its input, its end.
 *
 * Its standard input is a pipe, and so are standard output and standard error,
 * which share one. The output is read as it comes and its latest part kept. The
 * first line that tells of memory the way the tutorial's prober does, "at
 * address: 0x…", makes the child emit "address".
 */

#include "config.h"

#include "pgs-child.h"

#include <glib/gi18n.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define READ_BYTES      4096
#define ADDRESS_MARK    "at address: 0x"
#define KILL_AFTER_MS   2000

struct _PgsChild
{
  GObject       parent_instance;

  GSubprocess  *subprocess;
  GCancellable *cancellable;
  char        **argv;
  pid_t         pid;
  GString      *output;
  guint64       address;
  gboolean      has_address;
  gboolean      has_ended;
  guint         kill_id;
};

enum
{
  OUTPUT,
  ADDRESS,
  ENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PgsChild, pgs_child, G_TYPE_OBJECT)

static void read_more (PgsChild *self);

static void
find_address (PgsChild *self)
{
  const char *mark = strstr (self->output->str, ADDRESS_MARK);
  const char *digits;
  char *end;
  guint64 address;

  if (self->has_address || mark == NULL)
    return;
  digits = mark + strlen (ADDRESS_MARK);
  address = g_ascii_strtoull (digits, &end, 16);
  if (end == digits || *end == '\0')
    return;
  self->address = address;
  self->has_address = TRUE;
  g_signal_emit (self, signals[ADDRESS], 0, address);
}

/* Adds bytes as text: what is not UTF-8 is replaced, a NUL byte too. */
static void
append_output (PgsChild *self,
               GBytes   *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  g_autofree char *text = g_utf8_make_valid (data, (gssize) length);

  g_string_append (self->output, text);
  if (self->output->len > PGS_CHILD_OUTPUT_LIMIT)
    {
      const char *keep = self->output->str + self->output->len - PGS_CHILD_OUTPUT_LIMIT;

      g_string_erase (self->output, 0,
                      (gssize) (g_utf8_find_next_char (keep, NULL) - self->output->str));
    }
  g_signal_emit (self, signals[OUTPUT], 0, text);
  find_address (self);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(PgsChild) self = user_data;
  g_autoptr(GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source),
                                                              result, NULL);

  if (bytes == NULL || g_bytes_get_size (bytes) == 0)
    return;
  append_output (self, bytes);
  read_more (self);
}

static void
read_more (PgsChild *self)
{
  g_input_stream_read_bytes_async (g_subprocess_get_stdout_pipe (self->subprocess), READ_BYTES,
                                   G_PRIORITY_DEFAULT, self->cancellable, read_cb,
                                   g_object_ref (self));
}

static void
wait_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(PgsChild) self = user_data;

  if (!g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL))
    return;
  self->has_ended = TRUE;
  g_clear_handle_id (&self->kill_id, g_source_remove);
  g_signal_emit (self, signals[ENDED], 0);
}

static void
pgs_child_dispose (GObject *object)
{
  PgsChild *self = PGS_CHILD (object);

  g_clear_handle_id (&self->kill_id, g_source_remove);
  g_clear_object (&self->subprocess);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (pgs_child_parent_class)->dispose (object);
}

static void
pgs_child_finalize (GObject *object)
{
  PgsChild *self = PGS_CHILD (object);

  g_strfreev (self->argv);
  g_string_free (self->output, TRUE);

  G_OBJECT_CLASS (pgs_child_parent_class)->finalize (object);
}

static void
pgs_child_class_init (PgsChildClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = pgs_child_dispose;
  object_class->finalize = pgs_child_finalize;

  /**
   * PgsChild::output:
   * @text: what the program printed just now, in valid UTF-8
   */
  signals[OUTPUT] = g_signal_new ("output", PGS_TYPE_CHILD, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  /**
   * PgsChild::address:
   * @address: the address that the program printed
   */
  signals[ADDRESS] = g_signal_new ("address", PGS_TYPE_CHILD, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);

  /**
   * PgsChild::ended:
   *
   * The program ended.
   */
  signals[ENDED] = g_signal_new ("ended", PGS_TYPE_CHILD, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
pgs_child_init (PgsChild *self)
{
  self->output = g_string_new (NULL);
  self->cancellable = g_cancellable_new ();
}

/**
 * pgs_child_dup_sibling:
 * @folder: the folder of its source
 * @name: its name
 *
 * Finds another program of this project: the one built beside this one, or else the
 * installed one.
 *
 * Returns: (transfer full): its path
 */
char *
pgs_child_dup_sibling (const char *folder,
                       const char *name)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);

  if (program != NULL)
    {
      g_autofree char *own_folder = g_path_get_dirname (program);
      g_autofree char *built = g_build_filename (own_folder, "..", folder, name, NULL);

      if (g_file_test (built, G_FILE_TEST_IS_EXECUTABLE))
        return g_canonicalize_filename (built, NULL);
    }
  return g_build_filename (PGS_LIBEXECDIR, name, NULL);
}

/**
 * pgs_child_dup_prober:
 *
 * Returns: (transfer full): the path of the tutorial's prober
 */
char *
pgs_child_dup_prober (void)
{
  return pgs_child_dup_sibling ("tutorial", "prober");
}

/**
 * pgs_child_launch:
 * @argv: the program and its arguments; the program is looked for in PATH
 * @error: return location for an error that names the program
 *
 * Starts a program. It goes on when the object is freed: end it with
 * pgs_child_end() first.
 *
 * Returns: (transfer full): the running program
 */
PgsChild *
pgs_child_launch (const char * const  *argv,
                  GError             **error)
{
  g_autoptr(PgsChild) self = NULL;

  g_return_val_if_fail (argv != NULL && argv[0] != NULL, NULL);

  self = g_object_new (PGS_TYPE_CHILD, NULL);
  self->argv = g_strdupv ((char **) argv);
  self->subprocess = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDIN_PIPE |
                                              G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                              G_SUBPROCESS_FLAGS_STDERR_MERGE, error);
  if (self->subprocess == NULL)
    {
      g_prefix_error (error, _("“%s” cannot be launched. "), argv[0]);
      return NULL;
    }
  self->pid = atoi (g_subprocess_get_identifier (self->subprocess));
  read_more (self);
  g_subprocess_wait_async (self->subprocess, self->cancellable, wait_cb, g_object_ref (self));
  return g_steal_pointer (&self);
}

/**
 * pgs_child_get_pid:
 *
 * Returns: the process ID
 */
pid_t
pgs_child_get_pid (PgsChild *self)
{
  g_return_val_if_fail (PGS_IS_CHILD (self), 0);

  return self->pid;
}

/**
 * pgs_child_get_argv:
 *
 * Returns: (transfer none): the program and its arguments
 */
const char * const *
pgs_child_get_argv (PgsChild *self)
{
  g_return_val_if_fail (PGS_IS_CHILD (self), NULL);

  return (const char * const *) self->argv;
}

/**
 * pgs_child_get_output:
 *
 * Returns: (transfer none): the latest part of what the program printed
 */
const char *
pgs_child_get_output (PgsChild *self)
{
  g_return_val_if_fail (PGS_IS_CHILD (self), NULL);

  return self->output->str;
}

/**
 * pgs_child_get_address:
 * @address: (out): the address that the program printed
 *
 * Returns: whether it printed one
 */
gboolean
pgs_child_get_address (PgsChild *self,
                       guint64  *address)
{
  g_return_val_if_fail (PGS_IS_CHILD (self) && address != NULL, FALSE);

  if (self->has_address)
    *address = self->address;
  return self->has_address;
}

/**
 * pgs_child_has_ended:
 *
 * Returns: whether the program ended
 */
gboolean
pgs_child_has_ended (PgsChild *self)
{
  g_return_val_if_fail (PGS_IS_CHILD (self), TRUE);

  return self->has_ended;
}

/**
 * pgs_child_dup_ending:
 *
 * Returns: (transfer full): a sentence on how the program ended, which it must
 *   have
 */
char *
pgs_child_dup_ending (PgsChild *self)
{
  g_return_val_if_fail (PGS_IS_CHILD (self) && self->has_ended, NULL);

  if (g_subprocess_get_if_signaled (self->subprocess))
    return g_strdup_printf (_("The program was ended by signal %d (%s)."),
                            g_subprocess_get_term_sig (self->subprocess),
                            g_strsignal (g_subprocess_get_term_sig (self->subprocess)));
  return g_strdup_printf (_("The program ended with exit status %d."),
                          g_subprocess_get_exit_status (self->subprocess));
}

static void
write_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  /* A program that no longer reads is no error: its end is told by itself. */
  g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);
  g_free (user_data);
}

/**
 * pgs_child_send_line:
 * @line: text without a newline
 *
 * Types a line, and Enter behind it, into the program's standard input.
 */
void
pgs_child_send_line (PgsChild   *self,
                     const char *line)
{
  char *text;

  g_return_if_fail (PGS_IS_CHILD (self) && line != NULL);

  if (self->has_ended)
    return;
  text = g_strconcat (line, "\n", NULL);
  g_output_stream_write_all_async (g_subprocess_get_stdin_pipe (self->subprocess), text,
                                   strlen (text), G_PRIORITY_DEFAULT, NULL, write_cb, text);
}

static gboolean
kill_cb (gpointer user_data)
{
  PgsChild *self = user_data;

  self->kill_id = 0;
  g_subprocess_force_exit (self->subprocess);
  return G_SOURCE_REMOVE;
}

/**
 * pgs_child_end:
 *
 * Asks the program to end, and ends it by force if it has not after two seconds
 * and the main loop still runs.
 */
void
pgs_child_end (PgsChild *self)
{
  g_return_if_fail (PGS_IS_CHILD (self));

  if (self->has_ended)
    return;
  g_subprocess_send_signal (self->subprocess, SIGTERM);
  if (self->kill_id == 0)
    self->kill_id = g_timeout_add_full (G_PRIORITY_DEFAULT, KILL_AFTER_MS, kill_cb,
                                        g_object_ref (self), g_object_unref);
}
