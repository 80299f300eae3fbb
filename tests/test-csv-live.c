/* test-csv-live.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table that the program exports, of real programs that hold still, against
 * what pagemap, maps, kpageflags, kpagecount and zoneinfo say: every page, read here
 * with plain calls and taken apart with plain shifts, and none missing or there twice.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <fcntl.h>
#include <gio/gio.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pgs-raw-frames.h"
#include "pgs-take.h"

#define LEAST_PROGRAMS 10
#define SETTLE_US      400000
/* The kernel may move a page between the two readings. */
#define TRIES          5

/* Programs that wait for input, or for time to go by. */
static const char *const programs[][4] = {
  { "sleep", "60" }, { "cat" }, { "sed", "-n", "p" }, { "tail", "-f", "/dev/null" },
  { "bash", "-c", "read line" }, { "dash", "-c", "read line" }, { "perl", "-e", "<STDIN>" },
  { "python3", "-c", "input()" }, { "sort" }, { "awk", "{print}" }, { "mawk", "{print}" },
  { "tee" }, { "wc" }, { "grep", "x" }, { "tac" }, { "cut", "-c1" }, { "tr", "a", "b" },
  { "uniq" }, { "md5sum" }, { "xargs" }, { "dd" }, { "od" }, { "gzip" }, { "fold" },
};

typedef struct
{
  uint64_t  start;
  uint64_t  end;
  uint64_t  pages;
  char    **fields;
} Row;

static void
clear_row (gpointer data)
{
  g_strfreev (((Row *) data)->fields);
}

/* The names here have no comma in them, so a row splits at commas. */
static GArray *
read_rows (const char *path)
{
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;
  GArray *rows = g_array_new (FALSE, TRUE, sizeof (Row));

  g_array_set_clear_func (rows, clear_row);
  assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  assert_string_equal (lines[0],
                       "start,end,pages,state,pfn,swap_type,swap_offset,flags,mapping,"
                       "frame_flags,mapcount,node");
  for (guint i = 1; lines[i] != NULL && lines[i][0] != '\0'; i++)
    {
      Row row = { .fields = g_strsplit (lines[i], ",", -1) };

      assert_int_equal (g_strv_length (row.fields), 12);
      row.start = g_ascii_strtoull (row.fields[0], NULL, 0);
      row.end = g_ascii_strtoull (row.fields[1], NULL, 0);
      row.pages = g_ascii_strtoull (row.fields[2], NULL, 10);
      g_array_append_val (rows, row);
    }
  return rows;
}

/* Whether a page of a file is exclusive is up to all who map the file, and the program
 * that exports the table is one of them while it does. */
static uint64_t
get_unsteady (uint64_t entry)
{
  return (entry >> 61) & 1 ? UINT64_C (1) << 56 : 0;
}

/* Says of an entry what the table should say of the page, pfn and all. */
static char *
describe_entry (uint64_t entry,
                gboolean hides)
{
  const uint64_t location = entry & ((UINT64_C (1) << 55) - 1);
  GString *text = g_string_new (NULL);
  gboolean present = (entry >> 63) & 1;
  gboolean guard = !present && ((entry >> 58) & 1);
  gboolean swapped = !present && !guard && ((entry >> 62) & 1);

  if (present && hides)
    g_string_append (text, "present,hidden,,,");
  else if (present)
    g_string_append_printf (text, "present,0x%" PRIx64 ",,,", location);
  else if (guard)
    g_string_append (text, "guard,,,,");
  else if (swapped && hides)
    g_string_append (text, "swapped,,hidden,hidden,");
  else if (swapped)
    g_string_append_printf (text, "swapped,,%u,0x%" PRIx64 ",", (guint) (location & 31),
                            location >> 5);
  else
    g_string_append (text, "absent,,,,");
  if (present || guard || swapped)
    for (guint i = 0; i < 4; i++)
      {
        static const struct { guint bit; const char *name; } flags[] = {
          { 61, "|file" }, { 56, "|exclusive" }, { 55, "|soft-dirty" }, { 57, "|uffd-wp" },
        };

        if (((entry & ~get_unsteady (entry)) >> flags[i].bit) & 1)
          g_string_append (text, flags[i].name);
      }
  return g_string_free (text, FALSE);
}

