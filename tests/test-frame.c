/* test-frame.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests the words for frames, and where frames lie.
 */

#include "config.h"

#include "core/pgs-frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "core/pgs-frame-zones.h"

/* From Linux, include/uapi/linux/kernel-page-flags.h and
 * include/linux/kernel-page-flags.h. */
static const struct
{
  guint       bit;
  const char *name;
} kernel_flags[] = {
  { 0, "LOCKED" }, { 1, "ERROR" }, { 2, "REFERENCED" }, { 3, "UPTODATE" }, { 4, "DIRTY" },
  { 5, "LRU" }, { 6, "ACTIVE" }, { 7, "SLAB" }, { 8, "WRITEBACK" }, { 9, "RECLAIM" },
  { 10, "BUDDY" }, { 11, "MMAP" }, { 12, "ANON" }, { 13, "SWAPCACHE" }, { 14, "SWAPBACKED" },
  { 15, "COMPOUND_HEAD" }, { 16, "COMPOUND_TAIL" }, { 17, "HUGE" }, { 18, "UNEVICTABLE" },
  { 19, "HWPOISON" }, { 20, "NOPAGE" }, { 21, "KSM" }, { 22, "THP" }, { 23, "OFFLINE" },
  { 24, "ZERO_PAGE" }, { 25, "IDLE" }, { 26, "PGTABLE" }, { 32, "RESERVED" },
  { 33, "MLOCKED" }, { 34, "MAPPEDTODISK/OWNER_2" }, { 35, "PRIVATE" }, { 36, "PRIVATE_2" },
  { 37, "OWNER_PRIVATE" }, { 38, "ARCH" }, { 39, "UNCACHED" }, { 40, "SOFTDIRTY" },
  { 41, "ARCH_2" }, { 42, "ARCH_3" },
};

static void
test_flags (void **state)
{
  assert_int_equal (pgs_frame_get_n_flags (), G_N_ELEMENTS (kernel_flags));
  for (guint i = 0; i < G_N_ELEMENTS (kernel_flags); i++)
    {
      const PgsFrameFlag *flag = pgs_frame_get_flag (i);

      assert_int_equal (flag->bit, kernel_flags[i].bit);
      assert_string_equal (flag->name, kernel_flags[i].name);
      assert_true (g_str_has_suffix (flag->description, "."));
      for (guint j = 0; j < i; j++)
        assert_string_not_equal (flag->description, pgs_frame_get_flag (j)->description);
    }
}

/* Each flag that is kept is kept by itself, and all others are dropped. */
static void
test_packed_flags (void **state)
{
  for (guint bit = 0; bit < 64; bit++)
    {
      PgsFrame frame = { .flags = UINT64_C (1) << bit, .map_count = 1, .is_known = TRUE };
      uint32_t word = pgs_frame_pack (&frame);

      assert_true (pgs_frame_has (&frame, (PgsFrameBit) bit));
      assert_true (pgs_frame_word_is_known (word));
      assert_int_equal (pgs_frame_word_get_map_count (word), PGS_MAP_COUNT_1);
      for (guint other = 0; other < 34; other++)
        if (other < 27 || other >= 32)
          assert_int_equal (pgs_frame_word_has (word, (PgsFrameBit) other), bit == other);
    }
}

