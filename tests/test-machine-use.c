/* test-machine-use.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests pgs-machine-use.c on made-up files of flags, and on this machine.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "core/pgs-machine-use.h"
#include "core/pgs-ram.h"
#include "paint/pgs-machine-lane.h"
#include "pgs-skip.h"

#define PAGE     4096
#define N_FRAMES 65536
#define BIT(n)   (UINT64_C (1) << (n))

static void
test_types (void **state)
{
  static const struct
  {
    uint64_t       flags;
    PgsMachineType type;
  } cases[] = {
    { 0, PGS_MACHINE_OTHER },
    { BIT (10), PGS_MACHINE_FREE },
    { BIT (20), PGS_MACHINE_RESERVED },
    { BIT (32), PGS_MACHINE_RESERVED },
    { BIT (23), PGS_MACHINE_OFFLINE },
    { BIT (19) | BIT (12), PGS_MACHINE_OFFLINE },
    { BIT (17) | BIT (15), PGS_MACHINE_HUGE },
    { BIT (17) | BIT (12), PGS_MACHINE_HUGE },
    { BIT (7), PGS_MACHINE_SLAB },
    { BIT (7) | BIT (16), PGS_MACHINE_SLAB },
    { BIT (26), PGS_MACHINE_PAGE_TABLES },
    { BIT (12) | BIT (5) | BIT (3) | BIT (14), PGS_MACHINE_ANONYMOUS },
    { BIT (22) | BIT (12) | BIT (16), PGS_MACHINE_ANONYMOUS },
    { BIT (5) | BIT (3), PGS_MACHINE_CACHE },
    { BIT (14) | BIT (3), PGS_MACHINE_CACHE },
    { BIT (3) | BIT (11), PGS_MACHINE_CACHE },
    { BIT (16), PGS_MACHINE_OTHER },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    if (pgs_machine_type_find (cases[i].flags) != cases[i].type)
      fail_msg ("0x%" G_GINT64_MODIFIER "x is taken for %s", cases[i].flags,
                pgs_machine_type_get_class (pgs_machine_type_find (cases[i].flags))->id);
}

/* A folder with flags of N_FRAMES frames: the first half free, then every other one slab. */
static char *
make_root (void)
{
  char *root = g_dir_make_tmp ("pagescape-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (root, "kpageflags", NULL);
  g_autofree uint64_t *flags = g_new0 (uint64_t, N_FRAMES);

  for (guint i = 0; i < N_FRAMES; i++)
    flags[i] = i < N_FRAMES / 2 ? BIT (10) : i % 2 == 0 ? BIT (7) : BIT (12);
  assert_true (g_file_set_contents (path, (const char *) flags,
                                    N_FRAMES * sizeof (uint64_t), NULL));
  return root;
}

static void
remove_root (const char *root)
{
  g_autofree char *path = g_build_filename (root, "kpageflags", NULL);

  g_unlink (path);
  g_rmdir (root);
}

static GArray *
make_borders (guint    n,
              uint64_t size)
{
  GArray *borders = g_array_new (FALSE, FALSE, sizeof (uint64_t));

  for (guint i = 0; i <= n; i++)
    {
      uint64_t border = i * size;

      g_array_append_val (borders, border);
    }
  return borders;
}

static PgsMaps *
make_ram (const char *iomem)
{
  return pgs_ram_parse (iomem, "", PAGE);
}

/* Stretches that are short enough are read whole. */
static void
test_exact (void **state)
{
  g_autofree char *root = make_root ();
  g_autoptr(PgsMaps) ram = make_ram ("00000000-0fffffff : System RAM\n");
  g_autoptr(GArray) borders = make_borders (N_FRAMES / 32, 32 * PAGE);
  g_autoptr(PgsMachineUse) use =
    pgs_machine_use_sample (root, ram, borders, PAGE, NULL, 1, NULL, NULL);
  double totals[PGS_MACHINE_N_TYPES];
  double frames[PGS_MACHINE_N_TYPES];

  assert_non_null (use);
  pgs_machine_use_get_totals (use, totals);
  assert_float_equal (totals[PGS_MACHINE_FREE], N_FRAMES / 2, 1e-6);
  assert_float_equal (totals[PGS_MACHINE_SLAB], N_FRAMES / 4, 1e-6);
  assert_float_equal (totals[PGS_MACHINE_ANONYMOUS], N_FRAMES / 4, 1e-6);
  assert_true (pgs_machine_use_get_frames (use, N_FRAMES / 64, frames));
  assert_float_equal (frames[PGS_MACHINE_SLAB], 16, 1e-6);
  assert_float_equal (frames[PGS_MACHINE_FREE], 0, 1e-6);
  remove_root (root);
}

/* Long ones are sampled, and what is not RAM is left out. */
static void
test_sampled (void **state)
{
  g_autofree char *root = make_root ();
  g_autoptr(PgsMaps) ram = make_ram ("00000000-03ffffff : System RAM\n"
                                     "08000000-0fffffff : System RAM\n");
  g_autoptr(GArray) borders = make_borders (16, N_FRAMES / 16 * PAGE);
  g_autoptr(PgsMachineUse) use = NULL;
  double totals[PGS_MACHINE_N_TYPES];
  double frames[PGS_MACHINE_N_TYPES];

  for (guint i = 0; i < 8; i++)
    {
      PgsMachineUse *next = pgs_machine_use_sample (root, ram, borders, PAGE, use, i, NULL, NULL);

      g_clear_pointer (&use, pgs_machine_use_unref);
      use = next;
    }
  pgs_machine_use_get_totals (use, totals);
  assert_float_equal (totals[PGS_MACHINE_FREE], N_FRAMES / 4, 1e-6);
  assert_float_equal (totals[PGS_MACHINE_SLAB] + totals[PGS_MACHINE_ANONYMOUS], N_FRAMES / 2,
                      1e-6);
  assert_float_equal (totals[PGS_MACHINE_SLAB], N_FRAMES / 4, N_FRAMES / 64);
  assert_false (pgs_machine_use_get_frames (use, 4, frames));
  assert_true (pgs_machine_use_get_frames (use, 8, frames));
  remove_root (root);
}

static guint32
get_pixel (cairo_surface_t *surface,
           int              x,
           int              y)
{
  const unsigned char *row = cairo_image_surface_get_data (surface) +
                             y * cairo_image_surface_get_stride (surface);

  return ((const guint32 *) (gconstpointer) row)[x] & 0xffffff;
}

static guint32
get_color (PgsMachineType type)
{
  const PgsRgb *color =
    &pgs_palette_get (PGS_PALETTE_LIGHT)->colors[pgs_machine_type_get_class (type)->color];

  return (guint32) lround (color->red * 255) << 16 | (guint32) lround (color->green * 255) << 8 |
         (guint32) lround (color->blue * 255);
}

/* The lane has each column's mix, in the order of the types. */
static void
test_lane (void **state)
{
  g_autofree char *root = make_root ();
  g_autoptr(PgsMaps) ram = make_ram ("00000000-0fffffff : System RAM\n");
  g_autoptr(PgsAxis) axis = pgs_axis_new (ram, PAGE, PGS_SCALE_COMPACT);
  PgsScene scene = { NULL, axis, pgs_viewport_whole (axis, 512),
                     pgs_palette_get (PGS_PALETTE_LIGHT), 1, PGS_SCENE_FRAMES };
  g_autoptr(GArray) borders = pgs_machine_lane_make_borders (axis, &scene.viewport);
  g_autoptr(PgsMachineUse) use =
    pgs_machine_use_sample (root, ram, borders, PAGE, NULL, 1, NULL, NULL);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 512, 16);
  cairo_t *cr = cairo_create (surface);

  pgs_machine_lane_draw (use, &scene, cr, 16);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  for (int x = 0; x < 256; x++)
    assert_int_equal (get_pixel (surface, x, 8), get_color (PGS_MACHINE_FREE));
  for (int x = 258; x < 512; x++)
    {
      assert_int_equal (get_pixel (surface, x, 15), get_color (PGS_MACHINE_ANONYMOUS));
      assert_int_equal (get_pixel (surface, x, 0), get_color (PGS_MACHINE_SLAB));
    }
  cairo_surface_destroy (surface);
  remove_root (root);
}

