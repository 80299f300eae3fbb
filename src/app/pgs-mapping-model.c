/* pgs-mapping-model.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The mappings as a list model that follows the process: an update replaces only
 * the stretch of mappings that is not as before, so that selection and scroll
 * position survive.
 */

#include "config.h"

#include "pgs-mapping-model.h"

#include "pgs-mapping-item.h"

struct _PgsMappingModel
{
  GObject    parent_instance;

  GPtrArray *items;
};

static void pgs_mapping_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PgsMappingModel, pgs_mapping_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      pgs_mapping_model_iface_init))

static GType
pgs_mapping_model_get_item_type (GListModel *model)
{
  return PGS_TYPE_MAPPING_ITEM;
}

static guint
pgs_mapping_model_get_n_items (GListModel *model)
{
  return PGS_MAPPING_MODEL (model)->items->len;
}

static gpointer
pgs_mapping_model_get_item (GListModel *model,
                            guint       position)
{
  PgsMappingModel *self = PGS_MAPPING_MODEL (model);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
pgs_mapping_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = pgs_mapping_model_get_item_type;
  iface->get_n_items = pgs_mapping_model_get_n_items;
  iface->get_item = pgs_mapping_model_get_item;
}

static void
pgs_mapping_model_finalize (GObject *object)
{
  g_ptr_array_unref (PGS_MAPPING_MODEL (object)->items);

  G_OBJECT_CLASS (pgs_mapping_model_parent_class)->finalize (object);
}

static void
pgs_mapping_model_class_init (PgsMappingModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pgs_mapping_model_finalize;
}

static void
pgs_mapping_model_init (PgsMappingModel *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}

static guint
count_same_head (PgsMappingModel *self,
                 const PgsMaps   *maps,
                 guint            limit)
{
  guint n = 0;

  while (n < limit && pgs_mapping_item_matches (self->items->pdata[n],
                                                pgs_maps_get_mapping (maps, n)))
    n++;
  return n;
}

static guint
count_same_tail (PgsMappingModel *self,
                 const PgsMaps   *maps,
                 guint            limit)
{
  guint n_old = self->items->len;
  guint n_new = pgs_maps_get_n_mappings (maps);
  guint n = 0;

  while (n < limit &&
         pgs_mapping_item_matches (self->items->pdata[n_old - 1 - n],
                                   pgs_maps_get_mapping (maps, n_new - 1 - n)))
    n++;
  return n;
}

static void
replace_items (PgsMappingModel *self,
               const PgsMaps   *maps,
               guint            head,
               guint            n_removed,
               guint            n_added)
{
  if (n_removed > 0)
    g_ptr_array_remove_range (self->items, head, n_removed);
  for (guint i = 0; i < n_added; i++)
    g_ptr_array_insert (self->items, (int) (head + i),
                        pgs_mapping_item_new (pgs_maps_get_mapping (maps, head + i)));
}

/**
 * pgs_mapping_model_new:
 *
 * Returns: (transfer full): an empty model
 */
PgsMappingModel *
pgs_mapping_model_new (void)
{
  return g_object_new (PGS_TYPE_MAPPING_MODEL, NULL);
}

/**
 * pgs_mapping_model_update:
 * @snapshot: (nullable): whose mappings to show; %NULL for none
 *
 * Brings the model up to date.
 */
void
pgs_mapping_model_update (PgsMappingModel *self,
                          PgsSnapshot     *snapshot)
{
  g_autoptr(PgsMaps) maps = NULL;
  guint n_old, n_new, least, head, tail;

  g_return_if_fail (PGS_IS_MAPPING_MODEL (self));

  maps = snapshot != NULL ? pgs_maps_ref (pgs_snapshot_get_maps (snapshot))
                          : pgs_maps_parse ("", 0, 1, NULL);
  n_old = self->items->len;
  n_new = pgs_maps_get_n_mappings (maps);
  least = MIN (n_old, n_new);
  head = count_same_head (self, maps, least);
  tail = count_same_tail (self, maps, least - head);
  replace_items (self, maps, head, n_old - head - tail, n_new - head - tail);
  for (guint i = 0; i < n_new; i++)
    pgs_mapping_item_set_totals (self->items->pdata[i],
                                 pgs_snapshot_get_mapping_totals (snapshot, i));
  if (n_old - head - tail > 0 || n_new - head - tail > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), head, n_old - head - tail,
                                n_new - head - tail);
}
