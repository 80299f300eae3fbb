/* test-csv.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
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
#include "core/pgs-process.h"
#include "pgs-formula-source.h"
#include "pgs-layout.h"

#define PRESENT PGS_PAGEMAP_PRESENT
#define SWAPPED PGS_PAGEMAP_SWAPPED
#define HEADER  "start,end,pages,state,pfn,swap_type,swap_offset,flags,mapping," \
                "frame_flags,mapcount,node\n"

static PgsSnapshot *
make_snapshot (const char     *maps_text,
               uint64_t        first_page,
               const uint64_t *entries,
               gsize           n_entries)
{
  g_autoptr(PgsMaps) maps = pgs_maps_parse (maps_text, strlen (maps_text), 4096, NULL);
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (512);
  g_autoptr(PgsPageStore) store = NULL;

  assert_non_null (maps);
  pgs_page_store_builder_append (builder, first_page, entries, n_entries);
  store = pgs_page_store_builder_end (builder);
  return pgs_snapshot_new (maps, store, 4096, 0, NULL);
}

static char *
write_csv (PgsSnapshot *snapshot,
           uint64_t     start,
           uint64_t     end)
{
  g_autoptr(GOutputStream) stream = g_memory_output_stream_new_resizable ();

  assert_true (pgs_csv_write (snapshot, NULL, start, end, stream, NULL, NULL));
  assert_true (g_output_stream_write_all (stream, "", 1, NULL, NULL, NULL));
  assert_true (g_output_stream_close (stream, NULL, NULL));
  return g_memory_output_stream_steal_data (G_MEMORY_OUTPUT_STREAM (stream));
}

static const char two_mappings[] = "100000-110000 rw-p 00000000 00:00 0 \n"
                                   "110000-112000 r--p 00000000 00:00 0 \n";

static const uint64_t every_kind[] = {
  PRESENT | PGS_PAGEMAP_EXCLUSIVE | 0x10,
  PRESENT | PGS_PAGEMAP_EXCLUSIVE | 0x11,
  PRESENT | PGS_PAGEMAP_FILE | PGS_PAGEMAP_SOFT_DIRTY | 0x12,
  PRESENT,
  PRESENT,
  SWAPPED | 3 | 0x20 << 5,
  SWAPPED | 3 | 0x21 << 5,
  SWAPPED | 2 | 0x22 << 5,
  SWAPPED,
  SWAPPED | PGS_PAGEMAP_GUARD | 0x1f | 4 << 5,
  SWAPPED | PGS_PAGEMAP_GUARD | 0x1f | 4 << 5,
  PRESENT | PGS_PAGEMAP_MARK_HUGE | PGS_PAGEMAP_UFFD_WP | 0x30,
  PRESENT | PGS_PAGEMAP_UFFD_WP | 0x31,
  0,
  0,
  PRESENT | 0x40,
  PRESENT | 0x41,
};

static const char every_row[] =
  HEADER
  "0x100000,0x102000,2,present,0x10,,,exclusive,,,,\n"
  "0x102000,0x103000,1,present,0x12,,,file|soft-dirty,,,,\n"
  "0x103000,0x105000,2,present,hidden,,,,,,,\n"
  "0x105000,0x107000,2,swapped,,3,0x20,,,,,\n"
  "0x107000,0x108000,1,swapped,,2,0x22,,,,,\n"
  "0x108000,0x109000,1,swapped,,hidden,hidden,,,,,\n"
  "0x109000,0x10b000,2,guard,,,,,,,,\n"
  "0x10b000,0x10d000,2,present,0x30,,,uffd-wp,,,,\n"
  "0x10d000,0x10f000,2,absent,,,,,,,,\n"
  "0x10f000,0x110000,1,present,0x40,,,,,,,\n"
  "0x110000,0x111000,1,present,0x41,,,,,,,\n"
  "0x111000,0x112000,1,absent,,,,,,,,\n";

static void
test_every_kind_of_page (void **state)
{
  g_autoptr(PgsSnapshot) snapshot =
    make_snapshot (two_mappings, 0x100, every_kind, G_N_ELEMENTS (every_kind));
  g_autofree char *text = write_csv (snapshot, 0, G_MAXUINT64);

  assert_string_equal (text, every_row);
}

static void
test_range (void **state)
{
  g_autoptr(PgsSnapshot) snapshot =
    make_snapshot (two_mappings, 0x100, every_kind, G_N_ELEMENTS (every_kind));
  g_autofree char *text = write_csv (snapshot, 0x101000, 0x104001);
  g_autofree char *within = write_csv (snapshot, 0x110fff, 0x111001);
  g_autofree char *nothing = write_csv (snapshot, 0x200000, 0x300000);

  assert_string_equal (text, HEADER "0x101000,0x102000,1,present,0x11,,,exclusive,,,,\n"
                                    "0x102000,0x103000,1,present,0x12,,,file|soft-dirty,,,,\n"
                                    "0x103000,0x105000,2,present,hidden,,,,,,,\n");
  assert_string_equal (within, HEADER "0x110000,0x111000,1,present,0x41,,,,,,,\n"
                                      "0x111000,0x112000,1,absent,,,,,,,,\n");
  assert_string_equal (nothing, HEADER);
}

/* A run goes on over the end of a block, and 20 TiB are one row. */
static void
test_long_runs (void **state)
{
  static const char text[] = "100000-500000 rw-p 00000000 00:00 0 \n"
                             "100000000000-240000000000 ---p 00000000 00:00 0 \n";
  g_autofree uint64_t *entries = g_new (uint64_t, 1024);
  g_autoptr(PgsSnapshot) snapshot = NULL;
  g_autofree char *csv = NULL;

  for (guint i = 0; i < 1024; i++)
    entries[i] = PRESENT | (0x1000 + i);
  snapshot = make_snapshot (text, 0x100, entries, 1024);
  csv = write_csv (snapshot, 0, G_MAXUINT64);
  assert_string_equal (csv, HEADER "0x100000,0x500000,1024,present,0x1000,,,,,,,\n"
                                   "0x100000000000,0x240000000000,5368709120,absent,,,,,,,,\n");
}

