/* pgs-skip.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void pgs_skip_because     (const char *format,
                           ...) G_GNUC_PRINTF (1, 2);
void pgs_skip_unless_root (void);

G_END_DECLS
