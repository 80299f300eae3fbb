/* test-pagemap-reader.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs pagemap_reader as a person would: its command line, its help, and what it
 * must refuse. As root it runs as an ordinary user, too.
 *
 * The environment variable PGS_PAGEMAP_READER gives its path.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pgs-raw-proc.h"
#include "pgs-reader.h"
#include "pgs-skip.h"
#include "pgs-target.h"

/* Made once for all cases. */
static PgsProgram *reader;

static void
test_usage (void **state)
{
  static const struct
  {
    const char *pid;
    const char *address;
    const char *words;
  } cases[] = {
    { NULL, NULL, "two arguments" },
    { "1", NULL, "two arguments" },
    { "", "1000", "process ID" },
    { "0", "1000", "process ID" },
    { "-1", "1000", "process ID" },
    { "+1", "1000", "process ID" },
    { " 1", "1000", "process ID" },
    { "12x", "1000", "process ID" },
    { "0x1", "1000", "process ID" },
    { "self", "1000", "process ID" },
    { "2147483648", "1000", "process ID" },
    { "4294967297", "1000", "process ID" },
    { "99999999999999999999", "1000", "process ID" },
    { "1", "", "address" },
    { "1", "0x", "address" },
    { "1", "xyz", "address" },
    { "1", "0x12g", "address" },
    { "1", " 12", "address" },
    { "1", "+12", "address" },
    { "1", "10000000000000000", "address" },
    { "1", "0x0x12", "address" },
    { "1", "-", "range" },
    { "1", "-12", "range" },
    { "1", "12-", "range" },
    { "1", "1000-1000", "range" },
    { "1", "2000-1000", "range" },
    { "1", "1-2-3", "range" },
    { "1", "1--3", "range" },
    { "1", "1000-10000000000000000", "range" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GPtrArray) argv = pgs_program_new_command (reader->path, FALSE);
      g_auto(PgsRun) result = { 0 };

      if (cases[i].pid != NULL)
        g_ptr_array_add (argv, g_strdup (cases[i].pid));
      if (cases[i].address != NULL)
        g_ptr_array_add (argv, g_strdup (cases[i].address));
      result = pgs_program_run (argv);
      pgs_reader_assert_refused (&result, PGS_READER_USAGE, cases[i].words);
    }
}

static void
test_too_many_arguments (void **state)
{
  g_auto(PgsRun) result = pgs_program_run_shell ("%s 1 1000 2000", reader->path);

  pgs_reader_assert_refused (&result, PGS_READER_USAGE, "two arguments");
}

static void
test_help (void **state)
{
  g_auto(PgsRun) result = pgs_program_run_shell ("%s --help", reader->path);

  assert_int_equal (result.status, 0);
  assert_true (g_str_has_prefix (result.out, "Usage: pagemap_reader PID ADDR\n"));
  assert_string_equal (result.err, "");
}

static void
test_no_such_process (void **state)
{
  g_autoptr(PgsTarget) target = pgs_target_new (0);
  uint64_t address = target->start[PGS_TARGET_TOUCHED];
  pid_t pid = target->pid;
  g_auto(PgsRun) result = { 0 };

  pgs_target_end (target);
  result = pgs_reader_run (reader, FALSE, pid, "%" PRIx64, address);
  pgs_reader_assert_refused (&result, PGS_READER_NOT_FOUND, "no process");
}

/* The name of the zombie looks like the rest of the line that tells its state. */
static void
test_zombie (void **state)
{
  g_auto(PgsRun) result = { 0 };
  siginfo_t info;
  pid_t pid = fork ();

  if (pid == 0)
    {
      prctl (PR_SET_NAME, "a) R 1 1 1 ))");
      _exit (EXIT_SUCCESS);
    }
  assert_int_equal (waitid (P_PID, pid, &info, WEXITED | WNOWAIT), 0);
  result = pgs_reader_run (reader, FALSE, pid, "1000");
  waitpid (pid, NULL, 0);
  pgs_reader_assert_refused (&result, PGS_READER_NOT_FOUND, "zombie");
}

