/* pgs-attach-dialog.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lets one choose a running process. The list is read in a worker; of two
 * readings under way only the newer one counts.
 *
 * The list has rows of two lines instead of columns, so that it fits a narrow
 * window without scrolling sideways; what it is sorted by is chosen above it.
 */

#include "config.h"

#include "pgs-attach-dialog.h"

#include <glib/gi18n.h>

#include "pgs-process-item.h"
#include "pgs-process-row.h"

struct _PgsAttachDialog
{
  AdwWindow           parent_instance;

  GtkEditable        *search_entry;
  GtkDropDown        *order_drop_down;
  GtkStack           *stack;
  GtkSpinner         *spinner;
  GtkListView        *list_view;
  AdwStatusPage      *error_page;
  GtkButton          *attach_button;

  GListStore         *store;
  GtkFilter          *filter;
  GtkSorter          *sorter;
  GtkSingleSelection *selection;
  GCancellable       *cancellable;
  char               *needle;
  pid_t               left_out;       /* a process that is none to choose, or 0 */
  gboolean            is_guess;       /* what is looked for was not typed */
};

enum
{
  ATTACH,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PgsAttachDialog, pgs_attach_dialog, ADW_TYPE_WINDOW)

static PgsProcessItem *
get_selected (PgsAttachDialog *self)
{
  gpointer item = gtk_single_selection_get_selected_item (self->selection);

  return item != NULL && pgs_process_item_can_attach (item) ? item : NULL;
}

static void
update_attach (PgsAttachDialog *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "dialog.attach", get_selected (self) != NULL);
}

static void
update_page (PgsAttachDialog *self)
{
  guint n_found = g_list_model_get_n_items (G_LIST_MODEL (self->selection));

  gtk_stack_set_visible_child_name (self->stack, n_found > 0 ? "list" : "empty");
  update_attach (self);
}

static void
select_pid (PgsAttachDialog *self,
            pid_t            pid)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->selection));

  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr(PgsProcessItem) item = g_list_model_get_item (G_LIST_MODEL (self->selection), i);

      if (pgs_process_item_get_info (item)->pid == pid)
        {
          gtk_single_selection_set_selected (self->selection, i);
          return;
        }
    }
  gtk_single_selection_set_selected (self->selection, 0);
}

/* Reading the list */

static void
list_cb (GTask        *task,
         gpointer      source_object,
         gpointer      task_data,
         GCancellable *cancellable)
{
  GError *error = NULL;
  GPtrArray *processes = pgs_process_list_read (NULL, cancellable, &error);

  if (processes != NULL)
    g_task_return_pointer (task, processes, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
show_error (PgsAttachDialog *self,
            const GError    *error)
{
  g_autofree char *text = g_markup_escape_text (error->message, -1);

  adw_status_page_set_description (self->error_page, text);
  gtk_stack_set_visible_child_name (self->stack, "error");
  update_attach (self);
}

static void
show_processes (PgsAttachDialog *self,
                GPtrArray       *processes)
{
  PgsProcessItem *selected = get_selected (self);
  pid_t pid = selected != NULL ? pgs_process_item_get_info (selected)->pid : 0;
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_set_free_func (processes, NULL);
  for (guint i = 0; i < processes->len; i++)
    g_ptr_array_add (items, pgs_process_item_new (g_ptr_array_index (processes, i)));
  g_list_store_splice (self->store, 0, g_list_model_get_n_items (G_LIST_MODEL (self->store)),
                       items->pdata, items->len);
  if (self->is_guess && g_list_model_get_n_items (G_LIST_MODEL (self->selection)) == 0)
    gtk_editable_set_text (self->search_entry, "");
  self->is_guess = FALSE;
  select_pid (self, pid);
  update_page (self);
}

static void
listed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  PgsAttachDialog *self = PGS_ATTACH_DIALOG (source);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) processes = g_task_propagate_pointer (G_TASK (result), &error);

  /* A newer reading, or the end of the dialog, cancelled this one. */
  if (g_task_get_cancellable (G_TASK (result)) != self->cancellable ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_spinner_stop (self->spinner);
  if (processes != NULL)
    show_processes (self, processes);
  else
    show_error (self, error);
}

static void
refresh (PgsAttachDialog *self)
{
  g_autoptr(GTask) task = NULL;

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  if (g_list_model_get_n_items (G_LIST_MODEL (self->store)) == 0)
    {
      gtk_spinner_start (self->spinner);
      gtk_stack_set_visible_child_name (self->stack, "loading");
    }
  task = g_task_new (self, self->cancellable, listed_cb, NULL);
  g_task_set_source_tag (task, refresh);
  g_task_run_in_thread (task, list_cb);
}

static void
refresh_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  refresh (PGS_ATTACH_DIALOG (widget));
}

