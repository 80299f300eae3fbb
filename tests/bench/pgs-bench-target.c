/* pgs-bench-target.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Processes with much memory, for benchmarks and for the test of the window's
 * frames.
 *
 * A target is forked, makes its memory, tells where it is and waits. It dies with
 * whoever started it, and its end is not left to chance: only the process that is
 * known by its PID is ended. How much memory it will take is asked for first, so
 * that a small machine skips it instead of running out.
 */

#include "config.h"

#include "pgs-bench-target.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib-unix.h>

#define TIB           ((size_t) 1 << 40)
#define GIB           ((size_t) 1 << 30)
#define HUGE_BYTES    ((size_t) 2 << 20)
#define SPARSE_BYTES  (20 * TIB)
#define SPARSE_PAGES  10000

/* What must stay free beside a target, and for what looks at it. */
#define SPARE_BYTES   ((uint64_t) 1 << 30)

/* The kernel's default limit is 65,530; a larger one is not used up. */
#define MAX_MAPPINGS  65530

static size_t
get_page_size (void)
{
  return (size_t) sysconf (_SC_PAGESIZE);
}

/* In the target */

static char *
map_memory (size_t length,
            int    protection)
{
  char *memory = mmap (NULL, length, protection,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

  if (memory == MAP_FAILED)
    _exit (EXIT_FAILURE);
  return memory;
}

static char *
map_small_pages (guint n_pages)
{
  size_t length = n_pages * get_page_size ();
  char *memory = map_memory (length, PROT_READ | PROT_WRITE);

  madvise (memory, length, MADV_NOHUGEPAGE);
  return memory;
}

/* Frames that follow each other hold pages that do not. */
static char *
make_scattered (guint n_pages)
{
  char *memory = map_small_pages (n_pages);
  guint *order = g_new (guint, n_pages);
  GRand *rand = g_rand_new_with_seed (1);

  for (guint i = 0; i < n_pages; i++)
    order[i] = i;
  for (guint i = n_pages - 1; i > 0; i--)
    {
      guint other = (guint) g_rand_int_range (rand, 0, (gint32) i + 1);
      guint swap = order[i];

      order[i] = order[other];
      order[other] = swap;
    }
  for (guint i = 0; i < n_pages; i++)
    memory[order[i] * get_page_size ()] = 1;
  g_rand_free (rand);
  g_free (order);
  return memory;
}

static char *
make_contiguous (guint n_pages)
{
  char *memory = map_small_pages (n_pages);

  for (guint i = 0; i < n_pages; i++)
    memory[i * get_page_size ()] = 1;
  return memory;
}

static char *
make_huge (guint n_pages)
{
  size_t length = n_pages * get_page_size ();
  char *memory = map_memory (length + HUGE_BYTES, PROT_READ | PROT_WRITE);

  memory += HUGE_BYTES - (uintptr_t) memory % HUGE_BYTES;
  madvise (memory, length, MADV_HUGEPAGE);
  for (guint i = 0; i < n_pages; i++)
    memory[i * get_page_size ()] = 1;
  return memory;
}

static char *
make_sparse (guint n_pages)
{
  char *reserved = map_memory (SPARSE_BYTES, PROT_READ | PROT_WRITE);
  double last = (double) (SPARSE_BYTES / get_page_size () - 1);
  GRand *rand = g_rand_new_with_seed (1);

  madvise (reserved, SPARSE_BYTES, MADV_NOHUGEPAGE);
  for (guint i = 0; i < SPARSE_PAGES; i++)
    reserved[(size_t) (g_rand_double (rand) * last) * get_page_size ()] = 1;
  make_contiguous ((guint) (GIB / get_page_size ()));
  g_rand_free (rand);
  return reserved;
}

/* Every other page gets other permissions, so that each is a mapping, until the
 * kernel gives no more. */
static char *
make_mappings (guint n_pages)
{
  size_t page = get_page_size ();
  char *memory = map_memory (MAX_MAPPINGS * page, PROT_READ | PROT_WRITE);

  madvise (memory, MAX_MAPPINGS * page, MADV_NOHUGEPAGE);
  for (size_t j = 0; j < MAX_MAPPINGS; j++)
    memory[j * page] = 1;
  for (size_t j = 0; j < MAX_MAPPINGS; j += 2)
    if (mprotect (memory + j * page, page, PROT_READ) != 0)
      break;
  return memory;
}

static char *(*const makers[]) (guint n_pages) = {
  [PGS_BENCH_SCATTERED] = make_scattered,
  [PGS_BENCH_CONTIGUOUS] = make_contiguous,
  [PGS_BENCH_HUGE] = make_huge,
  [PGS_BENCH_SPARSE] = make_sparse,
  [PGS_BENCH_MAPPINGS] = make_mappings,
};

/* Whether a page is among a share of all; always the same ones. */
static gboolean
is_chosen (guint  page,
           double share)
{
  return (page * 2654435761u) < share * G_MAXUINT32;
}

/* Gives back those pages of a share that are there, and takes those that are not. */
static void
toggle_pages (char   *memory,
              guint   n_pages,
              double  share)
{
  size_t size = get_page_size ();
  unsigned char resident;

  for (guint i = 0; i < n_pages; i++)
    {
      char *page = memory + i * size;

      if (!is_chosen (i, share))
        continue;
      if (mincore (page, size, &resident) == 0 && resident & 1)
        madvise (page, size, MADV_DONTNEED);
      else
        *page = 1;
    }
}

/* Writes what is resident of a mapping that may be written. */
static void
own_mapping (FILE *pagemap,
             char *start,
             char *end)
{
  uint64_t entry;

  for (char *page = start; page < end; page += get_page_size ())
    if (fseeko (pagemap, (off_t) ((uintptr_t) page / get_page_size () * sizeof entry),
                SEEK_SET) == 0 &&
        fread (&entry, sizeof entry, 1, pagemap) == 1 && entry >> 63 != 0)
      *(volatile char *) page = *(volatile char *) page;
}

/* Makes its own what a fork shares: a page that the other process writes first would
 * become exclusive here, and a target is to rest. */
static void
own_memory (void)
{
  FILE *maps = fopen ("/proc/self/maps", "re");
  FILE *pagemap = fopen ("/proc/self/pagemap", "re");
  char line[4096];
  void *start, *end;

  if (maps == NULL || pagemap == NULL)
    _exit (EXIT_FAILURE);
  while (fgets (line, sizeof line, maps) != NULL)
    if (sscanf (line, "%p-%p", &start, &end) == 2 && strstr (line, " rw-p ") != NULL)
      own_mapping (pagemap, start, end);
  fclose (pagemap);
  fclose (maps);
}

static void
run_target (PgsBenchMemory kind,
            guint          n_pages,
            pid_t          parent,
            int            control,
            int            answer)
{
  char *memory;
  double share;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () != parent)
    _exit (EXIT_FAILURE);
  own_memory ();
  memory = makers[kind] (n_pages);
  if (write (answer, &memory, sizeof memory) != sizeof memory)
    _exit (EXIT_FAILURE);
  while (read (control, &share, sizeof share) == sizeof share)
    {
      toggle_pages (memory, n_pages, share);
      if (write (answer, "", 1) != 1)
        break;
    }
  _exit (EXIT_SUCCESS);
}

