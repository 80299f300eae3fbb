/* pgs-ram-view.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RAM and the pages in it, made ready in a worker. The ranges of RAM are read once; they
 * hardly ever change while a program runs.
 */

#include "config.h"

#include "pgs-ram-view.h"

#include "core/pgs-process.h"
#include "core/pgs-ram.h"

struct _PgsRamView
{
  PgsMaps     *ram;
  PgsAxis     *axis;
  PgsFrameMap *map;
  PgsSummary  *pages;
};

/* Returns the ranges of RAM; none where they cannot be read. */
static PgsMaps *
read_ram (uint64_t page_size)
{
  PgsMaps *ram = pgs_ram_read (PGS_PROC_ROOT, page_size);

  return ram != NULL ? ram : pgs_maps_parse ("", 0, page_size, NULL);
}

/**
 * pgs_ram_view_new:
 * @pages: the pages of a process
 * @previous: (nullable): the view before, from which is kept what did not change
 * @cancellable: (nullable): ends it early
 *
 * Finds out which page lies in which frame. Reads /proc/iomem or /proc/zoneinfo the first
 * time.
 *
 * Returns: (transfer full): the view, which is @previous for the same pages; %NULL when
 *   cancelled
 */
PgsRamView *
pgs_ram_view_new (const PgsSummary *pages,
                  PgsRamView       *previous,
                  GCancellable     *cancellable)
{
  uint64_t page_size;
  PgsFrameMap *map;
  PgsMaps *ram;
  PgsRamView *self;

  g_return_val_if_fail (pages != NULL, NULL);

  if (previous != NULL && previous->pages == pages)
    return pgs_ram_view_ref (previous);
  page_size = pgs_snapshot_get_page_size (pgs_summary_get_snapshot (pages));
  ram = previous != NULL ? pgs_maps_ref (previous->ram) : read_ram (page_size);
  map = pgs_frame_map_new (pages, ram, previous != NULL ? previous->map : NULL, cancellable);
  if (map == NULL)
    {
      pgs_maps_unref (ram);
      return NULL;
    }
  self = g_atomic_rc_box_new0 (PgsRamView);
  self->ram = ram;
  self->map = map;
  self->axis = previous != NULL ? pgs_axis_ref (previous->axis)
                                : pgs_axis_new (ram, page_size, PGS_SCALE_COMPACT);
  self->pages = pgs_summary_ref ((PgsSummary *) pages);
  return self;
}

/**
 * pgs_ram_view_ref:
 *
 * Returns: (transfer full): @self
 */
PgsRamView *
pgs_ram_view_ref (PgsRamView *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  PgsRamView *self = data;

  pgs_maps_unref (self->ram);
  pgs_axis_unref (self->axis);
  pgs_frame_map_unref (self->map);
  pgs_summary_unref (self->pages);
}

/**
 * pgs_ram_view_unref:
 *
 * Drops a reference.
 */
void
pgs_ram_view_unref (PgsRamView *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear);
}

/**
 * pgs_ram_view_get_axis:
 *
 * Returns: (transfer none): where physical addresses lie; holes between ranges are folded
 */
PgsAxis *
pgs_ram_view_get_axis (const PgsRamView *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->axis;
}

/**
 * pgs_ram_view_get_map:
 *
 * Returns: (transfer none): which page lies in which frame
 */
PgsFrameMap *
pgs_ram_view_get_map (const PgsRamView *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->map;
}

/**
 * pgs_ram_view_get_pages:
 *
 * Returns: (transfer none): the pages whose frames these are
 */
PgsSummary *
pgs_ram_view_get_pages (const PgsRamView *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->pages;
}
