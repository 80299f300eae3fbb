/* pgs-session-focus.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is looked at: read first, and in detail.
 *
 * Snapshots of very large processes keep only the numbers of most pages. Where the
 * view comes so close that it matters which page is which, and for the pages
 * selected, detail is read again.
 */

#include "config.h"

#include "pgs-session-private.h"

#include <string.h>

/* Of how many pages at the most detail is read because they are selected. */
#define MAX_SELECTED_PAGES UINT64_C (0x100000)

/* Returns what is in view, where columns are so narrow that it matters which page of
 * a block is which. */
static gboolean
get_view (PgsSession *self,
          PgsRange   *view)
{
  uint64_t counts[PGS_COLOR_MODE_MAX_CLASSES];
  uint64_t block = pgs_snapshot_get_page_size (self->snapshot) / sizeof (uint64_t);
  uint64_t pages;

  view->start = pgs_viewport_to_address (&self->viewport, self->axis, 0);
  view->end = pgs_viewport_to_address (&self->viewport, self->axis, self->viewport.width);
  pages = pgs_summary_count (self->summary, view->start, view->end, counts);
  return pages > 0 && (double) pages / self->viewport.width < (double) block;
}

/* Finds what is looked at. Returns how many ranges that are. */
guint
pgs_session_find_focus (PgsSession *self,
                        PgsRange   *ranges)
{
  const PgsSelection *selection = &self->selection;
  guint n_ranges = 0;

  if (self->snapshot == NULL)
    return 0;
  if (selection->start < selection->end)
    ranges[n_ranges++] = (PgsRange) {
      selection->start,
      MIN (selection->end, selection->start +
                           MAX_SELECTED_PAGES * pgs_snapshot_get_page_size (self->snapshot)),
    };
  if (get_view (self, &ranges[n_ranges]))
    n_ranges++;
  return n_ranges;
}

/* Has what is looked at read first, and once more if that is what it takes. */
void
pgs_session_turn_focus (PgsSession *self)
{
  PgsRange ranges[PGS_FOCUS_MAX];
  guint n_ranges = pgs_session_find_focus (self, ranges);

  pgs_focus_set (self->focus, ranges, n_ranges);
  if (!self->is_reading && pgs_session_lacks_detail (self))
    pgs_session_plan_reading (self);
}

static gboolean
was_asked (PgsSession     *self,
           const PgsRange *range)
{
  if (self->asked_of != self->snapshot)
    return FALSE;
  for (guint i = 0; i < self->n_asked; i++)
    if (self->asked[i].start <= range->start && self->asked[i].end >= range->end)
      return TRUE;
  return FALSE;
}

/* Whether there is no detail of what is looked at, and it was not asked for in vain. */
gboolean
pgs_session_lacks_detail (PgsSession *self)
{
  PgsRange ranges[PGS_FOCUS_MAX];
  guint n_ranges;

  if (self->snapshot == NULL || self->source == NULL || self->state != PGS_SESSION_RUNNING ||
      pgs_snapshot_get_unread (self->snapshot)->len > 0)
    return FALSE;
  n_ranges = pgs_session_find_focus (self, ranges);
  for (guint i = 0; i < n_ranges; i++)
    if (!pgs_snapshot_knows (self->snapshot, ranges[i].start, ranges[i].end) &&
        !was_asked (self, &ranges[i]))
      return TRUE;
  return FALSE;
}

/* Notes that detail was asked for, whatever came of it: what the snapshot lacks now it
 * cannot have. */
void
pgs_session_note_asked (PgsSession *self)
{
  g_clear_pointer (&self->asked_of, pgs_snapshot_unref);
  if (self->snapshot != NULL)
    self->asked_of = pgs_snapshot_ref (self->snapshot);
}
