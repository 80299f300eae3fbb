/* pgs-order-group.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the pages selected, or those of the mapping, lie in RAM. A mapping may have millions
 * of pages, so that is found out in a worker; what was found before stays until then.
 */

#include "config.h"

#include "pgs-order-group.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "core/pgs-frame-order.h"
#include "core/pgs-frame-zones.h"
#include "core/pgs-process.h"
#include "core/pgs-units.h"
#include "pgs-fact-row.h"
#include "pgs-run-chart.h"

struct _PgsOrderGroup
{
  AdwBin         parent_instance;

  GtkLabel      *note_label;
  GtkWidget     *list;
  PgsFactRow    *runs_row;
  PgsFactRow    *longest_row;
  PgsFactRow    *huge_row;
  PgsFactRow    *fragmentation_row;
  PgsFactRow    *nodes_row;
  PgsRunChart   *chart;

  GCancellable  *cancellable;  /* of the search under way, or the last */
  PgsSnapshot   *snapshot;     /* what is shown, or searched */
  GArray        *ranges;
};

G_DEFINE_FINAL_TYPE (PgsOrderGroup, pgs_order_group, ADW_TYPE_BIN)

/* What a worker is given, and what it brings back. */
typedef struct
{
  PgsSnapshot   *snapshot;
  GArray        *ranges;
  gboolean       is_mapping;
  PgsFrameOrder  order;
} Query;

static void
query_free (gpointer data)
{
  Query *query = data;

  pgs_snapshot_unref (query->snapshot);
  g_array_unref (query->ranges);
  g_free (query);
}

/* Showing */

static void
set_text (PgsFactRow *row,
          char       *text)
{
  pgs_fact_row_set_value (row, text);
  g_free (text);
}

static char *
format_pages (const Query *query,
              uint64_t     n_pages)
{
  return pgs_units_format_bytes (n_pages * pgs_snapshot_get_page_size (query->snapshot));
}

/* Returns how much lies on each NUMA node. */
static char *
dup_nodes (const Query *query)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < PGS_FRAME_ORDER_MAX_NODES; i++)
    if (query->order.n_pages_on[i] > 0)
      {
        g_autofree char *amount = format_pages (query, query->order.n_pages_on[i]);

        g_string_append_printf (text, _("%snode %u: %s"), text->len > 0 ? ", " : "", i, amount);
      }
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

static void
show_order (PgsOrderGroup *self,
            const Query   *query)
{
  const PgsFrameOrder *order = &query->order;
  g_autofree char *present = format_pages (query, order->n_pages);
  g_autofree char *longest = format_pages (query, order->longest);
  g_autofree char *huge = format_pages (query, order->n_huge);
  g_autofree char *note =
    g_strdup_printf (query->is_mapping ? _("How the %s of this mapping that are present lie in "
                                           "RAM.")
                                       : _("How the %s of the selection that are present lie in "
                                           "RAM."), present);

  gtk_label_set_label (self->note_label, note);
  set_text (self->runs_row, g_strdup_printf ("%" PRIu64, order->n_runs));
  set_text (self->longest_row,
            g_strdup_printf (ngettext ("%s, %" PRIu64 " page", "%s, %" PRIu64 " pages",
                                       (gulong) order->longest), longest, order->longest));
  /* A kernel without PAGEMAP_SCAN does not tell, so none seen is not none at all. */
  set_text (self->huge_row,
            order->n_huge == 0 ? g_strdup (_("none seen"))
            : g_strdup_printf (_("%s (%.1f %%)"), huge,
                               100.0 * (double) order->n_huge / (double) order->n_pages));
  set_text (self->fragmentation_row,
            g_strdup_printf ("%.1f %%", 100 * pgs_frame_order_get_fragmentation (order)));
  set_text (self->nodes_row, dup_nodes (query));
  pgs_run_chart_set_order (self->chart, order, pgs_snapshot_get_page_size (query->snapshot));
}

/* Searching */

static void
search_cb (GTask        *task,
           gpointer      source_object,
           gpointer      task_data,
           GCancellable *cancellable)
{
  Query *query = task_data;
  g_autoptr(GArray) zones = pgs_frame_zones_read (PGS_PROC_ROOT);

  g_task_return_boolean (task, pgs_frame_order_find (query->snapshot, query->ranges, zones,
                                                     cancellable, &query->order));
}

static void
done_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  PgsOrderGroup *self = PGS_ORDER_GROUP (object);
  const Query *query = g_task_get_task_data (G_TASK (result));

  /* Another range was selected since. */
  if (!g_task_propagate_boolean (G_TASK (result), NULL) ||
      g_task_get_cancellable (G_TASK (result)) != self->cancellable)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self), query->order.n_pages > 0);
  if (query->order.n_pages > 0)
    show_order (self, query);
}

