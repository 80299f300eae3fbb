/* test-frame-builder.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests snapshots with frames: what they say, what they share with others, and how
 * summaries count what they say.
 */

#include "config.h"

#include "core/pgs-frame-builder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <inttypes.h>
#include <string.h>

#include "core/pgs-changes.h"
#include "core/pgs-page-store-builder.h"
#include "core/pgs-process.h"
#include "core/pgs-summary.h"
#include "pgs-made-frames.h"
#include "pgs-plain.h"

#define START    UINT64_C (0x10000000)
#define N_PAGES  60000u
#define RAM_END  (1u << 20)
#define N_RANGES 200

typedef struct
{
  PgsMaps       *maps;
  uint64_t      *entries;  /* as the process has them now */
  PgsSnapshot   *snapshot;
  PgsMadeFrames *source;
} Process;

static uint64_t
tell_entry (uint64_t page,
            gpointer user_data)
{
  Process *process = user_data;

  page -= START / 4096;
  return page < N_PAGES ? process->entries[page] & ~PGS_PAGEMAP_MARKS : 0;
}

static PgsSnapshot *
take_snapshot (Process     *self,
               gsize        max_bytes,
               PgsSnapshot *previous)
{
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (512);
  g_autoptr(PgsPageStore) store = NULL;

  pgs_page_store_builder_limit (builder, max_bytes, RAM_END);
  if (previous != NULL)
    pgs_page_store_builder_share (builder, pgs_snapshot_get_store (previous));
  pgs_page_store_builder_append (builder, START / 4096, self->entries, N_PAGES);
  store = pgs_page_store_builder_end (builder);
  return pgs_snapshot_new (self->maps, store, 4096, RAM_END, NULL);
}

static Process *
process_new (guint32 seed,
             gsize   max_bytes)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
  g_autofree char *text =
    g_strdup_printf ("%" PRIx64 "-%" PRIx64 " rw-p 00000000 00:00 0 \n"
                     "%" PRIx64 "-%" PRIx64 " rw-s 00000000 00:01 12 /dev/shm/example\n",
                     START, START + 20000 * 4096, START + 20000 * 4096,
                     START + (uint64_t) N_PAGES * 4096);
  Process *self = g_new0 (Process, 1);

  self->maps = pgs_maps_parse (text, strlen (text), 4096, NULL);
  self->entries = pgs_plain_make_pages (rand, RAM_END, N_PAGES);
  self->snapshot = take_snapshot (self, max_bytes, NULL);
  self->source = pgs_made_frames_new (tell_entry, self);
  return self;
}

static void
process_free (Process *self)
{
  pgs_maps_unref (self->maps);
  pgs_snapshot_unref (self->snapshot);
  g_object_unref (self->source);
  g_free (self->entries);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Process, process_free)

static PgsSnapshot *
add_frames (Process     *self,
            PgsSnapshot *snapshot,
            PgsSnapshot *previous)
{
  g_autoptr(GError) error = NULL;
  PgsSnapshot *with = pgs_snapshot_with_frames (snapshot, PGS_SOURCE (self->source), previous,
                                                NULL, &error);

  if (with == NULL)
    fail_msg ("%s", error->message);
  return with;
}

static uint32_t
get_word (Process *self,
          guint    page)
{
  PgsFrame frame;

  pgs_made_frames_get (self->source->salt, self->entries[page], &frame);
  return pgs_frame_pack (&frame);
}

static void
check_words (Process     *self,
             PgsSnapshot *snapshot)
{
  for (guint i = 0; i < N_PAGES; i++)
    assert_int_equal (pgs_snapshot_get_frame_word (snapshot, START + i * UINT64_C (4096)),
                      get_word (self, i));
  assert_int_equal (pgs_snapshot_get_frame_word (snapshot, START - 4096), 0);
}

static void
test_words (void **state)
{
  static const gsize steps[] = { G_MAXSIZE, 1000, 7777 };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr(Process) process = process_new (i, G_MAXSIZE);
      g_autoptr(PgsSnapshot) with = NULL;

      assert_null (pgs_snapshot_get_frames (process->snapshot));
      assert_int_equal (pgs_snapshot_get_frame_word (process->snapshot, START), 0);
      process->source->max_pages = steps[i];
      with = add_frames (process, process->snapshot, NULL);
      check_words (process, with);
      assert_ptr_equal (pgs_snapshot_get_store (with),
                        pgs_snapshot_get_store (process->snapshot));
      assert_ptr_equal (pgs_snapshot_get_maps (with), process->maps);
      assert_ptr_equal (pgs_snapshot_get_mapping_totals (with, 1),
                        pgs_snapshot_get_mapping_totals (process->snapshot, 1));
      assert_int_equal (pgs_snapshot_get_time (with),
                        pgs_snapshot_get_time (process->snapshot));
      assert_true (pgs_frame_store_get_bytes (pgs_snapshot_get_frames (with)) <
                   4 * N_PAGES + 1000);
    }
}

