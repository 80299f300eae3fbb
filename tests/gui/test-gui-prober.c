/* test-gui-prober.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tutorial's journey in the window: launch prober with one click, see the
 * physical address of its memory, look around, end it, launch it again.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pgs-gui.h"

static const char *const no_arguments[] = { NULL };
static const char *const launch[] = { "--launch", NULL };

static int
start_and_launch (void **state)
{
  PgsGui *gui = pgs_gui_start (launch);

  pgs_gui_wait_for (gui, "list item", "Physical address");
  *state = gui;
  return 0;
}

static int
end (void **state)
{
  if (*state != NULL)
    pgs_gui_end (*state);
  return 0;
}

static char *
read_fact (PgsGui     *gui,
           const char *title)
{
  return pgs_gui_read (gui, "list item", title);
}

/* Runs pagemap_reader. Returns what stands behind @key in its output. */
static char *
ask_pagemap_reader (const char *pid,
                    const char *address,
                    const char *key)
{
  const char *argv[] = { g_getenv ("PGS_PAGEMAP_READER"), pid, address, NULL };
  g_autofree char *output = NULL;
  char *found;

  assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output,
                             NULL, NULL, NULL));
  found = strstr (output, key);
  return found != NULL ? g_strndup (found + strlen (key), strcspn (found + strlen (key), "\n"))
                       : g_strdup ("hidden");
}

/* The PID stands in the window's subtitle, a label that begins with it. */
static char *
read_pid (void)
{
  g_autofree char *output = NULL;
  const char *argv[] = { "pgrep", "-n", "-x", "prober", NULL };

  assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                             &output, NULL, NULL, NULL));
  return g_strdup (g_strstrip (output));
}

static void
test_one_click_to_the_physical_address (void **state)
{
  PgsGui *gui = pgs_gui_start (no_arguments);
  g_autofree char *physical = NULL;
  g_autofree char *frame = NULL;
  g_autofree char *address = NULL;
  g_autofree char *pid = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *expected_frame = NULL;

  *state = gui;
  pgs_gui_click (gui, "push button", "Launch Prober");
  physical = read_fact (gui, "Physical address");
  frame = read_fact (gui, "Page frame number");
  address = read_fact (gui, "Virtual address");
  pid = read_pid ();
  expected = ask_pagemap_reader (pid, address, "Physical Address: ");
  expected_frame = ask_pagemap_reader (pid, address, "Page Frame Number (PFN): ");
  assert_string_equal (physical, expected);
  assert_string_equal (frame, expected_frame);
  if (geteuid () == 0)
    assert_true (g_str_has_prefix (physical, "0x"));
}

static guint64
read_page (PgsGui *gui)
{
  g_autofree char *address = read_fact (gui, "Virtual address");

  return g_ascii_strtoull (address, NULL, 16) & ~G_GUINT64_CONSTANT (0xfff);
}

static void
test_keys_step_through_pages (void **state)
{
  PgsGui *gui = *state;
  guint64 first = read_page (gui);

  pgs_gui_click_at (gui, "image", "Address Space", 0.5, 0.05, 1, 1);
  pgs_gui_key (gui, "Home");
  assert_true (read_page (gui) < first);
  first = read_page (gui);
  pgs_gui_key (gui, "Right");
  assert_int_equal (read_page (gui), first + 4096);
  pgs_gui_key (gui, "Left");
  assert_int_equal (read_page (gui), first);
  pgs_gui_key (gui, "Next");
  assert_true (read_page (gui) > first);
  pgs_gui_key (gui, "Prior");
  assert_int_equal (read_page (gui), first);
  pgs_gui_key (gui, "End");
  assert_true (read_page (gui) > first + 4096);
}

/* The wheel brings one page to fill the bar: wherever one clicks, it is that. */
static void
test_wheel_zooms_to_one_page (void **state)
{
  PgsGui *gui = *state;
  guint64 page;

  pgs_gui_key (gui, "0");
  pgs_gui_click_at (gui, "image", "Address Space", 0.3, 0.5, 4, 60);
  pgs_gui_click_at (gui, "image", "Address Space", 0.3, 0.5, 1, 1);
  page = read_page (gui);
  pgs_gui_click_at (gui, "image", "Address Space", 0.31, 0.5, 1, 1);
  assert_int_equal (read_page (gui), page);
  pgs_gui_click_at (gui, "image", "Address Space", 0.3, 0.5, 5, 60);
  pgs_gui_click_at (gui, "image", "Address Space", 0.3, 0.5, 1, 1);
  pgs_gui_click_at (gui, "image", "Address Space", 0.6, 0.5, 1, 1);
  assert_int_not_equal (read_page (gui), page);
}

