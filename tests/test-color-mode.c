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
#include "pgs-layout.h"

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
static const PgsMapping reserved = { .flags = 0, .kind = PGS_MAPPING_ANONYMOUS };
static const PgsMapping constants = { .flags = PGS_MAPPING_READ, .kind = PGS_MAPPING_FILE };
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
  { "state", &shared, FILE_, "absent" },
  { "frame", &anonymous, PRESENT | 1, "frame-0" },
  { "frame", &anonymous, PRESENT | ((1 << 20) - 1), "frame-31" },
  { "frame", &anonymous, PRESENT | (1 << 19), "frame-16" },
  { "frame", &anonymous, PRESENT | (1 << 21), "frame-31" },
  { "frame", &anonymous, PRESENT, "hidden" },
  { "frame", &anonymous, SWAPPED | 32, "swapped" },
  { "frame", &anonymous, GUARD, "guard" },
  { "frame", &anonymous, 0, "absent" },
  { "kind", &anonymous, PRESENT | 5, "anonymous" },
  { "kind", &library, PRESENT | 5, "code" },
  { "kind", &shared, SWAPPED | 32, "shared" },
  { "kind", &constants, PRESENT | FILE_ | 5, "file" },
  { "kind", &library, 0, "absent" },
  { "permissions", &anonymous, PRESENT | 5, "write" },
  { "permissions", &library, PRESENT | 5, "exec" },
  { "permissions", &constants, PRESENT | 5, "read" },
  { "permissions", &jit, PRESENT | 5, "write-exec" },
  { "permissions", &reserved, PRESENT | 5, "none" },
  { "permissions", &reserved, 0, "absent" },
};

static void
test_classes (void **state)
{
  g_autoptr(PgsLayout) layout = pgs_layout_new_random (1, 1, 1);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const PgsColorMode *mode = pgs_color_mode_find (cases[i].mode);
      PgsPage page = { cases[i].mapping, cases[i].entry };
      guint class;

      assert_non_null (mode);
      class = mode->classify (layout->snapshot, &page);
      assert_true (class < mode->n_classes);
      if (!g_str_equal (mode->classes[class].id, cases[i].expected))
        fail_msg ("case %u: %s instead of %s", i, mode->classes[class].id, cases[i].expected);
    }
}

/* What everyone who goes through the table relies on. */
static void
test_table (void **state)
{
  for (guint i = 0; i < pgs_color_mode_get_n_modes (); i++)
    {
      const PgsColorMode *mode = pgs_color_mode_get (i);

      assert_ptr_equal (pgs_color_mode_find (mode->id), mode);
      assert_true (mode->n_classes <= PGS_COLOR_MODE_MAX_CLASSES);
      assert_string_equal (mode->classes[mode->n_classes - 1].id, "absent");
      assert_int_equal (mode->classes[mode->n_classes - 1].color, PGS_COLOR_ABSENT);
      assert_non_null (mode->classes[0].title);
      for (guint j = 0; j < mode->n_classes; j++)
        for (guint k = 0; k < j; k++)
          {
            assert_string_not_equal (mode->classes[j].id, mode->classes[k].id);
            assert_int_not_equal (mode->classes[j].color, mode->classes[k].color);
          }
    }
  assert_null (pgs_color_mode_find ("taste"));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_classes),
    cmocka_unit_test (test_table),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