/* Pages in one frame, or in slots of several areas, are alike in the store and not in
 * a row: only consecutive frames and slots are. */
static void
test_steps (void **state)
{
  static const struct
  {
    uint64_t    entry;
    uint64_t    step;
    const char *rows;
  } cases[] = {
    { PRESENT | 5, 1, "0x100000,0x103000,3,present,0x5,,,,,,,\n" },
    { PRESENT | 5, 0, "0x100000,0x101000,1,present,0x5,,,,,,,\n"
                      "0x101000,0x102000,1,present,0x5,,,,,,,\n"
                      "0x102000,0x103000,1,present,0x5,,,,,,,\n" },
    { PRESENT, 0, "0x100000,0x103000,3,present,hidden,,,,,,,\n" },
    { SWAPPED | 2 | 7 << 5, 32, "0x100000,0x103000,3,swapped,,2,0x7,,,,,\n" },
    { SWAPPED | 2 | 7 << 5, 1, "0x100000,0x101000,1,swapped,,2,0x7,,,,,\n"
                               "0x101000,0x102000,1,swapped,,3,0x7,,,,,\n"
                               "0x102000,0x103000,1,swapped,,4,0x7,,,,,\n" },
    { SWAPPED, 0, "0x100000,0x103000,3,swapped,,hidden,hidden,,,,,\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      uint64_t entries[3] = { cases[i].entry, cases[i].entry + cases[i].step,
                              cases[i].entry + 2 * cases[i].step };
      g_autoptr(PgsSnapshot) snapshot =
        make_snapshot ("100000-103000 r--p 00000000 00:00 0 \n", 0x100, entries, 3);
      g_autofree char *text = write_csv (snapshot, 0, G_MAXUINT64);
      g_autofree char *expected = g_strconcat (HEADER, cases[i].rows, NULL);

      assert_string_equal (text, expected);
    }
}

