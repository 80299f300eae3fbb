/* pgs-mapping-delta.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How to come from one list of mappings to the next with few announcements, so that
 * whoever shows the list keeps rows, selection and scroll position. It is worked out
 * in a worker.
 *
 * Mappings of two snapshots are told to be the same while walking both by address. A
 * row stays where its mapping and the key it is sorted by are as before; the rows
 * that stay are in the same order in both lists, so one walk over both finds the
 * stretches between them.
 *
 * When the rows that stay are in another order, as after sorting by another column,
 * or when there are many stretches, all is replaced: the new list is put before the
 * old one, and then the old one is taken away. Between the two the view goes over to
 * the new list, so that GTK fills the rows it has with other mappings. Announced as
 * one change, GTK looked for what was on screen among all new rows, threw away those
 * that it had, and made them again, which took five times as long.
 */

#include "config.h"

#include "pgs-mapping-delta.h"

#define MAX_HUNKS 64

/* The same mappings of two snapshots */

static gboolean
is_same (const PgsMapping *left,
         const PgsMapping *right)
{
  return left->start == right->start && left->end == right->end &&
         left->flags == right->flags && left->offset == right->offset &&
         left->inode == right->inode && left->dev_major == right->dev_major &&
         left->dev_minor == right->dev_minor && g_str_equal (left->name, right->name);
}

static guint *
find_successors (const PgsMappingOrder *before,
                 const PgsMappingOrder *after)
{
  guint n_old = pgs_mapping_order_get_n_all (before);
  guint n_new = pgs_mapping_order_get_n_all (after);
  guint *successors = g_new (guint, n_old);
  guint j = 0;

  for (guint i = 0; i < n_old; i++)
    {
      const PgsMapping *old =
        pgs_maps_get_mapping (pgs_snapshot_get_maps (pgs_mapping_order_get_snapshot (before)), i);
      const PgsMaps *maps = n_new > 0
        ? pgs_snapshot_get_maps (pgs_mapping_order_get_snapshot (after)) : NULL;

      while (j < n_new && pgs_maps_get_mapping (maps, j)->start < old->start)
        j++;
      successors[i] = j < n_new && is_same (old, pgs_maps_get_mapping (maps, j))
        ? j : PGS_MAPPING_ORDER_NONE;
    }
  return successors;
}

/* The rows that stay */

static gboolean
has_same_key (const PgsMappingOrder *before,
              const PgsMappingOrder *after,
              guint                  old_index,
              guint                  new_index)
{
  const PgsMappingColumn *column = pgs_mapping_column_get (pgs_mapping_order_get_column (after));
  const PgsSnapshot *old = pgs_mapping_order_get_snapshot (before);
  const PgsSnapshot *new = pgs_mapping_order_get_snapshot (after);

  return old == new || column->get_key == NULL ||
         column->get_key (old, old_index) == column->get_key (new, new_index);
}

/* Returns where a row of the old list stands in the new one if it stays. */
static guint
find_place (const PgsMappingDelta *self,
            const PgsMappingOrder *before,
            const PgsMappingOrder *after,
            guint                  old_position)
{
  guint old_index = pgs_mapping_order_get_index (before, old_position);
  guint new_index = self->successors[old_index];

  if (new_index == PGS_MAPPING_ORDER_NONE ||
      !has_same_key (before, after, old_index, new_index))
    return PGS_MAPPING_ORDER_NONE;
  return pgs_mapping_order_get_position (after, new_index);
}

static void
add_hunk (PgsMappingDelta *self,
          guint            position,
          guint            old_position,
          guint            n_removed,
          guint            n_added)
{
  const PgsMappingHunk hunk = { position, old_position, n_removed, n_added };

  if (n_removed > 0 || n_added > 0)
    g_array_append_val (self->hunks, hunk);
}

/* Walks the old list, and with it the new one. Returns FALSE when there is no short
 * way from one to the other. */
static gboolean
find_hunks (PgsMappingDelta       *self,
            const PgsMappingOrder *before,
            const PgsMappingOrder *after)
{
  guint n_old = pgs_mapping_order_get_n (before);
  guint n_new = pgs_mapping_order_get_n (after);
  guint old_reached = 0, new_reached = 0;

  for (guint i = 0; i < n_old; i++)
    {
      guint place = find_place (self, before, after, i);

      if (place == PGS_MAPPING_ORDER_NONE)
        continue;
      if (place < new_reached || self->hunks->len >= MAX_HUNKS)
        return FALSE;
      add_hunk (self, new_reached, old_reached, i - old_reached, place - new_reached);
      old_reached = i + 1;
      new_reached = place + 1;
    }
  add_hunk (self, new_reached, old_reached, n_old - old_reached, n_new - new_reached);
  return TRUE;
}

/**
 * pgs_mapping_delta_new:
 *
 * Compares two lists.
 *
 * Returns: (transfer full): how to come from @before to @after
 */
PgsMappingDelta *
pgs_mapping_delta_new (const PgsMappingOrder *before,
                       const PgsMappingOrder *after)
{
  PgsMappingDelta *self;

  g_return_val_if_fail (before != NULL && after != NULL, NULL);

  self = g_new0 (PgsMappingDelta, 1);
  self->hunks = g_array_new (FALSE, FALSE, sizeof (PgsMappingHunk));
  self->successors = find_successors (before, after);
  if (find_hunks (self, before, after))
    return self;
  g_array_set_size (self->hunks, 0);
  self->replaces_all = TRUE;
  add_hunk (self, 0, 0, 0, pgs_mapping_order_get_n (after));
  add_hunk (self, pgs_mapping_order_get_n (after), 0, pgs_mapping_order_get_n (before), 0);
  return self;
}

/**
 * pgs_mapping_delta_free:
 *
 * Frees the delta.
 */
void
pgs_mapping_delta_free (PgsMappingDelta *self)
{
  if (self == NULL)
    return;
  g_free (self->successors);
  g_array_unref (self->hunks);
  g_free (self);
}
