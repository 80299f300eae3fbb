/* pgs-window-actions.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a person can command: every command is an action of one table with its
 * keys, and one function enables and disables them all.
 */

#include "config.h"

#include "pgs-window-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "pgs-attach-dialog.h"
#include "pgs-export-dialog.h"
#include "pgs-go-to-dialog.h"
#include "pgs-launch-dialog.h"

#define ZOOM_STEP 1.5
#define PAN_SHARE 0.2

/* Opening a process */

static void
launch_prober (PgsWindow *self)
{
  pgs_session_launch_prober (self->session);
}

static void
launch_again (PgsWindow *self)
{
  pgs_session_launch_again (self->session);
}

static void
stop_reading (PgsWindow *self)
{
  pgs_session_stop_reading (self->session);
}

static void
unlock (PgsWindow *self)
{
  pgs_session_unlock (self->session);
}

static void
lock (PgsWindow *self)
{
  pgs_session_lock (self->session);
}

static void
launch_cb (PgsLaunchDialog    *dialog,
           const char * const *argv,
           PgsWindow          *self)
{
  pgs_session_launch (self->session, argv);
}

static void
launch_program (PgsWindow *self)
{
  GtkWindow *dialog = pgs_launch_dialog_new (GTK_WINDOW (self));

  g_signal_connect_object (dialog, "launch", G_CALLBACK (launch_cb), self, 0);
  gtk_window_present (dialog);
}

static void
attach_cb (PgsAttachDialog *dialog,
           int              pid,
           PgsWindow       *self)
{
  pgs_session_attach (self->session, pid);
}

static void
attach (PgsWindow *self)
{
  GtkWindow *dialog = pgs_attach_dialog_new (GTK_WINDOW (self));

  g_signal_connect_object (dialog, "attach", G_CALLBACK (attach_cb), self, 0);
  gtk_window_present (dialog);
}

static void
compare_cb (PgsAttachDialog *dialog,
            int              pid,
            PgsWindow       *self)
{
  pgs_session_compare (self->session, pid);
  pgs_window_set_mode (self, pgs_color_mode_find ("relation"));
}

void
pgs_window_compare (PgsWindow *self)
{
  GtkWindow *dialog =
    pgs_attach_dialog_new_to_compare (GTK_WINDOW (self), pgs_session_get_pid (self->session),
                                      pgs_session_get_name (self->session));

  g_signal_connect_object (dialog, "attach", G_CALLBACK (compare_cb), self, 0);
  gtk_window_present (dialog);
}

/* Looking */

static void
refresh (PgsWindow *self)
{
  pgs_session_refresh (self->session);
}

static void
toggle_live (PgsWindow *self)
{
  pgs_session_set_live (self->session, !pgs_session_get_live (self->session));
}

static void
go_to (PgsWindow *self)
{
  gtk_window_present (GTK_WINDOW (pgs_go_to_dialog_new (GTK_WINDOW (self), self->session)));
}

static void
filter_mappings (PgsWindow *self)
{
  if (self->mapping_list != NULL)
    pgs_mapping_list_filter (self->mapping_list);
}

static void
exported_cb (PgsExportDialog *dialog,
             const char      *path,
             PgsWindow       *self)
{
  g_autofree char *name = g_filename_display_basename (path);
  g_autofree char *text = g_strdup_printf (_("“%s” was exported"), name);
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);

  pgs_window_show_toast (self, text, uri);
}

/* GTK would load the list of keys with every window, which took a tenth of the time it
 * takes to open one. */
static void
show_window (PgsWindow  *self,
             const char *resource,
             const char *name)
{
  g_autoptr(GtkBuilder) builder = gtk_builder_new_from_resource (resource);
  GtkWindow *window = GTK_WINDOW (gtk_builder_get_object (builder, name));

  gtk_window_set_transient_for (window, GTK_WINDOW (self));
  gtk_window_present (window);
}

static void
show_shortcuts (PgsWindow *self)
{
  show_window (self, "/dev/pagescape/Pagescape/ui/help-overlay.ui", "help_overlay");
}

