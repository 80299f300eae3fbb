/* fuzz-maps.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A fuzzer for the parser of /proc/PID/maps.
 *
 * Whatever the text, the parser gives either an error or mappings that are
 * sorted, free of overlap and page-aligned, with names that can be shown.
 *
 * With libFuzzer, which goes on until it is stopped:
 *
 *     clang -fsanitize=fuzzer,address -DPGS_LIBFUZZER …
 *
 * Without it, main() changes the recorded maps of tests/data a fixed number of
 * times, always in the same way, so that it is a test like any other; with files
 * as arguments it tries those, as libFuzzer does with what it found.
 */

#include "config.h"

#include "core/pgs-maps.h"

#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE         4096
#define N_ROUNDS     20000
#define TEXT_LIMIT   ((gsize) 8 * 1024)
#define MAX_CHANGES  8
#define LABEL_LIMIT  64

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

static void
require (gboolean    holds,
         const char *what)
{
  if (holds)
    return;
  fprintf (stderr, "fuzz-maps: %s\n", what);
  abort ();
}

static void
check_labels (const PgsMapping *mapping)
{
  g_autofree char *label = pgs_mapping_dup_label (mapping);
  g_autofree char *short_label = pgs_mapping_dup_short_label (mapping);

  require (label[0] != '\0' && short_label[0] != '\0', "a label is empty");
  require (g_utf8_validate (label, -1, NULL), "a label is not UTF-8");
  require (g_utf8_validate (short_label, -1, NULL), "a short label is not UTF-8");
  require (strpbrk (label, "\n\r\t\x1b") == NULL, "a label is more than a line");
}

static void
check_maps (const PgsMaps *maps)
{
  guint n = pgs_maps_get_n_mappings (maps);
  uint64_t last_end = 0;

  for (guint i = 0; i < n; i++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (maps, i);
      guint found = n;

      require (mapping->start >= last_end, "mappings overlap");
      require (mapping->start < mapping->end, "a mapping is empty");
      require ((mapping->start | mapping->end) % PAGE == 0, "a mapping is not of pages");
      require (mapping->kind < PGS_MAPPING_N_KINDS, "a kind does not exist");
      require (pgs_maps_find (maps, mapping->start, &found) && found == i, "a start is lost");
      require (pgs_maps_find (maps, mapping->end - 1, &found) && found == i, "an end is lost");
      if (i < LABEL_LIMIT)
        check_labels (mapping);
      last_end = mapping->end;
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PgsMaps) maps = pgs_maps_parse ((const char *) data, size, PAGE, &error);

  require ((maps != NULL) == (error == NULL), "neither mappings nor an error");
  if (maps != NULL)
    check_maps (maps);
  else
    require (g_utf8_validate (error->message, -1, NULL), "a message is not UTF-8");
  return 0;
}

#ifndef PGS_LIBFUZZER

static void
append_random (GString *text,
               GRand   *random)
{
  static const char *const pieces[] = {
    "\n", "-", " ", ":", "rw-p ", "---s ", "0", "ffffffffffffffff", "1000-2000 rw-p 0 00:00 0 \n",
    "10000000000000000", "[heap]", "/", " (deleted)", "\\012", "\xff", "\t", "[stack:",
    "0-fffffffffffff000 rw-p 0 00:00 0 x\n",
  };

  g_string_append (text, pieces[g_rand_int_range (random, 0, G_N_ELEMENTS (pieces))]);
}

static void
change_byte (GString *text,
             gsize    at,
             GRand   *random)
{
  text->str[at] = (char) g_rand_int_range (random, 0, 256);
}

/* Says a part of the text once more, as a torn reading does. */
static void
repeat_part (GString *text,
             gsize    at,
             gsize    length)
{
  g_autofree char *part = g_memdup2 (text->str + at, length);

  g_string_insert_len (text, (gssize) ((at + length) / 2), part, (gssize) length);
}

static void
insert_piece (GString *text,
              gsize    at,
              GRand   *random)
{
  g_autoptr(GString) piece = g_string_new (NULL);

  append_random (piece, random);
  g_string_insert_len (text, (gssize) at, piece->str, (gssize) piece->len);
}

