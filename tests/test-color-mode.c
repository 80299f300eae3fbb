/* test-color-mode.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/pgs-color-mode.h"
#include "core/pgs-page-store-builder.h"

#define RAM_END 3200

#define PRESENT PGS_PAGEMAP_PRESENT
#define SWAPPED PGS_PAGEMAP_SWAPPED
#define FILE_   PGS_PAGEMAP_FILE
#define GUARD   (PGS_PAGEMAP_SWAPPED | PGS_PAGEMAP_GUARD)

static const PgsMapping anonymous = { .flags = PGS_MAPPING_READ | PGS_MAPPING_WRITE,
                                      .kind = PGS_MAPPING_ANONYMOUS };
static const PgsMapping library = { .flags = PGS_MAPPING_READ | PGS_MAPPING_EXEC,
                                    .kind = PGS_MAPPING_CODE };
static const PgsMapping shared = { .flags = PGS_MAPPING_READ | PGS_MAPPING_WRITE |
                                            PGS_MAPPING_SHARED,
                                   .kind = PGS_MAPPING_SHARED_MEMORY };
static const PgsMapping shared_file = { .flags = PGS_MAPPING_READ | PGS_MAPPING_SHARED,
                                        .kind = PGS_MAPPING_FILE };
static const PgsMapping reserved = { .flags = 0, .kind = PGS_MAPPING_ANONYMOUS };
static const PgsMapping constants = { .flags = PGS_MAPPING_READ, .kind = PGS_MAPPING_FILE };
static const PgsMapping heap = { .flags = PGS_MAPPING_READ | PGS_MAPPING_WRITE,
                                 .kind = PGS_MAPPING_HEAP };
static const PgsMapping stack = { .flags = PGS_MAPPING_READ | PGS_MAPPING_WRITE,
                                  .kind = PGS_MAPPING_STACK };
static const PgsMapping device = { .flags = PGS_MAPPING_WRITE | PGS_MAPPING_SHARED,
                                   .kind = PGS_MAPPING_DEVICE };
static const PgsMapping vdso = { .flags = PGS_MAPPING_EXEC, .kind = PGS_MAPPING_KERNEL };
static const PgsMapping hidden_code = { .flags = PGS_MAPPING_WRITE | PGS_MAPPING_EXEC,
                                        .kind = PGS_MAPPING_CODE };
static const PgsMapping jit = { .flags = PGS_MAPPING_READ | PGS_MAPPING_WRITE |
                                         PGS_MAPPING_EXEC, .kind = PGS_MAPPING_ANONYMOUS };

static const struct
{
  const char       *mode;
  const PgsMapping *mapping;
  uint64_t          entry;
  const char       *expected;
} cases[] = {
  { "state", &anonymous, PRESENT | 5, "private" },
  { "state", &anonymous, PRESENT, "private" },
  { "state", &anonymous, PRESENT | PGS_PAGEMAP_MARK_ZERO | 5, "zero" },
  { "state", &anonymous, 0, "absent" },
  { "state", &anonymous, SWAPPED | 32, "swapped" },
  { "state", &anonymous, GUARD, "guard" },
  { "state", &library, PRESENT | FILE_ | 5, "file" },
  { "state", &library, PRESENT | 5, "private" },
  { "state", &shared, PRESENT | FILE_ | 5, "shared" },
  { "state", &shared_file, PRESENT | FILE_ | 5, "file" },
  { "state", &shared, FILE_, "absent" },
  { "state", &shared, PRESENT | 5, "private" },
  { "state", &shared, SWAPPED | FILE_ | 32, "swapped" },
  { "state", &anonymous, SWAPPED, "swapped" },
  { "state", &anonymous, PGS_PAGEMAP_SOFT_DIRTY, "absent" },
  { "state", &anonymous, PRESENT | PGS_PAGEMAP_MARK_HUGE | 5, "private" },
  { "frame", &anonymous, PRESENT | 1, "frame-0" },
  { "frame", &anonymous, PRESENT | 99, "frame-0" },
  { "frame", &anonymous, PRESENT | 100, "frame-1" },
  { "frame", &anonymous, PRESENT | 1600, "frame-16" },
  { "frame", &library, PRESENT | FILE_ | 3099, "frame-30" },
  { "frame", &library, PRESENT | FILE_ | 3199, "frame-31" },
  { "frame", &anonymous, PRESENT | 3200, "frame-31" },
  { "frame", &anonymous, PRESENT | PGS_PAGEMAP_PFN_MASK, "frame-31" },
  { "frame", &anonymous, PRESENT | UINT64_C (1) << 32 | 5, "frame-31" },
  { "frame", &anonymous, PRESENT, "hidden" },
  { "frame", &anonymous, SWAPPED | 32, "swapped" },
  { "frame", &anonymous, SWAPPED, "swapped" },
  { "frame", &anonymous, GUARD, "guard" },
  { "frame", &anonymous, 0, "absent" },
  { "kind", &anonymous, PRESENT | 5, "anonymous" },
  { "kind", &library, PRESENT | 5, "code" },
  { "kind", &shared, SWAPPED | 32, "shared" },
  { "kind", &constants, PRESENT | FILE_ | 5, "file" },
  { "kind", &heap, PRESENT | 5, "heap" },
  { "kind", &stack, PRESENT, "stack" },
  { "kind", &device, PRESENT, "device" },
  { "kind", &vdso, PRESENT | FILE_ | 5, "kernel" },
  { "kind", &heap, GUARD, "heap" },
  { "kind", &library, 0, "absent" },
  { "kind", &library, PGS_PAGEMAP_SOFT_DIRTY, "absent" },
  { "permissions", &anonymous, PRESENT | 5, "write" },
  { "permissions", &library, PRESENT | 5, "exec" },
  { "permissions", &constants, PRESENT | 5, "read" },
  { "permissions", &shared_file, PRESENT | FILE_ | 5, "read" },
  { "permissions", &jit, PRESENT | 5, "write-exec" },
  { "permissions", &hidden_code, PRESENT | 5, "write-exec" },
  { "permissions", &device, PRESENT | 5, "write" },
  { "permissions", &vdso, PRESENT | 5, "exec" },
  { "permissions", &heap, SWAPPED | 32, "write" },
  { "permissions", &constants, GUARD, "read" },
  { "permissions", &reserved, PRESENT | 5, "none" },
  { "permissions", &reserved, 0, "absent" },
  { "permissions", &anonymous, PGS_PAGEMAP_SOFT_DIRTY, "absent" },
};

static PgsSnapshot *
make_snapshot (uint64_t ram_end)
{
  static const char text[] = "400000-401000 rw-p 00000000 00:00 0 \n";
  g_autoptr(PgsMaps) maps = pgs_maps_parse (text, sizeof text - 1, 4096, NULL);
  g_autoptr(PgsPageStore) store = pgs_page_store_builder_end (pgs_page_store_builder_new (512));

  return pgs_snapshot_new (maps, store, 4096, ram_end, NULL);
}

static void
test_classes (void **state)
{
  g_autoptr(PgsSnapshot) snapshot = make_snapshot (RAM_END);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const PgsColorMode *mode = pgs_color_mode_find (cases[i].mode);
      PgsPage page = { cases[i].mapping, cases[i].entry };
      guint class;

      assert_non_null (mode);
      class = mode->classify (snapshot, &page);
      assert_true (class < mode->n_classes);
      if (!g_str_equal (mode->classes[class].id, cases[i].expected))
        fail_msg ("case %u: %s instead of %s", i, mode->classes[class].id, cases[i].expected);
    }
}

/* From one end of RAM to the other, every step of the ramp comes up once; and every
 * other class of every mode is in the table above. */