/* What is the same is shared, and nothing else is. */
static void
test_sharing (void **state)
{
  g_autoptr(Process) process = process_new (1, G_MAXSIZE);
  g_autoptr(PgsSnapshot) first = add_frames (process, process->snapshot, NULL);
  g_autoptr(PgsSnapshot) again = add_frames (process, process->snapshot, first);
  g_autoptr(PgsSnapshot) itself = add_frames (process, first, first);
  g_autoptr(PgsSnapshot) changed = NULL, with = NULL, other = NULL;
  guint64 block = START / 4096 / PGS_PAGE_CHUNK_PAGES;
  guint n_shared = 0;

  assert_ptr_equal (again, first);
  assert_ptr_equal (itself, first);
  process->entries[3] = PGS_PAGEMAP_PRESENT | 4242;
  changed = take_snapshot (process, G_MAXSIZE, process->snapshot);
  with = add_frames (process, changed, first);
  assert_ptr_not_equal (with, first);
  check_words (process, with);
  for (guint i = 0; i < 8; i++)
    {
      PgsFrameBlock *old = pgs_frame_store_look_up (pgs_snapshot_get_frames (first), block + i);

      n_shared += old != NULL &&
                  old == pgs_frame_store_look_up (pgs_snapshot_get_frames (with), block + i);
    }
  assert_in_range (n_shared, 5, 7);
  process->source->salt = 1;
  other = add_frames (process, with, with);
  assert_ptr_not_equal (other, with);
  check_words (process, other);
}

/* A page that has another frame by now, or is mapped by others, is not known. */
static void
test_pages_that_change (void **state)
{
  g_autoptr(Process) process = process_new (2, G_MAXSIZE);
  g_autofree uint64_t *before = g_memdup2 (process->entries, N_PAGES * sizeof (uint64_t));
  g_autoptr(PgsSnapshot) with = NULL;

  for (guint i = 0; i < N_PAGES; i += 3)
    process->entries[i] ^= i % 2 == 0 ? 1 : PGS_PAGEMAP_EXCLUSIVE;
  for (guint i = 1; i < N_PAGES; i += 3)
    process->entries[i] ^= PGS_PAGEMAP_SOFT_DIRTY;
  with = add_frames (process, process->snapshot, NULL);
  for (guint i = 0; i < N_PAGES; i++)
    {
      uint64_t address = START + i * UINT64_C (4096);
      PgsFrame frame;

      pgs_made_frames_get (0, before[i], &frame);
      assert_int_equal (pgs_snapshot_get_frame_word (with, address),
                        i % 3 == 0 ? 0 : pgs_frame_pack (&frame));
    }
}

/* Of pages of which only numbers are kept, nothing is read. */
static void
test_counted_pages (void **state)
{
  g_autoptr(Process) process = process_new (3, 1);
  g_autoptr(PgsSnapshot) with = add_frames (process, process->snapshot, NULL);
  g_autoptr(PgsSummary) summary = pgs_summary_new (with, pgs_color_mode_find ("sharing"));
  uint64_t counts[PGS_COLOR_MODE_MAX_CLASSES];
  guint n_known = 0;

  assert_false (pgs_snapshot_knows (with, START, START + (uint64_t) N_PAGES * 4096));
  for (guint i = 0; i < N_PAGES; i++)
    n_known += pgs_snapshot_get_frame_word (with, START + i * UINT64_C (4096)) != 0;
  assert_true (n_known < N_PAGES / 4);
  assert_int_equal (pgs_summary_count (summary, 0, G_MAXUINT64, counts), N_PAGES);
  assert_true (counts[5] + n_known == pgs_snapshot_get_totals (with)->present);
}

