/* test-frame-map.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests pgs-frame-map.c against a hash table from each frame to its pages, and on a live
 * process against plain reads of its pagemap.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <string.h>

#include "core/pgs-frame-map.h"
#include "core/pgs-frame-user.h"
#include "core/pgs-ram.h"
#include "pgs-made-pages.h"

#define PAGE     PGS_MADE_PAGES_SIZE
#define FIRST    UINT64_C (0x7f0000000)
#define N_PAGES  30000u
#define RAM_END  UINT64_C (60000)
#define PRESENT  PGS_PAGEMAP_PRESENT
#define ALL      G_MAXUINT

static const char maps_text[] =
  "7f0000000000-7f0003000000 rw-p 00000000 00:00 0 \n"
  "7f0003000000-7f0003123000 r--p 00000000 00:00 0 \n"
  "7f0003200000-7f0008000000 rw-s 00000000 00:01 9 /dev/shm/example\n";

/* Ranges that begin and end amid chunks of frames, side by side and with holes. */
static const char ram_text[] =
  "1000-9f000 rw-p 00000000 00:00 0 DMA\n"
  "100000-1000000 rw-p 00000000 00:00 0 DMA\n"
  "1000000-5123000 rw-p 00000000 00:00 0 DMA32\n"
  "8000000-8001000 rw-p 00000000 00:00 0 Normal\n"
  "a000000-e000000 rw-p 00000000 00:00 0 Normal, node 1\n";

static PgsMaps *
parse (const char *text)
{
  return pgs_maps_parse (text, strlen (text), PAGE, NULL);
}

/* What the map is held against */

typedef struct
{
  PgsMadePages *pages;
  PgsSummary   *summary;
  PgsMaps      *ram;
  GHashTable   *users;   /* PFN to an array of page numbers, in order */
} Machine;

static void
add_user (Machine  *self,
          uint64_t  pfn,
          uint64_t  page)
{
  GArray *users = g_hash_table_lookup (self->users, GSIZE_TO_POINTER (pfn));

  if (users == NULL)
    {
      users = g_array_new (FALSE, FALSE, sizeof (uint64_t));
      g_hash_table_insert (self->users, GSIZE_TO_POINTER (pfn), users);
    }
  g_array_append_val (users, page);
}

static Machine *
machine_new (const uint64_t *entries,
             uint64_t        n_pages,
             const char     *mode,
             PgsMaps        *ram)
{
  Machine *self = g_new0 (Machine, 1);

  self->pages = pgs_made_pages_new (maps_text, FIRST, entries, n_pages, RAM_END);
  self->summary = pgs_summary_new (self->pages->snapshot, pgs_color_mode_find (mode));
  self->ram = pgs_maps_ref (ram);
  self->users = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_array_unref);
  for (uint64_t page = FIRST; page < FIRST + n_pages; page++)
    {
      uint64_t pfn;
      guint class;

      if (pgs_made_pages_classify (self->pages, pgs_color_mode_find (mode), page, &pfn, &class) &&
          pgs_maps_find (ram, pfn * PAGE, NULL))
        add_user (self, pfn, page);
    }
  return self;
}

static void
machine_free (Machine *self)
{
  pgs_made_pages_free (self->pages);
  pgs_summary_unref (self->summary);
  pgs_maps_unref (self->ram);
  g_hash_table_unref (self->users);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Machine, machine_free)

static uint64_t
random_pfn (GRand *rand)
{
  /* Some of them beyond all RAM, and one that many pages have. */
  switch (g_rand_int_range (rand, 0, 40))
    {
    case 0:
      return RAM_END + (uint64_t) g_rand_int (rand) * 1000;
    case 1:
      return 0x2000;
    default:
      return (uint64_t) g_rand_int_range (rand, 1, (gint32) RAM_END);
    }
}

