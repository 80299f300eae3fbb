/* test-known-mix.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A process whose memory is a known mix: a huge page, pages wherever they happen to be, one
 * frame at two addresses, and a child that wrote some of the pages. Where all of that lies
 * in RAM, in which runs, and which ribbons go there is held against plain reads of pagemap.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/pgs-extent.h"
#include "core/pgs-frame-map.h"
#include "core/pgs-frame-order.h"
#include "core/pgs-frame-zones.h"
#include "core/pgs-proc-source.h"
#include "core/pgs-process.h"
#include "core/pgs-ram.h"
#include "core/pgs-sharers.h"
#include "core/pgs-snapshot-builder.h"
#include "paint/pgs-ribbons.h"
#include "pgs-raw-proc.h"
#include "pgs-skip.h"

#define N_HUGE     512
#define N_SINGLE   160
#define N_WRITTEN  (N_SINGLE / 4)  /* by the child, every fourth */
#define WIDTH      640
#define HEIGHT     60
#define MAX_MAPPING ((uint64_t) 1 << 36)

typedef struct
{
  pid_t    pid;
  pid_t    child;
  uint64_t huge;    /* 0 where no huge page was to be had */
  uint64_t single;
  uint64_t twice[2];
} Target;

typedef struct
{
  PgsSnapshot   *snapshot;
  PgsSummary    *summary;
  PgsMaps       *ram;
  PgsFrameMap   *map;
  PgsFrameOrder  order;
} Picture;

