/* test-snapshot-detail.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests what a snapshot takes over from the one before, and how much of a process that
 * is too large it keeps: all numbers, and the detail of what is looked at.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "core/pgs-process.h"
#include "core/pgs-snapshot-builder.h"
#include "core/pgs-summary.h"
#include "pgs-formula-source.h"
#include "pgs-huge.h"

#define CHUNK_BYTES (PGS_PAGE_CHUNK_PAGES * UINT64_C (4096))
#define START       UINT64_C (0x100000000)
#define N_CHUNKS    24
#define SMALL       ((gsize) 300000)

/* 24 chunks of scattered pages, in two mappings with a border in the middle of one. */
static const char maps[] = "100000000-111005000 rw-p 00000000 00:00 0 [heap]\n"
                           "111005000-130000000 r--p 00000000 00:00 0 \n"
                           "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]\n";

/* The one page that is not as it was, if any. */
static uint64_t changed_page;

static uint64_t
tell_entry (uint64_t page,
            gpointer user_data)
{
  const uint64_t *changed = user_data;
  uint64_t hash = page * UINT64_C (0x9e3779b97f4a7c15);

  if (changed != NULL && page == *changed)
    return PGS_PAGEMAP_SWAPPED | 7 << 5;
  return PGS_PAGEMAP_PRESENT | (1 + (hash >> 40));
}

static PgsFormulaSource *
make_source (void)
{
  changed_page = 0;
  return pgs_formula_source_new (maps, tell_entry, &changed_page);
}

static PgsSnapshot *
build (PgsFormulaSource *source,
       PgsSnapshot      *previous,
       PgsFocus         *focus,
       gsize             max_bytes)
{
  const PgsSnapshotOptions options = { .previous = previous, .focus = focus,
                                       .max_bytes = max_bytes };
  g_autoptr(GError) error = NULL;
  PgsSnapshot *snapshot = pgs_snapshot_build_with (PGS_SOURCE (source), &options, NULL, &error);

  assert_null (error);
  assert_null (pgs_snapshot_get_pages_error (snapshot));
  return snapshot;
}

static PgsSnapshot *
refine (PgsFormulaSource  *source,
        PgsSnapshot       *snapshot,
        PgsRange           range,
        gsize              max_bytes,
        GError           **error)
{
  g_autoptr(PgsFocus) focus = pgs_focus_new ();
  const PgsSnapshotOptions options = { .focus = focus, .max_bytes = max_bytes };

  pgs_focus_set (focus, &range, 1);
  return pgs_snapshot_refine (snapshot, PGS_SOURCE (source), &options, NULL, error);
}

static PgsPageChunk *
get_chunk (PgsSnapshot *snapshot,
           guint        i)
{
  return pgs_page_store_look_up (pgs_snapshot_get_store (snapshot), START / CHUNK_BYTES + i);
}

static guint
count_shared (PgsSnapshot *snapshot,
              PgsSnapshot *other)
{
  guint n_shared = 0;

  for (guint i = 0; i < N_CHUNKS; i++)
    n_shared += get_chunk (snapshot, i) == get_chunk (other, i);
  return n_shared;
}

/* How many pages there are is known whatever is dropped. */
static void
assert_totals (PgsSnapshot *snapshot,
               guint        n_swapped)
{
  const PgsTotals *totals = pgs_snapshot_get_totals (snapshot);

  assert_int_equal (pgs_page_store_get_n_chunks (pgs_snapshot_get_store (snapshot)), N_CHUNKS);
  assert_int_equal (totals->mapped, N_CHUNKS * PGS_PAGE_CHUNK_PAGES + 1);
  assert_int_equal (totals->present, N_CHUNKS * PGS_PAGE_CHUNK_PAGES - n_swapped);
  assert_int_equal (totals->swapped, n_swapped);
  assert_int_equal (totals->guard + totals->hidden + totals->unread, 0);
  assert_int_equal (pgs_snapshot_get_mapping_totals (snapshot, 0)->present +
                    pgs_snapshot_get_mapping_totals (snapshot, 0)->swapped, 0x11005);
}

/* Where nothing changed, the snapshot is the one before; else all is shared that did
 * not change. */
