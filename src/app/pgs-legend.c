/* pgs-legend.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The legend: each class of the color mode with its sample, its name and how
 * much there is of it. Classes that nothing belongs to are left out.
 */

#include "config.h"

#include "pgs-legend.h"

#include <glib/gi18n.h>

#include "core/pgs-units.h"
#include "pgs-mix-bar.h"
#include "pgs-wrap-layout.h"

#define ITEM_SPACING 16
#define LINE_SPACING 4

/* One entry: a class, or all steps of a ramp. */
typedef struct
{
  guint      first;
  guint      last;
  GtkWidget *box;
  GtkWidget *amount;
} Entry;

struct _PgsLegend
{
  GtkWidget           parent_instance;

  PgsSession         *session;
  const PgsColorMode *mode;
  GArray             *entries;
  GtkWidget          *unread_label;
};

G_DEFINE_FINAL_TYPE (PgsLegend, pgs_legend, GTK_TYPE_WIDGET)

static GtkWidget *
make_label (const char *text,
            const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static char *
dup_title (const PgsColorMode *mode,
           guint               first,
           guint               last)
{
  if (first == last)
    return g_strdup (_(mode->classes[first].title));
  return g_strdup_printf (_("%s to %s"), _(mode->classes[first].title),
                          _(mode->classes[last].title));
}

static void
add_entry (PgsLegend *self,
           guint      first,
           guint      last)
{
  const PgsColorClass *classes = self->mode->classes;
  g_autofree char *title = dup_title (self->mode, first, last);
  GtkWidget *sample = pgs_mix_bar_new ();
  Entry entry = { first, last, NULL, NULL };

  entry.box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  entry.amount = make_label ("", "dim-label");
  gtk_widget_add_css_class (entry.amount, "numeric");
  pgs_mix_bar_set_colors (PGS_MIX_BAR (sample), classes[first].color, classes[last].color);
  gtk_widget_set_size_request (sample, first == last ? 14 : 56, 14);
  gtk_widget_set_valign (sample, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (entry.box), sample);
  gtk_box_append (GTK_BOX (entry.box), make_label (title, NULL));
  gtk_box_append (GTK_BOX (entry.box), entry.amount);
  gtk_widget_set_tooltip_text (entry.box, _(classes[first].description));
  gtk_widget_insert_before (entry.box, GTK_WIDGET (self), self->unread_label);
  g_array_append_val (self->entries, entry);
}

static void
clear_entries (PgsLegend *self)
{
  for (guint i = 0; i < self->entries->len; i++)
    gtk_widget_unparent (g_array_index (self->entries, Entry, i).box);
  g_array_set_size (self->entries, 0);
}

static void
add_entries (PgsLegend *self)
{
  guint i = 0;

  while (i < self->mode->n_classes)
    {
      guint first = i++;

      while (i < self->mode->n_classes && self->mode->classes[i].title == NULL)
        i++;
      if (i > first + 1)
        i++;
      add_entry (self, first, i - 1);
    }
}

/* Shows how much has not been read yet, which has no color. */
static void
update_unread (PgsLegend *self,
               uint64_t   bytes)
{
  g_autofree char *amount = pgs_units_format_bytes (bytes);
  g_autofree char *text = g_strdup_printf (_("Not read yet %s"), amount);

  gtk_label_set_label (GTK_LABEL (self->unread_label), text);
  gtk_widget_set_visible (self->unread_label, bytes > 0);
}

static void
update_amounts (PgsLegend  *self,
                PgsSummary *summary)
{
  uint64_t counts[PGS_COLOR_MODE_MAX_CLASSES];
  PgsSnapshot *snapshot = pgs_summary_get_snapshot (summary);
  uint64_t page_size = pgs_snapshot_get_page_size (snapshot);
  uint64_t unread = pgs_snapshot_get_totals (snapshot)->unread;

  pgs_summary_count (summary, 0, G_MAXUINT64, counts);
  for (guint i = 0; i < self->entries->len; i++)
    {
      const Entry *entry = &g_array_index (self->entries, Entry, i);
      g_autofree char *amount = NULL;
      uint64_t pages = 0;

      for (guint j = entry->first; j <= entry->last; j++)
        pages += counts[j];
      if (entry->last + 1 == self->mode->n_classes)
        pages -= MIN (pages, unread);
      amount = pgs_units_format_bytes (pages * page_size);
      gtk_label_set_label (GTK_LABEL (entry->amount), amount);
      gtk_widget_set_visible (entry->box, pages > 0);
    }
  update_unread (self, unread * page_size);
}

static void
refreshed_cb (PgsLegend *self)
{
  PgsSummary *summary = pgs_session_get_summary (self->session);
  const PgsColorMode *mode = summary != NULL ? pgs_summary_get_mode (summary) : NULL;

  if (mode != self->mode)
    {
      clear_entries (self);
      self->mode = mode;
      if (mode != NULL)
        add_entries (self);
    }
  if (summary != NULL)
    update_amounts (self, summary);
}

static void
pgs_legend_dispose (GObject *object)
{
  PgsLegend *self = PGS_LEGEND (object);

  g_clear_object (&self->session);
  if (self->entries != NULL)
    clear_entries (self);
  g_clear_pointer (&self->unread_label, gtk_widget_unparent);
  g_clear_pointer (&self->entries, g_array_unref);

  G_OBJECT_CLASS (pgs_legend_parent_class)->dispose (object);
}

static void
pgs_legend_class_init (PgsLegendClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pgs_legend_dispose;
  gtk_widget_class_set_css_name (widget_class, "pgslegend");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
}

static void
pgs_legend_init (PgsLegend *self)
{
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  self->unread_label = make_label ("", "dim-label");
  gtk_widget_set_visible (self->unread_label, FALSE);
  gtk_widget_set_parent (self->unread_label, GTK_WIDGET (self));
  gtk_widget_set_layout_manager (GTK_WIDGET (self),
                                 pgs_wrap_layout_new (ITEM_SPACING, LINE_SPACING));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Legend"), -1);
}

/**
 * pgs_legend_set_session:
 * @session: what to show; set once
 */
void
pgs_legend_set_session (PgsLegend  *self,
                        PgsSession *session)
{
  g_return_if_fail (PGS_IS_LEGEND (self) && self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "refreshed", G_CALLBACK (refreshed_cb), self,
                           G_CONNECT_SWAPPED);
}
