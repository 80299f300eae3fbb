/* pgs-frame-map.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which page of a process lies in each frame of RAM.
 *
 * Pages come in order of their addresses, and frames are wanted in order of theirs. So
 * the pages are dealt out by chunk of RAM: they are counted first, then put where there is
 * room for those of their chunk, and then each chunk is filled in. That takes 8 bytes a
 * page while it is made and passes over every page twice; sorting took three times as long.
 * Chunks that are the same as in the map before are taken over, and with them the parts of
 * its summary.
 *
 * A frame that lies at several addresses has the first in the store. The others are kept
 * beside it, in order of their frames, up to a limit: a process may map the zero page a
 * million times.
 */

#include "config.h"

#include "pgs-frame-map.h"

#include <string.h>

#include "pgs-extent.h"
#include "pgs-frame-user.h"
#include "pgs-page-store-builder.h"

/* A machine with more RAM is not drawn in full: 4 PiB of 4 KiB frames. */
#define MAX_FRAMES (UINT64_C (1) << 40)

/* How many addresses there may be beside the first of each frame. */
#define MAX_OTHERS (1u << 20)

/* A frame in its chunk and its page, as they are dealt out: bits 0-44 the page, bits 45-50
 * its class, bits 51-63 the frame. */
#define DEAL_CLASS 45
#define DEAL_FRAME 51

G_STATIC_ASSERT (PGS_PAGE_CHUNK_PAGES == 1u << (64 - DEAL_FRAME));
G_STATIC_ASSERT (PGS_COLOR_MODE_MAX_CLASSES <= 1u << (DEAL_FRAME - DEAL_CLASS));

/* One more page that lies in a frame. */
typedef struct
{
  uint64_t pfn;
  uint64_t page;
} Other;

struct _PgsFrameMap
{
  gatomicrefcount  ref_count;
  PgsSummary      *summary;   /* of physical addresses */
  GArray          *others;    /* in order of frames, and of pages */
  uint64_t         n_frames;
};

typedef struct
{
  uint64_t   n_chunks;    /* of RAM */
  uint64_t  *places;      /* where the pages of each chunk go on, and where they end */
  uint64_t  *dealt;
} Deal;

/* What stands in the entries of a chunk, while they are filled in, where no RAM is. */
#define NO_RAM UINT64_C (1)

/* Dealing out */

/* Whether the numbers of the pages fit: no kernel gives programs addresses beyond that. */
static gboolean
can_deal (const PgsExtent *extent)
{
  return extent->page <= (UINT64_C (1) << DEAL_CLASS) - extent->n_pages;
}

/* Counts the pages of an extent to the chunks of RAM that they lie in. */
static void
count_extent (const PgsExtent *extent,
              gpointer         user_data)
{
  Deal *deal = user_data;
  uint64_t n_pages;

  for (uint64_t i = 0; i < extent->n_pages && can_deal (extent); i += n_pages)
    {
      uint64_t pfn = extent->pfn + i;

      n_pages = MIN (extent->n_pages - i, PGS_PAGE_CHUNK_PAGES - pfn % PGS_PAGE_CHUNK_PAGES);
      if (pfn / PGS_PAGE_CHUNK_PAGES >= deal->n_chunks)
        return;
      deal->places[pfn / PGS_PAGE_CHUNK_PAGES + 1] += n_pages;
    }
}

static void
deal_extent (const PgsExtent *extent,
             gpointer         user_data)
{
  Deal *deal = user_data;

  if (!can_deal (extent))
    return;
  for (uint64_t i = 0; i < extent->n_pages; i++)
    {
      uint64_t pfn = extent->pfn + i, chunk = pfn / PGS_PAGE_CHUNK_PAGES;

      if (chunk >= deal->n_chunks)
        return;
      deal->dealt[deal->places[chunk]++] = (pfn % PGS_PAGE_CHUNK_PAGES) << DEAL_FRAME |
                                           (uint64_t) extent->class << DEAL_CLASS |
                                           (extent->page + i);
    }
}

static uint64_t
get_dealt_page (uint64_t dealt)
{
  return dealt & ((UINT64_C (1) << DEAL_CLASS) - 1);
}

static uint64_t
get_dealt_entry (uint64_t dealt)
{
  guint class = (guint) (dealt >> DEAL_CLASS) & ((1u << (DEAL_FRAME - DEAL_CLASS)) - 1);

  return pgs_frame_user_pack (get_dealt_page (dealt), class);
}

/* Empties the entries of the chunk that begins with frame @first, but for where no RAM is.
 * Returns whether there is such a hole. */
