/* pgs-mapping-model.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The mappings as a list model that follows the process, sorted and filtered.
 *
 * Whatever is asked of it, a worker makes the new order and finds how it differs
 * from the one that is shown; the main thread then only swaps the two and announces
 * the difference. One such job is under way at a time, and what is asked for
 * meanwhile is done by the next one. A process may have 65,531 mappings: items are
 * made on demand, for those on screen.
 *
 * Several announcements lead from one order to the next, and between them the list
 * is a mixture: the new one up to some position, and then the rest of the old one.
 *
 * Tried and left: GtkSortListModel and GtkFilterListModel over an item for every
 * mapping. They work on the main thread, and in slices they show half-sorted lists
 * at every refresh.
 */

#include "config.h"

#include "pgs-mapping-model.h"

#include "pgs-mapping-delta.h"
#include "pgs-mapping-item.h"

struct _PgsMappingModel
{
  GObject             parent_instance;

  PgsMappingOrder    *order;
  GHashTable         *items;         /* index -> item of the order, not held */

  /* While the difference is announced. */
  PgsMappingOrder    *before;        /* %NULL at any other time */
  GHashTable         *before_items;  /* of mappings that are no more */
  const guint        *successors;
  guint               n_new;         /* rows that are of the new order */
  guint               old_rest;      /* the first row that is of the old one */

  /* What is asked for. */
  PgsSnapshot        *snapshot;
  PgsMappingColumnId  column;
  gboolean            is_descending;
  char               *filter;
  gboolean            is_stale;      /* there is no job yet that does it */
  gboolean            is_busy;
  guint               generation;
};

enum
{
  CHANGING,
  REPLACING,
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void pgs_mapping_model_iface_init (GListModelInterface *iface);
static void start_job                    (PgsMappingModel     *self);

G_DEFINE_FINAL_TYPE_WITH_CODE (PgsMappingModel, pgs_mapping_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      pgs_mapping_model_iface_init))

/* The list */

static GType
pgs_mapping_model_get_item_type (GListModel *model)
{
  return PGS_TYPE_MAPPING_ITEM;
}

static guint
pgs_mapping_model_get_n_items (GListModel *model)
{
  PgsMappingModel *self = PGS_MAPPING_MODEL (model);

  if (self->before == NULL)
    return pgs_mapping_order_get_n (self->order);
  return self->n_new + pgs_mapping_order_get_n (self->before) - self->old_rest;
}

static gpointer
find_or_make_item (GHashTable      *items,
                   PgsMappingOrder *order,
                   guint            index)
{
  gpointer item = g_hash_table_lookup (items, GUINT_TO_POINTER (index));

  if (item != NULL)
    return g_object_ref (item);
  return pgs_mapping_item_new (items, pgs_mapping_order_get_snapshot (order), index);
}

static gpointer
get_old_item (PgsMappingModel *self,
              guint            old_position)
{
  guint index = pgs_mapping_order_get_index (self->before, old_position);

  if (self->successors[index] != PGS_MAPPING_ORDER_NONE)
    return find_or_make_item (self->items, self->order, self->successors[index]);
  return find_or_make_item (self->before_items, self->before, index);
}

static gpointer
pgs_mapping_model_get_item (GListModel *model,
                            guint       position)
{
  PgsMappingModel *self = PGS_MAPPING_MODEL (model);

  if (position >= pgs_mapping_model_get_n_items (model))
    return NULL;
  if (self->before != NULL && position >= self->n_new)
    return get_old_item (self, self->old_rest + position - self->n_new);
  return find_or_make_item (self->items, self->order,
                            pgs_mapping_order_get_index (self->order, position));
}

static void
pgs_mapping_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = pgs_mapping_model_get_item_type;
  iface->get_n_items = pgs_mapping_model_get_n_items;
  iface->get_item = pgs_mapping_model_get_item;
}

/* Going from one order to the next */

/* Leaves in the table that was so far the items of mappings that are no more. */
static void
move_items (PgsMappingModel *self)
{
  g_autoptr(GList) items = g_hash_table_get_values (self->before_items);

  for (GList *l = items; l != NULL; l = l->next)
    {
      guint successor = self->successors[pgs_mapping_item_get_index (l->data)];

      if (successor != PGS_MAPPING_ORDER_NONE)
        pgs_mapping_item_move (l->data, self->items,
                               pgs_mapping_order_get_snapshot (self->order), successor);
    }
}

