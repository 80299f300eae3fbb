/* pgs-process-row.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row of the list of processes: name and resident size, below them the command
 * line and who runs it. Where the process cannot be attached to, the row is
 * dimmed and says why in front of the command line, and at length in its tooltip.
 */

#include "config.h"

#include "pgs-process-row.h"

#include <glib/gi18n.h>

#include "core/pgs-units.h"

#include "core/pgs-units.h"

struct _PgsProcessRow
{
  GtkWidget  parent_instance;

  GtkWidget *grid;
  GtkLabel  *name_label;
  GtkLabel  *size_label;
  GtkLabel  *details_label;
  GtkLabel  *owner_label;
};

G_DEFINE_FINAL_TYPE (PgsProcessRow, pgs_process_row, GTK_TYPE_WIDGET)

static void
pgs_process_row_dispose (GObject *object)
{
  PgsProcessRow *self = PGS_PROCESS_ROW (object);

  g_clear_pointer (&self->grid, gtk_widget_unparent);

  G_OBJECT_CLASS (pgs_process_row_parent_class)->dispose (object);
}

static void
pgs_process_row_class_init (PgsProcessRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pgs_process_row_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
    "/dev/pagescape/Pagescape/ui/pgs-process-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PgsProcessRow, grid);
  gtk_widget_class_bind_template_child (widget_class, PgsProcessRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, PgsProcessRow, size_label);
  gtk_widget_class_bind_template_child (widget_class, PgsProcessRow, details_label);
  gtk_widget_class_bind_template_child (widget_class, PgsProcessRow, owner_label);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
pgs_process_row_init (PgsProcessRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * pgs_process_row_new:
 *
 * Returns: (transfer floating): an empty row
 */
GtkWidget *
pgs_process_row_new (void)
{
  return g_object_new (PGS_TYPE_PROCESS_ROW, NULL);
}

static void
set_dimmed (GtkLabel *label,
            gboolean  is_dimmed)
{
  if (is_dimmed)
    gtk_widget_add_css_class (GTK_WIDGET (label), "dim-label");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (label), "dim-label");
}

/* The long reason, which names the process again, is in the tooltip. */
static const char *
get_reason (const GError *denied)
{
  if (denied->domain != PGS_PROCESS_ERROR)
    return _("Not readable");
  switch (denied->code)
    {
    case PGS_PROCESS_ERROR_NOT_PERMITTED:
      return _("Has to be unlocked");
    case PGS_PROCESS_ERROR_KERNEL_THREAD:
      return _("Part of the kernel");
    case PGS_PROCESS_ERROR_ZOMBIE:
    case PGS_PROCESS_ERROR_NOT_FOUND:
      return _("Ended");
    default:
      return _("Not readable");
    }
}

static char *
dup_details (const PgsProcessInfo *info)
{
  if (info->denied == NULL)
    return g_strdup (info->command_line);
  if (info->command_line[0] == '\0')
    return g_strdup (get_reason (info->denied));
  /* Translators: why a process cannot be attached to, and its command line. */
  return g_strdup_printf (_("%s · %s"), get_reason (info->denied), info->command_line);
}

static const char *
get_tooltip (const PgsProcessInfo *info)
{
  if (info->denied != NULL)
    return info->denied->message;
  return info->command_line[0] != '\0' ? info->command_line : NULL;
}

/**
 * pgs_process_row_set_item:
 * @item: a process
 *
 * Shows the process.
 */
void
pgs_process_row_set_item (PgsProcessRow  *self,
                          PgsProcessItem *item)
{
  const PgsProcessInfo *info;
  g_autofree char *details = NULL;
  g_autofree char *size = NULL;
  g_autofree char *owner = NULL;

  g_return_if_fail (PGS_IS_PROCESS_ROW (self));

  info = pgs_process_item_get_info (item);
  details = dup_details (info);
  size = pgs_units_format_bytes (info->resident);
  /* Translators: a process ID and the name of a user. */
  owner = g_strdup_printf (_("PID %d · %s"), (int) info->pid, info->user);
  gtk_label_set_label (self->name_label, info->name);
  gtk_label_set_label (self->size_label, size);
  gtk_label_set_label (self->details_label, details);
  gtk_label_set_label (self->owner_label, owner);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), get_tooltip (info));
  set_dimmed (self->name_label, info->denied != NULL);
  set_dimmed (self->size_label, info->denied != NULL);
}