static gboolean
clear_chunk (const PgsMaps *ram,
             uint64_t       page_size,
             uint64_t       first,
             uint64_t      *entries)
{
  uint64_t end = first + PGS_PAGE_CHUNK_PAGES, at = first;
  gboolean has_holes = FALSE;

  memset (entries, 0, PGS_PAGE_CHUNK_PAGES * sizeof *entries);
  for (guint i = pgs_maps_find_from (ram, first * page_size);
       at < end && i < pgs_maps_get_n_mappings (ram); i++)
    {
      const PgsMapping *range = pgs_maps_get_mapping (ram, i);

      if (range->start / page_size >= end)
        break;
      for (; at < range->start / page_size; has_holes = TRUE)
        entries[at++ - first] = NO_RAM;
      at = range->end / page_size;
    }
  for (; at < end; has_holes = TRUE)
    entries[at++ - first] = NO_RAM;
  return has_holes;
}

static void
clear_holes (uint64_t *entries)
{
  for (guint i = 0; i < PGS_PAGE_CHUNK_PAGES; i++)
    if (entries[i] == NO_RAM)
      entries[i] = 0;
}

/* Fills in the entries of a chunk of RAM, in order of pages: a frame has the first. */
static void
fill_chunk (PgsFrameMap    *self,
            uint64_t        index,
            const uint64_t *dealt,
            uint64_t        n,
            uint64_t       *entries)
{
  for (uint64_t i = 0; i < n; i++)
    {
      guint offset = (guint) (dealt[i] >> DEAL_FRAME);
      Other other = { index * PGS_PAGE_CHUNK_PAGES + offset, get_dealt_page (dealt[i]) };

      if (entries[offset] == NO_RAM)
        continue;
      if (entries[offset] == 0)
        {
          entries[offset] = get_dealt_entry (dealt[i]);
          self->n_frames++;
        }
      else if (self->others->len < MAX_OTHERS)
        g_array_append_val (self->others, other);
    }
}

static int
compare_others (gconstpointer a,
                gconstpointer b)
{
  const Other *left = a, *right = b;

  if (left->pfn != right->pfn)
    return left->pfn < right->pfn ? -1 : 1;
  return left->page < right->page ? -1 : left->page > right->page;
}

/* Returns: (transfer full): the store of all that was dealt out. */
static PgsPageStore *
make_store (PgsFrameMap   *self,
            const Deal    *deal,
            const PgsMaps *ram,
            uint64_t       page_size,
            PgsPageStore  *previous)
{
  PgsPageStoreBuilder *builder =
    pgs_page_store_builder_new ((guint) page_size / sizeof (uint64_t));
  g_autofree uint64_t *entries = g_new0 (uint64_t, PGS_PAGE_CHUNK_PAGES);
  uint64_t from = 0;

  if (previous != NULL)
    pgs_page_store_builder_share (builder, previous);
  /* Each place has moved on to where the next chunk begins. */
  for (uint64_t i = 0; i < deal->n_chunks; from = deal->places[i++])
    {
      gboolean has_holes;

      if (deal->places[i] == from)
        continue;
      has_holes = clear_chunk (ram, page_size, i * PGS_PAGE_CHUNK_PAGES, entries);
      fill_chunk (self, i, deal->dealt + from, deal->places[i] - from, entries);
      if (has_holes)
        clear_holes (entries);
      pgs_page_store_builder_append (builder, i * PGS_PAGE_CHUNK_PAGES, entries,
                                     PGS_PAGE_CHUNK_PAGES);
    }
  g_array_sort (self->others, compare_others);
  return pgs_page_store_builder_end (builder);
}

static uint64_t
find_n_chunks (const PgsMaps *ram,
               uint64_t       page_size)
{
  guint n = pgs_maps_get_n_mappings (ram);
  uint64_t end = n > 0 ? pgs_maps_get_mapping (ram, n - 1)->end / page_size : 0;

  return (MIN (end, MAX_FRAMES) + PGS_PAGE_CHUNK_PAGES - 1) / PGS_PAGE_CHUNK_PAGES;
}

/* Deals the pages out. Returns: (transfer full) (nullable): their store; %NULL when
 * cancelled. */
