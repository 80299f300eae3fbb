/* pgs-frame-store.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is known of the frames of an address space: four bytes a page at most, and eight
 * wherever there is a stretch of such pages.
 *
 * There is a block for each chunk of the page store, or none where nothing is known of
 * any of its frames. A block has stretches: pages of the same word take as much as two
 * pages, so that a huge page takes next to nothing; other pages have a word each, and
 * pages of which nothing is known none at all.
 */

#include "config.h"

#include "pgs-frame-store.h"

#include <string.h>

#include "pgs-page-chunk.h"

/* From how many like pages on a stretch of their own takes no more than their words and
 * the stretch behind them. */
#define LEAST_ALIKE   4
/* From how many unknown pages on a stretch ends rather than having words for them. */
#define LEAST_UNKNOWN 2

typedef struct
{
  uint16_t first;      /* counted from the first page of the chunk */
  uint16_t n_pages : 15;
  uint16_t is_alike : 1;
  uint32_t value;      /* the word of all pages, or where their words start */
} Stretch;

/* Behind it lie its stretches, and words. */
struct _PgsFrameBlock
{
  uint64_t        index;
  gatomicrefcount ref_count;
  uint16_t        n_stretches;
  uint16_t        n_words;
};

struct _PgsFrameStore
{
  gatomicrefcount  ref_count;
  GPtrArray       *blocks;     /* in order of their chunks */
};

G_STATIC_ASSERT (PGS_PAGE_CHUNK_PAGES < 1u << 15);
G_STATIC_ASSERT (sizeof (Stretch) == 2 * sizeof (uint32_t));

/* Blocks */

static const Stretch *
get_stretches (const PgsFrameBlock *self)
{
  return (gconstpointer) (self + 1);
}

static const uint32_t *
get_words (const PgsFrameBlock *self)
{
  return (gconstpointer) (get_stretches (self) + self->n_stretches);
}

/* Returns how many pages from @first on have the same word. */
static guint
count_alike (const uint32_t *words,
             guint           first)
{
  guint end = first + 1;

  while (end < PGS_PAGE_CHUNK_PAGES && words[end] == words[first])
    end++;
  return end - first;
}

/* Whether a stretch of single words ends before @n like pages. */
static gboolean
ends_stretch (uint32_t word,
              guint    n)
{
  return word == PGS_FRAME_WORD_UNKNOWN ? n >= LEAST_UNKNOWN : n >= LEAST_ALIKE;
}

/* Adds the stretch of single words that begins at @first. */
static guint
add_words (GArray         *stretches,
           GArray         *kept,
           const uint32_t *words,
           guint           first)
{
  guint end = first;
  Stretch stretch = { .first = (uint16_t) first, .value = kept->len };

  while (end < PGS_PAGE_CHUNK_PAGES)
    {
      guint n = count_alike (words, end);

      if (ends_stretch (words[end], n))
        break;
      end += n;
    }
  if (words[end - 1] == PGS_FRAME_WORD_UNKNOWN)
    end--;
  stretch.n_pages = (end - first) & 0x7fff;
  if (end - first == 1)
    {
      stretch.is_alike = 1;
      stretch.value = words[first];
    }
  else
    {
      g_array_append_vals (kept, words + first, end - first);
    }
  g_array_append_val (stretches, stretch);
  return end;
}

static void
add_all (GArray         *stretches,
         GArray         *kept,
         const uint32_t *words)
{
  for (guint i = 0; i < PGS_PAGE_CHUNK_PAGES;)
    {
      guint n = count_alike (words, i);
      Stretch stretch = { .first = (uint16_t) i, .n_pages = n & 0x7fff, .is_alike = 1,
                          .value = words[i] };

      if (words[i] == PGS_FRAME_WORD_UNKNOWN)
        i += n;
      else if (n < LEAST_ALIKE)
        i = add_words (stretches, kept, words, i);
      else
        {
          g_array_append_val (stretches, stretch);
          i += n;
        }
    }
}

/* Whether a block is made of these stretches and words. */
static gboolean
consists_of (const PgsFrameBlock *self,
             const GArray        *stretches,
             const GArray        *words)
{
  return self->n_stretches == stretches->len && self->n_words == words->len &&
         memcmp (get_stretches (self), stretches->data,
                 stretches->len * sizeof (Stretch)) == 0 &&
         (words->len == 0 ||
          memcmp (get_words (self), words->data, words->len * sizeof (uint32_t)) == 0);
}

static PgsFrameBlock *
make_block (uint64_t      index,
            const GArray *stretches,
            const GArray *words)
{
  gsize stretches_size = stretches->len * sizeof (Stretch);
  gsize words_size = words->len * sizeof (uint32_t);
  PgsFrameBlock *self = g_malloc (sizeof *self + stretches_size + words_size);
  char *place = (char *) (self + 1);

  self->index = index;
  g_atomic_ref_count_init (&self->ref_count);
  self->n_stretches = (uint16_t) stretches->len;
  self->n_words = (uint16_t) words->len;
  memcpy (place, stretches->data, stretches_size);
  if (words_size > 0)
    memcpy (place + stretches_size, words->data, words_size);
  return self;
}

