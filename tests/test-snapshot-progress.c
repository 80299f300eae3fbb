/* test-snapshot-progress.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests what is told of a process while it is being read, in which order it is read,
 * and that this can be given up.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/pgs-snapshot-builder.h"
#include "pgs-formula-source.h"
#include "pgs-plain.h"

#define GIB         (UINT64_C (1) << 30)
#define CHUNK_BYTES (PGS_PAGE_CHUNK_PAGES * UINT64_C (4096))
#define STEP_READS  16
#define TURN_CALL   5
#define USER_PAGES  ((9 * GIB + 0xfb000) / 4096)

/* Steps of 2 GiB at most, so there are some, and some that end within a chunk. */
static const char maps[] = "100005000-1c0005000 rw-p 00000000 00:00 0 [heap]\n"
                           "1c0005000-200000000 r--p 00000000 00:00 0 \n"
                           "300000000-440000000 rw-p 00000000 00:00 0 \n"
                           "550000000-550100000 rw-s 00000000 00:01 12 /dev/shm/example\n"
                           "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]\n";

/* Present pages for the most part, and some of every other kind. */
static uint64_t
tell_entry (uint64_t page,
            gpointer user_data)
{
  uint64_t hash = page * UINT64_C (0x9e3779b97f4a7c15);

  switch (hash >> 60)
    {
    case 0:
      return 0;
    case 1:
      return PGS_PAGEMAP_SWAPPED | (page % 1000 + 1) << 5;
    case 2:
      return PGS_PAGEMAP_SWAPPED | PGS_PAGEMAP_GUARD;
    case 3:
      return PGS_PAGEMAP_PRESENT;
    default:
      return PGS_PAGEMAP_PRESENT | (1 + (hash >> 40));
    }
}

/* What a test notes while a snapshot is being built. */
typedef struct
{
  PgsFormulaSource *source;
  PgsFocus         *focus;
  GCancellable     *cancellable;
  PgsSnapshot      *last;
  double            fraction;
  guint             n_told;
  guint             n_reads;   /* when it was cancelled */
} Notes;

static gboolean
is_unread (const PgsSnapshot *snapshot,
           uint64_t           address)
{
  const GArray *unread = pgs_snapshot_get_unread (snapshot);

  for (guint i = 0; i < unread->len; i++)
    if (g_array_index (unread, PgsRange, i).start <= address &&
        g_array_index (unread, PgsRange, i).end > address)
      return TRUE;
  return FALSE;
}

/* Counts what of a mapping is to be told, page by page. */
static void
count_mapping (const PgsSnapshot *snapshot,
               const PgsMapping  *mapping,
               PgsPlainCounts    *counts,
               uint64_t          *n_unread)
{
  gboolean unread = FALSE;

  for (uint64_t address = mapping->start; address < mapping->end; address += 4096)
    {
      /* What was read and what was not changes at borders of chunks, or of mappings. */
      if (address == mapping->start || address % CHUNK_BYTES == 0)
        unread = is_unread (snapshot, address);
      if (unread)
        (*n_unread)++;
      else if (address >> 63 == 0)
        pgs_plain_count (counts, NULL, mapping, tell_entry (address / 4096, NULL), 0);
    }
}

static void
check_totals (const PgsTotals      *totals,
              const PgsPlainCounts *counts,
              uint64_t              n_unread)
{
  assert_int_equal (totals->present, counts->present);
  assert_int_equal (totals->swapped, counts->swapped);
  assert_int_equal (totals->guard, counts->guard);
  assert_int_equal (totals->hidden, counts->hidden);
  assert_int_equal (totals->unread, n_unread);
}

/* What was read is as it should be, and what was not is known not to be. */
static void
check_partial (const PgsSnapshot *snapshot)
{
  const PgsMaps *mappings = pgs_snapshot_get_maps (snapshot);
  uint64_t n_unread = 0;
  PgsPlainCounts all = { { 0, }, };

  for (guint i = 0; i < pgs_maps_get_n_mappings (mappings); i++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (mappings, i);
      PgsPlainCounts counts = { { 0, }, };
      uint64_t n = 0;

      count_mapping (snapshot, mapping, &counts, &n);
      check_totals (pgs_snapshot_get_mapping_totals (snapshot, i), &counts, n);
      all.present += counts.present;
      all.swapped += counts.swapped;
      all.guard += counts.guard;
      all.hidden += counts.hidden;
      n_unread += n;
      for (uint64_t address = mapping->start; address < mapping->end; address += 999 * 4096)
        {
          gboolean unread = is_unread (snapshot, address);

          assert_int_equal (pgs_snapshot_knows (snapshot, address, address + 1), !unread);
          if (address >> 63 == 0)
            assert_int_equal (pgs_snapshot_get_entry (snapshot, address),
                              unread ? 0 : tell_entry (address / 4096, NULL));
        }
    }
  check_totals (pgs_snapshot_get_totals (snapshot), &all, n_unread);
}