static void
show_privileges (PgsWindow *self)
{
  show_window (self, "/dev/pagescape/Pagescape/ui/privileges.ui", "privileges");
}

static void
export (PgsWindow *self)
{
  GtkWindow *dialog = pgs_export_dialog_new (GTK_WINDOW (self), self->session);

  g_signal_connect_object (dialog, "exported", G_CALLBACK (exported_cb), self, 0);
  gtk_window_present (dialog);
}

static double
get_anchor (PgsWindow *self)
{
  const PgsViewport *viewport = pgs_session_get_viewport (self->session);
  const PgsSelection *selection = pgs_session_get_selection (self->session);
  PgsAxis *axis = pgs_session_get_axis (self->session);

  if (pgs_session_has_selection (self->session) &&
      pgs_viewport_shows (viewport, axis, selection->address, selection->address + 1))
    return pgs_viewport_address_to_x (viewport, axis, selection->address);
  return viewport->width / 2;
}

static void
zoom (PgsWindow *self,
      double     factor)
{
  PgsViewport viewport = pgs_viewport_zoomed (pgs_session_get_viewport (self->session),
                                              pgs_session_get_axis (self->session),
                                              get_anchor (self), factor);

  pgs_session_set_viewport (self->session, &viewport);
}

static void
zoom_in (PgsWindow *self)
{
  zoom (self, ZOOM_STEP);
}

static void
zoom_out (PgsWindow *self)
{
  zoom (self, 1 / ZOOM_STEP);
}

static void
pan (PgsWindow *self,
     double     share)
{
  const PgsViewport *old = pgs_session_get_viewport (self->session);
  PgsViewport viewport = pgs_viewport_panned (old, pgs_session_get_axis (self->session),
                                              share * old->width);

  pgs_session_set_viewport (self->session, &viewport);
}

static void
pan_left (PgsWindow *self)
{
  pan (self, -PAN_SHARE);
}

static void
pan_right (PgsWindow *self)
{
  pan (self, PAN_SHARE);
}

static void
fit_selection (PgsWindow *self)
{
  const PgsSelection *selection = pgs_session_get_selection (self->session);

  pgs_session_visit (self->session, selection->start, selection->end);
}

static void
show_whole (PgsWindow *self)
{
  pgs_session_visit_whole (self->session);
}

static void
go_back (PgsWindow *self)
{
  pgs_session_go (self->session, -1);
}

static void
go_forth (PgsWindow *self)
{
  pgs_session_go (self->session, 1);
}

/* Stepping */

static void
next_page (PgsWindow *self)
{
  pgs_session_step_page (self->session, 1);
}

static void
previous_page (PgsWindow *self)
{
  pgs_session_step_page (self->session, -1);
}

static void
next_mapping (PgsWindow *self)
{
  pgs_session_step_mapping (self->session, 1);
}

static void
previous_mapping (PgsWindow *self)
{
  pgs_session_step_mapping (self->session, -1);
}

static void
first_page (PgsWindow *self)
{
  pgs_session_select_end (self->session, -1);
}

static void
last_page (PgsWindow *self)
{
  pgs_session_select_end (self->session, 1);
}

static void
clear_selection (PgsWindow *self)
{
  pgs_session_clear_selection (self->session);
}

/* The table */

/* What has to be there for a command to make sense. */
typedef enum
{
  NEEDS_NOTHING,
  NEEDS_PICTURE,
  NEEDS_ALL_PAGES,
  NEEDS_READING,
  NEEDS_PROCESS,
  NEEDS_SELECTION,
  NEEDS_ARGV,
  NEEDS_HIDDEN,
  NEEDS_UNLOCKED,
  NEEDS_BACK,
  NEEDS_FORTH,
} Need;

typedef struct
{
  guint           key;
  GdkModifierType modifiers;
} Key;

