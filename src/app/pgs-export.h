/* pgs-export.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "core/pgs-frame-map.h"
#include "core/pgs-machine-use.h"
#include "core/pgs-source.h"
#include "core/pgs-summary.h"
#include "paint/pgs-axis.h"
#include "paint/pgs-palette.h"
#include "paint/pgs-viewport.h"

G_BEGIN_DECLS

typedef enum
{
  PGS_EXPORT_PNG,
  PGS_EXPORT_SVG,
  PGS_EXPORT_PDF,
  PGS_EXPORT_CSV,
  PGS_EXPORT_N_FORMATS,
} PgsExportFormat;

#define PGS_EXPORT_DEFAULT_WIDTH  1280
#define PGS_EXPORT_DEFAULT_HEIGHT 480

/**
 * PgsExport:
 * @summary: (transfer none): what to export, and how it is colored
 * @axis: (transfer none): where addresses lie
 * @viewport: which part; its width does not matter
 * @start: first address, for CSV
 * @end: the address behind the last one, for CSV
 * @source: (transfer none) (nullable): where to read again what the snapshot has
 *   only the numbers of, and what is known of frames, for CSV; nobody else uses it
 *   meanwhile
 * @palette: (transfer none): in what colors
 * @title: the name of the process
 * @pid: its process ID
 * @width: of the picture, in pixels
 * @height: likewise
 * @frames: (transfer none) (nullable): where the pages lie in RAM, if that is to be drawn
 * @ram_axis: (transfer none) (nullable): where physical addresses lie
 * @ram_viewport: which part of RAM; its width does not matter
 * @machine: (transfer none) (nullable): what all of RAM is used for, likewise
 * @has_address: whether a line goes from a page to its frame
 * @address: an address in that page
 *
 * What goes into an exported file.
 */
typedef struct
{
  PgsSummary       *summary;
  PgsAxis          *axis;
  PgsViewport       viewport;
  uint64_t          start;
  uint64_t          end;
  PgsSource        *source;
  const PgsPalette *palette;
  const char       *title;
  pid_t             pid;
  guint             width;
  guint             height;
  PgsFrameMap      *frames;
  PgsAxis          *ram_axis;
  PgsViewport       ram_viewport;
  PgsMachineUse    *machine;
  gboolean          has_address;
  uint64_t          address;
} PgsExport;

gboolean    pgs_export_find_format   (const char       *path,
                                      PgsExportFormat  *format,
                                      GError          **error);
const char *pgs_export_get_suffix    (PgsExportFormat   format);
gboolean    pgs_export_write         (const PgsExport  *self,
                                      PgsExportFormat   format,
                                      const char       *path,
                                      GCancellable     *cancellable,
                                      GError          **error);
void        pgs_export_write_async   (const PgsExport     *self,
                                      PgsExportFormat      format,
                                      const char          *path,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data);
gboolean    pgs_export_write_finish  (GAsyncResult     *result,
                                      GError          **error);

G_END_DECLS
