/* test-csv-frames.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests what the table of pages says of their frames.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <inttypes.h>
#include <string.h>

#include "core/pgs-csv.h"
#include "core/pgs-page-store-builder.h"
#include "pgs-made-frames.h"
#include "pgs-plain.h"
#include "pgs-raw-frames.h"

#define START   UINT64_C (0x10000000)
#define N_PAGES 60000u
#define RAM_END (1u << 20)
#define PRESENT PGS_PAGEMAP_PRESENT

/* Pages of three mappings, one next to the other and one far away. */
typedef struct
{
  PgsMaps       *maps;
  uint64_t      *entries;  /* as the process has them now */
  uint64_t      *before;   /* as they were when the snapshot was taken */
  PgsSnapshot   *snapshot;
  PgsMadeFrames *source;
} Process;

static uint64_t
tell_entry (uint64_t page,
            gpointer user_data)
{
  Process *self = user_data;

  page -= START / 4096;
  return page < N_PAGES ? self->entries[page] & ~PGS_PAGEMAP_MARKS : 0;
}

static Process *
process_new (guint32 seed,
             gsize   max_bytes)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
  g_autofree char *text =
    g_strdup_printf ("%" PRIx64 "-%" PRIx64 " rw-p 00000000 00:00 0 \n"
                     "%" PRIx64 "-%" PRIx64 " rw-p 00000000 00:00 0 \n"
                     "%" PRIx64 "-%" PRIx64 " rw-p 00000000 00:00 0 \n",
                     START, START + 20000 * 4096, START + 20000 * 4096, START + 20001 * 4096,
                     START + 25000 * 4096, START + (uint64_t) N_PAGES * 4096);
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (512);
  g_autoptr(PgsPageStore) store = NULL;
  Process *self = g_new0 (Process, 1);

  self->maps = pgs_maps_parse (text, strlen (text), 4096, NULL);
  self->entries = pgs_plain_make_pages (rand, RAM_END, N_PAGES);
  memset (self->entries + 20001, 0, 4999 * sizeof *self->entries);
  self->before = g_memdup2 (self->entries, N_PAGES * sizeof *self->entries);
  pgs_page_store_builder_limit (builder, max_bytes, RAM_END);
  pgs_page_store_builder_append (builder, START / 4096, self->entries, N_PAGES);
  store = pgs_page_store_builder_end (builder);
  self->snapshot = pgs_snapshot_new (self->maps, store, 4096, RAM_END, NULL);
  self->source = pgs_made_frames_new (tell_entry, self);
  return self;
}

static void
process_free (Process *self)
{
  pgs_maps_unref (self->maps);
  pgs_snapshot_unref (self->snapshot);
  g_object_unref (self->source);
  g_free (self->entries);
  g_free (self->before);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Process, process_free)

static char *
write_csv (Process  *self,
           gboolean  with_source,
           uint64_t  start,
           uint64_t  end)
{
  g_autoptr(GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr(GError) error = NULL;

  if (!pgs_csv_write (self->snapshot, with_source ? PGS_SOURCE (self->source) : NULL, start, end,
                      stream, NULL, &error))
    fail_msg ("%s", error->message);
  assert_true (g_output_stream_write_all (stream, "", 1, NULL, NULL, NULL));
  assert_true (g_output_stream_close (stream, NULL, NULL));
  return g_memory_output_stream_steal_data (G_MEMORY_OUTPUT_STREAM (stream));
}

/* What the process has for a frame of a page, as far as it should be told. */
static void
get_frame (Process  *self,
           guint     page,
           PgsFrame *frame)
{
  const uint64_t same = UINT64_C (1) << 63 | UINT64_C (1) << 56 | ((UINT64_C (1) << 55) - 1);

  pgs_made_frames_get (self->source->salt, self->before[page], frame);
  if (((self->before[page] ^ self->entries[page]) & same) != 0)
    frame->is_known = FALSE;
}

/* Checks what a row says of one of its pages. */
static void
check_fields (char           **fields,
              const PgsFrame  *frame)
{
  g_autofree char *count = g_strdup_printf ("%u", frame->map_count);
  g_autofree char *node = g_strdup_printf ("%d", frame->node);
  uint64_t flags;

  if (!frame->is_known)
    {
      for (guint i = 9; i < 12; i++)
        assert_string_equal (fields[i], "");
      return;
    }
  assert_true (pgs_raw_parse_frame_flags (fields[9], &flags));
  assert_int_equal (flags, frame->flags);
  assert_string_equal (fields[10], count);
  assert_string_equal (fields[11], frame->node < 0 ? "" : node);
}

/* As g_strsplit(), which with an address sanitizer measures all that is left of a long
 * text for every row. */
static GStrv
split_rows (const char *text)
{
  GPtrArray *rows = g_ptr_array_new ();

  for (const char *end = strchr (text, '\n'); end != NULL; end = strchr (text, '\n'))
    {
      g_ptr_array_add (rows, g_strndup (text, (gsize) (end - text)));
      text = end + 1;
    }
  g_ptr_array_add (rows, g_strdup (text));
  g_ptr_array_add (rows, NULL);
  return (GStrv) g_ptr_array_free (rows, FALSE);
}

/* Checks every page of a table. Returns of how many something is known. */
static guint
check_table (Process    *self,
             const char *text)
{
  g_auto(GStrv) lines = split_rows (text);
  guint n_pages = 0, n_known = 0;

  for (guint line = 1; lines[line][0] != '\0'; line++)
    {
      g_auto(GStrv) fields = g_strsplit (lines[line], ",", -1);
      uint64_t start = g_ascii_strtoull (fields[0], NULL, 0);
      uint64_t end = g_ascii_strtoull (fields[1], NULL, 0);

      assert_int_equal (g_strv_length (fields), 12);
      for (; start < end; start += 4096, n_pages++)
        {
          PgsFrame frame;

          get_frame (self, (guint) ((start - START) / 4096), &frame);
          check_fields (fields, &frame);
          n_known += (guint) frame.is_known;
        }
    }
  assert_int_equal (n_pages, N_PAGES - 4999);
  return n_known;
}

/* However many are told at a time, each page has what its frame is. */
static void
test_every_page (void **state)
{
  static const gsize steps[] = { G_MAXSIZE, 1000, 7777 };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr(Process) process = process_new (i, G_MAXSIZE);
      g_autofree char *text = NULL;

      process->source->max_pages = steps[i];
      text = write_csv (process, TRUE, 0, G_MAXUINT64);
      assert_in_range (check_table (process, text), N_PAGES / 4, N_PAGES);
    }
}

