/* pgs-raw-frames.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the kernel tells of frames, read with plain calls and taken apart by hand.
 */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

uint64_t  pgs_raw_read_frame_flags   (uint64_t      pfn);
uint64_t  pgs_raw_read_map_count     (uint64_t      pfn);
int       pgs_raw_find_node          (uint64_t      pfn);
uint64_t  pgs_raw_get_unsteady_flags (void);
gboolean  pgs_raw_parse_frame_flags  (const char   *text,
                                      uint64_t     *flags);

G_END_DECLS
