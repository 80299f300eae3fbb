/* test-gui-window.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window with other processes than prober: attaching, exporting, colors, and
 * what it says where there is nothing to show.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <cairo.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pgs-gui.h"

static int
end (void **state)
{
  if (*state != NULL)
    pgs_gui_end (*state);
  return 0;
}

static int
start_with_prober (void **state)
{
  static const char *const launch[] = { "--launch", NULL };
  PgsGui *gui = pgs_gui_start (launch);

  pgs_gui_wait_for (gui, "list item", "Physical address");
  *state = gui;
  return 0;
}

/* The failed page for a PID. */
static void
check_failure (void       **state,
               const char  *pid,
               const char  *message)
{
  const char *arguments[] = { "--pid", pid, NULL };
  PgsGui *gui = pgs_gui_start (arguments);

  *state = gui;
  pgs_gui_wait_for (gui, "label", message);
  pgs_gui_wait_for (gui, "push button", "Attach to Process…");
}

static void
test_no_such_process (void **state)
{
  check_failure (state, "4194303", "No process with PID 4194303 is running.");
}

static void
test_kernel_thread (void **state)
{
  if (g_access ("/proc/2/comm", R_OK) != 0)
    {
      print_message ("Threads of the kernel cannot be seen here\n");
      skip ();
    }
  check_failure (state, "2", "Process 2 (kthreadd) is a thread of the kernel and has no memory "
                             "of its own. Choose another process.");
}

static void
test_program_that_cannot_be_launched (void **state)
{
  static const char *const arguments[] = { "--launch", "--", "/nonexistent/program", NULL };
  PgsGui *gui = pgs_gui_start (arguments);

  *state = gui;
  pgs_gui_wait_for (gui, "label", "No Picture of This Process");
  pgs_gui_wait_for (gui, "push button", "Launch Again");
}

static void
test_attach (void **state)
{
  static const char *const none[] = { NULL };
  const char *argv[] = { "sleep", "100", NULL };
  g_autoptr(GSubprocess) sleeper = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_NONE, NULL);
  PgsGui *gui = pgs_gui_start (none);
  gint64 deadline = g_get_monotonic_time () + 15 * G_USEC_PER_SEC;
  gboolean attached = FALSE;

  *state = gui;
  pgs_gui_click (gui, "push button", "Attach…");
  pgs_gui_wait_for (gui, NULL, "Attach to Process");
  g_usleep (700000);
  pgs_gui_type (gui, g_subprocess_get_identifier (sleeper));
  g_usleep (500000);
  pgs_gui_key (gui, "Return");
  while (!attached && g_get_monotonic_time () < deadline)
    {
      g_autofree char *title = pgs_gui_read_title (gui);

      attached = strstr (title, "sleep") != NULL;
      g_usleep (50000);
    }
  g_subprocess_force_exit (sleeper);
  if (!attached)
    pgs_gui_dump (gui);
  assert_true (attached);
  pgs_gui_wait_for (gui, "image", "Address Space");
}

static void
check_picture (const char *path)
{
  cairo_surface_t *picture = cairo_image_surface_create_from_png (path);
  const guint32 *pixels = (const guint32 *) (const void *) cairo_image_surface_get_data (picture);
  guint other = 0;

  assert_int_equal (cairo_surface_status (picture), CAIRO_STATUS_SUCCESS);
  assert_int_equal (cairo_image_surface_get_width (picture), 1280);
  assert_int_equal (cairo_image_surface_get_height (picture), 480);
  for (guint i = 0; i < 1280 * 480; i++)
    other += pixels[i] != pixels[0];
  assert_true (other > 1280 * 480 / 4);
  cairo_surface_destroy (picture);
}

static void
test_export (void **state)
{
  PgsGui *gui = *state;
  g_autofree char *folder = g_dir_make_tmp ("pgs-gui-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "map.png", NULL);
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  pgs_gui_click_at (gui, "image", "Address Space", 0.5, 0.05, 1, 1);
  pgs_gui_key (gui, "ctrl+e");
  pgs_gui_wait_for (gui, NULL, "Export");
  g_usleep (700000);
  pgs_gui_key (gui, "Return");
  g_usleep (1500000);
  pgs_gui_key (gui, "ctrl+a");
  pgs_gui_type (gui, path);
  g_usleep (500000);
  pgs_gui_key (gui, "Return");
  while (g_access (path, R_OK) != 0 && g_get_monotonic_time () < deadline)
    g_usleep (50000);
  pgs_gui_wait_for (gui, "label", "“map.png” was exported");
  check_picture (path);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_copy (void **state)
{
  PgsGui *gui = *state;
  g_autofree char *address = pgs_gui_read (gui, "list item", "Virtual address");
  g_autofree char *toast = g_strdup_printf ("Copied %s", address);

  pgs_gui_click_at (gui, "list item", "Virtual address", 0.93, 0.5, 1, 1);
  pgs_gui_wait_for (gui, "label", toast);
}

/* Typing narrows the list, and Escape widens it again. */
static void
test_filter_mappings (void **state)
{
  PgsGui *gui = *state;

  pgs_gui_click_at (gui, "image", "Address Space", 0.5, 0.05, 1, 1);
  pgs_gui_key (gui, "ctrl+f");
  pgs_gui_type (gui, "STACK");
  pgs_gui_wait_until (gui, NULL, "Filter Mappings", "1 of ");
  pgs_gui_wait_for (gui, "label", "[stack]");
  pgs_gui_wait_for_no (gui, "label", "anonymous");
  pgs_gui_type (gui, "zebra");
  pgs_gui_wait_until (gui, NULL, "Filter Mappings", "0 of ");
  pgs_gui_wait_for (gui, "label", "No Mappings Found");
  pgs_gui_key (gui, "Escape");
  pgs_gui_wait_for (gui, "label", "anonymous");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_teardown (test_no_such_process, end),
    cmocka_unit_test_teardown (test_kernel_thread, end),
    cmocka_unit_test_teardown (test_program_that_cannot_be_launched, end),
    cmocka_unit_test_teardown (test_attach, end),
    cmocka_unit_test_setup_teardown (test_export, start_with_prober, end),
    cmocka_unit_test_setup_teardown (test_copy, start_with_prober, end),
    cmocka_unit_test_setup_teardown (test_filter_mappings, start_with_prober, end),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
