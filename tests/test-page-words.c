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

#include "core/pgs-page-store-builder.h"
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
  { PRESENT | PGS_PAGEMAP_MARKS | 0x400, "present", "present, zero page, huge", "0x400",
    "0x4002a0", "0x400 × 4096 + 0x2a0" },
  { SWAPPED | PGS_PAGEMAP_EXCLUSIVE | PGS_PAGEMAP_SOFT_DIRTY | 1 | 7 << 5, "swapped",
    "swapped, exclusive, soft-dirty", NULL, NULL, NULL },
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
    const char *bits;
    const char *title;
  } fields[] = {
    { "63", "Present" },
    { "62", "Swapped" },
    { "61", "File or shared memory" },
    { "58", "Guard" },
    { "57", "Write-protected by userfaultfd" },
    { "56", "Mapped by one page table only" },
    { "55", "Soft-dirty" },
    { "0–54", "Location" },
  };
  static const struct
  {
    uint64_t    entry;
    const char *set; /* for each of the bits from 63 to 55 */
    const char *location;
  } entries[] = {
    { 0, "-------", "nothing" },
    { PRESENT | 0x1f7e26, "x------", "frame 0x1f7e26" },
    { SWAPPED | 2 | 20 << 5, "-x-----", "swap area 2, slot 20" },
    { PGS_PAGEMAP_FILE, "--x----", "nothing" },
    { SWAPPED | PGS_PAGEMAP_GUARD | 0x9f, "-x-x---", "nothing" },
    { PRESENT | PGS_PAGEMAP_UFFD_WP, "x---x--", "hidden" },
    { SWAPPED | PGS_PAGEMAP_EXCLUSIVE, "-x---x-", "hidden" },
    { PGS_PAGEMAP_SOFT_DIRTY, "------x", "nothing" },
    { PRESENT | PGS_PAGEMAP_FILE | PGS_PAGEMAP_SOFT_DIRTY | PGS_PAGEMAP_PFN_MASK, "x-x---x",
      "frame 0x7fffffffffffff" },
    { PRESENT | PGS_PAGEMAP_MARKS | 1, "x------", "frame 0x1" },
  };

  assert_int_equal (pgs_page_get_n_bits (), G_N_ELEMENTS (fields));
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    for (guint j = 0; j < G_N_ELEMENTS (fields); j++)
      {
        g_autofree char *words = NULL;
        PgsPageBit bit;

        pgs_page_describe_bit (entries[i].entry, j, &bit);
        words = bit.words;
        assert_string_equal (bit.bits, fields[j].bits);
        assert_string_equal (bit.title, fields[j].title);
        if (j == G_N_ELEMENTS (fields) - 1)
          assert_string_equal (words, entries[i].location);
        else
          assert_string_equal (words, entries[i].set[j] == 'x' ? "set" : "not set");
      }
}