static void
test_every_class_is_reached (void **state)
{
  g_autoptr(PgsSnapshot) snapshot = make_snapshot (RAM_END);

  for (guint i = 0; i < pgs_color_mode_get_n_modes (); i++)
    {
      const PgsColorMode *mode = pgs_color_mode_get (i);
      guint n_reached[PGS_COLOR_MODE_MAX_CLASSES] = { 0, };

      for (uint64_t pfn = 50; pfn < RAM_END; pfn += 100)
        {
          PgsPage page = { &anonymous, PRESENT | pfn };

          n_reached[mode->classify (snapshot, &page)]++;
        }
      for (guint j = 0; j < mode->n_classes; j++)
        if (mode->classes[j].color >= PGS_COLOR_RAMP)
          assert_int_equal (n_reached[j], 1);
      for (guint j = 0; j < G_N_ELEMENTS (cases); j++)
        {
          PgsPage page = { cases[j].mapping, cases[j].entry };

          n_reached[mode->classify (snapshot, &page)] += g_str_equal (cases[j].mode, mode->id);
        }
      for (guint j = 0; j < mode->n_classes; j++)
        if (n_reached[j] == 0)
          fail_msg ("no case of %s is %s", mode->id, mode->classes[j].id);
    }
}

/* Where nothing is known of RAM, a frame that is known is still not hidden. */
static void
test_unknown_end_of_ram (void **state)
{
  g_autoptr(PgsSnapshot) snapshot = make_snapshot (0);
  const PgsColorMode *mode = pgs_color_mode_find ("frame");
  PgsPage page = { &anonymous, PRESENT | 5 };
  PgsPage hidden = { &anonymous, PRESENT };

  assert_true (mode->classes[mode->classify (snapshot, &page)].color >= PGS_COLOR_RAMP);
  assert_string_equal (mode->classes[mode->classify (snapshot, &hidden)].id, "hidden");
}

