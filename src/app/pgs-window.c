/* pgs-window.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window: puts the widgets together, gives each the session, and shows what
 * the session says of itself. What a person can command is in
 * pgs-window-actions.c.
 */

#include "config.h"

#include "pgs-window-private.h"

#include <glib/gi18n.h>

#include "core/pgs-units.h"
#include "pgs-lock-bar.h"
#include "pgs-unlock-dialog.h"
#include "pgs-unlock.h"
#include "pgs-wrap-layout.h"

#define SCHEMA_ID   APPLICATION_ID
#define TOOL_SPACE  18
#define LINE_SPACE  8

#define WIDE_WIDTH          900
#define INSPECTOR_WIDTH     410
#define INSPECTOR_MIN_WIDTH 300

enum
{
  PROP_0,
  PROP_LIVE,
  PROP_INTERVAL,
  PROP_SHOWS_RAM,
  PROP_SHOWS_MACHINE,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (PgsWindow, pgs_window, ADW_TYPE_APPLICATION_WINDOW)

/* Title and state */

static char *
dup_pace (PgsWindow *self)
{
  PgsSnapshot *snapshot = pgs_session_get_snapshot (self->session);

  if (pgs_session_get_state (self->session) == PGS_SESSION_LOADING)
    return g_strdup (_("reading"));
  if (pgs_session_get_state (self->session) == PGS_SESSION_ENDED)
    return g_strdup (_("ended"));
  if (snapshot != NULL && pgs_snapshot_get_unread (snapshot)->len > 0)
    return g_strdup (_("read in part"));
  if (!pgs_session_get_live (self->session))
    return g_strdup (_("paused"));
  if (pgs_session_get_pace (self->session) > pgs_session_get_interval (self->session))
    return g_strdup_printf (_("live, every %.1f s, as fast as it can be read"),
                            pgs_session_get_pace (self->session));
  return g_strdup_printf (_("live, every %g s"), pgs_session_get_interval (self->session));
}

/* Returns what else there is to say of how the process is looked at, with a dot in front. */
static char *
dup_addition (PgsWindow *self)
{
  gboolean is_unlocked = pgs_session_get_lock (self->session) == PGS_SESSION_UNLOCKED;
  pid_t other = pgs_session_get_compared_pid (self->session);

  if (other != 0 && pgs_session_get_mode (self->session)->needs == PGS_COLOR_NEEDS_RELATION)
    return g_strdup_printf (_(" · compared with PID %d"), (int) other);
  return g_strdup (is_unlocked ? _(" · unlocked") : "");
}

static char *
dup_subtitle (PgsWindow *self)
{
  PgsSnapshot *snapshot = pgs_session_get_snapshot (self->session);
  g_autofree char *pace = dup_pace (self);
  g_autofree char *mapped = NULL;
  g_autofree char *present = NULL;
  g_autofree char *addition = NULL;
  const PgsTotals *totals;
  uint64_t page_size;

  if (snapshot == NULL && pgs_session_get_state (self->session) == PGS_SESSION_LOADING)
    return g_strdup_printf (_("PID %d · %s"), pgs_session_get_pid (self->session), pace);
  if (snapshot == NULL)
    return NULL;
  totals = pgs_snapshot_get_totals (snapshot);
  page_size = pgs_snapshot_get_page_size (snapshot);
  mapped = pgs_units_format_bytes (totals->mapped * page_size);
  present = pgs_units_format_bytes (totals->present * page_size);
  addition = dup_addition (self);
  return g_strdup_printf (_("PID %d · %s%s · %s mapped, %s present"),
                          pgs_session_get_pid (self->session), pace, addition, mapped, present);
}

static void
update_title (PgsWindow *self)
{
  const char *name = pgs_session_get_name (self->session);
  g_autofree char *subtitle = dup_subtitle (self);
  g_autofree char *title = NULL;

  adw_window_title_set_title (self->title, name != NULL ? name : _("Pagescape"));
  adw_window_title_set_subtitle (self->title, subtitle != NULL ? subtitle : "");
  title = name != NULL ? g_strdup_printf (_("%s – Pagescape"), name) : g_strdup (_("Pagescape"));
  gtk_window_set_title (GTK_WINDOW (self), title);
}

static const char *
find_page (PgsWindow *self)
{
  switch (pgs_session_get_state (self->session))
    {
    case PGS_SESSION_LOADING:
    case PGS_SESSION_RUNNING:
    case PGS_SESSION_ENDED:
      return "map";
    case PGS_SESSION_FAILED:
      return "failed";
    case PGS_SESSION_EMPTY:
    default:
      return "welcome";
    }
}

static void
update_info (PgsWindow *self)
{
  const GError *error = pgs_session_get_error (self->session);
  PgsSnapshot *snapshot = pgs_session_get_snapshot (self->session);
  gboolean ended = pgs_session_get_state (self->session) == PGS_SESSION_ENDED;
  g_autofree char *text = NULL;

  if (error == NULL && snapshot != NULL)
    error = pgs_snapshot_get_pages_error (snapshot);
  /* Where that is a matter of rights, what offers them tells. */
  if (error == NULL && !pgs_session_can_unlock (self->session))
    error = pgs_session_get_frames_error (self->session);
  if (error != NULL && ended)
    text = g_strdup_printf (_("%s This is its last picture."), error->message);
  else if (error != NULL)
    text = g_strdup (error->message);
  gtk_label_set_label (self->info_label, text != NULL ? text : "");
  if (ended)
    gtk_widget_remove_css_class (self->info_bar, "warning");
  else
    gtk_widget_add_css_class (self->info_bar, "warning");
  gtk_widget_set_visible (self->info_bar, text != NULL);
  gtk_widget_set_visible (self->again_button,
                          ended && pgs_session_can_launch_again (self->session));
}

static void
update_progress (PgsWindow *self)
{
  gboolean is_slow = pgs_session_is_slow (self->session);

  if (is_slow)
    {
      PgsSnapshot *snapshot = pgs_session_get_snapshot (self->session);
      const PgsTotals *totals = pgs_snapshot_get_totals (snapshot);
      g_autofree char *present =
        pgs_units_format_bytes ((totals->present + totals->swapped) *
                                pgs_snapshot_get_page_size (snapshot));
      g_autofree char *text = g_strdup_printf (_("Reading pages, %s so far"), present);

      gtk_label_set_label (self->progress_label, text);
      gtk_progress_bar_set_fraction (self->progress_bar,
                                     pgs_session_get_fraction (self->session));
    }
  gtk_widget_set_visible (self->progress_box, is_slow);
}

static void
update_failure (PgsWindow *self)
{
  const GError *error = pgs_session_get_error (self->session);

  if (pgs_session_get_state (self->session) != PGS_SESSION_FAILED || error == NULL)
    return;
  adw_status_page_set_description (self->failed_page, error->message);
  gtk_widget_set_visible (self->failed_again_button,
                          pgs_session_can_launch_again (self->session));
  gtk_widget_set_visible (self->failed_unlock_button, pgs_session_can_unlock (self->session));
}

static void
update_pause_button (PgsWindow *self)
{
  gboolean live = pgs_session_get_live (self->session);

  gtk_button_set_icon_name (self->pause_button, live ? "media-playback-pause-symbolic"
                                                     : "media-playback-start-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->pause_button),
                               live ? _("Pause (Space)") : _("Go On (Space)"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->pause_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  live ? _("Pause") : _("Go On"), -1);
}

static void
update_lock (PgsWindow *self)
{
  if (self->lock_bar != NULL || !pgs_session_can_unlock (self->session))
    return;
  self->lock_bar = pgs_lock_bar_new (self->session);
  gtk_box_prepend (self->map_box, self->lock_bar);
}

/* Somebody who said no knows why; everybody else is told what to do instead. */
static void
unlock_failed_cb (PgsWindow    *self,
                  const GError *error)
{
  uint64_t address = pgs_session_has_selection (self->session)
                   ? pgs_session_get_selection (self->session)->address
                   : 0;
  g_autofree char *command = pgs_unlock_dup_command (pgs_session_get_pid (self->session), address);

  if (error->domain == PGS_UNLOCK_ERROR && error->code != PGS_UNLOCK_ERROR_DISMISSED)
    gtk_window_present (pgs_unlock_dialog_new (GTK_WINDOW (self), error, command));
  else
    pgs_window_show_toast (self, error->message, NULL);
}

static void
refreshed_cb (PgsWindow *self)
{
  gtk_stack_set_visible_child_name (self->stack, find_page (self));
  update_title (self);
  update_info (self);
  update_progress (self);
  update_failure (self);
  update_lock (self);
  update_pause_button (self);
  pgs_window_update_actions (self);
}

static void
state_cb (PgsWindow *self)
{
  refreshed_cb (self);
  if (pgs_session_get_state (self->session) == PGS_SESSION_RUNNING)
    gtk_widget_grab_focus (GTK_WIDGET (self->bar));
}

static void
live_cb (PgsWindow *self)
{
  refreshed_cb (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LIVE]);
}

static void
interval_cb (PgsWindow *self)
{
  refreshed_cb (self);
  if (self->settings != NULL)
    g_settings_set_double (self->settings, "interval",
                           pgs_session_get_interval (self->session));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_INTERVAL]);
}

