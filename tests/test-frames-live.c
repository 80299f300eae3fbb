/* test-frames-live.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is told of the frames of a live process, against /proc/kpageflags and
 * /proc/kpagecount, read one frame at a time.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/pgs-frame-facts.h"
#include "core/pgs-pagemap-entry.h"
#include "core/pgs-source.h"
#include "pgs-program.h"
#include "pgs-raw-proc.h"
#include "pgs-skip.h"
#include "pgs-take.h"
#include "pgs-target.h"

#define PFN_MASK ((UINT64_C (1) << 55) - 1)
/* The kernel may move a page, or age it, between two readings. */
#define TRIES    20
#define PAUSE_US 5000

typedef struct
{
  guint n_known;
  guint n_exclusive;
  guint n_shared;      /* mapped more than once */
} Found;

static uint64_t
read_number (const char *path,
             uint64_t    pfn)
{
  uint64_t number = 0;
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  assert_true (fd >= 0);
  assert_int_equal (pread (fd, &number, sizeof number, (off_t) (pfn * sizeof number)),
                    sizeof number);
  close (fd);
  return number;
}

/* Returns the first page of whose frame something else is told; @n when there is none. */
static gsize
find_difference (const uint64_t *entries,
                 const PgsFrame *frames,
                 gsize           n)
{
  for (gsize i = 0; i < n; i++)
    {
      uint64_t pfn = entries[i] >> 63 ? entries[i] & PFN_MASK : 0;

      if (frames[i].is_known != (pfn != 0))
        return i;
      if (pfn != 0 && (frames[i].flags != read_number ("/proc/kpageflags", pfn) ||
                       frames[i].map_count != read_number ("/proc/kpagecount", pfn)))
        return i;
    }
  return n;
}

static void
count_found (const uint64_t *entries,
             const PgsFrame *frames,
             gsize           n,
             Found          *found)
{
  for (gsize i = 0; i < n; i++)
    {
      found->n_known += (guint) frames[i].is_known;
      found->n_exclusive += entries[i] >> 63 && entries[i] >> 56 & 1;
      found->n_shared += frames[i].map_count > 1;
    }
}

/* Holds what @source tells of [start, end) against what is read here. Returns the frames,
 * an element a page. */
static GArray *
check_range (PgsSource *source,
             pid_t      pid,
             uint64_t   start,
             uint64_t   end,
             Found     *found)
{
  gsize n = (end - start) / pgs_raw_page_size ();
  g_autofree uint64_t *entries = g_new (uint64_t, n);
  GArray *frames = g_array_new (FALSE, FALSE, sizeof (PgsFrame));
  gsize where = 0;

  g_array_set_size (frames, (guint) n);
  for (guint i = 0; i < TRIES && where < n; i++)
    {
      g_autoptr(GError) error = NULL;

      if (i > 0)
        g_usleep (PAUSE_US);
      pgs_raw_read_entries (pid, start, entries, n);
      memset (frames->data, 0xff, n * sizeof (PgsFrame));
      assert_int_equal (pgs_source_read_frames (source, start, entries, n,
                                                (PgsFrame *) (gpointer) frames->data, &error),
                        n);
      assert_null (error);
      where = find_difference (entries, (PgsFrame *) (gpointer) frames->data, n);
    }
  if (where < n)
    fail_msg ("page %zu of 0x%zx differs", where, (gsize) start);
  count_found (entries, (PgsFrame *) (gpointer) frames->data, n, found);
  return frames;
}

static PgsSource *
open_target (const PgsTarget *target)
{
  g_autoptr(GError) error = NULL;
  PgsSource *source = pgs_take_source (NULL, target->pid, PGS_PROC_SCAN_AUTO, &error);
  g_autoptr(GBytes) maps = NULL;

  if (source == NULL)
    fail_msg ("%s", error->message);
  maps = pgs_source_read_maps (source, NULL, &error);
  if (maps == NULL)
    fail_msg ("%s", error->message);
  return source;
}

static void
require_frames (void)
{
  if (access ("/proc/kpageflags", R_OK) != 0 || access ("/proc/kpagecount", R_OK) != 0)
    pgs_skip_because ("the kernel tells of frames to root only, or not at all");
}

