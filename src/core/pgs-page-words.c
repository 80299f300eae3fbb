/* pgs-page-words.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One page in words: what its pagemap entry says, bit by bit, and what follows.
 *
 * Words are exact. An absent page is "not present", never "not in memory"; a
 * number the kernel keeps to itself is "hidden", never 0; a bit that this kernel
 * may not know at all is "not set", never "no".
 */

#include "config.h"

#include "pgs-page-words.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "pgs-pagemap-entry.h"

typedef char *(*DescribeFunc) (uint64_t entry);

static char *
describe_location (uint64_t entry)
{
  if (pgs_pagemap_entry_is_hidden (entry))
    return g_strdup (_("hidden"));
  switch (pgs_pagemap_entry_get_state (entry))
    {
    case PGS_PAGE_PRESENT:
      return g_strdup_printf (_("frame 0x%" PRIx64), pgs_pagemap_entry_get_pfn (entry));
    case PGS_PAGE_SWAPPED:
      return g_strdup_printf (_("swap area %u, slot %" PRIu64),
                              pgs_pagemap_entry_get_swap_type (entry),
                              pgs_pagemap_entry_get_swap_offset (entry));
    case PGS_PAGE_GUARD:
    case PGS_PAGE_ABSENT:
    default:
      return g_strdup (_("nothing"));
    }
}

static const struct
{
  const char   *bits;
  const char   *title;
  uint64_t      mask;
  DescribeFunc  describe;
} fields[] = {
  { "63", N_("Present"), PGS_PAGEMAP_PRESENT, NULL },
  { "62", N_("Swapped"), PGS_PAGEMAP_SWAPPED, NULL },
  { "61", N_("File or shared memory"), PGS_PAGEMAP_FILE, NULL },
  { "58", N_("Guard"), PGS_PAGEMAP_GUARD, NULL },
  { "57", N_("Write-protected by userfaultfd"), PGS_PAGEMAP_UFFD_WP, NULL },
  { "56", N_("Mapped by one page table only"), PGS_PAGEMAP_EXCLUSIVE, NULL },
  { "55", N_("Soft-dirty"), PGS_PAGEMAP_SOFT_DIRTY, NULL },
  { "0–54", N_("Location"), PGS_PAGEMAP_PFN_MASK, describe_location },
};

/**
 * pgs_page_get_n_bits:
 *
 * Returns: how many fields a pagemap entry has
 */
guint
pgs_page_get_n_bits (void)
{
  return G_N_ELEMENTS (fields);
}

/**
 * pgs_page_describe_bit:
 * @entry: a pagemap entry
 * @index: which field, less than pgs_page_get_n_bits()
 * @bit: (out caller-allocates): the field; free its words with g_free()
 *
 * Tells what one field of the entry says.
 */
void
pgs_page_describe_bit (uint64_t    entry,
                       guint       index,
                       PgsPageBit *bit)
{
  g_return_if_fail (index < G_N_ELEMENTS (fields) && bit != NULL);

  bit->bits = fields[index].bits;
  bit->title = _(fields[index].title);
  if (fields[index].describe != NULL)
    bit->words = fields[index].describe (entry);
  else
    bit->words = g_strdup (entry & fields[index].mask ? _("set") : _("not set"));
}

/**
 * pgs_page_state_get_id:
 * @entry: a pagemap entry
 *
 * Returns: the state's stable name: "present", "swapped", "guard" or "absent"
 */
const char *
pgs_page_state_get_id (uint64_t entry)
{
  static const char *const ids[] = {
    [PGS_PAGE_ABSENT] = "absent",
    [PGS_PAGE_PRESENT] = "present",
    [PGS_PAGE_SWAPPED] = "swapped",
    [PGS_PAGE_GUARD] = "guard",
  };

  return ids[pgs_pagemap_entry_get_state (entry)];
}

static const char *
get_state_title (uint64_t entry)
{
  switch (pgs_pagemap_entry_get_state (entry))
    {
    case PGS_PAGE_PRESENT:
      return _("present");
    case PGS_PAGE_SWAPPED:
      return _("swapped");
    case PGS_PAGE_GUARD:
      return _("guard page");
    case PGS_PAGE_ABSENT:
    default:
      return _("not present");
    }
}

/**
 * pgs_page_get_unknown:
 * @snapshot: a snapshot
 * @address: a mapped address
 *
 * Returns: (transfer none) (nullable): why the snapshot does not say what the page
 *   is; %NULL where it does
 */
const char *
pgs_page_get_unknown (PgsSnapshot *snapshot,
                      uint64_t     address)
{
  const GArray *unread;

  g_return_val_if_fail (snapshot != NULL, NULL);

  if (pgs_snapshot_knows (snapshot, address, address + 1))
    return NULL;
  unread = pgs_snapshot_get_unread (snapshot);
  for (guint i = 0; i < unread->len; i++)
    {
      const PgsRange *range = &g_array_index (unread, PgsRange, i);

      if (range->start <= address && range->end > address)
        return _("This page has not been read yet.");
    }
  return _("Of most pages of so large a process only their number is kept. A page is read "
           "when it is looked at.");
}

/**
 * pgs_page_dup_state:
 * @entry: a pagemap entry
 *
 * Returns: (transfer full): the page's state in some words, like "present,
 *   anonymous, exclusive"
 */
