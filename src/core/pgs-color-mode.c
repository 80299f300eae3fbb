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

#include "pgs-frame-user.h"
#include "pgs-relation.h"

/* Classes that several modes share. */
#define CLASS_SWAPPED \
  { "swapped", N_("Swapped"), N_("Held in swap, not in memory"), PGS_COLOR_ORANGE }
#define CLASS_GUARD \
  { "guard", N_("Guard"), N_("Made to fail on every access"), PGS_COLOR_RED }
#define CLASS_ABSENT \
  { "absent", N_("Not present"), \
    N_("Not in this page table; the page of a file or of shared memory may be in RAM all the same"), \
    PGS_COLOR_ABSENT }

/* A mode that needs frames has this one where nothing is known of them. */
#define CLASS_UNKNOWN \
  { "unknown", N_("Not known"), \
    N_("Present; what the kernel knows of the frame is told to root only, or was not read"), \
    PGS_COLOR_GRAY }

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

/* Page type */

enum
{
  TYPE_ANONYMOUS,
  TYPE_FILE,
  TYPE_SHARED,
  TYPE_KSM,
  TYPE_ZERO,
  TYPE_THP,
  TYPE_HUGETLB,
  TYPE_RESERVED,
  TYPE_POISONED,
  TYPE_UNKNOWN,
  TYPE_SWAPPED,
  TYPE_GUARD,
  TYPE_ABSENT,
};

static const PgsColorClass type_classes[] = {
  [TYPE_ANONYMOUS] = { "anonymous", N_("Anonymous"),
                       N_("Memory of no file, in frames of the base size or some more"),
                       PGS_COLOR_BLUE },
  [TYPE_FILE] = { "file", N_("File"), N_("A page of a file, in the page cache"),
                  PGS_COLOR_GREEN },
  [TYPE_SHARED] = { "shared", N_("Shared memory"),
                    N_("tmpfs, memfd, System V or shared anonymous memory"),
                    PGS_COLOR_PURPLE },
  [TYPE_KSM] = { "ksm", N_("Merged (KSM)"),
                 N_("Equal pages of several places, merged by the kernel into one frame"),
                 PGS_COLOR_TEAL },
  [TYPE_ZERO] = { "zero", N_("Zero page"),
                  N_("The page of zeros, or the huge one, that all processes share"),
                  PGS_COLOR_PINK },
  [TYPE_THP] = { "thp", N_("Transparent huge page"),
                 N_("Part of a huge page that the kernel made by itself"), PGS_COLOR_INDIGO },
  [TYPE_HUGETLB] = { "hugetlb", N_("hugetlbfs"),
                     N_("Part of a huge page that the program asked for"), PGS_COLOR_YELLOW },
  [TYPE_RESERVED] = { "reserved", N_("Kernel"),
                      N_("Of a page table, reserved, out of use, or no RAM at all"),
                      PGS_COLOR_PALE },
  [TYPE_POISONED] = { "poisoned", N_("Damaged"),
                      N_("The hardware reported this memory to be damaged"),
                      PGS_COLOR_MAROON },
  [TYPE_UNKNOWN] = CLASS_UNKNOWN,
  [TYPE_SWAPPED] = CLASS_SWAPPED,
  [TYPE_GUARD] = CLASS_GUARD,
  [TYPE_ABSENT] = CLASS_ABSENT,
};

static gboolean
is_reserved (uint32_t frame)
{
  return pgs_frame_word_has (frame, PGS_FRAME_RESERVED) ||
         pgs_frame_word_has (frame, PGS_FRAME_PGTABLE) ||
         pgs_frame_word_has (frame, PGS_FRAME_SLAB) ||
         pgs_frame_word_has (frame, PGS_FRAME_OFFLINE) ||
         pgs_frame_word_has (frame, PGS_FRAME_NOPAGE);
}

/* What is special comes before what a page would be otherwise. The kernel marks the huge
 * page of zeros as a transparent huge page, too. */