/* Checks an area and that each of its present pages has the flags. */
static void
check_area (PgsSource       *source,
            const PgsTarget *target,
            PgsTargetArea    area,
            uint64_t         flags,
            uint64_t         no_flags)
{
  Found found = { 0, };
  g_autoptr(GArray) frames = NULL;

  if (target->start[area] == 0)
    {
      print_message ("area %d: not to be had here\n", (int) area);
      return;
    }
  frames = check_range (source, target->pid, target->start[area], target->end[area], &found);
  assert_true (flags == 0 || found.n_known > 0);
  for (guint i = 0; i < frames->len; i++)
    {
      const PgsFrame *frame = &g_array_index (frames, PgsFrame, i);

      if (!frame->is_known)
        continue;
      assert_true (flags != 0 || no_flags != 0);
      assert_true ((frame->flags & flags) == flags);
      assert_true ((frame->flags & no_flags) == 0);
      assert_in_range (frame->node, 0, 1024);
    }
}

#define BIT(n)        (UINT64_C (1) << (n))
#define ANON          BIT (12)
#define SWAPBACKED    BIT (14)
#define THP           BIT (22)
#define ZERO_PAGE     BIT (24)

static void
test_areas (void **state)
{
  g_autoptr(PgsTarget) target = NULL;
  g_autoptr(PgsSource) source = NULL;

  require_frames ();
  target = pgs_target_new (PGS_TARGET_SWAP);
  source = open_target (target);
  check_area (source, target, PGS_TARGET_TOUCHED, ANON | SWAPBACKED, ZERO_PAGE);
  check_area (source, target, PGS_TARGET_STRIPED, ANON | SWAPBACKED, ZERO_PAGE | THP);
  check_area (source, target, PGS_TARGET_ZERO, ZERO_PAGE, ANON);
  check_area (source, target, PGS_TARGET_SHARED, SWAPBACKED, ANON);
  check_area (source, target, PGS_TARGET_HUGE, ANON | THP, ZERO_PAGE);
  check_area (source, target, PGS_TARGET_FILE, 0, ZERO_PAGE);
  /* None of these has a frame. */
  check_area (source, target, PGS_TARGET_UNTOUCHED, 0, 0);
  check_area (source, target, PGS_TARGET_GUARD, 0, 0);
  check_area (source, target, PGS_TARGET_SWAPPED, 0, 0);
}

/* The pages of its program and libraries are mapped by others, too. */
static void
test_whole_process (void **state)
{
  g_autoptr(PgsTarget) target = NULL;
  g_autoptr(PgsSource) source = NULL;
  g_autoptr(GArray) mappings = NULL;
  Found found = { 0, };

  require_frames ();
  target = pgs_target_new (0);
  source = open_target (target);
  mappings = pgs_raw_read_mappings (target->pid);
  for (guint i = 0; i < mappings->len; i++)
    {
      const PgsRawMapping *mapping = &g_array_index (mappings, PgsRawMapping, i);
      g_autoptr(GArray) frames = NULL;

      /* What is beyond user space is in no page table of its own. */
      if (mapping->start >> 63 == 0 &&
          (mapping->end - mapping->start) / pgs_raw_page_size () < (1 << 20))
        frames = check_range (source, target->pid, mapping->start, mapping->end, &found);
    }
  assert_true (found.n_known > 100);
  assert_true (found.n_exclusive > 100);
  assert_true (found.n_shared > 100);
}

