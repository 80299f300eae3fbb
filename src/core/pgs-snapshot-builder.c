/* pgs-snapshot-builder.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Makes a snapshot out of what a source tells.
 *
 * It goes on in steps of some milliseconds: between two, it turns to what somebody
 * has begun to look at, tells what was read so far, and is given up if it was
 * cancelled.
 *
 * A process that ends, execs or changes its mappings meanwhile is a normal
 * event. What was unmapped reads as absent. When the kernel has nothing more to
 * tell of the address space, the reading starts over, a few times at most.
 */

#include "config.h"

#include "pgs-snapshot-builder.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pgs-page-reader.h"
#include "pgs-page-store-builder.h"
#include "pgs-process.h"
#include "pgs-todo.h"

#define MAX_TRIES         4
/* When to tell of progress for the first time, and then how often. */
#define FIRST_PROGRESS_US (50 * G_TIME_SPAN_MILLISECOND)
#define PROGRESS_US       (200 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  PgsSource           *source;
  PgsSnapshotOptions   options;
  GCancellable        *cancellable;
  uint64_t             page_size;
  PgsMaps             *maps;
  PgsTodo             *todo;
  PgsPageStoreBuilder *store;
  PgsPageReader        reader;
  gint64               progress_time;  /* when to tell of it next */
} Build;

/* Tells what was read so far, now and then. */
static void
tell_progress (Build *build)
{
  g_autoptr(PgsPageStore) store = NULL;
  g_autoptr(PgsSnapshot) partial = NULL;
  g_autoptr(GArray) unread = NULL;

  if (build->options.progress == NULL || pgs_todo_is_in_chunk (build->todo) ||
      g_get_monotonic_time () < build->progress_time)
    return;
  store = pgs_page_store_builder_get_store (build->store);
  unread = pgs_todo_dup_unread (build->todo);
  partial = pgs_snapshot_new_partial (build->maps, store, build->page_size,
                                      pgs_source_get_ram_end (build->source), unread);
  build->options.progress (partial, pgs_todo_get_fraction (build->todo),
                           build->options.user_data);
  build->progress_time = g_get_monotonic_time () + PROGRESS_US;
}

static guint
get_focus (Build    *build,
           PgsRange *focus)
{
  guint n_focus = build->options.focus != NULL
    ? pgs_focus_get (build->options.focus, focus) : 0;

  return n_focus;
}

static void
keep_focus (Build *build)
{
  PgsRange focus[PGS_FOCUS_MAX];
  guint n_focus = get_focus (build, focus);

  for (guint i = 0; i < n_focus; i++)
    if (focus[i].start < focus[i].end)
      pgs_page_store_builder_keep (build->store, focus[i].start / build->page_size,
                                   (focus[i].end - 1) / build->page_size + 1);
}

/* Reads all that is to be read. */
static gboolean
read_todo (Build   *build,
           GError **error)
{
  PgsRange focus[PGS_FOCUS_MAX], next;

  while (!build->reader.gone &&
         pgs_todo_get_next (build->todo, focus, get_focus (build, focus), &next))
    {
      uint64_t end = next.end;

      if (g_cancellable_set_error_if_cancelled (build->cancellable, error) ||
          !pgs_page_reader_read_step (&build->reader, next.start, &end, error))
        return FALSE;
      pgs_todo_finish (build->todo, end);
      tell_progress (build);
    }
  return TRUE;
}

static gboolean
read_pages (Build   *build,
            GError **error)
{
  PgsSnapshot *previous = build->options.previous;

  build->reader.maps = build->maps;
  build->reader.store = build->store;
  build->reader.previous = previous != NULL && pgs_snapshot_get_maps (previous) == build->maps
    ? pgs_snapshot_get_store (previous) : NULL;
  return pgs_page_reader_probe (&build->reader, error) && read_todo (build, error) &&
         pgs_page_reader_probe (&build->reader, error);
}

static PgsMaps *
read_maps (Build   *build,
           GError **error)
{
  PgsSnapshot *previous = build->options.previous;
  g_autoptr(GBytes) text = NULL;

  text = pgs_source_read_maps (build->source, build->cancellable, error);
  if (text == NULL)
    return NULL;
  return pgs_maps_read (text, build->page_size,
                        previous != NULL ? pgs_snapshot_get_maps (previous) : NULL, error);
}

static gboolean
is_gone (const GError *error)
{
  return g_error_matches (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_FOUND);
}

