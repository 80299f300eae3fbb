/* pgs-mix.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "core/pgs-summary.h"

G_BEGIN_DECLS

/**
 * PgsMix:
 * @n_parts: how many colors
 * @colors: the colors, from left to right
 * @shares: of the width; they add up to 1
 *
 * Colors side by side.
 */
typedef struct
{
  guint    n_parts;
  PgsColor colors[PGS_COLOR_MODE_MAX_CLASSES];
  double   shares[PGS_COLOR_MODE_MAX_CLASSES];
} PgsMix;

void     pgs_mix_count  (PgsMix                *self,
                         PgsSummary            *summary,
                         uint64_t               start,
                         uint64_t               end);
gboolean pgs_mix_equal  (const PgsMix          *self,
                         const PgsMix          *other);
void     pgs_mix_append (const PgsMix          *self,
                         GtkSnapshot           *snapshot,
                         const graphene_rect_t *bounds);

G_END_DECLS
