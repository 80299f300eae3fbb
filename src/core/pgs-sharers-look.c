/* pgs-sharers-look.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Looking for a page in one process: finding where in its address space the page can be,
 * and comparing what is there. Where that is, and why, is told in pgs-sharers.c.
 */

#include "config.h"

#include "pgs-sharers-private.h"

#include <string.h>

#include "pgs-pagemap-entry.h"
#include "pgs-proc-source.h"
#include "pgs-process-private.h"

/* How many entries are read at a time. */
#define CHUNK_PAGES 4096

/* A process that is being looked at. */
typedef struct
{
  PgsSharersSearch *search;
  PgsProcess       *process;
  PgsSource        *source;
  PgsMaps          *maps;
  gboolean          is_own;      /* the page's own process */
  gboolean          is_hidden;   /* a frame of it could not be compared */
} Suspect;

/* Comparing a page */

static void
add_sharer (Suspect          *suspect,
            const PgsMapping *mapping,
            uint64_t          address,
            PgsSharerKind     kind)
{
  PgsSharers *result = suspect->search->result;
  PgsSharer *sharer;

  if (result->found->len >= PGS_SHARERS_MAX_FOUND)
    {
      pgs_sharers_reach_limit (suspect->search, PGS_SHARERS_LIMIT_FOUND);
      return;
    }
  sharer = g_new0 (PgsSharer, 1);
  sharer->pid = pgs_process_get_pid (suspect->process);
  sharer->name = g_strdup (pgs_process_get_name (suspect->process));
  sharer->address = address;
  sharer->flags = mapping->flags;
  sharer->kind = kind;
  g_ptr_array_add (result->found, sharer);
}

static gboolean
is_hidden (Suspect  *suspect,
           uint64_t  entry)
{
  return pgs_pagemap_entry_is_hidden (entry) ||
         pgs_pagemap_entry_is_hidden (suspect->search->query->entry);
}

static gboolean
has_same_frame (Suspect  *suspect,
                uint64_t  entry)
{
  return pgs_pagemap_entry_is_present (entry) && !is_hidden (suspect, entry) &&
         pgs_pagemap_entry_get_pfn (entry) ==
         pgs_pagemap_entry_get_pfn (suspect->search->query->entry);
}

/* Tells what the page of a mapping of the same file is. */
static void
judge_file_page (Suspect          *suspect,
                 const PgsMapping *mapping,
                 uint64_t          address,
                 uint64_t          entry)
{
  PgsSharers *result = suspect->search->result;
  gboolean is_copy = !pgs_pagemap_entry_is_file (entry) &&
                     (mapping->flags & PGS_MAPPING_SHARED) == 0;

  if (!pgs_pagemap_entry_is_present (entry))
    result->n_absent++;
  else if (has_same_frame (suspect, entry))
    add_sharer (suspect, mapping, address, PGS_SHARER_SAME_FRAME);
  else if (is_copy)
    result->n_copies++;
  else if (is_hidden (suspect, entry))
    add_sharer (suspect, mapping, address, PGS_SHARER_SAME_PAGE);
  else
    result->n_others++;
}

static void
judge_page (Suspect          *suspect,
            const PgsMapping *mapping,
            uint64_t          address,
            uint64_t          entry)
{
  if (suspect->search->result->method == PGS_SHARERS_BY_FILE)
    judge_file_page (suspect, mapping, address, entry);
  else if (has_same_frame (suspect, entry))
    add_sharer (suspect, mapping, address, PGS_SHARER_SAME_FRAME);
  else if (pgs_pagemap_entry_is_present (entry) && is_hidden (suspect, entry))
    suspect->is_hidden = TRUE;
}

/* Whether this is the very page that is looked for. */
static gboolean
is_page_itself (Suspect  *suspect,
                uint64_t  address)
{
  return suspect->is_own && address == suspect->search->query->page;
}

static void
look_at_page (Suspect          *suspect,
              const PgsMapping *mapping,
              uint64_t          address)
{
  uint64_t entry = 0;
  gssize n;

  if (is_page_itself (suspect, address))
    return;
  n = pgs_source_read_entries (suspect->source, address, &entry, 1, NULL);
  if (n > 0)
    judge_page (suspect, mapping, address, entry);
  else if (n < 0 && suspect->search->result->method == PGS_SHARERS_BY_FILE)
    add_sharer (suspect, mapping, address, PGS_SHARER_SAME_PLACE);
  else if (n < 0)
    suspect->is_hidden = TRUE;
}

