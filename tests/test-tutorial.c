/* test-tutorial.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs prober and pagemap_reader as a person would, as real processes, and
 * compares what they print with what this program itself reads from
 * /proc/PID/pagemap. The bits of an entry are written out here once more on
 * purpose: a mistake in pgs-pagemap-entry.h must not agree with itself.
 *
 * As root the cases run once more as an ordinary user, from whom the kernel
 * hides frames.
 *
 * The environment gives the paths: PGS_PROBER, PGS_PAGEMAP_READER.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <glib/gstdio.h>

#include "pgs-swap-file.h"
#include "pgs-target.h"

#define TIMEOUT_MS      10000
#define QUIET_MS        200
#define READER_MEMORY   (64 * 1024 * 1024)

/* The exit statuses that pagemap_reader promises. */
enum
{
  SHOWN,
  NO_FRAME,
  USAGE,
  HIDDEN,
  NOT_FOUND,
};

/* How a program ended (minus the signal, if by one), and all it printed. */
typedef struct
{
  int status;
  char *out;
  char *err;
} Result;

/* Made once for all cases. The programs are copied to where anyone may run
 * them. */
typedef struct
{
  char *folder;
  char *prober;
  char *reader;
  PgsSwapFile *swap_file;
} Fixture;

static Fixture fixture;

G_GNUC_PRINTF (1, 2)
static void
skip_because (const char *format,
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

static void
skip_unless_root (void)
{
  if (geteuid () != 0)
    skip_because ("only root can become another user");
}

/* Running programs */

static void
result_clear (Result *result)
{
  g_clear_pointer (&result->out, g_free);
  g_clear_pointer (&result->err, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Result, result_clear)

static int
get_status (GSubprocess *process)
{
  return g_subprocess_get_if_exited (process)
           ? g_subprocess_get_exit_status (process)
           : -g_subprocess_get_term_sig (process);
}

/* Returns a command without its arguments, to be run as an ordinary user or not. */
static GPtrArray *
command_new (const char *program,
             gboolean    as_nobody)
{
  GPtrArray *argv = g_ptr_array_new_with_free_func (g_free);

  if (as_nobody)
    {
      g_ptr_array_add (argv, g_strdup ("setpriv"));
      g_ptr_array_add (argv, g_strdup_printf ("--reuid=%d", PGS_TARGET_NOBODY));
      g_ptr_array_add (argv, g_strdup_printf ("--regid=%d", PGS_TARGET_NOBODY));
      g_ptr_array_add (argv, g_strdup ("--clear-groups"));
    }
  g_ptr_array_add (argv, g_strdup (program));

  return argv;
}

static GSubprocess *
spawn (GPtrArray            *argv,
       GSubprocessFlags      flags,
       GSpawnChildSetupFunc  setup)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (flags);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_ptr_array_add (argv, NULL);
  g_subprocess_launcher_set_child_setup (launcher, setup, NULL, NULL);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv->pdata,
                                          &error);
  if (process == NULL)
    fail_msg ("%s", error->message);

  return process;
}

static char *
bytes_to_text (GBytes *bytes)
{
  size_t size;
  const char *data = g_bytes_get_data (bytes, &size);

  return size > 0 ? g_strndup (data, size) : g_strdup ("");
}

/* Waits for a program to end; what it printed and nobody read is the result. */
static Result
finish (GSubprocess *process)
{
  g_autoptr (GBytes) out = NULL;
  g_autoptr (GBytes) err = NULL;
  Result result;

  assert_true (g_subprocess_communicate (process, NULL, NULL, &out, &err, NULL));
  result.status = get_status (process);
  result.out = bytes_to_text (out);
  result.err = bytes_to_text (err);

  return result;
}

static Result
run (GPtrArray *argv)
{
  g_autoptr (GSubprocess) process = NULL;

  process = spawn (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                   NULL);
  return finish (process);
}

G_GNUC_PRINTF (2, 3)
static Result
run_shell (gboolean    as_nobody,
           const char *format,
           ...)
{
  g_autoptr (GPtrArray) argv = command_new ("sh", as_nobody);
  va_list args;

  g_ptr_array_add (argv, g_strdup ("-c"));
  va_start (args, format);
  g_ptr_array_add (argv, g_strdup_vprintf (format, args));
  va_end (args);

  return run (argv);
}

G_GNUC_PRINTF (3, 4)
static Result
run_reader (gboolean    as_nobody,
            pid_t       pid,
            const char *format,
            ...)
{
  g_autoptr (GPtrArray) argv = command_new (fixture.reader, as_nobody);
  va_list args;

  g_ptr_array_add (argv, g_strdup_printf ("%d", pid));
  va_start (args, format);
  g_ptr_array_add (argv, g_strdup_vprintf (format, args));
  va_end (args);

  return run (argv);
}

