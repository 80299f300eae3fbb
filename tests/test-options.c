/* test-options.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests of the command line and of the addresses in it.
 */

#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <string.h>

#include "app/pgs-address.h"
#include "app/pgs-options.h"
#include "paint/pgs-picture.h"

#define MAX_WORDS 16

/* Words are separated by a space; "_" stands for an empty one. */
static PgsOptions *
parse (const char  *line,
       GError     **error)
{
  g_autofree char *whole = g_strconcat ("pagescape", line[0] != '\0' ? " " : "", line, NULL);
  g_auto(GStrv) words = g_strsplit (whole, " ", MAX_WORDS);

  for (guint i = 0; words[i] != NULL; i++)
    if (g_str_equal (words[i], "_"))
      words[i][0] = '\0';
  return pgs_options_parse ((int) g_strv_length (words), (const char * const *) words, error);
}

static PgsOptions *
parse_valid (const char *line)
{
  g_autoptr(GError) error = NULL;
  PgsOptions *options = parse (line, &error);

  if (options == NULL)
    fail_msg ("“%s” was refused: %s", line, error->message);
  return options;
}

static void
test_refused (void **state)
{
  static const struct
  {
    const char      *line;
    PgsOptionsError  code;
    const char      *says;
  } cases[] = {
    { "--foo", PGS_OPTIONS_ERROR_UNKNOWN, "--help" },
    { "-x", PGS_OPTIONS_ERROR_UNKNOWN, "--help" },
    { "--pid", PGS_OPTIONS_ERROR_UNKNOWN, "--pid" },
    { "--launch=prober", PGS_OPTIONS_ERROR_UNKNOWN, "--help" },
    { "1234", PGS_OPTIONS_ERROR_UNKNOWN, "--pid PID" },
    { "--launch prober", PGS_OPTIONS_ERROR_UNKNOWN, "--launch -- prober" },
    { "--pid abc", PGS_OPTIONS_ERROR_VALUE, "abc" },
    { "--pid -1", PGS_OPTIONS_ERROR_VALUE, "-1" },
    { "--pid=-1", PGS_OPTIONS_ERROR_VALUE, "-1" },
    { "--pid 0", PGS_OPTIONS_ERROR_VALUE, "0" },
    { "--pid 12x", PGS_OPTIONS_ERROR_VALUE, "12x" },
    { "--pid 0x12", PGS_OPTIONS_ERROR_VALUE, "0x12" },
    { "--pid +1", PGS_OPTIONS_ERROR_VALUE, "+1" },
    { "--pid 2147483648", PGS_OPTIONS_ERROR_VALUE, "2147483648" },
    { "--pid 99999999999999999999", PGS_OPTIONS_ERROR_VALUE, "9999" },
    { "--pid _", PGS_OPTIONS_ERROR_VALUE, "--pid" },
    { "--pid 1 --address xyz", PGS_OPTIONS_ERROR_VALUE, "xyz" },
    { "--pid 1 --address -1", PGS_OPTIONS_ERROR_VALUE, "-1" },
    { "--pid 1 --address 0x", PGS_OPTIONS_ERROR_VALUE, "0x" },
    { "--pid 1 --address 10000000000000000", PGS_OPTIONS_ERROR_VALUE, "hexadecimal" },
    { "--pid 1 --address _", PGS_OPTIONS_ERROR_VALUE, "hexadecimal" },
    { "--color-by age", PGS_OPTIONS_ERROR_VALUE, "state, frame, kind, permissions" },
    { "--color-by _", PGS_OPTIONS_ERROR_VALUE, "state" },
    { "--scale log", PGS_OPTIONS_ERROR_VALUE, "compact, balanced, true" },
    { "--pid 1 --export x", PGS_OPTIONS_ERROR_VALUE, ".csv" },
    { "--pid 1 --export x.jpg", PGS_OPTIONS_ERROR_VALUE, ".png" },
    { "--pid 1 --export .png", PGS_OPTIONS_ERROR_VALUE, ".png" },
    { "--pid 1 --export d.png/", PGS_OPTIONS_ERROR_VALUE, ".png" },
    { "--pid 1 --export _", PGS_OPTIONS_ERROR_VALUE, ".png" },
    { "--pid 1 --export x.png --size 640", PGS_OPTIONS_ERROR_VALUE, "1280x480" },
    { "--pid 1 --export x.png --size 640x", PGS_OPTIONS_ERROR_VALUE, "1280x480" },
    { "--pid 1 --export x.png --size 640x480x2", PGS_OPTIONS_ERROR_VALUE, "1280x480" },
    { "--pid 1 --export x.png --size -640x480", PGS_OPTIONS_ERROR_VALUE, "1280x480" },
    { "--pid 1 --export x.png --size 0x0", PGS_OPTIONS_ERROR_VALUE, "240x160" },
    { "--pid 1 --export x.png --size 239x480", PGS_OPTIONS_ERROR_VALUE, "240x160" },
    { "--pid 1 --export x.png --size 640x159", PGS_OPTIONS_ERROR_VALUE, "240x160" },
    { "--pid 1 --export x.png --size 16385x480", PGS_OPTIONS_ERROR_VALUE, "16384" },
    { "--pid 1 --export x.png --size 99999999999999999999x480", PGS_OPTIONS_ERROR_VALUE, "16384" },
    { "--pid 1 --export x.csv --range 2000", PGS_OPTIONS_ERROR_VALUE, "START-END" },
    { "--pid 1 --export x.csv --range 2000-", PGS_OPTIONS_ERROR_VALUE, "START-END" },
    { "--pid 1 --export x.csv --range -2000", PGS_OPTIONS_ERROR_VALUE, "START-END" },
    { "--pid 1 --export x.csv --range 2000-2000", PGS_OPTIONS_ERROR_VALUE, "START-END" },
    { "--pid 1 --export x.csv --range 2000-1000", PGS_OPTIONS_ERROR_VALUE, "START-END" },
    { "--pid 1 --export x.csv --range 1-2-3", PGS_OPTIONS_ERROR_VALUE, "START-END" },
    { "--launch --export x.csv --delay soon", PGS_OPTIONS_ERROR_VALUE, "seconds" },
    { "--launch --export x.csv --delay -1", PGS_OPTIONS_ERROR_VALUE, "seconds" },
    { "--launch --export x.csv --delay inf", PGS_OPTIONS_ERROR_VALUE, "seconds" },
    { "--launch --export x.csv --delay nan", PGS_OPTIONS_ERROR_VALUE, "seconds" },
    { "--launch --export x.csv --delay 1e3", PGS_OPTIONS_ERROR_VALUE, "seconds" },
    { "--launch --export x.csv --delay 1.2.3", PGS_OPTIONS_ERROR_VALUE, "seconds" },
    { "--launch --export x.csv --delay .", PGS_OPTIONS_ERROR_VALUE, "seconds" },
    { "--launch --export x.csv --delay 86401", PGS_OPTIONS_ERROR_VALUE, "86400" },
    { "--launch --export x.csv --delay _", PGS_OPTIONS_ERROR_VALUE, "seconds" },
    { "--detail", PGS_OPTIONS_ERROR_UNKNOWN, "--detail" },
    { "--detail 0", PGS_OPTIONS_ERROR_VALUE, "from 1 to 1048576" },
    { "--detail 1048577", PGS_OPTIONS_ERROR_VALUE, "from 1 to 1048576" },
    { "--detail 99999999999999999999", PGS_OPTIONS_ERROR_VALUE, "from 1 to 1048576" },
    { "--detail -1", PGS_OPTIONS_ERROR_VALUE, "“-1”" },
    { "--detail=-1", PGS_OPTIONS_ERROR_VALUE, "“-1”" },
    { "--detail 256M", PGS_OPTIONS_ERROR_VALUE, "“256M”" },
    { "--detail 0x10", PGS_OPTIONS_ERROR_VALUE, "MiB" },
    { "--detail 1.5", PGS_OPTIONS_ERROR_VALUE, "MiB" },
    { "--detail _", PGS_OPTIONS_ERROR_VALUE, "MiB" },
    { "--pid 1 --export x.csv --detail much", PGS_OPTIONS_ERROR_VALUE, "MiB" },
    { "--no-scan=1", PGS_OPTIONS_ERROR_UNKNOWN, "--no-scan=1" },
    { "--no-scan 1", PGS_OPTIONS_ERROR_UNKNOWN, "--pid PID" },
    { "--pid 1 --unlock=yes", PGS_OPTIONS_ERROR_UNKNOWN, "--unlock=yes" },
    { "--unlock", PGS_OPTIONS_ERROR_MISSING, "--pid or --launch" },
    { "--pid 1 --compare-with x", PGS_OPTIONS_ERROR_VALUE, "--compare-with takes" },
    { "--compare-with 2", PGS_OPTIONS_ERROR_MISSING, "--pid or --launch" },
    { "--pid 1 --compare-with 2 --color-by state", PGS_OPTIONS_ERROR_CLASH, "--color-by" },
    { "--pid 1 --color-by relation", PGS_OPTIONS_ERROR_MISSING, "--compare-with" },
    { "--pid 1 --ram", PGS_OPTIONS_ERROR_MISSING, "--export" },
    { "--pid 1 --export x.csv --ram", PGS_OPTIONS_ERROR_CLASH, "leave it out" },
    { "--pid 1 --export x.png --ram=1", PGS_OPTIONS_ERROR_UNKNOWN, "--ram=1" },
    { "--pid 1 --launch", PGS_OPTIONS_ERROR_CLASH, "one of them" },
    { "--pid 1 --export x.csv --size 640x480", PGS_OPTIONS_ERROR_CLASH, "leave it out" },
    { "--export x.png", PGS_OPTIONS_ERROR_MISSING, "--pid or --launch" },
    { "--address 1000", PGS_OPTIONS_ERROR_MISSING, "--pid or --launch" },
    { "--pid 1 --size 640x480", PGS_OPTIONS_ERROR_MISSING, "--export" },
    { "--pid 1 --range 1000-2000", PGS_OPTIONS_ERROR_MISSING, "--export" },
    { "--launch --delay 1", PGS_OPTIONS_ERROR_MISSING, "--export" },
    { "--pid 1 --export x.csv --delay 1", PGS_OPTIONS_ERROR_MISSING, "--launch" },
    { "--launch --", PGS_OPTIONS_ERROR_MISSING, "leave “--” out" },
    { "--launch -- _", PGS_OPTIONS_ERROR_MISSING, "leave “--” out" },
    { "-- ls", PGS_OPTIONS_ERROR_MISSING, "--launch" },
    { "--pid 1 -- ls", PGS_OPTIONS_ERROR_MISSING, "--launch" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(PgsOptions) options = parse (cases[i].line, &error);

      if (options != NULL)
        fail_msg ("“%s” was taken", cases[i].line);
      if (!g_error_matches (error, PGS_OPTIONS_ERROR, (int) cases[i].code) ||
          strstr (error->message, cases[i].says) == NULL || strchr (error->message, '\n') != NULL)
        fail_msg ("“%s” gives error %d: %s", cases[i].line, error->code, error->message);
    }
}

static void
test_nothing (void **state)
{
  g_autoptr(PgsOptions) options = parse_valid ("");

  assert_false (options->help || options->version || options->launch || options->has_address);
  assert_false (options->has_scale);
  assert_int_equal (options->pid, 0);
  assert_null (options->program);
  assert_null (options->mode);
  assert_null (options->export_path);
  assert_int_equal (options->width, PGS_EXPORT_DEFAULT_WIDTH);
  assert_int_equal (options->height, PGS_EXPORT_DEFAULT_HEIGHT);
  assert_false (pgs_options_has_range (options));
  assert_true (options->delay == PGS_OPTIONS_DEFAULT_DELAY);
  assert_int_equal (options->limits.max_bytes, 0);
  assert_int_equal (options->limits.scan, PGS_PROC_SCAN_AUTO);
}

/* How processes are read: with a window, without one, and where nothing else is said. */
static void
test_limits (void **state)
{
  static const struct
  {
    const char *line;
    guint64     max_bytes;
    PgsProcScan scan;
  } cases[] = {
    { "--detail 1", G_GUINT64_CONSTANT (1) << 20, PGS_PROC_SCAN_AUTO },
    { "--detail=256 --pid 1", G_GUINT64_CONSTANT (256) << 20, PGS_PROC_SCAN_AUTO },
    { "--detail 1048576", G_GUINT64_CONSTANT (1) << 40, PGS_PROC_SCAN_AUTO },
    { "--no-scan", 0, PGS_PROC_SCAN_NEVER },
    { "--pid 1 --export x.csv --no-scan --detail 007", 7 << 20, PGS_PROC_SCAN_NEVER },
    { "--launch --no-scan -- ls --detail 3", 0, PGS_PROC_SCAN_NEVER },
    { "--launch -- ls --no-scan", 0, PGS_PROC_SCAN_AUTO },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsOptions) options = parse_valid (cases[i].line);

      assert_int_equal (options->limits.max_bytes, cases[i].max_bytes);
      assert_int_equal (options->limits.scan, cases[i].scan);
    }
}

