/* pgs-lock-bar.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-narrow-bin.h"
#include "pgs-session.h"

G_BEGIN_DECLS

#define PGS_TYPE_LOCK_BAR (pgs_lock_bar_get_type ())
G_DECLARE_FINAL_TYPE (PgsLockBar, pgs_lock_bar, PGS, LOCK_BAR, PgsNarrowBin)

GtkWidget *pgs_lock_bar_new (PgsSession *session);

G_END_DECLS