static void
change_entries (GRand    *rand,
                uint64_t *entries,
                guint     n_changes)
{
  for (guint i = 0; i < n_changes; i++)
    {
      guint first = (guint) g_rand_int_range (rand, 0, N_PAGES);
      guint n = g_rand_int_range (rand, 0, 3) == 0 ? (guint) g_rand_int_range (rand, 1, 3000) : 1;
      guint kind = (guint) g_rand_int_range (rand, 0, 6);
      uint64_t pfn = random_pfn (rand);

      for (guint j = first; j < MIN (first + n, N_PAGES); j++)
        {
          if (kind < 3)
            entries[j] = PRESENT | pfn++;
          else if (kind == 3)
            entries[j] = PRESENT | PGS_PAGEMAP_FILE | random_pfn (rand);
          else if (kind == 4)
            entries[j] = PGS_PAGEMAP_SWAPPED | 77 << 5;
          else
            entries[j] = g_rand_boolean (rand) ? 0 : PRESENT | pfn;
        }
    }
}

/* Comparing */

static void
check_frame (const Machine     *self,
             const PgsFrameMap *map,
             uint64_t           pfn)
{
  PgsSummary *frames = pgs_frame_map_get_summary (map);
  const GArray *users = g_hash_table_lookup (self->users, GSIZE_TO_POINTER (pfn));
  uint64_t entry = pgs_snapshot_get_entry (pgs_summary_get_snapshot (frames), pfn * PAGE);
  const PgsColorMode *mode = pgs_summary_get_mode (self->summary);
  guint absent = mode->n_classes - 1;
  uint64_t same;
  guint class;

  assert_int_equal (pgs_frame_map_has_frame (map, pfn), users != NULL);
  assert_int_equal (entry != 0, users != NULL);
  if (!pgs_maps_find (self->ram, pfn * PAGE, NULL))
    return;
  if (users == NULL)
    {
      assert_int_equal (pgs_summary_get_class (frames, pfn * PAGE), absent);
      return;
    }
  assert_int_equal (pgs_frame_user_get_page (entry), g_array_index (users, uint64_t, 0));
  pgs_made_pages_classify (self->pages, mode, g_array_index (users, uint64_t, 0), &same, &class);
  assert_int_equal (same, pfn);
  assert_int_equal (pgs_frame_user_get_class (entry), class);
  assert_int_equal (pgs_summary_get_class (frames, pfn * PAGE), class);
}

/* Counts the frames of each class one by one. */
static void
check_counts (const Machine     *self,
              const PgsFrameMap *map,
              uint64_t           first,
              uint64_t           end)
{
  PgsSummary *frames = pgs_frame_map_get_summary (map);
  const PgsColorMode *mode = pgs_summary_get_mode (self->summary);
  uint64_t expected[PGS_COLOR_MODE_MAX_CLASSES] = { 0, };
  uint64_t counts[PGS_COLOR_MODE_MAX_CLASSES];

  for (uint64_t pfn = first; pfn < end; pfn++)
    {
      const GArray *users = g_hash_table_lookup (self->users, GSIZE_TO_POINTER (pfn));
      guint class = mode->n_classes - 1;
      uint64_t same;

      if (!pgs_maps_find (self->ram, pfn * PAGE, NULL))
        continue;
      if (users != NULL)
        pgs_made_pages_classify (self->pages, mode, g_array_index (users, uint64_t, 0), &same,
                                 &class);
      expected[class]++;
    }
  pgs_summary_count (frames, first * PAGE, end * PAGE, counts);
  assert_memory_equal (counts, expected, mode->n_classes * sizeof *counts);
}

static int
compare_pages (gconstpointer a,
               gconstpointer b)
{
  const uint64_t *left = a, *right = b;

  return *left < *right ? -1 : *left > *right;
}