/**
 * pgs_frame_block_new:
 * @index: the index of the chunk
 * @words: (array): a word for each of %PGS_PAGE_CHUNK_PAGES pages
 * @like: (nullable): an earlier block of the same chunk
 *
 * Returns: (transfer full) (nullable): a block, which is @like where that says the same;
 *   %NULL where nothing is known of any page
 */
PgsFrameBlock *
pgs_frame_block_new (uint64_t        index,
                     const uint32_t *words,
                     PgsFrameBlock  *like)
{
  g_autoptr(GArray) stretches = NULL;
  g_autoptr(GArray) kept = NULL;

  g_return_val_if_fail (words != NULL, NULL);
  g_return_val_if_fail (like == NULL || like->index == index, NULL);

  stretches = g_array_new (FALSE, FALSE, sizeof (Stretch));
  kept = g_array_new (FALSE, FALSE, sizeof (uint32_t));
  add_all (stretches, kept, words);
  if (stretches->len == 0)
    return NULL;
  if (like != NULL && consists_of (like, stretches, kept))
    return pgs_frame_block_ref (like);
  return make_block (index, stretches, kept);
}

/**
 * pgs_frame_block_ref:
 *
 * Returns: (transfer full): @self with one more reference
 */
PgsFrameBlock *
pgs_frame_block_ref (PgsFrameBlock *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * pgs_frame_block_unref:
 *
 * Drops a reference; the last one frees the block.
 */
void
pgs_frame_block_unref (PgsFrameBlock *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->ref_count))
    g_free (self);
}

/**
 * pgs_frame_block_get_index:
 *
 * Returns: the index of the chunk whose pages these are
 */
uint64_t
pgs_frame_block_get_index (const PgsFrameBlock *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->index;
}

static uint32_t
get_stretch_word (const PgsFrameBlock *self,
                  const Stretch       *stretch,
                  guint                i)
{
  return stretch->is_alike ? stretch->value : get_words (self)[stretch->value + i];
}

/**
 * pgs_frame_block_get_word:
 * @page: a page, counted from the first of the chunk
 *
 * Returns: its word
 */
uint32_t
pgs_frame_block_get_word (const PgsFrameBlock *self,
                          guint                page)
{
  const Stretch *stretch;
  guint low = 0, high;

  g_return_val_if_fail (self != NULL, PGS_FRAME_WORD_UNKNOWN);

  high = self->n_stretches;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      stretch = &get_stretches (self)[middle];
      if ((guint) stretch->first + stretch->n_pages > page)
        high = middle;
      else
        low = middle + 1;
    }
  stretch = &get_stretches (self)[low];
  return low < self->n_stretches && stretch->first <= page
    ? get_stretch_word (self, stretch, page - stretch->first) : PGS_FRAME_WORD_UNKNOWN;
}

/**
 * pgs_frame_block_get_words:
 * @words: (out caller-allocates): room for a word for each of %PGS_PAGE_CHUNK_PAGES pages
 *
 * Tells the words of all pages.
 */
void
pgs_frame_block_get_words (const PgsFrameBlock *self,
                           uint32_t            *words)
{
  g_return_if_fail (self != NULL && words != NULL);

  memset (words, 0, PGS_PAGE_CHUNK_PAGES * sizeof *words);
  for (guint i = 0; i < self->n_stretches; i++)
    {
      const Stretch *stretch = &get_stretches (self)[i];

      for (guint j = 0; j < stretch->n_pages; j++)
        words[stretch->first + j] = get_stretch_word (self, stretch, j);
    }
}

/**
 * pgs_frame_block_get_bytes:
 *
 * Returns: how much memory the block takes, in bytes
 */
gsize
pgs_frame_block_get_bytes (const PgsFrameBlock *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return sizeof *self + self->n_stretches * sizeof (Stretch) +
         self->n_words * sizeof (uint32_t);
}

/* The store */

/**
 * pgs_frame_store_new:
 * @blocks: (transfer full) (element-type PgsFrameBlock): blocks in order of their
 *   chunks, an array that frees them
 * @like: (nullable): an earlier store
 *
 * Returns: (transfer full): a store of these blocks; @like where that has the same ones
 */
