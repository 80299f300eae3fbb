/* pgs-raw-frames.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "pgs-raw-frames.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* As in include/uapi/linux/kernel-page-flags.h and include/linux/kernel-page-flags.h. */
static const char *const names[64] = {
  "LOCKED", "ERROR", "REFERENCED", "UPTODATE", "DIRTY", "LRU", "ACTIVE", "SLAB", "WRITEBACK",
  "RECLAIM", "BUDDY", "MMAP", "ANON", "SWAPCACHE", "SWAPBACKED", "COMPOUND_HEAD",
  "COMPOUND_TAIL", "HUGE", "UNEVICTABLE", "HWPOISON", "NOPAGE", "KSM", "THP", "OFFLINE",
  "ZERO_PAGE", "IDLE", "PGTABLE", NULL, NULL, NULL, NULL, NULL, "RESERVED", "MLOCKED",
  "MAPPEDTODISK/OWNER_2", "PRIVATE", "PRIVATE_2", "OWNER_PRIVATE", "ARCH", "UNCACHED",
  "SOFTDIRTY", "ARCH_2", "ARCH_3",
};

static uint64_t
read_number (const char *path,
             uint64_t    pfn)
{
  uint64_t number = 0;
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  assert_true (fd >= 0);
  assert_int_equal (pread (fd, &number, sizeof number, (off_t) (pfn * sizeof number)),
                    sizeof number);
  close (fd);
  return number;
}

/**
 * pgs_raw_read_frame_flags:
 *
 * Returns: what /proc/kpageflags says of a frame
 */
uint64_t
pgs_raw_read_frame_flags (uint64_t pfn)
{
  return read_number ("/proc/kpageflags", pfn);
}

/**
 * pgs_raw_read_map_count:
 *
 * Returns: what /proc/kpagecount says of a frame
 */
uint64_t
pgs_raw_read_map_count (uint64_t pfn)
{
  return read_number ("/proc/kpagecount", pfn);
}

/**
 * pgs_raw_find_node:
 *
 * Returns: the node whose zones span a frame; -1 where there is none, or several
 */
int
pgs_raw_find_node (uint64_t pfn)
{
  FILE *file = fopen ("/proc/zoneinfo", "r");
  char line[512];
  int node = -1, found = -1;
  uint64_t spanned = 0, start = 0;
  gboolean is_ambiguous = FALSE;

  assert_non_null (file);
  while (fgets (line, sizeof line, file) != NULL)
    {
      if (sscanf (line, "Node %d, zone", &node) == 1)
        spanned = 0;
      if (sscanf (line, " spanned %" G_GUINT64_FORMAT, &spanned) == 1 ||
          sscanf (line, " start_pfn: %" G_GUINT64_FORMAT, &start) != 1 ||
          pfn < start || pfn >= start + spanned)
        continue;
      is_ambiguous = is_ambiguous || (found >= 0 && found != node);
      found = node;
    }
  fclose (file);
  return is_ambiguous ? -1 : found;
}

/**
 * pgs_raw_get_unsteady_flags:
 *
 * Returns: flags that the kernel changes without the process doing anything: the lists
 *   that a frame is on, its age, and what the owner of a file's frame does with it
 */
uint64_t
pgs_raw_get_unsteady_flags (void)
{
  static const guint bits[] = { 0, 2, 4, 5, 6, 8, 9, 18, 25, 34, 35, 36, 37, 38 };
  uint64_t flags = 0;

  for (guint i = 0; i < G_N_ELEMENTS (bits); i++)
    flags |= UINT64_C (1) << bits[i];
  return flags;
}

static gboolean
parse_flag (const char *word,
            guint      *bit)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *number = g_strdup_printf ("BIT_%u", i);

      *bit = i;
      if (g_str_equal (word, names[i] != NULL ? names[i] : number))
        return TRUE;
    }
  return FALSE;
}

/**
 * pgs_raw_parse_frame_flags:
 * @text: flags by their names, joined by "|"; "none" for none
 * @flags: (out): their bits
 *
 * Returns: whether these are flags, in order and each once
 */
gboolean
pgs_raw_parse_frame_flags (const char *text,
                           uint64_t   *flags)
{
  g_auto(GStrv) words = g_strsplit (text, "|", -1);

  *flags = 0;
  if (g_str_equal (text, "none"))
    return TRUE;
  for (guint i = 0; words[i] != NULL; i++)
    {
      guint bit;

      if (!parse_flag (words[i], &bit) || *flags >> bit != 0)
        return FALSE;
      *flags |= UINT64_C (1) << bit;
    }
  return *flags != 0;
}
