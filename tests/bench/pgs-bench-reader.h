/* pgs-bench-reader.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/pgs-process.h"
#include "core/pgs-snapshot.h"
#include "core/pgs-source.h"
#include "pgs-bench-target.h"
#include "pgs-bench.h"

G_BEGIN_DECLS

/**
 * PgsBenchReader:
 * @target: (transfer none): the process
 * @process: the process, opened
 * @source: where its bytes come from
 *
 * A target and what is needed to look at it.
 */
typedef struct
{
  PgsBenchTarget *target;
  PgsProcess     *process;
  PgsSource      *source;
} PgsBenchReader;

PgsBenchReader *pgs_bench_reader_new       (PgsBenchTarget *target);
void            pgs_bench_reader_free      (PgsBenchReader *self);
PgsSnapshot    *pgs_bench_reader_take      (PgsBenchReader *self);
void            pgs_bench_reader_run_take  (gpointer        reader);
void            pgs_bench_reader_run_pread (gpointer        reader);

double pgs_bench_reader_time (PgsBenchFunc func,
                              gpointer     data,
                              guint        rounds,
                              gulong       pause_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsBenchReader, pgs_bench_reader_free)

G_END_DECLS
