/* pgs-helper-target.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-helper-request.h"

/* A zone of RAM. */
typedef struct
{
  uint64_t start;  /* a PFN */
  uint64_t end;
  int32_t  node;
} PgsHelperZone;

#define PGS_HELPER_MAX_ZONES 256

/**
 * PgsHelperTarget:
 * @pid_fd: tells when the process ends; -1 where the kernel has no such thing
 * @maps_fd: its maps
 * @pagemap_fd: its pagemap, opened with the right to see frames
 * @flags_fd: /proc/kpageflags; -1 where there is none
 * @counts_fd: /proc/kpagecount; -1 where there is none
 * @page_size: bytes a page
 * @zones: the zones of RAM
 * @n_zones: how many
 *
 * All that the helper ever reads from, opened while it may.
 */
typedef struct
{
  int           pid_fd;
  int           maps_fd;
  int           pagemap_fd;
  int           flags_fd;
  int           counts_fd;
  uint64_t      page_size;
  PgsHelperZone zones[PGS_HELPER_MAX_ZONES];
  unsigned      n_zones;
} PgsHelperTarget;

PgsHelperStatus pgs_helper_target_open (PgsHelperTarget          *self,
                                        const PgsHelperArguments *arguments,
                                        uid_t                     user);
bool            pgs_helper_target_maps (const PgsHelperTarget    *self);
