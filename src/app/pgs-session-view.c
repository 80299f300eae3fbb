/* pgs-session-view.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What part of the address space is in view, and which pages are selected.
 *
 * Where the view has been is remembered with the axis of that time, and carried
 * over to the axis of today when it is gone back to.
 */

#include "config.h"

#include "pgs-session-private.h"

#include <glib/gi18n.h>

#define FIT_MARGIN     0.02
#define CLOSE_UP_PAGES 64
#define MAX_PLACES     100

/* Frees a #PgsPlace. */
void
pgs_place_free (gpointer data)
{
  PgsPlace *place = data;

  pgs_axis_unref (place->axis);
  g_free (place);
}

static gboolean
viewport_is_whole (PgsSession *self)
{
  return self->axis == NULL || pgs_viewport_is_whole (&self->viewport, self->axis);
}

/* The view */

static void
change_view (PgsSession        *self,
             const PgsViewport *viewport)
{
  if (pgs_viewport_equal (&self->viewport, viewport))
    return;
  self->viewport = *viewport;
  pgs_session_emit (self, PGS_SESSION_VIEW_CHANGED);
}

static void
remember_place (PgsSession *self,
                guint       direction)
{
  PgsPlace *place;

  if (self->axis == NULL)
    return;
  place = g_new0 (PgsPlace, 1);
  place->viewport = self->viewport;
  place->axis = pgs_axis_ref (self->axis);
  place->selection = self->selection;
  g_queue_push_tail (self->places[direction], place);
  if (g_queue_get_length (self->places[direction]) > MAX_PLACES)
    pgs_place_free (g_queue_pop_head (self->places[direction]));
}

static void
leave_place (PgsSession *self)
{
  remember_place (self, 0);
  g_queue_clear_full (self->places[1], pgs_place_free);
}

/**
 * pgs_session_set_viewport:
 * @viewport: the part of the axis to show
 *
 * Moves the view without making it a place to go back to: zooming and panning.
 */
void
pgs_session_set_viewport (PgsSession        *self,
                          const PgsViewport *viewport)
{
  g_return_if_fail (PGS_IS_SESSION (self) && viewport != NULL);

  change_view (self, viewport);
}

/**
 * pgs_session_set_width:
 * @width: how wide the bar is, in pixels
 */
void
pgs_session_set_width (PgsSession *self,
                       double      width)
{
  PgsViewport viewport;

  g_return_if_fail (PGS_IS_SESSION (self) && width > 0);

  self->width = width;
  viewport = pgs_viewport_resized (&self->ram_viewport, width);
  pgs_session_set_ram_viewport (self, &viewport);
  viewport = pgs_viewport_resized (&self->viewport, width);
  change_view (self, &viewport);
}

/**
 * pgs_session_visit:
 * @start: first address
 * @end: the address behind the last one
 *
 * Shows a range, and makes where one was a place to go back to.
 */
void
pgs_session_visit (PgsSession *self,
                   uint64_t    start,
                   uint64_t    end)
{
  PgsViewport viewport;

  g_return_if_fail (PGS_IS_SESSION (self) && start < end);

  if (self->axis == NULL)
    return;
  viewport = pgs_viewport_fitted (&self->viewport, self->axis, start, end, FIT_MARGIN);
  if (pgs_viewport_equal (&viewport, &self->viewport))
    return;
  leave_place (self);
  change_view (self, &viewport);
}

/**
 * pgs_session_visit_whole:
 *
 * Shows the whole address space, and makes where one was a place to go back to.
 */
void
pgs_session_visit_whole (PgsSession *self)
{
  PgsViewport viewport;

  g_return_if_fail (PGS_IS_SESSION (self));

  if (viewport_is_whole (self))
    return;
  leave_place (self);
  viewport = pgs_viewport_whole (self->axis, self->width);
  change_view (self, &viewport);
}

/**
 * pgs_session_can_go:
 * @direction: -1 for back, 1 for forth
 *
 * Returns: whether there is a place to go to
 */
gboolean
pgs_session_can_go (PgsSession *self,
                    int         direction)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), FALSE);

  return !g_queue_is_empty (self->places[direction > 0]);
}

/**
 * pgs_session_go:
 * @direction: -1 for back, 1 for forth
 *
 * Goes back to a place visited, or forth again.
 */
