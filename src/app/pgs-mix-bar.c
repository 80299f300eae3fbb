/* pgs-mix-bar.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A small bar: the sample of a color in the legend.
 */

#include "config.h"

#include "pgs-mix-bar.h"

#include "pgs-mix.h"
#include "pgs-theme.h"

struct _PgsMixBar
{
  GtkWidget   parent_instance;

  PgsMix      mix;
};

G_DEFINE_FINAL_TYPE (PgsMixBar, pgs_mix_bar, GTK_TYPE_WIDGET)

static void
pgs_mix_bar_snapshot (GtkWidget   *widget,
                      GtkSnapshot *snapshot)
{
  const graphene_rect_t bounds =
    GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (widget),
                        (float) gtk_widget_get_height (widget));

  pgs_mix_append (&PGS_MIX_BAR (widget)->mix, snapshot, &bounds);
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

  self->mix.n_parts = last - first + 1;
  for (guint i = 0; i < self->mix.n_parts; i++)
    {
      self->mix.colors[i] = first + i;
      self->mix.shares[i] = 1.0 / self->mix.n_parts;
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
