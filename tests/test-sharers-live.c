/* test-sharers-live.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who else maps a page, on live processes: two children of the test that share memory
 * with it and each other, against plain reads of all their pages.
 */

#include "config.h"

#include "core/pgs-sharers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/pgs-proc-source.h"
#include "core/pgs-sharers-words.h"
#include "pgs-raw-proc.h"
#include "pgs-skip.h"
#include "pgs-target.h"

#define N_PAGES       8
/* Which pages of the private memory the second child does something with. */
#define KEPT          0
#define WRITTEN       1
#define MOVED         2
/* Which page of the file it maps from, and which it writes to in a private mapping. */
#define FILE_SKIPPED  2
#define FILE_WRITTEN  5
/* Larger mappings are none of these processes' own. */
#define MAX_COMPARED  ((uint64_t) 256 << 20)

/* Where a child has what, told in memory that is shared with the test. */
typedef struct
{
  char *file;        /* FIRST: all of it; SECOND: from FILE_SKIPPED on */
  char *copy;        /* SECOND: a private mapping of all of it */
  char *shared[2];   /* FIRST: shared memory, twice */
  char *moved;       /* SECOND: where the moved page is */
  int   is_ready;
} Places;

enum { FIRST, SECOND, N_CHILDREN };

typedef struct
{
  uint64_t  page_size;
  char     *private;           /* written before the children were made */
  Places   *places;
  pid_t     pids[N_CHILDREN];
} Family;

static void
read_pages (const char *pages,
            gsize       size)
{
  for (gsize i = 0; i < size; i += (gsize) sysconf (_SC_PAGESIZE))
    (void) *(const volatile char *) (pages + i);
}

static char *
map_file (int    fd,
          gsize  page_size,
          guint  first,
          guint  n,
          int    flags)
{
  char *pages = mmap (NULL, n * page_size, PROT_READ | PROT_WRITE, flags, fd,
                      (off_t) (first * page_size));

  if (pages == MAP_FAILED)
    _exit (EXIT_FAILURE);
  read_pages (pages, n * page_size);
  return pages;
}

static void
make_first (const Family *family,
            Places       *places,
            int           file,
            int           memory)
{
  places->file = map_file (file, family->page_size, 0, N_PAGES, MAP_SHARED);
  for (guint i = 0; i < G_N_ELEMENTS (places->shared); i++)
    places->shared[i] = map_file (memory, family->page_size, 0, N_PAGES, MAP_SHARED);
  memset (places->shared[0], 1, N_PAGES * family->page_size);
  read_pages (places->shared[1], N_PAGES * family->page_size);
}

static void
make_second (const Family *family,
             Places       *places,
             int           file)
{
  gsize size = family->page_size;

  places->file = map_file (file, size, FILE_SKIPPED, N_PAGES - FILE_SKIPPED, MAP_SHARED);
  places->copy = map_file (file, size, 0, N_PAGES, MAP_PRIVATE);
  places->copy[FILE_WRITTEN * size] = 2;
  family->private[WRITTEN * size] = 2;
  places->moved = mmap (NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  places->moved = mremap (family->private + MOVED * size, size, size,
                          MREMAP_MAYMOVE | MREMAP_FIXED, places->moved);
  if (places->moved == MAP_FAILED)
    _exit (EXIT_FAILURE);
}

static void
run_child (const Family *family,
           guint         which,
           int           file,
           int           memory)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (geteuid () == 0)
    {
      if (setgroups (0, NULL) != 0 ||
          setresgid (PGS_TARGET_NOBODY, PGS_TARGET_NOBODY, PGS_TARGET_NOBODY) != 0 ||
          setresuid (PGS_TARGET_NOBODY, PGS_TARGET_NOBODY, PGS_TARGET_NOBODY) != 0)
        _exit (EXIT_FAILURE);
      prctl (PR_SET_DUMPABLE, 1);
      prctl (PR_SET_PDEATHSIG, SIGKILL);
    }
  if (which == FIRST)
    make_first (family, &family->places[which], file, memory);
  else
    make_second (family, &family->places[which], file);
  __atomic_store_n (&family->places[which].is_ready, TRUE, __ATOMIC_RELEASE);
  for (;;)
    pause ();
}

static int
make_file (gsize size)
{
  char path[] = "/tmp/pagescape-sharers-XXXXXX";
  g_autofree char *bytes = g_strnfill (size, 'f');
  int fd = mkstemp (path);

  assert_true (fd >= 0);
  unlink (path);
  assert_int_equal (write (fd, bytes, size), size);
  fsync (fd);
  return fd;
}

