/* test-process.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests taking hold of a process, recorded and live.
 */

#include "config.h"

#include "core/pgs-process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pgs-fixture.h"
#include "pgs-target.h"

static void
assert_error (GError          *error,
              PgsProcessError  code,
              const char      *words)
{
  assert_non_null (error);
  if (error->domain != PGS_PROCESS_ERROR || error->code != (int) code ||
      strstr (error->message, words) == NULL)
    fail_msg ("The error is %s %d, “%s”", g_quark_to_string (error->domain),
              error->code, error->message);
}

/* Opens @file of the process and returns how many bytes it starts with, at most
 * @size. */
static gssize
read_start (PgsProcess  *process,
            const char  *file,
            char        *buffer,
            gsize        size,
            GError     **error)
{
  int fd = pgs_process_open_file (process, file, error);
  gssize n;

  if (fd < 0)
    return -1;
  n = read (fd, buffer, size);
  close (fd);
  return n;
}

static void
test_recorded (void **state)
{
  static const struct
  {
    const char *fixture;
    const char *name;
  } cases[] = {
    { "prober", "prober" },
    { "32-bit", "target-32" },
    { "odd-names", "odd) S (?1 2 3" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsFixture) fixture = pgs_fixture_new (cases[i].fixture);
      g_autoptr(PgsProcess) process = NULL;
      g_autofree char *maps = NULL;
      char start[64];
      gsize length;

      process = pgs_process_open (fixture->root, fixture->pid, NULL);
      assert_non_null (process);
      assert_int_equal (pgs_process_get_pid (process), fixture->pid);
      assert_string_equal (pgs_process_get_name (process), cases[i].name);
      assert_int_equal (pgs_process_get_pid_fd (process), -1);
      assert_true (pgs_process_get_dir_fd (process) >= 0);
      assert_true (pgs_process_check (process, NULL));

      maps = pgs_fixture_read (cases[i].fixture, "maps", &length);
      assert_int_equal (read_start (process, "maps", start, sizeof start, NULL), sizeof start);
      assert_memory_equal (start, maps, sizeof start);
    }
}

static void
test_recorded_without_memory (void **state)
{
  static const struct
  {
    const char      *fixture;
    PgsProcessError  code;
    const char      *words;
  } cases[] = {
    { "zombie", PGS_PROCESS_ERROR_ZOMBIE, "(target) has ended" },
    { "kernel-thread", PGS_PROCESS_ERROR_KERNEL_THREAD, "(kthreadd) is a thread of the kernel" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsFixture) fixture = pgs_fixture_new (cases[i].fixture);
      g_autoptr(GError) error = NULL;

      assert_null (pgs_process_open (fixture->root, fixture->pid, &error));
      assert_error (error, cases[i].code, cases[i].words);
    }
}

