/* pgs-process-list.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "pgs-process.h"

G_BEGIN_DECLS

/**
 * PgsProcessInfo:
 * @pid: process ID
 * @name: the name the kernel keeps (comm), valid UTF-8
 * @user: name of the owner, or the number of the user ID
 * @command_line: words joined by spaces, valid UTF-8; "" for kernel threads
 * @resident: resident set size in bytes
 * @denied: (nullable): why its memory cannot be read, or %NULL where it can
 *
 * One row of the list of processes.
 */
typedef struct
{
  pid_t     pid;
  char     *name;
  char     *user;
  char     *command_line;
  uint64_t  resident;
  GError   *denied;
} PgsProcessInfo;

GPtrArray      *pgs_process_list_read (const char      *proc_root,
                                       GCancellable    *cancellable,
                                       GError         **error);
void            pgs_process_info_free (PgsProcessInfo  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsProcessInfo, pgs_process_info_free)

G_END_DECLS
