/* pgs-session-compare.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which other process the one shown is compared with.
 *
 * Where the process was unlocked the other one has to be, too, or its frames would stay
 * hidden.
 */

#include "config.h"

#include "pgs-session-private.h"

#include "pgs-unlock.h"

/* What an attempt to unlock the other process comes back to. */
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

/* Takes over what to compare with. */
static void
set_comparison (PgsSession    *self,
                PgsComparison *comparison)
{
  g_clear_pointer (&self->comparison, pgs_comparison_unref);
  self->comparison = comparison;
  self->comparison_number++;
  pgs_session_plan_reading (self);
  pgs_session_emit (self, PGS_SESSION_REFRESHED);
}

/* Compares with nobody any more. */
void
pgs_session_drop_comparison (PgsSession *self)
{
  g_autoptr(GCancellable) asking = g_steal_pointer (&self->asking);

  if (asking != NULL)
    g_cancellable_cancel (asking);
  g_clear_pointer (&self->comparison, pgs_comparison_unref);
  self->comparison_number++;
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

  if (self->asking == attempt->cancellable)
    {
      g_clear_object (&self->asking);
      if (source == NULL)
        g_signal_emit_by_name (self, "unlock-failed", error);
      set_comparison (self, pgs_comparison_new (pgs_process_get_pid (attempt->process),
                                                attempt->process, source,
                                                self->limits.max_bytes));
    }
  attempt_free (attempt);
}

static void
unlock_other (PgsSession *self,
              PgsProcess *process)
{
  Attempt *attempt = g_new0 (Attempt, 1);

  self->asking = g_cancellable_new ();
  attempt->session = g_object_ref (self);
  attempt->process = process;
  attempt->cancellable = g_object_ref (self->asking);
  pgs_unlock_async (process, FALSE, self->asking, unlocked_cb, attempt);
}

/**
 * pgs_session_compare:
 * @pid: the ID of another process; 0 for none
 *
 * Compares each page with those of another process, from now on, where the color mode asks
 * for that.
 */
void
pgs_session_compare (PgsSession *self,
                     pid_t       pid)
{
  PgsProcess *process = NULL;

  g_return_if_fail (PGS_IS_SESSION (self));

  pgs_session_drop_comparison (self);
  if (pid != 0 && self->lock == PGS_SESSION_UNLOCKED)
    process = pgs_process_open (NULL, pid, NULL);
  if (process != NULL)
    unlock_other (self, process);
  else
    set_comparison (self, pid == 0 ? NULL
                                   : pgs_comparison_new (pid, NULL, NULL,
                                                         self->limits.max_bytes));
}

/**
 * pgs_session_get_compared_pid:
 *
 * Returns: the ID of the process that this one is compared with, or 0
 */
pid_t
pgs_session_get_compared_pid (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), 0);

  return self->comparison != NULL ? pgs_comparison_get_pid (self->comparison) : 0;
}
