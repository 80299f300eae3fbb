/* pgs-layout.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "pgs-layout.h"

#include <inttypes.h>

#include "core/pgs-page-store-builder.h"

#define START UINT64_C (0x550000000000)

static uint64_t
make_entry (GRand *rand,
            guint  pattern,
            guint  page)
{
  static const uint64_t flags[] = {
    0, PGS_PAGEMAP_EXCLUSIVE, PGS_PAGEMAP_FILE, PGS_PAGEMAP_SOFT_DIRTY, PGS_PAGEMAP_MARK_ZERO,
  };
  guint choice = (guint) g_rand_int_range (rand, 0, 10);

  if (pattern == 0)
    return PGS_PAGEMAP_PRESENT | PGS_PAGEMAP_EXCLUSIVE | (0x10000 + page);
  if (pattern == 1)
    return page % 3 == 0 ? PGS_PAGEMAP_PRESENT : 0;
  if (choice < 4)
    return PGS_PAGEMAP_PRESENT | flags[g_rand_int_range (rand, 0, G_N_ELEMENTS (flags))] |
           (uint64_t) g_rand_int_range (rand, 1, 1 << 20);
  if (choice < 6)
    return PGS_PAGEMAP_SWAPPED | (uint64_t) g_rand_int_range (rand, 1, 1 << 20) << 5;
  if (choice == 6)
    return PGS_PAGEMAP_SWAPPED | PGS_PAGEMAP_GUARD;
  return 0;
}

static GArray *
make_entries (GRand *rand,
              guint  n_pages)
{
  GArray *entries = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  guint pattern = (guint) g_rand_int_range (rand, 0, 5);

  for (guint i = 0; i < n_pages; i++)
    {
      uint64_t entry = pattern == 4 ? 0 : make_entry (rand, pattern, i);

      g_array_append_val (entries, entry);
    }
  return entries;
}

static void
append_line (GString  *text,
             GRand    *rand,
             uint64_t  start,
             uint64_t  end)
{
  static const char *const lines[] = {
    "rw-p 00000000 00:00 0 ",
    "r--p 00000000 00:00 0 ",
    "---p 00000000 00:00 0 ",
    "r-xp 00001000 08:01 4711                       /usr/lib/libexample.so.1",
    "rw-s 00000000 00:01 12                         /dev/shm/example",
    "rw-p 00000000 00:00 0                          [heap]",
    "rwxp 00000000 00:00 0                          [anon:jit]",
  };

  g_string_append_printf (text, "%" PRIx64 "-%" PRIx64 " %s\n", start, end,
                          lines[g_rand_int_range (rand, 0, G_N_ELEMENTS (lines))]);
}

/**
 * pgs_layout_new_random:
 * @seed: the same seed gives the same layout
 * @n_mappings: how many mappings
 * @max_pages: how many pages one may have
 *
 * Returns: (transfer full): mappings of random sizes, some with gaps between
 *   them, from a page to terabytes, and with pages of all states
 */
PgsLayout *
pgs_layout_new_random (guint32 seed,
                       guint   n_mappings,
                       guint   max_pages)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(PgsPageStore) store = NULL;
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (512);
  PgsLayout *self = g_new0 (PgsLayout, 1);
  uint64_t address = START;

  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  for (guint i = 0; i < n_mappings; i++)
    {
      guint n_pages = (guint) g_rand_int_range (rand, 1, (gint32) max_pages + 1);
      GArray *entries = make_entries (rand, n_pages);
      uint64_t end;

      if (g_rand_boolean (rand))
        address += PGS_LAYOUT_PAGE_SIZE << g_rand_int_range (rand, 0, 28);
      end = address + n_pages * PGS_LAYOUT_PAGE_SIZE;
      append_line (text, rand, address, end);
      pgs_page_store_builder_append (builder, address / PGS_LAYOUT_PAGE_SIZE,
                                     (const uint64_t *) (gpointer) entries->data, entries->len);
      g_ptr_array_add (self->entries, entries);
      address = end;
    }
  self->maps = pgs_maps_parse (text->str, text->len, PGS_LAYOUT_PAGE_SIZE, NULL);
  store = pgs_page_store_builder_end (builder);
  self->snapshot = pgs_snapshot_new (self->maps, store, PGS_LAYOUT_PAGE_SIZE, 1 << 20, NULL);
  return self;
}

/**
 * pgs_layout_free:
 */
void
pgs_layout_free (PgsLayout *self)
{
  g_ptr_array_unref (self->entries);
  pgs_snapshot_unref (self->snapshot);
  pgs_maps_unref (self->maps);
  g_free (self);
}

/**
 * pgs_layout_get_entry:
 * @mapping: index of a mapping
 * @page: index of a page in it
 *
 * Returns: the entry that the layout was made with
 */
uint64_t
pgs_layout_get_entry (PgsLayout *self,
                      guint      mapping,
                      uint64_t   page)
{
  GArray *entries = self->entries->pdata[mapping];

  return g_array_index (entries, uint64_t, page);
}
