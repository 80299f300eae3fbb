/* pgs-mapping-header.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The titles above the list of mappings: buttons to sort by, and where each column
 * is, which the rows below follow. It scrolls sideways with the list. A column is as
 * wide as its title or a long text of it, whichever is wider; the last one takes
 * what is left.
 */

#include "config.h"

#include "pgs-mapping-header.h"

#include <glib/gi18n.h>

/* On each side of a text. */
#define CELL_PADDING 8
/* Above and below it. */
#define ROW_PADDING  2
#define BAR_WIDTH    130

struct _PgsMappingHeader
{
  GtkWidget           parent_instance;

  GtkAdjustment      *adjustment;
  guint               scroll_id;
  GtkWidget          *buttons[PGS_MAPPING_N_COLUMNS];
  GtkWidget          *arrows[PGS_MAPPING_N_COLUMNS];
  PangoAttrList      *attributes[2];                  /* proportional, monospace */
  int                 widths[PGS_MAPPING_N_COLUMNS];  /* the least; 0 if not known */
  int                 row_height;

  PgsMappingColumnId  column;
  gboolean            is_descending;
};

enum
{
  SORT_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PgsMappingHeader, pgs_mapping_header, GTK_TYPE_WIDGET)

/* Sorting */

static void
update_arrows (PgsMappingHeader *self)
{
  for (guint i = 0; i < PGS_MAPPING_N_COLUMNS; i++)
    {
      gboolean is_sorted = i == self->column;

      gtk_image_set_from_icon_name (GTK_IMAGE (self->arrows[i]),
                                    is_sorted && self->is_descending ? "pan-down-symbolic"
                                                                     : "pan-up-symbolic");
      gtk_widget_set_opacity (self->arrows[i], is_sorted ? 1 : 0);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->buttons[i]),
                                      GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                      !is_sorted ? "" :
                                      self->is_descending ? _("Sorted, largest first")
                                                          : _("Sorted, smallest first"), -1);
    }
}

static void
clicked_cb (PgsMappingHeader *self,
            GtkWidget        *button)
{
  for (guint i = 0; i < PGS_MAPPING_N_COLUMNS; i++)
    if (self->buttons[i] == button)
      {
        self->is_descending = i == self->column && !self->is_descending;
        self->column = i;
      }
  update_arrows (self);
  g_signal_emit (self, signals[SORT_CHANGED], 0);
}

/* Where columns are */

static int
measure_sample (PgsMappingHeader   *self,
                PgsMappingColumnId  column)
{
  g_autoptr(PangoLayout) layout = NULL;
  int width, height;

  if (pgs_mapping_column_get (column)->sample == NULL)
    return BAR_WIDTH;
  layout = gtk_widget_create_pango_layout (GTK_WIDGET (self),
                                           pgs_mapping_column_get (column)->sample);
  pango_layout_set_attributes (layout, pgs_mapping_header_get_attributes (self, column));
  pango_layout_get_pixel_size (layout, &width, &height);
  self->row_height = MAX (self->row_height, height + 2 * ROW_PADDING);
  return width;
}

static void
measure_columns (PgsMappingHeader *self)
{
  if (self->widths[0] > 0)
    return;
  self->row_height = 0;
  for (guint i = 0; i < PGS_MAPPING_N_COLUMNS; i++)
    {
      int least;

      gtk_widget_measure (self->buttons[i], GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL,
                          NULL);
      self->widths[i] = MAX (least, measure_sample (self, i) + 2 * CELL_PADDING);
    }
}

static int
get_whole_width (PgsMappingHeader *self)
{
  return MAX (gtk_widget_get_width (GTK_WIDGET (self)), pgs_mapping_header_get_min_width (self));
}

static void
place_column (PgsMappingHeader   *self,
              PgsMappingColumnId  column,
              int                *x,
              int                *width)
{
  int whole = get_whole_width (self);

  measure_columns (self);
  *x = 0;
  for (guint i = 0; i < column; i++)
    *x += self->widths[i];
  *width = column + 1 == PGS_MAPPING_N_COLUMNS ? whole - *x : self->widths[column];
  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    *x = whole - *x - *width;
}

