/* test-snapshot-builder.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests whole snapshots: every page of recorded and of live processes against a
 * direct read of pagemap, as root and as a user without rights, and what
 * happens when the process changes in the middle of it.
 */

#include "config.h"

#include "core/pgs-snapshot-builder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/pgs-proc-source.h"
#include "pgs-fixture.h"
#include "pgs-swap-file.h"
#include "pgs-target.h"

#define CHUNK       ((gsize) 32 * 1024)
/* A page may be moved between the two readings, by the kernel or by chance. */
#define TRIES       5
#define USER_END    (UINT64_C (1) << 63)
/* Under AddressSanitizer a process has some 20 TiB of address space, which takes
 * minutes to read page by page: there it is scanned only. */
#define MAX_MAPPING (UINT64_C (16) << 30)
#if defined(__SANITIZE_ADDRESS__)
#define HAS_SHADOW  1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_SHADOW  1
#endif
#endif
#ifndef HAS_SHADOW
#define HAS_SHADOW  0
#endif

/* A source that does something in the middle of a reading: PgsProcSource behind
 * a hook, called when mappings have been read and each time pages are read. It
 * may also tell a few pages at a time, however many are asked for. */
#define TEST_TYPE_SOURCE (test_source_get_type ())
G_DECLARE_FINAL_TYPE (TestSource, test_source, TEST, SOURCE, GObject)

typedef void (*Hook) (guint    n_maps,
                      guint    n_reads,
                      gpointer user_data);

struct _TestSource
{
  GObject    parent_instance;
  PgsSource *source;
  Hook       hook;
  gpointer   user_data;
  gsize      max_entries;
  guint      n_maps;
  guint      n_reads;
};

static void test_source_iface_init (PgsSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TestSource, test_source, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PGS_TYPE_SOURCE, test_source_iface_init))

static uint64_t
test_source_get_page_size (PgsSource *source)
{
  return pgs_source_get_page_size (TEST_SOURCE (source)->source);
}

static uint64_t
test_source_get_ram_end (PgsSource *source)
{
  return pgs_source_get_ram_end (TEST_SOURCE (source)->source);
}

static GBytes *
test_source_read_maps (PgsSource     *source,
                       GCancellable  *cancellable,
                       GError       **error)
{
  TestSource *self = TEST_SOURCE (source);
  GBytes *maps = pgs_source_read_maps (self->source, cancellable, error);

  self->n_reads = 0;
  self->n_maps++;
  if (self->hook != NULL)
    self->hook (self->n_maps, 0, self->user_data);
  return maps;
}

static gboolean
test_source_scan (PgsSource  *source,
                  uint64_t    start,
                  uint64_t    end,
                  GArray     *ranges,
                  uint64_t   *walk_end,
                  GError    **error)
{
  return pgs_source_scan (TEST_SOURCE (source)->source, start, end, ranges, walk_end, error);
}

static gssize
test_source_read_entries (PgsSource  *source,
                          uint64_t    address,
                          uint64_t   *entries,
                          gsize       n_entries,
                          GError    **error)
{
  TestSource *self = TEST_SOURCE (source);

  self->n_reads++;
  if (self->hook != NULL)
    self->hook (self->n_maps, self->n_reads, self->user_data);
  return pgs_source_read_entries (self->source, address, entries,
                                  MIN (n_entries, self->max_entries), error);
}

static gboolean
test_source_check (PgsSource  *source,
                   GError    **error)
{
  return pgs_source_check (TEST_SOURCE (source)->source, error);
}

static void
test_source_iface_init (PgsSourceInterface *iface)
{
  iface->get_page_size = test_source_get_page_size;
  iface->get_ram_end = test_source_get_ram_end;
  iface->read_maps = test_source_read_maps;
  iface->scan = test_source_scan;
  iface->read_entries = test_source_read_entries;
  iface->check = test_source_check;
}

static void
test_source_finalize (GObject *object)
{
  g_object_unref (TEST_SOURCE (object)->source);
  G_OBJECT_CLASS (test_source_parent_class)->finalize (object);
}

static void
test_source_class_init (TestSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_source_finalize;
}

