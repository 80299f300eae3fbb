/* pgs-overview.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The strip above the bar: always the whole address space, with a frame around
 * the part in view. Pressing or dragging moves the view there.
 */

#include "config.h"

#include "pgs-overview.h"

#include <glib/gi18n.h>
#include <math.h>

#include "pgs-texture.h"
#include "pgs-theme.h"

#define MIN_WIDTH       240
#define MIN_FRAME_WIDTH 6
#define FRAME_MARGIN    2
#define FADE_ALPHA      0.6
#define ZOOM_STEP       1.25

struct _PgsOverview
{
  GtkWidget   parent_instance;

  PgsSession *session;
  PgsTexture *texture;
  double      press_x;
};

G_DEFINE_FINAL_TYPE (PgsOverview, pgs_overview, GTK_TYPE_WIDGET)

static gboolean
has_picture (PgsOverview *self)
{
  return self->session != NULL && pgs_session_get_snapshot (self->session) != NULL;
}

static PgsViewport
get_whole (PgsOverview *self)
{
  return pgs_viewport_whole (pgs_session_get_axis (self->session),
                             MAX (gtk_widget_get_width (GTK_WIDGET (self)), 1));
}

static void
append_rect (GtkSnapshot   *snapshot,
             const GdkRGBA *color,
             double         x,
             double         width,
             double         height)
{
  if (width > 0)
    gtk_snapshot_append_color (snapshot, color,
                               &GRAPHENE_RECT_INIT ((float) x, FRAME_MARGIN, (float) width,
                                                    (float) height));
}

/* Fades what is not in view and frames what is. */
static void
snapshot_frame (PgsOverview *self,
                GtkSnapshot *snapshot,
                double       height)
{
  const PgsPalette *palette = pgs_theme_get_palette ();
  const PgsViewport *view = pgs_session_get_viewport (self->session);
  PgsViewport whole = get_whole (self);
  GdkRGBA fade = pgs_theme_get_rgba (&palette->background, FADE_ALPHA);
  GdkRGBA color = pgs_theme_get_rgba (&palette->selection, 1);
  GdkRGBA colors[] = { color, color, color, color };
  float widths[] = { 2, 2, 2, 2 };
  double x = pgs_viewport_to_x (&whole, view->start);
  double end = pgs_viewport_to_x (&whole, view->start + view->span);
  double missing = MAX (MIN_FRAME_WIDTH - (end - x), 0);
  GskRoundedRect outline;

  append_rect (snapshot, &fade, 0, x, height);
  append_rect (snapshot, &fade, end, whole.width - end, height);
  x = CLAMP (x - missing / 2, 0, whole.width - MIN_FRAME_WIDTH);
  gsk_rounded_rect_init_from_rect (&outline,
                                   &GRAPHENE_RECT_INIT ((float) floor (x), 0,
                                                        (float) ceil (end - x + missing / 2),
                                                        (float) (height + 2 * FRAME_MARGIN)), 2);
  gtk_snapshot_append_border (snapshot, &outline, widths, colors);
}

static void
pgs_overview_snapshot (GtkWidget   *widget,
                       GtkSnapshot *snapshot)
{
  PgsOverview *self = PGS_OVERVIEW (widget);
  double height = gtk_widget_get_height (widget) - 2 * FRAME_MARGIN;
  PgsScene scene;

  if (!has_picture (self) || gtk_widget_get_width (widget) < 1 || height < 1)
    return;
  scene.summary = pgs_session_get_summary (self->session);
  scene.axis = pgs_session_get_axis (self->session);
  scene.viewport = get_whole (self);
  scene.palette = pgs_theme_get_palette ();
  scene.device_scale = gtk_widget_get_scale_factor (widget);
  scene.kind = PGS_SCENE_PAGES;
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (0, FRAME_MARGIN));
  pgs_texture_snapshot (self->texture, &scene, height, snapshot);
  gtk_snapshot_restore (snapshot);
  if (!pgs_viewport_is_whole (pgs_session_get_viewport (self->session), scene.axis))
    snapshot_frame (self, snapshot, height);
}

/* Moves the view so that its middle lies at @x of the strip. */
static void
center_at (PgsOverview *self,
           double       x)
{
  PgsViewport whole, viewport;

  if (!has_picture (self))
    return;
  whole = get_whole (self);
  viewport = *pgs_session_get_viewport (self->session);
  viewport = pgs_viewport_panned (&viewport, pgs_session_get_axis (self->session),
                                  (pgs_viewport_to_position (&whole, x) - viewport.start -
                                   viewport.span / 2) / viewport.span * viewport.width);
  pgs_session_set_viewport (self->session, &viewport);
}

static void
drag_begin_cb (GtkGestureDrag *gesture,
               double          x,
               double          y,
               PgsOverview    *self)
{
  self->press_x = x;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  center_at (self, x);
}

static void
drag_update_cb (GtkGestureDrag *gesture,
                double          dx,
                double          dy,
                PgsOverview    *self)
{
  center_at (self, self->press_x + dx);
}

static gboolean
scroll_cb (GtkEventControllerScroll *controller,
           double                    dx,
           double                    dy,
           PgsOverview              *self)
{
  PgsViewport viewport;

  if (!has_picture (self))
    return GDK_EVENT_PROPAGATE;
  viewport = *pgs_session_get_viewport (self->session);
  viewport = pgs_viewport_zoomed (&viewport, pgs_session_get_axis (self->session),
                                  viewport.width / 2, pow (ZOOM_STEP, -dy));
  pgs_session_set_viewport (self->session, &viewport);
  return GDK_EVENT_STOP;
}

static void
pgs_overview_measure (GtkWidget      *widget,
                      GtkOrientation  orientation,
                      int             for_size,
                      int            *minimum,
                      int            *natural,
                      int            *minimum_baseline,
                      int            *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = *natural = MIN_WIDTH;
  else
    *minimum = *natural = PGS_PAINTER_OVERVIEW_HEIGHT + 2 * FRAME_MARGIN;
}

static void
pgs_overview_dispose (GObject *object)
{
  PgsOverview *self = PGS_OVERVIEW (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->texture, pgs_texture_free);

  G_OBJECT_CLASS (pgs_overview_parent_class)->dispose (object);
}

static void
pgs_overview_class_init (PgsOverviewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pgs_overview_dispose;
  widget_class->measure = pgs_overview_measure;
  widget_class->snapshot = pgs_overview_snapshot;
  gtk_widget_class_set_css_name (widget_class, "pgsoverview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
pgs_overview_init (PgsOverview *self)
{
  GtkEventController *scroll =
    gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkGesture *drag = gtk_gesture_drag_new ();

  self->texture = pgs_texture_new (pgs_painter_draw_bar);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Overview of the Whole Address Space"), -1);
  pgs_theme_follow (GTK_WIDGET (self));
}

/**
 * pgs_overview_set_session:
 * @session: what to show; set once
 */
void
pgs_overview_set_session (PgsOverview *self,
                          PgsSession  *session)
{
  g_return_if_fail (PGS_IS_OVERVIEW (self) && self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "refreshed", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "view-changed", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
}
