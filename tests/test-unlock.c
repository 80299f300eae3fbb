/* test-unlock.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests that a session shows what is hidden once it is unlocked, and loses nothing
 * whatever becomes of that.
 *
 * The session runs without CAP_SYS_ADMIN, so that frames are hidden from it. A program
 * called pkexec, the only one in PATH, plays the real one; where it is to grant the right, it
 * has it as root's child.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "app/pgs-session.h"
#include "app/pgs-unlock.h"
#include "core/pgs-helper-source.h"
#include "pgs-skip.h"
#include "pgs-target.h"

#define PAGE 4096
#define KILLS 100
#define GRANT "[ \"$1\" = --disable-internal-agent ] && shift; PKEXEC_UID=0 exec \"$@\""

typedef struct
{
  char       *folder;
  PgsTarget  *target;
  PgsSession *session;
  guint       n_failures;
  GError     *failure;     /* the latest */
} Fixture;

/* Takes the right to see frames from this thread, or gives it back. */
static void
set_sees_frames (gboolean sees)
{
  struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
  struct __user_cap_data_struct data[2];

  assert_int_equal (syscall (SYS_capget, &header, data), 0);
  if (sees)
    data[0].effective |= 1u << CAP_SYS_ADMIN;
  else
    data[0].effective &= ~(1u << CAP_SYS_ADMIN);
  assert_int_equal (syscall (SYS_capset, &header, data), 0);
}

/* Makes a pkexec that does what a shell script says; none for %NULL. */
static void
set_pkexec (Fixture    *self,
            const char *script)
{
  g_autofree char *path = g_build_filename (self->folder, "pkexec", NULL);
  g_autofree char *text = NULL;

  g_unlink (path);
  if (script == NULL)
    return;
  text = g_strdup_printf ("#!/bin/sh\n%s\n", script);
  assert_true (g_file_set_contents (path, text, -1, NULL));
  assert_int_equal (g_chmod (path, 0755), 0);
}

static void
failed_cb (PgsSession   *session,
           const GError *error,
           Fixture      *self)
{
  self->n_failures++;
  g_clear_error (&self->failure);
  self->failure = g_error_copy (error);
}