static void
test_source_init (TestSource *self)
{
  self->max_entries = G_MAXSIZE;
}

static uint64_t
get_page_size (void)
{
  return (uint64_t) sysconf (_SC_PAGESIZE);
}

/* Returns %NULL with @error set where the process cannot be opened. */
static PgsSource *
open_source (const char   *proc_root,
             pid_t         pid,
             PgsProcScan   scan,
             GError      **error)
{
  g_autoptr(PgsProcess) process = pgs_process_open (proc_root, pid, error);

  return process != NULL ? pgs_proc_source_new (process, proc_root, scan) : NULL;
}

static PgsSource *
open_hooked (const char  *proc_root,
             pid_t        pid,
             PgsProcScan  scan,
             Hook         hook,
             gpointer     user_data)
{
  TestSource *self = g_object_new (TEST_TYPE_SOURCE, NULL);

  self->source = open_source (proc_root, pid, scan, NULL);
  assert_non_null (self->source);
  self->hook = hook;
  self->user_data = user_data;
  return PGS_SOURCE (self);
}

static PgsSnapshot *
take_snapshot (const char   *proc_root,
               pid_t         pid,
               PgsProcScan   scan,
               GError      **error)
{
  g_autoptr(PgsSource) source = open_source (proc_root, pid, scan, error);

  return source != NULL ? pgs_snapshot_build (source, NULL, error) : NULL;
}

/* What a snapshot keeps of an entry that is read. */
static uint64_t
get_kept (uint64_t entry)
{
  return pgs_pagemap_entry_get_state (entry) != PGS_PAGE_ABSENT ? entry : 0;
}

static void
count (PgsTotals *totals,
       uint64_t   entry)
{
  PgsPageState state = pgs_pagemap_entry_get_state (entry);

  totals->present += state == PGS_PAGE_PRESENT;
  totals->swapped += state == PGS_PAGE_SWAPPED;
  totals->guard += state == PGS_PAGE_GUARD;
  totals->hidden += pgs_pagemap_entry_is_hidden (entry);
}

/* Compares the pages of one mapping and counts them by what is read. */
static char *
compare_mapping (const PgsSnapshot *snapshot,
                 const PgsMapping  *mapping,
                 int                pagemap,
                 PgsTotals         *totals)
{
  g_autofree uint64_t *entries = g_new (uint64_t, CHUNK);
  uint64_t page_size = get_page_size ();
  uint64_t address = mapping->start;

  totals->mapped = pgs_mapping_get_size (mapping) / page_size;
  while (address < mapping->end)
    {
      gsize n = (gsize) MIN (CHUNK, (mapping->end - address) / page_size);
      gssize size = pread (pagemap, entries, n * sizeof entries[0],
                           (off_t) (address / page_size * sizeof entries[0]));

      if (size != (gssize) (n * sizeof entries[0]))
        return g_strdup_printf ("pagemap ends at %" G_GINT64_MODIFIER "x", address);
      for (gsize i = 0; i < n; i++, address += page_size)
        {
          uint64_t ours = pgs_snapshot_get_entry (snapshot, address) & ~PGS_PAGEMAP_MARKS;

          if (ours != get_kept (entries[i]))
            return g_strdup_printf ("%" G_GINT64_MODIFIER "x in “%s” is %" G_GINT64_MODIFIER
                                    "x, but pagemap says %" G_GINT64_MODIFIER "x",
                                    address, mapping->name, ours, entries[i]);
          count (totals, entries[i]);
        }
    }
  return NULL;
}

static gboolean
totals_equal (const PgsTotals *left,
              const PgsTotals *right)
{
  return left->mapped == right->mapped && left->present == right->present &&
         left->swapped == right->swapped && left->guard == right->guard &&
         left->hidden == right->hidden;
}

static void
add_totals (PgsTotals       *sum,
            const PgsTotals *totals)
{
  sum->mapped += totals->mapped;
  sum->present += totals->present;
  sum->swapped += totals->swapped;
  sum->guard += totals->guard;
  sum->hidden += totals->hidden;
}

