/* test-snapshot-source.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests what becomes of what a source tells: of every entry and mark, of scans that
 * are not to be trusted, of address spaces that vanish at any moment, and of errors.
 * No process is needed for it, nor one that could be made to do all this.
 */

#include "config.h"

#include "core/pgs-snapshot-builder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/pgs-process.h"
#include "pgs-made-source.h"

#define PRESENT   PGS_PAGEMAP_PRESENT
#define SWAPPED   PGS_PAGEMAP_SWAPPED
#define GUARD     PGS_PAGEMAP_GUARD
#define EXCLUSIVE PGS_PAGEMAP_EXCLUSIVE
#define FILE_     PGS_PAGEMAP_FILE
#define ZERO      PGS_PAGEMAP_MARK_ZERO
#define HUGE_     PGS_PAGEMAP_MARK_HUGE

#define ONE      "100000-200000 rw-p 00000000 00:00 0 \n"
#define TOUCHING "200000-300000 r--p 00000000 00:00 0 \n"
#define APART    "1000000-1100000 rw-p 00000000 00:00 0 \n"
#define FAR      "10000000-10100000 rw-p 00000000 00:00 0 \n"
#define VSYSCALL "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]\n"
#define BORDER   "7ffffffffffff000-8000000000001000 rw-p 00000000 00:00 0 \n"
#define USER_END (UINT64_C (1) << 63)

/* Pages of 4 KiB. */
#define RANGE(first, end, marks) { (first) * UINT64_C (4096), (end) * UINT64_C (4096), (marks) }

static guint
count_spans (const PgsPageStore *store)
{
  PgsPageStoreIter iter;
  PgsPageSpan span;
  guint n_spans = 0;

  pgs_page_store_iter_init (&iter, store, 0);
  while (pgs_page_store_iter_next (&iter, &span))
    n_spans++;
  return n_spans;
}

static PgsSnapshot *
build (PgsMadeSource *source)
{
  g_autoptr(GError) error = NULL;
  PgsSnapshot *snapshot = pgs_snapshot_build (PGS_SOURCE (source), NULL, &error);

  assert_null (error);
  return snapshot;
}

