/* bench-parse.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How fast what the kernel tells is understood: the text of maps, and the entries
 * of pagemap. The ratio is against copying the same bytes with memcpy(). The share
 * of a snapshot is that of the whole snapshot of the process that the bytes are of:
 * one with 65,531 mappings for maps, one with a quarter of PGS_BENCH_PAGES scattered
 * pages for entries. The rest of a snapshot is the kernel's time.
 *
 * Entries are measured twice: told apart by their state, the least that can be done
 * with one, and put into a page store, which is what a snapshot does with each.
 */

#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/pgs-page-store-builder.h"
#include "pgs-bench-reader.h"
#include "pgs-bench.h"

#define ROUNDS          9
#define PAGES_PER_BLOCK 512
#define READ_ENTRIES    ((gsize) 32 * 1024)

/* Bytes that the kernel told, and where to copy them. */
typedef struct
{
  char   *bytes;
  char   *copy;
  gsize   n_bytes;
  guint64 sum;
} Told;

static void
told_init (Told  *self,
           char  *bytes,
           gsize  n_bytes)
{
  self->bytes = bytes;
  self->copy = g_malloc (n_bytes);
  self->n_bytes = n_bytes;
  self->sum = 0;
  memset (self->copy, 1, n_bytes);
}

static void
told_clear (Told *self)
{
  g_free (self->bytes);
  g_free (self->copy);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Told, told_clear)

static void
run_copy (gpointer data)
{
  Told *self = data;

  memcpy (self->copy, self->bytes, self->n_bytes);
  self->sum += (guint8) self->copy[self->n_bytes / 2];
}

static void
run_parse (gpointer data)
{
  Told *self = data;
  g_autoptr(GError) error = NULL;
  PgsMaps *maps = pgs_maps_parse (self->bytes, self->n_bytes, (uint64_t) sysconf (_SC_PAGESIZE),
                                  &error);

  if (maps == NULL)
    g_error ("%s", error->message);
  pgs_maps_unref (maps);
}

static void
run_decode (gpointer data)
{
  Told *self = data;
  const uint64_t *entries = (const uint64_t *) (const void *) self->bytes;
  gsize n_entries = self->n_bytes / sizeof *entries;
  guint64 counts[4] = { 0, };

  for (gsize i = 0; i < n_entries; i++)
    counts[pgs_pagemap_entry_get_state (entries[i])]++;
  self->sum += counts[PGS_PAGE_PRESENT];
}

/* In pieces as large as those that a snapshot reads. */
static void
run_store (gpointer data)
{
  Told *self = data;
  const uint64_t *entries = (const uint64_t *) (const void *) self->bytes;
  gsize n_entries = self->n_bytes / sizeof *entries;
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (PAGES_PER_BLOCK);

  for (gsize i = 0; i < n_entries; i += READ_ENTRIES)
    pgs_page_store_builder_append (builder, i, entries + i, MIN (READ_ENTRIES, n_entries - i));
  pgs_page_store_unref (pgs_page_store_builder_end (builder));
}

static void
bench_bytes (const char   *what,
             PgsBenchFunc  func,
             Told         *told,
             double        snapshot_time)
{
  g_autofree char *share_name = g_strdup_printf ("%s-share", what);
  double time, copy;

  pgs_bench_compare (func, run_copy, told, ROUNDS, &time, &copy);
  pgs_bench_row (what, (double) told->n_bytes / time / 1e6, "MB/s", time / copy,
                 PGS_BENCH_NONE);
  pgs_bench_row_noted (share_name, time / snapshot_time * 100, "%", PGS_BENCH_NONE,
                       PGS_BENCH_NONE, "of a snapshot");
}

static void
bench_maps (void)
{
  g_autofree char *reason = NULL;
  g_autofree char *path = NULL;
  g_autoptr(PgsBenchTarget) target = pgs_bench_target_new (PGS_BENCH_MAPPINGS, 0, &reason);
  g_autoptr(PgsBenchReader) reader = NULL;
  g_auto(Told) told = { NULL, };
  char *text;
  gsize length;

  if (target == NULL)
    {
      pgs_bench_skip ("parse-maps", reason);
      return;
    }
  reader = pgs_bench_reader_new (target);
  path = g_strdup_printf ("/proc/%d/maps", target->pid);
  if (!g_file_get_contents (path, &text, &length, NULL))
    g_error ("%s cannot be read", path);
  told_init (&told, text, length);
  bench_bytes ("parse-maps", run_parse, &told,
               pgs_bench_time (pgs_bench_reader_run_take, reader, ROUNDS));
}

static char *
read_entries (PgsBenchTarget *target,
              gsize           n_bytes)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/pagemap", target->pid);
  uint64_t first = target->address / (uint64_t) sysconf (_SC_PAGESIZE);
  char *bytes = g_malloc (n_bytes);
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  if (pread (fd, bytes, n_bytes, (off_t) (first * sizeof (uint64_t))) != (gssize) n_bytes)
    g_error ("%s cannot be read", path);
  close (fd);
  return bytes;
}

static void
bench_entries (guint n_pages)
{
  g_autofree char *reason = NULL;
  g_autoptr(PgsBenchTarget) target = pgs_bench_target_new (PGS_BENCH_SCATTERED, n_pages, &reason);
  g_autoptr(PgsBenchReader) reader = NULL;
  g_auto(Told) told = { NULL, };
  double snapshot_time;

  if (target == NULL)
    {
      pgs_bench_skip ("decode-entries", reason);
      return;
    }
  reader = pgs_bench_reader_new (target);
  told_init (&told, read_entries (target, n_pages * sizeof (uint64_t)),
             n_pages * sizeof (uint64_t));
  snapshot_time = pgs_bench_time (pgs_bench_reader_run_take, reader, ROUNDS);
  bench_bytes ("decode-entries", run_decode, &told, snapshot_time);
  bench_bytes ("store-entries", run_store, &told, snapshot_time);
}

int
main (void)
{
  guint n_pages = pgs_bench_option ("PGS_BENCH_PAGES", 1 << 20);

  pgs_bench_init ("parse");
  bench_maps ();
  bench_entries (MAX (n_pages / 4, PAGES_PER_BLOCK));
  return pgs_bench_end ();
}
