/* pgs-sharers.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who else maps a page: other processes, and the same one at other addresses.
 *
 * The kernel has no file that tells who maps a frame. What there is to ask is the page
 * table of every process, which is far too much to read for one page; so it is asked
 * where the page can be:
 *
 * - A page of a file or of shared memory is only in mappings of that file, at the same
 *   offset: one entry a mapping. Device and inode tell the file, as names may be given
 *   to another. Where frames are hidden, a page that is present there and not a copy is
 *   the same page of the file, for the page cache has it once.
 * - A mapping of the kernel, such as "[vdso]", has no file; the others are of its name.
 * - A private page is shared after fork() until somebody writes it, and stays at its
 *   address unless mremap() moves it. So the address is looked at in every process,
 *   which takes one entry and no list of mappings, and all private memory only in
 *   processes that run the same program file: fork() keeps /proc/PID/exe, and exec()
 *   leaves no page behind. Following parents was tried on paper and rejected: a child
 *   whose parent ended has another one.
 *
 * Processes are looked at by how near their PIDs are to the one of the page, since a
 * search may be stopped, and children mostly follow their parents. Looking at one of them
 * is in pgs-sharers-look.c.
 */

#include "config.h"

#include "pgs-sharers-private.h"

#include "pgs-pagemap-entry.h"

/* What a page is known by. */
#define IDENTITY (PGS_PAGEMAP_PRESENT | PGS_PAGEMAP_FILE | PGS_PAGEMAP_PFN_MASK)

static void
sharer_free (gpointer data)
{
  PgsSharer *sharer = data;

  g_free (sharer->name);
  g_free (sharer);
}

/* What can be done */

/**
 * pgs_sharers_choose:
 * @mapping: what a page lies in
 * @entry: its pagemap entry
 *
 * Returns: how those that share the page can be found, or why not
 */
PgsSharersMethod
pgs_sharers_choose (const PgsMapping *mapping,
                    uint64_t          entry)
{
  g_return_val_if_fail (mapping != NULL, PGS_SHARERS_NO_FRAME);

  if (!pgs_pagemap_entry_is_present (entry))
    return PGS_SHARERS_NO_FRAME;
  if (pgs_pagemap_entry_is_zero_page (entry))
    return PGS_SHARERS_ZERO;
  if (mapping->inode != 0 &&
      (pgs_pagemap_entry_is_file (entry) || (mapping->flags & PGS_MAPPING_SHARED) != 0))
    return PGS_SHARERS_BY_FILE;
  if (pgs_pagemap_entry_is_exclusive (entry))
    return PGS_SHARERS_EXCLUSIVE;
  if (pgs_pagemap_entry_is_hidden (entry))
    return PGS_SHARERS_HIDDEN;
  return mapping->kind == PGS_MAPPING_KERNEL ? PGS_SHARERS_BY_NAME : PGS_SHARERS_PRIVATE;
}

/**
 * pgs_sharers_method_can_find:
 *
 * Returns: whether it is a way to find anybody
 */
gboolean
pgs_sharers_method_can_find (PgsSharersMethod method)
{
  return method >= PGS_SHARERS_BY_FILE;
}

/* Limits */

/* Notes that a limit was reached, which ends the search. */
void
pgs_sharers_reach_limit (PgsSharersSearch *search,
                         PgsSharersLimits  limit)
{
  search->result->limits |= limit;
}

/* Whether to look no further. */
gboolean
pgs_sharers_is_over (PgsSharersSearch *search)
{
  if (search->deadline != 0 && g_get_monotonic_time () >= search->deadline)
    pgs_sharers_reach_limit (search, PGS_SHARERS_LIMIT_TIME);
  return search->result->limits != 0 || search->result->has_changed ||
         g_cancellable_is_cancelled (search->cancellable);
}

/* Looking at all of them */

static gint
compare_nearness (gconstpointer a,
                  gconstpointer b,
                  gpointer      user_data)
{
  const pid_t *own = user_data;
  gint64 left = ABS ((gint64) *(const pid_t *) a - *own);
  gint64 right = ABS ((gint64) *(const pid_t *) b - *own);

  return (left > right) - (left < right);
}

/* Lists the processes, the nearest ones first. */
static GArray *
list_processes (PgsSharersSearch  *search,
                GError           **error)
{
  const char *root = search->query->proc_root != NULL ? search->query->proc_root : PGS_PROC_ROOT;
  g_autoptr(GArray) pids = g_array_new (FALSE, FALSE, sizeof (pid_t));
  g_autoptr(GDir) folder = g_dir_open (root, 0, error);
  pid_t own = search->query->pid;
  const char *name;
  guint64 number;

  if (folder == NULL)
    return NULL;
  while ((name = g_dir_read_name (folder)) != NULL)
    if (g_ascii_string_to_unsigned (name, 10, 1, G_MAXINT32, &number, NULL))
      {
        pid_t pid = (pid_t) number;

        g_array_append_val (pids, pid);
      }
  g_array_sort_with_data (pids, compare_nearness, &own);
  return g_steal_pointer (&pids);
}

