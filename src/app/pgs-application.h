/* pgs-application.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "pgs-options.h"

G_BEGIN_DECLS

#define PGS_TYPE_APPLICATION (pgs_application_get_type ())
G_DECLARE_FINAL_TYPE (PgsApplication, pgs_application, PGS, APPLICATION, AdwApplication)

PgsApplication *pgs_application_new (const PgsOptions *options);

G_END_DECLS
