/* pgs-huge.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A process of any size, scattered all over the RAM of a large machine, of which it is
 * known how many pages of which kind it has: of 64 that follow one another, one is
 * swapped, hidden, a guard page and absent each, four are of a file, and the rest is
 * private. Frames go through the 32 bands of RAM from page to page, and from one 64
 * pages to the next.
 */

#include "config.h"

#include "pgs-huge.h"

#include <inttypes.h>

#include "core/pgs-pagemap-entry.h"
#include "core/pgs-summary.h"

#define START   UINT64_C (0x100000000000)
#define RAM_END (UINT64_C (1) << 30)
#define BAND    (RAM_END / 32)

static uint64_t
tell_entry (uint64_t page,
            gpointer user_data)
{
  uint64_t kind = page % 64;
  uint64_t band = (page + page / 64) % 32;
  uint64_t frame = band * BAND + 1 + (page * UINT64_C (0x9e3779b97f4a7c15) >> 40) % (BAND - 1);

  switch (kind)
    {
    case 0:
      return PGS_PAGEMAP_SWAPPED | (1 + page % 100000) << PGS_PAGEMAP_SWAP_TYPE_BITS;
    case 1:
      return PGS_PAGEMAP_PRESENT | PGS_PAGEMAP_EXCLUSIVE;
    case 2:
      return PGS_PAGEMAP_SWAPPED | PGS_PAGEMAP_GUARD;
    case 3:
      return 0;
    case 4:
    case 5:
    case 6:
    case 7:
      return PGS_PAGEMAP_PRESENT | PGS_PAGEMAP_FILE | frame;
    default:
      return PGS_PAGEMAP_PRESENT | PGS_PAGEMAP_EXCLUSIVE | frame;
    }
}

/**
 * pgs_huge_source_new:
 * @n_pages: how many pages, a multiple of %PGS_HUGE_PERIOD
 *
 * Returns: (transfer full): the source of such a process
 */
PgsFormulaSource *
pgs_huge_source_new (uint64_t n_pages)
{
  g_autofree char *text = g_strdup_printf ("%" PRIx64 "-%" PRIx64 " rw-p 00000000 00:00 0 [heap]\n",
                                           START, START + n_pages * 4096);
  PgsFormulaSource *source = pgs_formula_source_new (g_intern_string (text), tell_entry, NULL);

  source->ram_end = RAM_END;
  return source;
}

static char *
check_number (const char *what,
              uint64_t    number,
              uint64_t    expected)
{
  if (number == expected)
    return NULL;
  return g_strdup_printf ("%s: %" PRIu64 " pages, where %" PRIu64 " are expected", what, number,
                          expected);
}

/* Returns of how many pages out of PGS_HUGE_PERIOD a class is. */
static guint
get_share (const char *mode,
           const char *class)
{
  static const struct
  {
    const char *mode;
    const char *class;
    guint       share;
  } shares[] = {
    { "state", "private", 57 * 32 }, { "state", "file", 4 * 32 }, { "state", "swapped", 32 },
    { "state", "guard", 32 }, { "state", "absent", 32 },
    { "frame", "hidden", 32 }, { "frame", "swapped", 32 }, { "frame", "guard", 32 },
    { "frame", "absent", 32 },
    { "kind", "heap", 63 * 32 }, { "kind", "absent", 32 },
    { "permissions", "write", 63 * 32 }, { "permissions", "absent", 32 },
    { "type", "unknown", 61 * 32 }, { "type", "swapped", 32 }, { "type", "guard", 32 },
    { "type", "absent", 32 },
    { "sharing", "unknown", 61 * 32 }, { "sharing", "swapped", 32 }, { "sharing", "guard", 32 },
    { "sharing", "absent", 32 },
    { "activity", "unknown", 61 * 32 }, { "activity", "swapped", 32 }, { "activity", "guard", 32 },
    { "activity", "absent", 32 },
    { "relation", "unknown", 61 * 32 }, { "relation", "swapped", 32 },
    { "relation", "guard", 32 }, { "relation", "absent", 32 },
  };

  if (g_str_equal (mode, "frame") && g_str_has_prefix (class, "frame-"))
    return 60;
  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    if (g_str_equal (mode, shares[i].mode) && g_str_equal (class, shares[i].class))
      return shares[i].share;
  return 0;
}

static char *
check_mode (PgsSnapshot        *snapshot,
            const PgsColorMode *mode,
            uint64_t            n_pages)
{
  g_autoptr(PgsSummary) summary = pgs_summary_new (snapshot, mode);
  uint64_t counts[PGS_COLOR_MODE_MAX_CLASSES];
  char *problem = check_number (mode->id, pgs_summary_count (summary, 0, G_MAXUINT64, counts),
                                n_pages);

  for (guint i = 0; i < mode->n_classes && problem == NULL; i++)
    problem = check_number (mode->classes[i].id, counts[i],
                            get_share (mode->id, mode->classes[i].id) *
                            (n_pages / PGS_HUGE_PERIOD));
  return problem;
}

/**
 * pgs_huge_check:
 * @snapshot: a snapshot of such a process
 * @n_pages: how many pages it has
 *
 * Holds the totals, and the classes of every color mode, against what they should be.
 *
 * Returns: (transfer full) (nullable): what is wrong
 */
char *
pgs_huge_check (PgsSnapshot *snapshot,
                uint64_t     n_pages)
{
  const PgsTotals *totals = pgs_snapshot_get_totals (snapshot);
  const struct
  {
    const char *what;
    uint64_t    number;
    uint64_t    share;
  } numbers[] = {
    { "mapped", totals->mapped, 64 }, { "present", totals->present, 61 },
    { "swapped", totals->swapped, 1 }, { "guard", totals->guard, 1 },
    { "hidden", totals->hidden, 1 }, { "unread", totals->unread, 0 },
  };
  char *problem = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (numbers) && problem == NULL; i++)
    problem = check_number (numbers[i].what, numbers[i].number, n_pages / 64 * numbers[i].share);
  for (guint i = 0; i < pgs_color_mode_get_n_modes () && problem == NULL; i++)
    problem = check_mode (snapshot, pgs_color_mode_get (i), n_pages);
  return problem;
}