/* All pages in some frames, as ranges of addresses that do not touch. */
static void
check_pages (const Machine     *self,
             const PgsFrameMap *map,
             uint64_t           start,
             uint64_t           end)
{
  g_autoptr(GArray) ranges = pgs_frame_map_find_pages (map, start, end, ALL);
  g_autoptr(GArray) pages = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  uint64_t last_end = 0;
  guint n = 0;

  for (uint64_t pfn = start / PAGE; pfn * PAGE < end; pfn++)
    {
      const GArray *users = g_hash_table_lookup (self->users, GSIZE_TO_POINTER (pfn));

      if (users != NULL)
        g_array_append_vals (pages, users->data, users->len);
    }
  g_array_sort (pages, compare_pages);
  for (guint i = 0; i < ranges->len; i++)
    {
      const PgsRange *range = &g_array_index (ranges, PgsRange, i);

      assert_true (range->start < range->end);
      assert_true (i == 0 || range->start > last_end);
      for (uint64_t address = range->start; address < range->end; address += PAGE)
        {
          assert_in_range (n, 0, pages->len - 1);
          assert_int_equal (address, g_array_index (pages, uint64_t, n++) * PAGE);
        }
      last_end = range->end;
    }
  assert_int_equal (n, pages->len);
}

static uint64_t
get_distance (uint64_t pfn,
              uint64_t wanted)
{
  return pfn > wanted ? pfn - wanted : wanted - pfn;
}

static void
check_nearest (const Machine     *self,
               const PgsFrameMap *map,
               uint64_t           first,
               uint64_t           end,
               uint64_t           wanted)
{
  uint64_t nearest = G_MAXUINT64, found = 12345;

  for (uint64_t pfn = first; pfn < end; pfn++)
    if (g_hash_table_contains (self->users, GSIZE_TO_POINTER (pfn)))
      nearest = MIN (nearest, get_distance (pfn, wanted));
  assert_int_equal (pgs_frame_map_find_frame (map, first * PAGE, end * PAGE, wanted * PAGE + 7,
                                              &found), nearest != G_MAXUINT64);
  if (nearest == G_MAXUINT64)
    {
      assert_int_equal (found, 12345);
      return;
    }
  assert_int_equal (found % PAGE, 0);
  assert_in_range (found / PAGE, first, end - 1);
  assert_true (g_hash_table_contains (self->users, GSIZE_TO_POINTER (found / PAGE)));
  assert_int_equal (get_distance (found / PAGE, wanted), nearest);
}

static void
check_map (const Machine     *self,
           const PgsFrameMap *map,
           GRand             *rand)
{
  assert_int_equal (pgs_frame_map_get_n_frames (map), g_hash_table_size (self->users));
  assert_ptr_equal (pgs_summary_get_mode (pgs_frame_map_get_summary (map)),
                    pgs_color_mode_get_for_frames (pgs_summary_get_mode (self->summary)));
  for (uint64_t pfn = 0; pfn < RAM_END + 100; pfn++)
    check_frame (self, map, pfn);
  check_counts (self, map, 0, RAM_END + 100);
  check_pages (self, map, 0, (RAM_END + 100) * PAGE);
  for (guint i = 0; i < 20; i++)
    {
      uint64_t first = (uint64_t) g_rand_int_range (rand, 0, RAM_END);
      uint64_t end = first + (1u << g_rand_int_range (rand, 0, 15));

      check_counts (self, map, first, end);
      check_pages (self, map, first * PAGE, end * PAGE);
      check_pages (self, map, first * PAGE + 1, end * PAGE + 1);
      check_nearest (self, map, first, end, (uint64_t) g_rand_int_range (rand, 0, RAM_END));
    }
}

static void
test_random (void **state)
{
  for (guint i = 0; i < 2 * pgs_color_mode_get_n_modes (); i++)
    {
      g_autoptr(GRand) rand = g_rand_new_with_seed (i);
      g_autoptr(PgsMaps) ram = parse (ram_text);
      g_autofree uint64_t *entries = g_new0 (uint64_t, N_PAGES);
      g_autoptr(Machine) machine = NULL;
      g_autoptr(PgsFrameMap) map = NULL;

      change_entries (rand, entries, 1000);
      machine = machine_new (entries, N_PAGES,
                             pgs_color_mode_get (i % pgs_color_mode_get_n_modes ())->id, ram);
      assert_in_range (g_hash_table_size (machine->users), 5000, N_PAGES);
      map = pgs_frame_map_new (machine->summary, ram, NULL, NULL);
      check_map (machine, map, rand);
    }
}

