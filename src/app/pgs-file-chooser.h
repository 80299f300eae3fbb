/* pgs-file-chooser.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void   pgs_file_chooser_save_async  (GtkWindow           *parent,
                                     const char          *title,
                                     const char          *name,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data);
GFile *pgs_file_chooser_save_finish (GAsyncResult        *result,
                                     GError             **error);

G_END_DECLS
