/* test-helper.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests what the privileged helper does and does not do, as root, which plays pkexec.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/pgs-pagemap-entry.h"
#include "helper/pgs-helper-drop.h"
#include "helper/pgs-helper-protocol.h"
#include "pgs-skip.h"
#include "pgs-target.h"

#define PAGE        4096
#define N_REQUESTS  100000
#define PATIENCE_MS 5000

/* A helper that was started, and our end of its socket. */
typedef struct
{
  pid_t pid;
  int   fd;
} Helper;

static PgsHelperMessage answer;

static Helper
spawn (const char         *variable,
       const char         *user,
       const char * const *arguments)
{
  const char *path = g_getenv (variable);
  const char *argv[8] = { path };
  Helper self;
  int fds[2];

  for (guint i = 0; arguments[i] != NULL; i++)
    argv[i + 1] = arguments[i];
  assert_int_equal (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
  self.fd = fds[0];
  self.pid = fork ();
  if (self.pid == 0)
    {
      int null = open ("/dev/null", O_WRONLY);

      dup2 (fds[1], STDIN_FILENO);
      dup2 (null, STDERR_FILENO);
      if (user != NULL)
        g_setenv ("PKEXEC_UID", user, TRUE);
      else
        g_unsetenv ("PKEXEC_UID");
      execv (path, (char **) argv);
      _exit (127);
    }
  close (fds[1]);
  return self;
}

/* Returns when a process started, of whatever kind it is; 0 where there is none. */
static uint64_t
get_start_time (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", (int) pid);
  g_autofree char *text = NULL;
  g_auto(GStrv) fields = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  /* From the state on, which follows the name. */
  fields = g_strsplit (strrchr (text, ')') + 2, " ", -1);
  return g_ascii_strtoull (fields[19], NULL, 10);
}

static Helper
start_for (const char *variable,
           const char *user,
           const char *scope,
           pid_t       pid)
{
  g_autofree char *target = g_strdup_printf ("%d", (int) pid);
  g_autofree char *start_time = g_strdup_printf ("%" PRIu64, get_start_time (pid));
  const char *const arguments[] = { scope, target, start_time, NULL };

  return spawn (variable, user, arguments);
}

/* Receives an answer in time. Returns its length; 0 where there is none any more. */
static gssize
receive (const Helper *self)
{
  struct pollfd fd = { self->fd, POLLIN, 0 };
  gssize n;

  if (poll (&fd, 1, PATIENCE_MS) != 1)
    fail_msg ("The helper says nothing");
  n = recv (self->fd, &answer, sizeof answer, 0);
  return MAX (n, 0);
}

static PgsHelperStatus
greet (const Helper *self)
{
  assert_int_equal (receive (self), sizeof answer.header);
  assert_int_equal (answer.header.version, PGS_HELPER_VERSION);
  assert_int_equal (answer.header.ask, PGS_HELPER_HELLO);
  return answer.header.status;
}

static void
ask (const Helper *self,
     PgsHelperAsk  what,
     uint64_t      start,
     uint64_t      end,
     uint32_t      n)
{
  const PgsHelperRequest request = { PGS_HELPER_VERSION, what, start, end, n, 0 };

  assert_int_equal (send (self->fd, &request, sizeof request, MSG_NOSIGNAL), sizeof request);
  assert_true (receive (self) >= (gssize) sizeof answer.header);
  assert_int_equal (answer.header.ask, what);
  assert_int_equal (answer.header.status, PGS_HELPER_OK);
}

/* Waits until the helper ends by itself. Returns its exit status. */
static int
wait_for (const Helper *self)
{
  int status = 0;

  for (guint i = 0; i < PATIENCE_MS / 10; i++)
    {
      if (waitpid (self->pid, &status, WNOHANG) == self->pid)
        {
          assert_true (WIFEXITED (status));
          return WEXITSTATUS (status);
        }
      g_usleep (10 * 1000);
    }
  kill (self->pid, SIGKILL);
  waitpid (self->pid, NULL, 0);
  fail_msg ("The helper does not end");
  return -1;
}

static void
finish (const Helper *self)
{
  close (self->fd);
  assert_int_equal (wait_for (self), 0);
}

/* What it tells */

static uint64_t
read_number (const char *path,
             uint64_t    index)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  uint64_t number = 0;

  assert_int_equal (pread (fd, &number, sizeof number, (off_t) (index * sizeof number)),
                    sizeof number);
  close (fd);
  return number;
}