/* What is taken over from the map before makes no difference, be it of the same ranges of
 * RAM or of others, and of the same color mode or of another. */
static void
test_previous (void **state)
{
  static const char *const modes[] = { "state", "state", "kind", "frame", "frame" };
  g_autoptr(GRand) rand = g_rand_new_with_seed (4);
  g_autoptr(PgsMaps) ram = parse (ram_text);
  g_autofree uint64_t *entries = g_new0 (uint64_t, N_PAGES);
  g_autoptr(PgsFrameMap) previous = NULL;

  change_entries (rand, entries, 1000);
  for (guint i = 0; i < 24; i++)
    {
      g_autoptr(PgsMaps) fewer = parse ("1000000-5000000 rw-p 00000000 00:00 0 DMA32\n");
      PgsMaps *now = i % 8 == 7 ? fewer : ram;
      g_autoptr(Machine) machine = machine_new (entries, N_PAGES,
                                                modes[i % G_N_ELEMENTS (modes)], now);
      PgsFrameMap *map = pgs_frame_map_new (machine->summary, now, previous, NULL);

      check_map (machine, map, rand);
      g_clear_pointer (&previous, pgs_frame_map_unref);
      previous = map;
      change_entries (rand, entries, i % 3 == 0 ? 0 : 10);
    }
}

/* Of the same pages a map is made of the same chunks, and its parts are those before. */
static void
test_takes_over (void **state)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (4);
  g_autoptr(PgsMaps) ram = parse (ram_text);
  g_autofree uint64_t *entries = g_new0 (uint64_t, N_PAGES);
  g_autoptr(Machine) machine = NULL;
  g_autoptr(PgsFrameMap) first = NULL, second = NULL;
  PgsSnapshot *before, *after;

  change_entries (rand, entries, 1000);
  machine = machine_new (entries, N_PAGES, "state", ram);
  first = pgs_frame_map_new (machine->summary, ram, NULL, NULL);
  second = pgs_frame_map_new (machine->summary, ram, first, NULL);
  before = pgs_summary_get_snapshot (pgs_frame_map_get_summary (first));
  after = pgs_summary_get_snapshot (pgs_frame_map_get_summary (second));
  assert_ptr_equal (pgs_snapshot_get_store (before), pgs_snapshot_get_store (after));
}

/* A frame at very many addresses has some of them, and the first in any case. */
static void
test_shared_by_many (void **state)
{
  g_autoptr(PgsMaps) ram = parse (ram_text);
  g_autofree uint64_t *entries = g_new0 (uint64_t, N_PAGES);
  g_autoptr(Machine) machine = NULL;
  g_autoptr(PgsFrameMap) map = NULL;
  g_autoptr(GRand) rand = g_rand_new_with_seed (6);
  g_autoptr(GArray) few = NULL;

  for (guint i = 0; i < N_PAGES; i++)
    entries[i] = PRESENT | (i % 2 == 0 ? 0x3000 : 0x3001 + i);
  machine = machine_new (entries, N_PAGES, "state", ram);
  map = pgs_frame_map_new (machine->summary, ram, NULL, NULL);
  check_map (machine, map, rand);
  few = pgs_frame_map_find_pages (map, 0x3000 * PAGE, 0x3001 * PAGE, 10);
  assert_in_range (few->len, 1, 11);
  assert_int_equal (g_array_index (few, PgsRange, 0).start, FIRST * PAGE);
}