/* Choosing one */

static void
attach_to (PgsAttachDialog *self,
           PgsProcessItem  *item)
{
  pid_t pid = pgs_process_item_get_info (item)->pid;
  g_autoptr(PgsAttachDialog) kept = g_object_ref (self);

  gtk_window_close (GTK_WINDOW (self));
  g_signal_emit (kept, signals[ATTACH], 0, (int) pid);
}

static void
attach_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  PgsAttachDialog *self = PGS_ATTACH_DIALOG (widget);
  PgsProcessItem *item = get_selected (self);

  if (item != NULL)
    attach_to (self, item);
}

static void
row_activated_cb (PgsAttachDialog *self,
                  guint            position)
{
  g_autoptr(PgsProcessItem) item =
    g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (item != NULL && pgs_process_item_can_attach (item))
    attach_to (self, item);
}

static void
search_activate_cb (PgsAttachDialog *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "dialog.attach", NULL);
}

/* Searching and sorting */

static void
search_changed_cb (PgsAttachDialog *self)
{
  g_autofree char *text = g_strdup (gtk_editable_get_text (self->search_entry));

  g_free (self->needle);
  self->needle = g_utf8_casefold (g_strstrip (text), -1);
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
  if (g_list_model_get_n_items (G_LIST_MODEL (self->store)) == 0)
    return;
  gtk_single_selection_set_selected (self->selection, 0);
  update_page (self);
}

static void
stop_search_cb (PgsAttachDialog *self)
{
  if (gtk_editable_get_text (self->search_entry)[0] != '\0')
    gtk_editable_set_text (self->search_entry, "");
  else
    gtk_window_close (GTK_WINDOW (self));
}

/* Down goes from the entry into the list, to the row that is selected. */
static gboolean
search_key_cb (PgsAttachDialog *self,
               guint            keyval)
{
  if (keyval != GDK_KEY_Down && keyval != GDK_KEY_KP_Down)
    return GDK_EVENT_PROPAGATE;
  gtk_widget_grab_focus (GTK_WIDGET (self->list_view));
  return GDK_EVENT_STOP;
}

static void
order_changed_cb (PgsAttachDialog *self)
{
  /* The list of orders is filled in before the sorter is there. */
  if (self->sorter != NULL)
    gtk_sorter_changed (self->sorter, GTK_SORTER_CHANGE_DIFFERENT);
}

static gboolean
match_cb (gpointer item,
          gpointer user_data)
{
  PgsAttachDialog *self = user_data;

  if (pgs_process_item_get_info (item)->pid == self->left_out)
    return FALSE;
  return self->needle == NULL || pgs_process_item_matches (item, self->needle);
}

static int
compare_cb (gconstpointer a,
            gconstpointer b,
            gpointer      user_data)
{
  PgsAttachDialog *self = user_data;

  return pgs_process_item_compare ((gpointer) a, (gpointer) b,
                                   gtk_drop_down_get_selected (self->order_drop_down));
}

/* Rows */

static void
setup_row_cb (GtkSignalListItemFactory *factory,
              GtkListItem              *list_item)
{
  gtk_list_item_set_child (list_item, pgs_process_row_new ());
}

static void
bind_row_cb (GtkSignalListItemFactory *factory,
             GtkListItem              *list_item)
{
  PgsProcessItem *item = gtk_list_item_get_item (list_item);
  gboolean can_attach = pgs_process_item_can_attach (item);

  pgs_process_row_set_item (PGS_PROCESS_ROW (gtk_list_item_get_child (list_item)), item);
  gtk_list_item_set_activatable (list_item, can_attach);
  gtk_list_item_set_selectable (list_item, can_attach);
}

/* Puts together store, filter, sorter, selection and list. The filter and the
 * sorter look at the dialog, which dispose() takes into account. */
static void
set_up_list (PgsAttachDialog *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GListModel *model;

  g_signal_connect (factory, "setup", G_CALLBACK (setup_row_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_row_cb), NULL);
  gtk_list_view_set_factory (self->list_view, factory);
  g_object_unref (factory);

  self->store = g_list_store_new (PGS_TYPE_PROCESS_ITEM);
  self->filter = GTK_FILTER (gtk_custom_filter_new (match_cb, self, NULL));
  self->sorter = GTK_SORTER (gtk_custom_sorter_new (compare_cb, self, NULL));
  model = G_LIST_MODEL (gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->store)),
                                                   g_object_ref (self->filter)));
  model = G_LIST_MODEL (gtk_sort_list_model_new (model, g_object_ref (self->sorter)));
  self->selection = gtk_single_selection_new (model);
  g_signal_connect_object (self->selection, "notify::selected-item",
                           G_CALLBACK (update_attach), self, G_CONNECT_SWAPPED);
  gtk_list_view_set_model (self->list_view, GTK_SELECTION_MODEL (self->selection));
}

