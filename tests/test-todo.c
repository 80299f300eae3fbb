/* test-todo.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is still to be read, against a list of all pages: random mappings, read in steps
 * of random sizes, while somebody looks here and there.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <inttypes.h>
#include <string.h>

#include "core/pgs-focus.h"
#include "core/pgs-todo.h"

#define PAGE     UINT64_C (4096)
#define CHUNK    (PAGE * PGS_PAGE_CHUNK_PAGES)
#define USER_END (UINT64_C (1) << 63)
#define NONE     G_MAXUINT64

/* What is known of a page. */
enum { UNWANTED, UNREAD, READ };

typedef struct
{
  uint64_t start;
  uint64_t end;
  guint8  *pages;
} Area;

/* How much of a chunk there is, and how much is left of it. */
typedef struct
{
  guint all;
  guint left;
} Chunk;

typedef struct
{
  GRand      *rand;
  PgsMaps    *maps;
  GArray     *areas;
  GHashTable *chunks;
  uint64_t    n_all;
  uint64_t    n_left;
  uint64_t    chunk;   /* the one begun last */
} Plain;

static void
plain_clear (Plain *plain)
{
  for (guint i = 0; i < plain->areas->len; i++)
    g_free (g_array_index (plain->areas, Area, i).pages);
  g_array_unref (plain->areas);
  g_hash_table_unref (plain->chunks);
  pgs_maps_unref (plain->maps);
  g_rand_free (plain->rand);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Plain, plain_clear)

/* Mappings of a page or of some chunks, with gaps or without. */
static PgsMaps *
make_maps (GRand *rand)
{
  g_autoptr(GString) text = g_string_new (NULL);
  guint n = (guint) g_rand_int_range (rand, 1, 40);
  uint64_t address = 0x400000;

  for (guint i = 0; i < n; i++)
    {
      uint64_t n_pages = 1 + (g_rand_int (rand) % 20000 >> g_rand_int_range (rand, 0, 14));

      if (g_rand_boolean (rand))
        address += PAGE << g_rand_int_range (rand, 0, 20);
      if (g_rand_int_range (rand, 0, 8) == 0)
        address = (address / CHUNK + 1) * CHUNK;
      g_string_append_printf (text, "%" PRIx64 "-%" PRIx64 " r--p 00000000 00:00 0 \n", address,
                              address + n_pages * PAGE);
      address += n_pages * PAGE;
    }
  if (g_rand_boolean (rand))
    g_string_append (text, "7ffffffffffff000-8000000000001000 rw-p 00000000 00:00 0 \n");
  g_string_append (text, "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]\n");
  return pgs_maps_parse (text->str, text->len, PAGE, NULL);
}

static Chunk *
get_chunk (Plain    *plain,
           uint64_t  address)
{
  gpointer key = GSIZE_TO_POINTER (address / CHUNK + 1);
  Chunk *chunk = g_hash_table_lookup (plain->chunks, key);

  if (chunk == NULL)
    {
      chunk = g_new0 (Chunk, 1);
      g_hash_table_insert (plain->chunks, key, chunk);
    }
  return chunk;
}

static void
want (Plain    *plain,
      Area     *area,
      uint64_t  address)
{
  area->pages[(address - area->start) / PAGE] = UNREAD;
  get_chunk (plain, address)->all++;
  get_chunk (plain, address)->left++;
  plain->n_all++;
  plain->n_left++;
}

/* Lists the pages of the mappings; of those in @ranges, or of all. */
static void
plain_init (Plain        *plain,
            guint32       seed,
            const GArray *ranges)
{
  *plain = (Plain) { .rand = g_rand_new_with_seed (seed), .chunk = NONE };
  plain->maps = make_maps (plain->rand);
  plain->areas = g_array_new (FALSE, FALSE, sizeof (Area));
  plain->chunks = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, g_free);
  for (guint i = 0; i < pgs_maps_get_n_mappings (plain->maps); i++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (plain->maps, i);
      Area area = { mapping->start, mapping->end, NULL };

      area.pages = g_malloc0 ((area.end - area.start) / PAGE);
      for (uint64_t page = area.start; page < MIN (area.end, USER_END); page += PAGE)
        for (guint j = 0; j < (ranges != NULL ? ranges->len : 1); j++)
          if (ranges == NULL || (g_array_index (ranges, PgsRange, j).start <= page &&
                                 g_array_index (ranges, PgsRange, j).end > page))
            want (plain, &area, page);
      g_array_append_val (plain->areas, area);
    }
}

