/* pgs-sharer-row.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "core/pgs-sharers.h"

G_BEGIN_DECLS

#define PGS_TYPE_SHARER_ROW (pgs_sharer_row_get_type ())
G_DECLARE_FINAL_TYPE (PgsSharerRow, pgs_sharer_row, PGS, SHARER_ROW, AdwActionRow)

GtkWidget *pgs_sharer_row_new (const PgsSharer *sharer,
                               gboolean         is_own);

G_END_DECLS