void
pgs_session_go (PgsSession *self,
                int         direction)
{
  PgsViewport viewport;
  PgsPlace *place;

  g_return_if_fail (PGS_IS_SESSION (self));

  place = g_queue_pop_tail (self->places[direction > 0]);
  if (place == NULL)
    return;
  remember_place (self, direction < 0);
  viewport = pgs_viewport_moved_to_axis (&place->viewport, place->axis, self->axis);
  viewport = pgs_viewport_resized (&viewport, self->width);
  self->selection = place->selection;
  pgs_session_forget_frames (self);
  self->viewport = viewport;
  pgs_place_free (place);
  pgs_session_emit (self, PGS_SESSION_SELECTION_CHANGED);
  pgs_session_emit (self, PGS_SESSION_VIEW_CHANGED);
}

/* The selection */

/**
 * pgs_session_select_range:
 * @start: an address in the first page
 * @end: the address behind the last byte
 * @address: the address in question
 *
 * Selects the pages that hold [@start, @end).
 */
void
pgs_session_select_range (PgsSession *self,
                          uint64_t    start,
                          uint64_t    end,
                          uint64_t    address)
{
  uint64_t page_size;
  PgsSelection selection;

  g_return_if_fail (PGS_IS_SESSION (self) && start < end);

  if (self->snapshot == NULL)
    return;
  page_size = pgs_snapshot_get_page_size (self->snapshot);
  selection.start = start - start % page_size;
  selection.end = end - 1 - (end - 1) % page_size + page_size;
  selection.address = CLAMP (address, selection.start, selection.end - 1);
  if (selection.start == self->selection.start && selection.end == self->selection.end &&
      selection.address == self->selection.address && self->picked == NULL)
    return;
  self->selection = selection;
  pgs_session_forget_frames (self);
  pgs_session_emit (self, PGS_SESSION_SELECTION_CHANGED);
}

/**
 * pgs_session_select:
 * @address: any address
 *
 * Selects the page that holds the address.
 */
void
pgs_session_select (PgsSession *self,
                    uint64_t    address)
{
  pgs_session_select_range (self, address, address + 1, address);
}

/**
 * pgs_session_clear_selection:
 *
 * Selects nothing.
 */
void
pgs_session_clear_selection (PgsSession *self)
{
  g_return_if_fail (PGS_IS_SESSION (self));

  if (!pgs_session_has_selection (self))
    return;
  self->selection = (PgsSelection) { 0, };
  pgs_session_forget_frames (self);
  pgs_session_emit (self, PGS_SESSION_SELECTION_CHANGED);
}

/**
 * pgs_session_reveal_selection:
 *
 * Brings the selected page into view, without making where one was a place.
 */
void
pgs_session_reveal_selection (PgsSession *self)
{
  PgsViewport viewport;
  double position;

  if (!pgs_session_has_selection (self) ||
      pgs_viewport_shows (&self->viewport, self->axis, self->selection.address,
                          self->selection.address + 1))
    return;
  position = pgs_axis_address_to_position (self->axis, self->selection.address);
  viewport = pgs_viewport_panned (&self->viewport, self->axis,
                                  (position - self->viewport.start - self->viewport.span / 2) /
                                  self->viewport.span * self->viewport.width);
  change_view (self, &viewport);
}

/* Returns the address that a step starts from: the selected one, or else the
 * first that is in view. */
static uint64_t
get_origin (PgsSession *self)
{
  return pgs_session_has_selection (self)
    ? self->selection.address
    : pgs_viewport_to_address (&self->viewport, self->axis, 0);
}

static void
select_and_reveal (PgsSession *self,
                   uint64_t    address)
{
  pgs_session_select (self, address);
  pgs_session_reveal_selection (self);
}

/* Selects the page beyond the gap before or behind a place: @index is the mapping
 * that holds the place, or else the next one. */
static void
step_over_gap (PgsSession *self,
               guint       index,
               int         direction)
{
  const PgsMaps *maps = pgs_snapshot_get_maps (self->snapshot);
  gboolean inside = pgs_maps_find (maps, get_origin (self), NULL);

  if (direction < 0 && index > 0)
    select_and_reveal (self, pgs_maps_get_mapping (maps, index - 1)->end -
                             pgs_snapshot_get_page_size (self->snapshot));
  else if (direction > 0 && index + (inside ? 1 : 0) < pgs_maps_get_n_mappings (maps))
    select_and_reveal (self, pgs_maps_get_mapping (maps, index + (inside ? 1 : 0))->start);
}

/**
 * pgs_session_step_page:
 * @direction: -1 for the page before, 1 for the next one
 *
 * Selects the neighboring mapped page, across gaps, and brings it into view.
 */