static PgsPageStore *
invert (PgsFrameMap      *self,
        const PgsSummary *pages,
        PgsMaps          *ram,
        PgsPageStore     *previous,
        GCancellable     *cancellable)
{
  uint64_t page_size = pgs_snapshot_get_page_size (pgs_summary_get_snapshot (pages));
  Deal deal = { .n_chunks = find_n_chunks (ram, page_size) };
  PgsPageStore *store = NULL;

  deal.places = g_new0 (uint64_t, deal.n_chunks + 1);
  pgs_extents_visit (pages, 0, G_MAXUINT64, 1, count_extent, &deal);
  for (uint64_t i = 0; i < deal.n_chunks; i++)
    deal.places[i + 1] += deal.places[i];
  deal.dealt = g_new (uint64_t, deal.places[deal.n_chunks]);
  if (!g_cancellable_is_cancelled (cancellable))
    pgs_extents_visit (pages, 0, G_MAXUINT64, 1, deal_extent, &deal);
  if (!g_cancellable_is_cancelled (cancellable))
    store = make_store (self, &deal, ram, page_size, previous);
  g_free (deal.dealt);
  g_free (deal.places);
  return store;
}

/**
 * pgs_frame_map_new:
 * @pages: (transfer none): the pages of a process, and how they are colored
 * @ram: (transfer none): where RAM lies, as pgs_ram_read() tells
 * @previous: (nullable): a map made before, of which is taken over what is the same
 * @cancellable: (nullable): ends it early
 *
 * Looks at every page whose frame is known: call it in a worker. Frames that are not in
 * RAM, as those of a device, are left out.
 *
 * Returns: (transfer full) (nullable): the map; %NULL when cancelled
 */
PgsFrameMap *
pgs_frame_map_new (const PgsSummary  *pages,
                   PgsMaps           *ram,
                   const PgsFrameMap *previous,
                   GCancellable      *cancellable)
{
  g_autoptr(PgsFrameMap) self = NULL;
  g_autoptr(PgsPageStore) store = NULL;
  g_autoptr(PgsSnapshot) frames = NULL;
  const PgsSnapshot *snapshot;
  PgsSnapshot *before;

  g_return_val_if_fail (pages != NULL && ram != NULL, NULL);

  snapshot = pgs_summary_get_snapshot (pages);
  before = previous != NULL ? pgs_summary_get_snapshot (previous->summary) : NULL;
  self = g_new0 (PgsFrameMap, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->others = g_array_new (FALSE, FALSE, sizeof (Other));
  store = invert (self, pages, ram, before != NULL ? pgs_snapshot_get_store (before) : NULL,
                  cancellable);
  if (store == NULL)
    return NULL;
  frames = pgs_snapshot_new (ram, store, pgs_snapshot_get_page_size (snapshot),
                             pgs_snapshot_get_ram_end (snapshot), NULL);
  self->summary = pgs_summary_new_after (frames,
                                         pgs_color_mode_get_for_frames (pgs_summary_get_mode (pages)),
                                         previous != NULL ? previous->summary : NULL);
  return g_steal_pointer (&self);
}

/**
 * pgs_frame_map_ref:
 *
 * Returns: (transfer full): @self with one more reference
 */
PgsFrameMap *
pgs_frame_map_ref (PgsFrameMap *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * pgs_frame_map_unref:
 *
 * Drops a reference; the last one frees the map.
 */
void
pgs_frame_map_unref (PgsFrameMap *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->summary, pgs_summary_unref);
  g_array_unref (self->others);
  g_free (self);
}

/**
 * pgs_frame_map_get_summary:
 *
 * Its classes are those of the color mode of the pages; absent are frames that the process
 * does not map.
 *
 * Returns: (transfer none): the frames, at their physical addresses, as a summary
 */
PgsSummary *
pgs_frame_map_get_summary (const PgsFrameMap *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->summary;
}

/**
 * pgs_frame_map_get_n_frames:
 *
 * Returns: how many frames of RAM the process maps; each once, at however many addresses
 */
uint64_t
pgs_frame_map_get_n_frames (const PgsFrameMap *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_frames;
}

/* Finding pages */

static uint64_t
get_page_size (const PgsFrameMap *self)
{
  return pgs_snapshot_get_page_size (pgs_summary_get_snapshot (self->summary));
}

static const PgsPageStore *
get_store (const PgsFrameMap *self)
{
  return pgs_snapshot_get_store (pgs_summary_get_snapshot (self->summary));
}

/* Returns the index of the first other page whose frame is not before @pfn. */
static guint
find_other (const PgsFrameMap *self,
            uint64_t           pfn)
{
  guint low = 0, high = self->others->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (self->others, Other, middle).pfn < pfn)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* Adds a page number to runs of them. */
static void
add_page (GArray   *runs,
          uint64_t  page)
{
  PgsRange *last = runs->len > 0 ? &g_array_index (runs, PgsRange, runs->len - 1) : NULL;
  PgsRange run = { page, page + 1 };

  if (last != NULL && last->end == page)
    last->end++;
  else
    g_array_append_val (runs, run);
}

static void
collect_span (const PgsPageSpan *span,
              uint64_t           first,
              uint64_t           end,
              GArray            *runs)
{
  for (uint64_t pfn = MAX (first, span->first_page);
       pfn < MIN (end, span->first_page + span->n_pages); pfn++)
    {
      uint64_t entry = pgs_page_span_get_entry (span, (guint) (pfn - span->first_page));

      if (entry != 0)
        add_page (runs, pgs_frame_user_get_page (entry));
    }
}

/**
 * pgs_frame_map_has_frame:
 * @pfn: a page frame number
 *
 * Returns: whether the process maps that frame of RAM
 */
gboolean
pgs_frame_map_has_frame (const PgsFrameMap *self,
                         uint64_t           pfn)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return pgs_page_store_get_entry (get_store (self), pfn) != 0;
}

