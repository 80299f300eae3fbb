/* pgs-start-helper.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/pgs-process.h"
#include "core/pgs-source.h"

G_BEGIN_DECLS

PgsSource *pgs_start_helper (PgsProcess  *process,
                             const char  *scope,
                             pid_t       *pid,
                             GError     **error);

G_END_DECLS