/* Looks elsewhere each time. */
static void
progress_cb (PgsSnapshot *partial,
             double       fraction,
             gpointer     user_data)
{
  Notes *notes = user_data;
  const PgsRange focus[] = {
    { 0x1000, 0x2000 },
    { 5 * GIB + notes->n_told * UINT64_C (99942400), 20 * GIB },
  };
  double read;

  g_clear_pointer (&notes->last, pgs_snapshot_unref);
  notes->last = pgs_snapshot_ref (partial);
  check_partial (partial);
  read = 1 - (double) pgs_snapshot_get_totals (partial)->unread / USER_PAGES;
  assert_true (ABS (read - fraction) < 1e-9);
  assert_true (fraction > notes->fraction && fraction <= 1);
  notes->fraction = fraction;
  notes->n_told++;
  if (notes->focus != NULL)
    pgs_focus_set (notes->focus, focus, 2);
}

/* Takes as long as the pages of a process of some 100 GiB do. */
static void
delay (PgsFormulaSource *self,
       guint             n_calls)
{
  if (n_calls % STEP_READS == 0)
    g_usleep (110000);
}

static void
test_progress (void **state)
{
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr(PgsFormulaSource) source = pgs_formula_source_new (maps, tell_entry, NULL);
      g_autoptr(PgsFocus) focus = pgs_focus_new ();
      g_autoptr(PgsSnapshot) snapshot = NULL;
      g_autoptr(GError) error = NULL;
      Notes notes = { .source = source, .focus = i % 2 == 0 ? focus : NULL };
      const PgsSnapshotOptions options = { .focus = focus, .progress = progress_cb,
                                           .user_data = &notes };

      source->can_scan = i / 2 == 0;
      source->call = delay;
      snapshot = pgs_snapshot_build_with (PGS_SOURCE (source), &options, NULL, &error);
      assert_null (error);
      assert_true (notes.n_told >= 2);
      assert_int_equal (pgs_snapshot_get_unread (snapshot)->len, 0);
      check_partial (snapshot);
      assert_ptr_equal (pgs_snapshot_get_maps (notes.last), pgs_snapshot_get_maps (snapshot));
      /* What was told stays as it was told. */
      check_partial (notes.last);
      pgs_snapshot_unref (notes.last);
    }
}

/* What was read so far is not taken for all of it next time. */
static void
test_partial_is_not_the_whole (void **state)
{
  static const char little[] = "100000-200000 rw-p 00000000 00:00 0 \n";
  g_autoptr(PgsFormulaSource) source = pgs_formula_source_new (little, tell_entry, NULL);
  g_autoptr(GArray) unread = g_array_new (FALSE, FALSE, sizeof (PgsRange));
  g_autoptr(PgsSnapshot) whole = pgs_snapshot_build (PGS_SOURCE (source), NULL, NULL);
  g_autoptr(PgsSnapshot) partial = NULL, again = NULL, next = NULL;
  PgsRange range = { 0x180000, 0x200000 };

  g_array_append_val (unread, range);
  partial = pgs_snapshot_new_partial (pgs_snapshot_get_maps (whole),
                                      pgs_snapshot_get_store (whole), 4096,
                                      pgs_snapshot_get_ram_end (whole), unread);
  assert_int_equal (pgs_snapshot_get_totals (partial)->unread, 0x80);
  assert_true (pgs_snapshot_knows (partial, 0x100000, 0x180000));
  assert_false (pgs_snapshot_knows (partial, 0x100000, 0x180001));
  again = pgs_snapshot_build_with (PGS_SOURCE (source), &(PgsSnapshotOptions) { .previous = partial },
                                   NULL, NULL);
  assert_ptr_not_equal (again, partial);
  assert_ptr_equal (pgs_snapshot_get_store (again), pgs_snapshot_get_store (whole));
  assert_int_equal (pgs_snapshot_get_unread (again)->len, 0);
  next = pgs_snapshot_build_with (PGS_SOURCE (source), &(PgsSnapshotOptions) { .previous = again },
                                  NULL, NULL);
  assert_ptr_equal (next, again);
}

static void
cancel_cb (PgsSnapshot *partial,
           double       fraction,
           gpointer     user_data)
{
  Notes *notes = user_data;

  notes->n_told++;
  notes->n_reads = notes->source->n_reads;
  g_cancellable_cancel (notes->cancellable);
}

static void
cancel_at_read (PgsFormulaSource *self,
                guint             n_calls)
{
  if (n_calls == 20)
    g_cancellable_cancel (self->user_data);
}

/* Once it was given up nothing more is read, nor told. */
static void
test_cancel (void **state)
{
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr(PgsFormulaSource) source = pgs_formula_source_new (maps, tell_entry, NULL);
      g_autoptr(GCancellable) cancellable = g_cancellable_new ();
      g_autoptr(GError) error = NULL;
      Notes notes = { .source = source, .cancellable = cancellable, .n_reads = 20 };
      const PgsSnapshotOptions options = { .progress = cancel_cb, .user_data = &notes };

      source->can_scan = i % 2 == 0;
      source->call = i < 2 ? delay : cancel_at_read;
      source->user_data = cancellable;
      assert_null (pgs_snapshot_build_with (PGS_SOURCE (source), &options, cancellable, &error));
      assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
      assert_int_equal (source->n_reads, notes.n_reads);
      assert_in_range (notes.n_told, i < 2 ? 1 : 0, 1);
    }
}

