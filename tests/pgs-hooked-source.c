/* pgs-hooked-source.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A source that does something in the middle of a reading: PgsProcSource behind a
 * hook, called when mappings have been read and each time pages are read. It may
 * also tell a few pages at a time, however many are asked for.
 */

#include "config.h"

#include "pgs-hooked-source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "pgs-take.h"

struct _PgsHookedSource
{
  GObject    parent_instance;
  PgsSource *source;
  PgsHook    hook;
  gpointer   user_data;
  gsize      max_entries;
  guint      n_maps;
  guint      n_reads;
};

static void pgs_hooked_source_iface_init (PgsSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PgsHookedSource, pgs_hooked_source, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PGS_TYPE_SOURCE,
                                                      pgs_hooked_source_iface_init))

static uint64_t
pgs_hooked_source_get_page_size (PgsSource *source)
{
  return pgs_source_get_page_size (PGS_HOOKED_SOURCE (source)->source);
}

static uint64_t
pgs_hooked_source_get_ram_end (PgsSource *source)
{
  return pgs_source_get_ram_end (PGS_HOOKED_SOURCE (source)->source);
}

static GBytes *
pgs_hooked_source_read_maps (PgsSource     *source,
                             GCancellable  *cancellable,
                             GError       **error)
{
  PgsHookedSource *self = PGS_HOOKED_SOURCE (source);
  GBytes *maps = pgs_source_read_maps (self->source, cancellable, error);

  self->n_reads = 0;
  self->n_maps++;
  if (self->hook != NULL)
    self->hook (self->n_maps, 0, self->user_data);
  return maps;
}

static gboolean
pgs_hooked_source_scan (PgsSource  *source,
                        uint64_t    start,
                        uint64_t    end,
                        GArray     *ranges,
                        uint64_t   *walk_end,
                        GError    **error)
{
  return pgs_source_scan (PGS_HOOKED_SOURCE (source)->source, start, end, ranges, walk_end, error);
}

static gssize
pgs_hooked_source_read_entries (PgsSource  *source,
                                uint64_t    address,
                                uint64_t   *entries,
                                gsize       n_entries,
                                GError    **error)
{
  PgsHookedSource *self = PGS_HOOKED_SOURCE (source);

  self->n_reads++;
  if (self->hook != NULL)
    self->hook (self->n_maps, self->n_reads, self->user_data);
  return pgs_source_read_entries (self->source, address, entries,
                                  MIN (n_entries, self->max_entries), error);
}

static gboolean
pgs_hooked_source_check (PgsSource  *source,
                         GError    **error)
{
  return pgs_source_check (PGS_HOOKED_SOURCE (source)->source, error);
}

static void
pgs_hooked_source_iface_init (PgsSourceInterface *iface)
{
  iface->get_page_size = pgs_hooked_source_get_page_size;
  iface->get_ram_end = pgs_hooked_source_get_ram_end;
  iface->read_maps = pgs_hooked_source_read_maps;
  iface->scan = pgs_hooked_source_scan;
  iface->read_entries = pgs_hooked_source_read_entries;
  iface->check = pgs_hooked_source_check;
}

static void
pgs_hooked_source_finalize (GObject *object)
{
  g_object_unref (PGS_HOOKED_SOURCE (object)->source);
  G_OBJECT_CLASS (pgs_hooked_source_parent_class)->finalize (object);
}

static void
pgs_hooked_source_class_init (PgsHookedSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pgs_hooked_source_finalize;
}

static void
pgs_hooked_source_init (PgsHookedSource *self)
{
  self->max_entries = G_MAXSIZE;
}

/**
 * pgs_hooked_source_new:
 * @proc_root: (nullable): the folder to read as /proc, or %NULL for "/proc"
 * @pid: process ID
 * @scan: whether PAGEMAP_SCAN may be used
 * @hook: (nullable): what to do in the middle of a reading
 * @user_data: data for @hook
 *
 * Returns: (transfer full): a source; the test fails when there is no such process
 */
PgsSource *
pgs_hooked_source_new (const char  *proc_root,
                       pid_t        pid,
                       PgsProcScan  scan,
                       PgsHook      hook,
                       gpointer     user_data)
{
  PgsHookedSource *self = g_object_new (PGS_TYPE_HOOKED_SOURCE, NULL);

  self->source = pgs_take_source (proc_root, pid, scan, NULL);
  assert_non_null (self->source);
  self->hook = hook;
  self->user_data = user_data;
  return PGS_SOURCE (self);
}

/**
 * pgs_hooked_source_get_n_reads:
 *
 * Returns: how often pages were read since mappings were
 */
guint
pgs_hooked_source_get_n_reads (PgsHookedSource *self)
{
  return self->n_reads;
}

/**
 * pgs_hooked_source_set_max_entries:
 * @max_entries: how many pages to tell at most each time
 */
void
pgs_hooked_source_set_max_entries (PgsHookedSource *self,
                                   gsize            max_entries)
{
  self->max_entries = max_entries;
}