static void
announce (PgsMappingModel       *self,
          const PgsMappingDelta *delta)
{
  for (guint i = 0; i < delta->hunks->len; i++)
    {
      const PgsMappingHunk *hunk = &g_array_index (delta->hunks, PgsMappingHunk, i);

      if (delta->replaces_all && hunk->n_removed > 0)
        g_signal_emit (self, signals[REPLACING], 0, self->n_new);
      self->n_new = hunk->position + hunk->n_added;
      self->old_rest = hunk->old_position + hunk->n_removed;
      g_list_model_items_changed (G_LIST_MODEL (self), hunk->position, hunk->n_removed,
                                  hunk->n_added);
    }
}

static void
take_order (PgsMappingModel       *self,
            PgsMappingOrder       *order,
            const PgsMappingDelta *delta)
{
  g_assert (self->before == NULL);
  g_signal_emit (self, signals[CHANGING], 0, delta->replaces_all);
  self->before = g_steal_pointer (&self->order);
  self->before_items = g_steal_pointer (&self->items);
  self->successors = delta->successors;
  self->order = pgs_mapping_order_ref (order);
  self->items = g_hash_table_new (NULL, NULL);
  self->n_new = self->old_rest = 0;
  move_items (self);
  announce (self, delta);
  self->successors = NULL;
  g_clear_pointer (&self->before_items, g_hash_table_unref);
  g_clear_pointer (&self->before, pgs_mapping_order_unref);
  g_signal_emit (self, signals[CHANGED], 0, delta->replaces_all);
}

/* Jobs */

typedef struct
{
  PgsMappingOrder    *before;
  PgsSnapshot        *snapshot;
  PgsMappingColumnId  column;
  gboolean            is_descending;
  char               *filter;
  guint               generation;
  PgsMappingOrder    *order;
  PgsMappingDelta    *delta;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_clear_pointer (&job->before, pgs_mapping_order_unref);
  g_clear_pointer (&job->snapshot, pgs_snapshot_unref);
  g_clear_pointer (&job->order, pgs_mapping_order_unref);
  g_clear_pointer (&job->delta, pgs_mapping_delta_free);
  g_free (job->filter);
  g_free (job);
}

static void
job_run (Job *job)
{
  job->order = pgs_mapping_order_new (job->snapshot, job->column, job->is_descending,
                                      job->filter);
  job->delta = pgs_mapping_delta_new (job->before, job->order);
}

static void
run_cb (GTask        *task,
        gpointer      source_object,
        gpointer      task_data,
        GCancellable *cancellable)
{
  job_run (task_data);
  g_task_return_boolean (task, TRUE);
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(PgsMappingModel) self = user_data;
  Job *job = g_task_get_task_data (G_TASK (result));

  /* The list was emptied meanwhile. */
  if (job->generation != self->generation)
    return;
  self->is_busy = FALSE;
  take_order (self, job->order, job->delta);
  if (self->is_stale)
    start_job (self);
}

static Job *
make_job (PgsMappingModel *self)
{
  Job *job = g_new0 (Job, 1);

  job->before = pgs_mapping_order_ref (self->order);
  job->snapshot = self->snapshot != NULL ? pgs_snapshot_ref (self->snapshot) : NULL;
  job->column = self->column;
  job->is_descending = self->is_descending;
  job->filter = g_strdup (self->filter);
  job->generation = self->generation;
  return job;
}

static void
start_job (PgsMappingModel *self)
{
  g_autoptr(GTask) task = NULL;

  self->is_stale = self->is_busy;
  if (self->is_busy)
    return;
  self->is_busy = TRUE;
  /* The worker may be the last to let go of the task: it does not hold the model. */
  task = g_task_new (NULL, NULL, done_cb, g_object_ref (self));
  g_task_set_source_tag (task, start_job);
  /* After the frame that is due, so that the first picture does not wait for rows. */
  g_task_set_priority (task, G_PRIORITY_DEFAULT_IDLE);
  g_task_set_task_data (task, make_job (self), job_free);
  g_task_run_in_thread (task, run_cb);
}

/* Empties the list at once, whatever is under way. */
static void
empty (PgsMappingModel *self)
{
  Job *job;

  self->generation++;
  self->is_busy = FALSE;
  self->is_stale = FALSE;
  job = make_job (self);
  job_run (job);
  take_order (self, job->order, job->delta);
  job_free (job);
}

/* The object */

