/* test-palette.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests that colors that meet in a mode can be told apart, by those who see all
 * colors and by those who do not: it simulates each kind of sight and measures
 * distances in OKLab.
 *
 * Sources: Machado, Oliveira and Fernandes, "A Physiologically-based Model for
 * Simulation of Color Vision Deficiency" (2009), severity 1.0; Ottosson, "A
 * perceptual color space for image processing" (2020); WCAG 2.1 for contrast.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "core/pgs-machine-use.h"
#include "paint/pgs-palette.h"

/* The least distance of two classes; what one sees at once as another color. Two
 * neighbors of a ramp of 32 steps are some 0.02 apart. */
#define LEAST_DISTANCE          0.085
#define LEAST_CONTRAST          4.5
#define MAX_UNEVENNESS          1.35

typedef struct
{
  double v[3];
} Vector;

typedef struct
{
  const char *name;
  double      matrix[3][3];
} Sight;

static const Sight sights[] = {
  { "full sight", { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } },
  { "protanopia", { { 0.152286, 1.052583, -0.204868 },
                    { 0.114503, 0.786281, 0.099216 },
                    { -0.003882, -0.048116, 1.051998 } } },
  { "deuteranopia", { { 0.367322, 0.860646, -0.227968 },
                      { 0.280085, 0.672501, 0.047413 },
                      { -0.011820, 0.042940, 0.968881 } } },
  { "tritanopia", { { 1.255528, -0.076749, -0.178779 },
                    { -0.078411, 0.930809, 0.147602 },
                    { 0.004733, 0.691367, 0.303900 } } },
};

static const double cone_matrix[3][3] = {
  { 0.4122214708, 0.5363325363, 0.0514459929 },
  { 0.2119034982, 0.6806995451, 0.1073969566 },
  { 0.0883024619, 0.2817188376, 0.6299787005 },
};

static const double lab_matrix[3][3] = {
  { 0.2104542553, 0.7936177850, -0.0040720468 },
  { 1.9779984951, -2.4285922050, 0.4505937099 },
  { 0.0259040371, 0.7827717662, -0.8086757660 },
};

static Vector
multiply (const double matrix[3][3],
          Vector       vector)
{
  Vector result;

  for (guint i = 0; i < 3; i++)
    result.v[i] = matrix[i][0] * vector.v[0] + matrix[i][1] * vector.v[1] +
                  matrix[i][2] * vector.v[2];
  return result;
}

static double
to_linear (double component)
{
  return component <= 0.04045 ? component / 12.92 : pow ((component + 0.055) / 1.055, 2.4);
}

static Vector
get_linear (const PgsRgb *color)
{
  return (Vector) { { to_linear (color->red), to_linear (color->green),
                      to_linear (color->blue) } };
}

/* Returns what an eye makes of a color, in OKLab. */
static Vector
perceive (const PgsRgb *color,
          const Sight  *sight)
{
  Vector seen = multiply (sight->matrix, get_linear (color));

  for (guint i = 0; i < 3; i++)
    seen.v[i] = CLAMP (seen.v[i], 0, 1);
  seen = multiply (cone_matrix, seen);
  for (guint i = 0; i < 3; i++)
    seen.v[i] = cbrt (seen.v[i]);
  return multiply (lab_matrix, seen);
}

static double
get_distance (const PgsRgb *a,
              const PgsRgb *b,
              const Sight  *sight)
{
  Vector x = perceive (a, sight), y = perceive (b, sight);

  return sqrt (pow (x.v[0] - y.v[0], 2) + pow (x.v[1] - y.v[1], 2) + pow (x.v[2] - y.v[2], 2));
}

static double
get_contrast (const PgsRgb *a,
              const PgsRgb *b)
{
  static const double weights[3] = { 0.2126, 0.7152, 0.0722 };
  Vector x = get_linear (a), y = get_linear (b);
  double brighter = 0.05, darker = 0.05;

  for (guint i = 0; i < 3; i++)
    {
      brighter += weights[i] * x.v[i];
      darker += weights[i] * y.v[i];
    }
  return MAX (brighter, darker) / MIN (brighter, darker);
}

static gboolean
is_ramp (PgsColor color)
{
  return color >= PGS_COLOR_RAMP;
}

