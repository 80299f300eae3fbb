/* pgs-scale.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The scales of an axis by name: one table. What each does is the axis' affair.
 */

#include "config.h"

#include "pgs-scale.h"

#include <glib/gi18n-lib.h>

static const struct
{
  const char *id;
  const char *title;
} scales[PGS_N_SCALES] = {
  [PGS_SCALE_COMPACT] = { "compact", N_("Compact") },
  [PGS_SCALE_BALANCED] = { "balanced", N_("Balanced") },
  [PGS_SCALE_TRUE] = { "true", N_("True") },
};

/**
 * pgs_scale_get_id:
 *
 * Returns: the scale's stable name, for settings and the command line
 */
const char *
pgs_scale_get_id (PgsScale scale)
{
  g_return_val_if_fail ((guint) scale < PGS_N_SCALES, NULL);

  return scales[scale].id;
}

/**
 * pgs_scale_get_title:
 *
 * Returns: what the menu says, translated
 */
const char *
pgs_scale_get_title (PgsScale scale)
{
  g_return_val_if_fail ((guint) scale < PGS_N_SCALES, NULL);

  return _(scales[scale].title);
}

/**
 * pgs_scale_find:
 * @id: a scale's stable name
 * @scale: (out): the scale
 *
 * Returns: whether there is one of that name
 */
gboolean
pgs_scale_find (const char *id,
                PgsScale   *scale)
{
  g_return_val_if_fail (id != NULL && scale != NULL, FALSE);

  for (guint i = 0; i < PGS_N_SCALES; i++)
    if (g_str_equal (scales[i].id, id))
      {
        *scale = i;
        return TRUE;
      }
  return FALSE;
}
