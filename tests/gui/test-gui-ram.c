/* test-gui-ram.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bar of RAM, driven as a person does: the frame that it tells of is the one that
 * pagemap tells, keys walk through all frames of the process in their order, and what else
 * there is to switch on and choose is there.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pgs-gui.h"

#define RAM "Physical Memory"

static const char *const launch[] = { "--launch", NULL };

static int
start_and_launch (void **state)
{
  PgsGui *gui;

  *state = NULL;
  if (geteuid () != 0)
    return 0;
  gui = pgs_gui_start (launch);
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

static PgsGui *
get_gui (void **state)
{
  if (*state == NULL)
    {
      print_message ("Skipped: only root sees frames\n");
      skip ();
    }
  return *state;
}

static guint64
read_number (PgsGui     *gui,
             const char *title)
{
  g_autofree char *text = pgs_gui_read (gui, "list item", title);

  return g_ascii_strtoull (text, NULL, 16);
}

static int
open_pagemap (FILE **maps)
{
  g_autofree char *pid = NULL;
  g_autofree char *maps_path = NULL;
  g_autofree char *pagemap_path = NULL;
  const char *argv[] = { "pgrep", "-n", "-x", "prober", NULL };

  assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                             &pid, NULL, NULL, NULL));
  g_strstrip (pid);
  maps_path = g_strdup_printf ("/proc/%s/maps", pid);
  pagemap_path = g_strdup_printf ("/proc/%s/pagemap", pid);
  *maps = fopen (maps_path, "r");
  assert_non_null (*maps);
  return open (pagemap_path, O_RDONLY | O_CLOEXEC);
}

static int
compare_numbers (gconstpointer a,
                 gconstpointer b)
{
  uint64_t left = *(const uint64_t *) a, right = *(const uint64_t *) b;

  return left < right ? -1 : left > right;
}

/* Returns all frames of the process in order, each once, with plain reads. */
static GArray *
read_frames (void)
{
  GArray *frames = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  char line[4096];
  FILE *maps;
  int fd = open_pagemap (&maps);
  guint kept = 0;

  while (fgets (line, sizeof line, maps) != NULL)
    {
      uint64_t start, stop, entry;

      assert_int_equal (sscanf (line, "%" SCNx64 "-%" SCNx64, &start, &stop), 2);
      for (uint64_t at = start; at < stop && at >> 63 == 0; at += 4096)
        if (pread (fd, &entry, sizeof entry, (off_t) (at / 4096 * 8)) == sizeof entry &&
            entry >> 63 != 0)
          {
            entry &= (UINT64_C (1) << 55) - 1;
            g_array_append_val (frames, entry);
          }
    }
  fclose (maps);
  close (fd);
  g_array_sort (frames, compare_numbers);
  for (guint i = 0; i < frames->len; i++)
    if (i == 0 || g_array_index (frames, uint64_t, i) != g_array_index (frames, uint64_t, kept - 1))
      g_array_index (frames, uint64_t, kept++) = g_array_index (frames, uint64_t, i);
  g_array_set_size (frames, kept);
  return frames;
}

/* What is selected above lies below where pagemap says, and both bars say so. */
static void
test_selected_page_has_its_frame (void **state)
{
  PgsGui *gui = get_gui (state);
  guint64 pfn = read_number (gui, "Page frame number");
  guint64 page = read_number (gui, "Virtual address") & ~G_GUINT64_CONSTANT (0xfff);
  g_autofree char *frame = g_strdup_printf ("frame 0x%" PRIx64, pfn);
  g_autofree char *address = g_strdup_printf ("page 0x%" PRIx64, page);

  assert_true (pfn > 0);
  pgs_gui_wait_until (gui, "image", RAM, frame);
  pgs_gui_wait_until (gui, "image", RAM, address);
  pgs_gui_wait_for (gui, "list item", "Contiguous runs");
  pgs_gui_wait_for (gui, "list item", "Fragmentation");
}

