/* pgs-frame-zones.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where RAM lies, as /proc/zoneinfo tells: each zone of each node with the frames it
 * spans. A zone may have holes, and another node's frames in them; then it is not known
 * which node a frame is of.
 */

#include "config.h"

#include "pgs-frame-zones.h"

#include <string.h>

/* A kernel has at most 1024 nodes, of which most have frames in a zone or two. */
#define MAX_ZONES      4096
#define ZONEINFO_LIMIT ((gsize) 4 * 1024 * 1024)

/* Finds the number behind @key between @text and @end. */
static gboolean
find_number (const char *text,
             const char *end,
             const char *key,
             uint64_t   *number)
{
  const char *found = g_strstr_len (text, end - text, key);

  if (found == NULL)
    return FALSE;
  *number = g_ascii_strtoull (found + strlen (key), NULL, 10);
  return TRUE;
}

/* Copies the name that follows ", zone" and spaces. */
static void
copy_name (const char   *text,
           const char   *end,
           PgsFrameZone *zone)
{
  const char *found = g_strstr_len (text, end - text, ", zone");
  gsize length;

  if (found == NULL)
    return;
  found += strlen (", zone");
  found += strspn (found, " ");
  length = MIN (strcspn (found, " \n"), PGS_FRAME_ZONE_NAME - 1);
  memcpy (zone->name, found, length);
}

/* Returns where the next zone is told of; not with strstr(), which goes to the end of the
 * text each time where a sanitizer looks on. */
static const char *
find_zone (const char *text,
           const char *end)
{
  return g_strstr_len (text, end - text, "Node ");
}

/* Reads what is said of one zone. Of one without frames it is not said where it starts. */
static gboolean
parse_zone (const char   *text,
            const char   *end,
            PgsFrameZone *zone)
{
  const char *line = memchr (text, '\n', (gsize) (end - text));
  uint64_t node, spanned, start;

  if (!find_number (text, end, "Node ", &node) || !find_number (text, end, " spanned ", &spanned) ||
      !find_number (text, end, "start_pfn:", &start))
    return FALSE;
  if (spanned == 0 || start > G_MAXUINT64 - spanned)
    return FALSE;
  *zone = (PgsFrameZone) { .start = start, .end = start + spanned,
                           .node = (int32_t) MIN (node, G_MAXINT32) };
  copy_name (text, line != NULL ? line : end, zone);
  return TRUE;
}

/**
 * pgs_frame_zones_parse:
 * @text: what /proc/zoneinfo says
 *
 * A zone says which node it is of, how many frames it spans, and last with which it
 * starts.
 *
 * Returns: (transfer full) (element-type PgsFrameZone): the zones that span any frames
 */
GArray *
pgs_frame_zones_parse (const char *text)
{
  GArray *zones = g_array_new (FALSE, FALSE, sizeof (PgsFrameZone));
  const char *end, *next;

  g_return_val_if_fail (text != NULL, zones);

  end = text + strlen (text);
  for (const char *at = find_zone (text, end); at != NULL && zones->len < MAX_ZONES; at = next)
    {
      PgsFrameZone zone;

      next = find_zone (at + 1, end);
      if (parse_zone (at, next != NULL ? next : end, &zone))
        g_array_append_val (zones, zone);
    }
  return zones;
}

/**
 * pgs_frame_zones_read:
 * @proc_root: the folder to read as /proc
 *
 * Returns: (transfer full) (element-type PgsFrameZone): the zones of this machine; none
 *   where that cannot be read
 */
GArray *
pgs_frame_zones_read (const char *proc_root)
{
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  gsize length;

  g_return_val_if_fail (proc_root != NULL, NULL);

  path = g_build_filename (proc_root, "zoneinfo", NULL);
  if (!g_file_get_contents (path, &text, &length, NULL) || length > ZONEINFO_LIMIT)
    return pgs_frame_zones_parse ("");
  return pgs_frame_zones_parse (text);
}

/**
 * pgs_frame_zones_get_end:
 *
 * Returns: the PFN behind the last frame of all; 0 where there are no zones
 */
uint64_t
pgs_frame_zones_get_end (const GArray *zones)
{
  uint64_t end = 0;

  for (guint i = 0; i < zones->len; i++)
    end = MAX (end, g_array_index (zones, PgsFrameZone, i).end);
  return end;
}

/**
 * pgs_frame_zones_find_node:
 * @pfn: a frame
 * @end: (out): up to where the frames from there on are of the same node
 *
 * Returns: the node of the frame; %PGS_FRAME_NO_NODE where there is none, or several
 */
int32_t
pgs_frame_zones_find_node (const GArray *zones,
                           uint64_t      pfn,
                           uint64_t     *end)
{
  int32_t node = PGS_FRAME_NO_NODE;
  gboolean is_ambiguous = FALSE;

  *end = G_MAXUINT64;
  for (guint i = 0; i < zones->len; i++)
    {
      const PgsFrameZone *zone = &g_array_index (zones, PgsFrameZone, i);

      if (pfn < zone->start)
        *end = MIN (*end, zone->start);
      else if (pfn < zone->end)
        {
          *end = MIN (*end, zone->end);
          is_ambiguous = is_ambiguous || (node != PGS_FRAME_NO_NODE && node != zone->node);
          node = zone->node;
        }
    }
  return is_ambiguous ? PGS_FRAME_NO_NODE : node;
}
