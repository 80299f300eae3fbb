/* pgs-texture.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "paint/pgs-ribbons.h"

G_BEGIN_DECLS

/* Draws @scene into a context whose unit is a pixel of the widget. */
typedef void (*PgsTextureDraw) (const PgsScene *scene,
                                cairo_t        *cr,
                                double          height);

/**
 * PgsTexture:
 *
 * What a painter drew, kept until something of the scene changes.
 */
typedef struct _PgsTexture PgsTexture;

PgsTexture *pgs_texture_new              (PgsTextureDraw    draw);
void        pgs_texture_free             (PgsTexture       *self);
void        pgs_texture_snapshot         (PgsTexture       *self,
                                          const PgsScene   *scene,
                                          double            height,
                                          GtkSnapshot      *snapshot);
void        pgs_texture_snapshot_ribbons (PgsTexture       *self,
                                          const PgsRibbons *ribbons,
                                          double            height,
                                          GtkSnapshot      *snapshot);

G_END_DECLS
