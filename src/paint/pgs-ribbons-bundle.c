/* pgs-ribbons-bundle.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which ribbons there are.
 *
 * Both bars are cut into cells of some pixels. Pages in the same cell above with frames in
 * the same cell below, and of the same class, make one bundle; a stretch of pages that is
 * wider than a cell above is a bundle by itself. When there are more bundles
 * than can be drawn in time, or told apart, cells get twice as wide and bundles are joined.
 *
 * Beyond a number of pages in view that are stored one by one, every second, fourth and so
 * on stands for its neighbors: what is drawn of them is less than a pixel each.
 */

#include "config.h"

#include "pgs-ribbons-private.h"

#include <math.h>

#include "core/pgs-extent.h"

#define FIRST_CELL   2.0    /* in pixels */
#define MAX_BUNDLES  1200u
#define N_SLOTS      4096u  /* a power of two, with room to spare */
#define MAX_PAGES    8192u
/* Pages farther apart than this take twice as long to come by: none is in the cache. */
#define FAR_APART    512u

/* Finds where addresses lie along a bar; best when they come in order. */
typedef struct
{
  const PgsScene       *scene;
  const PgsAxisSegment *segment;
  double                scale;     /* device pixels a unit of the axis */
  double                slope;     /* units of the axis a byte, in the segment */
} Locator;

typedef struct
{
  PgsBundle bundle;
  uint64_t  key;      /* 0 in a free slot */
} Slot;

typedef struct
{
  Locator   pages;
  Locator   frames;
  uint64_t  page_size;
  double    width;     /* of the view, in device pixels */
  double    cell;      /* in device pixels */
  guint     stride;
  Slot     *slots;
  guint     n_used;
  GArray   *wide;      /* bundles that are in no slot */
} Collector;

/* Places */

static void
init_locator (Locator        *self,
              const PgsScene *scene,
              double          scale)
{
  self->scene = scene;
  self->segment = NULL;
  self->scale = scene->viewport.width / scene->viewport.span * scale;
}

/* Finds the segment of an address; the nearest where it is beyond both ends. */
static void
find_segment (Locator  *self,
              uint64_t  address)
{
  guint index;

  if (self->segment != NULL && address >= self->segment->start && address < self->segment->end)
    return;
  index = pgs_axis_find_address (self->scene->axis, address);
  self->segment = pgs_axis_get_segment (self->scene->axis, index);
  self->slope = self->segment->length / (double) (self->segment->end - self->segment->start);
}

/* Finds where the first of some bytes lies, and where the last of them ends. */
static void
locate (Locator  *self,
        uint64_t  address,
        uint64_t  n_bytes,
        double   *x,
        double   *end)
{
  double position;

  find_segment (self, address);
  position = self->segment->position +
             ((double) address - (double) self->segment->start) * self->slope;
  *x = (position - self->scene->viewport.start) * self->scale;
  *end = *x + (double) n_bytes * self->slope * self->scale;
}

/* Bundles */

static void
join (PgsBundle       *bundle,
      const PgsBundle *other)
{
  bundle->top = MIN (bundle->top, other->top);
  bundle->top_end = MAX (bundle->top_end, other->top_end);
  bundle->bottom = MIN (bundle->bottom, other->bottom);
  bundle->bottom_end = MAX (bundle->bottom_end, other->bottom_end);
  bundle->pages += other->pages;
}

static uint64_t
get_key (const Collector *self,
         const PgsBundle *bundle)
{
  int64_t top = (int64_t) floor ((bundle->top + bundle->top_end) / 2 / self->cell);
  int64_t bottom = (int64_t) floor ((bundle->bottom + bundle->bottom_end) / 2 / self->cell);

  return UINT64_C (1) << 63 | (uint64_t) (top & 0xffffff) << 32 |
         (uint64_t) (bottom & 0xffffff) << 8 | bundle->class;
}

/* Returns the slot of a key, or the free one where it belongs. */
static Slot *
find_slot (const Collector *self,
           uint64_t         key)
{
  guint index = (guint) (key * UINT64_C (0x9e3779b97f4a7c15) >> 40) % N_SLOTS;

  while (self->slots[index].key != 0 && self->slots[index].key != key)
    index = (index + 1) % N_SLOTS;
  return &self->slots[index];
}

static void
put (Collector       *self,
     const PgsBundle *bundle)
{
  uint64_t key = get_key (self, bundle);
  Slot *slot = find_slot (self, key);

  if (slot->key == key)
    {
      join (&slot->bundle, bundle);
      return;
    }
  *slot = (Slot) { *bundle, key };
  self->n_used++;
}

/* Makes cells twice as wide. */
static void
coarsen (Collector *self)
{
  Slot *before = self->slots;

  self->cell *= 2;
  self->n_used = 0;
  self->slots = g_new0 (Slot, N_SLOTS);
  for (guint i = 0; i < N_SLOTS; i++)
    if (before[i].key != 0)
      put (self, &before[i].bundle);
  g_free (before);
}

/* Leaves of a bundle what begins in view, and has it go off the side no farther than the
 * line of a page does: what ends far away there is all alike. */