/* Outside of it */

static uint64_t
get_available_bytes (void)
{
  g_autofree char *text = NULL;
  const char *mark;

  if (!g_file_get_contents ("/proc/meminfo", &text, NULL, NULL))
    return G_MAXUINT64;
  mark = strstr (text, "MemAvailable:");
  return mark != NULL
    ? g_ascii_strtoull (mark + strlen ("MemAvailable:"), NULL, 10) * 1024
    : G_MAXUINT64;
}

static uint64_t
get_length (PgsBenchMemory kind,
            guint          n_pages)
{
  if (kind == PGS_BENCH_SPARSE)
    return SPARSE_BYTES;
  if (kind == PGS_BENCH_MAPPINGS)
    return MAX_MAPPINGS * get_page_size ();
  return n_pages * get_page_size ();
}

static uint64_t
get_needed_bytes (PgsBenchMemory kind,
                  guint          n_pages)
{
  if (kind == PGS_BENCH_SPARSE)
    return GIB + SPARE_BYTES;
  if (kind == PGS_BENCH_MAPPINGS)
    return SPARE_BYTES;
  /* An entry of the page table for each page, and as much for a snapshot and a
   * copy of it. */
  return (uint64_t) n_pages * (get_page_size () + 32) + SPARE_BYTES;
}

