/* main.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The program: a window, or without a display a file.
 */

#include "config.h"

#include <glib/gi18n.h>
#include <gtk/gtk.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>

#include "pgs-application.h"
#include "pgs-headless.h"
#include "pgs-options.h"

#define EXIT_USAGE      2
#define EXIT_NO_DISPLAY 3

static void
set_up_translations (void)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, PGS_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

static int
run_window (const PgsOptions *options,
            char             *program)
{
  g_autoptr(PgsApplication) application = NULL;
  char *argv[] = { program, NULL };

  if (!gtk_init_check ())
    {
      g_printerr (_("pagescape: No display can be opened. To write a file instead, "
                    "use --export FILE.\n"));
      return EXIT_NO_DISPLAY;
    }
  application = pgs_application_new (options);
  return g_application_run (G_APPLICATION (application), 1, argv);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PgsOptions) options = NULL;

  set_up_translations ();
  /* A launched program that stops reading is told by its end, not by a signal. */
  signal (SIGPIPE, SIG_IGN);

  options = pgs_options_parse (argc, (const char * const *) argv, &error);
  if (options == NULL)
    {
      g_printerr ("pagescape: %s\n", error->message);
      return EXIT_USAGE;
    }
  if (options->help)
    {
      g_autofree char *help = pgs_options_dup_help ();

      g_print ("%s", help);
      return EXIT_SUCCESS;
    }
  if (options->version)
    {
      g_print ("pagescape %s\n", PACKAGE_VERSION);
      return EXIT_SUCCESS;
    }
  if (options->export_path != NULL)
    return pgs_headless_run (options);
  return run_window (options, argv[0]);
}
