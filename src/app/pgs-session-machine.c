/* pgs-session-machine.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What else is in RAM: sampled in a worker while it is shown, so slowly that it takes next
 * to nothing of a core.
 */

#include "config.h"

#include "pgs-session-private.h"

#include <time.h>

#include "core/pgs-process.h"
#include "paint/pgs-machine-lane.h"

/* The pause after a sample, in times the processor time it took, so that sampling never
 * takes more than 2 % of a core; and the least pause, in milliseconds. */
#define PAUSE_TIMES   49
#define MIN_PAUSE_MS  1000
/* How long the view has to stay before it is sampled. */
#define SETTLE_MS     150

/* What a worker is given, and what it brings back. */
typedef struct
{
  PgsMaps       *ram;
  GArray        *borders;
  uint64_t       page_size;
  PgsMachineUse *previous;
  PgsMachineUse *use;
  double         cost;      /* in seconds of processor time */
} Query;

static void
query_free (gpointer data)
{
  Query *query = data;

  pgs_maps_unref (query->ram);
  g_array_unref (query->borders);
  g_clear_pointer (&query->previous, pgs_machine_use_unref);
  g_clear_pointer (&query->use, pgs_machine_use_unref);
  g_free (query);
}

static double
get_processor_time (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (double) time.tv_sec + (double) time.tv_nsec / 1e9;
}

static void
sample_cb (GTask        *task,
           gpointer      source_object,
           gpointer      task_data,
           GCancellable *cancellable)
{
  Query *query = task_data;
  double start = get_processor_time ();
  GError *error = NULL;

  query->use = pgs_machine_use_sample (PGS_PROC_ROOT, query->ram, query->borders,
                                       query->page_size, query->previous, g_random_int (),
                                       cancellable, &error);
  query->cost = get_processor_time () - start;
  if (query->use != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean sample_timer_cb (gpointer user_data);

/* Samples after a while, and not before what was sampled last has been paid for, however
 * often the view moves. */
static void
plan_sample (PgsSession *self,
             guint       pause_ms)
{
  gint64 debt = self->machine_next_time - g_get_monotonic_time ();

  g_clear_handle_id (&self->machine_timer_id, g_source_remove);
  pause_ms = (guint) MAX (pause_ms, debt / G_TIME_SPAN_MILLISECOND);
  self->machine_timer_id = g_timeout_add (pause_ms, sample_timer_cb, self);
}

static void
take_sample (PgsSession *self,
             Query      *query)
{
  g_clear_pointer (&self->machine_use, pgs_machine_use_unref);
  self->machine_use = pgs_machine_use_ref (query->use);
  g_clear_error (&self->machine_error);
  self->machine_next_time = g_get_monotonic_time () +
                            (gint64) (query->cost * PAUSE_TIMES * G_USEC_PER_SEC);
  plan_sample (self, MIN_PAUSE_MS);
}

static void
sampled_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  PgsSession *self = PGS_SESSION (object);
  GCancellable *cancellable = g_task_get_cancellable (G_TASK (result));
  g_autoptr(GError) error = NULL;
  gboolean is_done = g_task_propagate_boolean (G_TASK (result), &error);

  if (cancellable != self->sampling)
    return;
  g_clear_object (&self->sampling);
  if (is_done)
    take_sample (self, g_task_get_task_data (G_TASK (result)));
  else
    {
      g_clear_error (&self->machine_error);
      self->machine_error = g_steal_pointer (&error);
    }
  pgs_session_emit (self, PGS_SESSION_MACHINE_CHANGED);
}

static void
start_sample (PgsSession *self)
{
  g_autoptr(GTask) task = NULL;
  PgsAxis *axis = pgs_ram_view_get_axis (self->ram);
  Query *query = g_new0 (Query, 1);

  query->ram = pgs_maps_ref (pgs_axis_get_maps (axis));
  query->borders = pgs_machine_lane_make_borders (axis, &self->ram_viewport);
  query->page_size = pgs_snapshot_get_page_size (self->snapshot);
  query->previous = self->machine_use != NULL ? pgs_machine_use_ref (self->machine_use) : NULL;
  self->sampling = g_cancellable_new ();
  task = g_task_new (self, self->sampling, sampled_cb, NULL);
  g_task_set_source_tag (task, start_sample);
  g_task_set_task_data (task, query, query_free);
  g_task_run_in_thread (task, sample_cb);
}

static gboolean
sample_timer_cb (gpointer user_data)
{
  PgsSession *self = user_data;

  self->machine_timer_id = 0;
  if (self->sampling == NULL && self->ram != NULL && self->snapshot != NULL &&
      pgs_axis_get_n_segments (pgs_ram_view_get_axis (self->ram)) > 0)
    start_sample (self);
  else
    plan_sample (self, MIN_PAUSE_MS);
  return G_SOURCE_REMOVE;
}

/* Another part of RAM is in view: samples that soon. */
void
pgs_session_follow_machine (PgsSession *self)
{
  if (self->shows_machine && self->machine_error == NULL)
    plan_sample (self, SETTLE_MS);
}

/* Samples no more, and forgets what came out. */
void
pgs_session_stop_machine (PgsSession *self)
{
  g_autoptr(GCancellable) sampling = g_steal_pointer (&self->sampling);

  if (sampling != NULL)
    g_cancellable_cancel (sampling);
  g_clear_handle_id (&self->machine_timer_id, g_source_remove);
  g_clear_pointer (&self->machine_use, pgs_machine_use_unref);
  g_clear_error (&self->machine_error);
}

/**
 * pgs_session_set_shows_machine:
 * @shows_machine: whether to find out what all of RAM is used for
 */
void
pgs_session_set_shows_machine (PgsSession *self,
                               gboolean    shows_machine)
{
  g_return_if_fail (PGS_IS_SESSION (self));

  if (self->shows_machine == shows_machine)
    return;
  self->shows_machine = shows_machine;
  pgs_session_stop_machine (self);
  pgs_session_follow_machine (self);
  pgs_session_emit (self, PGS_SESSION_MACHINE_CHANGED);
  g_object_notify (G_OBJECT (self), "shows-machine");
}

gboolean
pgs_session_get_shows_machine (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), FALSE);

  return self->shows_machine;
}

/* Returns what RAM is used for, or %NULL where that is not shown or not known yet. */
PgsMachineUse *
pgs_session_get_machine_use (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), NULL);

  return self->machine_use;
}

/* Returns why that is not known, or %NULL. */
const GError *
pgs_session_get_machine_error (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), NULL);

  return self->machine_error;
}
