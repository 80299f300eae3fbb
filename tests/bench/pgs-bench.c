/* pgs-bench.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the benchmarks share: the clock, the rows, and the JSON.
 *
 * A row is one line `name value unit ratio budget`, with a note behind it where
 * there is more to say. The ratio is against a baseline measured in the same run;
 * a budget is a limit of the ratio where there is one, and else of the value. What
 * cannot be measured is a row with the reason. A benchmark whose row is over its
 * budget exits with 1. With PGS_BENCH_JSON set to a folder, the rows are also
 * written there, with the machine, the kernel and the date; pgs-bench-table.c
 * makes one table of all of them.
 */

#include "config.h"

#include "pgs-bench.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Disturbances come in bursts: a comparison outlasts them. */
/* What a budget is to what the kernel alone takes. */
#define FLOOR_RATIO 1.5

#define COMPARE_US G_USEC_PER_SEC

/* What anything may be asked to be made of; 16 times as many are still a number. */
#define MAX_OPTION (1 << 26)

static struct
{
  const char  *name;
  JsonBuilder *rows;
  gboolean     over_budget;
} bench;

static char *
dup_cpu (void)
{
  g_autofree char *text = NULL;
  char *mark, *line_end;

  if (!g_file_get_contents ("/proc/cpuinfo", &text, NULL, NULL))
    return g_strdup ("unknown");
  mark = g_strstr_len (text, -1, "model name");
  if (mark == NULL || (mark = strchr (mark, ':')) == NULL)
    return g_strdup ("unknown");
  line_end = strchr (mark, '\n');
  return g_strstrip (g_strndup (mark + 1, (gsize) (line_end - mark - 1)));
}

static void
add_machine (JsonBuilder *builder)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *date = g_date_time_format_iso8601 (now);
  g_autofree char *cpu = dup_cpu ();
  struct utsname system;

  uname (&system);
  json_builder_set_member_name (builder, "date");
  json_builder_add_string_value (builder, date);
  json_builder_set_member_name (builder, "kernel");
  json_builder_add_string_value (builder, system.release);
  json_builder_set_member_name (builder, "machine");
  json_builder_add_string_value (builder, system.machine);
  json_builder_set_member_name (builder, "cpu");
  json_builder_add_string_value (builder, cpu);
  json_builder_set_member_name (builder, "cores");
  json_builder_add_int_value (builder, sysconf (_SC_NPROCESSORS_ONLN));
  json_builder_set_member_name (builder, "memory_bytes");
  json_builder_add_int_value (builder, sysconf (_SC_PHYS_PAGES) * sysconf (_SC_PAGESIZE));
}

/**
 * pgs_bench_init:
 * @name: what is measured, for the name of the JSON file
 */
void
pgs_bench_init (const char *name)
{
  bench.name = name;
  bench.rows = json_builder_new ();
  json_builder_begin_object (bench.rows);
  add_machine (bench.rows);
  json_builder_set_member_name (bench.rows, "rows");
  json_builder_begin_array (bench.rows);
}

static void
write_json (void)
{
  const char *folder = g_getenv ("PGS_BENCH_JSON");
  g_autoptr(JsonGenerator) generator = json_generator_new ();
  g_autoptr(JsonNode) root = json_builder_get_root (bench.rows);
  g_autoptr(GError) error = NULL;
  g_autofree char *path = NULL;

  if (folder == NULL)
    return;
  path = g_strdup_printf ("%s/bench-%s.json", folder, bench.name);
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  if (!json_generator_to_file (generator, path, &error))
    fprintf (stderr, "%s\n", error->message);
}

/**
 * pgs_bench_end:
 *
 * Returns: the exit status
 */
int
pgs_bench_end (void)
{
  json_builder_end_array (bench.rows);
  json_builder_end_object (bench.rows);
  write_json ();
  g_clear_object (&bench.rows);
  return bench.over_budget ? EXIT_FAILURE : EXIT_SUCCESS;
}

static gint64
measure (PgsBenchFunc func,
         gpointer     data)
{
  gint64 start = g_get_monotonic_time ();

  func (data);
  return g_get_monotonic_time () - start;
}

/* The clock counts microseconds, so that nothing takes no time at all. */
static double
to_seconds (gint64 microseconds)
{
  return MAX ((double) microseconds, 0.5) / G_USEC_PER_SEC;
}

/**
 * pgs_bench_time:
 * @func: what to measure
 * @rounds: how often to run it
 *
 * Returns: how long the fastest round took, in seconds: the others were
 *   disturbed
 */
double
pgs_bench_time (PgsBenchFunc func,
                gpointer     data,
                guint        rounds)
{
  gint64 best = G_MAXINT64;

  for (guint i = 0; i < rounds; i++)
    best = MIN (best, measure (func, data));
  return to_seconds (best);
}

/**
 * pgs_bench_compare:
 * @func: what to measure
 * @baseline: what to compare it with
 * @data: for both
 * @rounds: how often to run each at least
 * @time: (out): how long the fastest round took, in seconds
 * @baseline_time: (out): and that of the baseline
 *
 * Measures two things in turns, for a second at least, so that what else the machine
 * does slows both.
 */
