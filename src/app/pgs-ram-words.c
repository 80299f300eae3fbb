/* pgs-ram-words.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Words for a stretch of RAM: where it is, and what of the process lies in it.
 */

#include "config.h"

#include "pgs-ram-words.h"

#include <glib/gi18n.h>

#include "core/pgs-units.h"

/* How many pages of a frame are told one by one. */
#define MAX_PAGES 4

/* Appends which pages lie in a frame. */
static void
append_pages (GString    *text,
              PgsSession *session,
              uint64_t    start,
              uint64_t    end)
{
  PgsMaps *maps = pgs_snapshot_get_maps (pgs_session_get_snapshot (session));
  g_autoptr(GArray) pages =
    pgs_frame_map_find_pages (pgs_ram_view_get_map (pgs_session_get_ram (session)), start, end,
                              MAX_PAGES);

  if (pages->len == 0)
    g_string_append (text, _("\nno page of this process"));
  for (guint i = 0; i < pages->len; i++)
    {
      uint64_t address = g_array_index (pages, PgsRange, i).start;
      g_autofree char *label = NULL;
      guint index;

      if (pgs_maps_find (maps, address, &index))
        label = pgs_mapping_dup_short_label (pgs_maps_get_mapping (maps, index));
      /* Translators: the page at an address, in the mapping of that name. */
      g_string_append_printf (text, _("\npage 0x%" G_GINT64_MODIFIER "x, %s"), address,
                              label != NULL ? label : _("not mapped any more"));
    }
}

/* Appends how much of a stretch belongs to the process. */
static void
append_amount (GString    *text,
               PgsSession *session,
               uint64_t    start,
               uint64_t    end)
{
  PgsSummary *frames = pgs_frame_map_get_summary (pgs_ram_view_get_map (pgs_session_get_ram (session)));
  uint64_t page_size = pgs_snapshot_get_page_size (pgs_session_get_snapshot (session));
  guint absent = pgs_summary_get_mode (frames)->n_classes - 1;
  uint64_t counts[PGS_COLOR_MODE_MAX_CLASSES];
  uint64_t all = pgs_summary_count (frames, start, end, counts);
  g_autofree char *own = pgs_units_format_bytes ((all - counts[absent]) * page_size);
  g_autofree char *whole = pgs_units_format_bytes (all * page_size);

  /* Translators: "8 KiB of 2 MiB belong to this process". */
  g_string_append_printf (text, _("\n%s of %s belong to this process"), own, whole);
}

/**
 * pgs_ram_words_describe:
 * @session: a session that knows RAM
 * @start: a physical address
 * @end: the physical address behind the last one
 *
 * Returns: (transfer full): what there is, in some lines
 */
char *
pgs_ram_words_describe (PgsSession *session,
                        uint64_t    start,
                        uint64_t    end)
{
  PgsMaps *ram = pgs_axis_get_maps (pgs_ram_view_get_axis (pgs_session_get_ram (session)));
  uint64_t page_size = pgs_snapshot_get_page_size (pgs_session_get_snapshot (session));
  g_autoptr(GString) text = g_string_new (NULL);
  guint index;

  start -= start % page_size;
  if (!pgs_maps_find (ram, start, &index))
    return g_strdup_printf (_("0x%" G_GINT64_MODIFIER "x, no RAM"), start);
  g_string_printf (text, _("0x%" G_GINT64_MODIFIER "x, frame 0x%" G_GINT64_MODIFIER "x\n%s"),
                   start, start / page_size, pgs_maps_get_mapping (ram, index)->name);
  if (pgs_session_has_hidden (session))
    return g_string_free (g_steal_pointer (&text), FALSE);
  if (end <= start + page_size)
    append_pages (text, session, start, start + page_size);
  else
    append_amount (text, session, start, end);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