static int
compare_ranges (gconstpointer a,
                gconstpointer b)
{
  const PgsRange *left = a, *right = b;

  return left->start < right->start ? -1 : left->start > right->start;
}

/* Puts runs of pages in order, joins those that touch, and makes addresses of them. */
static GArray *
join_runs (GArray   *runs,
           uint64_t  page_size)
{
  GArray *ranges = g_array_new (FALSE, FALSE, sizeof (PgsRange));

  g_array_sort (runs, compare_ranges);
  for (guint i = 0; i < runs->len; i++)
    {
      const PgsRange *run = &g_array_index (runs, PgsRange, i);
      PgsRange range = { run->start * page_size, run->end * page_size };
      PgsRange *last = ranges->len > 0
        ? &g_array_index (ranges, PgsRange, ranges->len - 1) : NULL;

      if (last != NULL && last->end >= range.start)
        last->end = MAX (last->end, range.end);
      else
        g_array_append_val (ranges, range);
    }
  return ranges;
}

/**
 * pgs_frame_map_find_pages:
 * @start: a physical address
 * @end: the physical address behind the last one
 * @max_ranges: when to stop looking
 *
 * Looks up which pages lie in the frames of [@start, @end). Costs what there are.
 *
 * Returns: (transfer full) (element-type PgsRange): their virtual addresses, in order;
 *   a frame that is mapped several times has all of its pages there
 */
GArray *
pgs_frame_map_find_pages (const PgsFrameMap *self,
                          uint64_t           start,
                          uint64_t           end,
                          guint              max_ranges)
{
  g_autoptr(GArray) runs = NULL;
  uint64_t page_size, first, last;
  PgsPageStoreIter iter;
  PgsPageSpan span;

  g_return_val_if_fail (self != NULL, NULL);

  page_size = get_page_size (self);
  first = start / page_size;
  last = end / page_size + (end % page_size != 0);
  runs = g_array_new (FALSE, FALSE, sizeof (PgsRange));
  pgs_page_store_iter_init (&iter, get_store (self), first);
  while (runs->len < max_ranges && pgs_page_store_iter_next (&iter, &span) &&
         span.first_page < last)
    collect_span (&span, first, last, runs);
  for (guint i = find_other (self, first); i < self->others->len && runs->len < max_ranges; i++)
    {
      const Other *other = &g_array_index (self->others, Other, i);

      if (other->pfn >= last)
        break;
      add_page (runs, other->page);
    }
  return join_runs (runs, page_size);
}

/**
 * pgs_frame_map_find_frame:
 * @start: a physical address
 * @end: the physical address behind the last one
 * @address: a physical address
 * @found: (out): the physical address at which the frame begins
 *
 * Looks for the frame in [@start, @end) nearest to @address that the process maps.
 *
 * Returns: whether there is one
 */
gboolean
pgs_frame_map_find_frame (const PgsFrameMap *self,
                          uint64_t           start,
                          uint64_t           end,
                          uint64_t           address,
                          uint64_t          *found)
{
  uint64_t page_size, first, last, wanted, distance = G_MAXUINT64;
  PgsPageStoreIter iter;
  PgsPageSpan span;

  g_return_val_if_fail (self != NULL && found != NULL, FALSE);

  page_size = get_page_size (self);
  first = start / page_size;
  last = end / page_size + (end % page_size != 0);
  wanted = address / page_size;
  pgs_page_store_iter_init (&iter, get_store (self), first);
  while (pgs_page_store_iter_next (&iter, &span) && span.first_page < last)
    for (guint i = 0; i < span.n_pages; i++)
      {
        uint64_t pfn = span.first_page + i;
        uint64_t away = pfn > wanted ? pfn - wanted : wanted - pfn;

        if (pfn >= first && pfn < last && away < distance &&
            pgs_page_span_get_entry (&span, i) != 0)
          {
            distance = away;
            *found = pfn * page_size;
          }
      }
  return distance != G_MAXUINT64;
}
