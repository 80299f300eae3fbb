/* test-prober.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs prober as a person would: checks what it prints, its memory, and what
 * makes it end.
 *
 * The environment variable PGS_PROBER gives its path.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pgs-prober.h"
#include "pgs-raw-proc.h"

#define QUIET_MS 200

/* Made once for all cases. */
static PgsProgram *prober_program;

/* Checks that prober wrote to all of its memory. */
static void
assert_written (const PgsProber *prober)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/mem", prober->pid);
  char memory[1024] = "";
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  assert_int_equal (pread (fd, memory, sizeof memory, (off_t) prober->address),
                    sizeof memory);
  close (fd);
  assert_null (memchr (memory, '\0', sizeof memory));
}

static void
test_prober_lines (void **state)
{
  PgsProber prober = pgs_prober_start (prober_program, FALSE);

  assert_int_equal (prober.pid, atoi (g_subprocess_get_identifier (prober.process)));
  assert_true (pgs_raw_entry_is_present (pgs_raw_read_entry (prober.pid, prober.address)));
  assert_written (&prober);
  pgs_prober_close (&prober);
  pgs_prober_assert_ends_well (&prober);
}

static void
test_prober_ends_on_enter (void **state)
{
  PgsProber prober = pgs_prober_start (prober_program, FALSE);

  pgs_prober_send (&prober, "any other key");
  assert_false (pgs_prober_ends_within (&prober, QUIET_MS));
  pgs_prober_send (&prober, "\n");
  pgs_prober_assert_ends_well (&prober);
}

static void
test_prober_ends_on_end_of_input (void **state)
{
  PgsProber prober = pgs_prober_start (prober_program, FALSE);

  assert_false (pgs_prober_ends_within (&prober, QUIET_MS));
  pgs_prober_close (&prober);
  pgs_prober_assert_ends_well (&prober);
}

static int
set_up (void **state)
{
  prober_program = pgs_program_new ("PGS_PROBER");

  return prober_program != NULL ? 0 : -1;
}

static int
tear_down (void **state)
{
  g_clear_pointer (&prober_program, pgs_program_free);

  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_prober_lines),
    cmocka_unit_test (test_prober_ends_on_enter),
    cmocka_unit_test (test_prober_ends_on_end_of_input),
  };

  return cmocka_run_group_tests_name ("prober", tests, set_up, tear_down);
}
