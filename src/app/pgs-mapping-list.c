/* pgs-mapping-list.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list of mappings: the bar's equal for those who do not point, and what
 * assistive technology reads.
 *
 * Columns are rows of one table. The cells that are on screen are known, and a
 * refresh writes only those anew.
 */

#include "config.h"

#include "pgs-mapping-list.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "core/pgs-units.h"
#include "pgs-mapping-item.h"
#include "pgs-mapping-model.h"
#include "pgs-mix-bar.h"

#define MIX_WIDTH  130
#define MIX_HEIGHT 15

struct _PgsMappingList
{
  AdwBin              parent_instance;

  PgsSession         *session;
  PgsMappingModel    *model;
  GtkColumnView      *view;
  GtkSortListModel   *sorted;
  GtkSingleSelection *selection;
  GHashTable         *cells;          /* GtkListItem -> Column */
  gboolean            is_following;   /* the session, so its signals say nothing new */
};

G_DEFINE_FINAL_TYPE (PgsMappingList, pgs_mapping_list, ADW_TYPE_BIN)

typedef enum
{
  COLUMN_START,
  COLUMN_SIZE,
  COLUMN_PAGES,
  COLUMN_PRESENT,
  COLUMN_SWAPPED,
  COLUMN_ACCESS,
  COLUMN_NAME,
  N_COLUMNS,
} Column;

static const struct
{
  const char *title;
  float       xalign;
  const char *css_class;
  gboolean    expands;
  gboolean    varies;     /* from one refresh to the next */
} columns[N_COLUMNS] = {
  [COLUMN_START] = { N_("Start"), 0, "monospace", FALSE, FALSE },
  [COLUMN_SIZE] = { N_("Size"), 1, "numeric", FALSE, FALSE },
  [COLUMN_PAGES] = { N_("Pages"), 0, NULL, FALSE, TRUE },
  [COLUMN_PRESENT] = { N_("Present"), 1, "numeric", FALSE, TRUE },
  [COLUMN_SWAPPED] = { N_("Swapped"), 1, "numeric", FALSE, TRUE },
  [COLUMN_ACCESS] = { N_("Access"), 0, "monospace", FALSE, FALSE },
  [COLUMN_NAME] = { N_("Mapping"), 0, NULL, TRUE, FALSE },
};

/* Cells */

static char *
format_pages (PgsMappingList *self,
              uint64_t        pages)
{
  PgsSnapshot *snapshot = pgs_session_get_snapshot (self->session);
  uint64_t page_size = snapshot != NULL ? pgs_snapshot_get_page_size (snapshot) : 0;

  return pgs_units_format_bytes (pages * page_size);
}

static char *
dup_text (PgsMappingList *self,
          Column          column,
          PgsMappingItem *item)
{
  const PgsMapping *mapping = pgs_mapping_item_get_mapping (item);
  const PgsTotals *totals = pgs_mapping_item_get_totals (item);
  char access[5];

  switch (column)
    {
    case COLUMN_START:
      return g_strdup_printf ("%012" PRIx64, mapping->start);
    case COLUMN_SIZE:
      return pgs_units_format_bytes (pgs_mapping_get_size (mapping));
    case COLUMN_PRESENT:
      return totals->unread > 0 ? g_strdup ("…") : format_pages (self, totals->present);
    case COLUMN_SWAPPED:
      return totals->unread > 0 ? g_strdup ("…") : format_pages (self, totals->swapped);
    case COLUMN_ACCESS:
      pgs_mapping_format_access (mapping, access);
      return g_strdup (access);
    case COLUMN_NAME:
      return g_strdup (pgs_mapping_item_get_label (item));
    case COLUMN_PAGES:
    case N_COLUMNS:
    default:
      return g_strdup ("");
    }
}

static void
fill_cell (PgsMappingList *self,
           GtkListItem    *list_item,
           Column          column)
{
  PgsMappingItem *item = gtk_list_item_get_item (list_item);
  GtkWidget *child = gtk_list_item_get_child (list_item);
  g_autofree char *text = NULL;

  if (column == COLUMN_PAGES)
    {
      const PgsMapping *mapping = pgs_mapping_item_get_mapping (item);

      pgs_mix_bar_set_range (PGS_MIX_BAR (child), pgs_session_get_summary (self->session),
                             mapping->start, mapping->end);
      return;
    }
  text = dup_text (self, column, item);
  if (g_strcmp0 (gtk_label_get_label (GTK_LABEL (child)), text) != 0)
    gtk_label_set_label (GTK_LABEL (child), text);
  if (column == COLUMN_NAME)
    gtk_widget_set_tooltip_text (child, text);
}

