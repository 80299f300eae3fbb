/* test-process-list.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests the list of processes, on made-up folders and live.
 */

#include "config.h"

#include "core/pgs-process-list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pgs-fixture.h"
#include "pgs-target.h"

static const PgsProcessInfo *
find (GPtrArray *processes,
      pid_t      pid)
{
  for (guint i = 0; i < processes->len; i++)
    {
      const PgsProcessInfo *info = g_ptr_array_index (processes, i);

      if (info->pid == pid)
        return info;
    }
  return NULL;
}

/* The same for a process that has to be there. */
static const PgsProcessInfo *
get (GPtrArray *processes,
     pid_t      pid)
{
  const PgsProcessInfo *info = find (processes, pid);

  if (info == NULL)
    {
      fail_msg ("Process %d is not listed", (int) pid);
      abort ();
    }
  return info;
}

/* Reads the list of the fixture's folder, which has one row. */
static GPtrArray *
read_only_row (const PgsFixture *fixture)
{
  GPtrArray *processes = pgs_process_list_read (fixture->root, NULL, NULL);

  assert_non_null (processes);
  assert_int_equal (processes->len, 1);
  return processes;
}

static void
test_recorded (void **state)
{
  static const struct
  {
    const char *fixture;
    const char *name;
    const char *command_line;
    int         denied;
  } cases[] = {
    { "prober", "prober", "/usr/libexec/pagescape-record/prober", -1 },
    { "many-mappings", "target", "/usr/libexec/pagescape-record/target many", -1 },
    { "odd-names", "odd) S (?1 2 3", "/usr/libexec/pagescape-record/target names", -1 },
    { "zombie", "target", "", PGS_PROCESS_ERROR_ZOMBIE },
    { "kernel-thread", "kthreadd", "", PGS_PROCESS_ERROR_KERNEL_THREAD },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsFixture) fixture = pgs_fixture_new (cases[i].fixture);
      g_autoptr(GPtrArray) processes = read_only_row (fixture);
      const PgsProcessInfo *info = g_ptr_array_index (processes, 0);
      g_autofree char *statm = NULL;
      gsize length;
      guint size = 0, resident = 0;

      assert_int_equal (info->pid, fixture->pid);
      assert_string_equal (info->name, cases[i].name);
      assert_string_equal (info->command_line, cases[i].command_line);
      statm = pgs_fixture_read (cases[i].fixture, "statm", &length);
      assert_int_equal (sscanf (statm, "%u %u", &size, &resident), 2);
      assert_int_equal (info->resident, (uint64_t) resident * (uint64_t) sysconf (_SC_PAGESIZE));
      if (cases[i].denied < 0)
        assert_null (info->denied);
      else
        assert_true (g_error_matches (info->denied, PGS_PROCESS_ERROR, cases[i].denied));
    }
}

static void
write_bytes (const PgsFixture *fixture,
             const char       *file,
             const char       *bytes,
             gsize             length)
{
  g_autofree char *path = pgs_fixture_dup_path (fixture, file);

  assert_true (g_file_set_contents (path, bytes, (gssize) length, NULL));
}

static void
test_command_line (void **state)
{
#define CASE(bytes, line) { bytes, sizeof (bytes) - 1, line }
  static const struct
  {
    const char *bytes;
    gsize       length;
    const char *line;
  } cases[] = {
    CASE ("", ""),
    CASE ("\0", ""),
    CASE ("cat\0", "cat"),
    CASE ("cat\0-n\0two words\0", "cat -n two words"),
    CASE ("cat\0\0x\0", "cat  x"),
    CASE ("no end", "no end"),
    CASE ("set\0by\0title\0\0\0\0\0", "set by title"),
    CASE ("tab\there\nline\x1b[0m\x7f\0", "tab?here?line?[0m?"),
    CASE ("latin-\xe9\0", "latin-\xef\xbf\xbd"),
    CASE ("na\xc3\xafve \xc2\x85\0", "na\xc3\xafve ?"),
  };
#undef CASE
  g_autoptr(PgsFixture) fixture = pgs_fixture_new ("zombie");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GPtrArray) processes = NULL;
      const PgsProcessInfo *info;

      write_bytes (fixture, "cmdline", cases[i].bytes, cases[i].length);
      processes = read_only_row (fixture);
      info = g_ptr_array_index (processes, 0);
      assert_string_equal (info->command_line, cases[i].line);
    }
}

static void
test_long_command_line (void **state)
{
  g_autoptr(PgsFixture) fixture = pgs_fixture_new ("zombie");
  g_autofree char *line = g_strnfill (1 << 20, 'x');
  g_autoptr(GPtrArray) processes = NULL;
  const PgsProcessInfo *info;

  write_bytes (fixture, "cmdline", line, 1 << 20);
  processes = read_only_row (fixture);
  info = g_ptr_array_index (processes, 0);
  assert_int_equal (strlen (info->command_line), 4095);
}

/* A process that ends while it is read, in any moment, is not listed; and what
 * is no process is passed over. */