static gboolean
scroll_cb (gpointer user_data)
{
  PgsMappingHeader *self = user_data;

  self->scroll_id = 0;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  return G_SOURCE_REMOVE;
}

/* The list may scroll while it is given its place, when it is too late to give the
 * titles theirs. So they follow a moment later, which is before the next frame. */
static void
scrolled_cb (PgsMappingHeader *self)
{
  if (self->scroll_id == 0)
    self->scroll_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, scroll_cb, self, NULL);
}

/* The widget */

static void
pgs_mapping_header_measure (GtkWidget      *widget,
                            GtkOrientation  orientation,
                            int             for_size,
                            int            *minimum,
                            int            *natural,
                            int            *minimum_baseline,
                            int            *natural_baseline)
{
  PgsMappingHeader *self = PGS_MAPPING_HEADER (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 1;
      *natural = pgs_mapping_header_get_min_width (self);
      return;
    }
  for (guint i = 0; i < PGS_MAPPING_N_COLUMNS; i++)
    {
      int least, wanted;

      gtk_widget_measure (self->buttons[i], orientation, -1, &least, &wanted, NULL, NULL);
      *minimum = MAX (*minimum, least);
      *natural = MAX (*natural, wanted);
    }
}

static void
pgs_mapping_header_size_allocate (GtkWidget *widget,
                                  int        width,
                                  int        height,
                                  int        baseline)
{
  PgsMappingHeader *self = PGS_MAPPING_HEADER (widget);
  int offset = self->adjustment != NULL ? (int) gtk_adjustment_get_value (self->adjustment) : 0;

  for (guint i = 0; i < PGS_MAPPING_N_COLUMNS; i++)
    {
      GtkAllocation place = { .height = height };

      place_column (self, i, &place.x, &place.width);
      place.x -= offset;
      gtk_widget_size_allocate (self->buttons[i], &place, -1);
    }
}

/* Brings the title that has the focus into view. */
static void
pgs_mapping_header_set_focus_child (GtkWidget *widget,
                                    GtkWidget *child)
{
  PgsMappingHeader *self = PGS_MAPPING_HEADER (widget);
  int x, width;

  for (guint i = 0; i < PGS_MAPPING_N_COLUMNS; i++)
    if (child != NULL && child == self->buttons[i] && self->adjustment != NULL)
      {
        place_column (self, i, &x, &width);
        gtk_adjustment_clamp_page (self->adjustment, x, x + width);
      }

  GTK_WIDGET_CLASS (pgs_mapping_header_parent_class)->set_focus_child (widget, child);
}

static void
pgs_mapping_header_css_changed (GtkWidget         *widget,
                                GtkCssStyleChange *change)
{
  PGS_MAPPING_HEADER (widget)->widths[0] = 0;

  GTK_WIDGET_CLASS (pgs_mapping_header_parent_class)->css_changed (widget, change);
}

static void
pgs_mapping_header_dispose (GObject *object)
{
  PgsMappingHeader *self = PGS_MAPPING_HEADER (object);

  g_clear_handle_id (&self->scroll_id, g_source_remove);
  for (guint i = 0; i < PGS_MAPPING_N_COLUMNS; i++)
    g_clear_pointer (&self->buttons[i], gtk_widget_unparent);
  g_clear_object (&self->adjustment);
  g_clear_pointer (&self->attributes[0], pango_attr_list_unref);
  g_clear_pointer (&self->attributes[1], pango_attr_list_unref);

  G_OBJECT_CLASS (pgs_mapping_header_parent_class)->dispose (object);
}