static void
shows_ram_cb (PgsWindow *self)
{
  if (self->settings != NULL)
    g_settings_set_boolean (self->settings, "show-ram",
                            pgs_session_get_shows_ram (self->session));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SHOWS_RAM]);
}

static void
shows_machine_cb (PgsWindow *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SHOWS_MACHINE]);
}

static void
selection_changed_cb (PgsWindow *self)
{
  if (adw_flap_get_folded (self->flap) && pgs_session_has_selection (self->session) &&
      gtk_widget_get_mapped (GTK_WIDGET (self->bar)) &&
      gtk_widget_has_focus (GTK_WIDGET (self->bar)))
    adw_flap_set_reveal_flap (self->flap, TRUE);
  pgs_window_update_actions (self);
}

static void
folded_cb (PgsWindow *self)
{
  gboolean folded = adw_flap_get_folded (self->flap);

  gtk_widget_set_visible (self->details_button, folded);
  if (!folded)
    adw_flap_set_reveal_flap (self->flap, TRUE);
}

/* Colors and scale */

static void
mode_selected_cb (PgsWindow *self)
{
  const PgsColorMode *mode =
    pgs_color_mode_get (gtk_drop_down_get_selected (self->mode_drop_down));

  pgs_session_set_mode (self->session, mode);
  if (mode->needs == PGS_COLOR_NEEDS_RELATION)
    {
      if (pgs_session_get_compared_pid (self->session) == 0 &&
          pgs_session_get_snapshot (self->session) != NULL)
        pgs_window_compare (self);
      return;
    }
  if (self->settings != NULL)
    g_settings_set_string (self->settings, "color-mode", mode->id);
}

