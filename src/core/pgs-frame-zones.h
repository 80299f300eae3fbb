/* pgs-frame-zones.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

#define PGS_FRAME_NO_NODE (-1)

/* The longest name of a zone, with the end of the string; the kernel's are shorter. */
#define PGS_FRAME_ZONE_NAME 16

/**
 * PgsFrameZone:
 * @start: the first PFN
 * @end: the PFN behind the last one
 * @node: the NUMA node
 * @name: what the kernel calls the zone: "DMA32", "Normal" and so on
 *
 * Frames that a zone of a node spans. Zones of several nodes may overlap.
 */
typedef struct
{
  uint64_t start;
  uint64_t end;
  int32_t  node;
  char     name[PGS_FRAME_ZONE_NAME];
} PgsFrameZone;

GArray  *pgs_frame_zones_read      (const char   *proc_root);
GArray  *pgs_frame_zones_parse     (const char   *text);
uint64_t pgs_frame_zones_get_end   (const GArray *zones);
int32_t  pgs_frame_zones_find_node (const GArray *zones,
                                    uint64_t      pfn,
                                    uint64_t     *end);

G_END_DECLS
