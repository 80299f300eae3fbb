/* test-pagemap-reader-range.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs pagemap_reader on ranges and compares every line with what this program
 * itself reads from /proc/PID/pagemap; and sees what it does when the process
 * ends, the reader of its output goes away, or a disk is full in the middle.
 *
 * The environment variable PGS_PAGEMAP_READER gives its path.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <gio/gunixinputstream.h>

#include "pgs-raw-proc.h"
#include "pgs-reader.h"
#include "pgs-skip.h"
#include "pgs-swap-file.h"
#include "pgs-target.h"

#define READER_MEMORY (64 * 1024 * 1024)

/* Made once for all cases. */
static PgsProgram *reader;
static PgsSwapFile *swap_file;

/* Returns the line that pagemap_reader must print for a page of a range. */
static char *
expect_line (uint64_t address,
             uint64_t entry,
             gboolean as_nobody)
{
  uint64_t frame = pgs_raw_entry_get_place (entry);
  g_autofree char *words = NULL;

  if (pgs_reader_expect_status (entry, as_nobody) == PGS_READER_SHOWN)
    return g_strdup_printf ("0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64 "\n", address,
                            frame, frame * pgs_raw_page_size ());
  words = pgs_reader_expect_words (entry, as_nobody);
  return g_strdup_printf ("0x%" PRIx64 " %s\n", address, words);
}

/* Returns the lines that pagemap_reader must print for a range. */
static char *
expect_lines (pid_t           pid,
              uint64_t        start,
              const uint64_t *entries,
              size_t          n,
              gboolean        as_nobody)
{
  g_autoptr(GArray) mappings = pgs_raw_read_mappings (pid);
  GString *lines = g_string_new (NULL);

  for (size_t i = 0; i < n; i++)
    {
      uint64_t address = start + i * pgs_raw_page_size ();
      g_autofree char *line = expect_line (address, entries[i], as_nobody);

      if (pgs_raw_mappings_contain (mappings, address))
        g_string_append (lines, line);
      else
        g_string_append_printf (lines, "0x%" PRIx64 " not mapped\n", address);
    }

  return g_string_free (lines, FALSE);
}

/* Runs pagemap_reader on n pages and compares every line with the entries that
 * this program reads. */
static PgsRun
check_range (const PgsTarget *target,
             uint64_t         start,
             size_t           n,
             gboolean         as_nobody)
{
  g_autofree char *expected = NULL;
  g_autofree uint64_t *before = g_new (uint64_t, n);
  g_autofree uint64_t *after = g_new (uint64_t, n);
  uint64_t page_size = pgs_raw_page_size ();
  PgsRun result = { 0 };

  do
    {
      pgs_run_clear (&result);
      pgs_raw_read_entries (target->pid, start, before, n);
      /* Neither end is that of a page: both are rounded outward. */
      result = pgs_reader_run (reader, as_nobody, target->pid, "%" PRIx64 "-%" PRIx64,
                               start + page_size - 1, start + (n - 1) * page_size + 1);
      pgs_raw_read_entries (target->pid, start, after, n);
    }
  while (memcmp (before, after, n * sizeof *before) != 0);

  expected = expect_lines (target->pid, start, before, n, as_nobody);
  assert_string_equal (result.out, expected);

  return result;
}

static void
assert_shown (const PgsRun    *result,
              const PgsTarget *target)
{
  uint64_t touched = pgs_raw_read_entry (target->pid, target->start[PGS_TARGET_TOUCHED]);

  if (pgs_raw_entry_get_place (touched) == 0)
    {
      pgs_reader_assert_failed (result, PGS_READER_HIDDEN, "CAP_SYS_ADMIN");
      return;
    }
  assert_int_equal (result->status, PGS_READER_SHOWN);
  assert_string_equal (result->err, "");
}

/* The first mappings, with what lies before, between and behind them. */
static void
test_range (void **state)
{
  g_autoptr(PgsTarget) target = pgs_target_new (0);
  uint64_t start = pgs_raw_find_first_mapping (target->pid) - 2 * pgs_raw_page_size ();
  g_auto(PgsRun) result = check_range (target, start, 2000, FALSE);

  assert_non_null (strstr (result.out, " not mapped\n"));
  assert_shown (&result, target);
}

