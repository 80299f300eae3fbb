/* pgs-ram-bar.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bar of RAM: the ribbons that come down from the pages above, the machine's memory
 * with the frames of the process, and a ruler of physical addresses.
 *
 * Ribbons and bar are a texture each. What moves over them, the line of the selected page,
 * the ribbons that stand out, the frames of what is selected and the mark of the pointer,
 * are nodes of their own.
 */

#include "config.h"

#include "pgs-ram-bar.h"

#include <glib/gi18n.h>

#include "paint/pgs-machine-lane.h"
#include "pgs-bar-marks.h"
#include "pgs-bar-pointer.h"
#include "pgs-ram-words.h"
#include "pgs-texture.h"
#include "pgs-theme.h"

#define MIN_WIDTH          240
#define BAR_HEIGHT         PGS_PAINTER_FRAMES_HEIGHT
#define MIN_RIBBONS_HEIGHT 24
#define MESSAGE_HEIGHT     44
#define LANE_SPACE         4
#define FADE_ALPHA         0.4
#define MAX_LINES          64
#define ZOOM_STEP          1.5
#define PAN_SHARE          0.2

/* How many pages in a pixel of RAM stand out when the pointer is there. */
#define MAX_HOVERED 512

/* How far from the pointer a frame may be that a click selects, in pixels. */
#define CLICK_REACH 3

struct _PgsRamBar
{
  GtkWidget      parent_instance;

  PgsSession    *session;
  PgsTexture    *ribbons;
  PgsTexture    *strong;     /* the ribbons that stand out */
  PgsTexture    *frames;
  PgsBarPointer *pointer;
  int            lane_height;
  GArray        *only;       /* the pages that stand out because they are selected */

  GtkWidget     *message;
  GtkLabel      *message_label;
  GtkWidget     *unlock_button;
  GtkWidget     *cancel_button;
};

G_DEFINE_FINAL_TYPE (PgsRamBar, pgs_ram_bar, GTK_TYPE_WIDGET)

static PgsAxis *
get_axis (GtkWidget *widget)
{
  PgsRamBar *self = PGS_RAM_BAR (widget);
  PgsRamView *ram = self->session != NULL ? pgs_session_get_ram (self->session) : NULL;
  PgsAxis *axis = ram != NULL ? pgs_ram_view_get_axis (ram) : NULL;

  return axis != NULL && pgs_axis_get_n_segments (axis) > 0 ? axis : NULL;
}

static const PgsViewport *
get_viewport (GtkWidget *widget)
{
  return pgs_session_get_ram_viewport (PGS_RAM_BAR (widget)->session);
}

static void
set_viewport (GtkWidget         *widget,
              const PgsViewport *viewport)
{
  pgs_session_set_ram_viewport (PGS_RAM_BAR (widget)->session, viewport);
}

static double
address_to_x (PgsRamBar *self,
              uint64_t   physical)
{
  return pgs_viewport_address_to_x (get_viewport (GTK_WIDGET (self)),
                                    get_axis (GTK_WIDGET (self)), physical);
}

static uint64_t
x_to_address (PgsRamBar *self,
              double     x)
{
  return pgs_viewport_to_address (get_viewport (GTK_WIDGET (self)),
                                  get_axis (GTK_WIDGET (self)), x);
}

static PgsFrameMap *
get_map (PgsRamBar *self)
{
  return pgs_ram_view_get_map (pgs_session_get_ram (self->session));
}

/* Returns how high the lane is that tells what else is in RAM, with the space above it. */
static int
get_lane_height (PgsRamBar *self)
{
  return self->session != NULL && pgs_session_get_machine_use (self->session) != NULL
    ? PGS_MACHINE_LANE_HEIGHT + LANE_SPACE : 0;
}

/* Returns where the bar begins: what is above it is room for ribbons. */
static double
get_bar_y (PgsRamBar *self)
{
  return gtk_widget_get_height (GTK_WIDGET (self)) - BAR_HEIGHT - PGS_PAINTER_RULER_HEIGHT -
         get_lane_height (self);
}

