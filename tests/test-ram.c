/* test-ram.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests pgs-ram.c on what machines of several kinds say of their memory, and on nonsense.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/pgs-ram.h"
#include "pgs-skip.h"

#define PAGE 4096

/* More ranges, and more zones, than are read. */
#define MANY 70000

static const char iomem_pc[] =
  "00000000-00000fff : Reserved\n"
  "00001000-0009fbff : System RAM\n"
  "0009fc00-000fffff : Reserved\n"
  "  000a0000-000bffff : PCI Bus 0000:00\n"
  "00100000-bfffffff : System RAM\n"
  "  01000000-01e0306b : Kernel code\n"
  "  02000000-0268afff : Kernel rodata\n"
  "c0000000-febfffff : PCI Bus 0000:00\n"
  "100000000-63fffffff : System RAM\n";

static const char iomem_hidden[] =
  "00000000-00000000 : Reserved\n"
  "00000000-00000000 : System RAM\n"
  "00000000-00000000 : System RAM\n";

static const char zones_pc[] =
  "Node 0, zone      DMA\n"
  "  pages free     3840\n"
  "        spanned  4095\n"
  "        present  3998\n"
  "  start_pfn:           1\n"
  "Node 0, zone    DMA32\n"
  "        spanned  1044480\n"
  "  start_pfn:           4096\n"
  "Node 0, zone   Normal\n"
  "        spanned  5505024\n"
  "  start_pfn:           1048576\n"
  "Node 0, zone  Movable\n"
  "        spanned  0\n"
  "        present  0\n";

/* Of a zone without frames the kernel does not say where it starts. */
static const char zones_two[] =
  "Node 0, zone      DMA\n  per-node stats\n      nr_inactive_anon 10\n"
  "  pages free     2816\n        spanned  4095\n        present  3999\n"
  "        managed  3840\n  start_pfn:           1\n"
  "Node 0, zone    DMA32\n  pages free     1\n        spanned  1044480\n  start_pfn:           4096\n"
  "Node 0, zone   Normal\n  pages free     1\n        spanned  1048576\n  start_pfn:           1048576\n"
  "Node 0, zone  Movable\n  pages free     0\n        spanned  0\n        present  0\n"
  "Node 0, zone   Device\n  pages free     0\n        spanned  0\n        present  0\n"
  "Node 1, zone      DMA\n  pages free     0\n        spanned  0\n        present  0\n"
  "Node 1, zone    DMA32\n  pages free     0\n        spanned  0\n        present  0\n"
  "Node 1, zone   Normal\n  pages free     9\n        spanned  2097152\n  start_pfn:           2097152\n"
  "Node 1, zone  Movable\n  pages free     0\n        spanned  0\n        present  0\n";

static const char iomem_two[] =
  "00001000-0009ffff : System RAM\n"
  "00100000-7fffffff : System RAM\n"
  "100000000-3ffffffff : System RAM\n"
  "400000000-4ffffffff : Persistent Memory\n"
  "  400000000-4ffffffff : dax0.0\n"
  "    408000000-40fffffff : System RAM (kmem)\n";

/* Zones in each other, and not in order. */
static const char zones_mixed[] =
  "Node 1, zone   Normal\n        spanned  100\n  start_pfn:           900\n"
  "Node 0, zone   Normal\n        spanned  1000\n  start_pfn:           0\n"
  "Node 1, zone  Movable\n        spanned  100\n  start_pfn:           950\n";

static const char iomem_mixed[] =
  "300000-3fffff : System RAM\n"
  "100000-1fffff : System RAM\n"
  "180000-27ffff : System RAM\n"
  "  190000-19ffff : System RAM\n"
  "400000-4fffff : System RAM\n";

static const char iomem_partial[] =
  "00000fff-00002ffe : System RAM\n"
  "00003001-00003fff : System RAM\n"
  "00004000-00004000 : System RAM\n"
  "00005001-00006ffe : System RAM\n"
  "00008000-00008fff : System RAM\n"
  "00009000-0000afff : System ROM\n"
  "0000b000-0000bfff: System RAM\n";

static const char iomem_overflow[] =
  "0000000000001000-0000000000001fff : System RAM\n"
  "fffffffffffff000-ffffffffffffffff : System RAM\n"
  "ffffffffffffe000-ffffffffffffefff : System RAM\n"
  "10000000000000000-1ffffffffffffffff : System RAM\n"
  "5000-4fff : System RAM\n"
  "-5000-5fff : System RAM\n";

