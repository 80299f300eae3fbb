/* pgs-csv.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The page table as comma-separated values (RFC 4180): a row a run of pages that
 * are alike and, where they have frames or swap slots, consecutive ones. Absent
 * pages have rows too, so the pages of all rows add up to the mappings.
 *
 * What the kernel knows of frames is read while the table is written, some pages ahead:
 * a snapshot keeps not all of it, and not in every color mode. Where it cannot be read
 * nobody asks twice, and the table is none the worse.
 *
 * Names stand as in maps, where a newline is "\012", so a row is a line.
 */

#include "config.h"

#include "pgs-csv.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "pgs-frame-batch.h"
#include "pgs-page-words.h"
#include "pgs-process.h"

#define FLUSH_BYTES  65536
#define READ_ENTRIES 1024

#define HEADER "start,end,pages,state,pfn,swap_type,swap_offset,flags,mapping," \
               "frame_flags,mapcount,node\n"

/* The flags of a frame are 64 bits. */
#define N_FLAG_BITS 64

typedef struct
{
  const PgsSnapshot *snapshot;
  PgsSource         *source;
  GOutputStream     *stream;
  GCancellable      *cancellable;
  GString           *text;
  const PgsMapping  *mapping;
  uint64_t           page_size;
  uint64_t           end_page;   /* behind the last one to write */
  /* What is known of the frames of some pages; none once they cannot be read. */
  PgsFrameBatch     *batch;
  /* The run that is being gathered; none while n_pages is 0. */
  uint64_t           first_page;
  uint64_t           n_pages;
  uint64_t           entry;
  PgsFrame           frame;
  /* What was written of a frame last: that of the next row is mostly like it. */
  PgsFrame           told_frame;
  GString           *told;
} Writer;

static const PgsFrame unknown_frame = { .node = -1 };

/* How much an entry grows from a page to the next one of the same run. */
static uint64_t
get_step (uint64_t entry)
{
  if (pgs_pagemap_entry_is_hidden (entry))
    return 0;
  switch (pgs_pagemap_entry_get_state (entry))
    {
    case PGS_PAGE_PRESENT:
      return 1;
    case PGS_PAGE_SWAPPED:
      return UINT64_C (1) << PGS_PAGEMAP_SWAP_TYPE_BITS;
    case PGS_PAGE_GUARD:
    case PGS_PAGE_ABSENT:
    default:
      return 0;
    }
}

static void
append_flags (GString  *text,
              uint64_t  entry)
{
  static const struct
  {
    uint64_t    bit;
    const char *name;
  } flags[] = {
    { PGS_PAGEMAP_FILE, "file" },
    { PGS_PAGEMAP_EXCLUSIVE, "exclusive" },
    { PGS_PAGEMAP_SOFT_DIRTY, "soft-dirty" },
    { PGS_PAGEMAP_UFFD_WP, "uffd-wp" },
  };
  const char *separator = "";

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (entry & flags[i].bit)
      {
        g_string_append_printf (text, "%s%s", separator, flags[i].name);
        separator = "|";
      }
}

/* Bits that have no name stand as their number: a newer kernel may say more. */
static void
append_frame_flags (GString  *text,
                    uint64_t  bits)
{
  const char *names[N_FLAG_BITS] = { NULL, };
  const char *separator = "";

  if (bits == 0)
    g_string_append (text, "none");
  for (guint i = 0; i < pgs_frame_get_n_flags (); i++)
    names[pgs_frame_get_flag (i)->bit] = pgs_frame_get_flag (i)->name;
  for (guint i = 0; i < N_FLAG_BITS; i++)
    if (bits >> i & 1)
      {
        if (names[i] != NULL)
          g_string_append_printf (text, "%s%s", separator, names[i]);
        else
          g_string_append_printf (text, "%sBIT_%u", separator, i);
        separator = "|";
      }
}

/* Appends the last three fields of a row. */
static void
append_frame (GString        *text,
              const PgsFrame *frame)
{
  if (!frame->is_known)
    {
      g_string_append (text, ",,");
      return;
    }
  append_frame_flags (text, frame->flags);
  g_string_append_printf (text, ",%" PRIu32 ",", frame->map_count);
  if (frame->node >= 0)
    g_string_append_printf (text, "%" PRId32, frame->node);
}