static void
test_previous (void **state)
{
  static const gsize limits[] = { 0, SMALL, 1 };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (limits); i++)
    {
      gsize limit = limits[i / 2];
      g_autoptr(PgsFormulaSource) source = make_source ();
      g_autoptr(PgsSnapshot) first = NULL, same = NULL, changed = NULL, remapped = NULL;
      g_autoptr(PgsSnapshot) other_ram = NULL;
      g_autofree char *text = g_strdup (maps);

      source->can_scan = i % 2 == 0;
      source->maps = text;
      first = build (source, NULL, NULL, limit);
      assert_totals (first, 0);
      same = build (source, first, NULL, limit);
      assert_ptr_equal (same, first);
      changed_page = (START + 20 * CHUNK_BYTES) / 4096 + 4711;
      changed = build (source, first, NULL, limit);
      assert_ptr_not_equal (changed, first);
      assert_ptr_equal (pgs_snapshot_get_maps (changed), pgs_snapshot_get_maps (first));
      assert_totals (changed, 1);
      assert_int_equal (count_shared (changed, first), N_CHUNKS - 1);
      text[strlen ("100000000-111005000 r")] = '-';
      remapped = build (source, changed, NULL, limit);
      assert_ptr_not_equal (remapped, changed);
      assert_ptr_equal (pgs_snapshot_get_store (remapped), pgs_snapshot_get_store (changed));
      source->ram_end--;
      other_ram = build (source, remapped, NULL, limit);
      assert_ptr_not_equal (other_ram, remapped);
      assert_int_equal (pgs_snapshot_get_ram_end (other_ram), source->ram_end);
    }
}

static uint64_t
tell_absent (uint64_t page,
             gpointer user_data)
{
  return 0;
}

/* A process without pages is not taken for one whose pages cannot be read, nor the
 * other way round. */
static void
test_previous_without_pages (void **state)
{
  const GError denied = { G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, (char *) "Denied" };
  g_autoptr(PgsFormulaSource) source = pgs_formula_source_new (maps, tell_absent, NULL);
  g_autoptr(PgsSnapshot) first = build (source, NULL, NULL, 0);
  const PgsSnapshotOptions options = { .previous = first };
  g_autoptr(PgsSnapshot) without = NULL, again = NULL, same = NULL, other_ram = NULL;

  source->read_error = &denied;
  without = pgs_snapshot_build_with (PGS_SOURCE (source), &options, NULL, NULL);
  assert_ptr_not_equal (without, first);
  assert_non_null (pgs_snapshot_get_pages_error (without));
  source->read_error = NULL;
  again = build (source, without, NULL, 0);
  assert_ptr_not_equal (again, without);
  same = build (source, again, NULL, 0);
  assert_ptr_equal (same, again);
  source->ram_end++;
  other_ram = build (source, again, NULL, 0);
  assert_ptr_not_equal (other_ram, again);
  assert_int_equal (pgs_snapshot_get_ram_end (other_ram), source->ram_end);
}

/* What is looked at keeps its detail, whatever the limit. */
static void
test_focus_is_kept (void **state)
{
  g_autoptr(PgsFormulaSource) source = make_source ();
  g_autoptr(PgsFocus) focus = pgs_focus_new ();
  const PgsRange ranges[2] = { { START + 5 * CHUNK_BYTES - 1, START + 5 * CHUNK_BYTES },
                               { START + 7 * CHUNK_BYTES, START + 9 * CHUNK_BYTES } };
  g_autoptr(PgsSnapshot) snapshot = NULL, again = NULL;

  pgs_focus_set (focus, ranges, 2);
  snapshot = build (source, NULL, focus, 1);
  for (guint i = 0; i < N_CHUNKS; i++)
    assert_int_equal (pgs_snapshot_knows (snapshot, START + i * CHUNK_BYTES,
                                          START + (i + 1) * CHUNK_BYTES),
                      i == 4 || i == 7 || i == 8);
  assert_totals (snapshot, 0);
  again = build (source, snapshot, focus, 1);
  assert_ptr_equal (again, snapshot);
}