static void
wait_for_frame (PgsGui   *gui,
                uint64_t  pfn)
{
  g_autofree char *number = g_strdup_printf ("0x%" PRIx64, pfn);
  g_autofree char *text = g_strdup_printf ("frame %s", number);

  pgs_gui_wait_until (gui, "image", RAM, text);
  pgs_gui_wait_until (gui, "list item", "Page frame number", number);
}

/* The bar is reached by Tab; its keys walk through the frames of the process. */
static void
test_keys_walk_through_frames (void **state)
{
  PgsGui *gui = get_gui (state);
  g_autoptr(GArray) frames = NULL;

  pgs_gui_click_at (gui, "image", "Address Space", 0.5, 0.05, 1, 1);
  pgs_gui_key (gui, "space");
  pgs_gui_wait_for (gui, "push button", "Go On");
  pgs_gui_key (gui, "F5");
  g_usleep (500000);
  frames = read_frames ();
  assert_true (frames->len > 100);
  pgs_gui_key (gui, "Tab");
  pgs_gui_key (gui, "Home");
  wait_for_frame (gui, g_array_index (frames, uint64_t, 0));
  for (guint i = 1; i < 6; i++)
    {
      pgs_gui_key (gui, "Right");
      wait_for_frame (gui, g_array_index (frames, uint64_t, i));
    }
  pgs_gui_key (gui, "Left");
  wait_for_frame (gui, g_array_index (frames, uint64_t, 4));
  pgs_gui_key (gui, "End");
  wait_for_frame (gui, g_array_index (frames, uint64_t, frames->len - 1));
}

/* The wheel brings one frame to fill the bar of RAM, and a click selects what is there. */
static void
test_wheel_zooms_to_one_frame (void **state)
{
  PgsGui *gui = get_gui (state);
  guint64 pfn = read_number (gui, "Page frame number");

  pgs_gui_click_at (gui, "image", RAM, 0.5, 0.9, 1, 1);
  pgs_gui_key (gui, "Home");
  pgs_gui_key (gui, "End");
  assert_int_not_equal (read_number (gui, "Page frame number"), pfn);
  pfn = read_number (gui, "Page frame number");
  pgs_gui_key (gui, "f");
  pgs_gui_click_at (gui, "image", RAM, 0.5, 0.7, 1, 1);
  assert_int_equal (read_number (gui, "Page frame number"), pfn);
  pgs_gui_key (gui, "0");
}

static void
test_switches (void **state)
{
  PgsGui *gui = get_gui (state);

  pgs_gui_wait_for (gui, "image", RAM);
  pgs_gui_key (gui, "ctrl+shift+m");
  pgs_gui_wait_for (gui, "list", "What RAM Is Used For");
  pgs_gui_wait_for (gui, "label", "Anonymous");
  pgs_gui_key (gui, "ctrl+shift+m");
  pgs_gui_wait_for_no (gui, "list", "What RAM Is Used For");
  pgs_gui_key (gui, "ctrl+m");
  pgs_gui_wait_for_no (gui, "image", RAM);
  pgs_gui_key (gui, "ctrl+m");
  pgs_gui_wait_for (gui, "image", RAM);
}

static void
test_compare (void **state)
{
  PgsGui *gui = get_gui (state);

  pgs_gui_key (gui, "ctrl+k");
  pgs_gui_wait_for (gui, NULL, "Compare With Process");
  pgs_gui_wait_for (gui, "label", "Compare");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (test_selected_page_has_its_frame, start_and_launch, end),
    cmocka_unit_test_setup_teardown (test_keys_walk_through_frames, start_and_launch, end),
    cmocka_unit_test_setup_teardown (test_wheel_zooms_to_one_frame, start_and_launch, end),
    cmocka_unit_test_setup_teardown (test_switches, start_and_launch, end),
    cmocka_unit_test_setup_teardown (test_compare, start_and_launch, end),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
