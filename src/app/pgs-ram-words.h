/* pgs-ram-words.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-session.h"

G_BEGIN_DECLS

char *pgs_ram_words_describe (PgsSession *session,
                              uint64_t    start,
                              uint64_t    end);

G_END_DECLS