/* What is kept of one entry, by the marks of its range. */
static void
test_entries (void **state)
{
  static const struct
  {
    uint64_t entry;
    uint64_t marks;
    uint64_t expected;
  } cases[] = {
    { PRESENT, 0, PRESENT | 0x100 },
    { PRESENT, ZERO, PRESENT | ZERO | 0x100 },
    { PRESENT, HUGE_, PRESENT | HUGE_ | 0x100 },
    { PRESENT | EXCLUSIVE, ZERO, PRESENT | EXCLUSIVE | 0x100 },
    { PRESENT | FILE_, ZERO, PRESENT | FILE_ | 0x100 },
    { PRESENT | EXCLUSIVE, ZERO | HUGE_, PRESENT | EXCLUSIVE | HUGE_ | 0x100 },
    { PRESENT | ZERO | HUGE_, 0, PRESENT | 0x100 },
    { SWAPPED | 64, ZERO | HUGE_, SWAPPED | 64 },
    { SWAPPED | GUARD | 0x9f, ZERO, SWAPPED | GUARD | 0x9f },
    { GUARD, 0, GUARD },
    { PGS_PAGEMAP_SOFT_DIRTY, HUGE_, 0 },
    { FILE_ | ZERO, 0, 0 },
    { 0, ZERO | HUGE_, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const PgsPopulatedRange range = RANGE (0x100, 0x101, cases[i].marks);
      g_autoptr(PgsMadeSource) source = pgs_made_source_new (ONE);
      g_autoptr(PgsSnapshot) snapshot = NULL;

      source->entry = cases[i].entry;
      source->ranges = &range;
      source->n_ranges = 1;
      snapshot = build (source);
      assert_int_equal (pgs_snapshot_get_entry (snapshot, 0x100000), cases[i].expected);
      assert_int_equal (pgs_snapshot_get_entry (snapshot, 0x101000), 0);
    }
}

/* Every page has the marks of its own range, however many are read at a time. */
static void
test_marked_ranges (void **state)
{
  static const PgsPopulatedRange ranges[] = {
    RANGE (0x104, 0x108, ZERO), RANGE (0x108, 0x110, HUGE_), RANGE (0x111, 0x112, 0),
    RANGE (0x112, 0x120, ZERO | HUGE_), RANGE (0x1ff, 0x200, HUGE_),
  };
  static const gsize max_entries[] = { 1, 3, 4, 7, 16, G_MAXSIZE };

  for (guint i = 0; i < G_N_ELEMENTS (max_entries); i++)
    {
      g_autoptr(PgsMadeSource) source = pgs_made_source_new (ONE);
      g_autoptr(PgsSnapshot) snapshot = NULL;

      source->ranges = ranges;
      source->n_ranges = G_N_ELEMENTS (ranges);
      source->max_entries = max_entries[i];
      snapshot = build (source);
      for (guint j = 0; j < G_N_ELEMENTS (ranges); j++)
        for (uint64_t page = ranges[j].start; page < ranges[j].end; page += 4096)
          assert_int_equal (pgs_snapshot_get_entry (snapshot, page),
                            PRESENT | ranges[j].marks | page / 4096);
      assert_int_equal (pgs_snapshot_get_entry (snapshot, 0x110000), PRESENT | 0x110);
      assert_int_equal (pgs_snapshot_get_entry (snapshot, 0x103000), 0);
    }
}

/* More pages than are read at once, and of another size. */
static void
test_large_range (void **state)
{
  enum { N = 100 * 1024 };
  static const uint64_t page_sizes[] = { 4096, 16384, 65536 };

  for (guint i = 0; i < G_N_ELEMENTS (page_sizes); i++)
    {
      uint64_t page_size = page_sizes[i];
      const PgsPopulatedRange range = { 0x100000, 0x100000 + N * page_size, HUGE_ };
      g_autofree char *maps = g_strdup_printf ("100000-%" G_GINT64_MODIFIER
                                               "x rw-p 00000000 00:00 0 \n", range.end);
      g_autoptr(PgsMadeSource) source = pgs_made_source_new (maps);
      g_autoptr(PgsSnapshot) snapshot = NULL;

      source->page_size = page_size;
      source->ram_end = 54321;
      source->ranges = &range;
      source->n_ranges = 1;
      snapshot = build (source);
      assert_int_equal (pgs_snapshot_get_totals (snapshot)->present, N);
      assert_int_equal (pgs_snapshot_get_ram_end (snapshot), 54321);
      for (uint64_t page = range.start / page_size; page < range.end / page_size; page++)
        assert_int_equal (pgs_snapshot_get_entry (snapshot, page * page_size),
                          PRESENT | HUGE_ | page);
      /* One span a page of the page table, which is as large as any other page. */
      assert_in_range (count_spans (pgs_snapshot_get_store (snapshot)),
                       N * 8 / page_size, N * 8 / page_size + 1);
    }
}

/* Ranges that lie close together are read at once. Two more reads ask whether the
 * address space is there. */
static void
test_close_ranges (void **state)
{
  static const struct
  {
    guint gap; /* in pages */
    guint n_reads;
  } cases[] = { { 0, 1 }, { 1, 1 }, { 256, 1 }, { 257, 2 }, { 1000, 2 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const PgsPopulatedRange ranges[] = {
        RANGE (0x1000, 0x1001, 0), RANGE (0x1001 + cases[i].gap, 0x1002 + cases[i].gap, 0),
      };
      g_autoptr(PgsMadeSource) source =
        pgs_made_source_new ("1000000-2000000 rw-p 00000000 00:00 0 \n");
      g_autoptr(PgsSnapshot) snapshot = NULL;

      source->ranges = ranges;
      source->n_ranges = G_N_ELEMENTS (ranges);
      snapshot = build (source);
      assert_int_equal (source->n_reads, 2 + cases[i].n_reads);
      for (guint j = 0; j < G_N_ELEMENTS (ranges); j++)
        assert_int_equal (pgs_snapshot_get_entry (snapshot, ranges[j].start),
                          PRESENT | ranges[j].start / 4096);
    }
}

/* Scans that tell what they were not asked for, or not in order. */
static void
test_scans_are_not_trusted (void **state)
{
  static const struct
  {
    PgsPopulatedRange ranges[2];
    uint64_t          first; /* of the pages in the snapshot */
    uint64_t          n;
  } cases[] = {
    { { RANGE (0x110, 0x120, 0), RANGE (0x120, 0x130, 0) }, 0x110, 0x20 },
    { { RANGE (0x110, 0x120, 0), RANGE (0x118, 0x130, 0) }, 0x110, 0x20 },
    { { RANGE (0x110, 0x130, 0), RANGE (0x118, 0x120, 0) }, 0x110, 0x20 },
    { { RANGE (0x180, 0x181, 0), RANGE (0x110, 0x111, 0) }, 0x180, 1 },
    { { RANGE (0, 0x110, 0), RANGE (0x110, 0x111, 0) }, 0x100, 0x11 },
    { { RANGE (0x1f0, 0x300, 0), RANGE (0x300, 0x301, 0) }, 0x1f0, 0x10 },
    { { RANGE (0x10, 0x20, 0), RANGE (0x200, 0x201, 0) }, 0, 0 },
    { { RANGE (0x120, 0x120, 0), RANGE (0x140, 0x150, 0) }, 0x140, 0x10 },
    { { RANGE (0x130, 0x120, 0), RANGE (0x140, 0x150, 0) }, 0x140, 0x10 },
    { { RANGE (0, UINT64_C (1) << 51, 0), RANGE (0x140, 0x150, 0) }, 0x100, 0x100 },
  };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsMadeSource) source = pgs_made_source_new (ONE);
      g_autoptr(PgsSnapshot) snapshot = NULL;
      PgsPageStore *store;
      PgsPageStoreIter iter;
      PgsPageSpan span;
      guint64 n = 0;

      source->ranges = cases[i / 2].ranges;
      source->n_ranges = 2;
      source->walks_too_far = i % 2 == 1;
      snapshot = build (source);
      store = pgs_snapshot_get_store (snapshot);
      pgs_page_store_iter_init (&iter, store, 0);
      while (pgs_page_store_iter_next (&iter, &span))
        {
          n += span.n_pages;
          assert_in_range (span.first_page, cases[i / 2].first,
                           cases[i / 2].first + cases[i / 2].n - 1);
        }
      assert_int_equal (n, cases[i / 2].n);
    }
}

