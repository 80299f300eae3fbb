/* test-maps.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests reading /proc/PID/maps: recorded ones against a plain reading with
 * sscanf(), and made-up ones.
 */

#include "config.h"

#include "core/pgs-maps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <gio/gio.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "pgs-fixture.h"

#define PAGE 4096

static PgsMaps *
parse (const char *text)
{
  g_autoptr(GError) error = NULL;
  PgsMaps *maps = pgs_maps_parse (text, strlen (text), PAGE, &error);

  if (maps == NULL)
    fail_msg ("“%s”: %s", text, error->message);
  return maps;
}

static PgsMaps *
parse_recorded (const char *fixture)
{
  gsize length;
  g_autofree char *text = pgs_fixture_read (fixture, "maps", &length);
  PgsMaps *maps = pgs_maps_parse (text, length, PAGE, NULL);

  assert_non_null (maps);
  return maps;
}

static void
compare_line (const char       *line,
              const PgsMapping *mapping)
{
  uint64_t start, end, offset, inode;
  unsigned int major, minor;
  char access[5], formatted[5];
  int name = 0;

  assert_int_equal (sscanf (line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %x:%x %" SCNu64 "%n",
                            &start, &end, access, &offset, &major, &minor, &inode, &name), 7);
  name += (int) strspn (line + name, " ");
  /* A name may start with spaces only behind its slash. */
  pgs_mapping_format_access (mapping, formatted);
  assert_string_equal (formatted, access);
  assert_string_equal (mapping->name, line + name);
  assert_true (mapping->start == start && mapping->end == end && mapping->offset == offset);
  assert_true (mapping->dev_major == major && mapping->dev_minor == minor);
  assert_true (mapping->inode == inode);
  assert_true (pgs_mapping_get_size (mapping) == end - start);
}

static void
test_recorded (void **state)
{
  static const struct
  {
    const char *fixture;
    guint       n_mappings;
  } cases[] = {
    { "prober", 24 }, { "many-mappings", 3023 }, { "32-bit", 22 },
    { "odd-names", 41 }, { "zombie", 0 }, { "kernel-thread", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gsize length;
      g_autofree char *text = pgs_fixture_read (cases[i].fixture, "maps", &length);
      g_auto(GStrv) lines = g_strsplit (text, "\n", -1);
      g_autoptr(PgsMaps) maps = parse_recorded (cases[i].fixture);

      assert_int_equal (pgs_maps_get_n_mappings (maps), cases[i].n_mappings);
      for (guint j = 0; j < cases[i].n_mappings; j++)
        compare_line (lines[j], pgs_maps_get_mapping (maps, j));
    }
}

static const PgsMapping *
find_by_name (const PgsMaps *maps,
              const char    *name)
{
  for (guint i = 0; i < pgs_maps_get_n_mappings (maps); i++)
    if (g_str_equal (pgs_maps_get_mapping (maps, i)->name, name))
      return pgs_maps_get_mapping (maps, i);
  fail_msg ("There is no mapping “%s”", name);
  return pgs_maps_get_mapping (maps, 0);
}

static void
test_odd_names (void **state)
{
#define FOLDER "/tmp/pagescape-odd/"
  static const struct
  {
    const char     *name;
    PgsMappingKind  kind;
    const char     *label;
    const char     *short_label;
  } cases[] = {
    { FOLDER "new\\012line", PGS_MAPPING_FILE, FOLDER "new\\012line", "new\\012line" },
    { FOLDER "looks like \\012 a newline", PGS_MAPPING_FILE,
      FOLDER "looks like \\012 a newline", "looks like \\012 a newline" },
    { FOLDER "two words", PGS_MAPPING_FILE, FOLDER "two words", "two words" },
    { FOLDER " spaces around ", PGS_MAPPING_FILE, FOLDER " spaces around ", " spaces around " },
    { FOLDER "tab\there", PGS_MAPPING_FILE, FOLDER "tab?here", "tab?here" },
    { FOLDER "bell\a", PGS_MAPPING_FILE, FOLDER "bell?", "bell?" },
    { FOLDER "back\\slash", PGS_MAPPING_FILE, FOLDER "back\\slash", "back\\slash" },
    { FOLDER "[heap]", PGS_MAPPING_FILE, FOLDER "[heap]", "[heap]" },
    { FOLDER "is there (deleted)", PGS_MAPPING_FILE,
      FOLDER "is there (deleted)", "is there (deleted)" },
    { FOLDER "was here (deleted)", PGS_MAPPING_FILE,
      FOLDER "was here (deleted)", "was here (deleted)" },
    { FOLDER "latin-\xe9-\xff\xfe", PGS_MAPPING_FILE,
      FOLDER "latin-\xef\xbf\xbd-\xef\xbf\xbd\xef\xbf\xbd",
      "latin-\xef\xbf\xbd-\xef\xbf\xbd\xef\xbf\xbd" },
    { FOLDER "na\xc3\xafve", PGS_MAPPING_FILE, FOLDER "na\xc3\xafve", "na\xc3\xafve" },
    { "/memfd:two\\012lines (deleted)", PGS_MAPPING_SHARED_MEMORY,
      "/memfd:two\\012lines (deleted)", "memfd:two\\012lines (deleted)" },
    { "/dev/shm/pagescape odd (deleted)", PGS_MAPPING_SHARED_MEMORY,
      "/dev/shm/pagescape odd (deleted)", "pagescape odd (deleted)" },
    { "/SYSV00000000 (deleted)", PGS_MAPPING_SHARED_MEMORY,
      "/SYSV00000000 (deleted)", "SYSV00000000 (deleted)" },
    { "/dev/zero (deleted)", PGS_MAPPING_SHARED_MEMORY,
      "/dev/zero (deleted)", "zero (deleted)" },
    { "[heap]", PGS_MAPPING_HEAP, "[heap]", "[heap]" },
  };
#undef FOLDER
  g_autoptr(PgsMaps) maps = parse_recorded ("odd-names");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const PgsMapping *mapping = find_by_name (maps, cases[i].name);
      g_autofree char *label = pgs_mapping_dup_label (mapping);
      g_autofree char *short_label = pgs_mapping_dup_short_label (mapping);

      assert_int_equal (mapping->kind, cases[i].kind);
      assert_string_equal (label, cases[i].label);
      assert_string_equal (short_label, cases[i].short_label);
    }
}

