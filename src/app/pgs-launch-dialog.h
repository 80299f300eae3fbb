/* pgs-launch-dialog.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define PGS_TYPE_LAUNCH_DIALOG (pgs_launch_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PgsLaunchDialog, pgs_launch_dialog, PGS, LAUNCH_DIALOG, AdwWindow)

GtkWindow *pgs_launch_dialog_new (GtkWindow *parent);

G_END_DECLS