static gboolean
is_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
begin_store (Build *build)
{
  g_clear_pointer (&build->store, pgs_page_store_builder_free);
  build->store = pgs_page_store_builder_new ((guint) (build->page_size / sizeof (uint64_t)));
  pgs_page_store_builder_limit (build->store, build->options.max_bytes,
                                pgs_source_get_ram_end (build->source));
  if (build->options.previous != NULL)
    pgs_page_store_builder_share (build->store,
                                  pgs_snapshot_get_store (build->options.previous));
  keep_focus (build);
}

/* Returns the snapshot of what was read, which is the one before where that says the
 * same. */
static PgsSnapshot *
make_snapshot (Build        *build,
               const GError *pages_error)
{
  g_autoptr(PgsPageStore) store = pgs_page_store_builder_end (g_steal_pointer (&build->store));
  PgsSnapshot *previous = build->options.previous;
  uint64_t ram_end = pgs_source_get_ram_end (build->source);

  if (previous != NULL && pages_error == NULL &&
      pgs_snapshot_get_pages_error (previous) == NULL &&
      pgs_snapshot_get_unread (previous)->len == 0 &&
      pgs_snapshot_get_store (previous) == store &&
      pgs_snapshot_get_maps (previous) == build->maps &&
      pgs_snapshot_get_ram_end (previous) == ram_end)
    return pgs_snapshot_ref (previous);
  return pgs_snapshot_new (build->maps, store, build->page_size, ram_end, pages_error);
}

/* Reads the pages once. Where they cannot be read, the snapshot says why; nothing
 * comes back when the reading was cancelled or the address space vanished. */
static PgsSnapshot *
build_pages (Build   *build,
             GError **error)
{
  g_autoptr(GError) pages_error = NULL;

  begin_store (build);
  g_clear_pointer (&build->todo, pgs_todo_free);
  build->todo = pgs_todo_new (build->maps, build->page_size);
  if (!read_pages (build, &pages_error))
    {
      /* Some of the pages would be taken for all of them. */
      begin_store (build);
      build->reader.gone = build->reader.gone || is_gone (pages_error);
    }
  if (is_cancelled (pages_error))
    g_propagate_error (error, g_steal_pointer (&pages_error));
  else if (!build->reader.gone)
    return make_snapshot (build, pages_error);
  return NULL;
}

/* Reads once. Sets build->reader.gone, and no error, when the address space vanished: the
 * process ended, or runs another program now. */
static PgsSnapshot *
try_build (Build   *build,
           GError **error)
{
  g_autoptr(GError) maps_error = NULL;

  g_clear_pointer (&build->maps, pgs_maps_unref);
  build->maps = read_maps (build, &maps_error);
  build->reader.gone = is_gone (maps_error) ||
                (build->maps != NULL && pgs_maps_get_n_mappings (build->maps) == 0);
  if (build->reader.gone)
    return NULL;
  if (build->maps == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&maps_error));
      return NULL;
    }
  return build_pages (build, error);
}

static PgsSnapshot *
build_with_retries (Build   *build,
                    GError **error)
{
  for (guint i = 0; i < MAX_TRIES; i++)
    {
      g_autoptr(PgsSnapshot) snapshot = NULL;
      g_autoptr(GError) try_error = NULL;

      snapshot = try_build (build, &try_error);
      if (!is_cancelled (try_error) && !pgs_source_check (build->source, error))
        return NULL;
      if (snapshot != NULL)
        return g_steal_pointer (&snapshot);
      if (try_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&try_error));
          return NULL;
        }
    }
  g_set_error (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_REPLACED,
               _("The process kept starting other programs while it was being read. Try again."));
  return NULL;
}

static void
begin (Build                    *build,
       PgsSource                *source,
       const PgsSnapshotOptions *options,
       GCancellable             *cancellable)
{
  *build = (Build) { .source = source, .cancellable = cancellable };
  if (options != NULL)
    build->options = *options;
  if (build->options.max_bytes == 0)
    build->options.max_bytes = PGS_SNAPSHOT_MAX_BYTES;
  build->page_size = pgs_source_get_page_size (source);
  pgs_page_reader_init (&build->reader, source, cancellable);
  build->progress_time = g_get_monotonic_time () + FIRST_PROGRESS_US;
}

static void
end (Build *build)
{
  g_clear_pointer (&build->maps, pgs_maps_unref);
  g_clear_pointer (&build->todo, pgs_todo_free);
  g_clear_pointer (&build->store, pgs_page_store_builder_free);
  pgs_page_reader_clear (&build->reader);
}

/**
 * pgs_snapshot_build:
 * @source: where to read from
 * @cancellable: (nullable): ends the reading from another thread
 * @error: return location for an error
 *
 * Reads the mappings and every populated page of a process. Blocks; call it in a
 * worker. Where mappings can be read but pages cannot, the snapshot has the
 * mappings and says why in pgs_snapshot_get_pages_error().
 *
 * Returns: (transfer full): a snapshot; %NULL with an error of
 *   %PGS_PROCESS_ERROR when the process ended or may not be read, or of
 *   %G_IO_ERROR
 */
