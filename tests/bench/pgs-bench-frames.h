/* pgs-bench-frames.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* The most that a frame, or anything else that keeps the window from answering, may
 * take. */
#define PGS_BENCH_FRAME_LIMIT_MS 50.0

/**
 * PgsBenchFrames:
 * @n_frames: how many were drawn
 * @slowest: how long the slowest took, in milliseconds
 * @stall: the longest time that the main loop was away, in milliseconds
 * @work: the most processor time that it took while it was away, in milliseconds
 *
 * What the window told of its frames.
 */
typedef struct
{
  guint  n_frames;
  double slowest;
  double stall;
  double work;
} PgsBenchFrames;

gboolean pgs_bench_frames_measure (pid_t            pid,
                                   PgsBenchFrames  *zooming,
                                   PgsBenchFrames  *scrolling,
                                   char           **reason);

G_END_DECLS
