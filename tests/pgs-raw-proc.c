/* pgs-raw-proc.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What /proc says of a process, read by the test itself with plain calls, for
 * comparison with what a program or a module says.
 *
 * The bits of an entry are written out here once more on purpose: a mistake in
 * pgs-pagemap-entry.h must not agree with itself.
 */

#include "config.h"

#include "pgs-raw-proc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

/**
 * pgs_raw_page_size:
 *
 * Returns: the size of a page of this machine in bytes
 */
uint64_t
pgs_raw_page_size (void)
{
  return (uint64_t) sysconf (_SC_PAGESIZE);
}

/**
 * pgs_raw_read_entries:
 * @pid: process ID
 * @address: an address in the first page
 * @entries: (out caller-allocates): what pagemap says of @n pages
 * @n: how many pages
 *
 * The test fails when they cannot be read.
 */
void
pgs_raw_read_entries (pid_t      pid,
                      uint64_t   address,
                      uint64_t  *entries,
                      size_t     n)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/pagemap", pid);
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  ssize_t bytes;

  assert_true (fd >= 0);
  bytes = pread (fd, entries, n * 8, (off_t) (address / pgs_raw_page_size () * 8));
  close (fd);
  assert_int_equal (bytes, n * 8);
}

/**
 * pgs_raw_read_entry:
 *
 * Returns: what pagemap says of the page that holds @address
 */
uint64_t
pgs_raw_read_entry (pid_t    pid,
                    uint64_t address)
{
  uint64_t entry;

  pgs_raw_read_entries (pid, address, &entry, 1);
  return entry;
}

/**
 * pgs_raw_entry_is_present:
 *
 * Returns: whether the page is in memory
 */
gboolean
pgs_raw_entry_is_present (uint64_t entry)
{
  return (entry >> 63 & 1) != 0;
}

/**
 * pgs_raw_entry_is_guard:
 *
 * Returns: whether touching the page is an error
 */
gboolean
pgs_raw_entry_is_guard (uint64_t entry)
{
  return !pgs_raw_entry_is_present (entry) && (entry >> 58 & 1) != 0;
}

/**
 * pgs_raw_entry_is_swapped:
 *
 * Returns: whether the page is in swap
 */
gboolean
pgs_raw_entry_is_swapped (uint64_t entry)
{
  return !pgs_raw_entry_is_present (entry) && !pgs_raw_entry_is_guard (entry) &&
         (entry >> 62 & 1) != 0;
}

/**
 * pgs_raw_entry_is_absent:
 *
 * Returns: whether the page is none of the above
 */
gboolean
pgs_raw_entry_is_absent (uint64_t entry)
{
  return !pgs_raw_entry_is_present (entry) && !pgs_raw_entry_is_guard (entry) &&
         !pgs_raw_entry_is_swapped (entry);
}

/**
 * pgs_raw_entry_get_place:
 *
 * Returns: where the page is: its frame, or its place in swap; 0 when hidden
 */
uint64_t
pgs_raw_entry_get_place (uint64_t entry)
{
  return entry & 0x7fffffffffffffull;
}

/**
 * pgs_raw_read_mappings:
 *
 * Returns: (transfer full) (element-type PgsRawMapping): what is mapped, by
 *   address; the test fails when that cannot be read
 */
GArray *
pgs_raw_read_mappings (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/maps", pid);
  g_autofree char *maps = NULL;
  g_auto(GStrv) lines = NULL;
  GArray *mappings = g_array_new (FALSE, FALSE, sizeof (PgsRawMapping));

  assert_true (g_file_get_contents (path, &maps, NULL, NULL));
  lines = g_strsplit (maps, "\n", -1);
  for (size_t i = 0; lines[i][0] != '\0'; i++)
    {
      char *dash;
      PgsRawMapping mapping;

      mapping.start = g_ascii_strtoull (lines[i], &dash, 16);
      mapping.end = g_ascii_strtoull (dash + 1, NULL, 16);
      g_array_append_val (mappings, mapping);
    }

  return mappings;
}

/**
 * pgs_raw_mappings_contain:
 * @mappings: what pgs_raw_read_mappings() returned
 *
 * Returns: whether @address is mapped
 */
gboolean
pgs_raw_mappings_contain (GArray   *mappings,
                          uint64_t  address)
{
  for (guint i = 0; i < mappings->len; i++)
    {
      PgsRawMapping *mapping = &g_array_index (mappings, PgsRawMapping, i);

      if (address >= mapping->start && address < mapping->end)
        return TRUE;
    }
  return FALSE;
}

/**
 * pgs_raw_find_first_mapping:
 *
 * Returns: the lowest address that is mapped
 */
uint64_t
pgs_raw_find_first_mapping (pid_t pid)
{
  g_autoptr(GArray) mappings = pgs_raw_read_mappings (pid);

  return g_array_index (mappings, PgsRawMapping, 0).start;
}
