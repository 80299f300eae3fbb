/* pgs-bar.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bar: the address space in view, with its labels and ruler.
 *
 * The data is a texture. What moves over it, the pointer's mark, the frame of the
 * selection and the flash of what changed, are nodes of their own.
 */

#include "config.h"

#include "pgs-bar-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "core/pgs-page-words.h"
#include "pgs-theme.h"

#define BAR_HEIGHT         176
#define MIN_WIDTH          240
#define FLASH_MICROSECONDS 900000
#define FLASH_ALPHA        0.75
#define SELECTION_WIDTH    2
#define MIN_FRAME_WIDTH    8

G_DEFINE_FINAL_TYPE (PgsBar, pgs_bar, GTK_TYPE_WIDGET)

static double
get_data_height (PgsBar *self)
{
  return gtk_widget_get_height (GTK_WIDGET (self)) -
         PGS_PAINTER_LABELS_HEIGHT - PGS_PAINTER_RULER_HEIGHT;
}

gboolean
pgs_bar_has_picture (PgsBar *self)
{
  return self->session != NULL && pgs_session_get_snapshot (self->session) != NULL;
}

/* Returns the address that is drawn @x pixels from the left edge. */
uint64_t
pgs_bar_x_to_address (PgsBar *self,
              double  x)
{
  return pgs_viewport_to_address (pgs_session_get_viewport (self->session),
                                  pgs_session_get_axis (self->session),
                                  CLAMP (x, 0, gtk_widget_get_width (GTK_WIDGET (self)) - 0.01));
}

static double
address_to_x (PgsBar   *self,
              uint64_t  address)
{
  return pgs_viewport_address_to_x (pgs_session_get_viewport (self->session),
                                    pgs_session_get_axis (self->session), address);
}

/* Drawing */

static void
append_rect (GtkSnapshot   *snapshot,
             const GdkRGBA *color,
             double         x,
             double         y,
             double         width,
             double         height)
{
  gtk_snapshot_append_color (snapshot, color,
                             &GRAPHENE_RECT_INIT ((float) x, (float) y,
                                                  (float) width, (float) height));
}

static guint
find_first_change (const GArray *changes,
                   uint64_t      address)
{
  guint low = 0, high = changes->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (changes, PgsChange, middle).end > address)
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

/* Lays a fading color over the changed pages in view. Changes within one pixel
 * are joined, so that there are never more nodes than pixels. */
static void
snapshot_flash (PgsBar      *self,
                GtkSnapshot *snapshot,
                double       alpha)
{
  const GArray *changes = pgs_session_get_changes (self->session);
  GdkRGBA color = pgs_theme_get_rgba (&pgs_theme_get_palette ()->selection, alpha);
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double height = get_data_height (self);
  uint64_t last = pgs_bar_x_to_address (self, width);
  double from = -1, to = -1;

  if (changes == NULL)
    return;
  for (guint i = find_first_change (changes, pgs_bar_x_to_address (self, 0)); i < changes->len; i++)
    {
      const PgsChange *change = &g_array_index (changes, PgsChange, i);
      double x = floor (MAX (address_to_x (self, change->start), 0));
      double end = MIN (MAX (address_to_x (self, change->end), x + 1), width);

      if (change->start > last)
        break;
      if (x > to + 1)
        {
          if (to > from)
            append_rect (snapshot, &color, from, PGS_PAINTER_LABELS_HEIGHT, to - from, height);
          from = x;
        }
      to = MAX (to, end);
    }
  if (to > from)
    append_rect (snapshot, &color, from, PGS_PAINTER_LABELS_HEIGHT, to - from, height);
}

static void
snapshot_hover (PgsBar      *self,
                GtkSnapshot *snapshot)
{
  GdkRGBA color = pgs_theme_get_rgba (&pgs_theme_get_palette ()->selection, 0.35);

  append_rect (snapshot, &color, floor (self->hover_x), PGS_PAINTER_LABELS_HEIGHT - 2, 1,
               get_data_height (self) + 4);
}