/* Compares every page, and the totals with what was counted on the way. */
static char *
compare_pages (const PgsSnapshot *snapshot,
               int                pagemap)
{
  const PgsMaps *maps = pgs_snapshot_get_maps (snapshot);
  PgsTotals sum = { 0, };
  gboolean is_whole = TRUE;

  for (guint i = 0; i < pgs_maps_get_n_mappings (maps); i++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (maps, i);
      PgsTotals totals = { 0, };
      char *problem = NULL;

      if (mapping->start >= USER_END)
        totals.mapped = pgs_mapping_get_size (mapping) / get_page_size ();
      else if (pgs_mapping_get_size (mapping) <= MAX_MAPPING)
        problem = compare_mapping (snapshot, mapping, pagemap, &totals);
      else
        is_whole = FALSE;
      if (problem != NULL)
        return problem;
      if (is_whole && !totals_equal (&totals, pgs_snapshot_get_mapping_totals (snapshot, i)))
        return g_strdup_printf ("The totals of mapping %u, “%s”, are others", i, mapping->name);
      add_totals (&sum, &totals);
    }
  if (is_whole && !totals_equal (&sum, pgs_snapshot_get_totals (snapshot)))
    return g_strdup ("The totals are others");
  return NULL;
}

static char *
compare_snapshot (const PgsSnapshot *snapshot,
                  const char        *proc_root,
                  pid_t              pid)
{
  g_autofree char *path = g_strdup_printf ("%s/%d/pagemap", proc_root, (int) pid);
  char *problem;
  int fd;

  if (pgs_snapshot_get_pages_error (snapshot) != NULL)
    return g_strdup (pgs_snapshot_get_pages_error (snapshot)->message);
  if (pgs_snapshot_get_totals (snapshot)->present == 0)
    return g_strdup ("No page is present");
  fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  problem = compare_pages (snapshot, fd);
  close (fd);
  return problem;
}

static char *
compare_once (const char  *proc_root,
              pid_t        pid,
              PgsProcScan  scan)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PgsSnapshot) snapshot = take_snapshot (proc_root, pid, scan, &error);

  return snapshot != NULL ? compare_snapshot (snapshot, proc_root, pid)
                          : g_strdup (error->message);
}

/* Takes a snapshot and compares it with pagemap; once more where that differs,
 * for the pages of a live process may move. */
static char *
compare (const char  *proc_root,
         pid_t        pid,
         PgsProcScan  scan)
{
  char *problem = NULL;

  for (guint i = 0; i < TRIES; i++)
    {
      g_free (problem);
      problem = compare_once (proc_root, pid, scan);
      if (problem == NULL)
        break;
    }
  return problem;
}

/* Says aloud when not. */
static gboolean
can_read_everything (void)
{
  if (HAS_SHADOW)
    print_message ("skipped: reading without PAGEMAP_SCAN, for AddressSanitizer has "
                   "too much address space\n");
  return !HAS_SHADOW;
}

static gboolean
is_recorded_page_size (void)
{
  if (get_page_size () == 4096)
    return TRUE;
  print_message ("skipped: the recorded processes have pages of another size\n");
  return FALSE;
}

static void
test_recorded (void **state)
{
  static const char *const names[] = { "prober", "many-mappings", "32-bit", "odd-names" };

  if (!is_recorded_page_size ())
    skip ();
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr(PgsFixture) fixture = pgs_fixture_new (names[i]);
      g_autofree char *problem = compare_once (fixture->root, fixture->pid, PGS_PROC_SCAN_AUTO);

      if (problem != NULL)
        fail_msg ("%s: %s", names[i], problem);
    }
}

/* A source may tell fewer pages than it was asked for. */
static void
test_few_at_a_time (void **state)
{
  g_autoptr(PgsTarget) target = pgs_target_new (0);

  for (guint i = 0; i < TRIES; i++)
    {
      g_autoptr(PgsSource) source =
        open_hooked (NULL, target->pid, PGS_PROC_SCAN_AUTO, NULL, NULL);
      g_autoptr(PgsSnapshot) snapshot = NULL;
      g_autofree char *problem = NULL;

      TEST_SOURCE (source)->max_entries = 5;
      snapshot = pgs_snapshot_build (source, NULL, NULL);
      assert_non_null (snapshot);
      problem = compare_snapshot (snapshot, PGS_PROC_ROOT, target->pid);
      if (problem == NULL)
        return;
      if (i == TRIES - 1)
        fail_msg ("%s", problem);
    }
}