static void
check_pair (const PgsPalette    *palette,
            const PgsColorClass *a,
            const PgsColorClass *b)
{
  if (is_ramp (a->color) && is_ramp (b->color))
    return;
  assert_int_not_equal (a->color, b->color);
  for (guint i = 0; i < G_N_ELEMENTS (sights); i++)
    {
      double distance = get_distance (&palette->colors[a->color], &palette->colors[b->color],
                                      &sights[i]);

      if (distance < LEAST_DISTANCE)
        fail_msg ("“%s” and “%s” are only %.3f apart with %s", a->id, b->id, distance,
                  sights[i].name);
    }
}

static void
test_classes_of_a_mode_stay_apart (void **state)
{
  for (PgsPaletteVariant variant = 0; variant < PGS_PALETTE_N_VARIANTS; variant++)
    for (guint i = 0; i < pgs_color_mode_get_n_modes (); i++)
      {
        const PgsColorMode *mode = pgs_color_mode_get (i);

        for (guint j = 0; j < mode->n_classes; j++)
          for (guint k = 0; k < j; k++)
            check_pair (pgs_palette_get (variant), &mode->classes[j], &mode->classes[k]);
      }
}

static void
test_types_of_use_stay_apart (void **state)
{
  for (PgsPaletteVariant variant = 0; variant < PGS_PALETTE_N_VARIANTS; variant++)
    for (guint i = 0; i < PGS_MACHINE_N_TYPES; i++)
      for (guint j = 0; j < i; j++)
        check_pair (pgs_palette_get (variant), pgs_machine_type_get_class (i),
                    pgs_machine_type_get_class (j));
}

static void
check_ramp (const PgsPalette *palette,
            const Sight      *sight)
{
  const PgsRgb *ramp = palette->colors + PGS_COLOR_RAMP;
  double least = 1, most = 0;

  for (guint i = 1; i < PGS_COLOR_RAMP_STEPS; i++)
    {
      double step = perceive (&ramp[i], sight).v[0] - perceive (&ramp[i - 1], sight).v[0];

      least = MIN (least, step);
      most = MAX (most, step);
    }
  assert_true (least > 0);
  if (sight == sights)
    assert_true (most / least < MAX_UNEVENNESS);
}

/* Every step of a ramp is lighter than the one before, to every eye, and all steps
 * are nearly as long. */
static void
test_ramp_rises_evenly (void **state)
{
  for (PgsPaletteVariant variant = 0; variant < PGS_PALETTE_N_VARIANTS; variant++)
    for (guint i = 0; i < G_N_ELEMENTS (sights); i++)
      check_ramp (pgs_palette_get (variant), &sights[i]);
}

static void
test_text_reads_well (void **state)
{
  for (PgsPaletteVariant variant = 0; variant < PGS_PALETTE_N_VARIANTS; variant++)
    {
      const PgsPalette *palette = pgs_palette_get (variant);

      for (PgsColor color = 0; color < PGS_COLOR_N_COLORS; color++)
        assert_true (get_contrast (pgs_palette_get_on_color (palette, color),
                                   &palette->colors[color]) >= LEAST_CONTRAST);
      assert_true (get_contrast (&palette->text, &palette->background) >= 7);
      assert_true (get_contrast (&palette->dim_text, &palette->background) >= LEAST_CONTRAST);
      assert_true (get_contrast (&palette->selection, &palette->background) >= 7);
    }
}

/* What is mapped but absent must not pass for a gap. */
static void
test_absent_differs_from_the_background (void **state)
{
  for (PgsPaletteVariant variant = 0; variant < PGS_PALETTE_N_VARIANTS; variant++)
    {
      const PgsPalette *palette = pgs_palette_get (variant);

      for (guint i = 0; i < G_N_ELEMENTS (sights); i++)
        assert_true (get_distance (&palette->colors[PGS_COLOR_ABSENT], &palette->background,
                                   &sights[i]) >= 0.05);
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_classes_of_a_mode_stay_apart),
    cmocka_unit_test (test_types_of_use_stay_apart),
    cmocka_unit_test (test_ramp_rises_evenly),
    cmocka_unit_test (test_text_reads_well),
    cmocka_unit_test (test_absent_differs_from_the_background),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
