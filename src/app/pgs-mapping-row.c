/* pgs-mapping-row.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row of the list of mappings: one widget that draws all columns, where the header
 * has them.
 *
 * GTK keeps some 200 rows around, on screen or not. In a GtkColumnView, where each
 * has 15 widgets, making them took 60 ms and filling them anew after a long scroll
 * 35 ms. Here a row formats and lays out text only when it is drawn.
 */

#include "config.h"

#include "pgs-mapping-row.h"

#include <glib/gi18n.h>

#include "pgs-mix.h"

#define BAR_HEIGHT 15

struct _PgsMappingRow
{
  GtkWidget         parent_instance;

  PgsMappingHeader *header;
  PgsSession       *session;
  PgsMappingItem   *item;     /* %NULL while the row is not in use */

  /* As drawn. */
  PgsTotals         totals;
  PgsMix            mix;
};

G_DEFINE_FINAL_TYPE (PgsMappingRow, pgs_mapping_row, GTK_TYPE_WIDGET)

/* Drawing */

static PangoLayout *
make_layout (PgsMappingRow      *self,
             PgsMappingColumnId  column,
             int                 width)
{
  g_autofree char *text = pgs_mapping_item_dup_text (self->item, column);
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);

  pango_layout_set_attributes (layout, pgs_mapping_header_get_attributes (self->header, column));
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  if (column == PGS_MAPPING_COLUMN_NAME)
    {
      pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_MIDDLE);
      pango_layout_set_width (layout, width * PANGO_SCALE);
    }
  return layout;
}

static void
draw_text (PgsMappingRow      *self,
           GtkSnapshot        *snapshot,
           PgsMappingColumnId  column,
           int                 x,
           int                 width)
{
  g_autoptr(PangoLayout) layout = make_layout (self, column, width);
  gboolean is_mirrored = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  gboolean at_end = (pgs_mapping_column_get (column)->xalign > 0) != is_mirrored;
  int text_width, text_height;
  GdkRGBA color;

  pango_layout_get_pixel_size (layout, &text_width, &text_height);
  if (at_end)
    x += width - text_width;
  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &color);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT ((float) x,
                                                (float) ((gtk_widget_get_height (GTK_WIDGET (self))
                                                          - text_height) / 2)));
  gtk_snapshot_append_layout (snapshot, layout, &color);
  gtk_snapshot_restore (snapshot);
}

static void
draw_bar (PgsMappingRow *self,
          GtkSnapshot   *snapshot,
          int            x,
          int            width)
{
  int y = (gtk_widget_get_height (GTK_WIDGET (self)) - BAR_HEIGHT) / 2;

  pgs_mix_append (&self->mix, snapshot,
                  &GRAPHENE_RECT_INIT ((float) x, (float) y, (float) width, BAR_HEIGHT));
}

static void
pgs_mapping_row_snapshot (GtkWidget   *widget,
                          GtkSnapshot *snapshot)
{
  PgsMappingRow *self = PGS_MAPPING_ROW (widget);

  if (self->item == NULL)
    return;
  for (guint i = 0; i < PGS_MAPPING_N_COLUMNS; i++)
    {
      int x, width;

      pgs_mapping_header_get_span (self->header, i, &x, &width);
      if (i == PGS_MAPPING_COLUMN_PAGES)
        draw_bar (self, snapshot, x, width);
      else
        draw_text (self, snapshot, i, x, width);
    }
}