/* Mappings can be read, pages cannot. */
static void
test_pages_error (void **state)
{
  g_autoptr(PgsFixture) fixture = pgs_fixture_new ("prober");
  g_autofree char *path = pgs_fixture_dup_path (fixture, "pagemap");
  g_autoptr(PgsSnapshot) snapshot = NULL;

  if (!is_recorded_page_size ())
    skip ();
  g_unlink (path);
  snapshot = take_snapshot (fixture->root, fixture->pid, PGS_PROC_SCAN_AUTO, NULL);
  assert_non_null (snapshot);
  assert_int_equal (pgs_maps_get_n_mappings (pgs_snapshot_get_maps (snapshot)), 24);
  assert_int_equal (pgs_snapshot_get_totals (snapshot)->present, 0);
  assert_non_null (pgs_snapshot_get_pages_error (snapshot));
}

static void
test_broken (void **state)
{
  static const struct
  {
    const char *file;
    const char *text;
    GQuark    (*domain) (void);
    int         code;
  } cases[] = {
    { "maps", "what is this\n", g_io_error_quark, G_IO_ERROR_INVALID_DATA },
    { "maps", "", pgs_process_error_quark, PGS_PROCESS_ERROR_REPLACED },
    { "pagemap", "short", pgs_process_error_quark, PGS_PROCESS_ERROR_REPLACED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsFixture) fixture = pgs_fixture_new ("prober");
      g_autoptr(GError) error = NULL;

      pgs_fixture_write (fixture, cases[i].file, cases[i].text);
      assert_null (take_snapshot (fixture->root, fixture->pid, PGS_PROC_SCAN_AUTO, &error));
      if (!g_error_matches (error, cases[i].domain (), cases[i].code))
        fail_msg ("Case %u: %s", i, error->message);
    }
}

static char *
check_live (gpointer user_data)
{
  const PgsTarget *target = user_data;
  char *problem = compare (PGS_PROC_ROOT, target->pid, PGS_PROC_SCAN_AUTO);

  if (problem != NULL || HAS_SHADOW)
    return problem;
  return compare (PGS_PROC_ROOT, target->pid, PGS_PROC_SCAN_NEVER);
}

static void
test_live (void **state)
{
  g_autoptr(PgsSwapFile) swap = pgs_swap_file_new ();
  g_autoptr(PgsTarget) target = pgs_target_new (swap != NULL ? PGS_TARGET_SWAP : 0);
  g_autofree char *problem = check_live (target);

  can_read_everything ();
  if (problem != NULL)
    fail_msg ("%s", problem);
}

static char *
check_live_hidden (gpointer user_data)
{
  const PgsTarget *target = user_data;
  g_autoptr(PgsSnapshot) snapshot = NULL;
  g_autoptr(GError) error = NULL;
  char *problem = check_live (user_data);
  const PgsTotals *totals;

  if (problem != NULL)
    return problem;
  snapshot = take_snapshot (NULL, target->pid, PGS_PROC_SCAN_AUTO, &error);
  totals = pgs_snapshot_get_totals (snapshot);
  return totals->hidden == totals->present + totals->swapped ? NULL
                                                             : g_strdup ("A frame is not hidden");
}

static char *
check_denied (gpointer user_data)
{
  const PgsTarget *target = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(PgsSnapshot) snapshot =
    take_snapshot (NULL, target->pid, PGS_PROC_SCAN_AUTO, &error);

  if (snapshot != NULL)
    return g_strdup ("A process of root was read");
  if (!g_error_matches (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_PERMITTED))
    return g_strdup (error->message);
  return NULL;
}

