/* test-units.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/pgs-units.h"

static void
test_amounts (void **state)
{
  static const struct
  {
    uint64_t    bytes;
    const char *text;
  } cases[] = {
    { 0, "0 B" },
    { 1023, "1023 B" },
    { 1024, "1 KiB" },
    { 4096, "4 KiB" },
    { 1536, "1.5 KiB" },
    { 1024 + 51, "1 KiB" },
    { 1024 + 52, "1.1 KiB" },
    { 1024 + 972, "1.9 KiB" },
    { 1024 + 973, "2 KiB" },
    { 1024 * 1024 - 52, "1023.9 KiB" },
    { 1024 * 1024 - 51, "1 MiB" },
    { 1024 * 1024 - 1, "1 MiB" },
    { 1024 * 1024 - 100 * 1024, "924 KiB" },
    { UINT64_C (1363148), "1.3 MiB" },
    { (UINT64_C (1) << 30) + 53687091, "1 GiB" },
    { (UINT64_C (1) << 30) + 53687092, "1.1 GiB" },
    { UINT64_C (20) << 40, "20 TiB" },
    { (UINT64_C (1) << 60) - 1, "1 EiB" },
    { G_MAXUINT64, "16 EiB" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = pgs_units_format_bytes (cases[i].bytes);

      assert_string_equal (text, cases[i].text);
    }
}

/* Whatever the amount: no ".0", nothing that belongs to the next unit, and not
 * more than half a step off. */
static void
test_any_amount (void **state)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (5);

  for (guint i = 0; i < 20000; i++)
    {
      uint64_t bytes = ((uint64_t) g_rand_int (rand) << 32 | g_rand_int (rand)) >>
                       g_rand_int_range (rand, 0, 64);
      g_autofree char *text = pgs_units_format_bytes (bytes);
      const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
      double unit = 1, amount;
      char *end;

      amount = g_ascii_strtod (text, &end);
      for (guint j = 0; !g_str_equal (end + 1, units[j]); j++)
        unit *= 1024;
      if (amount >= 1024 || strstr (text, ".0 ") != NULL ||
          fabs (amount * unit - (double) bytes) > 0.0501 * unit)
        fail_msg ("%" PRIu64 ": %s", bytes, text);
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_amounts),
    cmocka_unit_test (test_any_amount),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