/* Checks that a run ended with a status other than 0, and said why in exactly
 * one line. */
static void
assert_failed (const Result *result,
               int           status,
               const char   *words)
{
  const char *line_end = strchr (result->err, '\n');

  if (result->status != status || strstr (result->err, words) == NULL)
    fail_msg ("status %d, not %d, or not \"%s\": %s", result->status, status,
              words, result->err);
  assert_non_null (line_end);
  assert_string_equal (line_end, "\n");
  assert_true (g_str_has_prefix (result->err, "pagemap_reader: "));
}

static void
assert_refused (const Result *result,
                int           status,
                const char   *words)
{
  assert_failed (result, status, words);
  assert_string_equal (result->out, "");
}

/* Entries as this program reads them */

static uint64_t
page_size (void)
{
  return (uint64_t) sysconf (_SC_PAGESIZE);
}

static void
read_entries (pid_t     pid,
              uint64_t  address,
              uint64_t *entries,
              size_t    n)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/pagemap", pid);
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  ssize_t bytes;

  assert_true (fd >= 0);
  bytes = pread (fd, entries, n * 8, (off_t) (address / page_size () * 8));
  close (fd);
  assert_int_equal (bytes, n * 8);
}

static uint64_t
read_entry (pid_t    pid,
            uint64_t address)
{
  uint64_t entry;

  read_entries (pid, address, &entry, 1);
  return entry;
}

typedef struct
{
  uint64_t start;
  uint64_t end;
} Range;

static GArray *
read_mappings (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/maps", pid);
  g_autofree char *maps = NULL;
  g_auto (GStrv) lines = NULL;
  GArray *mappings = g_array_new (FALSE, FALSE, sizeof (Range));

  assert_true (g_file_get_contents (path, &maps, NULL, NULL));
  lines = g_strsplit (maps, "\n", -1);
  for (size_t i = 0; lines[i][0] != '\0'; i++)
    {
      char *dash;
      Range mapping;

      mapping.start = g_ascii_strtoull (lines[i], &dash, 16);
      mapping.end = g_ascii_strtoull (dash + 1, NULL, 16);
      g_array_append_val (mappings, mapping);
    }

  return mappings;
}

static gboolean
mappings_contain (GArray   *mappings,
                  uint64_t  address)
{
  for (guint i = 0; i < mappings->len; i++)
    {
      Range *mapping = &g_array_index (mappings, Range, i);

      if (address >= mapping->start && address < mapping->end)
        return TRUE;
    }
  return FALSE;
}

static uint64_t
find_first_mapping (pid_t pid)
{
  g_autoptr (GArray) mappings = read_mappings (pid);

  return g_array_index (mappings, Range, 0).start;
}

static gboolean
is_present (uint64_t entry)
{
  return (entry >> 63 & 1) != 0;
}

static gboolean
is_guard (uint64_t entry)
{
  return !is_present (entry) && (entry >> 58 & 1) != 0;
}

static gboolean
is_swapped (uint64_t entry)
{
  return !is_present (entry) && !is_guard (entry) && (entry >> 62 & 1) != 0;
}

static gboolean
is_absent (uint64_t entry)
{
  return !is_present (entry) && !is_guard (entry) && !is_swapped (entry);
}

static uint64_t
get_place (uint64_t entry)
{
  return entry & 0x7fffffffffffffull;
}

/* Returns the status that pagemap_reader must give for an entry. */
static int
expect_status (uint64_t entry,
               gboolean as_nobody)
{
  if (is_present (entry) || is_swapped (entry))
    if (as_nobody || get_place (entry) == 0)
      return HIDDEN;
  return is_present (entry) ? SHOWN : NO_FRAME;
}

/* Returns the words that it must use where it shows no frame. */
static char *
expect_words (uint64_t entry,
              gboolean as_nobody)
{
  gboolean hidden = expect_status (entry, as_nobody) == HIDDEN;

  if (is_guard (entry))
    return g_strdup ("guard");
  if (is_swapped (entry))
    return hidden ? g_strdup ("swapped: hidden")
                  : g_strdup_printf ("swapped: type %d, offset 0x%" PRIx64,
                                     (int) (entry & 0x1f), get_place (entry) >> 5);
  return g_strdup (is_present (entry) ? "hidden" : "not present");
}

/* Returns the line that it must print in a range. */
static char *
expect_line (uint64_t address,
             uint64_t entry,
             gboolean as_nobody)
{
  g_autofree char *words = NULL;

  if (expect_status (entry, as_nobody) == SHOWN)
    return g_strdup_printf ("0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64 "\n", address,
                            get_place (entry), get_place (entry) * page_size ());
  words = expect_words (entry, as_nobody);
  return g_strdup_printf ("0x%" PRIx64 " %s\n", address, words);
}

