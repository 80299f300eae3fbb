/* pgs-bench-table.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Makes one table of what the benchmarks wrote:
 *
 *     pgs-bench-table FOLDER NAME...
 *
 * NAME is that of a benchmark. Exits with 1 where a row is over its budget, or a
 * benchmark wrote nothing, so that one that crashed is not taken for a good one.
 */

#include "config.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct
{
  guint n_rows;
  guint n_skipped;
  guint n_over;
  guint n_missing;
} Sums;

static gboolean
has_number (JsonObject *row,
            const char *name)
{
  return json_object_has_member (row, name) && !json_object_get_null_member (row, name);
}

static gboolean
is_over_budget (JsonObject *row)
{
  const char *judged = has_number (row, "ratio") ? "ratio" : "value";

  return has_number (row, "budget") &&
         json_object_get_double_member (row, judged) >
         json_object_get_double_member (row, "budget");
}

static void
print_number (JsonObject *row,
              const char *name)
{
  if (has_number (row, name))
    printf (" %8.4g", json_object_get_double_member (row, name));
  else
    printf (" %8s", "-");
}

static void
print_row (JsonObject *row,
           Sums       *sums)
{
  const char *note = json_object_get_string_member_with_default (row, "note", "");
  gboolean over = is_over_budget (row);

  sums->n_rows++;
  sums->n_over += over;
  printf ("%-44s %8.4g %-8s", json_object_get_string_member (row, "name"),
          json_object_get_double_member (row, "value"),
          json_object_get_string_member (row, "unit"));
  print_number (row, "ratio");
  print_number (row, "budget");
  printf ("%s%s%s\n", over ? "  over budget" : "", *note != '\0' ? "  " : "", note);
}

static void
row_cb (JsonArray *array,
        guint      index,
        JsonNode  *node,
        gpointer   user_data)
{
  JsonObject *row = json_node_get_object (node);
  Sums *sums = user_data;

  if (!json_object_has_member (row, "skipped"))
    {
      print_row (row, sums);
      return;
    }
  sums->n_skipped++;
  printf ("%-44s skipped: %s\n", json_object_get_string_member (row, "name"),
          json_object_get_string_member (row, "skipped"));
}

static void
print_machine (JsonObject *root)
{
  printf ("%s, %d cores, %.1f GiB, Linux %s, %s\n\n",
          json_object_get_string_member (root, "cpu"),
          (int) json_object_get_int_member (root, "cores"),
          (double) json_object_get_int_member (root, "memory_bytes") / (1 << 30),
          json_object_get_string_member (root, "kernel"),
          json_object_get_string_member (root, "date"));
  printf ("%-44s %8s %-8s %8s %8s\n", "name", "value", "unit", "ratio", "budget");
}

static void
print_benchmark (const char *folder,
                 const char *name,
                 Sums       *sums)
{
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_strdup_printf ("%s/bench-%s.json", folder, name);
  JsonObject *root;

  if (!json_parser_load_from_file (parser, path, &error))
    {
      sums->n_missing++;
      printf ("%-44s wrote no rows\n", name);
      return;
    }
  root = json_node_get_object (json_parser_get_root (parser));
  if (sums->n_rows + sums->n_skipped == 0)
    print_machine (root);
  json_array_foreach_element (json_object_get_array_member (root, "rows"), row_cb, sums);
}

int
main (int    argc,
      char **argv)
{
  Sums sums = { 0, };

  if (argc < 3)
    {
      fprintf (stderr, "Usage: pgs-bench-table FOLDER NAME...\n");
      return EXIT_FAILURE;
    }
  for (int i = 2; i < argc; i++)
    print_benchmark (argv[1], argv[i], &sums);
  printf ("\n%u rows, %u over budget, %u skipped, %u benchmarks without rows\n",
          sums.n_rows, sums.n_over, sums.n_skipped, sums.n_missing);
  return sums.n_over + sums.n_missing > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
