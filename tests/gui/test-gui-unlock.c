/* test-gui-unlock.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An ordinary user sees that physical addresses are hidden, has them shown with one
 * click, and hides them again. Runs in tests/polkit/run-with-polkit, as a user who is
 * allowed to, or as one who is not.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "pgs-gui.h"

#define ALLOWED 61001

static int
start (void **state)
{
  static const char *const launch[] = { "--launch", NULL };
  g_autofree char *helper = g_build_filename (g_getenv ("PGS_POLKIT_FOLDER"), "pagescape-helper",
                                              NULL);

  g_setenv ("PGS_HELPER", helper, TRUE);
  *state = pgs_gui_start (launch);
  pgs_gui_wait_for (*state, "list item", "Physical address");
  return 0;
}

static int
end (void **state)
{
  pgs_gui_end (*state);
  return 0;
}

static void
test_unlock (void **state)
{
  PgsGui *gui = *state;
  g_autofree char *hidden = pgs_gui_read (gui, "list item", "Physical address");
  g_autofree char *frame = NULL;

  assert_string_equal (hidden, "hidden");
  pgs_gui_click (gui, "push button", "Unlock…");
  if (getuid () != ALLOWED)
    {
      pgs_gui_wait_for (gui, "label", "Physical Addresses Stay Hidden");
      pgs_gui_click (gui, "push button", "Close");
      pgs_gui_wait_for (gui, "push button", "Unlock…");
      pgs_gui_wait_until (gui, "list item", "Physical address", "hidden");
      return;
    }
  pgs_gui_wait_until (gui, "list item", "Physical address", "0x");
  pgs_gui_wait_for_no (gui, "push button", "Unlock…");
  frame = pgs_gui_read (gui, "list item", "Page frame number");
  assert_true (g_str_has_prefix (frame, "0x"));
  pgs_gui_key (gui, "F10");
  pgs_gui_wait_for (gui, "menu item", "Hide Physical Addresses Again");
  pgs_gui_key (gui, "y");
  pgs_gui_wait_until (gui, "list item", "Physical address", "hidden");
  pgs_gui_wait_for (gui, "push button", "Unlock…");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (test_unlock, start, end),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