/* prober */

typedef struct
{
  GSubprocess *process;
  int fd;
  uint64_t address;
  pid_t pid;
} Prober;

/* Reads one line from a pipe; fails when it does not come in time. */
static char *
read_line (int fd)
{
  g_autoptr (GString) line = g_string_new (NULL);
  struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
  char character = '\0';

  while (character != '\n')
    {
      if (poll (&poll_fd, 1, TIMEOUT_MS) != 1 || read (fd, &character, 1) != 1)
        fail_msg ("no whole line came in time: \"%s\"", line->str);
      g_string_append_c (line, character);
    }

  return g_string_free (g_steal_pointer (&line), FALSE);
}

static uint64_t
read_number (int         fd,
             const char *before,
             int         base)
{
  g_autofree char *line = read_line (fd);
  g_autofree char *again = NULL;
  uint64_t number;

  assert_true (g_str_has_prefix (line, before));
  number = g_ascii_strtoull (line + strlen (before), NULL, base);
  again = base == 16 ? g_strdup_printf ("%s0x%" PRIx64 "\n", before, number)
                     : g_strdup_printf ("%s%" PRIu64 "\n", before, number);
  assert_string_equal (line, again);

  return number;
}

/* Starts prober and reads its three lines. Its input stays open meanwhile, so
 * that they come only if they are printed at once. */
static Prober
prober_start (gboolean as_nobody)
{
  g_autoptr (GPtrArray) argv = command_new (fixture.prober, as_nobody);
  g_autofree char *last = NULL;
  Prober prober;

  prober.process = spawn (argv, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                          NULL);
  prober.fd = g_unix_input_stream_get_fd (
    G_UNIX_INPUT_STREAM (g_subprocess_get_stdout_pipe (prober.process)));
  prober.address = read_number (prober.fd, "Allocated 1KB of memory at address: ", 16);
  prober.pid = (pid_t) read_number (prober.fd, "Process ID: ", 10);
  last = read_line (prober.fd);
  assert_string_equal (last, "Press Enter to exit...\n");

  return prober;
}

static void
prober_send (Prober     *prober,
             const char *text)
{
  GOutputStream *input = g_subprocess_get_stdin_pipe (prober->process);

  assert_true (g_output_stream_write_all (input, text, strlen (text), NULL, NULL, NULL));
}

static void
prober_close (Prober *prober)
{
  GOutputStream *input = g_subprocess_get_stdin_pipe (prober->process);

  assert_true (g_output_stream_close (input, NULL, NULL));
}

/* Whether prober closes its output, and so ends, within a time. */
static gboolean
prober_ends_within (Prober *prober,
                    int     milliseconds)
{
  struct pollfd poll_fd = { .fd = prober->fd, .events = POLLIN };

  return poll (&poll_fd, 1, milliseconds) == 1;
}

static void
prober_assert_ends_well (Prober *prober)
{
  char byte;

  assert_true (prober_ends_within (prober, TIMEOUT_MS));
  assert_int_equal (read (prober->fd, &byte, 1), 0);
  assert_true (g_subprocess_wait (prober->process, NULL, NULL));
  assert_int_equal (get_status (prober->process), 0);
  g_clear_object (&prober->process);
}

/* Checks that prober wrote to all of its memory. */
static void
assert_written (const Prober *prober)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/mem", prober->pid);
  char memory[1024] = "";
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  assert_int_equal (pread (fd, memory, sizeof memory, (off_t) prober->address),
                    sizeof memory);
  close (fd);
  assert_null (memchr (memory, '\0', sizeof memory));
}

static void
test_prober_lines (void **state)
{
  Prober prober = prober_start (FALSE);

  assert_int_equal (prober.pid, atoi (g_subprocess_get_identifier (prober.process)));
  assert_true (is_present (read_entry (prober.pid, prober.address)));
  assert_written (&prober);
  prober_close (&prober);
  prober_assert_ends_well (&prober);
}

static void
test_prober_ends_on_enter (void **state)
{
  Prober prober = prober_start (FALSE);

  prober_send (&prober, "any other key");
  assert_false (prober_ends_within (&prober, QUIET_MS));
  prober_send (&prober, "\n");
  prober_assert_ends_well (&prober);
}

static void
test_prober_ends_on_end_of_input (void **state)
{
  Prober prober = prober_start (FALSE);

  assert_false (prober_ends_within (&prober, QUIET_MS));
  prober_close (&prober);
  prober_assert_ends_well (&prober);
}

