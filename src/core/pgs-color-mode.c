/* pgs-color-mode.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ways to color pages: one table, a row a mode.
 *
 * To add a mode, write its classes and a pure function that finds the class of
 * a page, and add a row to the table at the end. The last class of every mode is
 * that of absent pages; it is drawn on top of a column.
 */

#include "config.h"

#include "pgs-color-mode.h"

#include <glib/gi18n-lib.h>

/* Classes that several modes share. */
#define CLASS_SWAPPED \
  { "swapped", N_("Swapped"), N_("Held in swap, not in memory"), PGS_COLOR_ORANGE }
#define CLASS_GUARD \
  { "guard", N_("Guard"), N_("Made to fail on every access"), PGS_COLOR_RED }
#define CLASS_ABSENT \
  { "absent", N_("Not present"), \
    N_("Not in this page table; the page of a file or of shared memory may be in RAM all the same"), \
    PGS_COLOR_ABSENT }

/* State */

enum
{
  STATE_PRIVATE,
  STATE_FILE,
  STATE_SHARED,
  STATE_ZERO,
  STATE_SWAPPED,
  STATE_GUARD,
  STATE_ABSENT,
};

static const PgsColorClass state_classes[] = {
  [STATE_PRIVATE] = { "private", N_("Private"),
                      N_("Present, anonymous: the process' own memory"), PGS_COLOR_BLUE },
  [STATE_FILE] = { "file", N_("File"), N_("Present, a page of a file"), PGS_COLOR_GREEN },
  [STATE_SHARED] = { "shared", N_("Shared"), N_("Present, shared memory"), PGS_COLOR_PURPLE },
  [STATE_ZERO] = { "zero", N_("Zero page"),
                   N_("Present, read but never written: the kernel's one page of zeros"),
                   PGS_COLOR_GRAY },
  [STATE_SWAPPED] = CLASS_SWAPPED,
  [STATE_GUARD] = CLASS_GUARD,
  [STATE_ABSENT] = CLASS_ABSENT,
};

static guint
classify_present (const PgsPage *page)
{
  if (pgs_pagemap_entry_is_zero_page (page->entry))
    return STATE_ZERO;
  if (!pgs_pagemap_entry_is_file (page->entry))
    return STATE_PRIVATE;
  return page->mapping->kind == PGS_MAPPING_SHARED_MEMORY ? STATE_SHARED : STATE_FILE;
}

static guint
classify_state (const PgsSnapshot *snapshot,
                const PgsPage     *page)
{
  switch (pgs_pagemap_entry_get_state (page->entry))
    {
    case PGS_PAGE_PRESENT:
      return classify_present (page);
    case PGS_PAGE_SWAPPED:
      return STATE_SWAPPED;
    case PGS_PAGE_GUARD:
      return STATE_GUARD;
    case PGS_PAGE_ABSENT:
    default:
      return STATE_ABSENT;
    }
}

/* Physical frame */

enum
{
  FRAME_HIDDEN = PGS_COLOR_RAMP_STEPS,
  FRAME_SWAPPED,
  FRAME_GUARD,
  FRAME_ABSENT,
};

#define RAMP_STEP(n) [n] = { "frame-" #n, NULL, NULL, PGS_COLOR_RAMP + (n) }

static const PgsColorClass frame_classes[] = {
  [0] = { "frame-0", N_("Start of RAM"), N_("The frame lies near physical address 0"),
          PGS_COLOR_RAMP },
  RAMP_STEP (1), RAMP_STEP (2), RAMP_STEP (3), RAMP_STEP (4), RAMP_STEP (5),
  RAMP_STEP (6), RAMP_STEP (7), RAMP_STEP (8), RAMP_STEP (9), RAMP_STEP (10),
  RAMP_STEP (11), RAMP_STEP (12), RAMP_STEP (13), RAMP_STEP (14), RAMP_STEP (15),
  RAMP_STEP (16), RAMP_STEP (17), RAMP_STEP (18), RAMP_STEP (19), RAMP_STEP (20),
  RAMP_STEP (21), RAMP_STEP (22), RAMP_STEP (23), RAMP_STEP (24), RAMP_STEP (25),
  RAMP_STEP (26), RAMP_STEP (27), RAMP_STEP (28), RAMP_STEP (29), RAMP_STEP (30),
  [31] = { "frame-31", N_("End of RAM"), N_("The frame lies near the end of memory"),
           PGS_COLOR_RAMP + 31 },
  [FRAME_HIDDEN] = { "hidden", N_("Hidden"),
                     N_("Present; the kernel tells frame numbers to privileged readers only"),
                     PGS_COLOR_GRAY },
  [FRAME_SWAPPED] = CLASS_SWAPPED,
  [FRAME_GUARD] = CLASS_GUARD,
  [FRAME_ABSENT] = CLASS_ABSENT,
};

static guint
classify_frame (const PgsSnapshot *snapshot,
                const PgsPage     *page)
{
  switch (pgs_pagemap_entry_get_state (page->entry))
    {
    case PGS_PAGE_PRESENT:
      return pgs_pagemap_entry_is_hidden (page->entry)
        ? FRAME_HIDDEN
        : pgs_frame_bands_find (pgs_snapshot_get_bands (snapshot),
                                pgs_pagemap_entry_get_pfn (page->entry));
    case PGS_PAGE_SWAPPED:
      return FRAME_SWAPPED;
    case PGS_PAGE_GUARD:
      return FRAME_GUARD;
    case PGS_PAGE_ABSENT:
    default:
      return FRAME_ABSENT;
    }
}