/* Finding the pages to compare */

static gboolean
is_same_file (const PgsMapping *a,
              const PgsMapping *b)
{
  return a->inode == b->inode && a->dev_major == b->dev_major && a->dev_minor == b->dev_minor;
}

/* Finds where a mapping would have the page: at the same offset of the file, or of what
 * the kernel maps under that name. */
static gboolean
find_place (const PgsSharersSearch *search,
            const PgsMapping       *mapping,
            uint64_t               *address)
{
  const PgsMapping *own = search->query->mapping;
  uint64_t offset = own->offset + (search->query->page - own->start);

  if (!is_same_file (mapping, own) || offset < mapping->offset ||
      offset - mapping->offset >= mapping->end - mapping->start)
    return FALSE;
  if (search->result->method == PGS_SHARERS_BY_NAME && strcmp (mapping->name, own->name) != 0)
    return FALSE;
  *address = mapping->start + (offset - mapping->offset);
  return TRUE;
}

static void
look_at_same_places (Suspect *suspect)
{
  for (guint i = 0; i < pgs_maps_get_n_mappings (suspect->maps); i++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (suspect->maps, i);
      uint64_t address;

      if (find_place (suspect->search, mapping, &address))
        look_at_page (suspect, mapping, address);
    }
}

static void
look_at_same_address (Suspect *suspect)
{
  uint64_t page = suspect->search->query->page;
  guint index;

  if (pgs_maps_find (suspect->maps, page, &index))
    look_at_page (suspect, pgs_maps_get_mapping (suspect->maps, index), page);
}

/* Looks at pages of which most are populated. */
static void
look_at_range (Suspect          *suspect,
               const PgsMapping *mapping,
               uint64_t          start,
               uint64_t          end)
{
  PgsSharersSearch *search = suspect->search;
  uint64_t entries[CHUNK_PAGES];
  gssize n;

  while (start < end && !pgs_sharers_is_over (search))
    {
      n = pgs_source_read_entries (suspect->source, start, entries,
                                   MIN ((end - start) / search->page_size, CHUNK_PAGES), NULL);
      if (n <= 0)
        return;
      search->n_pages += (uint64_t) n;
      for (gssize i = 0; i < n; i++)
        {
          uint64_t address = start + (uint64_t) i * search->page_size;

          if (address != search->query->page)
            judge_page (suspect, mapping, address, entries[i]);
        }
      start += (uint64_t) n * search->page_size;
      if (search->n_pages >= PGS_SHARERS_MAX_PAGES)
        pgs_sharers_reach_limit (search, PGS_SHARERS_LIMIT_PAGES);
    }
}

/* Looks at all pages of a mapping. Where it can be told which are populated, an address
 * space that is only reserved costs nothing. */
static void
look_at_mapping (Suspect          *suspect,
                 const PgsMapping *mapping)
{
  g_autoptr(GArray) ranges = g_array_new (FALSE, FALSE, sizeof (PgsPopulatedRange));
  uint64_t at = mapping->start;

  while (at < mapping->end && !pgs_sharers_is_over (suspect->search))
    {
      uint64_t walk_end = mapping->end;

      g_array_set_size (ranges, 0);
      if (!pgs_source_scan (suspect->source, at, mapping->end, ranges, &walk_end, NULL))
        {
          look_at_range (suspect, mapping, at, mapping->end);
          return;
        }
      for (guint i = 0; i < ranges->len; i++)
        {
          const PgsPopulatedRange *range = &g_array_index (ranges, PgsPopulatedRange, i);

          look_at_range (suspect, mapping, range->start, range->end);
        }
      if (walk_end <= at)
        return;
      at = walk_end;
    }
}

/* mremap() may have moved the page to any address. */
static void
look_at_private_memory (Suspect *suspect)
{
  for (guint i = 0; i < pgs_maps_get_n_mappings (suspect->maps); i++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (suspect->maps, i);

      if (suspect->is_hidden || pgs_sharers_is_over (suspect->search))
        return;
      if ((mapping->flags & PGS_MAPPING_SHARED) == 0 && mapping->kind != PGS_MAPPING_KERNEL)
        look_at_mapping (suspect, mapping);
    }
}

/* Looking at a process */

/* Tells which file the process runs. */
gboolean
pgs_sharers_read_program (PgsProcess  *process,
                          struct stat *program)
{
  return fstatat (pgs_process_get_dir_fd (process), "exe", program, 0) == 0;
}

