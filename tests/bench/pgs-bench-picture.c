/* pgs-bench-picture.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Made-up snapshots. Half of the pages are private, some of files, some in swap and
 * the rest absent, without any order, so that nothing can be drawn in one go.
 */

#include "config.h"

#include "core/pgs-page-store-builder.h"
#include "pgs-bench-picture.h"

#include <inttypes.h>
#include <string.h>

#define START           UINT64_C (0x7f0000000000)
#define PAGES_PER_BLOCK 512
#define N_FRAMES        (6 << 20)
#define N_SLOTS         (1 << 20)

static uint64_t
make_entry (GRand *rand)
{
  guint choice = (guint) g_rand_int_range (rand, 0, 8);

  if (choice < 4)
    return PGS_PAGEMAP_PRESENT | PGS_PAGEMAP_EXCLUSIVE |
           (uint64_t) g_rand_int_range (rand, 1, N_FRAMES);
  if (choice == 4)
    return PGS_PAGEMAP_PRESENT | PGS_PAGEMAP_FILE |
           (uint64_t) g_rand_int_range (rand, 1, N_FRAMES);
  if (choice == 5)
    return PGS_PAGEMAP_SWAPPED | (uint64_t) g_rand_int_range (rand, 1, N_SLOTS) << 5;
  return 0;
}

static PgsPageStore *
make_store (guint n_pages)
{
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (PAGES_PER_BLOCK);
  GRand *rand = g_rand_new_with_seed (1);
  uint64_t entries[PAGES_PER_BLOCK];

  for (guint i = 0; i < n_pages; i += PAGES_PER_BLOCK)
    {
      for (guint j = 0; j < PAGES_PER_BLOCK; j++)
        entries[j] = make_entry (rand);
      pgs_page_store_builder_append (builder, START / PGS_BENCH_PAGE + i, entries,
                                     PAGES_PER_BLOCK);
    }
  g_rand_free (rand);
  return pgs_page_store_builder_end (builder);
}

/**
 * pgs_bench_make_maps_text:
 * @n_pages: pages of all mappings
 * @n_mappings: how many, side by side
 *
 * Returns: (transfer full): the text of maps
 */
char *
pgs_bench_make_maps_text (guint n_pages,
                          guint n_mappings)
{
  GString *text = g_string_new (NULL);
  uint64_t size = n_pages / n_mappings * PGS_BENCH_PAGE;

  for (guint i = 0; i < n_mappings; i++)
    g_string_append_printf (text, "%" PRIx64 "-%" PRIx64 " %s 00000000 00:00 0 \n",
                            START + i * size, START + (i + 1) * size,
                            i % 2 == 0 ? "rw-p" : "r--p");
  return g_string_free (text, FALSE);
}

static PgsSnapshot *
make_snapshot (guint n_pages,
               guint n_mappings)
{
  g_autofree char *text = pgs_bench_make_maps_text (n_pages, n_mappings);
  g_autoptr(PgsMaps) maps = pgs_maps_parse (text, strlen (text), PGS_BENCH_PAGE, NULL);
  g_autoptr(PgsPageStore) store = make_store (n_pages);

  return pgs_snapshot_new (maps, store, PGS_BENCH_PAGE, N_FRAMES, NULL);
}

/**
 * pgs_bench_picture_new:
 * @n_pages: how many pages
 * @n_mappings: in how many mappings
 *
 * Returns: (transfer full): a picture in the first color mode
 */
PgsBenchPicture *
pgs_bench_picture_new (guint n_pages,
                       guint n_mappings)
{
  PgsBenchPicture *self = g_new0 (PgsBenchPicture, 1);

  self->snapshot = make_snapshot (n_pages, n_mappings);
  self->axis = pgs_axis_new (pgs_snapshot_get_maps (self->snapshot), PGS_BENCH_PAGE,
                             PGS_SCALE_COMPACT);
  self->scene.axis = self->axis;
  self->scene.palette = pgs_palette_get (PGS_PALETTE_LIGHT);
  self->scene.device_scale = 1;
  pgs_bench_picture_set_mode (self, pgs_color_mode_get (0));
  return self;
}

/**
 * pgs_bench_picture_free:
 *
 * Frees the picture.
 */
void
pgs_bench_picture_free (PgsBenchPicture *self)
{
  pgs_axis_unref (self->axis);
  pgs_summary_unref (self->summary);
  pgs_snapshot_unref (self->snapshot);
  g_free (self);
}

/**
 * pgs_bench_picture_set_mode:
 * @mode: how to color it
 *
 * Summarizes the snapshot anew.
 */
void
pgs_bench_picture_set_mode (PgsBenchPicture    *self,
                            const PgsColorMode *mode)
{
  g_clear_pointer (&self->summary, pgs_summary_unref);
  self->summary = pgs_summary_new (self->snapshot, mode);
  self->scene.summary = self->summary;
}