PgsSnapshot *
pgs_snapshot_build (PgsSource     *source,
                    GCancellable  *cancellable,
                    GError       **error)
{
  return pgs_snapshot_build_with (source, NULL, cancellable, error);
}

/**
 * pgs_snapshot_build_with:
 * @source: where to read from
 * @options: (nullable): how to build it
 * @cancellable: (nullable): ends the reading from another thread
 * @error: return location for an error
 *
 * Does what pgs_snapshot_build() does, with options.
 *
 * Returns: (transfer full): a snapshot, which is the previous one where that says the
 *   same; %NULL with an error as pgs_snapshot_build()
 */
PgsSnapshot *
pgs_snapshot_build_with (PgsSource                 *source,
                         const PgsSnapshotOptions  *options,
                         GCancellable              *cancellable,
                         GError                   **error)
{
  Build build;
  PgsSnapshot *snapshot;

  g_return_val_if_fail (PGS_IS_SOURCE (source), NULL);

  begin (&build, source, options, cancellable);
  snapshot = build_with_retries (&build, error);
  end (&build);
  return snapshot;
}

/* Whether the pages of a chunk are to be read again. */
static gboolean
wants_detail (const PgsPageChunk *chunk,
              const PgsRange     *focus,
              guint               n_focus,
              uint64_t            page_size)
{
  uint64_t start = pgs_page_chunk_get_index (chunk) * PGS_PAGE_CHUNK_PAGES * page_size;
  uint64_t end = start + PGS_PAGE_CHUNK_PAGES * page_size;

  for (guint i = 0; i < n_focus; i++)
    if (focus[i].start < end && focus[i].end > start)
      return pgs_page_chunk_has_counted (chunk);
  return FALSE;
}

/* Takes over the chunks of @snapshot but for those to be read again, and returns what
 * these are. */
static GArray *
take_chunks (Build       *build,
             PgsSnapshot *snapshot)
{
  const PgsPageStore *store = pgs_snapshot_get_store (snapshot);
  GArray *ranges = g_array_new (FALSE, FALSE, sizeof (PgsRange));
  PgsRange focus[PGS_FOCUS_MAX];
  guint n_focus = get_focus (build, focus);

  for (guint i = 0; i < pgs_page_store_get_n_chunks (store); i++)
    {
      PgsPageChunk *chunk = pgs_page_store_get_chunk (store, i);
      uint64_t start = pgs_page_chunk_get_index (chunk) * PGS_PAGE_CHUNK_PAGES *
                       build->page_size;
      PgsRange range = { start, start + PGS_PAGE_CHUNK_PAGES * build->page_size };

      if (wants_detail (chunk, focus, n_focus, build->page_size))
        g_array_append_val (ranges, range);
      else
        pgs_page_store_builder_take_chunk (build->store, pgs_page_chunk_ref (chunk));
    }
  return ranges;
}

/**
 * pgs_snapshot_refine:
 * @snapshot: (transfer none): a snapshot
 * @source: what it was read from
 * @options: how to build it; what the focus is on is what gets detail
 * @cancellable: (nullable): ends the reading from another thread
 * @error: return location for an error
 *
 * Reads again, in detail, what @snapshot has only the numbers of. All else stays as
 * it is.
 *
 * Returns: (transfer full): a snapshot, or %NULL with an error as
 *   pgs_snapshot_build()
 */
PgsSnapshot *
pgs_snapshot_refine (PgsSnapshot               *snapshot,
                     PgsSource                 *source,
                     const PgsSnapshotOptions  *options,
                     GCancellable              *cancellable,
                     GError                   **error)
{
  Build build;
  PgsSnapshot *refined = NULL;
  g_autoptr(GArray) ranges = NULL;

  g_return_val_if_fail (snapshot != NULL && PGS_IS_SOURCE (source), NULL);
  g_return_val_if_fail (options != NULL, NULL);

  begin (&build, source, options, cancellable);
  build.options.previous = NULL;
  build.options.progress = NULL;
  build.maps = pgs_maps_ref (pgs_snapshot_get_maps (snapshot));
  begin_store (&build);
  ranges = take_chunks (&build, snapshot);
  build.todo = pgs_todo_new_for (build.maps, build.page_size, ranges);
  if (read_pages (&build, error) && pgs_source_check (source, error))
    {
      if (!build.reader.gone)
        refined = make_snapshot (&build, NULL);
      else
        g_set_error (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_FOUND,
                     _("The process ended before its pages could be read again."));
    }
  end (&build);
  return refined;
}
