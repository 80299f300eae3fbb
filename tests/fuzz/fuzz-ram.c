/* fuzz-ram.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A fuzzer for what tells where RAM lies: /proc/iomem and /proc/zoneinfo.
 *
 * Whatever the two say, there is either nothing or ranges of whole frames that are sorted,
 * free of overlap, and have names.
 *
 * With libFuzzer, which goes on until it is stopped, and takes a NUL byte for the end of
 * iomem:
 *
 *     clang -fsanitize=fuzzer,address -DPGS_LIBFUZZER …
 *
 * Without it, main() changes what a machine of two nodes says a fixed number of times,
 * always in the same way; PGS_FUZZ_ROUNDS makes it longer.
 */

#include "config.h"

#include "core/pgs-ram.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE        4096
#define N_ROUNDS    100000
#define MAX_CHANGES 6
#define SEED        1906

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

static void
require (gboolean    holds,
         const char *what)
{
  if (holds)
    return;
  fprintf (stderr, "fuzz-ram: %s\n", what);
  abort ();
}

static void
check_ram (const PgsMaps *ram)
{
  uint64_t last_end = 0;

  require (pgs_maps_get_n_mappings (ram) > 0, "there are no ranges, which is not said");
  for (guint i = 0; i < pgs_maps_get_n_mappings (ram); i++)
    {
      const PgsMapping *range = pgs_maps_get_mapping (ram, i);

      require (range->start >= last_end, "ranges overlap");
      require (range->start < range->end, "a range is empty");
      require ((range->start | range->end) % PAGE == 0, "a range is not of frames");
      require (range->name[0] != '\0', "a range has no name");
      last_end = range->end;
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autofree char *iomem = g_strndup ((const char *) data, size);
  gsize length = strlen (iomem);
  g_autofree char *zones = length < size
    ? g_strndup ((const char *) data + length + 1, size - length - 1) : g_strdup ("");
  g_autoptr(PgsMaps) ram = pgs_ram_parse (iomem, zones, PAGE);

  if (ram != NULL)
    check_ram (ram);
  return 0;
}

#ifndef PGS_LIBFUZZER

static const char iomem[] =
  "00001000-0009fbff : System RAM\n"
  "000a0000-000bffff : PCI Bus 0000:00\n"
  "00100000-bfffffff : System RAM\n"
  "  01000000-01e0306b : Kernel code\n"
  "100000000-23fffffff : System RAM\n"
  "400000000-4ffffffff : Persistent Memory\n"
  "  408000000-40fffffff : System RAM (kmem)\n";

static const char zones[] =
  "Node 0, zone      DMA\n  pages free     3840\n        spanned  4095\n  start_pfn:           1\n"
  "Node 0, zone   Normal\n        spanned  1044480\n  start_pfn:           4096\n"
  "Node 0, zone  Movable\n        spanned  0\n        present  0\n"
  "Node 1, zone   Normal\n        spanned  1048576\n  start_pfn:           1048576\n";

static void
insert_piece (GString *text,
              GRand   *random)
{
  static const char *const pieces[] = {
    "\n", "-", " : System RAM\n", "ffffffffffffffff", "0", " spanned 18446744073709551615\n",
    "start_pfn: 0\n", "Node ", ", zone", "0-ffffffffffffffff : System RAM\n", "Node 1, zone  DMA\n",
    " spanned 5000000\n", "f", "\xff", "  ",
  };
  gssize at = g_rand_int_range (random, 0, (gint32) text->len + 1);

  g_string_insert (text, at, pieces[g_rand_int_range (random, 0, G_N_ELEMENTS (pieces))]);
}

static void
change (GString *text,
        GRand   *random)
{
  gsize at = (gsize) g_rand_int_range (random, 0, (gint32) text->len + 1);
  gsize length = (gsize) g_rand_int_range (random, 1, 80);
  g_autofree char *part = g_strndup (text->str + at, length);

  length = MIN (length, text->len - at);
  switch (g_rand_int_range (random, 0, 4))
    {
    case 0:
      if (length > 0)
        text->str[at] = (char) g_rand_int_range (random, 1, 256);
      break;
    case 1:
      g_string_erase (text, (gssize) at, (gssize) length);
      break;
    case 2:
      g_string_insert (text, g_rand_int_range (random, 0, (gint32) text->len + 1), part);
      break;
    default:
      insert_piece (text, random);
      break;
    }
}

/* Tries both texts with changes; says whether they told of RAM nevertheless. */
static gboolean
try_changed (GRand *random)
{
  g_autoptr(GString) first = g_string_new (g_rand_boolean (random) ? iomem : "");
  g_autoptr(GString) second = g_string_new (zones);
  g_autoptr(PgsMaps) ram = NULL;

  for (gint32 n = g_rand_int_range (random, 0, MAX_CHANGES); n > 0; n--)
    {
      change (first, random);
      change (second, random);
    }
  ram = pgs_ram_parse (first->str, second->str, PAGE);
  g_string_append_c (first, '\0');
  g_string_append_len (first, second->str, (gssize) second->len);
  LLVMFuzzerTestOneInput ((const uint8_t *) first->str, first->len);
  return ram != NULL;
}

int
main (void)
{
  const char *wanted = g_getenv ("PGS_FUZZ_ROUNDS");
  guint64 n_rounds = wanted != NULL ? g_ascii_strtoull (wanted, NULL, 10) : N_ROUNDS;
  GRand *random = g_rand_new_with_seed (SEED);
  guint64 n_understood = 0;

  for (guint64 i = 0; i < n_rounds; i++)
    n_understood += try_changed (random) ? 1 : 0;
  g_rand_free (random);
  printf ("%" G_GUINT64_FORMAT " texts, %" G_GUINT64_FORMAT " of them tell of RAM\n", n_rounds,
          n_understood);
  require (n_understood >= n_rounds / 2, "hardly any text was understood, so little was tested");
  return EXIT_SUCCESS;
}

#endif
