/* test-relation.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests pgs-relation.c and pgs-comparison.c on a process and its child, against a plain
 * walk over all of the child's pages.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/pgs-comparison.h"
#include "core/pgs-changes.h"
#include "core/pgs-proc-source.h"
#include "core/pgs-relation.h"
#include "core/pgs-snapshot-builder.h"
#include "pgs-raw-proc.h"
#include "pgs-skip.h"

#define N_PAGES     96
#define MAX_MAPPING ((uint64_t) 1 << 36)

/* Two processes with the same memory, of which the child wrote every third page. */
typedef struct
{
  pid_t    parent;
  pid_t    child;
  uint64_t private;  /* as it was when they parted, for what the child wrote */
  uint64_t shared;
  uint64_t late;     /* only the parent has it */
  int      control;  /* a byte has the child write the page of that number */
  int      answer;
} Pair;

typedef struct
{
  pid_t    child;
  uint64_t private;
  uint64_t shared;
  uint64_t late;
} Report;

static char *
map_pages (int flags)
{
  gsize size = N_PAGES * pgs_raw_page_size ();
  char *pages = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | flags, -1, 0);

  madvise (pages, size, MADV_NOHUGEPAGE);
  return memset (pages, 1, size);
}

static G_NORETURN void
run_child (char *private,
           char *shared,
           int   control,
           int   answer)
{
  uint64_t page_size = pgs_raw_page_size ();
  volatile char sum = 0;
  unsigned char page;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  for (guint i = 0; i < N_PAGES; i++)
    {
      if (i % 3 == 0)
        private[i * page_size] = 2;
      sum = (char) (sum + shared[i * page_size]);
    }
  if (write (answer, "r", 1) != 1)
    _exit (1);
  while (read (control, &page, 1) == 1)
    {
      private[page * page_size] = 3;
      if (write (answer, "w", 1) != 1)
        _exit (1);
    }
  _exit (0);
}

static G_NORETURN void
run_parent (int report,
            int control,
            int answer)
{
  char *private = map_pages (MAP_PRIVATE);
  char *shared = map_pages (MAP_SHARED);
  Report said = { 0, (uintptr_t) private, (uintptr_t) shared, 0 };

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  said.child = fork ();
  if (said.child == 0)
    run_child (private, shared, control, answer);
  said.late = (uintptr_t) map_pages (MAP_PRIVATE);
  if (write (report, &said, sizeof said) != sizeof said)
    _exit (1);
  for (;;)
    pause ();
}

static int
set_up (void **state)
{
  Pair *pair = g_new0 (Pair, 1);
  int report[2], control[2], answer[2];
  Report said;
  char ready;

  if (pipe (report) != 0 || pipe (control) != 0 || pipe (answer) != 0)
    return -1;
  pair->parent = fork ();
  if (pair->parent == 0)
    run_parent (report[1], control[0], answer[1]);
  if (read (report[0], &said, sizeof said) != sizeof said || read (answer[0], &ready, 1) != 1)
    return -1;
  pair->child = said.child;
  pair->private = said.private;
  pair->shared = said.shared;
  pair->late = said.late;
  pair->control = control[1];
  pair->answer = answer[0];
  close (report[0]);
  close (report[1]);
  close (control[0]);
  close (answer[1]);
  *state = pair;
  return 0;
}

static int
tear_down (void **state)
{
  Pair *pair = *state;

  kill (pair->child, SIGKILL);
  kill (pair->parent, SIGKILL);
  waitpid (pair->parent, NULL, 0);
  close (pair->control);
  close (pair->answer);
  g_free (pair);
  return 0;
}

static PgsSnapshot *
read_parent (const Pair *pair)
{
  g_autoptr(PgsProcess) process = pgs_process_open (NULL, pair->parent, NULL);
  g_autoptr(PgsSource) source = pgs_proc_source_new (process, NULL, PGS_PROC_SCAN_AUTO);

  return pgs_snapshot_build (source, NULL, NULL);
}

/* Returns every frame that a process has, looked up page by page. */
static GHashTable *
collect_frames (pid_t pid)
{
  GHashTable *frames = g_hash_table_new (NULL, NULL);
  g_autoptr(GArray) mappings = pgs_raw_read_mappings (pid);
  uint64_t page_size = pgs_raw_page_size ();

  for (guint i = 0; i < mappings->len; i++)
    {
      const PgsRawMapping *mapping = &g_array_index (mappings, PgsRawMapping, i);
      gsize n = (mapping->end - mapping->start) / page_size;
      g_autofree uint64_t *entries = NULL;

      /* What a sanitizer keeps is its own affair. */
      if (mapping->end - mapping->start > MAX_MAPPING)
        continue;
      entries = g_new0 (uint64_t, n);
      if (mapping->start >> 63 == 0)
        pgs_raw_read_entries (pid, mapping->start, entries, n);
      for (gsize j = 0; j < n; j++)
        if (pgs_raw_entry_is_present (entries[j]))
          g_hash_table_add (frames, GSIZE_TO_POINTER (pgs_raw_entry_get_place (entries[j])));
    }
  return frames;
}