static void
check_frame (const PgsHelperFrame *frame,
             uint64_t              entry)
{
  uint64_t pfn = entry & PGS_PAGEMAP_PFN_MASK;
  uint64_t flags, count;

  if ((entry & PGS_PAGEMAP_PRESENT) == 0)
    {
      assert_true (frame->entry == 0 && frame->flags == 0 && frame->map_count == 0);
      return;
    }
  assert_true (frame->entry == entry);
  flags = read_number ("/proc/kpageflags", pfn);
  count = read_number ("/proc/kpagecount", pfn);
  /* What the kernel does with a page from one moment to the next: referenced, active,
   * and on a list or not. */
  assert_true (((frame->flags ^ flags) & ~UINT64_C (0x74)) == 0);
  assert_true (frame->map_count == count);
  assert_true (frame->node >= 0);
}

static void
test_tells_what_there_is (void **state)
{
  static const PgsTargetArea areas[] = {
    PGS_TARGET_TOUCHED, PGS_TARGET_UNTOUCHED, PGS_TARGET_ZERO, PGS_TARGET_SHARED,
    PGS_TARGET_FILE, PGS_TARGET_HUGE, PGS_TARGET_GUARD,
  };
  g_autoptr(PgsTarget) target = NULL;
  g_autofree char *pagemap = NULL;
  Helper helper;

  pgs_skip_unless_root ();
  target = pgs_target_new (PGS_TARGET_AS_NOBODY);
  pagemap = g_strdup_printf ("/proc/%d/pagemap", (int) target->pid);
  helper = start_for ("PGS_HELPER", "65534", PGS_HELPER_OWN, target->pid);
  assert_int_equal (greet (&helper), PGS_HELPER_OK);
  assert_int_equal (answer.header.end, PAGE);
  for (guint i = 0; i < G_N_ELEMENTS (areas); i++)
    {
      uint64_t start = target->start[areas[i]], end = target->end[areas[i]];
      uint32_t n = (uint32_t) MIN ((end - start) / PAGE, PGS_HELPER_MAX_FRAMES);

      if (start == 0)
        continue;
      ask (&helper, PGS_HELPER_ENTRIES, start, 0, n);
      assert_int_equal (answer.header.n, n);
      for (guint j = 0; j < n; j++)
        assert_true (answer.entries[j] == read_number (pagemap, start / PAGE + j));
      ask (&helper, PGS_HELPER_FRAMES, start, 0, n);
      assert_int_equal (answer.header.n, n);
      for (guint j = 0; j < n; j++)
        check_frame (&answer.frames[j], read_number (pagemap, start / PAGE + j));
    }
  finish (&helper);
}

static void
test_tells_maps (void **state)
{
  g_autoptr(PgsTarget) target = NULL;
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  Helper helper;

  pgs_skip_unless_root ();
  target = pgs_target_new (0);
  path = g_strdup_printf ("/proc/%d/maps", (int) target->pid);
  assert_true (g_file_get_contents (path, &text, NULL, NULL));
  helper = start_for ("PGS_HELPER", "0", PGS_HELPER_OWN, target->pid);
  assert_int_equal (greet (&helper), PGS_HELPER_OK);
  ask (&helper, PGS_HELPER_MAPS, 0, 0, PGS_HELPER_MAX_BYTES);
  assert_int_equal (answer.header.n, strlen (text));
  assert_memory_equal (answer.bytes, text, strlen (text));
  ask (&helper, PGS_HELPER_MAPS, strlen (text), 0, PGS_HELPER_MAX_BYTES);
  assert_int_equal (answer.header.n, 0);
  finish (&helper);
}

