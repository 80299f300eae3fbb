/* pgs-ram.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-maps.h"

G_BEGIN_DECLS

PgsMaps *pgs_ram_read  (const char *proc_root,
                        uint64_t    page_size);
PgsMaps *pgs_ram_parse (const char *iomem,
                        const char *zoneinfo,
                        uint64_t    page_size);

G_END_DECLS
