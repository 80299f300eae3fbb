/* pgs-session-ram.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RAM: what part of it is in view, which frames are selected there, and which pages stand
 * out.
 *
 * Selected are pages, whatever they were selected by. Frames selected in RAM select all the
 * pages that lie in them, and are remembered as the place that was chosen.
 */

#include "config.h"

#include "pgs-session-private.h"

#include <string.h>

#include "core/pgs-pagemap-entry.h"

/* How many ranges of pages frames may select; more than a person can follow. */
#define MAX_PICKED 4096

/* How far the neighbor of a frame is looked for at first, in bytes. */
#define FIRST_REACH UINT64_C (0x200000)

/* Physical addresses have fewer bits than this (x86-64: 52). */
#define MAX_ADDRESS (UINT64_C (1) << 56)

#define FIT_MARGIN 0.02

static uint64_t
get_page_size (PgsSession *self)
{
  return pgs_snapshot_get_page_size (self->snapshot);
}

/* Takes over where pages lie now, or %NULL. */
void
pgs_session_take_ram (PgsSession *self,
                      PgsRamView *ram)
{
  PgsAxis *axis = ram != NULL ? pgs_ram_view_get_axis (ram) : NULL;

  if (ram == self->ram)
    return;
  if (axis != NULL && (self->ram == NULL || pgs_ram_view_get_axis (self->ram) != axis))
    {
      self->ram_viewport = pgs_viewport_whole (axis, self->width);
      pgs_session_follow_machine (self);
    }
  g_clear_pointer (&self->ram, pgs_ram_view_unref);
  if (ram != NULL)
    self->ram = pgs_ram_view_ref (ram);
}

/* What is selected was not selected in RAM. */
void
pgs_session_forget_frames (PgsSession *self)
{
  self->frames = (PgsRange) { 0, };
  g_clear_pointer (&self->picked, g_array_unref);
}

/**
 * pgs_session_set_shows_ram:
 * @shows_ram: whether to find out with each reading where pages lie in RAM
 */
void
pgs_session_set_shows_ram (PgsSession *self,
                           gboolean    shows_ram)
{
  g_return_if_fail (PGS_IS_SESSION (self));

  if (self->shows_ram == shows_ram)
    return;
  self->shows_ram = shows_ram;
  if (!shows_ram)
    pgs_session_take_ram (self, NULL);
  pgs_session_plan_reading (self);
  g_object_notify (G_OBJECT (self), "shows-ram");
}

gboolean
pgs_session_get_shows_ram (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), FALSE);

  return self->shows_ram;
}

/* Returns where pages lie in RAM, or %NULL where that is not shown or not known yet. */
PgsRamView *
pgs_session_get_ram (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), NULL);

  return self->ram;
}

/* The view */

const PgsViewport *
pgs_session_get_ram_viewport (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), NULL);

  return &self->ram_viewport;
}

/**
 * pgs_session_set_ram_viewport:
 * @viewport: the part of RAM to show
 */
void
pgs_session_set_ram_viewport (PgsSession        *self,
                              const PgsViewport *viewport)
{
  g_return_if_fail (PGS_IS_SESSION (self) && viewport != NULL);

  if (pgs_viewport_equal (&self->ram_viewport, viewport))
    return;
  self->ram_viewport = *viewport;
  pgs_session_follow_machine (self);
  pgs_session_emit (self, PGS_SESSION_VIEW_CHANGED);
}

/**
 * pgs_session_fit_ram:
 * @start: a physical address
 * @end: the physical address behind the last one
 *
 * Shows a range of RAM.
 */
void
pgs_session_fit_ram (PgsSession *self,
                     uint64_t    start,
                     uint64_t    end)
{
  PgsViewport viewport;

  g_return_if_fail (PGS_IS_SESSION (self) && start < end);

  if (self->ram == NULL)
    return;
  viewport = pgs_viewport_fitted (&self->ram_viewport, pgs_ram_view_get_axis (self->ram),
                                  start, end, FIT_MARGIN);
  pgs_session_set_ram_viewport (self, &viewport);
}

static void
reveal_frame (PgsSession *self,
              uint64_t    physical)
{
  PgsViewport *viewport = &self->ram_viewport;
  PgsAxis *axis = pgs_ram_view_get_axis (self->ram);
  PgsViewport moved;

  if (pgs_viewport_shows (viewport, axis, physical, physical + 1))
    return;
  moved = pgs_viewport_panned (viewport, axis,
                               (pgs_axis_address_to_position (axis, physical) -
                                viewport->start - viewport->span / 2) /
                               viewport->span * viewport->width);
  pgs_session_set_ram_viewport (self, &moved);
}

/* The selection */

/* Returns the selection among picked pages: the range with the page in question, or else
 * the first. */
static PgsSelection
choose_selection (PgsSession *self,
                  uint64_t    physical)
{
  PgsFrameMap *map = pgs_ram_view_get_map (self->ram);
  g_autoptr(GArray) pages =
    pgs_frame_map_find_pages (map, physical, physical + 1, 1);
  const PgsRange *range = &g_array_index (self->picked, PgsRange, 0);
  uint64_t address = range->start;

  if (pages->len > 0)
    address = g_array_index (pages, PgsRange, 0).start;
  for (guint i = 0; i < self->picked->len; i++)
    if (g_array_index (self->picked, PgsRange, i).start <= address &&
        g_array_index (self->picked, PgsRange, i).end > address)
      range = &g_array_index (self->picked, PgsRange, i);
  return (PgsSelection) { range->start, range->end, address };
}

