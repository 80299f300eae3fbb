/* pgs-console.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a launched program printed, and a line to type into it. Hidden while the
 * process was not launched from here.
 */

#include "config.h"

#include "pgs-console.h"

#include <glib/gi18n.h>

struct _PgsConsole
{
  AdwBin         parent_instance;

  PgsSession    *session;
  PgsChild      *child;
  GtkTextView   *text_view;
  GtkTextBuffer *buffer;
  GtkEntry      *entry;
  GtkWidget     *enter_button;
};

G_DEFINE_FINAL_TYPE (PgsConsole, pgs_console, ADW_TYPE_BIN)

static void
show_end (PgsConsole *self)
{
  GtkTextIter end;
  GtkTextMark *mark;

  gtk_text_buffer_get_end_iter (self->buffer, &end);
  gtk_text_buffer_place_cursor (self->buffer, &end);
  mark = gtk_text_buffer_get_insert (self->buffer);
  gtk_text_view_scroll_mark_onscreen (self->text_view, mark);
}

/* Adds what was just printed, and lets go of the oldest text beyond the limit. */
static void
output_cb (PgsConsole *self,
           const char *text)
{
  GtkTextIter start, end;
  int surplus;

  gtk_text_buffer_get_end_iter (self->buffer, &end);
  gtk_text_buffer_insert (self->buffer, &end, text, -1);
  surplus = gtk_text_buffer_get_char_count (self->buffer) - (int) PGS_CHILD_OUTPUT_LIMIT;
  if (surplus > 0)
    {
      gtk_text_buffer_get_start_iter (self->buffer, &start);
      gtk_text_buffer_get_iter_at_offset (self->buffer, &end, surplus);
      gtk_text_buffer_delete (self->buffer, &start, &end);
    }
  show_end (self);
}

static void
update_sensitivity (PgsConsole *self)
{
  gboolean runs = self->child != NULL && !pgs_child_has_ended (self->child);

  gtk_widget_set_sensitive (GTK_WIDGET (self->entry), runs);
  gtk_widget_set_sensitive (self->enter_button, runs);
}

static void
target_changed_cb (PgsConsole *self)
{
  PgsChild *child = pgs_session_get_child (self->session);

  if (child == self->child)
    return;
  if (self->child != NULL)
    g_signal_handlers_disconnect_by_data (self->child, self);
  g_set_object (&self->child, child);
  gtk_widget_set_visible (GTK_WIDGET (self), child != NULL);
  gtk_text_buffer_set_text (self->buffer, child != NULL ? pgs_child_get_output (child) : "", -1);
  if (child != NULL)
    {
      g_signal_connect_object (child, "output", G_CALLBACK (output_cb), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (child, "ended", G_CALLBACK (update_sensitivity), self,
                               G_CONNECT_SWAPPED);
    }
  update_sensitivity (self);
}

static void
enter_cb (PgsConsole *self)
{
  const char *line = gtk_editable_get_text (GTK_EDITABLE (self->entry));

  if (self->child == NULL)
    return;
  pgs_child_send_line (self->child, line);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
}

static void
pgs_console_dispose (GObject *object)
{
  PgsConsole *self = PGS_CONSOLE (object);

  g_clear_object (&self->child);
  g_clear_object (&self->session);
  adw_bin_set_child (ADW_BIN (self), NULL);

  G_OBJECT_CLASS (pgs_console_parent_class)->dispose (object);
}

static void
pgs_console_class_init (PgsConsoleClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pgs_console_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/pagescape/Pagescape/ui/pgs-console.ui");
  gtk_widget_class_bind_template_child (widget_class, PgsConsole, text_view);
  gtk_widget_class_bind_template_child (widget_class, PgsConsole, buffer);
  gtk_widget_class_bind_template_child (widget_class, PgsConsole, entry);
  gtk_widget_class_bind_template_child (widget_class, PgsConsole, enter_button);
  gtk_widget_class_bind_template_callback (widget_class, enter_cb);
}

static void
pgs_console_init (PgsConsole *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * pgs_console_set_session:
 * @session: what to show; set once
 */
void
pgs_console_set_session (PgsConsole *self,
                         PgsSession *session)
{
  g_return_if_fail (PGS_IS_CONSOLE (self) && self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "target-changed", G_CALLBACK (target_changed_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
