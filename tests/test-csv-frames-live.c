/* test-csv-frames-live.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the exported table says of frames that stay as they are, for they are locked into
 * memory: all flags, and all counts, against kpageflags and kpagecount.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <gio/gio.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pgs-raw-frames.h"
#include "pgs-raw-proc.h"
#include "pgs-skip.h"

/* In each half of the pages the last one is absent. */
#define HALF_PAGES 40
#define N_PAGES    (2 * HALF_PAGES)
#define N_MAPPERS  3
/* The kernel moves frames to their list some time after they were locked. */
#define TRIES      20
#define PAUSE_US   50000

typedef struct
{
  pid_t    pids[N_MAPPERS];
  uint64_t start;
  uint64_t page_size;
} Target;

/* Maps memory, private and shared, of which the shared half is mapped by all who come from
 * this process, and the private one, until somebody writes. */
static char *
map_memory (gsize page_size)
{
  char *memory = mmap (NULL, N_PAGES * page_size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (memory == MAP_FAILED ||
      mmap (memory + HALF_PAGES * page_size, HALF_PAGES * page_size, PROT_READ | PROT_WRITE,
            MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
    return NULL;
  madvise (memory, N_PAGES * page_size, MADV_NOHUGEPAGE);
  for (gsize i = 0; i < N_PAGES; i++)
    if (i % HALF_PAGES < HALF_PAGES - 1)
      memory[i * page_size] = (char) (i + 1);
  for (gsize i = 0; i < 2; i++)
    if (mlock (memory + i * HALF_PAGES * page_size, (HALF_PAGES - 1) * page_size) != 0)
      return NULL;
  return memory;
}

static void
be_mapper (pid_t  parent,
           int    ready,
           gsize  page_size,
           char  *memory,
           guint  index)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () != parent)
    _exit (EXIT_FAILURE);
  /* Writing, as reading a page may map those around it, too: the second process has all of the
   * shared half, the third every other page of it, and each some pages of the other half. */
  for (gsize i = HALF_PAGES; index > 0 && i < N_PAGES - 1; i += index)
    memory[i * page_size]++;
  for (gsize i = index * 4; i < index * 4 + 4; i++)
    memory[i * page_size]++;
  if (write (ready, "x", 1) != 1)
    _exit (EXIT_FAILURE);
  for (;;)
    pause ();
}

static void
start_target (Target *target)
{
  pid_t parent = getpid ();
  char *memory;
  char answer;
  int ready[2];

  target->page_size = pgs_raw_page_size ();
  memory = map_memory (target->page_size);
  assert_non_null (memory);
  target->start = (uintptr_t) memory;
  assert_int_equal (pipe (ready), 0);
  for (guint i = 0; i < N_MAPPERS; i++)
    {
      target->pids[i] = fork ();
      if (target->pids[i] == 0)
        be_mapper (parent, ready[1], target->page_size, memory, i);
      assert_true (target->pids[i] > 0);
      assert_int_equal (read (ready[0], &answer, 1), 1);
    }
  close (ready[0]);
  close (ready[1]);
}

static void
end_target (Target *target)
{
  for (guint i = 0; i < N_MAPPERS; i++)
    {
      kill (target->pids[i], SIGKILL);
      waitpid (target->pids[i], NULL, 0);
    }
  munmap ((void *) (uintptr_t) target->start, N_PAGES * target->page_size);
}

/* Returns the fields of each page, an element a page. */
static GPtrArray *
export_pages (const Target *target,
              pid_t         pid)
{
  GPtrArray *pages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autofree char *folder = g_dir_make_tmp ("pgs-csv-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "x.csv", NULL);
  g_autofree char *number = g_strdup_printf ("%d", pid);
  g_autofree char *range =
    g_strdup_printf ("%" PRIx64 "-%" PRIx64, target->start,
                     target->start + N_PAGES * target->page_size);
  g_autoptr(GSubprocess) exporter =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, NULL, g_getenv ("PGS_PAGESCAPE"),
                      "--pid", number, "--range", range, "--export", path, NULL);
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;

  assert_true (g_subprocess_wait_check (exporter, NULL, NULL));
  assert_true (g_file_get_contents (path, &text, NULL, NULL));
  unlink (path);
  rmdir (folder);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 1; lines[i][0] != '\0'; i++)
    {
      g_auto(GStrv) fields = g_strsplit (lines[i], ",", -1);

      for (uint64_t n = g_ascii_strtoull (fields[2], NULL, 10); n > 0; n--)
        g_ptr_array_add (pages, g_strdupv (fields));
    }
  assert_int_equal (pages->len, N_PAGES);
  return pages;
}

/* Returns what the last three fields of a page should say. */
static gboolean
is_right (char     **fields,
          uint64_t   entry,
          uint64_t  *count)
{
  uint64_t pfn = pgs_raw_entry_get_place (entry);
  uint64_t flags;

  *count = 0;
  if (!pgs_raw_entry_is_present (entry))
    return fields[9][0] == '\0' && fields[10][0] == '\0' && fields[11][0] == '\0';
  *count = pgs_raw_read_map_count (pfn);
  return pgs_raw_parse_frame_flags (fields[9], &flags) &&
         flags == pgs_raw_read_frame_flags (pfn) &&
         fields[10][0] != '\0' && g_ascii_strtoull (fields[10], NULL, 10) == *count &&
         fields[11][0] != '\0' && atoi (fields[11]) == pgs_raw_find_node (pfn);
}

/* Exports the pages once. Returns how many are told wrong; counts those mapped once, twice
 * and so on. */
static guint
check_pages (const Target *target,
             pid_t         pid,
             guint         n_mapped[N_MAPPERS + 2])
{
  g_autoptr(GPtrArray) pages = export_pages (target, pid);
  guint n_wrong = 0;

  memset (n_mapped, 0, (N_MAPPERS + 2) * sizeof *n_mapped);
  for (guint i = 0; i < N_PAGES; i++)
    {
      uint64_t entry = pgs_raw_read_entry (pid, target->start + i * target->page_size);
      uint64_t count;

      n_wrong += !is_right (pages->pdata[i], entry, &count);
      assert_in_range (count, 0, N_MAPPERS + 1);
      n_mapped[count]++;
      if (pgs_raw_entry_is_present (entry) && i < HALF_PAGES && pid == getpid ())
        assert_non_null (strstr (((char **) pages->pdata[i])[9], "ANON|"));
    }
  return n_wrong;
}

static void
test_locked_pages (void **state)
{
  Target target;
  guint n_mapped[N_MAPPERS + 2];
  guint n_wrong = 1;

  pgs_skip_unless_root ();
  start_target (&target);
  for (guint i = 0; i < TRIES && n_wrong > 0; i++)
    {
      if (i > 0)
        g_usleep (PAUSE_US);
      n_wrong = check_pages (&target, getpid (), n_mapped);
    }
  assert_int_equal (n_wrong, 0);
  /* Whoever wrote has pages of its own; the shared ones are mapped by some or by all. */
  assert_int_equal (n_mapped[0], 2);
  assert_true (n_mapped[2] > 0 && n_mapped[3] > 0 && n_mapped[N_MAPPERS + 1] > 0);
  n_wrong = 1;
  for (guint i = 0; i < TRIES && n_wrong > 0; i++)
    n_wrong = check_pages (&target, target.pids[1], n_mapped);
  assert_int_equal (n_wrong, 0);
  assert_in_range (n_mapped[1], 4, 4);
  end_target (&target);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_locked_pages),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