static void
pgs_mapping_header_class_init (PgsMappingHeaderClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pgs_mapping_header_dispose;
  widget_class->measure = pgs_mapping_header_measure;
  widget_class->size_allocate = pgs_mapping_header_size_allocate;
  widget_class->set_focus_child = pgs_mapping_header_set_focus_child;
  widget_class->css_changed = pgs_mapping_header_css_changed;
  gtk_widget_class_set_css_name (widget_class, "pgsmappingheader");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ROW);

  /* Another column to sort by, or the other way round. */
  signals[SORT_CHANGED] = g_signal_new ("sort-changed", PGS_TYPE_MAPPING_HEADER,
                                        G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
add_button (PgsMappingHeader   *self,
            PgsMappingColumnId  column)
{
  const PgsMappingColumn *info = pgs_mapping_column_get (column);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 2);

  self->buttons[column] = gtk_button_new ();
  self->arrows[column] = gtk_image_new ();
  gtk_box_append (GTK_BOX (box), gtk_label_new (_(info->title)));
  gtk_box_append (GTK_BOX (box), self->arrows[column]);
  if (info->xalign > 0)
    gtk_box_reorder_child_after (GTK_BOX (box), self->arrows[column], NULL);
  gtk_widget_set_halign (box, info->xalign > 0 ? GTK_ALIGN_END : GTK_ALIGN_START);
  gtk_button_set_child (GTK_BUTTON (self->buttons[column]), box);
  gtk_widget_add_css_class (self->buttons[column], "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->buttons[column]),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _(info->title), -1);
  gtk_widget_set_parent (self->buttons[column], GTK_WIDGET (self));
  g_signal_connect_object (self->buttons[column], "clicked", G_CALLBACK (clicked_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
pgs_mapping_header_init (PgsMappingHeader *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  for (guint i = 0; i < G_N_ELEMENTS (self->attributes); i++)
    {
      self->attributes[i] = pango_attr_list_new ();
      pango_attr_list_insert (self->attributes[i], pango_attr_font_features_new ("tnum=1"));
    }
  pango_attr_list_insert (self->attributes[1], pango_attr_family_new ("Monospace"));
  for (guint i = 0; i < PGS_MAPPING_N_COLUMNS; i++)
    add_button (self, i);
  update_arrows (self);
}

/**
 * pgs_mapping_header_set_adjustment:
 * @adjustment: what the list is scrolled sideways with; set once
 */
void
pgs_mapping_header_set_adjustment (PgsMappingHeader *self,
                                   GtkAdjustment    *adjustment)
{
  g_return_if_fail (PGS_IS_MAPPING_HEADER (self) && self->adjustment == NULL);

  self->adjustment = g_object_ref (adjustment);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (scrolled_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * pgs_mapping_header_get_sort:
 * @column: (out): what to sort by
 * @is_descending: (out): whether the largest comes first
 */
void
pgs_mapping_header_get_sort (PgsMappingHeader   *self,
                             PgsMappingColumnId *column,
                             gboolean           *is_descending)
{
  g_return_if_fail (PGS_IS_MAPPING_HEADER (self));

  *column = self->column;
  *is_descending = self->is_descending;
}

/**
 * pgs_mapping_header_get_min_width:
 *
 * Returns: how many pixels all columns need
 */
int
pgs_mapping_header_get_min_width (PgsMappingHeader *self)
{
  int sum = 0;

  g_return_val_if_fail (PGS_IS_MAPPING_HEADER (self), 0);

  measure_columns (self);
  for (guint i = 0; i < PGS_MAPPING_N_COLUMNS; i++)
    sum += self->widths[i];
  return sum;
}

/**
 * pgs_mapping_header_get_row_height:
 *
 * Returns: how many pixels a row needs
 */
int
pgs_mapping_header_get_row_height (PgsMappingHeader *self)
{
  g_return_val_if_fail (PGS_IS_MAPPING_HEADER (self), 0);

  measure_columns (self);
  return self->row_height;
}

/**
 * pgs_mapping_header_get_span:
 * @x: (out): where the column is, in pixels from the left edge of the rows
 * @width: (out): how wide it is without the space to its neighbors
 */
void
pgs_mapping_header_get_span (PgsMappingHeader   *self,
                             PgsMappingColumnId  column,
                             int                *x,
                             int                *width)
{
  g_return_if_fail (PGS_IS_MAPPING_HEADER (self));

  place_column (self, column, x, width);
  *x += CELL_PADDING;
  *width = MAX (*width - 2 * CELL_PADDING, 1);
}

/**
 * pgs_mapping_header_get_attributes:
 *
 * Returns: (transfer none): the font of the column's texts
 */
PangoAttrList *
pgs_mapping_header_get_attributes (PgsMappingHeader   *self,
                                   PgsMappingColumnId  column)
{
  g_return_val_if_fail (PGS_IS_MAPPING_HEADER (self), NULL);

  return self->attributes[pgs_mapping_column_get (column)->is_monospace];
}
