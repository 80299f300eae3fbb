/* pgs-file-writer.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * PgsFileWriter:
 *
 * Writes a file as a whole or not at all.
 */
typedef struct _PgsFileWriter PgsFileWriter;

PgsFileWriter *pgs_file_writer_new        (const char     *path,
                                           GError        **error);
void           pgs_file_writer_free       (PgsFileWriter  *self);
GOutputStream *pgs_file_writer_get_stream (PgsFileWriter  *self);
gboolean       pgs_file_writer_commit     (PgsFileWriter  *self,
                                           GError        **error);
void           pgs_file_writer_explain    (const char     *path,
                                           GError        **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsFileWriter, pgs_file_writer_free)

G_END_DECLS
