/* pgs-helper-request.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "pgs-helper-protocol.h"

/* What the helper is started with. */
typedef struct
{
  bool     any;         /* whether it may be asked about processes of others */
  pid_t    pid;
  uint64_t start_time;  /* in clock ticks since boot, as in /proc/PID/stat */
} PgsHelperArguments;

bool pgs_helper_parse_number    (const char         *text,
                                 uint64_t            max,
                                 uint64_t           *number);
bool pgs_helper_parse_arguments (int                 argc,
                                 const char *const  *argv,
                                 PgsHelperArguments *arguments);
bool pgs_helper_parse_request   (const void         *message,
                                 size_t              length,
                                 uint64_t            page_size,
                                 PgsHelperRequest   *request);
bool pgs_helper_parse_stretches (const void         *message,
                                 size_t              length,
                                 uint64_t            page_size,
                                 PgsHelperStretches *stretches);