/* Returns the first page of [start, end) that is still to be read. */
static uint64_t
find_unread (const Plain *plain,
             uint64_t     start,
             uint64_t     end)
{
  for (guint i = 0; i < plain->areas->len; i++)
    {
      const Area *area = &g_array_index (plain->areas, Area, i);
      uint64_t from = MAX (start, area->start), to = MIN (end, area->end);
      const guint8 *found;

      if (from >= to)
        continue;
      found = memchr (area->pages + (from - area->start) / PAGE, UNREAD, (to - from) / PAGE);
      if (found != NULL)
        return area->start + (uint64_t) (found - area->pages) * PAGE;
    }
  return NONE;
}

/* Returns what is known of a page, or %NULL where nothing is mapped. */
static guint8 *
find_page (const Plain *plain,
           uint64_t     address)
{
  for (guint i = 0; i < plain->areas->len; i++)
    {
      const Area *area = &g_array_index (plain->areas, Area, i);

      if (area->start <= address && address < area->end)
        return area->pages + (address - area->start) / PAGE;
    }
  return NULL;
}

/* Takes note of a page being read: for the first time, and not before the chunk begun
 * last was read to its end. */
static void
read_page (Plain    *plain,
           uint64_t  address)
{
  guint8 *page = find_page (plain, address);
  Chunk *chunk = get_chunk (plain, address);

  assert_non_null (page);
  assert_int_equal (*page, UNREAD);
  if (address / CHUNK != plain->chunk)
    {
      assert_int_equal (chunk->left, chunk->all);
      if (plain->chunk != NONE)
        assert_int_equal (get_chunk (plain, plain->chunk * CHUNK)->left, 0);
      plain->chunk = address / CHUNK;
    }
  *page = READ;
  chunk->left--;
  plain->n_left--;
}

/* Somewhere near the mappings, or anywhere. */
static guint
make_focus (Plain    *plain,
            PgsRange *focus)
{
  guint n_focus = (guint) g_rand_int_range (plain->rand, 0, PGS_FOCUS_MAX + 1);

  for (guint i = 0; i < n_focus; i++)
    {
      const Area *area = &g_array_index (plain->areas, Area, g_rand_int (plain->rand) %
                                                             plain->areas->len);
      uint64_t size = (area->end - area->start) * 5 / 4 + CHUNK;

      focus[i].start = area->start - 0x400000 + g_rand_int (plain->rand) % size;
      focus[i].end = focus[i].start + g_rand_int (plain->rand) % (3 * CHUNK);
      if (g_rand_int_range (plain->rand, 0, 20) == 0)
        focus[i] = (PgsRange) { 0, G_MAXUINT64 };
      if (g_rand_int_range (plain->rand, 0, 20) == 0)
        focus[i].end = focus[i].start;
    }
  return n_focus;
}

/* Holds what comes next against what should. */
static void
check_next (const Plain    *plain,
            gboolean        was_in_chunk,
            const PgsRange *focus,
            guint           n_focus,
            const PgsRange *next)
{
  uint64_t expected = NONE, end = USER_END;

  if (was_in_chunk)
    {
      end = (plain->chunk + 1) * CHUNK;
      expected = find_unread (plain, plain->chunk * CHUNK, end);
    }
  for (guint i = 0; i < n_focus && expected == NONE; i++)
    if (focus[i].start < focus[i].end)
      {
        end = MIN (focus[i].end, USER_END);
        end = end / CHUNK * CHUNK + (end % CHUNK != 0 ? CHUNK : 0);
        expected = find_unread (plain, focus[i].start / CHUNK * CHUNK, end);
      }
  if (expected == NONE)
    {
      end = USER_END;
      expected = find_unread (plain, 0, end);
    }
  assert_int_equal (next->start, expected);
  assert_true (next->start < next->end && next->end <= end);
}

/* What is said to be left is left, all of it, and nothing that was read. */
static void
check_unread (const Plain   *plain,
              const PgsTodo *todo)
{
  g_autoptr(GArray) unread = pgs_todo_dup_unread (todo);
  uint64_t n_left = 0, last = 0;

  for (guint i = 0; i < unread->len; i++)
    {
      const PgsRange *range = &g_array_index (unread, PgsRange, i);

      assert_true (last <= range->start && range->start < range->end);
      last = range->end;
      for (guint j = 0; j < plain->areas->len; j++)
        {
          const Area *area = &g_array_index (plain->areas, Area, j);

          for (uint64_t page = MAX (area->start, range->start);
               page < MIN (area->end, range->end); page += PAGE)
            {
              assert_int_not_equal (area->pages[(page - area->start) / PAGE], READ);
              n_left += area->pages[(page - area->start) / PAGE] == UNREAD;
            }
        }
    }
  assert_int_equal (n_left, plain->n_left);
}

