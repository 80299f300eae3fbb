/* test-pagemap-reader-page.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs pagemap_reader on one address of pages of every kind, and compares what it
 * prints with what this program itself reads from /proc/PID/pagemap.
 *
 * As root the cases run once more as an ordinary user, from whom the kernel
 * hides frames.
 *
 * The environment gives the paths: PGS_PROBER, PGS_PAGEMAP_READER.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <string.h>

#include "pgs-prober.h"
#include "pgs-raw-proc.h"
#include "pgs-reader.h"
#include "pgs-skip.h"
#include "pgs-swap-file.h"
#include "pgs-target.h"

/* Made once for all cases. */
static PgsProgram *prober_program;
static PgsProgram *reader;
static PgsSwapFile *swap_file;

/* Runs pagemap_reader on an address and compares with the entry that this
 * program reads. The kernel may move a page at any time, so only an entry that
 * is the same before and afterwards counts. Returns the entry. */
static uint64_t
check_address (pid_t    pid,
               uint64_t address,
               gboolean as_nobody)
{
  g_auto(PgsRun) result = { 0 };
  g_autofree char *expected = NULL;
  uint64_t entry, physical;

  do
    {
      pgs_run_clear (&result);
      entry = pgs_raw_read_entry (pid, address);
      result = pgs_reader_run (reader, as_nobody, pid, "0x%" PRIx64, address);
    }
  while (entry != pgs_raw_read_entry (pid, address));

  if (pgs_reader_expect_status (entry, as_nobody) != PGS_READER_SHOWN)
    {
      expected = pgs_reader_expect_words (entry, as_nobody);
      pgs_reader_assert_refused (&result, pgs_reader_expect_status (entry, as_nobody), expected);
      assert_true ((result.status == PGS_READER_HIDDEN) ==
                   (strstr (result.err, "CAP_SYS_ADMIN") != NULL));
      return entry;
    }

  physical = pgs_raw_entry_get_place (entry) * pgs_raw_page_size () +
             address % pgs_raw_page_size ();
  expected = g_strdup_printf ("Virtual Address: 0x%" PRIx64 "\n"
                              "Page Frame Number (PFN): 0x%" PRIx64 "\n"
                              "Physical Address: 0x%" PRIx64 "\n",
                              address, pgs_raw_entry_get_place (entry), physical);
  assert_string_equal (result.out, expected);
  assert_string_equal (result.err, "");
  assert_int_equal (result.status, PGS_READER_SHOWN);

  return entry;
}

static void
test_reader_on_prober (void **state)
{
  PgsProber prober = pgs_prober_start (prober_program, FALSE);
  uint64_t entry = check_address (prober.pid, prober.address, FALSE);

  pgs_prober_close (&prober);
  pgs_prober_assert_ends_well (&prober);
  if (pgs_raw_entry_get_place (entry) == 0)
    pgs_skip_because ("the kernel hides all frames from this user");
}

static void
test_reader_on_hidden_prober (void **state)
{
  PgsProber prober;

  pgs_skip_unless_root ();
  prober = pgs_prober_start (prober_program, TRUE);
  check_address (prober.pid, prober.address, FALSE);
  check_address (prober.pid, prober.address, TRUE);
  pgs_prober_close (&prober);
  pgs_prober_assert_ends_well (&prober);
}

/* What a page of an area of the target must be, so that a case cannot pass on
 * pages of another kind. */
typedef struct
{
  PgsTargetArea area;
  gboolean as_nobody;
  gboolean (*is_kind) (uint64_t entry);
} PageCase;

static void
check_area (const PgsTarget *target,
            const PageCase  *page_case)
{
  const uint64_t offsets[] = { 0, 1, 0x123, pgs_raw_page_size () - 1 };

  for (size_t i = 0; i < G_N_ELEMENTS (offsets); i++)
    {
      uint64_t address = target->start[page_case->area] + offsets[i];

      assert_true (page_case->is_kind (check_address (target->pid, address,
                                                      page_case->as_nobody)));
    }
}

