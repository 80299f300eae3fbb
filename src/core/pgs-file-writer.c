/* pgs-file-writer.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writes a file as a whole or not at all: into a temporary file beside it, which
 * takes its place when everything is on the disk. A full disk or a crash leaves
 * the old file as it was.
 *
 * Renaming would replace a device, a pipe or a folder's entry, so only a regular
 * file is accepted as target; a symbolic link is followed first. GIO's
 * g_file_replace() does much of this, but it writes into what is not a regular
 * file, and it cannot be told to give up what it wrote.
 */

#include "config.h"

#include "pgs-file-writer.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixoutputstream.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEW_FILE_MODE 0666

struct _PgsFileWriter
{
  char          *path;
  char          *temporary;
  int            fd;
  GOutputStream *stream;
};

static void
set_error (GError     **error,
           const char  *path,
           int          code)
{
  g_autofree char *name = g_filename_display_name (path);

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
               _("“%s” cannot be written: %s."), name, g_strerror (code));
}

static gboolean
check_target (const char   *path,
              struct stat  *status,
              GError      **error)
{
  g_autofree char *name = g_filename_display_name (path);

  if (S_ISDIR (status->st_mode))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY,
                 _("“%s” is a folder. Choose a name for a file in it."), name);
  else if (!S_ISREG (status->st_mode))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                 _("“%s” is not a regular file. Choose another name."), name);
  else if (access (path, W_OK) != 0)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
                 _("“%s” is read-only. Choose another name."), name);
  else
    return TRUE;
  return FALSE;
}

/* @replaced is the file that is there, or NULL. */
static gboolean
open_temporary (PgsFileWriter      *self,
                const struct stat  *replaced,
                GError            **error)
{
  mode_t mode = replaced != NULL ? replaced->st_mode & 07777 : NEW_FILE_MODE;

  self->temporary = g_strconcat (self->path, ".XXXXXX", NULL);
  self->fd = g_mkstemp_full (self->temporary, O_WRONLY | O_CLOEXEC, (int) mode);
  if (self->fd < 0)
    {
      set_error (error, self->path, errno);
      g_clear_pointer (&self->temporary, g_free);
      return FALSE;
    }
  /* The umask is for new files. Permissions that cannot be set stay narrower. */
  if (replaced != NULL)
    fchmod (self->fd, mode);
  self->stream = g_unix_output_stream_new (self->fd, FALSE);
  return TRUE;
}

/**
 * pgs_file_writer_new:
 * @path: the file to write, in the encoding of file names
 * @error: return location for a %G_IO_ERROR that names the file
 *
 * Starts writing a file. An existing file stays as it is until the commit.
 *
 * Returns: (transfer full): a writer, or %NULL when the file cannot be written
 */
PgsFileWriter *
pgs_file_writer_new (const char  *path,
                     GError     **error)
{
  g_autoptr(PgsFileWriter) self = NULL;
  struct stat status;
  gboolean exists;
  char *resolved;

  g_return_val_if_fail (path != NULL, NULL);

  self = g_new0 (PgsFileWriter, 1);
  self->fd = -1;
  resolved = realpath (path, NULL);
  self->path = g_strdup (resolved != NULL ? resolved : path);
  free (resolved);
  exists = stat (self->path, &status) == 0;
  if (exists)
    {
      if (!check_target (self->path, &status, error))
        return NULL;
    }
  else if (errno != ENOENT || lstat (self->path, &status) == 0)
    {
      /* A link to nowhere would be replaced, and what it names never written. */
      set_error (error, path, errno);
      return NULL;
    }
  return open_temporary (self, exists ? &status : NULL, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * pgs_file_writer_free:
 *
 * Ends the writing. What was not committed is removed.
 */
void
pgs_file_writer_free (PgsFileWriter *self)
{
  if (self == NULL)
    return;
  g_clear_object (&self->stream);
  if (self->fd >= 0)
    close (self->fd);
  if (self->temporary != NULL)
    g_unlink (self->temporary);
  g_free (self->temporary);
  g_free (self->path);
  g_free (self);
}

/**
 * pgs_file_writer_get_stream:
 *
 * Returns: (transfer none): where to write
 */
GOutputStream *
pgs_file_writer_get_stream (PgsFileWriter *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->stream;
}

/**
 * pgs_file_writer_explain:
 * @path: the file
 * @error: (inout): an error of writing to the stream
 *
 * Puts the name of the file in front of an error that a stream gave, which knows
 * no name.
 */
void
pgs_file_writer_explain (const char  *path,
                         GError     **error)
{
  g_autofree char *name = g_filename_display_name (path);

  if (g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    g_prefix_error (error, _("“%s” was not written, the disk is full. Free some space or choose "
                             "another place. "), name);
  else
    g_prefix_error (error, _("“%s” was not written. "), name);
}

/**
 * pgs_file_writer_commit:
 * @error: return location for a %G_IO_ERROR that names the file
 *
 * Brings all that was written to the disk and puts the file in its place.
 *
 * Returns: whether the file is there now; if not, nothing changed
 */
gboolean
pgs_file_writer_commit (PgsFileWriter  *self,
                        GError        **error)
{
  g_return_val_if_fail (self != NULL && self->temporary != NULL, FALSE);

  if (fsync (self->fd) != 0 || g_rename (self->temporary, self->path) != 0)
    {
      set_error (error, self->path, errno);
      return FALSE;
    }
  g_clear_pointer (&self->temporary, g_free);
  return TRUE;
}
