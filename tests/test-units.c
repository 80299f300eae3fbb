/* test-units.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

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
    { 1024 * 1024 - 1, "1 MiB" },
    { 1024 * 1024 - 100 * 1024, "924 KiB" },
    { UINT64_C (1363148), "1.3 MiB" },
    { UINT64_C (20) << 40, "20 TiB" },
    { G_MAXUINT64, "16 EiB" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = pgs_units_format_bytes (cases[i].bytes);

      assert_string_equal (text, cases[i].text);
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_amounts),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