/* What stands in stat, and what is made of it: a start time, or an error. */
static void
test_stat (void **state)
{
#define NUMBERS " 1 2 3 4 5 4194304 7 8 9 10 11 12 13 14 15 16 17 18 "
  static const struct
  {
    const char *text;
    const char *name;
    uint64_t    start_time;
    int         code;
  } cases[] = {
    { "1 (a) S" NUMBERS "594840 2 3\n", "a", 594840, -1 },
    { "1 (a) R" NUMBERS "594840", "a", 594840, -1 },
    { "1 () S" NUMBERS "7 8\n", "", 7, -1 },
    { "1 (a b) c) S" NUMBERS "18446744073709551615 8\n", "a b) c", UINT64_MAX, -1 },
    { "1 ((\n) 1 (b)) S" NUMBERS "7 8\n", "(?) 1 (b)", 7, -1 },
    { "1 (\xff\xe9) S" NUMBERS "7 8\n", "\xef\xbf\xbd\xef\xbf\xbd", 7, -1 },
    { "1 (a) Z" NUMBERS "7 8\n", NULL, 0, PGS_PROCESS_ERROR_ZOMBIE },
    { "1 (a) X" NUMBERS "7 8\n", NULL, 0, PGS_PROCESS_ERROR_ZOMBIE },
    { "1 (a) D 1 2 3 4 5 4194308 7 8 9 10 11 12 13 14 15 16 17 18 7 8\n", NULL, 0,
      PGS_PROCESS_ERROR_ZOMBIE },
    { "1 (a) I 1 2 3 4 5 69238880 7 8 9 10 11 12 13 14 15 16 17 18 7 8\n", NULL, 0,
      PGS_PROCESS_ERROR_KERNEL_THREAD },
    { "", NULL, 0, PGS_PROCESS_ERROR_UNREADABLE },
    { "1", NULL, 0, PGS_PROCESS_ERROR_UNREADABLE },
    { "1 (a", NULL, 0, PGS_PROCESS_ERROR_UNREADABLE },
    { ") S (", NULL, 0, PGS_PROCESS_ERROR_UNREADABLE },
    { "1 (a)", NULL, 0, PGS_PROCESS_ERROR_UNREADABLE },
    { "1 (a) ", NULL, 0, PGS_PROCESS_ERROR_UNREADABLE },
    { "1 (a) S 1 2 3", NULL, 0, PGS_PROCESS_ERROR_UNREADABLE },
    { "1 (a) SS" NUMBERS "7 8\n", NULL, 0, PGS_PROCESS_ERROR_UNREADABLE },
    { "1 (a) S" NUMBERS "-7 8\n", NULL, 0, PGS_PROCESS_ERROR_UNREADABLE },
    { "1 (a) S" NUMBERS "18446744073709551616 8\n", NULL, 0, PGS_PROCESS_ERROR_UNREADABLE },
    { "1 (a) S 1 2 3 4 5 x 7 8 9 10 11 12 13 14 15 16 17 18 7 8\n", NULL, 0,
      PGS_PROCESS_ERROR_UNREADABLE },
  };
#undef NUMBERS
  g_autoptr(PgsFixture) fixture = pgs_fixture_new ("prober");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsProcess) process = NULL;
      g_autoptr(GError) error = NULL;

      pgs_fixture_write (fixture, "stat", cases[i].text);
      process = pgs_process_open (fixture->root, fixture->pid, &error);
      if ((process != NULL) != (cases[i].code < 0))
        fail_msg ("“%s” was taken for something else: %s", cases[i].text,
                  error != NULL ? error->message : "a process");
      if (process == NULL)
        {
          assert_error (error, cases[i].code, "");
          continue;
        }
      assert_string_equal (pgs_process_get_name (process), cases[i].name);
      assert_true (pgs_process_get_start_time (process) == cases[i].start_time);
    }
}

static void
test_not_there (void **state)
{
  g_autoptr(PgsFixture) fixture = pgs_fixture_new ("zombie");
  g_autoptr(GError) missing = NULL;
  g_autoptr(GError) negative = NULL;
  g_autoptr(GError) no_root = NULL;

  assert_null (pgs_process_open (fixture->root, 4711, &missing));
  assert_error (missing, PGS_PROCESS_ERROR_NOT_FOUND, "No process with PID 4711 is running.");
  assert_null (pgs_process_open (NULL, -1, &negative));
  assert_error (negative, PGS_PROCESS_ERROR_NOT_FOUND, "No process with PID -1 is running.");
  assert_null (pgs_process_open ("/nowhere", 1, &no_root));
  assert_error (no_root, PGS_PROCESS_ERROR_NOT_FOUND, "");
}

/* What becomes of a process after it was opened. */
static void
test_check (void **state)
{
  static const struct
  {
    const char      *stat;
    PgsProcessError  code;
    const char      *words;
  } cases[] = {
    { "1 (a) S 1 2 3 4 5 0 7 8 9 10 11 12 13 14 15 16 17 18 8 9", PGS_PROCESS_ERROR_REPLACED,
      "PID was given to another" },
    { "1 (a) Z 1 2 3 4 5 0 7 8 9 10 11 12 13 14 15 16 17 18 7 9", PGS_PROCESS_ERROR_ZOMBIE,
      "(a) has ended" },
    { "what", PGS_PROCESS_ERROR_UNREADABLE, "stat" },
    { NULL, PGS_PROCESS_ERROR_NOT_FOUND, "ended." },
  };
  g_autoptr(PgsFixture) fixture = pgs_fixture_new ("prober");
  g_autofree char *path = pgs_fixture_dup_path (fixture, "stat");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsProcess) process = NULL;
      g_autoptr(GError) error = NULL;

      pgs_fixture_write (fixture, "stat",
                         "1 (a) S 1 2 3 4 5 0 7 8 9 10 11 12 13 14 15 16 17 18 7 9");
      process = pgs_process_open (fixture->root, fixture->pid, NULL);
      assert_non_null (process);
      assert_true (pgs_process_check (process, NULL));
      if (cases[i].stat != NULL)
        pgs_fixture_write (fixture, "stat", cases[i].stat);
      else
        g_unlink (path);
      assert_false (pgs_process_check (process, &error));
      assert_error (error, cases[i].code, cases[i].words);
    }
}