static void
scale_selected_cb (PgsWindow *self)
{
  PgsScale scale = gtk_drop_down_get_selected (self->scale_drop_down);

  pgs_session_set_scale (self->session, scale);
  if (self->settings != NULL)
    g_settings_set_string (self->settings, "scale", pgs_scale_get_id (scale));
}

static void
fill_drop_downs (PgsWindow *self)
{
  GtkStringList *modes = gtk_string_list_new (NULL);
  GtkStringList *scales = gtk_string_list_new (NULL);

  for (guint i = 0; i < pgs_color_mode_get_n_modes (); i++)
    gtk_string_list_append (modes, _(pgs_color_mode_get (i)->title));
  for (guint i = 0; i < PGS_N_SCALES; i++)
    gtk_string_list_append (scales, pgs_scale_get_title (i));
  gtk_drop_down_set_model (self->mode_drop_down, G_LIST_MODEL (modes));
  gtk_drop_down_set_model (self->scale_drop_down, G_LIST_MODEL (scales));
  g_object_unref (modes);
  g_object_unref (scales);
}

/* Settings */

static void
select_mode (PgsWindow  *self,
             const char *id)
{
  for (guint i = 0; i < pgs_color_mode_get_n_modes (); i++)
    if (g_str_equal (pgs_color_mode_get (i)->id, id))
      gtk_drop_down_set_selected (self->mode_drop_down, i);
}

