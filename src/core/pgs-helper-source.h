/* pgs-helper-source.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-process.h"
#include "pgs-source.h"

G_BEGIN_DECLS

/* Why the helper does not answer. */
typedef enum
{
  PGS_HELPER_ERROR_REFUSED,  /* it does not serve this process */
  PGS_HELPER_ERROR_LOST,     /* it ended, does not answer in time, or talks nonsense */
  PGS_HELPER_ERROR_REPLACED, /* the process runs another program, which it may not read */
} PgsHelperError;

#define PGS_HELPER_ERROR (pgs_helper_error_quark ())
GQuark pgs_helper_error_quark (void);

#define PGS_TYPE_HELPER_SOURCE (pgs_helper_source_get_type ())
G_DECLARE_FINAL_TYPE (PgsHelperSource, pgs_helper_source, PGS, HELPER_SOURCE, GObject)

PgsSource *pgs_helper_source_new (PgsProcess  *process,
                                  int          fd,
                                  GError     **error);

G_END_DECLS