/* Mapping kind */

static const PgsColorClass kind_classes[] = {
  [PGS_MAPPING_ANONYMOUS] = { "anonymous", N_("Anonymous"),
                              N_("Memory that the program asked for"), PGS_COLOR_BLUE },
  [PGS_MAPPING_HEAP] = { "heap", N_("Heap"), N_("What brk() gave"), PGS_COLOR_TEAL },
  [PGS_MAPPING_STACK] = { "stack", N_("Stack"), N_("The first thread's stack"),
                          PGS_COLOR_YELLOW },
  [PGS_MAPPING_CODE] = { "code", N_("Program or library"),
                         N_("A file of which some part may be executed"), PGS_COLOR_GREEN },
  [PGS_MAPPING_FILE] = { "file", N_("File"), N_("Any other file"), PGS_COLOR_BROWN },
  [PGS_MAPPING_SHARED_MEMORY] = { "shared", N_("Shared memory"),
                                  N_("tmpfs, memfd, System V or shared anonymous memory"),
                                  PGS_COLOR_PURPLE },
  [PGS_MAPPING_DEVICE] = { "device", N_("Device"), N_("A device's memory"), PGS_COLOR_RED },
  [PGS_MAPPING_KERNEL] = { "kernel", N_("Kernel"), N_("What the kernel lends every process"),
                           PGS_COLOR_GRAY },
  [PGS_MAPPING_N_KINDS] = CLASS_ABSENT,
};

static guint
classify_kind (const PgsSnapshot *snapshot,
               const PgsPage     *page)
{
  if (pgs_pagemap_entry_get_state (page->entry) == PGS_PAGE_ABSENT)
    return PGS_MAPPING_N_KINDS;
  return page->mapping->kind;
}

/* Permissions */

enum
{
  ACCESS_READ,
  ACCESS_WRITE,
  ACCESS_EXEC,
  ACCESS_WRITE_EXEC,
  ACCESS_NONE,
  ACCESS_ABSENT,
};

static const PgsColorClass access_classes[] = {
  [ACCESS_READ] = { "read", N_("Read only"), N_("r--"), PGS_COLOR_GREEN },
  [ACCESS_WRITE] = { "write", N_("Read and write"), N_("rw- or -w-"), PGS_COLOR_BLUE },
  [ACCESS_EXEC] = { "exec", N_("Execute"), N_("r-x or --x"), PGS_COLOR_PURPLE },
  [ACCESS_WRITE_EXEC] = { "write-exec", N_("Write and execute"),
                          N_("rwx or -wx: what is written there can be run"), PGS_COLOR_RED },
  [ACCESS_NONE] = { "none", N_("No access"),
                    N_("Populated, and then made inaccessible"), PGS_COLOR_GRAY },
  [ACCESS_ABSENT] = CLASS_ABSENT,
};

static guint
classify_access (const PgsSnapshot *snapshot,
                 const PgsPage     *page)
{
  PgsMappingFlags flags = page->mapping->flags;

  if (pgs_pagemap_entry_get_state (page->entry) == PGS_PAGE_ABSENT)
    return ACCESS_ABSENT;
  if ((flags & PGS_MAPPING_WRITE) && (flags & PGS_MAPPING_EXEC))
    return ACCESS_WRITE_EXEC;
  if (flags & PGS_MAPPING_EXEC)
    return ACCESS_EXEC;
  if (flags & PGS_MAPPING_WRITE)
    return ACCESS_WRITE;
  return flags & PGS_MAPPING_READ ? ACCESS_READ : ACCESS_NONE;
}

/* The table */

#define CLASSES(array) (array), G_N_ELEMENTS (array)

static const PgsColorMode modes[] = {
  { "state", N_("State"), N_("Whether a page is present, and what it belongs to"),
    CLASSES (state_classes), classify_state },
  { "frame", N_("Physical Frame"), N_("Where in RAM the page lies"),
    CLASSES (frame_classes), classify_frame },
  { "kind", N_("Mapping Kind"), N_("What the mapping is for"),
    CLASSES (kind_classes), classify_kind },
  { "permissions", N_("Permissions"), N_("What the mapping allows"),
    CLASSES (access_classes), classify_access },
};

G_STATIC_ASSERT (G_N_ELEMENTS (frame_classes) <= PGS_COLOR_MODE_MAX_CLASSES);

/**
 * pgs_color_mode_get_n_modes:
 *
 * Returns: how many modes there are
 */
guint
pgs_color_mode_get_n_modes (void)
{
  return G_N_ELEMENTS (modes);
}

/**
 * pgs_color_mode_get:
 * @index: which one, less than pgs_color_mode_get_n_modes()
 *
 * Returns: (transfer none): the mode; the first is the default
 */
const PgsColorMode *
pgs_color_mode_get (guint index)
{
  g_return_val_if_fail (index < G_N_ELEMENTS (modes), NULL);

  return &modes[index];
}

/**
 * pgs_color_mode_find:
 * @id: the id of a mode
 *
 * Returns: (transfer none) (nullable): the mode, or %NULL where none has that id
 */
const PgsColorMode *
pgs_color_mode_find (const char *id)
{
  g_return_val_if_fail (id != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    if (g_str_equal (modes[i].id, id))
      return &modes[i];
  return NULL;
}