static void
test_as_nobody (void **state)
{
  g_autoptr(PgsSwapFile) swap = NULL;
  g_autoptr(PgsTarget) target = NULL;
  g_autoptr(PgsTarget) of_root = NULL;
  g_autofree char *problem = NULL;
  g_autofree char *denied = NULL;

  if (geteuid () != 0)
    {
      print_message ("skipped: another user, for only root can change users\n");
      skip ();
    }
  swap = pgs_swap_file_new ();
  target = pgs_target_new (PGS_TARGET_AS_NOBODY | (swap != NULL ? PGS_TARGET_SWAP : 0));
  of_root = pgs_target_new (0);
  problem = pgs_target_run_as_nobody (check_live_hidden, target);
  if (problem != NULL)
    fail_msg ("%s", problem);
  denied = pgs_target_run_as_nobody (check_denied, of_root);
  if (denied != NULL)
    fail_msg ("%s", denied);
}

/* Counts the pages of an area that are in the wanted state. */
static uint64_t
count_state (const PgsSnapshot *snapshot,
             const PgsTarget   *target,
             PgsTargetArea      area,
             PgsPageState       wanted)
{
  uint64_t n = 0;

  for (uint64_t a = target->start[area]; a < target->end[area]; a += get_page_size ())
    n += pgs_pagemap_entry_get_state (pgs_snapshot_get_entry (snapshot, a)) == wanted;
  return n;
}

/* What the areas were made for is what they show. */
static void
test_areas (void **state)
{
  static const struct
  {
    PgsTargetArea area;
    PgsPageState  state;
    uint64_t      n_pages; /* 0 for all of them */
  } cases[] = {
    { PGS_TARGET_TOUCHED, PGS_PAGE_PRESENT, 0 },
    { PGS_TARGET_UNTOUCHED, PGS_PAGE_ABSENT, 0 },
    { PGS_TARGET_ZERO, PGS_PAGE_PRESENT, 0 },
    { PGS_TARGET_SHARED, PGS_PAGE_PRESENT, 8 },
    { PGS_TARGET_FILE, PGS_PAGE_PRESENT, 0 },
    { PGS_TARGET_INACCESSIBLE, PGS_PAGE_PRESENT, 0 },
    { PGS_TARGET_RESERVED, PGS_PAGE_PRESENT, 4 },
    { PGS_TARGET_STRIPED, PGS_PAGE_PRESENT, PGS_TARGET_STRIPES },
    { PGS_TARGET_HUGE, PGS_PAGE_PRESENT, 0 },
    { PGS_TARGET_SWAPPED, PGS_PAGE_SWAPPED, 0 },
  };
  g_autoptr(PgsSwapFile) swap = pgs_swap_file_new ();
  g_autoptr(PgsTarget) target = pgs_target_new (swap != NULL ? PGS_TARGET_SWAP : 0);
  g_autoptr(PgsSnapshot) snapshot = take_snapshot (NULL, target->pid, PGS_PROC_SCAN_AUTO, NULL);

  assert_non_null (snapshot);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PgsTargetArea area = cases[i].area;
      uint64_t expected = cases[i].n_pages > 0
        ? cases[i].n_pages : (target->end[area] - target->start[area]) / get_page_size ();
      uint64_t n = count_state (snapshot, target, area, cases[i].state);

      if (n != expected)
        fail_msg ("Area %u has %u pages as it should, not %u", area, (guint) n, (guint) expected);
    }
}

/* Since Linux 6.15 pagemap tells a guard page; before, it looks swapped. */
static void
test_guard (void **state)
{
  g_autoptr(PgsTarget) target = pgs_target_new (0);
  g_autoptr(PgsSnapshot) snapshot = take_snapshot (NULL, target->pid, PGS_PROC_SCAN_AUTO, NULL);
  uint64_t start = target->start[PGS_TARGET_GUARD];
  uint64_t n = (target->end[PGS_TARGET_GUARD] - start) / get_page_size ();

  if (n == 0 || !(pgs_snapshot_get_entry (snapshot, start) & PGS_PAGEMAP_GUARD))
    {
      print_message ("skipped: guard pages, for this kernel does not tell them\n");
      skip ();
    }
  assert_int_equal (count_state (snapshot, target, PGS_TARGET_GUARD, PGS_PAGE_GUARD), n);
  assert_int_equal (pgs_snapshot_get_totals (snapshot)->guard, n);
}

