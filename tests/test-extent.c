/* test-extent.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests pgs-extent.c against a walk over every page by itself.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <string.h>

#include "core/pgs-extent.h"
#include "core/pgs-page-store-builder.h"
#include "pgs-made-pages.h"
#include "pgs-plain.h"

#define PAGE     PGS_MADE_PAGES_SIZE
#define CHUNK    UINT64_C (8192)
#define BLOCK    512u
#define FIRST    (CHUNK * 5)
#define N_PAGES  (CHUNK * 3)
#define RAM_END  UINT64_C (100000)
#define PRESENT  PGS_PAGEMAP_PRESENT

/* Borders amid blocks and runs, at those of blocks and chunks, and gaps of any size. */
static const char maps_text[] =
  "a000000-a001000 rw-p 00000000 00:00 0 \n"
  "a001000-a300000 rw-p 00000000 00:00 0 \n"
  "a300000-a377000 r--p 00000000 00:00 0 \n"
  "a380000-b000000 rw-p 00000000 00:00 0 [heap]\n"
  "b000000-c001000 r-xp 00000000 08:01 7 /usr/bin/example\n"
  "c002000-e800000 rw-s 00000000 00:01 9 /dev/shm/example\n";

/* How the pages of a block are laid out. */
enum
{
  RUN,          /* in frames that follow one another, on from the block before */
  OTHER_RUN,    /* the same, elsewhere */
  SAME,         /* all in one frame */
  HIDDEN,
  BACKWARDS,
  SCATTERED,
  ANY,          /* of every kind */
  SINGLE,       /* one page */
  PART,         /* a run within absent pages */
  NOTHING,
  N_KINDS,
};

static uint64_t
random_pfn (GRand *rand)
{
  return (uint64_t) g_rand_int_range (rand, 1, RAM_END);
}

static void
fill_block (GRand    *rand,
            guint     kind,
            uint64_t *pfn,
            uint64_t *entries)
{
  guint start = 0, end = BLOCK;

  if (kind == OTHER_RUN || kind == SAME || kind == BACKWARDS || kind == PART)
    *pfn = BLOCK + random_pfn (rand);
  if (kind == PART || kind == SINGLE)
    start = (guint) g_rand_int_range (rand, 0, BLOCK);
  if (kind == PART)
    end = (guint) g_rand_int_range (rand, (gint32) start + 1, BLOCK + 1);
  if (kind == SINGLE)
    end = start + 1;
  for (guint i = start; i < end && kind != NOTHING; i++)
    {
      if (kind == HIDDEN)
        entries[i] = PRESENT;
      else if (kind == SCATTERED || kind == SINGLE)
        entries[i] = PRESENT | random_pfn (rand);
      else if (kind == ANY)
        entries[i] = pgs_plain_make_entry (rand, RAM_END);
      else
        entries[i] = PRESENT | *pfn;
      *pfn += kind == RUN || kind == OTHER_RUN || kind == PART;
      *pfn -= kind == BACKWARDS;
    }
}

/* Words of four kinds, many or few in a row. */
static uint32_t *
make_words (GRand *rand)
{
  static const PgsFrame frames[] = {
    { .is_known = TRUE, .flags = 1 << 12, .map_count = 1 },
    { .is_known = TRUE, .flags = 1 << 12 | 1 << 5, .map_count = 2 },
    { .is_known = TRUE, .flags = 1 << 5 | 1 << 4, .map_count = 700 },
    { .is_known = FALSE },
  };
  uint32_t *words = g_new (uint32_t, N_PAGES);
  guint32 rare = g_rand_boolean (rand) ? 3 : 300;
  const PgsFrame *frame = frames;

  for (guint i = 0; i < N_PAGES; i++)
    {
      if (g_rand_int_range (rand, 0, (gint32) rare) == 0)
        frame = &frames[g_rand_int_range (rand, 0, G_N_ELEMENTS (frames))];
      words[i] = frame->is_known ? pgs_frame_pack (frame) : PGS_FRAME_WORD_UNKNOWN;
    }
  return words;
}

static PgsMadePages *
make_pages (GRand *rand)
{
  g_autofree uint64_t *entries = g_new0 (uint64_t, N_PAGES);
  uint64_t pfn = BLOCK + random_pfn (rand);
  PgsMadePages *self;

  for (guint i = 0; i < N_PAGES; i += BLOCK)
    {
      /* Half of the blocks go on where the one before ended. */
      guint kind = g_rand_boolean (rand) ? RUN : (guint) g_rand_int_range (rand, 0, N_KINDS);

      fill_block (rand, kind, &pfn, entries + i);
    }
  self = pgs_made_pages_new (maps_text, FIRST, entries, N_PAGES, RAM_END);
  if (g_rand_boolean (rand))
    {
      g_autofree uint32_t *words = make_words (rand);

      pgs_made_pages_set_words (self, words);
    }
  return self;
}