/* Whether the page is what it was when it was asked about. */
static gboolean
check_page (PgsSharersSearch  *search,
            GError           **error)
{
  const PgsSharersQuery *query = search->query;
  uint64_t entry = 0;
  gssize n = pgs_source_read_entries (query->source, query->page, &entry, 1, error);

  if (n < 0)
    return FALSE;
  search->result->has_changed = n == 0 || ((entry ^ query->entry) & IDENTITY) != 0;
  return TRUE;
}

static gboolean
start_reading (PgsSharersSearch  *search,
               GError           **error)
{
  g_autoptr(GBytes) text = NULL;
  g_autoptr(PgsProcess) process = pgs_process_open (search->query->proc_root, search->query->pid,
                                                    error);

  if (process == NULL)
    return FALSE;
  search->has_program = pgs_sharers_read_program (process, &search->program);
  /* A source tells of pages once it has told of mappings. */
  text = pgs_source_read_maps (search->query->source, search->cancellable, error);
  return text != NULL && check_page (search, error);
}

static void
tell_progress (PgsSharersSearch *search,
               guint             n_done)
{
  if (search->query->progress == NULL)
    return;
  g_atomic_int_set (&search->query->progress->n_all, (int) search->result->n_all);
  g_atomic_int_set (&search->query->progress->n_done, (int) n_done);
}

static void
look_at_processes (PgsSharersSearch *search,
                   const GArray     *pids)
{
  search->result->n_all = pids->len;
  for (guint i = 0; i < pids->len && !pgs_sharers_is_over (search); i++)
    {
      tell_progress (search, i);
      pgs_sharers_look_at_process (search, g_array_index (pids, pid_t, i));
      if (i + 1 >= PGS_SHARERS_MAX_PROCESSES && i + 1 < pids->len)
        pgs_sharers_reach_limit (search, PGS_SHARERS_LIMIT_PROCESSES);
    }
}

static gint
compare_sharers (gconstpointer a,
                 gconstpointer b,
                 gpointer      user_data)
{
  const PgsSharer *left = *(const PgsSharer *const *) a;
  const PgsSharer *right = *(const PgsSharer *const *) b;
  pid_t own = *(const pid_t *) user_data;

  if (left->pid != right->pid)
    return left->pid == own ? -1 : right->pid == own ? 1 : left->pid < right->pid ? -1 : 1;
  return (left->address > right->address) - (left->address < right->address);
}

/**
 * pgs_sharers_find:
 * @query: what to look for
 * @cancellable: (nullable): ends the search from another thread
 * @error: return location for a %PGS_PROCESS_ERROR or %G_IO_ERROR
 *
 * Looks for all other places where the page is mapped, in processes that may be looked
 * into. Blocks, mostly for 0.1 ms a process. Where no way can find anybody, nothing is
 * read.
 *
 * Returns: (transfer full): what was found; %NULL when the process of the page or the
 *   list of processes cannot be read, or the search was cancelled
 */
PgsSharers *
pgs_sharers_find (const PgsSharersQuery  *query,
                  GCancellable           *cancellable,
                  GError                **error)
{
  g_autoptr(PgsSharers) result = g_new0 (PgsSharers, 1);
  g_autoptr(GArray) pids = NULL;
  pid_t own;
  PgsSharersSearch search = { .query = query, .cancellable = cancellable, .result = result };

  g_return_val_if_fail (query != NULL && PGS_IS_SOURCE (query->source), NULL);

  own = query->pid;
  result->found = g_ptr_array_new_with_free_func (sharer_free);
  result->method = pgs_sharers_choose (query->mapping, query->entry);
  if (!pgs_sharers_method_can_find (result->method))
    return g_steal_pointer (&result);
  search.page_size = pgs_source_get_page_size (query->source);
  search.deadline = query->time_limit != 0 ? g_get_monotonic_time () + query->time_limit : 0;
  if (!start_reading (&search, error))
    return NULL;
  pids = list_processes (&search, error);
  if (pids == NULL)
    return NULL;
  look_at_processes (&search, pids);
  if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
      (!result->has_changed && !check_page (&search, error)))
    return NULL;
  g_ptr_array_sort_with_data (result->found, compare_sharers, &own);
  return g_steal_pointer (&result);
}

/**
 * pgs_sharers_free:
 * @self: (nullable): what a search found
 *
 * Frees it.
 */
void
pgs_sharers_free (PgsSharers *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->found, g_ptr_array_unref);
  g_free (self);
}
