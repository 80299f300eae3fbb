/* pgs-order-group.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "pgs-session.h"

G_BEGIN_DECLS

#define PGS_TYPE_ORDER_GROUP (pgs_order_group_get_type ())
G_DECLARE_FINAL_TYPE (PgsOrderGroup, pgs_order_group, PGS, ORDER_GROUP, AdwBin)

GtkWidget *pgs_order_group_new    (void);
void       pgs_order_group_update (PgsOrderGroup *self,
                                   PgsSession    *session);

G_END_DECLS
