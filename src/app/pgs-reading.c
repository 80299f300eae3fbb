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
  g_clear_pointer (&self->previous_summary, pgs_summary_unref);
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
maps_are_as_before (PgsReading *self)
{
  return self->previous != NULL &&
         pgs_maps_equal (pgs_snapshot_get_maps (self->previous),
                         pgs_snapshot_get_maps (self->snapshot));
}

/* Puts the previous snapshot in place of one that says the same, so that nothing
 * that follows it is prepared or drawn anew. */
static void
keep_previous (PgsReading *self)
{
  const GError *error = pgs_snapshot_get_pages_error (self->snapshot);
  const GError *error_before = pgs_snapshot_get_pages_error (self->previous);

  if (self->changes->len > 0 || (error != NULL) != (error_before != NULL))
    return;
  pgs_snapshot_unref (self->snapshot);
  self->snapshot = pgs_snapshot_ref (self->previous);
}

/* A process that runs another program now has another name. */
static void
renew_process (PgsReading *self)
{
  g_autoptr(PgsProcess) process = pgs_process_open (NULL, self->pid, NULL);

  if (process == NULL ||
      pgs_process_get_start_time (process) != pgs_process_get_start_time (self->process))
    return;
  pgs_process_unref (self->process);
  self->process = g_steal_pointer (&process);
}

static gboolean
read_snapshot (PgsReading    *self,
               GCancellable  *cancellable,
               GError       **error)
{
  gboolean same_maps;

  if (!open_process (self, error))
    return FALSE;
  self->snapshot = pgs_snapshot_build (self->source, cancellable, error);
  if (self->snapshot == NULL)
    return FALSE;
  if (self->previous == NULL)
    return TRUE;
  same_maps = maps_are_as_before (self);
  self->changes = pgs_changes_find (self->previous, self->snapshot);
  if (same_maps)
    keep_previous (self);
  else
    renew_process (self);
  return TRUE;
}

static void
make_axis (PgsReading *self)
{
  gboolean same_scale = self->previous_axis != NULL &&
                        pgs_axis_get_scale (self->previous_axis) == self->scale;

  self->axis = same_scale && maps_are_as_before (self)
    ? pgs_axis_ref (self->previous_axis)
    : pgs_axis_new (pgs_snapshot_get_maps (self->snapshot),
                    pgs_snapshot_get_page_size (self->snapshot), self->scale);
}

static void
make_summary (PgsReading *self)
{
  gboolean same_mode = self->previous_summary != NULL &&
                       pgs_summary_get_mode (self->previous_summary) == self->mode;

  self->summary = same_mode && self->snapshot == self->previous
    ? pgs_summary_ref (self->previous_summary)
    : pgs_summary_new (self->snapshot, self->mode);
}

static void
run_cb (GTask        *task,
        gpointer      source_object,
        gpointer      task_data,
        GCancellable *cancellable)
{
  PgsReading *self = task_data;
  gint64 start = g_get_monotonic_time ();
  GError *error = NULL;

  if (self->snapshot == NULL && !read_snapshot (self, cancellable, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  make_axis (self);
  make_summary (self);
  self->duration = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
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