static void
forget (PgsOrderGroup *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->snapshot, pgs_snapshot_unref);
  g_clear_pointer (&self->ranges, g_array_unref);
}

static void
start_search (PgsOrderGroup *self,
              gboolean       is_mapping)
{
  g_autoptr(GTask) task = NULL;
  Query *query = g_new0 (Query, 1);

  query->snapshot = pgs_snapshot_ref (self->snapshot);
  query->ranges = g_array_ref (self->ranges);
  query->is_mapping = is_mapping;
  self->cancellable = g_cancellable_new ();
  task = g_task_new (self, self->cancellable, done_cb, NULL);
  g_task_set_source_tag (task, start_search);
  g_task_set_task_data (task, query, query_free);
  g_task_run_in_thread (task, search_cb);
}

/* Finds what to look at: what is selected, or for a single page its mapping. */
static GArray *
find_ranges (PgsSession *session,
             gboolean   *is_mapping)
{
  const PgsSelection *selection = pgs_session_get_selection (session);
  const GArray *picked = pgs_session_get_picked (session);
  PgsSnapshot *snapshot = pgs_session_get_snapshot (session);
  PgsMaps *maps = pgs_snapshot_get_maps (snapshot);
  GArray *ranges = g_array_new (FALSE, FALSE, sizeof (PgsRange));
  PgsRange range = { selection->start, selection->end };
  guint index;

  *is_mapping = range.end - range.start == pgs_snapshot_get_page_size (snapshot) &&
                (picked == NULL || picked->len == 1);
  if (picked != NULL && !*is_mapping)
    {
      g_array_append_vals (ranges, picked->data, picked->len);
      return ranges;
    }
  if (*is_mapping && pgs_maps_find (maps, range.start, &index))
    range = (PgsRange) { pgs_maps_get_mapping (maps, index)->start,
                         pgs_maps_get_mapping (maps, index)->end };
  g_array_append_val (ranges, range);
  return ranges;
}

static gboolean
is_same (const GArray *a,
         const GArray *b)
{
  return a != NULL && a->len == b->len &&
         memcmp (a->data, b->data, a->len * sizeof (PgsRange)) == 0;
}

/* The object */

static void
pgs_order_group_dispose (GObject *object)
{
  PgsOrderGroup *self = PGS_ORDER_GROUP (object);

  forget (self);
  adw_bin_set_child (ADW_BIN (self), NULL);

  G_OBJECT_CLASS (pgs_order_group_parent_class)->dispose (object);
}

static void
pgs_order_group_class_init (PgsOrderGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pgs_order_group_dispose;
  g_type_ensure (PGS_TYPE_FACT_ROW);
  g_type_ensure (PGS_TYPE_RUN_CHART);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/pagescape/Pagescape/ui/pgs-order-group.ui");
  gtk_widget_class_bind_template_child (widget_class, PgsOrderGroup, note_label);
  gtk_widget_class_bind_template_child (widget_class, PgsOrderGroup, list);
  gtk_widget_class_bind_template_child (widget_class, PgsOrderGroup, runs_row);
  gtk_widget_class_bind_template_child (widget_class, PgsOrderGroup, longest_row);
  gtk_widget_class_bind_template_child (widget_class, PgsOrderGroup, huge_row);
  gtk_widget_class_bind_template_child (widget_class, PgsOrderGroup, fragmentation_row);
  gtk_widget_class_bind_template_child (widget_class, PgsOrderGroup, nodes_row);
  gtk_widget_class_bind_template_child (widget_class, PgsOrderGroup, chart);
}

static void
pgs_order_group_init (PgsOrderGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/**
 * pgs_order_group_new:
 *
 * Returns: (transfer floating): a group that shows nothing yet
 */
GtkWidget *
pgs_order_group_new (void)
{
  return g_object_new (PGS_TYPE_ORDER_GROUP, NULL);
}

/**
 * pgs_order_group_update:
 * @session: what is selected, and of which process
 *
 * Shows how the pages lie, once that has been found out. Shows nothing where nothing is
 * selected, or no frame is known.
 */
void
pgs_order_group_update (PgsOrderGroup *self,
                        PgsSession    *session)
{
  PgsSnapshot *snapshot;
  g_autoptr(GArray) ranges = NULL;
  gboolean is_mapping;

  g_return_if_fail (PGS_IS_ORDER_GROUP (self) && PGS_IS_SESSION (session));

  snapshot = pgs_session_get_snapshot (session);
  if (snapshot == NULL || !pgs_session_has_selection (session))
    {
      forget (self);
      gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
      return;
    }
  ranges = find_ranges (session, &is_mapping);
  if (self->snapshot == snapshot && is_same (self->ranges, ranges))
    return;
  forget (self);
  self->snapshot = pgs_snapshot_ref (snapshot);
  self->ranges = g_steal_pointer (&ranges);
  start_search (self, is_mapping);
}
