/* pgs-attach-dialog.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define PGS_TYPE_ATTACH_DIALOG (pgs_attach_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PgsAttachDialog, pgs_attach_dialog, PGS, ATTACH_DIALOG, AdwWindow)

GtkWindow *pgs_attach_dialog_new            (GtkWindow  *parent);
GtkWindow *pgs_attach_dialog_new_to_compare (GtkWindow  *parent,
                                             pid_t       pid,
                                             const char *name);

G_END_DECLS
