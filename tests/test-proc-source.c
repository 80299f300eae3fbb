/* test-proc-source.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests what is read of a process from /proc, recorded and live.
 */

#include "config.h"

#include "core/pgs-proc-source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/pgs-pagemap-entry.h"
#include "pgs-fixture.h"
#include "pgs-swap-file.h"
#include "pgs-target.h"

static uint64_t
get_page_size (void)
{
  return (uint64_t) sysconf (_SC_PAGESIZE);
}

static PgsSource *
open_source (const char  *proc_root,
             pid_t        pid,
             PgsProcScan  scan)
{
  g_autoptr(PgsProcess) process = pgs_process_open (proc_root, pid, NULL);

  assert_non_null (process);
  return pgs_proc_source_new (process, proc_root, scan);
}

/* Starts a reading, whose mappings do not matter here. */
static void
start_reading (PgsSource *source)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) text = pgs_source_read_maps (source, NULL, &error);

  if (text == NULL)
    fail_msg ("%s", error->message);
}

static void
read_directly (pid_t     pid,
               uint64_t  address,
               uint64_t *entries,
               gsize     n)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/pagemap", (int) pid);
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);

  assert_int_equal (pread (fd, entries, n * sizeof entries[0],
                           (off_t) (address / get_page_size () * sizeof entries[0])),
                    n * sizeof entries[0]);
  close (fd);
}

static gboolean
require_recorded_page_size (void)
{
  if (get_page_size () == 4096)
    return TRUE;
  print_message ("skipped: the recorded processes have pages of another size\n");
  return FALSE;
}

/* Returns the first address of the mapping of that name in a text of maps. */
static uint64_t
find_start (const char *text,
            const char *name)
{
  const char *line = strstr (text, name);

  assert_non_null (line);
  while (line > text && line[-1] != '\n')
    line--;
  return g_ascii_strtoull (line, NULL, 16);
}

static void
test_recorded (void **state)
{
  g_autoptr(PgsFixture) fixture = NULL;
  g_autoptr(PgsSource) source = NULL;
  g_autoptr(GBytes) maps = NULL;
  g_autofree char *text = NULL;
  uint64_t entries[32], stack;
  gsize length;

  if (!require_recorded_page_size ())
    skip ();
  fixture = pgs_fixture_new ("prober");
  source = open_source (fixture->root, fixture->pid, PGS_PROC_SCAN_AUTO);
  maps = pgs_source_read_maps (source, NULL, NULL);
  text = pgs_fixture_read ("prober", "maps", &length);
  assert_int_equal (g_bytes_get_size (maps), length);
  assert_memory_equal (g_bytes_get_data (maps, NULL), text, length);
  assert_int_equal (pgs_source_get_page_size (source), 4096);

  stack = find_start (text, "[stack]");
  assert_int_equal (pgs_source_read_entries (source, stack, entries, 32, NULL), 32);
  for (guint i = 0; i < 32; i++)
    assert_true (entries[i] == pgs_fixture_get_entry (fixture, stack + i * 4096));
  assert_true (pgs_source_check (source, NULL));
}

/* A file is no pagemap, so there is no PAGEMAP_SCAN, as on older kernels. */
static void
test_scan_not_supported (void **state)
{
  g_autoptr(PgsFixture) fixture = pgs_fixture_new ("prober");
  g_autoptr(PgsSource) recorded = open_source (fixture->root, fixture->pid, PGS_PROC_SCAN_AUTO);
  g_autoptr(PgsSource) live = open_source (NULL, getpid (), PGS_PROC_SCAN_NEVER);
  PgsSource *sources[] = { recorded, live };

  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      g_autoptr(GArray) ranges = g_array_new (FALSE, FALSE, sizeof (PgsPopulatedRange));
      g_autoptr(GError) error = NULL;
      uint64_t walk_end = 7;

      start_reading (sources[i]);
      assert_false (pgs_source_scan (sources[i], 0, get_page_size (), ranges, &walk_end, &error));
      assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED));
      assert_int_equal (walk_end, 7);
      assert_int_equal (ranges->len, 0);
    }
}

