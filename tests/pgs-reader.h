/* pgs-reader.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <stdint.h>
#include <sys/types.h>

#include "pgs-program.h"

G_BEGIN_DECLS

/* The exit statuses that pagemap_reader promises. */
enum
{
  PGS_READER_SHOWN,
  PGS_READER_NO_FRAME,
  PGS_READER_USAGE,
  PGS_READER_HIDDEN,
  PGS_READER_NOT_FOUND,
};

PgsRun  pgs_reader_run            (const PgsProgram *program,
                                   gboolean          as_nobody,
                                   pid_t             pid,
                                   const char       *format,
                                   ...) G_GNUC_PRINTF (4, 5);
void    pgs_reader_assert_failed  (const PgsRun     *run,
                                   int               status,
                                   const char       *words);
void    pgs_reader_assert_refused (const PgsRun     *run,
                                   int               status,
                                   const char       *words);
int     pgs_reader_expect_status  (uint64_t          entry,
                                   gboolean          as_nobody);
char   *pgs_reader_expect_words   (uint64_t          entry,
                                   gboolean          as_nobody);

G_END_DECLS
