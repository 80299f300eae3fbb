/* pgs-process-row.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "pgs-process-item.h"

G_BEGIN_DECLS

#define PGS_TYPE_PROCESS_ROW (pgs_process_row_get_type ())
G_DECLARE_FINAL_TYPE (PgsProcessRow, pgs_process_row, PGS, PROCESS_ROW, GtkWidget)

GtkWidget *pgs_process_row_new      (void);
void       pgs_process_row_set_item (PgsProcessRow  *self,
                                     PgsProcessItem *item);

G_END_DECLS
