/* pgs-sharer-row.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One more place where a page is mapped: which process, at which address, and what is
 * known of it. One button copies the address, another goes there.
 */

#include "config.h"

#include "pgs-sharer-row.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "core/pgs-sharers-words.h"

struct _PgsSharerRow
{
  AdwActionRow  parent_instance;

  char         *address;
  GtkWidget    *open_button;
};

G_DEFINE_FINAL_TYPE (PgsSharerRow, pgs_sharer_row, ADW_TYPE_ACTION_ROW)

static void
copy_cb (GtkButton    *button,
         PgsSharerRow *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->address);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.announce-copy", "s", self->address);
}

static void
pgs_sharer_row_finalize (GObject *object)
{
  g_free (PGS_SHARER_ROW (object)->address);

  G_OBJECT_CLASS (pgs_sharer_row_parent_class)->finalize (object);
}

static void
pgs_sharer_row_class_init (PgsSharerRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = pgs_sharer_row_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/pagescape/Pagescape/ui/pgs-sharer-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PgsSharerRow, open_button);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
}

static void
pgs_sharer_row_init (PgsSharerRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
set_up_opening (PgsSharerRow    *self,
                const PgsSharer *sharer,
                gboolean         is_own)
{
  const char *label = is_own ? _("Go to This Address") : _("Open This Process in a New Window");

  gtk_button_set_icon_name (GTK_BUTTON (self->open_button),
                            is_own ? "go-jump-symbolic" : "window-new-symbolic");
  gtk_widget_set_tooltip_text (self->open_button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->open_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->open_button), "(it)",
                                    (gint32) sharer->pid, (guint64) sharer->address);
}

/**
 * pgs_sharer_row_new:
 * @sharer: a place where a page is mapped
 * @is_own: whether it is in the process that is shown
 *
 * The row wants an action "sharers.open" in a widget around it, which takes a PID and an
 * address.
 *
 * Returns: (transfer floating): a row that tells of it
 */
GtkWidget *
pgs_sharer_row_new (const PgsSharer *sharer,
                    gboolean         is_own)
{
  PgsSharerRow *self = g_object_new (PGS_TYPE_SHARER_ROW, NULL);
  PgsMapping mapping = { .flags = sharer->flags };
  g_autofree char *title = NULL;
  g_autofree char *subtitle = NULL;
  char access[5];

  title = is_own ? g_strdup_printf (_("%s (PID %d, this process)"), sharer->name, sharer->pid)
                 : g_strdup_printf (_("%s (PID %d)"), sharer->name, sharer->pid);
  self->address = g_strdup_printf ("0x%" PRIx64, sharer->address);
  pgs_mapping_format_access (&mapping, access);
  subtitle = g_strdup_printf (_("%s · %s · %s"), self->address, access,
                              pgs_sharer_kind_get_title (sharer->kind));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  set_up_opening (self, sharer, is_own);
  return GTK_WIDGET (self);
}