/* Pages whose frames are anywhere, in any order, many times over, or none. */
static void
test_any_order (void **state)
{
  g_autoptr(PgsTarget) target = NULL;
  g_autoptr(PgsSource) source = NULL;
  g_autoptr(GRand) rand = g_rand_new_with_seed (7);
  g_autofree uint64_t *entries = NULL, *mixed = NULL;
  g_autofree PgsFrame *frames = NULL;
  gsize n = 20000, n_pages, where = 0;

  require_frames ();
  target = pgs_target_new (0);
  source = open_target (target);
  n_pages = (target->end[PGS_TARGET_STRIPED] - target->start[PGS_TARGET_STRIPED]) /
            pgs_raw_page_size ();
  entries = g_new (uint64_t, n_pages);
  mixed = g_new (uint64_t, n);
  frames = g_new (PgsFrame, n);
  for (guint i = 0; i < TRIES && where < n; i++)
    {
      pgs_raw_read_entries (target->pid, target->start[PGS_TARGET_STRIPED], entries, n_pages);
      for (gsize j = 0; j < n; j++)
        mixed[j] = entries[g_rand_int_range (rand, 0, (gint32) n_pages)];
      assert_int_equal (pgs_source_read_frames (source, 4096, mixed, n, frames, NULL), n);
      where = find_difference (mixed, frames, n);
    }
  assert_int_equal (where, n);
}

static PgsFrameFacts
read_facts (PgsSource *source,
            uint64_t   address)
{
  g_autoptr(GError) error = NULL;
  PgsFrameFacts facts;

  if (!pgs_frame_facts_read (source, address, &facts, &error))
    fail_msg ("%s", error->message);
  return facts;
}

static void
test_folio_of_huge_page (void **state)
{
  static const guint places[] = { 0, 1, 200, 511 };
  g_autoptr(PgsTarget) target = NULL;
  g_autoptr(PgsSource) source = NULL;
  uint64_t page = pgs_raw_page_size ();

  require_frames ();
  target = pgs_target_new (0);
  if (page != 4096 || target->start[PGS_TARGET_HUGE] == 0)
    pgs_skip_because ("no huge page of 512 pages was to be had");
  source = open_target (target);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      uint64_t address = target->start[PGS_TARGET_HUGE] + places[i] * page;
      PgsFrameFacts facts = read_facts (source, address);

      assert_true (facts.pfn == (pgs_raw_read_entry (target->pid, address) & PFN_MASK));
      assert_true (facts.frame.is_known);
      assert_int_equal (facts.frame.map_count, 1);
      assert_int_equal (facts.n_frames, 512);
      assert_int_equal (facts.head % 512, 0);
      assert_int_equal (facts.pfn - facts.head, places[i]);
    }
}

/* A folio of any page holds its frame, begins with a head, and goes on with tails only. */
static void
test_folios (void **state)
{
  g_autoptr(PgsTarget) target = NULL;
  g_autoptr(PgsSource) source = NULL;

  require_frames ();
  target = pgs_target_new (0);
  source = open_target (target);
  for (PgsTargetArea area = 0; area < PGS_TARGET_N_AREAS; area++)
    {
      PgsFrameFacts facts;

      if (target->start[area] == 0)
        continue;
      facts = read_facts (source, target->start[area]);
      if (facts.pfn == 0)
        {
          assert_false (facts.frame.is_known);
          continue;
        }
      assert_in_range (facts.pfn, facts.head, facts.head + facts.n_frames - 1);
      for (uint64_t i = 0; i <= facts.n_frames; i++)
        {
          uint64_t flags = read_number ("/proc/kpageflags", facts.head + i);

          assert_int_equal (flags >> 16 & 1, i > 0 && i < facts.n_frames);
          if (i == 0)
            assert_int_equal (flags >> 15 & 1, facts.n_frames > 1);
        }
    }
  assert_int_equal (read_facts (source, target->start[PGS_TARGET_UNTOUCHED]).pfn, 0);
}

/* A frame that no machine has is not known, and does no harm to others. */
static void
test_impossible_frames (void **state)
{
  const uint64_t entries[] = {
    BIT (63) | PFN_MASK, BIT (63) | BIT (43), BIT (63) | BIT (44), BIT (62) | 77, 0, BIT (63) | 1,
  };
  g_autoptr(PgsSource) source = NULL;
  PgsFrame frames[G_N_ELEMENTS (entries)];

  require_frames ();
  source = pgs_take_source (NULL, getpid (), PGS_PROC_SCAN_AUTO, NULL);
  assert_int_equal (pgs_source_read_frames (source, 4096, entries, G_N_ELEMENTS (entries),
                                            frames, NULL), G_N_ELEMENTS (entries));
  for (guint i = 0; i + 1 < G_N_ELEMENTS (entries); i++)
    assert_false (frames[i].is_known);
  assert_true (frames[G_N_ELEMENTS (entries) - 1].is_known);
}