/* What everyone who goes through the table relies on. */
static void
test_table (void **state)
{
  static const char *const ids[] = { "state", "frame", "kind", "permissions" };
  static const char *const no_ids[] = { "", "taste", "stat", "states", "State" };

  assert_int_equal (pgs_color_mode_get_n_modes (), G_N_ELEMENTS (ids));
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    assert_ptr_equal (pgs_color_mode_get (i), pgs_color_mode_find (ids[i]));
  for (guint i = 0; i < pgs_color_mode_get_n_modes (); i++)
    {
      const PgsColorMode *mode = pgs_color_mode_get (i);

      assert_ptr_equal (pgs_color_mode_find (mode->id), mode);
      assert_true (mode->n_classes > 1);
      assert_true (mode->n_classes <= PGS_COLOR_MODE_MAX_CLASSES);
      assert_string_equal (mode->classes[mode->n_classes - 1].id, "absent");
      assert_int_equal (mode->classes[mode->n_classes - 1].color, PGS_COLOR_ABSENT);
      assert_true (mode->title[0] != '\0');
      assert_true (mode->description[0] != '\0');
      assert_non_null (mode->classes[0].title);
      for (guint j = 0; j < mode->n_classes; j++)
        assert_true (mode->classes[j].title != NULL || mode->classes[j].color > PGS_COLOR_RAMP);
      for (guint j = 0; j < mode->n_classes; j++)
        for (guint k = 0; k < j; k++)
          {
            assert_string_not_equal (mode->classes[j].id, mode->classes[k].id);
            assert_int_not_equal (mode->classes[j].color, mode->classes[k].color);
          }
    }
  for (guint i = 0; i < G_N_ELEMENTS (no_ids); i++)
    assert_null (pgs_color_mode_find (no_ids[i]));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_classes),
    cmocka_unit_test (test_every_class_is_reached),
    cmocka_unit_test (test_unknown_end_of_ram),
    cmocka_unit_test (test_table),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