static char *
map_huge (gsize page_size)
{
  gsize size = N_HUGE * page_size;
  char *pages = mmap (NULL, 2 * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char *aligned = (char *) (((uintptr_t) pages + size - 1) / size * size);

  madvise (aligned, size, MADV_HUGEPAGE);
  memset (aligned, 1, size);
  return aligned;
}

static void
map_twice (gsize   page_size,
           Target *target)
{
  int fd = memfd_create ("twice", 0);

  if (fd < 0 || ftruncate (fd, (off_t) page_size) != 0)
    _exit (1);
  for (guint i = 0; i < 2; i++)
    {
      char *page = mmap (NULL, page_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

      page[0] = 1;
      target->twice[i] = (uintptr_t) page;
    }
}

/* Has a child write some of the pages, so that they part. */
static pid_t
fork_writer (char  *single,
             gsize  page_size)
{
  int done[2];
  pid_t child;
  char byte;

  if (pipe (done) != 0)
    _exit (1);
  child = fork ();
  if (child == 0)
    {
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      for (guint i = 0; i < N_SINGLE; i += N_SINGLE / N_WRITTEN)
        single[i * page_size] = 2;
      if (write (done[1], "d", 1) != 1)
        _exit (1);
      for (;;)
        pause ();
    }
  if (read (done[0], &byte, 1) != 1)
    _exit (1);
  return child;
}

static G_NORETURN void
run_target (int report)
{
  gsize page_size = pgs_raw_page_size ();
  gsize size = N_SINGLE * page_size;
  Target said = { 0, };
  char *single = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  said.huge = (uintptr_t) map_huge (page_size);
  madvise (single, size, MADV_NOHUGEPAGE);
  /* Backwards, so that not all of them follow one another. */
  for (guint i = N_SINGLE; i > 0; i--)
    single[(i - 1) * page_size] = 1;
  said.single = (uintptr_t) single;
  map_twice (page_size, &said);
  said.child = fork_writer (single, page_size);
  if (write (report, &said, sizeof said) != sizeof said)
    _exit (1);
  for (;;)
    pause ();
}

static gboolean
is_huge (pid_t    pid,
         uint64_t address)
{
  uint64_t entries[N_HUGE];

  pgs_raw_read_entries (pid, address, entries, N_HUGE);
  for (guint i = 0; i < N_HUGE; i++)
    if (pgs_raw_entry_get_place (entries[i]) != pgs_raw_entry_get_place (entries[0]) + i)
      return FALSE;
  return pgs_raw_entry_get_place (entries[0]) % N_HUGE == 0;
}

/* An address sanitizer maps terabytes, which nobody reads page by page. */
static void
skip_if_immense (pid_t pid)
{
  g_autoptr(GArray) mappings = pgs_raw_read_mappings (pid);

  for (guint i = 0; i < mappings->len; i++)
    {
      const PgsRawMapping *mapping = &g_array_index (mappings, PgsRawMapping, i);

      if (mapping->end - mapping->start > MAX_MAPPING)
        pgs_skip_because ("this build has mappings too large to be read page by page");
    }
}

static Target
start_target (void)
{
  Target target = { 0, };
  int report[2];
  pid_t pid;

  skip_if_immense (getpid ());
  assert_int_equal (pipe (report), 0);
  pid = fork ();
  if (pid == 0)
    run_target (report[1]);
  assert_int_equal (read (report[0], &target, sizeof target), sizeof target);
  close (report[0]);
  close (report[1]);
  target.pid = pid;
  if (!is_huge (pid, target.huge))
    target.huge = 0;
  return target;
}

static void
end_target (Target *target)
{
  kill (target->pid, SIGKILL);
  waitpid (target->pid, NULL, 0);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Target, end_target)

static void
clear_picture (Picture *picture)
{
  g_clear_pointer (&picture->map, pgs_frame_map_unref);
  g_clear_pointer (&picture->ram, pgs_maps_unref);
  g_clear_pointer (&picture->summary, pgs_summary_unref);
  g_clear_pointer (&picture->snapshot, pgs_snapshot_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Picture, clear_picture)

static void
take_picture (const Target *target,
              Picture      *picture)
{
  g_autoptr(PgsProcess) process = pgs_process_open (NULL, target->pid, NULL);
  g_autoptr(PgsSource) source = pgs_proc_source_new (process, NULL, PGS_PROC_SCAN_AUTO);

  picture->snapshot = pgs_snapshot_build (source, NULL, NULL);
  picture->summary = pgs_summary_new (picture->snapshot, pgs_color_mode_get (0));
  picture->ram = pgs_ram_read (PGS_PROC_ROOT, pgs_raw_page_size ());
  picture->map = pgs_frame_map_new (picture->summary, picture->ram, NULL, NULL);
}

/* Every page of the process that is present, with a plain read of each mapping. */
typedef struct
{
  uint64_t address;
  uint64_t pfn;
} Plain;

static GArray *
read_plainly (pid_t    pid,
              uint64_t start,
              uint64_t end)
{
  GArray *pages = g_array_new (FALSE, FALSE, sizeof (Plain));
  g_autoptr(GArray) mappings = pgs_raw_read_mappings (pid);
  uint64_t page_size = pgs_raw_page_size ();

  for (guint i = 0; i < mappings->len; i++)
    {
      PgsRawMapping mapping = g_array_index (mappings, PgsRawMapping, i);

      mapping.start = MAX (mapping.start, start);
      mapping.end = MIN (mapping.end, end);
      for (uint64_t at = mapping.start; at < mapping.end && at >> 63 == 0; at += page_size)
        {
          uint64_t entry = pgs_raw_read_entry (pid, at);
          Plain page = { at, pgs_raw_entry_get_place (entry) };

          if (pgs_raw_entry_is_present (entry))
            g_array_append_val (pages, page);
        }
    }
  return pages;
}

/* The map is the page table, read from the other end: for every page that is present, its
 * frame names it, among all the pages that are in that frame and no others. */
static void
test_frame_map (void **state)
{
  g_autoptr(GHashTable) frames = g_hash_table_new (g_int64_hash, g_int64_equal);
  uint64_t page_size = pgs_raw_page_size ();
  g_autoptr(GArray) pages = NULL;
  g_auto(Target) target = { 0, };
  g_auto(Picture) picture = { NULL, };

  pgs_skip_unless_root ();
  target = start_target ();
  take_picture (&target, &picture);
  pages = read_plainly (target.pid, 0, G_MAXUINT64);
  for (guint i = 0; i < pages->len; i++)
    {
      const Plain *page = &g_array_index (pages, Plain, i);
      g_autoptr(GArray) found =
        pgs_frame_map_find_pages (picture.map, page->pfn * page_size,
                                  page->pfn * page_size + 1, G_MAXUINT);
      uint64_t n_found = 0, n_expected = 0;

      g_hash_table_add (frames, (gpointer) &page->pfn);
      for (guint j = 0; j < found->len; j++)
        n_found += (g_array_index (found, PgsRange, j).end -
                    g_array_index (found, PgsRange, j).start) / page_size;
      for (guint j = 0; j < pages->len; j++)
        {
          const Plain *other = &g_array_index (pages, Plain, j);
          gboolean is_there = FALSE;

          if (other->pfn != page->pfn)
            continue;
          n_expected++;
          for (guint k = 0; k < found->len; k++)
            is_there = is_there ||
                       (g_array_index (found, PgsRange, k).start <= other->address &&
                        g_array_index (found, PgsRange, k).end > other->address);
          assert_true (is_there);
        }
      assert_int_equal (n_found, n_expected);
    }
  assert_int_equal (pgs_frame_map_get_n_frames (picture.map), g_hash_table_size (frames));
  assert_true (pages->len > g_hash_table_size (frames));
}

/* A frame at two addresses selects both. */
static void
test_twice (void **state)
{
  uint64_t page_size = pgs_raw_page_size ();
  g_autoptr(GArray) found = NULL;
  g_auto(Target) target = { 0, };
  g_auto(Picture) picture = { NULL, };
  uint64_t pfn;

  pgs_skip_unless_root ();
  target = start_target ();
  take_picture (&target, &picture);
  pfn = pgs_raw_entry_get_place (pgs_raw_read_entry (target.pid, target.twice[0]));
  assert_int_equal (pfn, pgs_raw_entry_get_place (pgs_raw_read_entry (target.pid,
                                                                      target.twice[1])));
  found = pgs_frame_map_find_pages (picture.map, pfn * page_size, (pfn + 1) * page_size, 16);
  for (guint i = 0; i < 2; i++)
    {
      gboolean is_there = FALSE;

      for (guint j = 0; j < found->len; j++)
        is_there = is_there || (g_array_index (found, PgsRange, j).start <= target.twice[i] &&
                                g_array_index (found, PgsRange, j).end > target.twice[i]);
      assert_true (is_there);
    }
}

static void
find_order (Picture  *picture,
            uint64_t  start,
            uint64_t  end)
{
  g_autoptr(GArray) ranges = g_array_new (FALSE, FALSE, sizeof (PgsRange));
  g_autoptr(GArray) zones = pgs_frame_zones_read (PGS_PROC_ROOT);
  PgsRange range = { start, end };

  g_array_append_val (ranges, range);
  assert_true (pgs_frame_order_find (picture->snapshot, ranges, zones, NULL, &picture->order));
}

/* Counts runs by hand, and holds the order against it. */
static void
check_order (Picture      *picture,
             const Target *target,
             uint64_t      start,
             guint         n_pages)
{
  uint64_t page_size = pgs_raw_page_size ();
  g_autoptr(GArray) pages = read_plainly (target->pid, start, start + n_pages * page_size);
  uint64_t n_runs = 0, longest = 0, length = 0, on_nodes = 0, in_runs = 0;

  find_order (picture, start, start + n_pages * page_size);
  for (guint i = 0; i < pages->len; i++)
    {
      const Plain *page = &g_array_index (pages, Plain, i);

      if (i == 0 || page[-1].address + page_size != page->address ||
          page[-1].pfn + 1 != page->pfn)
        {
          n_runs++;
          length = 0;
        }
      length++;
      longest = MAX (longest, length);
    }
  assert_int_equal (pages->len, n_pages);
  assert_int_equal (picture->order.n_pages, n_pages);
  assert_int_equal (picture->order.n_runs, n_runs);
  assert_int_equal (picture->order.longest, longest);
  for (guint i = 0; i < PGS_FRAME_ORDER_N_LENGTHS; i++)
    in_runs += picture->order.n_pages_of[i];
  for (guint i = 0; i < PGS_FRAME_ORDER_MAX_NODES; i++)
    on_nodes += picture->order.n_pages_on[i];
  assert_int_equal (in_runs, n_pages);
  assert_int_equal (on_nodes, n_pages);
  assert_float_equal (pgs_frame_order_get_fragmentation (&picture->order),
                      (double) (n_runs - 1) / (n_pages - 1), 1e-9);
}

static void
test_order (void **state)
{
  g_auto(Target) target = { 0, };
  g_auto(Picture) picture = { NULL, };

  pgs_skip_unless_root ();
  target = start_target ();
  take_picture (&target, &picture);
  check_order (&picture, &target, target.single, N_SINGLE);
  assert_int_equal (picture.order.n_huge, 0);
  if (target.huge == 0)
    pgs_skip_because ("no huge page was to be had");
  check_order (&picture, &target, target.huge, N_HUGE);
  assert_int_equal (picture.order.n_runs, 1);
  assert_int_equal (picture.order.n_pages_of[9], N_HUGE);
  assert_int_equal (picture.order.longest_page, target.huge / pgs_raw_page_size ());
}

/* Who else maps a page */

static PgsSharers *
find_sharers (pid_t    pid,
              uint64_t page)
{
  g_autoptr(PgsProcess) process = pgs_process_open (NULL, pid, NULL);
  g_autoptr(PgsSource) source = pgs_proc_source_new (process, NULL, PGS_PROC_SCAN_AUTO);
  g_autoptr(GBytes) text = pgs_source_read_maps (source, NULL, NULL);
  g_autoptr(PgsMaps) maps = pgs_maps_read (text, pgs_raw_page_size (), NULL, NULL);
  PgsSharersQuery query = { .pid = pid, .source = source, .page = page };
  guint index;

  assert_true (pgs_maps_find (maps, page, &index));
  query.mapping = pgs_maps_get_mapping (maps, index);
  query.entry = pgs_raw_read_entry (pid, page);
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

/* The child has every page that it did not write, and nobody else has any. What is at two
 * addresses is there twice, in both. */
static void
test_sharers (void **state)
{
  uint64_t page_size = pgs_raw_page_size ();
  g_auto(Target) target = { 0, };
  g_autoptr(PgsSharers) twice = NULL;
  guint n_shared = 0;

  pgs_skip_unless_root ();
  target = start_target ();
  for (guint i = 0; i < N_SINGLE; i += 5)
    {
      uint64_t page = target.single + i * page_size;
      gboolean is_shared =
        pgs_raw_entry_get_place (pgs_raw_read_entry (target.pid, page)) ==
        pgs_raw_entry_get_place (pgs_raw_read_entry (target.child, page));
      g_autoptr(PgsSharers) sharers = find_sharers (target.pid, page);

      assert_int_equal (is_shared, i % (N_SINGLE / N_WRITTEN) != 0);
      assert_int_equal (sharers->found->len, is_shared);
      assert_int_equal (has_found (sharers, target.child, page), is_shared);
      n_shared += is_shared;
    }
  assert_int_equal (n_shared, N_SINGLE / 5 - N_SINGLE / 20);
  /* The child has it in its page table once it has looked there. */
  twice = find_sharers (target.pid, target.twice[0]);
  assert_true (has_found (twice, target.pid, target.twice[1]));
  for (guint i = 0; i < 2; i++)
    assert_int_equal (has_found (twice, target.child, target.twice[i]),
                      pgs_raw_entry_get_place (pgs_raw_read_entry (target.child,
                                                                   target.twice[i])) != 0);
}

/* Ribbons */

static void
note_extent (const PgsExtent *extent,
             gpointer         user_data)
{
  GArray *pages = user_data;

  for (uint64_t i = 0; i < extent->n_pages; i++)
    {
      Plain page = { (extent->page + i) * pgs_raw_page_size (), extent->pfn + i };

      g_array_append_val (pages, page);
    }
}

/* What ribbons are made of is every page with its frame, once. */
static void
test_extents (void **state)
{
  g_autoptr(GArray) found = g_array_new (FALSE, FALSE, sizeof (Plain));
  g_autoptr(GArray) pages = NULL;
  g_auto(Target) target = { 0, };
  g_auto(Picture) picture = { NULL, };

  pgs_skip_unless_root ();
  target = start_target ();
  take_picture (&target, &picture);
  pages = read_plainly (target.pid, 0, G_MAXUINT64);
  pgs_extents_visit (picture.summary, 0, G_MAXUINT64, 1, note_extent, found);
  assert_int_equal (found->len, pages->len);
  assert_memory_equal (found->data, pages->data, pages->len * sizeof (Plain));
}

typedef struct
{
  PgsScene         pages;
  PgsScene         frames;
  PgsAxis         *axes[2];
  cairo_surface_t *surface;
} Drawing;

static void
clear_drawing (Drawing *drawing)
{
  g_clear_pointer (&drawing->axes[0], pgs_axis_unref);
  g_clear_pointer (&drawing->axes[1], pgs_axis_unref);
  g_clear_pointer (&drawing->surface, cairo_surface_destroy);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Drawing, clear_drawing)

/* Draws the ribbons from a range of pages to a range of RAM, and of these pages alone; or
 * all from what is in view to all of RAM. */
static void
draw (const Picture  *picture,
      const PgsRange *pages,
      const PgsRange *frames,
      Drawing        *drawing)
{
  g_autoptr(GArray) only = g_array_new (FALSE, FALSE, sizeof (PgsRange));
  PgsRibbons ribbons = { &drawing->pages, &drawing->frames, frames != NULL ? only : NULL };
  cairo_t *cr;

  g_array_append_val (only, *pages);

  drawing->axes[0] = pgs_axis_new (pgs_snapshot_get_maps (picture->snapshot),
                                   pgs_raw_page_size (), PGS_SCALE_COMPACT);
  drawing->axes[1] = pgs_axis_new (picture->ram, pgs_raw_page_size (), PGS_SCALE_COMPACT);
  drawing->pages = (PgsScene) { picture->summary, drawing->axes[0],
                                pgs_viewport_whole (drawing->axes[0], WIDTH),
                                pgs_palette_get (PGS_PALETTE_LIGHT), 1, PGS_SCENE_PAGES };
  drawing->frames = (PgsScene) { pgs_frame_map_get_summary (picture->map), drawing->axes[1],
                                 pgs_viewport_whole (drawing->axes[1], WIDTH),
                                 pgs_palette_get (PGS_PALETTE_LIGHT), 1, PGS_SCENE_FRAMES };
  drawing->pages.viewport = pgs_viewport_fitted (&drawing->pages.viewport, drawing->axes[0],
                                                 pages->start, pages->end, 0.25);
  if (frames != NULL)
    drawing->frames.viewport = pgs_viewport_fitted (&drawing->frames.viewport, drawing->axes[1],
                                                    frames->start, frames->end, 0.25);
  drawing->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
  cr = cairo_create (drawing->surface);
  pgs_ribbons_draw (&ribbons, cr, HEIGHT);
  cairo_destroy (cr);
  cairo_surface_flush (drawing->surface);
}

static gboolean
is_inked (const Drawing *drawing,
          int            x,
          int            y)
{
  const unsigned char *row = cairo_image_surface_get_data (drawing->surface) +
                             y * cairo_image_surface_get_stride (drawing->surface);

  return row[4 * x + 3] > 8;
}

/* A huge page is one straight band, and there is nothing beside it. */
static void
test_huge_band (void **state)
{
  g_auto(Target) target = { 0, };
  g_auto(Picture) picture = { NULL, };
  g_auto(Drawing) drawing = { 0, };
  uint64_t size = N_HUGE * pgs_raw_page_size ();
  PgsRange pages, frames;
  double x, end;

  pgs_skip_unless_root ();
  target = start_target ();
  if (target.huge == 0)
    pgs_skip_because ("no huge page was to be had");
  take_picture (&target, &picture);
  pages = (PgsRange) { target.huge, target.huge + size };
  frames.start = pgs_raw_entry_get_place (pgs_raw_read_entry (target.pid, target.huge)) *
                 pgs_raw_page_size ();
  frames.end = frames.start + size;
  draw (&picture, &pages, &frames, &drawing);
  x = pgs_viewport_address_to_x (&drawing.pages.viewport, drawing.axes[0], pages.start);
  end = pgs_viewport_address_to_x (&drawing.pages.viewport, drawing.axes[0], pages.end - 1);
  assert_true (end - x > WIDTH / 3.0);
  for (int y = 0; y < HEIGHT; y++)
    for (int i = 0; i < WIDTH; i++)
      if (i >= x + 2 && i <= end - 3)
        assert_true (is_inked (&drawing, i, y));
      else if (fabs (i - x) > WIDTH / 8.0 && fabs (i - end) > WIDTH / 8.0)
        assert_false (is_inked (&drawing, i, y));
}

/* Scattered pages arrive where their frames are, and nowhere else. */
static void
test_scattered (void **state)
{
  g_auto(Target) target = { 0, };
  g_auto(Picture) picture = { NULL, };
  g_auto(Drawing) drawing = { 0, };
  g_autoptr(GArray) pages = NULL;
  gboolean near[WIDTH] = { FALSE, }, exact[WIDTH] = { FALSE, };
  PgsRange range;

  pgs_skip_unless_root ();
  target = start_target ();
  take_picture (&target, &picture);
  range = (PgsRange) { target.single, target.single + N_SINGLE * pgs_raw_page_size () };
  draw (&picture, &range, NULL, &drawing);
  /* What else is in view above has its ribbons, too. */
  pages = read_plainly (target.pid,
                        pgs_viewport_to_address (&drawing.pages.viewport, drawing.axes[0], 0),
                        pgs_viewport_to_address (&drawing.pages.viewport, drawing.axes[0],
                                                 WIDTH));
  assert_true (pages->len >= N_SINGLE);
  for (guint i = 0; i < pages->len; i++)
    {
      uint64_t physical = g_array_index (pages, Plain, i).pfn * pgs_raw_page_size ();
      int x = (int) pgs_viewport_address_to_x (&drawing.frames.viewport, drawing.axes[1],
                                               physical);

      exact[CLAMP (x, 0, WIDTH - 1)] = TRUE;
      for (int j = -8; j <= 8; j++)
        near[CLAMP (x + j, 0, WIDTH - 1)] = TRUE;
    }
  for (int i = 0; i < WIDTH; i++)
    {
      gboolean is_hit = is_inked (&drawing, i, HEIGHT - 1) ||
                        is_inked (&drawing, MAX (i - 1, 0), HEIGHT - 1) ||
                        is_inked (&drawing, MIN (i + 1, WIDTH - 1), HEIGHT - 1);

      if (exact[i])
        assert_true (is_hit);
      if (is_inked (&drawing, i, HEIGHT - 1))
        assert_true (near[i]);
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_frame_map),
    cmocka_unit_test (test_twice),
    cmocka_unit_test (test_order),
    cmocka_unit_test (test_sharers),
    cmocka_unit_test (test_extents),
    cmocka_unit_test (test_huge_band),
    cmocka_unit_test (test_scattered),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
