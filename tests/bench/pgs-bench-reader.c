/* pgs-bench-reader.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Looks at a target: as Pagescape does, and as the least program could that reads
 * the same entries.
 */

#include "config.h"

#include "pgs-bench-reader.h"

#include <sys/resource.h>
#include <fcntl.h>
#include <unistd.h>

#include "core/pgs-proc-source.h"
#include "core/pgs-snapshot-builder.h"

#define PREAD_SIZE ((size_t) 256 * 1024)

/**
 * pgs_bench_reader_new:
 * @target: (transfer none): the process; outlives the reader
 *
 * Returns: (transfer full): a reader
 */
PgsBenchReader *
pgs_bench_reader_new (PgsBenchTarget *target)
{
  g_autoptr(GError) error = NULL;
  PgsBenchReader *self = g_new0 (PgsBenchReader, 1);

  self->target = target;
  self->process = pgs_process_open (NULL, target->pid, &error);
  if (self->process == NULL)
    g_error ("%s", error->message);
  self->source = pgs_proc_source_new (self->process, NULL, PGS_PROC_SCAN_AUTO);
  return self;
}

/**
 * pgs_bench_reader_free:
 *
 * Frees the reader. The target stays.
 */
void
pgs_bench_reader_free (PgsBenchReader *self)
{
  g_object_unref (self->source);
  pgs_process_unref (self->process);
  g_free (self);
}

/**
 * pgs_bench_reader_take:
 *
 * Returns: (transfer full): a snapshot of the target
 */
PgsSnapshot *
pgs_bench_reader_take (PgsBenchReader *self)
{
  g_autoptr(GError) error = NULL;
  PgsSnapshot *snapshot = pgs_snapshot_build (self->source, NULL, &error);

  if (snapshot == NULL)
    g_error ("%s", error->message);
  return snapshot;
}

/**
 * pgs_bench_reader_run_take:
 * @reader: a #PgsBenchReader
 *
 * Takes a snapshot and frees it, for pgs_bench_time().
 */
void
pgs_bench_reader_run_take (gpointer reader)
{
  pgs_snapshot_unref (pgs_bench_reader_take (reader));
}

/**
 * pgs_bench_reader_run_pread:
 * @reader: a #PgsBenchReader
 *
 * The baseline of all readings: a loop of pread() over the entries of the pages
 * that the target was made with, in large pieces, that does nothing with them.
 */
void
pgs_bench_reader_run_pread (gpointer reader)
{
  PgsBenchReader *self = reader;
  g_autofree char *path = g_strdup_printf ("/proc/%d/pagemap", self->target->pid);
  g_autofree char *buffer = g_malloc (PREAD_SIZE);
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  uint64_t page_size = (uint64_t) sysconf (_SC_PAGESIZE);
  size_t left = self->target->n_pages * sizeof (uint64_t);
  off_t offset = (off_t) (self->target->address / page_size * sizeof (uint64_t));

  while (left > 0)
    {
      ssize_t n = pread (fd, buffer, MIN (left, PREAD_SIZE), offset);

      if (n <= 0)
        g_error ("%s cannot be read", path);
      left -= (size_t) n;
      offset += n;
    }
  close (fd);
}

static double
get_processor_time (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / G_USEC_PER_SEC;
}

/**
 * pgs_bench_reader_time:
 * @func: what to run
 * @data: what with
 * @rounds: how often
 * @pause_us: how long to wait before each, in microseconds
 *
 * Returns: how much processor time it takes, in seconds: that of the round in the middle
 */
double
pgs_bench_reader_time (PgsBenchFunc func,
                       gpointer     data,
                       guint        rounds,
                       gulong       pause_us)
{
  g_autofree double *times = g_new (double, rounds);

  func (data);
  for (guint i = 0; i < rounds; i++)
    {
      double start;

      g_usleep (pause_us);
      start = get_processor_time ();
      func (data);
      times[i] = get_processor_time () - start;
    }
  return pgs_bench_median (times, rounds);
}
