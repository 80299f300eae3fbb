/* pgs-window-private.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the window share: the widget in pgs-window.c, its commands in
 * pgs-window-actions.c.
 */

#pragma once

#include "pgs-bar.h"
#include "pgs-console.h"
#include "pgs-inspector.h"
#include "pgs-legend.h"
#include "pgs-machine-legend.h"
#include "pgs-mapping-list.h"
#include "pgs-overview.h"
#include "pgs-ram-bar.h"
#include "pgs-window.h"

G_BEGIN_DECLS

struct _PgsWindow
{
  AdwApplicationWindow  parent_instance;

  PgsSession           *session;
  GSettings            *settings;      /* %NULL where the schema is not installed */

  AdwWindowTitle       *title;
  GtkStack             *stack;
  AdwStatusPage        *failed_page;
  GtkWidget            *failed_again_button;
  GtkWidget            *failed_unlock_button;
  GtkBox               *map_box;
  GtkWidget            *lock_bar;      /* %NULL until something was hidden */
  GtkWidget            *info_bar;
  GtkLabel             *info_label;
  GtkWidget            *again_button;
  GtkWidget            *progress_box;
  GtkLabel             *progress_label;
  GtkProgressBar       *progress_bar;
  GtkBox               *tool_bar;
  GtkDropDown          *mode_drop_down;
  GtkDropDown          *scale_drop_down;
  GtkButton            *pause_button;
  PgsLegend            *legend;
  PgsOverview          *overview;
  PgsBar               *bar;
  PgsRamBar            *ram_bar;
  PgsMachineLegend     *machine_legend;
  GtkBox               *list_box;
  PgsMappingList       *mapping_list;  /* %NULL before the first frame, like the inspector */
  PgsInspector         *inspector;
  PgsConsole           *console;
  AdwFlap              *flap;
  GtkWidget            *details_button;
  AdwToastOverlay      *toast_overlay;
};

void pgs_window_install_actions (GtkWidgetClass *widget_class);
void pgs_window_update_actions  (PgsWindow      *self);
void pgs_window_compare         (PgsWindow      *self);
void pgs_window_show_toast      (PgsWindow      *self,
                                 const char     *text,
                                 const char     *uri);

G_END_DECLS
