/* pgs-mapping.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One mapping in words: its name, its permissions, its kind.
 */

#include "config.h"

#include "pgs-maps.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/**
 * pgs_mapping_get_size:
 *
 * Returns: how many bytes of the address space the mapping takes
 */
uint64_t
pgs_mapping_get_size (const PgsMapping *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->end - self->start;
}

/**
 * pgs_mapping_is_inaccessible:
 *
 * Returns: whether any access would fail (PROT_NONE): address space that is only
 *   reserved, or a guard around a stack
 */
gboolean
pgs_mapping_is_inaccessible (const PgsMapping *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return (self->flags & (PGS_MAPPING_READ | PGS_MAPPING_WRITE | PGS_MAPPING_EXEC)) == 0;
}

/**
 * pgs_mapping_format_access:
 * @access: (out caller-allocates): the permissions as in maps, like "rw-p"
 */
void
pgs_mapping_format_access (const PgsMapping *self,
                           char              access[5])
{
  g_return_if_fail (self != NULL && access != NULL);

  access[0] = self->flags & PGS_MAPPING_READ ? 'r' : '-';
  access[1] = self->flags & PGS_MAPPING_WRITE ? 'w' : '-';
  access[2] = self->flags & PGS_MAPPING_EXEC ? 'x' : '-';
  access[3] = self->flags & PGS_MAPPING_SHARED ? 's' : 'p';
  access[4] = '\0';
}

/**
 * pgs_mapping_dup_label:
 *
 * Returns: (transfer full): the name for a person to read, in valid UTF-8 on one
 *   line: the path as maps has it, or what the mapping is where it has no name
 */
char *
pgs_mapping_dup_label (const PgsMapping *self)
{
  char *label;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->name[0] == '\0')
    return g_strdup (_("anonymous"));
  label = g_utf8_make_valid (self->name, -1);
  for (char *c = label; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = '?';
  return label;
}

/**
 * pgs_mapping_dup_short_label:
 *
 * Returns: (transfer full): the label without the folder of a path
 */
char *
pgs_mapping_dup_short_label (const PgsMapping *self)
{
  g_autofree char *label = pgs_mapping_dup_label (self);
  const char *slash = label[0] == '/' ? strrchr (label, '/') : NULL;

  return g_strdup (slash != NULL && slash[1] != '\0' ? slash + 1 : label);
}

/**
 * pgs_mapping_kind_get_title:
 *
 * Returns: the kind in words, translated
 */
const char *
pgs_mapping_kind_get_title (PgsMappingKind kind)
{
  static const char *const titles[PGS_MAPPING_N_KINDS] = {
    [PGS_MAPPING_ANONYMOUS] = N_("Anonymous"),
    [PGS_MAPPING_HEAP] = N_("Heap"),
    [PGS_MAPPING_STACK] = N_("Stack"),
    [PGS_MAPPING_CODE] = N_("Program or library"),
    [PGS_MAPPING_FILE] = N_("File"),
    [PGS_MAPPING_SHARED_MEMORY] = N_("Shared memory"),
    [PGS_MAPPING_DEVICE] = N_("Device"),
    [PGS_MAPPING_KERNEL] = N_("Kernel"),
  };

  g_return_val_if_fail ((guint) kind < PGS_MAPPING_N_KINDS, NULL);

  return _(titles[kind]);
}
