/* pgs-export-dialog.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Asks what to export and how, then where to, and writes it in a worker.
 *
 * What is exported is what the session showed when Export was pressed: the
 * process may change while one chooses a place. Whatever takes longer than half
 * a second shows that it does; Cancel stops it, and no file is left behind.
 */

#include "config.h"

#include "pgs-export-dialog.h"

#include <glib/gi18n.h>

#include "paint/pgs-picture.h"
#include "pgs-export.h"
#include "pgs-file-chooser.h"
#include "pgs-theme.h"

#define PROGRESS_AFTER_MS 500

/* The rows of the lists in the template. */
enum
{
  CONTENT_VIEW,
  CONTENT_WHOLE,
  CONTENT_CSV,
};

enum
{
  COLORS_AS_SHOWN,
  COLORS_LIGHT,
  COLORS_DARK,
};

struct _PgsExportDialog
{
  AdwWindow        parent_instance;

  AdwComboRow     *content_row;
  GtkWidget       *picture_group;
  AdwComboRow     *format_row;
  GtkSpinButton   *width_spin;
  GtkSpinButton   *height_spin;
  AdwComboRow     *colors_row;
  GtkWidget       *ram_row;
  GtkSwitch       *ram_switch;
  GtkWidget       *form;
  GtkStack        *stack;
  GtkSpinner      *spinner;

  PgsSession      *session;
  GCancellable    *cancellable;
  guint            progress_id;

  /* What is being exported; the summary, the axis and the title are owned. */
  PgsExport        export;
  PgsExportFormat  format;
  char            *title;
  char            *path;
};

enum
{
  EXPORTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PgsExportDialog, pgs_export_dialog, ADW_TYPE_WINDOW)

/* What to export */

static void
clear_export (PgsExportDialog *self)
{
  g_clear_pointer (&self->export.summary, pgs_summary_unref);
  g_clear_pointer (&self->export.axis, pgs_axis_unref);
  g_clear_object (&self->export.source);
  g_clear_pointer (&self->export.frames, pgs_frame_map_unref);
  g_clear_pointer (&self->export.ram_axis, pgs_axis_unref);
  g_clear_pointer (&self->export.machine, pgs_machine_use_unref);
  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->path, g_free);
}

static PgsExportFormat
get_format (PgsExportDialog *self)
{
  static const PgsExportFormat formats[] = { PGS_EXPORT_PNG, PGS_EXPORT_SVG, PGS_EXPORT_PDF };

  if (adw_combo_row_get_selected (self->content_row) == CONTENT_CSV)
    return PGS_EXPORT_CSV;
  return formats[MIN (adw_combo_row_get_selected (self->format_row),
                      G_N_ELEMENTS (formats) - 1)];
}

static const PgsPalette *
get_palette (PgsExportDialog *self)
{
  switch (adw_combo_row_get_selected (self->colors_row))
    {
    case COLORS_LIGHT:
      return pgs_palette_get (PGS_PALETTE_LIGHT);
    case COLORS_DARK:
      return pgs_palette_get (PGS_PALETTE_DARK);
    case COLORS_AS_SHOWN:
    default:
      return pgs_theme_get_palette ();
    }
}

/* Keeps what the session shows of RAM. */
static void
take_ram (PgsExportDialog *self)
{
  PgsRamView *ram = pgs_session_get_ram (self->session);

  if (ram == NULL || !gtk_switch_get_active (self->ram_switch))
    return;
  self->export.frames = pgs_frame_map_ref (pgs_ram_view_get_map (ram));
  self->export.ram_axis = pgs_axis_ref (pgs_ram_view_get_axis (ram));
  self->export.ram_viewport = *pgs_session_get_ram_viewport (self->session);
  if (pgs_session_get_machine_use (self->session) != NULL)
    self->export.machine = pgs_machine_use_ref (pgs_session_get_machine_use (self->session));
  self->export.has_address = pgs_session_has_selection (self->session);
  self->export.address = pgs_session_get_selection (self->session)->address;
}