static void
pgs_attach_dialog_dispose (GObject *object)
{
  PgsAttachDialog *self = PGS_ATTACH_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->list_view != NULL)
    gtk_list_view_set_model (self->list_view, NULL);
  if (self->filter != NULL)
    gtk_custom_filter_set_filter_func (GTK_CUSTOM_FILTER (self->filter), NULL, NULL, NULL);
  if (self->sorter != NULL)
    gtk_custom_sorter_set_sort_func (GTK_CUSTOM_SORTER (self->sorter), NULL, NULL, NULL);
  g_clear_object (&self->selection);
  g_clear_object (&self->sorter);
  g_clear_object (&self->filter);
  g_clear_object (&self->store);
  gtk_widget_dispose_template (GTK_WIDGET (self), PGS_TYPE_ATTACH_DIALOG);

  G_OBJECT_CLASS (pgs_attach_dialog_parent_class)->dispose (object);
}

static void
pgs_attach_dialog_finalize (GObject *object)
{
  g_free (PGS_ATTACH_DIALOG (object)->needle);

  G_OBJECT_CLASS (pgs_attach_dialog_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
    "/dev/pagescape/Pagescape/ui/pgs-attach-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PgsAttachDialog, search_entry);
  gtk_widget_class_bind_template_child (widget_class, PgsAttachDialog, order_drop_down);
  gtk_widget_class_bind_template_child (widget_class, PgsAttachDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, PgsAttachDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, PgsAttachDialog, list_view);
  gtk_widget_class_bind_template_child (widget_class, PgsAttachDialog, error_page);
  gtk_widget_class_bind_template_child (widget_class, PgsAttachDialog, attach_button);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_key_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, order_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
}

static void
pgs_attach_dialog_class_init (PgsAttachDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = pgs_attach_dialog_dispose;
  object_class->finalize = pgs_attach_dialog_finalize;

  /**
   * PgsAttachDialog::attach:
   * @pid: a process ID
   *
   * A process was chosen; the dialog is closed.
   */
  signals[ATTACH] = g_signal_new ("attach", PGS_TYPE_ATTACH_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);

  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "dialog.attach", NULL, attach_action);
  gtk_widget_class_install_action (widget_class, "dialog.refresh", NULL, refresh_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F5, 0, "dialog.refresh", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_r, GDK_CONTROL_MASK,
                                       "dialog.refresh", NULL);
}

static void
pgs_attach_dialog_init (PgsAttachDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  set_up_list (self);
  gtk_search_entry_set_key_capture_widget (GTK_SEARCH_ENTRY (self->search_entry),
                                           GTK_WIDGET (self->list_view));
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
  refresh (self);
}

/**
 * pgs_attach_dialog_new:
 * @parent: the window it belongs to
 *
 * Makes the dialog, which reads the list of processes at once. Show it with
 * gtk_window_present().
 *
 * Returns: (transfer none): the dialog
 */
GtkWindow *
pgs_attach_dialog_new (GtkWindow *parent)
{
  return g_object_new (PGS_TYPE_ATTACH_DIALOG, "transient-for", parent, NULL);
}

/**
 * pgs_attach_dialog_new_to_compare:
 * @parent: the window it belongs to
 * @pid: the process to compare
 * @name: (nullable): its name: relatives mostly have the same
 *
 * Makes the dialog for choosing another process to compare with, which looks for @name
 * first.
 *
 * Returns: (transfer none): the dialog
 */
GtkWindow *
pgs_attach_dialog_new_to_compare (GtkWindow  *parent,
                                  pid_t       pid,
                                  const char *name)
{
  PgsAttachDialog *self = g_object_new (PGS_TYPE_ATTACH_DIALOG, "transient-for", parent, NULL);

  gtk_window_set_title (GTK_WINDOW (self), _("Compare With Process"));
  gtk_button_set_label (self->attach_button, _("Compare"));
  self->left_out = pid;
  self->is_guess = name != NULL;
  if (name != NULL)
    gtk_editable_set_text (self->search_entry, name);
  return GTK_WINDOW (self);
}