static guint
classify_present_type (const PgsPage *page)
{
  uint32_t frame = page->frame;

  if (pgs_frame_word_has (frame, PGS_FRAME_HWPOISON))
    return TYPE_POISONED;
  if (pgs_pagemap_entry_is_zero_page (page->entry) ||
      pgs_frame_word_has (frame, PGS_FRAME_ZERO_PAGE))
    return TYPE_ZERO;
  if (!pgs_frame_word_is_known (frame))
    return TYPE_UNKNOWN;
  if (pgs_frame_word_has (frame, PGS_FRAME_KSM))
    return TYPE_KSM;
  if (pgs_frame_word_has (frame, PGS_FRAME_HUGE))
    return TYPE_HUGETLB;
  if (pgs_frame_word_has (frame, PGS_FRAME_THP))
    return TYPE_THP;
  if (is_reserved (frame))
    return TYPE_RESERVED;
  if (pgs_frame_word_has (frame, PGS_FRAME_ANON))
    return TYPE_ANONYMOUS;
  return pgs_frame_word_has (frame, PGS_FRAME_SWAPBACKED) ||
         page->mapping->kind == PGS_MAPPING_SHARED_MEMORY ? TYPE_SHARED : TYPE_FILE;
}

static guint
classify_type (const PgsSnapshot *snapshot,
               const PgsPage     *page)
{
  switch (pgs_pagemap_entry_get_state (page->entry))
    {
    case PGS_PAGE_PRESENT:
      return classify_present_type (page);
    case PGS_PAGE_SWAPPED:
      return TYPE_SWAPPED;
    case PGS_PAGE_GUARD:
      return TYPE_GUARD;
    case PGS_PAGE_ABSENT:
    default:
      return TYPE_ABSENT;
    }
}

/* Sharing */

enum
{
  SHARING_1,
  SHARING_2,
  SHARING_FEW,
  SHARING_MANY,
  SHARING_NONE,
  SHARING_UNKNOWN,
  SHARING_SWAPPED,
  SHARING_GUARD,
  SHARING_ABSENT,
};

static const PgsColorClass sharing_classes[] = {
  [SHARING_1] = { "once", N_("Mapped once"),
                  N_("Of the page tables of all processes, only this entry maps the frame"),
                  PGS_COLOR_BLUE },
  [SHARING_2] = { "twice", N_("Twice"),
                  N_("Two entries of page tables map the frame, of any processes"),
                  PGS_COLOR_GREEN },
  [SHARING_FEW] = { "few", N_("3 to 9 times"),
                    N_("3 to 9 entries of page tables map the frame, of any processes"),
                    PGS_COLOR_YELLOW },
  [SHARING_MANY] = { "many", N_("10 times and more"),
                     N_("10 or more entries of page tables map the frame, of any processes"),
                     PGS_COLOR_PURPLE },
  [SHARING_NONE] = { "uncounted", N_("Not counted"),
                     N_("Mapped, but of a kind whose mappings the kernel does not count, like "
                        "the page of zeros"),
                     PGS_COLOR_TEAL },
  [SHARING_UNKNOWN] = CLASS_UNKNOWN,
  [SHARING_SWAPPED] = CLASS_SWAPPED,
  [SHARING_GUARD] = CLASS_GUARD,
  [SHARING_ABSENT] = CLASS_ABSENT,
};

static guint
classify_sharing (const PgsSnapshot *snapshot,
                  const PgsPage     *page)
{
  static const guint8 classes[] = {
    [PGS_MAP_COUNT_UNKNOWN] = SHARING_UNKNOWN,
    [PGS_MAP_COUNT_NONE] = SHARING_NONE,
    [PGS_MAP_COUNT_1] = SHARING_1,
    [PGS_MAP_COUNT_2] = SHARING_2,
    [PGS_MAP_COUNT_FEW] = SHARING_FEW,
    [PGS_MAP_COUNT_MANY] = SHARING_MANY,
  };
  PgsMapCount count = pgs_frame_word_get_map_count (page->frame);

  switch (pgs_pagemap_entry_get_state (page->entry))
    {
    case PGS_PAGE_PRESENT:
      return count < G_N_ELEMENTS (classes) ? classes[count] : SHARING_UNKNOWN;
    case PGS_PAGE_SWAPPED:
      return SHARING_SWAPPED;
    case PGS_PAGE_GUARD:
      return SHARING_GUARD;
    case PGS_PAGE_ABSENT:
    default:
      return SHARING_ABSENT;
    }
}

/* Activity */

enum
{
  ACTIVITY_ACTIVE,
  ACTIVITY_INACTIVE,
  ACTIVITY_IDLE,
  ACTIVITY_DIRTY,
  ACTIVITY_WRITEBACK,
  ACTIVITY_UNEVICTABLE,
  ACTIVITY_NONE,
  ACTIVITY_UNKNOWN,
  ACTIVITY_SWAPPED,
  ACTIVITY_GUARD,
  ACTIVITY_ABSENT,
};