#define ZONE_LONG "Node 99999999999, zone AVeryLongNameThatNoZoneHas\n spanned 1\n start_pfn: 7\n"

static const char zones_overflow[] =
  "Node 0, zone Normal\n spanned 18446744073709551615\n start_pfn: 1\n"
  "Node 0, zone Normal\n spanned 18446744073709551614\n start_pfn: 1\n"
  "Node 0, zone Movable\n spanned 18446744073709551615\n start_pfn: 18446744073709551615\n"
  ZONE_LONG;

typedef struct
{
  uint64_t    start;
  uint64_t    end;
  const char *name;  /* or how it begins */
} Range;

static const struct
{
  const char *what;
  const char *iomem;
  const char *zones;
  Range       ranges[7];
} cases[] = {
  { "a PC, as root", iomem_pc, zones_pc,
    { { 0x1000, 0x9f000, "DMA" }, { 0x100000, 0x1000000, "DMA" },
      { 0x1000000, 0xc0000000, "DMA32" }, { 0x100000000, 0x640000000, "Normal" } } },
  { "a PC, as anybody", iomem_hidden, zones_pc,
    { { 0x1000, 0x1000000, "DMA" }, { 0x1000000, 0x100000000, "DMA32" },
      { 0x100000000, 0x640000000, "Normal" } } },
  { "two nodes, as anybody", "", zones_two,
    { { 0x1000, 0x1000000, "DMA, node 0" }, { 0x1000000, 0x100000000, "DMA32, node 0" },
      { 0x100000000, 0x200000000, "Normal, node 0" },
      { 0x200000000, 0x400000000, "Normal, node 1" } } },
  { "two nodes, as root", iomem_two, zones_two,
    { { 0x1000, 0xa0000, "DMA, node 0" }, { 0x100000, 0x1000000, "DMA, node 0" },
      { 0x1000000, 0x80000000, "DMA32, node 0" },
      { 0x100000000, 0x200000000, "Normal, node 0" },
      { 0x200000000, 0x400000000, "Normal, node 1" }, { 0x408000000, 0x410000000, "RAM" } } },
  { "zones in each other", "", zones_mixed,
    { { 0, 900 * PAGE, "Normal, node 0" }, { 900 * PAGE, 950 * PAGE, "Normal" },
      { 950 * PAGE, 1000 * PAGE, "Normal" }, { 1000 * PAGE, 1050 * PAGE, "Movable, node 1" } } },
  { "overlapping, without zones", iomem_mixed, "",
    { { 0x100000, 0x280000, "RAM" }, { 0x300000, 0x500000, "RAM" } } },
  { "parts of frames", iomem_partial, "",
    { { 0x1000, 0x2000, "RAM" }, { 0x8000, 0x9000, "RAM" } } },
  { "beyond 64 bits", iomem_overflow, zones_overflow,
    { { 0x1000, 0x2000, "Normal" }, { 0xffffffffffffe000, 0xfffffffffffff000, "Normal" } } },
  { "zones beyond 64 bits", "", zones_overflow,
    { { 0x1000, 0x7000, "Normal, node 0" }, { 0x7000, 0x8000, "Normal" },
      { 0x8000, 0xfffffffffffff000, "Normal, node 0" } } },
  { "a node and a name beyond measure", "", ZONE_LONG,
    { { 0x7000, 0x8000, "AVeryLongNameTh, node 2147483647" } } },
  { "nothing", "", "", { { 0, 0, NULL } } },
  { "nonsense", "System RAM\n1-0 : System RAM\nzz-yy : System RAM\n", "Node x, zone\nspanned\n",
    { { 0, 0, NULL } } },
};

static void
check_ranges (const char    *what,
              const PgsMaps *ram,
              const Range   *expected)
{
  guint n = ram != NULL ? pgs_maps_get_n_mappings (ram) : 0;

  for (guint i = 0; i < n; i++)
    {
      const PgsMapping *range = pgs_maps_get_mapping (ram, i);

      if (expected[i].name == NULL || range->start != expected[i].start ||
          range->end != expected[i].end || !g_str_has_prefix (range->name, expected[i].name))
        fail_msg ("%s: %" PRIx64 "-%" PRIx64 " %s is wrong", what, range->start, range->end,
                  range->name);
    }
  if (expected[n].name != NULL)
    fail_msg ("%s: %s from %" PRIx64 " on is missing", what, expected[n].name, expected[n].start);
}

static void
test_cases (void **state)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsMaps) ram = pgs_ram_parse (cases[i].iomem, cases[i].zones, PAGE);

      check_ranges (cases[i].what, ram, cases[i].ranges);
    }
}