static void
test_ram_end (void **state)
{
  static const struct
  {
    const char *zoneinfo;
    uint64_t    ram_end;
  } cases[] = {
    { "", 0 },
    { "Node 0, zone DMA\n        spanned  4095\n  start_pfn:           1\n", 4096 },
    { "Node 0, zone DMA\n        spanned  4095\n  start_pfn:           1\n"
      "Node 0, zone Normal\n        spanned  1000\n  start_pfn:           8192\n"
      "Node 0, zone Movable\n        spanned  0\n  start_pfn:           99999\n", 9192 },
    { "Node 0, zone Normal\n        spanned  10\n  start_pfn:           100\n"
      "Node 1, zone Normal\n        spanned  10\n  start_pfn:           50\n", 110 },
    { "        spanned  4095\n", 0 },
  };
  g_autoptr(PgsFixture) fixture = pgs_fixture_new ("prober");
  g_autofree char *path = g_build_filename (fixture->root, "zoneinfo", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsSource) source =
        open_source (fixture->root, fixture->pid, PGS_PROC_SCAN_AUTO);

      assert_true (g_file_set_contents (path, cases[i].zoneinfo, -1, NULL));
      assert_int_equal (pgs_source_get_ram_end (source), cases[i].ram_end);
    }
  g_unlink (path);
  {
    g_autoptr(PgsSource) source = open_source (fixture->root, fixture->pid, PGS_PROC_SCAN_AUTO);

    assert_int_equal (pgs_source_get_ram_end (source), 0);
  }
}

static void
test_recorded_ram_end (void **state)
{
  g_autoptr(PgsFixture) fixture = pgs_fixture_new ("prober");
  g_autoptr(PgsSource) source = open_source (fixture->root, fixture->pid, PGS_PROC_SCAN_AUTO);
  g_autofree char *path = g_build_filename (fixture->root, "zoneinfo", NULL);
  g_autofree char *text = NULL;
  uint64_t highest = 0, spanned = 0, start;

  assert_true (g_file_get_contents (path, &text, NULL, NULL));
  for (char *line = strtok (text, "\n"); line != NULL; line = strtok (NULL, "\n"))
    {
      sscanf (line, " spanned %" G_GINT64_MODIFIER "u", &spanned);
      if (sscanf (line, " start_pfn: %" G_GINT64_MODIFIER "u", &start) == 1 && spanned > 0)
        highest = MAX (highest, start + spanned);
    }
  assert_true (highest > 0);
  assert_int_equal (pgs_source_get_ram_end (source), highest);
}

/* Every area of a live process reads as a direct read says. */
static void
test_live_entries (void **state)
{
  g_autoptr(PgsTarget) target = pgs_target_new (0);
  g_autoptr(PgsSource) source = open_source (NULL, target->pid, PGS_PROC_SCAN_AUTO);

  start_reading (source);
  for (guint i = 0; i < PGS_TARGET_N_AREAS; i++)
    {
      uint64_t ours[16], theirs[16];
      gsize n = (gsize) MIN ((target->end[i] - target->start[i]) / get_page_size (), 16);

      if (target->start[i] == 0)
        continue;
      assert_int_equal (pgs_source_read_entries (source, target->start[i], ours, n, NULL), n);
      read_directly (target->pid, target->start[i], theirs, n);
      assert_memory_equal (ours, theirs, n * sizeof ours[0]);
    }
}

/* Scans [start, end) to its end. Returns %NULL where the kernel cannot. */
static GArray *
scan (PgsSource *source,
      uint64_t   start,
      uint64_t   end)
{
  g_autoptr(GArray) ranges = g_array_new (FALSE, FALSE, sizeof (PgsPopulatedRange));
  g_autoptr(GError) error = NULL;

  while (start < end)
    {
      uint64_t walk_end = 0;

      if (!pgs_source_scan (source, start, end, ranges, &walk_end, &error))
        {
          if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
            fail_msg ("%s", error->message);
          print_message ("skipped: PAGEMAP_SCAN, for this kernel has none\n");
          return NULL;
        }
      assert_true (walk_end > start && walk_end <= end);
      start = walk_end;
    }
  return g_steal_pointer (&ranges);
}

