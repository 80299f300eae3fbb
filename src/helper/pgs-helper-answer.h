/* pgs-helper-answer.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-helper-target.h"

size_t pgs_helper_answer (const PgsHelperTarget  *target,
                          const PgsHelperRequest *request,
                          PgsHelperMessage       *message);
size_t pgs_helper_answer_stretches (const PgsHelperTarget    *target,
                                    const PgsHelperStretches *stretches,
                                    PgsHelperMessage         *message);
