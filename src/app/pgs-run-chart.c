/* pgs-run-chart.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A small chart: how much memory lies in physically contiguous runs of which length.
 *
 * A bar stands for the runs from one power of two up to the next, and is as high as the
 * memory in them. Lengths are written below in bytes: short names of them, that fit.
 */

#include "config.h"

#include "pgs-run-chart.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>

#include "core/pgs-units.h"
#include "pgs-theme.h"

#define MIN_WIDTH     200
#define BARS_HEIGHT   64
#define LABELS_HEIGHT 16
#define BAR_SPACE     2
#define LABEL_EVERY   3
#define LABEL_FONT    "Cantarell, sans 7"

struct _PgsRunChart
{
  GtkWidget     parent_instance;

  PgsFrameOrder order;
  uint64_t      page_size;
};

G_DEFINE_FINAL_TYPE (PgsRunChart, pgs_run_chart, GTK_TYPE_WIDGET)

static double
get_bar_width (PgsRunChart *self)
{
  return gtk_widget_get_width (GTK_WIDGET (self)) / (double) PGS_FRAME_ORDER_N_LENGTHS;
}

static char *
format_length (PgsRunChart *self,
               guint        length)
{
  return pgs_units_format_bytes (self->page_size << length);
}

static void
snapshot_bar (PgsRunChart *self,
              GtkSnapshot *snapshot,
              guint        length,
              double       share)
{
  const PgsPalette *palette = pgs_theme_get_palette ();
  double width = get_bar_width (self);
  double x = floor (width * length), end = floor (width * (length + 1)) - BAR_SPACE;
  double height = share > 0 ? MAX (round (share * BARS_HEIGHT), 1) : 0;
  GdkRGBA ground = pgs_theme_get_rgba (&palette->colors[PGS_COLOR_ABSENT], 1);
  GdkRGBA color = pgs_theme_get_rgba (&palette->colors[PGS_COLOR_BLUE], 1);

  gtk_snapshot_append_color (snapshot, &ground,
                             &GRAPHENE_RECT_INIT ((float) x, 0, (float) (end - x), BARS_HEIGHT));
  gtk_snapshot_append_color (snapshot, &color,
                             &GRAPHENE_RECT_INIT ((float) x, (float) (BARS_HEIGHT - height),
                                                  (float) (end - x), (float) height));
}

static void
snapshot_label (PgsRunChart *self,
                GtkSnapshot *snapshot,
                guint        length)
{
  GdkRGBA color = pgs_theme_get_rgba (&pgs_theme_get_palette ()->dim_text, 1);
  g_autofree char *text = format_length (self, length);
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  PangoFontDescription *font = pango_font_description_from_string (LABEL_FONT);

  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT ((float) floor (get_bar_width (self) * length),
                                                BARS_HEIGHT + 2));
  gtk_snapshot_append_layout (snapshot, layout, &color);
  gtk_snapshot_restore (snapshot);
}

static void
pgs_run_chart_snapshot (GtkWidget   *widget,
                        GtkSnapshot *snapshot)
{
  PgsRunChart *self = PGS_RUN_CHART (widget);
  uint64_t most = 1;

  if (self->page_size == 0)
    return;
  for (guint i = 0; i < PGS_FRAME_ORDER_N_LENGTHS; i++)
    most = MAX (most, self->order.n_pages_of[i]);
  for (guint i = 0; i < PGS_FRAME_ORDER_N_LENGTHS; i++)
    {
      snapshot_bar (self, snapshot, i, (double) self->order.n_pages_of[i] / (double) most);
      if (i % LABEL_EVERY == 0 && i + LABEL_EVERY <= PGS_FRAME_ORDER_N_LENGTHS + 1)
        snapshot_label (self, snapshot, i);
    }
}

/* Returns what a bar says: which runs, how many, and how much is in them. */
static char *
describe (PgsRunChart *self,
          guint        length)
{
  g_autofree char *from = format_length (self, length);
  g_autofree char *to = format_length (self, length + 1);
  g_autofree char *amount =
    pgs_units_format_bytes (self->order.n_pages_of[length] * self->page_size);
  uint64_t n = self->order.n_runs_of[length];

  if (length == PGS_FRAME_ORDER_N_LENGTHS - 1)
    return g_strdup_printf (ngettext ("%" PRIu64 " run of %s or more: %s",
                                      "%" PRIu64 " runs of %s or more: %s", (gulong) n),
                            n, from, amount);
  if (length == 0)
    return g_strdup_printf (ngettext ("%" PRIu64 " page by itself: %s",
                                      "%" PRIu64 " pages by themselves: %s", (gulong) n),
                            n, amount);
  return g_strdup_printf (ngettext ("%" PRIu64 " run of %s to less than %s: %s",
                                    "%" PRIu64 " runs of %s to less than %s: %s", (gulong) n),
                          n, from, to, amount);
}

static gboolean
query_tooltip_cb (GtkWidget  *widget,
                  int         x,
                  int         y,
                  gboolean    keyboard,
                  GtkTooltip *tooltip,
                  gpointer    user_data)
{
  PgsRunChart *self = PGS_RUN_CHART (widget);
  g_autofree char *text = NULL;

  if (keyboard || self->page_size == 0 || x < 0)
    return FALSE;
  text = describe (self, MIN ((guint) (x / get_bar_width (self)),
                              PGS_FRAME_ORDER_N_LENGTHS - 1));
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

/* All bars that there are, in words. */
static void
update_description (PgsRunChart *self)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < PGS_FRAME_ORDER_N_LENGTHS; i++)
    if (self->order.n_runs_of[i] > 0)
      {
        g_autofree char *words = describe (self, i);

        g_string_append_printf (text, "%s%s", text->len > 0 ? "; " : "", words);
      }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  text->str, -1);
}

static void
pgs_run_chart_measure (GtkWidget      *widget,
                       GtkOrientation  orientation,
                       int             for_size,
                       int            *minimum,
                       int            *natural,
                       int            *minimum_baseline,
                       int            *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = *natural = MIN_WIDTH;
  else
    *minimum = *natural = BARS_HEIGHT + LABELS_HEIGHT;
}

static void
pgs_run_chart_class_init (PgsRunChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = pgs_run_chart_measure;
  widget_class->snapshot = pgs_run_chart_snapshot;
  gtk_widget_class_set_css_name (widget_class, "pgsrunchart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
pgs_run_chart_init (PgsRunChart *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (query_tooltip_cb), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Memory by Length of Run"), -1);
  pgs_theme_follow (GTK_WIDGET (self));
}

/**
 * pgs_run_chart_set_order:
 * @order: what to show
 * @page_size: bytes a page
 */
void
pgs_run_chart_set_order (PgsRunChart         *self,
                         const PgsFrameOrder *order,
                         uint64_t             page_size)
{
  g_return_if_fail (PGS_IS_RUN_CHART (self) && order != NULL && page_size > 0);

  self->order = *order;
  self->page_size = page_size;
  update_description (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
