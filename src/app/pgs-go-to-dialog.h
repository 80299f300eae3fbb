/* pgs-go-to-dialog.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "pgs-session.h"

G_BEGIN_DECLS

#define PGS_TYPE_GO_TO_DIALOG (pgs_go_to_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PgsGoToDialog, pgs_go_to_dialog, PGS, GO_TO_DIALOG, AdwWindow)

GtkWindow *pgs_go_to_dialog_new (GtkWindow  *parent,
                                 PgsSession *session);

G_END_DECLS