static void
test_errors (void **state)
{
  g_autoptr(PgsMaps) ram = make_ram ("00000000-0fffffff : System RAM\n");
  g_autoptr(GArray) borders = make_borders (4, PAGE);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *root = make_root ();
  g_autoptr(GError) missing = NULL;
  g_autoptr(GError) cancelled = NULL;

  assert_null (pgs_machine_use_sample ("/nowhere", ram, borders, PAGE, NULL, 1, NULL, &missing));
  assert_true (g_error_matches (missing, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED));
  g_cancellable_cancel (cancellable);
  assert_null (pgs_machine_use_sample (root, ram, borders, PAGE, NULL, 1, cancellable,
                                       &cancelled));
  assert_true (g_error_matches (cancelled, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  remove_root (root);
}

static double
read_meminfo (const char *name)
{
  g_autofree char *text = NULL;
  const char *line;

  assert_true (g_file_get_contents ("/proc/meminfo", &text, NULL, NULL));
  line = strstr (text, name);
  assert_non_null (line);
  return (double) g_ascii_strtoull (line + strlen (name), NULL, 10) * 1024;
}

/* On this machine a sample is about what the kernel counts. */
static void
test_live (void **state)
{
  g_autoptr(PgsMaps) ram = pgs_ram_read ("/proc", PAGE);
  g_autoptr(GArray) borders = NULL;
  g_autoptr(PgsMachineUse) use = NULL;
  double totals[PGS_MACHINE_N_TYPES];
  double sum = 0, all = 0, anonymous;
  guint n_ranges;

  pgs_skip_unless_root ();
  n_ranges = pgs_maps_get_n_mappings (ram);
  for (guint i = 0; i < n_ranges; i++)
    all += (double) pgs_mapping_get_size (pgs_maps_get_mapping (ram, i));
  borders = make_borders (4096, pgs_maps_get_mapping (ram, n_ranges - 1)->end / 4096 / PAGE * PAGE);
  use = pgs_machine_use_sample ("/proc", ram, borders, PAGE, NULL, 1, NULL, NULL);
  assert_non_null (use);
  pgs_machine_use_get_totals (use, totals);
  for (guint i = 0; i < PGS_MACHINE_N_TYPES; i++)
    sum += totals[i] * PAGE;
  assert_true (fabs (sum - all) / all < 0.01);
  anonymous = read_meminfo ("AnonPages:");
  assert_true (fabs (totals[PGS_MACHINE_ANONYMOUS] * PAGE - anonymous) < 0.05 * all);
  /* Free frames that a processor keeps at hand are not told from others. */
  assert_true (totals[PGS_MACHINE_FREE] * PAGE < read_meminfo ("MemFree:") + 0.05 * all);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_types),
    cmocka_unit_test (test_exact),
    cmocka_unit_test (test_sampled),
    cmocka_unit_test (test_lane),
    cmocka_unit_test (test_errors),
    cmocka_unit_test (test_live),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
