/* pgs-export.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writes what is shown into a file: the map as a picture, or the page table as
 * comma-separated values. This is the one place that knows which writer belongs
 * to which format; a new format is a row of the table and a writer.
 *
 * All formats go through a file writer, which puts the file in its place as a
 * whole or not at all, so that a full disk or a change of mind leaves the old
 * file as it was. In a worker it works on references and copies alone.
 */

#include "config.h"

#include "pgs-export.h"

#include <glib/gi18n.h>
#include <string.h>

#include "core/pgs-csv.h"
#include "core/pgs-file-writer.h"
#include "core/pgs-pagemap-entry.h"
#include "core/pgs-process.h"
#include "core/pgs-units.h"
#include "paint/pgs-picture.h"

typedef gboolean (*WriteFunc) (const PgsExport  *self,
                               PgsExportFormat   format,
                               GOutputStream    *stream,
                               GCancellable     *cancellable,
                               GError          **error);

/* What a worker gets. */
typedef struct
{
  PgsExport        export;
  PgsExportFormat  format;
  char            *path;
  char            *title;
} Job;

static char *
dup_subtitle (const PgsExport *self)
{
  const PgsSnapshot *snapshot = pgs_summary_get_snapshot (self->summary);
  const PgsTotals *totals = pgs_snapshot_get_totals (snapshot);
  uint64_t page_size = pgs_snapshot_get_page_size (snapshot);
  g_autofree char *mapped = pgs_units_format_bytes (totals->mapped * page_size);
  g_autofree char *present = pgs_units_format_bytes (totals->present * page_size);

  return g_strdup_printf (_("PID %d · %s mapped, %s present"), (int) self->pid, mapped, present);
}

/* Has the picture show RAM, and the frame of the page in question. */
static void
add_ram (const PgsExport *self,
         PgsPicture      *picture,
         PgsScene        *frames)
{
  const PgsSnapshot *snapshot = pgs_summary_get_snapshot (self->summary);
  uint64_t pfn;

  *frames = picture->scene;
  frames->summary = pgs_frame_map_get_summary (self->frames);
  frames->axis = self->ram_axis;
  frames->viewport = self->ram_viewport;
  frames->kind = PGS_SCENE_FRAMES;
  picture->frames = frames;
  picture->machine = self->machine;
  pfn = self->has_address
    ? pgs_pagemap_entry_get_pfn (pgs_snapshot_get_entry (snapshot, self->address)) : 0;
  picture->has_line = pfn != 0;
  picture->page = self->address;
  picture->frame = pfn * pgs_snapshot_get_page_size (snapshot);
}

static gboolean
write_picture (const PgsExport  *self,
               PgsExportFormat   format,
               GOutputStream    *stream,
               GCancellable     *cancellable,
               GError          **error)
{
  static const PgsPictureFormat picture_formats[] = {
    [PGS_EXPORT_PNG] = PGS_PICTURE_PNG,
    [PGS_EXPORT_SVG] = PGS_PICTURE_SVG,
    [PGS_EXPORT_PDF] = PGS_PICTURE_PDF,
  };
  g_autofree char *subtitle = dup_subtitle (self);
  PgsScene frames;
  PgsPicture picture = {
    .scene = {
      .summary = self->summary,
      .axis = self->axis,
      .viewport = self->viewport,
      .palette = self->palette,
      .device_scale = 1,
    },
    .title = self->title,
    .subtitle = subtitle,
    .width = self->width,
    .height = self->height,
  };

  if (self->frames != NULL)
    add_ram (self, &picture, &frames);
  return pgs_picture_write (&picture, picture_formats[format], stream, cancellable, error);
}

/* Whether two sets of mappings may be of the same program: another one has none at the
 * same place, but for what the kernel lends every process. */
