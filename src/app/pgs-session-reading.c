/* pgs-session-reading.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opening a process, and reading it again and again.
 *
 * One reading is under way at a time. Each belongs to a generation; opening
 * another process starts a new one, cancels the reading, and whatever arrives
 * of an older generation is dropped. After a reading the next one is planned, so
 * that a slow process stretches the interval instead of piling up work.
 */

#include "config.h"

#include "pgs-session-private.h"

#include <glib/gi18n.h>

#include "core/pgs-helper-source.h"

static void
set_error (PgsSession *self,
           GError     *error)
{
  g_clear_error (&self->error);
  self->error = error;
}

/* Readings */

static gboolean
process_is_gone (const GError *error)
{
  return error->domain == PGS_PROCESS_ERROR &&
         (error->code == PGS_PROCESS_ERROR_NOT_FOUND ||
          error->code == PGS_PROCESS_ERROR_ZOMBIE);
}

/* Takes over a failed reading. The last picture stays. How a launched program
 * ended says more than that it is gone. */
static void
take_error (PgsSession *self,
            GError     *error)
{
  gboolean gone = process_is_gone (error);

  if (error->domain == PGS_HELPER_ERROR)
    {
      pgs_session_lose_helper (self, error);
      return;
    }
  if (self->child != NULL && pgs_child_has_ended (self->child))
    g_error_free (error);
  else
    set_error (self, error);
  if (self->snapshot == NULL)
    pgs_session_set_state (self, PGS_SESSION_FAILED);
  else if (gone)
    pgs_session_set_state (self, PGS_SESSION_ENDED);
  else if (self->state == PGS_SESSION_LOADING)
    pgs_session_set_state (self, PGS_SESSION_RUNNING);
  pgs_session_emit (self, PGS_SESSION_REFRESHED);
}

static void
take_axis (PgsSession *self,
           PgsAxis    *axis)
{
  gboolean moved = self->axis != axis;

  if (self->axis == NULL)
    self->viewport = pgs_viewport_whole (axis, self->width);
  else if (moved)
    self->viewport = pgs_viewport_moved_to_axis (&self->viewport, self->axis, axis);
  if (moved)
    {
      g_clear_pointer (&self->axis, pgs_axis_unref);
      self->axis = pgs_axis_ref (axis);
    }
}

static void
follow_wish (PgsSession *self)
{
  if (!self->has_wish)
    return;
  if (pgs_session_go_to_address (self, self->wish, NULL))
    self->has_wish = FALSE;
}

static gboolean
is_same_error (const GError *a,
               const GError *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return g_error_matches (a, b->domain, b->code) && g_str_equal (a->message, b->message);
}

/* Whether a reading has nothing that is not known already. */
static gboolean
says_nothing_new (PgsSession *self,
                  PgsReading *reading)
{
  return self->error == NULL && self->snapshot == reading->snapshot &&
         self->summary == reading->summary && self->axis == reading->axis &&
         self->ram == reading->ram &&
         is_same_error (self->frames_error, reading->frames_error);
}

static void
take_process (PgsSession *self,
              PgsReading *reading)
{
  if (reading->process == NULL || reading->process == self->process)
    return;
  g_clear_pointer (&self->process, pgs_process_unref);
  self->process = pgs_process_ref (reading->process);
}

static void
take_picture (PgsSession *self,
              PgsReading *reading)
{
  gboolean is_first = self->snapshot == NULL;

  take_process (self, reading);
  g_clear_pointer (&self->snapshot, pgs_snapshot_unref);
  g_clear_pointer (&self->summary, pgs_summary_unref);
  g_clear_pointer (&self->changes, g_array_unref);
  self->snapshot = pgs_snapshot_ref (reading->snapshot);
  self->summary = pgs_summary_ref (reading->summary);
  g_clear_error (&self->frames_error);
  self->changes = g_steal_pointer (&reading->changes);
  self->frames_error = g_steal_pointer (&reading->frames_error);
  self->fraction = reading->fraction;
  if (reading->kind == PGS_READING_DETAIL)
    pgs_session_note_asked (self);
  take_axis (self, reading->axis);
  pgs_session_take_ram (self, reading->ram);
  if (is_first)
    pgs_session_emit (self, PGS_SESSION_TARGET_CHANGED);
}

