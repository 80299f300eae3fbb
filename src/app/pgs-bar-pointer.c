/* pgs-bar-pointer.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the pointer does on a bar, whatever the bar shows.
 *
 * A press that moves becomes a drag, which pans, or with Shift selects; one that
 * does not is a click, which selects what is there. Two clicks fit what is around it. The
 * wheel and two fingers zoom where they are.
 */

#include "config.h"

#include "pgs-bar-pointer.h"

#include <math.h>

#define ZOOM_STEP      1.25
#define DRAG_THRESHOLD 6
#define SCROLL_STEP    60

struct _PgsBarPointer
{
  GtkWidget                *bar;
  const PgsBarPointerFuncs *funcs;
  double                    hover_x;       /* below 0 while the pointer is elsewhere */
  gboolean                  is_dragging;
  gboolean                  is_selecting;
  PgsViewport               drag_viewport;
  PgsViewport               pinch_viewport;
  double                    press_x;
};

static gboolean
has_picture (PgsBarPointer *self)
{
  return self->funcs->get_axis (self->bar) != NULL;
}

/* Returns the address that is drawn @x pixels from the left edge. */
static uint64_t
to_address (PgsBarPointer *self,
            double         x)
{
  return pgs_viewport_to_address (self->funcs->get_viewport (self->bar),
                                  self->funcs->get_axis (self->bar),
                                  CLAMP (x, 0, gtk_widget_get_width (self->bar) - 0.01));
}

static void
zoom_from (PgsBarPointer     *self,
           const PgsViewport *from,
           double             x,
           double             factor)
{
  PgsViewport viewport = pgs_viewport_zoomed (from, self->funcs->get_axis (self->bar), x, factor);

  self->funcs->set_viewport (self->bar, &viewport);
}

static void
pan_from (PgsBarPointer     *self,
          const PgsViewport *from,
          double             dx)
{
  PgsViewport viewport = pgs_viewport_panned (from, self->funcs->get_axis (self->bar), dx);

  self->funcs->set_viewport (self->bar, &viewport);
}

static gboolean
scroll_cb (GtkEventControllerScroll *controller,
           double                    dx,
           double                    dy,
           PgsBarPointer            *self)
{
  GdkModifierType state =
    gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
  double x = self->hover_x >= 0 ? self->hover_x : gtk_widget_get_width (self->bar) / 2.0;

  if (!has_picture (self))
    return GDK_EVENT_PROPAGATE;
  if (state & GDK_SHIFT_MASK)
    pan_from (self, self->funcs->get_viewport (self->bar), (dx + dy) * SCROLL_STEP);
  else if (dy != 0)
    zoom_from (self, self->funcs->get_viewport (self->bar), x, pow (ZOOM_STEP, -dy));
  else
    pan_from (self, self->funcs->get_viewport (self->bar), dx * SCROLL_STEP);
  return GDK_EVENT_STOP;
}

static void
pinch_begin_cb (GtkGesture       *gesture,
                GdkEventSequence *sequence,
                PgsBarPointer    *self)
{
  if (has_picture (self))
    self->pinch_viewport = *self->funcs->get_viewport (self->bar);
}

static void
pinch_cb (GtkGestureZoom *gesture,
          double          scale,
          PgsBarPointer  *self)
{
  double x = gtk_widget_get_width (self->bar) / 2.0;
  double y;

  if (!has_picture (self) || self->pinch_viewport.span <= 0)
    return;
  gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y);
  zoom_from (self, &self->pinch_viewport, x, scale);
}

static void
motion_cb (GtkEventControllerMotion *controller,
           double                    x,
           double                    y,
           PgsBarPointer            *self)
{
  self->hover_x = x;
  self->funcs->hover (self->bar);
}

static void
leave_cb (GtkEventControllerMotion *controller,
          PgsBarPointer            *self)
{
  self->hover_x = -1;
  self->funcs->hover (self->bar);
}

