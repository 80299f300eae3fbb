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
#include "core/pgs-relation.h"

#define RAM_END 3200

#define PRESENT PGS_PAGEMAP_PRESENT
#define SWAPPED PGS_PAGEMAP_SWAPPED
#define FILE_   PGS_PAGEMAP_FILE
#define BIT(n)  (UINT64_C (1) << (n))
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
  uint64_t          frame_flags;
  int               map_count;   /* -1 where nothing is known of the frame */
} cases[] = {
  { "state", &anonymous, PRESENT | 5, "private", 0, -1 },
  { "state", &anonymous, PRESENT, "private", 0, -1 },
  { "state", &anonymous, PRESENT | PGS_PAGEMAP_MARK_ZERO | 5, "zero", 0, -1 },
  { "state", &anonymous, 0, "absent", 0, -1 },
  { "state", &anonymous, SWAPPED | 32, "swapped", 0, -1 },
  { "state", &anonymous, GUARD, "guard", 0, -1 },
  { "state", &library, PRESENT | FILE_ | 5, "file", 0, -1 },
  { "state", &library, PRESENT | 5, "private", 0, -1 },
  { "state", &shared, PRESENT | FILE_ | 5, "shared", 0, -1 },
  { "state", &shared_file, PRESENT | FILE_ | 5, "file", 0, -1 },
  { "state", &shared, FILE_, "absent", 0, -1 },
  { "state", &shared, PRESENT | 5, "private", 0, -1 },
  { "state", &shared, SWAPPED | FILE_ | 32, "swapped", 0, -1 },
  { "state", &anonymous, SWAPPED, "swapped", 0, -1 },
  { "state", &anonymous, PGS_PAGEMAP_SOFT_DIRTY, "absent", 0, -1 },
  { "state", &anonymous, PRESENT | PGS_PAGEMAP_MARK_HUGE | 5, "private", 0, -1 },
  { "frame", &anonymous, PRESENT | 1, "frame-0", 0, -1 },
  { "frame", &anonymous, PRESENT | 99, "frame-0", 0, -1 },
  { "frame", &anonymous, PRESENT | 100, "frame-1", 0, -1 },
  { "frame", &anonymous, PRESENT | 1600, "frame-16", 0, -1 },
  { "frame", &library, PRESENT | FILE_ | 3099, "frame-30", 0, -1 },
  { "frame", &library, PRESENT | FILE_ | 3199, "frame-31", 0, -1 },
  { "frame", &anonymous, PRESENT | 3200, "frame-31", 0, -1 },
  { "frame", &anonymous, PRESENT | PGS_PAGEMAP_PFN_MASK, "frame-31", 0, -1 },
  { "frame", &anonymous, PRESENT | UINT64_C (1) << 32 | 5, "frame-31", 0, -1 },
  { "frame", &anonymous, PRESENT, "hidden", 0, -1 },
  { "frame", &anonymous, SWAPPED | 32, "swapped", 0, -1 },
  { "frame", &anonymous, SWAPPED, "swapped", 0, -1 },
  { "frame", &anonymous, GUARD, "guard", 0, -1 },
  { "frame", &anonymous, 0, "absent", 0, -1 },
  { "kind", &anonymous, PRESENT | 5, "anonymous", 0, -1 },
  { "kind", &library, PRESENT | 5, "code", 0, -1 },
  { "kind", &shared, SWAPPED | 32, "shared", 0, -1 },
  { "kind", &constants, PRESENT | FILE_ | 5, "file", 0, -1 },
  { "kind", &heap, PRESENT | 5, "heap", 0, -1 },
  { "kind", &stack, PRESENT, "stack", 0, -1 },
  { "kind", &device, PRESENT, "device", 0, -1 },
  { "kind", &vdso, PRESENT | FILE_ | 5, "kernel", 0, -1 },
  { "kind", &heap, GUARD, "heap", 0, -1 },
  { "kind", &library, 0, "absent", 0, -1 },
  { "kind", &library, PGS_PAGEMAP_SOFT_DIRTY, "absent", 0, -1 },
  { "permissions", &anonymous, PRESENT | 5, "write", 0, -1 },
  { "permissions", &library, PRESENT | 5, "exec", 0, -1 },
  { "permissions", &constants, PRESENT | 5, "read", 0, -1 },
  { "permissions", &shared_file, PRESENT | FILE_ | 5, "read", 0, -1 },
  { "permissions", &jit, PRESENT | 5, "write-exec", 0, -1 },
  { "permissions", &hidden_code, PRESENT | 5, "write-exec", 0, -1 },
  { "permissions", &device, PRESENT | 5, "write", 0, -1 },
  { "permissions", &vdso, PRESENT | 5, "exec", 0, -1 },
  { "permissions", &heap, SWAPPED | 32, "write", 0, -1 },
  { "permissions", &constants, GUARD, "read", 0, -1 },
  { "permissions", &reserved, PRESENT | 5, "none", 0, -1 },
  { "permissions", &reserved, 0, "absent", 0, -1 },
  { "permissions", &anonymous, PGS_PAGEMAP_SOFT_DIRTY, "absent", 0, -1 },
  { "type", &anonymous, PRESENT | 5, "unknown",
    0, -1 },
  { "type", &anonymous, PRESENT, "unknown",
    0, -1 },
  { "type", &anonymous, PRESENT | PGS_PAGEMAP_MARK_ZERO | 5, "zero",
    0, -1 },
  { "type", &anonymous, PRESENT | 5, "anonymous",
    BIT (3) | BIT (5) | BIT (11) | BIT (12) | BIT (14), 1 },
  { "type", &anonymous, PRESENT | 5, "zero",
    BIT (24), 0 },
  { "type", &anonymous, PRESENT | 5, "zero",
    BIT (24) | BIT (22) | BIT (16), 0 },
  { "type", &anonymous, PRESENT | 5, "ksm",
    BIT (21) | BIT (12) | BIT (14) | BIT (11), 7 },
  { "type", &anonymous, PRESENT | 5, "thp",
    BIT (22) | BIT (12) | BIT (16) | BIT (14), 1 },
  { "type", &library, PRESENT | FILE_ | 5, "thp",
    BIT (22) | BIT (15), 1 },
  { "type", &anonymous, PRESENT | 5, "hugetlb",
    BIT (17) | BIT (15) | BIT (12), 1 },
  { "type", &shared, PRESENT | FILE_ | 5, "hugetlb",
    BIT (17) | BIT (16), 2 },
  { "type", &library, PRESENT | FILE_ | 5, "file",
    BIT (3) | BIT (5) | BIT (11), 44 },
  { "type", &library, PRESENT | 5, "anonymous",
    BIT (12) | BIT (14), 1 },
  { "type", &shared, PRESENT | FILE_ | 5, "shared",
    BIT (14) | BIT (4), 1 },
  { "type", &library, PRESENT | FILE_ | 5, "shared",
    BIT (14), 1 },
  { "type", &shared, PRESENT | FILE_ | 5, "shared",
    BIT (3), 1 },
  { "type", &vdso, PRESENT | FILE_ | 5, "reserved",
    BIT (32), 3 },
  { "type", &device, PRESENT | FILE_ | 5, "reserved",
    BIT (20), 0 },
  { "type", &device, PRESENT | FILE_ | 5, "reserved",
    BIT (26), 1 },
  { "type", &device, PRESENT | FILE_ | 5, "reserved",
    BIT (23), 1 },
  { "type", &device, PRESENT | FILE_ | 5, "reserved",
    BIT (7), 1 },
  { "type", &anonymous, PRESENT | 5, "poisoned",
    BIT (19) | BIT (12), 1 },
  { "type", &anonymous, PRESENT | 5, "poisoned",
    BIT (19) | BIT (22) | BIT (21) | BIT (17), 1 },
  { "type", &anonymous, SWAPPED | 32, "swapped",
    0, -1 },
  { "type", &anonymous, GUARD, "guard",
    0, -1 },
  { "type", &anonymous, 0, "absent",
    0, -1 },
  { "sharing", &anonymous, PRESENT | 5, "unknown",
    0, -1 },
  { "sharing", &anonymous, PRESENT | 5, "uncounted",
    BIT (12), 0 },
  { "sharing", &anonymous, PRESENT | 5, "once",
    BIT (12), 1 },
  { "sharing", &anonymous, PRESENT | 5, "twice",
    BIT (12), 2 },
  { "sharing", &anonymous, PRESENT | 5, "few",
    BIT (12), 3 },
  { "sharing", &anonymous, PRESENT | 5, "few",
    BIT (12), 9 },
  { "sharing", &anonymous, PRESENT | 5, "many",
    BIT (12), 10 },
  { "sharing", &anonymous, PRESENT | 5, "many",
    BIT (12), 100000 },
  { "sharing", &anonymous, SWAPPED | 32, "swapped",
    0, -1 },
  { "sharing", &anonymous, GUARD, "guard",
    0, -1 },
  { "sharing", &library, 0, "absent",
    0, -1 },
  { "activity", &anonymous, PRESENT | 5, "unknown",
    0, -1 },
  { "activity", &anonymous, PRESENT | 5, "active",
    BIT (5) | BIT (6), 1 },
  { "activity", &anonymous, PRESENT | 5, "inactive",
    BIT (5) | BIT (2), 1 },
  { "activity", &anonymous, PRESENT | 5, "idle",
    BIT (5) | BIT (25) | BIT (6), 1 },
  { "activity", &anonymous, PRESENT | 5, "dirty",
    BIT (5) | BIT (6) | BIT (4) | BIT (25), 1 },
  { "activity", &anonymous, PRESENT | 5, "writeback",
    BIT (8) | BIT (4) | BIT (18), 1 },
  { "activity", &anonymous, PRESENT | 5, "unevictable",
    BIT (18) | BIT (4), 1 },
  { "activity", &anonymous, PRESENT | 5, "unevictable",
    BIT (33) | BIT (5) | BIT (6), 1 },
  { "activity", &vdso, PRESENT | FILE_ | 5, "unlisted",
    BIT (32), 1 },
  { "activity", &vdso, PRESENT | FILE_ | 5, "unlisted",
    0, 0 },
  { "activity", &anonymous, SWAPPED | 32, "swapped",
    0, -1 },
  { "activity", &anonymous, GUARD, "guard",
    0, -1 },
  { "activity", &anonymous, 0, "absent",
    0, -1 },
  /* Of these the flags are how the page stands to another process. */
  { "relation", &anonymous, PRESENT | 5, "unknown",
    PGS_RELATION_UNKNOWN, -1 },
  { "relation", &anonymous, PRESENT | 5, "shared",
    PGS_RELATION_SHARED, -1 },
  { "relation", &library, PRESENT | FILE_ | 5, "own",
    PGS_RELATION_OWN, -1 },
  { "relation", &anonymous, PRESENT | 5, "only",
    PGS_RELATION_ONLY, -1 },
  { "relation", &anonymous, PRESENT | PGS_PAGEMAP_MARK_ZERO | 5, "zero",
    PGS_RELATION_SHARED, -1 },
  { "relation", &anonymous, SWAPPED | 32, "swapped",
    PGS_RELATION_UNKNOWN, -1 },
  { "relation", &anonymous, GUARD, "guard",
    PGS_RELATION_UNKNOWN, -1 },
  { "relation", &anonymous, 0, "absent",
    PGS_RELATION_UNKNOWN, -1 },
};

