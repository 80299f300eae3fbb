/* pgs-comparison.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads another process and tells which pages of the one that is shown it shares.
 *
 * The two are read one after the other, not at once: where the programs write meanwhile, a
 * page may look parted one reading too early or too late.
 */

#include "config.h"

#include "pgs-comparison.h"

#include <glib/gi18n.h>

#include "core/pgs-frame-map.h"
#include "core/pgs-proc-source.h"
#include "core/pgs-ram.h"
#include "core/pgs-relation.h"
#include "core/pgs-snapshot-builder.h"

struct _PgsComparison
{
  gatomicrefcount  ref_count;
  GMutex           mutex;       /* held while it is read */
  pid_t            pid;
  gsize            max_bytes;
  PgsProcess      *process;
  PgsSource       *source;
  PgsMaps         *ram;
  PgsSnapshot     *snapshot;    /* the latest one */
  PgsSummary      *summary;
  PgsFrameMap     *frames;
};

/**
 * pgs_comparison_new:
 * @pid: a process ID
 * @process: (nullable): the process, if it was opened already
 * @source: (nullable): where to read it; %NULL for /proc with our own rights
 * @max_bytes: how much memory its pages may take; 0 for the default
 *
 * Returns: (transfer full): the process, to be read when it is compared
 */
PgsComparison *
pgs_comparison_new (pid_t       pid,
                    PgsProcess *process,
                    PgsSource  *source,
                    gsize       max_bytes)
{
  PgsComparison *self = g_new0 (PgsComparison, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mutex);
  self->pid = pid;
  self->max_bytes = max_bytes;
  self->process = process != NULL ? pgs_process_ref (process) : NULL;
  g_set_object (&self->source, source);
  return self;
}

/**
 * pgs_comparison_ref:
 *
 * Returns: (transfer full): @self with one more reference
 */
PgsComparison *
pgs_comparison_ref (PgsComparison *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * pgs_comparison_unref:
 *
 * Drops a reference; the last one frees it.
 */
void
pgs_comparison_unref (PgsComparison *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->process, pgs_process_unref);
  g_clear_object (&self->source);
  g_clear_pointer (&self->ram, pgs_maps_unref);
  g_clear_pointer (&self->snapshot, pgs_snapshot_unref);
  g_clear_pointer (&self->summary, pgs_summary_unref);
  g_clear_pointer (&self->frames, pgs_frame_map_unref);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * pgs_comparison_get_pid:
 *
 * Returns: the ID of the other process
 */
pid_t
pgs_comparison_get_pid (PgsComparison *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->pid;
}

static gboolean
open_process (PgsComparison  *self,
              uint64_t        page_size,
              GError        **error)
{
  if (self->process == NULL)
    self->process = pgs_process_open (NULL, self->pid, error);
  if (self->process == NULL)
    return FALSE;
  if (self->source == NULL)
    self->source = pgs_proc_source_new (self->process, NULL, PGS_PROC_SCAN_AUTO);
  if (self->ram == NULL)
    self->ram = pgs_ram_read (PGS_PROC_ROOT, page_size);
  if (self->ram == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                         _("The ranges of RAM cannot be read from /proc/zoneinfo."));
  return self->ram != NULL;
}

/* Reads the other process. Where that fails it stays as it was. */
static gboolean
read_other (PgsComparison  *self,
            uint64_t        page_size,
            GCancellable   *cancellable,
            GError        **error)
{
  PgsSnapshotOptions options = { .previous = self->snapshot, .max_bytes = self->max_bytes };
  g_autoptr(PgsSnapshot) snapshot = NULL;
  g_autoptr(PgsSummary) summary = NULL;
  PgsFrameMap *frames;

  if (!open_process (self, page_size, error))
    return FALSE;
  snapshot = pgs_snapshot_build_with (self->source, &options, cancellable, error);
  if (snapshot == NULL)
    return FALSE;
  if (snapshot == self->snapshot)
    return TRUE;
  summary = pgs_summary_new_after (snapshot, pgs_color_mode_get (0), self->summary);
  frames = pgs_frame_map_new (summary, self->ram, self->frames, cancellable);
  if (frames == NULL)
    return !g_cancellable_set_error_if_cancelled (cancellable, error);
  g_clear_pointer (&self->snapshot, pgs_snapshot_unref);
  g_clear_pointer (&self->summary, pgs_summary_unref);
  g_clear_pointer (&self->frames, pgs_frame_map_unref);
  self->snapshot = g_steal_pointer (&snapshot);
  self->summary = g_steal_pointer (&summary);
  self->frames = frames;
  return TRUE;
}

static void
explain (PgsComparison  *self,
         GError         *reason,
         GError        **problem)
{
  if (self->snapshot != NULL)
    g_set_error (problem, reason->domain, reason->code,
                 _("The other process, %d, cannot be read any more: %s Its last picture is "
                   "compared."), (int) self->pid, reason->message);
  else
    g_set_error (problem, reason->domain, reason->code,
                 _("The other process, %d, cannot be read: %s"), (int) self->pid,
                 reason->message);
}

static void
check_hidden (PgsComparison  *self,
              GError        **problem)
{
  if (pgs_snapshot_get_totals (self->snapshot)->hidden > 0)
    g_set_error (problem, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                 _("The kernel hides where the pages of the other process, %d, lie: unlock "
                   "physical addresses, and compare again."), (int) self->pid);
}

/**
 * pgs_comparison_run:
 * @snapshot: (transfer none): the process that is shown
 * @previous: (nullable): what came out before
 * @cancellable: (nullable): ends it early
 * @problem: return location for an error that says what is missing, or old
 *
 * Reads the other process, and compares. Blocks. Where the other cannot be read any more,
 * what is known of it is compared.
 *
 * Returns: (transfer full) (nullable): as pgs_snapshot_with_relation(); %NULL where nothing
 *   is known. @problem may be set either way.
 */
PgsSnapshot *
pgs_comparison_run (PgsComparison  *self,
                    PgsSnapshot    *snapshot,
                    PgsSnapshot    *previous,
                    GCancellable   *cancellable,
                    GError        **problem)
{
  g_autoptr(GMutexLocker) locker = NULL;
  g_autoptr(GError) reason = NULL;

  g_return_val_if_fail (self != NULL && snapshot != NULL, NULL);

  locker = g_mutex_locker_new (&self->mutex);
  if (!read_other (self, pgs_snapshot_get_page_size (snapshot), cancellable, &reason))
    explain (self, reason, problem);
  else
    check_hidden (self, problem);
  if (self->snapshot == NULL)
    return NULL;
  return pgs_snapshot_with_relation (snapshot, self->snapshot, self->frames, previous);
}