static void
test_kernel_thread (void **state)
{
  g_autofree char *stat = NULL;

  g_file_get_contents ("/proc/2/stat", &stat, NULL, NULL);
  if (stat == NULL || strstr (stat, "(kthreadd)") == NULL)
    pgs_skip_because ("kernel threads cannot be seen here");

  for (int as_nobody = 0; as_nobody <= (geteuid () == 0); as_nobody++)
    {
      g_auto(PgsRun) one = pgs_reader_run (reader, as_nobody, 2, "1000");
      g_auto(PgsRun) many = pgs_reader_run (reader, as_nobody, 2, "1000-5000");

      pgs_reader_assert_refused (&one, PGS_READER_NOT_FOUND, "kernel thread");
      pgs_reader_assert_refused (&many, PGS_READER_NOT_FOUND, "kernel thread");
    }
}

static void
test_process_of_another (void **state)
{
  g_auto(PgsRun) one = { 0 };
  g_auto(PgsRun) many = { 0 };

  pgs_skip_unless_root ();
  one = pgs_reader_run (reader, TRUE, getpid (), "1000");
  many = pgs_reader_run (reader, TRUE, getpid (), "1000-5000");
  pgs_reader_assert_refused (&one, PGS_READER_HIDDEN, "not permitted");
  pgs_reader_assert_refused (&many, PGS_READER_HIDDEN, "not permitted");
}

/* A /proc that shows to everybody their own processes only. */
static void
test_process_hidden_by_proc (void **state)
{
  g_auto(PgsRun) result = { 0 };

  pgs_skip_unless_root ();
  result = pgs_program_run_shell (
    "exec unshare --mount sh -c '"
    "mount -t proc -o hidepid=2 proc /proc || exit 99;"
    "exec setpriv --reuid=%d --regid=%d --clear-groups %s %d 1000'",
    PGS_TARGET_NOBODY, PGS_TARGET_NOBODY, reader->path, getpid ());
  if (result.status == 99 || strstr (result.err, "unshare:") != NULL)
    {
      pgs_run_clear (&result);
      pgs_skip_because ("no /proc can be mounted here");
    }
  pgs_reader_assert_refused (&result, PGS_READER_HIDDEN, "/proc does not show process");
}

static void
test_unmapped (void **state)
{
  g_autoptr(PgsTarget) target = pgs_target_new (0);
  uint64_t start = pgs_raw_find_first_mapping (target->pid);
  const uint64_t addresses[] = { 0, start - 1, UINT64_MAX };

  for (size_t i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_auto(PgsRun) result = pgs_reader_run (reader, FALSE, target->pid, "%" PRIx64,
                                              addresses[i]);

      pgs_reader_assert_refused (&result, PGS_READER_NOT_FOUND, "not mapped");
    }
}

static void
test_vsyscall (void **state)
{
  g_autoptr(GArray) mappings = pgs_raw_read_mappings (getpid ());
  g_auto(PgsRun) one = { 0 };
  g_auto(PgsRun) many = { 0 };

  if (!pgs_raw_mappings_contain (mappings, UINT64_C (0xffffffffff600000)))
    {
      g_clear_pointer (&mappings, g_array_unref);
      pgs_skip_because ("this machine has no [vsyscall]");
    }

  one = pgs_reader_run (reader, FALSE, getpid (), "ffffffffff600123");
  many = pgs_reader_run (reader, FALSE, getpid (), "ffffffffff5fffff-ffffffffff601001");
  pgs_reader_assert_refused (&one, PGS_READER_NO_FRAME, "outside the page table");
  pgs_reader_assert_failed (&many, PGS_READER_NO_FRAME, "no page");
  assert_string_equal (many.out, "0xffffffffff5ff000 not mapped\n"
                                 "0xffffffffff600000 outside the page table\n"
                                 "0xffffffffff601000 not mapped\n");
}

static int
set_up (void **state)
{
  reader = pgs_program_new ("PGS_PAGEMAP_READER");

  return reader != NULL ? 0 : -1;
}

static int
tear_down (void **state)
{
  g_clear_pointer (&reader, pgs_program_free);

  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_usage),
    cmocka_unit_test (test_too_many_arguments),
    cmocka_unit_test (test_help),
    cmocka_unit_test (test_no_such_process),
    cmocka_unit_test (test_zombie),
    cmocka_unit_test (test_kernel_thread),
    cmocka_unit_test (test_process_of_another),
    cmocka_unit_test (test_process_hidden_by_proc),
    cmocka_unit_test (test_unmapped),
    cmocka_unit_test (test_vsyscall),
  };

  return cmocka_run_group_tests_name ("pagemap_reader", tests, set_up, tear_down);
}