/* Returns the range that holds @address, or %NULL. */
static const PgsPopulatedRange *
find_range (const GArray *ranges,
            uint64_t      address)
{
  for (guint i = 0; i < ranges->len; i++)
    {
      const PgsPopulatedRange *range = &g_array_index (ranges, PgsPopulatedRange, i);

      if (range->start <= address && address < range->end)
        return range;
    }
  return NULL;
}

static void
check_ascending (const GArray *ranges,
                 uint64_t      start,
                 uint64_t      end)
{
  for (guint i = 0; i < ranges->len; i++)
    {
      const PgsPopulatedRange *range = &g_array_index (ranges, PgsPopulatedRange, i);

      assert_true (range->start >= start && range->start < range->end && range->end <= end);
      start = range->end;
    }
}

/* A scan finds just the pages that have something in their entries, and it
 * tells zero pages and huge pages from others. */
static void
test_live_scan (void **state)
{
  g_autoptr(PgsSwapFile) swap = pgs_swap_file_new ();
  g_autoptr(PgsTarget) target = pgs_target_new (swap != NULL ? PGS_TARGET_SWAP : 0);
  g_autoptr(PgsSource) source = open_source (NULL, target->pid, PGS_PROC_SCAN_AUTO);
  const uint64_t populated = PGS_PAGEMAP_PRESENT | PGS_PAGEMAP_SWAPPED | PGS_PAGEMAP_GUARD;

  start_reading (source);
  for (guint i = 0; i < PGS_TARGET_N_AREAS; i++)
    {
      uint64_t start = target->start[i];
      uint64_t end = MIN (target->end[i], start + 512 * get_page_size ());
      g_autoptr(GArray) ranges = start > 0 ? scan (source, start, end) : NULL;

      if (ranges == NULL)
        continue;
      check_ascending (ranges, start, end);
      for (uint64_t page = start; page < end; page += get_page_size ())
        {
          const PgsPopulatedRange *range = find_range (ranges, page);
          uint64_t entry;

          read_directly (target->pid, page, &entry, 1);
          if ((range != NULL) != ((entry & populated) != 0))
            fail_msg ("Page %u of area %u has entry %" G_GINT64_MODIFIER "x",
                      (guint) ((page - start) / get_page_size ()), i, entry);
          if (range != NULL)
            assert_int_equal (range->marks, i == PGS_TARGET_ZERO ? PGS_PAGEMAP_MARK_ZERO
                              : i == PGS_TARGET_HUGE ? PGS_PAGEMAP_MARK_HUGE : 0);
        }
    }
}

/* Memory with every other page written takes several calls to scan. Each page
 * comes once, though the kernel may tell a walk_end before the ranges it gave. */
static void
test_scan_resumes (void **state)
{
  g_autoptr(PgsTarget) target = pgs_target_new (0);
  g_autoptr(PgsSource) source = open_source (NULL, target->pid, PGS_PROC_SCAN_AUTO);
  uint64_t start = target->start[PGS_TARGET_STRIPED];
  uint64_t end = target->end[PGS_TARGET_STRIPED];
  g_autoptr(GArray) ranges = NULL;

  start_reading (source);
  ranges = scan (source, start, end);
  if (ranges == NULL)
    skip ();
  check_ascending (ranges, start, end);
  assert_int_equal (ranges->len, PGS_TARGET_STRIPES);
  for (guint i = 0; i < ranges->len; i++)
    {
      const PgsPopulatedRange *range = &g_array_index (ranges, PgsPopulatedRange, i);

      assert_true (range->start == start + 2 * i * get_page_size ());
      assert_true (range->end == range->start + get_page_size ());
    }
}

