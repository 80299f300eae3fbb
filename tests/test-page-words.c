/* test-page-words.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "core/pgs-page-words.h"
#include "core/pgs-pagemap-entry.h"

#define PRESENT PGS_PAGEMAP_PRESENT
#define SWAPPED PGS_PAGEMAP_SWAPPED
#define ADDRESS UINT64_C (0x7f73d13b12a0)

static const struct
{
  uint64_t    entry;
  const char *id;
  const char *state;
  const char *pfn;
  const char *physical;
  const char *sum;
} cases[] = {
  { PRESENT | PGS_PAGEMAP_EXCLUSIVE | 0x1f7e26, "present", "present, anonymous, exclusive",
    "0x1f7e26", "0x1f7e262a0", "0x1f7e26 × 4096 + 0x2a0" },
  { PRESENT | PGS_PAGEMAP_FILE | PGS_PAGEMAP_SOFT_DIRTY | 1, "present",
    "present, file or shared memory, soft-dirty", "0x1", "0x12a0", "0x1 × 4096 + 0x2a0" },
  { PRESENT | PGS_PAGEMAP_MARK_ZERO | 0x3b34, "present", "present, zero page", "0x3b34",
    "0x3b342a0", "0x3b34 × 4096 + 0x2a0" },
  { PRESENT | PGS_PAGEMAP_MARK_HUGE | 0x200, "present", "present, anonymous, huge", "0x200",
    "0x2002a0", "0x200 × 4096 + 0x2a0" },
  { PRESENT, "present", "present, anonymous", "hidden", "hidden", NULL },
  { SWAPPED | 1 | 7 << 5, "swapped", "swapped", NULL, NULL, NULL },
  { SWAPPED | PGS_PAGEMAP_GUARD | 0x9f, "guard", "guard page", NULL, NULL, NULL },
  { 0, "absent", "not present", NULL, NULL, NULL },
  { PGS_PAGEMAP_UFFD_WP, "absent", "not present, write-protected", NULL, NULL, NULL },
};

static void
assert_same (const char *text,
             const char *expected)
{
  if (expected == NULL)
    assert_null (text);
  else
    assert_string_equal (text, expected);
}

static void
test_words (void **state)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *words = pgs_page_dup_state (cases[i].entry);
      g_autofree char *pfn = pgs_page_dup_pfn (cases[i].entry);
      g_autofree char *physical = pgs_page_dup_physical (cases[i].entry, ADDRESS, 4096);
      g_autofree char *sum = pgs_page_dup_sum (cases[i].entry, ADDRESS, 4096);

      assert_string_equal (pgs_page_state_get_id (cases[i].entry), cases[i].id);
      assert_string_equal (words, cases[i].state);
      assert_same (pfn, cases[i].pfn);
      assert_same (physical, cases[i].physical);
      assert_same (sum, cases[i].sum);
    }
}

/* Every bit is told, and told apart from the others. */
static void
test_bits (void **state)
{
  static const struct
  {
    uint64_t    entry;
    const char *bits;
    const char *words;
  } fields[] = {
    { PRESENT | 1, "63", "set" },
    { SWAPPED, "62", "set" },
    { PGS_PAGEMAP_FILE, "61", "set" },
    { PGS_PAGEMAP_GUARD, "58", "set" },
    { PGS_PAGEMAP_UFFD_WP, "57", "set" },
    { PGS_PAGEMAP_EXCLUSIVE, "56", "set" },
    { PGS_PAGEMAP_SOFT_DIRTY, "55", "set" },
    { PRESENT | 0x1f7e26, "0–54", "frame 0x1f7e26" },
    { SWAPPED | 2 | 9 << 5, "0–54", "swap area 2, slot 9" },
    { PRESENT, "0–54", "hidden" },
    { SWAPPED, "0–54", "hidden" },
    { 0, "0–54", "nothing" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    for (guint j = 0; j < pgs_page_get_n_bits (); j++)
      {
        g_autofree char *words = NULL;
        PgsPageBit bit;

        pgs_page_describe_bit (fields[i].entry, j, &bit);
        words = bit.words;
        if (g_str_equal (bit.bits, fields[i].bits))
          assert_string_equal (words, fields[i].words);
        else if (i < 7 && j < 7 && !(fields[i].entry & PRESENT))
          assert_string_equal (words, "not set");
      }
}

/* The words say why, and never that a page is not in RAM. */
static void
test_explanations (void **state)
{
  static const struct
  {
    PgsMapping  mapping;
    uint64_t    entry;
    const char *part;
  } explanations[] = {
    { { .flags = PGS_MAPPING_READ, .kind = PGS_MAPPING_FILE }, 0, "may be in RAM all the same" },
    { { .flags = 0, .kind = PGS_MAPPING_ANONYMOUS }, 0, "Reserved address space" },
    { { .flags = PGS_MAPPING_READ, .kind = PGS_MAPPING_HEAP }, 0, "Never touched, or given back" },
    { { .flags = PGS_MAPPING_READ, .kind = PGS_MAPPING_HEAP }, PRESENT, "CAP_SYS_ADMIN" },
    { { .flags = PGS_MAPPING_READ, .kind = PGS_MAPPING_HEAP }, SWAPPED, "CAP_SYS_ADMIN" },
    { { .flags = PGS_MAPPING_READ, .kind = PGS_MAPPING_HEAP }, SWAPPED | 64, "next access" },
    { { .flags = PGS_MAPPING_READ, .kind = PGS_MAPPING_HEAP }, SWAPPED | PGS_PAGEMAP_GUARD,
      "fail on every access" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (explanations); i++)
    {
      g_autofree char *text = pgs_page_dup_explanation (&explanations[i].mapping,
                                                        explanations[i].entry);

      if (strstr (text, explanations[i].part) == NULL)
        fail_msg ("case %u: %s", i, text);
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_words),
    cmocka_unit_test (test_bits),
    cmocka_unit_test (test_explanations),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
