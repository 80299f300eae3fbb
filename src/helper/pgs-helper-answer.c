/* pgs-helper-answer.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers a request from the files of the target.
 *
 * What is told of a frame is told of those alone that the target has: pagemap is read
 * before and after, and where it does not say the same both times, nothing is told.
 */

#include "config.h"

#include "pgs-helper-answer.h"

#include <errno.h>
#include <string.h>
#include <sys/param.h>
#include <unistd.h>

#include "core/pgs-pagemap-entry.h"
#include "core/pgs-pagemap-scan.h"

/* A call costs about as much as reading so many frames that nobody asked for. */
#define CLOSE_FRAMES 64u

/* So many frames are read at a time. */
#define RUN_FRAMES   1024u

/* So many pages are found at a time: where many are populated, their entries tell as
 * much, and faster. */
#define SCAN_PAGES   UINT64_C (16384)

/* Where a frame is told of: its PFN, and whose page it is in the message. */
typedef struct
{
  uint64_t pfn;
  unsigned index;
} Place;

static size_t
end_answer (PgsHelperMessage *message,
            PgsHelperStatus   status,
            size_t            n,
            size_t            item_size)
{
  message->header.status = status;
  message->header.n = status == PGS_HELPER_OK ? (uint32_t) n : 0;
  return sizeof message->header + message->header.n * item_size;
}

/* Reads whole numbers of 64 bits. Returns how many, or -1. */
static ssize_t
read_numbers (int       fd,
              uint64_t  index,
              uint64_t *numbers,
              size_t    n)
{
  ssize_t length;

  if (fd < 0 || index > INT64_MAX / sizeof *numbers)
    return -1;
  do
    length = pread (fd, numbers, n * sizeof *numbers, (off_t) (index * sizeof *numbers));
  while (length < 0 && errno == EINTR);
  return length < 0 ? -1 : length / (ssize_t) sizeof *numbers;
}

static size_t
answer_maps (const PgsHelperTarget  *target,
             const PgsHelperRequest *request,
             PgsHelperMessage       *message)
{
  size_t used = 0;

  while (used < request->n)
    {
      ssize_t n = pread (target->maps_fd, message->bytes + used, request->n - used,
                         (off_t) (request->start + used));

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return end_answer (message, errno == ESRCH ? PGS_HELPER_GONE : PGS_HELPER_FAILED, 0, 1);
      if (n == 0)
        break;
      used += (size_t) n;
    }
  if (used == 0 && request->start == 0)
    return end_answer (message, PGS_HELPER_GONE, 0, 1);
  return end_answer (message, PGS_HELPER_OK, used, 1);
}

/* Returns how far a scan came. Where it stopped at a limit that is where its last range
 * ends; otherwise it came to its end, whatever the kernel says: the address it returns
 * may be that of an earlier range, as seen with Linux 6.18. */
static uint64_t
get_walk_end (const PgsHelperTarget  *target,
              const PgsHelperRequest *request,
              const PgsHelperRange   *ranges,
              uint32_t                n)
{
  uint64_t bytes = 0;

  for (uint32_t i = 0; i < n; i++)
    bytes += ranges[i].end - ranges[i].start;
  return n < request->n && bytes / target->page_size < SCAN_PAGES ? request->end
                                                                  : ranges[n - 1].end;
}

static size_t
answer_scan (const PgsHelperTarget  *target,
             const PgsHelperRequest *request,
             PgsHelperMessage       *message)
{
  PgsScanRequest scan = {
    .size = sizeof scan,
    .start = request->start,
    .end = request->end,
    .vec = (uintptr_t) message->ranges,
    .vec_len = request->n,
    .max_pages = SCAN_PAGES,
    .category_anyof_mask = PGS_SCAN_PRESENT | PGS_SCAN_SWAPPED,
    .return_mask = PGS_SCAN_ZERO | PGS_SCAN_HUGE,
  };
  int n;

  if (!pgs_helper_target_maps (target))
    return end_answer (message, PGS_HELPER_GONE, 0, 0);
  do
    n = ioctl (target->pagemap_fd, PGS_SCAN_IOCTL, &scan);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    return end_answer (message, errno == ENOTTY || errno == EINVAL ? PGS_HELPER_NOT_SUPPORTED
                                                                   : PGS_HELPER_FAILED, 0, 0);
  message->header.end = get_walk_end (target, request, message->ranges, (uint32_t) n);
  return end_answer (message, PGS_HELPER_OK, (size_t) n, sizeof message->ranges[0]);
}

