/* pgs-process-item.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One process in the list of processes to attach to: what it is, whether a search
 * finds it, and where it stands in the list. Those that cannot be attached to
 * come last, whatever the order.
 */

#include "config.h"

#include "pgs-process-item.h"

#include <string.h>

struct _PgsProcessItem
{
  GObject         parent_instance;

  PgsProcessInfo *info;
  char           *haystack; /* everything a search looks at, with its case folded */
};

G_DEFINE_FINAL_TYPE (PgsProcessItem, pgs_process_item, G_TYPE_OBJECT)

static void
pgs_process_item_finalize (GObject *object)
{
  PgsProcessItem *self = PGS_PROCESS_ITEM (object);

  pgs_process_info_free (self->info);
  g_free (self->haystack);

  G_OBJECT_CLASS (pgs_process_item_parent_class)->finalize (object);
}

static void
pgs_process_item_class_init (PgsProcessItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pgs_process_item_finalize;
}

static void
pgs_process_item_init (PgsProcessItem *self)
{
}

/**
 * pgs_process_item_new:
 * @info: (transfer full): the process
 *
 * Returns: (transfer full): an item for the process
 */
PgsProcessItem *
pgs_process_item_new (PgsProcessInfo *info)
{
  PgsProcessItem *self;
  g_autofree char *text = NULL;

  g_return_val_if_fail (info != NULL, NULL);

  self = g_object_new (PGS_TYPE_PROCESS_ITEM, NULL);
  self->info = info;
  text = g_strdup_printf ("%s\n%d\n%s\n%s", info->name, (int) info->pid, info->user,
                          info->command_line);
  self->haystack = g_utf8_casefold (text, -1);
  return self;
}

/**
 * pgs_process_item_get_info:
 *
 * Returns: (transfer none): the process
 */
const PgsProcessInfo *
pgs_process_item_get_info (PgsProcessItem *self)
{
  g_return_val_if_fail (PGS_IS_PROCESS_ITEM (self), NULL);

  return self->info;
}

/**
 * pgs_process_item_can_attach:
 *
 * Returns: whether it can be attached to, at once or once it is unlocked
 */
gboolean
pgs_process_item_can_attach (PgsProcessItem *self)
{
  g_return_val_if_fail (PGS_IS_PROCESS_ITEM (self), FALSE);

  return self->info->denied == NULL ||
         g_error_matches (self->info->denied, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_PERMITTED);
}

/**
 * pgs_process_item_matches:
 * @needle: what to look for, with its case folded
 *
 * Returns: whether the name, the PID, the user or the command line has it
 */
gboolean
pgs_process_item_matches (PgsProcessItem *self,
                          const char     *needle)
{
  g_return_val_if_fail (PGS_IS_PROCESS_ITEM (self) && needle != NULL, FALSE);

  return strstr (self->haystack, needle) != NULL;
}

static int
compare_by (const PgsProcessInfo *a,
            const PgsProcessInfo *b,
            PgsProcessOrder       order)
{
  switch (order)
    {
    case PGS_PROCESS_ORDER_SIZE:
      return (a->resident < b->resident) - (a->resident > b->resident);
    case PGS_PROCESS_ORDER_NAME:
      return g_utf8_collate (a->name, b->name);
    case PGS_PROCESS_ORDER_USER:
      return g_utf8_collate (a->user, b->user);
    case PGS_PROCESS_ORDER_PID:
    default:
      return 0;
    }
}

/**
 * pgs_process_item_compare:
 * @other: another item
 * @order: what to sort by; what is alike goes by PID
 *
 * Returns: below 0 where @self comes first, above 0 where @other does
 */
int
pgs_process_item_compare (PgsProcessItem  *self,
                          PgsProcessItem  *other,
                          PgsProcessOrder  order)
{
  const PgsProcessInfo *a = pgs_process_item_get_info (self);
  const PgsProcessInfo *b = pgs_process_item_get_info (other);
  int result = (a->denied != NULL) - (b->denied != NULL);

  if (result == 0)
    result = compare_by (a, b, order);
  return result != 0 ? result : (a->pid > b->pid) - (a->pid < b->pid);
}