/* Finds which physical addresses share a pixel with one. */
static PgsRange
get_pixel (PgsRamBar *self,
           uint64_t   physical)
{
  int x = (int) address_to_x (self, physical);
  PgsRange pixel = { x_to_address (self, x), x_to_address (self, x + 1) };

  pixel.end = MAX (pixel.end, physical + 1);
  return pixel;
}

/* Drawing */

static void
fill_scenes (PgsRamBar *self,
             PgsScene  *pages,
             PgsScene  *frames)
{
  pages->summary = pgs_session_get_summary (self->session);
  pages->axis = pgs_session_get_axis (self->session);
  pages->viewport = *pgs_session_get_viewport (self->session);
  pages->palette = pgs_theme_get_palette ();
  pages->device_scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  pages->kind = PGS_SCENE_PAGES;
  *frames = *pages;
  frames->summary = pgs_frame_map_get_summary (get_map (self));
  frames->axis = get_axis (GTK_WIDGET (self));
  frames->viewport = *pgs_session_get_ram_viewport (self->session);
  frames->kind = PGS_SCENE_FRAMES;
}

/* Draws the lines from the selected page, or from all that lie in the selected frame. */
static void
snapshot_lines (PgsRamBar        *self,
                const PgsRibbons *ribbons,
                GtkSnapshot      *snapshot)
{
  const GArray *picked = pgs_session_get_picked (self->session);
  uint64_t address = pgs_session_get_selection (self->session)->start;
  guint n_lines = picked != NULL ? MIN (picked->len, MAX_LINES) : 1;
  double width = ribbons->pages->viewport.width;
  double height = get_bar_y (self);
  PgsRange selected;
  cairo_t *cr;

  if (!pgs_session_get_frames (self->session, &selected) ||
      selected.end - selected.start > pgs_snapshot_get_page_size (
        pgs_session_get_snapshot (self->session)))
    return;
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width,
                                                                 (float) height));
  for (guint i = 0; i < n_lines; i++)
    pgs_ribbons_draw_line (ribbons, cr, height,
                           picked != NULL ? g_array_index (picked, PgsRange, i).start : address,
                           selected.start);
  cairo_destroy (cr);
}

/* Draws the ribbons; where some stand out, the others step back. */
static void
snapshot_ribbons (PgsRamBar   *self,
                  PgsRibbons  *ribbons,
                  GtkSnapshot *snapshot)
{
  const GArray *highlight = pgs_session_get_highlight (self->session);
  const GArray *only = highlight != NULL ? highlight : self->only;

  if (only != NULL)
    gtk_snapshot_push_opacity (snapshot, FADE_ALPHA);
  pgs_texture_snapshot_ribbons (self->ribbons, ribbons, get_bar_y (self), snapshot);
  if (only == NULL)
    return;
  gtk_snapshot_pop (snapshot);
  ribbons->only = only;
  pgs_texture_snapshot_ribbons (self->strong, ribbons, get_bar_y (self), snapshot);
}

/* Draws what else is in RAM, below the ruler. */
static void
snapshot_lane (PgsRamBar      *self,
               const PgsScene *frames,
               GtkSnapshot    *snapshot)
{
  double y = gtk_widget_get_height (GTK_WIDGET (self)) - PGS_MACHINE_LANE_HEIGHT;
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot,
                                           &GRAPHENE_RECT_INIT (0, (float) y,
                                                                (float) frames->viewport.width,
                                                                PGS_MACHINE_LANE_HEIGHT));

  cairo_translate (cr, 0, y);
  pgs_machine_lane_draw (pgs_session_get_machine_use (self->session), frames, cr,
                         PGS_MACHINE_LANE_HEIGHT);
  cairo_destroy (cr);
}