/* What the lines of one recorded program are for, in order. */
static void
test_recorded_kinds (void **state)
{
  static const struct
  {
    const char     *fixture;
    const char     *name;
    PgsMappingKind  kind;
  } cases[] = {
    { "prober", "/usr/libexec/pagescape-record/prober", PGS_MAPPING_CODE },
    { "prober", "/usr/lib/x86_64-linux-gnu/libc.so.6", PGS_MAPPING_CODE },
    { "prober", "[heap]", PGS_MAPPING_HEAP },
    { "prober", "[stack]", PGS_MAPPING_STACK },
    { "prober", "[vdso]", PGS_MAPPING_KERNEL },
    { "prober", "[vvar]", PGS_MAPPING_KERNEL },
    { "prober", "[vvar_vclock]", PGS_MAPPING_KERNEL },
    { "prober", "[vsyscall]", PGS_MAPPING_KERNEL },
    { "prober", "", PGS_MAPPING_ANONYMOUS },
    { "32-bit", "/usr/lib32/libc.so.6", PGS_MAPPING_CODE },
    { "32-bit", "[stack]", PGS_MAPPING_STACK },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsMaps) maps = parse_recorded (cases[i].fixture);

      for (guint j = 0; j < pgs_maps_get_n_mappings (maps); j++)
        if (g_str_equal (pgs_maps_get_mapping (maps, j)->name, cases[i].name))
          assert_int_equal (pgs_maps_get_mapping (maps, j)->kind, cases[i].kind);
      find_by_name (maps, cases[i].name);
    }
}

