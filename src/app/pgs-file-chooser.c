/* pgs-file-chooser.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Asks where to save a file.
 *
 * The one place that knows GtkFileChooserNative, which newer versions of GTK
 * deprecate in favor of GtkFileDialog, which GTK 4.8 does not have. Its interface
 * is the newer one's, so that nothing else changes on that day. Where there is
 * no desktop portal it shows GTK's own dialog.
 */

#include "config.h"

#include "pgs-file-chooser.h"

#include <glib/gi18n.h>

static void
response_cb (GtkNativeDialog *dialog,
             int              response,
             GTask           *task)
{
  GFile *file = NULL;

  gtk_native_dialog_hide (dialog);
  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file != NULL)
    g_task_return_pointer (task, file, g_object_unref);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("Nothing was chosen."));
  /* The task owns the dialog, and this function the task. */
  g_object_unref (task);
}

/**
 * pgs_file_chooser_save_async:
 * @parent: the window it belongs to
 * @title: of the dialog
 * @name: proposed name of the file, in UTF-8
 *
 * Asks where to save a file, and, where there is one of that name, whether it is
 * to be replaced.
 */
void
pgs_file_chooser_save_async (GtkWindow           *parent,
                             const char          *title,
                             const char          *name,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  GtkFileChooserNative *dialog;
  GTask *task;

  g_return_if_fail (GTK_IS_WINDOW (parent));
  g_return_if_fail (title != NULL && name != NULL);

  dialog = gtk_file_chooser_native_new (title, parent, GTK_FILE_CHOOSER_ACTION_SAVE,
                                        _("_Save"), _("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);

  task = g_task_new (parent, NULL, callback, user_data);
  g_task_set_source_tag (task, pgs_file_chooser_save_async);
  g_task_set_task_data (task, dialog, g_object_unref);
  g_signal_connect (dialog, "response", G_CALLBACK (response_cb), task);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/**
 * pgs_file_chooser_save_finish:
 * @error: return location for %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full): the file, or %NULL where none was chosen
 */
GFile *
pgs_file_chooser_save_finish (GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, pgs_file_chooser_save_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
