/* test-frame-store.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests what is kept of the frames of an address space.
 */

#include "config.h"

#include "core/pgs-frame-store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "core/pgs-page-chunk.h"

#define N        PGS_PAGE_CHUNK_PAGES
#define N_ROUNDS 200

/* Words in stretches that are unknown, alike or all different. */
static void
make_words (GRand    *rand,
            uint32_t *words)
{
  guint longest = 1u << g_rand_int_range (rand, 0, 12);

  for (guint i = 0, n; i < N; i += n)
    {
      guint pattern = (guint) g_rand_int_range (rand, 0, 4);
      uint32_t word = pattern == 0 ? 0 : 1 + g_rand_int (rand) % 3;

      n = (guint) g_rand_int_range (rand, 1, (gint32) longest + 1);
      n = MIN (n, N - i);
      for (guint j = 0; j < n; j++)
        words[i + j] = pattern == 3 ? g_rand_int (rand) | 1 : word;
    }
}

static guint
count_known (const uint32_t *words)
{
  guint n = 0;

  for (guint i = 0; i < N; i++)
    n += words[i] != 0;
  return n;
}

/* Returns how many stretches of known pages there are. */
static guint
count_stretches (const uint32_t *words)
{
  guint n = 0;

  for (guint i = 0; i < N; i++)
    n += words[i] != 0 && (i == 0 || words[i - 1] == 0);
  return n;
}

static void
test_random_words (void **state)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (3);
  g_autofree uint32_t *words = g_new (uint32_t, N);
  g_autofree uint32_t *told = g_new (uint32_t, N);

  for (guint round = 0; round < N_ROUNDS; round++)
    {
      g_autoptr(PgsFrameBlock) block = NULL;
      g_autoptr(PgsFrameBlock) same = NULL;

      make_words (rand, words);
      block = pgs_frame_block_new (round, words, NULL);
      assert_int_equal (block == NULL, count_known (words) == 0);
      if (block == NULL)
        continue;
      assert_int_equal (pgs_frame_block_get_index (block), round);
      memset (told, 0xff, N * sizeof *told);
      pgs_frame_block_get_words (block, told);
      assert_memory_equal (told, words, N * sizeof *words);
      for (guint i = 0; i < N; i++)
        assert_int_equal (pgs_frame_block_get_word (block, i), words[i]);
      assert_true (pgs_frame_block_get_bytes (block) <=
                   4 * count_known (words) + 8 * count_stretches (words) + 16);
      same = pgs_frame_block_new (round, words, block);
      assert_ptr_equal (same, block);
    }
}

/* A change of any one page makes another block. */
static void
test_changed_words (void **state)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (4);
  g_autofree uint32_t *words = g_new (uint32_t, N);
  g_autoptr(PgsFrameBlock) before = NULL;

  do
    make_words (rand, words);
  while (count_known (words) == 0);
  before = pgs_frame_block_new (1, words, NULL);
  for (guint i = 0; i < N; i += 1 + i % 17)
    {
      g_autoptr(PgsFrameBlock) after = NULL;

      words[i] ^= 0x80;
      after = pgs_frame_block_new (1, words, before);
      assert_ptr_not_equal (after, before);
      assert_int_equal (pgs_frame_block_get_word (after, i), words[i]);
      words[i] ^= 0x80;
    }
}

/* What is alike takes next to nothing, as in huge pages: a head and 511 others. */
static void
test_huge_pages (void **state)
{
  g_autofree uint32_t *words = g_new (uint32_t, N);
  g_autoptr(PgsFrameBlock) block = NULL;

  for (guint i = 0; i < N; i++)
    words[i] = i % 512 == 0 ? 0x8000 : 0x10000;
  block = pgs_frame_block_new (0, words, NULL);
  assert_true (pgs_frame_block_get_bytes (block) <= 16 + N / 512 * 16);
}

static PgsFrameBlock *
make_block (uint64_t index,
            uint32_t word)
{
  g_autofree uint32_t *words = g_new0 (uint32_t, N);

  words[index % N] = word;
  return pgs_frame_block_new (index, words, NULL);
}

static PgsFrameStore *
make_store (PgsFrameStore *like,
            ...)
{
  GPtrArray *blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) pgs_frame_block_unref);
  PgsFrameBlock *block;
  va_list args;

  va_start (args, like);
  while ((block = va_arg (args, PgsFrameBlock *)) != NULL)
    g_ptr_array_add (blocks, pgs_frame_block_ref (block));
  va_end (args);
  return pgs_frame_store_new (blocks, like);
}

static void
test_store (void **state)
{
  g_autoptr(PgsFrameBlock) a = make_block (3, 7), b = make_block (900, 8);
  g_autoptr(PgsFrameBlock) other = make_block (900, 9);
  g_autoptr(PgsFrameStore) store = make_store (NULL, a, b, NULL);
  g_autoptr(PgsFrameStore) same = make_store (store, a, b, NULL);
  g_autoptr(PgsFrameStore) changed = make_store (store, a, other, NULL);
  g_autoptr(PgsFrameStore) less = make_store (store, a, NULL);
  g_autoptr(PgsFrameStore) empty = make_store (store, NULL);

  assert_ptr_equal (same, store);
  assert_ptr_not_equal (changed, store);
  assert_ptr_not_equal (less, store);
  assert_ptr_equal (pgs_frame_store_look_up (store, 3), a);
  assert_ptr_equal (pgs_frame_store_look_up (store, 900), b);
  assert_null (pgs_frame_store_look_up (store, 0));
  assert_null (pgs_frame_store_look_up (store, 4));
  assert_null (pgs_frame_store_look_up (store, 901));
  assert_null (pgs_frame_store_look_up (empty, 3));
  assert_int_equal (pgs_frame_store_get_word (store, 3 * N + 3), 7);
  assert_int_equal (pgs_frame_store_get_word (store, 3 * N + 4), 0);
  assert_int_equal (pgs_frame_store_get_word (store, 900 * N + 900), 8);
  assert_int_equal (pgs_frame_store_get_word (changed, 900 * N + 900), 9);
  assert_int_equal (pgs_frame_store_get_word (less, 900 * N + 900), 0);
  assert_true (pgs_frame_store_get_bytes (store) > pgs_frame_store_get_bytes (less));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_random_words),
    cmocka_unit_test (test_changed_words),
    cmocka_unit_test (test_huge_pages),
    cmocka_unit_test (test_store),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