static gboolean
time_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Lets the main loop run until the session is as it should be, and fails otherwise. */
#define wait_until(condition) \
  do \
    { \
      gboolean is_late = FALSE; \
      guint timer_id = g_timeout_add_seconds (20, time_cb, &is_late); \
      \
      while (!(condition) && !is_late) \
        g_main_context_iteration (NULL, TRUE); \
      if (is_late) \
        fail_msg ("not in time: %s", #condition); \
      g_source_remove (timer_id); \
    } \
  while (0)

static uint64_t
count_hidden (PgsSession *session)
{
  PgsSnapshot *snapshot = pgs_session_get_snapshot (session);

  return snapshot != NULL ? pgs_snapshot_get_totals (snapshot)->hidden : 0;
}

static int
setup (void **state)
{
  Fixture *self = g_new0 (Fixture, 1);

  *state = self;
  if (geteuid () != 0)
    return 0;
  self->folder = g_dir_make_tmp ("pgs-unlock-XXXXXX", NULL);
  g_setenv ("PATH", self->folder, TRUE);
  set_pkexec (self, GRANT);
  self->target = pgs_target_new (0);
  set_sees_frames (FALSE);
  self->session = pgs_session_new ();
  g_signal_connect (self->session, "unlock-failed", G_CALLBACK (failed_cb), self);
  pgs_session_set_interval (self->session, PGS_SESSION_MIN_INTERVAL);
  pgs_session_attach (self->session, self->target->pid);
  wait_until (pgs_session_get_state (self->session) == PGS_SESSION_RUNNING);
  return 0;
}

static int
teardown (void **state)
{
  Fixture *self = *state;

  if (self->session != NULL)
    {
      pgs_session_close (self->session);
      g_object_unref (self->session);
      while (g_main_context_iteration (NULL, FALSE))
        continue;
      set_pkexec (self, NULL);
      g_rmdir (self->folder);
      pgs_target_free (self->target);
      set_sees_frames (TRUE);
    }
  g_clear_error (&self->failure);
  g_free (self->folder);
  g_free (self);
  return 0;
}

static void
unlock (Fixture *self)
{
  assert_true (pgs_session_can_unlock (self->session));
  pgs_session_unlock (self->session);
  assert_int_equal (pgs_session_get_lock (self->session), PGS_SESSION_UNLOCKING);
  wait_until (pgs_session_get_lock (self->session) != PGS_SESSION_UNLOCKING);
}

/* Whether the frame of the first touched page is what pagemap says. */
static gboolean
shows_frame (Fixture *self)
{
  uint64_t address = self->target->start[PGS_TARGET_TOUCHED];
  g_autofree char *path = g_strdup_printf ("/proc/%d/pagemap", (int) self->target->pid);
  uint64_t entry = 0;
  int fd;

  set_sees_frames (TRUE);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  assert_int_equal (pread (fd, &entry, sizeof entry, (off_t) (address / PAGE * sizeof entry)),
                    sizeof entry);
  close (fd);
  set_sees_frames (FALSE);
  assert_true ((entry & PGS_PAGEMAP_PFN_MASK) != 0);
  return (pgs_snapshot_get_entry (pgs_session_get_snapshot (self->session), address) &
          PGS_PAGEMAP_PFN_MASK) == (entry & PGS_PAGEMAP_PFN_MASK);
}

static void
test_unlock_and_lock (void **state)
{
  Fixture *self = *state;

  pgs_skip_unless_root ();
  assert_true (count_hidden (self->session) > 0);
  assert_false (shows_frame (self));
  unlock (self);
  assert_int_equal (pgs_session_get_lock (self->session), PGS_SESSION_UNLOCKED);
  assert_false (pgs_session_can_unlock (self->session));
  wait_until (count_hidden (self->session) == 0);
  assert_true (shows_frame (self));
  pgs_session_lock (self->session);
  assert_int_equal (pgs_session_get_lock (self->session), PGS_SESSION_LOCKED);
  wait_until (count_hidden (self->session) > 0);
  assert_false (shows_frame (self));
  assert_int_equal (self->n_failures, 0);
}

/* Whoever says no, and however: what was there stays, and goes on. */
static void
test_refused (void **state)
{
  static const struct
  {
    const char *script;
    int         domain;  /* 0 for unlocking, 1 for the helper */
    int         code;
  } cases[] = {
    { NULL, 0, PGS_UNLOCK_ERROR_NO_PKEXEC },
    { "exit 126", 0, PGS_UNLOCK_ERROR_DISMISSED },
    { "echo 'Error executing command as another user: Not authorized' >&2; exit 127", 0,
      PGS_UNLOCK_ERROR_DENIED },
    { "echo 'Error: No authentication agent found.' >&2; exit 127", 0,
      PGS_UNLOCK_ERROR_NO_PKEXEC },
    { "exit 0", 1, PGS_HELPER_ERROR_LOST },
    { "kill -9 $$", 1, PGS_HELPER_ERROR_LOST },
    { "shift; PKEXEC_UID=12345 exec \"$@\"", 1, PGS_HELPER_ERROR_REFUSED },
    { "shift; PKEXEC_UID=0 exec \"$1\" own $$ 1", 1, PGS_HELPER_ERROR_REFUSED },
  };
  Fixture *self = *state;

  pgs_skip_unless_root ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      set_pkexec (self, cases[i].script);
      unlock (self);
      assert_int_equal (pgs_session_get_lock (self->session), PGS_SESSION_LOCKED);
      assert_int_equal (self->n_failures, i + 1);
      assert_true (g_error_matches (self->failure,
                                    cases[i].domain == 0 ? PGS_UNLOCK_ERROR : PGS_HELPER_ERROR,
                                    cases[i].code));
      assert_int_equal (pgs_session_get_state (self->session), PGS_SESSION_RUNNING);
      assert_true (count_hidden (self->session) > 0);
    }
}

/* Returns how many children there are, and sets @pid to one that is a helper, if any. */
static guint
count_children (pid_t *pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/task/%d/children", (int) getpid ());
  g_autofree char *text = NULL;
  g_auto(GStrv) words = NULL;
  guint n = 0;

  *pid = 0;
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  words = g_strsplit (g_strstrip (text), " ", -1);
  for (guint i = 0; words[i] != NULL && words[i][0] != '\0'; i++)
    {
      g_autofree char *comm = g_strdup_printf ("/proc/%s/comm", words[i]);
      g_autofree char *name = NULL;

      n++;
      if (g_file_get_contents (comm, &name, NULL, NULL) && g_str_has_prefix (name, "pagescape-help"))
        *pid = (pid_t) g_ascii_strtoll (words[i], NULL, 10);
    }
  return n;
}