static void
snapshot_marks (PgsRamBar   *self,
                GtkSnapshot *snapshot)
{
  PgsRange selected;
  double x;

  if (pgs_bar_pointer_get_hover (self->pointer, &x))
    pgs_bar_append_hover (snapshot, x, get_bar_y (self), BAR_HEIGHT);
  if (pgs_session_get_frames (self->session, &selected))
    pgs_bar_append_frame (snapshot, address_to_x (self, selected.start),
                          address_to_x (self, selected.end), get_bar_y (self), BAR_HEIGHT);
}

static void
pgs_ram_bar_snapshot (GtkWidget   *widget,
                      GtkSnapshot *snapshot)
{
  PgsRamBar *self = PGS_RAM_BAR (widget);
  int width = gtk_widget_get_width (widget);
  PgsScene pages, frames;
  PgsRibbons ribbons = { &pages, &frames, NULL };
  double bar_y = get_bar_y (self);

  if (get_axis (widget) == NULL || width < 1)
    return;
  fill_scenes (self, &pages, &frames);
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width,
                                                    (float) gtk_widget_get_height (widget)));
  if (!gtk_widget_get_visible (self->message))
    {
      snapshot_ribbons (self, &ribbons, snapshot);
      snapshot_lines (self, &ribbons, snapshot);
    }
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (0, (float) bar_y));
  pgs_texture_snapshot (self->frames, &frames, BAR_HEIGHT + PGS_PAINTER_RULER_HEIGHT,
                        snapshot);
  gtk_snapshot_restore (snapshot);
  if (pgs_session_get_machine_use (self->session) != NULL)
    snapshot_lane (self, &frames, snapshot);
  snapshot_marks (self, snapshot);
  gtk_snapshot_pop (snapshot);
  gtk_widget_snapshot_child (widget, self->message, snapshot);
}

/* The session */

/* A custom widget has no value to tell, so its description is where it stands. */
static void
update_description (PgsRamBar *self)
{
  g_autofree char *description = NULL;
  PgsRange selected;

  if (get_axis (GTK_WIDGET (self)) != NULL &&
      pgs_session_get_frames (self->session, &selected))
    description = pgs_ram_words_describe (self->session, selected.start, selected.end);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  description != NULL ? description : _("No frame selected"), -1);
}

static void
update_message (PgsRamBar *self)
{
  gboolean is_hidden = pgs_session_has_hidden (self->session);
  gboolean is_asking = pgs_session_get_lock (self->session) == PGS_SESSION_UNLOCKING;
  gboolean has_ram = pgs_session_get_ram (self->session) == NULL ||
                     get_axis (GTK_WIDGET (self)) != NULL;

  gtk_label_set_label (self->message_label,
                       !has_ram ? _("The ranges of RAM cannot be read from /proc/zoneinfo.")
                       : is_asking ? _("Waiting for somebody to allow it…")
                       : _("The kernel hides where these pages lie in RAM."));
  gtk_widget_set_visible (self->unlock_button, pgs_session_can_unlock (self->session));
  gtk_widget_set_visible (self->cancel_button, is_asking);
  gtk_widget_set_visible (self->message, is_hidden || !has_ram);
}

/* Has what is selected stand out, if it is more than a page or a frame, which have lines. */
static void
update_only (PgsRamBar *self)
{
  const PgsSelection *selection = pgs_session_get_selection (self->session);
  const GArray *picked = pgs_session_get_picked (self->session);
  PgsSnapshot *snapshot = pgs_session_get_snapshot (self->session);
  PgsRange range = { selection->start, selection->end };
  PgsRange frames;
  uint64_t page_size;

  g_clear_pointer (&self->only, g_array_unref);
  if (snapshot == NULL)
    return;
  page_size = pgs_snapshot_get_page_size (snapshot);
  if (pgs_session_get_frames (self->session, &frames) && frames.end - frames.start <= page_size)
    return;
  if (picked != NULL)
    self->only = g_array_ref ((GArray *) picked);
  else if (range.end - range.start > page_size)
    {
      self->only = g_array_new (FALSE, FALSE, sizeof (PgsRange));
      g_array_append_val (self->only, range);
    }
}

