/* pgs-formula-source.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/pgs-snapshot.h"
#include "core/pgs-source.h"

G_BEGIN_DECLS

#define PGS_TYPE_FORMULA_SOURCE (pgs_formula_source_get_type ())
G_DECLARE_FINAL_TYPE (PgsFormulaSource, pgs_formula_source, PGS, FORMULA_SOURCE, GObject)

/* Returns the entry of a page, told by its number; 0 for an absent one. */
typedef uint64_t (*PgsFormula) (uint64_t page,
                                gpointer user_data);

/**
 * PgsFormulaSource:
 * @maps: the text of maps
 * @page_size: bytes a page
 * @ram_end: the PFN behind the last frame
 * @formula: what tells the entries
 * @user_data: for @formula and @call
 * @can_scan: whether there are scans, which tell that everything is populated
 * @call: (nullable): called before entries are told, with how many such calls there
 *   have been, this one included; may change the source
 * @gone: whether the address space is no more
 * @read_error: (nullable): what reading entries gives
 * @check_error: (nullable): what a check gives
 * @n_reads: how often entries were to be told
 * @reads: (element-type PgsRange): of which addresses, each time
 *
 * A source of any number of pages, which it makes up when it is asked.
 */
struct _PgsFormulaSource
{
  GObject       parent_instance;
  const char   *maps;
  uint64_t      page_size;
  uint64_t      ram_end;
  PgsFormula    formula;
  gpointer      user_data;
  gboolean      can_scan;
  void        (*call) (PgsFormulaSource *self,
                       guint             n_calls);
  gboolean      gone;
  const GError *read_error;
  const GError *check_error;
  guint         n_reads;
  GArray       *reads;
};

PgsFormulaSource *pgs_formula_source_new (const char *maps,
                                          PgsFormula  formula,
                                          gpointer    user_data);

G_END_DECLS
