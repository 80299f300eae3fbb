/* empty-window.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The least program with a window of libadwaita, a header bar and nothing else, of the
 * size of ours: what its
 * start and its memory are compared with. It stays until it is ended, so that both
 * can be looked at from outside; or, without anybody who does, for a while.
 */

#include "config.h"

#include <adwaita.h>

#define SECONDS_TO_STAY 60

static gboolean
leave_cb (gpointer user_data)
{
  g_application_quit (user_data);
  return G_SOURCE_REMOVE;
}

static void
activate_cb (GtkApplication *application)
{
  GtkWidget *window = adw_application_window_new (application);

  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), box);
  gtk_window_set_default_size (GTK_WINDOW (window), 1360, 860);
  gtk_window_present (GTK_WINDOW (window));
  g_timeout_add_seconds (SECONDS_TO_STAY, leave_cb, application);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(AdwApplication) application =
    adw_application_new ("dev.pagescape.EmptyWindow", G_APPLICATION_NON_UNIQUE);

  g_signal_connect (application, "activate", G_CALLBACK (activate_cb), NULL);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
