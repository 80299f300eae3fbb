/* pgs-made-frames.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A source that tells of entries what a test says, and of frames what can be computed.
 */

#pragma once

#include "core/pgs-source.h"

G_BEGIN_DECLS

#define PGS_TYPE_MADE_FRAMES (pgs_made_frames_get_type ())
G_DECLARE_FINAL_TYPE (PgsMadeFrames, pgs_made_frames, PGS, MADE_FRAMES, GObject)

/* Returns the entry of a page now. */
typedef uint64_t (*PgsMadeEntryFunc) (uint64_t page,
                                      gpointer user_data);

/**
 * PgsMadeFrames:
 * @salt: another one gives other frames
 * @entry: tells the entries
 * @user_data: for @entry
 * @max_pages: of how many pages to tell at most each time
 * @ends: whether the process has ended
 * @error: (nullable): what reading frames gives
 * @frame: (nullable): what is told of every frame, instead
 * @n_reads: how often frames were read
 * @n_told: of how many pages in all
 *
 * Frames that no machine has.
 */
struct _PgsMadeFrames
{
  GObject           parent_instance;
  guint             salt;
  PgsMadeEntryFunc  entry;
  gpointer          user_data;
  gsize             max_pages;
  gboolean          ends;
  const GError     *error;
  const PgsFrame   *frame;
  guint             n_reads;
  gsize             n_told;
};

PgsMadeFrames *pgs_made_frames_new (PgsMadeEntryFunc  entry,
                                    gpointer          user_data);
void           pgs_made_frames_get (guint             salt,
                                    uint64_t          entry,
                                    PgsFrame         *frame);

G_END_DECLS
