/* pgs-inspector.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "pgs-session.h"

G_BEGIN_DECLS

#define PGS_TYPE_INSPECTOR (pgs_inspector_get_type ())
G_DECLARE_FINAL_TYPE (PgsInspector, pgs_inspector, PGS, INSPECTOR, AdwBin)

void pgs_inspector_set_session (PgsInspector *self,
                                   PgsSession *session);

G_END_DECLS