static void
pgs_mapping_row_measure (GtkWidget      *widget,
                         GtkOrientation  orientation,
                         int             for_size,
                         int            *minimum,
                         int            *natural,
                         int            *minimum_baseline,
                         int            *natural_baseline)
{
  PgsMappingRow *self = PGS_MAPPING_ROW (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = pgs_mapping_header_get_min_width (self->header);
  else
    *minimum = pgs_mapping_header_get_row_height (self->header);
  *natural = *minimum;
}

/* What there is to read */

static gboolean
pgs_mapping_row_query_tooltip (GtkWidget  *widget,
                               int         x,
                               int         y,
                               gboolean    is_keyboard,
                               GtkTooltip *tooltip)
{
  PgsMappingRow *self = PGS_MAPPING_ROW (widget);
  g_autofree char *label = NULL;
  int start, width;

  pgs_mapping_header_get_span (self->header, PGS_MAPPING_COLUMN_NAME, &start, &width);
  if (self->item == NULL || (!is_keyboard && (x < start || x >= start + width)))
    return FALSE;
  label = pgs_mapping_item_dup_text (self->item, PGS_MAPPING_COLUMN_NAME);
  gtk_tooltip_set_text (tooltip, label);
  return TRUE;
}

static char *
dup_description (PgsMappingRow *self)
{
  g_autofree char *start = pgs_mapping_item_dup_text (self->item, PGS_MAPPING_COLUMN_START);
  g_autofree char *access = pgs_mapping_item_dup_text (self->item, PGS_MAPPING_COLUMN_ACCESS);
  g_autofree char *size = pgs_mapping_item_dup_text (self->item, PGS_MAPPING_COLUMN_SIZE);
  g_autofree char *present = pgs_mapping_item_dup_text (self->item, PGS_MAPPING_COLUMN_PRESENT);
  g_autofree char *swapped = pgs_mapping_item_dup_text (self->item, PGS_MAPPING_COLUMN_SWAPPED);

  /* Translators: address, access like "rw-p", size, present, swapped */
  return g_strdup_printf (_("%s, %s, %s, %s present, %s swapped"), start, access, size, present,
                          swapped);
}

static void
update_accessible (PgsMappingRow *self)
{
  g_autofree char *label = pgs_mapping_item_dup_text (self->item, PGS_MAPPING_COLUMN_NAME);
  g_autofree char *description = dup_description (self);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}

/* The widget */

static void
pgs_mapping_row_dispose (GObject *object)
{
  PgsMappingRow *self = PGS_MAPPING_ROW (object);

  g_clear_object (&self->item);
  g_clear_object (&self->session);
  g_clear_object (&self->header);

  G_OBJECT_CLASS (pgs_mapping_row_parent_class)->dispose (object);
}

static void
pgs_mapping_row_class_init (PgsMappingRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pgs_mapping_row_dispose;
  widget_class->measure = pgs_mapping_row_measure;
  widget_class->snapshot = pgs_mapping_row_snapshot;
  widget_class->query_tooltip = pgs_mapping_row_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "pgsmappingrow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
pgs_mapping_row_init (PgsMappingRow *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

/**
 * pgs_mapping_row_new:
 * @header: where the columns are
 * @session: whose pages to show
 *
 * Returns: (transfer floating): an empty row
 */
GtkWidget *
pgs_mapping_row_new (PgsMappingHeader *header,
                     PgsSession       *session)
{
  PgsMappingRow *self = g_object_new (PGS_TYPE_MAPPING_ROW, NULL);

  self->header = g_object_ref (header);
  self->session = g_object_ref (session);
  return GTK_WIDGET (self);
}

/**
 * pgs_mapping_row_set_item:
 * @item: (nullable): what to show; %NULL for nothing
 */
void
pgs_mapping_row_set_item (PgsMappingRow  *self,
                          PgsMappingItem *item)
{
  g_return_if_fail (PGS_IS_MAPPING_ROW (self));

  g_set_object (&self->item, item);
  self->totals = (PgsTotals) { 0, };
  self->mix.n_parts = 0;
  if (item == NULL)
    return;
  pgs_mapping_row_refresh (self);
  update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * pgs_mapping_row_refresh:
 *
 * Draws the row anew if its numbers or its pages changed.
 */
void
pgs_mapping_row_refresh (PgsMappingRow *self)
{
  const PgsMapping *mapping;
  const PgsTotals *totals;
  PgsMix mix;

  g_return_if_fail (PGS_IS_MAPPING_ROW (self));

  if (self->item == NULL)
    return;
  mapping = pgs_mapping_item_get_mapping (self->item);
  totals = pgs_mapping_item_get_totals (self->item);
  pgs_mix_count (&mix, pgs_session_get_summary (self->session), mapping->start, mapping->end);
  if (pgs_mix_equal (&mix, &self->mix) && totals->present == self->totals.present &&
      totals->swapped == self->totals.swapped && totals->unread == self->totals.unread)
    return;
  self->mix = mix;
  self->totals = *totals;
  update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