/* Memory that is resident from end to end is scanned a piece at a time, however large it
 * is, and no page of it is left out. It is made of the page of zeros, and so of none. */
static void
test_scan_of_dense_memory (void **state)
{
  const uint64_t page = get_page_size (), most = 0x80000;
  const uint64_t n_pages = 2 * most + 12345;
  char *memory = mmap (NULL, n_pages * page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                       -1, 0);
  g_autoptr(PgsSource) source = open_source (NULL, getpid (), PGS_PROC_SCAN_AUTO);
  uint64_t start = (uintptr_t) memory, end = start + n_pages * page, done = start;
  guint n_scans = 0;

  assert_ptr_not_equal (memory, MAP_FAILED);
  madvise (memory, n_pages * page, MADV_NOHUGEPAGE);
  for (uint64_t i = 0; i < n_pages; i++)
    (void) *(volatile char *) (memory + i * page);
  start_reading (source);
  while (start < end)
    {
      g_autoptr(GArray) ranges = g_array_new (FALSE, FALSE, sizeof (PgsPopulatedRange));
      g_autoptr(GError) error = NULL;
      uint64_t walk_end = start;

      if (!pgs_source_scan (source, start, end, ranges, &walk_end, &error))
        {
          print_message ("skipped: %s\n", error->message);
          break;
        }
      assert_in_range (walk_end, start + 1, start + most * page);
      for (guint i = 0; i < ranges->len; i++)
        {
          assert_int_equal (g_array_index (ranges, PgsPopulatedRange, i).start, done);
          done = g_array_index (ranges, PgsPopulatedRange, i).end;
        }
      assert_int_equal (done, walk_end);
      start = walk_end;
      n_scans++;
    }
  munmap (memory, n_pages * page);
  assert_true (n_scans == 0 || n_scans > 2);
}

static void
test_before_maps (void **state)
{
  g_autoptr(PgsSource) source = open_source (NULL, getpid (), PGS_PROC_SCAN_AUTO);
  g_autoptr(GArray) ranges = g_array_new (FALSE, FALSE, sizeof (PgsPopulatedRange));
  g_autoptr(GError) scan_error = NULL;
  g_autoptr(GError) read_error = NULL;
  uint64_t walk_end, entry;

  assert_false (pgs_source_scan (source, 0, get_page_size (), ranges, &walk_end, &scan_error));
  assert_non_null (scan_error);
  assert_int_equal (pgs_source_read_entries (source, 0, &entry, 1, &read_error), -1);
  assert_non_null (read_error);
}

static void
test_beyond (void **state)
{
  static const uint64_t addresses[] = {
    UINT64_C (0xffffffffff600000), UINT64_C (1) << 63, UINT64_C (0xfffffffffffff000),
  };
  g_autoptr(PgsSource) source = open_source (NULL, getpid (), PGS_PROC_SCAN_AUTO);

  start_reading (source);
  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      uint64_t entry = 7;

      assert_int_equal (pgs_source_read_entries (source, addresses[i], &entry, 1, NULL), 0);
      assert_int_equal (entry, 7);
    }
}