void
pgs_bench_compare (PgsBenchFunc  func,
                   PgsBenchFunc  baseline,
                   gpointer      data,
                   guint         rounds,
                   double       *time,
                   double       *baseline_time)
{
  gint64 best = G_MAXINT64, baseline_best = G_MAXINT64;
  gint64 end = g_get_monotonic_time () + COMPARE_US;

  for (guint i = 0; i < rounds || g_get_monotonic_time () < end; i++)
    {
      baseline_best = MIN (baseline_best, measure (baseline, data));
      best = MIN (best, measure (func, data));
    }
  *time = to_seconds (best);
  *baseline_time = to_seconds (baseline_best);
}

static int
compare_doubles (const void *a,
                 const void *b)
{
  double first = *(const double *) a;
  double second = *(const double *) b;

  return (first > second) - (first < second);
}

/**
 * pgs_bench_median:
 * @values: some numbers; they are sorted
 * @n_values: how many; at least one
 *
 * Returns: the one in the middle
 */
double
pgs_bench_median (double *values,
                  guint   n_values)
{
  g_return_val_if_fail (n_values > 0, 0);

  qsort (values, n_values, sizeof *values, compare_doubles);
  return values[n_values / 2];
}

static void
add_number (const char *name,
            double      value)
{
  json_builder_set_member_name (bench.rows, name);
  if (value == PGS_BENCH_NONE)
    json_builder_add_null_value (bench.rows);
  else
    json_builder_add_double_value (bench.rows, value);
}

static void
print_number (double value)
{
  if (value == PGS_BENCH_NONE)
    printf (" %8s", "-");
  else
    printf (" %8.4g", value);
}

static void
add_string (const char *name,
            const char *value)
{
  json_builder_set_member_name (bench.rows, name);
  json_builder_add_string_value (bench.rows, value);
}

/**
 * pgs_bench_row:
 * @name: what was measured
 * @value: how much it is
 * @unit: of what
 * @ratio: to the baseline, or %PGS_BENCH_NONE
 * @budget: the most that the ratio, or without one the value, may be
 */
void
pgs_bench_row (const char *name,
               double      value,
               const char *unit,
               double      ratio,
               double      budget)
{
  pgs_bench_row_noted (name, value, unit, ratio, budget, NULL);
}

/**
 * pgs_bench_row_noted:
 * @note: (nullable): what else to say
 *
 * The other parameters are those of pgs_bench_row().
 */
void
pgs_bench_row_noted (const char *name,
                     double      value,
                     const char *unit,
                     double      ratio,
                     double      budget,
                     const char *note)
{
  double judged = ratio != PGS_BENCH_NONE ? ratio : value;
  gboolean over = budget != PGS_BENCH_NONE && judged > budget;

  printf ("%-44s %8.4g %-8s", name, value, unit);
  print_number (ratio);
  print_number (budget);
  printf ("%s%s%s\n", over ? "  over budget" : "", note != NULL ? "  " : "",
          note != NULL ? note : "");
  fflush (stdout);
  bench.over_budget = bench.over_budget || over;

  json_builder_begin_object (bench.rows);
  add_string ("name", name);
  add_string ("unit", unit);
  add_number ("value", value);
  add_number ("ratio", ratio);
  add_number ("budget", budget);
  if (note != NULL)
    add_string ("note", note);
  json_builder_end_object (bench.rows);
}

/**
 * pgs_bench_row_floor:
 * @name: what was measured
 * @value: the result
 * @unit: its unit
 * @budget: what @value may be
 * @floor: what the kernel alone took in the same run, in the same unit
 * @what: what the kernel did, in words
 *
 * Prints a row of something that nobody can do faster than the kernel. On a machine
 * that is too slow or too busy for the budget it is judged by the ratio to that: it may
 * be what a snapshot may be to a bare loop of pread().
 */
void
pgs_bench_row_floor (const char *name,
                     double      value,
                     const char *unit,
                     double      budget,
                     double      floor,
                     const char *what)
{
  g_autofree char *note = g_strdup_printf ("%s alone takes %.3g %s", what, floor, unit);

  if (floor * FLOOR_RATIO > budget)
    pgs_bench_row_noted (name, value, unit, value / floor, FLOOR_RATIO, note);
  else
    pgs_bench_row_noted (name, value, unit, PGS_BENCH_NONE, budget, note);
}

/**
 * pgs_bench_skip:
 * @name: what could not be measured
 * @reason: why not
 */
void
pgs_bench_skip (const char *name,
                const char *reason)
{
  printf ("%-44s skipped: %s\n", name, reason);
  fflush (stdout);

  json_builder_begin_object (bench.rows);
  add_string ("name", name);
  add_string ("skipped", reason);
  json_builder_end_object (bench.rows);
}

/**
 * pgs_bench_option:
 * @variable: name of an environment variable
 * @normal: the value without it
 *
 * Returns: a size to measure with; at least 1, and at most %MAX_OPTION
 */
guint
pgs_bench_option (const char *variable,
                  guint       normal)
{
  const char *text = g_getenv (variable);
  guint64 value = text != NULL ? g_ascii_strtoull (text, NULL, 10) : normal;

  return (guint) CLAMP (value, 1, MAX_OPTION);
}

/**
 * pgs_bench_dup_label:
 * @n_pages: how many pages
 *
 * Returns: (transfer full): the number for the name of a row, like "4M" or "512k"
 */
char *
pgs_bench_dup_label (guint n_pages)
{
  if (n_pages >= 1 << 20 && n_pages % (1 << 20) == 0)
    return g_strdup_printf ("%uM", n_pages >> 20);
  return g_strdup_printf ("%uk", n_pages >> 10);
}
