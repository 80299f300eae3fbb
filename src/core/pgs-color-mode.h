/* pgs-color-mode.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-snapshot.h"

G_BEGIN_DECLS

#define PGS_COLOR_MODE_MAX_CLASSES 40
#define PGS_COLOR_RAMP_STEPS       PGS_FRAME_BANDS

/* The colors that classes are drawn in; what each looks like is the palette's
 * affair. PGS_COLOR_RAMP is the first of PGS_COLOR_RAMP_STEPS. */
typedef enum
{
  PGS_COLOR_BLUE,
  PGS_COLOR_GREEN,
  PGS_COLOR_PURPLE,
  PGS_COLOR_GRAY,
  PGS_COLOR_ORANGE,
  PGS_COLOR_RED,
  PGS_COLOR_YELLOW,
  PGS_COLOR_TEAL,
  PGS_COLOR_BROWN,
  PGS_COLOR_INDIGO,
  PGS_COLOR_PINK,
  PGS_COLOR_MAROON,
  PGS_COLOR_PALE,
  PGS_COLOR_ABSENT,
  PGS_COLOR_RAMP,
  PGS_COLOR_N_COLORS = PGS_COLOR_RAMP + PGS_COLOR_RAMP_STEPS,
} PgsColor;

/**
 * PgsColorClass:
 * @id: stable name, for files
 * @title: what the legend says, to be translated; %NULL for the inner steps of a
 *   ramp, whose amount the legend adds to the class before
 * @description: one sentence, to be translated
 * @color: the color it is drawn in
 *
 * One kind of page that a color mode tells apart.
 */
typedef struct
{
  const char *id;
  const char *title;
  const char *description;
  PgsColor    color;
} PgsColorClass;

/**
 * PgsPage:
 * @mapping: what it lies in
 * @entry: its pagemap entry
 * @frame: what the mode needs to know besides: a frame word, or a #PgsRelation
 *
 * One page, as a color mode sees it.
 */
typedef struct
{
  const PgsMapping *mapping;
  uint64_t          entry;
  uint32_t          frame;
} PgsPage;

/* Returns the index of the class of @page. Pure and safe from any thread. */
typedef guint (*PgsClassifyFunc) (const PgsSnapshot *snapshot,
                                  const PgsPage     *page);

/* What the word of a page has to tell, beside what the page table says. */
typedef enum
{
  PGS_COLOR_NEEDS_NOTHING,
  PGS_COLOR_NEEDS_FRAMES,    /* what the kernel knows of its frame: a frame word */
  PGS_COLOR_NEEDS_RELATION,  /* how it stands to another process: a #PgsRelation */
} PgsColorNeeds;

/**
 * PgsColorMode:
 * @id: stable name, for settings and the command line
 * @title: what the menu says, to be translated
 * @description: one sentence, to be translated
 * @classes: what it tells apart, in the order in which a column stacks them from
 *   the bottom; the last is the class of absent pages
 * @n_classes: how many, at most %PGS_COLOR_MODE_MAX_CLASSES
 * @classify: finds the class of a page
 * @needs: what that depends on, beside the entry
 *
 * One way to color pages: a row of the table in pgs-color-mode.c.
 */
typedef struct
{
  const char          *id;
  const char          *title;
  const char          *description;
  const PgsColorClass *classes;
  guint                n_classes;
  PgsClassifyFunc      classify;
  PgsColorNeeds        needs;
} PgsColorMode;

guint               pgs_color_mode_get_n_modes (void);
const PgsColorMode *pgs_color_mode_get         (guint       index);
const PgsColorMode *pgs_color_mode_find        (const char *id);
const PgsColorMode *pgs_color_mode_get_for_frames (const PgsColorMode *mode);

G_END_DECLS
