/* pgs-mapping-order.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which mappings of a snapshot are listed, and in which order: an array of indices
 * into its maps, and its inverse, so that the place of an address in the list is
 * found with one binary search. It is made in a worker.
 *
 * Keys are put next to the indices before sorting. Equal keys leave mappings in the
 * order of their addresses, whichever way the list is sorted.
 */

#include "config.h"

#include "pgs-mapping-order.h"

#include <glib/gi18n.h>

#include "pgs-mapping-filter.h"

struct _PgsMappingOrder
{
  gatomicrefcount     ref_count;
  PgsSnapshot        *snapshot;
  PgsMappingColumnId  column;
  guint               n_all;
  guint               n;
  guint              *indices;    /* by position */
  guint              *positions;  /* by index */
};

/* What one mapping is sorted by. */
typedef struct
{
  union
  {
    uint64_t          number;
    const char       *label;
  };
  guint               index;
} Key;

static int
compare_indices (const Key *left,
                 const Key *right)
{
  return left->index < right->index ? -1 : left->index > right->index;
}

/* By number, then by address; @user_data is not %NULL for descending numbers. */
static int
compare_numbers (gconstpointer a,
                 gconstpointer b,
                 gpointer      user_data)
{
  const Key *left = a;
  const Key *right = b;

  if (left->number == right->number)
    return compare_indices (left, right);
  return (left->number < right->number) == (user_data == NULL) ? -1 : 1;
}

static int
compare_labels (gconstpointer a,
                gconstpointer b,
                gpointer      user_data)
{
  const Key *left = a;
  const Key *right = b;
  int result = g_strcmp0 (left->label, right->label);

  if (result == 0)
    return compare_indices (left, right);
  return user_data == NULL ? result : -result;
}

static Key
make_key (const PgsMappingOrder *self,
          guint                  index)
{
  const PgsMappingColumn *column = pgs_mapping_column_get (self->column);
  Key key = { .index = index };
  const char *name;

  if (column->get_key != NULL)
    key.number = column->get_key (self->snapshot, index);
  else
    {
      name = pgs_maps_get_mapping (pgs_snapshot_get_maps (self->snapshot), index)->name;
      key.label = name[0] != '\0' ? name : _("anonymous");
    }
  return key;
}

static void
sort (PgsMappingOrder *self,
      gboolean         is_descending)
{
  gboolean has_numbers = pgs_mapping_column_get (self->column)->get_key != NULL;
  g_autofree Key *keys = g_new (Key, self->n);

  for (guint i = 0; i < self->n; i++)
    keys[i] = make_key (self, self->indices[i]);
  g_qsort_with_data (keys, (int) self->n, sizeof (Key),
                     has_numbers ? compare_numbers : compare_labels,
                     GINT_TO_POINTER (is_descending));
  for (guint i = 0; i < self->n; i++)
    self->indices[i] = keys[i].index;
}

static void
choose (PgsMappingOrder *self,
        const char      *text)
{
  g_autoptr(PgsMappingFilter) filter = text != NULL ? pgs_mapping_filter_new (text) : NULL;
  const PgsMaps *maps = pgs_snapshot_get_maps (self->snapshot);

  for (guint i = 0; i < self->n_all; i++)
    if (filter == NULL || pgs_mapping_filter_lets_in (filter, pgs_maps_get_mapping (maps, i)))
      self->indices[self->n++] = i;
}

static void
invert (PgsMappingOrder *self)
{
  for (guint i = 0; i < self->n_all; i++)
    self->positions[i] = PGS_MAPPING_ORDER_NONE;
  for (guint i = 0; i < self->n; i++)
    self->positions[self->indices[i]] = i;
}

/**
 * pgs_mapping_order_new:
 * @snapshot: (transfer none) (nullable): whose mappings; %NULL for none
 * @column: what to sort by
 * @is_descending: whether the largest comes first
 * @filter: (nullable): what a person typed to find mappings
 *
 * Sorts and filters, which takes milliseconds for many mappings.
 *
 * Returns: (transfer full): the order
 */