static gboolean
are_same_frames (const PgsFrame *a,
                 const PgsFrame *b)
{
  return a->is_known == b->is_known &&
         (!a->is_known || (a->flags == b->flags && a->map_count == b->map_count &&
                           a->node == b->node));
}

static void
append_location (GString  *text,
                 uint64_t  entry)
{
  PgsPageState state = pgs_pagemap_entry_get_state (entry);
  gboolean hidden = pgs_pagemap_entry_is_hidden (entry);

  if (state == PGS_PAGE_PRESENT && hidden)
    g_string_append (text, "hidden,,");
  else if (state == PGS_PAGE_PRESENT)
    g_string_append_printf (text, "0x%" PRIx64 ",,", pgs_pagemap_entry_get_pfn (entry));
  else if (state == PGS_PAGE_SWAPPED && hidden)
    g_string_append (text, ",hidden,hidden");
  else if (state == PGS_PAGE_SWAPPED)
    g_string_append_printf (text, ",%u,0x%" PRIx64, pgs_pagemap_entry_get_swap_type (entry),
                            pgs_pagemap_entry_get_swap_offset (entry));
  else
    g_string_append (text, ",,");
}

static void
append_field (GString    *text,
              const char *field)
{
  if (strpbrk (field, ",\"\r\n") == NULL)
    {
      g_string_append (text, field);
      return;
    }
  g_string_append_c (text, '"');
  for (; *field != '\0'; field++)
    {
      if (*field == '"')
        g_string_append_c (text, '"');
      g_string_append_c (text, *field);
    }
  g_string_append_c (text, '"');
}

static gboolean
flush (Writer  *writer,
       gsize    limit,
       GError **error)
{
  if (writer->text->len < limit || writer->text->len == 0)
    return TRUE;
  if (g_cancellable_set_error_if_cancelled (writer->cancellable, error))
    return FALSE;
  if (!g_output_stream_write_all (writer->stream, writer->text->str, writer->text->len, NULL,
                                  writer->cancellable, error))
    return FALSE;
  g_string_truncate (writer->text, 0);
  return TRUE;
}

/* Returns the last three fields of the row. */
static const GString *
tell_frame (Writer *writer)
{
  if (writer->told->len > 0 && are_same_frames (&writer->frame, &writer->told_frame))
    return writer->told;
  g_string_truncate (writer->told, 0);
  append_frame (writer->told, &writer->frame);
  writer->told_frame = writer->frame;
  return writer->told;
}

static gboolean
end_run (Writer  *writer,
         GError **error)
{
  GString *text = writer->text;
  const GString *told;

  if (writer->n_pages == 0)
    return TRUE;
  g_string_append_printf (text, "0x%" PRIx64 ",0x%" PRIx64 ",%" PRIu64 ",%s,",
                          writer->first_page * writer->page_size,
                          (writer->first_page + writer->n_pages) * writer->page_size,
                          writer->n_pages, pgs_page_state_get_id (writer->entry));
  append_location (text, writer->entry);
  g_string_append_c (text, ',');
  append_flags (text, writer->entry);
  g_string_append_c (text, ',');
  append_field (text, writer->mapping->name);
  g_string_append_c (text, ',');
  told = tell_frame (writer);
  g_string_append_len (text, told->str, (gssize) told->len);
  g_string_append_c (text, '\n');
  writer->n_pages = 0;
  return flush (writer, FLUSH_BYTES, error);
}

/* Adds @n_pages consecutive pages that are a run: the first has @entry, and of the frames
 * of all is known what @frame says. */
static gboolean
add_run (Writer          *writer,
         uint64_t         first_page,
         uint64_t         n_pages,
         uint64_t         entry,
         const PgsFrame  *frame,
         GError         **error)
{
  if (writer->n_pages > 0 &&
      writer->entry + writer->n_pages * get_step (writer->entry) == entry &&
      are_same_frames (&writer->frame, frame))
    {
      writer->n_pages += n_pages;
      return TRUE;
    }
  if (!end_run (writer, error))
    return FALSE;
  writer->first_page = first_page;
  writer->n_pages = n_pages;
  writer->entry = entry;
  writer->frame = *frame;
  return TRUE;
}

/* Frames */

/* Reads the frames of the batch. Where that fails, nothing is known of any from there on:
 * the reason (most often that only root is told) is no reason to have no table. */