/* pagemap_reader: one address */

/* Runs pagemap_reader on an address and compares with the entry that this
 * program reads. The kernel may move a page at any time, so only an entry that
 * is the same before and afterwards counts. Returns the entry. */
static uint64_t
check_address (pid_t    pid,
               uint64_t address,
               gboolean as_nobody)
{
  g_auto (Result) result = { 0 };
  g_autofree char *expected = NULL;
  uint64_t entry;

  do
    {
      result_clear (&result);
      entry = read_entry (pid, address);
      result = run_reader (as_nobody, pid, "0x%" PRIx64, address);
    }
  while (entry != read_entry (pid, address));

  if (expect_status (entry, as_nobody) != SHOWN)
    {
      expected = expect_words (entry, as_nobody);
      assert_refused (&result, expect_status (entry, as_nobody), expected);
      assert_true ((result.status == HIDDEN) ==
                   (strstr (result.err, "CAP_SYS_ADMIN") != NULL));
      return entry;
    }

  expected = g_strdup_printf ("Virtual Address: 0x%" PRIx64 "\n"
                              "Page Frame Number (PFN): 0x%" PRIx64 "\n"
                              "Physical Address: 0x%" PRIx64 "\n",
                              address, get_place (entry),
                              get_place (entry) * page_size () + address % page_size ());
  assert_string_equal (result.out, expected);
  assert_string_equal (result.err, "");
  assert_int_equal (result.status, SHOWN);

  return entry;
}

static void
test_reader_on_prober (void **state)
{
  Prober prober = prober_start (FALSE);
  uint64_t entry = check_address (prober.pid, prober.address, FALSE);

  prober_close (&prober);
  prober_assert_ends_well (&prober);
  if (get_place (entry) == 0)
    skip_because ("the kernel hides all frames from this user");
}

static void
test_reader_on_hidden_prober (void **state)
{
  Prober prober;

  skip_unless_root ();
  prober = prober_start (TRUE);
  check_address (prober.pid, prober.address, FALSE);
  check_address (prober.pid, prober.address, TRUE);
  prober_close (&prober);
  prober_assert_ends_well (&prober);
}

/* What a page of an area of the target must be, so that a case cannot pass on
 * pages of another kind. */
typedef struct
{
  PgsTargetArea area;
  gboolean as_nobody;
  gboolean (*is_kind) (uint64_t entry);
} PageCase;

static void
check_area (const PgsTarget *target,
            const PageCase  *page_case)
{
  const uint64_t offsets[] = { 0, 1, 0x123, page_size () - 1 };

  for (size_t i = 0; i < G_N_ELEMENTS (offsets); i++)
    {
      uint64_t address = target->start[page_case->area] + offsets[i];

      assert_true (page_case->is_kind (check_address (target->pid, address,
                                                      page_case->as_nobody)));
    }
}

static void
test_page (void **state)
{
  const PageCase *page_case = *state;
  g_autoptr (PgsTarget) target = NULL;

  if (page_case->as_nobody)
    skip_unless_root ();

  target = pgs_target_new ((page_case->as_nobody ? PGS_TARGET_AS_NOBODY : 0) |
                           (fixture.swap_file != NULL ? PGS_TARGET_SWAP : 0));
  if (target->start[page_case->area] == 0)
    {
      g_clear_pointer (&target, pgs_target_free);
      skip_because ("this machine has no such page, or no swap, to give");
    }
  check_area (target, page_case);
}

static void
test_spellings_of_an_address (void **state)
{
  g_autoptr (PgsTarget) target = pgs_target_new (0);
  uint64_t address = target->start[PGS_TARGET_UNTOUCHED] + 0xabc;
  g_autofree char *words = g_strdup_printf ("0x%" PRIx64 ": not present", address);
  g_auto (Result) prefixed = run_reader (FALSE, target->pid, "0x%" PRIx64, address);
  g_auto (Result) plain = run_reader (FALSE, target->pid, "%" PRIx64, address);
  g_auto (Result) upper = run_reader (FALSE, target->pid, "0X%" PRIX64, address);
  g_auto (Result) longer = run_reader (FALSE, target->pid, "0x000000000000%" PRIx64, address);

  assert_refused (&prefixed, NO_FRAME, words);
  assert_refused (&plain, NO_FRAME, words);
  assert_refused (&upper, NO_FRAME, words);
  assert_refused (&longer, NO_FRAME, words);
}

/* pagemap_reader: what it must refuse */