static void
count_plainly (Process            *process,
               PgsSnapshot        *snapshot,
               const PgsColorMode *mode,
               guint               first,
               guint               end,
               uint64_t           *counts)
{
  for (guint i = 0; i < mode->n_classes; i++)
    counts[i] = 0;
  for (guint i = first; i < end; i++)
    {
      PgsPage page = { pgs_maps_get_mapping (process->maps, i >= 20000), process->entries[i],
                       get_word (process, i) };

      counts[mode->classify (snapshot, &page)]++;
    }
}

static void
check_summary (Process    *process,
               PgsSummary *summary,
               GRand      *rand)
{
  const PgsColorMode *mode = pgs_summary_get_mode (summary);
  PgsSnapshot *snapshot = pgs_summary_get_snapshot (summary);
  uint64_t expected[PGS_COLOR_MODE_MAX_CLASSES], counts[PGS_COLOR_MODE_MAX_CLASSES];

  for (guint i = 0; i < N_RANGES; i++)
    {
      guint first = (guint) g_rand_int_range (rand, 0, N_PAGES);
      guint end = (guint) g_rand_int_range (rand, (gint32) first, N_PAGES + 1);

      count_plainly (process, snapshot, mode, first, end, expected);
      pgs_summary_count (summary, START + first * UINT64_C (4096),
                         START + end * UINT64_C (4096), counts);
      for (guint j = 0; j < mode->n_classes; j++)
        assert_int_equal (counts[j], expected[j]);
      count_plainly (process, snapshot, mode, first, first + 1, expected);
      assert_int_equal (expected[pgs_summary_get_class (summary,
                                                        START + first * UINT64_C (4096))], 1);
    }
}

/* In every mode, and after a summary of a snapshot with other frames. */
static void
test_summaries (void **state)
{
  g_autoptr(Process) process = process_new (5, G_MAXSIZE);
  g_autoptr(GRand) rand = g_rand_new_with_seed (5);
  g_autoptr(PgsSnapshot) first = add_frames (process, process->snapshot, NULL);
  g_autoptr(PgsSnapshot) second = NULL;

  process->source->salt = 1;
  second = add_frames (process, first, first);
  for (guint i = 0; i < pgs_color_mode_get_n_modes (); i++)
    {
      const PgsColorMode *mode = pgs_color_mode_get (i);
      g_autoptr(PgsSummary) without = pgs_summary_new (process->snapshot, mode);
      g_autoptr(PgsSummary) before = NULL, after = NULL;

      process->source->salt = 0;
      before = pgs_summary_new_after (first, mode, without);
      check_summary (process, before, rand);
      process->source->salt = 1;
      after = pgs_summary_new_after (second, mode, before);
      check_summary (process, after, rand);
    }
}

/* What the kernel does with a frame is no change of the process. */
static void
test_no_changes (void **state)
{
  g_autoptr(Process) process = process_new (6, G_MAXSIZE);
  g_autoptr(PgsSnapshot) first = add_frames (process, process->snapshot, NULL);
  g_autoptr(PgsSnapshot) second = NULL;
  g_autoptr(GArray) changes = NULL;

  process->source->salt = 1;
  second = add_frames (process, first, first);
  assert_ptr_not_equal (first, second);
  changes = pgs_changes_find (first, second);
  assert_int_equal (changes->len, 0);
}

static void
test_errors (void **state)
{
  g_autoptr(Process) process = process_new (7, G_MAXSIZE);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) denied = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "no");
  g_autoptr(GError) error = NULL;

  process->source->error = denied;
  assert_null (pgs_snapshot_with_frames (process->snapshot, PGS_SOURCE (process->source), NULL,
                                         NULL, &error));
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED));
  assert_int_equal (process->source->n_reads, 1);
  g_clear_error (&error);

  process->source->error = NULL;
  process->source->ends = TRUE;
  assert_null (pgs_snapshot_with_frames (process->snapshot, PGS_SOURCE (process->source), NULL,
                                         NULL, &error));
  assert_true (g_error_matches (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_FOUND));
  g_clear_error (&error);

  g_cancellable_cancel (cancellable);
  assert_null (pgs_snapshot_with_frames (process->snapshot, PGS_SOURCE (process->source), NULL,
                                         cancellable, &error));
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_words),
    cmocka_unit_test (test_sharing),
    cmocka_unit_test (test_pages_that_change),
    cmocka_unit_test (test_counted_pages),
    cmocka_unit_test (test_summaries),
    cmocka_unit_test (test_no_changes),
    cmocka_unit_test (test_errors),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