static void
test_page (void **state)
{
  const PageCase *page_case = *state;
  g_autoptr(PgsTarget) target = NULL;

  if (page_case->as_nobody)
    pgs_skip_unless_root ();

  target = pgs_target_new ((page_case->as_nobody ? PGS_TARGET_AS_NOBODY : 0) |
                           (swap_file != NULL ? PGS_TARGET_SWAP : 0));
  if (target->start[page_case->area] == 0)
    {
      g_clear_pointer (&target, pgs_target_free);
      pgs_skip_because ("this machine has no such page, or no swap, to give");
    }
  check_area (target, page_case);
}

static void
test_spellings_of_an_address (void **state)
{
  g_autoptr(PgsTarget) target = pgs_target_new (0);
  uint64_t address = target->start[PGS_TARGET_UNTOUCHED] + 0xabc;
  g_autofree char *words = g_strdup_printf ("0x%" PRIx64 ": not present", address);
  g_auto(PgsRun) prefixed = pgs_reader_run (reader, FALSE, target->pid, "0x%" PRIx64, address);
  g_auto(PgsRun) plain = pgs_reader_run (reader, FALSE, target->pid, "%" PRIx64, address);
  g_auto(PgsRun) upper = pgs_reader_run (reader, FALSE, target->pid, "0X%" PRIX64, address);
  g_auto(PgsRun) longer = pgs_reader_run (reader, FALSE, target->pid, "0x000000000000%" PRIx64,
                                          address);

  pgs_reader_assert_refused (&prefixed, PGS_READER_NO_FRAME, words);
  pgs_reader_assert_refused (&plain, PGS_READER_NO_FRAME, words);
  pgs_reader_assert_refused (&upper, PGS_READER_NO_FRAME, words);
  pgs_reader_assert_refused (&longer, PGS_READER_NO_FRAME, words);
}

static int
set_up (void **state)
{
  prober_program = pgs_program_new ("PGS_PROBER");
  reader = pgs_program_new ("PGS_PAGEMAP_READER");
  if (prober_program == NULL || reader == NULL)
    return -1;
  swap_file = pgs_swap_file_new ();

  return 0;
}

static int
tear_down (void **state)
{
  g_clear_pointer (&swap_file, pgs_swap_file_free);
  g_clear_pointer (&reader, pgs_program_free);
  g_clear_pointer (&prober_program, pgs_program_free);

  return 0;
}

#define PAGE_TEST(title, page_area, kind) \
  { "page: " title, test_page, NULL, NULL, \
    &(PageCase) { .area = page_area, .as_nobody = FALSE, .is_kind = kind } }, \
  { "page: " title ", as an ordinary user", test_page, NULL, NULL, \
    &(PageCase) { .area = page_area, .as_nobody = TRUE, .is_kind = kind } }

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_reader_on_prober),
    cmocka_unit_test (test_reader_on_hidden_prober),
    PAGE_TEST ("touched", PGS_TARGET_TOUCHED, pgs_raw_entry_is_present),
    PAGE_TEST ("untouched", PGS_TARGET_UNTOUCHED, pgs_raw_entry_is_absent),
    PAGE_TEST ("page of zeros", PGS_TARGET_ZERO, pgs_raw_entry_is_present),
    PAGE_TEST ("shared", PGS_TARGET_SHARED, pgs_raw_entry_is_present),
    PAGE_TEST ("file", PGS_TARGET_FILE, pgs_raw_entry_is_present),
    PAGE_TEST ("no access", PGS_TARGET_INACCESSIBLE, pgs_raw_entry_is_present),
    PAGE_TEST ("huge", PGS_TARGET_HUGE, pgs_raw_entry_is_present),
    PAGE_TEST ("guard", PGS_TARGET_GUARD, pgs_raw_entry_is_guard),
    PAGE_TEST ("swapped", PGS_TARGET_SWAPPED, pgs_raw_entry_is_swapped),
    cmocka_unit_test (test_spellings_of_an_address),
  };

  return cmocka_run_group_tests_name ("pagemap_reader: page", tests, set_up, tear_down);
}
