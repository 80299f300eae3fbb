/* test-snapshot-huge.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Snapshots of processes too large to be kept page by page, or to be read at once.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "core/pgs-csv.h"
#include "core/pgs-page-words.h"
#include "core/pgs-process.h"
#include "core/pgs-snapshot-builder.h"
#include "core/pgs-summary.h"
#include "pgs-huge-source.h"

#define PAGE    PGS_HUGE_SOURCE_PAGE
#define START   PGS_HUGE_SOURCE_START
#define N_PAGES (UINT64_C (1) << 21)   /* 8 GiB */
#define LIMIT   ((gsize) 4 << 20)

static PgsSnapshot *
build (PgsSource *source,
       PgsFocus  *focus)
{
  const PgsSnapshotOptions options = { .focus = focus, .max_bytes = LIMIT };
  g_autoptr(GError) error = NULL;
  PgsSnapshot *snapshot = pgs_snapshot_build_with (source, &options, NULL, &error);

  assert_null (error);
  return snapshot;
}

static void
test_totals_of_a_large_process (void **state)
{
  g_autoptr(PgsSource) source = pgs_huge_source_new (N_PAGES, TRUE);
  g_autoptr(PgsSnapshot) snapshot = build (source, NULL);
  const PgsTotals *totals = pgs_snapshot_get_totals (snapshot);
  g_autoptr(PgsSummary) summary = pgs_summary_new (snapshot, pgs_color_mode_get (0));
  uint64_t counts[PGS_COLOR_MODE_MAX_CLASSES];

  assert_true (pgs_page_store_get_bytes (pgs_snapshot_get_store (snapshot)) <= LIMIT);
  assert_int_equal (totals->mapped, N_PAGES);
  assert_int_equal (totals->present, N_PAGES / 16 * 14);
  assert_int_equal (totals->swapped, N_PAGES / 16);
  assert_int_equal (pgs_summary_count (summary, 0, G_MAXUINT64, counts), N_PAGES);
  assert_int_equal (counts[0], N_PAGES / 16 * 13);
  assert_int_equal (counts[1], N_PAGES / 16);
  assert_int_equal (counts[4], N_PAGES / 16);
  assert_int_equal (counts[6], N_PAGES / 16);
}

static void
assert_entries (PgsSnapshot *snapshot,
                PgsSource   *source,
                uint64_t     first,
                guint        n)
{
  assert_true (pgs_snapshot_knows (snapshot, first * PAGE, (first + n) * PAGE));
  for (guint i = 0; i < n; i++)
    assert_int_equal (pgs_snapshot_get_entry (snapshot, (first + i) * PAGE),
                      pgs_huge_source_get_entry (source, first + i));
}

/* What is looked at is known page by page, whether from the start or afterwards. */
static void
test_detail (void **state)
{
  g_autoptr(PgsSource) source = pgs_huge_source_new (N_PAGES, TRUE);
  g_autoptr(PgsFocus) focus = pgs_focus_new ();
  uint64_t first = START / PAGE + N_PAGES / 3, other = START / PAGE + 5;
  const PgsRange early = { first * PAGE, (first + 100) * PAGE };
  const PgsRange later = { other * PAGE + 7, other * PAGE + 8 };
  const PgsSnapshotOptions options = { .focus = focus, .max_bytes = LIMIT };
  g_autoptr(PgsSnapshot) snapshot = NULL;
  g_autoptr(PgsSnapshot) refined = NULL;
  guint n_shared = 0;

  pgs_focus_set (focus, &early, 1);
  snapshot = build (source, focus);
  assert_entries (snapshot, source, first, 100);
  assert_false (pgs_snapshot_knows (snapshot, later.start, later.end));
  assert_non_null (pgs_page_get_unknown (snapshot, later.start));

  pgs_focus_set (focus, &later, 1);
  refined = pgs_snapshot_refine (snapshot, source, &options, NULL, NULL);
  assert_non_null (refined);
  assert_entries (refined, source, other, 1);
  assert_null (pgs_page_get_unknown (refined, later.start));
  assert_memory_equal (pgs_snapshot_get_totals (refined), pgs_snapshot_get_totals (snapshot),
                       sizeof (PgsTotals));
  assert_true (pgs_page_store_get_bytes (pgs_snapshot_get_store (refined)) <= LIMIT);
  for (guint i = 0; i < N_PAGES / PGS_PAGE_CHUNK_PAGES; i++)
    n_shared += pgs_page_store_get_chunk (pgs_snapshot_get_store (refined), i) ==
                pgs_page_store_get_chunk (pgs_snapshot_get_store (snapshot), i);
  assert_true (n_shared >= N_PAGES / PGS_PAGE_CHUNK_PAGES - 3);
}