static void
test_other_page_size (void **state)
{
  static const char text[] = "100000-110000 r--p 00000000 00:00 0 \n";
  static const uint64_t entries[] = { PRESENT | 8, PRESENT | 9 };
  g_autoptr(PgsMaps) maps = pgs_maps_parse (text, sizeof text - 1, 16384, NULL);
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (2048);
  g_autoptr(PgsPageStore) store = NULL;
  g_autoptr(PgsSnapshot) snapshot = NULL;
  g_autofree char *csv = NULL;

  pgs_page_store_builder_append (builder, 0x104000 / 16384, entries, 2);
  store = pgs_page_store_builder_end (builder);
  snapshot = pgs_snapshot_new (maps, store, 16384, 0, NULL);
  csv = write_csv (snapshot, 0, G_MAXUINT64);
  assert_string_equal (csv, HEADER "0x100000,0x104000,1,absent,,,,,,,,\n"
                                   "0x104000,0x10c000,2,present,0x8,,,,,,,\n"
                                   "0x10c000,0x110000,1,absent,,,,,,,,\n");
}

/* One page of each of the flags, alone and together. */
static void
test_flags (void **state)
{
  static const struct
  {
    uint64_t    entry;
    const char *row;
  } cases[] = {
    { PRESENT | PGS_PAGEMAP_FILE | 7, "present,0x7,,,file" },
    { PRESENT | PGS_PAGEMAP_EXCLUSIVE | 7, "present,0x7,,,exclusive" },
    { PRESENT | PGS_PAGEMAP_SOFT_DIRTY | 7, "present,0x7,,,soft-dirty" },
    { PRESENT | PGS_PAGEMAP_UFFD_WP | 7, "present,0x7,,,uffd-wp" },
    { PRESENT | PGS_PAGEMAP_MARKS | 7, "present,0x7,,," },
    { PRESENT | PGS_PAGEMAP_FILE | PGS_PAGEMAP_EXCLUSIVE | PGS_PAGEMAP_SOFT_DIRTY |
      PGS_PAGEMAP_UFFD_WP, "present,hidden,,,file|exclusive|soft-dirty|uffd-wp" },
    { SWAPPED | PGS_PAGEMAP_FILE | PGS_PAGEMAP_UFFD_WP | 31 | 5 << 5,
      "swapped,,31,0x5,file|uffd-wp" },
    { SWAPPED | PGS_PAGEMAP_SOFT_DIRTY, "swapped,,hidden,hidden,soft-dirty" },
    { SWAPPED | PGS_PAGEMAP_GUARD | PGS_PAGEMAP_SOFT_DIRTY, "guard,,,,soft-dirty" },
    { PGS_PAGEMAP_GUARD, "guard,,,," },
    { PRESENT | PGS_PAGEMAP_PFN_MASK, "present,0x7fffffffffffff,,," },
    { SWAPPED | PGS_PAGEMAP_PFN_MASK, "swapped,,31,0x3ffffffffffff," },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsSnapshot) snapshot =
        make_snapshot ("100000-101000 r--p 00000000 00:00 0 \n", 0x100, &cases[i].entry, 1);
      g_autofree char *text = write_csv (snapshot, 0, G_MAXUINT64);
      g_autofree char *expected =
        g_strdup_printf (HEADER "0x100000,0x101000,1,%s,,,,\n", cases[i].row);

      assert_string_equal (text, expected);
    }
}

static void
test_names (void **state)
{
  static const struct
  {
    const char *name;
    const char *field;
  } cases[] = {
    { "[heap]", "[heap]" },
    { "/tmp/a file", "/tmp/a file" },
    { "/tmp/a,b", "\"/tmp/a,b\"" },
    { "/tmp/a\"b", "\"/tmp/a\"\"b\"" },
    { "/tmp/a\\012b", "/tmp/a\\012b" },
    { "/tmp/\xff\xfe", "/tmp/\xff\xfe" },
    { "/tmp/\xff,\xfe", "\"/tmp/\xff,\xfe\"" },
    { "/tmp/\"", "\"/tmp/\"\"\"" },
    { "/tmp/a\\b", "/tmp/a\\b" },
    { "/tmp/\rb", "\"/tmp/\rb\"" },
    { "/tmp/\xc3\xa4", "/tmp/\xc3\xa4" },
    { "[anon:a, b]", "\"[anon:a, b]\"" },
    { "/tmp/x (deleted)", "/tmp/x (deleted)" },
  };
  static const uint64_t entry = 0;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *maps =
        g_strdup_printf ("100000-101000 r--p 00000000 08:01 7   %s\n", cases[i].name);
      g_autofree char *expected =
        g_strdup_printf (HEADER "0x100000,0x101000,1,absent,,,,,%s,,,\n", cases[i].field);
      g_autoptr(PgsSnapshot) snapshot = make_snapshot (maps, 0x100, &entry, 1);
      g_autofree char *text = write_csv (snapshot, 0, G_MAXUINT64);

      assert_string_equal (text, expected);
    }
}