/**
 * pgs_session_select_frames:
 * @start: a physical address in the first frame
 * @end: the physical address behind the last byte
 * @address: the physical address in question
 *
 * Selects all pages that lie in these frames, or nothing where there are none.
 */
void
pgs_session_select_frames (PgsSession *self,
                           uint64_t    start,
                           uint64_t    end,
                           uint64_t    address)
{
  uint64_t page_size;

  g_return_if_fail (PGS_IS_SESSION (self) && start < end);

  if (self->ram == NULL)
    return;
  page_size = get_page_size (self);
  pgs_session_forget_frames (self);
  self->frames.start = start - start % page_size;
  self->frames.end = end - 1 - (end - 1) % page_size + page_size;
  self->picked = pgs_frame_map_find_pages (pgs_ram_view_get_map (self->ram),
                                           self->frames.start, self->frames.end, MAX_PICKED);
  if (self->picked->len > 0)
    self->selection = choose_selection (self, address);
  else
    self->selection = (PgsSelection) { 0, };
  pgs_session_emit (self, PGS_SESSION_SELECTION_CHANGED);
}

/**
 * pgs_session_get_frames:
 * @frames: (out): physical addresses of the frames selected
 *
 * Returns: whether frames are selected: in RAM, or the one of the only page selected
 */
gboolean
pgs_session_get_frames (PgsSession *self,
                        PgsRange   *frames)
{
  uint64_t page_size, pfn;

  g_return_val_if_fail (PGS_IS_SESSION (self) && frames != NULL, FALSE);

  if (self->snapshot == NULL)
    return FALSE;
  page_size = get_page_size (self);
  if (self->frames.end > self->frames.start)
    {
      *frames = self->frames;
      return TRUE;
    }
  if (self->selection.end - self->selection.start != page_size)
    return FALSE;
  pfn = pgs_pagemap_entry_get_pfn (pgs_snapshot_get_entry (self->snapshot,
                                                           self->selection.start));
  if (pfn == 0)
    return FALSE;
  frames->start = pfn * page_size;
  frames->end = frames->start + page_size;
  return TRUE;
}

/* Returns: (nullable) (element-type PgsRange): all pages that were selected by their
 *   frames, in order */
const GArray *
pgs_session_get_picked (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), NULL);

  return self->picked;
}

/* Looks farther and farther for the frame of the process that is next. */
static gboolean
find_neighbor (PgsSession     *self,
               const PgsRange *from,
               int             direction,
               uint64_t       *found)
{
  PgsFrameMap *map = pgs_ram_view_get_map (self->ram);

  for (uint64_t reach = FIRST_REACH; reach <= MAX_ADDRESS; reach *= 2)
    {
      uint64_t start = direction > 0 ? from->end : from->start - MIN (reach, from->start);
      uint64_t end = direction > 0 ? from->end + reach : from->start;

      if (pgs_frame_map_find_frame (map, start, end, direction > 0 ? start : end, found))
        return TRUE;
    }
  return FALSE;
}

static void
step_from (PgsSession     *self,
           const PgsRange *from,
           int             direction)
{
  uint64_t found;

  if (!find_neighbor (self, from, direction, &found))
    return;
  pgs_session_select_frames (self, found, found + 1, found);
  pgs_session_reveal_selection (self);
  reveal_frame (self, found);
}

/**
 * pgs_session_step_frame:
 * @direction: -1 for the frame before, 1 for the next one
 *
 * Selects the neighboring frame that the process has, whatever lies between, with all its
 * pages, and brings both into view.
 */
void
pgs_session_step_frame (PgsSession *self,
                        int         direction)
{
  PgsRange from;

  g_return_if_fail (PGS_IS_SESSION (self));

  if (self->ram == NULL)
    return;
  if (!pgs_session_get_frames (self, &from))
    from.start = from.end = pgs_viewport_to_address (&self->ram_viewport,
                                                     pgs_ram_view_get_axis (self->ram), 0);
  step_from (self, &from, direction);
}

/**
 * pgs_session_select_end_frame:
 * @direction: -1 for the first frame, 1 for the last one
 *
 * Selects the first or the last frame that the process has, with all its pages, and brings
 * both into view.
 */
void
pgs_session_select_end_frame (PgsSession *self,
                              int         direction)
{
  PgsRange from = { 0, 0 };

  g_return_if_fail (PGS_IS_SESSION (self));

  if (direction > 0)
    from.start = from.end = MAX_ADDRESS;
  if (self->ram != NULL)
    step_from (self, &from, -direction);
}

/* What stands out */

/* Returns: (nullable) (element-type PgsRange): the pages whose frames are to stand out */
const GArray *
pgs_session_get_highlight (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), NULL);

  return self->highlight;
}

static gboolean
is_same (const GArray *a,
         const GArray *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return a->len == b->len && memcmp (a->data, b->data, a->len * sizeof (PgsRange)) == 0;
}

/**
 * pgs_session_highlight:
 * @pages: (nullable) (element-type PgsRange): the pages to stand out, in order
 *
 * Has pages stand out together with their frames, because the pointer is on them.
 */
void
pgs_session_highlight (PgsSession *self,
                       GArray     *pages)
{
  g_return_if_fail (PGS_IS_SESSION (self));

  if (is_same (self->highlight, pages))
    return;
  g_clear_pointer (&self->highlight, g_array_unref);
  self->highlight = pages != NULL ? g_array_ref (pages) : NULL;
  pgs_session_emit (self, PGS_SESSION_HIGHLIGHT_CHANGED);
}
