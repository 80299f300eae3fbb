/* pgs-sharers-group.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "pgs-session.h"

G_BEGIN_DECLS

#define PGS_TYPE_SHARERS_GROUP (pgs_sharers_group_get_type ())
G_DECLARE_FINAL_TYPE (PgsSharersGroup, pgs_sharers_group, PGS, SHARERS_GROUP, AdwBin)

GtkWidget *pgs_sharers_group_new  (void);
void       pgs_sharers_group_show (PgsSharersGroup *self,
                                   PgsSession      *session,
                                   uint64_t         page);
void       pgs_sharers_group_hide (PgsSharersGroup *self);

G_END_DECLS
