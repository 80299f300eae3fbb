/* pgs-swap-file.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A small swap file for tests that need pages in swap.
 *
 * A process of its own, the keeper, turns the swap on and, when the test is done
 * with it or dies for whatever reason, off again: it waits on a pipe, and the
 * pipe ends with the test. It leads its own session, out of reach of signals that
 * are meant for the test. The file is made in /var/tmp, which is on a real disk
 * where /tmp often is not; swap in a tmpfs is refused by the kernel.
 */

#include "config.h"

#include "pgs-swap-file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib-unix.h>

#define N_PAGES 4096

struct _PgsSwapFile
{
  pid_t keeper;
  int   control;
};

/* Source: union swap_header in the kernel's include/linux/swap.h. The signature
 * ends the first page. */
static gboolean
write_swap (int   fd,
            gsize page_size)
{
  static const char signature[] = "SWAPSPACE2";
  const uint32_t header[] = { 1 /* version */, N_PAGES - 1 /* last page */ };
  g_autofree char *page = g_malloc0 (page_size);

  for (gsize i = 0; i < N_PAGES; i++)
    if (write (fd, page, page_size) != (gssize) page_size)
      return FALSE;
  memcpy (page + 1024, header, sizeof header);
  memcpy (page + page_size - strlen (signature), signature, strlen (signature));
  return pwrite (fd, page, page_size, 0) == (gssize) page_size && fsync (fd) == 0;
}

static void
wait_for_end (int control)
{
  char byte;

  while (read (control, &byte, 1) < 0 && errno == EINTR)
    continue;
}

/* Tells an error number, 0 once the swap is on, over @status. */
static void
keep_swap (int control,
           int status)
{
  char path[] = "/var/tmp/pagescape-swap-XXXXXX";
  int fd = mkstemp (path);
  int code = 0;

  if (fd < 0 || !write_swap (fd, (gsize) sysconf (_SC_PAGESIZE)) || swapon (path, 0) != 0)
    code = errno;
  if (write (status, &code, sizeof code) == sizeof code && code == 0)
    wait_for_end (control);
  if (code == 0 && swapoff (path) != 0)
    fprintf (stderr, "The swap file %s is still in use: %s\n", path, g_strerror (errno));
  else if (fd >= 0)
    unlink (path);
}

static void
run_keeper (int control,
            int status)
{
  setsid ();
  signal (SIGINT, SIG_IGN);
  signal (SIGTERM, SIG_IGN);
  signal (SIGHUP, SIG_IGN);
  signal (SIGPIPE, SIG_IGN);
  keep_swap (control, status);
  _exit (EXIT_SUCCESS);
}

static PgsSwapFile *
start_keeper (int *status)
{
  PgsSwapFile *self = g_new0 (PgsSwapFile, 1);
  int control[2], answer[2];

  if (!g_unix_open_pipe (control, FD_CLOEXEC, NULL) ||
      !g_unix_open_pipe (answer, FD_CLOEXEC, NULL))
    fail_msg ("No pipe: %s", g_strerror (errno));
  self->keeper = fork ();
  if (self->keeper == 0)
    {
      close (control[1]);
      close (answer[0]);
      run_keeper (control[0], answer[1]);
    }
  close (control[0]);
  close (answer[1]);
  self->control = control[1];
  *status = answer[0];
  return self;
}

/**
 * pgs_swap_file_new:
 *
 * Turns on swap, if that can be done; says aloud why not.
 *
 * Returns: (transfer full) (nullable): swap space that lasts until it is freed or
 *   the calling process ends
 */
PgsSwapFile *
pgs_swap_file_new (void)
{
  g_autoptr(PgsSwapFile) self = NULL;
  int status, code = EIO;

  if (geteuid () != 0)
    {
      print_message ("skipped: swapped pages, for only root can turn swap on\n");
      return NULL;
    }
  self = start_keeper (&status);
  if (read (status, &code, sizeof code) != sizeof code)
    code = EIO;
  close (status);
  if (code == 0)
    return g_steal_pointer (&self);
  print_message ("skipped: swapped pages, for no swap file can be used in /var/tmp: %s\n",
                 g_strerror (code));
  return NULL;
}

/**
 * pgs_swap_file_free:
 *
 * Turns the swap off again, and waits until that is done.
 */
void
pgs_swap_file_free (PgsSwapFile *self)
{
  if (self == NULL)
    return;
  if (write (self->control, "", 1) < 0)
    print_message ("The keeper of the swap file is gone\n");
  close (self->control);
  waitpid (self->keeper, NULL, 0);
  g_free (self);
}