static void
test_kinds (void **state)
{
  static const struct
  {
    const char     *line;
    PgsMappingKind  kind;
  } cases[] = {
    { "1000-2000 rw-p 0 00:00 0", PGS_MAPPING_ANONYMOUS },
    { "1000-2000 rw-p 0 00:00 0 ", PGS_MAPPING_ANONYMOUS },
    { "1000-2000 rw-p 0 00:00 0 [anon:glibc: malloc]", PGS_MAPPING_ANONYMOUS },
    { "1000-2000 rw-s 0 00:01 9 [anon_shmem:me]", PGS_MAPPING_SHARED_MEMORY },
    { "1000-2000 rw-p 0 00:00 0 [stack:123]", PGS_MAPPING_STACK },
    { "1000-2000 r-xp 0 00:00 0 [uprobes]", PGS_MAPPING_KERNEL },
    { "1000-2000 r--p 0 00:00 0 [vvar_vclock]", PGS_MAPPING_KERNEL },
    { "1000-2000 rw-s 0 00:05 4 /dev/dri/card0", PGS_MAPPING_DEVICE },
    { "1000-2000 rw-s 0 00:05 4 /dev/shm/x", PGS_MAPPING_SHARED_MEMORY },
    { "1000-2000 rw-s 0 00:05 4 /dev/zero (deleted)", PGS_MAPPING_SHARED_MEMORY },
    { "1000-2000 r--p 0 08:01 4 /lib/data", PGS_MAPPING_FILE },
    { "1000-2000 r-xp 0 08:01 4 /lib/code", PGS_MAPPING_CODE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsMaps) maps = parse (cases[i].line);

      assert_int_equal (pgs_maps_get_n_mappings (maps), 1);
      if (pgs_maps_get_mapping (maps, 0)->kind != cases[i].kind)
        fail_msg ("“%s” has kind %d", cases[i].line, pgs_maps_get_mapping (maps, 0)->kind);
    }
}

/* Whether a file is code hangs on its device and inode, not on its name. */
static void
test_code_by_identity (void **state)
{
  g_autoptr(PgsMaps) maps = parse ("1000-2000 r--p 0 08:01 4 /a\n"
                                   "2000-3000 r-xp 0 08:01 4 /b\n"
                                   "3000-4000 r--p 0 08:02 4 /a\n"
                                   "4000-5000 r--p 0 08:01 5 /a\n");
  static const PgsMappingKind kinds[] = {
    PGS_MAPPING_CODE, PGS_MAPPING_CODE, PGS_MAPPING_FILE, PGS_MAPPING_FILE,
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    assert_int_equal (pgs_maps_get_mapping (maps, i)->kind, kinds[i]);
}

static void
test_flags (void **state)
{
  static const struct
  {
    const char      *line;
    PgsMappingFlags  flags;
    gboolean         is_inaccessible;
  } cases[] = {
    { "1000-2000 ---p 0 00:00 0", 0, TRUE },
    { "1000-2000 ---s 0 00:00 0", PGS_MAPPING_SHARED, TRUE },
    { "1000-2000 r--p 0 00:00 0", PGS_MAPPING_READ, FALSE },
    { "1000-2000 -w-p 0 00:00 0", PGS_MAPPING_WRITE, FALSE },
    { "1000-2000 --xp 0 00:00 0", PGS_MAPPING_EXEC, FALSE },
    { "1000-2000 rwxs 0 00:00 0", PGS_MAPPING_READ | PGS_MAPPING_WRITE |
      PGS_MAPPING_EXEC | PGS_MAPPING_SHARED, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsMaps) maps = parse (cases[i].line);
      const PgsMapping *mapping = pgs_maps_get_mapping (maps, 0);

      assert_int_equal (mapping->flags, cases[i].flags);
      assert_int_equal (pgs_mapping_is_inaccessible (mapping), cases[i].is_inaccessible);
    }
}

static void
test_broken (void **state)
{
#define GOOD "1000-2000 rw-p 00000000 00:00 0 \n"
  static const struct
  {
    const char *text;
    const char *words;
  } cases[] = {
    { "\n", "Line 1 " },
    { GOOD "\n", "Line 2 " },
    { "what", "Line 1 of maps cannot be understood: “what”" },
    { GOOD "2000-", "Line 2 " },
    { GOOD "2000-3000", "Line 2 " },
    { GOOD "2000-3000 rw-p", "Line 2 " },
    { GOOD "2000-3000 rw-p 00000000 00:", "Line 2 " },
    { GOOD "2000-3000 rw-p 00000000 00:00", "Line 2 " },
    { GOOD "2000-3000 rw-p 00000000 00:00 ", "Line 2 " },
    { GOOD "2000-3000 rw-p 00000000 00:00 x", "Line 2 " },
    { GOOD GOOD "2000-3000 rw-q 0 00:00 0", "Line 3 " },
    { "2000-3000 wr-p 0 00:00 0", "Line 1 " },
    { "2000-3000 rw-pp 0 00:00 0", "Line 1 " },
    { "3000-2000 rw-p 0 00:00 0", "Line 1 " },
    { "2000-2000 rw-p 0 00:00 0", "Line 1 " },
    { "2001-3000 rw-p 0 00:00 0", "Line 1 " },
    { "2000-3001 rw-p 0 00:00 0", "Line 1 " },
    { "-2000-3000 rw-p 0 00:00 0", "Line 1 " },
    { " 2000-3000 rw-p 0 00:00 0", "Line 1 " },
    { "0x2000-3000 rw-p 0 00:00 0", "Line 1 " },
    { "2000-10000000000000000 rw-p 0 00:00 0", "Line 1 " },
    { "2000-3000 rw-p 10000000000000000 00:00 0", "Line 1 " },
    { "2000-3000 rw-p 0 100000000:00 0", "Line 1 " },
    { "2000-3000 rw-p 0 00:00 18446744073709551616", "Line 1 " },
    { "\xff\xfe\n", "“\xef\xbf\xbd\xef\xbf\xbd”" },
  };
#undef GOOD

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(PgsMaps) maps =
        pgs_maps_parse (cases[i].text, strlen (cases[i].text), PAGE, &error);

      if (maps != NULL)
        fail_msg ("“%s” was taken for maps", cases[i].text);
      assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA));
      if (strstr (error->message, cases[i].words) == NULL)
        fail_msg ("“%s” gives: %s", cases[i].text, error->message);
      assert_true (g_utf8_validate (error->message, -1, NULL));
    }
}

