/* test-reading-order.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * In which order an address space is read: all of it once, what is looked at first.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "core/pgs-todo.h"
#include "pgs-layout.h"

#define PAGE        UINT64_C (4096)
#define CHUNK_BYTES (PAGE * PGS_PAGE_CHUNK_PAGES)
#define N_LAYOUTS   40

/* What was read, a byte a page of each mapping. */
typedef struct
{
  PgsLayout *layout;
  GPtrArray *pages;
} Read;

static guint8 *
get_page (Read     *read,
          uint64_t  address)
{
  guint index;

  assert_true (pgs_maps_find (read->layout->maps, address, &index));
  return (guint8 *) read->pages->pdata[index] +
         (address - pgs_maps_get_mapping (read->layout->maps, index)->start) / PAGE;
}

/* What is left is what was not read. */
static void
check_unread (Read    *read,
              PgsTodo *todo)
{
  g_autoptr(GArray) unread = pgs_todo_dup_unread (todo);

  for (guint i = 0; i < read->pages->len; i++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (read->layout->maps, i);

      for (uint64_t at = mapping->start; at < mapping->end; at += PAGE)
        {
          gboolean is_left = FALSE;

          for (guint j = 0; j < unread->len; j++)
            {
              const PgsRange *range = &g_array_index (unread, PgsRange, j);

              is_left = is_left || (range->start <= at && at < range->end);
            }
          assert_int_equal (is_left, *get_page (read, at) == 0);
        }
    }
}

static PgsRange
random_range (PgsLayout *layout,
              GRand     *rand)
{
  guint n_mappings = pgs_maps_get_n_mappings (layout->maps);
  const PgsMapping *mapping =
    pgs_maps_get_mapping (layout->maps, (guint) g_rand_int_range (rand, 0, (gint32) n_mappings));

  return (PgsRange) { mapping->start, mapping->start + (uint64_t) g_rand_int_range (rand, 1, 99) * PAGE };
}

/* Whether some page around a range, out to whole chunks, was not read. */
static gboolean
is_wanted (Read           *read,
           const PgsRange *range)
{
  uint64_t start = range->start / CHUNK_BYTES * CHUNK_BYTES;
  uint64_t end = (range->end + CHUNK_BYTES - 1) / CHUNK_BYTES * CHUNK_BYTES;

  for (guint i = 0; i < read->pages->len; i++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (read->layout->maps, i);

      for (uint64_t at = MAX (mapping->start, start); at < MIN (mapping->end, end); at += PAGE)
        if (*get_page (read, at) == 0)
          return TRUE;
    }
  return FALSE;
}

static void
read_all (Read    *read,
          PgsTodo *todo,
          GRand   *rand)
{
  PgsRange focus = random_range (read->layout, rand), next;
  g_autoptr(GHashTable) finished = g_hash_table_new (g_direct_hash, g_direct_equal);
  uint64_t chunk = G_MAXUINT64;
  guint n_steps = 0;

  for (; pgs_todo_get_next (todo, &focus, 1, &next); n_steps++)
    {
      uint64_t n = (next.end - next.start) / PAGE;
      uint64_t end = next.start + (uint64_t) g_rand_int_range (rand, 1, (gint32) n + 1) * PAGE;
      gboolean goes_on = pgs_todo_is_in_chunk (todo);

      if (next.start / CHUNK_BYTES != chunk)
        {
          assert_false (goes_on);
          if (chunk != G_MAXUINT64)
            g_hash_table_add (finished, GSIZE_TO_POINTER (chunk));
          if (is_wanted (read, &focus))
            assert_true (next.start < (focus.end + CHUNK_BYTES - 1) / CHUNK_BYTES * CHUNK_BYTES &&
                         next.end > focus.start / CHUNK_BYTES * CHUNK_BYTES);
        }
      for (uint64_t at = next.start; at < end; at += PAGE)
        {
          assert_int_equal ((*get_page (read, at))++, 0);
          if (at / CHUNK_BYTES != chunk && chunk != G_MAXUINT64)
            g_hash_table_add (finished, GSIZE_TO_POINTER (chunk));
          chunk = at / CHUNK_BYTES;
          assert_false (g_hash_table_contains (finished, GSIZE_TO_POINTER (chunk)));
        }
      pgs_todo_finish (todo, end);
      if (n_steps % 16 == 0)
        check_unread (read, todo);
      if (g_rand_int_range (rand, 0, 3) == 0)
        focus = random_range (read->layout, rand);
    }
  check_unread (read, todo);
  assert_true (pgs_todo_get_fraction (todo) == 1);
}

static void
test_everything_is_read_once (void **state)
{
  for (guint32 seed = 0; seed < N_LAYOUTS; seed++)
    {
      g_autoptr(PgsLayout) layout = pgs_layout_new_random (seed, 2 + seed % 14, 20000);
      g_autoptr(PgsTodo) todo = pgs_todo_new (layout->maps, PAGE);
      g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
      g_autoptr(GPtrArray) pages = g_ptr_array_new_with_free_func (g_free);
      Read read = { layout, pages };

      for (guint i = 0; i < pgs_maps_get_n_mappings (layout->maps); i++)
        g_ptr_array_add (pages, g_malloc0 (pgs_mapping_get_size (
                                  pgs_maps_get_mapping (layout->maps, i)) / PAGE));
      read_all (&read, todo, rand);
    }
}

/* Neighbors are one stretch; the kernel's half is none. */
static void
test_stretches (void **state)
{
  static const char text[] = "1000-3000 r--p 0 00:00 0 \n"
                             "3000-4000 rw-p 0 00:00 0 \n"
                             "8000-9000 rw-p 0 00:00 0 \n"
                             "ffffffffff600000-ffffffffff601000 --xp 0 00:00 0 [vsyscall]\n";
  g_autoptr(PgsMaps) maps = pgs_maps_parse (text, sizeof text - 1, PAGE, NULL);
  g_autoptr(PgsTodo) todo = pgs_todo_new (maps, PAGE);
  g_autoptr(GArray) unread = pgs_todo_dup_unread (todo);
  PgsRange next;

  assert_int_equal (unread->len, 1);
  assert_int_equal (g_array_index (unread, PgsRange, 0).start, 0x1000);
  assert_int_equal (g_array_index (unread, PgsRange, 0).end, 0x9000);
  assert_true (pgs_todo_get_next (todo, NULL, 0, &next));
  assert_int_equal (next.start, 0x1000);
  assert_int_equal (next.end, 0x4000);
  pgs_todo_finish (todo, next.end);
  assert_true (pgs_todo_get_next (todo, NULL, 0, &next));
  assert_int_equal (next.start, 0x8000);
  pgs_todo_finish (todo, next.end);
  assert_false (pgs_todo_get_next (todo, NULL, 0, &next));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_everything_is_read_once),
    cmocka_unit_test (test_stretches),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
