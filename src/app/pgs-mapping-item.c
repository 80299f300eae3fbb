/* pgs-mapping-item.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A mapping as an object, so that a list can hold it. It outlives the snapshot
 * it was made from: as long as the mapping stays the same its item does too, and
 * only its totals are renewed.
 */

#include "config.h"

#include "pgs-mapping-item.h"

struct _PgsMappingItem
{
  GObject     parent_instance;

  PgsMapping  mapping;
  PgsTotals   totals;
  char       *name;
  char       *label;
};

G_DEFINE_FINAL_TYPE (PgsMappingItem, pgs_mapping_item, G_TYPE_OBJECT)

static void
pgs_mapping_item_finalize (GObject *object)
{
  PgsMappingItem *self = PGS_MAPPING_ITEM (object);

  g_free (self->name);
  g_free (self->label);

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
 * @mapping: (transfer none): the mapping, which is copied
 *
 * Returns: (transfer full): an item without totals
 */
PgsMappingItem *
pgs_mapping_item_new (const PgsMapping *mapping)
{
  PgsMappingItem *self = g_object_new (PGS_TYPE_MAPPING_ITEM, NULL);

  self->mapping = *mapping;
  self->name = g_strdup (mapping->name);
  self->mapping.name = self->name;
  return self;
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

  return &self->mapping;
}

/**
 * pgs_mapping_item_get_label:
 *
 * Returns: (transfer none): the mapping's name for a person to read
 */
const char *
pgs_mapping_item_get_label (PgsMappingItem *self)
{
  g_return_val_if_fail (PGS_IS_MAPPING_ITEM (self), NULL);

  if (self->label == NULL)
    self->label = pgs_mapping_dup_label (&self->mapping);
  return self->label;
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

  return &self->totals;
}

/**
 * pgs_mapping_item_set_totals:
 * @totals: amounts in pages
 */
void
pgs_mapping_item_set_totals (PgsMappingItem  *self,
                             const PgsTotals *totals)
{
  g_return_if_fail (PGS_IS_MAPPING_ITEM (self) && totals != NULL);

  self->totals = *totals;
}

/**
 * pgs_mapping_item_matches:
 *
 * Returns: whether the item is of this very mapping
 */
gboolean
pgs_mapping_item_matches (PgsMappingItem   *self,
                          const PgsMapping *mapping)
{
  g_return_val_if_fail (PGS_IS_MAPPING_ITEM (self), FALSE);

  return self->mapping.start == mapping->start && self->mapping.end == mapping->end &&
         self->mapping.flags == mapping->flags && self->mapping.inode == mapping->inode &&
         self->mapping.offset == mapping->offset && g_str_equal (self->name, mapping->name);
}