/* Where frames are hidden it is said that they are, and not that there are none. */
static void
test_hidden_frames (void **state)
{
  const uint64_t entries[] = { BIT (63), 0, BIT (63) | BIT (61) };
  g_autoptr(PgsSource) source = NULL;
  g_autoptr(GError) error = NULL;
  PgsFrame frames[G_N_ELEMENTS (entries)];

  require_frames ();
  source = pgs_take_source (NULL, getpid (), PGS_PROC_SCAN_AUTO, NULL);
  assert_int_equal (pgs_source_read_frames (source, 4096, entries, G_N_ELEMENTS (entries),
                                            frames, &error), -1);
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED));
}

static char *
check_denied (gpointer user_data)
{
  const uint64_t entry = BIT (63) | 1;
  g_autoptr(PgsSource) source = NULL;
  g_autoptr(GError) error = NULL;
  PgsFrame frame;

  source = pgs_take_source (NULL, getpid (), PGS_PROC_SCAN_AUTO, NULL);
  if (source == NULL)
    return g_strdup ("no source");
  if (pgs_source_read_frames (source, 4096, &entry, 1, &frame, &error) != -1)
    return g_strdup ("frames are told");
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    return g_strdup (error->message);
  return strstr (error->message, "root") != NULL ? NULL : g_strdup (error->message);
}

static void
test_denied (void **state)
{
  g_autofree char *problem = NULL;

  pgs_skip_unless_root ();
  problem = pgs_target_run_as_nobody (check_denied, NULL);
  if (problem != NULL)
    fail_msg ("%s", problem);
}

/* Without the rights there is a picture, and a sentence on what it lacks; in a mode that
 * needs no frames there is none. */
static char *
check_export (const PgsProgram *program,
              const char       *mode,
              gboolean          lacks_frames)
{
  g_autofree char *folder = g_dir_make_tmp ("pagescape-frames-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "map.png", NULL);
  g_autofree char *pid = g_strdup_printf ("%d", (int) getpid ());
  g_autofree char *errors = NULL;
  const char *argv[] = { program->path, "--pid", pid, "--color-by", mode,
                         "--export", path, NULL };
  int status = -1;
  gboolean is_there;

  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                     &errors, &status, NULL) || status != 0)
    return g_strdup_printf ("%s: exit status %d: %s", mode, status, errors);
  is_there = g_file_test (path, G_FILE_TEST_EXISTS);
  g_unlink (path);
  g_rmdir (folder);
  if (!is_there)
    return g_strdup_printf ("%s: no picture", mode);
  if ((strstr (errors, "kpageflags") != NULL) != lacks_frames)
    return g_strdup_printf ("%s: it says “%s”", mode, errors);
  return NULL;
}

static char *
check_denied_exports (gpointer user_data)
{
  char *problem = check_export (user_data, "state", FALSE);

  return problem != NULL ? problem : check_export (user_data, "sharing", TRUE);
}

static void
test_exports (void **state)
{
  g_autofree char *allowed = NULL, *denied = NULL;
  g_autoptr(PgsProgram) program = NULL;

  require_frames ();
  pgs_skip_unless_root ();
  program = pgs_program_new ("PGS_PAGESCAPE");
  assert_non_null (program);
  allowed = check_export (program, "type", FALSE);
  if (allowed != NULL)
    fail_msg ("%s", allowed);
  denied = pgs_target_run_as_nobody (check_denied_exports, program);
  if (denied != NULL)
    fail_msg ("%s", denied);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_areas),
    cmocka_unit_test (test_whole_process),
    cmocka_unit_test (test_any_order),
    cmocka_unit_test (test_folio_of_huge_page),
    cmocka_unit_test (test_folios),
    cmocka_unit_test (test_impossible_frames),
    cmocka_unit_test (test_hidden_frames),
    cmocka_unit_test (test_denied),
    cmocka_unit_test (test_exports),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
