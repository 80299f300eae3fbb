/* pgs-application.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The application: opens a window on what the command line asks for.
 *
 * Each start is a process of its own, for a second one may look at another
 * program with other rights.
 */

#include "config.h"

#include "pgs-application.h"

#include <glib/gi18n.h>

#include "pgs-frame-log.h"
#include "pgs-window.h"

struct _PgsApplication
{
  AdwApplication    parent_instance;

  const PgsOptions *options;
};

G_DEFINE_FINAL_TYPE (PgsApplication, pgs_application, ADW_TYPE_APPLICATION)

/* Unlocks the process as soon as it shows that something is hidden. */
static void
unlock_cb (PgsSession *session)
{
  if (!pgs_session_can_unlock (session))
    return;
  g_signal_handlers_disconnect_by_func (session, unlock_cb, NULL);
  pgs_session_unlock (session);
}

static void
follow_options (PgsApplication *self,
                PgsWindow      *window)
{
  PgsSession *session = pgs_window_get_session (window);
  const PgsOptions *options = self->options;

  pgs_session_set_limits (session, &options->limits);
  if (options->mode != NULL)
    pgs_window_set_mode (window, options->mode);
  if (options->has_scale)
    pgs_window_set_scale (window, options->scale);
  if (options->unlock)
    g_signal_connect (session, "refreshed", G_CALLBACK (unlock_cb), NULL);
  if (options->pid != 0)
    pgs_session_attach (session, options->pid);
  else if (options->launch && options->program == NULL)
    pgs_session_launch_prober (session);
  else if (options->launch)
    pgs_session_launch (session, (const char * const *) options->program);
  if (options->other != 0)
    pgs_session_compare (session, options->other);
  if (options->has_address)
    pgs_session_wish_for (session, options->address);
}

static void
pgs_application_activate (GApplication *application)
{
  PgsApplication *self = PGS_APPLICATION (application);
  PgsWindow *window = pgs_window_new (ADW_APPLICATION (application));

  gtk_window_present (GTK_WINDOW (window));
  pgs_frame_log_watch (GTK_WIDGET (window));
  follow_options (self, window);
}

static void
about_cb (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       user_data)
{
  GtkApplication *application = user_data;

  adw_show_about_window (gtk_application_get_active_window (application),
                         "application-name", _("Pagescape"),
                         "application-icon", APPLICATION_ID,
                         "version", PACKAGE_VERSION,
                         "developer-name", _("The Pagescape developers"),
                         "license-type", GTK_LICENSE_GPL_3_0,
                         "comments", _("See every page of a running process."),
                         NULL);
}

static void
quit_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  GtkApplication *application = user_data;
  GtkWindow *window = gtk_application_get_active_window (application);

  if (window != NULL)
    gtk_window_close (window);
}

static void
pgs_application_startup (GApplication *application)
{
  static const GActionEntry entries[] = {
    { .name = "about", .activate = about_cb },
    { .name = "quit", .activate = quit_cb },
  };
  static const char *const quit_keys[] = { "<Control>q", NULL };
  static const char *const close_keys[] = { "<Control>w", NULL };

  G_APPLICATION_CLASS (pgs_application_parent_class)->startup (application);

  g_action_map_add_action_entries (G_ACTION_MAP (application), entries, G_N_ELEMENTS (entries),
                                   application);
  gtk_application_set_accels_for_action (GTK_APPLICATION (application), "app.quit", quit_keys);
  gtk_application_set_accels_for_action (GTK_APPLICATION (application), "window.close", close_keys);
}

static void
pgs_application_class_init (PgsApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->activate = pgs_application_activate;
  application_class->startup = pgs_application_startup;
}

static void
pgs_application_init (PgsApplication *self)
{
}

/**
 * pgs_application_new:
 * @options: (transfer none): what the command line asks for; outlives the
 *   application
 *
 * Returns: (transfer full): the application
 */
PgsApplication *
pgs_application_new (const PgsOptions *options)
{
  PgsApplication *self = g_object_new (PGS_TYPE_APPLICATION,
                                       "application-id", APPLICATION_ID,
                                       "flags", G_APPLICATION_NON_UNIQUE,
                                       "resource-base-path", "/dev/pagescape/Pagescape",
                                       NULL);

  self->options = options;
  return self;
}