/* A page of another size has more offset, and the same frame more address. */
static void
test_other_page_sizes (void **state)
{
  static const struct
  {
    uint64_t    page_size;
    const char *physical;
    const char *sum;
  } sizes[] = {
    { 4096, "0x232a0", "0x23 × 4096 + 0x2a0" },
    { 16384, "0x8f2a0", "0x23 × 16384 + 0x32a0" },
    { 65536, "0x23f2a0", "0x23 × 65536 + 0xf2a0" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *physical =
        pgs_page_dup_physical (PRESENT | 0x23, 0xf2a0, sizes[i].page_size);
      g_autofree char *sum = pgs_page_dup_sum (PRESENT | 0x23, 0xf2a0, sizes[i].page_size);

      assert_string_equal (physical, sizes[i].physical);
      assert_string_equal (sum, sizes[i].sum);
    }
}

/* The words say why, and never that a page is not in RAM; nor, of what is neither a
 * file nor shared, that it may be. */
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
    { { .flags = PGS_MAPPING_READ, .kind = PGS_MAPPING_CODE }, 0, "may be in RAM all the same" },
    { { .flags = PGS_MAPPING_READ, .kind = PGS_MAPPING_SHARED_MEMORY }, 0,
      "may be in RAM all the same" },
    { { .flags = PGS_MAPPING_READ, .kind = PGS_MAPPING_ANONYMOUS }, 0,
      "Never touched, or given back" },
    { { .flags = PGS_MAPPING_READ, .kind = PGS_MAPPING_STACK }, 0,
      "Never touched, or given back" },
    { { .flags = PGS_MAPPING_READ, .kind = PGS_MAPPING_DEVICE }, 0, "Not in this page table." },
    { { .flags = PGS_MAPPING_EXEC, .kind = PGS_MAPPING_KERNEL }, 0, "Not in this page table." },
    { { .flags = PGS_MAPPING_READ, .kind = PGS_MAPPING_HEAP }, PRESENT | PGS_PAGEMAP_MARK_ZERO | 5,
      "one frame of zeros" },
    { { .flags = PGS_MAPPING_READ, .kind = PGS_MAPPING_HEAP }, PRESENT | PGS_PAGEMAP_MARK_HUGE | 5,
      "Part of a huge page" },
    { { .flags = PGS_MAPPING_READ, .kind = PGS_MAPPING_HEAP }, PRESENT | 5, "to a frame of RAM" },
    { { .flags = PGS_MAPPING_READ, .kind = PGS_MAPPING_HEAP }, PRESENT | PGS_PAGEMAP_MARKS | 5,
      "one frame of zeros" },
    { { .flags = PGS_MAPPING_READ, .kind = PGS_MAPPING_HEAP }, PRESENT | PGS_PAGEMAP_MARK_HUGE,
      "CAP_SYS_ADMIN" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (explanations); i++)
    {
      g_autofree char *text = pgs_page_dup_explanation (&explanations[i].mapping,
                                                        explanations[i].entry);

      if (strstr (text, explanations[i].part) == NULL || strstr (text, "not in RAM") != NULL ||
          strstr (text, "not in memory") != NULL ||
          (explanations[i].mapping.kind >= PGS_MAPPING_DEVICE && strstr (text, "RAM") != NULL))
        fail_msg ("case %u: %s", i, text);
    }
}

/* A page is unknown where it was not read, or where only the number of such pages is
 * kept; and what is said of it is which. */
static void
test_unknown (void **state)
{
  static const struct
  {
    uint64_t    address;
    const char *says;
  } places[] = {
    { 0x100000, "number" }, { 0x100fff, "number" }, { 0x101000, "number" }, { 0x102fff, "number" },
    { 0x103000, NULL }, { 0x17ffff, NULL }, { 0x180000, "not been read" },
    { 0x1fffff, "not been read" },
  };
  static const char text[] = "100000-200000 rw-p 00000000 00:00 0 \n";
  static const uint64_t entries[] = { PRESENT | 5, 0, SWAPPED | 64 };
  const PgsRange rest = { 0x180000, 0x200000 };
  g_autoptr(PgsMaps) maps = pgs_maps_parse (text, sizeof text - 1, 4096, NULL);
  g_autoptr(GArray) unread = g_array_new (FALSE, FALSE, sizeof (PgsRange));
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (512);
  g_autoptr(PgsPageStore) store = NULL;
  g_autoptr(PgsSnapshot) snapshot = NULL;

  pgs_page_store_builder_limit (builder, 0, 0);
  pgs_page_store_builder_append (builder, 0x100, entries, G_N_ELEMENTS (entries));
  store = pgs_page_store_builder_end (builder);
  g_array_append_val (unread, rest);
  snapshot = pgs_snapshot_new_partial (maps, store, 4096, 0, unread);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      const char *unknown = pgs_page_get_unknown (snapshot, places[i].address);

      assert_int_equal (unknown != NULL, places[i].says != NULL);
      if (unknown != NULL)
        assert_non_null (strstr (unknown, places[i].says));
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_words),
    cmocka_unit_test (test_bits),
    cmocka_unit_test (test_other_page_sizes),
    cmocka_unit_test (test_explanations),
    cmocka_unit_test (test_unknown),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