/* A folder that stands in for /proc may show any PID, also one that is in use. */
static void
test_no_pid_fd (void **state)
{
  g_autoptr(PgsFixture) fixture = pgs_fixture_new ("prober");
  g_autofree char *from = pgs_fixture_dup_path (fixture, NULL);
  g_autofree char *to = g_strdup_printf ("%s/%d", fixture->root, (int) getpid ());
  g_autoptr(PgsProcess) process = NULL;

  assert_int_equal (g_rename (from, to), 0);
  process = pgs_process_open (fixture->root, getpid (), NULL);
  assert_non_null (process);
  assert_int_equal (pgs_process_get_pid_fd (process), -1);
}

static void
test_missing_file (void **state)
{
  g_autoptr(PgsFixture) fixture = pgs_fixture_new ("prober");
  g_autoptr(PgsProcess) process = pgs_process_open (fixture->root, fixture->pid, NULL);
  g_autoptr(GError) error = NULL;

  assert_int_equal (pgs_process_open_file (process, "nothing", &error), -1);
  assert_error (error, PGS_PROCESS_ERROR_UNREADABLE, "“nothing” of process");
}

static void
test_self (void **state)
{
  g_autoptr(PgsProcess) process = pgs_process_open (NULL, getpid (), NULL);
  g_autoptr(PgsProcess) other = NULL;
  char byte;

  assert_non_null (process);
  other = pgs_process_ref (process);
  assert_ptr_equal (other, process);
  assert_true (pgs_process_get_start_time (process) > 0);
  assert_true (pgs_process_check (process, NULL));
  assert_int_equal (read_start (process, "maps", &byte, 1, NULL), 1);
}

/* A process that is there, then a zombie, then gone. */
static void
test_end (void **state)
{
  g_autoptr(PgsTarget) target = pgs_target_new (0);
  g_autoptr(PgsProcess) process = pgs_process_open (NULL, target->pid, NULL);
  g_autoptr(GError) zombie = NULL;
  g_autoptr(GError) zombie_file = NULL;
  g_autoptr(GError) zombie_open = NULL;
  g_autoptr(GError) gone = NULL;
  g_autoptr(GError) gone_file = NULL;
  siginfo_t info;

  assert_non_null (process);
  assert_true (pgs_process_check (process, NULL));
  kill (target->pid, SIGKILL);
  waitid (P_PID, (id_t) target->pid, &info, WEXITED | WNOWAIT);

  assert_false (pgs_process_check (process, &zombie));
  assert_error (zombie, PGS_PROCESS_ERROR_ZOMBIE, "has ended");
  assert_int_equal (pgs_process_open_file (process, "maps", &zombie_file), -1);
  assert_error (zombie_file, PGS_PROCESS_ERROR_ZOMBIE, "has ended");
  assert_null (pgs_process_open (NULL, target->pid, &zombie_open));
  assert_error (zombie_open, PGS_PROCESS_ERROR_ZOMBIE, "has ended");

  pgs_target_end (target);
  assert_false (pgs_process_check (process, &gone));
  assert_error (gone, PGS_PROCESS_ERROR_NOT_FOUND, "ended");
  assert_int_equal (pgs_process_open_file (process, "maps", &gone_file), -1);
  assert_error (gone_file, PGS_PROCESS_ERROR_NOT_FOUND, "ended");
}

static gboolean
is_readable (int fd)
{
  GPollFD poll = { .fd = fd, .events = G_IO_IN };

  return g_poll (&poll, 1, 0) == 1;
}

static void
test_pid_fd (void **state)
{
  g_autoptr(PgsTarget) target = pgs_target_new (0);
  g_autoptr(PgsProcess) process = pgs_process_open ("/proc", target->pid, NULL);

  if (pgs_process_get_pid_fd (process) < 0)
    {
      print_message ("skipped: this kernel has no pidfd\n");
      return;
    }
  assert_false (is_readable (pgs_process_get_pid_fd (process)));
  pgs_target_end (target);
  assert_true (is_readable (pgs_process_get_pid_fd (process)));
}

