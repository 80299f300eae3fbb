/* pgs-raw-proc.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <stdint.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* The addresses of a mapping; the end is the first one behind it. */
typedef struct
{
  uint64_t start;
  uint64_t end;
} PgsRawMapping;

uint64_t  pgs_raw_page_size          (void);
void      pgs_raw_read_entries       (pid_t      pid,
                                      uint64_t   address,
                                      uint64_t  *entries,
                                      size_t     n);
uint64_t  pgs_raw_read_entry         (pid_t      pid,
                                      uint64_t   address);
gboolean  pgs_raw_entry_is_present   (uint64_t   entry);
gboolean  pgs_raw_entry_is_guard     (uint64_t   entry);
gboolean  pgs_raw_entry_is_swapped   (uint64_t   entry);
gboolean  pgs_raw_entry_is_absent    (uint64_t   entry);
uint64_t  pgs_raw_entry_get_place    (uint64_t   entry);
GArray   *pgs_raw_read_mappings      (pid_t      pid);
gboolean  pgs_raw_mappings_contain   (GArray    *mappings,
                                      uint64_t   address);
uint64_t  pgs_raw_find_first_mapping (pid_t      pid);

G_END_DECLS