/* An empty range is nothing to look at, and so nothing to keep. */
static void
test_empty_focus (void **state)
{
  static const PgsRange ranges[] = { { 0, 0 }, { START, START }, { START + 5, START } };

  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      g_autoptr(PgsFormulaSource) source = make_source ();
      g_autoptr(PgsFocus) focus = pgs_focus_new ();
      g_autoptr(PgsSnapshot) snapshot = NULL;

      pgs_focus_set (focus, &ranges[i], 1);
      snapshot = build (source, NULL, focus, 1);
      for (guint j = 0; j < N_CHUNKS; j++)
        assert_false (pgs_page_chunk_has_detail (get_chunk (snapshot, j)));
    }
}

/* Refining gives detail of the chunks that are looked at, as they are now, and leaves
 * all others as they are. */
static void
test_refine (void **state)
{
  static const struct
  {
    PgsRange range;
    guint    first;  /* of the chunks with detail */
    guint    end;
  } cases[] = {
    { { START, START + 1 }, 0, 1 },
    { { START + 8 * CHUNK_BYTES + 5, START + 8 * CHUNK_BYTES + 6 }, 8, 9 },
    { { START + 8 * CHUNK_BYTES - 1, START + 8 * CHUNK_BYTES + 1 }, 7, 9 },
    { { START + 8 * CHUNK_BYTES, START + 9 * CHUNK_BYTES }, 8, 9 },
    { { START + 23 * CHUNK_BYTES, G_MAXUINT64 }, 23, 24 },
    { { 0, G_MAXUINT64 }, 0, 24 },
    { { 0, START }, 0, 0 },
    { { START + 24 * CHUNK_BYTES, START + 25 * CHUNK_BYTES }, 0, 0 },
  };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsFormulaSource) source = make_source ();
      g_autoptr(PgsSnapshot) snapshot = NULL, refined = NULL;
      guint first = cases[i / 2].first, end = cases[i / 2].end;

      source->can_scan = i % 2 == 0;
      snapshot = build (source, NULL, NULL, 1);
      changed_page = (START + first * CHUNK_BYTES) / 4096 + 4711;
      refined = refine (source, snapshot, cases[i / 2].range, 0, NULL);
      assert_non_null (refined);
      assert_totals (snapshot, 0);
      assert_totals (refined, first < end);
      assert_int_equal (count_shared (refined, snapshot), N_CHUNKS - (end - first));
      for (guint j = 0; j < N_CHUNKS; j++)
        {
          uint64_t start = START + j * CHUNK_BYTES;

          assert_int_equal (pgs_snapshot_knows (refined, start, start + CHUNK_BYTES),
                            j >= first && j < end);
          for (uint64_t at = start; at < start + CHUNK_BYTES; at += 7 * 4096)
            assert_int_equal (pgs_snapshot_get_entry (refined, at), j >= first && j < end
                              ? tell_entry (at / 4096, &changed_page) : 0);
        }
    }
}

/* Detail that is not looked at any more makes room for what is. */
static void
test_refine_keeps_the_limit (void **state)
{
  g_autoptr(PgsFormulaSource) source = make_source ();
  g_autoptr(PgsSnapshot) snapshot = build (source, NULL, NULL, SMALL);

  for (guint i = 0; i < N_CHUNKS; i++)
    {
      const PgsRange range = { START + i * CHUNK_BYTES, START + (i + 1) * CHUNK_BYTES };
      g_autoptr(PgsSnapshot) refined = refine (source, snapshot, range, SMALL, NULL);

      assert_true (pgs_snapshot_knows (refined, range.start, range.end));
      assert_totals (refined, 0);
      assert_in_range (pgs_page_store_get_bytes (pgs_snapshot_get_store (refined)), 65536,
                       SMALL + 64);
      g_clear_pointer (&snapshot, pgs_snapshot_unref);
      snapshot = g_steal_pointer (&refined);
    }
}

/* What there is detail of is not read again. */
static void
test_refine_nothing (void **state)
{
  g_autoptr(PgsFormulaSource) source = make_source ();
  g_autoptr(PgsSnapshot) snapshot = build (source, NULL, NULL, 0);
  guint n_reads = source->n_reads;
  g_autoptr(PgsSnapshot) refined =
    refine (source, snapshot, (PgsRange) { START, START + CHUNK_BYTES }, 0, NULL);

  assert_int_equal (count_shared (refined, snapshot), N_CHUNKS);
  /* Twice it is asked whether the process is there. */
  assert_int_equal (source->n_reads, n_reads + 2);
}