/* How much of [start, end) was read by the first @n of @reads. */
static uint64_t
count_read (const GArray *reads,
            guint         n,
            uint64_t      start,
            uint64_t      end)
{
  uint64_t bytes = 0;

  for (guint i = 0; i < n; i++)
    {
      const PgsRange *range = &g_array_index (reads, PgsRange, i);
      uint64_t from = MAX (range->start, start), to = MIN (range->end, end);

      bytes += from < to ? to - from : 0;
    }
  return bytes;
}

/* Returns how many reads it took until [start, end) was read. */
static guint
find_read (const GArray *reads,
           uint64_t      start,
           uint64_t      end)
{
  for (guint n = 1; n <= reads->len; n++)
    if (count_read (reads, n, start, end) >= end - start)
      return n;
  return G_MAXUINT;
}

/* What is looked at is read first, and in that order, whether there are scans or not;
 * the chunks that it lies in are all that is read for it. */
static void
test_focus_comes_first (void **state)
{
  static const struct
  {
    PgsRange focus[2];
    guint    n_focus;
    PgsRange first[2]; /* what is read first, one after the other */
  } cases[] = {
    { { { 0x123456000, 0x123457000 } }, 1, { { 0x122000000, 0x124000000 } } },
    { { { 0x3fffff000, 0x400001000 } }, 1, { { 0x3fe000000, 0x402000000 } } },
    { { { 0x550000000, 0x550001000 }, { 0x100000000, 0x100001000 } }, 2,
      { { 0x550000000, 0x550100000 }, { 0x100005000, 0x102000000 } } },
    { { { 0, 0x1000 }, { 0x43ffff000, 0x550000000 } }, 2, { { 0x43e000000, 0x440000000 } } },
    { { { 0xffffffffff600000, 0xffffffffff601000 }, { 0x1c0000000, 0x1c0001000 } }, 2,
      { { 0x1c0000000, 0x1c2000000 } } },
  };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (cases); i++)
    {
      const PgsRange *first = cases[i / 2].first;
      g_autoptr(PgsFormulaSource) source = pgs_formula_source_new (maps, tell_entry, NULL);
      g_autoptr(PgsFocus) focus = pgs_focus_new ();
      g_autoptr(PgsSnapshot) snapshot = NULL;
      uint64_t bytes = 0;

      source->can_scan = i % 2 == 0;
      pgs_focus_set (focus, cases[i / 2].focus, cases[i / 2].n_focus);
      snapshot = pgs_snapshot_build_with (PGS_SOURCE (source),
                                          &(PgsSnapshotOptions) { .focus = focus }, NULL, NULL);
      /* The first read asks whether there is anything to read. */
      g_array_remove_index (source->reads, 0);
      for (guint j = 0; j < 2 && first[j].end > 0; j++)
        {
          guint n = find_read (source->reads, first[j].start, first[j].end);

          bytes += first[j].end - first[j].start;
          assert_int_equal (count_read (source->reads, n, 0, G_MAXUINT64), bytes);
        }
      check_partial (snapshot);
    }
}

static void
turn_focus (PgsFormulaSource *self,
            guint             n_calls)
{
  const PgsRange focus = { 0x123456000, 0x123457000 };

  if (n_calls == TURN_CALL)
    pgs_focus_set (self->user_data, &focus, 1);
}

/* What somebody turns to is read when the step under way has come to its end. */
static void
test_focus_moves (void **state)
{
  g_autoptr(PgsFormulaSource) source = pgs_formula_source_new (maps, tell_entry, NULL);
  g_autoptr(PgsFocus) focus = pgs_focus_new ();
  g_autoptr(PgsSnapshot) snapshot = NULL;
  const PgsRange later = { 0x300000000, 0x440000000 };

  pgs_focus_set (focus, &later, 1);
  source->call = turn_focus;
  source->user_data = focus;
  snapshot = pgs_snapshot_build_with (PGS_SOURCE (source), &(PgsSnapshotOptions) { .focus = focus },
                                      NULL, NULL);
  assert_in_range (find_read (source->reads, 0x122000000, 0x124000000),
                   TURN_CALL, TURN_CALL + STEP_READS + 1);
  assert_true (find_read (source->reads, later.start, later.end) > TURN_CALL + STEP_READS + 1);
  check_partial (snapshot);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_progress),
    cmocka_unit_test (test_partial_is_not_the_whole),
    cmocka_unit_test (test_cancel),
    cmocka_unit_test (test_focus_comes_first),
    cmocka_unit_test (test_focus_moves),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
