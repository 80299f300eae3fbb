/* pgs-bar-private.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the bar share: the widget in pgs-bar.c, what the pointer does
 * in pgs-bar-pointer.c.
 */

#pragma once

#include "pgs-bar.h"
#include "pgs-texture.h"

G_BEGIN_DECLS

struct _PgsBar
{
  GtkWidget    parent_instance;

  PgsSession  *session;
  PgsTexture  *texture;
  double       hover_x;       /* below 0 while the pointer is elsewhere */
  gboolean     is_dragging;
  gboolean     is_selecting;
  PgsViewport  drag_viewport;
  PgsViewport  pinch_viewport;
  double       press_x;
  gint64       flash_start;   /* 0 while nothing flashes */
  guint        tick_id;
};

gboolean  pgs_bar_has_picture      (PgsBar   *self);
uint64_t  pgs_bar_x_to_address     (PgsBar   *self,
                                    double    x);
char     *pgs_bar_describe_address (PgsBar   *self,
                                    uint64_t  address);
void      pgs_bar_add_pointer      (PgsBar   *self);

G_END_DECLS