/* Where nothing is present, or there is no RAM, the map is empty. */
static void
test_empty (void **state)
{
  g_autofree uint64_t *entries = g_new0 (uint64_t, N_PAGES);
  g_autoptr(GRand) rand = g_rand_new_with_seed (7);
  g_autoptr(PgsMaps) ram = parse (ram_text);
  g_autoptr(PgsMaps) no_ram = parse ("");
  g_autoptr(Machine) nothing = machine_new (entries, N_PAGES, "state", ram);
  g_autoptr(PgsFrameMap) none = pgs_frame_map_new (nothing->summary, ram, NULL, NULL);
  g_autoptr(Machine) machine = NULL;
  g_autoptr(PgsFrameMap) nowhere = NULL;

  check_map (nothing, none, rand);
  change_entries (rand, entries, 1000);
  machine = machine_new (entries, N_PAGES, "state", no_ram);
  nowhere = pgs_frame_map_new (machine->summary, no_ram, none, NULL);
  check_map (machine, nowhere, rand);
}

/* A page number too large for an entry is left out, and does no harm to others. */
static void
test_impossible_page (void **state)
{
  const uint64_t page = UINT64_C (0xfffffffffff00);
  const uint64_t entries[] = { PRESENT | 0x2000, PRESENT | 0x2001, PRESENT | 0x2003 };
  g_autoptr(PgsMaps) ram = parse (ram_text);
  g_autoptr(PgsMadePages) pages =
    pgs_made_pages_new ("fffffffffff00000-fffffffffff10000 rw-p 00000000 00:00 0 \n", page,
                        entries, G_N_ELEMENTS (entries), RAM_END);
  g_autoptr(PgsSummary) summary = pgs_summary_new (pages->snapshot, pgs_color_mode_find ("state"));
  g_autoptr(PgsFrameMap) map = pgs_frame_map_new (summary, ram, NULL, NULL);

  assert_int_equal (pgs_frame_map_get_n_frames (map), 0);
}

static void
test_cancelled (void **state)
{
  g_autofree uint64_t *entries = g_new0 (uint64_t, N_PAGES);
  g_autoptr(GRand) rand = g_rand_new_with_seed (7);
  g_autoptr(PgsMaps) ram = parse (ram_text);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(Machine) machine = NULL;
  g_autoptr(PgsFrameMap) map = NULL;

  change_entries (rand, entries, 1000);
  machine = machine_new (entries, N_PAGES, "state", ram);
  map = pgs_frame_map_new (machine->summary, ram, NULL, cancellable);
  assert_non_null (map);
  g_cancellable_cancel (cancellable);
  assert_null (pgs_frame_map_new (machine->summary, ram, NULL, cancellable));
  assert_null (pgs_frame_map_new (machine->summary, ram, map, cancellable));
}

/* Every mode has one for frames, of the same classes. */
static void
test_modes (void **state)
{
  for (guint i = 0; i < pgs_color_mode_get_n_modes (); i++)
    {
      const PgsColorMode *mode = pgs_color_mode_get (i);
      const PgsColorMode *frames = pgs_color_mode_get_for_frames (mode);

      assert_string_equal (frames->id, mode->id);
      assert_ptr_equal (frames->classes, mode->classes);
      assert_int_equal (frames->n_classes, mode->n_classes);
      assert_int_equal (frames->needs, PGS_COLOR_NEEDS_NOTHING);
      for (guint class = 0; class < mode->n_classes; class++)
        {
          PgsPage page = { NULL, pgs_frame_user_pack ((UINT64_C (1) << 45) - 1 - i, class), 0 };

          assert_int_equal (frames->classify (NULL, &page), class);
          assert_int_equal (pgs_frame_user_get_page (page.entry), (UINT64_C (1) << 45) - 1 - i);
        }
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_random),
    cmocka_unit_test (test_previous),
    cmocka_unit_test (test_takes_over),
    cmocka_unit_test (test_shared_by_many),
    cmocka_unit_test (test_empty),
    cmocka_unit_test (test_impossible_page),
    cmocka_unit_test (test_cancelled),
    cmocka_unit_test (test_modes),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
