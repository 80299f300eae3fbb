/* pgs-fact-row.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row of the inspector: what a thing is called, what it is, and a button that
 * copies it.
 */

#include "config.h"

#include "pgs-fact-row.h"

#include <glib/gi18n.h>

struct _PgsFactRow
{
  AdwPreferencesRow  parent_instance;

  char              *value;
  gboolean           copyable;
  GtkLabel          *value_label;
  GtkWidget         *copy_button;
};

enum
{
  PROP_0,
  PROP_VALUE,
  PROP_COPYABLE,
  PROP_MONOSPACE,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (PgsFactRow, pgs_fact_row, ADW_TYPE_PREFERENCES_ROW)

static void
copy_cb (GtkButton  *button,
         PgsFactRow *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->value);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.announce-copy", "s", self->value);
}

static void
pgs_fact_row_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  PgsFactRow *self = PGS_FACT_ROW (object);

  switch (prop_id)
    {
    case PROP_VALUE:
      g_value_set_string (value, self->value);
      break;
    case PROP_COPYABLE:
      g_value_set_boolean (value, self->copyable);
      break;
    case PROP_MONOSPACE:
      g_value_set_boolean (value, gtk_widget_has_css_class (GTK_WIDGET (self->value_label),
                                                            "monospace"));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pgs_fact_row_set_property (GObject      *object,
                           guint         prop_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  PgsFactRow *self = PGS_FACT_ROW (object);

  switch (prop_id)
    {
    case PROP_VALUE:
      pgs_fact_row_set_value (self, g_value_get_string (value));
      break;
    case PROP_COPYABLE:
      self->copyable = g_value_get_boolean (value);
      gtk_widget_set_visible (self->copy_button, self->copyable);
      break;
    case PROP_MONOSPACE:
      if (g_value_get_boolean (value))
        gtk_widget_add_css_class (GTK_WIDGET (self->value_label), "monospace");
      else
        gtk_widget_remove_css_class (GTK_WIDGET (self->value_label), "monospace");
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pgs_fact_row_finalize (GObject *object)
{
  g_free (PGS_FACT_ROW (object)->value);

  G_OBJECT_CLASS (pgs_fact_row_parent_class)->finalize (object);
}

static void
pgs_fact_row_class_init (PgsFactRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pgs_fact_row_get_property;
  object_class->set_property = pgs_fact_row_set_property;
  object_class->finalize = pgs_fact_row_finalize;

  /**
   * PgsFactRow:value:
   *
   * What the thing is. The row is hidden while there is none.
   */
  props[PROP_VALUE] = g_param_spec_string ("value", NULL, NULL, NULL,
                                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                           G_PARAM_EXPLICIT_NOTIFY);

  /**
   * PgsFactRow:copyable:
   *
   * Whether a button copies the value.
   */
  props[PROP_COPYABLE] = g_param_spec_boolean ("copyable", NULL, NULL, FALSE,
                                               G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);

  /**
   * PgsFactRow:monospace:
   *
   * Whether the value is a number to be compared digit by digit.
   */
  props[PROP_MONOSPACE] = g_param_spec_boolean ("monospace", NULL, NULL, FALSE,
                                                G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/pagescape/Pagescape/ui/pgs-fact-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PgsFactRow, value_label);
  gtk_widget_class_bind_template_child (widget_class, PgsFactRow, copy_button);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
}

static void
pgs_fact_row_init (PgsFactRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * pgs_fact_row_new:
 * @title: what the thing is called
 *
 * Returns: (transfer floating): a row without a value, not to be copied
 */
GtkWidget *
pgs_fact_row_new (const char *title)
{
  return g_object_new (PGS_TYPE_FACT_ROW, "title", title, NULL);
}

/**
 * pgs_fact_row_get_value:
 *
 * Returns: (transfer none) (nullable): the value
 */
const char *
pgs_fact_row_get_value (PgsFactRow *self)
{
  g_return_val_if_fail (PGS_IS_FACT_ROW (self), NULL);

  return self->value;
}

/**
 * pgs_fact_row_set_value:
 * @value: (nullable): the value; %NULL hides the row
 */
void
pgs_fact_row_set_value (PgsFactRow *self,
                        const char *value)
{
  g_return_if_fail (PGS_IS_FACT_ROW (self));

  if (g_strcmp0 (self->value, value) == 0 && gtk_widget_get_visible (GTK_WIDGET (self)))
    return;
  g_free (self->value);
  self->value = g_strdup (value);
  gtk_label_set_label (self->value_label, value != NULL ? value : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->value_label), value);
  gtk_widget_set_visible (GTK_WIDGET (self), value != NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  value != NULL ? value : "", -1);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_VALUE]);
}