static gboolean
have_in_common (const PgsMaps *maps,
                const PgsMaps *others)
{
  for (guint i = 0; i < pgs_maps_get_n_mappings (maps); i++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (maps, i);
      const PgsMapping *other;
      guint index;

      if (mapping->kind == PGS_MAPPING_KERNEL || !pgs_maps_find (others, mapping->start, &index))
        continue;
      other = pgs_maps_get_mapping (others, index);
      if (other->start == mapping->start && other->inode == mapping->inode &&
          g_str_equal (other->name, mapping->name))
        return TRUE;
    }
  return FALSE;
}

/* Whether there may be frames whose numbers are known, so that more can be known of them. */
static gboolean
shows_frames (const PgsSnapshot *snapshot)
{
  const PgsTotals *totals = pgs_snapshot_get_totals (snapshot);

  return totals->present + totals->swapped > totals->hidden;
}

/* Opens @self's source anew; %NULL where the process has ended, or is another program. */
static PgsSource *
try_source (const PgsExport  *self,
            GCancellable     *cancellable,
            GError          **error)
{
  PgsSnapshot *snapshot = pgs_summary_get_snapshot (self->summary);
  g_autoptr(PgsMaps) maps = NULL;
  g_autoptr(GBytes) text = NULL;

  /* A source reads the pages of whatever was mapped when it was asked for mappings. */
  text = pgs_source_read_maps (self->source, cancellable, error);
  if (text != NULL)
    maps = pgs_maps_read (text, pgs_snapshot_get_page_size (snapshot), NULL, error);
  return maps != NULL && have_in_common (pgs_snapshot_get_maps (snapshot), maps)
    ? g_object_ref (self->source) : NULL;
}

/* Sets @source to where the pages are read again of which there are only numbers, and
 * what is known of frames; to %NULL where there is neither, or the process has ended. */
static gboolean
open_source (const PgsExport  *self,
             PgsSource       **source,
             GCancellable     *cancellable,
             GError          **error)
{
  PgsSnapshot *snapshot = pgs_summary_get_snapshot (self->summary);
  gboolean has_detail = pgs_page_store_has_detail (pgs_snapshot_get_store (snapshot), 0,
                                                   G_MAXUINT64);
  g_autoptr(GError) reason = NULL;

  if (self->source == NULL || (has_detail && !shows_frames (snapshot)))
    return TRUE;
  *source = try_source (self, cancellable, &reason);
  /* A table with all pages is whole without what is known of their frames. */
  if (reason == NULL || g_error_matches (reason, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_FOUND) ||
      (has_detail && !g_cancellable_is_cancelled (cancellable)))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

static gboolean
write_csv (const PgsExport  *self,
           PgsExportFormat   format,
           GOutputStream    *stream,
           GCancellable     *cancellable,
           GError          **error)
{
  g_autoptr(PgsSource) source = NULL;

  if (!open_source (self, &source, cancellable, error))
    return FALSE;
  return pgs_csv_write (pgs_summary_get_snapshot (self->summary), source, self->start, self->end,
                        stream, cancellable, error);
}

static const struct
{
  const char *suffix;
  WriteFunc   write;
} formats[PGS_EXPORT_N_FORMATS] = {
  [PGS_EXPORT_PNG] = { ".png", write_picture },
  [PGS_EXPORT_SVG] = { ".svg", write_picture },
  [PGS_EXPORT_PDF] = { ".pdf", write_picture },
  [PGS_EXPORT_CSV] = { ".csv", write_csv },
};

/**
 * pgs_export_get_suffix:
 * @format: a format
 *
 * Returns: (transfer none): how the names of such files end, like ".png"
 */
const char *
pgs_export_get_suffix (PgsExportFormat format)
{
  g_return_val_if_fail (format < PGS_EXPORT_N_FORMATS, NULL);

  return formats[format].suffix;
}

/**
 * pgs_export_find_format:
 * @path: the name of a file
 * @format: (out): the format that its ending stands for
 * @error: return location for a %G_IO_ERROR_NOT_SUPPORTED that lists the endings
 *
 * Returns: whether the name has a known ending, in capitals or not, and
 *   something in front of it
 */
gboolean
pgs_export_find_format (const char       *path,
                        PgsExportFormat  *format,
                        GError          **error)
{
  g_autofree char *base = NULL;
  g_autofree char *name = NULL;
  gsize length;

  g_return_val_if_fail (path != NULL && format != NULL, FALSE);

  base = g_path_get_basename (path);
  length = strlen (base);
  for (guint i = 0; i < PGS_EXPORT_N_FORMATS; i++)
    {
      gsize n = strlen (formats[i].suffix);

      if (length > n && !g_str_has_suffix (path, "/") &&
          g_ascii_strcasecmp (base + length - n, formats[i].suffix) == 0)
        {
          *format = i;
          return TRUE;
        }
    }
  name = g_filename_display_name (path);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
               _("“%s” does not say what to write: end the name of the file with .png, .svg, "
                 ".pdf or .csv."), name);
  return FALSE;
}

