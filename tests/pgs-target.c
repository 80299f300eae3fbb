/* pgs-target.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A live process for tests, with memory of every kind at known addresses.
 *
 * It is forked from the test, builds its areas, tells their addresses over a
 * pipe and then does what single letters on another pipe say. It dies with the
 * test. What this machine cannot have is said aloud and has no address.
 */

#include "config.h"

#include "pgs-target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib-unix.h>

#include "core/pgs-pagemap-entry.h"

#define AREA_PAGES      16
#define GUARD_PAGES     4
#define RESERVED_BYTES  ((gsize) 8 << 30)
#define HUGE_BYTES      ((gsize) 2 << 20)
#define PAGEOUT_TRIES   100
#define MESSAGE_LIMIT   4096

/* Newer than the headers of Debian 12: Linux 5.4 and 6.13. */
#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

static const char *const area_names[PGS_TARGET_N_AREAS] = {
  [PGS_TARGET_TOUCHED] = "written pages",
  [PGS_TARGET_UNTOUCHED] = "untouched pages",
  [PGS_TARGET_ZERO] = "zero pages",
  [PGS_TARGET_SHARED] = "shared memory",
  [PGS_TARGET_FILE] = "a private file",
  [PGS_TARGET_INACCESSIBLE] = "inaccessible pages",
  [PGS_TARGET_RESERVED] = "reserved address space",
  [PGS_TARGET_STRIPED] = "striped pages",
  [PGS_TARGET_HUGE] = "a huge page",
  [PGS_TARGET_GUARD] = "guard pages",
  [PGS_TARGET_SWAPPED] = "swapped pages",
};

static gsize
get_page_size (void)
{
  return (gsize) sysconf (_SC_PAGESIZE);
}

static void
set_area (PgsTarget     *self,
          PgsTargetArea  area,
          const char    *memory,
          gsize          size)
{
  self->start[area] = (uintptr_t) memory;
  self->end[area] = (uintptr_t) memory + size;
}

/* Maps memory with an inaccessible page before and behind, so that areas are
 * mappings of their own. Ends the process where there is none. */
