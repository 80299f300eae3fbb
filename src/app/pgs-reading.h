/* pgs-reading.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/pgs-changes.h"
#include "core/pgs-focus.h"
#include "core/pgs-proc-source.h"
#include "core/pgs-process.h"
#include "core/pgs-source.h"
#include "core/pgs-summary.h"
#include "paint/pgs-axis.h"
#include "pgs-comparison.h"
#include "pgs-ram-view.h"

G_BEGIN_DECLS

/* What a reading does. */
typedef enum
{
  PGS_READING_WHOLE,   /* reads the process */
  PGS_READING_DETAIL,  /* reads again, in detail, what the focus is on */
  PGS_READING_NOTHING, /* prepares the previous snapshot for other colors or scale, for
                        * which frames may have to be read */
} PgsReadingKind;

/**
 * PgsReadingLimits:
 * @max_bytes: how much memory pages may take; 0 for the default
 * @scan: how populated pages are found
 *
 * What the user may say about how processes are read.
 */
typedef struct
{
  gsize       max_bytes;
  PgsProcScan scan;
} PgsReadingLimits;

typedef struct _PgsReading PgsReading;

/* Called in the main thread, with a reading that is as complete as it can be yet. */
typedef void (*PgsReadingProgress) (PgsReading *partial,
                                    gpointer    user_data);

/**
 * PgsReading:
 * @kind: what it does
 * @limits: how processes are read
 * @pid: the process to open, where @process is %NULL
 * @process: (nullable): the process; set when the reading is done
 * @source: (nullable): where its bytes come from; set when the reading is done
 * @focus: (nullable): what to read first
 * @previous: (nullable): the snapshot before
 * @previous_summary: (nullable): its summary, from which is kept what did not change
 * @previous_axis: (nullable): the axis before, kept where no mapping changed
 * @mode: how pages are colored
 * @scale: which axis to make
 * @comparison: (nullable): what @mode may compare the process with
 * @comparison_number: tells comparisons apart
 * @keeps_words: whether @previous has what @mode needs to know of each page
 * @wants_ram: whether to find out where pages lie in RAM
 * @previous_ram: (nullable): where they lay before
 * @progress: (nullable): told what was read so far, where there is nothing before
 * @user_data: for @progress; not called any more once @cancellable is cancelled
 * @snapshot: (out): the new snapshot, which is @previous where nothing changed
 * @summary: (out): its summary
 * @axis: (out): its axis
 * @ram: (out) (nullable): where its pages lie in RAM
 * @fraction: (out): how much of the address space was read, from 0 to 1
 * @duration: (out): how long it took, in seconds
 * @changes: (out) (nullable) (element-type PgsChange): what is not as before
 * @frames_error: (out) (nullable): why nothing new is known of frames, or of another
 *   process, where @mode needs that
 *
 * One reading of a process: what a worker gets and what it brings back.
 */
struct _PgsReading
{
  PgsReadingKind      kind;
  PgsReadingLimits    limits;
  pid_t               pid;
  PgsProcess         *process;
  PgsSource          *source;
  PgsFocus           *focus;
  PgsSnapshot        *previous;
  PgsSummary         *previous_summary;
  PgsAxis            *previous_axis;
  const PgsColorMode *mode;
  PgsScale            scale;
  PgsComparison      *comparison;
  guint               comparison_number;
  gboolean            keeps_words;
  gboolean            wants_ram;
  PgsRamView         *previous_ram;
  PgsReadingProgress  progress;
  gpointer            user_data;

  PgsSnapshot        *snapshot;
  PgsSummary         *summary;
  PgsAxis            *axis;
  PgsRamView         *ram;
  double              fraction;
  double              duration;
  GArray             *changes;
  GError             *frames_error;
};

PgsSource  *pgs_reading_new_source (PgsProcess             *process,
                                    const PgsReadingLimits *limits);
void        pgs_reading_free       (PgsReading           *self);
void        pgs_reading_run_async  (PgsReading           *self,
                                    GCancellable         *cancellable,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data);
PgsReading *pgs_reading_run_finish (GAsyncResult         *result,
                                    GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsReading, pgs_reading_free)

G_END_DECLS