/* Reads some of what comes next. Returns whether there was anything. */
static gboolean
read_step (Plain   *plain,
           PgsTodo *todo)
{
  PgsRange focus[PGS_FOCUS_MAX], next;
  gboolean is_in_chunk = plain->chunk != NONE && get_chunk (plain, plain->chunk * CHUNK)->left > 0;
  guint n_focus = make_focus (plain, focus);
  uint64_t n_pages, end;

  assert_int_equal (pgs_todo_is_in_chunk (todo), is_in_chunk);
  if (!pgs_todo_get_next (todo, focus, n_focus, &next))
    return FALSE;
  check_next (plain, is_in_chunk, focus, n_focus, &next);
  n_pages = 1 + (g_rand_int (plain->rand) >> g_rand_int_range (plain->rand, 16, 32));
  end = MIN (next.start + n_pages * PAGE, next.end);
  for (uint64_t page = next.start; page < end; page += PAGE)
    read_page (plain, page);
  pgs_todo_finish (todo, end);
  return TRUE;
}

static void
read_all (Plain   *plain,
          PgsTodo *todo)
{
  guint n_steps = 0;

  check_unread (plain, todo);
  while (read_step (plain, todo))
    {
      double fraction = 1 - (double) plain->n_left / (double) plain->n_all;

      assert_true (ABS (pgs_todo_get_fraction (todo) - fraction) < 1e-9);
      if (n_steps++ % 16 == 0)
        check_unread (plain, todo);
    }
  check_unread (plain, todo);
  assert_int_equal (plain->n_left, 0);
  assert_true (pgs_todo_get_fraction (todo) == 1);
  assert_false (pgs_todo_is_in_chunk (todo));
}

static void
test_random (void **state)
{
  for (guint32 seed = 0; seed < 120; seed++)
    {
      g_auto(Plain) plain;
      g_autoptr(PgsTodo) todo = NULL;

      plain_init (&plain, seed, NULL);
      todo = pgs_todo_new (plain.maps, PAGE);
      read_all (&plain, todo);
    }
}

/* Only some of the chunks. */
static void
test_ranges (void **state)
{
  const PgsRange last = { USER_END - CHUNK, G_MAXUINT64 };

  for (guint32 seed = 0; seed < 60; seed++)
    {
      g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
      g_autoptr(GArray) ranges = g_array_new (FALSE, FALSE, sizeof (PgsRange));
      g_auto(Plain) plain;
      g_autoptr(PgsTodo) todo = NULL;

      for (uint64_t chunk = 0; chunk < 300; chunk++)
        {
          PgsRange range = { chunk * CHUNK, (chunk + 1) * CHUNK };

          if (g_rand_int_range (rand, 0, 3) > 0)
            g_array_append_val (ranges, range);
        }
      g_array_append_val (ranges, last);
      plain_init (&plain, seed, ranges);
      todo = pgs_todo_new_for (plain.maps, PAGE, ranges);
      if (plain.n_all > 0)
        read_all (&plain, todo);
    }
}

/* Where there is nothing to read, all of it was. */
static void
test_nothing (void **state)
{
  static const char vsyscall[] =
    "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]\n";
  static const PgsRange focus = { 0, G_MAXUINT64 };

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(PgsMaps) maps = pgs_maps_parse (vsyscall, i * (sizeof vsyscall - 1), PAGE, NULL);
      g_autoptr(PgsTodo) todo = pgs_todo_new (maps, PAGE);
      g_autoptr(GArray) unread = pgs_todo_dup_unread (todo);
      PgsRange next;

      assert_false (pgs_todo_get_next (todo, NULL, 0, &next));
      assert_false (pgs_todo_get_next (todo, &focus, 1, &next));
      assert_int_equal (unread->len, 0);
      assert_false (pgs_todo_is_in_chunk (todo));
      assert_true (pgs_todo_get_fraction (todo) == 1);
    }
}

/* 65,000 mappings that nobody has begun to read are told as one. */
static void
test_unread_is_short (void **state)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(PgsMaps) maps = NULL;
  g_autoptr(PgsTodo) todo = NULL;
  g_autoptr(GArray) before = NULL, after = NULL;
  const PgsRange focus = { 20000 * 2 * PAGE, 20001 * 2 * PAGE };
  PgsRange next;

  for (uint64_t i = 1; i < 65000; i++)
    g_string_append_printf (text, "%" PRIx64 "-%" PRIx64 " r--p 00000000 00:00 0 \n",
                            i * 2 * PAGE, i * 2 * PAGE + PAGE);
  maps = pgs_maps_parse (text->str, text->len, PAGE, NULL);
  todo = pgs_todo_new (maps, PAGE);
  before = pgs_todo_dup_unread (todo);
  assert_int_equal (before->len, 1);
  do
    {
      assert_true (pgs_todo_get_next (todo, &focus, 1, &next));
      pgs_todo_finish (todo, next.end);
    }
  while (pgs_todo_is_in_chunk (todo));
  after = pgs_todo_dup_unread (todo);
  assert_int_equal (after->len, 2);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_random),
    cmocka_unit_test (test_ranges),
    cmocka_unit_test (test_nothing),
    cmocka_unit_test (test_unread_is_short),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
