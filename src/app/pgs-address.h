/* pgs-address.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

gboolean pgs_address_parse (const char *text,
                            uint64_t   *address);

G_END_DECLS