static void
test_nul_byte (void **state)
{
  static const char text[] = "1000-2000 rw-p 0 08:01 4 /a\0b\n";
  g_autoptr(GError) error = NULL;

  assert_null (pgs_maps_parse (text, sizeof text - 1, PAGE, &error));
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA));
}

/* Every cut of a text either is refused or gives mappings that the whole has. */
static void
test_truncated (void **state)
{
  gsize length;
  g_autofree char *text = pgs_fixture_read ("prober", "maps", &length);
  g_autoptr(PgsMaps) whole = parse_recorded ("prober");

  for (gsize cut = 0; cut <= length; cut++)
    {
      g_autofree char *part = g_memdup2 (text, cut + 1);
      g_autoptr(PgsMaps) maps = pgs_maps_parse (part, cut, PAGE, NULL);

      if (maps == NULL)
        continue;
      for (guint i = 0; i < pgs_maps_get_n_mappings (maps); i++)
        assert_true (pgs_maps_get_mapping (maps, i)->end == pgs_maps_get_mapping (whole, i)->end);
    }
}

static void
test_extremes (void **state)
{
  g_autoptr(PgsMaps) maps =
    parse ("0-1000 r--p 0 00:00 0\n"
           "ffffffffff600000-ffffffffff601000 --xp ffffffffffffffff ffffffff:ffffffff "
           "18446744073709551615                  [vsyscall]\n"
           "ffffffffffffe000-fffffffffffff000 r--p 0 00:00 0");
  const PgsMapping *mapping = pgs_maps_get_mapping (maps, 1);

  assert_int_equal (pgs_maps_get_n_mappings (maps), 3);
  assert_true (mapping->start == UINT64_C (0xffffffffff600000));
  assert_true (mapping->offset == UINT64_MAX && mapping->inode == UINT64_MAX);
  assert_true (mapping->dev_major == UINT32_MAX && mapping->dev_minor == UINT32_MAX);
  assert_string_equal (mapping->name, "[vsyscall]");
  assert_true (pgs_maps_find (maps, 0, NULL));
  assert_false (pgs_maps_find (maps, UINT64_MAX, NULL));
  assert_int_equal (pgs_maps_find_from (maps, UINT64_MAX), 3);
}

/* What a text that was not read in one moment is made of. */
static void
test_order (void **state)
{
#define A "1000-3000 r--p 00005000 08:01 4 /a\n"
#define B "3000-4000 rw-p 00000000 00:00 0 \n"
#define C "8000-9000 rw-p 00000000 00:00 0 [heap]\n"
  static const struct
  {
    const char *text;
    const char *expected;
  } cases[] = {
    { A B C, A B C },
    { C B A, A B C },
    { A A B C C, A B C },
    { A B C A B C, A B C },
    { A "2000-4000 r--p 00006000 08:01 4 /a\n",
      A "3000-4000 r--p 00007000 08:01 4 /a\n" },
    { A "1000-2000 rw-p 00000000 00:00 0 \n" B, A B },
    { "1000-9000 rw-p 00000000 00:00 0 \n" A B C, "1000-9000 rw-p 00000000 00:00 0 \n" },
    { "1000-2000 r--p 00000000 08:01 4 /a\n" "1000-3000 r--p 00000000 08:01 4 /a\n",
      "1000-3000 r--p 00000000 08:01 4 /a\n" },
  };
#undef A
#undef B
#undef C

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsMaps) maps = parse (cases[i].text);
      g_autoptr(PgsMaps) expected = parse (cases[i].expected);

      if (!pgs_maps_equal (maps, expected))
        fail_msg ("Case %u came out in another way", i);
    }
}

