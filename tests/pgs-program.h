/* pgs-program.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* How long a program may take to print a line or to end. */
#define PGS_PROGRAM_TIMEOUT_MS 10000

/**
 * PgsProgram:
 * @folder: the folder that holds nothing but the program
 * @path: the program
 *
 * A program of this project, copied to where anyone may run it.
 */
typedef struct
{
  char *folder;
  char *path;
} PgsProgram;

/**
 * PgsRun:
 * @status: the exit status; minus the signal, if it ended by one
 * @out: all that it printed
 * @err: all that it printed as errors
 *
 * How a program ended, and what it said.
 */
typedef struct
{
  int   status;
  char *out;
  char *err;
} PgsRun;

PgsProgram  *pgs_program_new         (const char           *variable);
void         pgs_program_free        (PgsProgram           *self);
GPtrArray   *pgs_program_new_command (const char           *program,
                                      gboolean              as_nobody);
GSubprocess *pgs_program_spawn       (GPtrArray            *argv,
                                      GSubprocessFlags      flags,
                                      GSpawnChildSetupFunc  setup);
int          pgs_program_get_status  (GSubprocess          *process);
char        *pgs_program_read_line   (int                   fd);
PgsRun       pgs_program_finish      (GSubprocess          *process);
PgsRun       pgs_program_run         (GPtrArray            *argv);
PgsRun       pgs_program_run_shell   (const char           *format,
                                      ...) G_GNUC_PRINTF (1, 2);
void         pgs_run_clear           (PgsRun               *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsProgram, pgs_program_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PgsRun, pgs_run_clear)

G_END_DECLS