/* Of pages of which only numbers are kept it is the same, and so it is of others. */
static void
test_counted_pages (void **state)
{
  static const gsize limits[] = { 1, 100000 };
  g_autoptr(Process) detailed = process_new (3, G_MAXSIZE);
  g_autofree char *expected = write_csv (detailed, TRUE, 0, G_MAXUINT64);

  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      g_autoptr(Process) process = process_new (3, limits[i]);
      g_autofree char *text = write_csv (process, TRUE, 0, G_MAXUINT64);

      assert_false (pgs_snapshot_knows (process->snapshot, START, START + N_PAGES * 4096));
      assert_string_equal (text, expected);
    }
}

/* A page that has another frame by now, or is mapped by others, is not known. */
static void
test_pages_that_change (void **state)
{
  g_autoptr(Process) process = process_new (2, G_MAXSIZE);
  g_autofree char *text = NULL;

  for (guint i = 0; i < N_PAGES; i += 3)
    process->entries[i] ^= i % 2 == 0 ? 1 : PGS_PAGEMAP_EXCLUSIVE;
  for (guint i = 1; i < N_PAGES; i += 3)
    process->entries[i] ^= PGS_PAGEMAP_SOFT_DIRTY;
  text = write_csv (process, TRUE, 0, G_MAXUINT64);
  assert_in_range (check_table (process, text), N_PAGES / 6, N_PAGES * 2 / 3);
}

/* A few pages are read with those of their page of the page table at most, and are told
 * as all of them are. */
static void
test_range (void **state)
{
  g_autoptr(Process) process = process_new (4, G_MAXSIZE);
  g_autofree char *text = write_csv (process, TRUE, START + 40000 * 4096, START + 40003 * 4096);
  g_auto(GStrv) lines = split_rows (text);
  guint n = 0;

  assert_in_range (process->source->n_told, 1, 512);
  for (guint line = 1; lines[line][0] != '\0'; line++)
    {
      g_auto(GStrv) fields = g_strsplit (lines[line], ",", -1);
      uint64_t n_pages = g_ascii_strtoull (fields[2], NULL, 10);

      for (uint64_t i = 0; i < n_pages; i++, n++)
        {
          PgsFrame frame;

          get_frame (process, 40000 + n, &frame);
          check_fields (fields, &frame);
        }
    }
  assert_int_equal (n, 3);
}

/* Where frames are not told, the table is that of a snapshot alone, and nobody asks twice. */
static void
test_frames_that_cannot_be_read (void **state)
{
  const GError errors[] = {
    { G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, (char *) "Denied" },
    { G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, (char *) "Not supported" },
    { G_IO_ERROR, G_IO_ERROR_FAILED, (char *) "Failed" },
  };
  g_autoptr(Process) process = process_new (5, G_MAXSIZE);
  g_autofree char *expected = write_csv (process, FALSE, 0, G_MAXUINT64);

  for (guint i = 0; i <= G_N_ELEMENTS (errors); i++)
    {
      g_autofree char *text = NULL;

      process->source->n_reads = 0;
      process->source->error = i < G_N_ELEMENTS (errors) ? &errors[i] : NULL;
      process->source->ends = process->source->error == NULL;
      text = write_csv (process, TRUE, 0, G_MAXUINT64);
      assert_string_equal (text, expected);
      assert_int_equal (process->source->n_reads, 1);
    }
}