static void
pgs_mapping_model_finalize (GObject *object)
{
  PgsMappingModel *self = PGS_MAPPING_MODEL (object);

  g_clear_pointer (&self->snapshot, pgs_snapshot_unref);
  pgs_mapping_order_unref (self->order);
  g_hash_table_unref (self->items);
  g_free (self->filter);

  G_OBJECT_CLASS (pgs_mapping_model_parent_class)->finalize (object);
}

static void
pgs_mapping_model_class_init (PgsMappingModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pgs_mapping_model_finalize;

  /* "changing" before and "changed" after the list was brought up to date, if only
   * numbers changed too; with them whether all rows are replaced. If so "replacing"
   * with how many new rows stand before the old ones, which are then taken away. */
  signals[CHANGING] = g_signal_new ("changing", PGS_TYPE_MAPPING_MODEL, G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[REPLACING] = g_signal_new ("replacing", PGS_TYPE_MAPPING_MODEL, G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[CHANGED] = g_signal_new ("changed", PGS_TYPE_MAPPING_MODEL, G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
}

static void
pgs_mapping_model_init (PgsMappingModel *self)
{
  self->order = pgs_mapping_order_new (NULL, PGS_MAPPING_COLUMN_START, FALSE, NULL);
  self->items = g_hash_table_new (NULL, NULL);
}

/**
 * pgs_mapping_model_new:
 *
 * Returns: (transfer full): an empty model, sorted by address
 */
PgsMappingModel *
pgs_mapping_model_new (void)
{
  return g_object_new (PGS_TYPE_MAPPING_MODEL, NULL);
}

/**
 * pgs_mapping_model_set_snapshot:
 * @snapshot: (nullable): whose mappings to list; %NULL for none, which empties the
 *   list at once
 */
void
pgs_mapping_model_set_snapshot (PgsMappingModel *self,
                                PgsSnapshot     *snapshot)
{
  g_return_if_fail (PGS_IS_MAPPING_MODEL (self));

  if (self->snapshot == snapshot)
    return;
  g_clear_pointer (&self->snapshot, pgs_snapshot_unref);
  self->snapshot = snapshot != NULL ? pgs_snapshot_ref (snapshot) : NULL;
  if (snapshot != NULL)
    start_job (self);
  else
    empty (self);
}

/**
 * pgs_mapping_model_set_sort:
 * @column: what to sort by; mappings with equal keys are in order of address
 * @is_descending: whether the largest comes first
 */
void
pgs_mapping_model_set_sort (PgsMappingModel    *self,
                            PgsMappingColumnId  column,
                            gboolean            is_descending)
{
  g_return_if_fail (PGS_IS_MAPPING_MODEL (self));

  if (self->column == column && self->is_descending == is_descending)
    return;
  self->column = column;
  self->is_descending = is_descending;
  start_job (self);
}

/**
 * pgs_mapping_model_set_filter:
 * @filter: what a person typed to find mappings; "" for all of them
 */
void
pgs_mapping_model_set_filter (PgsMappingModel *self,
                              const char      *filter)
{
  g_return_if_fail (PGS_IS_MAPPING_MODEL (self) && filter != NULL);

  if (g_strcmp0 (self->filter, filter) == 0)
    return;
  g_free (self->filter);
  self->filter = g_strdup (filter);
  start_job (self);
}

/**
 * pgs_mapping_model_is_up_to_date:
 *
 * Returns: whether the list is as it was asked for
 */
gboolean
pgs_mapping_model_is_up_to_date (PgsMappingModel *self)
{
  g_return_val_if_fail (PGS_IS_MAPPING_MODEL (self), FALSE);

  return !self->is_busy && !self->is_stale;
}

/**
 * pgs_mapping_model_get_n_mappings:
 *
 * Returns: how many mappings there are, listed or not
 */
guint
pgs_mapping_model_get_n_mappings (PgsMappingModel *self)
{
  g_return_val_if_fail (PGS_IS_MAPPING_MODEL (self), 0);

  return pgs_mapping_order_get_n_all (self->order);
}

/**
 * pgs_mapping_model_find:
 * @address: any address
 *
 * Returns: where in the list the mapping is that holds it, or
 *   %PGS_MAPPING_ORDER_NONE, which is %GTK_INVALID_LIST_POSITION too
 */
guint
pgs_mapping_model_find (PgsMappingModel *self,
                        uint64_t         address)
{
  g_return_val_if_fail (PGS_IS_MAPPING_MODEL (self), PGS_MAPPING_ORDER_NONE);

  return pgs_mapping_order_find (self->order, address);
}
