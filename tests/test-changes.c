/* test-changes.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/pgs-changes.h"

#define N     (6 * 512)
#define FIRST 1234

static PgsSnapshot *
make_snapshot (const uint64_t *entries)
{
  static const char text[] = "400000-10000000 rw-p 00000000 00:00 0 \n";
  g_autoptr(PgsMaps) maps = pgs_maps_parse (text, sizeof text - 1, 4096, NULL);
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (512);
  g_autoptr(PgsPageStore) store = NULL;

  pgs_page_store_builder_append (builder, FIRST, entries, N);
  store = pgs_page_store_builder_end (builder);
  return pgs_snapshot_new (maps, store, 4096, 0, NULL);
}

static gboolean
is_listed (const GArray *changes,
           uint64_t      address)
{
  for (guint i = 0; i < changes->len; i++)
    {
      const PgsChange *change = &g_array_index (changes, PgsChange, i);

      if (change->start <= address && address < change->end)
        return TRUE;
    }
  return FALSE;
}

static void
check (const uint64_t *before,
       const uint64_t *after)
{
  g_autoptr(PgsSnapshot) left = make_snapshot (before);
  g_autoptr(PgsSnapshot) right = make_snapshot (after);
  g_autoptr(GArray) changes = pgs_changes_find (left, right);

  for (guint i = 0; i < N; i++)
    assert_int_equal (is_listed (changes, (FIRST + i) * UINT64_C (4096)), before[i] != after[i]);
  for (guint i = 1; i < changes->len; i++)
    assert_true (g_array_index (changes, PgsChange, i - 1).end <
                 g_array_index (changes, PgsChange, i).start);
}

static uint64_t
random_entry (GRand *rand,
              guint  page)
{
  switch (g_rand_int_range (rand, 0, 3))
    {
    case 0:
      return 0;
    case 1:
      return PGS_PAGEMAP_PRESENT | (page + 10);
    default:
      return PGS_PAGEMAP_PRESENT | (uint64_t) g_rand_int_range (rand, 1, 1000);
    }
}

static void
test_random (void **state)
{
  for (guint32 seed = 0; seed < 60; seed++)
    {
      g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
      uint64_t before[N], after[N];
      guint every = seed % 3 == 0 ? 1000 : 3;

      for (guint i = 0; i < N; i++)
        {
          gboolean block_is_empty = i / 512 % 3 == seed % 3;

          before[i] = block_is_empty && seed % 2 == 0 ? 0 : random_entry (rand, i);
          after[i] = g_rand_int_range (rand, 0, (gint32) every) == 0 ? random_entry (rand, i)
                                                                   : before[i];
          if (block_is_empty && seed % 5 == 0)
            after[i] = 0;
        }
      check (before, after);
      check (after, before);
    }
}

static void
test_same (void **state)
{
  uint64_t entries[N];
  g_autoptr(PgsSnapshot) snapshot = NULL;
  g_autoptr(PgsSnapshot) again = NULL;
  g_autoptr(GArray) changes = NULL;

  for (guint i = 0; i < N; i++)
    entries[i] = PGS_PAGEMAP_PRESENT | (i * 7 + 1);
  snapshot = make_snapshot (entries);
  again = make_snapshot (entries);
  changes = pgs_changes_find (snapshot, again);
  assert_int_equal (changes->len, 0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_random),
    cmocka_unit_test (test_same),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
