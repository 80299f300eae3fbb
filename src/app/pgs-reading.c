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

#include <glib/gi18n.h>

#include "core/pgs-frame-builder.h"
#include "core/pgs-relation.h"
#include "core/pgs-snapshot-builder.h"

/* A reading under way, while it tells of its progress. */
typedef struct
{
  PgsReading   *reading;
  GCancellable *cancellable;
  PgsSummary   *summary;      /* of what was told last */
  PgsAxis      *axis;
} Telling;

/* What is told, on its way to the main thread. */
typedef struct
{
  PgsReading         *partial;
  GCancellable       *cancellable;
  PgsReadingProgress  progress;
  gpointer            user_data;
} Message;

/**
 * pgs_reading_new_source:
 * @process: a process
 * @limits: how processes are read
 *
 * Returns: (transfer full): where the bytes of the process come from
 */
PgsSource *
pgs_reading_new_source (PgsProcess             *process,
                        const PgsReadingLimits *limits)
{
  g_return_val_if_fail (process != NULL && limits != NULL, NULL);

  return pgs_proc_source_new (process, NULL, limits->scan);
}

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
  g_clear_pointer (&self->focus, pgs_focus_unref);
  g_clear_pointer (&self->previous, pgs_snapshot_unref);
  g_clear_pointer (&self->previous_summary, pgs_summary_unref);
  g_clear_pointer (&self->previous_axis, pgs_axis_unref);
  g_clear_pointer (&self->comparison, pgs_comparison_unref);
  g_clear_pointer (&self->previous_ram, pgs_ram_view_unref);
  g_clear_pointer (&self->snapshot, pgs_snapshot_unref);
  g_clear_pointer (&self->summary, pgs_summary_unref);
  g_clear_pointer (&self->axis, pgs_axis_unref);
  g_clear_pointer (&self->ram, pgs_ram_view_unref);
  g_clear_pointer (&self->changes, g_array_unref);
  g_clear_error (&self->frames_error);
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
    self->source = pgs_reading_new_source (self->process, &self->limits);
  return TRUE;
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

/* Returns the axis of a snapshot, which is @previous where that has the same scale
 * and mappings. */
static PgsAxis *
make_axis (PgsReading  *self,
           PgsSnapshot *snapshot,
           PgsAxis     *previous)
{
  PgsMaps *maps = pgs_snapshot_get_maps (snapshot);

  if (previous != NULL && pgs_axis_get_scale (previous) == self->scale &&
      pgs_axis_get_maps (previous) == maps)
    return pgs_axis_ref (previous);
  return pgs_axis_new (maps, pgs_snapshot_get_page_size (snapshot), self->scale);
}

static PgsSummary *
make_summary (PgsReading  *self,
              PgsSnapshot *snapshot,
              PgsSummary  *previous)
{
  if (previous != NULL && pgs_summary_get_mode (previous) == self->mode &&
      pgs_summary_get_snapshot (previous) == snapshot)
    return pgs_summary_ref (previous);
  return pgs_summary_new_after (snapshot, self->mode, previous);
}

/* Progress */

static void
message_free (gpointer data)
{
  Message *message = data;

  pgs_reading_free (message->partial);
  g_object_unref (message->cancellable);
  g_free (message);
}

static gboolean
message_cb (gpointer user_data)
{
  Message *message = user_data;

  if (!g_cancellable_is_cancelled (message->cancellable))
    message->progress (message->partial, message->user_data);
  return G_SOURCE_REMOVE;
}

/* Hands what was read so far to the main thread, ready to be drawn. */
static void
progress_cb (PgsSnapshot *snapshot,
             double       fraction,
             gpointer     user_data)
{
  Telling *telling = user_data;
  PgsReading *self = telling->reading;
  PgsReading *partial = g_new0 (PgsReading, 1);
  Message *message = g_new0 (Message, 1);

  partial->process = pgs_process_ref (self->process);
  partial->snapshot = pgs_snapshot_ref (snapshot);
  partial->summary = make_summary (self, snapshot, telling->summary);
  partial->axis = make_axis (self, snapshot, telling->axis);
  partial->fraction = fraction;
  g_clear_pointer (&telling->summary, pgs_summary_unref);
  g_clear_pointer (&telling->axis, pgs_axis_unref);
  telling->summary = pgs_summary_ref (partial->summary);
  telling->axis = pgs_axis_ref (partial->axis);

  message->partial = partial;
  message->cancellable = g_object_ref (telling->cancellable);
  message->progress = self->progress;
  message->user_data = self->user_data;
  g_main_context_invoke_full (NULL, G_PRIORITY_DEFAULT, message_cb, message, message_free);
}