/* Pages that the target does not have have no frame to be told of, whatever lies there
 * in another process, this one for instance. */
static void
test_nothing_of_others (void **state)
{
  g_autoptr(PgsTarget) target = NULL;
  char *mine;
  Helper helper;

  pgs_skip_unless_root ();
  target = pgs_target_new (PGS_TARGET_AS_NOBODY);
  /* Made after the fork: the target has nothing there. */
  mine = mmap (NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mine[0] = 1;
  helper = start_for ("PGS_HELPER", "65534", PGS_HELPER_OWN, target->pid);
  assert_int_equal (greet (&helper), PGS_HELPER_OK);
  ask (&helper, PGS_HELPER_FRAMES, (uintptr_t) mine, 0, 1);
  for (guint i = 0; i < answer.header.n; i++)
    check_frame (&answer.frames[i], 0);
  ask (&helper, PGS_HELPER_FRAMES, (UINT64_C (1) << 63) - PAGE, 0, 1);
  for (guint i = 0; i < answer.header.n; i++)
    check_frame (&answer.frames[i], 0);
  finish (&helper);
  munmap (mine, PAGE);
}

/* Whom it serves */

static pid_t
start_zombie (void)
{
  pid_t pid = fork ();
  siginfo_t info;

  if (pid == 0)
    _exit (0);
  assert_int_equal (waitid (P_PID, (id_t) pid, &info, WEXITED | WNOWAIT), 0);
  return pid;
}

static void
assert_refused (const char      *user,
                const char      *scope,
                pid_t            pid,
                PgsHelperStatus  status)
{
  Helper helper = start_for ("PGS_HELPER", user, scope, pid);

  assert_int_equal (greet (&helper), status);
  assert_int_equal (wait_for (&helper), status);
  close (helper.fd);
}

static void
test_refused (void **state)
{
  g_autoptr(PgsTarget) own = NULL, hidden = NULL, others = NULL;
  pid_t zombie;

  pgs_skip_unless_root ();
  own = pgs_target_new (PGS_TARGET_AS_NOBODY);
  hidden = pgs_target_new (PGS_TARGET_AS_NOBODY | PGS_TARGET_NOT_DUMPABLE);
  others = pgs_target_new (0);
  assert_refused ("65534", PGS_HELPER_OWN, others->pid, PGS_HELPER_NOT_OWN);
  assert_refused ("65534", PGS_HELPER_OWN, hidden->pid, PGS_HELPER_NOT_OWN);
  assert_refused ("1", PGS_HELPER_OWN, own->pid, PGS_HELPER_NOT_OWN);
  assert_refused ("65534", PGS_HELPER_OWN, 1, PGS_HELPER_NOT_OWN);
  assert_refused (NULL, PGS_HELPER_ANY, own->pid, PGS_HELPER_NOT_ROOT);
  assert_refused ("", PGS_HELPER_ANY, own->pid, PGS_HELPER_NOT_ROOT);
  assert_refused ("-1", PGS_HELPER_ANY, own->pid, PGS_HELPER_NOT_ROOT);
  assert_refused ("4294967295", PGS_HELPER_ANY, own->pid, PGS_HELPER_NOT_ROOT);
  zombie = start_zombie ();
  assert_refused ("0", PGS_HELPER_ANY, zombie, PGS_HELPER_ZOMBIE);
  waitpid (zombie, NULL, 0);
  assert_refused ("0", PGS_HELPER_ANY, zombie, PGS_HELPER_NOT_FOUND);
}

/* A process of the user's that runs a program with the rights of somebody else. */
static void
test_setuid_is_refused (void **state)
{
  g_autofree char *folder = NULL;
  g_autofree char *program = NULL;
  g_autofree char *content = NULL;
  gsize length;
  pid_t pid;

  pgs_skip_unless_root ();
  folder = g_dir_make_tmp ("pgs-setuid-XXXXXX", NULL);
  program = g_build_filename (folder, "sleep", NULL);
  assert_true (g_file_get_contents ("/bin/sleep", &content, &length, NULL));
  assert_true (g_file_set_contents (program, content, (gssize) length, NULL));
  assert_int_equal (g_chmod (folder, 0755), 0);
  assert_int_equal (g_chmod (program, 04755), 0);
  pid = fork ();
  if (pid == 0)
    {
      if (setuid (PGS_TARGET_NOBODY) == 0)
        execl (program, "sleep", "100", NULL);
      _exit (127);
    }
  g_usleep (200 * 1000);
  assert_refused ("65534", PGS_HELPER_OWN, pid, PGS_HELPER_NOT_OWN);
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  g_unlink (program);
  g_rmdir (folder);
}

/* Starts a child that waits to be killed; with this PID, unless it is 0. Returns its PID,
 * or -1 where the kernel gives no PID of one's choice: set_tid is of Linux 5.5. */
static pid_t
start_with_pid (pid_t pid)
{
  uint64_t set_tid = (uintptr_t) &pid;
  struct clone_args arguments = {
    .exit_signal = SIGCHLD,
    .set_tid = pid != 0 ? set_tid : 0,
    .set_tid_size = pid != 0 ? 1 : 0,
  };
  pid_t child = (pid_t) syscall (SYS_clone3, &arguments, sizeof arguments);

  if (child == 0)
    for (;;)
      pause ();
  return child;
}

/* The PID that was chosen in the window belongs to another process when it is unlocked. */
static void
test_reused_pid_is_refused (void **state)
{
  g_autofree char *start_time = NULL;
  g_autofree char *target = NULL;
  pid_t first, second;
  Helper helper;

  pgs_skip_unless_root ();
  first = start_with_pid (0);
  assert_true (first > 0);
  target = g_strdup_printf ("%d", (int) first);
  start_time = g_strdup_printf ("%" PRIu64, get_start_time (first));
  kill (first, SIGKILL);
  waitpid (first, NULL, 0);
  /* The start time counts in hundredths of a second. */
  g_usleep (50 * 1000);
  second = start_with_pid (first);
  if (second < 0)
    pgs_skip_because ("no PID can be chosen here");
  assert_int_equal (second, first);

  helper = spawn ("PGS_HELPER", "0",
                  (const char *[]) { PGS_HELPER_OWN, target, start_time, NULL });
  assert_int_equal (greet (&helper), PGS_HELPER_REPLACED);
  assert_int_equal (wait_for (&helper), PGS_HELPER_REPLACED);
  close (helper.fd);
  kill (second, SIGKILL);
  waitpid (second, NULL, 0);
}

static void
test_bad_arguments (void **state)
{
  static const struct
  {
    const char      *arguments[5];
    PgsHelperStatus  status;
  } cases[] = {
    { { NULL }, PGS_HELPER_BAD_ARGUMENTS },
    { { "own", "../1", "0" }, PGS_HELPER_BAD_ARGUMENTS },
    { { "own", "-1", "0" }, PGS_HELPER_BAD_ARGUMENTS },
    { { "own", "99999999999", "0" }, PGS_HELPER_BAD_ARGUMENTS },
    { { "own", "", "0" }, PGS_HELPER_BAD_ARGUMENTS },
    { { "own", "one", "0" }, PGS_HELPER_BAD_ARGUMENTS },
    { { "all", "1", "0" }, PGS_HELPER_BAD_ARGUMENTS },
    { { "any", "1", "0", "0" }, PGS_HELPER_BAD_ARGUMENTS },
    /* Another start time: what had this PID is another process. */
    { { "any", "1", "123456789" }, PGS_HELPER_REPLACED },
    { { "any", "2", "123456789" }, PGS_HELPER_REPLACED },
    { { "any", "4194304", "0" }, PGS_HELPER_NOT_FOUND },
  };

  pgs_skip_unless_root ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Helper helper = spawn ("PGS_HELPER", "0", cases[i].arguments);

      assert_int_equal (greet (&helper), cases[i].status);
      assert_int_equal (wait_for (&helper), cases[i].status);
      close (helper.fd);
    }
}

