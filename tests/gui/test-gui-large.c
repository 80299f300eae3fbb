/* test-gui-large.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Processes too large to be read at once or to be kept page by page.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pgs-gui.h"

#define PAGE     ((size_t) 4096)
#define RESERVED ((size_t) 20 << 40)
/* More pages than 1 MiB holds the entries of, with holes among them. */
#define PAGES    ((size_t) 160 * 1024)
#define HOLE     16

typedef struct
{
  pid_t    pid;
  char    *memory;   /* of the other process */
  PgsGui  *gui;
} Large;

static char *
map (size_t length)
{
  char *memory = mmap (NULL, length, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

  if (memory == MAP_FAILED)
    _exit (1);
  return memory;
}

/* Is the target: reserves much, touches little of it, and tells where. */
static void
run_target (int    answer,
            size_t reserved,
            size_t pages)
{
  char *memory;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (reserved > 0)
    map (reserved)[reserved / 2] = 1;
  memory = map (pages * PAGE);
  madvise (memory, pages * PAGE, MADV_NOHUGEPAGE);
  for (size_t i = 0; i < pages; i++)
    if (i % HOLE != 0)
      memory[i * PAGE] = 1;
  if (write (answer, &memory, sizeof memory) != sizeof memory)
    _exit (1);
  for (;;)
    pause ();
}

static Large *
start_target (size_t reserved,
              size_t pages)
{
  Large *self = g_new0 (Large, 1);
  int answer[2];

  assert_int_equal (pipe (answer), 0);
  self->pid = fork ();
  assert_true (self->pid >= 0);
  if (self->pid == 0)
    run_target (answer[1], reserved, pages);
  close (answer[1]);
  if (read (answer[0], &self->memory, sizeof self->memory) != sizeof self->memory)
    self->memory = NULL;
  close (answer[0]);
  return self;
}

static int
end (void **state)
{
  Large *self = *state;

  if (self == NULL)
    return 0;
  if (self->gui != NULL)
    pgs_gui_end (self->gui);
  kill (self->pid, SIGKILL);
  waitpid (self->pid, NULL, 0);
  g_free (self);
  return 0;
}

/* Where there is no PAGEMAP_SCAN, 20 TiB take long to read: the window shows what there
 * is, and can be told to stop. */
static void
test_reading_is_stopped (void **state)
{
  Large *self = start_target (RESERVED, HOLE);
  g_autofree char *pid = g_strdup_printf ("%d", (int) self->pid);
  const char *arguments[] = { "--no-scan", "--pid", pid, NULL };

  *state = self;
  if (self->memory == NULL)
    {
      print_message ("20 TiB of address space cannot be had here\n");
      skip ();
    }
  self->gui = pgs_gui_start (arguments);
  pgs_gui_wait_for (self->gui, "progress bar", "Reading pages");
  pgs_gui_wait_for (self->gui, "image", "Address Space");
  pgs_gui_click (self->gui, "push button", "Stop");
  pgs_gui_wait_for_no (self->gui, "push button", "Stop");
  pgs_gui_wait_for (self->gui, "push button", "Go On");
  /* What was read stays, and another process can be opened. */
  pgs_gui_wait_for (self->gui, "image", "Address Space");
  pgs_gui_click (self->gui, "push button", "Launch Prober");
  pgs_gui_wait_for (self->gui, "list item", "Physical address");
}

/* Another process can be opened while a long reading is under way. */
static void
test_reading_is_left (void **state)
{
  Large *self = start_target (RESERVED, HOLE);
  g_autofree char *pid = g_strdup_printf ("%d", (int) self->pid);
  const char *arguments[] = { "--no-scan", "--pid", pid, NULL };

  *state = self;
  if (self->memory == NULL)
    {
      print_message ("20 TiB of address space cannot be had here\n");
      skip ();
    }
  self->gui = pgs_gui_start (arguments);
  pgs_gui_wait_for (self->gui, "push button", "Stop");
  pgs_gui_click (self->gui, "push button", "Launch Prober");
  pgs_gui_wait_for (self->gui, "list item", "Physical address");
  pgs_gui_wait_for_no (self->gui, "push button", "Stop");
}

static uint64_t
read_pagemap (pid_t       pid,
              const char *address)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/pagemap", (int) pid);
  int fd = open (path, O_RDONLY);
  uint64_t entry = 0;

  assert_true (fd >= 0);
  assert_int_equal (pread (fd, &entry, sizeof entry, (off_t) ((uintptr_t) address / PAGE * 8)),
                    sizeof entry);
  close (fd);
  return entry;
}

/* A page of which only the number was kept is read when it is selected. */
static void
test_page_of_many (void **state)
{
  Large *self = start_target (0, PAGES);
  const char *address = self->memory + (PAGES / 2 + 1) * PAGE + 8;
  g_autofree char *pid = g_strdup_printf ("%d", (int) self->pid);
  g_autofree char *hex = g_strdup_printf ("%" PRIxPTR, (uintptr_t) address);
  const char *arguments[] = { "--detail", "1", "--pid", pid, "--address", hex, NULL };
  g_autofree char *physical = NULL;
  g_autofree char *expected = NULL;
  uint64_t entry;

  *state = self;
  assert_non_null (self->memory);
  self->gui = pgs_gui_start (arguments);
  physical = pgs_gui_read (self->gui, "list item", "Physical address");
  entry = read_pagemap (self->pid, address);
  assert_true (entry >> 63 == 1);
  expected = geteuid () == 0
    ? g_strdup_printf ("0x%" PRIx64, (entry & ((UINT64_C (1) << 55) - 1)) * PAGE + 8)
    : g_strdup ("hidden");
  assert_string_equal (physical, expected);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_teardown (test_reading_is_stopped, end),
    cmocka_unit_test_teardown (test_reading_is_left, end),
    cmocka_unit_test_teardown (test_page_of_many, end),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
