/* test-mapping-model.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list of mappings of processes that change: what is announced, that items stay
 * who they are, and that one who follows the announcements comes to the same list.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <inttypes.h>

#include "app/pgs-mapping-item.h"
#include "app/pgs-mapping-model.h"
#include "core/pgs-page-store-builder.h"

/* As many as the kernel lets a process have. */
#define MANY      65531
#define FEW       60
#define BASE      UINT64_C (0x7f0000000000)
#define PAGE      UINT64_C (4096)
#define STRIDE    4       /* pages from one mapping to the next */
#define MAX_PAGES 3

/* One that may be mapped. */
typedef struct
{
  gboolean is_there;
  gboolean is_writable;
  guint    n_pages;
  guint    n_present;
} Place;

/* A process, and one who follows the list of its mappings. */
typedef struct
{
  GArray          *places;
  PgsMappingModel *model;
  GPtrArray       *copy;         /* made from announcements alone */
  guint            n_announced;
  guint            position;     /* of the latest announcement */
  guint            n_removed;
  guint            n_added;
  guint            n_changed;
} World;

static PgsSnapshot *
take_snapshot (World *world)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(PgsMaps) maps = NULL;
  g_autoptr(PgsPageStore) store = NULL;
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (512);
  const uint64_t entry = PGS_PAGEMAP_PRESENT | 4711;

  for (guint i = 0; i < world->places->len; i++)
    {
      const Place *place = &g_array_index (world->places, Place, i);
      uint64_t start = BASE + i * STRIDE * PAGE;

      if (!place->is_there)
        continue;
      g_string_append_printf (text, "%" PRIx64 "-%" PRIx64 " r%c-p 00000000 00:00 0 \n", start,
                              start + place->n_pages * PAGE, place->is_writable ? 'w' : '-');
      for (guint j = 0; j < place->n_present; j++)
        pgs_page_store_builder_append (builder, start / PAGE + j, &entry, 1);
    }
  maps = pgs_maps_parse (text->str, text->len, PAGE, NULL);
  store = pgs_page_store_builder_end (builder);
  return pgs_snapshot_new (maps, store, PAGE, 0, NULL);
}

static void
check_rows (World *world)
{
  GListModel *model = G_LIST_MODEL (world->model);

  assert_int_equal (world->copy->len, g_list_model_get_n_items (model));
  for (guint i = 0; i < world->copy->len; i++)
    {
      g_autoptr(PgsMappingItem) item = g_list_model_get_item (model, i);

      assert_ptr_equal (item, world->copy->pdata[i]);
    }
  assert_null (g_list_model_get_item (model, world->copy->len));
}

/* The follower: whatever is announced, the list has to be whole at that time. */
static void
items_changed_cb (GListModel *model,
                  guint       position,
                  guint       n_removed,
                  guint       n_added,
                  World      *world)
{
  assert_true (position + n_removed <= world->copy->len);
  if (n_removed > 0)
    g_ptr_array_remove_range (world->copy, position, n_removed);
  for (guint i = 0; i < n_added; i++)
    g_ptr_array_insert (world->copy, (int) (position + i),
                        g_list_model_get_item (model, position + i));
  assert_int_equal (world->copy->len, g_list_model_get_n_items (model));
  if (world->copy->len <= FEW)
    check_rows (world);
  world->n_announced++;
  world->position = position;
  world->n_removed = n_removed;
  world->n_added = n_added;
}

static void
changed_cb (World *world)
{
  world->n_changed++;
}

static World *
world_new (guint n_places)
{
  World *world = g_new0 (World, 1);

  world->places = g_array_new (FALSE, FALSE, sizeof (Place));
  for (guint i = 0; i < n_places; i++)
    {
      const Place place = { TRUE, i % 2 == 0, 1 + i % MAX_PAGES, i % 2 };

      g_array_append_val (world->places, place);
    }
  world->model = pgs_mapping_model_new ();
  world->copy = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect (world->model, "items-changed", G_CALLBACK (items_changed_cb), world);
  g_signal_connect_swapped (world->model, "changed", G_CALLBACK (changed_cb), world);
  return world;
}