static size_t
answer_entries (const PgsHelperTarget  *target,
                const PgsHelperRequest *request,
                PgsHelperMessage       *message)
{
  ssize_t n = read_numbers (target->pagemap_fd, request->start / target->page_size,
                            message->entries, request->n);

  return end_answer (message, n < 0 ? PGS_HELPER_FAILED : PGS_HELPER_OK, n < 0 ? 0 : (size_t) n,
                     sizeof message->entries[0]);
}

/* Frames */

/* Sorts places by PFN, in place: qsort() may allocate. */
static void
sort_places (Place   *places,
             unsigned n)
{
  for (unsigned gap = n / 2; gap > 0; gap = gap == 2 ? 1 : gap * 5 / 11)
    for (unsigned i = gap; i < n; i++)
      {
        Place place = places[i];
        unsigned j = i;

        for (; j >= gap && places[j - gap].pfn > place.pfn; j -= gap)
          places[j] = places[j - gap];
        places[j] = place;
      }
}

static int32_t
find_node (const PgsHelperTarget *target,
           uint64_t               pfn)
{
  int32_t node = PGS_HELPER_NO_NODE;

  for (unsigned i = 0; i < target->n_zones; i++)
    if (pfn >= target->zones[i].start && pfn < target->zones[i].end)
      {
        if (node != PGS_HELPER_NO_NODE && node != target->zones[i].node)
          return PGS_HELPER_NO_NODE;
        node = target->zones[i].node;
      }
  return node;
}

/* Tells of some frames that lie close together. Returns whether they could be read. */
static bool
read_run (const PgsHelperTarget *target,
          const Place           *places,
          unsigned               n,
          PgsHelperFrame        *frames)
{
  static uint64_t flags[RUN_FRAMES], counts[RUN_FRAMES];
  uint64_t first = places[0].pfn;
  size_t length = (size_t) (places[n - 1].pfn - first) + 1;
  ssize_t n_flags = read_numbers (target->flags_fd, first, flags, length);
  ssize_t n_counts = read_numbers (target->counts_fd, first, counts, length);

  if (n_flags < 0 || n_counts < 0)
    return false;
  for (unsigned i = 0; i < n; i++)
    {
      PgsHelperFrame *frame = &frames[places[i].index];
      size_t at = (size_t) (places[i].pfn - first);

      if (at >= (size_t) n_flags || at >= (size_t) n_counts)
        {
          frame->entry = 0;
          continue;
        }
      frame->flags = flags[at];
      frame->map_count = counts[at] < UINT32_MAX ? (uint32_t) counts[at] : UINT32_MAX;
      frame->node = find_node (target, places[i].pfn);
    }
  return true;
}

static bool
read_runs (const PgsHelperTarget *target,
           const Place           *places,
           unsigned               n_places,
           PgsHelperFrame        *frames)
{
  unsigned first = 0;

  for (unsigned i = 1; i <= n_places; i++)
    if (i == n_places || places[i].pfn - places[i - 1].pfn > CLOSE_FRAMES ||
        places[i].pfn - places[first].pfn >= RUN_FRAMES)
      {
        if (!read_run (target, places + first, i - first, frames))
          return false;
        first = i;
      }
  return true;
}

static bool
has_frame (uint64_t entry)
{
  return (entry & PGS_PAGEMAP_PRESENT) != 0 && (entry & PGS_PAGEMAP_PFN_MASK) != 0;
}