/**
 * pgs_export_write:
 * @format: what to write
 * @path: the file, in the encoding of file names
 * @cancellable: (nullable): ends the writing
 * @error: return location for an error that names the file and what to do
 *
 * Writes the file. Blocks.
 *
 * Returns: whether the file is there now; if not, nothing changed
 */
gboolean
pgs_export_write (const PgsExport  *self,
                  PgsExportFormat   format,
                  const char       *path,
                  GCancellable     *cancellable,
                  GError          **error)
{
  g_autoptr(PgsFileWriter) writer = NULL;
  GError *reason = NULL;

  g_return_val_if_fail (self != NULL && path != NULL, FALSE);
  g_return_val_if_fail (format < PGS_EXPORT_N_FORMATS, FALSE);

  writer = pgs_file_writer_new (path, error);
  if (writer == NULL)
    return FALSE;
  if (!formats[format].write (self, format, pgs_file_writer_get_stream (writer), cancellable,
                              &reason))
    {
      if (!g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        pgs_file_writer_explain (path, &reason);
      g_propagate_error (error, reason);
      return FALSE;
    }
  return !g_cancellable_set_error_if_cancelled (cancellable, error) &&
         pgs_file_writer_commit (writer, error);
}

static void
job_free (gpointer data)
{
  Job *job = data;

  pgs_summary_unref (job->export.summary);
  pgs_axis_unref (job->export.axis);
  g_clear_object (&job->export.source);
  g_clear_pointer (&job->export.frames, pgs_frame_map_unref);
  g_clear_pointer (&job->export.ram_axis, pgs_axis_unref);
  g_clear_pointer (&job->export.machine, pgs_machine_use_unref);
  g_free (job->path);
  g_free (job->title);
  g_free (job);
}

static void
write_cb (GTask        *task,
          gpointer      source_object,
          gpointer      task_data,
          GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;

  if (pgs_export_write (&job->export, job->format, job->path, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * pgs_export_write_async:
 * @format: what to write
 * @path: the file, in the encoding of file names
 * @cancellable: (nullable): ends the writing
 *
 * Writes the file in a worker. What @self refers to is kept for it; @self itself
 * need not be.
 */
void
pgs_export_write_async (const PgsExport     *self,
                        PgsExportFormat      format,
                        const char          *path,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  Job *job;

  g_return_if_fail (self != NULL && path != NULL);
  g_return_if_fail (format < PGS_EXPORT_N_FORMATS);

  job = g_new0 (Job, 1);
  job->export = *self;
  job->export.summary = pgs_summary_ref (self->summary);
  job->export.axis = pgs_axis_ref (self->axis);
  if (self->source != NULL)
    g_object_ref (self->source);
  if (self->frames != NULL)
    {
      pgs_frame_map_ref (self->frames);
      pgs_axis_ref (self->ram_axis);
    }
  if (self->machine != NULL)
    pgs_machine_use_ref (self->machine);
  job->export.title = job->title = g_strdup (self->title);
  job->format = format;
  job->path = g_strdup (path);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, pgs_export_write_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, write_cb);
}

/**
 * pgs_export_write_finish:
 * @error: return location for an error, %G_IO_ERROR_CANCELLED among them
 *
 * Returns: whether the file is there now
 */
gboolean
pgs_export_write_finish (GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, pgs_export_write_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
