/* pgs-prober.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <stdint.h>
#include <sys/types.h>

#include "pgs-program.h"

G_BEGIN_DECLS

/**
 * PgsProber:
 * @process: prober
 * @fd: what it prints, from the fourth line on
 * @address: the address that it printed
 * @pid: the process ID that it printed
 *
 * The tutorial's prober, running.
 */
typedef struct
{
  GSubprocess *process;
  int          fd;
  uint64_t     address;
  pid_t        pid;
} PgsProber;

PgsProber pgs_prober_start            (const PgsProgram *program,
                                       gboolean          as_nobody);
void      pgs_prober_send             (PgsProber        *self,
                                       const char       *text);
void      pgs_prober_close            (PgsProber        *self);
gboolean  pgs_prober_ends_within      (PgsProber        *self,
                                       int               milliseconds);
void      pgs_prober_assert_ends_well (PgsProber        *self);

G_END_DECLS