/* Forgets what was read of frames that the target does not have any more. */
static void
forget_others (PgsHelperFrame *frames,
               const uint64_t *entries,
               size_t          n,
               size_t          n_entries)
{
  const uint64_t same = PGS_PAGEMAP_PRESENT | PGS_PAGEMAP_PFN_MASK;

  for (size_t i = 0; i < n; i++)
    if (frames[i].entry == 0 || i >= n_entries || ((frames[i].entry ^ entries[i]) & same) != 0)
      frames[i] = (PgsHelperFrame) { .node = PGS_HELPER_NO_NODE };
}

static size_t
answer_frames (const PgsHelperTarget  *target,
               const PgsHelperRequest *request,
               PgsHelperMessage       *message)
{
  static uint64_t entries[PGS_HELPER_MAX_FRAMES];
  static Place places[PGS_HELPER_MAX_FRAMES];
  uint64_t first = request->start / target->page_size;
  ssize_t n = read_numbers (target->pagemap_fd, first, entries, request->n);
  unsigned n_places = 0;

  if (n < 0)
    return end_answer (message, PGS_HELPER_FAILED, 0, 0);
  for (unsigned i = 0; i < (size_t) n; i++)
    {
      message->frames[i] = (PgsHelperFrame) { .node = PGS_HELPER_NO_NODE };
      if (!has_frame (entries[i]))
        continue;
      message->frames[i].entry = entries[i];
      places[n_places++] = (Place) { entries[i] & PGS_PAGEMAP_PFN_MASK, i };
    }
  sort_places (places, n_places);
  if (!read_runs (target, places, n_places, message->frames))
    return end_answer (message, PGS_HELPER_NOT_SUPPORTED, 0, 0);
  forget_others (message->frames, entries, (size_t) n,
                 (size_t) MAX (read_numbers (target->pagemap_fd, first, entries, (size_t) n), 0));
  return end_answer (message, PGS_HELPER_OK, (size_t) n, sizeof message->frames[0]);
}

/**
 * pgs_helper_answer:
 * @target: whom it is about
 * @request: a request that pgs_helper_parse_request() took
 * @message: set to the answer
 *
 * Returns: how many bytes the answer has
 */
size_t
pgs_helper_answer (const PgsHelperTarget  *target,
                   const PgsHelperRequest *request,
                   PgsHelperMessage       *message)
{
  message->header = (PgsHelperAnswer) { .version = PGS_HELPER_VERSION, .ask = request->ask };
  switch ((PgsHelperAsk) request->ask)
    {
    case PGS_HELPER_MAPS:
      return answer_maps (target, request, message);
    case PGS_HELPER_SCAN:
      return answer_scan (target, request, message);
    case PGS_HELPER_ENTRIES:
      return answer_entries (target, request, message);
    case PGS_HELPER_FRAMES:
      return answer_frames (target, request, message);
    case PGS_HELPER_HELLO:
    case PGS_HELPER_STRETCHES:
    case PGS_HELPER_N_ASKS:
    default:
      return end_answer (message, PGS_HELPER_BAD_REQUEST, 0, 0);
    }
}

/**
 * pgs_helper_answer_stretches:
 * @target: whom it is about
 * @stretches: a request that pgs_helper_parse_stretches() took
 * @message: set to the answer: the entries of all, up to the first page that has none
 *
 * Returns: how many bytes the answer has
 */
size_t
pgs_helper_answer_stretches (const PgsHelperTarget    *target,
                             const PgsHelperStretches *stretches,
                             PgsHelperMessage         *message)
{
  size_t used = 0;

  message->header = (PgsHelperAnswer) {
    .version = PGS_HELPER_VERSION, .ask = PGS_HELPER_STRETCHES,
  };
  for (uint32_t i = 0; i < stretches->request.n; i++)
    {
      const PgsHelperStretch *stretch = &stretches->stretches[i];
      ssize_t n = read_numbers (target->pagemap_fd, stretch->start / target->page_size,
                                message->entries + used, stretch->n);

      if (n < 0)
        return end_answer (message, PGS_HELPER_FAILED, 0, 0);
      used += (size_t) n;
      if (n < (ssize_t) stretch->n)
        break;
    }
  return end_answer (message, PGS_HELPER_OK, used, sizeof message->entries[0]);
}