static char *
find_reason_against (PgsBenchMemory kind,
                     guint          n_pages)
{
  uint64_t needed = get_needed_bytes (kind, n_pages);
  uint64_t available = get_available_bytes ();

  if (available >= needed)
    return NULL;
  return g_strdup_printf ("it takes %.1f GiB of memory, and %.1f GiB are free",
                          (double) needed / GIB, (double) available / GIB);
}

static char *
explain_failure (PgsBenchMemory kind)
{
  return g_strdup (kind == PGS_BENCH_SPARSE
                     ? "20 TiB of address space cannot be reserved here"
                     : "the target could not make its memory");
}

static gboolean
start (PgsBenchTarget *self,
       PgsBenchMemory  kind)
{
  int control[2], answer[2];
  pid_t parent = getpid ();
  char *memory;

  if (!g_unix_open_pipe (control, FD_CLOEXEC, NULL) ||
      !g_unix_open_pipe (answer, FD_CLOEXEC, NULL))
    return FALSE;
  self->pid = fork ();
  if (self->pid == 0)
    {
      close (control[1]);
      close (answer[0]);
      run_target (kind, self->n_pages, parent, control[0], answer[1]);
    }
  close (control[0]);
  close (answer[1]);
  self->control = control[1];
  self->answer = answer[0];
  if (self->pid < 0 || read (self->answer, &memory, sizeof memory) != sizeof memory)
    return FALSE;
  self->address = (uintptr_t) memory;
  self->n_bytes = get_length (kind, self->n_pages);
  return TRUE;
}

/**
 * pgs_bench_target_new:
 * @memory: what it is to be made of
 * @n_pages: how many pages, where that is not said by @memory
 * @reason: (out) (transfer full): why there is none
 *
 * Starts a process and waits until its memory is made.
 *
 * Returns: (transfer full) (nullable): the process, or %NULL where this machine
 *   cannot have it
 */
PgsBenchTarget *
pgs_bench_target_new (PgsBenchMemory   memory,
                      guint            n_pages,
                      char           **reason)
{
  g_autoptr(PgsBenchTarget) self = NULL;
  char *against = find_reason_against (memory, n_pages);

  if (against != NULL)
    {
      *reason = against;
      return NULL;
    }
  self = g_new0 (PgsBenchTarget, 1);
  self->control = self->answer = -1;
  self->n_pages = n_pages;
  if (start (self, memory))
    return g_steal_pointer (&self);
  *reason = explain_failure (memory);
  return NULL;
}

/**
 * pgs_bench_target_free:
 *
 * Ends the process.
 */
void
pgs_bench_target_free (PgsBenchTarget *self)
{
  if (self == NULL)
    return;
  if (self->pid > 0)
    {
      kill (self->pid, SIGKILL);
      waitpid (self->pid, NULL, 0);
    }
  if (self->control >= 0)
    close (self->control);
  if (self->answer >= 0)
    close (self->answer);
  g_free (self);
}

/**
 * pgs_bench_target_toggle:
 * @share: of its pages, from 0 to 1; the same share is the same pages
 *
 * Makes the process give back those pages that it has, and take those that it has
 * not.
 *
 * Returns: whether it did
 */
gboolean
pgs_bench_target_toggle (PgsBenchTarget *self,
                         double          share)
{
  char done;

  return write (self->control, &share, sizeof share) == sizeof share &&
         read (self->answer, &done, 1) == 1;
}
