/* test-frame-bands.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bands, which are found by a multiplication, against the division that it stands for.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/pgs-frame-bands.h"

/* Up to here the multiplication is to be exact. */
#define EXACT_END (UINT64_C (1) << 29)
#define MAX_END   (UINT64_C (1) << 40)

static uint64_t
random_below (GRand    *rand,
              uint64_t  end)
{
  return ((uint64_t) g_rand_int (rand) << 32 | g_rand_int (rand)) % end;
}

static guint
divide (uint64_t pfn,
        uint64_t ram_end)
{
  return pfn < ram_end ? (guint) (pfn * 32 / ram_end) : 31;
}

/* How many frames a border may be from where it belongs: a small part of a band. */
static uint64_t
get_tolerance (uint64_t ram_end)
{
  return ram_end <= EXACT_END ? 0 : 1 + ram_end / 32 / 200000;
}

static void
check_frame (const PgsFrameBands *bands,
             uint64_t             pfn)
{
  uint64_t tolerance = get_tolerance (bands->ram_end);
  guint found = pgs_frame_bands_find (bands, pfn);

  if (found != divide (pfn, bands->ram_end) &&
      found != divide (pfn + tolerance, bands->ram_end))
    fail_msg ("Frame %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " is found in band %u",
              (guint64) pfn, (guint64) bands->ram_end, found);
}

/* The first frame of a band, against going through all of them. */
static void
check_first_of_few (const PgsFrameBands *bands)
{
  uint64_t first[32] = { 0, };

  for (uint64_t pfn = bands->ram_end + 1; pfn > 0; pfn--)
    first[divide (pfn, bands->ram_end)] = pfn;
  for (guint band = 0; band < 32; band++)
    if (first[band] != 0)
      assert_int_equal (pgs_frame_bands_get_first (bands, band), first[band]);
}

static void
check_borders (const PgsFrameBands *bands)
{
  uint64_t tolerance = get_tolerance (bands->ram_end);

  for (guint band = 1; band < 32; band++)
    {
      uint64_t border = (band * bands->ram_end + 31) / 32;
      uint64_t first = pgs_frame_bands_get_first (bands, band);

      assert_in_range (first, border - tolerance, border);
      assert_int_equal (pgs_frame_bands_find (bands, first), band);
      assert_int_equal (pgs_frame_bands_find (bands, first - 1), band - 1);
      check_frame (bands, border - 1);
      check_frame (bands, border);
    }
  assert_int_equal (pgs_frame_bands_get_first (bands, 0), 1);
}

static void
test_few_frames (void **state)
{
  for (uint64_t ram_end = 0; ram_end <= 3300; ram_end++)
    {
      PgsFrameBands bands;

      pgs_frame_bands_init (&bands, ram_end);
      for (uint64_t pfn = 0; pfn <= ram_end + 1; pfn++)
        assert_int_equal (pgs_frame_bands_find (&bands, pfn), divide (pfn, ram_end));
      assert_int_equal (pgs_frame_bands_find (&bands, G_MAXUINT64), 31);
      check_first_of_few (&bands);
    }
}

static void
test_many_frames (void **state)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (3);

  for (guint i = 0; i < 20000; i++)
    {
      static const uint64_t ends[] = {
        33, 100, EXACT_END - 1, EXACT_END, EXACT_END + 1, MAX_END - 1, MAX_END,
      };
      uint64_t ram_end = i < G_N_ELEMENTS (ends) ? ends[i]
        : 33 + random_below (rand, MAX_END >> g_rand_int_range (rand, 0, 32));
      PgsFrameBands bands;

      pgs_frame_bands_init (&bands, ram_end);
      assert_int_equal (bands.ram_end, ram_end);
      check_borders (&bands);
      for (guint j = 0; j < 20; j++)
        check_frame (&bands, random_below (rand, ram_end + ram_end / 8));
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_few_frames),
    cmocka_unit_test (test_many_frames),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