static char *
map_memory (gsize size,
            int   flags,
            int   fd)
{
  gsize page = get_page_size ();
  char *memory = mmap (NULL, size + 2 * page, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

  if (memory != MAP_FAILED)
    memory = mmap (memory + page, size, PROT_READ | PROT_WRITE, flags | MAP_FIXED, fd, 0);
  if (memory == MAP_FAILED)
    {
      perror ("target: mmap");
      _exit (EXIT_FAILURE);
    }
  return memory;
}

static char *
map_anonymous (gsize size)
{
  return map_memory (size, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
}

static void
write_pages (char  *memory,
             gsize  size)
{
  for (gsize i = 0; i < size; i += get_page_size ())
    memory[i] = (char) ('a' + i % 23);
}

static void
read_pages (const char *memory,
            gsize       size)
{
  for (gsize i = 0; i < size; i += get_page_size ())
    (void) *(const volatile char *) (memory + i);
}

static void
make_private (PgsTarget *self)
{
  gsize size = AREA_PAGES * get_page_size ();
  char *memory = map_anonymous (size);

  write_pages (memory, size);
  set_area (self, PGS_TARGET_TOUCHED, memory, size);

  set_area (self, PGS_TARGET_UNTOUCHED, map_anonymous (size), size);

  memory = map_anonymous (size);
  read_pages (memory, size);
  set_area (self, PGS_TARGET_ZERO, memory, size);

  memory = map_anonymous (size);
  write_pages (memory, size);
  mprotect (memory, size, PROT_NONE);
  set_area (self, PGS_TARGET_INACCESSIBLE, memory, size);
}

static void
make_shared (PgsTarget *self)
{
  gsize size = AREA_PAGES * get_page_size ();
  char *memory = map_memory (size, MAP_SHARED | MAP_ANONYMOUS, -1);

  write_pages (memory, size / 2);
  set_area (self, PGS_TARGET_SHARED, memory, size);
}

static void
make_file (PgsTarget *self)
{
  gsize size = AREA_PAGES * get_page_size ();
  FILE *file = tmpfile ();
  char *memory;

  if (file == NULL || ftruncate (fileno (file), (off_t) size) != 0)
    return;
  memory = map_memory (size, MAP_PRIVATE, fileno (file));
  read_pages (memory, size);
  write_pages (memory + size / 2, size / 2);
  set_area (self, PGS_TARGET_FILE, memory, size);
}

static void
make_reserved (PgsTarget *self)
{
  char *memory = map_anonymous (RESERVED_BYTES);

  madvise (memory, RESERVED_BYTES, MADV_NOHUGEPAGE);
  for (gsize i = 0; i < RESERVED_BYTES; i += PGS_TARGET_STRIDE)
    memory[i] = 1;
  set_area (self, PGS_TARGET_RESERVED, memory, RESERVED_BYTES);
}

static void
make_striped (PgsTarget *self)
{
  gsize size = 2 * PGS_TARGET_STRIPES * get_page_size ();
  char *memory = map_anonymous (size);

  madvise (memory, size, MADV_NOHUGEPAGE);
  for (gsize i = 0; i < PGS_TARGET_STRIPES; i++)
    memory[2 * i * get_page_size ()] = 1;
  set_area (self, PGS_TARGET_STRIPED, memory, size);
}

/* One written byte makes all pages resident where a huge page was to be had. */
static void
make_huge (PgsTarget *self)
{
  char *memory = map_anonymous (2 * HUGE_BYTES);
  unsigned char resident = 0;

  memory += HUGE_BYTES - (uintptr_t) memory % HUGE_BYTES;
  if (madvise (memory, HUGE_BYTES, MADV_HUGEPAGE) != 0)
    return;
  memory[0] = 1;
  if (mincore (memory + HUGE_BYTES - get_page_size (), get_page_size (), &resident) == 0 &&
      resident & 1)
    set_area (self, PGS_TARGET_HUGE, memory, HUGE_BYTES);
}

static void
make_guard (PgsTarget *self)
{
  gsize size = AREA_PAGES * get_page_size ();
  char *memory = map_anonymous (size);
  char *guard = memory + GUARD_PAGES * get_page_size ();

  write_pages (memory, size);
  if (madvise (guard, GUARD_PAGES * get_page_size (), MADV_GUARD_INSTALL) == 0)
    set_area (self, PGS_TARGET_GUARD, guard, GUARD_PAGES * get_page_size ());
}

static gboolean
is_swapped (const char *memory,
            gsize       size)
{
  uint64_t entries[AREA_PAGES];
  gsize n = size / get_page_size ();
  int fd = open ("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  gssize n_read = pread (fd, entries, n * sizeof entries[0],
                         (off_t) ((uintptr_t) memory / get_page_size () * sizeof entries[0]));

  close (fd);
  for (gsize i = 0; i < n; i++)
    if (pgs_pagemap_entry_get_state (entries[i]) != PGS_PAGE_SWAPPED)
      return FALSE;
  return n_read == (gssize) (n * sizeof entries[0]);
}

/* A page that waits in a list of its processor is not swapped out yet: try on. */
static void
make_swapped (PgsTarget *self)
{
  gsize size = AREA_PAGES * get_page_size ();
  char *memory = map_anonymous (size);

  write_pages (memory, size);
  for (guint i = 0; i < PAGEOUT_TRIES; i++)
    {
      if (madvise (memory, size, MADV_PAGEOUT) == 0 && is_swapped (memory, size))
        {
          set_area (self, PGS_TARGET_SWAPPED, memory, size);
          return;
        }
      g_usleep (10000);
    }
}

/* Gives up all rights: what is done before setresuid() does not last. */
static void
become_nobody (void)
{
  if (setgroups (0, NULL) != 0 ||
      setresgid (PGS_TARGET_NOBODY, PGS_TARGET_NOBODY, PGS_TARGET_NOBODY) != 0 ||
      setresuid (PGS_TARGET_NOBODY, PGS_TARGET_NOBODY, PGS_TARGET_NOBODY) != 0)
    {
      perror ("setresuid");
      _exit (EXIT_FAILURE);
    }
  prctl (PR_SET_DUMPABLE, 1);
}

static void
die_with_parent (pid_t parent)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () != parent)
    _exit (EXIT_FAILURE);
}

static void
make_areas (PgsTarget      *self,
            PgsTargetFlags  flags)
{
  make_private (self);
  make_shared (self);
  make_file (self);
  make_reserved (self);
  make_striped (self);
  make_huge (self);
  make_guard (self);
  if (flags & PGS_TARGET_SWAP)
    make_swapped (self);
}

/* Does what the letters say: c changes pages, x executes another program. */
static void
obey (PgsTarget *self,
      int        control,
      int        answer)
{
  char command;

  while (read (control, &command, 1) == 1)
    {
      if (command == 'x')
        execl ("/bin/sleep", "pagescape-sleep", "1000", NULL);
      if (command == 'c')
        write_pages ((char *) (uintptr_t) self->start[PGS_TARGET_UNTOUCHED],
                     AREA_PAGES * get_page_size ());
      if (write (answer, &command, 1) != 1)
        break;
    }
  _exit (EXIT_SUCCESS);
}

static void *
wait_forever (void *data)
{
  for (;;)
    pause ();
  return data;
}

static void
end_first_thread (void)
{
  pthread_t thread;

  if (pthread_create (&thread, NULL, wait_forever, NULL) == 0)
    pthread_exit (NULL);
  _exit (EXIT_FAILURE);
}