static Column
get_column (GtkListItemFactory *factory)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (factory), "column"));
}

static void
setup_cb (GtkListItemFactory *factory,
          GtkListItem        *list_item,
          PgsMappingList     *self)
{
  Column column = get_column (factory);
  GtkWidget *child;

  if (column == COLUMN_PAGES)
    {
      child = pgs_mix_bar_new ();
      gtk_widget_set_size_request (child, MIX_WIDTH, MIX_HEIGHT);
      gtk_widget_set_valign (child, GTK_ALIGN_CENTER);
    }
  else
    {
      child = gtk_label_new (NULL);
      gtk_label_set_xalign (GTK_LABEL (child), columns[column].xalign);
      gtk_label_set_single_line_mode (GTK_LABEL (child), TRUE);
      if (columns[column].css_class != NULL)
        gtk_widget_add_css_class (child, columns[column].css_class);
      if (column == COLUMN_NAME)
        gtk_label_set_ellipsize (GTK_LABEL (child), PANGO_ELLIPSIZE_MIDDLE);
    }
  gtk_list_item_set_child (list_item, child);
}

static void
bind_cb (GtkListItemFactory *factory,
         GtkListItem        *list_item,
         PgsMappingList     *self)
{
  g_hash_table_insert (self->cells, list_item, GUINT_TO_POINTER (get_column (factory)));
  fill_cell (self, list_item, get_column (factory));
}

static void
unbind_cb (GtkListItemFactory *factory,
           GtkListItem        *list_item,
           PgsMappingList     *self)
{
  g_hash_table_remove (self->cells, list_item);
}

static void
fill_varying_cells (PgsMappingList *self)
{
  GHashTableIter iter;
  gpointer list_item, column;

  g_hash_table_iter_init (&iter, self->cells);
  while (g_hash_table_iter_next (&iter, &list_item, &column))
    if (columns[GPOINTER_TO_UINT (column)].varies)
      fill_cell (self, list_item, GPOINTER_TO_UINT (column));
}

/* Sorting */

static int
compare_numbers (uint64_t a,
                 uint64_t b)
{
  return a < b ? -1 : a > b;
}

static int
compare_cb (gconstpointer a,
            gconstpointer b,
            gpointer      user_data)
{
  PgsMappingItem *left = (PgsMappingItem *) a;
  PgsMappingItem *right = (PgsMappingItem *) b;
  const PgsMapping *left_mapping = pgs_mapping_item_get_mapping (left);
  const PgsMapping *right_mapping = pgs_mapping_item_get_mapping (right);
  const PgsTotals *left_totals = pgs_mapping_item_get_totals (left);
  const PgsTotals *right_totals = pgs_mapping_item_get_totals (right);

  switch ((Column) GPOINTER_TO_UINT (user_data))
    {
    case COLUMN_SIZE:
      return compare_numbers (pgs_mapping_get_size (left_mapping),
                              pgs_mapping_get_size (right_mapping));
    case COLUMN_PAGES:
    case COLUMN_PRESENT:
      return compare_numbers (left_totals->present, right_totals->present);
    case COLUMN_SWAPPED:
      return compare_numbers (left_totals->swapped, right_totals->swapped);
    case COLUMN_ACCESS:
      return compare_numbers (left_mapping->flags, right_mapping->flags);
    case COLUMN_NAME:
      return g_strcmp0 (left_mapping->name, right_mapping->name);
    case COLUMN_START:
    case N_COLUMNS:
    default:
      return compare_numbers (left_mapping->start, right_mapping->start);
    }
}

static void
add_column (PgsMappingList *self,
            Column          column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkColumnViewColumn *view_column;
  GtkSorter *sorter;

  g_object_set_data (G_OBJECT (factory), "column", GUINT_TO_POINTER (column));
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, 0);
  view_column = gtk_column_view_column_new (_(columns[column].title), factory);
  sorter = GTK_SORTER (gtk_custom_sorter_new (compare_cb, GUINT_TO_POINTER (column), NULL));
  gtk_column_view_column_set_sorter (view_column, sorter);
  gtk_column_view_column_set_expand (view_column, columns[column].expands);
  gtk_column_view_column_set_resizable (view_column, column == COLUMN_NAME);
  gtk_column_view_append_column (self->view, view_column);
  g_object_unref (sorter);
  g_object_unref (view_column);
}

