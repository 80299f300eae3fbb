/* pgs-ram.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the RAM of the machine lies, as mappings of physical addresses: so the same axis,
 * viewport, summary and painter serve the pages of a process and the frames of RAM.
 *
 * Each range is of one zone of one node, which its name tells. Where the ranges begin and
 * end says /proc/iomem, exactly, but to root alone: everybody else reads zeros there.
 * Then it is the zones of /proc/zoneinfo, which may have holes that nobody tells of.
 */

#include "config.h"

#include "pgs-ram.h"

#include <inttypes.h>
#include <string.h>

#include "pgs-frame-zones.h"

#define IOMEM_LIMIT ((gsize) 4 * 1024 * 1024)
#define MAX_RANGES  65536

/* What /proc/iomem calls RAM; what was added by a driver goes on with its name. */
#define RAM_NAME "System RAM"

/* Frames that follow one another. */
typedef struct
{
  uint64_t start;
  uint64_t end;
} FrameRange;

/* Reads a line such as "00100000-bfffffff : System RAM", whose last number is that of the
 * last byte. Returns whether it is one, with any whole frame in it. */
static gboolean
parse_line (const char *line,
            uint64_t    page_size,
            FrameRange *range)
{
  char *end;
  uint64_t first, last;

  if (!g_ascii_isxdigit (*line))
    return FALSE;
  first = g_ascii_strtoull (line, &end, 16);
  if (*end != '-' || !g_ascii_isxdigit (end[1]))
    return FALSE;
  last = g_ascii_strtoull (end + 1, &end, 16);
  if (!g_str_has_prefix (end, " : " RAM_NAME))
    return FALSE;
  range->start = first / page_size + (first % page_size != 0);
  range->end = last / page_size + (last % page_size == page_size - 1);
  return range->start < range->end;
}

/* Appends the ranges of RAM that @iomem tells of. */
static void
add_iomem (GArray     *ranges,
           const char *iomem,
           uint64_t    page_size)
{
  FrameRange range;

  for (const char *line = iomem; ranges->len < MAX_RANGES; line++)
    {
      if (parse_line (line + strspn (line, " "), page_size, &range))
        g_array_append_val (ranges, range);
      line = strchr (line, '\n');
      if (line == NULL)
        return;
    }
}

static void
add_zones (GArray       *ranges,
           const GArray *zones)
{
  for (guint i = 0; i < zones->len && ranges->len < MAX_RANGES; i++)
    {
      const PgsFrameZone *zone = &g_array_index (zones, PgsFrameZone, i);
      FrameRange range = { zone->start, zone->end };

      g_array_append_val (ranges, range);
    }
}

static int
compare_ranges (gconstpointer a,
                gconstpointer b)
{
  const FrameRange *left = a, *right = b;

  return left->start < right->start ? -1 : left->start > right->start;
}

/* Puts ranges in order and joins those that overlap or touch: memory that was plugged in
 * comes as many small ones. */
static void
join_ranges (GArray *ranges)
{
  guint kept = 0;

  g_array_sort (ranges, compare_ranges);
  for (guint i = 1; i < ranges->len; i++)
    {
      FrameRange range = g_array_index (ranges, FrameRange, i);
      FrameRange *last = &g_array_index (ranges, FrameRange, kept);

      if (range.start <= last->end)
        last->end = MAX (last->end, range.end);
      else
        g_array_index (ranges, FrameRange, ++kept) = range;
    }
  g_array_set_size (ranges, MIN (kept + 1, ranges->len));
}

/* Returns the name of the zone that a frame is in; "RAM" where that is not known. */
static const char *
find_zone_name (const GArray *zones,
                uint64_t      pfn)
{
  for (guint i = 0; i < zones->len; i++)
    {
      const PgsFrameZone *zone = &g_array_index (zones, PgsFrameZone, i);

      if (pfn >= zone->start && pfn < zone->end && zone->name[0] != '\0')
        return zone->name;
    }
  return "RAM";
}

/* Writes a range as lines of maps, one for each zone and node; without the frames whose
 * addresses do not fit. */
static void
write_range (GString          *text,
             const FrameRange *range,
             const GArray     *zones,
             uint64_t          page_size)
{
  uint64_t range_end = MIN (range->end, G_MAXUINT64 / page_size);

  for (uint64_t start = range->start, end; start < range_end; start = end)
    {
      int32_t node = pgs_frame_zones_find_node (zones, start, &end);

      end = MIN (end, range_end);
      g_string_append_printf (text, "%" PRIx64 "-%" PRIx64 " rw-p 00000000 00:00 0 ",
                              start * page_size, end * page_size);
      if (node == PGS_FRAME_NO_NODE)
        g_string_append_printf (text, "%s\n", find_zone_name (zones, start));
      else
        g_string_append_printf (text, "%s, node %d\n", find_zone_name (zones, start), node);
    }
}

/**
 * pgs_ram_parse:
 * @iomem: what /proc/iomem says
 * @zoneinfo: what /proc/zoneinfo says
 * @page_size: bytes a frame
 *
 * Returns: (transfer full) (nullable): the ranges of RAM as mappings of physical addresses;
 *   %NULL where neither tells of any
 */
PgsMaps *
pgs_ram_parse (const char *iomem,
               const char *zoneinfo,
               uint64_t    page_size)
{
  g_autoptr(GArray) ranges = NULL;
  g_autoptr(GArray) zones = NULL;
  g_autoptr(GString) text = NULL;

  g_return_val_if_fail (iomem != NULL && zoneinfo != NULL && page_size > 0, NULL);

  ranges = g_array_new (FALSE, FALSE, sizeof (FrameRange));
  zones = pgs_frame_zones_parse (zoneinfo);
  add_iomem (ranges, iomem, page_size);
  if (ranges->len == 0)
    add_zones (ranges, zones);
  join_ranges (ranges);
  text = g_string_new (NULL);
  for (guint i = 0; i < ranges->len; i++)
    write_range (text, &g_array_index (ranges, FrameRange, i), zones, page_size);
  return text->len > 0 ? pgs_maps_parse (text->str, text->len, page_size, NULL) : NULL;
}

static char *
read_file (const char *proc_root,
           const char *name)
{
  g_autofree char *path = g_build_filename (proc_root, name, NULL);
  char *text = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, NULL))
    return g_strdup ("");
  if (length > IOMEM_LIMIT)
    text[IOMEM_LIMIT] = '\0';
  return text;
}

/**
 * pgs_ram_read:
 * @proc_root: the folder to read as /proc
 * @page_size: bytes a frame
 *
 * Returns: (transfer full) (nullable): where the RAM of this machine lies, as mappings of
 *   physical addresses; %NULL where that cannot be read
 */
PgsMaps *
pgs_ram_read (const char *proc_root,
              uint64_t    page_size)
{
  g_autofree char *iomem = NULL;
  g_autofree char *zoneinfo = NULL;

  g_return_val_if_fail (proc_root != NULL && page_size > 0, NULL);

  iomem = read_file (proc_root, "iomem");
  zoneinfo = read_file (proc_root, "zoneinfo");
  return pgs_ram_parse (iomem, zoneinfo, page_size);
}