static gboolean
has_scan (void)
{
  g_autoptr(PgsSource) source = open_source (NULL, getpid (), PGS_PROC_SCAN_AUTO, NULL);
  g_autoptr(GBytes) maps = pgs_source_read_maps (source, NULL, NULL);
  g_autoptr(GArray) ranges = g_array_new (FALSE, FALSE, sizeof (PgsPopulatedRange));
  uint64_t walk_end;

  return maps != NULL &&
         pgs_source_scan (source, 0, get_page_size (), ranges, &walk_end, NULL);
}

/* Zero pages and huge pages are marked where PAGEMAP_SCAN tells them, and no
 * other page is. */
static void
test_marks (void **state)
{
  g_autoptr(PgsTarget) target = pgs_target_new (0);
  g_autoptr(PgsSnapshot) scanned = take_snapshot (NULL, target->pid, PGS_PROC_SCAN_AUTO, NULL);
  g_autoptr(PgsSnapshot) plain =
    take_snapshot (NULL, target->pid, HAS_SHADOW ? PGS_PROC_SCAN_AUTO : PGS_PROC_SCAN_NEVER, NULL);

  if (!has_scan ())
    {
      print_message ("skipped: marks, for this kernel has no PAGEMAP_SCAN\n");
      skip ();
    }
  for (guint i = 0; i < PGS_TARGET_N_AREAS; i++)
    for (uint64_t a = target->start[i]; a < target->end[i]; a += get_page_size ())
      {
        uint64_t entry = pgs_snapshot_get_entry (scanned, a);

        assert_int_equal (pgs_pagemap_entry_is_zero_page (entry), i == PGS_TARGET_ZERO);
        assert_int_equal (pgs_pagemap_entry_is_huge (entry), i == PGS_TARGET_HUGE);
        if (!HAS_SHADOW)
          assert_int_equal (pgs_snapshot_get_entry (plain, a) & PGS_PAGEMAP_MARKS, 0);
      }
}

static void
change_after_maps (guint    n_maps,
                   guint    n_reads,
                   gpointer user_data)
{
  if (n_maps == 1 && n_reads == 0)
    pgs_target_change (user_data);
}

/* What is written to while the snapshot is taken is seen in it. */
static void
test_change (void **state)
{
  static const PgsProcScan scans[] = { PGS_PROC_SCAN_AUTO, PGS_PROC_SCAN_NEVER };

  for (guint i = 0; i < G_N_ELEMENTS (scans); i++)
    {
      g_autoptr(PgsTarget) target = NULL;
      g_autoptr(PgsSource) source = NULL;
      g_autoptr(PgsSnapshot) snapshot = NULL;

      if (scans[i] == PGS_PROC_SCAN_NEVER && !can_read_everything ())
        continue;
      target = pgs_target_new (0);
      source = open_hooked (NULL, target->pid, scans[i], change_after_maps, target);
      snapshot = pgs_snapshot_build (source, NULL, NULL);
      assert_non_null (snapshot);
      assert_int_equal (count_state (snapshot, target, PGS_TARGET_UNTOUCHED, PGS_PAGE_PRESENT),
                        16);
    }
}

static void
exec_after_maps (guint    n_maps,
                 guint    n_reads,
                 gpointer user_data)
{
  if (n_maps == 1 && n_reads == 0)
    pgs_target_exec (user_data);
}

static void
exec_amid_pages (guint    n_maps,
                 guint    n_reads,
                 gpointer user_data)
{
  if (n_maps == 1 && n_reads == 3)
    pgs_target_exec (user_data);
}

/* A process that runs another program while it is read is read anew. */
static void
test_exec (void **state)
{
  static const struct
  {
    PgsProcScan scan;
    Hook        hook;
  } cases[] = {
    { PGS_PROC_SCAN_AUTO, exec_after_maps }, { PGS_PROC_SCAN_AUTO, exec_amid_pages },
    { PGS_PROC_SCAN_NEVER, exec_after_maps }, { PGS_PROC_SCAN_NEVER, exec_amid_pages },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsTarget) target = pgs_target_new (0);
      g_autoptr(PgsSource) source =
        open_hooked (NULL, target->pid, cases[i].scan, cases[i].hook, target);
      g_autoptr(GError) error = NULL;
      g_autoptr(PgsSnapshot) snapshot = pgs_snapshot_build (source, NULL, &error);

      if (snapshot == NULL)
        fail_msg ("Case %u: %s", i, error->message);
      if (pgs_snapshot_get_totals (snapshot)->present == 0)
        fail_msg ("Case %u: no page is present", i);
      if (!g_str_has_suffix (pgs_maps_get_mapping (pgs_snapshot_get_maps (snapshot), 0)->name,
                             "/sleep"))
        fail_msg ("Case %u: the mappings are those of the old program", i);
    }
}