static PgsRelation
relate_plainly (const Pair *pair,
                GHashTable *frames,
                uint64_t    address)
{
  uint64_t entry = pgs_raw_read_entry (pair->parent, address);
  g_autoptr(GArray) mappings = pgs_raw_read_mappings (pair->child);
  uint64_t other = pgs_raw_mappings_contain (mappings, address)
    ? pgs_raw_read_entry (pair->child, address) : 0;

  if (g_hash_table_contains (frames, GSIZE_TO_POINTER (pgs_raw_entry_get_place (entry))))
    return PGS_RELATION_SHARED;
  return pgs_raw_entry_is_present (other) ? PGS_RELATION_OWN : PGS_RELATION_ONLY;
}

static guint
check_area (const Pair        *pair,
            const PgsSnapshot *snapshot,
            uint64_t           start,
            PgsRelation        counted)
{
  g_autoptr(GHashTable) frames = collect_frames (pair->child);
  guint n = 0;

  for (guint i = 0; i < N_PAGES; i++)
    {
      uint64_t address = start + i * pgs_raw_page_size ();
      PgsRelation relation = pgs_snapshot_get_frame_word (snapshot, address);

      assert_int_equal (relation, relate_plainly (pair, frames, address));
      n += relation == counted;
    }
  return n;
}

static void
test_fork (void **state)
{
  const Pair *pair = *state;
  g_autoptr(PgsSnapshot) plain = read_parent (pair);
  g_autoptr(PgsComparison) comparison = pgs_comparison_new (pair->child, NULL, NULL, 0);
  g_autoptr(PgsSnapshot) snapshot = NULL;
  g_autoptr(GError) problem = NULL;

  pgs_skip_unless_root ();
  snapshot = pgs_comparison_run (comparison, plain, NULL, NULL, &problem);
  assert_null (problem);
  assert_int_equal (check_area (pair, snapshot, pair->private, PGS_RELATION_OWN), N_PAGES / 3);
  assert_int_equal (check_area (pair, snapshot, pair->shared, PGS_RELATION_SHARED), N_PAGES);
  assert_int_equal (check_area (pair, snapshot, pair->late, PGS_RELATION_ONLY), N_PAGES);
}

/* Has the child write a page. */
static void
write_page (const Pair    *pair,
            unsigned char  page)
{
  char done;

  assert_int_equal (write (pair->control, &page, 1), 1);
  assert_int_equal (read (pair->answer, &done, 1), 1);
}

/* Pages that part are a change, and no others are. */
static void
test_parting (void **state)
{
  const Pair *pair = *state;
  g_autoptr(PgsSnapshot) plain = read_parent (pair);
  g_autoptr(PgsComparison) comparison = pgs_comparison_new (pair->child, NULL, NULL, 0);
  g_autoptr(PgsSnapshot) before = NULL;
  g_autoptr(PgsSnapshot) same = NULL;
  g_autoptr(PgsSnapshot) after = NULL;
  g_autoptr(GArray) changes = NULL;
  uint64_t address = pair->private + 7 * pgs_raw_page_size ();

  pgs_skip_unless_root ();
  before = pgs_comparison_run (comparison, plain, NULL, NULL, NULL);
  same = pgs_comparison_run (comparison, plain, before, NULL, NULL);
  assert_ptr_equal (same, before);
  assert_int_equal (pgs_snapshot_get_frame_word (before, address), PGS_RELATION_SHARED);
  write_page (pair, 7);
  after = pgs_comparison_run (comparison, plain, before, NULL, NULL);
  assert_int_equal (pgs_snapshot_get_frame_word (after, address), PGS_RELATION_OWN);
  changes = pgs_relation_find_changes (NULL, before, after);
  assert_int_equal (changes->len, 1);
  assert_int_equal (g_array_index (changes, PgsChange, 0).start, address);
  assert_int_equal (g_array_index (changes, PgsChange, 0).end, address + pgs_raw_page_size ());
}

/* The last picture of a process that ended is compared, and that is said. */
static void
test_ended (void **state)
{
  const Pair *pair = *state;
  g_autoptr(PgsSnapshot) plain = read_parent (pair);
  g_autoptr(PgsComparison) comparison = pgs_comparison_new (pair->child, NULL, NULL, 0);
  g_autoptr(PgsComparison) late = pgs_comparison_new (pair->child, NULL, NULL, 0);
  g_autoptr(PgsSnapshot) before = NULL;
  g_autoptr(PgsSnapshot) after = NULL;
  g_autoptr(GError) problem = NULL;
  g_autoptr(GError) no_picture = NULL;

  pgs_skip_unless_root ();
  before = pgs_comparison_run (comparison, plain, NULL, NULL, NULL);
  kill (pair->child, SIGKILL);
  while (kill (pair->child, 0) == 0 && problem == NULL)
    {
      g_clear_pointer (&after, pgs_snapshot_unref);
      after = pgs_comparison_run (comparison, plain, before, NULL, &problem);
    }
  assert_non_null (problem);
  assert_ptr_equal (after, before);
  assert_null (pgs_comparison_run (late, plain, NULL, NULL, &no_picture));
  assert_non_null (no_picture);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (test_fork, set_up, tear_down),
    cmocka_unit_test_setup_teardown (test_parting, set_up, tear_down),
    cmocka_unit_test_setup_teardown (test_ended, set_up, tear_down),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