static const PgsColorClass activity_classes[] = {
  [ACTIVITY_ACTIVE] = { "active", N_("Active"),
                        N_("In use, as far as the kernel has seen: it is freed last"),
                        PGS_COLOR_GREEN },
  [ACTIVITY_INACTIVE] = { "inactive", N_("Inactive"),
                          N_("Next to be freed when memory runs short"), PGS_COLOR_BLUE },
  [ACTIVITY_IDLE] = { "idle", N_("Idle"),
                      N_("Not used since the kernel, or somebody who asked it to, began to watch"), PGS_COLOR_TEAL },
  [ACTIVITY_DIRTY] = { "dirty", N_("Dirty"),
                       N_("Written, and not yet in the file or in swap"), PGS_COLOR_YELLOW },
  [ACTIVITY_WRITEBACK] = { "writeback", N_("Being written"),
                           N_("On its way to the file or to swap"), PGS_COLOR_INDIGO },
  [ACTIVITY_UNEVICTABLE] = { "unevictable", N_("Locked in memory"),
                             N_("May not be freed, as with mlock()"), PGS_COLOR_PURPLE },
  [ACTIVITY_NONE] = { "unlisted", N_("Not listed"),
                      N_("On none of the lists by which the kernel frees memory"),
                      PGS_COLOR_PINK },
  [ACTIVITY_UNKNOWN] = CLASS_UNKNOWN,
  [ACTIVITY_SWAPPED] = CLASS_SWAPPED,
  [ACTIVITY_GUARD] = CLASS_GUARD,
  [ACTIVITY_ABSENT] = CLASS_ABSENT,
};

/* What the kernel is about to do comes before what it has seen. */
static guint
classify_present_activity (uint32_t frame)
{
  if (!pgs_frame_word_is_known (frame))
    return ACTIVITY_UNKNOWN;
  if (pgs_frame_word_has (frame, PGS_FRAME_WRITEBACK))
    return ACTIVITY_WRITEBACK;
  if (pgs_frame_word_has (frame, PGS_FRAME_UNEVICTABLE) ||
      pgs_frame_word_has (frame, PGS_FRAME_MLOCKED))
    return ACTIVITY_UNEVICTABLE;
  if (pgs_frame_word_has (frame, PGS_FRAME_DIRTY))
    return ACTIVITY_DIRTY;
  if (pgs_frame_word_has (frame, PGS_FRAME_IDLE))
    return ACTIVITY_IDLE;
  if (pgs_frame_word_has (frame, PGS_FRAME_ACTIVE))
    return ACTIVITY_ACTIVE;
  return pgs_frame_word_has (frame, PGS_FRAME_LRU) ? ACTIVITY_INACTIVE : ACTIVITY_NONE;
}

static guint
classify_activity (const PgsSnapshot *snapshot,
                   const PgsPage     *page)
{
  switch (pgs_pagemap_entry_get_state (page->entry))
    {
    case PGS_PAGE_PRESENT:
      return classify_present_activity (page->frame);
    case PGS_PAGE_SWAPPED:
      return ACTIVITY_SWAPPED;
    case PGS_PAGE_GUARD:
      return ACTIVITY_GUARD;
    case PGS_PAGE_ABSENT:
    default:
      return ACTIVITY_ABSENT;
    }
}

/* How pages stand to another process */

enum
{
  RELATION_SHARED,
  RELATION_OWN,
  RELATION_ONLY,
  RELATION_ZERO,
  RELATION_UNKNOWN,
  RELATION_SWAPPED,
  RELATION_GUARD,
  RELATION_ABSENT,
};

static const PgsColorClass relation_classes[] = {
  [RELATION_SHARED] = { "shared", N_("Shared with the other"),
                        N_("The same frame is in the page table of the other process, too"),
                        PGS_COLOR_PURPLE },
  [RELATION_OWN] = { "own", N_("Own copy"),
                     N_("The other process has another page at the same address"),
                     PGS_COLOR_YELLOW },
  [RELATION_ONLY] = { "only", N_("Only here"),
                      N_("The other process has no page at the same address"),
                      PGS_COLOR_BLUE },
  [RELATION_ZERO] = { "zero", N_("Zero page"),
                      N_("The page of zeros, or the huge one, that all processes share"),
                      PGS_COLOR_PINK },
  [RELATION_UNKNOWN] = CLASS_UNKNOWN,
  [RELATION_SWAPPED] = CLASS_SWAPPED,
  [RELATION_GUARD] = CLASS_GUARD,
  [RELATION_ABSENT] = CLASS_ABSENT,
};

