/* pgs-helper.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shows one process's frames to a user who may not see them: the one program of
 * Pagescape that is ever privileged.
 *
 * What decides whether frames are shown is who opened a file, not who reads from it.
 * So the helper is started by pkexec, opens the files of one process, gives up every
 * right it has, and only then looks at what it is asked. It passes no descriptor on.
 * It ends when nobody asks any more, when the process ends, or when it is idle.
 *
 * It allocates nothing: all that it needs is of a fixed size.
 */

#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/param.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "pgs-helper-answer.h"
#include "pgs-helper-drop.h"

/* How long it waits for somebody to take an answer, in seconds. */
#define SEND_SECONDS 10

static const char *const reasons[PGS_HELPER_N_STATUSES] = {
  [PGS_HELPER_BAD_ARGUMENTS] = "usage: pagescape-helper own|any PID STARTTIME, with a socket as "
                               "standard input; Pagescape starts it",
  [PGS_HELPER_NOT_ROOT] = "must be started by pkexec",
  [PGS_HELPER_NOT_FOUND] = "there is no such process",
  [PGS_HELPER_REPLACED] = "the process started at another time",
  [PGS_HELPER_KERNEL_THREAD] = "a kernel thread has no memory of its own",
  [PGS_HELPER_ZOMBIE] = "the process has ended",
  [PGS_HELPER_NO_MAPPINGS] = "the process has no mappings",
  [PGS_HELPER_NOT_OWN] = "the process is not yours, or has more rights than you",
  [PGS_HELPER_FAILED] = "the kernel refuses what is needed",
};

static PgsHelperMessage message;

static bool
is_socket (int fd)
{
  int domain = 0, type = 0;
  socklen_t length = sizeof domain;

  if (getsockopt (fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) != 0)
    return false;
  length = sizeof type;
  return getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && domain == AF_UNIX &&
         type == SOCK_SEQPACKET;
}

/* Sets @user to who asked pkexec for this. */
static bool
find_user (uid_t *user)
{
  const char *text = getenv ("PKEXEC_UID");
  uint64_t number;

  if (geteuid () != 0 || text == NULL || !pgs_helper_parse_number (text, UINT32_MAX - 1, &number))
    return false;
  *user = (uid_t) number;
  return true;
}

static bool
send_message (size_t length)
{
  ssize_t n;

  do
    n = send (STDIN_FILENO, &message, length, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  return n == (ssize_t) length;
}

static bool
greet (PgsHelperStatus status,
       uint64_t        page_size)
{
  message.header = (PgsHelperAnswer) {
    .version = PGS_HELPER_VERSION,
    .ask = PGS_HELPER_HELLO,
    .status = status,
    .end = page_size,
  };
  return send_message (sizeof message.header);
}

static PgsHelperStatus
prepare (PgsHelperTarget *target,
         int              argc,
         char           **argv)
{
  const struct timeval patience = { .tv_sec = SEND_SECONDS };
  PgsHelperArguments arguments;
  PgsHelperStatus status;
  uid_t user;

  if (!pgs_helper_parse_arguments (argc, (const char *const *) argv, &arguments) ||
      !is_socket (STDIN_FILENO))
    return PGS_HELPER_BAD_ARGUMENTS;
  if (!find_user (&user))
    return PGS_HELPER_NOT_ROOT;
  if (close_range (STDERR_FILENO + 1, ~0u, 0) != 0 || chdir ("/") != 0 ||
      setsockopt (STDIN_FILENO, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) != 0)
    return PGS_HELPER_FAILED;
  status = pgs_helper_target_open (target, &arguments, user);
  if (status != PGS_HELPER_OK)
    return status;
  return pgs_helper_drop (user) ? PGS_HELPER_OK : PGS_HELPER_FAILED;
}

/* Waits for a request. Returns its length, or -1 when it is time to end. */
static ssize_t
receive (const PgsHelperTarget *target,
         char                  *buffer,
         size_t                 size)
{
  struct pollfd fds[PGS_HELPER_POLLED] = { { STDIN_FILENO, POLLIN, 0 }, { target->pid_fd, POLLIN, 0 } };
  ssize_t n;

  do
    n = poll (fds, PGS_HELPER_POLLED, PGS_HELPER_IDLE_MS);
  while (n < 0 && errno == EINTR);
  if (n <= 0 || fds[1].revents != 0)
    return -1;
  do
    n = recv (STDIN_FILENO, buffer, size, MSG_TRUNC | MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  return n <= 0 ? -1 : n;
}

static size_t
refuse (void)
{
  message.header = (PgsHelperAnswer) {
    .version = PGS_HELPER_VERSION,
    .ask = PGS_HELPER_HELLO,
    .status = PGS_HELPER_BAD_REQUEST,
  };
  return sizeof message.header;
}

/* Makes the answer to what was received. Returns how many bytes it has. */
static size_t
answer (const PgsHelperTarget *target,
        const char            *buffer,
        size_t                 length)
{
  static PgsHelperStretches stretches;
  PgsHelperRequest request;

  if (pgs_helper_parse_request (buffer, length, target->page_size, &request))
    return pgs_helper_answer (target, &request, &message);
  if (pgs_helper_parse_stretches (buffer, length, target->page_size, &stretches))
    return pgs_helper_answer_stretches (target, &stretches, &message);
  return refuse ();
}

static void
serve (const PgsHelperTarget *target)
{
  /* One byte more than any request, so that a longer one is told. */
  static char buffer[sizeof (PgsHelperStretches) + 1];
  ssize_t n;

  while ((n = receive (target, buffer, sizeof buffer)) >= 0)
    if (!send_message (answer (target, buffer, MIN ((size_t) n, sizeof buffer))))
      break;
}

int
main (int    argc,
      char **argv)
{
  static PgsHelperTarget target;
  PgsHelperStatus status = prepare (&target, argc, argv);

  if (status == PGS_HELPER_OK)
    {
      if (greet (status, target.page_size))
        serve (&target);
      _exit (EXIT_SUCCESS);
    }
  if (is_socket (STDIN_FILENO))
    greet (status, 0);
  fprintf (stderr, "pagescape-helper: %s\n", reasons[status]);
  return (int) status;
}