static void
test_detail_of_a_process_that_ended (void **state)
{
  g_autoptr(PgsSource) source = pgs_huge_source_new (N_PAGES, TRUE);
  g_autoptr(PgsFocus) focus = pgs_focus_new ();
  const PgsRange range = { START, START + PAGE };
  const PgsSnapshotOptions options = { .focus = focus, .max_bytes = LIMIT };
  g_autoptr(PgsSnapshot) snapshot = build (source, NULL);
  g_autoptr(GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr(GError) error = NULL;
  g_autoptr(GError) csv_error = NULL;

  pgs_focus_set (focus, &range, 1);
  pgs_huge_source_end (source);
  assert_null (pgs_snapshot_refine (snapshot, source, &options, NULL, &error));
  assert_true (g_error_matches (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_FOUND));
  assert_false (pgs_csv_write (snapshot, source, START, START + 2 * PAGE, stream, NULL, &csv_error));
  assert_true (g_error_matches (csv_error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_FOUND));
}

/* Nothing is kept twice of a process that holds still. */
static void
test_same_again (void **state)
{
  static const gboolean can_scan[] = { TRUE, FALSE };

  for (guint i = 0; i < G_N_ELEMENTS (can_scan); i++)
    {
      g_autoptr(PgsSource) source = pgs_huge_source_new (N_PAGES / 8, can_scan[i]);
      g_autoptr(PgsSnapshot) before = build (source, NULL);
      const PgsSnapshotOptions options = { .previous = before, .max_bytes = LIMIT };
      g_autoptr(PgsSnapshot) after = pgs_snapshot_build_with (source, &options, NULL, NULL);

      assert_ptr_equal (before, after);
    }
}

/* What is told while a process is read. */
typedef struct
{
  PgsSource    *source;
  GCancellable *cancellable;
  guint         cancel_at;
  guint         n_told;
  double        fraction;
  PgsRange      focus;
} Told;

static void
progress_cb (PgsSnapshot *partial,
             double       fraction,
             gpointer     user_data)
{
  Told *told = user_data;
  const PgsTotals *totals = pgs_snapshot_get_totals (partial);
  uint64_t read = totals->mapped - totals->unread;

  told->n_told++;
  assert_true (fraction >= told->fraction && fraction <= 1);
  told->fraction = fraction;
  assert_int_equal (totals->present, read / 16 * 14);
  assert_int_equal (totals->swapped, read / 16);
  /* What is looked at was read first. */
  assert_true (pgs_snapshot_knows (partial, told->focus.start, told->focus.end));
  if (told->n_told == told->cancel_at)
    g_cancellable_cancel (told->cancellable);
}

static PgsSnapshot *
build_and_tell (Told    *told,
                GError **error)
{
  g_autoptr(PgsFocus) focus = pgs_focus_new ();
  const PgsSnapshotOptions options = {
    .focus = focus,
    .max_bytes = LIMIT,
    .progress = progress_cb,
    .user_data = told,
  };

  pgs_focus_set (focus, &told->focus, 1);
  return pgs_snapshot_build_with (told->source, &options, told->cancellable, error);
}

static void
test_progress (void **state)
{
  static const gboolean can_scan[] = { TRUE, FALSE };

  for (guint i = 0; i < G_N_ELEMENTS (can_scan); i++)
    {
      uint64_t n_pages = N_PAGES * 16;
      g_autoptr(PgsSource) source = pgs_huge_source_new (n_pages, can_scan[i]);
      uint64_t looked_at = START + (n_pages - 1000) * PAGE;
      Told told = { .source = source, .focus = { looked_at, looked_at + PAGE } };
      g_autoptr(PgsSnapshot) snapshot = build_and_tell (&told, NULL);

      assert_non_null (snapshot);
      assert_true (told.n_told > 0);
      assert_int_equal (pgs_snapshot_get_totals (snapshot)->unread, 0);
      assert_int_equal (pgs_snapshot_get_totals (snapshot)->present, n_pages / 16 * 14);
    }
}

static void
test_cancelled (void **state)
{
  g_autoptr(PgsSource) source = pgs_huge_source_new (N_PAGES * 4096, TRUE);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  Told told = { .source = source, .cancellable = cancellable, .cancel_at = 2,
                .focus = { START, START + PAGE } };

  assert_null (build_and_tell (&told, &error));
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  assert_int_equal (told.n_told, 2);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_totals_of_a_large_process),
    cmocka_unit_test (test_detail),
    cmocka_unit_test (test_detail_of_a_process_that_ended),
    cmocka_unit_test (test_same_again),
    cmocka_unit_test (test_progress),
    cmocka_unit_test (test_cancelled),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