/* Says of a page in a row what the table says of it, in the same words. */
static char *
describe_page (const Row *row,
               uint64_t   page)
{
  const char *flags = row->fields[7];
  const char *others = g_str_has_prefix (flags, "file|exclusive")
    ? flags + strlen ("file|exclusive") : NULL;
  g_autofree char *pfn = g_strdup (row->fields[4]);
  g_autofree char *offset = g_strdup (row->fields[6]);

  if (g_str_has_prefix (pfn, "0x"))
    {
      uint64_t first = g_ascii_strtoull (pfn, NULL, 0);

      g_free (pfn);
      pfn = g_strdup_printf ("0x%" PRIx64, first + page);
    }
  if (g_str_has_prefix (offset, "0x"))
    {
      uint64_t first = g_ascii_strtoull (offset, NULL, 0);

      g_free (offset);
      offset = g_strdup_printf ("0x%" PRIx64, first + page);
    }
  return g_strdup_printf ("%s,%s,%s,%s,%s%s%s", row->fields[3], pfn, row->fields[5], offset,
                          flags[0] != '\0' ? "|" : "", others != NULL ? "file" : "",
                          others != NULL ? others : flags);
}

/* Whether the row says of the frame of a page what the kernel says now. What is unsteady of
 * the frame of a file may have changed while it was read: then it says nothing. */
static gboolean
is_frame_right (const Row *row,
                uint64_t   entry,
                gboolean   hides)
{
  const uint64_t pfn = entry >> 63 && !hides ? entry & ((UINT64_C (1) << 55) - 1) : 0;
  const gboolean is_file = (entry >> 61) & 1;
  const char *const *said = (const char *const *) row->fields + 9;
  g_autofree char *node = g_strdup_printf ("%d", pfn != 0 ? pgs_raw_find_node (pfn) : -1);
  uint64_t flags;

  if (pfn == 0 || (is_file && said[0][0] == '\0'))
    return said[0][0] == '\0' && said[1][0] == '\0' && said[2][0] == '\0';
  if (!pgs_raw_parse_frame_flags (said[0], &flags) ||
      ((flags ^ pgs_raw_read_frame_flags (pfn)) & ~pgs_raw_get_unsteady_flags ()) != 0 ||
      !g_str_equal (said[2], g_str_equal (node, "-1") ? "" : node))
    return FALSE;
  return said[1][0] != '\0' &&
         (is_file || g_ascii_strtoull (said[1], NULL, 10) == pgs_raw_read_map_count (pfn));
}

/* Returns the first page that is told wrong. */
static char *
check_row (const Row *row,
           int        pagemap,
           gboolean   hides)
{
  uint64_t page_size = (uint64_t) sysconf (_SC_PAGESIZE);

  assert_int_equal (row->end - row->start, row->pages * page_size);
  for (uint64_t page = 0; page < row->pages; page++)
    {
      g_autofree char *expected = NULL;
      g_autofree char *said = describe_page (row, page);
      uint64_t entry = 0;

      /* [vsyscall] is not in pagemap: nothing is read, and it is absent. */
      if (row->start >> 63 == 0)
        assert_int_equal (pread (pagemap, &entry, sizeof entry,
                                 (off_t) ((row->start / page_size + page) * sizeof entry)),
                          sizeof entry);
      expected = describe_entry (entry, hides);
      if (!g_str_equal (said, expected))
        return g_strdup_printf ("page 0x%" PRIx64 " is %s, the table says %s",
                                row->start + page * page_size, expected, said);
      if (!is_frame_right (row, entry, hides))
        return g_strdup_printf ("of the frame of page 0x%" PRIx64 " (%s) the table says %s,%s,%s",
                                row->start + page * page_size, expected, row->fields[9],
                                row->fields[10], row->fields[11]);
    }
  return NULL;
}

/* Rows follow the lines of maps: each mapping is filled from end to end. */
static void
check_maps (const GArray *rows,
            pid_t         pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/maps", pid);
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;
  guint row = 0;

  assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++)
    {
      uint64_t start, end;

      assert_int_equal (sscanf (lines[i], "%" SCNx64 "-%" SCNx64, &start, &end), 2);
      while (start < end)
        {
          assert_true (row < rows->len);
          assert_int_equal (g_array_index (rows, Row, row).start, start);
          start = g_array_index (rows, Row, row).end;
          row++;
        }
      assert_int_equal (start, end);
    }
  assert_int_equal (row, rows->len);
}

/* Exports with up to three more @options. */
static gboolean
export_table (pid_t               pid,
              const char         *path,
              gboolean            as_nobody,
              const char * const *options)
{
  g_autofree char *number = g_strdup_printf ("%d", pid);
  const char *argv[] = { "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                         g_getenv ("PGS_PAGESCAPE"), "--pid", number, "--export", path,
                         options[0], options[1], options[2], NULL };
  g_autoptr(GSubprocess) exporter =
    g_subprocess_newv (as_nobody ? argv : argv + 4, G_SUBPROCESS_FLAGS_STDOUT_SILENCE, NULL);

  return exporter != NULL && g_subprocess_wait_check (exporter, NULL, NULL);
}