static void
test_no_words (void **state)
{
  g_autoptr(PgsOptions) options = pgs_options_parse (0, NULL, NULL);

  assert_non_null (options);
}

static void
test_export (void **state)
{
  g_autoptr(PgsOptions) options =
    parse_valid ("--pid 2147483647 --export=/tmp/A.PNG --size 240x16384 --color-by frame "
                 "--scale true --range 0x1000-ffffffffffffffff --address 0xABC");

  assert_int_equal (options->pid, 2147483647);
  assert_string_equal (options->export_path, "/tmp/A.PNG");
  assert_int_equal (options->format, PGS_EXPORT_PNG);
  assert_int_equal (options->width, 240);
  assert_int_equal (options->height, 16384);
  assert_string_equal (options->mode->id, "frame");
  assert_true (options->has_scale);
  assert_int_equal (options->scale, PGS_SCALE_TRUE);
  assert_true (pgs_options_has_range (options));
  assert_int_equal (options->start, 0x1000);
  assert_int_equal (options->end, G_MAXUINT64);
  assert_true (options->has_address);
  assert_int_equal (options->address, 0xabc);
}

static void
test_launch (void **state)
{
  g_autoptr(PgsOptions) prober = parse_valid ("--launch --export x.csv --delay 0.25");
  g_autoptr(PgsOptions) program = parse_valid ("--launch -- ls --pid 0 -- --help");
  g_autoptr(PgsOptions) none = parse_valid ("--launch --export p.pdf --delay 0");

  assert_true (prober->launch);
  assert_null (prober->program);
  assert_int_equal (prober->format, PGS_EXPORT_CSV);
  assert_true (prober->delay == 0.25);
  assert_int_equal (g_strv_length (program->program), 5);
  assert_string_equal (program->program[0], "ls");
  assert_string_equal (program->program[1], "--pid");
  assert_string_equal (program->program[3], "--");
  assert_string_equal (program->program[4], "--help");
  assert_false (program->help);
  assert_true (none->delay == 0);
  assert_int_equal (none->format, PGS_EXPORT_PDF);
}

