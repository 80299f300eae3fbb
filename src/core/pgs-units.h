/* pgs-units.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

char *pgs_units_format_bytes (uint64_t bytes);

G_END_DECLS