static void
test_left_out (void **state)
{
  static const char *const files[] = { "stat", "statm", "comm", "cmdline", "maps" };
  static const char *const others[] = { "self", "12x", "0", "-5", "99999999999", " 7" };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr(PgsFixture) fixture = pgs_fixture_new ("prober");
      g_autofree char *path = pgs_fixture_dup_path (fixture, files[i]);
      g_autoptr(GPtrArray) processes = NULL;

      g_unlink (path);
      processes = pgs_process_list_read (fixture->root, NULL, NULL);
      assert_non_null (processes);
      if (g_str_equal (files[i], "maps"))
        assert_non_null (get (processes, fixture->pid)->denied);
      else
        assert_int_equal (processes->len, 0);
    }
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr(PgsFixture) fixture = pgs_fixture_new ("prober");
      g_autofree char *from = pgs_fixture_dup_path (fixture, NULL);
      g_autofree char *to = g_build_filename (fixture->root, others[i], NULL);
      g_autoptr(GPtrArray) processes = NULL;

      assert_int_equal (g_rename (from, to), 0);
      processes = pgs_process_list_read (fixture->root, NULL, NULL);
      assert_non_null (processes);
      assert_int_equal (processes->len, 0);
    }
}

static void
test_broken_statm (void **state)
{
  static const char *const cases[] = { "", "1", "1 x 3", "1 -2 3", "1 18446744073709551615 3" };
  g_autoptr(PgsFixture) fixture = pgs_fixture_new ("prober");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GPtrArray) processes = NULL;

      pgs_fixture_write (fixture, "statm", cases[i]);
      processes = pgs_process_list_read (fixture->root, NULL, NULL);
      assert_int_equal (processes->len, 0);
    }
  pgs_fixture_write (fixture, "statm", "1 9223372036854775807 3");
  {
    g_autoptr(GPtrArray) processes = read_only_row (fixture);
    const PgsProcessInfo *info = g_ptr_array_index (processes, 0);

    assert_true (info->resident == UINT64_MAX);
  }
}

static void
test_errors (void **state)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) missing = NULL;
  g_autoptr(GError) cancelled = NULL;

  assert_null (pgs_process_list_read ("/nowhere", NULL, &missing));
  assert_true (g_error_matches (missing, G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
  assert_non_null (strstr (missing->message, "“/nowhere”"));
  g_cancellable_cancel (cancellable);
  assert_null (pgs_process_list_read (NULL, cancellable, &cancelled));
  assert_true (g_error_matches (cancelled, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

static void
test_live (void **state)
{
  g_autoptr(PgsTarget) target = pgs_target_new (0);
  g_autoptr(GPtrArray) processes = pgs_process_list_read (NULL, NULL, NULL);
  const struct passwd *user = getpwuid (geteuid ());
  const PgsProcessInfo *self;

  assert_non_null (processes);
  for (guint i = 1; i < processes->len; i++)
    assert_true (((PgsProcessInfo *) processes->pdata[i - 1])->pid <
                 ((PgsProcessInfo *) processes->pdata[i])->pid);
  assert_null (get (processes, target->pid)->denied);
  self = get (processes, getpid ());
  assert_null (self->denied);
  assert_true (self->resident > 0);
  assert_non_null (strstr (self->command_line, "test-process-list"));
  if (user != NULL)
    assert_string_equal (self->user, user->pw_name);
}

/* Looks from the side of an ordinary user at processes of root and of its own. */
static char *
check_denied (gpointer user_data)
{
  const pid_t *pids = user_data;
  g_autoptr(GPtrArray) processes = pgs_process_list_read (NULL, NULL, NULL);
  const PgsProcessInfo *of_root = find (processes, pids[0]);
  const PgsProcessInfo *own = find (processes, pids[1]);
  const PgsProcessInfo *closed = find (processes, pids[2]);

  if (of_root == NULL || own == NULL || closed == NULL)
    return g_strdup ("a process is not listed");
  if (!g_error_matches (of_root->denied, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_PERMITTED))
    return g_strdup ("the process of root may be read");
  if (own->denied != NULL)
    return g_strdup (own->denied->message);
  if (!g_error_matches (closed->denied, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_PERMITTED))
    return g_strdup ("the process that is not dumpable may be read");
  return NULL;
}

static void
test_denied (void **state)
{
  g_autoptr(PgsTarget) of_root = NULL;
  g_autoptr(PgsTarget) own = NULL;
  g_autoptr(PgsTarget) closed = NULL;
  g_autofree char *problem = NULL;

  if (geteuid () != 0)
    {
      print_message ("skipped: processes of other users, for only root can change users\n");
      skip ();
    }
  of_root = pgs_target_new (0);
  own = pgs_target_new (PGS_TARGET_AS_NOBODY);
  closed = pgs_target_new (PGS_TARGET_AS_NOBODY | PGS_TARGET_NOT_DUMPABLE);
  problem = pgs_target_run_as_nobody (check_denied,
                                      (pid_t[]) { of_root->pid, own->pid, closed->pid });
  if (problem != NULL)
    fail_msg ("%s", problem);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_recorded),
    cmocka_unit_test (test_command_line),
    cmocka_unit_test (test_long_command_line),
    cmocka_unit_test (test_left_out),
    cmocka_unit_test (test_broken_statm),
    cmocka_unit_test (test_errors),
    cmocka_unit_test (test_live),
    cmocka_unit_test (test_denied),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