PgsFrameStore *
pgs_frame_store_new (GPtrArray     *blocks,
                     PgsFrameStore *like)
{
  PgsFrameStore *self;

  g_return_val_if_fail (blocks != NULL, NULL);

  if (like != NULL && like->blocks->len == blocks->len &&
      (blocks->len == 0 ||
       memcmp (like->blocks->pdata, blocks->pdata, blocks->len * sizeof (gpointer)) == 0))
    {
      g_ptr_array_unref (blocks);
      return pgs_frame_store_ref (like);
    }
  self = g_new0 (PgsFrameStore, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->blocks = blocks;
  return self;
}

/**
 * pgs_frame_store_ref:
 *
 * Returns: (transfer full): @self with one more reference
 */
PgsFrameStore *
pgs_frame_store_ref (PgsFrameStore *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * pgs_frame_store_unref:
 *
 * Drops a reference; the last one frees the store.
 */
void
pgs_frame_store_unref (PgsFrameStore *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->blocks);
  g_free (self);
}

/**
 * pgs_frame_store_look_up:
 * @index: the index of a chunk
 *
 * Returns: (transfer none) (nullable): the block of that chunk
 */
PgsFrameBlock *
pgs_frame_store_look_up (const PgsFrameStore *self,
                         uint64_t             index)
{
  guint low = 0, high;

  g_return_val_if_fail (self != NULL, NULL);

  high = self->blocks->len;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      PgsFrameBlock *block = self->blocks->pdata[middle];

      if (block->index == index)
        return block;
      if (block->index > index)
        high = middle;
      else
        low = middle + 1;
    }
  return NULL;
}

/**
 * pgs_frame_store_get_word:
 * @page: a page number
 *
 * Returns: its word
 */
uint32_t
pgs_frame_store_get_word (const PgsFrameStore *self,
                          uint64_t             page)
{
  const PgsFrameBlock *block = pgs_frame_store_look_up (self, page / PGS_PAGE_CHUNK_PAGES);

  return block != NULL
    ? pgs_frame_block_get_word (block, (guint) (page % PGS_PAGE_CHUNK_PAGES))
    : PGS_FRAME_WORD_UNKNOWN;
}

/**
 * pgs_frame_store_get_bytes:
 *
 * Returns: how much memory the store takes, in bytes
 */
gsize
pgs_frame_store_get_bytes (const PgsFrameStore *self)
{
  gsize bytes;

  g_return_val_if_fail (self != NULL, 0);

  bytes = sizeof *self + self->blocks->len * sizeof (gpointer);
  for (guint i = 0; i < self->blocks->len; i++)
    bytes += pgs_frame_block_get_bytes (self->blocks->pdata[i]);
  return bytes;
}

/* Building */

struct _PgsFrameStoreBuilder
{
  PgsFrameStore *like;
  uint64_t       index;     /* of the chunk being filled */
  gboolean       is_filled; /* any of it */
  uint32_t      *words;
  GPtrArray     *blocks;
};

/**
 * pgs_frame_store_builder_new:
 * @like: (nullable): an earlier store, of which blocks that say the same are taken over
 *
 * Returns: (transfer full): a builder
 */
PgsFrameStoreBuilder *
pgs_frame_store_builder_new (PgsFrameStore *like)
{
  PgsFrameStoreBuilder *self = g_new0 (PgsFrameStoreBuilder, 1);

  self->like = like != NULL ? pgs_frame_store_ref (like) : NULL;
  self->words = g_new0 (uint32_t, PGS_PAGE_CHUNK_PAGES);
  self->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) pgs_frame_block_unref);
  return self;
}

/**
 * pgs_frame_store_builder_free:
 *
 * Frees the builder and what was added.
 */
void
pgs_frame_store_builder_free (PgsFrameStoreBuilder *self)
{
  g_clear_pointer (&self->like, pgs_frame_store_unref);
  g_free (self->words);
  g_clear_pointer (&self->blocks, g_ptr_array_unref);
  g_free (self);
}

/* Ends the block of a chunk. */
static void
flush_block (PgsFrameStoreBuilder *self)
{
  PgsFrameBlock *like, *block;

  if (!self->is_filled)
    return;
  like = self->like != NULL ? pgs_frame_store_look_up (self->like, self->index) : NULL;
  block = pgs_frame_block_new (self->index, self->words, like);
  if (block != NULL)
    g_ptr_array_add (self->blocks, block);
  memset (self->words, 0, PGS_PAGE_CHUNK_PAGES * sizeof *self->words);
  self->is_filled = FALSE;
}

/**
 * pgs_frame_store_builder_add:
 * @page: a page number; pages come in order of their chunks
 * @word: what is known of it
 */
void
pgs_frame_store_builder_add (PgsFrameStoreBuilder *self,
                             uint64_t              page,
                             uint32_t              word)
{
  if (page / PGS_PAGE_CHUNK_PAGES != self->index)
    flush_block (self);
  self->index = page / PGS_PAGE_CHUNK_PAGES;
  self->is_filled = TRUE;
  self->words[page % PGS_PAGE_CHUNK_PAGES] = word;
}

/**
 * pgs_frame_store_builder_end:
 *
 * To be called once.
 *
 * Returns: (transfer full): the store, which is the earlier one where it says the same
 */
PgsFrameStore *
pgs_frame_store_builder_end (PgsFrameStoreBuilder *self)
{
  g_return_val_if_fail (self != NULL && self->blocks != NULL, NULL);

  flush_block (self);
  return pgs_frame_store_new (g_steal_pointer (&self->blocks), self->like);
}