static void
end_after_maps (guint    n_maps,
                guint    n_reads,
                gpointer user_data)
{
  if (n_reads == 0)
    pgs_target_end (user_data);
}

static void
end_amid_pages (guint    n_maps,
                guint    n_reads,
                gpointer user_data)
{
  if (n_reads == 3)
    pgs_target_end (user_data);
}

static void
test_end (void **state)
{
  static const struct
  {
    PgsProcScan scan;
    Hook        hook;
  } cases[] = {
    { PGS_PROC_SCAN_AUTO, end_after_maps }, { PGS_PROC_SCAN_AUTO, end_amid_pages },
    { PGS_PROC_SCAN_NEVER, end_after_maps }, { PGS_PROC_SCAN_NEVER, end_amid_pages },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsTarget) target = pgs_target_new (0);
      g_autoptr(PgsSource) source =
        open_hooked (NULL, target->pid, cases[i].scan, cases[i].hook, target);
      g_autoptr(GError) error = NULL;

      assert_null (pgs_snapshot_build (source, NULL, &error));
      if (!g_error_matches (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_FOUND))
        fail_msg ("Case %u: %s", i, error->message);
    }
}

static void
replace_after_maps (guint    n_maps,
                    guint    n_reads,
                    gpointer user_data)
{
  if (n_reads == 0)
    pgs_fixture_write (user_data, "stat",
                       "1 (other) S 1 2 3 4 5 0 7 8 9 10 11 12 13 14 15 16 17 18 1 9");
}

/* Pages of another process are never taken for those of this one. */
static void
test_replaced (void **state)
{
  g_autoptr(PgsFixture) fixture = pgs_fixture_new ("prober");
  g_autoptr(PgsSource) source = open_hooked (fixture->root, fixture->pid, PGS_PROC_SCAN_AUTO,
                                             replace_after_maps, fixture);
  g_autoptr(GError) error = NULL;

  assert_null (pgs_snapshot_build (source, NULL, &error));
  assert_true (g_error_matches (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_REPLACED));
}

static void
cancel_amid_pages (guint    n_maps,
                   guint    n_reads,
                   gpointer user_data)
{
  if (n_reads == 2)
    g_cancellable_cancel (user_data);
}

static void
test_cancel (void **state)
{
  static const PgsProcScan scans[] = { PGS_PROC_SCAN_AUTO, PGS_PROC_SCAN_NEVER };

  for (guint i = 0; i < G_N_ELEMENTS (scans); i++)
    {
      g_autoptr(GCancellable) cancellable = g_cancellable_new ();
      g_autoptr(PgsTarget) target = pgs_target_new (0);
      g_autoptr(PgsSource) source =
        open_hooked (NULL, target->pid, scans[i], cancel_amid_pages, cancellable);
      g_autoptr(GError) error = NULL;

      TEST_SOURCE (source)->max_entries = 1;
      assert_null (pgs_snapshot_build (source, cancellable, &error));
      assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
      assert_int_equal (TEST_SOURCE (source)->n_reads, 2);
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_recorded),
    cmocka_unit_test (test_few_at_a_time),
    cmocka_unit_test (test_pages_error),
    cmocka_unit_test (test_broken),
    cmocka_unit_test (test_live),
    cmocka_unit_test (test_as_nobody),
    cmocka_unit_test (test_areas),
    cmocka_unit_test (test_guard),
    cmocka_unit_test (test_marks),
    cmocka_unit_test (test_change),
    cmocka_unit_test (test_exec),
    cmocka_unit_test (test_end),
    cmocka_unit_test (test_replaced),
    cmocka_unit_test (test_cancel),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