/* What goes wrong, and at which call. */
typedef struct
{
  guint         call;
  GCancellable *cancellable;
  const GError *error;
} Loss;

static Loss loss;

static void
lose (PgsFormulaSource *self,
      guint             n_calls)
{
  if (n_calls < loss.call)
    return;
  if (loss.cancellable != NULL)
    g_cancellable_cancel (loss.cancellable);
  else if (loss.error != NULL)
    self->read_error = loss.error;
  else
    self->gone = TRUE;
}

/* A process that is gone, or cannot be read, leaves a reason and no snapshot. */
static void
test_refine_fails (void **state)
{
  const GError failed = { G_IO_ERROR, G_IO_ERROR_FAILED, (char *) "It failed" };
  const PgsRange range = { START, START + 3 * CHUNK_BYTES };

  for (guint i = 0; i < 3 * 5; i++)
    {
      g_autoptr(GCancellable) cancellable = g_cancellable_new ();
      g_autoptr(PgsFocus) focus = pgs_focus_new ();
      const PgsSnapshotOptions options = { .focus = focus };
      g_autoptr(PgsFormulaSource) source = make_source ();
      g_autoptr(PgsSnapshot) snapshot = build (source, NULL, NULL, 1);
      g_autoptr(GError) error = NULL;

      pgs_focus_set (focus, &range, 1);
      loss = (Loss) { .call = source->n_reads + 1 + i / 3 };
      if (i % 3 == 1)
        loss.error = &failed;
      if (i % 3 == 2)
        loss.cancellable = cancellable;
      /* Once the last chunk is read it is too late to cancel. */
      if (i % 3 == 2 && i / 3 >= 3)
        continue;
      source->call = lose;
      assert_null (pgs_snapshot_refine (snapshot, PGS_SOURCE (source), &options, cancellable, &error));
      assert_non_null (error);
      if (i % 3 == 0)
        assert_true (g_error_matches (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_FOUND));
      else
        assert_true (g_error_matches (error, G_IO_ERROR, i % 3 == 1 ? G_IO_ERROR_FAILED
                                                                     : G_IO_ERROR_CANCELLED));
      assert_true (strlen (error->message) > 0);
    }
}

/* Another process of the same number is not taken for this one. */
static void
test_refine_checks (void **state)
{
  const GError ended = { PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_ZOMBIE, (char *) "It ended" };
  g_autoptr(PgsFormulaSource) source = make_source ();
  g_autoptr(PgsSnapshot) snapshot = build (source, NULL, NULL, 1);
  g_autoptr(GError) error = NULL;

  source->check_error = &ended;
  assert_null (refine (source, snapshot, (PgsRange) { START, START + 1 }, 0, &error));
  assert_true (g_error_matches (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_ZOMBIE));
}

/* 64 GiB in 8 MiB: numbers are exact, and in every color mode. */
static void
test_huge (void **state)
{
  g_autoptr(PgsFormulaSource) source = pgs_huge_source_new (PGS_HUGE_PERIOD * 8192);
  const PgsSnapshotOptions options = { .max_bytes = 8 << 20 };
  g_autoptr(PgsSnapshot) snapshot =
    pgs_snapshot_build_with (PGS_SOURCE (source), &options, NULL, NULL);
  g_autofree char *problem = pgs_huge_check (snapshot, PGS_HUGE_PERIOD * 8192);

  if (problem != NULL)
    fail_msg ("%s", problem);
  assert_in_range (pgs_page_store_get_bytes (pgs_snapshot_get_store (snapshot)), 1 << 20, 8 << 20);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_previous),
    cmocka_unit_test (test_previous_without_pages),
    cmocka_unit_test (test_focus_is_kept),
    cmocka_unit_test (test_empty_focus),
    cmocka_unit_test (test_refine),
    cmocka_unit_test (test_refine_keeps_the_limit),
    cmocka_unit_test (test_refine_nothing),
    cmocka_unit_test (test_refine_fails),
    cmocka_unit_test (test_refine_checks),
    cmocka_unit_test (test_huge),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