static void
refreshed_cb (PgsRamBar *self)
{
  update_message (self);
  update_description (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* There is a lane now, or none any more, or another picture in it. */
static void
machine_changed_cb (PgsRamBar *self)
{
  if (self->lane_height != get_lane_height (self))
    gtk_widget_queue_resize (GTK_WIDGET (self));
  self->lane_height = get_lane_height (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
selection_changed_cb (PgsRamBar *self)
{
  update_only (self);
  update_description (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* The pointer */

static char *
describe (GtkWidget *widget,
          uint64_t   physical)
{
  PgsRamBar *self = PGS_RAM_BAR (widget);
  PgsRange pixel = get_pixel (self, physical);

  return pgs_ram_words_describe (self->session, pixel.start, pixel.end);
}

/* Selects the nearest frame of the process: nobody hits a line of one pixel. */
static void
select_frame (GtkWidget *widget,
              uint64_t   physical)
{
  PgsRamBar *self = PGS_RAM_BAR (widget);
  double x = address_to_x (self, physical);
  uint64_t start = x_to_address (self, x - CLICK_REACH);
  uint64_t end = MAX (x_to_address (self, x + CLICK_REACH), physical + 1);
  uint64_t found;

  if (pgs_frame_map_find_frame (get_map (self), start, end, physical, &found))
    {
      pgs_session_select_frames (self->session, found, found + 1, found);
      pgs_session_reveal_selection (self->session);
    }
  else
    pgs_session_clear_selection (self->session);
}

static void
select_between (GtkWidget *widget,
                uint64_t   from,
                uint64_t   to)
{
  pgs_session_select_frames (PGS_RAM_BAR (widget)->session, MIN (from, to), MAX (from, to) + 1,
                             from);
}

static void
extend_selection (GtkWidget *widget,
                  uint64_t   physical)
{
  PgsRange selected;

  if (pgs_session_get_frames (PGS_RAM_BAR (widget)->session, &selected))
    select_between (widget, selected.start, physical);
  else
    select_frame (widget, physical);
}

static void
fit_range (GtkWidget *widget,
           uint64_t   physical)
{
  PgsMaps *ram = pgs_axis_get_maps (get_axis (widget));
  guint index;

  if (pgs_maps_find (ram, physical, &index))
    pgs_session_fit_ram (PGS_RAM_BAR (widget)->session, pgs_maps_get_mapping (ram, index)->start,
                         pgs_maps_get_mapping (ram, index)->end);
}

static void
hover (GtkWidget *widget)
{
  PgsRamBar *self = PGS_RAM_BAR (widget);
  g_autoptr(GArray) pages = NULL;
  double x;

  if (get_axis (widget) != NULL && pgs_bar_pointer_get_hover (self->pointer, &x))
    {
      PgsRange pixel = get_pixel (self, x_to_address (self, x));

      pages = pgs_frame_map_find_pages (get_map (self), pixel.start, pixel.end, MAX_HOVERED);
      if (pages->len == 0)
        g_clear_pointer (&pages, g_array_unref);
    }
  if (self->session != NULL)
    pgs_session_highlight (self->session, pages);
  gtk_widget_queue_draw (widget);
}

static const PgsBarPointerFuncs pointer_funcs = {
  .get_axis = get_axis,
  .get_viewport = get_viewport,
  .set_viewport = set_viewport,
  .describe = describe,
  .click = select_frame,
  .extend = extend_selection,
  .select = select_between,
  .fit = fit_range,
  .hover = hover,
};

/* The keys */

static void
zoom (PgsRamBar *self,
      double     factor)
{
  const PgsViewport *old = pgs_session_get_ram_viewport (self->session);
  PgsAxis *axis = get_axis (GTK_WIDGET (self));
  double anchor = old->width / 2;
  PgsViewport viewport;
  PgsRange selected;

  if (pgs_session_get_frames (self->session, &selected) &&
      pgs_viewport_shows (old, axis, selected.start, selected.end))
    anchor = address_to_x (self, selected.start);
  viewport = pgs_viewport_zoomed (old, axis, anchor, factor);
  pgs_session_set_ram_viewport (self->session, &viewport);
}

static void
pan (PgsRamBar *self,
     double     share)
{
  const PgsViewport *old = pgs_session_get_ram_viewport (self->session);
  PgsViewport viewport = pgs_viewport_panned (old, get_axis (GTK_WIDGET (self)),
                                              share * old->width);

  pgs_session_set_ram_viewport (self->session, &viewport);
}

static void
zoom_in (PgsRamBar *self)
{
  zoom (self, ZOOM_STEP);
}

static void
zoom_out (PgsRamBar *self)
{
  zoom (self, 1 / ZOOM_STEP);
}

static void
pan_left (PgsRamBar *self)
{
  pan (self, -PAN_SHARE);
}

static void
pan_right (PgsRamBar *self)
{
  pan (self, PAN_SHARE);
}

static void
fit_selection (PgsRamBar *self)
{
  PgsRange selected;

  if (pgs_session_get_frames (self->session, &selected))
    pgs_session_fit_ram (self->session, selected.start, selected.end);
}

static void
show_whole (PgsRamBar *self)
{
  PgsViewport viewport =
    pgs_viewport_whole (get_axis (GTK_WIDGET (self)), get_viewport (GTK_WIDGET (self))->width);

  pgs_session_set_ram_viewport (self->session, &viewport);
}

static void
previous_frame (PgsRamBar *self)
{
  pgs_session_step_frame (self->session, -1);
}

static void
next_frame (PgsRamBar *self)
{
  pgs_session_step_frame (self->session, 1);
}

static void
first_frame (PgsRamBar *self)
{
  pgs_session_select_end_frame (self->session, -1);
}

static void
last_frame (PgsRamBar *self)
{
  pgs_session_select_end_frame (self->session, 1);
}

static const struct
{
  const char  *name;
  void       (*run) (PgsRamBar *self);
  guint        keys[4];
} commands[] = {
  { "ram.zoom-in", zoom_in, { GDK_KEY_w, GDK_KEY_plus, GDK_KEY_equal, GDK_KEY_KP_Add } },
  { "ram.zoom-out", zoom_out, { GDK_KEY_s, GDK_KEY_minus, GDK_KEY_KP_Subtract } },
  { "ram.pan-left", pan_left, { GDK_KEY_a } },
  { "ram.pan-right", pan_right, { GDK_KEY_d } },
  { "ram.fit-selection", fit_selection, { GDK_KEY_f } },
  { "ram.whole", show_whole, { GDK_KEY_0, GDK_KEY_KP_0 } },
  { "ram.previous-frame", previous_frame, { GDK_KEY_Left } },
  { "ram.next-frame", next_frame, { GDK_KEY_Right } },
  { "ram.first-frame", first_frame, { GDK_KEY_Home } },
  { "ram.last-frame", last_frame, { GDK_KEY_End } },
};

static void
run_command (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (get_axis (widget) != NULL && g_str_equal (commands[i].name, name))
      commands[i].run (PGS_RAM_BAR (widget));
}

static void
install_commands (GtkWidgetClass *widget_class)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      gtk_widget_class_install_action (widget_class, commands[i].name, NULL, run_command);
      for (guint j = 0; j < G_N_ELEMENTS (commands[i].keys) && commands[i].keys[j] != 0; j++)
        gtk_widget_class_add_binding_action (widget_class, commands[i].keys[j], 0,
                                             commands[i].name, NULL);
    }
  /* GtkWindow has a use of its own for this key, and comes first. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_space, 0, "win.toggle-live", NULL);
}

/* The widget */

static void
pgs_ram_bar_measure (GtkWidget      *widget,
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
    {
      gboolean has_message = gtk_widget_get_visible (PGS_RAM_BAR (widget)->message);
      int below = BAR_HEIGHT + PGS_PAINTER_RULER_HEIGHT + get_lane_height (PGS_RAM_BAR (widget));

      *minimum = (has_message ? MESSAGE_HEIGHT : MIN_RIBBONS_HEIGHT) + below;
      *natural = PGS_RIBBONS_HEIGHT + below;
    }
}

static void
pgs_ram_bar_size_allocate (GtkWidget *widget,
                           int        width,
                           int        height,
                           int        baseline)
{
  PgsRamBar *self = PGS_RAM_BAR (widget);
  GtkAllocation allocation = { 0, 0, width, (int) get_bar_y (self) };

  gtk_widget_size_allocate (self->message, &allocation, -1);
}

static void
pgs_ram_bar_dispose (GObject *object)
{
  PgsRamBar *self = PGS_RAM_BAR (object);

  g_clear_pointer (&self->message, gtk_widget_unparent);
  g_clear_object (&self->session);
  g_clear_pointer (&self->ribbons, pgs_texture_free);
  g_clear_pointer (&self->strong, pgs_texture_free);
  g_clear_pointer (&self->frames, pgs_texture_free);
  g_clear_pointer (&self->only, g_array_unref);

  G_OBJECT_CLASS (pgs_ram_bar_parent_class)->dispose (object);
}

static void
pgs_ram_bar_finalize (GObject *object)
{
  pgs_bar_pointer_free (PGS_RAM_BAR (object)->pointer);

  G_OBJECT_CLASS (pgs_ram_bar_parent_class)->finalize (object);
}

static void
pgs_ram_bar_class_init (PgsRamBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = pgs_ram_bar_dispose;
  object_class->finalize = pgs_ram_bar_finalize;
  widget_class->measure = pgs_ram_bar_measure;
  widget_class->size_allocate = pgs_ram_bar_size_allocate;
  widget_class->snapshot = pgs_ram_bar_snapshot;
  gtk_widget_class_set_css_name (widget_class, "pgsrambar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/pagescape/Pagescape/ui/pgs-ram-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, PgsRamBar, message);
  gtk_widget_class_bind_template_child (widget_class, PgsRamBar, message_label);
  gtk_widget_class_bind_template_child (widget_class, PgsRamBar, unlock_button);
  gtk_widget_class_bind_template_child (widget_class, PgsRamBar, cancel_button);
  install_commands (widget_class);
}

static void
pgs_ram_bar_init (PgsRamBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->ribbons = pgs_texture_new (NULL);
  self->strong = pgs_texture_new (NULL);
  self->frames = pgs_texture_new (pgs_painter_draw_frames);
  self->pointer = pgs_bar_pointer_new (GTK_WIDGET (self), &pointer_funcs);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Physical Memory"), -1);
  pgs_theme_follow (GTK_WIDGET (self));
}

/**
 * pgs_ram_bar_set_session:
 * @session: what to show; set once
 */
void
pgs_ram_bar_set_session (PgsRamBar  *self,
                         PgsSession *session)
{
  g_return_if_fail (PGS_IS_RAM_BAR (self) && self->session == NULL);

  self->session = g_object_ref (session);
  g_object_bind_property (session, "shows-ram", self, "visible", G_BINDING_SYNC_CREATE);
  g_signal_connect_object (session, "refreshed", G_CALLBACK (refreshed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "lock-changed", G_CALLBACK (refreshed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "view-changed", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "highlight-changed", G_CALLBACK (gtk_widget_queue_draw),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "machine-changed", G_CALLBACK (machine_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "selection-changed", G_CALLBACK (selection_changed_cb),
                           self, G_CONNECT_SWAPPED);
  refreshed_cb (self);
}
