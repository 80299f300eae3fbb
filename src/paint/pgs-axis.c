/* pgs-axis.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where each address lies along the bar.
 *
 * The axis is a list of segments, one a mapping and one a gap between mappings,
 * in order of address and of position. Within a segment addresses run linearly;
 * what the scales differ in is only how long each segment is. Looking up is a
 * binary search.
 *
 * Compact folds a gap to what the smaller neighbor takes, so that a gap is seen
 * at the zoom at which its neighbors are, and never fills the screen. A gap of a
 * fixed share of the whole was tried and rejected: beside a reservation of 20 TiB
 * it is wider than everything else.
 *
 * Positions are doubles. Folded gaps are cut to whole pages, so that to scale
 * every byte has a whole number for its position and comes back from it exactly;
 * with gaps of any length, addresses came back one byte too small. Balanced has no
 * whole numbers: there a position that only rounding keeps from an address counts
 * as that address.
 */

#include "config.h"

#include "pgs-axis.h"

#include <float.h>
#include <math.h>

#define FOLD_MAX_SHARE    0.008
#define FOLD_ALL_SHARE    0.2
#define FOLD_TRUE_SHARE   0.015
#define BALANCED_GAP      0.6
/* How far rounding may take a position from where it should be, as a share of it. */
#define POSITION_ERROR    (2 * DBL_EPSILON)
/* The kernel's half of the address space; what lies before it is not addressable. */
#define KERNEL_START      (UINT64_C (1) << 63)

struct _PgsAxis
{
  gatomicrefcount  ref_count;
  PgsMaps         *maps;
  uint64_t         page_size;
  PgsScale         scale;
  double           length;
  GArray          *segments;
  double          *positions;   /* of the segments, close together to search in */
};

static double
get_size (const PgsAxisSegment *segment)
{
  return (double) (segment->end - segment->start);
}

/* Returns how much of the axis a byte takes: exactly 1 for what is to scale, so
 * that an address survives the way there and back. */
static double
get_slope (const PgsAxisSegment *segment)
{
  return segment->length / get_size (segment);
}

static void
add_segment (PgsAxis  *self,
             uint64_t  start,
             uint64_t  end,
             int       mapping)
{
  PgsAxisSegment segment = { .start = start, .end = end, .mapping = mapping };

  g_array_append_val (self->segments, segment);
}

static void
add_segments (PgsAxis *self)
{
  guint n_mappings = pgs_maps_get_n_mappings (self->maps);
  uint64_t end = 0;

  for (guint i = 0; i < n_mappings; i++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (self->maps, i);

      if (i > 0 && mapping->start > end)
        add_segment (self, end, mapping->start, -1);
      add_segment (self, mapping->start, mapping->end, (int) i);
      end = mapping->end;
    }
}

static PgsAxisSegment *
get_segment (const PgsAxis *self,
             guint          index)
{
  return &g_array_index (self->segments, PgsAxisSegment, index);
}

/* Returns the bytes of the mappings without gap that end, or with @step 1 start,
 * beside the gap at @index. Looks no further than @limit bytes. */
static double
get_run_size (const PgsAxis *self,
              guint          index,
              int            step,
              double         limit)
{
  double size = 0;

  for (guint i = index + (guint) step; i < self->segments->len && size < limit; i += (guint) step)
    {
      const PgsAxisSegment *segment = get_segment (self, i);

      if (segment->mapping < 0)
        break;
      size += get_size (segment);
    }
  return size;
}

/* Returns the length as whole pages, at least one. */
static double
get_whole_pages (const PgsAxis *self,
                 double         length)
{
  double page_size = (double) self->page_size;

  return MAX (floor (length / page_size), 1) * page_size;
}

static double
get_folded_length (const PgsAxis *self,
                   guint          index,
                   double         limit)
{
  const PgsAxisSegment *gap = get_segment (self, index);
  double length = MIN (get_run_size (self, index, -1, limit),
                       get_run_size (self, index, 1, limit));

  return MIN (get_whole_pages (self, MIN (length, limit)), get_size (gap));
}

static void
measure_compact (PgsAxis *self)
{
  double mapped = 0, limit;
  guint n_gaps = 0;

  for (guint i = 0; i < self->segments->len; i++)
    {
      const PgsAxisSegment *segment = get_segment (self, i);

      if (segment->mapping < 0)
        n_gaps++;
      else
        mapped += get_size (segment);
    }
  limit = MIN (mapped * FOLD_MAX_SHARE, mapped * FOLD_ALL_SHARE / MAX (n_gaps, 1));
  for (guint i = 0; i < self->segments->len; i++)
    {
      PgsAxisSegment *segment = get_segment (self, i);

      segment->length = segment->mapping < 0 ? get_folded_length (self, i, limit)
                                             : get_size (segment);
    }
}

