/* test-pagemap-entry.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests what the bits of a pagemap entry are taken for. The bits are written as
 * the kernel's documentation counts them, not with the names under test.
 */

#include "config.h"

#include "core/pgs-pagemap-entry.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define BIT(n) (UINT64_C (1) << (n))

typedef struct
{
  const char   *what;
  uint64_t      entry;
  PgsPageState  state;
  bool          is_hidden;
  uint64_t      pfn;
} Case;

static const Case cases[] = {
  { "nothing", 0, PGS_PAGE_ABSENT, false, 0 },
  { "soft-dirty alone", BIT (55), PGS_PAGE_ABSENT, false, 0 },
  { "a PFN alone", 0x1234, PGS_PAGE_ABSENT, false, 0 },
  { "present", BIT (63) | 0x1234, PGS_PAGE_PRESENT, false, 0x1234 },
  { "the highest PFN", BIT (63) | (BIT (55) - 1), PGS_PAGE_PRESENT, false, BIT (55) - 1 },
  { "present, all flags", BIT (63) | BIT (61) | BIT (57) | BIT (56) | BIT (55) | 1,
    PGS_PAGE_PRESENT, false, 1 },
  { "present, hidden", BIT (63), PGS_PAGE_PRESENT, true, 0 },
  { "present, hidden, all flags", BIT (63) | BIT (61) | BIT (57) | BIT (56) | BIT (55),
    PGS_PAGE_PRESENT, true, 0 },
  { "swapped", BIT (62) | (7 << 5) | 3, PGS_PAGE_SWAPPED, false, 0 },
  { "swapped, hidden", BIT (62), PGS_PAGE_SWAPPED, true, 0 },
  { "swapped file", BIT (62) | BIT (61) | (1 << 5), PGS_PAGE_SWAPPED, false, 0 },
  { "guard", BIT (62) | BIT (58), PGS_PAGE_GUARD, false, 0 },
  { "guard, with a marker for an offset", BIT (62) | BIT (58) | (4 << 5) | 31,
    PGS_PAGE_GUARD, false, 0 },
  { "guard alone", BIT (58), PGS_PAGE_GUARD, false, 0 },
};

static void
test_cases (void **state)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      uint64_t entry = cases[i].entry;

      if (pgs_pagemap_entry_get_state (entry) != cases[i].state ||
          pgs_pagemap_entry_is_hidden (entry) != cases[i].is_hidden ||
          pgs_pagemap_entry_get_pfn (entry) != cases[i].pfn ||
          pgs_pagemap_entry_is_present (entry) != (cases[i].state == PGS_PAGE_PRESENT))
        fail_msg ("%s was taken for something else", cases[i].what);
    }
}

static void
test_swap (void **state)
{
  static const struct
  {
    uint64_t     entry;
    unsigned int type;
    uint64_t     offset;
  } swaps[] = {
    { BIT (62) | 1, 1, 0 },
    { BIT (62) | 31, 31, 0 },
    { BIT (62) | 32, 0, 1 },
    { BIT (62) | BIT (61) | BIT (57) | BIT (56) | BIT (55) | (0x1234 << 5) | 2, 2, 0x1234 },
    { BIT (62) | (BIT (55) - 1), 31, BIT (50) - 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (swaps); i++)
    {
      assert_int_equal (pgs_pagemap_entry_get_swap_type (swaps[i].entry), swaps[i].type);
      assert_true (pgs_pagemap_entry_get_swap_offset (swaps[i].entry) == swaps[i].offset);
    }
}

/* Each flag is its own bit and no other one. */
static void
test_flags (void **state)
{
  static const struct
  {
    bool (*get) (uint64_t entry);
    guint bit;
  } flags[] = {
    { pgs_pagemap_entry_is_soft_dirty, 55 },
    { pgs_pagemap_entry_is_exclusive, 56 },
    { pgs_pagemap_entry_is_uffd_wp, 57 },
    { pgs_pagemap_entry_is_file, 61 },
    { pgs_pagemap_entry_is_present, 63 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    for (guint bit = 0; bit < 64; bit++)
      {
        assert_int_equal (flags[i].get (BIT (bit)), bit == flags[i].bit);
        assert_int_equal (flags[i].get (~BIT (bit)), bit != flags[i].bit);
      }
}

/* The marks of the page store take bits that the kernel leaves alone. */
static void
test_marks (void **state)
{
  assert_int_equal (PGS_PAGEMAP_MARKS, BIT (59) | BIT (60));
  for (guint bit = 0; bit < 64; bit++)
    {
      uint64_t entry = BIT (63) | BIT (bit);
      uint64_t marked = entry | PGS_PAGEMAP_MARKS;

      assert_int_equal (pgs_pagemap_entry_get_state (marked), PGS_PAGE_PRESENT);
      assert_int_equal (pgs_pagemap_entry_get_pfn (marked), pgs_pagemap_entry_get_pfn (entry));
      assert_int_equal (pgs_pagemap_entry_is_hidden (marked),
                        pgs_pagemap_entry_is_hidden (entry));
    }
  assert_true (pgs_pagemap_entry_is_zero_page (PGS_PAGEMAP_MARK_ZERO));
  assert_false (pgs_pagemap_entry_is_zero_page (~PGS_PAGEMAP_MARK_ZERO));
  assert_true (pgs_pagemap_entry_is_huge (PGS_PAGEMAP_MARK_HUGE));
  assert_false (pgs_pagemap_entry_is_huge (~PGS_PAGEMAP_MARK_HUGE));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_cases),
    cmocka_unit_test (test_swap),
    cmocka_unit_test (test_flags),
    cmocka_unit_test (test_marks),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
