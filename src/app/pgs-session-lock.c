/* pgs-session-lock.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether the frames of the process are shown to somebody who may not see them: asked
 * for, granted, and given up again. What is on the screen stays whatever happens; the
 * readings go on with our own rights.
 */

#include "config.h"

#include "pgs-session-private.h"

#include "pgs-unlock.h"

static void
set_lock (PgsSession     *self,
          PgsSessionLock  lock)
{
  if (self->lock == lock)
    return;
  self->lock = lock;
  pgs_session_emit (self, PGS_SESSION_LOCK_CHANGED);
}

static void
stop_unlocking (PgsSession *self)
{
  g_autoptr(GCancellable) unlocking = g_steal_pointer (&self->unlocking);

  if (unlocking != NULL)
    g_cancellable_cancel (unlocking);
}

/* What an attempt comes back to. */
typedef struct
{
  PgsSession   *session;
  PgsProcess   *process;
  GCancellable *cancellable;
} Attempt;

static void
attempt_free (Attempt *attempt)
{
  g_object_unref (attempt->session);
  pgs_process_unref (attempt->process);
  g_object_unref (attempt->cancellable);
  g_free (attempt);
}

static void
unlocked_cb (GObject      *source_object,
             GAsyncResult *result,
             gpointer      user_data)
{
  Attempt *attempt = user_data;
  PgsSession *self = attempt->session;
  g_autoptr(GError) error = NULL;
  g_autoptr(PgsSource) source = pgs_unlock_finish (result, &error);

  if (self->unlocking == attempt->cancellable)
    {
      g_clear_object (&self->unlocking);
      set_lock (self, source != NULL ? PGS_SESSION_UNLOCKED : PGS_SESSION_LOCKED);
      if (source != NULL)
        pgs_session_use_source (self, attempt->process, source);
      else
        g_signal_emit_by_name (self, "unlock-failed", error);
    }
  attempt_free (attempt);
}

/**
 * pgs_session_unlock:
 *
 * Asks for the right to see the frames of the process. How that goes shows in
 * pgs_session_get_lock(); where it does not work, "unlock-failed" says why.
 */
void
pgs_session_unlock (PgsSession *self)
{
  PgsProcess *process;
  Attempt *attempt;
  g_autoptr(GError) error = NULL;

  g_return_if_fail (PGS_IS_SESSION (self));

  if (!pgs_session_can_unlock (self))
    return;
  process = self->process != NULL ? pgs_process_ref (self->process)
                                  : pgs_process_open (NULL, self->pid, &error);
  if (process == NULL)
    {
      g_signal_emit_by_name (self, "unlock-failed", error);
      return;
    }
  self->unlocking = g_cancellable_new ();
  attempt = g_new0 (Attempt, 1);
  attempt->session = g_object_ref (self);
  attempt->process = process;
  attempt->cancellable = g_object_ref (self->unlocking);
  set_lock (self, PGS_SESSION_UNLOCKING);
  pgs_unlock_async (process, FALSE, self->unlocking, unlocked_cb, attempt);
}

/* Forgets that the process was unlocked, or is about to be. */
void
pgs_session_drop_lock (PgsSession *self)
{
  stop_unlocking (self);
  set_lock (self, PGS_SESSION_LOCKED);
}

/**
 * pgs_session_lock:
 *
 * Hides the frames again, or stops asking for them.
 */
void
pgs_session_lock (PgsSession *self)
{
  gboolean had_helper;

  g_return_if_fail (PGS_IS_SESSION (self));

  had_helper = self->lock == PGS_SESSION_UNLOCKED;
  pgs_session_drop_lock (self);
  if (had_helper)
    pgs_session_use_source (self, NULL, NULL);
}

/* Goes on without the helper, which does not answer any more. */
void
pgs_session_lose_helper (PgsSession *self,
                         GError     *error)
{
  pgs_session_lock (self);
  g_signal_emit_by_name (self, "unlock-failed", error);
  g_error_free (error);
}

PgsSessionLock
pgs_session_get_lock (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), PGS_SESSION_LOCKED);

  return self->lock;
}

/* Returns whether the kernel hides where some pages of the picture are. */
gboolean
pgs_session_has_hidden (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), FALSE);

  return self->snapshot != NULL && pgs_snapshot_get_totals (self->snapshot)->hidden > 0;
}

/**
 * pgs_session_can_unlock:
 *
 * Returns: whether there is something to be unlocked: a process that runs, of which
 *   frames are hidden, or of which nothing may be seen at all
 */
gboolean
pgs_session_can_unlock (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), FALSE);

  if (self->lock != PGS_SESSION_LOCKED)
    return FALSE;
  if (self->state == PGS_SESSION_FAILED)
    return g_error_matches (self->error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_PERMITTED);
  return (self->state == PGS_SESSION_RUNNING || self->state == PGS_SESSION_LOADING) &&
         (pgs_session_has_hidden (self) ||
          (self->snapshot != NULL && pgs_snapshot_get_pages_error (self->snapshot) != NULL));
}

/**
 * pgs_session_dup_source:
 *
 * Returns: (transfer full) (nullable): a source of the process that one more worker may
 *   use, with all that the window may see; %NULL before the process was opened
 */
PgsSource *
pgs_session_dup_source (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), NULL);

  /* The helper's can be used by many at a time. */
  if (self->lock == PGS_SESSION_UNLOCKED && self->source != NULL)
    return g_object_ref (self->source);
  return self->process != NULL
    ? pgs_reading_new_source (self->process, &self->limits)
    : NULL;
}
