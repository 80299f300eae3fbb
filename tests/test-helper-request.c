/* test-helper-request.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests what the privileged helper takes of what it is given.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <glib.h>
#include <string.h>

#include "helper/pgs-helper-request.h"

#define PAGE 4096u
#define TOP  (UINT64_C (1) << 63)

static void
test_numbers (void **state)
{
  static const struct
  {
    const char *text;
    uint64_t    max;
    gboolean    is_taken;
    uint64_t    number;
  } cases[] = {
    { "0", 9, TRUE, 0 }, { "9", 9, TRUE, 9 }, { "4194304", 4194304, TRUE, 4194304 },
    { "18446744073709551615", UINT64_MAX, TRUE, UINT64_MAX },
    { "10", 9, FALSE, 0 }, { "4194305", 4194304, FALSE, 0 },
    { "18446744073709551616", UINT64_MAX, FALSE, 0 },
    { "99999999999999999999999999", UINT64_MAX, FALSE, 0 },
    { "", 9, FALSE, 0 }, { "00", 9, FALSE, 0 }, { "01", 9, FALSE, 0 }, { "+1", 9, FALSE, 0 },
    { "-1", 9, FALSE, 0 }, { " 1", 9, FALSE, 0 }, { "1 ", 9, FALSE, 0 }, { "1\n", 9, FALSE, 0 },
    { "0x1", 9, FALSE, 0 }, { "1e1", 99, FALSE, 0 }, { "1.0", 9, FALSE, 0 },
    { "../1", 9, FALSE, 0 }, { "1/", 9, FALSE, 0 }, { "self", 9, FALSE, 0 },
    { "\xd9\xa1", 9, FALSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      uint64_t number = 4711;

      if (pgs_helper_parse_number (cases[i].text, cases[i].max, &number) != cases[i].is_taken)
        fail_msg ("“%s” up to %" G_GUINT64_FORMAT, cases[i].text, cases[i].max);
      if (cases[i].is_taken)
        assert_true (number == cases[i].number);
    }
}

static void
test_arguments (void **state)
{
  static const struct
  {
    const char *argv[6];
    gboolean    is_taken;
  } cases[] = {
    { { "x", "own", "1", "0" }, TRUE }, { { "x", "any", "4194304", "9223372036854775807" }, TRUE },
    { { "x" }, FALSE }, { { "x", "own" }, FALSE }, { { "x", "own", "1" }, FALSE },
    { { "x", "own", "1", "0", "0" }, FALSE }, { { "x", "own", "1", "0", "" }, FALSE },
    { { "x", "Own", "1", "0" }, FALSE }, { { "x", "", "1", "0" }, FALSE },
    { { "x", "root", "1", "0" }, FALSE }, { { "x", "ownany", "1", "0" }, FALSE },
    { { "x", "own", "0", "0" }, FALSE }, { { "x", "own", "4194305", "0" }, FALSE },
    { { "x", "own", "../1", "0" }, FALSE }, { { "x", "own", "1/../2", "0" }, FALSE },
    { { "x", "own", "-1", "0" }, FALSE }, { { "x", "own", "+1", "0" }, FALSE },
    { { "x", "own", "", "0" }, FALSE }, { { "x", "own", "self", "0" }, FALSE },
    { { "x", "own", "99999999999999999999", "0" }, FALSE }, { { "x", "own", "1 ", "0" }, FALSE },
    { { "x", "own", "01", "0" }, FALSE }, { { "x", "own", "1", "" }, FALSE },
    { { "x", "own", "1", "-1" }, FALSE }, { { "x", "own", "1", "1.5" }, FALSE },
    { { "x", "own", "1", "9223372036854775808" }, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PgsHelperArguments arguments = { 0 };
      int argc = (int) g_strv_length ((char **) cases[i].argv);

      if (pgs_helper_parse_arguments (argc, cases[i].argv, &arguments) != cases[i].is_taken)
        fail_msg ("Arguments %u", i);
      if (cases[i].is_taken)
        assert_int_equal (arguments.any, cases[i].argv[1][0] == 'a');
    }
}

#define REQUEST(ask, start, end, n) { PGS_HELPER_VERSION, (ask), (start), (end), (n), 0 }

static const struct
{
  PgsHelperRequest request;
  gboolean         is_taken;
} requests[] = {
  { REQUEST (PGS_HELPER_MAPS, 0, 0, 1), TRUE },
  { REQUEST (PGS_HELPER_MAPS, 12345, 0, PGS_HELPER_MAX_BYTES), TRUE },
  { REQUEST (PGS_HELPER_SCAN, 0, PAGE, 1), TRUE },
  { REQUEST (PGS_HELPER_SCAN, PAGE, TOP - PAGE, PGS_HELPER_MAX_RANGES), TRUE },
  { REQUEST (PGS_HELPER_ENTRIES, 0, 0, 1), TRUE },
  { REQUEST (PGS_HELPER_ENTRIES, TOP - PAGE, 0, 1), TRUE },
  { REQUEST (PGS_HELPER_ENTRIES, PAGE, 0, PGS_HELPER_MAX_ENTRIES), TRUE },
  { REQUEST (PGS_HELPER_FRAMES, PAGE, 0, PGS_HELPER_MAX_FRAMES), TRUE },

  { REQUEST (PGS_HELPER_HELLO, 0, 0, 1), FALSE },
  { REQUEST (PGS_HELPER_STRETCHES, 0, 0, 1), FALSE },
  { REQUEST (PGS_HELPER_N_ASKS, 0, 0, 1), FALSE },
  { REQUEST (UINT32_MAX, 0, 0, 1), FALSE },
  { { 0, PGS_HELPER_MAPS, 0, 0, 1, 0 }, FALSE },
  { { 2, PGS_HELPER_MAPS, 0, 0, 1, 0 }, FALSE },
  { { 1, PGS_HELPER_MAPS, 0, 0, 1, 1 }, FALSE },
  { REQUEST (PGS_HELPER_MAPS, 0, 0, 0), FALSE },
  { REQUEST (PGS_HELPER_MAPS, 0, 0, PGS_HELPER_MAX_BYTES + 1), FALSE },
  { REQUEST (PGS_HELPER_MAPS, UINT64_MAX, 0, 1), FALSE },
  { REQUEST (PGS_HELPER_MAPS, 0, 1, 1), FALSE },
  { REQUEST (PGS_HELPER_SCAN, PAGE, PAGE, 1), FALSE },
  { REQUEST (PGS_HELPER_SCAN, 2 * PAGE, PAGE, 1), FALSE },
  { REQUEST (PGS_HELPER_SCAN, 1, PAGE, 1), FALSE },
  { REQUEST (PGS_HELPER_SCAN, 0, PAGE + 1, 1), FALSE },
  { REQUEST (PGS_HELPER_SCAN, 0, TOP, 1), FALSE },
  { REQUEST (PGS_HELPER_SCAN, TOP, TOP + PAGE, 1), FALSE },
  { REQUEST (PGS_HELPER_SCAN, 0, PAGE, 0), FALSE },
  { REQUEST (PGS_HELPER_SCAN, 0, PAGE, PGS_HELPER_MAX_RANGES + 1), FALSE },
  { REQUEST (PGS_HELPER_ENTRIES, 1, 0, 1), FALSE },
  { REQUEST (PGS_HELPER_ENTRIES, 0, PAGE, 1), FALSE },
  { REQUEST (PGS_HELPER_ENTRIES, 0, 0, 0), FALSE },
  { REQUEST (PGS_HELPER_ENTRIES, 0, 0, PGS_HELPER_MAX_ENTRIES + 1), FALSE },
  { REQUEST (PGS_HELPER_ENTRIES, TOP - PAGE, 0, 2), FALSE },
  { REQUEST (PGS_HELPER_ENTRIES, UINT64_MAX - PAGE + 1, 0, 1), FALSE },
  { REQUEST (PGS_HELPER_FRAMES, 0, 0, PGS_HELPER_MAX_FRAMES + 1), FALSE },
  { REQUEST (PGS_HELPER_FRAMES, 8, 0, 1), FALSE },
};

static void
test_requests (void **state)
{
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      guint8 message[sizeof (PgsHelperRequest) + 1] = { 0 };
      PgsHelperRequest request;

      memcpy (message, &requests[i].request, sizeof request);
      if (pgs_helper_parse_request (message, sizeof request, PAGE, &request) != requests[i].is_taken)
        fail_msg ("Request %u", i);
      for (gsize length = 0; length <= sizeof message; length++)
        if (length != sizeof request)
          assert_false (pgs_helper_parse_request (message, length, PAGE, &request));
    }
}

/* Breaks a good request for stretches in one way after the other. */
static void
test_stretches (void **state)
{
  const PgsHelperStretches good = {
    .request = REQUEST (PGS_HELPER_STRETCHES, 0, 0, 3),
    .stretches = { { PAGE, 1, 0 }, { 0, PGS_HELPER_MAX_ENTRIES - 3, 0 }, { TOP - 2 * PAGE, 2, 0 } },
  };
  static const struct
  {
    gsize   offset;
    guint8  value;
  } breaks[] = {
    { G_STRUCT_OFFSET (PgsHelperStretches, request.version), 2 },
    { G_STRUCT_OFFSET (PgsHelperStretches, request.ask), PGS_HELPER_ENTRIES },
    { G_STRUCT_OFFSET (PgsHelperStretches, request.start) + 1, 16 },
    { G_STRUCT_OFFSET (PgsHelperStretches, request.end), 1 },
    { G_STRUCT_OFFSET (PgsHelperStretches, request.zero), 1 },
    { G_STRUCT_OFFSET (PgsHelperStretches, request.n), 0 },
    { G_STRUCT_OFFSET (PgsHelperStretches, request.n), 2 },
    { G_STRUCT_OFFSET (PgsHelperStretches, request.n), 4 },
    { G_STRUCT_OFFSET (PgsHelperStretches, request.n), 65 },
    { G_STRUCT_OFFSET (PgsHelperStretches, request.n) + 3, 1 },
    { G_STRUCT_OFFSET (PgsHelperStretches, stretches[0].start), 1 },
    { G_STRUCT_OFFSET (PgsHelperStretches, stretches[0].start) + 7, 0x80 },
    { G_STRUCT_OFFSET (PgsHelperStretches, stretches[0].n), 0 },
    { G_STRUCT_OFFSET (PgsHelperStretches, stretches[0].n), 2 },
    { G_STRUCT_OFFSET (PgsHelperStretches, stretches[0].zero), 1 },
    { G_STRUCT_OFFSET (PgsHelperStretches, stretches[2].n), 3 },
    { G_STRUCT_OFFSET (PgsHelperStretches, stretches[2].n) + 3, 0xff },
    { G_STRUCT_OFFSET (PgsHelperStretches, stretches[3].n), 1 },
    { G_STRUCT_OFFSET (PgsHelperStretches, stretches[63].start) + 1, 16 },
    { G_STRUCT_OFFSET (PgsHelperStretches, stretches[63].zero), 1 },
  };
  PgsHelperStretches parsed;

  assert_true (pgs_helper_parse_stretches (&good, sizeof good, PAGE, &parsed));
  assert_memory_equal (&parsed, &good, sizeof good);
  assert_false (pgs_helper_parse_stretches (&good, sizeof good - 1, PAGE, &parsed));
  assert_false (pgs_helper_parse_stretches (&good, sizeof good.request, PAGE, &parsed));
  for (guint i = 0; i < G_N_ELEMENTS (breaks); i++)
    {
      PgsHelperStretches broken = good;

      ((guint8 *) &broken)[breaks[i].offset] = breaks[i].value;
      if (pgs_helper_parse_stretches (&broken, sizeof broken, PAGE, &parsed))
        fail_msg ("Broken in way %u", i);
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_numbers),
    cmocka_unit_test (test_arguments),
    cmocka_unit_test (test_requests),
    cmocka_unit_test (test_stretches),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