static void
take_reading (PgsSession *self,
              PgsReading *reading)
{
  if (reading->kind == PGS_READING_WHOLE)
    self->duration = reading->duration;
  if (reading->mode->needs == PGS_COLOR_NEEDS_RELATION)
    self->compared_number = reading->comparison_number;
  if (says_nothing_new (self, reading))
    return;
  set_error (self, NULL);
  g_set_object (&self->source, reading->source);
  take_picture (self, reading);
  if (self->state != PGS_SESSION_ENDED)
    pgs_session_set_state (self, PGS_SESSION_RUNNING);
  pgs_session_emit (self, PGS_SESSION_REFRESHED);
  follow_wish (self);
}

/* Takes over what was read so far. */
static void
progress_cb (PgsReading *partial,
             gpointer    user_data)
{
  PgsSession *self = user_data;

  if (self->state != PGS_SESSION_LOADING)
    return;
  take_picture (self, partial);
  pgs_session_emit (self, PGS_SESSION_REFRESHED);
  follow_wish (self);
}

/* What a reading comes back to. */
typedef struct
{
  PgsSession     *session;
  guint           generation;
  PgsReadingKind  kind;
} Ticket;

static void
reading_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autofree Ticket *ticket = user_data;
  g_autoptr(PgsSession) self = ticket->session;
  GError *error = NULL;
  PgsReading *reading = pgs_reading_run_finish (result, &error);

  if (ticket->generation != self->generation)
    {
      g_clear_error (&error);
      return;
    }
  self->is_reading = FALSE;
  if (reading == NULL && ticket->kind == PGS_READING_DETAIL)
    pgs_session_note_asked (self);
  if (reading != NULL)
    take_reading (self, reading);
  else
    take_error (self, error);
  pgs_session_plan_reading (self);
}

/* Whether the latest snapshot has what the mode needs to know of each page. */
static gboolean
has_words (PgsSession *self)
{
  return self->summary != NULL && pgs_snapshot_get_frames (self->snapshot) != NULL &&
         pgs_summary_get_mode (self->summary)->needs == self->mode->needs &&
         (self->mode->needs != PGS_COLOR_NEEDS_RELATION ||
          self->compared_number == self->comparison_number);
}

/* Whether colors or scale were changed since the latest snapshot was prepared. */
static gboolean
is_stale (PgsSession *self)
{
  return self->snapshot != NULL &&
         (pgs_summary_get_mode (self->summary) != self->mode ||
          pgs_axis_get_scale (self->axis) != self->scale ||
          (self->mode->needs == PGS_COLOR_NEEDS_RELATION &&
           self->compared_number != self->comparison_number) ||
          (self->shows_ram && self->ram == NULL));
}

static void
start_reading (PgsSession     *self,
               PgsReadingKind  kind)
{
  PgsReading *reading = g_new0 (PgsReading, 1);
  Ticket *ticket = g_new0 (Ticket, 1);

  g_clear_handle_id (&self->timer_id, g_source_remove);
  self->is_reading = TRUE;
  if (kind == PGS_READING_WHOLE)
    self->read_again = FALSE;
  if (kind == PGS_READING_DETAIL)
    self->n_asked = pgs_session_find_focus (self, self->asked);
  reading->kind = kind;
  reading->limits = self->limits;
  reading->pid = self->pid;
  reading->process = self->process != NULL ? pgs_process_ref (self->process) : NULL;
  reading->source = self->source != NULL ? g_object_ref (self->source) : NULL;
  reading->focus = pgs_focus_ref (self->focus);
  reading->previous = self->snapshot != NULL ? pgs_snapshot_ref (self->snapshot) : NULL;
  reading->previous_summary = self->summary != NULL ? pgs_summary_ref (self->summary) : NULL;
  reading->previous_axis = self->axis != NULL ? pgs_axis_ref (self->axis) : NULL;
  reading->mode = self->mode;
  reading->scale = self->scale;
  reading->comparison = self->comparison != NULL ? pgs_comparison_ref (self->comparison) : NULL;
  reading->comparison_number = self->comparison_number;
  reading->keeps_words = has_words (self);
  /* The map comes first, and RAM right after it. */
  reading->wants_ram = self->shows_ram && self->snapshot != NULL;
  reading->previous_ram = self->ram != NULL ? pgs_ram_view_ref (self->ram) : NULL;
  reading->progress = progress_cb;
  reading->user_data = self;
  ticket->session = g_object_ref (self);
  ticket->generation = self->generation;
  ticket->kind = kind;
  pgs_reading_run_async (reading, self->cancellable, reading_cb, ticket);
}

static gboolean
timer_cb (gpointer user_data)
{
  PgsSession *self = user_data;

  self->timer_id = 0;
  start_reading (self, PGS_READING_WHOLE);
  return G_SOURCE_REMOVE;
}