static void
test_packed_counts (void **state)
{
  static const struct
  {
    uint32_t    n;
    PgsMapCount expected;
  } cases[] = {
    { 0, PGS_MAP_COUNT_NONE }, { 1, PGS_MAP_COUNT_1 }, { 2, PGS_MAP_COUNT_2 },
    { 3, PGS_MAP_COUNT_FEW }, { 9, PGS_MAP_COUNT_FEW }, { 10, PGS_MAP_COUNT_MANY },
    { 11, PGS_MAP_COUNT_MANY }, { G_MAXUINT32, PGS_MAP_COUNT_MANY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint all = 0; all < 2; all++)
      {
        PgsFrame frame = { .flags = all ? G_MAXUINT64 : 0, .map_count = cases[i].n,
                           .is_known = TRUE };
        uint32_t word = pgs_frame_pack (&frame);

        assert_int_equal (pgs_frame_word_get_map_count (word), cases[i].expected);
        assert_true (pgs_frame_word_is_known (word));
        assert_int_equal (pgs_frame_word_has (word, PGS_FRAME_MLOCKED), all);
      }
}

static void
test_unknown (void **state)
{
  PgsFrame frame = { .flags = G_MAXUINT64, .map_count = 5, .is_known = FALSE };

  assert_int_equal (pgs_frame_pack (&frame), PGS_FRAME_WORD_UNKNOWN);
  assert_false (pgs_frame_word_is_known (PGS_FRAME_WORD_UNKNOWN));
  assert_int_equal (pgs_frame_word_get_map_count (PGS_FRAME_WORD_UNKNOWN),
                    PGS_MAP_COUNT_UNKNOWN);
}

/* Two nodes, one of whose zones has a hole with frames of the other in it. */
static const char zoneinfo[] =
  "Node 0, zone      DMA\n  pages free     2\n        spanned  4095\n"
  "        present  3998\n  start_pfn:           1\n"
  "Node 0, zone   Normal\n        spanned  1000\n        present  800\n"
  "  start_pfn:           8192\n"
  "Node 1, zone   Normal\n        spanned  100\n        present  100\n"
  "  start_pfn:           8500\n"
  "Node 1, zone  Movable\n        spanned  0\n        present  0\n"
  "Node 1, zone   Device\n        spanned  10\n        present  10\n"
  "  start_pfn:           9192\n";

static void
test_nodes (void **state)
{
  static const struct
  {
    uint64_t pfn;
    int32_t  node;
    uint64_t end;
  } cases[] = {
    { 0, PGS_FRAME_NO_NODE, 1 }, { 1, 0, 4096 }, { 4095, 0, 4096 },
    { 4096, PGS_FRAME_NO_NODE, 8192 }, { 8192, 0, 8500 }, { 8500, PGS_FRAME_NO_NODE, 8600 },
    { 8599, PGS_FRAME_NO_NODE, 8600 }, { 8600, 0, 9192 }, { 9192, 1, 9202 },
    { 9202, PGS_FRAME_NO_NODE, G_MAXUINT64 },
  };
  g_autoptr(GArray) zones = pgs_frame_zones_parse (zoneinfo);

  assert_int_equal (zones->len, 4);
  assert_int_equal (pgs_frame_zones_get_end (zones), 9202);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      uint64_t end;

      assert_int_equal (pgs_frame_zones_find_node (zones, cases[i].pfn, &end), cases[i].node);
      assert_true (end == cases[i].end);
    }
}

/* A text that ends anywhere, or has numbers beyond all measure, is no danger. */
static void
test_broken_zones (void **state)
{
  g_autoptr(GArray) none = pgs_frame_zones_parse ("");
  g_autoptr(GArray) huge = pgs_frame_zones_parse (
    "Node 99999999999999999999\n spanned 18446744073709551615\nstart_pfn: 5\n"
    "Node 99999999999\n spanned 7\nstart_pfn: 5\n");

  assert_int_equal (none->len, 0);
  assert_int_equal (pgs_frame_zones_get_end (none), 0);
  assert_int_equal (huge->len, 1);
  assert_int_equal (g_array_index (huge, PgsFrameZone, 0).node, G_MAXINT32);
  for (gsize n = 0; n < strlen (zoneinfo); n++)
    {
      g_autofree char *part = g_strndup (zoneinfo, n);
      g_autoptr(GArray) zones = pgs_frame_zones_parse (part);

      assert_true (zones->len <= 4);
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_flags),
    cmocka_unit_test (test_packed_flags),
    cmocka_unit_test (test_packed_counts),
    cmocka_unit_test (test_unknown),
    cmocka_unit_test (test_nodes),
    cmocka_unit_test (test_broken_zones),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
