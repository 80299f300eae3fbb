/* test-polkit.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests the way to the helper that a person goes: pkexec and polkit, with the policy that
 * is installed. Runs in tests/polkit/run-with-polkit, which has the users.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <fcntl.h>
#include <glib.h>
#include <grp.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/pgs-helper-source.h"
#include "core/pgs-pagemap-entry.h"
#include "core/pgs-process.h"
#include "helper/pgs-helper-protocol.h"

#define PAGE    4096
#define N_PAGES 64
#define ALLOWED 61001
#define OTHER   61002

/* What pkexec exits with where nobody was authorized: see pkexec(1). */
#define NOT_AUTHORIZED 127

/* A process of a user, with pages that it wrote. */
typedef struct
{
  pid_t    pid;
  uint64_t start;
} Target;

static void
become (uid_t user)
{
  if (setgroups (0, NULL) != 0 || setgid (user) != 0 || setuid (user) != 0)
    _exit (126);
  prctl (PR_SET_DUMPABLE, 1);
}

static Target
start_target (uid_t user)
{
  Target self;
  char *memory = mmap (NULL, N_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                       -1, 0);

  assert_ptr_not_equal (memory, MAP_FAILED);
  self.start = (uintptr_t) memory;
  self.pid = fork ();
  if (self.pid == 0)
    {
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      memset (memory, 1, N_PAGES * PAGE);
      become (user);
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      for (;;)
        pause ();
    }
  g_usleep (100 * 1000);
  munmap (memory, N_PAGES * PAGE);
  return self;
}

static void
end_target (const Target *self)
{
  kill (self->pid, SIGKILL);
  waitpid (self->pid, NULL, 0);
}

/* Runs a program of the test's folder through pkexec as a user, our end of the socket
 * that is its standard input goes into @fd. */
static pid_t
run_pkexec (uid_t         user,
            const char   *program,
            const char   *scope,
            const Target *target,
            int          *fd)
{
  g_autoptr(PgsProcess) process = pgs_process_open (NULL, target->pid, NULL);
  g_autofree char *path = g_path_is_absolute (program)
                        ? g_strdup (program)
                        : g_build_filename (g_getenv ("PGS_POLKIT_FOLDER"), program, NULL);
  g_autofree char *pid_text = g_strdup_printf ("%d", (int) target->pid);
  g_autofree char *start_time = g_strdup_printf ("%" PRIu64,
                                                 pgs_process_get_start_time (process));
  const char *argv[] = { "pkexec", "--disable-internal-agent", path, scope, pid_text, start_time,
                         NULL };
  int fds[2];
  pid_t pid;

  assert_int_equal (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
  pid = fork ();
  if (pid == 0)
    {
      int null = open ("/dev/null", O_WRONLY);

      dup2 (fds[1], STDIN_FILENO);
      dup2 (null, STDERR_FILENO);
      become (user);
      g_unsetenv ("SHELL");
      execvp (argv[0], (char **) argv);
      _exit (125);
    }
  close (fds[1]);
  *fd = fds[0];
  return pid;
}

static uint64_t
read_entry (const Target *target,
            guint         page)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/pagemap", (int) target->pid);
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  uint64_t entry = 0;

  assert_int_equal (pread (fd, &entry, sizeof entry,
                           (off_t) ((target->start / PAGE + page) * sizeof entry)), sizeof entry);
  close (fd);
  return entry;
}

/* A user who is allowed gets the frames that root sees. */
static void
test_allowed (void **state)
{
  Target target = start_target (ALLOWED);
  g_autoptr(PgsProcess) process = pgs_process_open (NULL, target.pid, NULL);
  g_autoptr(PgsSource) source = NULL;
  g_autoptr(GError) error = NULL;
  uint64_t entries[N_PAGES];
  int fd, status;
  pid_t pid = run_pkexec (ALLOWED, "pagescape-helper", PGS_HELPER_OWN, &target, &fd);

  source = pgs_helper_source_new (process, fd, &error);
  if (source == NULL)
    fail_msg ("%s", error->message);
  assert_int_equal (pgs_source_read_entries (source, target.start, entries, N_PAGES, &error),
                    N_PAGES);
  for (guint i = 0; i < N_PAGES; i++)
    {
      assert_true ((entries[i] & PGS_PAGEMAP_PFN_MASK) != 0);
      assert_true (entries[i] == read_entry (&target, i));
    }
  g_clear_object (&source);
  assert_int_equal (waitpid (pid, &status, 0), pid);
  assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
  end_target (&target);
}

