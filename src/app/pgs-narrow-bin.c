/* pgs-narrow-bin.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Holds a child with text that wraps, and lets it be as narrow as its longest word.
 *
 * A label that is asked how narrow it can be at a given height tells how wide its text
 * is on so many lines. Boxes ask that, and so a sentence in a window made that window
 * wider than the screen of a phone. This asks for no height.
 */

#include "config.h"

#include "pgs-narrow-bin.h"

G_DEFINE_TYPE (PgsNarrowBin, pgs_narrow_bin, GTK_TYPE_WIDGET)

static void
pgs_narrow_bin_measure (GtkWidget      *widget,
                        GtkOrientation  orientation,
                        int             for_size,
                        int            *minimum,
                        int            *natural,
                        int            *minimum_baseline,
                        int            *natural_baseline)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);

  if (child == NULL)
    return;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    for_size = -1;
  else if (for_size < 0)
    gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &for_size, NULL, NULL);
  gtk_widget_measure (child, orientation, for_size, minimum, natural, NULL, NULL);
}

static void
pgs_narrow_bin_size_allocate (GtkWidget *widget,
                              int        width,
                              int        height,
                              int        baseline)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);

  if (child != NULL)
    gtk_widget_allocate (child, width, height, baseline, NULL);
}

static GtkSizeRequestMode
pgs_narrow_bin_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
pgs_narrow_bin_dispose (GObject *object)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  if (child != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (pgs_narrow_bin_parent_class)->dispose (object);
}

static void
pgs_narrow_bin_class_init (PgsNarrowBinClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pgs_narrow_bin_dispose;
  widget_class->measure = pgs_narrow_bin_measure;
  widget_class->size_allocate = pgs_narrow_bin_size_allocate;
  widget_class->get_request_mode = pgs_narrow_bin_get_request_mode;
}

static void
pgs_narrow_bin_init (PgsNarrowBin *self)
{
}