static void
measure_balanced (PgsAxis *self)
{
  for (guint i = 0; i < self->segments->len; i++)
    {
      PgsAxisSegment *segment = get_segment (self, i);

      segment->length = segment->mapping < 0
        ? BALANCED_GAP : 1 + log2 (get_size (segment) / (double) self->page_size);
    }
}

static void
measure_true (PgsAxis *self)
{
  double user = 0;

  for (guint i = 0; i < self->segments->len; i++)
    {
      PgsAxisSegment *segment = get_segment (self, i);

      segment->length = get_size (segment);
      if (segment->mapping < 0 && segment->start < KERNEL_START && segment->end > KERNEL_START)
        segment->length = get_whole_pages (self, user * FOLD_TRUE_SHARE);
      user += segment->length;
    }
}

static void
place_segments (PgsAxis *self)
{
  double position = 0;

  self->positions = g_new (double, self->segments->len);
  /* No gap is to scale in Balanced, so each is drawn as a break there. */
  for (guint i = 0; i < self->segments->len; i++)
    {
      PgsAxisSegment *segment = get_segment (self, i);

      segment->position = self->positions[i] = position;
      segment->folded = segment->mapping < 0 &&
                        (self->scale == PGS_SCALE_BALANCED ||
                         segment->length < get_size (segment));
      position += segment->length;
    }
  self->length = position > 0 ? position : 1;
}

/**
 * pgs_axis_new:
 * @maps: (transfer none): the mappings to lay out
 * @page_size: bytes a page
 * @scale: how much of the axis each gets
 *
 * Returns: (transfer full): the axis; one of length 1 without segments where
 *   nothing is mapped
 */
PgsAxis *
pgs_axis_new (PgsMaps  *maps,
              uint64_t  page_size,
              PgsScale  scale)
{
  PgsAxis *self;

  g_return_val_if_fail (maps != NULL && page_size > 0, NULL);
  g_return_val_if_fail ((guint) scale < PGS_N_SCALES, NULL);

  self = g_new0 (PgsAxis, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->maps = pgs_maps_ref (maps);
  self->page_size = page_size;
  self->scale = scale;
  self->segments = g_array_new (FALSE, FALSE, sizeof (PgsAxisSegment));
  add_segments (self);
  if (scale == PGS_SCALE_COMPACT)
    measure_compact (self);
  else if (scale == PGS_SCALE_BALANCED)
    measure_balanced (self);
  else
    measure_true (self);
  place_segments (self);
  return self;
}

/**
 * pgs_axis_ref:
 *
 * Returns: (transfer full): @self with one more reference
 */
PgsAxis *
pgs_axis_ref (PgsAxis *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * pgs_axis_unref:
 *
 * Drops a reference; the last one frees the axis.
 */
void
pgs_axis_unref (PgsAxis *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  pgs_maps_unref (self->maps);
  g_array_unref (self->segments);
  g_free (self->positions);
  g_free (self);
}

/**
 * pgs_axis_get_maps:
 *
 * Returns: (transfer none): the mappings laid out
 */
PgsMaps *
pgs_axis_get_maps (const PgsAxis *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->maps;
}

/**
 * pgs_axis_get_scale:
 *
 * Returns: which scale the axis has
 */
PgsScale
pgs_axis_get_scale (const PgsAxis *self)
{
  g_return_val_if_fail (self != NULL, PGS_SCALE_COMPACT);

  return self->scale;
}

/**
 * pgs_axis_get_length:
 *
 * Returns: how long the axis is, in its own unit; more than 0
 */
double
pgs_axis_get_length (const PgsAxis *self)
{
  g_return_val_if_fail (self != NULL, 1);

  return self->length;
}

/**
 * pgs_axis_get_n_segments:
 *
 * Returns: how many segments there are
 */
guint
pgs_axis_get_n_segments (const PgsAxis *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->segments->len;
}

/**
 * pgs_axis_get_segment:
 * @index: which one, less than pgs_axis_get_n_segments()
 *
 * Returns: (transfer none): the segment, in order of address
 */
const PgsAxisSegment *
pgs_axis_get_segment (const PgsAxis *self,
                      guint          index)
{
  g_return_val_if_fail (self != NULL && index < self->segments->len, NULL);

  return get_segment (self, index);
}

/* Returns the index of the last segment in [low, high) that starts at or before
 * @position, or @low. */
static guint
search (const PgsAxis *self,
        guint          low,
        guint          high,
        double         position)
{
  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (self->positions[middle] <= position)
        low = middle;
      else
        high = middle;
    }
  return low;
}

/**
 * pgs_axis_find_segment:
 * @position: a position
 *
 * Returns: the index of the segment that holds the position, or of the nearest
 *   one; 0 where there are no segments
 */
guint
pgs_axis_find_segment (const PgsAxis *self,
                       double         position)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->segments->len > 0 ? search (self, 0, self->segments->len, position) : 0;
}

