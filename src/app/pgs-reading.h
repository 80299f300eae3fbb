/* pgs-reading.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/pgs-changes.h"
#include "core/pgs-process.h"
#include "core/pgs-source.h"
#include "core/pgs-summary.h"
#include "paint/pgs-axis.h"

G_BEGIN_DECLS

/**
 * PgsReading:
 * @pid: the process to open, where @process is %NULL
 * @process: (nullable): the process; set when the reading is done
 * @source: (nullable): where its bytes come from; set when the reading is done
 * @previous: (nullable): the snapshot before
 * @previous_summary: (nullable): its summary, kept where nothing changed
 * @previous_axis: (nullable): the axis before, kept where no mapping changed
 * @mode: how pages are colored
 * @scale: which axis to make
 * @snapshot: (inout): a snapshot to prepare anew without reading, or %NULL; the
 *   new snapshot, which is @previous where nothing changed
 * @summary: (out): its summary
 * @axis: (out): its axis
 * @duration: (out): how long it took, in seconds
 * @changes: (out) (nullable) (element-type PgsChange): what is not as before
 *
 * One reading of a process: what a worker gets and what it brings back.
 */
typedef struct
{
  pid_t               pid;
  PgsProcess         *process;
  PgsSource          *source;
  PgsSnapshot        *previous;
  PgsSummary         *previous_summary;
  PgsAxis            *previous_axis;
  const PgsColorMode *mode;
  PgsScale            scale;

  PgsSnapshot        *snapshot;
  PgsSummary         *summary;
  PgsAxis            *axis;
  double              duration;
  GArray             *changes;
} PgsReading;

void        pgs_reading_free       (PgsReading           *self);
void        pgs_reading_run_async  (PgsReading           *self,
                                    GCancellable         *cancellable,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data);
PgsReading *pgs_reading_run_finish (GAsyncResult         *result,
                                    GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsReading, pgs_reading_free)

G_END_DECLS
