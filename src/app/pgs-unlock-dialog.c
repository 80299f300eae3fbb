/* pgs-unlock-dialog.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Says why physical addresses stay hidden, and what shows them nevertheless: a command
 * for the terminal, for no window should ever be root's.
 */

#include "config.h"

#include "pgs-unlock-dialog.h"

#include <glib/gi18n.h>

static void
response_cb (AdwMessageDialog *dialog,
             const char       *response,
             gpointer          user_data)
{
  if (g_str_equal (response, "copy"))
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (dialog)), user_data);
}

static GtkWidget *
make_command_label (const char *command)
{
  GtkWidget *label = gtk_label_new (command);

  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, "monospace");
  return label;
}

/**
 * pgs_unlock_dialog_new:
 * @parent: the window it belongs to
 * @error: why they could not be unlocked
 * @command: what to type instead
 *
 * Returns: (transfer floating): the dialog
 */
GtkWindow *
pgs_unlock_dialog_new (GtkWindow    *parent,
                       const GError *error,
                       const char   *command)
{
  GtkWidget *dialog;
  g_autofree char *body = NULL;

  g_return_val_if_fail (GTK_IS_WINDOW (parent) && error != NULL && command != NULL, NULL);

  body = g_strdup_printf (_("%s\n\nThis command tells them on a terminal:"), error->message);
  dialog = adw_message_dialog_new (parent, _("Physical Addresses Stay Hidden"), body);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), make_command_label (command));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "copy", _("_Copy Command"),
                                    "close", _("C_lose"), NULL);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "close");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "close");
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), g_strdup (command),
                         (GClosureNotify) (void (*) (void)) g_free, 0);
  return GTK_WINDOW (dialog);
}
