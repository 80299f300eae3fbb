/* pgs-sharers-words.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-sharers.h"

G_BEGIN_DECLS

const char *pgs_sharers_method_get_reason (PgsSharersMethod  method);
const char *pgs_sharer_kind_get_title     (PgsSharerKind     kind);
char       *pgs_sharers_dup_summary       (const PgsSharers *self);
char       *pgs_sharers_dup_scope         (const PgsSharers *self);

G_END_DECLS
