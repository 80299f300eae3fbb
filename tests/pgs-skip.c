/* pgs-skip.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Skips a test aloud: what a machine cannot show is not passed over in silence.
 */

#include "config.h"

#include "pgs-skip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

/**
 * pgs_skip_because:
 * @format: why, as for printf()
 *
 * Does not return: cmocka jumps out of the test, and what the test holds in
 * automatic variables is not freed.
 */
void
pgs_skip_because (const char *format,
                  ...)
{
  va_list args;
  g_autofree char *reason = NULL;

  va_start (args, format);
  reason = g_strdup_vprintf (format, args);
  va_end (args);

  print_message ("%s\n", reason);
  g_clear_pointer (&reason, g_free);
  skip ();
}

/**
 * pgs_skip_unless_root:
 *
 * Skips a test that runs something as another user.
 */
void
pgs_skip_unless_root (void)
{
  if (geteuid () != 0)
    pgs_skip_because ("only root can become another user");
}