static gboolean
read_batch (Writer  *writer,
            GError **error)
{
  g_autoptr(GError) reason = NULL;

  if (pgs_frame_batch_read (writer->batch, writer->cancellable, &reason))
    return TRUE;
  g_clear_pointer (&writer->batch, pgs_frame_batch_free);
  return !g_cancellable_set_error_if_cancelled (writer->cancellable, error);
}

/* Reads the frames of the pages from @page on of which the snapshot has detail. */
static gboolean
read_batch_from (Writer    *writer,
                 uint64_t   page,
                 GError   **error)
{
  PgsPageStoreIter iter;
  PgsPageSpan span;

  pgs_frame_batch_clear (writer->batch);
  pgs_page_store_iter_init (&iter, pgs_snapshot_get_store (writer->snapshot), page);
  while (pgs_page_store_iter_next (&iter, &span) && span.groups == NULL &&
         span.first_page < writer->end_page && pgs_frame_batch_add (writer->batch, &span))
    continue;
  return read_batch (writer, error);
}

/* Reads the frames of pages whose entries were just read. */
static gboolean
read_batch_of (Writer          *writer,
               uint64_t         first_page,
               const uint64_t  *entries,
               guint            n_pages,
               GError         **error)
{
  const PgsPageSpan span = { .first_page = first_page, .n_pages = n_pages, .entries = entries };

  if (writer->batch == NULL)
    return TRUE;
  pgs_frame_batch_clear (writer->batch);
  pgs_frame_batch_add (writer->batch, &span);
  return read_batch (writer, error);
}

/* Returns what was read of the frame of a page; %NULL where it is not in the batch. */
static const PgsFrame *
look_up_frame (const Writer *writer,
               uint64_t      page)
{
  const PgsFrame *frames;
  uint64_t place;

  if (writer->batch == NULL)
    return &unknown_frame;
  frames = pgs_frame_batch_get_frames (writer->batch);
  place = page - pgs_frame_batch_get_first_page (writer->batch);
  return frames != NULL && place < pgs_frame_batch_get_n_pages (writer->batch)
    ? &frames[place] : NULL;
}

/* Adds @n_pages consecutive pages that are a run but for what is known of their frames. */
static gboolean
add_pages (Writer    *writer,
           uint64_t   first_page,
           uint64_t   n_pages,
           uint64_t   entry,
           GError   **error)
{
  uint64_t end = first_page + n_pages;

  entry &= ~PGS_PAGEMAP_MARKS;
  if (writer->batch == NULL || pgs_pagemap_entry_get_pfn (entry) == 0)
    return add_run (writer, first_page, n_pages, entry, &unknown_frame, error);
  for (uint64_t page = first_page; page < end; page++, entry++)
    {
      const PgsFrame *frame = look_up_frame (writer, page);

      if (frame == NULL && !read_batch_from (writer, page, error))
        return FALSE;
      if (frame == NULL)
        frame = look_up_frame (writer, page);
      if (!add_run (writer, page, 1, entry, frame != NULL ? frame : &unknown_frame, error))
        return FALSE;
    }
  return TRUE;
}

/* Adds pages of which the snapshot has only the numbers: reads them again. */
static gboolean
add_counted (Writer    *writer,
             uint64_t   first,
             uint64_t   end,
             GError   **error)
{
  uint64_t entries[READ_ENTRIES];

  while (first < end)
    {
      gssize n = writer->source != NULL
        ? pgs_source_read_entries (writer->source, first * writer->page_size, entries,
                                   (gsize) MIN (end - first, READ_ENTRIES), error)
        : 0;

      if (n < 0)
        return FALSE;
      if (n == 0)
        {
          g_set_error_literal (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_FOUND,
                               _("The process ended. Of most of its pages only their number was "
                                 "kept, so that they cannot be listed: export while it runs."));
          return FALSE;
        }
      if (!read_batch_of (writer, first, entries, (guint) n, error))
        return FALSE;
      for (gssize i = 0; i < n; i++)
        if (!add_pages (writer, first++, 1,
                        pgs_pagemap_entry_get_state (entries[i]) == PGS_PAGE_ABSENT ? 0 : entries[i],
                        error))
          return FALSE;
    }
  return TRUE;
}

