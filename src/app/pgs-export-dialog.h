/* pgs-export-dialog.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "pgs-session.h"

G_BEGIN_DECLS

#define PGS_TYPE_EXPORT_DIALOG (pgs_export_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PgsExportDialog, pgs_export_dialog, PGS, EXPORT_DIALOG, AdwWindow)

GtkWindow *pgs_export_dialog_new (GtkWindow  *parent,
                                  PgsSession *session);

G_END_DECLS