/* Frames the selection; one narrower than a frame can be gets the least frame. */
static void
snapshot_selection (PgsBar      *self,
                    GtkSnapshot *snapshot)
{
  const PgsSelection *selection = pgs_session_get_selection (self->session);
  GdkRGBA color = pgs_theme_get_rgba (&pgs_theme_get_palette ()->selection, 1);
  GdkRGBA colors[] = { color, color, color, color };
  float widths[] = { SELECTION_WIDTH, SELECTION_WIDTH, SELECTION_WIDTH, SELECTION_WIDTH };
  double x = floor (address_to_x (self, selection->start)) - 1;
  double end = ceil (address_to_x (self, selection->end)) + 1;
  double missing = MAX (MIN_FRAME_WIDTH - (end - x), 0);
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline,
                                   &GRAPHENE_RECT_INIT ((float) floor (x - missing / 2),
                                                        PGS_PAINTER_LABELS_HEIGHT - 3,
                                                        (float) (end - x + missing),
                                                        (float) get_data_height (self) + 6),
                                   2);
  gtk_snapshot_append_border (snapshot, &outline, widths, colors);
}

static double
get_flash_alpha (PgsBar *self)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));
  double age;

  if (self->flash_start == 0 || clock == NULL)
    return 0;
  age = (double) (gdk_frame_clock_get_frame_time (clock) - self->flash_start) /
        FLASH_MICROSECONDS;
  return FLASH_ALPHA * (1 - CLAMP (age, 0, 1));
}

static void
pgs_bar_snapshot (GtkWidget   *widget,
                  GtkSnapshot *snapshot)
{
  PgsBar *self = PGS_BAR (widget);
  double width = gtk_widget_get_width (widget);
  double height = gtk_widget_get_height (widget);
  double flash = get_flash_alpha (self);
  PgsScene scene;

  if (!pgs_bar_has_picture (self) || width < 1 || height < 1)
    return;
  scene.summary = pgs_session_get_summary (self->session);
  scene.axis = pgs_session_get_axis (self->session);
  scene.viewport = *pgs_session_get_viewport (self->session);
  scene.palette = pgs_theme_get_palette ();
  scene.device_scale = gtk_widget_get_scale_factor (widget);
  scene.kind = PGS_SCENE_PAGES;
  pgs_texture_snapshot (self->texture, &scene, height, snapshot);

  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  if (flash > 0)
    snapshot_flash (self, snapshot, flash);
  if (self->hover_x >= 0 && !self->is_dragging)
    snapshot_hover (self, snapshot);
  if (pgs_session_has_selection (self->session))
    snapshot_selection (self, snapshot);
  gtk_snapshot_pop (snapshot);
}

/* Flashing */

static gboolean
flash_tick_cb (GtkWidget     *widget,
               GdkFrameClock *clock,
               gpointer       user_data)
{
  PgsBar *self = PGS_BAR (widget);

  gtk_widget_queue_draw (widget);
  if (gdk_frame_clock_get_frame_time (clock) - self->flash_start < FLASH_MICROSECONDS)
    return G_SOURCE_CONTINUE;
  self->flash_start = 0;
  self->tick_id = 0;
  return G_SOURCE_REMOVE;
}

static void
start_flash (PgsBar *self)
{
  const GArray *changes = pgs_session_get_changes (self->session);
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));

  if (changes == NULL || changes->len == 0 || clock == NULL)
    return;
  self->flash_start = MAX (gdk_frame_clock_get_frame_time (clock), 1);
  if (self->tick_id == 0)
    self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), flash_tick_cb, NULL, NULL);
}

/* The session */