/* Kernel threads are children of kthreadd, which is 2; in a container there are none. */
static void
test_kernel_thread (void **state)
{
  g_autofree char *name = NULL;

  pgs_skip_unless_root ();
  if (!g_file_get_contents ("/proc/2/comm", &name, NULL, NULL) ||
      g_strcmp0 (name, "kthreadd\n") != 0)
    pgs_skip_because ("there are no kernel threads to be seen here");
  assert_refused ("0", PGS_HELPER_ANY, 2, PGS_HELPER_KERNEL_THREAD);
}

/* Standard input has to be such a socket as the window makes. */
static void
test_other_input (void **state)
{
  static const char *const scripts[] = {
    "</dev/null", "<&-", "</dev/zero", "</etc/passwd",
  };

  pgs_skip_unless_root ();
  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      g_autofree char *line = g_strdup_printf ("PKEXEC_UID=0 %s any 1 0 %s 2>/dev/null",
                                               g_getenv ("PGS_HELPER"), scripts[i]);
      int status = system (line);

      assert_true (WIFEXITED (status));
      assert_int_equal (WEXITSTATUS (status), PGS_HELPER_BAD_ARGUMENTS);
    }
}

/* What is left of its rights */

static void
assert_status_says (const char *status,
                    const char *key,
                    const char *value)
{
  g_autofree char *start = g_strdup_printf ("\n%s:", key);
  const char *line = strstr (status, start);
  g_autofree char *said = NULL;

  assert_non_null (line);
  line += strlen (start);
  said = g_strndup (line, strcspn (line, "\n"));
  g_strstrip (said);
  if (!g_str_equal (said, value))
    fail_msg ("%s is “%s”", key, said);
}

