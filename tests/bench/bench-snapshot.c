/* bench-snapshot.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How long reading a live process takes, against a bare loop of pread() over the
 * same pages, and how much memory a snapshot of it takes.
 */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/pgs-changes.h"
#include "core/pgs-maps.h"
#include "core/pgs-proc-source.h"
#include "core/pgs-snapshot-builder.h"
#include "core/pgs-summary.h"
#include "pgs-bench.h"

#define PAGE       ((size_t) 4096)
#define ROUNDS     7
#define TIB        ((size_t) 1 << 40)
#define GIB        ((size_t) 1 << 30)
#define PREAD_SIZE ((size_t) 256 * 1024)

/* What a target does with its memory. It tells the address of the pages. */
typedef char *(*Prepare) (guint n_pages);

typedef struct
{
  pid_t       pid;
  uint64_t    address;
  guint       n_pages;
  PgsProcess *process;
  PgsSource  *source;
} Target;

static char *
map (size_t length,
     int    protection)
{
  char *memory = mmap (NULL, length, protection,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

  if (memory == MAP_FAILED)
    {
      perror ("mmap");
      _exit (1);
    }
  return memory;
}

/* Pages in 4 KiB frames. They are touched in a random order, so that frames that
 * follow each other hold pages that do not. */
static char *
prepare_scattered (guint n_pages)
{
  char *memory = map (n_pages * PAGE, PROT_READ | PROT_WRITE);
  guint *order = g_new (guint, n_pages);
  GRand *rand = g_rand_new_with_seed (1);

  madvise (memory, n_pages * PAGE, MADV_NOHUGEPAGE);
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
    memory[order[i] * PAGE] = 1;
  return memory;
}

static char *
prepare_contiguous (guint n_pages)
{
  char *memory = map (n_pages * PAGE, PROT_READ | PROT_WRITE);

  madvise (memory, n_pages * PAGE, MADV_NOHUGEPAGE);
  for (guint i = 0; i < n_pages; i++)
    memory[i * PAGE] = 1;
  return memory;
}

static char *
prepare_huge (guint n_pages)
{
  size_t huge = (size_t) 2 << 20;
  char *memory = map (n_pages * PAGE + huge, PROT_READ | PROT_WRITE);

  memory = (char *) (((uintptr_t) memory + huge - 1) & ~(uintptr_t) (huge - 1));
  madvise (memory, n_pages * PAGE, MADV_HUGEPAGE);
  for (guint i = 0; i < n_pages; i++)
    memory[i * PAGE] = 1;
  return memory;
}

/* 20 TiB reserved, 10,000 pages of it touched, and 1 GiB resident beside it. */
static char *
prepare_sparse (guint n_pages)
{
  char *reserved = map (20 * TIB, PROT_READ | PROT_WRITE);
  GRand *rand = g_rand_new_with_seed (1);

  madvise (reserved, 20 * TIB, MADV_NOHUGEPAGE);
  for (guint i = 0; i < 10000; i++)
    reserved[(size_t) (g_rand_double (rand) * (20.0 * TIB / PAGE - 1)) * PAGE] = 1;
  prepare_contiguous ((guint) (GIB / PAGE));
  return reserved;
}

static gboolean
start_target (Target  *target,
              Prepare  prepare,
              guint    n_pages)
{
  int ready[2];
  pid_t parent = getpid ();

  if (pipe (ready) != 0)
    return FALSE;
  target->n_pages = n_pages;
  target->pid = fork ();
  if (target->pid == 0)
    {
      char *memory;

      prctl (PR_SET_PDEATHSIG, SIGKILL);
      if (getppid () != parent)
        _exit (1);
      memory = prepare (n_pages);
      if (write (ready[1], &memory, sizeof memory) != sizeof memory)
        _exit (1);
      for (;;)
        pause ();
    }
  close (ready[1]);
  if (read (ready[0], &target->address, sizeof (char *)) != sizeof (char *))
    target->address = 0;
  close (ready[0]);
  target->process = pgs_process_open (NULL, target->pid, NULL);
  if (target->address == 0 || target->process == NULL)
    return FALSE;
  target->source = pgs_proc_source_new (target->process, NULL, PGS_PROC_SCAN_AUTO);
  return TRUE;
}

static void
end_target (Target *target)
{
  kill (target->pid, SIGKILL);
  waitpid (target->pid, NULL, 0);
  g_clear_object (&target->source);
  g_clear_pointer (&target->process, pgs_process_unref);
}

static void
run_pread (gpointer data)
{
  Target *target = data;
  g_autofree char *path = g_strdup_printf ("/proc/%d/pagemap", target->pid);
  g_autofree char *buffer = g_malloc (PREAD_SIZE);
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  size_t left = target->n_pages * sizeof (uint64_t);
  off_t offset = (off_t) (target->address / PAGE * sizeof (uint64_t));

  while (left > 0)
    {
      ssize_t n = pread (fd, buffer, MIN (left, PREAD_SIZE), offset);

      if (n <= 0)
        abort ();
      left -= (size_t) n;
      offset += n;
    }
  close (fd);
}

static PgsSnapshot *
take (Target *target)
{
  g_autoptr(GError) error = NULL;
  PgsSnapshot *snapshot = pgs_snapshot_build (target->source, NULL, &error);

  if (snapshot == NULL)
    {
      fprintf (stderr, "%s\n", error->message);
      abort ();
    }
  return snapshot;
}

static void
run_snapshot (gpointer data)
{
  pgs_snapshot_unref (take (data));
}

static void
run_summary (gpointer data)
{
  pgs_summary_unref (pgs_summary_new (data, pgs_color_mode_get (0)));
}

static double
get_bytes_per_page (Target *target)
{
  g_autoptr(PgsSnapshot) snapshot = take (target);

  return (double) pgs_page_store_get_bytes (pgs_snapshot_get_store (snapshot)) /
         (double) pgs_snapshot_get_totals (snapshot)->present;
}

static void
bench_resident (const char *name,
                Prepare     prepare,
                guint       n_pages,
                double      time_budget,
                double      bytes_budget)
{
  g_autofree char *time_name = g_strdup_printf ("snapshot-%s", name);
  g_autofree char *bytes_name = g_strdup_printf ("bytes-a-page-%s", name);
  g_autofree char *summary_name = g_strdup_printf ("summary-%s", name);
  g_autoptr(PgsSnapshot) snapshot = NULL;
  Target target = { 0, };
  double baseline, time;

  if (!start_target (&target, prepare, n_pages))
    {
      pgs_bench_skip (time_name, "the target did not start");
      return;
    }
  baseline = pgs_bench_time (run_pread, &target, ROUNDS);
  time = pgs_bench_time (run_snapshot, &target, ROUNDS);
  pgs_bench_row (time_name, time * 1e3, "ms", time / baseline, time_budget);
  pgs_bench_row (bytes_name, get_bytes_per_page (&target), "bytes", PGS_BENCH_NONE,
                 bytes_budget);
  snapshot = take (&target);
  time = pgs_bench_time (run_summary, snapshot, ROUNDS);
  pgs_bench_row (summary_name, time * 1e3, "ms", time / baseline, PGS_BENCH_NONE);
  end_target (&target);
}

static void
bench_sparse (void)
{
  Target target = { 0, };
  double time;

  if (!start_target (&target, prepare_sparse, 0))
    {
      pgs_bench_skip ("snapshot-20-TiB-sparse", "20 TiB of address space cannot be reserved");
      return;
    }
  time = pgs_bench_time (run_snapshot, &target, ROUNDS);
  pgs_bench_row ("snapshot-20-TiB-sparse", time * 1e3, "ms", PGS_BENCH_NONE, 100);
  pgs_bench_row ("bytes-a-page-sparse", get_bytes_per_page (&target), "bytes",
                 PGS_BENCH_NONE, PGS_BENCH_NONE);
  end_target (&target);
}

int
main (void)
{
  guint n_pages = pgs_bench_option ("PGS_BENCH_PAGES", 1 << 20);

  pgs_bench_init ("snapshot");
  bench_resident ("scattered", prepare_scattered, n_pages, 1.5, 9);
  bench_resident ("contiguous", prepare_contiguous, n_pages, 1.5, 9);
  bench_resident ("huge", prepare_huge, n_pages, 1.5, 0.1);
  bench_sparse ();
  return pgs_bench_end ();
}