static void
test_help (void **state)
{
  static const char *const lines[] = { "--help", "-h", "--help --pid abc", "--version" };
  g_autofree char *help = pgs_options_dup_help ();

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr(PgsOptions) options = parse_valid (lines[i]);

      assert_int_equal (options->help, i < 3);
      assert_int_equal (options->version, i == 3);
    }
  assert_non_null (strstr (help, "--range=START-END"));
  assert_non_null (strstr (help, "--help"));
}

static void
test_addresses (void **state)
{
  static const struct
  {
    const char *text;
    gboolean    is_valid;
    uint64_t    address;
  } cases[] = {
    { "0", TRUE, 0 },
    { "0x0", TRUE, 0 },
    { "7ffd1234A000", TRUE, 0x7ffd1234a000 },
    { "0X10", TRUE, 0x10 },
    { "10", TRUE, 0x10 },
    { "ffffffffffffffff", TRUE, G_MAXUINT64 },
    { "000000000000000000000001", TRUE, 1 },
    { "0x0000000000000000000000ff", TRUE, 0xff },
    { "", FALSE, 0 },
    { "0x", FALSE, 0 },
    { "x", FALSE, 0 },
    { "0x0x1", FALSE, 0 },
    { "1 ", FALSE, 0 },
    { " 1", FALSE, 0 },
    { "+1", FALSE, 0 },
    { "-1", FALSE, 0 },
    { "1g", FALSE, 0 },
    { "١", FALSE, 0 },
    { "1ffffffffffffffff", FALSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      uint64_t address = 0x5ca1ab1e;

      if (pgs_address_parse (cases[i].text, &address) != cases[i].is_valid)
        fail_msg ("“%s” was %s", cases[i].text, cases[i].is_valid ? "refused" : "taken");
      assert_int_equal (address, cases[i].is_valid ? cases[i].address : 0x5ca1ab1e);
    }
}

static gboolean
parse_valid_ram (const char *line)
{
  g_autoptr(PgsOptions) options = parse_valid (line);

  return options->ram;
}

/* Whoever compares colors pages by what comes out. */
static void
test_compare (void **state)
{
  g_autoptr(PgsOptions) with = parse_valid ("--pid 1 --compare-with 2");
  g_autoptr(PgsOptions) both = parse_valid ("--launch --color-by relation --compare-with 2");

  assert_int_equal (with->other, 2);
  assert_ptr_equal (with->mode, pgs_color_mode_find ("relation"));
  assert_int_equal (both->other, 2);
}

static void
test_unlock (void **state)
{
  g_autoptr(PgsOptions) with = parse_valid ("--pid 1 --unlock");
  g_autoptr(PgsOptions) launched = parse_valid ("--launch --unlock --export x.csv -- ls");
  g_autoptr(PgsOptions) without = parse_valid ("--launch -- ls --unlock");

  assert_true (parse_valid_ram ("--pid 1 --export x.png --ram"));
  assert_false (parse_valid_ram ("--pid 1 --export x.png"));
  assert_true (with->unlock);
  assert_true (launched->unlock);
  assert_false (without->unlock);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_refused),
    cmocka_unit_test (test_nothing),
    cmocka_unit_test (test_limits),
    cmocka_unit_test (test_no_words),
    cmocka_unit_test (test_export),
    cmocka_unit_test (test_launch),
    cmocka_unit_test (test_help),
    cmocka_unit_test (test_addresses),
    cmocka_unit_test (test_compare),
    cmocka_unit_test (test_unlock),
  };

  setlocale (LC_ALL, "C.UTF-8");
  return cmocka_run_group_tests_name ("options", tests, NULL, NULL);
}
