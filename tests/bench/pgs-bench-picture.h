/* pgs-bench-picture.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/pgs-summary.h"
#include "paint/pgs-painter.h"

G_BEGIN_DECLS

/* One less than the mappings of a process that has as many as the kernel allows by
 * default, and [vsyscall]. */
#define PGS_BENCH_MANY 65531

#define PGS_BENCH_PAGE UINT64_C (4096)

/**
 * PgsBenchPicture:
 * @snapshot: made-up pages of all kinds in made-up mappings
 * @summary: of it, in the color mode of @scene
 * @axis: of its mappings
 * @scene: what is drawn of it; the viewport is set by who draws
 *
 * All that a picture needs, of a size beyond this machine's memory.
 */
typedef struct
{
  PgsSnapshot *snapshot;
  PgsSummary  *summary;
  PgsAxis     *axis;
  PgsScene     scene;
} PgsBenchPicture;

char            *pgs_bench_make_maps_text   (guint               n_pages,
                                             guint               n_mappings);
PgsBenchPicture *pgs_bench_picture_new      (guint               n_pages,
                                             guint               n_mappings);
void             pgs_bench_picture_free     (PgsBenchPicture    *self);
void             pgs_bench_picture_set_mode (PgsBenchPicture    *self,
                                             const PgsColorMode *mode);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsBenchPicture, pgs_bench_picture_free)

G_END_DECLS