PgsMappingOrder *
pgs_mapping_order_new (PgsSnapshot        *snapshot,
                       PgsMappingColumnId  column,
                       gboolean            is_descending,
                       const char         *filter)
{
  PgsMappingOrder *self;

  g_return_val_if_fail ((guint) column < PGS_MAPPING_N_COLUMNS, NULL);

  self = g_new0 (PgsMappingOrder, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->column = column;
  if (snapshot == NULL)
    return self;
  self->snapshot = pgs_snapshot_ref (snapshot);
  self->n_all = pgs_maps_get_n_mappings (pgs_snapshot_get_maps (snapshot));
  self->indices = g_new (guint, self->n_all);
  self->positions = g_new (guint, self->n_all);
  choose (self, filter);
  if (column != PGS_MAPPING_COLUMN_START || is_descending)
    sort (self, is_descending);
  invert (self);
  return self;
}

/**
 * pgs_mapping_order_ref:
 *
 * Returns: (transfer full): @self with one more reference
 */
PgsMappingOrder *
pgs_mapping_order_ref (PgsMappingOrder *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * pgs_mapping_order_unref:
 *
 * Drops a reference.
 */
void
pgs_mapping_order_unref (PgsMappingOrder *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->snapshot, pgs_snapshot_unref);
  g_free (self->indices);
  g_free (self->positions);
  g_free (self);
}

/**
 * pgs_mapping_order_get_snapshot:
 *
 * Returns: (transfer none) (nullable): whose mappings
 */
PgsSnapshot *
pgs_mapping_order_get_snapshot (const PgsMappingOrder *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->snapshot;
}

/**
 * pgs_mapping_order_get_column:
 *
 * Returns: what they are sorted by
 */
PgsMappingColumnId
pgs_mapping_order_get_column (const PgsMappingOrder *self)
{
  g_return_val_if_fail (self != NULL, PGS_MAPPING_COLUMN_START);

  return self->column;
}

/**
 * pgs_mapping_order_get_n_all:
 *
 * Returns: how many mappings there are, listed or not
 */
guint
pgs_mapping_order_get_n_all (const PgsMappingOrder *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_all;
}

/**
 * pgs_mapping_order_get_n:
 *
 * Returns: how many mappings are listed
 */
guint
pgs_mapping_order_get_n (const PgsMappingOrder *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n;
}

/**
 * pgs_mapping_order_get_index:
 * @position: less than pgs_mapping_order_get_n()
 *
 * Returns: which of the snapshot's mappings stands there
 */
guint
pgs_mapping_order_get_index (const PgsMappingOrder *self,
                             guint                  position)
{
  g_return_val_if_fail (self != NULL && position < self->n, 0);

  return self->indices[position];
}

/**
 * pgs_mapping_order_get_position:
 * @index: less than pgs_mapping_order_get_n_all()
 *
 * Returns: where the mapping stands, or %PGS_MAPPING_ORDER_NONE
 */
guint
pgs_mapping_order_get_position (const PgsMappingOrder *self,
                                guint                  index)
{
  g_return_val_if_fail (self != NULL && index < self->n_all, PGS_MAPPING_ORDER_NONE);

  return self->positions[index];
}

/**
 * pgs_mapping_order_find:
 * @address: any address
 *
 * Returns: where the mapping stands that holds it, or %PGS_MAPPING_ORDER_NONE
 */
guint
pgs_mapping_order_find (const PgsMappingOrder *self,
                        uint64_t               address)
{
  guint index;

  g_return_val_if_fail (self != NULL, PGS_MAPPING_ORDER_NONE);

  if (self->snapshot == NULL ||
      !pgs_maps_find (pgs_snapshot_get_maps (self->snapshot), address, &index))
    return PGS_MAPPING_ORDER_NONE;
  return self->positions[index];
}