/* Exports the table once and compares it with what is read of every page. */
static char *
check_table (pid_t       pid,
             int         pagemap,
             const char *path,
             gboolean    as_nobody,
             guint64    *pages)
{
  static const char * const no_options[3];
  gboolean hides = as_nobody || geteuid () != 0;
  g_autoptr(GArray) rows = NULL;
  char *problem = NULL;

  assert_true (export_table (pid, path, as_nobody, no_options));
  rows = read_rows (path);
  unlink (path);
  check_maps (rows, pid);
  *pages = 0;
  for (guint i = 0; i < rows->len && problem == NULL; i++)
    {
      problem = check_row (&g_array_index (rows, Row, i), pagemap, hides);
      *pages += g_array_index (rows, Row, i).pages;
    }
  return problem;
}

/* Stops the process while it is read twice: what it says must be the same. */
static char *
check_process (pid_t     pid,
               gboolean  as_nobody,
               guint64  *pages)
{
  g_autofree char *folder = g_dir_make_tmp ("pgs-csv-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "x.csv", NULL);
  g_autofree char *pagemap_path = g_strdup_printf ("/proc/%d/pagemap", pid);
  int pagemap = open (pagemap_path, O_RDONLY | O_CLOEXEC);
  char *problem = NULL;

  assert_true (pagemap >= 0);
  if (as_nobody)
    assert_int_equal (chown (folder, 65534, 65534), 0);
  assert_int_equal (kill (pid, SIGSTOP), 0);
  for (guint i = 0; i < TRIES; i++)
    {
      g_free (problem);
      problem = check_table (pid, pagemap, path, as_nobody, pages);
      if (problem == NULL)
        break;
    }
  close (pagemap);
  rmdir (folder);
  return problem;
}

static GSubprocess *
start (const char *const *argv,
       gboolean           as_nobody)
{
  g_autoptr(GPtrArray) words = g_ptr_array_new ();
  g_autofree char *found = g_find_program_in_path (argv[0]);

  if (found == NULL)
    return NULL;
  if (as_nobody)
    {
      g_ptr_array_add (words, (char *) "setpriv");
      g_ptr_array_add (words, (char *) "--reuid=65534");
      g_ptr_array_add (words, (char *) "--regid=65534");
      g_ptr_array_add (words, (char *) "--clear-groups");
    }
  for (guint i = 0; i < 4 && argv[i] != NULL; i++)
    g_ptr_array_add (words, (char *) argv[i]);
  g_ptr_array_add (words, NULL);
  return g_subprocess_newv ((const char *const *) words->pdata,
                            G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                            G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);
}

static guint
check_programs (gboolean as_nobody)
{
  g_autoptr(GPtrArray) running = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *problem = NULL;
  guint checked = 0;

  for (guint i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      GSubprocess *program = start (programs[i], as_nobody);

      if (program == NULL)
        continue;
      g_object_set_data (G_OBJECT (program), "name", (gpointer) programs[i][0]);
      g_ptr_array_add (running, program);
    }
  g_usleep (SETTLE_US);
  for (guint i = 0; i < running->len && problem == NULL; i++)
    {
      const char *pid = g_subprocess_get_identifier (running->pdata[i]);
      guint64 pages;

      if (pid == NULL)
        continue;
      problem = check_process (atoi (pid), as_nobody, &pages);
      print_message ("%s: %" G_GUINT64_FORMAT " pages\n",
                     (const char *) g_object_get_data (running->pdata[i], "name"), pages);
      checked++;
    }
  /* Nothing stays behind stopped, whatever was found. */
  for (guint i = 0; i < running->len; i++)
    {
      g_subprocess_force_exit (running->pdata[i]);
      g_subprocess_wait (running->pdata[i], NULL, NULL);
    }
  if (problem != NULL)
    fail_msg ("%s", problem);
  return checked;
}

static void
test_every_page_of_real_programs (void **state)
{
  assert_true (check_programs (FALSE) >= LEAST_PROGRAMS);
}

static gboolean
nobody_can_run (void)
{
  const char *argv[] = { "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                         g_getenv ("PGS_PAGESCAPE"), "--version", NULL };
  g_autoptr(GSubprocess) program =
    g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                       NULL);

  return program != NULL && g_subprocess_wait_check (program, NULL, NULL);
}

static void
test_as_an_ordinary_user (void **state)
{
  if (geteuid () != 0)
    {
      print_message ("Only root can become another user; the other test is of this one\n");
      skip ();
    }
  if (!nobody_can_run ())
    {
      print_message ("The program lies where other users may not go\n");
      skip ();
    }
  assert_true (check_programs (TRUE) >= LEAST_PROGRAMS);
}

/* Every other page of it is read, and some are written: it has entries for some more
 * than 1 MiB, and hardly any memory. */
#define STRIPED_PAGES 200000
#define WRITTEN_EVERY 100

static void
be_striped (pid_t parent,
            int   ready)
{
  gsize page = (gsize) sysconf (_SC_PAGESIZE);
  char *memory = mmap (NULL, STRIPED_PAGES * page, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () != parent || memory == MAP_FAILED)
    _exit (EXIT_FAILURE);
  madvise (memory, STRIPED_PAGES * page, MADV_NOHUGEPAGE);
  for (gsize i = 0; i < STRIPED_PAGES; i += 2)
    if (i % WRITTEN_EVERY == 0)
      memory[i * page] = 1;
    else
      (void) *(volatile char *) (memory + i * page);
  if (write (ready, &memory, sizeof memory) != sizeof memory)
    _exit (EXIT_FAILURE);
  for (;;)
    pause ();
}

/* Starts such a process. Returns where its pages begin. */
static uint64_t
start_striped (pid_t *pid)
{
  pid_t parent = getpid ();
  char *memory = NULL;
  int ready[2];

  assert_int_equal (pipe (ready), 0);
  *pid = fork ();
  if (*pid == 0)
    be_striped (parent, ready[1]);
  close (ready[1]);
  assert_int_equal (read (ready[0], &memory, sizeof memory), sizeof memory);
  close (ready[0]);
  return (uintptr_t) memory;
}

/* Whether a limit of 1 MiB leaves nothing but numbers of most of the pages. */
static void
assert_has_no_detail (pid_t    pid,
                      uint64_t start)
{
  g_autoptr(PgsSource) source = pgs_take_source (NULL, pid, PGS_PROC_SCAN_AUTO, NULL);
  const PgsSnapshotOptions options = { .max_bytes = 1 << 20 };
  g_autoptr(PgsSnapshot) snapshot = pgs_snapshot_build_with (source, &options, NULL, NULL);
  uint64_t page = pgs_snapshot_get_page_size (snapshot);

  assert_false (pgs_snapshot_knows (snapshot, start, start + STRIPED_PAGES * page));
  assert_in_range (pgs_snapshot_get_totals (snapshot)->present, STRIPED_PAGES / 2, STRIPED_PAGES);
}

/* Takes from each row what is known of frames, as others change that, and the kernel by
 * itself, and leaves whether anything is. */
static char *
forget_frames (const char *text)
{
  GString *kept = g_string_new (NULL);

  for (const char *end; (end = strchr (text, '\n')) != NULL; text = end + 1)
    {
      const char *last = end;

      for (guint n_commas = 0; n_commas < 3; n_commas += *last == ',')
        last--;
      g_string_append_len (kept, text, last - text);
      g_string_append (kept, end - last == 3 ? "\n" : " known\n");
    }
  return g_string_free (kept, FALSE);
}

/* Exports the table twice, and returns whether it is the same. */
static gboolean
exports_the_same (pid_t               pid,
                  const char         *folder,
                  const char * const *options)
{
  static const char * const no_options[3];
  g_autofree char *path = g_build_filename (folder, "x.csv", NULL);
  g_autofree char *text = NULL, *other_text = NULL;
  g_autofree char *kept = NULL, *other_kept = NULL;

  assert_true (export_table (pid, path, FALSE, no_options));
  assert_true (g_file_get_contents (path, &text, NULL, NULL));
  assert_true (export_table (pid, path, FALSE, options));
  assert_true (g_file_get_contents (path, &other_text, NULL, NULL));
  unlink (path);
  assert_true (strlen (text) > STRIPED_PAGES / 2 * strlen ("0x1000,0x2000,1,absent"));
  kept = forget_frames (text);
  other_kept = forget_frames (other_text);
  return g_str_equal (kept, other_kept);
}

/* However little detail is kept, and however pages are found, the table is the same. */
static void
test_limits_make_no_difference (void **state)
{
  static const struct
  {
    const char *options[3];
    gboolean    reads_everything;
  } cases[] = {
    { { "--detail", "1", NULL }, FALSE },
    { { "--no-scan", NULL, NULL }, TRUE },
    { { "--no-scan", "--detail", "1" }, TRUE },
  };
  g_autofree char *folder = g_dir_make_tmp ("pgs-csv-XXXXXX", NULL);
  guint n_different = 0;
  pid_t pid;
  uint64_t start = start_striped (&pid);

  assert_has_no_detail (pid, start);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gboolean same = FALSE;

      if (cases[i].reads_everything && !pgs_take_can_read_everything ())
        {
          print_message ("skipped: %s, for there is too much to read here\n", cases[i].options[0]);
          continue;
        }
      for (guint j = 0; j < TRIES && !same; j++)
        same = exports_the_same (pid, folder, cases[i].options);
      n_different += !same;
    }
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  rmdir (folder);
  assert_int_equal (n_different, 0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_every_page_of_real_programs),
    cmocka_unit_test (test_as_an_ordinary_user),
    cmocka_unit_test (test_limits_make_no_difference),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
