/* pgs-lock-bar.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Says that physical addresses are hidden, and offers to unlock them. Who does not want
 * to be told closes it, and is not told again by this window.
 */

#include "config.h"

#include "pgs-lock-bar.h"

#include <glib/gi18n.h>

struct _PgsLockBar
{
  PgsNarrowBin parent_instance;

  PgsSession  *session;
  GtkLabel    *label;
  GtkWidget   *unlock_button;
  GtkWidget   *cancel_button;
  GtkWidget   *close_button;
  gboolean     is_closed;
};

G_DEFINE_FINAL_TYPE (PgsLockBar, pgs_lock_bar, PGS_TYPE_NARROW_BIN)

static void
update (PgsLockBar *self)
{
  gboolean is_asking = pgs_session_get_lock (self->session) == PGS_SESSION_UNLOCKING;
  gboolean is_shown = is_asking || (!self->is_closed && pgs_session_can_unlock (self->session));

  /* The bar of RAM says it where the picture is missing. */
  if (pgs_session_get_shows_ram (self->session) && pgs_session_has_hidden (self->session))
    is_shown = FALSE;

  gtk_label_set_label (self->label, is_asking
                       ? _("Waiting for somebody to allow it…")
                       : _("The kernel hides physical addresses. A small helper may read them "
                           "for you, once an administrator allows it."));
  gtk_widget_set_visible (self->unlock_button, !is_asking);
  gtk_widget_set_visible (self->cancel_button, is_asking);
  gtk_widget_set_visible (self->close_button, !is_asking);
  gtk_widget_set_visible (GTK_WIDGET (self), is_shown);
}

static void
close_cb (PgsLockBar *self)
{
  self->is_closed = TRUE;
  update (self);
}

static void
pgs_lock_bar_dispose (GObject *object)
{
  PgsLockBar *self = PGS_LOCK_BAR (object);

  g_clear_object (&self->session);

  G_OBJECT_CLASS (pgs_lock_bar_parent_class)->dispose (object);
}

static void
pgs_lock_bar_class_init (PgsLockBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pgs_lock_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/pagescape/Pagescape/ui/pgs-lock-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, PgsLockBar, label);
  gtk_widget_class_bind_template_child (widget_class, PgsLockBar, unlock_button);
  gtk_widget_class_bind_template_child (widget_class, PgsLockBar, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, PgsLockBar, close_button);
  gtk_widget_class_bind_template_callback (widget_class, close_cb);
}

static void
pgs_lock_bar_init (PgsLockBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * pgs_lock_bar_new:
 * @session: what may be locked
 *
 * Returns: (transfer floating): the bar
 */
GtkWidget *
pgs_lock_bar_new (PgsSession *session)
{
  PgsLockBar *self;

  g_return_val_if_fail (PGS_IS_SESSION (session), NULL);

  self = g_object_new (PGS_TYPE_LOCK_BAR, NULL);
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "refreshed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "lock-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::shows-ram", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