static void
family_start (Family *family)
{
  gsize size;
  int file, memory;

  family->page_size = pgs_raw_page_size ();
  size = N_PAGES * family->page_size;
  family->places = mmap (NULL, family->page_size, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  family->private = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  assert_true (family->places != MAP_FAILED && family->private != MAP_FAILED);
  madvise (family->private, size, MADV_NOHUGEPAGE);
  memset (family->private, 1, size);
  file = make_file (size);
  memory = memfd_create ("pagescape-sharers", MFD_CLOEXEC);
  assert_int_equal (ftruncate (memory, (off_t) size), 0);
  for (guint i = 0; i < N_CHILDREN; i++)
    {
      family->pids[i] = fork ();
      if (family->pids[i] == 0)
        run_child (family, i, file, memory);
      while (!__atomic_load_n (&family->places[i].is_ready, __ATOMIC_ACQUIRE))
        {
          assert_int_equal (waitpid (family->pids[i], NULL, WNOHANG), 0);
          g_usleep (1000);
        }
    }
  close (file);
  close (memory);
}

static void
family_end (Family *family)
{
  for (guint i = 0; i < N_CHILDREN; i++)
    {
      kill (family->pids[i], SIGKILL);
      waitpid (family->pids[i], NULL, 0);
    }
  munmap (family->private, N_PAGES * family->page_size);
  munmap (family->places, family->page_size);
}

/* Searching */

static PgsSharers *
find (pid_t       pid,
      const char *page)
{
  g_autoptr(PgsProcess) process = pgs_process_open (NULL, pid, NULL);
  g_autoptr(PgsSource) source = NULL;
  g_autoptr(GBytes) text = NULL;
  g_autoptr(PgsMaps) maps = NULL;
  PgsSharersQuery query = { .pid = pid, .page = (uintptr_t) page };
  guint index;

  if (process == NULL)
    return NULL;
  source = pgs_proc_source_new (process, NULL, PGS_PROC_SCAN_AUTO);
  text = pgs_source_read_maps (source, NULL, NULL);
  maps = text != NULL ? pgs_maps_read (text, pgs_raw_page_size (), NULL, NULL) : NULL;
  if (maps == NULL || !pgs_maps_find (maps, query.page, &index) ||
      pgs_source_read_entries (source, query.page, &query.entry, 1, NULL) != 1)
    return NULL;
  query.source = source;
  query.mapping = pgs_maps_get_mapping (maps, index);
  return pgs_sharers_find (&query, NULL, NULL);
}

static gboolean
has_found (const PgsSharers *sharers,
           pid_t             pid,
           uint64_t          address)
{
  for (guint i = 0; i < sharers->found->len; i++)
    {
      const PgsSharer *sharer = sharers->found->pdata[i];

      if (sharer->pid == pid && sharer->address == address)
        return TRUE;
    }
  return FALSE;
}

static guint
count_found (const PgsSharers *sharers,
             pid_t             pid)
{
  guint n = 0;

  for (guint i = 0; i < sharers->found->len; i++)
    n += ((const PgsSharer *) sharers->found->pdata[i])->pid == pid;
  return n;
}

/* Reads every page of a process, and expects those in the frame @pfn, and no others, to
 * have been found, but for the page at @itself. Returns how many there are. */
static guint
compare_process (const PgsSharers *sharers,
                 pid_t             pid,
                 uint64_t          pfn,
                 uint64_t          itself)
{
  g_autoptr(GArray) mappings = pgs_raw_read_mappings (pid);
  uint64_t page_size = pgs_raw_page_size ();
  guint n = 0;

  for (guint i = 0; i < mappings->len; i++)
    {
      const PgsRawMapping *mapping = &g_array_index (mappings, PgsRawMapping, i);
      gsize n_pages = (gsize) ((mapping->end - mapping->start) / page_size);
      g_autofree uint64_t *entries = NULL;

      if (mapping->start >= (uint64_t) 1 << 63 || mapping->end - mapping->start > MAX_COMPARED)
        continue;
      entries = g_new (uint64_t, n_pages);
      pgs_raw_read_entries (pid, mapping->start, entries, n_pages);
      for (gsize j = 0; j < n_pages; j++)
        if (pgs_raw_entry_is_present (entries[j]) && pgs_raw_entry_get_place (entries[j]) == pfn &&
            mapping->start + j * page_size != itself)
          {
            assert_true (has_found (sharers, pid, mapping->start + j * page_size));
            n++;
          }
    }
  assert_int_equal (count_found (sharers, pid), n);
  return n;
}

/* Expects what was found for a page of a child to be what is there. Returns how many
 * sharers the page has in the family. */
static guint
check_page (const Family *family,
            guint         which,
            const char   *page)
{
  pid_t pid = family->pids[which];
  g_autoptr(PgsSharers) sharers = find (pid, page);
  uint64_t pfn = pgs_raw_entry_get_place (pgs_raw_read_entry (pid, (uintptr_t) page));
  guint n = 0;

  assert_non_null (sharers);
  assert_false (sharers->has_changed);
  assert_int_equal (sharers->limits, 0);
  assert_true (pfn != 0);
  for (guint i = 0; i < sharers->found->len; i++)
    assert_int_equal (((const PgsSharer *) sharers->found->pdata[i])->kind,
                      PGS_SHARER_SAME_FRAME);
  for (guint i = 0; i < N_CHILDREN; i++)
    n += compare_process (sharers, family->pids[i], pfn, i == which ? (uintptr_t) page : 0);
  return n + compare_process (sharers, getpid (), pfn, 0);
}

static void
test_fork (void **state)
{
  Family family;
  gsize size;

  pgs_skip_unless_root ();
  family_start (&family);
  size = family.page_size;
  assert_int_equal (check_page (&family, FIRST, family.private + KEPT * size), 2);
  assert_int_equal (check_page (&family, SECOND, family.private + KEPT * size), 2);
  assert_int_equal (check_page (&family, FIRST, family.private + WRITTEN * size), 1);
  assert_int_equal (check_page (&family, SECOND, family.private + WRITTEN * size), 0);
  assert_int_equal (check_page (&family, FIRST, family.private + MOVED * size), 2);
  assert_int_equal (check_page (&family, SECOND, family.places[SECOND].moved), 2);
  family_end (&family);
}

static void
test_file (void **state)
{
  g_autoptr(PgsSharers) sharers = NULL;
  const Places *second;
  Family family;
  gsize size;

  pgs_skip_unless_root ();
  family_start (&family);
  size = family.page_size;
  second = &family.places[SECOND];
  assert_int_equal (check_page (&family, FIRST, family.places[FIRST].file), 1);
  assert_int_equal (check_page (&family, FIRST, family.places[FIRST].file + 3 * size), 2);
  assert_int_equal (check_page (&family, SECOND, second->file + size), 2);
  assert_int_equal (check_page (&family, FIRST, family.places[FIRST].file + FILE_WRITTEN * size),
                    1);
  assert_int_equal (check_page (&family, SECOND, second->copy + FILE_WRITTEN * size), 0);
  sharers = find (family.pids[FIRST], family.places[FIRST].file + FILE_WRITTEN * size);
  assert_non_null (sharers);
  assert_int_equal (sharers->n_copies, 1);
  assert_true (has_found (sharers, family.pids[SECOND],
                          (uintptr_t) (second->file + (FILE_WRITTEN - FILE_SKIPPED) * size)));
  family_end (&family);
}

static void
test_shared_memory (void **state)
{
  g_autoptr(PgsSharers) sharers = NULL;
  const Places *first;
  Family family;
  gsize offset;

  pgs_skip_unless_root ();
  family_start (&family);
  first = &family.places[FIRST];
  offset = 4 * family.page_size;
  assert_int_equal (check_page (&family, FIRST, first->shared[0] + offset), 1);
  sharers = find (family.pids[FIRST], first->shared[1] + offset);
  assert_non_null (sharers);
  assert_int_equal (sharers->found->len, 1);
  assert_true (has_found (sharers, family.pids[FIRST], (uintptr_t) first->shared[0] + offset));
  family_end (&family);
}

/* What an ordinary user finds of processes of its own, whose frames are hidden. */
static char *
check_as_nobody (gpointer user_data)
{
  const Family *family = user_data;
  const Places *first = &family->places[FIRST];
  uint64_t address = (uintptr_t) (family->places[SECOND].file +
                                  (FILE_WRITTEN - FILE_SKIPPED) * family->page_size);
  g_autoptr(PgsSharers) file = find (family->pids[FIRST],
                                     first->file + FILE_WRITTEN * family->page_size);
  g_autoptr(PgsSharers) private = find (family->pids[FIRST], family->private);

  if (file == NULL || private == NULL)
    return g_strdup ("A process of the same user could not be searched for");
  if (file->found->len != 1 || !has_found (file, family->pids[SECOND], address))
    return g_strdup_printf ("%u addresses were found, not 1", file->found->len);
  if (((const PgsSharer *) file->found->pdata[0])->kind != PGS_SHARER_SAME_PAGE)
    return g_strdup ("More is told than can be known");
  if (file->n_copies != 1 || file->n_denied == 0)
    return g_strdup_printf ("%u copies, %u denied", file->n_copies, file->n_denied);
  return private->method == PGS_SHARERS_HIDDEN ? NULL : g_strdup ("A hidden frame was compared");
}

static void
test_hidden (void **state)
{
  g_autofree char *problem = NULL;
  Family family;

  pgs_skip_unless_root ();
  family_start (&family);
  problem = pgs_target_run_as_nobody (check_as_nobody, &family);
  family_end (&family);
  if (problem != NULL)
    fail_msg ("%s", problem);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_fork),
    cmocka_unit_test (test_file),
    cmocka_unit_test (test_shared_memory),
    cmocka_unit_test (test_hidden),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