/* What is told */

typedef struct
{
  PgsMadePages       *pages;
  const PgsColorMode *mode;
  guint8              is_told[N_PAGES];
  PgsExtent           last;
  guint               n_extents;
} Told;

static void
take_extent (const PgsExtent *extent,
             gpointer         user_data)
{
  Told *told = user_data;
  const PgsExtent *last = &told->last;
  uint64_t last_end = last->page + last->n_pages;

  assert_true (extent->n_pages > 0);
  assert_true (extent->page >= last_end);
  /* What goes on is told at once. */
  assert_false (last->n_pages > 0 && extent->page == last_end &&
                extent->pfn == last->pfn + last->n_pages && extent->class == last->class);
  for (uint64_t i = 0; i < extent->n_pages; i++)
    {
      uint64_t pfn;
      guint class;

      assert_true (pgs_made_pages_classify (told->pages, told->mode, extent->page + i, &pfn,
                                            &class));
      assert_int_equal (extent->pfn + i, pfn);
      if (extent->class != class)
        fail_msg ("Page %" PRIu64 " by %s is told as of class %u, not %u", extent->page + i,
                  told->mode->id, extent->class, class);
      told->is_told[extent->page + i - FIRST] = TRUE;
    }
  told->last = *extent;
  told->n_extents++;
}

/* Whether all pages of a span that are in the same mapping as @page are of one class. */
static gboolean
is_uniform (const Told        *told,
            const PgsPageSpan *span,
            uint64_t           page)
{
  const PgsMaps *maps = pgs_snapshot_get_maps (told->pages->snapshot);
  const PgsMapping *mapping;
  uint64_t pfn;
  guint index, class, other;

  if (!pgs_maps_find (maps, page * PAGE, &index))
    return FALSE;
  mapping = pgs_maps_get_mapping (maps, index);
  pgs_made_pages_classify (told->pages, told->mode, page, &pfn, &class);
  for (uint64_t i = MAX (span->first_page, mapping->start / PAGE);
       i < MIN (span->first_page + span->n_pages, mapping->end / PAGE); i++)
    if (pgs_made_pages_classify (told->pages, told->mode, i, &pfn, &other) && other != class)
      return FALSE;
  return TRUE;
}

/* Of each page that is to be told: those of a uniform run, and those the stride divides. */
static void
check_span (const Told        *told,
            const PgsPageSpan *span,
            uint64_t           first,
            uint64_t           end,
            guint              stride)
{
  gboolean is_run = span->entries == NULL && span->step == 1;

  for (uint64_t page = span->first_page; page < span->first_page + span->n_pages; page++)
    {
      uint64_t pfn;
      guint class;
      gboolean expected = page >= first && page < end &&
                          pgs_made_pages_classify (told->pages, told->mode, page, &pfn, &class) &&
                          (page % stride == 0 || (is_run && is_uniform (told, span, page)));

      if (told->is_told[page - FIRST] != expected)
        fail_msg ("Page %" PRIu64 " of [%" PRIu64 ", %" PRIu64 ") by %s, stride %u: %s", page, first,
                  end, told->mode->id, stride, expected ? "missing" : "not wanted");
    }
}

static guint
check_range (PgsMadePages *pages,
             PgsSummary   *summary,
             uint64_t      start,
             uint64_t      end,
             guint         stride)
{
  g_autofree Told *told = g_new0 (Told, 1);
  PgsPageStoreIter iter;
  PgsPageSpan span;

  told->pages = pages;
  told->mode = pgs_summary_get_mode (summary);
  pgs_extents_visit (summary, start, end, stride, take_extent, told);
  pgs_page_store_iter_init (&iter, pgs_snapshot_get_store (pages->snapshot), 0);
  while (pgs_page_store_iter_next (&iter, &span))
    check_span (told, &span, start / PAGE, end / PAGE + (end % PAGE != 0), stride);
  return told->n_extents;
}

static void
test_every_page (void **state)
{
  for (guint i = 0; i < 8; i++)
    {
      g_autoptr(GRand) rand = g_rand_new_with_seed (i);
      g_autoptr(PgsMadePages) pages = make_pages (rand);

      for (guint j = 0; j < pgs_color_mode_get_n_modes (); j++)
        {
          g_autoptr(PgsSummary) summary = pgs_summary_new (pages->snapshot,
                                                           pgs_color_mode_get (j));

          assert_true (check_range (pages, summary, 0, G_MAXUINT64, 1) > 100);
        }
    }
}