static gboolean
may_read (PgsSession *self)
{
  return self->state == PGS_SESSION_RUNNING || self->state == PGS_SESSION_LOADING;
}

/* Returns how long to wait for the next reading, in milliseconds: the rest of the
 * interval, and no less than the last reading took, so that one that is slow
 * stretches the interval and never takes more than half of a core. */
static guint
get_pause (PgsSession *self)
{
  return (guint) (MAX (self->interval - self->duration, self->duration) * 1000);
}

/* Sees to the next reading: at once if one is asked for, or after the interval. */
void
pgs_session_plan_reading (PgsSession *self)
{
  g_clear_handle_id (&self->timer_id, g_source_remove);
  if (self->is_reading)
    return;
  if (is_stale (self))
    start_reading (self, PGS_READING_NOTHING);
  else if (!may_read (self))
    return;
  else if (pgs_session_lacks_detail (self))
    start_reading (self, PGS_READING_DETAIL);
  else if (self->read_again)
    start_reading (self, PGS_READING_WHOLE);
  else if (self->live)
    self->timer_id = g_timeout_add (get_pause (self), timer_cb, self);
}

/* The target */

/* Gives up the reading under way. */
static void
cancel_reading (PgsSession *self)
{
  self->generation++;
  g_cancellable_cancel (self->cancellable);
  g_set_object (&self->cancellable, NULL);
  self->cancellable = g_cancellable_new ();
  g_clear_handle_id (&self->timer_id, g_source_remove);
  self->is_reading = FALSE;
  self->read_again = FALSE;
}

/**
 * pgs_session_stop_reading:
 *
 * Gives up the first reading while it is under way, and keeps what was read so far.
 * Nothing is read again until that is asked for.
 */
void
pgs_session_stop_reading (PgsSession *self)
{
  g_return_if_fail (PGS_IS_SESSION (self));

  if (self->state != PGS_SESSION_LOADING || self->snapshot == NULL)
    return;
  cancel_reading (self);
  pgs_session_set_live (self, FALSE);
  pgs_session_set_state (self, PGS_SESSION_RUNNING);
  pgs_session_emit (self, PGS_SESSION_REFRESHED);
}

/* Reads from another source from now on; from /proc with our own rights for %NULL. */
void
pgs_session_use_source (PgsSession *self,
                        PgsProcess *process,
                        PgsSource  *source)
{
  cancel_reading (self);
  if (process != NULL && process != self->process)
    {
      g_clear_pointer (&self->process, pgs_process_unref);
      self->process = pgs_process_ref (process);
    }
  g_set_object (&self->source, source);
  if (self->state == PGS_SESSION_FAILED)
    pgs_session_set_state (self, PGS_SESSION_LOADING);
  if (may_read (self))
    start_reading (self, PGS_READING_WHOLE);
}

/* Forgets the process and everything known of it. */
void
pgs_session_reset (PgsSession *self)
{
  cancel_reading (self);
  pgs_session_drop_lock (self);
  pgs_session_drop_comparison (self);
  self->duration = 0;
  if (self->child != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->child, self);
      pgs_child_end (self->child);
    }
  g_clear_object (&self->child);
  g_clear_pointer (&self->process, pgs_process_unref);
  g_clear_object (&self->source);
  g_clear_pointer (&self->snapshot, pgs_snapshot_unref);
  g_clear_pointer (&self->asked_of, pgs_snapshot_unref);
  g_clear_pointer (&self->summary, pgs_summary_unref);
  g_clear_pointer (&self->changes, g_array_unref);
  g_clear_error (&self->frames_error);
  g_clear_pointer (&self->axis, pgs_axis_unref);
  pgs_session_take_ram (self, NULL);
  pgs_session_forget_frames (self);
  pgs_session_highlight (self, NULL);
  pgs_focus_set (self->focus, NULL, 0);
  g_queue_clear_full (self->places[0], pgs_place_free);
  g_queue_clear_full (self->places[1], pgs_place_free);
  self->selection = (PgsSelection) { 0, };
  self->has_wish = FALSE;
  self->pid = 0;
  set_error (self, NULL);
}

static void
announce_target (PgsSession *self)
{
  pgs_session_emit (self, PGS_SESSION_TARGET_CHANGED);
  pgs_session_emit (self, PGS_SESSION_REFRESHED);
  pgs_session_emit (self, PGS_SESSION_SELECTION_CHANGED);
  pgs_session_emit (self, PGS_SESSION_VIEW_CHANGED);
}