/* Adds the pages of @span from page @first up to @end, page numbers. */
static gboolean
add_span (Writer             *writer,
          const PgsPageSpan  *span,
          uint64_t            first,
          uint64_t            end,
          GError            **error)
{
  guint offset = (guint) (first - span->first_page);
  uint64_t entry = pgs_page_span_get_entry (span, offset);

  if (span->groups != NULL)
    return add_counted (writer, first, end, error);
  if (span->entries == NULL && span->step == get_step (entry))
    return add_pages (writer, first, end - first, entry, error);
  for (uint64_t page = first; page < end; page++)
    {
      entry = pgs_page_span_get_entry (span, (guint) (page - span->first_page));
      if (!add_pages (writer, page, 1, entry, error))
        return FALSE;
    }
  return TRUE;
}

/* Adds the pages from @first up to @end, page numbers, all of one mapping. */
static gboolean
add_range (Writer    *writer,
           uint64_t   first,
           uint64_t   end,
           GError   **error)
{
  PgsPageStoreIter iter;
  PgsPageSpan span;

  pgs_page_store_iter_init (&iter, pgs_snapshot_get_store (writer->snapshot), first);
  while (first < end && pgs_page_store_iter_next (&iter, &span))
    {
      uint64_t from = MIN (MAX (first, span.first_page), end);
      uint64_t to = MIN (span.first_page + span.n_pages, end);

      if (from > first && !add_pages (writer, first, from - first, 0, error))
        return FALSE;
      if (from < to && !add_span (writer, &span, from, to, error))
        return FALSE;
      first = MAX (from, to);
    }
  return first >= end || add_pages (writer, first, end - first, 0, error);
}

static gboolean
add_mappings (Writer    *writer,
              uint64_t   start,
              uint64_t   end,
              GError   **error)
{
  const PgsMaps *maps = pgs_snapshot_get_maps (writer->snapshot);
  guint n_mappings = pgs_maps_get_n_mappings (maps);

  for (guint i = pgs_maps_find_from (maps, start); i < n_mappings; i++)
    {
      uint64_t first, last;

      writer->mapping = pgs_maps_get_mapping (maps, i);
      if (writer->mapping->start >= end)
        break;
      first = MAX (writer->mapping->start, start) / writer->page_size;
      last = (MIN (writer->mapping->end, end) - 1) / writer->page_size + 1;
      if (!add_range (writer, first, last, error) || !end_run (writer, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * pgs_csv_write:
 * @snapshot: what to write
 * @source: (nullable): where to read again what the snapshot has only the numbers of, and
 *   what the kernel knows of frames; without it, neither is told
 * @start: first address; 0 for all
 * @end: the address behind the last one; %G_MAXUINT64 for all
 * @stream: where to
 * @cancellable: (nullable): ends the writing
 * @error: return location for an error of the stream or the source
 *
 * Writes a header and then one row a run of the mapped pages that have a byte in
 * [@start, @end). What the kernel knows of a frame is as it is now, of pages that still have
 * the frame that the snapshot tells of; it is left empty where it is not known. Blocks.
 *
 * Returns: whether all of it was written
 */
gboolean
pgs_csv_write (PgsSnapshot    *snapshot,
               PgsSource      *source,
               uint64_t        start,
               uint64_t        end,
               GOutputStream  *stream,
               GCancellable   *cancellable,
               GError        **error)
{
  Writer writer = { .snapshot = snapshot, .source = source, .stream = stream,
                    .cancellable = cancellable };
  gboolean written;

  g_return_val_if_fail (snapshot != NULL, FALSE);
  g_return_val_if_fail (G_IS_OUTPUT_STREAM (stream), FALSE);

  writer.page_size = pgs_snapshot_get_page_size (snapshot);
  writer.end_page = end / writer.page_size + (end % writer.page_size != 0);
  if (source != NULL)
    writer.batch = pgs_frame_batch_new (source, writer.page_size);
  writer.text = g_string_new (HEADER);
  writer.told = g_string_new (NULL);
  written = add_mappings (&writer, start, end, error) && flush (&writer, 0, error);
  g_string_free (writer.text, TRUE);
  g_string_free (writer.told, TRUE);
  g_clear_pointer (&writer.batch, pgs_frame_batch_free);
  return written;
}