static guint
classify_present_relation (const PgsPage *page)
{
  if (pgs_pagemap_entry_is_zero_page (page->entry))
    return RELATION_ZERO;
  switch ((PgsRelation) page->frame)
    {
    case PGS_RELATION_SHARED:
      return RELATION_SHARED;
    case PGS_RELATION_OWN:
      return RELATION_OWN;
    case PGS_RELATION_ONLY:
      return RELATION_ONLY;
    case PGS_RELATION_UNKNOWN:
    default:
      return RELATION_UNKNOWN;
    }
}

static guint
classify_relation (const PgsSnapshot *snapshot,
                   const PgsPage     *page)
{
  switch (pgs_pagemap_entry_get_state (page->entry))
    {
    case PGS_PAGE_PRESENT:
      return classify_present_relation (page);
    case PGS_PAGE_SWAPPED:
      return RELATION_SWAPPED;
    case PGS_PAGE_GUARD:
      return RELATION_GUARD;
    case PGS_PAGE_ABSENT:
    default:
      return RELATION_ABSENT;
    }
}

/* The table */

#define CLASSES(array) (array), G_N_ELEMENTS (array)

static const PgsColorMode modes[] = {
  { "state", N_("State"), N_("Whether a page is present, and what it belongs to"),
    CLASSES (state_classes), classify_state, PGS_COLOR_NEEDS_NOTHING },
  { "frame", N_("Physical Frame"), N_("Where in RAM the page lies"),
    CLASSES (frame_classes), classify_frame, PGS_COLOR_NEEDS_NOTHING },
  { "kind", N_("Mapping Kind"), N_("What the mapping is for"),
    CLASSES (kind_classes), classify_kind, PGS_COLOR_NEEDS_NOTHING },
  { "permissions", N_("Permissions"), N_("What the mapping allows"),
    CLASSES (access_classes), classify_access, PGS_COLOR_NEEDS_NOTHING },
  { "type", N_("Page Type"), N_("What the kernel uses the page's frame for"),
    CLASSES (type_classes), classify_type, PGS_COLOR_NEEDS_FRAMES },
  { "sharing", N_("Sharing"), N_("How many page table entries of all processes map the frame"),
    CLASSES (sharing_classes), classify_sharing, PGS_COLOR_NEEDS_FRAMES },
  { "activity", N_("Activity"), N_("Whether the kernel sees the frame used, written or locked"),
    CLASSES (activity_classes), classify_activity, PGS_COLOR_NEEDS_FRAMES },
  { "relation", N_("Copy on Write"),
    N_("Which pages another process shares, and of which each has a copy of its own"),
    CLASSES (relation_classes), classify_relation, PGS_COLOR_NEEDS_RELATION },
};

G_STATIC_ASSERT (G_N_ELEMENTS (frame_classes) <= PGS_COLOR_MODE_MAX_CLASSES);

/* The same for frames of RAM, as a frame map has them: their entries name the class. */

static guint
classify_user (const PgsSnapshot *snapshot,
               const PgsPage     *page)
{
  return pgs_frame_user_get_class (page->entry);
}

#define FRAME_MODE(id, array) { (id), NULL, NULL, CLASSES (array), classify_user, \
                                PGS_COLOR_NEEDS_NOTHING }

static const PgsColorMode frame_modes[] = {
  FRAME_MODE ("state", state_classes),
  FRAME_MODE ("frame", frame_classes),
  FRAME_MODE ("kind", kind_classes),
  FRAME_MODE ("permissions", access_classes),
  FRAME_MODE ("type", type_classes),
  FRAME_MODE ("sharing", sharing_classes),
  FRAME_MODE ("activity", activity_classes),
  FRAME_MODE ("relation", relation_classes),
};

G_STATIC_ASSERT (G_N_ELEMENTS (frame_modes) == G_N_ELEMENTS (modes));

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

/**
 * pgs_color_mode_get_for_frames:
 * @mode: a mode for pages
 *
 * Returns: (transfer none): the mode that gives the frames of a frame map the classes that
 *   @mode gives the pages in them
 */
const PgsColorMode *
pgs_color_mode_get_for_frames (const PgsColorMode *mode)
{
  g_return_val_if_fail (mode >= modes && mode < modes + G_N_ELEMENTS (modes), NULL);

  return &frame_modes[mode - modes];
}