static void
test_equal (void **state)
{
  static const char *const lines[] = {
    "1000-2000 rw-p 0 08:01 4 /a", "1000-3000 rw-p 0 08:01 4 /a",
    "0000-2000 rw-p 0 08:01 4 /a", "1000-2000 r--p 0 08:01 4 /a",
    "1000-2000 rw-s 0 08:01 4 /a", "1000-2000 rw-p 1 08:01 4 /a",
    "1000-2000 rw-p 0 09:01 4 /a", "1000-2000 rw-p 0 08:02 4 /a",
    "1000-2000 rw-p 0 08:01 5 /a", "1000-2000 rw-p 0 08:01 4 /b", "",
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    for (guint j = 0; j < G_N_ELEMENTS (lines); j++)
      {
        g_autoptr(PgsMaps) left = parse (lines[i]);
        g_autoptr(PgsMaps) right = parse (lines[j]);

        assert_int_equal (pgs_maps_equal (left, right), i == j);
      }
}

static void
test_find (void **state)
{
  static const struct
  {
    uint64_t address;
    int      index;
    guint    from;
  } cases[] = {
    { 0x0fff, -1, 0 }, { 0x1000, 0, 0 }, { 0x1fff, 0, 0 }, { 0x2000, 1, 1 }, { 0x2fff, 1, 1 },
    { 0x3000, -1, 2 }, { 0x7fff, -1, 2 }, { 0x8000, 2, 2 }, { 0x8fff, 2, 2 }, { 0x9000, -1, 3 },
  };
  g_autoptr(PgsMaps) maps = parse ("1000-2000 rw-p 0 00:00 0\n"
                                   "2000-3000 r--p 0 00:00 0\n"
                                   "8000-9000 rw-p 0 00:00 0\n");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint index = 77;
      gboolean found = pgs_maps_find (maps, cases[i].address, &index);

      assert_int_equal (found, cases[i].index >= 0);
      assert_int_equal (index, cases[i].index >= 0 ? cases[i].index : 77);
      assert_int_equal (pgs_maps_find_from (maps, cases[i].address), cases[i].from);
    }
}

static void
test_32_bit (void **state)
{
  g_autoptr(PgsMaps) maps = parse_recorded ("32-bit");
  guint n = pgs_maps_get_n_mappings (maps);

  assert_true (pgs_maps_get_mapping (maps, n - 1)->end <= UINT64_C (1) << 32);
  assert_string_equal (pgs_maps_get_mapping (maps, n - 1)->name, "[stack]");
}

static void
test_page_size (void **state)
{
  static const char text[] = "10000-20000 rw-p 0 00:00 0\n";
  g_autoptr(PgsMaps) large = pgs_maps_parse (text, strlen (text), 65536, NULL);
  g_autoptr(PgsMaps) larger = pgs_maps_parse (text, strlen (text), 2 * 65536, NULL);
  g_autoptr(PgsMaps) empty = pgs_maps_parse (NULL, 0, PAGE, NULL);

  assert_non_null (large);
  assert_null (larger);
  assert_int_equal (pgs_maps_get_n_mappings (empty), 0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_recorded),
    cmocka_unit_test (test_odd_names),
    cmocka_unit_test (test_recorded_kinds),
    cmocka_unit_test (test_kinds),
    cmocka_unit_test (test_code_by_identity),
    cmocka_unit_test (test_flags),
    cmocka_unit_test (test_broken),
    cmocka_unit_test (test_nul_byte),
    cmocka_unit_test (test_truncated),
    cmocka_unit_test (test_extremes),
    cmocka_unit_test (test_order),
    cmocka_unit_test (test_equal),
    cmocka_unit_test (test_find),
    cmocka_unit_test (test_32_bit),
    cmocka_unit_test (test_page_size),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
