/* pgs-frame-group.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "pgs-session.h"

G_BEGIN_DECLS

#define PGS_TYPE_FRAME_GROUP (pgs_frame_group_get_type ())
G_DECLARE_FINAL_TYPE (PgsFrameGroup, pgs_frame_group, PGS, FRAME_GROUP, AdwBin)

GtkWidget *pgs_frame_group_new  (void);
void       pgs_frame_group_show (PgsFrameGroup *self,
                                 PgsSession    *session,
                                 uint64_t       page);
void       pgs_frame_group_hide (PgsFrameGroup *self);

G_END_DECLS