static void
test_usage (void **state)
{
  static const struct
  {
    const char *pid;
    const char *address;
    const char *words;
  } cases[] = {
    { NULL, NULL, "two arguments" },
    { "1", NULL, "two arguments" },
    { "", "1000", "process ID" },
    { "0", "1000", "process ID" },
    { "-1", "1000", "process ID" },
    { "+1", "1000", "process ID" },
    { " 1", "1000", "process ID" },
    { "12x", "1000", "process ID" },
    { "0x1", "1000", "process ID" },
    { "self", "1000", "process ID" },
    { "2147483648", "1000", "process ID" },
    { "4294967297", "1000", "process ID" },
    { "99999999999999999999", "1000", "process ID" },
    { "1", "", "address" },
    { "1", "0x", "address" },
    { "1", "xyz", "address" },
    { "1", "0x12g", "address" },
    { "1", " 12", "address" },
    { "1", "+12", "address" },
    { "1", "10000000000000000", "address" },
    { "1", "0x0x12", "address" },
    { "1", "-", "range" },
    { "1", "-12", "range" },
    { "1", "12-", "range" },
    { "1", "1000-1000", "range" },
    { "1", "2000-1000", "range" },
    { "1", "1-2-3", "range" },
    { "1", "1--3", "range" },
    { "1", "1000-10000000000000000", "range" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) argv = command_new (fixture.reader, FALSE);
      g_auto (Result) result = { 0 };

      if (cases[i].pid != NULL)
        g_ptr_array_add (argv, g_strdup (cases[i].pid));
      if (cases[i].address != NULL)
        g_ptr_array_add (argv, g_strdup (cases[i].address));
      result = run (argv);
      assert_refused (&result, USAGE, cases[i].words);
    }
}

static void
test_too_many_arguments (void **state)
{
  g_auto (Result) result = run_shell (FALSE, "%s 1 1000 2000", fixture.reader);

  assert_refused (&result, USAGE, "two arguments");
}

static void
test_help (void **state)
{
  g_auto (Result) result = run_shell (FALSE, "%s --help", fixture.reader);

  assert_int_equal (result.status, 0);
  assert_true (g_str_has_prefix (result.out, "Usage: pagemap_reader PID ADDR\n"));
  assert_string_equal (result.err, "");
}

static void
test_no_such_process (void **state)
{
  g_autoptr (PgsTarget) target = pgs_target_new (0);
  uint64_t address = target->start[PGS_TARGET_TOUCHED];
  pid_t pid = target->pid;
  g_auto (Result) result = { 0 };

  pgs_target_end (target);
  result = run_reader (FALSE, pid, "%" PRIx64, address);
  assert_refused (&result, NOT_FOUND, "no process");
}

/* The name of the zombie looks like the rest of the line that tells its state. */
static void
test_zombie (void **state)
{
  g_auto (Result) result = { 0 };
  siginfo_t info;
  pid_t pid = fork ();

  if (pid == 0)
    {
      prctl (PR_SET_NAME, "a) R 1 1 1 ))");
      _exit (EXIT_SUCCESS);
    }
  assert_int_equal (waitid (P_PID, pid, &info, WEXITED | WNOWAIT), 0);
  result = run_reader (FALSE, pid, "1000");
  waitpid (pid, NULL, 0);
  assert_refused (&result, NOT_FOUND, "zombie");
}

static void
test_kernel_thread (void **state)
{
  g_autofree char *stat = NULL;

  g_file_get_contents ("/proc/2/stat", &stat, NULL, NULL);
  if (stat == NULL || strstr (stat, "(kthreadd)") == NULL)
    skip_because ("kernel threads cannot be seen here");

  for (int as_nobody = 0; as_nobody <= (geteuid () == 0); as_nobody++)
    {
      g_auto (Result) one = run_reader (as_nobody, 2, "1000");
      g_auto (Result) many = run_reader (as_nobody, 2, "1000-5000");

      assert_refused (&one, NOT_FOUND, "kernel thread");
      assert_refused (&many, NOT_FOUND, "kernel thread");
    }
}

static void
test_process_of_another (void **state)
{
  g_auto (Result) one = { 0 };
  g_auto (Result) many = { 0 };

  skip_unless_root ();
  one = run_reader (TRUE, getpid (), "1000");
  many = run_reader (TRUE, getpid (), "1000-5000");
  assert_refused (&one, HIDDEN, "not permitted");
  assert_refused (&many, HIDDEN, "not permitted");
}

/* A /proc that shows to everybody their own processes only. */
static void
test_process_hidden_by_proc (void **state)
{
  g_auto (Result) result = { 0 };

  skip_unless_root ();
  result = run_shell (FALSE, "exec unshare --mount sh -c '"
                      "mount -t proc -o hidepid=2 proc /proc || exit 99;"
                      "exec setpriv --reuid=%d --regid=%d --clear-groups %s %d 1000'",
                      PGS_TARGET_NOBODY, PGS_TARGET_NOBODY, fixture.reader, getpid ());
  if (result.status == 99 || strstr (result.err, "unshare:") != NULL)
    {
      result_clear (&result);
      skip_because ("no /proc can be mounted here");
    }
  assert_refused (&result, HIDDEN, "/proc does not show process");
}