static void
clip (PgsBundle *bundle,
      double     width)
{
  double slope = (bundle->bottom_end - bundle->bottom) / (bundle->top_end - bundle->top);
  double left = MAX (-bundle->top, 0), right = MAX (bundle->top_end - width, 0);

  bundle->top += (float) left;
  bundle->bottom += (float) (left * slope);
  bundle->top_end -= (float) right;
  bundle->bottom_end -= (float) (right * slope);
  bundle->bottom = (float) CLAMP (bundle->bottom, -width, 2 * width);
  bundle->bottom_end = (float) CLAMP (bundle->bottom_end, -width, 2 * width);
}

/* Adds pages that lie within one segment of either bar. */
static void
add_piece (Collector       *self,
           const PgsExtent *piece)
{
  uint64_t n_bytes = piece->n_pages * self->page_size;
  double top, top_end, bottom, bottom_end;
  PgsBundle bundle;

  locate (&self->pages, piece->page * self->page_size, n_bytes, &top, &top_end);
  locate (&self->frames, piece->pfn * self->page_size, n_bytes, &bottom, &bottom_end);
  if (top >= self->width || top_end <= 0)
    return;
  bundle = (PgsBundle) { (float) top, (float) top_end, (float) bottom, (float) bottom_end,
                         (float) (top_end - top), piece->class };
  clip (&bundle, self->width);
  if (piece->n_pages == 1)
    bundle.pages *= (float) self->stride;
  if (top_end - top >= self->cell)
    {
      g_array_append_val (self->wide, bundle);
      return;
    }
  put (self, &bundle);
  if (self->n_used > MAX_BUNDLES)
    coarsen (self);
}

/* Returns how many pages from @address on are in the same segment. */
static uint64_t
count_in_segment (Locator  *self,
                  uint64_t  address,
                  uint64_t  page_size)
{
  find_segment (self, address);
  return address < self->segment->end
    ? (self->segment->end - address + page_size - 1) / page_size : G_MAXUINT64;
}

/* Pages that follow one another are drawn as wide as their mappings have them, which may
 * differ. */
static void
add_extent (const PgsExtent *extent,
            gpointer         user_data)
{
  Collector *self = user_data;
  PgsExtent piece = *extent;

  for (uint64_t left = extent->n_pages; left > 0; left -= piece.n_pages)
    {
      piece.page = extent->page + extent->n_pages - left;
      piece.pfn = extent->pfn + extent->n_pages - left;
      piece.n_pages = MIN (count_in_segment (&self->pages, piece.page * self->page_size,
                                             self->page_size), left);
      piece.n_pages = MIN (count_in_segment (&self->frames, piece.pfn * self->page_size,
                                             self->page_size), piece.n_pages);
      add_piece (self, &piece);
    }
}

/* Collecting */

/* Returns how many pages in [@start, @end) have any class but that of absent ones. */
static uint64_t
count_populated (const PgsSummary *summary,
                 uint64_t          start,
                 uint64_t          end)
{
  uint64_t counts[PGS_COLOR_MODE_MAX_CLASSES];
  uint64_t n_pages = pgs_summary_count (summary, start, end, counts);

  return n_pages - counts[pgs_summary_get_mode (summary)->n_classes - 1];
}

static void
collect (Collector *self,
         uint64_t   start,
         uint64_t   end)
{
  const PgsSummary *summary = self->pages.scene->summary;
  uint64_t n_pages;

  if (start >= end)
    return;
  self->stride = 1;
  n_pages = count_populated (summary, start, end);
  while (n_pages / self->stride > (self->stride > FAR_APART ? MAX_PAGES / 2 : MAX_PAGES))
    self->stride *= 2;
  pgs_extents_visit (summary, start, end, self->stride, add_extent, self);
}

static GArray *
finish (Collector *self)
{
  GArray *bundles = self->wide;

  for (guint i = 0; i < N_SLOTS; i++)
    if (self->slots[i].key != 0)
      g_array_append_val (bundles, self->slots[i].bundle);
  g_free (self->slots);
  return bundles;
}

/* Returns: (transfer full) (element-type PgsBundle): what there is to draw, at @scale
 *   device pixels a pixel */
GArray *
pgs_ribbons_bundle (const PgsRibbons *self,
                    double            scale)
{
  const PgsViewport *viewport = &self->pages->viewport;
  Collector collector = {
    .page_size = pgs_snapshot_get_page_size (pgs_summary_get_snapshot (self->pages->summary)),
    .width = viewport->width * scale,
    .cell = FIRST_CELL * scale,
    .slots = g_new0 (Slot, N_SLOTS),
    .wide = g_array_new (FALSE, FALSE, sizeof (PgsBundle)),
  };
  uint64_t start = pgs_viewport_to_address (viewport, self->pages->axis, 0);
  uint64_t end = pgs_viewport_to_address (viewport, self->pages->axis, viewport->width);

  init_locator (&collector.pages, self->pages, scale);
  init_locator (&collector.frames, self->frames, scale);
  if (pgs_axis_get_n_segments (self->pages->axis) == 0 ||
      pgs_axis_get_n_segments (self->frames->axis) == 0)
    return finish (&collector);
  if (self->only == NULL)
    collect (&collector, start, end);
  for (guint i = 0; self->only != NULL && i < self->only->len; i++)
    {
      const PgsRange *range = &g_array_index (self->only, PgsRange, i);

      collect (&collector, MAX (range->start, start), MIN (range->end, end));
    }
  return finish (&collector);
}