void
pgs_session_step_page (PgsSession *self,
                       int         direction)
{
  const PgsMaps *maps;
  uint64_t page_size, page;
  guint index;

  g_return_if_fail (PGS_IS_SESSION (self));

  if (self->snapshot == NULL)
    return;
  maps = pgs_snapshot_get_maps (self->snapshot);
  page_size = pgs_snapshot_get_page_size (self->snapshot);
  page = get_origin (self);
  page -= page % page_size;
  index = pgs_maps_find_from (maps, page);
  if (!pgs_session_has_selection (self) && pgs_maps_find (maps, page, NULL))
    select_and_reveal (self, page);
  else if (direction > 0 && pgs_maps_find (maps, page + page_size, NULL))
    select_and_reveal (self, page + page_size);
  else if (direction < 0 && page > 0 && pgs_maps_find (maps, page - page_size, NULL))
    select_and_reveal (self, page - page_size);
  else
    step_over_gap (self, index, direction);
}

/**
 * pgs_session_step_mapping:
 * @direction: -1 for the mapping before, 1 for the next one
 *
 * Selects the first page of the neighboring mapping and brings it into view.
 */
void
pgs_session_step_mapping (PgsSession *self,
                          int         direction)
{
  const PgsMaps *maps;
  uint64_t origin;
  guint index, n_mappings;
  gboolean inside;

  g_return_if_fail (PGS_IS_SESSION (self));

  if (self->snapshot == NULL)
    return;
  maps = pgs_snapshot_get_maps (self->snapshot);
  n_mappings = pgs_maps_get_n_mappings (maps);
  origin = get_origin (self);
  index = pgs_maps_find_from (maps, origin);
  inside = pgs_maps_find (maps, origin, NULL);
  if (direction < 0 && index == 0)
    return;
  index = direction < 0 ? index - 1 : index + (inside ? 1 : 0);
  if (index < n_mappings)
    select_and_reveal (self, pgs_maps_get_mapping (maps, index)->start);
}

/**
 * pgs_session_select_end:
 * @direction: -1 for the first page, 1 for the last one
 *
 * Selects the first or the last mapped page and brings it into view.
 */
void
pgs_session_select_end (PgsSession *self,
                        int         direction)
{
  const PgsMaps *maps;
  guint n_mappings;

  g_return_if_fail (PGS_IS_SESSION (self));

  maps = self->snapshot != NULL ? pgs_snapshot_get_maps (self->snapshot) : NULL;
  n_mappings = maps != NULL ? pgs_maps_get_n_mappings (maps) : 0;
  if (n_mappings == 0)
    return;
  select_and_reveal (self, direction < 0
                     ? pgs_maps_get_mapping (maps, 0)->start
                     : pgs_maps_get_mapping (maps, n_mappings - 1)->end -
                       pgs_snapshot_get_page_size (self->snapshot));
}

/**
 * pgs_session_go_to_address:
 * @address: any address
 * @error: return location for an error that says where the nearest mapping is
 *
 * Selects the page that holds the address and brings it close.
 *
 * Returns: whether the address is mapped
 */
gboolean
pgs_session_go_to_address (PgsSession  *self,
                           uint64_t     address,
                           GError     **error)
{
  const PgsMapping *mapping;
  PgsMaps *maps;
  uint64_t page, reach;
  guint index;

  g_return_val_if_fail (PGS_IS_SESSION (self), FALSE);

  maps = self->snapshot != NULL ? pgs_snapshot_get_maps (self->snapshot) : NULL;
  if (maps == NULL || !pgs_maps_find (maps, address, &index))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   _("The address 0x%" G_GINT64_MODIFIER "x is not mapped in this process."),
                   address);
      return FALSE;
    }
  mapping = pgs_maps_get_mapping (maps, index);
  page = address - address % pgs_snapshot_get_page_size (self->snapshot);
  reach = CLOSE_UP_PAGES / 2 * pgs_snapshot_get_page_size (self->snapshot);
  pgs_session_visit (self, page - MIN (reach, page - mapping->start),
                     page + MIN (reach, mapping->end - page));
  pgs_session_select (self, address);
  return TRUE;
}

const PgsViewport *
pgs_session_get_viewport (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), NULL);

  return &self->viewport;
}

const PgsSelection *
pgs_session_get_selection (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), NULL);

  return &self->selection;
}

/* Returns whether any page is selected. */
gboolean
pgs_session_has_selection (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), FALSE);

  return self->selection.end > self->selection.start;
}