static const struct
{
  const char  *name;
  void       (*run) (PgsWindow *self);
  Need         need;
  Key          keys[4];
} commands[] = {
  { "win.launch-prober", launch_prober, NEEDS_NOTHING, { { GDK_KEY_n, GDK_CONTROL_MASK } } },
  { "win.launch-program", launch_program, NEEDS_NOTHING, { { GDK_KEY_r, GDK_CONTROL_MASK } } },
  { "win.launch-again", launch_again, NEEDS_ARGV, { { 0 } } },
  { "win.attach", attach, NEEDS_NOTHING, { { GDK_KEY_o, GDK_CONTROL_MASK } } },
  { "win.compare", pgs_window_compare, NEEDS_PICTURE, { { GDK_KEY_k, GDK_CONTROL_MASK } } },
  { "win.stop-reading", stop_reading, NEEDS_READING, { { 0 } } },
  { "win.unlock", unlock, NEEDS_HIDDEN, { { GDK_KEY_u, GDK_CONTROL_MASK } } },
  { "win.lock", lock, NEEDS_UNLOCKED, { { 0 } } },
  { "win.show-shortcuts", show_shortcuts, NEEDS_NOTHING,
    { { GDK_KEY_F1, 0 }, { GDK_KEY_question, GDK_CONTROL_MASK },
      { GDK_KEY_question, GDK_CONTROL_MASK | GDK_SHIFT_MASK } } },
  { "win.show-privileges", show_privileges, NEEDS_NOTHING, { { 0 } } },
  { "win.export", export, NEEDS_ALL_PAGES, { { GDK_KEY_e, GDK_CONTROL_MASK } } },
  { "win.go-to", go_to, NEEDS_PICTURE, { { GDK_KEY_l, GDK_CONTROL_MASK } } },
  { "win.filter-mappings", filter_mappings, NEEDS_PICTURE, { { GDK_KEY_f, GDK_CONTROL_MASK } } },
  { "win.toggle-live", toggle_live, NEEDS_PROCESS, { { GDK_KEY_space, 0 } } },
  { "win.refresh", refresh, NEEDS_PROCESS, { { GDK_KEY_F5, 0 } } },
  { "view.zoom-in", zoom_in, NEEDS_PICTURE,
    { { GDK_KEY_w, 0 }, { GDK_KEY_plus, 0 }, { GDK_KEY_equal, 0 }, { GDK_KEY_KP_Add, 0 } } },
  { "view.zoom-out", zoom_out, NEEDS_PICTURE,
    { { GDK_KEY_s, 0 }, { GDK_KEY_minus, 0 }, { GDK_KEY_KP_Subtract, 0 } } },
  { "view.pan-left", pan_left, NEEDS_PICTURE, { { GDK_KEY_a, 0 } } },
  { "view.pan-right", pan_right, NEEDS_PICTURE, { { GDK_KEY_d, 0 } } },
  { "view.fit-selection", fit_selection, NEEDS_SELECTION, { { GDK_KEY_f, 0 } } },
  { "view.whole", show_whole, NEEDS_PICTURE, { { GDK_KEY_0, 0 }, { GDK_KEY_KP_0, 0 } } },
  { "view.back", go_back, NEEDS_BACK, { { GDK_KEY_Left, GDK_ALT_MASK } } },
  { "view.forward", go_forth, NEEDS_FORTH, { { GDK_KEY_Right, GDK_ALT_MASK } } },
  { "view.next-page", next_page, NEEDS_PICTURE, { { 0 } } },
  { "view.previous-page", previous_page, NEEDS_PICTURE, { { 0 } } },
  { "view.next-mapping", next_mapping, NEEDS_PICTURE, { { 0 } } },
  { "view.previous-mapping", previous_mapping, NEEDS_PICTURE, { { 0 } } },
  { "view.first-page", first_page, NEEDS_PICTURE, { { 0 } } },
  { "view.last-page", last_page, NEEDS_PICTURE, { { 0 } } },
  { "view.clear-selection", clear_selection, NEEDS_SELECTION, { { GDK_KEY_Escape, 0 } } },
};

static void
run_command (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].name, name))
      commands[i].run (PGS_WINDOW (widget));
}