/* Amounts change with every refresh: sort again if they are what is sorted by.
 * By address, which is the default, nothing moves. */
static void
sort_again (PgsMappingList *self)
{
  GListModel *view_columns = gtk_column_view_get_columns (self->view);

  for (guint i = 0; i < N_COLUMNS; i++)
    {
      g_autoptr(GtkColumnViewColumn) column = NULL;

      if (!columns[i].varies)
        continue;
      column = g_list_model_get_item (view_columns, i);
      gtk_sorter_changed (gtk_column_view_column_get_sorter (column),
                          GTK_SORTER_CHANGE_DIFFERENT);
    }
}

/* Selecting, in both directions */

static void
scroll_to (PgsMappingList *self,
           guint           position)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->view)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_activate_action (child, "list.scroll-to-item", "u", position))
      return;
}

static guint
find_position (PgsMappingList *self,
               uint64_t        address)
{
  GListModel *model = G_LIST_MODEL (self->selection);
  guint n_items = g_list_model_get_n_items (model);

  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr(PgsMappingItem) item = g_list_model_get_item (model, i);
      const PgsMapping *mapping = pgs_mapping_item_get_mapping (item);

      if (mapping->start <= address && address < mapping->end)
        return i;
    }
  return GTK_INVALID_LIST_POSITION;
}

static void
selection_changed_cb (PgsMappingList *self)
{
  guint position = GTK_INVALID_LIST_POSITION;

  if (pgs_session_has_selection (self->session))
    position = find_position (self, pgs_session_get_selection (self->session)->address);
  if (position == gtk_single_selection_get_selected (self->selection))
    return;
  self->is_following = TRUE;
  gtk_single_selection_set_selected (self->selection, position);
  if (position != GTK_INVALID_LIST_POSITION)
    scroll_to (self, position);
  self->is_following = FALSE;
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
activate_cb (GtkColumnView  *view,
             guint           position,
             PgsMappingList *self)
{
  g_autoptr(PgsMappingItem) item = g_list_model_get_item (G_LIST_MODEL (self->selection),
                                                          position);
  const PgsMapping *mapping;

  if (item == NULL)
    return;
  mapping = pgs_mapping_item_get_mapping (item);
  pgs_session_visit (self->session, mapping->start, mapping->end);
}

static void
refreshed_cb (PgsMappingList *self)
{
  self->is_following = TRUE;
  pgs_mapping_model_update (self->model, pgs_session_get_snapshot (self->session));
  sort_again (self);
  fill_varying_cells (self);
  self->is_following = FALSE;
}

/* The widget */

static void
pgs_mapping_list_dispose (GObject *object)
{
  PgsMappingList *self = PGS_MAPPING_LIST (object);

  adw_bin_set_child (ADW_BIN (self), NULL);
  g_clear_object (&self->sorted);
  g_clear_object (&self->selection);
  g_clear_object (&self->model);
  g_clear_object (&self->session);
  g_clear_pointer (&self->cells, g_hash_table_unref);

  G_OBJECT_CLASS (pgs_mapping_list_parent_class)->dispose (object);
}

static void
pgs_mapping_list_class_init (PgsMappingListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pgs_mapping_list_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/pagescape/Pagescape/ui/pgs-mapping-list.ui");
  gtk_widget_class_bind_template_child (widget_class, PgsMappingList, view);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
}

static void
pgs_mapping_list_init (PgsMappingList *self)
{
  self->cells = g_hash_table_new (NULL, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));

  self->model = pgs_mapping_model_new ();
  for (guint i = 0; i < N_COLUMNS; i++)
    add_column (self, i);
  self->sorted = gtk_sort_list_model_new (G_LIST_MODEL (g_object_ref (self->model)),
                                          g_object_ref (gtk_column_view_get_sorter (self->view)));
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->sorted)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  g_signal_connect_object (self->selection, "notify::selected", G_CALLBACK (selected_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
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
  g_signal_connect_object (session, "refreshed", G_CALLBACK (refreshed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "selection-changed", G_CALLBACK (selection_changed_cb), self,
                           G_CONNECT_SWAPPED);
  if (pgs_session_get_snapshot (session) != NULL)
    {
      refreshed_cb (self);
      selection_changed_cb (self);
    }
}
