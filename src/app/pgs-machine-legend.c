/* pgs-machine-legend.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the colors of the lane mean that tells what all of RAM is used for, and about how
 * much of what is in view that is. Where it is not known, it says why.
 */

#include "config.h"

#include "pgs-machine-legend.h"

#include <glib/gi18n.h>

#include "core/pgs-units.h"
#include "paint/pgs-machine-lane.h"
#include "pgs-mix-bar.h"
#include "pgs-wrap-layout.h"

#define ITEM_SPACING 16
#define LINE_SPACING 4
#define SAMPLE_SIZE  12

struct _PgsMachineLegend
{
  GtkWidget   parent_instance;

  PgsSession *session;
  GtkWidget  *title;
  GtkWidget  *boxes[PGS_MACHINE_N_TYPES];
  GtkWidget  *amounts[PGS_MACHINE_N_TYPES];
};

G_DEFINE_FINAL_TYPE (PgsMachineLegend, pgs_machine_legend, GTK_TYPE_WIDGET)

static void
add_type (PgsMachineLegend *self,
          PgsMachineType    type)
{
  const PgsColorClass *class = pgs_machine_type_get_class (type);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *sample = pgs_mix_bar_new ();
  GtkWidget *amount = gtk_label_new ("");

  pgs_mix_bar_set_colors (PGS_MIX_BAR (sample), class->color, class->color);
  gtk_widget_set_size_request (sample, SAMPLE_SIZE, SAMPLE_SIZE);
  gtk_widget_set_valign (sample, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (amount, "dim-label");
  gtk_widget_add_css_class (amount, "numeric");
  gtk_box_append (GTK_BOX (box), sample);
  gtk_box_append (GTK_BOX (box), gtk_label_new (_(class->title)));
  gtk_box_append (GTK_BOX (box), amount);
  gtk_widget_set_tooltip_text (box, _(class->description));
  gtk_widget_set_parent (box, GTK_WIDGET (self));
  self->boxes[type] = box;
  self->amounts[type] = amount;
}

/* Nearly nobody asks for these at once, and a window opens sooner without. */
static void
add_all (PgsMachineLegend *self)
{
  self->title = gtk_label_new ("");
  gtk_label_set_wrap (GTK_LABEL (self->title), TRUE);
  gtk_widget_add_css_class (self->title, "dim-label");
  gtk_widget_set_parent (self->title, GTK_WIDGET (self));
  for (PgsMachineType type = 0; type < PGS_MACHINE_N_TYPES; type++)
    add_type (self, type);
}

static void
show_amounts (PgsMachineLegend *self,
              PgsMachineUse    *use)
{
  uint64_t page_size = pgs_snapshot_get_page_size (pgs_session_get_snapshot (self->session));
  double frames[PGS_MACHINE_N_TYPES] = { 0, };

  if (use != NULL)
    pgs_machine_use_get_totals (use, frames);
  for (guint i = 0; i < PGS_MACHINE_N_TYPES; i++)
    {
      g_autofree char *amount = pgs_units_format_bytes ((uint64_t) (frames[i] * (double) page_size));

      gtk_label_set_label (GTK_LABEL (self->amounts[i]), amount);
      gtk_widget_set_visible (self->boxes[i], frames[i] >= 1);
    }
}

static void
update (PgsMachineLegend *self)
{
  const GError *error = pgs_session_get_machine_error (self->session);

  gtk_widget_set_visible (GTK_WIDGET (self),
                          pgs_session_get_shows_ram (self->session) &&
                          pgs_session_get_shows_machine (self->session) &&
                          pgs_session_get_snapshot (self->session) != NULL);
  if (!gtk_widget_get_visible (GTK_WIDGET (self)))
    return;
  if (self->title == NULL)
    add_all (self);
  gtk_label_set_label (GTK_LABEL (self->title),
                       error != NULL ? error->message : _("All of this RAM, about:"));
  show_amounts (self, pgs_session_get_machine_use (self->session));
}

static void
pgs_machine_legend_dispose (GObject *object)
{
  PgsMachineLegend *self = PGS_MACHINE_LEGEND (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->title, gtk_widget_unparent);
  for (guint i = 0; i < PGS_MACHINE_N_TYPES; i++)
    g_clear_pointer (&self->boxes[i], gtk_widget_unparent);

  G_OBJECT_CLASS (pgs_machine_legend_parent_class)->dispose (object);
}

static void
pgs_machine_legend_class_init (PgsMachineLegendClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pgs_machine_legend_dispose;
  gtk_widget_class_set_css_name (widget_class, "pgsmachinelegend");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
}

static void
pgs_machine_legend_init (PgsMachineLegend *self)
{
  gtk_widget_set_layout_manager (GTK_WIDGET (self),
                                 pgs_wrap_layout_new (ITEM_SPACING, LINE_SPACING));
  gtk_widget_add_css_class (GTK_WIDGET (self), "caption");
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("What RAM Is Used For"), -1);
}

/**
 * pgs_machine_legend_set_session:
 * @session: what to show; set once
 */
void
pgs_machine_legend_set_session (PgsMachineLegend *self,
                                PgsSession       *session)
{
  g_return_if_fail (PGS_IS_MACHINE_LEGEND (self) && self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "machine-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "target-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::shows-ram", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
}