static void
announce_copy (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  g_autofree char *text = g_strdup_printf (_("Copied %s"), g_variant_get_string (parameter, NULL));

  pgs_window_show_toast (PGS_WINDOW (widget), text, NULL);
}

static void
open_uri (GtkWidget  *widget,
          const char *name,
          GVariant   *parameter)
{
  gtk_show_uri (GTK_WINDOW (widget), g_variant_get_string (parameter, NULL), GDK_CURRENT_TIME);
}

/* Another process opens in a window of its own: a program that was launched in this one
 * would end with it. */
static void
open_process (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (widget));
  PgsWindow *window = pgs_window_new (ADW_APPLICATION (application));
  guint64 address;
  gint32 pid;

  g_variant_get (parameter, "(it)", &pid, &address);
  pgs_session_set_limits (window->session,
                          pgs_session_get_limits (PGS_WINDOW (widget)->session));
  gtk_window_present (GTK_WINDOW (window));
  pgs_session_attach (window->session, pid);
  pgs_session_wish_for (window->session, address);
}

/**
 * pgs_window_install_actions:
 * @widget_class: the window's class
 *
 * Adds all commands and their keys.
 */
void
pgs_window_install_actions (GtkWidgetClass *widget_class)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      gtk_widget_class_install_action (widget_class, commands[i].name, NULL, run_command);
      for (guint j = 0; j < G_N_ELEMENTS (commands[i].keys) && commands[i].keys[j].key != 0; j++)
        gtk_widget_class_add_binding_action (widget_class, commands[i].keys[j].key,
                                             commands[i].keys[j].modifiers,
                                             commands[i].name, NULL);
    }
  gtk_widget_class_install_action (widget_class, "win.announce-copy", "s", announce_copy);
  gtk_widget_class_install_action (widget_class, "win.open-uri", "s", open_uri);
  gtk_widget_class_install_action (widget_class, "win.open-process", "(it)", open_process);
  gtk_widget_class_install_property_action (widget_class, "win.live", "live");
  gtk_widget_class_install_property_action (widget_class, "win.interval", "interval");
  gtk_widget_class_install_property_action (widget_class, "view.ram", "shows-ram");
  gtk_widget_class_install_property_action (widget_class, "view.machine", "shows-machine");
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_m, GDK_CONTROL_MASK, "view.ram",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_m,
                                       GDK_CONTROL_MASK | GDK_SHIFT_MASK, "view.machine", NULL);
}

static gboolean
is_met (PgsWindow *self,
        Need       need)
{
  PgsSession *session = self->session;
  PgsSessionState state = pgs_session_get_state (session);
  gboolean has_picture = pgs_session_get_snapshot (session) != NULL;

  switch (need)
    {
    case NEEDS_PICTURE:
      return has_picture;
    case NEEDS_ALL_PAGES:
      return has_picture && pgs_snapshot_get_unread (pgs_session_get_snapshot (session))->len == 0;
    case NEEDS_READING:
      return has_picture && state == PGS_SESSION_LOADING;
    case NEEDS_PROCESS:
      return state == PGS_SESSION_RUNNING;
    case NEEDS_SELECTION:
      return has_picture && pgs_session_has_selection (session);
    case NEEDS_ARGV:
      return pgs_session_can_launch_again (session);
    case NEEDS_HIDDEN:
      return pgs_session_can_unlock (session);
    case NEEDS_UNLOCKED:
      return pgs_session_get_lock (session) != PGS_SESSION_LOCKED;
    case NEEDS_BACK:
      return has_picture && pgs_session_can_go (session, -1);
    case NEEDS_FORTH:
      return has_picture && pgs_session_can_go (session, 1);
    case NEEDS_NOTHING:
    default:
      return TRUE;
    }
}

/**
 * pgs_window_update_actions:
 *
 * Enables the commands that make sense now and disables the others.
 */
void
pgs_window_update_actions (PgsWindow *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), commands[i].name,
                                   is_met (self, commands[i].need));
}