/* Returns a page in some lines. */
char *
pgs_bar_describe_address (PgsBar   *self,
                  uint64_t  address)
{
  PgsSnapshot *snapshot = pgs_session_get_snapshot (self->session);
  const PgsMaps *maps = pgs_snapshot_get_maps (snapshot);
  g_autofree char *label = NULL;
  g_autofree char *state = NULL;
  g_autofree char *pfn = NULL;
  uint64_t entry;
  guint index;

  if (!pgs_maps_find (maps, address, &index))
    return g_strdup_printf (_("0x%" G_GINT64_MODIFIER "x, not mapped"), address);
  label = pgs_mapping_dup_short_label (pgs_maps_get_mapping (maps, index));
  if (pgs_page_get_unknown (snapshot, address) != NULL)
    return g_strdup_printf (_("0x%" G_GINT64_MODIFIER "x\n%s\nnot read yet"), address, label);
  entry = pgs_snapshot_get_entry (snapshot, address);
  state = pgs_page_dup_state (entry);
  pfn = pgs_page_dup_pfn (entry);
  address -= address % pgs_snapshot_get_page_size (snapshot);
  if (pfn == NULL)
    return g_strdup_printf ("0x%" G_GINT64_MODIFIER "x\n%s\n%s", address, label, state);
  return g_strdup_printf (_("0x%" G_GINT64_MODIFIER "x\n%s\n%s, frame %s"), address, label,
                          state, pfn);
}

/* A custom widget has no value to tell, so its description is where it stands. */
static void
update_description (PgsBar *self)
{
  g_autofree char *description = NULL;

  if (pgs_bar_has_picture (self) && pgs_session_has_selection (self->session))
    description = pgs_bar_describe_address (self, pgs_session_get_selection (self->session)->address);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  description != NULL ? description : _("No page selected"), -1);
}

static void
refreshed_cb (PgsBar *self)
{
  start_flash (self);
  update_description (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
selection_changed_cb (PgsBar *self)
{
  update_description (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* The widget */

static void
pgs_bar_measure (GtkWidget      *widget,
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
    *minimum = *natural = PGS_PAINTER_LABELS_HEIGHT + BAR_HEIGHT + PGS_PAINTER_RULER_HEIGHT;
}

static void
pgs_bar_size_allocate (GtkWidget *widget,
                       int        width,
                       int        height,
                       int        baseline)
{
  PgsBar *self = PGS_BAR (widget);

  if (self->session != NULL && width > 0)
    pgs_session_set_width (self->session, width);
}

static void
pgs_bar_dispose (GObject *object)
{
  PgsBar *self = PGS_BAR (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->texture, pgs_texture_free);

  G_OBJECT_CLASS (pgs_bar_parent_class)->dispose (object);
}

static void
add_bindings (GtkWidgetClass *widget_class)
{
  static const struct
  {
    guint       key;
    const char *action;
  } bindings[] = {
    { GDK_KEY_Left, "view.previous-page" },
    { GDK_KEY_Right, "view.next-page" },
    { GDK_KEY_Page_Up, "view.previous-mapping" },
    { GDK_KEY_Page_Down, "view.next-mapping" },
    { GDK_KEY_Home, "view.first-page" },
    { GDK_KEY_End, "view.last-page" },
    /* GtkWindow has a use of its own for this key, and comes first. */
    { GDK_KEY_space, "win.toggle-live" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bindings); i++)
    gtk_widget_class_add_binding_action (widget_class, bindings[i].key, 0,
                                         bindings[i].action, NULL);
}

static void
pgs_bar_class_init (PgsBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = pgs_bar_dispose;
  widget_class->measure = pgs_bar_measure;
  widget_class->size_allocate = pgs_bar_size_allocate;
  widget_class->snapshot = pgs_bar_snapshot;
  gtk_widget_class_set_css_name (widget_class, "pgsbar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  add_bindings (widget_class);
}

static void
pgs_bar_init (PgsBar *self)
{
  self->hover_x = -1;
  self->texture = pgs_texture_new (pgs_painter_draw);
  pgs_bar_add_pointer (self);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Address Space"), -1);
  pgs_theme_follow (GTK_WIDGET (self));
}

/**
 * pgs_bar_set_session:
 * @session: what to show; set once
 */
void
pgs_bar_set_session (PgsBar     *self,
                     PgsSession *session)
{
  g_return_if_fail (PGS_IS_BAR (self) && self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "refreshed", G_CALLBACK (refreshed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "view-changed", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "selection-changed", G_CALLBACK (selection_changed_cb),
                           self, G_CONNECT_SWAPPED);
  update_description (self);
}
