/* pgs-picture.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "core/pgs-machine-use.h"
#include "pgs-ribbons.h"

G_BEGIN_DECLS

typedef enum
{
  PGS_PICTURE_PNG,
  PGS_PICTURE_SVG,
  PGS_PICTURE_PDF,
} PgsPictureFormat;

/* The smallest and largest sides of a picture, in pixels. */
#define PGS_PICTURE_MIN_WIDTH  240
#define PGS_PICTURE_MIN_HEIGHT 160
#define PGS_PICTURE_MAX_SIDE   16384

/**
 * PgsPicture:
 * @scene: what to draw; the viewport's width is replaced by the picture's
 * @title: the name of the process
 * @subtitle: what else to say of it
 * @width: in pixels (PNG and SVG) or points (PDF)
 * @height: likewise
 * @frames: (nullable): the bar of RAM, drawn below with ribbons to it where the picture is
 *   high enough; its viewport's width is replaced, too
 * @machine: (nullable): what all of RAM is used for, drawn below it with a legend
 * @has_line: whether a line goes from a page to its frame
 * @page: the address of that page
 * @frame: the physical address of its frame
 *
 * A map with title, time, legend and ruler, to be written as a file.
 */
typedef struct
{
  PgsScene             scene;
  const char          *title;
  const char          *subtitle;
  guint                width;
  guint                height;
  const PgsScene      *frames;
  const PgsMachineUse *machine;
  gboolean             has_line;
  uint64_t             page;
  uint64_t             frame;
} PgsPicture;

/* Where the bar of a picture lies, in pixels of the picture. */
typedef struct
{
  double x, y, width, height;
} PgsPictureRect;

gboolean pgs_picture_write    (const PgsPicture  *self,
                               PgsPictureFormat   format,
                               GOutputStream     *stream,
                               GCancellable      *cancellable,
                               GError           **error);
void     pgs_picture_get_bar  (const PgsPicture  *self,
                               PgsPictureRect    *bar);

G_END_DECLS
