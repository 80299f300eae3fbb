/* pgs-swap-file.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PgsSwapFile:
 *
 * Swap space for the time of a test.
 */
typedef struct _PgsSwapFile PgsSwapFile;

PgsSwapFile *pgs_swap_file_new  (void);
void         pgs_swap_file_free (PgsSwapFile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsSwapFile, pgs_swap_file_free)

G_END_DECLS
