/* test-frame-map-live.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests pgs-frame-map.c on a process with a huge page, scattered pages, and a page that it
 * maps twice, and on its child, against plain reads of their pagemaps.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/pgs-frame-map.h"
#include "core/pgs-ram.h"
#include "pgs-raw-proc.h"
#include "pgs-skip.h"
#include "pgs-take.h"

#define HUGE_BYTES ((gsize) 2 << 20)
#define N_THIN     3000u
#define TRIES      10
#define PFN_MASK   ((UINT64_C (1) << 55) - 1)
#define NO_PFN     0

/* What a process tells of itself. */
typedef struct
{
  pid_t    child;   /* forked from it when all was written */
  uint64_t huge;    /* addresses */
  uint64_t thin;    /* every other page is written */
  uint64_t first;   /* one page at two addresses */
  uint64_t second;
} Areas;

typedef struct
{
  pid_t pid;
  Areas areas;
} Target;

/* The process */

static char *
map_memory (gsize size,
            int   flags,
            int   fd)
{
  char *memory = mmap (NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

  if (memory == MAP_FAILED)
    _exit (EXIT_FAILURE);
  return memory;
}

static void
build_areas (Areas *areas)
{
  gsize page = pgs_raw_page_size ();
  int fd = memfd_create ("twice", MFD_CLOEXEC);
  char *memory = map_memory (2 * HUGE_BYTES, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  char *huge = memory + (HUGE_BYTES - (uintptr_t) memory % HUGE_BYTES) % HUGE_BYTES;
  char *thin = map_memory (2 * N_THIN * page, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  char *first, *second;

  madvise (huge, HUGE_BYTES, MADV_HUGEPAGE);
  memset (huge, 'h', HUGE_BYTES);
  madvise (thin, 2 * N_THIN * page, MADV_NOHUGEPAGE);
  for (guint i = 0; i < N_THIN; i++)
    thin[2 * ((i * 7) % N_THIN) * page] = 't';
  if (fd < 0 || ftruncate (fd, (off_t) page) != 0)
    _exit (EXIT_FAILURE);
  first = map_memory (page, MAP_SHARED, fd);
  second = map_memory (page, MAP_SHARED, fd);
  *first = '1';
  if (*second != '1')
    _exit (EXIT_FAILURE);
  areas->huge = (uintptr_t) huge;
  areas->thin = (uintptr_t) thin;
  areas->first = (uintptr_t) first;
  areas->second = (uintptr_t) second;
}

static void
wait_for_end (pid_t parent)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () != parent)
    _exit (EXIT_FAILURE);
  for (;;)
    pause ();
}

static void
run_target (pid_t parent,
            int   answer)
{
  Areas areas = { 0, };
  pid_t self = getpid ();

  build_areas (&areas);
  areas.child = fork ();
  if (areas.child == 0)
    wait_for_end (self);
  if (areas.child < 0 || write (answer, &areas, sizeof areas) != sizeof areas)
    _exit (EXIT_FAILURE);
  wait_for_end (parent);
}

static Target *
target_new (void)
{
  Target *self = g_new0 (Target, 1);
  pid_t parent = getpid ();
  int pipes[2];

  assert_int_equal (pipe (pipes), 0);
  self->pid = fork ();
  assert_true (self->pid >= 0);
  if (self->pid == 0)
    run_target (parent, pipes[1]);
  close (pipes[1]);
  assert_int_equal (read (pipes[0], &self->areas, sizeof self->areas), sizeof self->areas);
  close (pipes[0]);
  return self;
}

static void
target_free (Target *self)
{
  /* Its child ends with it. */
  kill (self->pid, SIGKILL);
  waitpid (self->pid, NULL, 0);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Target, target_free)

/* Reading plainly */

static uint64_t
get_pfn (uint64_t entry)
{
  return entry >> 63 != 0 ? entry & PFN_MASK : NO_PFN;
}

static void
add_mapping (GHashTable          *users,
             const PgsMaps       *ram,
             pid_t                pid,
             const PgsRawMapping *mapping)
{
  uint64_t page = pgs_raw_page_size ();
  gsize n = (mapping->end - mapping->start) / page;
  g_autofree uint64_t *entries = g_new (uint64_t, n);

  pgs_raw_read_entries (pid, mapping->start, entries, n);
  for (gsize i = 0; i < n; i++)
    {
      uint64_t pfn = get_pfn (entries[i]), address = mapping->start + i * page;
      GArray *addresses = g_hash_table_lookup (users, GSIZE_TO_POINTER (pfn));

      if (pfn == NO_PFN || !pgs_maps_find (ram, pfn * page, NULL))
        continue;
      if (addresses == NULL)
        {
          addresses = g_array_new (FALSE, FALSE, sizeof (uint64_t));
          g_hash_table_insert (users, GSIZE_TO_POINTER (pfn), addresses);
        }
      g_array_append_val (addresses, address);
    }
}

/* Returns: (transfer full): the addresses of the pages in each frame, in order. */
static GHashTable *
read_users (pid_t          pid,
            const PgsMaps *ram)
{
  GHashTable *users = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_array_unref);
  g_autoptr(GArray) mappings = pgs_raw_read_mappings (pid);

  for (guint i = 0; i < mappings->len; i++)
    {
      const PgsRawMapping *mapping = &g_array_index (mappings, PgsRawMapping, i);

      /* What is beyond user space is in no page table of its own. */
      if (mapping->start >> 63 == 0)
        add_mapping (users, ram, pid, mapping);
    }
  return users;
}

/* Comparing */

