/* pgs-bench.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef void (*PgsBenchFunc) (gpointer data);

/* A row without a budget, or one that is not a ratio. */
#define PGS_BENCH_NONE (-1.0)

#define PGS_BENCH_MIB ((double) (1 << 20))

void     pgs_bench_init       (const char   *name);
int      pgs_bench_end        (void);
double   pgs_bench_time       (PgsBenchFunc  func,
                               gpointer      data,
                               guint         rounds);
void     pgs_bench_compare    (PgsBenchFunc  func,
                               PgsBenchFunc  baseline,
                               gpointer      data,
                               guint         rounds,
                               double       *time,
                               double       *baseline_time);
double   pgs_bench_median     (double       *values,
                               guint         n_values);
void     pgs_bench_row        (const char   *name,
                               double        value,
                               const char   *unit,
                               double        ratio,
                               double        budget);
void     pgs_bench_row_noted  (const char   *name,
                               double        value,
                               const char   *unit,
                               double        ratio,
                               double        budget,
                               const char   *note);
void     pgs_bench_row_floor  (const char   *name,
                               double        value,
                               const char   *unit,
                               double        budget,
                               double        floor,
                               const char   *what);
void     pgs_bench_skip       (const char   *name,
                               const char   *reason);
guint    pgs_bench_option     (const char   *variable,
                               guint         normal);
char    *pgs_bench_dup_label  (guint         n_pages);

G_END_DECLS
