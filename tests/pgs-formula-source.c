/* pgs-formula-source.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "pgs-formula-source.h"

#include <string.h>

static void pgs_formula_source_iface_init (PgsSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PgsFormulaSource, pgs_formula_source, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PGS_TYPE_SOURCE,
                                                      pgs_formula_source_iface_init))

static uint64_t
pgs_formula_source_get_page_size (PgsSource *source)
{
  return PGS_FORMULA_SOURCE (source)->page_size;
}

static uint64_t
pgs_formula_source_get_ram_end (PgsSource *source)
{
  return PGS_FORMULA_SOURCE (source)->ram_end;
}

static GBytes *
pgs_formula_source_read_maps (PgsSource     *source,
                              GCancellable  *cancellable,
                              GError       **error)
{
  PgsFormulaSource *self = PGS_FORMULA_SOURCE (source);

  return g_bytes_new (self->maps, strlen (self->maps));
}

static gboolean
pgs_formula_source_scan (PgsSource  *source,
                         uint64_t    start,
                         uint64_t    end,
                         GArray     *ranges,
                         uint64_t   *walk_end,
                         GError    **error)
{
  PgsPopulatedRange range = { start, end, 0 };

  if (!PGS_FORMULA_SOURCE (source)->can_scan)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "No scan");
      return FALSE;
    }
  g_array_append_val (ranges, range);
  *walk_end = end;
  return TRUE;
}

static gssize
pgs_formula_source_read_entries (PgsSource  *source,
                                 uint64_t    address,
                                 uint64_t   *entries,
                                 gsize       n_entries,
                                 GError    **error)
{
  PgsFormulaSource *self = PGS_FORMULA_SOURCE (source);
  uint64_t page = address / self->page_size;
  PgsRange range = { address, address + n_entries * self->page_size };

  self->n_reads++;
  g_array_append_val (self->reads, range);
  if (self->call != NULL)
    self->call (self, self->n_reads);
  if (self->read_error != NULL)
    {
      g_propagate_error (error, g_error_copy (self->read_error));
      return -1;
    }
  if (self->gone)
    return 0;
  for (gsize i = 0; i < n_entries; i++)
    entries[i] = self->formula (page + i, self->user_data);
  return (gssize) n_entries;
}

static gboolean
pgs_formula_source_check (PgsSource  *source,
                          GError    **error)
{
  PgsFormulaSource *self = PGS_FORMULA_SOURCE (source);

  if (self->check_error != NULL)
    g_propagate_error (error, g_error_copy (self->check_error));
  return self->check_error == NULL;
}

static void
pgs_formula_source_finalize (GObject *object)
{
  g_array_unref (PGS_FORMULA_SOURCE (object)->reads);

  G_OBJECT_CLASS (pgs_formula_source_parent_class)->finalize (object);
}

static void
pgs_formula_source_iface_init (PgsSourceInterface *iface)
{
  iface->get_page_size = pgs_formula_source_get_page_size;
  iface->get_ram_end = pgs_formula_source_get_ram_end;
  iface->read_maps = pgs_formula_source_read_maps;
  iface->scan = pgs_formula_source_scan;
  iface->read_entries = pgs_formula_source_read_entries;
  iface->check = pgs_formula_source_check;
}

static void
pgs_formula_source_class_init (PgsFormulaSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pgs_formula_source_finalize;
}

static void
pgs_formula_source_init (PgsFormulaSource *self)
{
  self->page_size = 4096;
  self->ram_end = UINT64_C (1) << 30;
  self->reads = g_array_new (FALSE, FALSE, sizeof (PgsRange));
}

/**
 * pgs_formula_source_new:
 * @maps: the text of maps
 * @formula: what tells the entries
 * @user_data: for @formula
 *
 * Returns: (transfer full): a source of pages of 4 KiB that cannot scan
 */
PgsFormulaSource *
pgs_formula_source_new (const char *maps,
                        PgsFormula  formula,
                        gpointer    user_data)
{
  PgsFormulaSource *self = g_object_new (PGS_TYPE_FORMULA_SOURCE, NULL);

  self->maps = maps;
  self->formula = formula;
  self->user_data = user_data;
  return self;
}
