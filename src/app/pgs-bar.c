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

#include "pgs-bar.h"

#include <glib/gi18n.h>
#include <math.h>

#include "core/pgs-page-words.h"
#include "pgs-bar-marks.h"
#include "pgs-bar-pointer.h"
#include "pgs-texture.h"
#include "pgs-theme.h"

#define BAR_HEIGHT         176
#define MIN_BAR_HEIGHT     60
#define MIN_WIDTH          240
#define FLASH_MICROSECONDS 900000
#define FLASH_ALPHA        0.75

/* How wide a page is, in pixels, where it rather than its mapping stands out. */
#define WIDE_PAGE 4

/* How high marks are below the data, in pixels. */
#define MARK_HEIGHT 4

struct _PgsBar
{
  GtkWidget      parent_instance;

  PgsSession    *session;
  PgsTexture    *texture;
  PgsBarPointer *pointer;
  gint64         flash_start;   /* 0 while nothing flashes */
  guint          tick_id;
};

G_DEFINE_FINAL_TYPE (PgsBar, pgs_bar, GTK_TYPE_WIDGET)

static double
get_data_height (PgsBar *self)
{
  return gtk_widget_get_height (GTK_WIDGET (self)) -
         PGS_PAINTER_LABELS_HEIGHT - PGS_PAINTER_RULER_HEIGHT;
}

static gboolean
has_picture (PgsBar *self)
{
  return self->session != NULL && pgs_session_get_snapshot (self->session) != NULL;
}

static double
address_to_x (PgsBar   *self,
              uint64_t  address)
{
  return pgs_viewport_address_to_x (pgs_session_get_viewport (self->session),
                                    pgs_session_get_axis (self->session), address);
}

static uint64_t
x_to_address (PgsBar *self,
              double  x)
{
  return pgs_viewport_to_address (pgs_session_get_viewport (self->session),
                                  pgs_session_get_axis (self->session), x);
}

/* Drawing */

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
  uint64_t last = x_to_address (self, width);
  double from = -1, to = -1;

  if (changes == NULL)
    return;
  for (guint i = find_first_change (changes, x_to_address (self, 0)); i < changes->len; i++)
    {
      const PgsChange *change = &g_array_index (changes, PgsChange, i);
      double x = floor (MAX (address_to_x (self, change->start), 0));
      double end = MIN (MAX (address_to_x (self, change->end), x + 1), width);

      if (change->start > last)
        break;
      if (x > to + 1)
        {
          if (to > from)
            pgs_bar_append_rect (snapshot, &color, from, PGS_PAINTER_LABELS_HEIGHT,
                               to - from, height);
          from = x;
        }
      to = MAX (to, end);
    }
  if (to > from)
    pgs_bar_append_rect (snapshot, &color, from, PGS_PAINTER_LABELS_HEIGHT,
                               to - from, height);
}

/* Marks along the lower edge what was selected by its frames, which mostly is in many
 * places. Those that are next to each other on the screen get a mark together. */
static void
snapshot_picked (PgsBar       *self,
                 const GArray *picked,
                 GtkSnapshot  *snapshot)
{
  GdkRGBA color = pgs_theme_get_rgba (&pgs_theme_get_palette ()->selection, 1);
  double y = PGS_PAINTER_LABELS_HEIGHT + get_data_height (self);
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double from = -1, to = -1;

  for (guint i = 0; i < picked->len; i++)
    {
      const PgsRange *range = &g_array_index (picked, PgsRange, i);
      double x = floor (MAX (address_to_x (self, range->start), 0));
      double end = MIN (MAX (address_to_x (self, range->end), x + 1), width);

      if (x > to && to > from)
        pgs_bar_append_rect (snapshot, &color, from, y, to - from, MARK_HEIGHT);
      from = x > to ? x : from;
      to = MAX (to, end);
    }
  if (to > from)
    pgs_bar_append_rect (snapshot, &color, from, y, to - from, MARK_HEIGHT);
}

