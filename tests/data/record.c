/* record.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Records what /proc says of a process, for tests. Run by hand, see record.sh:
 *
 *     record PID FOLDER
 *
 * writes FOLDER/PID/stat, status, statm, cmdline, comm and maps byte by byte, and
 * FOLDER/PID/pagemap.txt. The process should hold still meanwhile. Run as root,
 * or the page frame numbers are hidden.
 *
 * A pagemap file has a hole of gigabytes wherever nothing is mapped, so it is
 * told in lines of text instead, one a run of pages:
 *
 *     START-END ENTRY STEP
 *
 * START and END are addresses, ENTRY is the entry of the first page; all three
 * are hexadecimal. Each further page adds STEP, 0 or 1, to the entry. Pages whose
 * entry is 0 are left out. tests/pgs-fixture.c makes a sparse file of it again.
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 4096
#define MAX_LINE  16384
#define CHUNK     65536
#define USER_END  (UINT64_C (1) << 63)

typedef struct
{
  FILE     *output;
  uint64_t  page_size;
  uint64_t  start;
  uint64_t  end;
  uint64_t  entry;
  uint64_t  step;
} Run;

static void
fail (const char *what)
{
  fprintf (stderr, "record: %s: %s\n", what, strerror (errno));
  exit (EXIT_FAILURE);
}

static FILE *
open_file (const char *folder,
           const char *pid,
           const char *name,
           const char *mode)
{
  char path[PATH_SIZE];
  FILE *file;

  snprintf (path, sizeof path, "%s/%s/%s", folder, pid, name);
  file = fopen (path, mode);
  if (file == NULL)
    fail (path);
  return file;
}

/* A file that opens but cannot be read, as some of a zombie, is recorded empty. */
static void
copy_file (const char *folder,
           const char *pid,
           const char *name)
{
  FILE *input = open_file ("/proc", pid, name, "r");
  FILE *output = open_file (folder, pid, name, "w");
  char buffer[CHUNK];
  size_t n;

  while ((n = fread (buffer, 1, sizeof buffer, input)) > 0)
    if (fwrite (buffer, 1, n, output) != n)
      fail (name);
  fclose (input);
  if (fclose (output) != 0)
    fail (name);
}

static void
write_run (Run *run)
{
  if (run->end > run->start)
    fprintf (run->output, "%" PRIx64 "-%" PRIx64 " %" PRIx64 " %" PRIu64 "\n",
             run->start, run->end, run->entry, run->step);
  run->start = run->end = 0;
}

/* Whether the page continues the run. Its second page decides on the step. */
static bool
continues (Run      *run,
           uint64_t  address,
           uint64_t  entry)
{
  uint64_t n = (run->end - run->start) / run->page_size;
  uint64_t step = entry - run->entry;

  if (n == 0 || address != run->end)
    return false;
  if (n == 1 && step <= 1)
    run->step = step;
  return entry == run->entry + n * run->step;
}

static void
add_page (Run      *run,
          uint64_t  address,
          uint64_t  entry)
{
  if (entry == 0)
    return;
  if (!continues (run, address, entry))
    {
      write_run (run);
      run->start = address;
      run->entry = entry;
      run->step = 0;
    }
  run->end = address + run->page_size;
}

static void
add_mapping (Run      *run,
             int       pagemap,
             uint64_t  start,
             uint64_t  end)
{
  uint64_t entries[CHUNK / sizeof (uint64_t)];

  while (start < end && start < USER_END)
    {
      uint64_t wanted = (end - start) / run->page_size * sizeof (uint64_t);
      ssize_t n = pread (pagemap, entries, wanted < CHUNK ? wanted : CHUNK,
                         (off_t) (start / run->page_size * sizeof (uint64_t)));

      if (n <= 0)
        return;
      for (size_t i = 0; i < (size_t) n / sizeof (uint64_t); i++)
        {
          add_page (run, start, entries[i]);
          start += run->page_size;
        }
    }
}

static void
record_pagemap (const char *folder,
                const char *pid)
{
  FILE *maps = open_file ("/proc", pid, "maps", "r");
  Run run = { open_file (folder, pid, "pagemap.txt", "w"),
              (uint64_t) sysconf (_SC_PAGESIZE), 0, 0, 0, 0 };
  char line[MAX_LINE];
  uint64_t start, end;
  int pagemap;

  snprintf (line, sizeof line, "/proc/%s/pagemap", pid);
  pagemap = open (line, O_RDONLY);
  if (pagemap < 0 && errno != ESRCH)
    fail (line);
  while (fgets (line, sizeof line, maps) != NULL)
    if (sscanf (line, "%" SCNx64 "-%" SCNx64, &start, &end) == 2)
      add_mapping (&run, pagemap, start, end);
  write_run (&run);
  fclose (maps);
  if (pagemap >= 0)
    close (pagemap);
  if (fclose (run.output) != 0)
    fail ("pagemap.txt");
}

int
main (int    argc,
      char **argv)
{
  static const char *const names[] = { "stat", "status", "statm", "cmdline", "comm", "maps" };
  char path[PATH_SIZE];

  if (argc != 3)
    {
      fprintf (stderr, "usage: record PID FOLDER\n");
      return 2;
    }
  snprintf (path, sizeof path, "%s/%s", argv[2], argv[1]);
  if ((mkdir (argv[2], 0755) != 0 && errno != EEXIST) || mkdir (path, 0755) != 0)
    fail (path);
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    copy_file (argv[2], argv[1], names[i]);
  record_pagemap (argv[2], argv[1]);
  return EXIT_SUCCESS;
}