static void
test_unmapped (void **state)
{
  g_autoptr (PgsTarget) target = pgs_target_new (0);
  uint64_t start = find_first_mapping (target->pid);
  const uint64_t addresses[] = { 0, start - 1, UINT64_MAX };

  for (size_t i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_auto (Result) result = run_reader (FALSE, target->pid, "%" PRIx64, addresses[i]);

      assert_refused (&result, NOT_FOUND, "not mapped");
    }
}

static void
test_vsyscall (void **state)
{
  g_autoptr (GArray) mappings = read_mappings (getpid ());
  g_auto (Result) one = { 0 };
  g_auto (Result) many = { 0 };

  if (!mappings_contain (mappings, UINT64_C (0xffffffffff600000)))
    {
      g_clear_pointer (&mappings, g_array_unref);
      skip_because ("this machine has no [vsyscall]");
    }

  one = run_reader (FALSE, getpid (), "ffffffffff600123");
  many = run_reader (FALSE, getpid (), "ffffffffff5fffff-ffffffffff601001");
  assert_refused (&one, NO_FRAME, "outside the page table");
  assert_failed (&many, NO_FRAME, "no page");
  assert_string_equal (many.out, "0xffffffffff5ff000 not mapped\n"
                                 "0xffffffffff600000 outside the page table\n"
                                 "0xffffffffff601000 not mapped\n");
}

/* pagemap_reader: ranges */

/* Returns the lines that pagemap_reader must print for a range. */
static char *
expect_lines (pid_t           pid,
              uint64_t        start,
              const uint64_t *entries,
              size_t          n,
              gboolean        as_nobody)
{
  g_autoptr (GArray) mappings = read_mappings (pid);
  GString *lines = g_string_new (NULL);

  for (size_t i = 0; i < n; i++)
    {
      uint64_t address = start + i * page_size ();
      g_autofree char *line = expect_line (address, entries[i], as_nobody);

      if (mappings_contain (mappings, address))
        g_string_append (lines, line);
      else
        g_string_append_printf (lines, "0x%" PRIx64 " not mapped\n", address);
    }

  return g_string_free (lines, FALSE);
}

/* Runs pagemap_reader on n pages and compares every line with the entries that
 * this program reads. */
static Result
check_range (const PgsTarget *target,
             uint64_t         start,
             size_t           n,
             gboolean         as_nobody)
{
  g_autofree char *expected = NULL;
  g_autofree uint64_t *before = g_new (uint64_t, n);
  g_autofree uint64_t *after = g_new (uint64_t, n);
  Result result = { 0 };

  do
    {
      result_clear (&result);
      read_entries (target->pid, start, before, n);
      /* Neither end is that of a page: both are rounded outward. */
      result = run_reader (as_nobody, target->pid, "%" PRIx64 "-%" PRIx64,
                           start + page_size () - 1, start + (n - 1) * page_size () + 1);
      read_entries (target->pid, start, after, n);
    }
  while (memcmp (before, after, n * sizeof *before) != 0);

  expected = expect_lines (target->pid, start, before, n, as_nobody);
  assert_string_equal (result.out, expected);

  return result;
}

static void
assert_shown (const Result    *result,
              const PgsTarget *target)
{
  if (get_place (read_entry (target->pid, target->start[PGS_TARGET_TOUCHED])) == 0)
    {
      assert_failed (result, HIDDEN, "CAP_SYS_ADMIN");
      return;
    }
  assert_int_equal (result->status, SHOWN);
  assert_string_equal (result->err, "");
}

/* The first mappings, with what lies before, between and behind them. */
static void
test_range (void **state)
{
  g_autoptr (PgsTarget) target = pgs_target_new (0);
  uint64_t start = find_first_mapping (target->pid) - 2 * page_size ();
  g_auto (Result) result = check_range (target, start, 2000, FALSE);

  assert_non_null (strstr (result.out, " not mapped\n"));
  assert_shown (&result, target);
}

static void
test_range_of_every_area (void **state)
{
  g_autoptr (PgsTarget) target = pgs_target_new (fixture.swap_file != NULL ? PGS_TARGET_SWAP : 0);

  for (int i = 0; i < PGS_TARGET_N_AREAS; i++)
    if (target->start[i] != 0)
      {
        size_t n = MIN (target->end[i] - target->start[i], 4 << 20) / page_size () + 2;
        g_auto (Result) result = check_range (target, target->start[i] - page_size (), n, FALSE);

        assert_true (result.status == SHOWN || result.status == NO_FRAME ||
                     geteuid () != 0);
      }
}

