/* pgs-mapping-list.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list of mappings: the bar's equal for those who do not point, and what
 * assistive technology reads. It can be sorted by each column, and filtered.
 *
 * The model says what is in it and in which order; here selection and scroll
 * position are kept while that changes. GTK keeps them itself as long as the model
 * announces what differs. Where it replaces all rows the view is moved over to the
 * new ones before the old ones go.
 */

#include "config.h"

#include "pgs-mapping-list.h"

#include <glib/gi18n.h>

#include "pgs-mapping-header.h"
#include "pgs-mapping-model.h"
#include "pgs-mapping-row.h"

/* What was in view before all rows were replaced. */
typedef struct
{
  guint    position;      /* of the first row */
  uint64_t address;       /* of its mapping */
  gboolean had_selected;  /* whether the selected row was in view */
  gboolean had_focus;
} View;

struct _PgsMappingList
{
  AdwBin              parent_instance;

  PgsSession         *session;
  PgsMappingModel    *model;
  GtkSingleSelection *selection;
  GHashTable         *rows;          /* PgsMappingRow that are in use, a set */
  View                view;
  gboolean            is_following;  /* the session, so its signals say nothing new */
  gboolean            is_asked;      /* the user wants another filter or order */
  gboolean            is_sorting;

  GtkEditable        *search_entry;
  GtkLabel           *count_label;
  GtkStack           *stack;
  PgsMappingHeader   *header;
  GtkScrolledWindow  *scrolled_window;
  GtkListView        *list_view;
};

G_DEFINE_FINAL_TYPE (PgsMappingList, pgs_mapping_list, ADW_TYPE_BIN)

/* Rows */

static void
setup_cb (GtkListItemFactory *factory,
          GtkListItem        *list_item,
          PgsMappingList     *self)
{
  gtk_list_item_set_child (list_item, pgs_mapping_row_new (self->header, self->session));
}

static void
bind_cb (GtkListItemFactory *factory,
         GtkListItem        *list_item,
         PgsMappingList     *self)
{
  GtkWidget *row = gtk_list_item_get_child (list_item);

  g_hash_table_add (self->rows, row);
  pgs_mapping_row_set_item (PGS_MAPPING_ROW (row), gtk_list_item_get_item (list_item));
}

static void
unbind_cb (GtkListItemFactory *factory,
           GtkListItem        *list_item,
           PgsMappingList     *self)
{
  GtkWidget *row = gtk_list_item_get_child (list_item);

  g_hash_table_remove (self->rows, row);
  pgs_mapping_row_set_item (PGS_MAPPING_ROW (row), NULL);
}

static void
refresh_rows (PgsMappingList *self)
{
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    pgs_mapping_row_refresh (row);
}

static void
redraw_rows (PgsMappingList *self)
{
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    gtk_widget_queue_draw (row);
}

/* Scrolling */

static guint
get_n_rows (PgsMappingList *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->model));
}

static void
scroll_to (PgsMappingList *self,
           guint           position)
{
  if (position < get_n_rows (self))
    gtk_widget_activate_action (GTK_WIDGET (self->list_view), "list.scroll-to-item", "u",
                                position);
}

static gboolean
has_focus (PgsMappingList *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->list_view));
}

/* Remembers what is in view, unless GTK does. All rows are of the same height. */
static void
changing_cb (PgsMappingList *self,
             gboolean        replaces_all)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled_window);
  guint n_rows = get_n_rows (self);
  guint selected = gtk_single_selection_get_selected (self->selection);
  double height = n_rows > 0 ? gtk_adjustment_get_upper (adjustment) / n_rows : 0;
  g_autoptr(PgsMappingItem) first = NULL;
  double top;

  self->is_following = TRUE;
  self->view = (View) { 0, };
  if ((!replaces_all && !self->is_asked) || height <= 0)
    return;
  top = gtk_adjustment_get_value (adjustment);
  self->view.position = MIN ((guint) (top / height + 0.5), n_rows - 1);
  first = g_list_model_get_item (G_LIST_MODEL (self->model), self->view.position);
  self->view.address = pgs_mapping_item_get_mapping (first)->start;
  self->view.had_selected = selected != GTK_INVALID_LIST_POSITION &&
                            (selected + 1) * height > top &&
                            selected * height < top + gtk_adjustment_get_page_size (adjustment);
  self->view.had_focus = has_focus (self);
}