/* Waits until the kernel shows the process as a zombie. */
static void
wait_for_zombie (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", (int) pid);

  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *stat = NULL;

      if (g_file_get_contents (path, &stat, NULL, NULL) && strstr (stat, ") Z ") != NULL)
        return;
      g_usleep (10000);
    }
  fail_msg ("The first thread did not end");
}

/* The first thread of a process ends, before it is opened or after, and another
 * one goes on. */
static void
test_first_thread_ended (void **state)
{
  g_autoptr(PgsTarget) target = pgs_target_new (PGS_TARGET_NO_LEADER);
  g_autoptr(PgsProcess) before = pgs_process_open (NULL, target->pid, NULL);
  g_autoptr(PgsProcess) after = NULL;
  uint64_t entry;
  char byte;

  wait_for_zombie (target->pid);
  after = pgs_process_open (NULL, target->pid, NULL);
  assert_non_null (before);
  assert_non_null (after);
  assert_true (pgs_process_check (before, NULL));
  assert_true (pgs_process_check (after, NULL));
  assert_int_equal (read_start (before, "maps", &byte, 1, NULL), 1);
  assert_int_equal (read_start (after, "maps", &byte, 1, NULL), 1);
  assert_int_equal (read_start (after, "pagemap", (char *) &entry, sizeof entry, NULL),
                    sizeof entry);
  pgs_target_end (target);
  assert_false (pgs_process_check (before, NULL));
  assert_false (pgs_process_check (after, NULL));
}

static char *
check_other_user (gpointer user_data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PgsProcess) process = pgs_process_open (NULL, *(pid_t *) user_data, &error);

  if (process == NULL)
    return g_strdup (error->message);
  if (!pgs_process_check (process, &error))
    return g_strdup (error->message);
  if (pgs_process_open_file (process, "maps", &error) >= 0)
    return g_strdup ("maps was opened");
  if (!g_error_matches (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_PERMITTED) ||
      strstr (error->message, "another user, “root”") == NULL)
    return g_strdup (error->message);
  return NULL;
}

static char *
check_not_dumpable (gpointer user_data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PgsProcess) process = pgs_process_open (NULL, *(pid_t *) user_data, &error);

  if (process == NULL)
    return g_strdup (error->message);
  if (pgs_process_open_file (process, "maps", &error) >= 0)
    return g_strdup ("maps was opened");
  if (!g_error_matches (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_PERMITTED) ||
      strstr (error->message, "keeps others out") == NULL)
    return g_strdup (error->message);
  return NULL;
}

static char *
check_own_user (gpointer user_data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PgsProcess) process = pgs_process_open (NULL, *(pid_t *) user_data, &error);
  char byte;

  if (process == NULL || read_start (process, "maps", &byte, 1, &error) != 1)
    return g_strdup (error != NULL ? error->message : "maps is empty");
  return NULL;
}

static void
test_permission (void **state)
{
  static const struct
  {
    PgsTargetFlags flags;
    PgsTargetCheck check;
  } cases[] = {
    { 0, check_other_user },
    { PGS_TARGET_AS_NOBODY | PGS_TARGET_NOT_DUMPABLE, check_not_dumpable },
    { PGS_TARGET_AS_NOBODY, check_own_user },
  };

  if (geteuid () != 0)
    {
      print_message ("skipped: permissions of other users, for only root can change users\n");
      skip ();
    }
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsTarget) target = pgs_target_new (cases[i].flags);
      g_autofree char *problem = pgs_target_run_as_nobody (cases[i].check, &target->pid);

      if (problem != NULL)
        fail_msg ("Case %u: %s", i, problem);
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_recorded),
    cmocka_unit_test (test_recorded_without_memory),
    cmocka_unit_test (test_stat),
    cmocka_unit_test (test_not_there),
    cmocka_unit_test (test_check),
    cmocka_unit_test (test_no_pid_fd),
    cmocka_unit_test (test_missing_file),
    cmocka_unit_test (test_self),
    cmocka_unit_test (test_end),
    cmocka_unit_test (test_pid_fd),
    cmocka_unit_test (test_first_thread_ended),
    cmocka_unit_test (test_permission),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