/* Nobody asks for frames whose numbers are hidden. */
static void
test_hidden (void **state)
{
  g_autoptr(Process) process = process_new (6, G_MAXSIZE);
  static const uint64_t entries[] = { PRESENT, PRESENT | PGS_PAGEMAP_EXCLUSIVE, 0, PRESENT };
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (512);
  g_autoptr(PgsPageStore) store = NULL;
  g_autofree char *text = NULL;

  pgs_page_store_builder_append (builder, START / 4096, entries, G_N_ELEMENTS (entries));
  store = pgs_page_store_builder_end (builder);
  pgs_snapshot_unref (process->snapshot);
  process->snapshot = pgs_snapshot_new (process->maps, store, 4096, RAM_END, NULL);
  text = write_csv (process, TRUE, START, START + 4 * 4096);
  assert_non_null (strstr (text, ",1,present,hidden,,,exclusive,,,,\n"));
  assert_int_equal (process->source->n_reads, 0);
}

/* What is written of one frame. */
static void
test_words (void **state)
{
  static const struct
  {
    PgsFrame    frame;
    const char *fields;
  } cases[] = {
    { { 0, 1, -1, FALSE }, ",,,\n" },
    { { 0, 0, 0, TRUE }, ",none,0,0\n" },
    { { 0, 7, -1, TRUE }, ",none,7,\n" },
    { { 0x1068, 1, 0, TRUE }, ",UPTODATE|LRU|ACTIVE|ANON,1,0\n" },
    { { UINT64_C (1) << 33 | 1, G_MAXUINT32, 12, TRUE }, ",LOCKED|MLOCKED,4294967295,12\n" },
    { { UINT64_C (1) << 63 | 1u << 31, 2, 3, TRUE }, ",BIT_31|BIT_63,2,3\n" },
    { { UINT64_C (1) << 34 | UINT64_C (1) << 42 | 1u << 26, 2, 3, TRUE },
      ",PGTABLE|MAPPEDTODISK/OWNER_2|ARCH_3,2,3\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(Process) process = process_new (7, G_MAXSIZE);
      g_autofree char *text = NULL;
      guint page = 0;

      while ((process->entries[page] & PRESENT) == 0 ||
             (process->entries[page] & PGS_PAGEMAP_PFN_MASK) == 0)
        page++;
      process->source->frame = &cases[i].frame;
      text = write_csv (process, TRUE, START + page * UINT64_C (4096),
                        START + (page + 1) * UINT64_C (4096));
      assert_true (g_str_has_suffix (text, cases[i].fields));
    }
}

/* Pages are in one row only if as much is known of them. */
static void
test_rows (void **state)
{
  static const PgsFrame alike = { 0x1068, 1, 0, TRUE };
  g_autoptr(Process) process = process_new (8, G_MAXSIZE);
  g_autofree char *without = write_csv (process, FALSE, 0, G_MAXUINT64);
  g_autofree char *with = write_csv (process, TRUE, 0, G_MAXUINT64);
  g_autofree char *same = NULL;
  g_auto(GStrv) rows = split_rows (without);
  g_auto(GStrv) more_rows = split_rows (with);
  g_auto(GStrv) same_rows = NULL;

  process->source->frame = &alike;
  same = write_csv (process, TRUE, 0, G_MAXUINT64);
  same_rows = split_rows (same);
  assert_int_equal (g_strv_length (same_rows), g_strv_length (rows));
  assert_true (g_strv_length (more_rows) > g_strv_length (rows));
  for (guint i = 2; more_rows[i][0] != '\0'; i++)
    {
      g_auto(GStrv) row = g_strsplit (more_rows[i - 1], ",", -1);
      g_auto(GStrv) next = g_strsplit (more_rows[i], ",", -1);
      uint64_t pfn = g_ascii_strtoull (row[4], NULL, 0);

      /* Two that go on from one to the next differ in something. */
      if (pfn != 0 && g_ascii_strtoull (next[4], NULL, 0) ==
                      pfn + g_ascii_strtoull (row[2], NULL, 10) &&
          g_str_equal (row[1], next[0]) && g_str_equal (row[7], next[7]) &&
          g_ascii_strtoull (row[1], NULL, 0) != START + 20000 * 4096)
        assert_false (g_str_equal (row[9], next[9]) && g_str_equal (row[10], next[10]) &&
                      g_str_equal (row[11], next[11]));
    }
}

/* Cancelled while frames are read, before anything is written. */
static uint64_t
tell_entry_and_cancel (uint64_t page,
                       gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return 0;
}

static void
test_cancelled (void **state)
{
  g_autoptr(Process) process = process_new (9, G_MAXSIZE);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr(PgsMadeFrames) source = pgs_made_frames_new (tell_entry_and_cancel, cancellable);
  g_autoptr(GError) error = NULL;

  assert_false (pgs_csv_write (process->snapshot, PGS_SOURCE (source), 0, G_MAXUINT64, stream,
                               cancellable, &error));
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  assert_in_range (source->n_reads, 1, 1);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_every_page),
    cmocka_unit_test (test_counted_pages),
    cmocka_unit_test (test_pages_that_change),
    cmocka_unit_test (test_range),
    cmocka_unit_test (test_frames_that_cannot_be_read),
    cmocka_unit_test (test_hidden),
    cmocka_unit_test (test_words),
    cmocka_unit_test (test_rows),
    cmocka_unit_test (test_cancelled),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