static gboolean
is_within (const char *field,
           uint64_t    first,
           uint64_t    value)
{
  return value == g_ascii_strtoull (field, NULL, 0) + first;
}

/* Whether a row, of which @page is one page, says what the entry says. */
static gboolean
row_tells (char     **fields,
           uint64_t   page,
           uint64_t   entry)
{
  const uint64_t location = entry & ((UINT64_C (1) << 55) - 1);

  if (entry >> 63)
    return g_str_equal (fields[3], "present") &&
           (location == 0 ? g_str_equal (fields[4], "hidden")
                          : is_within (fields[4], page, location));
  if (entry >> 58 & 1)
    return g_str_equal (fields[3], "guard") && g_str_equal (fields[4], "");
  if (entry >> 62 & 1)
    return g_str_equal (fields[3], "swapped") && is_within (fields[5], 0, location & 31) &&
           is_within (fields[6], page, location >> 5);
  return g_str_equal (fields[3], "absent") && g_str_equal (fields[7], "");
}

/* Checks that the rows are the pages of [start, end) in their order, each once. */
static void
check_rows (PgsLayout  *layout,
            const char *text,
            uint64_t    start,
            uint64_t    end)
{
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);
  guint line = 0;
  uint64_t page = 0, pages = 0;
  g_auto(GStrv) fields = NULL;

  for (guint i = 0; i < pgs_maps_get_n_mappings (layout->maps); i++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (layout->maps, i);

      for (uint64_t address = mapping->start; address < mapping->end; address += 4096)
        {
          if (address + 4096 <= start || address >= end)
            continue;
          if (page == pages)
            {
              g_strfreev (fields);
              fields = g_strsplit (lines[++line], ",", -1);
              assert_int_equal (g_strv_length (fields), 12);
              assert_int_equal (g_ascii_strtoull (fields[0], NULL, 0), address);
              assert_string_equal (fields[8], mapping->name);
              pages = g_ascii_strtoull (fields[2], NULL, 10);
              page = 0;
              assert_int_equal (g_ascii_strtoull (fields[1], NULL, 0), address + pages * 4096);
              assert_true (address + pages * 4096 <= mapping->end);
            }
          if (!row_tells (fields, page,
                          pgs_layout_get_entry (layout, i, (address - mapping->start) / 4096)))
            fail_msg ("page %" PRIu64 " of %s", page, lines[line]);
          page++;
        }
    }
  assert_int_equal (page, pages);
  assert_string_equal (lines[line + 1], "");
}

/* Random pages: the rows add up to the mappings, or to the range asked for. */
static void
test_rows_add_up (void **state)
{
  for (guint32 seed = 0; seed < 20; seed++)
    {
      g_autoptr(PgsLayout) layout = pgs_layout_new_random (seed, 1 + seed, 900);
      g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
      g_autofree char *whole = write_csv (layout->snapshot, 0, G_MAXUINT64);
      guint n_mappings = pgs_maps_get_n_mappings (layout->maps);

      check_rows (layout, whole, 0, G_MAXUINT64);
      for (guint i = 0; i < 10; i++)
        {
          guint first = (guint) g_rand_int_range (rand, 0, (gint32) n_mappings);
          guint last = (guint) g_rand_int_range (rand, (gint32) first, (gint32) n_mappings);
          uint64_t start = pgs_maps_get_mapping (layout->maps, first)->start +
                           (uint64_t) g_rand_int_range (rand, 0, 4096 * 40) - 4096 * 20;
          uint64_t end = pgs_maps_get_mapping (layout->maps, last)->end +
                         (uint64_t) g_rand_int_range (rand, 0, 4096 * 40) - 4096 * 20;
          g_autofree char *part = start < end ? write_csv (layout->snapshot, start, end) : NULL;

          if (part != NULL)
            check_rows (layout, part, start, end);
        }
    }
}