/* A scan that does not come to the end goes on, were it a page at a time. */
static void
test_short_scans (void **state)
{
  static const PgsPopulatedRange range = RANGE (0x100, 0x200, 0);
  static const struct
  {
    guint pages;
    guint n_scans;
  } walks[] = { { 0, 256 }, { 1, 256 }, { 100, 3 }, { 255, 2 }, { 256, 1 }, { 1000, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (walks); i++)
    {
      g_autoptr(PgsMadeSource) source = pgs_made_source_new (ONE);
      g_autoptr(PgsSnapshot) snapshot = NULL;

      source->ranges = &range;
      source->n_ranges = 1;
      source->max_walk = walks[i].pages * UINT64_C (4096);
      snapshot = build (source);
      assert_int_equal (source->n_scans, walks[i].n_scans);
      assert_int_equal (pgs_snapshot_get_totals (snapshot)->present, 256);
    }
}

/* Mappings without a gap are scanned together, and the kernel's half never is. */
static void
test_stretches (void **state)
{
  static const struct
  {
    const char *maps;
    guint       n_scans;
    guint       n_reads; /* of the first page: whether the address space is there */
    uint64_t    asked_end;
  } cases[] = {
    { ONE, 1, 2, 0x200000 },
    { ONE TOUCHING, 1, 2, 0x300000 },
    { ONE APART, 2, 2, 0x1100000 },
    { ONE TOUCHING APART FAR, 3, 2, 0x10100000 },
    { ONE VSYSCALL, 1, 2, 0x200000 },
    { BORDER, 1, 2, USER_END },
    { VSYSCALL, 0, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsMadeSource) source = pgs_made_source_new (cases[i].maps);
      g_autoptr(PgsSnapshot) snapshot = build (source);

      assert_int_equal (source->n_scans, cases[i].n_scans);
      assert_int_equal (source->n_reads, cases[i].n_reads);
      assert_int_equal (source->asked_end, cases[i].asked_end);
      assert_int_equal (pgs_snapshot_get_totals (snapshot)->present, 0);
    }
}

static const PgsPopulatedRange apart[] = {
  RANGE (0x100, 0x101, 0), RANGE (0x1000, 0x1001, 0), RANGE (0x10000, 0x10001, 0),
};

/* What goes wrong, at which call of each of the first readings. */
typedef struct
{
  guint         call;
  guint         n_readings;
  const GError *read_error;
} Loss;

static void
lose (PgsMadeSource *self,
      guint          n_calls)
{
  Loss *loss = self->user_data;

  if (self->n_maps > loss->n_readings || n_calls < loss->call)
    {
      self->read_error = NULL;
      return;
    }
  self->gone = loss->read_error == NULL;
  self->read_error = loss->read_error;
}

/* An address space that is gone, whenever that comes out, is read anew. Once it has
 * been told, nothing is asked any more but whether it is so. */
static void
test_vanishes (void **state)
{
  static const struct
  {
    uint64_t max_walk;
    guint    n_calls; /* a scan or two, and a read a range; one read before and behind */
  } walks[] = { { G_MAXUINT64, 7 }, { 0x180 * 4096, 8 } };
  static const PgsPopulatedRange ranges[] = {
    RANGE (0x100, 0x101, 0), RANGE (0x2ff, 0x300, 0), RANGE (0x10000, 0x10001, 0),
  };
  const GError not_found = { PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_FOUND, (char *) "Ended" };

  for (guint i = 0; i < 2 * 2 * 3 * 8; i++)
    {
      Loss loss = { .call = 1 + i / 12, .n_readings = 1 + i / 4 % 3,
                    .read_error = i % 2 == 0 ? NULL : &not_found };
      g_autoptr(PgsMadeSource) source = pgs_made_source_new (ONE TOUCHING FAR);
      g_autoptr(PgsSnapshot) snapshot = NULL;

      if (loss.call > walks[i / 2 % 2].n_calls)
        continue;
      source->ranges = ranges;
      source->n_ranges = G_N_ELEMENTS (ranges);
      source->max_walk = walks[i / 2 % 2].max_walk;
      source->call = lose;
      source->user_data = &loss;
      snapshot = build (source);
      assert_int_equal (source->n_maps, loss.n_readings + 1);
      assert_int_equal (source->n_calls, walks[i / 2 % 2].n_calls);
      assert_int_equal (pgs_snapshot_get_totals (snapshot)->present, 3);
      assert_null (pgs_snapshot_get_pages_error (snapshot));
    }
}

/* The same, where it never ends: that is said after some tries. */
static void
test_vanishes_always (void **state)
{
  Loss loss = { .call = 1, .n_readings = G_MAXUINT };
  g_autoptr(PgsMadeSource) source = pgs_made_source_new (ONE);
  g_autoptr(GError) error = NULL;

  source->call = lose;
  source->user_data = &loss;
  assert_null (pgs_snapshot_build (PGS_SOURCE (source), NULL, &error));
  assert_true (g_error_matches (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_REPLACED));
  assert_in_range (source->n_maps, 4, 10);
  assert_int_equal (source->n_scans, 0);
}

static void
fail_at_call (PgsMadeSource *self,
              guint          n_calls)
{
  Loss *loss = self->user_data;

  self->read_error = n_calls >= loss->call ? loss->read_error : NULL;
}

/* Where pages cannot be read, were it the last of them, there are mappings and a
 * reason, and not a page. */
static void
test_pages_error (void **state)
{
  static const struct
  {
    guint call; /* 0 for the scan */
    gint  code;
    guint n_scans;
  } cases[] = {
    { 0, G_IO_ERROR_FAILED, 1 }, { 0, G_IO_ERROR_PERMISSION_DENIED, 1 },
    { 1, G_IO_ERROR_FAILED, 0 }, { 3, G_IO_ERROR_FAILED, 1 }, { 5, G_IO_ERROR_FAILED, 2 },
    { 8, G_IO_ERROR_FAILED, 3 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const GError failed = { G_IO_ERROR, cases[i].code, (char *) "It failed" };
      Loss loss = { .call = cases[i].call, .read_error = &failed };
      g_autoptr(PgsMadeSource) source = pgs_made_source_new (ONE APART FAR);
      g_autoptr(PgsSnapshot) snapshot = NULL;

      source->ranges = apart;
      source->n_ranges = G_N_ELEMENTS (apart);
      source->scan_error = cases[i].call == 0 ? &failed : NULL;
      source->call = cases[i].call > 0 ? fail_at_call : NULL;
      source->user_data = &loss;
      snapshot = build (source);
      assert_int_equal (pgs_maps_get_n_mappings (pgs_snapshot_get_maps (snapshot)), 3);
      assert_true (g_error_matches (pgs_snapshot_get_pages_error (snapshot), G_IO_ERROR,
                                    cases[i].code));
      assert_int_equal (pgs_snapshot_get_totals (snapshot)->present, 0);
      assert_int_equal (source->n_scans, cases[i].n_scans);
      assert_int_equal (source->n_maps, 1);
    }
}

/* A source that cannot scan is read from end to end. */
static void
test_no_scan (void **state)
{
  const GError no_scan = { G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, (char *) "No scan" };
  g_autoptr(PgsMadeSource) source = pgs_made_source_new (ONE APART FAR VSYSCALL);
  g_autoptr(PgsSnapshot) snapshot = NULL;

  source->scan_error = &no_scan;
  snapshot = build (source);
  assert_null (pgs_snapshot_get_pages_error (snapshot));
  assert_int_equal (pgs_snapshot_get_totals (snapshot)->present, 3 * 256);
}

/* Errors that leave no snapshot. A process that ended while its mappings were read is
 * looked for again, until the check says what became of it. */
static void
test_errors (void **state)
{
  static const struct
  {
    int   maps_code;  /* in PGS_PROCESS_ERROR, or -1 for none */
    int   check_code;
    int   code;
    guint n_maps;     /* at least */
  } cases[] = {
    { PGS_PROCESS_ERROR_NOT_PERMITTED, -1, PGS_PROCESS_ERROR_NOT_PERMITTED, 1 },
    { PGS_PROCESS_ERROR_NOT_FOUND, -1, PGS_PROCESS_ERROR_REPLACED, 4 },
    { PGS_PROCESS_ERROR_NOT_FOUND, PGS_PROCESS_ERROR_ZOMBIE, PGS_PROCESS_ERROR_ZOMBIE, 1 },
    { PGS_PROCESS_ERROR_NOT_PERMITTED, PGS_PROCESS_ERROR_NOT_FOUND, PGS_PROCESS_ERROR_NOT_FOUND,
      1 },
    { -1, PGS_PROCESS_ERROR_NOT_FOUND, PGS_PROCESS_ERROR_NOT_FOUND, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const GError maps_error = { PGS_PROCESS_ERROR, cases[i].maps_code, (char *) "Maps" };
      const GError check_error = { PGS_PROCESS_ERROR, cases[i].check_code, (char *) "Check" };
      g_autoptr(PgsMadeSource) source = pgs_made_source_new (ONE);
      g_autoptr(GError) error = NULL;

      source->maps_error = cases[i].maps_code >= 0 ? &maps_error : NULL;
      source->check_error = cases[i].check_code >= 0 ? &check_error : NULL;
      assert_null (pgs_snapshot_build (PGS_SOURCE (source), NULL, &error));
      assert_true (g_error_matches (error, PGS_PROCESS_ERROR, cases[i].code));
      assert_in_range (source->n_maps, cases[i].n_maps, 10);
    }
}

static void
cancel_in_scan (PgsMadeSource *self,
                guint          n_calls)
{
  if (n_calls == 2)
    g_cancellable_cancel (self->user_data);
}

/* Nothing is asked after a cancel, not even what became of the process. */
static void
test_cancel (void **state)
{
  const GError ended = { PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_FOUND, (char *) "Ended" };

  for (guint n_ranges = 0; n_ranges <= G_N_ELEMENTS (apart); n_ranges++)
    {
      g_autoptr(GCancellable) cancellable = g_cancellable_new ();
      g_autoptr(PgsMadeSource) source = pgs_made_source_new (ONE APART FAR);
      g_autoptr(GError) error = NULL;

      source->ranges = apart;
      source->n_ranges = n_ranges;
      source->call = cancel_in_scan;
      source->user_data = cancellable;
      source->check_error = &ended;
      assert_null (pgs_snapshot_build (PGS_SOURCE (source), cancellable, &error));
      assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
      assert_int_equal (source->n_calls, 2);
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_entries),
    cmocka_unit_test (test_marked_ranges),
    cmocka_unit_test (test_large_range),
    cmocka_unit_test (test_close_ranges),
    cmocka_unit_test (test_scans_are_not_trusted),
    cmocka_unit_test (test_short_scans),
    cmocka_unit_test (test_stretches),
    cmocka_unit_test (test_vanishes),
    cmocka_unit_test (test_vanishes_always),
    cmocka_unit_test (test_pages_error),
    cmocka_unit_test (test_no_scan),
    cmocka_unit_test (test_errors),
    cmocka_unit_test (test_cancel),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
