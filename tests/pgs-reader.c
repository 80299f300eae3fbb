/* pgs-reader.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs the tutorial's pagemap_reader, and knows what it must say of an entry of
 * pagemap.
 */

#include "config.h"

#include "pgs-reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <inttypes.h>
#include <string.h>

#include "pgs-raw-proc.h"

/**
 * pgs_reader_run:
 * @program: pagemap_reader
 * @as_nobody: whether to run it as a user without rights, which needs root
 * @pid: its first argument
 * @format: its second argument, as for printf()
 *
 * Returns: how it ended, with what it printed
 */
PgsRun
pgs_reader_run (const PgsProgram *program,
                gboolean          as_nobody,
                pid_t             pid,
                const char       *format,
                ...)
{
  g_autoptr(GPtrArray) argv = pgs_program_new_command (program->path, as_nobody);
  va_list args;

  g_ptr_array_add (argv, g_strdup_printf ("%d", pid));
  va_start (args, format);
  g_ptr_array_add (argv, g_strdup_vprintf (format, args));
  va_end (args);

  return pgs_program_run (argv);
}

/**
 * pgs_reader_assert_failed:
 * @run: how pagemap_reader ended
 * @status: the status other than 0 that it must have ended with
 * @words: words that it must have used
 *
 * Checks that it said why it failed, in exactly one line.
 */
void
pgs_reader_assert_failed (const PgsRun *run,
                          int           status,
                          const char   *words)
{
  const char *line_end = strchr (run->err, '\n');

  if (run->status != status || strstr (run->err, words) == NULL)
    fail_msg ("status %d, not %d, or not \"%s\": %s", run->status, status,
              words, run->err);
  assert_non_null (line_end);
  assert_string_equal (line_end, "\n");
  assert_true (g_str_has_prefix (run->err, "pagemap_reader: "));
}

/**
 * pgs_reader_assert_refused:
 *
 * Checks as pgs_reader_assert_failed() does, and that nothing else was printed.
 */
void
pgs_reader_assert_refused (const PgsRun *run,
                           int           status,
                           const char   *words)
{
  pgs_reader_assert_failed (run, status, words);
  assert_string_equal (run->out, "");
}

/**
 * pgs_reader_expect_status:
 * @entry: what pagemap says of a page to this process
 * @as_nobody: whether a user without rights asks
 *
 * Returns: the status that pagemap_reader must end with
 */
int
pgs_reader_expect_status (uint64_t entry,
                          gboolean as_nobody)
{
  if (pgs_raw_entry_is_present (entry) || pgs_raw_entry_is_swapped (entry))
    if (as_nobody || pgs_raw_entry_get_place (entry) == 0)
      return PGS_READER_HIDDEN;
  return pgs_raw_entry_is_present (entry) ? PGS_READER_SHOWN : PGS_READER_NO_FRAME;
}

/**
 * pgs_reader_expect_words:
 * @entry: what pagemap says of a page to this process
 * @as_nobody: whether a user without rights asks
 *
 * Returns: (transfer full): the words that pagemap_reader must use where it
 *   shows no frame
 */
char *
pgs_reader_expect_words (uint64_t entry,
                         gboolean as_nobody)
{
  gboolean hidden = pgs_reader_expect_status (entry, as_nobody) == PGS_READER_HIDDEN;

  if (pgs_raw_entry_is_guard (entry))
    return g_strdup ("guard");
  if (pgs_raw_entry_is_swapped (entry))
    return hidden ? g_strdup ("swapped: hidden")
                  : g_strdup_printf ("swapped: type %d, offset 0x%" PRIx64,
                                     (int) (entry & 0x1f),
                                     pgs_raw_entry_get_place (entry) >> 5);
  return g_strdup (pgs_raw_entry_is_present (entry) ? "hidden" : "not present");
}