/* A stream that takes no more, from the first byte on to the last. */
static void
test_every_full_stream (void **state)
{
  g_autoptr(PgsLayout) layout = pgs_layout_new_random (1, 8, 2000);
  g_autofree char *whole = write_csv (layout->snapshot, 0, G_MAXUINT64);
  gsize length = strlen (whole);
  g_autofree char *room = g_malloc (length);

  /* What is written goes to the stream in pieces; the last ones must not be lost. */
  assert_true (length > 3 * 65536);
  for (gsize size = 1; size <= length; size += size < length ? MIN (9973, length - size) : 1)
    {
      g_autoptr(GOutputStream) stream = g_memory_output_stream_new (room, size, NULL, NULL);
      g_autoptr(GError) error = NULL;

      assert_int_equal (pgs_csv_write (layout->snapshot, NULL, 0, G_MAXUINT64, stream, NULL, &error),
                        size == length);
      assert_int_equal (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE), size < length);
    }
}

/* A stream whose write number @failing fails, and no other. */
#define FAILING_TYPE_STREAM (failing_stream_get_type ())
G_DECLARE_FINAL_TYPE (FailingStream, failing_stream, FAILING, STREAM, GFilterOutputStream)

struct _FailingStream
{
  GFilterOutputStream parent_instance;
  guint               failing;
  guint               n_writes;
};

G_DEFINE_FINAL_TYPE (FailingStream, failing_stream, G_TYPE_FILTER_OUTPUT_STREAM)

static gssize
failing_stream_write (GOutputStream  *stream,
                      const void     *buffer,
                      gsize           count,
                      GCancellable   *cancellable,
                      GError        **error)
{
  FailingStream *self = FAILING_STREAM (stream);

  if (++self->n_writes != self->failing)
    return (gssize) count;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Failed");
  return -1;
}

static void
failing_stream_class_init (FailingStreamClass *klass)
{
  G_OUTPUT_STREAM_CLASS (klass)->write_fn = failing_stream_write;
}

static void
failing_stream_init (FailingStream *self)
{
}

static guint
write_to_failing_stream (PgsSnapshot *snapshot,
                         guint        failing)
{
  g_autoptr(GOutputStream) base = g_memory_output_stream_new_resizable ();
  g_autoptr(FailingStream) stream =
    g_object_new (FAILING_TYPE_STREAM, "base-stream", base, NULL);
  g_autoptr(GError) error = NULL;

  stream->failing = failing;
  assert_int_equal (pgs_csv_write (snapshot, NULL, 0, G_MAXUINT64, G_OUTPUT_STREAM (stream), NULL,
                                   &error), failing == 0);
  assert_int_equal (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_FAILED), failing != 0);
  return stream->n_writes;
}

/* Whichever write fails is the last one: a stream that would take more does not get
 * it. Rows end within mappings, and with them. */
static void
test_any_write_fails (void **state)
{
  static const struct
  {
    guint n_mappings;
    guint max_pages;
  } cases[] = { { 8, 2000 }, { 4000, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsLayout) layout =
        pgs_layout_new_random (1, cases[i].n_mappings, cases[i].max_pages);
      guint n_writes = write_to_failing_stream (layout->snapshot, 0);

      /* The whole of it is not held in memory, and not every row is written by itself. */
      assert_true (n_writes > 2 && n_writes < 20);
      for (guint failing = 1; failing <= n_writes; failing++)
        assert_int_equal (write_to_failing_stream (layout->snapshot, failing), failing);
    }
}

