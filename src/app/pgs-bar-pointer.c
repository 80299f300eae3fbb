/* pgs-bar-pointer.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the pointer does on the bar.
 *
 * A press that moves becomes a drag, which pans, or with Shift selects; one that
 * does not is a click, which selects the page. Two clicks fit the mapping. The
 * wheel and two fingers zoom where they are.
 */

#include "config.h"

#include "pgs-bar-private.h"

#include <math.h>

#define ZOOM_STEP      1.25
#define DRAG_THRESHOLD 6

static void
zoom_at (PgsBar *self,
         double  x,
         double  factor)
{
  PgsViewport viewport;

  if (!pgs_bar_has_picture (self))
    return;
  viewport = pgs_viewport_zoomed (pgs_session_get_viewport (self->session),
                                  pgs_session_get_axis (self->session), x, factor);
  pgs_session_set_viewport (self->session, &viewport);
}

static void
pan_from (PgsBar            *self,
          const PgsViewport *from,
          double             dx)
{
  PgsViewport viewport;

  if (!pgs_bar_has_picture (self))
    return;
  viewport = pgs_viewport_panned (from, pgs_session_get_axis (self->session), dx);
  pgs_session_set_viewport (self->session, &viewport);
}

static gboolean
scroll_cb (GtkEventControllerScroll *controller,
           double                    dx,
           double                    dy,
           PgsBar                   *self)
{
  GdkModifierType state =
    gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
  double x = self->hover_x >= 0 ? self->hover_x : gtk_widget_get_width (GTK_WIDGET (self)) / 2.0;

  if (!pgs_bar_has_picture (self))
    return GDK_EVENT_PROPAGATE;
  if (state & GDK_SHIFT_MASK)
    pan_from (self, pgs_session_get_viewport (self->session), (dx + dy) * 60);
  else if (dy != 0)
    zoom_at (self, x, pow (ZOOM_STEP, -dy));
  else
    pan_from (self, pgs_session_get_viewport (self->session), dx * 60);
  return GDK_EVENT_STOP;
}

static void
pinch_begin_cb (GtkGesture       *gesture,
                GdkEventSequence *sequence,
                PgsBar           *self)
{
  if (pgs_bar_has_picture (self))
    self->pinch_viewport = *pgs_session_get_viewport (self->session);
}

static void
pinch_cb (GtkGestureZoom *gesture,
          double          scale,
          PgsBar         *self)
{
  PgsViewport viewport;
  double x = gtk_widget_get_width (GTK_WIDGET (self)) / 2.0;
  double y;

  if (!pgs_bar_has_picture (self) || self->pinch_viewport.span <= 0)
    return;
  gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y);
  viewport = pgs_viewport_zoomed (&self->pinch_viewport, pgs_session_get_axis (self->session),
                                  x, scale);
  pgs_session_set_viewport (self->session, &viewport);
}

static void
motion_cb (GtkEventControllerMotion *controller,
           double                    x,
           double                    y,
           PgsBar                   *self)
{
  self->hover_x = x;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
leave_cb (GtkEventControllerMotion *controller,
          PgsBar                   *self)
{
  self->hover_x = -1;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
drag_begin_cb (GtkGestureDrag *gesture,
               double          x,
               double          y,
               PgsBar         *self)
{
  GdkModifierType state =
    gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->is_dragging = FALSE;
  self->is_selecting = (state & GDK_SHIFT_MASK) != 0;
  self->press_x = x;
  if (pgs_bar_has_picture (self))
    self->drag_viewport = *pgs_session_get_viewport (self->session);
}

static void
select_from_press (PgsBar *self,
                   double  x)
{
  uint64_t pressed = pgs_bar_x_to_address (self, self->press_x);
  uint64_t reached = pgs_bar_x_to_address (self, x);

  pgs_session_select_range (self->session, MIN (pressed, reached), MAX (pressed, reached) + 1,
                            pressed);
}

static void
drag_update_cb (GtkGestureDrag *gesture,
                double          dx,
                double          dy,
                PgsBar         *self)
{
  if (!pgs_bar_has_picture (self))
    return;
  if (!self->is_dragging && fabs (dx) < DRAG_THRESHOLD)
    return;
  self->is_dragging = TRUE;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  if (self->is_selecting)
    select_from_press (self, self->press_x + dx);
  else
    pan_from (self, &self->drag_viewport, -dx);
}

static void
drag_end_cb (GtkGestureDrag *gesture,
             double          dx,
             double          dy,
             PgsBar         *self)
{
  self->is_dragging = FALSE;
}

static void
fit_mapping_at (PgsBar   *self,
                uint64_t  address)
{
  const PgsMaps *maps = pgs_snapshot_get_maps (pgs_session_get_snapshot (self->session));
  const PgsMapping *mapping;
  guint index;

  if (!pgs_maps_find (maps, address, &index))
    return;
  mapping = pgs_maps_get_mapping (maps, index);
  pgs_session_visit (self->session, mapping->start, mapping->end);
}

static void
click_cb (GtkGestureClick *gesture,
          int              n_press,
          double           x,
          double           y,
          PgsBar          *self)
{
  uint64_t address;

  if (!pgs_bar_has_picture (self) || self->is_dragging || fabs (x - self->press_x) >= DRAG_THRESHOLD)
    return;
  address = pgs_bar_x_to_address (self, x);
  if (n_press == 2)
    fit_mapping_at (self, address);
  else if (self->is_selecting && pgs_session_has_selection (self->session))
    {
      const PgsSelection *selection = pgs_session_get_selection (self->session);

      pgs_session_select_range (self->session, MIN (selection->address, address),
                                MAX (selection->address, address) + 1, selection->address);
    }
  else if (pgs_summary_get_class (pgs_session_get_summary (self->session), address) !=
           PGS_SUMMARY_NO_CLASS)
    pgs_session_select (self->session,
                        address - address % pgs_snapshot_get_page_size (
                          pgs_session_get_snapshot (self->session)));
  else
    pgs_session_clear_selection (self->session);
}

static gboolean
query_tooltip_cb (GtkWidget  *widget,
                  int         x,
                  int         y,
                  gboolean    keyboard,
                  GtkTooltip *tooltip,
                  gpointer    user_data)
{
  PgsBar *self = PGS_BAR (widget);
  g_autofree char *text = NULL;

  if (!pgs_bar_has_picture (self) || keyboard || self->is_dragging)
    return FALSE;
  text = pgs_bar_describe_address (self, pgs_bar_x_to_address (self, x));
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

/* Has the bar follow the pointer. */
void
pgs_bar_add_pointer (PgsBar *self)
{
  GtkEventController *scroll =
    gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();

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
  g_signal_connect (self, "query-tooltip", G_CALLBACK (query_tooltip_cb), NULL);
  gtk_gesture_group (click, drag);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (pinch));
}
