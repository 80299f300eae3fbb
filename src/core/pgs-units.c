/* pgs-units.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Amounts of memory in words. GLib's g_format_size_full() spells "bytes" out and
 * always gives a decimal, which makes columns of page sizes hard to read.
 */

#include "config.h"

#include "pgs-units.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>

/**
 * pgs_units_format_bytes:
 * @bytes: an amount
 *
 * Returns: (transfer full): the amount in binary units with at most one decimal,
 *   like "0 B", "4 KiB" or "1.3 MiB"
 */
char *
pgs_units_format_bytes (uint64_t bytes)
{
  static const char *const units[] = {
    N_("B"), N_("KiB"), N_("MiB"), N_("GiB"), N_("TiB"), N_("PiB"), N_("EiB"),
  };
  double amount = (double) bytes;
  guint unit = 0;

  while (unit + 1 < G_N_ELEMENTS (units) && amount >= 1024)
    {
      amount /= 1024;
      unit++;
    }
  /* What would be rounded to 1024 belongs to the next unit. */
  if (unit > 0 && unit + 1 < G_N_ELEMENTS (units) && amount >= 1023.95)
    {
      amount = 1;
      unit++;
    }
  if (fabs (amount - round (amount)) < 0.05)
    return g_strdup_printf ("%.0f %s", round (amount), _(units[unit]));
  return g_strdup_printf ("%.1f %s", amount, _(units[unit]));
}