char *
pgs_page_dup_state (uint64_t entry)
{
  GString *words = g_string_new (get_state_title (entry));

  if (pgs_pagemap_entry_get_state (entry) == PGS_PAGE_PRESENT)
    {
      if (pgs_pagemap_entry_is_zero_page (entry))
        g_string_append_printf (words, ", %s", _("zero page"));
      else
        g_string_append_printf (words, ", %s", pgs_pagemap_entry_is_file (entry)
                                ? _("file or shared memory") : _("anonymous"));
      if (pgs_pagemap_entry_is_huge (entry))
        g_string_append_printf (words, ", %s", _("huge"));
    }
  if (pgs_pagemap_entry_is_exclusive (entry))
    g_string_append_printf (words, ", %s", _("exclusive"));
  if (pgs_pagemap_entry_is_soft_dirty (entry))
    g_string_append_printf (words, ", %s", _("soft-dirty"));
  if (pgs_pagemap_entry_is_uffd_wp (entry))
    g_string_append_printf (words, ", %s", _("write-protected"));
  return g_string_free (words, FALSE);
}

static const char *
explain_absent (const PgsMapping *mapping)
{
  if (pgs_mapping_is_inaccessible (mapping))
    return _("Reserved address space: any access fails, so no page is ever put here.");
  switch (mapping->kind)
    {
    case PGS_MAPPING_CODE:
    case PGS_MAPPING_FILE:
    case PGS_MAPPING_SHARED_MEMORY:
      return _("Not in this page table. The page may be in RAM all the same; the first access "
               "maps it, and reads it from the file if need be.");
    case PGS_MAPPING_ANONYMOUS:
    case PGS_MAPPING_HEAP:
    case PGS_MAPPING_STACK:
      return _("Never touched, or given back: it reads as zeros, and the first write "
               "gets it a frame.");
    case PGS_MAPPING_DEVICE:
    case PGS_MAPPING_KERNEL:
    case PGS_MAPPING_N_KINDS:
    default:
      return _("Not in this page table.");
    }
}

static const char *
explain_present (uint64_t entry)
{
  if (pgs_pagemap_entry_is_hidden (entry))
    return _("The page has a frame. The kernel tells which one only to readers with the "
             "capability CAP_SYS_ADMIN.");
  if (pgs_pagemap_entry_is_zero_page (entry))
    return _("Read but never written: the page shares the kernel's one frame of zeros until "
             "the first write.");
  if (pgs_pagemap_entry_is_huge (entry))
    return _("Part of a huge page: one entry of the page table maps the whole of it.");
  return _("The page table maps this page to a frame of RAM.");
}

/**
 * pgs_page_dup_explanation:
 * @mapping: what the page lies in
 * @entry: its pagemap entry
 *
 * Returns: (transfer full): a sentence on why the page is as it is
 */
char *
pgs_page_dup_explanation (const PgsMapping *mapping,
                          uint64_t          entry)
{
  g_return_val_if_fail (mapping != NULL, NULL);

  switch (pgs_pagemap_entry_get_state (entry))
    {
    case PGS_PAGE_PRESENT:
      return g_strdup (explain_present (entry));
    case PGS_PAGE_SWAPPED:
      return g_strdup (pgs_pagemap_entry_is_hidden (entry)
                       ? _("Held in swap. The kernel tells where only to readers with the "
                           "capability CAP_SYS_ADMIN.")
                       : _("Held in swap; the next access brings it back into a frame."));
    case PGS_PAGE_GUARD:
      return g_strdup (_("Made to fail on every access, without a mapping of its own."));
    case PGS_PAGE_ABSENT:
    default:
      return g_strdup (explain_absent (mapping));
    }
}

/**
 * pgs_page_dup_pfn:
 * @entry: a pagemap entry
 *
 * Returns: (transfer full) (nullable): the page frame number as "0x…", "hidden"
 *   where the kernel hides it, %NULL where the page has no frame
 */
char *
pgs_page_dup_pfn (uint64_t entry)
{
  if (!pgs_pagemap_entry_is_present (entry))
    return NULL;
  if (pgs_pagemap_entry_is_hidden (entry))
    return g_strdup (_("hidden"));
  return g_strdup_printf ("0x%" PRIx64, pgs_pagemap_entry_get_pfn (entry));
}

/**
 * pgs_page_dup_physical:
 * @entry: the page's pagemap entry
 * @address: a virtual address in the page
 * @page_size: bytes a page
 *
 * Returns: (transfer full) (nullable): the physical address as "0x…"; "hidden" and
 *   %NULL as in pgs_page_dup_pfn()
 */
char *
pgs_page_dup_physical (uint64_t entry,
                       uint64_t address,
                       uint64_t page_size)
{
  g_return_val_if_fail (page_size > 0, NULL);

  if (!pgs_pagemap_entry_is_present (entry) || pgs_pagemap_entry_is_hidden (entry))
    return pgs_page_dup_pfn (entry);
  return g_strdup_printf ("0x%" PRIx64, pgs_pagemap_entry_get_pfn (entry) * page_size +
                                        address % page_size);
}

/**
 * pgs_page_dup_sum:
 * @entry: the page's pagemap entry
 * @address: a virtual address in the page
 * @page_size: bytes a page
 *
 * Returns: (transfer full) (nullable): the sum that gives the physical address,
 *   like "0x1f7e26 × 4096 + 0x2a0"; %NULL where there is none
 */
char *
pgs_page_dup_sum (uint64_t entry,
                  uint64_t address,
                  uint64_t page_size)
{
  g_return_val_if_fail (page_size > 0, NULL);

  if (!pgs_pagemap_entry_is_present (entry) || pgs_pagemap_entry_is_hidden (entry))
    return NULL;
  return g_strdup_printf ("0x%" PRIx64 " × %" PRIu64 " + 0x%" PRIx64,
                          pgs_pagemap_entry_get_pfn (entry), page_size, address % page_size);
}
