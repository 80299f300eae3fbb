/* pgs-unlock-dialog.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

GtkWindow *pgs_unlock_dialog_new (GtkWindow    *parent,
                                  const GError *error,
                                  const char   *command);

G_END_DECLS