static void
test_range_of_every_area (void **state)
{
  g_autoptr(PgsTarget) target = pgs_target_new (swap_file != NULL ? PGS_TARGET_SWAP : 0);
  uint64_t page_size = pgs_raw_page_size ();

  for (int i = 0; i < PGS_TARGET_N_AREAS; i++)
    if (target->start[i] != 0)
      {
        size_t n = MIN (target->end[i] - target->start[i], 4 << 20) / page_size + 2;
        g_auto(PgsRun) result = check_range (target, target->start[i] - page_size, n, FALSE);

        assert_true (result.status == PGS_READER_SHOWN || result.status == PGS_READER_NO_FRAME ||
                     geteuid () != 0);
      }
}

static void
test_hidden_range (void **state)
{
  g_autoptr(PgsTarget) target = NULL;
  g_auto(PgsRun) present = { 0 };
  g_auto(PgsRun) absent = { 0 };

  pgs_skip_unless_root ();
  target = pgs_target_new (PGS_TARGET_AS_NOBODY);
  present = check_range (target, target->start[PGS_TARGET_TOUCHED] - pgs_raw_page_size (), 3,
                         TRUE);
  absent = check_range (target, target->start[PGS_TARGET_UNTOUCHED], 3, TRUE);
  pgs_reader_assert_failed (&present, PGS_READER_HIDDEN, "CAP_SYS_ADMIN");
  pgs_reader_assert_failed (&absent, PGS_READER_NO_FRAME, "no page of this range");
}

/* More pages than are read at once, of which one in the middle is present. */
static void
test_big_range (void **state)
{
  g_autoptr(PgsTarget) target = pgs_target_new (0);
  uint64_t present = target->start[PGS_TARGET_RESERVED] + PGS_TARGET_STRIDE;
  g_auto(PgsRun) result = check_range (target, present - 5000 * pgs_raw_page_size (), 10000,
                                       FALSE);

  assert_shown (&result, target);
}

static void
test_range_without_a_frame (void **state)
{
  g_autoptr(PgsTarget) target = pgs_target_new (0);
  g_auto(PgsRun) result = check_range (target, target->start[PGS_TARGET_UNTOUCHED], 8, FALSE);

  pgs_reader_assert_failed (&result, PGS_READER_NO_FRAME, "no page of this range");
}

static void
test_unmapped_range (void **state)
{
  g_autoptr(PgsTarget) target = pgs_target_new (0);
  uint64_t end = pgs_raw_find_first_mapping (target->pid);
  g_auto(PgsRun) result = pgs_reader_run (reader, FALSE, target->pid, "%" PRIx64 "-%" PRIx64,
                                          end - pgs_raw_page_size (), end);
  g_auto(PgsRun) first = pgs_reader_run (reader, FALSE, target->pid, "0-1");
  g_auto(PgsRun) last = pgs_reader_run (reader, FALSE, target->pid,
                                        "fffffffffffffffe-ffffffffffffffff");

  pgs_reader_assert_refused (&result, PGS_READER_NOT_FOUND, "is mapped");
  pgs_reader_assert_refused (&first, PGS_READER_NOT_FOUND, "is mapped");
  pgs_reader_assert_refused (&last, PGS_READER_NOT_FOUND, "is mapped");
}

/* While it writes */

static void
limit_memory (gpointer data)
{
  const struct rlimit limit = { READER_MEMORY, READER_MEMORY };

  setrlimit (RLIMIT_AS, &limit);
}

static void
limit_memory_and_ignore_sigpipe (gpointer data)
{
  limit_memory (data);
  signal (SIGPIPE, SIG_IGN);
}

/* Starts pagemap_reader on a range of which it cannot print more than the pipe
 * takes, and reads its first line. */