static void
drag_begin_cb (GtkGestureDrag *gesture,
               double          x,
               double          y,
               PgsBarPointer  *self)
{
  GdkModifierType state =
    gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  gtk_widget_grab_focus (self->bar);
  self->is_dragging = FALSE;
  self->is_selecting = (state & GDK_SHIFT_MASK) != 0;
  self->press_x = x;
  if (has_picture (self))
    self->drag_viewport = *self->funcs->get_viewport (self->bar);
}

static void
drag_update_cb (GtkGestureDrag *gesture,
                double          dx,
                double          dy,
                PgsBarPointer  *self)
{
  if (!has_picture (self))
    return;
  if (!self->is_dragging && fabs (dx) < DRAG_THRESHOLD)
    return;
  self->is_dragging = TRUE;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  if (self->is_selecting)
    self->funcs->select (self->bar, to_address (self, self->press_x),
                         to_address (self, self->press_x + dx));
  else
    pan_from (self, &self->drag_viewport, -dx);
}

static void
drag_end_cb (GtkGestureDrag *gesture,
             double          dx,
             double          dy,
             PgsBarPointer  *self)
{
  self->is_dragging = FALSE;
}

static void
click_cb (GtkGestureClick *gesture,
          int              n_press,
          double           x,
          double           y,
          PgsBarPointer   *self)
{
  if (!has_picture (self) || self->is_dragging || fabs (x - self->press_x) >= DRAG_THRESHOLD)
    return;
  if (n_press == 2)
    self->funcs->fit (self->bar, to_address (self, x));
  else if (self->is_selecting)
    self->funcs->extend (self->bar, to_address (self, x));
  else
    self->funcs->click (self->bar, to_address (self, x));
}

static gboolean
query_tooltip_cb (GtkWidget     *widget,
                  int            x,
                  int            y,
                  gboolean       keyboard,
                  GtkTooltip    *tooltip,
                  PgsBarPointer *self)
{
  g_autofree char *text = NULL;

  if (!has_picture (self) || keyboard || self->is_dragging)
    return FALSE;
  text = self->funcs->describe (self->bar, to_address (self, x));
  gtk_tooltip_set_text (tooltip, text);
  return text != NULL;
}

/**
 * pgs_bar_pointer_new:
 * @bar: the bar, which frees what it gets when it is finalized
 * @funcs: what it does; must live as long
 *
 * Has a bar follow the pointer.
 *
 * Returns: (transfer full): what it follows
 */
PgsBarPointer *
pgs_bar_pointer_new (GtkWidget                *bar,
                     const PgsBarPointerFuncs *funcs)
{
  PgsBarPointer *self = g_new0 (PgsBarPointer, 1);
  GtkEventController *scroll =
    gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();

  self->bar = bar;
  self->funcs = funcs;
  self->hover_x = -1;
  g_signal_connect (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  g_signal_connect (motion, "enter", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  g_signal_connect (click, "released", G_CALLBACK (click_cb), self);
  g_signal_connect (pinch, "begin", G_CALLBACK (pinch_begin_cb), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (pinch_cb), self);
  g_signal_connect (bar, "query-tooltip", G_CALLBACK (query_tooltip_cb), self);
  gtk_gesture_group (click, drag);
  gtk_widget_add_controller (bar, scroll);
  gtk_widget_add_controller (bar, motion);
  gtk_widget_add_controller (bar, GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (bar, GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (bar, GTK_EVENT_CONTROLLER (pinch));
  gtk_widget_set_has_tooltip (bar, TRUE);
  return self;
}

/**
 * pgs_bar_pointer_free:
 *
 * Frees it, when its bar is finalized.
 */
void
pgs_bar_pointer_free (PgsBarPointer *self)
{
  g_free (self);
}

/**
 * pgs_bar_pointer_get_hover:
 * @x: (out): where the pointer is, in pixels from the left edge
 *
 * Returns: whether the pointer is on the bar, and drags nothing
 */
gboolean
pgs_bar_pointer_get_hover (PgsBarPointer *self,
                           double        *x)
{
  g_return_val_if_fail (self != NULL && x != NULL, FALSE);

  if (self->hover_x < 0 || self->is_dragging)
    return FALSE;
  *x = self->hover_x;
  return TRUE;
}
