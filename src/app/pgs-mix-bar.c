/* pgs-mix-bar.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A small bar: the mix of the pages of a range side by side, or the sample of a
 * color in the legend.
 */

#include "config.h"

#include "pgs-mix-bar.h"

#include <math.h>

#include "pgs-theme.h"

struct _PgsMixBar
{
  GtkWidget   parent_instance;

  guint       n_parts;
  PgsColor    colors[PGS_COLOR_MODE_MAX_CLASSES];
  double      shares[PGS_COLOR_MODE_MAX_CLASSES];
};

G_DEFINE_FINAL_TYPE (PgsMixBar, pgs_mix_bar, GTK_TYPE_WIDGET)

static void
pgs_mix_bar_snapshot (GtkWidget   *widget,
                      GtkSnapshot *snapshot)
{
  PgsMixBar *self = PGS_MIX_BAR (widget);
  const PgsPalette *palette = pgs_theme_get_palette ();
  double width = gtk_widget_get_width (widget);
  float height = (float) gtk_widget_get_height (widget);
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
                                   &GRAPHENE_RECT_INIT ((float) x, 0, (float) (end - x), height));
    }
}

static void
pgs_mix_bar_class_init (PgsMixBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = pgs_mix_bar_snapshot;
  gtk_widget_class_set_css_name (widget_class, "pgsmixbar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
pgs_mix_bar_init (PgsMixBar *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  pgs_theme_follow (GTK_WIDGET (self));
}

/**
 * pgs_mix_bar_new:
 *
 * Returns: (transfer floating): an empty bar
 */
GtkWidget *
pgs_mix_bar_new (void)
{
  return g_object_new (PGS_TYPE_MIX_BAR, NULL);
}

/**
 * pgs_mix_bar_set_range:
 * @summary: (transfer none) (nullable): where to count; %NULL for nothing
 * @start: first address
 * @end: the address behind the last one
 *
 * Shows the mix of a range.
 */
void
pgs_mix_bar_set_range (PgsMixBar  *self,
                       PgsSummary *summary,
                       uint64_t    start,
                       uint64_t    end)
{
  uint64_t counts[PGS_COLOR_MODE_MAX_CLASSES];
  const PgsColorMode *mode;
  uint64_t total;

  g_return_if_fail (PGS_IS_MIX_BAR (self));

  self->n_parts = 0;
  if (summary != NULL)
    {
      mode = pgs_summary_get_mode (summary);
      total = pgs_summary_count (summary, start, end, counts);
      for (guint i = 0; i < mode->n_classes && total > 0; i++)
        if (counts[i] > 0)
          {
            self->colors[self->n_parts] = mode->classes[i].color;
            self->shares[self->n_parts++] = (double) counts[i] / (double) total;
          }
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * pgs_mix_bar_set_colors:
 * @first: a color
 * @last: the same, or the last step of a ramp that starts with @first
 *
 * Shows a sample.
 */
void
pgs_mix_bar_set_colors (PgsMixBar *self,
                        PgsColor   first,
                        PgsColor   last)
{
  g_return_if_fail (PGS_IS_MIX_BAR (self));
  g_return_if_fail (first <= last && last - first < PGS_COLOR_MODE_MAX_CLASSES);

  self->n_parts = last - first + 1;
  for (guint i = 0; i < self->n_parts; i++)
    {
      self->colors[i] = first + i;
      self->shares[i] = 1.0 / self->n_parts;
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
