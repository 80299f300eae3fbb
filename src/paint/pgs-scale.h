/* pgs-scale.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How much of an axis a range of addresses gets. */
typedef enum
{
  PGS_SCALE_COMPACT,    /* mappings to scale, gaps folded */
  PGS_SCALE_BALANCED,   /* each mapping by the logarithm of its size */
  PGS_SCALE_TRUE,       /* all to scale, gaps too */
  PGS_N_SCALES,
} PgsScale;

const char *pgs_scale_get_id    (PgsScale    scale);
const char *pgs_scale_get_title (PgsScale    scale);
gboolean    pgs_scale_find      (const char *id,
                                 PgsScale   *scale);

G_END_DECLS
