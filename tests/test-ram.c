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
  "  start_pfn:           0\n";

static const char zones_two[] =
  "Node 0, zone   Normal\n"
  "        spanned  262144\n"
  "  start_pfn:           0\n"
  "Node 1, zone   Normal\n"
  "        spanned  262144\n"
  "  start_pfn:           262144\n";

typedef struct
{
  uint64_t    start;
  uint64_t    end;
  const char *name;  /* how it begins */
} Range;

static const struct
{
  const char *what;
  const char *iomem;
  const char *zones;
  Range       ranges[6];
} cases[] = {
  { "a PC, as root", iomem_pc, zones_pc,
    { { 0x1000, 0x9f000, "DMA" }, { 0x100000, 0x1000000, "DMA" },
      { 0x1000000, 0xc0000000, "DMA32" }, { 0x100000000, 0x640000000, "Normal" } } },
  { "a PC, as anybody", iomem_hidden, zones_pc,
    { { 0x1000, 0x1000000, "DMA" }, { 0x1000000, 0x100000000, "DMA32" },
      { 0x100000000, 0x640000000, "Normal" } } },
  { "two nodes", "", zones_two,
    { { 0, 0x40000000, "Normal, node 0" }, { 0x40000000, 0x80000000, "Normal, node 1" } } },
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
    cmocka_unit_test (test_live),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
