/* pgs-focus.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What somebody looks at, told to the thread that reads.
 */

#include "config.h"

#include "pgs-focus.h"

#include <string.h>

struct _PgsFocus
{
  gatomicrefcount ref_count;
  GMutex          mutex;
  guint           n_ranges;
  PgsRange        ranges[PGS_FOCUS_MAX];
};

/**
 * pgs_focus_new:
 *
 * Returns: (transfer full): a focus on nothing
 */
PgsFocus *
pgs_focus_new (void)
{
  PgsFocus *self = g_new0 (PgsFocus, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mutex);
  return self;
}

/**
 * pgs_focus_ref:
 *
 * Returns: (transfer full): @self with one more reference
 */
PgsFocus *
pgs_focus_ref (PgsFocus *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * pgs_focus_unref:
 *
 * Drops a reference; the last one frees it.
 */
void
pgs_focus_unref (PgsFocus *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * pgs_focus_set:
 * @ranges: (array length=n_ranges): ranges of addresses, the most wanted first
 * @n_ranges: how many, at most %PGS_FOCUS_MAX
 *
 * Turns to other ranges.
 */
void
pgs_focus_set (PgsFocus       *self,
               const PgsRange *ranges,
               guint           n_ranges)
{
  g_return_if_fail (self != NULL && n_ranges <= PGS_FOCUS_MAX);
  g_return_if_fail (ranges != NULL || n_ranges == 0);

  g_mutex_lock (&self->mutex);
  self->n_ranges = n_ranges;
  if (n_ranges > 0)
    memcpy (self->ranges, ranges, n_ranges * sizeof *ranges);
  g_mutex_unlock (&self->mutex);
}

/**
 * pgs_focus_get:
 * @ranges: (out caller-allocates) (array): room for %PGS_FOCUS_MAX ranges
 *
 * Returns: how many ranges there are
 */
guint
pgs_focus_get (PgsFocus *self,
               PgsRange *ranges)
{
  guint n_ranges;

  g_return_val_if_fail (self != NULL && ranges != NULL, 0);

  g_mutex_lock (&self->mutex);
  n_ranges = self->n_ranges;
  memcpy (ranges, self->ranges, n_ranges * sizeof *ranges);
  g_mutex_unlock (&self->mutex);
  return n_ranges;
}