static PgsSnapshot *
make_snapshot (uint64_t ram_end)
{
  static const char text[] = "400000-401000 rw-p 00000000 00:00 0 \n";
  g_autoptr(PgsMaps) maps = pgs_maps_parse (text, sizeof text - 1, 4096, NULL);
  g_autoptr(PgsPageStore) store = pgs_page_store_builder_end (pgs_page_store_builder_new (512));

  return pgs_snapshot_new (maps, store, 4096, ram_end, NULL);
}

static PgsPage
get_page (guint i)
{
  PgsFrame frame = { cases[i].frame_flags, (uint32_t) cases[i].map_count, 0,
                     cases[i].map_count >= 0 };

  return (PgsPage) { cases[i].mapping, cases[i].entry,
                     g_str_equal (cases[i].mode, "relation") ? (uint32_t) cases[i].frame_flags
                                                             : pgs_frame_pack (&frame) };
}

static void
test_classes (void **state)
{
  g_autoptr(PgsSnapshot) snapshot = make_snapshot (RAM_END);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const PgsColorMode *mode = pgs_color_mode_find (cases[i].mode);
      PgsPage page = get_page (i);
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
          PgsPage page = { &anonymous, PRESENT | pfn, 0 };

          n_reached[mode->classify (snapshot, &page)]++;
        }
      for (guint j = 0; j < mode->n_classes; j++)
        if (mode->classes[j].color >= PGS_COLOR_RAMP)
          assert_int_equal (n_reached[j], 1);
      for (guint j = 0; j < G_N_ELEMENTS (cases); j++)
        {
          PgsPage page = get_page (j);

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
  PgsPage page = { &anonymous, PRESENT | 5, 0 };
  PgsPage hidden = { &anonymous, PRESENT, 0 };

  assert_true (mode->classes[mode->classify (snapshot, &page)].color >= PGS_COLOR_RAMP);
  assert_string_equal (mode->classes[mode->classify (snapshot, &hidden)].id, "hidden");
}

/* What everyone who goes through the table relies on. */
static void
test_table (void **state)
{
  static const char *const ids[] = { "state", "frame", "kind", "permissions",
                                     "type", "sharing", "activity",
                                     "relation" };
  static const char *const no_ids[] = { "", "taste", "stat", "states", "State" };

  assert_int_equal (pgs_color_mode_get_n_modes (), G_N_ELEMENTS (ids));
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    assert_ptr_equal (pgs_color_mode_get (i), pgs_color_mode_find (ids[i]));
  for (guint i = 0; i < pgs_color_mode_get_n_modes (); i++)
    {
      const PgsColorMode *mode = pgs_color_mode_get (i);

      assert_ptr_equal (pgs_color_mode_find (mode->id), mode);
      assert_true (mode->n_classes > 1);
      assert_int_equal (mode->needs, i < 4 ? PGS_COLOR_NEEDS_NOTHING
                                     : i < 7 ? PGS_COLOR_NEEDS_FRAMES
                                     : PGS_COLOR_NEEDS_RELATION);
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
