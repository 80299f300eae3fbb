/* pgs-narrow-bin.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PGS_TYPE_NARROW_BIN (pgs_narrow_bin_get_type ())
G_DECLARE_DERIVABLE_TYPE (PgsNarrowBin, pgs_narrow_bin, PGS, NARROW_BIN, GtkWidget)

struct _PgsNarrowBinClass
{
  GtkWidgetClass parent_class;
};

G_END_DECLS