static void
world_free (World *world)
{
  g_ptr_array_unref (world->copy);
  g_assert_finalize_object (world->model);
  g_array_unref (world->places);
  g_free (world);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

static Place *
get_place (World *world,
           guint  index)
{
  return &g_array_index (world->places, Place, index);
}

static void
wait_for_model (World *world)
{
  while (!pgs_mapping_model_is_up_to_date (world->model))
    g_main_context_iteration (NULL, TRUE);
}

/* The follower's list is the model's, and every mapping is found in it. */
static void
check_copy (World *world)
{
  check_rows (world);
  for (guint i = 0; i < world->copy->len; i++)
    {
      const PgsMapping *mapping = pgs_mapping_item_get_mapping (world->copy->pdata[i]);

      assert_int_equal (pgs_mapping_model_find (world->model, mapping->start), i);
    }
}

static void
refresh (World *world)
{
  g_autoptr(PgsSnapshot) snapshot = take_snapshot (world);

  wait_for_model (world);
  world->n_announced = 0;
  world->n_changed = 0;
  pgs_mapping_model_set_snapshot (world->model, snapshot);
  wait_for_model (world);
  assert_int_equal (world->n_changed, 1);
}

static void
assert_announced (World *world,
                  guint  position,
                  guint  n_removed,
                  guint  n_added)
{
  assert_int_equal (world->n_announced, 1);
  assert_int_equal (world->position, position);
  assert_int_equal (world->n_removed, n_removed);
  assert_int_equal (world->n_added, n_added);
}

static void
test_what_is_announced (void **state)
{
  g_autoptr(World) world = world_new (MANY);

  get_place (world, 30000)->is_there = FALSE;
  refresh (world);
  assert_announced (world, 0, 0, MANY - 1);
  refresh (world);
  assert_int_equal (world->n_announced, 0);
  get_place (world, 30000)->is_there = TRUE;
  refresh (world);
  assert_announced (world, 30000, 0, 1);
  get_place (world, 40000)->is_writable ^= TRUE;
  refresh (world);
  assert_announced (world, 40000, 1, 1);
  get_place (world, 0)->is_there = FALSE;
  refresh (world);
  assert_announced (world, 0, 1, 0);
  get_place (world, MANY - 1)->is_there = FALSE;
  refresh (world);
  assert_announced (world, MANY - 2, 1, 0);
  check_copy (world);
}

static void
test_only_numbers_change (void **state)
{
  g_autoptr(World) world = world_new (MANY);
  PgsMappingItem *item;

  refresh (world);
  item = world->copy->pdata[50001];
  assert_int_equal (pgs_mapping_item_get_totals (item)->present, 1);
  get_place (world, 50001)->n_present = 0;
  refresh (world);
  assert_int_equal (world->n_announced, 0);
  assert_int_equal (pgs_mapping_item_get_totals (item)->present, 0);
}

/* A mapping before others comes and goes: those others are the same objects. */
static void
test_items_stay (void **state)
{
  g_autoptr(World) world = world_new (MANY);
  g_autoptr(GPtrArray) before = NULL;

  refresh (world);
  before = g_ptr_array_copy (world->copy, (GCopyFunc) (void (*) (void)) g_object_ref, NULL);
  g_ptr_array_set_free_func (before, g_object_unref);
  get_place (world, 10)->is_there = FALSE;
  refresh (world);
  check_copy (world);
  for (guint i = 0; i < MANY - 1; i++)
    assert_ptr_equal (world->copy->pdata[i], before->pdata[i + (i >= 10)]);
  assert_int_equal (pgs_mapping_item_get_mapping (before->pdata[10])->start,
                    BASE + 10 * STRIDE * PAGE);
}

/* What the list is sorted by changes for one mapping: only that one moves. */
static void
test_one_moves (void **state)
{
  g_autoptr(World) world = world_new (MANY);
  g_autoptr(PgsMappingItem) item = NULL;

  pgs_mapping_model_set_sort (world->model, PGS_MAPPING_COLUMN_PRESENT, FALSE);
  refresh (world);
  item = g_object_ref (world->copy->pdata[5]);
  assert_int_equal (pgs_mapping_item_get_mapping (item)->start, BASE + 10 * STRIDE * PAGE);
  get_place (world, 10)->n_present = 1;
  refresh (world);
  assert_int_equal (world->n_announced, 2);
  assert_int_equal (world->n_added, 1);
  assert_int_equal (world->n_removed, 0);
  assert_ptr_equal (world->copy->pdata[world->position], item);
  check_copy (world);
}

static void
test_filter (void **state)
{
  g_autoptr(World) world = world_new (MANY);

  refresh (world);
  pgs_mapping_model_set_filter (world->model, "rw-p");
  wait_for_model (world);
  assert_int_equal (world->copy->len, (MANY + 1) / 2);
  assert_int_equal (pgs_mapping_model_get_n_mappings (world->model), MANY);
  check_copy (world);
  pgs_mapping_model_set_filter (world->model, "zebra");
  wait_for_model (world);
  assert_int_equal (world->copy->len, 0);
  pgs_mapping_model_set_filter (world->model, "");
  wait_for_model (world);
  assert_int_equal (world->copy->len, MANY);
  check_copy (world);
}

static void
test_the_latest_wish_counts (void **state)
{
  g_autoptr(World) world = world_new (MANY);

  refresh (world);
  pgs_mapping_model_set_filter (world->model, "r");
  pgs_mapping_model_set_filter (world->model, "zebra");
  pgs_mapping_model_set_sort (world->model, PGS_MAPPING_COLUMN_SIZE, TRUE);
  pgs_mapping_model_set_filter (world->model, "rw");
  wait_for_model (world);
  assert_int_equal (world->copy->len, (MANY + 1) / 2);
  assert_int_equal (pgs_mapping_item_get_totals (world->copy->pdata[0])->mapped, MAX_PAGES);
  check_copy (world);
}

/* No process: nothing of the one before is shown, not even what comes late. */
static void
test_emptied_at_once (void **state)
{
  g_autoptr(World) world = world_new (MANY);
  g_autoptr(PgsSnapshot) late = take_snapshot (world);

  refresh (world);
  pgs_mapping_model_set_snapshot (world->model, late);
  pgs_mapping_model_set_snapshot (world->model, NULL);
  assert_int_equal (world->copy->len, 0);
  assert_true (pgs_mapping_model_is_up_to_date (world->model));
  for (guint i = 0; i < 50; i++)
    {
      g_usleep (2000);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  assert_int_equal (world->copy->len, 0);
  refresh (world);
  check_copy (world);
}

static void
change_at_random (World *world,
                  GRand *rand)
{
  guint n = (guint) g_rand_int_range (rand, 0, 8);

  for (guint i = 0; i < n; i++)
    {
      Place *place = get_place (world, (guint) g_rand_int_range (rand, 0, FEW));

      place->is_there = g_rand_int_range (rand, 0, 3) > 0;
      place->is_writable = g_rand_boolean (rand);
      place->n_present = (guint) g_rand_int_range (rand, 0, 2);
    }
}

static void
test_at_random (void **state)
{
  static const char *const filters[] = { "", "", "rw", "7f00000", "9000", "zebra" };

  for (guint32 seed = 0; seed < 30; seed++)
    {
      g_autoptr(World) world = world_new (FEW);
      g_autoptr(GRand) rand = g_rand_new_with_seed (seed);

      for (guint i = 0; i < 40; i++)
        {
          change_at_random (world, rand);
          if (g_rand_int_range (rand, 0, 4) == 0)
            pgs_mapping_model_set_sort (world->model,
                                        (guint) g_rand_int_range (rand, 0, PGS_MAPPING_N_COLUMNS),
                                        g_rand_boolean (rand));
          if (g_rand_int_range (rand, 0, 4) == 0)
            pgs_mapping_model_set_filter (world->model, filters[g_rand_int_range (rand, 0, 6)]);
          refresh (world);
          check_copy (world);
        }
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_what_is_announced),
    cmocka_unit_test (test_only_numbers_change),
    cmocka_unit_test (test_items_stay),
    cmocka_unit_test (test_one_moves),
    cmocka_unit_test (test_filter),
    cmocka_unit_test (test_the_latest_wish_counts),
    cmocka_unit_test (test_emptied_at_once),
    cmocka_unit_test (test_at_random),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