static void
test_go_to_address (void **state)
{
  PgsGui *gui = *state;
  g_autofree char *address = read_fact (gui, "Virtual address");
  guint64 page = read_page (gui);

  pgs_gui_click_at (gui, "image", "Address Space", 0.5, 0.05, 1, 1);
  pgs_gui_key (gui, "End");
  assert_int_not_equal (read_page (gui), page);
  pgs_gui_key (gui, "ctrl+l");
  pgs_gui_wait_for (gui, NULL, "Go to Address");
  g_usleep (300000);
  pgs_gui_type (gui, address);
  pgs_gui_key (gui, "Return");
  pgs_gui_wait_until (gui, "list item", "Virtual address", address);
  assert_int_equal (read_page (gui), page);
}

static void
test_pause (void **state)
{
  PgsGui *gui = *state;

  pgs_gui_wait_for (gui, "push button", "Pause");
  pgs_gui_click_at (gui, "image", "Address Space", 0.5, 0.05, 1, 1);
  pgs_gui_key (gui, "space");
  pgs_gui_wait_for (gui, "push button", "Go On");
  pgs_gui_click (gui, "push button", "Go On");
  pgs_gui_wait_for (gui, "push button", "Pause");
}

static void
test_end_and_launch_again (void **state)
{
  PgsGui *gui = *state;
  g_autofree char *pid = read_pid ();
  g_autofree char *address = read_fact (gui, "Virtual address");
  g_autofree char *kept = NULL;
  g_autofree char *again = NULL;

  pgs_gui_click (gui, "push button", "Enter");
  pgs_gui_wait_for (gui, "label",
                    "The program ended with exit status 0. This is its last picture.");
  kept = read_fact (gui, "Virtual address");
  assert_string_equal (kept, address);
  pgs_gui_click (gui, "push button", "Launch Again");
  pgs_gui_wait_for_no (gui, "push button", "Launch Again");
  pgs_gui_wait_for (gui, "list item", "Physical address");
  again = read_pid ();
  assert_string_not_equal (again, pid);
}

static void
test_list_and_bar_select_each_other (void **state)
{
  PgsGui *gui = *state;

  pgs_gui_click (gui, "label", "anonymous");
  pgs_gui_wait_until (gui, "image", "Address Space", "anonymous");
  pgs_gui_wait_until (gui, "list item", "Mapping", "anonymous");
}

static void
test_narrow_window (void **state)
{
  static const char *const controls[][2] = {
    { "push button", "Open a Process" },
    { "push button", "Pause" },
    { "push button", "Go to Address" },
    { "push button", "Export" },
    { "push button", "Main Menu" },
    { "push button", "Enter" },
    { "entry", "Filter Mappings" },
    { "image", "Overview of the Whole Address Space" },
    { "image", "Address Space" },
  };
  PgsGui *gui = *state;

  pgs_gui_resize (gui, 400, 800);
  for (guint i = 0; i < G_N_ELEMENTS (controls); i++)
    if (!pgs_gui_is_within (gui, controls[i][0], controls[i][1], 400))
      fail_msg ("%s is outside", controls[i][1]);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_teardown (test_one_click_to_the_physical_address, end),
    cmocka_unit_test_setup_teardown (test_keys_step_through_pages, start_and_launch, end),
    cmocka_unit_test_setup_teardown (test_wheel_zooms_to_one_page, start_and_launch, end),
    cmocka_unit_test_setup_teardown (test_go_to_address, start_and_launch, end),
    cmocka_unit_test_setup_teardown (test_pause, start_and_launch, end),
    cmocka_unit_test_setup_teardown (test_end_and_launch_again, start_and_launch, end),
    cmocka_unit_test_setup_teardown (test_list_and_bar_select_each_other, start_and_launch, end),
    cmocka_unit_test_setup_teardown (test_narrow_window, start_and_launch, end),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