static guint
count_descriptors (void)
{
  DIR *folder = opendir ("/proc/self/fd");
  guint n = 0;

  while (readdir (folder) != NULL)
    n++;
  closedir (folder);
  return n;
}

/* Somebody who does not answer can be told that it is not needed any more. */
static void
test_given_up (void **state)
{
  Fixture *self = *state;
  pid_t pid;

  pgs_skip_unless_root ();
  set_pkexec (self, "exec /bin/sleep 1000");
  pgs_session_unlock (self->session);
  assert_int_equal (pgs_session_get_lock (self->session), PGS_SESSION_UNLOCKING);
  assert_int_equal (count_children (&pid), 2);
  pgs_session_lock (self->session);
  assert_int_equal (pgs_session_get_lock (self->session), PGS_SESSION_LOCKED);
  wait_until (count_children (&pid) == 1);
  assert_int_equal (self->n_failures, 0);
}

/* The helper ends amid readings, again and again. */
static void
test_killed (void **state)
{
  Fixture *self = *state;
  guint n_descriptors = 0;
  pid_t pid;

  pgs_skip_unless_root ();
  for (guint i = 0; i < KILLS; i++)
    {
      unlock (self);
      assert_int_equal (pgs_session_get_lock (self->session), PGS_SESSION_UNLOCKED);
      /* At any moment, before the first reading or after some. */
      for (guint j = 0; j < i % 7; j++)
        g_main_context_iteration (NULL, TRUE);
      count_children (&pid);
      assert_true (pid != 0);
      kill (pid, SIGKILL);
      wait_until (pgs_session_get_lock (self->session) == PGS_SESSION_LOCKED);
      assert_int_equal (self->n_failures, i + 1);
      assert_true (g_error_matches (self->failure, PGS_HELPER_ERROR, PGS_HELPER_ERROR_LOST));
      assert_non_null (pgs_session_get_snapshot (self->session));
      assert_int_equal (pgs_session_get_state (self->session), PGS_SESSION_RUNNING);
      wait_until (count_hidden (self->session) > 0);
      wait_until (count_children (&pid) == 1);
      if (i == 0)
        n_descriptors = count_descriptors ();
    }
  assert_in_range (count_descriptors (), 0, n_descriptors + 2);
}

/* What becomes of the process is told, and not taken for the helper's fault. */
static void
test_process_ends (void **state)
{
  Fixture *self = *state;
  pid_t pid;

  pgs_skip_unless_root ();
  unlock (self);
  wait_until (count_hidden (self->session) == 0);
  pgs_target_end (self->target);
  wait_until (pgs_session_get_state (self->session) == PGS_SESSION_ENDED);
  assert_int_equal (self->n_failures, 0);
  assert_int_equal (count_hidden (self->session), 0);
  pgs_session_close (self->session);
  wait_until (count_children (&pid) == 0);
}

static void
test_process_replaced (void **state)
{
  Fixture *self = *state;

  pgs_skip_unless_root ();
  unlock (self);
  wait_until (count_hidden (self->session) == 0);
  pgs_target_exec (self->target);
  wait_until (pgs_session_get_lock (self->session) == PGS_SESSION_LOCKED);
  assert_int_equal (self->n_failures, 1);
  assert_true (g_error_matches (self->failure, PGS_HELPER_ERROR, PGS_HELPER_ERROR_REPLACED));
  wait_until (count_hidden (self->session) > 0);
  assert_int_equal (pgs_session_get_state (self->session), PGS_SESSION_RUNNING);
}

/* Another process is locked, whatever the one before was. */
static void
test_other_process (void **state)
{
  Fixture *self = *state;
  pid_t pid;

  pgs_skip_unless_root ();
  unlock (self);
  pgs_session_attach (self->session, getpid ());
  assert_int_equal (pgs_session_get_lock (self->session), PGS_SESSION_LOCKED);
  wait_until (count_children (&pid) == 1);
  wait_until (count_hidden (self->session) > 0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (test_unlock_and_lock, setup, teardown),
    cmocka_unit_test_setup_teardown (test_refused, setup, teardown),
    cmocka_unit_test_setup_teardown (test_given_up, setup, teardown),
    cmocka_unit_test_setup_teardown (test_killed, setup, teardown),
    cmocka_unit_test_setup_teardown (test_process_ends, setup, teardown),
    cmocka_unit_test_setup_teardown (test_process_replaced, setup, teardown),
    cmocka_unit_test_setup_teardown (test_other_process, setup, teardown),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
