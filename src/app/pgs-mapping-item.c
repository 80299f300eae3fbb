/* pgs-mapping-item.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A mapping as an object, so that a list can hold it. There are items only for the
 * mappings that somebody looks at: each enters itself into a table, by which it is
 * found as long as anybody holds it. As long as a mapping stays the same its item
 * does too, and moves from one snapshot to the next.
 */

#include "config.h"

#include "pgs-mapping-item.h"

struct _PgsMappingItem
{
  GObject      parent_instance;

  GHashTable  *items;     /* index -> item, not held */
  PgsSnapshot *snapshot;
  guint        index;
};

G_DEFINE_FINAL_TYPE (PgsMappingItem, pgs_mapping_item, G_TYPE_OBJECT)

static void
leave_table (PgsMappingItem *self)
{
  if (g_hash_table_lookup (self->items, GUINT_TO_POINTER (self->index)) == self)
    g_hash_table_remove (self->items, GUINT_TO_POINTER (self->index));
  g_clear_pointer (&self->items, g_hash_table_unref);
}

static void
pgs_mapping_item_finalize (GObject *object)
{
  PgsMappingItem *self = PGS_MAPPING_ITEM (object);

  leave_table (self);
  pgs_snapshot_unref (self->snapshot);

  G_OBJECT_CLASS (pgs_mapping_item_parent_class)->finalize (object);
}

static void
pgs_mapping_item_class_init (PgsMappingItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pgs_mapping_item_finalize;
}

static void
pgs_mapping_item_init (PgsMappingItem *self)
{
}

/**
 * pgs_mapping_item_new:
 * @items: the table to enter into, from index to item
 * @snapshot: where the mapping is
 * @index: which mapping of it
 *
 * Returns: (transfer full): an item
 */
PgsMappingItem *
pgs_mapping_item_new (GHashTable  *items,
                      PgsSnapshot *snapshot,
                      guint        index)
{
  PgsMappingItem *self = g_object_new (PGS_TYPE_MAPPING_ITEM, NULL);

  self->items = g_hash_table_ref (items);
  self->snapshot = pgs_snapshot_ref (snapshot);
  self->index = index;
  g_hash_table_insert (items, GUINT_TO_POINTER (index), self);
  return self;
}

/**
 * pgs_mapping_item_move:
 * @items: another table to enter into
 * @snapshot: where the mapping is now
 * @index: which mapping of it
 *
 * Moves the item to where its mapping is now.
 */
void
pgs_mapping_item_move (PgsMappingItem *self,
                       GHashTable     *items,
                       PgsSnapshot    *snapshot,
                       guint           index)
{
  g_return_if_fail (PGS_IS_MAPPING_ITEM (self));

  leave_table (self);
  self->items = g_hash_table_ref (items);
  pgs_snapshot_ref (snapshot);
  pgs_snapshot_unref (self->snapshot);
  self->snapshot = snapshot;
  self->index = index;
  g_hash_table_insert (items, GUINT_TO_POINTER (index), self);
}

/**
 * pgs_mapping_item_get_index:
 *
 * Returns: which mapping of the snapshot it is
 */
guint
pgs_mapping_item_get_index (PgsMappingItem *self)
{
  g_return_val_if_fail (PGS_IS_MAPPING_ITEM (self), 0);

  return self->index;
}

/**
 * pgs_mapping_item_get_mapping:
 *
 * Returns: (transfer none): the mapping
 */
const PgsMapping *
pgs_mapping_item_get_mapping (PgsMappingItem *self)
{
  g_return_val_if_fail (PGS_IS_MAPPING_ITEM (self), NULL);

  return pgs_maps_get_mapping (pgs_snapshot_get_maps (self->snapshot), self->index);
}

/**
 * pgs_mapping_item_get_totals:
 *
 * Returns: (transfer none): amounts in pages
 */
const PgsTotals *
pgs_mapping_item_get_totals (PgsMappingItem *self)
{
  g_return_val_if_fail (PGS_IS_MAPPING_ITEM (self), NULL);

  return pgs_snapshot_get_mapping_totals (self->snapshot, self->index);
}

/**
 * pgs_mapping_item_dup_text:
 * @column: a column that has text
 *
 * Returns: (transfer full): what stands in the column
 */
char *
pgs_mapping_item_dup_text (PgsMappingItem     *self,
                           PgsMappingColumnId  column)
{
  g_return_val_if_fail (PGS_IS_MAPPING_ITEM (self), NULL);
  g_return_val_if_fail (pgs_mapping_column_get (column)->dup_text != NULL, NULL);

  return pgs_mapping_column_get (column)->dup_text (self->snapshot, self->index);
}