static void
test_hidden_range (void **state)
{
  g_autoptr (PgsTarget) target = NULL;
  g_auto (Result) present = { 0 };
  g_auto (Result) absent = { 0 };

  skip_unless_root ();
  target = pgs_target_new (PGS_TARGET_AS_NOBODY);
  present = check_range (target, target->start[PGS_TARGET_TOUCHED] - page_size (), 3, TRUE);
  absent = check_range (target, target->start[PGS_TARGET_UNTOUCHED], 3, TRUE);
  assert_failed (&present, HIDDEN, "CAP_SYS_ADMIN");
  assert_failed (&absent, NO_FRAME, "no page of this range");
}

/* More pages than are read at once, of which one in the middle is present. */
static void
test_big_range (void **state)
{
  g_autoptr (PgsTarget) target = pgs_target_new (0);
  uint64_t present = target->start[PGS_TARGET_RESERVED] + PGS_TARGET_STRIDE;
  g_auto (Result) result = check_range (target, present - 5000 * page_size (), 10000, FALSE);

  assert_shown (&result, target);
}

static void
test_range_without_a_frame (void **state)
{
  g_autoptr (PgsTarget) target = pgs_target_new (0);
  g_auto (Result) result = check_range (target, target->start[PGS_TARGET_UNTOUCHED], 8, FALSE);

  assert_failed (&result, NO_FRAME, "no page of this range");
}

static void
test_unmapped_range (void **state)
{
  g_autoptr (PgsTarget) target = pgs_target_new (0);
  uint64_t end = find_first_mapping (target->pid);
  g_auto (Result) result = run_reader (FALSE, target->pid, "%" PRIx64 "-%" PRIx64,
                                       end - page_size (), end);
  g_auto (Result) first = run_reader (FALSE, target->pid, "0-1");
  g_auto (Result) last = run_reader (FALSE, target->pid, "fffffffffffffffe-ffffffffffffffff");

  assert_refused (&result, NOT_FOUND, "is mapped");
  assert_refused (&first, NOT_FOUND, "is mapped");
  assert_refused (&last, NOT_FOUND, "is mapped");
}

/* pagemap_reader: while it writes */

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
  g_autoptr (GPtrArray) argv = command_new (fixture.reader, FALSE);
  g_autofree char *line = NULL;
  g_autofree char *expected = NULL;
  uint64_t start = target->start[PGS_TARGET_RESERVED] + page_size ();
  GSubprocess *process;
  GInputStream *output;

  g_ptr_array_add (argv, g_strdup_printf ("%d", target->pid));
  g_ptr_array_add (argv, g_strdup_printf ("%" PRIx64 "-%" PRIx64, start,
                                          target->end[PGS_TARGET_RESERVED]));
  process = spawn (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                   setup);
  output = g_subprocess_get_stdout_pipe (process);
  line = read_line (g_unix_input_stream_get_fd (G_UNIX_INPUT_STREAM (output)));
  expected = g_strdup_printf ("0x%" PRIx64 " not present\n", start);
  assert_string_equal (line, expected);

  return process;
}

static void
test_closed_pipe (void **state)
{
  const GSpawnChildSetupFunc setups[] = { limit_memory, limit_memory_and_ignore_sigpipe };
  g_autoptr (PgsTarget) target = pgs_target_new (0);

  for (size_t i = 0; i < G_N_ELEMENTS (setups); i++)
    {
      g_autoptr (GSubprocess) process = start_long_reader (target, setups[i]);
      GInputStream *output = g_subprocess_get_stdout_pipe (process);
      GInputStream *errors = g_subprocess_get_stderr_pipe (process);
      char byte;

      assert_true (g_input_stream_close (output, NULL, NULL));
      assert_int_equal (g_input_stream_read (errors, &byte, 1, NULL, NULL), 0);
      assert_true (g_subprocess_wait (process, NULL, NULL));
      assert_int_equal (get_status (process), -SIGPIPE);
    }
}

/* A part was printed, and still that is no success. */
static void
test_process_ends_midway (void **state)
{
  void (*const ways_to_end[]) (PgsTarget *) = { pgs_target_end, pgs_target_exec };

  for (size_t i = 0; i < G_N_ELEMENTS (ways_to_end); i++)
    {
      g_autoptr (PgsTarget) target = pgs_target_new (0);
      g_autoptr (GSubprocess) process = start_long_reader (target, limit_memory);
      g_auto (Result) result = { 0 };

      ways_to_end[i] (target);
      result = finish (process);
      assert_failed (&result, NOT_FOUND, "ended or became another program");
    }
}