/* Everything else is refused, by polkit or by the helper. */
static void
test_refused (void **state)
{
  static const struct
  {
    const char *what;
    uid_t       user;
    const char *program;
    const char *scope;
    uid_t       owner;
    int         status;
  } cases[] = {
    { "another user", OTHER, "pagescape-helper", PGS_HELPER_OWN, OTHER, NOT_AUTHORIZED },
    { "another user's process", ALLOWED, "pagescape-helper", PGS_HELPER_OWN, OTHER,
      PGS_HELPER_NOT_OWN },
    { "root's process", ALLOWED, "pagescape-helper", PGS_HELPER_OWN, 0, PGS_HELPER_NOT_OWN },
    { "any process", ALLOWED, "pagescape-helper", PGS_HELPER_ANY, OTHER, NOT_AUTHORIZED },
    { "any process that is their own", ALLOWED, "pagescape-helper", PGS_HELPER_ANY, ALLOWED,
      NOT_AUTHORIZED },
    { "another scope", ALLOWED, "pagescape-helper", "own ", ALLOWED, NOT_AUTHORIZED },
    { "a helper somewhere else", ALLOWED, "other-helper", PGS_HELPER_OWN, ALLOWED,
      NOT_AUTHORIZED },
    { "another program", ALLOWED, "/bin/true", PGS_HELPER_OWN, ALLOWED, NOT_AUTHORIZED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Target target = start_target (cases[i].owner);
      int fd, status;
      pid_t pid = run_pkexec (cases[i].user, cases[i].program, cases[i].scope, &target, &fd);

      assert_int_equal (waitpid (pid, &status, 0), pid);
      if (!WIFEXITED (status) || WEXITSTATUS (status) != cases[i].status)
        fail_msg ("For %s: status 0x%x", cases[i].what, (guint) status);
      close (fd);
      end_target (&target);
    }
}

/* Runs pagescape as a user, to export the pages of a process with what is hidden.
 * Returns its exit status; sets @table to what it wrote. */
static int
export_unlocked (uid_t          user,
                 const Target  *target,
                 char         **table)
{
  g_autofree char *folder = g_dir_make_tmp ("pgs-polkit-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "x.csv", NULL);
  g_autofree char *pid_text = g_strdup_printf ("%d", (int) target->pid);
  g_autofree char *range = g_strdup_printf ("%" PRIx64 "-%" PRIx64, target->start,
                                            target->start + N_PAGES * PAGE);
  g_autofree char *helper = g_build_filename (g_getenv ("PGS_POLKIT_FOLDER"), "pagescape-helper",
                                              NULL);
  const char *argv[] = { g_getenv ("PGS_POLKIT_PAGESCAPE"), "--pid", pid_text, "--unlock",
                         "--range", range, "--export", file, NULL };
  pid_t pid;
  int status;

  assert_int_equal (chown (folder, user, user), 0);
  pid = fork ();
  if (pid == 0)
    {
      int null = open ("/dev/null", O_WRONLY);

      dup2 (null, STDOUT_FILENO);
      dup2 (null, STDERR_FILENO);
      setsid ();
      become (user);
      g_unsetenv ("SHELL");
      g_setenv ("PGS_HELPER", helper, TRUE);
      execv (argv[0], (char **) argv);
      _exit (125);
    }
  assert_int_equal (waitpid (pid, &status, 0), pid);
  *table = NULL;
  g_file_get_contents (file, table, NULL, NULL);
  unlink (file);
  rmdir (folder);
  return WIFEXITED (status) ? WEXITSTATUS (status) : -1;
}

static void
test_command_line (void **state)
{
  Target target = start_target (ALLOWED), others = start_target (OTHER);
  g_autofree char *table = NULL, *none = NULL, *frame = NULL;

  assert_int_equal (export_unlocked (ALLOWED, &target, &table), 0);
  assert_non_null (table);
  assert_null (strstr (table, "hidden"));
  frame = g_strdup_printf (",present,0x%" PRIx64 ",",
                           read_entry (&target, 0) & PGS_PAGEMAP_PFN_MASK);
  assert_non_null (strstr (table, frame));
  assert_non_null (strstr (table, ",frame_flags,mapcount,node\n"));
  assert_null (strstr (table, ",,,\n"));
  assert_int_equal (export_unlocked (OTHER, &others, &none), 1);
  assert_null (none);
  end_target (&target);
  end_target (&others);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_allowed),
    cmocka_unit_test (test_refused),
    cmocka_unit_test (test_command_line),
  };

  if (g_getenv ("PGS_POLKIT_FOLDER") == NULL)
    {
      g_printerr ("This test runs in tests/polkit/run-with-polkit\n");
      return 1;
    }
  return cmocka_run_group_tests (tests, NULL, NULL);
}
