/* pgs-process-stat.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <stdint.h>
#include <sys/types.h>

G_BEGIN_DECLS

/**
 * PgsProcessStat:
 * @name: the bytes that the process chose for its name
 * @state: a letter; see proc_pid_stat(5)
 * @flags: PF_* of the kernel
 * @start_time: in clock ticks since the machine started
 *
 * What is needed of /proc/PID/stat.
 */
typedef struct
{
  char     name[64];
  char     state;
  guint    flags;
  uint64_t start_time;
} PgsProcessStat;

gboolean pgs_process_stat_read             (int                    dir_fd,
                                            pid_t                  pid,
                                            PgsProcessStat        *stat,
                                            GError               **error);
gboolean pgs_process_stat_has_ended        (const PgsProcessStat  *stat);
gboolean pgs_process_stat_is_kernel_thread (const PgsProcessStat  *stat);
void     pgs_process_set_ended_error       (GError               **error,
                                            pid_t                  pid);

G_END_DECLS