static gboolean
runs_same_program (Suspect *suspect)
{
  PgsSharersSearch *search = suspect->search;
  struct stat program;

  return suspect->is_own ||
         (search->has_program && pgs_sharers_read_program (suspect->process, &program) &&
          program.st_dev == search->program.st_dev && program.st_ino == search->program.st_ino);
}

/* Counts a process that could not be looked at, unless it is not there any more or has
 * no memory. */
static void
count_failure (PgsSharersSearch *search,
               const GError     *error)
{
  if (error->domain == PGS_PROCESS_ERROR &&
      error->code != PGS_PROCESS_ERROR_NOT_PERMITTED &&
      error->code != PGS_PROCESS_ERROR_UNREADABLE)
    return;
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    search->result->n_denied++;
}

static gboolean
read_maps (Suspect  *suspect,
           GError  **error)
{
  PgsSharersSearch *search = suspect->search;
  g_autoptr(GBytes) text = pgs_source_read_maps (suspect->source, search->cancellable, error);

  if (text == NULL)
    return FALSE;
  suspect->maps = pgs_maps_read (text, search->page_size, NULL, error);
  if (suspect->maps == NULL)
    return FALSE;
  search->n_mappings += pgs_maps_get_n_mappings (suspect->maps);
  if (search->n_mappings >= PGS_SHARERS_MAX_MAPPINGS)
    pgs_sharers_reach_limit (search, PGS_SHARERS_LIMIT_MAPPINGS);
  return TRUE;
}

/* Whether the process has any page at the address, told without its mappings. */
static gboolean
peek (Suspect   *suspect,
      gboolean  *has_page,
      GError   **error)
{
  uint64_t page = suspect->search->query->page;
  PGS_AUTO_FD fd = pgs_process_open_file (suspect->process, "pagemap", error);
  uint64_t entry = 0;

  if (fd < 0)
    return FALSE;
  *has_page = pread (fd, &entry, sizeof entry,
                     (off_t) (page / suspect->search->page_size * sizeof entry)) ==
                (gssize) sizeof entry &&
              pgs_pagemap_entry_is_present (entry);
  return TRUE;
}

static gboolean
look_for_private_page (Suspect  *suspect,
                       GError  **error)
{
  gboolean is_related = runs_same_program (suspect);
  gboolean has_page = is_related;

  if (!is_related && !peek (suspect, &has_page, error))
    return FALSE;
  if (!has_page)
    return TRUE;
  if (!read_maps (suspect, error))
    return FALSE;
  look_at_same_address (suspect);
  if (is_related)
    look_at_private_memory (suspect);
  if (is_related && !suspect->is_hidden && !pgs_sharers_is_over (suspect->search))
    suspect->search->result->n_related++;
  return TRUE;
}

static gboolean
look_for_page (Suspect  *suspect,
               GError  **error)
{
  if (suspect->search->result->method == PGS_SHARERS_PRIVATE)
    return look_for_private_page (suspect, error);
  if (!read_maps (suspect, error))
    return FALSE;
  look_at_same_places (suspect);
  return TRUE;
}

/* A process that ended while it was looked at, and whose PID may be another's, or that
 * runs another program by now, has told nothing. */
static void
drop_since (PgsSharersSearch *search,
            guint             n_found)
{
  g_ptr_array_set_size (search->result->found, (int) n_found);
}

/* Adds to what was found what is in one process. */
void
pgs_sharers_look_at_process (PgsSharersSearch *search,
                             pid_t             pid)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PgsProcess) process = pgs_process_open (search->query->proc_root, pid, &error);
  Suspect suspect = { .search = search, .process = process, .is_own = pid == search->query->pid };
  guint n_found = search->result->found->len;
  gboolean is_done = FALSE;

  if (process != NULL)
    {
      suspect.source = suspect.is_own
        ? g_object_ref (search->query->source)
        : pgs_proc_source_new (process, search->query->proc_root, PGS_PROC_SCAN_AUTO);
      is_done = look_for_page (&suspect, &error);
      if (is_done && search->result->found->len > n_found && !pgs_process_check (process, NULL))
        drop_since (search, n_found);
      g_object_unref (suspect.source);
      g_clear_pointer (&suspect.maps, pgs_maps_unref);
    }
  if (is_done)
    search->result->n_processes++;
  else
    count_failure (search, error);
  search->result->n_hidden += suspect.is_hidden;
}
