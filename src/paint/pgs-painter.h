/* pgs-painter.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <cairo.h>

#include "core/pgs-summary.h"
#include "pgs-axis.h"
#include "pgs-palette.h"
#include "pgs-viewport.h"

G_BEGIN_DECLS

/* Heights that the parts ask for, in pixels. */
#define PGS_PAINTER_LABELS_HEIGHT   28
#define PGS_PAINTER_RULER_HEIGHT    22
#define PGS_PAINTER_OVERVIEW_HEIGHT 36
#define PGS_PAINTER_FRAMES_HEIGHT   40

/* What lies along the axis. */
typedef enum
{
  PGS_SCENE_PAGES,   /* virtual addresses and the pages there */
  PGS_SCENE_FRAMES,  /* physical addresses and the frames there, as a frame map has them */
} PgsSceneKind;

/**
 * PgsScene:
 * @summary: the snapshot and how it is colored
 * @axis: where addresses lie; of the same mappings as the snapshot
 * @viewport: which part is drawn, and how wide
 * @palette: in what colors
 * @device_scale: device pixels per pixel of the target, 1 for most
 * @kind: what the addresses are of
 *
 * All that a picture depends on. Borrows everything.
 */
typedef struct
{
  const PgsSummary *summary;
  const PgsAxis    *axis;
  PgsViewport       viewport;
  const PgsPalette *palette;
  double            device_scale;
  PgsSceneKind      kind;
} PgsScene;

/* A column of one device pixel or a cell of one page: heights from the bottom. */
gboolean pgs_painter_split_height  (const uint64_t *counts,
                                    guint           n_classes,
                                    guint           height,
                                    guint          *heights);
void     pgs_painter_draw          (const PgsScene *scene,
                                    cairo_t        *cr,
                                    double          height);
void     pgs_painter_draw_frames   (const PgsScene *scene,
                                    cairo_t        *cr,
                                    double          height);
void     pgs_painter_draw_bar      (const PgsScene *scene,
                                    cairo_t        *cr,
                                    double          height);
void     pgs_painter_draw_labels   (const PgsScene *scene,
                                    cairo_t        *cr);
void     pgs_painter_draw_ruler    (const PgsScene *scene,
                                    cairo_t        *cr);

G_END_DECLS