static void
run_target (PgsTargetFlags flags,
            pid_t          parent,
            int            control,
            int            answer)
{
  PgsTarget self = { 0, };

  if (flags & PGS_TARGET_AS_NOBODY)
    become_nobody ();
  die_with_parent (parent);
  make_areas (&self, flags);
  if (flags & PGS_TARGET_NOT_DUMPABLE)
    prctl (PR_SET_DUMPABLE, 0);
  if (write (answer, &self, sizeof self) != sizeof self)
    _exit (EXIT_FAILURE);
  if (flags & PGS_TARGET_NO_LEADER)
    end_first_thread ();
  obey (&self, control, answer);
}

static void
say_what_is_missing (const PgsTarget *self,
                     PgsTargetFlags   flags)
{
  for (guint i = 0; i < PGS_TARGET_N_AREAS; i++)
    if (self->start[i] == 0 && (i != PGS_TARGET_SWAPPED || flags & PGS_TARGET_SWAP))
      print_message ("skipped: %s, for this machine has none to give\n", area_names[i]);
}

static void
start_target (PgsTarget      *self,
              PgsTargetFlags  flags)
{
  int control[2], answer[2];
  pid_t parent = getpid ();

  if (!g_unix_open_pipe (control, FD_CLOEXEC, NULL) ||
      !g_unix_open_pipe (answer, FD_CLOEXEC, NULL))
    fail_msg ("No pipe: %s", g_strerror (errno));
  self->pid = fork ();
  if (self->pid == 0)
    {
      close (control[1]);
      close (answer[0]);
      run_target (flags, parent, control[0], answer[1]);
    }
  close (control[0]);
  close (answer[1]);
  self->control = control[1];
  self->answer = answer[0];
}

/**
 * pgs_target_new:
 * @flags: how it is to be
 *
 * Starts a process and waits until its memory is made. Fails the running test
 * when it cannot.
 *
 * Returns: (transfer full): the process
 */
PgsTarget *
pgs_target_new (PgsTargetFlags flags)
{
  PgsTarget *self = g_new0 (PgsTarget, 1);
  PgsTarget told;

  start_target (self, flags);
  if (read (self->answer, &told, sizeof told) != sizeof told)
    fail_msg ("The target did not start");
  memcpy (self->start, told.start, sizeof told.start);
  memcpy (self->end, told.end, sizeof told.end);
  say_what_is_missing (self, flags);
  return self;
}

/**
 * pgs_target_free:
 *
 * Ends the process, if it is still there, and frees what is known of it.
 */
void
pgs_target_free (PgsTarget *self)
{
  if (self == NULL)
    return;
  pgs_target_end (self);
  close (self->control);
  close (self->answer);
  g_free (self);
}

static void
command (PgsTarget *self,
         char       letter)
{
  char answer;

  if (write (self->control, &letter, 1) != 1)
    fail_msg ("The target is gone: %s", g_strerror (errno));
  /* Executing another program ends the pipe. */
  if (read (self->answer, &answer, 1) != (letter == 'x' ? 0 : 1))
    fail_msg ("The target did not do “%c”", letter);
}

/**
 * pgs_target_change:
 *
 * Makes the process write to all pages of its untouched area.
 */
void
pgs_target_change (PgsTarget *self)
{
  command (self, 'c');
}

/**
 * pgs_target_exec:
 *
 * Makes the process run another program, which waits, and returns when it does.
 */
void
pgs_target_exec (PgsTarget *self)
{
  command (self, 'x');
}

/**
 * pgs_target_end:
 *
 * Kills the process, if it is still there, and waits for it.
 */
void
pgs_target_end (PgsTarget *self)
{
  if (self->pid == 0)
    return;
  kill (self->pid, SIGKILL);
  waitpid (self->pid, NULL, 0);
  self->pid = 0;
}

/* A check leaves nothing behind but its message, not even memory to free. */
static void
run_check (PgsTargetCheck check,
           gpointer       user_data,
           int            answer)
{
  char *message;
  gsize length;

  become_nobody ();
  message = check (user_data);
  length = message != NULL ? strlen (message) : 0;
  _exit (length > 0 && write (answer, message, length) != (gssize) length ? EXIT_FAILURE
                                                                           : EXIT_SUCCESS);
}

/**
 * pgs_target_run_as_nobody:
 * @check: what to do; it is called in another process and must not use cmocka
 * @user_data: for @check
 *
 * Does something as a user without any rights. Needs root.
 *
 * Returns: (transfer full) (nullable): what went wrong, or %NULL
 */
char *
pgs_target_run_as_nobody (PgsTargetCheck check,
                          gpointer       user_data)
{
  char message[MESSAGE_LIMIT];
  gssize n;
  int answer[2], status;
  pid_t pid;

  if (!g_unix_open_pipe (answer, FD_CLOEXEC, NULL))
    return g_strdup ("No pipe");
  pid = fork ();
  if (pid == 0)
    run_check (check, user_data, answer[1]);
  close (answer[1]);
  n = read (answer[0], message, sizeof message - 1);
  close (answer[0]);
  waitpid (pid, &status, 0);
  if (n > 0)
    return g_strndup (message, (gsize) n);
  return status == 0 ? NULL : g_strdup_printf ("The check ended with status %d", status);
}
