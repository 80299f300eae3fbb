/* pgs-mix.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Colors side by side in a small bar, as wide as their shares: the mix of the pages
 * of a range, or the sample of a color in the legend.
 */

#include "config.h"

#include "pgs-mix.h"

#include <math.h>

#include "pgs-theme.h"

/**
 * pgs_mix_count:
 * @self: (out caller-allocates): the mix
 * @summary: (transfer none) (nullable): where to count; %NULL for nothing
 * @start: first address
 * @end: the address behind the last one
 *
 * Counts the pages of a range.
 */
void
pgs_mix_count (PgsMix     *self,
               PgsSummary *summary,
               uint64_t    start,
               uint64_t    end)
{
  uint64_t counts[PGS_COLOR_MODE_MAX_CLASSES];
  const PgsColorMode *mode;
  uint64_t total;

  g_return_if_fail (self != NULL);

  self->n_parts = 0;
  if (summary == NULL)
    return;
  mode = pgs_summary_get_mode (summary);
  total = pgs_summary_count (summary, start, end, counts);
  for (guint i = 0; i < mode->n_classes && total > 0; i++)
    if (counts[i] > 0)
      {
        self->colors[self->n_parts] = mode->classes[i].color;
        self->shares[self->n_parts++] = (double) counts[i] / (double) total;
      }
}

/**
 * pgs_mix_equal:
 *
 * Returns: whether both look the same
 */
gboolean
pgs_mix_equal (const PgsMix *self,
               const PgsMix *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  if (self->n_parts != other->n_parts)
    return FALSE;
  for (guint i = 0; i < self->n_parts; i++)
    if (self->colors[i] != other->colors[i] || self->shares[i] != other->shares[i])
      return FALSE;
  return TRUE;
}

/**
 * pgs_mix_append:
 * @snapshot: where to draw
 * @bounds: the bar
 *
 * Draws the mix.
 */
void
pgs_mix_append (const PgsMix          *self,
                GtkSnapshot           *snapshot,
                const graphene_rect_t *bounds)
{
  const PgsPalette *palette = pgs_theme_get_palette ();
  double width = bounds->size.width;
  double reached = 0;

  for (guint i = 0; i < self->n_parts; i++)
    {
      double x = floor (reached * width);
      double end;
      GdkRGBA color = pgs_theme_get_rgba (&palette->colors[self->colors[i]], 1);

      reached += self->shares[i];
      end = i + 1 == self->n_parts ? width : floor (reached * width);
      if (end > x)
        gtk_snapshot_append_color (snapshot, &color,
                                   &GRAPHENE_RECT_INIT (bounds->origin.x + (float) x,
                                                        bounds->origin.y, (float) (end - x),
                                                        bounds->size.height));
    }
}
