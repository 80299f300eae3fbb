/* pgs-bar-pointer.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "paint/pgs-viewport.h"

G_BEGIN_DECLS

/**
 * PgsBarPointerFuncs:
 * @get_axis: what the bar shows; %NULL while there is nothing
 * @get_viewport: the part in view
 * @set_viewport: shows another part
 * @describe: returns what there is at an address, in some lines; free with g_free()
 * @click: an address was clicked
 * @extend: the selection is to reach to an address
 * @select: everything between two addresses, both included, is selected by dragging from
 *   the first
 * @fit: an address was clicked twice
 * @hover: the pointer moved, or left
 *
 * What a bar does where the pointer asks for it.
 */
typedef struct
{
  PgsAxis           *(*get_axis)     (GtkWidget         *bar);
  const PgsViewport *(*get_viewport) (GtkWidget         *bar);
  void               (*set_viewport) (GtkWidget         *bar,
                                      const PgsViewport *viewport);
  char              *(*describe)     (GtkWidget         *bar,
                                      uint64_t           address);
  void               (*click)        (GtkWidget         *bar,
                                      uint64_t           address);
  void               (*extend)       (GtkWidget         *bar,
                                      uint64_t           address);
  void               (*select)       (GtkWidget         *bar,
                                      uint64_t           from,
                                      uint64_t           to);
  void               (*fit)          (GtkWidget         *bar,
                                      uint64_t           address);
  void               (*hover)        (GtkWidget         *bar);
} PgsBarPointerFuncs;

/**
 * PgsBarPointer:
 *
 * What the pointer does on a bar.
 */
typedef struct _PgsBarPointer PgsBarPointer;

PgsBarPointer *pgs_bar_pointer_new       (GtkWidget                *bar,
                                          const PgsBarPointerFuncs *funcs);
void           pgs_bar_pointer_free      (PgsBarPointer            *self);
gboolean       pgs_bar_pointer_get_hover (PgsBarPointer            *self,
                                          double                   *x);

G_END_DECLS