/* Returns the row to bring into view: the selected one if it was there or another
 * filter was asked for, or else the one that was the first. Sorting leaves the list
 * as far down as it was. */
static guint
find_view (PgsMappingList *self)
{
  guint selected = gtk_single_selection_get_selected (self->selection);
  guint position;

  if (selected != GTK_INVALID_LIST_POSITION && (self->view.had_selected || self->is_asked))
    return selected;
  position = pgs_mapping_model_find (self->model, self->view.address);
  return self->is_sorting || position == GTK_INVALID_LIST_POSITION ? self->view.position
                                                                   : position;
}

/* Selecting, in both directions */

static void
follow_selection (PgsMappingList *self)
{
  guint position = GTK_INVALID_LIST_POSITION;

  if (pgs_session_has_selection (self->session))
    position = pgs_mapping_model_find (self->model,
                                       pgs_session_get_selection (self->session)->address);
  self->is_following = TRUE;
  gtk_single_selection_set_selected (self->selection, position);
  self->is_following = FALSE;
}

static void
selection_changed_cb (PgsMappingList *self)
{
  guint before = gtk_single_selection_get_selected (self->selection);
  guint position;

  follow_selection (self);
  position = gtk_single_selection_get_selected (self->selection);
  if (position != before)
    scroll_to (self, position);
}

static void
selected_cb (PgsMappingList *self)
{
  PgsMappingItem *item = gtk_single_selection_get_selected_item (self->selection);
  const PgsMapping *mapping;

  if (self->is_following || item == NULL || pgs_session_get_axis (self->session) == NULL)
    return;
  mapping = pgs_mapping_item_get_mapping (item);
  self->is_following = TRUE;
  pgs_session_select_range (self->session, mapping->start, mapping->end, mapping->start);
  if (!pgs_viewport_shows (pgs_session_get_viewport (self->session),
                           pgs_session_get_axis (self->session), mapping->start, mapping->end))
    pgs_session_visit (self->session, mapping->start, mapping->end);
  self->is_following = FALSE;
}

static void
activate_cb (PgsMappingList *self,
             guint           position)
{
  g_autoptr(PgsMappingItem) item = g_list_model_get_item (G_LIST_MODEL (self->selection),
                                                          position);
  const PgsMapping *mapping;

  if (item == NULL)
    return;
  mapping = pgs_mapping_item_get_mapping (item);
  pgs_session_visit (self->session, mapping->start, mapping->end);
}

/* Filtering and sorting */

static void
update_count (PgsMappingList *self)
{
  gboolean is_filtered = gtk_editable_get_text (self->search_entry)[0] != '\0';
  guint n_rows = get_n_rows (self);
  g_autofree char *text = NULL;

  /* Translators: how many mappings were found, and of how many */
  text = g_strdup_printf (_("%'u of %'u"), n_rows,
                          pgs_mapping_model_get_n_mappings (self->model));
  gtk_label_set_label (self->count_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->count_label), is_filtered);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->search_entry),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, is_filtered ? text : "",
                                  -1);
  gtk_stack_set_visible_child_name (self->stack, n_rows == 0 && is_filtered ? "empty" : "list");
}

static void
search_changed_cb (PgsMappingList *self)
{
  self->is_asked = TRUE;
  pgs_mapping_model_set_filter (self->model, gtk_editable_get_text (self->search_entry));
}

static void
stop_search_cb (PgsMappingList *self)
{
  if (gtk_editable_get_text (self->search_entry)[0] != '\0')
    gtk_editable_set_text (self->search_entry, "");
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->list_view));
}

/* Down goes from the entry into the list. */
static gboolean
search_key_cb (PgsMappingList *self,
               guint           keyval)
{
  if (keyval != GDK_KEY_Down && keyval != GDK_KEY_KP_Down)
    return GDK_EVENT_PROPAGATE;
  gtk_widget_grab_focus (GTK_WIDGET (self->list_view));
  return GDK_EVENT_STOP;
}

static void
sort_changed_cb (PgsMappingList *self)
{
  PgsMappingColumnId column;
  gboolean is_descending;

  pgs_mapping_header_get_sort (self->header, &column, &is_descending);
  self->is_sorting = TRUE;
  pgs_mapping_model_set_sort (self->model, column, is_descending);
}

/* Following the session and the model */

