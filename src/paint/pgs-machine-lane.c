/* pgs-machine-lane.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the whole machine uses each stretch of RAM for: a lane along the bar of RAM, of
 * stacked columns like those of the bars.
 */

#include "config.h"

#include "pgs-machine-lane.h"

#include <math.h>

#include "pgs-columns.h"

/* How wide a stretch is that is sampled by itself, in pixels. */
#define STRETCH_WIDTH 2

/**
 * pgs_machine_lane_make_borders:
 * @axis: where physical addresses lie
 * @viewport: the part in view
 *
 * Returns: (transfer full) (element-type uint64_t): between which addresses to sample, for
 *   pgs_machine_use_sample()
 */
GArray *
pgs_machine_lane_make_borders (const PgsAxis     *axis,
                               const PgsViewport *viewport)
{
  GArray *borders = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  guint n = (guint) MAX (viewport->width / STRETCH_WIDTH, 1);

  g_return_val_if_fail (axis != NULL && viewport != NULL, borders);

  for (guint i = 0; i <= n; i++)
    {
      uint64_t address = pgs_viewport_to_address (viewport, axis, i * viewport->width / n);

      if (borders->len == 0 || g_array_index (borders, uint64_t, borders->len - 1) < address)
        g_array_append_val (borders, address);
    }
  return borders;
}

/* Finds the stretch that holds an address. */
static gboolean
find_stretch (const GArray *borders,
              uint64_t      address,
              guint        *stretch)
{
  guint low = 0, high = borders->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (borders, uint64_t, middle) <= address)
        low = middle + 1;
      else
        high = middle;
    }
  *stretch = low - 1;
  return low > 0 && low < borders->len;
}

static void
fill_column (const PgsMachineUse *use,
             const PgsScene      *scene,
             PgsColumns          *columns,
             guint                column)
{
  uint64_t address = pgs_viewport_to_address (&scene->viewport, scene->axis,
                                              column / scene->device_scale);
  double frames[PGS_MACHINE_N_TYPES];
  uint64_t counts[PGS_MACHINE_N_TYPES];
  guint heights[PGS_MACHINE_N_TYPES];
  guint stretch;

  if (!pgs_maps_find (pgs_axis_get_maps (scene->axis), address, NULL) ||
      !find_stretch (pgs_machine_use_get_borders (use), address, &stretch) ||
      !pgs_machine_use_get_frames (use, stretch, frames))
    return;
  for (guint i = 0; i < PGS_MACHINE_N_TYPES; i++)
    counts[i] = (uint64_t) ceil (frames[i]);
  pgs_painter_split_height (counts, PGS_MACHINE_N_TYPES, columns->height, heights);
  for (guint i = 0; i < PGS_MACHINE_N_TYPES; i++)
    pgs_columns_get (columns, column)[i] = (guint16) heights[i];
}

/**
 * pgs_machine_lane_draw:
 * @use: a sample of RAM; of another part of it, nothing is drawn
 * @frames: the bar of RAM
 * @cr: where to, at the origin
 * @height: how high, in pixels
 *
 * Draws what the frames in view are used for.
 */
void
pgs_machine_lane_draw (const PgsMachineUse *use,
                       const PgsScene      *frames,
                       cairo_t             *cr,
                       double               height)
{
  g_autoptr(PgsColumns) columns = NULL;

  g_return_if_fail (use != NULL && frames != NULL && cr != NULL);

  columns = pgs_columns_new (frames->viewport.width, height, frames->device_scale,
                             PGS_MACHINE_N_TYPES);
  for (guint i = 0; i < PGS_MACHINE_N_TYPES; i++)
    columns->colors[i] = &frames->palette->colors[pgs_machine_type_get_class (i)->color];
  for (guint i = 0; i < columns->n_columns; i++)
    fill_column (use, frames, columns, i);
  pgs_columns_draw (columns, cr);
}