static void
test_ranges_and_strides (void **state)
{
  static const guint strides[] = { 1, 2, 3, 8, 500, 512, 4096, 100000 };
  g_autoptr(GRand) rand = g_rand_new_with_seed (100);

  for (guint i = 0; i < 32; i++)
    {
      g_autoptr(PgsMadePages) pages = make_pages (rand);
      const PgsColorMode *mode =
        pgs_color_mode_get (i % pgs_color_mode_get_n_modes ());
      g_autoptr(PgsSummary) summary = pgs_summary_new (pages->snapshot, mode);
      uint64_t start = (FIRST - 2) * PAGE + (uint64_t) g_rand_int_range (rand, 0, N_PAGES * PAGE);
      uint64_t end = start + (1u << g_rand_int_range (rand, 0, 27));

      check_range (pages, summary, start, end, strides[i % G_N_ELEMENTS (strides)]);
      check_range (pages, summary, 0, G_MAXUINT64, strides[i % G_N_ELEMENTS (strides)]);
    }
}

/* Ranges that begin and end around every kind of border. */
static void
test_borders (void **state)
{
  static const uint64_t places[] = {
    FIRST * PAGE, 0xa001000, 0xa200000, 0xa300000, 0xa377000, 0xa380000, 0xb000000, 0xc000000,
    0xc001000, 0xc002000, 0xe800000, (FIRST + N_PAGES) * PAGE,
  };
  g_autoptr(GRand) rand = g_rand_new_with_seed (5);
  g_autoptr(PgsMadePages) pages = make_pages (rand);
  g_autoptr(PgsSummary) summary = pgs_summary_new (pages->snapshot,
                                                   pgs_color_mode_find ("permissions"));

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    for (guint j = i; j < G_N_ELEMENTS (places); j++)
      for (guint nudge = 0; nudge < 9; nudge++)
        {
          static const int64_t nudges[] = { -1, 0, 1 };

          check_range (pages, summary, places[i] + (uint64_t) nudges[nudge % 3],
                       places[j] + (uint64_t) nudges[nudge / 3], 1);
        }
}

/* One huge page is one extent, though it spans a border of mappings, in a mode that does
 * not tell the two apart; in one that does it is two. */
static void
test_one_stretch (void **state)
{
  g_autofree uint64_t *entries = g_new0 (uint64_t, CHUNK * 2);
  g_autoptr(PgsMadePages) pages = NULL;
  g_autoptr(PgsSummary) kind = NULL, access = NULL;

  for (guint i = 0; i < CHUNK * 2; i++)
    entries[i] = PRESENT | (1000 + i);
  pages = pgs_made_pages_new ("a000000-c100000 rw-p 00000000 00:00 0 \n"
                              "c100000-e000000 r--p 00000000 00:00 0 \n",
                              FIRST, entries, CHUNK * 2, RAM_END);
  kind = pgs_summary_new (pages->snapshot, pgs_color_mode_find ("kind"));
  access = pgs_summary_new (pages->snapshot, pgs_color_mode_find ("permissions"));
  assert_int_equal (check_range (pages, kind, 0, G_MAXUINT64, 1), 1);
  assert_int_equal (check_range (pages, kind, 0, G_MAXUINT64, 7), 1);
  assert_int_equal (check_range (pages, access, 0, G_MAXUINT64, 1), 2);
  assert_int_equal (check_range (pages, kind, 0xa000000, 0xa000000, 1), 0);
}

static void
fail_extent (const PgsExtent *extent,
             gpointer         user_data)
{
  fail_msg ("page %" PRIu64 " is told of", extent->page);
}

/* Of pages that are only kept as numbers it is not known where they lie. */
static void
test_numbers (void **state)
{
  g_autoptr(PgsMaps) maps = pgs_maps_parse (maps_text, strlen (maps_text), PAGE, NULL);
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (BLOCK);
  g_autoptr(GRand) rand = g_rand_new_with_seed (9);
  g_autofree uint64_t *entries = g_new (uint64_t, N_PAGES);
  g_autoptr(PgsPageStore) store = NULL;
  g_autoptr(PgsSnapshot) snapshot = NULL;
  g_autoptr(PgsSummary) summary = NULL;

  for (guint i = 0; i < N_PAGES; i++)
    entries[i] = PRESENT | random_pfn (rand);
  pgs_page_store_builder_limit (builder, 0, RAM_END);
  pgs_page_store_builder_append (builder, FIRST, entries, N_PAGES);
  store = pgs_page_store_builder_end (builder);
  assert_false (pgs_page_store_has_detail (store, FIRST, FIRST + N_PAGES));
  snapshot = pgs_snapshot_new (maps, store, PAGE, RAM_END, NULL);
  summary = pgs_summary_new (snapshot, pgs_color_mode_find ("state"));
  pgs_extents_visit (summary, 0, G_MAXUINT64, 1, fail_extent, NULL);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_every_page),
    cmocka_unit_test (test_ranges_and_strides),
    cmocka_unit_test (test_borders),
    cmocka_unit_test (test_one_stretch),
    cmocka_unit_test (test_numbers),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
