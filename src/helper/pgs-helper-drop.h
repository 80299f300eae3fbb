/* pgs-helper-drop.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* How many descriptors the helper waits for at once. It may have no new ones, but poll()
 * takes no more than the limit of these. */
#define PGS_HELPER_POLLED 2

bool pgs_helper_drop (uid_t user);