static void
test_full_output (void **state)
{
  g_autoptr (PgsTarget) target = pgs_target_new (0);
  g_auto (Result) help = run_shell (FALSE, "%s --help >/dev/full", fixture.reader);
  g_auto (Result) range = run_shell (FALSE, "%s $$ 0-ffffffffffffffff >/dev/full",
                                     fixture.reader);
  g_auto (Result) mapped = run_shell (FALSE, "%s %d %" PRIx64 "-%" PRIx64 " >/dev/full",
                                      fixture.reader, target->pid,
                                      target->start[PGS_TARGET_RESERVED],
                                      target->end[PGS_TARGET_RESERVED]);

  assert_refused (&mapped, USAGE, "No space left on device");
  assert_refused (&help, USAGE, "No space left on device");
  assert_refused (&range, USAGE, "No space left on device");
}

/* Everything together */

static char *
copy_program (const char *variable)
{
  const char *path = g_getenv (variable);
  g_autofree char *name = NULL;
  g_autofree char *copy = NULL;
  g_autofree char *contents = NULL;
  size_t size;

  if (path == NULL || !g_file_get_contents (path, &contents, &size, NULL))
    {
      print_error ("%s does not name a program\n", variable);
      return NULL;
    }
  name = g_path_get_basename (path);
  copy = g_build_filename (fixture.folder, name, NULL);
  if (!g_file_set_contents_full (copy, contents, (gssize) size,
                                 G_FILE_SET_CONTENTS_NONE, 0755, NULL) ||
      g_chmod (copy, 0755) != 0)
    return NULL;

  return g_steal_pointer (&copy);
}

static int
set_up (void **state)
{
  fixture.folder = g_dir_make_tmp ("pgs-test-tutorial-XXXXXX", NULL);
  if (fixture.folder == NULL || g_chmod (fixture.folder, 0755) != 0)
    return -1;
  fixture.prober = copy_program ("PGS_PROBER");
  fixture.reader = copy_program ("PGS_PAGEMAP_READER");
  if (fixture.prober == NULL || fixture.reader == NULL)
    return -1;
  fixture.swap_file = pgs_swap_file_new ();

  return 0;
}

static int
tear_down (void **state)
{
  pgs_swap_file_free (fixture.swap_file);
  g_unlink (fixture.prober);
  g_unlink (fixture.reader);
  g_rmdir (fixture.folder);
  g_free (fixture.prober);
  g_free (fixture.reader);
  g_free (fixture.folder);

  return 0;
}

#define PAGE_TEST(title, page_area, kind) \
  { "page: " title, test_page, NULL, NULL, \
    &(PageCase) { .area = page_area, .as_nobody = FALSE, .is_kind = kind } }, \
  { "page: " title ", as an ordinary user", test_page, NULL, NULL, \
    &(PageCase) { .area = page_area, .as_nobody = TRUE, .is_kind = kind } }

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_prober_lines),
    cmocka_unit_test (test_prober_ends_on_enter),
    cmocka_unit_test (test_prober_ends_on_end_of_input),
    cmocka_unit_test (test_reader_on_prober),
    cmocka_unit_test (test_reader_on_hidden_prober),
    PAGE_TEST ("touched", PGS_TARGET_TOUCHED, is_present),
    PAGE_TEST ("untouched", PGS_TARGET_UNTOUCHED, is_absent),
    PAGE_TEST ("page of zeros", PGS_TARGET_ZERO, is_present),
    PAGE_TEST ("shared", PGS_TARGET_SHARED, is_present),
    PAGE_TEST ("file", PGS_TARGET_FILE, is_present),
    PAGE_TEST ("no access", PGS_TARGET_INACCESSIBLE, is_present),
    PAGE_TEST ("huge", PGS_TARGET_HUGE, is_present),
    PAGE_TEST ("guard", PGS_TARGET_GUARD, is_guard),
    PAGE_TEST ("swapped", PGS_TARGET_SWAPPED, is_swapped),
    cmocka_unit_test (test_spellings_of_an_address),
    cmocka_unit_test (test_usage),
    cmocka_unit_test (test_too_many_arguments),
    cmocka_unit_test (test_help),
    cmocka_unit_test (test_no_such_process),
    cmocka_unit_test (test_zombie),
    cmocka_unit_test (test_kernel_thread),
    cmocka_unit_test (test_process_of_another),
    cmocka_unit_test (test_process_hidden_by_proc),
    cmocka_unit_test (test_unmapped),
    cmocka_unit_test (test_vsyscall),
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

  return cmocka_run_group_tests_name ("tutorial", tests, set_up, tear_down);
}
