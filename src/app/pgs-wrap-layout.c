/* pgs-wrap-layout.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lays children out like words: side by side, on further lines as needed, each
 * line centered in height. AdwWrapBox does this from libadwaita 1.7 on;
 * GtkFlowBox puts children into columns of one width, which tears a legend apart.
 */

#include "config.h"

#include "pgs-wrap-layout.h"

struct _PgsWrapLayout
{
  GtkLayoutManager parent_instance;

  int              spacing;
  int              line_spacing;
};

G_DEFINE_FINAL_TYPE (PgsWrapLayout, pgs_wrap_layout, GTK_TYPE_LAYOUT_MANAGER)

static GtkSizeRequestMode
pgs_wrap_layout_get_request_mode (GtkLayoutManager *manager,
                                  GtkWidget        *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* A child that is wider than a line gets the line's width, and what height it
 * needs then. */
static void
get_child_size (GtkWidget      *child,
                int             width,
                GtkRequisition *size)
{
  gtk_widget_get_preferred_size (child, NULL, size);
  if (size->width <= width)
    return;
  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &size->width, NULL, NULL, NULL);
  size->width = MAX (size->width, width);
  gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, size->width, NULL, &size->height,
                      NULL, NULL);
}

/* Puts the children from @child on into a line of at most @width, as many as fit.
 * Returns the first that does not, and how high the line is. */
static GtkWidget *
measure_line (PgsWrapLayout *self,
              GtkWidget     *child,
              int            width,
              int           *height)
{
  gboolean is_first = TRUE;
  int x = 0;

  *height = 0;
  for (; child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkRequisition size;

      if (!gtk_widget_should_layout (child))
        continue;
      get_child_size (child, width, &size);
      if (!is_first && x + size.width > width)
        return child;
      x += size.width + self->spacing;
      *height = MAX (*height, size.height);
      is_first = FALSE;
    }
  return NULL;
}

/* Gives the children from @child up to @end their places in a line. */
static void
allocate_line (PgsWrapLayout *self,
               GtkWidget     *child,
               GtkWidget     *end,
               int            width,
               int            y,
               int            height)
{
  int x = 0;

  for (; child != end; child = gtk_widget_get_next_sibling (child))
    {
      GtkRequisition size;

      if (!gtk_widget_should_layout (child))
        continue;
      get_child_size (child, width, &size);
      gtk_widget_size_allocate (child,
                                &(GtkAllocation) { x, y + (height - size.height) / 2,
                                                   size.width, size.height }, -1);
      x += size.width + self->spacing;
    }
}

/* Lays out all lines; allocates the children if asked to. Returns the height. */
static int
lay_out (PgsWrapLayout *self,
         GtkWidget     *widget,
         int            width,
         gboolean       allocate)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);
  int y = 0;

  while (child != NULL)
    {
      int height;
      GtkWidget *end = measure_line (self, child, width, &height);

      if (allocate)
        allocate_line (self, child, end, width, y, height);
      y += height + (end != NULL ? self->line_spacing : 0);
      child = end;
    }
  return y;
}

static void
measure_width (PgsWrapLayout *self,
               GtkWidget     *widget,
               int           *minimum,
               int           *natural)
{
  *minimum = *natural = 0;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkRequisition size;

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_get_preferred_size (child, NULL, &size);
      *natural += size.width + (*natural > 0 ? self->spacing : 0);
      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &size.width, NULL, NULL, NULL);
      *minimum = MAX (*minimum, size.width);
    }
}

static void
pgs_wrap_layout_measure (GtkLayoutManager *manager,
                         GtkWidget        *widget,
                         GtkOrientation    orientation,
                         int               for_size,
                         int              *minimum,
                         int              *natural,
                         int              *minimum_baseline,
                         int              *natural_baseline)
{
  PgsWrapLayout *self = PGS_WRAP_LAYOUT (manager);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    measure_width (self, widget, minimum, natural);
  else
    *minimum = *natural = lay_out (self, widget, for_size < 0 ? G_MAXINT : for_size, FALSE);
}

static void
pgs_wrap_layout_allocate (GtkLayoutManager *manager,
                          GtkWidget        *widget,
                          int               width,
                          int               height,
                          int               baseline)
{
  lay_out (PGS_WRAP_LAYOUT (manager), widget, width, TRUE);
}

static void
pgs_wrap_layout_class_init (PgsWrapLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  layout_class->get_request_mode = pgs_wrap_layout_get_request_mode;
  layout_class->measure = pgs_wrap_layout_measure;
  layout_class->allocate = pgs_wrap_layout_allocate;
}

static void
pgs_wrap_layout_init (PgsWrapLayout *self)
{
}

/**
 * pgs_wrap_layout_new:
 * @spacing: between children of a line, in pixels
 * @line_spacing: between lines, in pixels
 *
 * Returns: (transfer full): a layout manager
 */
GtkLayoutManager *
pgs_wrap_layout_new (int spacing,
                     int line_spacing)
{
  PgsWrapLayout *self = g_object_new (PGS_TYPE_WRAP_LAYOUT, NULL);

  self->spacing = spacing;
  self->line_spacing = line_spacing;
  return GTK_LAYOUT_MANAGER (self);
}
