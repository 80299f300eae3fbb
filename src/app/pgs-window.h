/* pgs-window.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "pgs-session.h"

G_BEGIN_DECLS

#define PGS_TYPE_WINDOW (pgs_window_get_type ())
G_DECLARE_FINAL_TYPE (PgsWindow, pgs_window, PGS, WINDOW, AdwApplicationWindow)

PgsWindow  *pgs_window_new         (AdwApplication     *application);
PgsSession *pgs_window_get_session (PgsWindow          *self);
void        pgs_window_set_mode    (PgsWindow          *self,
                                    const PgsColorMode *mode);
void        pgs_window_set_scale   (PgsWindow          *self,
                                    PgsScale            scale);

G_END_DECLS
