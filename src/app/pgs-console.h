/* pgs-console.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "pgs-session.h"

G_BEGIN_DECLS

#define PGS_TYPE_CONSOLE (pgs_console_get_type ())
G_DECLARE_FINAL_TYPE (PgsConsole, pgs_console, PGS, CONSOLE, AdwBin)

void pgs_console_set_session (PgsConsole *self,
                                 PgsSession *session);

G_END_DECLS
