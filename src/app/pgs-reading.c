/* pgs-reading.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One reading of a process, done in a worker: opens it the first time, builds
 * the snapshot, and prepares all that the window needs to draw it, so that the
 * main thread only swaps pointers.
 */

#include "config.h"

#include "pgs-reading.h"

#include "core/pgs-proc-source.h"
#include "core/pgs-snapshot-builder.h"

/**
 * pgs_reading_free:
 *
 * Frees the reading and drops what it refers to.
 */
void
pgs_reading_free (PgsReading *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->process, pgs_process_unref);
  g_clear_object (&self->source);
  g_clear_pointer (&self->previous, pgs_snapshot_unref);
  g_clear_pointer (&self->previous_axis, pgs_axis_unref);
  g_clear_pointer (&self->snapshot, pgs_snapshot_unref);
  g_clear_pointer (&self->summary, pgs_summary_unref);
  g_clear_pointer (&self->axis, pgs_axis_unref);
  g_clear_pointer (&self->changes, g_array_unref);
  g_free (self);
}

static gboolean
open_process (PgsReading  *self,
              GError     **error)
{
  if (self->process == NULL)
    self->process = pgs_process_open (NULL, self->pid, error);
  if (self->process == NULL)
    return FALSE;
  if (self->source == NULL)
    self->source = pgs_proc_source_new (self->process, NULL, PGS_PROC_SCAN_AUTO);
  return TRUE;
}

static gboolean
keeps_axis (PgsReading *self)
{
  return self->previous != NULL && self->previous_axis != NULL &&
         pgs_axis_get_scale (self->previous_axis) == self->scale &&
         pgs_maps_equal (pgs_snapshot_get_maps (self->previous),
                         pgs_snapshot_get_maps (self->snapshot));
}

static void
run_cb (GTask        *task,
        gpointer      source_object,
        gpointer      task_data,
        GCancellable *cancellable)
{
  PgsReading *self = task_data;
  GError *error = NULL;

  if (self->snapshot == NULL && open_process (self, &error))
    self->snapshot = pgs_snapshot_build (self->source, cancellable, &error);
  if (self->snapshot == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  self->summary = pgs_summary_new (self->snapshot, self->mode);
  self->axis = keeps_axis (self)
    ? pgs_axis_ref (self->previous_axis)
    : pgs_axis_new (pgs_snapshot_get_maps (self->snapshot),
                    pgs_snapshot_get_page_size (self->snapshot), self->scale);
  if (self->previous != NULL && self->previous != self->snapshot)
    self->changes = pgs_changes_find (self->previous, self->snapshot);
  g_task_return_boolean (task, TRUE);
}

/**
 * pgs_reading_run_async:
 * @self: (transfer full): the reading
 * @cancellable: (nullable): ends it early
 *
 * Reads the process in a worker. A source is used by one reading at a time.
 */
void
pgs_reading_run_async (PgsReading          *self,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (self != NULL && self->mode != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, pgs_reading_run_async);
  g_task_set_task_data (task, self, (GDestroyNotify) pgs_reading_free);
  g_task_run_in_thread (task, run_cb);
}

/**
 * pgs_reading_run_finish:
 *
 * Returns: (transfer none): the reading, which lives as long as @result; %NULL
 *   with @error set when there is nothing to show
 */
PgsReading *
pgs_reading_run_finish (GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  return g_task_get_task_data (G_TASK (result));
}