static void
open_pid (PgsSession *self,
          pid_t       pid)
{
  self->pid = pid;
  pgs_session_set_state (self, PGS_SESSION_LOADING);
  self->fraction = 0;
  self->start_time = g_get_monotonic_time ();
  announce_target (self);
  start_reading (self, PGS_READING_WHOLE);
}

static void
child_address_cb (PgsChild   *child,
                  guint64     address,
                  PgsSession *self)
{
  if (!self->has_wish)
    {
      self->has_wish = TRUE;
      self->wish = address;
    }
  pgs_session_refresh (self);
}

/**
 * pgs_session_wish_for:
 * @address: any address
 *
 * Goes to the address as soon as there is a picture in which it is mapped.
 */
void
pgs_session_wish_for (PgsSession *self,
                      uint64_t    address)
{
  g_return_if_fail (PGS_IS_SESSION (self));

  self->has_wish = TRUE;
  self->wish = address;
  if (self->snapshot != NULL)
    follow_wish (self);
}

static void
child_ended_cb (PgsChild   *child,
                PgsSession *self)
{
  g_autofree char *ending = pgs_child_dup_ending (child);

  set_error (self, g_error_new_literal (PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_FOUND, ending));
  pgs_session_set_state (self, self->snapshot != NULL ? PGS_SESSION_ENDED : PGS_SESSION_FAILED);
  pgs_session_plan_reading (self);
  pgs_session_emit (self, PGS_SESSION_REFRESHED);
}

/**
 * pgs_session_attach:
 * @pid: a process ID
 *
 * Opens a running process. Whether that works shows in the state.
 */
void
pgs_session_attach (PgsSession *self,
                    pid_t       pid)
{
  g_return_if_fail (PGS_IS_SESSION (self));

  pgs_session_reset (self);
  g_clear_pointer (&self->last_argv, g_strfreev);
  open_pid (self, pid);
}

/**
 * pgs_session_launch:
 * @argv: the program and its arguments
 *
 * Starts a program and opens its process. Whether that works shows in the state.
 */
void
pgs_session_launch (PgsSession         *self,
                    const char * const *argv)
{
  g_auto(GStrv) kept = NULL;
  GError *error = NULL;

  g_return_if_fail (PGS_IS_SESSION (self));
  g_return_if_fail (argv != NULL && argv[0] != NULL);

  kept = g_strdupv ((char **) argv);
  pgs_session_reset (self);
  g_strfreev (self->last_argv);
  self->last_argv = g_steal_pointer (&kept);
  self->child = pgs_child_launch ((const char * const *) self->last_argv, &error);
  if (self->child == NULL)
    {
      set_error (self, error);
      pgs_session_set_state (self, PGS_SESSION_FAILED);
      announce_target (self);
      return;
    }
  g_signal_connect (self->child, "address", G_CALLBACK (child_address_cb), self);
  g_signal_connect (self->child, "ended", G_CALLBACK (child_ended_cb), self);
  open_pid (self, pgs_child_get_pid (self->child));
}

/**
 * pgs_session_launch_prober:
 *
 * Starts the tutorial's prober and goes to the address that it prints.
 */
void
pgs_session_launch_prober (PgsSession *self)
{
  g_autofree char *prober = pgs_child_dup_prober ();
  const char *const argv[] = { prober, NULL };

  pgs_session_launch (self, argv);
}

/**
 * pgs_session_launch_again:
 *
 * Starts the program that was launched last once more.
 */
void
pgs_session_launch_again (PgsSession *self)
{
  g_return_if_fail (PGS_IS_SESSION (self));

  if (self->last_argv != NULL)
    pgs_session_launch (self, (const char * const *) self->last_argv);
}

/**
 * pgs_session_can_launch_again:
 *
 * Returns: whether the process was launched from here
 */
gboolean
pgs_session_can_launch_again (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), FALSE);

  return self->last_argv != NULL;
}

/**
 * pgs_session_close:
 *
 * Lets go of the process, and ends it if it was launched from here.
 */
void
pgs_session_close (PgsSession *self)
{
  g_return_if_fail (PGS_IS_SESSION (self));

  pgs_session_reset (self);
  pgs_session_set_state (self, PGS_SESSION_EMPTY);
  announce_target (self);
}

/**
 * pgs_session_refresh:
 *
 * Reads the process once more, now or when the reading under way is done.
 */
void
pgs_session_refresh (PgsSession *self)
{
  g_return_if_fail (PGS_IS_SESSION (self));

  if (!may_read (self))
    return;
  self->read_again = TRUE;
  pgs_session_plan_reading (self);
}