static void
test_cancelled (void **state)
{
  g_autoptr(PgsSource) source = open_source (NULL, getpid (), PGS_PROC_SCAN_AUTO);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;

  g_cancellable_cancel (cancellable);
  assert_null (pgs_source_read_maps (source, cancellable, &error));
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

/* Another program in the same process: the old pages are no more, and a new
 * reading finds the new ones. */
static void
test_exec (void **state)
{
  g_autoptr(PgsTarget) target = pgs_target_new (0);
  g_autoptr(PgsSource) source = open_source (NULL, target->pid, PGS_PROC_SCAN_AUTO);
  g_autoptr(GBytes) maps = NULL;
  uint64_t entry, address;

  start_reading (source);
  pgs_target_exec (target);
  assert_int_equal (pgs_source_read_entries (source, target->start[PGS_TARGET_TOUCHED],
                                             &entry, 1, NULL), 0);
  assert_true (pgs_source_check (source, NULL));
  maps = pgs_source_read_maps (source, NULL, NULL);
  assert_non_null (maps);
  assert_non_null (g_strstr_len (g_bytes_get_data (maps, NULL),
                                 (gssize) g_bytes_get_size (maps), "/sleep\n"));
  address = g_ascii_strtoull (g_bytes_get_data (maps, NULL), NULL, 16);
  assert_int_equal (pgs_source_read_entries (source, address, &entry, 1, NULL), 1);
}

static void
test_end (void **state)
{
  g_autoptr(PgsTarget) target = pgs_target_new (0);
  g_autoptr(PgsSource) source = open_source (NULL, target->pid, PGS_PROC_SCAN_AUTO);
  g_autoptr(GError) check_error = NULL;
  g_autoptr(GError) maps_error = NULL;
  uint64_t entry, address = target->start[PGS_TARGET_TOUCHED];

  start_reading (source);
  assert_int_equal (pgs_source_read_entries (source, address, &entry, 1, NULL), 1);
  pgs_target_end (target);
  assert_int_equal (pgs_source_read_entries (source, address, &entry, 1, NULL), 0);
  assert_false (pgs_source_check (source, &check_error));
  assert_true (g_error_matches (check_error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_FOUND));
  assert_null (pgs_source_read_maps (source, NULL, &maps_error));
  assert_true (g_error_matches (maps_error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_FOUND));
}

/* An ordinary user sees its own process, with the frames hidden; swap slots are
 * hidden as well since Linux 4.2. */
static char *
check_hidden (gpointer user_data)
{
  const PgsTarget *target = user_data;
  g_autoptr(PgsProcess) process = pgs_process_open (NULL, target->pid, NULL);
  g_autoptr(PgsSource) source = NULL;
  g_autoptr(GBytes) maps = NULL;
  g_autoptr(GError) error = NULL;

  source = pgs_proc_source_new (process, NULL, PGS_PROC_SCAN_AUTO);
  maps = pgs_source_read_maps (source, NULL, &error);
  if (maps == NULL)
    return g_strdup (error->message);
  for (guint i = 0; i < PGS_TARGET_N_AREAS; i++)
    {
      uint64_t entry;

      if (target->start[i] == 0 || i == PGS_TARGET_UNTOUCHED ||
          i == PGS_TARGET_GUARD)
        continue;
      if (pgs_source_read_entries (source, target->start[i], &entry, 1, &error) != 1)
        return g_strdup (error != NULL ? error->message : "pagemap ends");
      if (!pgs_pagemap_entry_is_hidden (entry))
        return g_strdup_printf ("Area %u has entry %" G_GINT64_MODIFIER "x", i, entry);
    }
  return NULL;
}

static void
test_hidden (void **state)
{
  g_autoptr(PgsSwapFile) swap = NULL;
  g_autoptr(PgsTarget) target = NULL;
  g_autofree char *problem = NULL;

  if (geteuid () != 0)
    {
      print_message ("skipped: hidden frames, for only root can change users\n");
      skip ();
    }
  swap = pgs_swap_file_new ();
  target = pgs_target_new (PGS_TARGET_AS_NOBODY | (swap != NULL ? PGS_TARGET_SWAP : 0));
  problem = pgs_target_run_as_nobody (check_hidden, target);
  if (problem != NULL)
    fail_msg ("%s", problem);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_recorded),
    cmocka_unit_test (test_scan_not_supported),
    cmocka_unit_test (test_ram_end),
    cmocka_unit_test (test_recorded_ram_end),
    cmocka_unit_test (test_live_entries),
    cmocka_unit_test (test_live_scan),
    cmocka_unit_test (test_scan_resumes),
    cmocka_unit_test (test_scan_of_dense_memory),
    cmocka_unit_test (test_before_maps),
    cmocka_unit_test (test_beyond),
    cmocka_unit_test (test_cancelled),
    cmocka_unit_test (test_exec),
    cmocka_unit_test (test_end),
    cmocka_unit_test (test_hidden),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
