/* pgs-pagemap-scan.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ioctl PAGEMAP_SCAN of Linux 6.7, from include/uapi/linux/fs.h: the headers of
 * Debian 12 are older. Needs nothing but libc.
 */

#pragma once

#include <stdint.h>
#include <sys/ioctl.h>

/* struct page_region */
typedef struct
{
  uint64_t start;
  uint64_t end;
  uint64_t categories;
} PgsScanRegion;

/* struct pm_scan_arg */
typedef struct
{
  uint64_t size;
  uint64_t flags;
  uint64_t start;
  uint64_t end;
  uint64_t walk_end;
  uint64_t vec;
  uint64_t vec_len;
  uint64_t max_pages;
  uint64_t category_inverted;
  uint64_t category_mask;
  uint64_t category_anyof_mask;
  uint64_t return_mask;
} PgsScanRequest;

#define PGS_SCAN_IOCTL   _IOWR ('f', 16, PgsScanRequest)

/* PAGE_IS_* */
#define PGS_SCAN_PRESENT (UINT64_C (1) << 3)
#define PGS_SCAN_SWAPPED (UINT64_C (1) << 4)
#define PGS_SCAN_ZERO    (UINT64_C (1) << 5)
#define PGS_SCAN_HUGE    (UINT64_C (1) << 6)
