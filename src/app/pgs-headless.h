/* pgs-headless.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-options.h"

G_BEGIN_DECLS

/* What Pagescape exits with. */
typedef enum
{
  PGS_EXIT_OK = 0,
  PGS_EXIT_FAILURE = 1,
  PGS_EXIT_USAGE = 2,
  PGS_EXIT_NO_DISPLAY = 3,
} PgsExit;

int pgs_headless_run (const PgsOptions *options);

G_END_DECLS
