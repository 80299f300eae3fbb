/* pgs-csv.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "pgs-snapshot.h"
#include "pgs-source.h"

G_BEGIN_DECLS

gboolean pgs_csv_write (PgsSnapshot    *snapshot,
                        PgsSource      *source,
                        uint64_t        start,
                        uint64_t        end,
                        GOutputStream  *stream,
                        GCancellable   *cancellable,
                        GError        **error);

G_END_DECLS
