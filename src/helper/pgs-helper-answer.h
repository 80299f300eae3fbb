/* pgs-helper-answer.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-helper-target.h"

/* A message: the header and its items. */
typedef struct
{
  PgsHelperAnswer header;
  union
  {
    char           bytes[PGS_HELPER_MAX_BYTES];
    PgsHelperRange ranges[PGS_HELPER_MAX_RANGES];
    uint64_t       entries[PGS_HELPER_MAX_ENTRIES];
    PgsHelperFrame frames[PGS_HELPER_MAX_FRAMES];
  };
} PgsHelperMessage;

size_t pgs_helper_answer (const PgsHelperTarget  *target,
                          const PgsHelperRequest *request,
                          PgsHelperMessage       *message);
size_t pgs_helper_answer_stretches (const PgsHelperTarget    *target,
                                    const PgsHelperStretches *stretches,
                                    PgsHelperMessage         *message);