/**
 * pgs_axis_find_segment_from:
 * @from: a segment that starts at or before the position
 * @position: a position
 *
 * As pgs_axis_find_segment(), for those who go from left to right: what it costs
 * grows with the way from @from and not with the axis.
 *
 * Returns: the index of the segment that holds the position, or of the nearest
 *   one; 0 where there are no segments
 */
guint
pgs_axis_find_segment_from (const PgsAxis *self,
                            guint          from,
                            double         position)
{
  guint step = 1;

  g_return_val_if_fail (self != NULL, 0);

  if (from >= self->segments->len)
    return pgs_axis_find_segment (self, position);
  while (step < self->segments->len - from &&
         self->positions[from + step] <= position)
    {
      from += step;
      step *= 2;
    }
  return search (self, from, from + MIN (step, self->segments->len - from), position);
}

/**
 * pgs_axis_find_address:
 * @address: any address
 *
 * Returns: the index of the segment that holds the address, or of the nearest
 *   one; 0 where there are no segments
 */
guint
pgs_axis_find_address (const PgsAxis *self,
                       uint64_t       address)
{
  guint low = 0, high;

  g_return_val_if_fail (self != NULL, 0);

  high = self->segments->len;
  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (get_segment (self, middle)->start <= address)
        low = middle;
      else
        high = middle;
    }
  return low;
}

/**
 * pgs_axis_address_to_position:
 * @address: any address
 *
 * Returns: where it lies; the nearest end for what is beyond the axis
 */
double
pgs_axis_address_to_position (const PgsAxis *self,
                              uint64_t       address)
{
  const PgsAxisSegment *segment;

  g_return_val_if_fail (self != NULL, 0);

  if (self->segments->len == 0)
    return 0;
  segment = get_segment (self, pgs_axis_find_address (self, address));
  if (address <= segment->start)
    return segment->position;
  if (address >= segment->end)
    return segment->position + segment->length;
  /* Rounding must not carry the address behind its segment. */
  return MIN (segment->position + (double) (address - segment->start) * get_slope (segment),
              segment->position + segment->length);
}

static uint64_t
get_address (const PgsAxisSegment *segment,
             double                position)
{
  uint64_t size = segment->end - segment->start;
  double offset;

  if (position <= segment->position)
    return segment->start;
  offset = (position - segment->position + position * POSITION_ERROR) / get_slope (segment);
  return offset >= (double) size ? segment->end : segment->start + (uint64_t) offset;
}

/**
 * pgs_axis_position_to_address:
 * @position: any position
 *
 * The way back from pgs_axis_address_to_position(): exact to the byte as far as a
 * double tells bytes apart, which to scale it does below 2^51.
 *
 * Returns: the address that lies there; that of the nearest end beyond the axis,
 *   and 0 where there are no segments
 */
uint64_t
pgs_axis_position_to_address (const PgsAxis *self,
                              double         position)
{
  g_return_val_if_fail (self != NULL, 0);

  if (self->segments->len == 0)
    return 0;
  return get_address (get_segment (self, pgs_axis_find_segment (self, position)), position);
}

/**
 * pgs_axis_walk_to_position:
 * @index: (inout): a segment that starts at or before the position, 0 at first;
 *   it becomes the one that holds it
 * @position: any position
 *
 * As pgs_axis_position_to_address(), for those who go from left to right.
 *
 * Returns: the address that lies there
 */
uint64_t
pgs_axis_walk_to_position (const PgsAxis *self,
                           guint         *index,
                           double         position)
{
  g_return_val_if_fail (self != NULL && index != NULL, 0);

  if (self->segments->len == 0)
    return 0;
  *index = pgs_axis_find_segment_from (self, *index, position);
  return get_address (get_segment (self, *index), position);
}

/**
 * pgs_axis_get_page_length:
 * @position: a position
 *
 * A folded gap has no pages to look at, and what one would take is next to
 * nothing; there it is what a page takes in the neighbor that shows it smaller.
 *
 * Returns: how much of the axis one page takes there
 */
double
pgs_axis_get_page_length (const PgsAxis *self,
                          double         position)
{
  double page_size, slope;
  guint index;

  g_return_val_if_fail (self != NULL, 1);

  if (self->segments->len == 0)
    return self->length;
  page_size = (double) self->page_size;
  index = pgs_axis_find_segment (self, position);
  if (!get_segment (self, index)->folded)
    return page_size * get_slope (get_segment (self, index));
  /* A gap lies between two mappings. */
  slope = MIN (get_slope (get_segment (self, index - 1)),
               get_slope (get_segment (self, index + 1)));
  return page_size * slope;
}