/* Reading */

static PgsSnapshot *
build_snapshot (PgsReading    *self,
                GCancellable  *cancellable,
                GError       **error)
{
  Telling telling = { .reading = self, .cancellable = cancellable };
  PgsSnapshotOptions options = {
    .previous = self->previous,
    .focus = self->focus,
    .max_bytes = self->limits.max_bytes,
    .user_data = &telling,
  };
  PgsSnapshot *snapshot;

  if (self->kind == PGS_READING_DETAIL)
    return pgs_snapshot_refine (self->previous, self->source, &options, cancellable, error);
  if (self->progress != NULL && cancellable != NULL && self->previous == NULL)
    options.progress = progress_cb;
  snapshot = pgs_snapshot_build_with (self->source, &options, cancellable, error);
  /* What was told last is nearly all of it. */
  if (self->previous_summary == NULL)
    self->previous_summary = g_steal_pointer (&telling.summary);
  if (self->previous_axis == NULL)
    self->previous_axis = g_steal_pointer (&telling.axis);
  g_clear_pointer (&telling.summary, pgs_summary_unref);
  g_clear_pointer (&telling.axis, pgs_axis_unref);
  return snapshot;
}

static gboolean
read_snapshot (PgsReading    *self,
               GCancellable  *cancellable,
               GError       **error)
{
  if (!open_process (self, error))
    return FALSE;
  self->snapshot = build_snapshot (self, cancellable, error);
  if (self->snapshot == NULL)
    return FALSE;
  if (self->previous == NULL || self->snapshot == self->previous)
    return TRUE;
  if (pgs_snapshot_get_unread (self->previous)->len == 0)
    self->changes = pgs_changes_find (self->previous, self->snapshot);
  if (pgs_snapshot_get_maps (self->snapshot) != pgs_snapshot_get_maps (self->previous))
    renew_process (self);
  return TRUE;
}

/* Frames */

/* Makes sure that there is a source which can tell of pages. */
static gboolean
open_source (PgsReading    *self,
             GCancellable  *cancellable,
             GError       **error)
{
  g_autoptr(GBytes) maps = NULL;

  if (self->source != NULL)
    return TRUE;
  if (!open_process (self, error))
    return FALSE;
  maps = pgs_source_read_maps (self->source, cancellable, error);
  return maps != NULL;
}

static PgsSnapshot *
read_frames (PgsReading   *self,
             GCancellable *cancellable)
{
  if (!open_source (self, cancellable, &self->frames_error))
    return NULL;
  return pgs_snapshot_with_frames (self->snapshot, self->source, self->previous, cancellable,
                                   &self->frames_error);
}

/* Where pages part, that is a change, too. */
static PgsSnapshot *
compare (PgsReading   *self,
         GCancellable *cancellable)
{
  PgsSnapshot *snapshot;

  if (self->comparison == NULL)
    {
      g_set_error_literal (&self->frames_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                           _("There is no other process to compare with: choose one with "
                             "Compare With Process… in the main menu."));
      return NULL;
    }
  snapshot = pgs_comparison_run (self->comparison, self->snapshot, self->previous, cancellable,
                                 &self->frames_error);
  if (snapshot != NULL && self->keeps_words)
    self->changes = pgs_relation_find_changes (g_steal_pointer (&self->changes),
                                               self->previous, snapshot);
  return snapshot;
}

/* Adds to the snapshot what the mode needs to know of each page. Where that cannot be read
 * there is a picture all the same. */
static void
add_words (PgsReading   *self,
           GCancellable *cancellable)
{
  PgsSnapshot *snapshot = NULL;

  if (self->mode->needs == PGS_COLOR_NEEDS_NOTHING ||
      (self->kind == PGS_READING_NOTHING && self->keeps_words))
    return;
  if (self->mode->needs == PGS_COLOR_NEEDS_RELATION)
    snapshot = compare (self, cancellable);
  else
    snapshot = read_frames (self, cancellable);
  if (snapshot == NULL)
    return;
  pgs_snapshot_unref (self->snapshot);
  self->snapshot = snapshot;
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

  if (self->kind == PGS_READING_NOTHING)
    {
      self->snapshot = pgs_snapshot_ref (self->previous);
    }
  else if (!read_snapshot (self, cancellable, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  add_words (self, cancellable);
  self->axis = make_axis (self, self->snapshot, self->previous_axis);
  self->summary = make_summary (self, self->snapshot, self->previous_summary);
  if (self->wants_ram)
    self->ram = pgs_ram_view_new (self->summary, self->previous_ram, cancellable);
  self->fraction = 1;
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