static void
test_cancelled (void **state)
{
  g_autoptr(GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(PgsSnapshot) snapshot =
    make_snapshot (two_mappings, 0x100, every_kind, G_N_ELEMENTS (every_kind));
  g_autoptr(GError) error = NULL;

  g_cancellable_cancel (cancellable);
  assert_false (pgs_csv_write (snapshot, NULL, 0, G_MAXUINT64, stream, cancellable, &error));
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

static void
test_full_stream (void **state)
{
  char room[40];
  g_autoptr(GOutputStream) stream =
    g_memory_output_stream_new (room, sizeof room, NULL, NULL);
  g_autoptr(PgsSnapshot) snapshot =
    make_snapshot (two_mappings, 0x100, every_kind, G_N_ELEMENTS (every_kind));
  g_autoptr(GError) error = NULL;

  assert_false (pgs_csv_write (snapshot, NULL, 0, G_MAXUINT64, stream, NULL, &error));
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE));
}

/* A snapshot of 17 pages of which there are only numbers. */
static PgsSnapshot *
make_counted (void)
{
  g_autoptr(PgsMaps) maps = pgs_maps_parse (two_mappings, sizeof two_mappings - 1, 4096, NULL);
  PgsPageStoreBuilder *builder = pgs_page_store_builder_new (512);
  g_autoptr(PgsPageStore) store = NULL;

  pgs_page_store_builder_limit (builder, 0, 0);
  pgs_page_store_builder_append (builder, 0x100, every_kind, 16);
  pgs_page_store_builder_cut (builder);
  pgs_page_store_builder_append (builder, 0x110, every_kind + 16, 1);
  store = pgs_page_store_builder_end (builder);
  return pgs_snapshot_new (maps, store, 4096, 0, NULL);
}

static uint64_t
tell_kind (uint64_t page,
           gpointer user_data)
{
  uint64_t entry = every_kind[page - 0x100];

  /* The kernel may say of an absent page that it is soft-dirty. */
  return entry != 0 ? entry : PGS_PAGEMAP_SOFT_DIRTY;
}

/* What there are only numbers of is read again, and makes the same rows. */
static void
test_counted_pages (void **state)
{
  g_autoptr(PgsFormulaSource) source = pgs_formula_source_new (two_mappings, tell_kind, NULL);
  g_autoptr(PgsSnapshot) snapshot = make_counted ();
  g_autoptr(GOutputStream) stream = g_memory_output_stream_new_resizable ();

  assert_false (pgs_snapshot_knows (snapshot, 0x100000, 0x110000));
  assert_true (pgs_csv_write (snapshot, PGS_SOURCE (source), 0, G_MAXUINT64, stream, NULL, NULL));
  assert_true (g_output_stream_write_all (stream, "", 1, NULL, NULL, NULL));
  assert_string_equal (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (stream)),
                       every_row);
}

/* Where that cannot be done there is a reason, and it is not a table of absent pages. */
static void
test_counted_pages_cannot_be_read (void **state)
{
  const GError denied = { G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, (char *) "Denied" };

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr(PgsFormulaSource) source = pgs_formula_source_new (two_mappings, tell_kind, NULL);
      g_autoptr(PgsSnapshot) snapshot = make_counted ();
      g_autoptr(GOutputStream) stream = g_memory_output_stream_new_resizable ();
      g_autoptr(GError) error = NULL;

      source->gone = i == 1;
      source->read_error = i == 2 ? &denied : NULL;
      assert_false (pgs_csv_write (snapshot, i == 0 ? NULL : PGS_SOURCE (source), 0, G_MAXUINT64,
                                   stream, NULL, &error));
      if (i < 2)
        assert_true (g_error_matches (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_FOUND));
      else
        assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED));
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_every_kind_of_page),
    cmocka_unit_test (test_range),
    cmocka_unit_test (test_long_runs),
    cmocka_unit_test (test_steps),
    cmocka_unit_test (test_other_page_size),
    cmocka_unit_test (test_flags),
    cmocka_unit_test (test_names),
    cmocka_unit_test (test_rows_add_up),
    cmocka_unit_test (test_full_stream),
    cmocka_unit_test (test_every_full_stream),
    cmocka_unit_test (test_any_write_fails),
    cmocka_unit_test (test_cancelled),
    cmocka_unit_test (test_counted_pages),
    cmocka_unit_test (test_counted_pages_cannot_be_read),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
