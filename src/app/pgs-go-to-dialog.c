/* pgs-go-to-dialog.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Asks for an address and goes there. It stays open until the address is one
 * that is mapped.
 */

#include "config.h"

#include "pgs-go-to-dialog.h"

#include <glib/gi18n.h>

#include "pgs-address.h"

struct _PgsGoToDialog
{
  AdwWindow    parent_instance;

  GtkEditable *address_row;
  GtkLabel    *error_label;
  PgsSession  *session;
};

G_DEFINE_FINAL_TYPE (PgsGoToDialog, pgs_go_to_dialog, ADW_TYPE_WINDOW)

static void
show_error (PgsGoToDialog *self,
            const char    *text)
{
  gtk_label_set_label (self->error_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->address_row), "error");
  gtk_widget_grab_focus (GTK_WIDGET (self->address_row));
}

/* Returns the address as it was typed, or pasted with blanks around it. */
static char *
dup_text (PgsGoToDialog *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (self->address_row)));
}

static void
changed_cb (PgsGoToDialog *self)
{
  g_autofree char *text = dup_text (self);

  gtk_widget_set_visible (GTK_WIDGET (self->error_label), FALSE);
  gtk_widget_remove_css_class (GTK_WIDGET (self->address_row), "error");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "dialog.go", text[0] != '\0');
}

static void
go_action (GtkWidget  *widget,
           const char *name,
           GVariant   *parameter)
{
  PgsGoToDialog *self = PGS_GO_TO_DIALOG (widget);
  g_autofree char *text = dup_text (self);
  g_autoptr(GError) error = NULL;
  uint64_t address;

  if (!pgs_address_parse (text, &address))
    show_error (self, _("This is not an address: type a hexadecimal number like 7ffd1234a000."));
  else if (!pgs_session_go_to_address (self->session, address, &error))
    show_error (self, error->message);
  else
    gtk_window_close (GTK_WINDOW (self));
}

static void
activated_cb (PgsGoToDialog *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "dialog.go", NULL);
}

static void
pgs_go_to_dialog_dispose (GObject *object)
{
  PgsGoToDialog *self = PGS_GO_TO_DIALOG (object);

  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), PGS_TYPE_GO_TO_DIALOG);

  G_OBJECT_CLASS (pgs_go_to_dialog_parent_class)->dispose (object);
}

static void
pgs_go_to_dialog_class_init (PgsGoToDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pgs_go_to_dialog_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
    "/dev/pagescape/Pagescape/ui/pgs-go-to-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PgsGoToDialog, address_row);
  gtk_widget_class_bind_template_child (widget_class, PgsGoToDialog, error_label);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);

  gtk_widget_class_install_action (widget_class, "dialog.go", NULL, go_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
pgs_go_to_dialog_init (PgsGoToDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "dialog.go", FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->address_row));
}

/**
 * pgs_go_to_dialog_new:
 * @parent: the window it belongs to
 * @session: where to go
 *
 * Makes the dialog. Show it with gtk_window_present().
 *
 * Returns: (transfer none): the dialog
 */
GtkWindow *
pgs_go_to_dialog_new (GtkWindow  *parent,
                      PgsSession *session)
{
  PgsGoToDialog *self;

  g_return_val_if_fail (PGS_IS_SESSION (session), NULL);

  self = g_object_new (PGS_TYPE_GO_TO_DIALOG, "transient-for", parent, NULL);
  self->session = g_object_ref (session);
  return GTK_WINDOW (self);
}