static void
test_has_no_rights (void **state)
{
  static const char *const sets[] = { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb" };
  g_autoptr(PgsTarget) target = NULL;
  g_autofree char *path = NULL;
  g_autofree char *status = NULL;
  Helper helper;

  pgs_skip_unless_root ();
  target = pgs_target_new (PGS_TARGET_AS_NOBODY);
  helper = start_for ("PGS_HELPER", "65534", PGS_HELPER_OWN, target->pid);
  assert_int_equal (greet (&helper), PGS_HELPER_OK);
  path = g_strdup_printf ("/proc/%d/status", (int) helper.pid);
  assert_true (g_file_get_contents (path, &status, NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (sets); i++)
    assert_status_says (status, sets[i], "0000000000000000");
  assert_status_says (status, "Uid", "65534\t65534\t65534\t65534");
  assert_status_says (status, "Gid", "65534\t65534\t65534\t65534");
  assert_status_says (status, "Groups", "");
  assert_status_says (status, "NoNewPrivs", "1");
  assert_status_says (status, "Seccomp", "2");
  finish (&helper);
}

/* Tries, as the user it runs as, to get hold of what the helper has. */
static char *
try_to_take_over (gpointer user_data)
{
  pid_t pid = ((Helper *) user_data)->pid;
  g_autofree char *descriptors = g_strdup_printf ("/proc/%d/fd", (int) pid);
  g_autofree char *memory = g_strdup_printf ("/proc/%d/mem", (int) pid);
  g_autofree char *pagemap = g_strdup_printf ("/proc/%d/pagemap", (int) pid);
  int pid_fd = (int) syscall (SYS_pidfd_open, pid, 0);

  if (ptrace (PTRACE_ATTACH, pid, NULL, NULL) == 0 || errno != EPERM)
    return g_strdup_printf ("It can be attached to: %s", g_strerror (errno));
  if (ptrace (PTRACE_SEIZE, pid, NULL, NULL) == 0 || errno != EPERM)
    return g_strdup_printf ("It can be seized: %s", g_strerror (errno));
  if (opendir (descriptors) != NULL || errno != EACCES)
    return g_strdup_printf ("Its descriptors can be listed: %s", g_strerror (errno));
  for (int i = 0; i < 16; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%d", descriptors, i);

      if (open (path, O_RDONLY) >= 0)
        return g_strdup_printf ("Its descriptor %d can be opened", i);
      if (pid_fd >= 0 && syscall (SYS_pidfd_getfd, pid_fd, i, 0) >= 0)
        return g_strdup_printf ("Its descriptor %d can be taken", i);
    }
  if (open (memory, O_RDWR) >= 0 || open (pagemap, O_RDONLY) >= 0)
    return g_strdup ("Its memory can be opened");
  return NULL;
}

static void
test_cannot_be_taken_over (void **state)
{
  g_autoptr(PgsTarget) target = NULL;
  g_autofree char *problem = NULL;
  Helper helper;

  pgs_skip_unless_root ();
  target = pgs_target_new (PGS_TARGET_AS_NOBODY);
  helper = start_for ("PGS_HELPER", "65534", PGS_HELPER_OWN, target->pid);
  assert_int_equal (greet (&helper), PGS_HELPER_OK);
  problem = pgs_target_run_as_nobody (try_to_take_over, &helper);
  if (problem != NULL)
    fail_msg ("%s", problem);
  finish (&helper);
}

static long
try_open (void)
{
  return syscall (SYS_openat, AT_FDCWD, "/proc/self/maps", O_RDONLY);
}

static long
try_socket (void)
{
  return syscall (SYS_socket, AF_UNIX, SOCK_STREAM, 0);
}

static long
try_exec (void)
{
  char *argv[] = { (char *) "true", NULL };

  return syscall (SYS_execve, "/bin/true", argv, NULL);
}

static long
try_fork (void)
{
  return syscall (SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
}

static long
try_kill (void)
{
  return syscall (SYS_kill, 1, 0);
}

static long
try_ptrace (void)
{
  return syscall (SYS_ptrace, PTRACE_SEIZE, 1, NULL, NULL);
}

static long
try_map (void)
{
  return syscall (SYS_mmap, NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static long
try_setuid (void)
{
  return syscall (SYS_setuid, 0);
}

static long
try_write (void)
{
  return syscall (SYS_write, STDERR_FILENO, "", 1);
}

static long
try_send_descriptor (void)
{
  struct msghdr message = { 0 };

  return syscall (SYS_sendmsg, STDIN_FILENO, &message, 0);
}

static long
try_ioctl (void)
{
  return syscall (SYS_ioctl, STDIN_FILENO, 0x5401, NULL);
}

static long
try_poll (void)
{
  return poll (NULL, 0, 0);
}

static void
test_filter (void **state)
{
  static const struct
  {
    const char *what;
    long      (*run) (void);
    gboolean    is_allowed;
  } cases[] = {
    { "open a file", try_open, FALSE }, { "make a socket", try_socket, FALSE },
    { "start a program", try_exec, FALSE }, { "fork", try_fork, FALSE },
    { "send a signal", try_kill, FALSE }, { "trace", try_ptrace, FALSE },
    { "map memory", try_map, FALSE }, { "become root", try_setuid, FALSE },
    { "write", try_write, FALSE }, { "send a descriptor", try_send_descriptor, FALSE },
    { "command a device", try_ioctl, FALSE }, { "wait", try_poll, TRUE },
  };

  pgs_skip_unless_root ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      pid_t pid = fork ();
      int status;

      if (pid == 0)
        {
          if (!pgs_helper_drop (PGS_TARGET_NOBODY))
            syscall (SYS_exit_group, 2);
          syscall (SYS_exit_group, cases[i].run () >= 0 ? 0 : 1);
        }
      waitpid (pid, &status, 0);
      if (cases[i].is_allowed ? !WIFEXITED (status) || WEXITSTATUS (status) != 0
                              : !WIFSIGNALED (status) || WTERMSIG (status) != SIGSYS)
        fail_msg ("To %s: status 0x%x", cases[i].what, (guint) status);
    }
}

/* How long it stays */

static void
test_ends (void **state)
{
  g_autoptr(PgsTarget) target = NULL;
  Helper helper;

  pgs_skip_unless_root ();
  target = pgs_target_new (0);
  helper = start_for ("PGS_HELPER", "0", PGS_HELPER_OWN, target->pid);
  assert_int_equal (greet (&helper), PGS_HELPER_OK);
  finish (&helper);

  helper = start_for ("PGS_HELPER_IMPATIENT", "0", PGS_HELPER_OWN, target->pid);
  assert_int_equal (greet (&helper), PGS_HELPER_OK);
  ask (&helper, PGS_HELPER_MAPS, 0, 0, 1);
  assert_int_equal (wait_for (&helper), 0);
  close (helper.fd);

  helper = start_for ("PGS_HELPER", "0", PGS_HELPER_OWN, target->pid);
  assert_int_equal (greet (&helper), PGS_HELPER_OK);
  pgs_target_end (target);
  assert_int_equal (wait_for (&helper), 0);
  close (helper.fd);
}

static guint64
count_descriptors (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/fd", (int) pid);
  GDir *folder = g_dir_open (path, 0, NULL);
  guint64 n = 0;

  while (g_dir_read_name (folder) != NULL)
    n++;
  g_dir_close (folder);
  return n;
}

static guint64
count_memory (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/statm", (int) pid);
  g_autofree char *text = NULL;

  assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return g_ascii_strtoull (text, NULL, 10);
}

/* Requests of any kind and length. Each is answered or refused, and nothing is left. */
static void
test_any_request (void **state)
{
  g_autoptr(PgsTarget) target = NULL;
  g_autoptr(GRand) random = g_rand_new_with_seed (4711);
  guint64 n_descriptors, n_pages, n_answered = 0;
  Helper helper;

  pgs_skip_unless_root ();
  target = pgs_target_new (PGS_TARGET_AS_NOBODY);
  helper = start_for ("PGS_HELPER", "65534", PGS_HELPER_OWN, target->pid);
  assert_int_equal (greet (&helper), PGS_HELPER_OK);
  n_descriptors = count_descriptors (helper.pid);
  n_pages = count_memory (helper.pid);
  for (guint i = 0; i < N_REQUESTS; i++)
    {
      guint8 message[sizeof (PgsHelperStretches) + 64] = { 0 };
      PgsHelperRequest request = {
        PGS_HELPER_VERSION, (uint32_t) g_rand_int_range (random, 0, PGS_HELPER_N_ASKS + 1),
        target->start[g_rand_int_range (random, 0, PGS_TARGET_N_AREAS)], 0,
        (uint32_t) g_rand_int_range (random, 0, 3000), 0,
      };
      gsize length = sizeof request;

      if (request.ask == PGS_HELPER_SCAN)
        request.end = request.start + (uint64_t) g_rand_int_range (random, 0, 100) * PAGE;
      memcpy (message, &request, sizeof request);
      for (int n = g_rand_int_range (random, 0, 3); n > 0; n--)
        message[g_rand_int_range (random, 0, sizeof request)] ^= (guint8) g_rand_int (random);
      if (i % 5 == 0)
        length = (gsize) g_rand_int_range (random, 1, sizeof message);
      assert_int_equal (send (helper.fd, message, length, MSG_NOSIGNAL), length);
      assert_true (receive (&helper) >= (gssize) sizeof answer.header);
      n_answered += answer.header.status == PGS_HELPER_OK;
    }
  assert_true (n_answered > N_REQUESTS / 20);
  assert_int_equal (count_descriptors (helper.pid), n_descriptors);
  assert_int_equal (count_memory (helper.pid), n_pages);
  finish (&helper);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_tells_what_there_is),
    cmocka_unit_test (test_tells_maps),
    cmocka_unit_test (test_nothing_of_others),
    cmocka_unit_test (test_refused),
    cmocka_unit_test (test_setuid_is_refused),
    cmocka_unit_test (test_reused_pid_is_refused),
    cmocka_unit_test (test_bad_arguments),
    cmocka_unit_test (test_kernel_thread),
    cmocka_unit_test (test_other_input),
    cmocka_unit_test (test_has_no_rights),
    cmocka_unit_test (test_cannot_be_taken_over),
    cmocka_unit_test (test_filter),
    cmocka_unit_test (test_ends),
    cmocka_unit_test (test_any_request),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