/* Cut anywhere, and with any byte wrong, it is parsed without harm, and what comes out is
 * in order. */
static void
test_damaged (void **state)
{
  GRand *rand = g_rand_new_with_seed (1);

  for (guint i = 0; i < 20000; i++)
    {
      g_autofree char *iomem = g_strdup (iomem_pc);
      g_autofree char *zones = g_strdup (zones_pc);
      g_autoptr(PgsMaps) ram = NULL;

      iomem[g_rand_int_range (rand, 0, sizeof iomem_pc - 1)] = (char) g_rand_int_range (rand, 0, 256);
      zones[g_rand_int_range (rand, 0, sizeof zones_pc - 1)] = (char) g_rand_int_range (rand, 0, 256);
      ram = pgs_ram_parse (iomem, zones, PAGE);
      for (guint j = 1; ram != NULL && j < pgs_maps_get_n_mappings (ram); j++)
        assert_true (pgs_maps_get_mapping (ram, j - 1)->end <=
                     pgs_maps_get_mapping (ram, j)->start);
    }
  g_rand_free (rand);
}

/* More ranges and zones than any machine has are cut short, soon, and nothing is lost before
 * that. */
static void
test_many (void **state)
{
  g_autoptr(GString) iomem = g_string_new (NULL);
  g_autoptr(GString) zones = g_string_new (NULL);
  g_autoptr(PgsMaps) ram = NULL, spanned = NULL;
  guint n;

  for (guint i = 0; i < MANY; i++)
    g_string_append_printf (iomem, "%x-%x : System RAM\n", 2 * i * PAGE, (2 * i + 1) * PAGE - 1);
  for (guint i = 0; i < MANY; i++)
    g_string_append_printf (zones, "Node %u, zone Normal\n spanned %u\n start_pfn: %u\n", i % 7,
                            MANY, i);
  ram = pgs_ram_parse (iomem->str, zones_two, PAGE);
  n = pgs_maps_get_n_mappings (ram);
  assert_in_range (n, 65536, MANY);
  for (guint i = 0; i < n; i++)
    assert_int_equal (pgs_maps_get_mapping (ram, i)->start, UINT64_C (2) * i * PAGE);
  spanned = pgs_ram_parse ("", zones->str, PAGE);
  assert_in_range (pgs_maps_get_n_mappings (spanned), 4096, MANY);
  assert_int_equal (pgs_maps_get_mapping (spanned, 0)->start, 0);
}

/* Frames of 64 KiB: what is not a whole one is none. */
static void
test_large_frames (void **state)
{
  static const Range expected[] = { { 0x10000, 0x90000, "RAM" }, { 0x100000, 0xc0000000, "RAM" },
                                    { 0x100000000, 0x640000000, "RAM" }, { 0, 0, NULL } };
  g_autoptr(PgsMaps) ram = pgs_ram_parse (iomem_pc, "", 0x10000);

  check_ranges ("64 KiB", ram, expected);
}

static void
test_nothing_to_read (void **state)
{
  assert_null (pgs_ram_read ("/nowhere", PAGE));
}

/* What root reads of this machine is what iomem says, line by line. */
static void
test_live (void **state)
{
  g_autofree char *iomem = NULL;
  g_auto(GStrv) lines = NULL;
  g_autoptr(PgsMaps) ram = NULL;
  uint64_t expected = 0, found = 0;

  pgs_skip_unless_root ();
  ram = pgs_ram_read ("/proc", PAGE);
  assert_true (g_file_get_contents ("/proc/iomem", &iomem, NULL, NULL));
  lines = g_strsplit (iomem, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      uint64_t start, end;

      if (sscanf (lines[i], "%" SCNx64 "-%" SCNx64 " : System RAM", &start, &end) == 2 &&
          g_str_has_suffix (lines[i], " : System RAM") && lines[i][0] != ' ')
        expected += (end + 1) / PAGE - (start + PAGE - 1) / PAGE;
    }
  for (guint i = 0; i < pgs_maps_get_n_mappings (ram); i++)
    found += pgs_mapping_get_size (pgs_maps_get_mapping (ram, i)) / PAGE;
  assert_int_equal (found, expected);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_cases),
    cmocka_unit_test (test_damaged),
    cmocka_unit_test (test_many),
    cmocka_unit_test (test_large_frames),
    cmocka_unit_test (test_nothing_to_read),
    cmocka_unit_test (test_live),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