static gboolean
has_addresses (const PgsFrameMap *map,
               uint64_t           pfn,
               const GArray      *addresses)
{
  uint64_t page = pgs_raw_page_size ();
  g_autoptr(GArray) ranges = pgs_frame_map_find_pages (map, pfn * page, (pfn + 1) * page,
                                                       G_MAXUINT);
  guint n = 0;

  for (guint i = 0; i < ranges->len; i++)
    {
      const PgsRange *range = &g_array_index (ranges, PgsRange, i);

      for (uint64_t address = range->start; address < range->end; address += page, n++)
        if (n >= addresses->len || g_array_index (addresses, uint64_t, n) != address)
          return FALSE;
    }
  return n == addresses->len;
}

static gboolean
is_same (const PgsFrameMap *map,
         GHashTable        *users)
{
  GHashTableIter iter;
  gpointer pfn, addresses;

  if (pgs_frame_map_get_n_frames (map) != g_hash_table_size (users))
    return FALSE;
  g_hash_table_iter_init (&iter, users);
  while (g_hash_table_iter_next (&iter, &pfn, &addresses))
    if (!has_addresses (map, GPOINTER_TO_SIZE (pfn), addresses))
      return FALSE;
  return TRUE;
}

static PgsFrameMap *
make_map (pid_t    pid,
          PgsMaps *ram)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PgsSnapshot) snapshot = pgs_take_snapshot (NULL, pid, PGS_PROC_SCAN_AUTO, &error);
  g_autoptr(PgsSummary) summary = NULL;

  if (snapshot == NULL)
    fail_msg ("%s", error->message);
  summary = pgs_summary_new (snapshot, pgs_color_mode_find ("state"));
  return pgs_frame_map_new (summary, ram, NULL, NULL);
}

/* Returns: (transfer full): the map of a process, which is what its pagemap says, frame by
 * frame. The kernel may move a page between the two readings, so there are some tries. */
static PgsFrameMap *
check_process (pid_t    pid,
               PgsMaps *ram)
{
  for (guint i = 0; i < TRIES; i++)
    {
      g_autoptr(PgsFrameMap) map = make_map (pid, ram);
      g_autoptr(GHashTable) users = read_users (pid, ram);

      assert_in_range (g_hash_table_size (users), N_THIN, 1 << 20);
      if (is_same (map, users))
        return g_steal_pointer (&map);
    }
  fail_msg ("The map of process %d is not what its pagemap says", (int) pid);
  return NULL;
}

static void
check_huge_page (const PgsFrameMap *map,
                 pid_t              pid,
                 uint64_t           address)
{
  uint64_t page = pgs_raw_page_size ();
  uint64_t physical = get_pfn (pgs_raw_read_entry (pid, address)) * page;
  uint64_t last = get_pfn (pgs_raw_read_entry (pid, address + HUGE_BYTES - page)) * page;
  g_autoptr(GArray) ranges = NULL;

  if (physical % HUGE_BYTES != 0 || last != physical + HUGE_BYTES - page)
    {
      print_message ("no huge page was to be had\n");
      return;
    }
  ranges = pgs_frame_map_find_pages (map, physical, physical + HUGE_BYTES, G_MAXUINT);
  assert_int_equal (ranges->len, 1);
  assert_int_equal (g_array_index (ranges, PgsRange, 0).start, address);
  assert_int_equal (g_array_index (ranges, PgsRange, 0).end, address + HUGE_BYTES);
}

static void
check_twice (const PgsFrameMap *map,
             pid_t              pid,
             const Areas       *areas)
{
  uint64_t page = pgs_raw_page_size ();
  uint64_t pfn = get_pfn (pgs_raw_read_entry (pid, areas->first));
  const uint64_t both[] = { MIN (areas->first, areas->second), MAX (areas->first, areas->second) };
  g_autoptr(GArray) addresses = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  uint64_t found;

  /* A child has the page in its table only once it has used it. */
  if (pfn == NO_PFN)
    return;
  g_array_append_vals (addresses, both, 2);
  assert_true (has_addresses (map, pfn, addresses));
  assert_true (pgs_frame_map_find_frame (map, pfn * page, (pfn + 1) * page, pfn * page, &found));
  assert_int_equal (found, pfn * page);
}

static void
test_live (void **state)
{
  g_autoptr(Target) target = NULL;
  g_autoptr(PgsMaps) ram = NULL;
  g_autoptr(PgsFrameMap) map = NULL, of_child = NULL;
  const Areas *areas;
  uint64_t page = pgs_raw_page_size ();

  pgs_skip_unless_root ();
  if (!pgs_take_can_read_everything ())
    pgs_skip_because ("every page of the process would have to be read plainly");
  ram = pgs_ram_read ("/proc", page);
  if (ram == NULL)
    pgs_skip_because ("it is not told where RAM lies");
  target = target_new ();
  areas = &target->areas;
  if (get_pfn (pgs_raw_read_entry (target->pid, areas->thin)) == NO_PFN)
    pgs_skip_because ("the kernel does not tell frames");
  map = check_process (target->pid, ram);
  check_huge_page (map, target->pid, areas->huge);
  assert_int_not_equal (get_pfn (pgs_raw_read_entry (target->pid, areas->first)), NO_PFN);
  check_twice (map, target->pid, areas);
  of_child = check_process (areas->child, ram);
  check_huge_page (of_child, areas->child, areas->huge);
  check_twice (of_child, areas->child, areas);
  /* What neither has written since is in the same frames. */
  for (guint i = 0; i < N_THIN; i++)
    {
      uint64_t pfn = get_pfn (pgs_raw_read_entry (target->pid, areas->thin + 2 * i * page));

      assert_true (pgs_frame_map_has_frame (map, pfn));
      assert_true (pgs_frame_map_has_frame (of_child, pfn));
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_live),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
