/* pgs-todo.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What of an address space is still to be read.
 *
 * It is a sorted list of stretches: mappings that touch, taken together, so that
 * 65,000 mappings cost a few calls. They are read from low to high addresses, but
 * what somebody looks at comes first. A chunk of the page store that was begun is
 * read to its end before anything else: the store takes each chunk once.
 */

#include "config.h"

#include "pgs-todo.h"

/* The kernel's half of the address space, [vsyscall] among it, is not in pagemap. */
#define USER_END (UINT64_C (1) << 63)

typedef struct
{
  uint64_t start;
  uint64_t end;
  gboolean is_begun;  /* something before @start was read that touches it */
} Stretch;

struct _PgsTodo
{
  uint64_t  chunk_bytes;
  GArray   *stretches;
  guint     head;        /* nothing is left of those before */
  guint     current;     /* what pgs_todo_get_next() was about */
  uint64_t  chunk;       /* the chunk begun last; G_MAXUINT64 for none */
  uint64_t  all_bytes;
  uint64_t  bytes;
};

static Stretch *
get_stretch (const PgsTodo *self,
             guint          index)
{
  return &g_array_index (self->stretches, Stretch, index);
}

static void
add_stretch (PgsTodo  *self,
             uint64_t  start,
             uint64_t  end)
{
  Stretch stretch = { start, MIN (end, USER_END), FALSE };

  if (stretch.start >= stretch.end)
    return;
  g_array_append_val (self->stretches, stretch);
  self->all_bytes += stretch.end - stretch.start;
}

/* Adds the stretches of the mappings that lie in [start, end). */
static void
add_stretches (PgsTodo       *self,
               const PgsMaps *maps,
               uint64_t       start,
               uint64_t       end)
{
  guint n_mappings = pgs_maps_get_n_mappings (maps);
  guint i = pgs_maps_find_from (maps, start);

  while (i < n_mappings && pgs_maps_get_mapping (maps, i)->start < end)
    {
      uint64_t from = MAX (pgs_maps_get_mapping (maps, i)->start, start);
      uint64_t to = pgs_maps_get_mapping (maps, i)->end;

      for (i++; i < n_mappings && pgs_maps_get_mapping (maps, i)->start == to; i++)
        to = pgs_maps_get_mapping (maps, i)->end;
      add_stretch (self, from, MIN (to, end));
    }
}

static PgsTodo *
new_empty (uint64_t page_size)
{
  PgsTodo *self = g_new0 (PgsTodo, 1);

  self->chunk_bytes = page_size * PGS_PAGE_CHUNK_PAGES;
  self->chunk = G_MAXUINT64;
  self->stretches = g_array_new (FALSE, FALSE, sizeof (Stretch));
  return self;
}

/**
 * pgs_todo_new:
 * @maps: the mappings
 * @page_size: bytes a page
 *
 * Returns: (transfer full): all pages of the mappings, to be read
 */
PgsTodo *
pgs_todo_new (const PgsMaps *maps,
              uint64_t       page_size)
{
  PgsTodo *self;

  g_return_val_if_fail (maps != NULL && page_size > 0, NULL);

  self = new_empty (page_size);
  add_stretches (self, maps, 0, USER_END);
  return self;
}

/**
 * pgs_todo_new_for:
 * @maps: the mappings
 * @page_size: bytes a page
 * @ranges: (element-type PgsRange): ranges, in ascending order and without overlap
 *
 * Returns: (transfer full): the pages of the mappings in these ranges, to be read
 */
PgsTodo *
pgs_todo_new_for (const PgsMaps *maps,
                  uint64_t       page_size,
                  const GArray  *ranges)
{
  PgsTodo *self;

  g_return_val_if_fail (maps != NULL && page_size > 0, NULL);
  g_return_val_if_fail (ranges != NULL, NULL);

  self = new_empty (page_size);
  for (guint i = 0; i < ranges->len; i++)
    {
      const PgsRange *range = &g_array_index (ranges, PgsRange, i);

      add_stretches (self, maps, range->start, range->end);
    }
  return self;
}

/**
 * pgs_todo_free:
 *
 * Frees it.
 */
void
pgs_todo_free (PgsTodo *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->stretches);
  g_free (self);
}

/* Whether a stretch goes on with the chunk that was begun. */
static gboolean
continues (const PgsTodo *self,
             guint          index)
{
  const Stretch *stretch;

  if (index >= self->stretches->len)
    return FALSE;
  stretch = get_stretch (self, index);
  return stretch->start < stretch->end && stretch->start / self->chunk_bytes == self->chunk;
}

/**
 * pgs_todo_is_in_chunk:
 *
 * Returns: whether a chunk was begun and there is more of it to read
 */
gboolean
pgs_todo_is_in_chunk (const PgsTodo *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->chunk != G_MAXUINT64 &&
         (continues (self, self->current) || continues (self, self->current + 1));
}