/* Keeps what the session shows. Returns %FALSE where it shows nothing any more. */
static gboolean
take_export (PgsExportDialog *self)
{
  PgsSummary *summary = pgs_session_get_summary (self->session);
  PgsAxis *axis = pgs_session_get_axis (self->session);
  guint width = (guint) gtk_spin_button_get_value_as_int (self->width_spin);

  clear_export (self);
  if (summary == NULL || axis == NULL)
    return FALSE;
  self->format = get_format (self);
  self->title = g_strdup (pgs_session_get_name (self->session));
  self->export = (PgsExport) {
    .summary = pgs_summary_ref (summary),
    .axis = pgs_axis_ref (axis),
    .viewport = *pgs_session_get_viewport (self->session),
    .start = 0,
    .end = G_MAXUINT64,
    .source = pgs_session_dup_source (self->session),
    .palette = get_palette (self),
    .title = self->title,
    .pid = pgs_session_get_pid (self->session),
    .width = width,
    .height = (guint) gtk_spin_button_get_value_as_int (self->height_spin),
  };
  if (adw_combo_row_get_selected (self->content_row) == CONTENT_WHOLE)
    self->export.viewport = pgs_viewport_whole (axis, width);
  take_ram (self);
  return TRUE;
}

static char *
dup_name (PgsExportDialog *self)
{
  g_autofree char *name = g_strdup (self->title != NULL ? self->title : "process");

  g_strdelimit (name, "/", '-');
  return g_strdup_printf ("%s-%d%s", name, (int) self->export.pid,
                          pgs_export_get_suffix (self->format));
}

/* Writing */

static void
set_busy (PgsExportDialog *self,
          gboolean         is_busy)
{
  gtk_widget_set_sensitive (self->form, !is_busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "dialog.save", !is_busy);
  if (is_busy)
    return;
  g_clear_handle_id (&self->progress_id, g_source_remove);
  g_clear_object (&self->cancellable);
  gtk_spinner_stop (self->spinner);
  gtk_stack_set_visible_child_name (self->stack, "form");
}

static gboolean
progress_cb (gpointer user_data)
{
  PgsExportDialog *self = user_data;

  self->progress_id = 0;
  gtk_spinner_start (self->spinner);
  gtk_stack_set_visible_child_name (self->stack, "progress");
  return G_SOURCE_REMOVE;
}

static void
show_error (PgsExportDialog *self,
            const char      *text)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), _("Export Failed"), text);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_OK"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(PgsExportDialog) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *path = NULL;
  gboolean is_written = pgs_export_write_finish (result, &error);

  /* The dialog was closed by other means: nobody is there to be told. */
  if (self->session == NULL)
    return;
  set_busy (self, FALSE);
  path = g_steal_pointer (&self->path);
  clear_export (self);
  if (is_written)
    {
      gtk_window_destroy (GTK_WINDOW (self));
      g_signal_emit (self, signals[EXPORTED], 0, path);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      show_error (self, error->message);
    }
}

/* An ending typed in the file chooser that stands for another kind of picture is
 * meant: a file called map.svg shall hold SVG. */
static void
follow_ending (PgsExportDialog *self)
{
  PgsExportFormat format;

  if (self->format != PGS_EXPORT_CSV && pgs_export_find_format (self->path, &format, NULL) &&
      format != PGS_EXPORT_CSV)
    self->format = format;
}

static void
chosen_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(PgsExportDialog) self = user_data;
  g_autoptr(GFile) file = pgs_file_chooser_save_finish (result, NULL);

  if (file == NULL || self->session == NULL)
    return;
  self->path = g_file_get_path (file);
  if (self->path == NULL)
    {
      show_error (self, _("This place is not a folder of this computer. Choose another one."));
      return;
    }
  follow_ending (self);
  set_busy (self, TRUE);
  self->cancellable = g_cancellable_new ();
  self->progress_id = g_timeout_add (PROGRESS_AFTER_MS, progress_cb, self);
  pgs_export_write_async (&self->export, self->format, self->path, self->cancellable,
                          written_cb, g_object_ref (self));
}

/* Actions */

