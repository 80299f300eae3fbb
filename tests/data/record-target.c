/* record-target.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The processes that record.sh records, beside prober:
 *
 *     record-target many     thousands of mappings
 *     record-target names    files whose names are hard to read
 *     record-target zombie   a child that ended, whose PID is printed
 *     record-target plain    nothing special, to be built for 32 bits
 *
 * Each prints the PID to record and waits until its input ends.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_MAPPINGS 3000
#define FOLDER     "/tmp/pagescape-odd/"

#ifndef PR_SET_VMA
#define PR_SET_VMA           0x53564d41
#define PR_SET_VMA_ANON_NAME 0
#endif

static size_t page_size;

static void
require (int         ok,
         const char *what)
{
  if (!ok)
    {
      perror (what);
      exit (EXIT_FAILURE);
    }
}

static char *
map_memory (size_t n_pages)
{
  char *memory = mmap (NULL, n_pages * page_size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  require (memory != MAP_FAILED, "mmap");
  return memory;
}

/* Neighbors with the same permissions would become one mapping. */
static void
make_many (void)
{
  char *memory = map_memory (N_MAPPINGS);

  for (size_t i = 0; i < N_MAPPINGS; i++)
    {
      if (i % 3 == 0)
        memory[i * page_size] = 1;
      if (i % 2 == 0)
        require (mprotect (memory + i * page_size, page_size, PROT_READ) == 0, "mprotect");
    }
}

static void
map_open_file (int fd,
               int flags)
{
  char *memory;

  require (fd >= 0 && ftruncate (fd, (off_t) (2 * page_size)) == 0, "file");
  memory = mmap (NULL, 2 * page_size, PROT_READ | PROT_WRITE, flags, fd, 0);
  require (memory != MAP_FAILED, "mmap");
  memory[0] = 1;
  close (fd);
}

static void
map_file (const char *path)
{
  map_open_file (open (path, O_RDWR | O_CREAT, 0644), MAP_PRIVATE);
}

static void
make_shared_memory (void)
{
  int id = shmget (IPC_PRIVATE, 2 * page_size, IPC_CREAT | 0600);

  require (id >= 0 && shmat (id, NULL, 0) != (void *) -1, "shmat");
  shmctl (id, IPC_RMID, NULL);
  map_open_file (shm_open ("/pagescape odd", O_RDWR | O_CREAT, 0600), MAP_SHARED);
  shm_unlink ("/pagescape odd");
  map_open_file (memfd_create ("two\nlines", 0), MAP_SHARED);
  require (mmap (NULL, page_size, PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0) != MAP_FAILED, "mmap");
}

static void
make_names (void)
{
  static const char *const names[] = {
    "new\nline", "two words", "tab\there", " spaces around ", "is there (deleted)",
    "latin-\xe9-\xff\xfe", "back\\slash", "looks like \\012 a newline", "[heap]",
    "na\xc3\xafve", "bell\a",
  };

  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    {
      char path[256];

      snprintf (path, sizeof path, FOLDER "%s", names[i]);
      map_file (path);
    }
  map_file (FOLDER "was here");
  unlink (FOLDER "was here");
  make_shared_memory ();
  prctl (PR_SET_VMA, PR_SET_VMA_ANON_NAME, map_memory (4), 4 * page_size, "named: by me");
  prctl (PR_SET_NAME, "odd) S (\n1 2 3");
}

static pid_t
make_zombie (void)
{
  pid_t pid = fork ();
  siginfo_t info;

  require (pid >= 0, "fork");
  if (pid == 0)
    _exit (EXIT_SUCCESS);
  require (waitid (P_PID, (id_t) pid, &info, WEXITED | WNOWAIT) == 0, "waitid");
  return pid;
}

int
main (int    argc,
      char **argv)
{
  const char *what = argc == 2 ? argv[1] : "";
  pid_t pid = getpid ();

  page_size = (size_t) sysconf (_SC_PAGESIZE);
  if (strcmp (what, "many") == 0)
    make_many ();
  else if (strcmp (what, "names") == 0)
    make_names ();
  else if (strcmp (what, "zombie") == 0)
    pid = make_zombie ();
  printf ("%d\n", (int) pid);
  fflush (stdout);
  while (getchar () != EOF)
    continue;
  return EXIT_SUCCESS;
}