static void
restore_settings (PgsWindow *self)
{
  g_autofree char *mode = g_settings_get_string (self->settings, "color-mode");
  g_autofree char *scale_id = g_settings_get_string (self->settings, "scale");
  PgsScale scale;

  select_mode (self, mode);
  if (pgs_scale_find (scale_id, &scale))
    gtk_drop_down_set_selected (self->scale_drop_down, scale);
  pgs_session_set_interval (self->session, g_settings_get_double (self->settings, "interval"));
  pgs_session_set_shows_ram (self->session, g_settings_get_boolean (self->settings, "show-ram"));
  gtk_window_set_default_size (GTK_WINDOW (self),
                               g_settings_get_int (self->settings, "window-width"),
                               g_settings_get_int (self->settings, "window-height"));
  if (g_settings_get_boolean (self->settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
}

static void
open_settings (PgsWindow *self)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr(GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, SCHEMA_ID, TRUE);
  if (schema == NULL)
    {
      pgs_session_set_shows_ram (self->session, TRUE);
      return;
    }
  self->settings = g_settings_new_full (schema, NULL, NULL);
  restore_settings (self);
}

/* The inspector is as wide as an address with its button needs, or on a narrow
 * window as little as it can do with. */
static void
pgs_window_size_allocate (GtkWidget *widget,
                          int        width,
                          int        height,
                          int        baseline)
{
  PgsWindow *self = PGS_WINDOW (widget);

  if (self->inspector != NULL)
    gtk_widget_set_size_request (GTK_WIDGET (self->inspector),
                                 width >= WIDE_WIDTH ? INSPECTOR_WIDTH : INSPECTOR_MIN_WIDTH,
                                 -1);

  GTK_WIDGET_CLASS (pgs_window_parent_class)->size_allocate (widget, width, height, baseline);
}

static gboolean
pgs_window_close_request (GtkWindow *window)
{
  PgsWindow *self = PGS_WINDOW (window);
  int width, height;

  if (self->settings != NULL)
    {
      gtk_window_get_default_size (window, &width, &height);
      g_settings_set_int (self->settings, "window-width", width);
      g_settings_set_int (self->settings, "window-height", height);
      g_settings_set_boolean (self->settings, "window-maximized",
                              gtk_window_is_maximized (window));
    }
  pgs_session_close (self->session);
  return GTK_WINDOW_CLASS (pgs_window_parent_class)->close_request (window);
}

/* The widget */

static void
pgs_window_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  PgsWindow *self = PGS_WINDOW (object);

  switch (prop_id)
    {
    case PROP_LIVE:
      g_value_set_boolean (value, pgs_session_get_live (self->session));
      break;
    case PROP_INTERVAL:
      g_value_set_double (value, pgs_session_get_interval (self->session));
      break;
    case PROP_SHOWS_RAM:
      g_value_set_boolean (value, pgs_session_get_shows_ram (self->session));
      break;
    case PROP_SHOWS_MACHINE:
      g_value_set_boolean (value, pgs_session_get_shows_machine (self->session));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pgs_window_set_property (GObject      *object,
                         guint         prop_id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  PgsWindow *self = PGS_WINDOW (object);

  switch (prop_id)
    {
    case PROP_LIVE:
      pgs_session_set_live (self->session, g_value_get_boolean (value));
      break;
    case PROP_INTERVAL:
      pgs_session_set_interval (self->session, g_value_get_double (value));
      break;
    case PROP_SHOWS_RAM:
      pgs_session_set_shows_ram (self->session, g_value_get_boolean (value));
      break;
    case PROP_SHOWS_MACHINE:
      pgs_session_set_shows_machine (self->session, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pgs_window_dispose (GObject *object)
{
  PgsWindow *self = PGS_WINDOW (object);

  g_clear_object (&self->settings);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (pgs_window_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, PgsWindow, title);
  gtk_widget_class_bind_template_child (widget_class, PgsWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, PgsWindow, failed_page);
  gtk_widget_class_bind_template_child (widget_class, PgsWindow, failed_again_button);
  gtk_widget_class_bind_template_child (widget_class, PgsWindow, failed_unlock_button);
  gtk_widget_class_bind_template_child (widget_class, PgsWindow, map_box);
  gtk_widget_class_bind_template_child (widget_class, PgsWindow, info_bar);
  gtk_widget_class_bind_template_child (widget_class, PgsWindow, info_label);
  gtk_widget_class_bind_template_child (widget_class, PgsWindow, again_button);
  gtk_widget_class_bind_template_child (widget_class, PgsWindow, tool_bar);
  gtk_widget_class_bind_template_child (widget_class, PgsWindow, mode_drop_down);
  gtk_widget_class_bind_template_child (widget_class, PgsWindow, scale_drop_down);
  gtk_widget_class_bind_template_child (widget_class, PgsWindow, pause_button);
  gtk_widget_class_bind_template_child (widget_class, PgsWindow, legend);
  gtk_widget_class_bind_template_child (widget_class, PgsWindow, overview);
  gtk_widget_class_bind_template_child (widget_class, PgsWindow, bar);
  gtk_widget_class_bind_template_child (widget_class, PgsWindow, ram_bar);
  gtk_widget_class_bind_template_child (widget_class, PgsWindow, machine_legend);
  gtk_widget_class_bind_template_child (widget_class, PgsWindow, progress_box);
  gtk_widget_class_bind_template_child (widget_class, PgsWindow, progress_label);
  gtk_widget_class_bind_template_child (widget_class, PgsWindow, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, PgsWindow, list_box);
  gtk_widget_class_bind_template_child (widget_class, PgsWindow, console);
  gtk_widget_class_bind_template_child (widget_class, PgsWindow, flap);
  gtk_widget_class_bind_template_child (widget_class, PgsWindow, details_button);
  gtk_widget_class_bind_template_child (widget_class, PgsWindow, toast_overlay);
  gtk_widget_class_bind_template_callback (widget_class, mode_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, scale_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, folded_cb);
}

static void
pgs_window_class_init (PgsWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pgs_window_get_property;
  object_class->set_property = pgs_window_set_property;
  object_class->dispose = pgs_window_dispose;
  widget_class->size_allocate = pgs_window_size_allocate;
  GTK_WINDOW_CLASS (klass)->close_request = pgs_window_close_request;

  /* The session's, for actions that have a state. */
  props[PROP_LIVE] = g_param_spec_boolean ("live", NULL, NULL, TRUE,
                                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                           G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_INTERVAL] = g_param_spec_double ("interval", NULL, NULL, PGS_SESSION_MIN_INTERVAL,
                                              PGS_SESSION_MAX_INTERVAL, 1.0,
                                              G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                              G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_SHOWS_RAM] = g_param_spec_boolean ("shows-ram", NULL, NULL, FALSE,
                                                G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_SHOWS_MACHINE] = g_param_spec_boolean ("shows-machine", NULL, NULL, FALSE,
                                                    G_PARAM_READWRITE |
                                                    G_PARAM_STATIC_STRINGS |
                                                    G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_type_ensure (PGS_TYPE_BAR);
  g_type_ensure (PGS_TYPE_CONSOLE);
  g_type_ensure (PGS_TYPE_LEGEND);
  g_type_ensure (PGS_TYPE_MACHINE_LEGEND);
  g_type_ensure (PGS_TYPE_NARROW_BIN);
  g_type_ensure (PGS_TYPE_OVERVIEW);
  g_type_ensure (PGS_TYPE_RAM_BAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/pagescape/Pagescape/ui/pgs-window.ui");
  bind_children (widget_class);
  pgs_window_install_actions (widget_class);
}

static void
follow_session (PgsWindow *self)
{
  g_signal_connect_object (self->session, "target-changed", G_CALLBACK (refreshed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "refreshed", G_CALLBACK (refreshed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "lock-changed", G_CALLBACK (refreshed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "unlock-failed", G_CALLBACK (unlock_failed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::state", G_CALLBACK (state_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::live", G_CALLBACK (live_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::interval", G_CALLBACK (interval_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::shows-machine",
                           G_CALLBACK (shows_machine_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::shows-ram", G_CALLBACK (shows_ram_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "view-changed", G_CALLBACK (pgs_window_update_actions),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "selection-changed",
                           G_CALLBACK (selection_changed_cb), self, G_CONNECT_SWAPPED);
}

/* Adds the list and the inspector. They have many widgets: they are made once the map can
 * be seen, which is a frame later than it could be, and the map a fifth earlier. */
static void
fill_lower_half (PgsWindow *self)
{
  self->mapping_list = g_object_new (PGS_TYPE_MAPPING_LIST, NULL);
  self->inspector = g_object_new (PGS_TYPE_INSPECTOR, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->inspector), "background");
  gtk_widget_set_size_request (GTK_WIDGET (self->inspector),
                               gtk_widget_get_width (GTK_WIDGET (self)) >= WIDE_WIDTH
                               ? INSPECTOR_WIDTH : INSPECTOR_MIN_WIDTH, -1);
  gtk_box_append (self->list_box, GTK_WIDGET (self->mapping_list));
  adw_flap_set_flap (self->flap, GTK_WIDGET (self->inspector));
  pgs_mapping_list_set_session (self->mapping_list, self->session);
  pgs_inspector_set_session (self->inspector, self->session);
}

static void
after_first_frame_cb (GdkFrameClock *clock,
                      PgsWindow     *self)
{
  g_signal_handlers_disconnect_by_func (clock, after_first_frame_cb, self);
  if (self->mapping_list == NULL)
    fill_lower_half (self);
}

static void
realize_cb (PgsWindow *self)
{
  g_signal_handlers_disconnect_by_func (self, realize_cb, NULL);
  g_signal_connect_object (gtk_widget_get_frame_clock (GTK_WIDGET (self)), "after-paint",
                           G_CALLBACK (after_first_frame_cb), self, 0);
}

static void
pgs_window_init (PgsWindow *self)
{
  self->session = pgs_session_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_layout_manager (GTK_WIDGET (self->tool_bar),
                                 pgs_wrap_layout_new (TOOL_SPACE, LINE_SPACE));
  pgs_overview_set_session (self->overview, self->session);
  pgs_bar_set_session (self->bar, self->session);
  pgs_ram_bar_set_session (self->ram_bar, self->session);
  pgs_machine_legend_set_session (self->machine_legend, self->session);
  pgs_legend_set_session (self->legend, self->session);
  pgs_console_set_session (self->console, self->session);
  g_signal_connect (self, "realize", G_CALLBACK (realize_cb), NULL);
  follow_session (self);
  fill_drop_downs (self);
  open_settings (self);
  state_cb (self);
}

/**
 * pgs_window_new:
 * @application: the application
 *
 * Returns: (transfer floating): a window on its welcome page
 */
PgsWindow *
pgs_window_new (AdwApplication *application)
{
  return g_object_new (PGS_TYPE_WINDOW, "application", application, NULL);
}

/**
 * pgs_window_get_session:
 *
 * Returns: (transfer none): what the window shows
 */
PgsSession *
pgs_window_get_session (PgsWindow *self)
{
  g_return_val_if_fail (PGS_IS_WINDOW (self), NULL);

  return self->session;
}

/**
 * pgs_window_set_mode:
 * @mode: how to color pages
 */
void
pgs_window_set_mode (PgsWindow          *self,
                     const PgsColorMode *mode)
{
  g_return_if_fail (PGS_IS_WINDOW (self) && mode != NULL);

  select_mode (self, mode->id);
}

/**
 * pgs_window_set_scale:
 * @scale: how to lay out addresses
 */
void
pgs_window_set_scale (PgsWindow *self,
                      PgsScale   scale)
{
  g_return_if_fail (PGS_IS_WINDOW (self));

  gtk_drop_down_set_selected (self->scale_drop_down, scale);
}

/**
 * pgs_window_show_toast:
 * @text: what to tell
 * @uri: (nullable): what a button in it opens
 *
 * Tells something in passing.
 */
void
pgs_window_show_toast (PgsWindow  *self,
                       const char *text,
                       const char *uri)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (escaped);

  if (uri != NULL)
    {
      adw_toast_set_button_label (toast, _("_Open"));
      adw_toast_set_action_name (toast, "win.open-uri");
      adw_toast_set_action_target (toast, "s", uri);
    }
  adw_toast_overlay_add_toast (self->toast_overlay, toast);
}
