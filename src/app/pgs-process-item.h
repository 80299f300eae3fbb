/* pgs-process-item.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

#include "core/pgs-process-list.h"

G_BEGIN_DECLS

/* What a list of processes can be sorted by. */
typedef enum
{
  PGS_PROCESS_ORDER_SIZE, /* the largest first */
  PGS_PROCESS_ORDER_NAME,
  PGS_PROCESS_ORDER_PID,
  PGS_PROCESS_ORDER_USER,
} PgsProcessOrder;

#define PGS_TYPE_PROCESS_ITEM (pgs_process_item_get_type ())
G_DECLARE_FINAL_TYPE (PgsProcessItem, pgs_process_item, PGS, PROCESS_ITEM, GObject)

PgsProcessItem       *pgs_process_item_new        (PgsProcessInfo       *info);
const PgsProcessInfo *pgs_process_item_get_info   (PgsProcessItem       *self);
gboolean              pgs_process_item_can_attach (PgsProcessItem       *self);
gboolean              pgs_process_item_matches    (PgsProcessItem       *self,
                                                   const char           *needle);
int                   pgs_process_item_compare    (PgsProcessItem       *self,
                                                   PgsProcessItem       *other,
                                                   PgsProcessOrder       order);

G_END_DECLS
