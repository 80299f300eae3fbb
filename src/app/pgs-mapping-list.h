/* pgs-mapping-list.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "pgs-session.h"

G_BEGIN_DECLS

#define PGS_TYPE_MAPPING_LIST (pgs_mapping_list_get_type ())
G_DECLARE_FINAL_TYPE (PgsMappingList, pgs_mapping_list, PGS, MAPPING_LIST, AdwBin)

void pgs_mapping_list_set_session (PgsMappingList *self,
                                   PgsSession     *session);
void pgs_mapping_list_filter      (PgsMappingList *self);

G_END_DECLS