static void
save_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  PgsExportDialog *self = PGS_EXPORT_DIALOG (widget);
  g_autofree char *proposal = NULL;

  gtk_spin_button_update (self->width_spin);
  gtk_spin_button_update (self->height_spin);
  if (!take_export (self))
    {
      show_error (self, _("There is nothing to export any more: open a process first."));
      return;
    }
  proposal = dup_name (self);
  pgs_file_chooser_save_async (GTK_WINDOW (self), _("Export"), proposal, chosen_cb,
                               g_object_ref (self));
}

static void
cancel_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  PgsExportDialog *self = PGS_EXPORT_DIALOG (widget);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  else
    gtk_window_close (GTK_WINDOW (self));
}

static void
content_changed_cb (PgsExportDialog *self)
{
  gtk_widget_set_sensitive (self->picture_group,
                            adw_combo_row_get_selected (self->content_row) != CONTENT_CSV);
}

static void
pgs_export_dialog_dispose (GObject *object)
{
  PgsExportDialog *self = PGS_EXPORT_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->progress_id, g_source_remove);
  g_clear_object (&self->session);
  clear_export (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), PGS_TYPE_EXPORT_DIALOG);

  G_OBJECT_CLASS (pgs_export_dialog_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
    "/dev/pagescape/Pagescape/ui/pgs-export-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PgsExportDialog, content_row);
  gtk_widget_class_bind_template_child (widget_class, PgsExportDialog, picture_group);
  gtk_widget_class_bind_template_child (widget_class, PgsExportDialog, format_row);
  gtk_widget_class_bind_template_child (widget_class, PgsExportDialog, width_spin);
  gtk_widget_class_bind_template_child (widget_class, PgsExportDialog, height_spin);
  gtk_widget_class_bind_template_child (widget_class, PgsExportDialog, colors_row);
  gtk_widget_class_bind_template_child (widget_class, PgsExportDialog, ram_row);
  gtk_widget_class_bind_template_child (widget_class, PgsExportDialog, ram_switch);
  gtk_widget_class_bind_template_child (widget_class, PgsExportDialog, form);
  gtk_widget_class_bind_template_child (widget_class, PgsExportDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, PgsExportDialog, spinner);
  gtk_widget_class_bind_template_callback (widget_class, content_changed_cb);
}

static void
pgs_export_dialog_class_init (PgsExportDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pgs_export_dialog_dispose;

  /**
   * PgsExportDialog::exported:
   * @path: (type filename): the file that was written
   *
   * The file is there; the dialog is closed.
   */
  signals[EXPORTED] = g_signal_new ("exported", PGS_TYPE_EXPORT_DIALOG, G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "dialog.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "dialog.cancel", NULL, cancel_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "dialog.cancel", NULL);
}

static void
pgs_export_dialog_init (PgsExportDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_spin_button_set_range (self->width_spin, PGS_PICTURE_MIN_WIDTH, PGS_PICTURE_MAX_SIDE);
  gtk_spin_button_set_range (self->height_spin, PGS_PICTURE_MIN_HEIGHT, PGS_PICTURE_MAX_SIDE);
  gtk_spin_button_set_value (self->width_spin, PGS_EXPORT_DEFAULT_WIDTH);
  gtk_spin_button_set_value (self->height_spin, PGS_EXPORT_DEFAULT_HEIGHT);
  gtk_widget_grab_focus (GTK_WIDGET (self->content_row));
}

/**
 * pgs_export_dialog_new:
 * @parent: the window it belongs to
 * @session: what to export
 *
 * Makes the dialog. Show it with gtk_window_present().
 *
 * Returns: (transfer none): the dialog
 */
GtkWindow *
pgs_export_dialog_new (GtkWindow  *parent,
                       PgsSession *session)
{
  PgsExportDialog *self;

  g_return_val_if_fail (PGS_IS_SESSION (session), NULL);

  self = g_object_new (PGS_TYPE_EXPORT_DIALOG, "transient-for", parent, NULL);
  self->session = g_object_ref (session);
  gtk_switch_set_active (self->ram_switch, pgs_session_get_ram (session) != NULL);
  gtk_widget_set_visible (self->ram_row, pgs_session_get_ram (session) != NULL);
  return GTK_WINDOW (self);
}
