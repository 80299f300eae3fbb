/* pgs-bench-program.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* A program while it is measured. */
typedef struct _PgsBenchProgram PgsBenchProgram;

PgsBenchProgram *pgs_bench_program_start              (const char *const *argv,
                                                       const char *const *environment);
PgsBenchProgram *pgs_bench_program_start_pagescape    (pid_t              pid,
                                                       const char *const *environment);
void             pgs_bench_program_end                (PgsBenchProgram   *self);
gint64           pgs_bench_program_get_start          (PgsBenchProgram   *self);
double           pgs_bench_program_get_peak           (PgsBenchProgram   *self);
double           pgs_bench_program_get_processor_time (PgsBenchProgram   *self);
double           pgs_bench_program_wait_for_peak      (PgsBenchProgram   *self);
char            *pgs_bench_program_read_output        (PgsBenchProgram   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsBenchProgram, pgs_bench_program_end)

G_END_DECLS