static void
restore_view (PgsMappingList *self,
              guint           n_rows)
{
  if (n_rows > 0)
    scroll_to (self, MIN (find_view (self), n_rows - 1));
}

/* The new rows stand before the old ones, which are about to go. */
static void
replacing_cb (PgsMappingList *self,
              guint           n_rows)
{
  follow_selection (self);
  restore_view (self, n_rows);
  self->is_following = TRUE;
}

static void
changed_cb (PgsMappingList *self,
            gboolean        replaces_all)
{
  follow_selection (self);
  update_count (self);
  refresh_rows (self);
  if (self->is_asked && !replaces_all)
    restore_view (self, get_n_rows (self));
  if (self->view.had_focus)
    gtk_widget_grab_focus (GTK_WIDGET (self->list_view));
  if (pgs_mapping_model_is_up_to_date (self->model))
    self->is_asked = self->is_sorting = FALSE;
}

static void
refreshed_cb (PgsMappingList *self)
{
  pgs_mapping_model_set_snapshot (self->model, pgs_session_get_snapshot (self->session));
  refresh_rows (self);
}

/* The widget */

static void
pgs_mapping_list_dispose (GObject *object)
{
  PgsMappingList *self = PGS_MAPPING_LIST (object);

  adw_bin_set_child (ADW_BIN (self), NULL);
  g_clear_object (&self->selection);
  g_clear_object (&self->model);
  g_clear_object (&self->session);
  g_clear_pointer (&self->rows, g_hash_table_unref);

  G_OBJECT_CLASS (pgs_mapping_list_parent_class)->dispose (object);
}

static void
pgs_mapping_list_class_init (PgsMappingListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pgs_mapping_list_dispose;
  g_type_ensure (PGS_TYPE_MAPPING_HEADER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/pagescape/Pagescape/ui/pgs-mapping-list.ui");
  gtk_widget_class_bind_template_child (widget_class, PgsMappingList, search_entry);
  gtk_widget_class_bind_template_child (widget_class, PgsMappingList, count_label);
  gtk_widget_class_bind_template_child (widget_class, PgsMappingList, stack);
  gtk_widget_class_bind_template_child (widget_class, PgsMappingList, header);
  gtk_widget_class_bind_template_child (widget_class, PgsMappingList, scrolled_window);
  gtk_widget_class_bind_template_child (widget_class, PgsMappingList, list_view);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_key_cb);
  gtk_widget_class_bind_template_callback (widget_class, sort_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
}

static void
set_up_rows (PgsMappingList *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  AdwStyleManager *manager = adw_style_manager_get_default ();

  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, 0);
  gtk_list_view_set_factory (self->list_view, factory);
  g_object_unref (factory);
  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (redraw_rows), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (redraw_rows), self,
                           G_CONNECT_SWAPPED);
}

static void
set_up_model (PgsMappingList *self)
{
  self->model = pgs_mapping_model_new ();
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->model)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  g_signal_connect_object (self->selection, "notify::selected", G_CALLBACK (selected_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model, "changing", G_CALLBACK (changing_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model, "replacing", G_CALLBACK (replacing_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model, "changed", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_list_view_set_model (self->list_view, GTK_SELECTION_MODEL (self->selection));
}

static void
pgs_mapping_list_init (PgsMappingList *self)
{
  self->rows = g_hash_table_new (NULL, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  pgs_mapping_header_set_adjustment (self->header,
                                     gtk_scrolled_window_get_hadjustment (self->scrolled_window));
}

/**
 * pgs_mapping_list_set_session:
 * @session: what to show; set once
 */
void
pgs_mapping_list_set_session (PgsMappingList *self,
                              PgsSession     *session)
{
  g_return_if_fail (PGS_IS_MAPPING_LIST (self) && self->session == NULL);

  self->session = g_object_ref (session);
  set_up_rows (self);
  set_up_model (self);
  g_signal_connect_object (session, "refreshed", G_CALLBACK (refreshed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "selection-changed", G_CALLBACK (selection_changed_cb), self,
                           G_CONNECT_SWAPPED);
  refreshed_cb (self);
}

/**
 * pgs_mapping_list_filter:
 *
 * Moves the focus to where one types what to filter by.
 */
void
pgs_mapping_list_filter (PgsMappingList *self)
{
  g_return_if_fail (PGS_IS_MAPPING_LIST (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}
