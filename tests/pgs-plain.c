/* pgs-plain.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "pgs-plain.h"

#include <string.h>

#define BIT(n)   (UINT64_C (1) << (n))
#define LOCATION (BIT (55) - 1)

static const char *const kind_ids[] = {
  [PGS_MAPPING_ANONYMOUS] = "anonymous",
  [PGS_MAPPING_HEAP] = "heap",
  [PGS_MAPPING_STACK] = "stack",
  [PGS_MAPPING_CODE] = "code",
  [PGS_MAPPING_FILE] = "file",
  [PGS_MAPPING_SHARED_MEMORY] = "shared",
  [PGS_MAPPING_DEVICE] = "device",
  [PGS_MAPPING_KERNEL] = "kernel",
};

/* Any of the flags that a present page may have. */
static uint64_t
make_flags (GRand *rand)
{
  static const guint bits[] = { 55, 56, 57, 59, 60, 61 };
  uint64_t flags = 0;

  for (guint i = 0; i < G_N_ELEMENTS (bits); i++)
    if (g_rand_int_range (rand, 0, 4) == 0)
      flags |= BIT (bits[i]);
  return flags;
}

/**
 * pgs_plain_make_entry:
 * @rand: where chance comes from
 * @ram_end: the PFN behind the last frame; some frames lie behind it all the same
 *
 * Returns: the entry of a page of any kind; 0 for an absent one
 */
uint64_t
pgs_plain_make_entry (GRand    *rand,
                      uint64_t  ram_end)
{
  switch (g_rand_int_range (rand, 0, 12))
    {
    case 0:
      return BIT (63) | make_flags (rand);
    case 1:
      return BIT (62) | (uint64_t) g_rand_int_range (rand, 1, 1 << 30) << 5 |
             (uint64_t) g_rand_int_range (rand, 0, 32);
    case 2:
      return BIT (62) | (g_rand_boolean (rand) ? BIT (55) : 0);
    case 3:
      return BIT (58) | (g_rand_boolean (rand) ? BIT (62) | 0x9f : 0);
    case 4:
    case 5:
      return 0;
    default:
      return BIT (63) | make_flags (rand) |
             (1 + (uint64_t) g_rand_double_range (rand, 0, 1.05 * (double) ram_end));
    }
}

/**
 * pgs_plain_make_pages:
 * @rand: where chance comes from
 * @ram_end: the PFN behind the last frame
 * @n_pages: how many pages
 *
 * Returns: (transfer full): entries of pages of any kind, in stretches that are
 *   absent, alike, in consecutive frames or mixed
 */
uint64_t *
pgs_plain_make_pages (GRand    *rand,
                      uint64_t  ram_end,
                      gsize     n_pages)
{
  uint64_t *entries = g_new0 (uint64_t, n_pages);
  gsize n;

  for (gsize i = 0; i < n_pages; i += n)
    {
      guint pattern = (guint) g_rand_int_range (rand, 0, 6);
      uint64_t entry = pgs_plain_make_entry (rand, ram_end);

      n = (gsize) g_rand_int_range (rand, 1, 3000);
      n = MIN (n, n_pages - i);
      for (gsize j = i; j < i + n && pattern > 0; j++)
        entries[j] = pattern == 1 ? entry
                     : pattern == 2 ? BIT (63) | (100 + j) : pgs_plain_make_entry (rand, ram_end);
    }
  return entries;
}

static const char *
name_state (const PgsMapping *mapping,
            uint64_t          entry)
{
  if (entry & BIT (63))
    {
      if (entry & BIT (59))
        return "zero";
      if (!(entry & BIT (61)))
        return "private";
      return mapping->kind == PGS_MAPPING_SHARED_MEMORY ? "shared" : "file";
    }
  return entry & BIT (58) ? "guard" : "swapped";
}

static const char *
name_access (const PgsMapping *mapping)
{
  gboolean can_write = (mapping->flags & PGS_MAPPING_WRITE) != 0;

  if (mapping->flags & PGS_MAPPING_EXEC)
    return can_write ? "write-exec" : "exec";
  if (can_write)
    return "write";
  return mapping->flags & PGS_MAPPING_READ ? "read" : "none";
}

static guint
find_class (const PgsColorMode *mode,
            const char         *id)
{
  for (guint i = 0; i < mode->n_classes; i++)
    if (g_str_equal (mode->classes[i].id, id))
      return i;
  g_error ("No class %s", id);
}

/* All that is told of the frame of a present page without reading what the kernel knows
 * of it. */
static const char *
name_unknown_frame (const PgsColorMode *mode,
                    uint64_t            entry)
{
  gboolean has_zero = g_str_equal (mode->id, "type") || g_str_equal (mode->id, "relation");

  return has_zero && entry & BIT (59) ? "zero" : "unknown";
}

/**
 * pgs_plain_classify:
 * @mode: a color mode
 * @mapping: what the page lies in
 * @entry: its entry
 * @ram_end: the PFN behind the last frame
 *
 * Returns: the class of a page of whose frame nothing else is known
 */
guint
pgs_plain_classify (const PgsColorMode *mode,
                    const PgsMapping   *mapping,
                    uint64_t            entry,
                    uint64_t            ram_end)
{
  uint64_t pfn = entry & LOCATION;

  if (entry == 0)
    return find_class (mode, "absent");
  if (g_str_equal (mode->id, "kind"))
    return find_class (mode, kind_ids[mapping->kind]);
  if (g_str_equal (mode->id, "permissions"))
    return find_class (mode, name_access (mapping));
  if (g_str_equal (mode->id, "state") || !(entry & BIT (63)))
    return find_class (mode, name_state (mapping, entry));
  if (mode->needs != PGS_COLOR_NEEDS_NOTHING)
    return find_class (mode, name_unknown_frame (mode, entry));
  g_assert (g_str_equal (mode->id, "frame"));
  if (pfn == 0)
    return find_class (mode, "hidden");
  return pfn < ram_end ? (guint) (pfn * 32 / ram_end) : 31;
}

/**
 * pgs_plain_count:
 * @counts: (inout): what to add the page to
 * @mode: (nullable): a color mode
 * @mapping: what the page lies in
 * @entry: its entry
 * @ram_end: the PFN behind the last frame
 *
 * Counts a page; without a color mode, not for its class.
 */
void
pgs_plain_count (PgsPlainCounts     *counts,
                 const PgsColorMode *mode,
                 const PgsMapping   *mapping,
                 uint64_t            entry,
                 uint64_t            ram_end)
{
  gboolean present = (entry & BIT (63)) != 0;
  gboolean guard = !present && (entry & BIT (58)) != 0;
  gboolean swapped = !present && !guard && (entry & BIT (62)) != 0;

  counts->present += present;
  counts->guard += guard;
  counts->swapped += swapped;
  counts->hidden += (present || swapped) && (entry & LOCATION) == 0;
  if (mode != NULL)
    counts->classes[pgs_plain_classify (mode, mapping, entry, ram_end)]++;
}