static GSubprocess *
start_long_reader (const PgsTarget      *target,
                   GSpawnChildSetupFunc  setup)
{
  g_autoptr(GPtrArray) argv = pgs_program_new_command (reader->path, FALSE);
  g_autofree char *line = NULL;
  g_autofree char *expected = NULL;
  uint64_t start = target->start[PGS_TARGET_RESERVED] + pgs_raw_page_size ();
  GSubprocess *process;
  GInputStream *output;

  g_ptr_array_add (argv, g_strdup_printf ("%d", target->pid));
  g_ptr_array_add (argv, g_strdup_printf ("%" PRIx64 "-%" PRIx64, start,
                                          target->end[PGS_TARGET_RESERVED]));
  process = pgs_program_spawn (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                     G_SUBPROCESS_FLAGS_STDERR_PIPE, setup);
  output = g_subprocess_get_stdout_pipe (process);
  line = pgs_program_read_line (g_unix_input_stream_get_fd (G_UNIX_INPUT_STREAM (output)));
  expected = g_strdup_printf ("0x%" PRIx64 " not present\n", start);
  assert_string_equal (line, expected);

  return process;
}

static void
test_closed_pipe (void **state)
{
  const GSpawnChildSetupFunc setups[] = { limit_memory, limit_memory_and_ignore_sigpipe };
  g_autoptr(PgsTarget) target = pgs_target_new (0);

  for (size_t i = 0; i < G_N_ELEMENTS (setups); i++)
    {
      g_autoptr(GSubprocess) process = start_long_reader (target, setups[i]);
      GInputStream *output = g_subprocess_get_stdout_pipe (process);
      GInputStream *errors = g_subprocess_get_stderr_pipe (process);
      char byte;

      assert_true (g_input_stream_close (output, NULL, NULL));
      assert_int_equal (g_input_stream_read (errors, &byte, 1, NULL, NULL), 0);
      assert_true (g_subprocess_wait (process, NULL, NULL));
      assert_int_equal (pgs_program_get_status (process), -SIGPIPE);
    }
}

/* A part was printed, and still that is no success. */
static void
test_process_ends_midway (void **state)
{
  void (*const ways_to_end[]) (PgsTarget *) = { pgs_target_end, pgs_target_exec };

  for (size_t i = 0; i < G_N_ELEMENTS (ways_to_end); i++)
    {
      g_autoptr(PgsTarget) target = pgs_target_new (0);
      g_autoptr(GSubprocess) process = start_long_reader (target, limit_memory);
      g_auto(PgsRun) result = { 0 };

      ways_to_end[i] (target);
      result = pgs_program_finish (process);
      pgs_reader_assert_failed (&result, PGS_READER_NOT_FOUND, "ended or became another program");
    }
}

static void
test_full_output (void **state)
{
  g_autoptr(PgsTarget) target = pgs_target_new (0);
  g_auto(PgsRun) help = pgs_program_run_shell ("%s --help >/dev/full", reader->path);
  g_auto(PgsRun) range = pgs_program_run_shell ("%s $$ 0-ffffffffffffffff >/dev/full",
                                                reader->path);
  g_auto(PgsRun) mapped = pgs_program_run_shell ("%s %d %" PRIx64 "-%" PRIx64 " >/dev/full",
                                                 reader->path, target->pid,
                                                 target->start[PGS_TARGET_RESERVED],
                                                 target->end[PGS_TARGET_RESERVED]);

  pgs_reader_assert_refused (&mapped, PGS_READER_USAGE, "No space left on device");
  pgs_reader_assert_refused (&help, PGS_READER_USAGE, "No space left on device");
  pgs_reader_assert_refused (&range, PGS_READER_USAGE, "No space left on device");
}

static int
set_up (void **state)
{
  reader = pgs_program_new ("PGS_PAGEMAP_READER");
  if (reader == NULL)
    return -1;
  swap_file = pgs_swap_file_new ();

  return 0;
}

static int
tear_down (void **state)
{
  g_clear_pointer (&swap_file, pgs_swap_file_free);
  g_clear_pointer (&reader, pgs_program_free);

  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_range),
    cmocka_unit_test (test_range_of_every_area),
    cmocka_unit_test (test_hidden_range),
    cmocka_unit_test (test_big_range),
    cmocka_unit_test (test_range_without_a_frame),
    cmocka_unit_test (test_unmapped_range),
    cmocka_unit_test (test_closed_pipe),
    cmocka_unit_test (test_process_ends_midway),
    cmocka_unit_test (test_full_output),
  };

  return cmocka_run_group_tests_name ("pagemap_reader: range", tests, set_up, tear_down);
}