static gsize
find_line (const GString *text,
           gsize          at)
{
  const char *newline = memchr (text->str + at, '\n', text->len - at);

  return newline != NULL ? (gsize) (newline + 1 - text->str) : text->len;
}

/* Changes whole lines, so that the text stays one that can be understood. */
static void
swap_lines (GString *text,
            gsize    at)
{
  gsize first = find_line (text, at);
  gsize second = find_line (text, first);
  gsize third = find_line (text, second);
  g_autofree char *line = g_memdup2 (text->str + first, second - first + 1);

  if (third <= second || text->str[third - 1] != '\n')
    return;
  g_string_insert_len (text, (gssize) third, line, (gssize) (second - first));
  g_string_erase (text, (gssize) first, (gssize) (second - first));
}

static void
change (GString *text,
        GRand   *random)
{
  gsize at, length;

  if (text->len == 0)
    {
      append_random (text, random);
      return;
    }
  at = (gsize) g_rand_int_range (random, 0, (gint32) text->len);
  length = (gsize) g_rand_int_range (random, 1, 200);
  length = MIN (length, text->len - at);
  switch (g_rand_int_range (random, 0, 6))
    {
    case 0:
      change_byte (text, at, random);
      break;
    case 1:
      g_string_erase (text, (gssize) at, (gssize) length);
      break;
    case 2:
      repeat_part (text, at, length);
      break;
    case 3:
      insert_piece (text, at, random);
      break;
    case 4:
      g_string_truncate (text, at);
      break;
    default:
      swap_lines (text, at);
      break;
    }
}

/* Tries @text with changes; says whether it was understood nevertheless. */
static gboolean
try_changed (const char *text,
             gsize       length,
             GRand      *random)
{
  g_autoptr(GString) changed = g_string_new_len (text, (gssize) MIN (length, TEXT_LIMIT));
  gint32 n = g_rand_int_range (random, 0, MAX_CHANGES);
  g_autoptr(PgsMaps) maps = NULL;
  g_autofree uint8_t *exact = NULL;

  for (gint32 i = 0; i < n; i++)
    change (changed, random);
  /* A block of just that size, so that a sanitizer sees a byte read behind it. */
  exact = g_memdup2 (changed->str, changed->len);
  LLVMFuzzerTestOneInput (exact, changed->len);
  maps = pgs_maps_parse ((const char *) exact, changed->len, PAGE, NULL);
  return maps != NULL;
}

static char *
find_recorded (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("PGS_TEST_DATA"), name, NULL);
  g_autoptr(GDir) folder = g_dir_open (path, 0, NULL);
  const char *entry;

  while (folder != NULL && (entry = g_dir_read_name (folder)) != NULL)
    if (g_ascii_isdigit (entry[0]))
      return g_build_filename (path, entry, "maps", NULL);
  fprintf (stderr, "fuzz-maps: PGS_TEST_DATA has no recorded process in %s\n", path);
  exit (EXIT_FAILURE);
}

static void
try_recorded (void)
{
  static const char *const names[] = { "prober", "odd-names", "32-bit", "many-mappings" };
  GRand *random = g_rand_new_with_seed (20240229);
  guint n_understood = 0;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = find_recorded (names[i]);
      g_autofree char *text = NULL;
      gsize length;

      require (g_file_get_contents (path, &text, &length, NULL), path);
      for (guint j = 0; j < N_ROUNDS / G_N_ELEMENTS (names); j++)
        n_understood += try_changed (text, length, random) ? 1 : 0;
    }
  g_rand_free (random);
  printf ("%u texts, %u of them understood\n", N_ROUNDS, n_understood);
  require (n_understood > N_ROUNDS / 20, "hardly any text was understood, so little was tested");
}

int
main (int    argc,
      char **argv)
{
  if (argc == 1)
    try_recorded ();
  for (int i = 1; i < argc; i++)
    {
      g_autofree char *text = NULL;
      gsize length;

      require (g_file_get_contents (argv[i], &text, &length, NULL), argv[i]);
      LLVMFuzzerTestOneInput ((const uint8_t *) text, length);
    }
  return EXIT_SUCCESS;
}

#endif