static gboolean
get_rest_of_chunk (PgsTodo  *self,
                   PgsRange *next)
{
  uint64_t chunk_end;

  if (!pgs_todo_is_in_chunk (self))
    return FALSE;
  if (!continues (self, self->current))
    self->current++;
  chunk_end = (self->chunk + 1) * self->chunk_bytes;
  next->start = get_stretch (self, self->current)->start;
  next->end = MIN (get_stretch (self, self->current)->end, chunk_end);
  return TRUE;
}

/* Returns the index of the first stretch that ends behind @address. */
static guint
find_stretch (const PgsTodo *self,
              uint64_t       address)
{
  guint low = self->head, high = self->stretches->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (get_stretch (self, middle)->end > address)
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

/* Makes a stretch begin at @address. */
static void
split (PgsTodo  *self,
       guint     index,
       uint64_t  address)
{
  Stretch rest = { address, get_stretch (self, index)->end, TRUE };

  get_stretch (self, index)->end = address;
  g_array_insert_val (self->stretches, index + 1, rest);
}

/* Finds what is left of @wanted, out to whole chunks. */
static gboolean
get_wanted (PgsTodo        *self,
            const PgsRange *wanted,
            PgsRange       *next)
{
  uint64_t start = wanted->start - wanted->start % self->chunk_bytes;
  uint64_t end = MIN (wanted->end, USER_END);
  guint i;

  end += (self->chunk_bytes - end % self->chunk_bytes) % self->chunk_bytes;
  for (i = find_stretch (self, start); i < self->stretches->len; i++)
    {
      const Stretch *stretch = get_stretch (self, i);

      if (stretch->start >= end)
        return FALSE;
      if (stretch->start < stretch->end)
        break;
    }
  if (i == self->stretches->len)
    return FALSE;
  if (get_stretch (self, i)->start < start)
    split (self, i++, start);
  self->current = i;
  next->start = get_stretch (self, i)->start;
  next->end = MIN (get_stretch (self, i)->end, end);
  return TRUE;
}

/**
 * pgs_todo_get_next:
 * @focus: (array length=n_focus): what somebody looks at, the most wanted first
 * @n_focus: how many ranges that are
 * @next: (out caller-allocates): what to read next, from its start on
 *
 * Returns: whether anything is left
 */
gboolean
pgs_todo_get_next (PgsTodo        *self,
                   const PgsRange *focus,
                   guint           n_focus,
                   PgsRange       *next)
{
  g_return_val_if_fail (self != NULL && next != NULL, FALSE);
  g_return_val_if_fail (focus != NULL || n_focus == 0, FALSE);

  if (get_rest_of_chunk (self, next))
    return TRUE;
  for (guint i = 0; i < n_focus; i++)
    if (focus[i].start < focus[i].end && get_wanted (self, &focus[i], next))
      return TRUE;
  for (; self->head < self->stretches->len; self->head++)
    {
      const Stretch *stretch = get_stretch (self, self->head);

      if (stretch->start == stretch->end)
        continue;
      self->current = self->head;
      *next = (PgsRange) { stretch->start, stretch->end };
      return TRUE;
    }
  return FALSE;
}

/**
 * pgs_todo_finish:
 * @end: an address, behind the start of what is next and not behind its end
 *
 * Notes that what is next was read up to there.
 */
void
pgs_todo_finish (PgsTodo  *self,
                 uint64_t  end)
{
  Stretch *stretch;

  g_return_if_fail (self != NULL && self->current < self->stretches->len);

  stretch = get_stretch (self, self->current);
  g_return_if_fail (end > stretch->start && end <= stretch->end);
  self->bytes += end - stretch->start;
  self->chunk = (end - 1) / self->chunk_bytes;
  stretch->start = end;
  stretch->is_begun = TRUE;
}

/**
 * pgs_todo_get_fraction:
 *
 * Returns: how much of the address space was read, from 0 to 1
 */
double
pgs_todo_get_fraction (const PgsTodo *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->all_bytes == 0 ? 1 : (double) self->bytes / (double) self->all_bytes;
}

/**
 * pgs_todo_dup_unread:
 *
 * Returns: (transfer full) (element-type PgsRange): what is left, in ascending
 *   order. Stretches between which nothing was read are one.
 */
GArray *
pgs_todo_dup_unread (const PgsTodo *self)
{
  GArray *unread;
  gboolean joins = FALSE;

  g_return_val_if_fail (self != NULL, NULL);

  unread = g_array_new (FALSE, FALSE, sizeof (PgsRange));
  for (guint i = self->head; i < self->stretches->len; i++)
    {
      const Stretch *stretch = get_stretch (self, i);
      PgsRange range = { stretch->start, stretch->end };

      if (range.start == range.end)
        joins = FALSE;
      else if (joins && !stretch->is_begun)
        g_array_index (unread, PgsRange, unread->len - 1).end = range.end;
      else
        g_array_append_val (unread, range);
      joins = range.start < range.end;
    }
  return unread;
}
