/* pgs-options.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "pgs-export.h"
#include "pgs-reading.h"

G_BEGIN_DECLS

/* Seconds that a launched program runs before it is read. */
#define PGS_OPTIONS_DEFAULT_DELAY 1.0
#define PGS_OPTIONS_MAX_DELAY     86400.0

/* MiB that the detail of pages may take. */
#define PGS_OPTIONS_MAX_DETAIL    (1 << 20)

/* Why a command line cannot be followed. */
typedef enum
{
  PGS_OPTIONS_ERROR_UNKNOWN, /* something that is no option */
  PGS_OPTIONS_ERROR_VALUE,   /* an option with a value it cannot have */
  PGS_OPTIONS_ERROR_MISSING, /* an option without another one that it needs */
  PGS_OPTIONS_ERROR_CLASH,   /* options that exclude each other */
} PgsOptionsError;

#define PGS_OPTIONS_ERROR (pgs_options_error_quark ())
GQuark pgs_options_error_quark (void);

/**
 * PgsOptions:
 * @help: only print the help; nothing else is checked or set
 * @version: only print the version; likewise
 * @pid: the process to look at, or 0
 * @launch: whether to launch a program and look at it; never together with @pid
 * @program: (nullable): the program and its arguments; %NULL for the prober
 * @has_address: whether there is an @address
 * @address: a virtual address to go to
 * @mode: (nullable): how pages are colored, if said
 * @other: the process to compare with, or 0; colors are by relation then
 * @has_scale: whether there is a @scale
 * @scale: how addresses are laid out
 * @export_path: (nullable): the file to write, without a window; only with a
 *   process
 * @format: what to write, where there is an @export_path
 * @width: of the picture in pixels
 * @height: likewise
 * @start: first address to export; 0 for all
 * @end: the address behind the last one; %G_MAXUINT64 for all
 * @ram: whether the picture shows RAM
 * @delay: seconds that the program runs before it is read
 * @limits: how processes are read
 * @unlock: whether to ask for the right to see what is hidden; only with a process
 *
 * What the command line asks for, checked.
 */
typedef struct
{
  gboolean             help;
  gboolean             version;
  pid_t                pid;
  gboolean             launch;
  char               **program;
  gboolean             has_address;
  uint64_t             address;
  const PgsColorMode  *mode;
  pid_t                other;
  gboolean             has_scale;
  PgsScale             scale;
  char                *export_path;
  PgsExportFormat      format;
  guint                width;
  guint                height;
  uint64_t             start;
  uint64_t             end;
  gboolean             ram;
  double               delay;
  PgsReadingLimits     limits;
  gboolean             unlock;
} PgsOptions;

PgsOptions *pgs_options_parse     (int                  argc,
                                   const char * const  *argv,
                                   GError             **error);
void        pgs_options_free      (PgsOptions          *self);
gboolean    pgs_options_has_range (const PgsOptions    *self);
char       *pgs_options_dup_help  (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsOptions, pgs_options_free)

G_END_DECLS
