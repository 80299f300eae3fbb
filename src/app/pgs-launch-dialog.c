/* pgs-launch-dialog.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Asks for the command line of a program to launch. It is split into words the
 * way a shell does, but nothing is expanded: no shell runs.
 *
 * The last command line is kept with the parent window, so that it is offered
 * again for as long as the program runs, and forgotten afterwards.
 */

#include "config.h"

#include "pgs-launch-dialog.h"

#include <glib/gi18n.h>

#define LAST_COMMAND "pgs-launch-dialog-command"

struct _PgsLaunchDialog
{
  AdwWindow    parent_instance;

  GtkEditable *command_row;
  GtkLabel    *error_label;
};

enum
{
  LAUNCH,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PgsLaunchDialog, pgs_launch_dialog, ADW_TYPE_WINDOW)

static void
show_error (PgsLaunchDialog *self,
            const char      *text)
{
  gtk_label_set_label (self->error_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->command_row), "error");
  gtk_widget_grab_focus (GTK_WIDGET (self->command_row));
}

static void
changed_cb (PgsLaunchDialog *self)
{
  g_autofree char *text = g_strdup (gtk_editable_get_text (self->command_row));

  gtk_widget_set_visible (GTK_WIDGET (self->error_label), FALSE);
  gtk_widget_remove_css_class (GTK_WIDGET (self->command_row), "error");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "dialog.launch",
                                 g_strstrip (text)[0] != '\0');
}

static const char *
get_parse_error (const GError *error)
{
  if (g_error_matches (error, G_SHELL_ERROR, G_SHELL_ERROR_BAD_QUOTING))
    return _("A quotation mark or a backslash has no counterpart: add it, or put a backslash in "
             "front of the mark.");
  return _("There is no program in this command line: type its name.");
}

/* Splits the command line. Where it cannot be launched, the dialog says why. */
static char **
parse_command (PgsLaunchDialog *self)
{
  g_auto(GStrv) argv = NULL;
  g_autofree char *program = NULL;
  g_autofree char *message = NULL;
  g_autoptr(GError) error = NULL;

  if (!g_shell_parse_argv (gtk_editable_get_text (self->command_row), NULL, &argv, &error))
    {
      show_error (self, get_parse_error (error));
      return NULL;
    }
  program = g_find_program_in_path (argv[0]);
  if (program == NULL)
    {
      message = g_strdup_printf (_("There is no program “%s” that may be run: check the spelling, "
                                   "or type its full path."), argv[0]);
      show_error (self, message);
      return NULL;
    }
  return g_steal_pointer (&argv);
}

static void
keep_command (PgsLaunchDialog *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (parent != NULL)
    g_object_set_data_full (G_OBJECT (parent), LAST_COMMAND,
                            g_strdup (gtk_editable_get_text (self->command_row)), g_free);
}

static void
launch_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  g_autoptr(PgsLaunchDialog) self = g_object_ref (PGS_LAUNCH_DIALOG (widget));
  g_auto(GStrv) argv = parse_command (self);

  if (argv == NULL)
    return;
  keep_command (self);
  gtk_window_close (GTK_WINDOW (self));
  g_signal_emit (self, signals[LAUNCH], 0, argv);
}

static void
activated_cb (PgsLaunchDialog *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "dialog.launch", NULL);
}

static void
pgs_launch_dialog_constructed (GObject *object)
{
  PgsLaunchDialog *self = PGS_LAUNCH_DIALOG (object);
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));
  const char *command = NULL;

  G_OBJECT_CLASS (pgs_launch_dialog_parent_class)->constructed (object);

  if (parent != NULL)
    command = g_object_get_data (G_OBJECT (parent), LAST_COMMAND);
  if (command != NULL)
    gtk_editable_set_text (self->command_row, command);
  gtk_widget_grab_focus (GTK_WIDGET (self->command_row));
}

static void
pgs_launch_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), PGS_TYPE_LAUNCH_DIALOG);

  G_OBJECT_CLASS (pgs_launch_dialog_parent_class)->dispose (object);
}

static void
pgs_launch_dialog_class_init (PgsLaunchDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = pgs_launch_dialog_constructed;
  object_class->dispose = pgs_launch_dialog_dispose;

  /**
   * PgsLaunchDialog::launch:
   * @argv: (type GStrv): the program and its arguments
   *
   * A command line was given, and its program exists; the dialog is closed.
   */
  signals[LAUNCH] = g_signal_new ("launch", PGS_TYPE_LAUNCH_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRV);

  gtk_widget_class_set_template_from_resource (widget_class,
    "/dev/pagescape/Pagescape/ui/pgs-launch-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PgsLaunchDialog, command_row);
  gtk_widget_class_bind_template_child (widget_class, PgsLaunchDialog, error_label);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);

  gtk_widget_class_install_action (widget_class, "dialog.launch", NULL, launch_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
pgs_launch_dialog_init (PgsLaunchDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "dialog.launch", FALSE);
}

/**
 * pgs_launch_dialog_new:
 * @parent: the window it belongs to
 *
 * Makes the dialog. Show it with gtk_window_present().
 *
 * Returns: (transfer none): the dialog
 */
GtkWindow *
pgs_launch_dialog_new (GtkWindow *parent)
{
  return g_object_new (PGS_TYPE_LAUNCH_DIALOG, "transient-for", parent, NULL);
}