static void
snapshot_selection (PgsBar      *self,
                    GtkSnapshot *snapshot)
{
  const PgsSelection *selection = pgs_session_get_selection (self->session);
  const GArray *picked = pgs_session_get_picked (self->session);

  if (picked != NULL && picked->len > 1)
    snapshot_picked (self, picked, snapshot);
  else
    pgs_bar_append_frame (snapshot, address_to_x (self, selection->start),
                          address_to_x (self, selection->end), PGS_PAINTER_LABELS_HEIGHT,
                          get_data_height (self));
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
  double hover_x;
  PgsScene scene;

  if (!has_picture (self) || width < 1 || height < 1)
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
  if (pgs_bar_pointer_get_hover (self->pointer, &hover_x))
    pgs_bar_append_hover (snapshot, hover_x, PGS_PAINTER_LABELS_HEIGHT, get_data_height (self));
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
static char *
describe_address (PgsBar   *self,
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

  if (has_picture (self) && pgs_session_has_selection (self->session))
    description = describe_address (self, pgs_session_get_selection (self->session)->address);
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

/* The pointer */

static PgsAxis *
get_axis (GtkWidget *widget)
{
  PgsBar *self = PGS_BAR (widget);

  return has_picture (self) ? pgs_session_get_axis (self->session) : NULL;
}

static const PgsViewport *
get_viewport (GtkWidget *widget)
{
  return pgs_session_get_viewport (PGS_BAR (widget)->session);
}

static void
set_viewport (GtkWidget         *widget,
              const PgsViewport *viewport)
{
  pgs_session_set_viewport (PGS_BAR (widget)->session, viewport);
}

static char *
describe (GtkWidget *widget,
          uint64_t   address)
{
  return describe_address (PGS_BAR (widget), address);
}

static void
select_page (GtkWidget *widget,
             uint64_t   address)
{
  PgsSession *session = PGS_BAR (widget)->session;
  uint64_t page_size = pgs_snapshot_get_page_size (pgs_session_get_snapshot (session));

  if (pgs_summary_get_class (pgs_session_get_summary (session), address) != PGS_SUMMARY_NO_CLASS)
    pgs_session_select (session, address - address % page_size);
  else
    pgs_session_clear_selection (session);
}

static void
extend_selection (GtkWidget *widget,
                  uint64_t   address)
{
  PgsSession *session = PGS_BAR (widget)->session;
  uint64_t from = pgs_session_get_selection (session)->address;

  if (pgs_session_has_selection (session))
    pgs_session_select_range (session, MIN (from, address), MAX (from, address) + 1, from);
  else
    select_page (widget, address);
}

static void
select_between (GtkWidget *widget,
                uint64_t   from,
                uint64_t   to)
{
  pgs_session_select_range (PGS_BAR (widget)->session, MIN (from, to), MAX (from, to) + 1, from);
}

static const PgsMapping *
find_mapping (PgsBar   *self,
              uint64_t  address)
{
  const PgsMaps *maps = pgs_snapshot_get_maps (pgs_session_get_snapshot (self->session));
  guint index;

  return pgs_maps_find (maps, address, &index) ? pgs_maps_get_mapping (maps, index) : NULL;
}

static void
fit_mapping (GtkWidget *widget,
             uint64_t   address)
{
  const PgsMapping *mapping = find_mapping (PGS_BAR (widget), address);

  if (mapping != NULL)
    pgs_session_visit (PGS_BAR (widget)->session, mapping->start, mapping->end);
}

/* Finds the pages that stand out when the pointer is at an address: the page where pages
 * can be told apart, the selection, or the mapping. */
static gboolean
find_hovered (PgsBar   *self,
              uint64_t  address,
              PgsRange *pages)
{
  uint64_t page_size = pgs_snapshot_get_page_size (pgs_session_get_snapshot (self->session));
  const PgsSelection *selection = pgs_session_get_selection (self->session);
  const PgsMapping *mapping = find_mapping (self, address);
  uint64_t page = address - address % page_size;

  if (mapping == NULL)
    return FALSE;
  if (address_to_x (self, page + page_size - 1) - address_to_x (self, page) >= WIDE_PAGE)
    *pages = (PgsRange) { page, page + page_size };
  else if (selection->end - selection->start > page_size && selection->start <= address &&
           selection->end > address)
    *pages = (PgsRange) { selection->start, selection->end };
  else
    *pages = (PgsRange) { mapping->start, mapping->end };
  return TRUE;
}

static void
hover (GtkWidget *widget)
{
  PgsBar *self = PGS_BAR (widget);
  g_autoptr(GArray) highlight = NULL;
  PgsRange pages;
  double x;

  if (has_picture (self) && pgs_bar_pointer_get_hover (self->pointer, &x) &&
      find_hovered (self, x_to_address (self, x), &pages))
    {
      highlight = g_array_new (FALSE, FALSE, sizeof (PgsRange));
      g_array_append_val (highlight, pages);
    }
  if (self->session != NULL)
    pgs_session_highlight (self->session, highlight);
  gtk_widget_queue_draw (widget);
}

static const PgsBarPointerFuncs pointer_funcs = {
  .get_axis = get_axis,
  .get_viewport = get_viewport,
  .set_viewport = set_viewport,
  .describe = describe,
  .click = select_page,
  .extend = extend_selection,
  .select = select_between,
  .fit = fit_mapping,
  .hover = hover,
};

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
    {
      *minimum = PGS_PAINTER_LABELS_HEIGHT + MIN_BAR_HEIGHT + PGS_PAINTER_RULER_HEIGHT;
      *natural = PGS_PAINTER_LABELS_HEIGHT + BAR_HEIGHT + PGS_PAINTER_RULER_HEIGHT;
    }
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
pgs_bar_finalize (GObject *object)
{
  pgs_bar_pointer_free (PGS_BAR (object)->pointer);

  G_OBJECT_CLASS (pgs_bar_parent_class)->finalize (object);
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
  object_class->finalize = pgs_bar_finalize;
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
  self->texture = pgs_texture_new (pgs_painter_draw);
  self->pointer = pgs_bar_pointer_new (GTK_WIDGET (self), &pointer_funcs);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
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
