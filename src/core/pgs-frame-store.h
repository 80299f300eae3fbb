/* pgs-frame-store.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <stdint.h>

#include "pgs-frame.h"

G_BEGIN_DECLS

/**
 * PgsFrameBlock:
 *
 * The frame words of the pages of one chunk: immutable and reference-counted. Snapshots
 * share the blocks that are the same in both.
 */
typedef struct _PgsFrameBlock PgsFrameBlock;

PgsFrameBlock *pgs_frame_block_new       (uint64_t              index,
                                          const uint32_t       *words,
                                          PgsFrameBlock        *like);
PgsFrameBlock *pgs_frame_block_ref       (PgsFrameBlock        *self);
void           pgs_frame_block_unref     (PgsFrameBlock        *self);
uint64_t       pgs_frame_block_get_index (const PgsFrameBlock  *self);
uint32_t       pgs_frame_block_get_word  (const PgsFrameBlock  *self,
                                          guint                 page);
void           pgs_frame_block_get_words (const PgsFrameBlock  *self,
                                          uint32_t             *words);
gsize          pgs_frame_block_get_bytes (const PgsFrameBlock  *self);

/**
 * PgsFrameStore:
 *
 * The frame words of the pages of an address space: immutable and reference-counted.
 */
typedef struct _PgsFrameStore PgsFrameStore;

PgsFrameStore *pgs_frame_store_new         (GPtrArray            *blocks,
                                            PgsFrameStore        *like);
PgsFrameStore *pgs_frame_store_ref         (PgsFrameStore        *self);
void           pgs_frame_store_unref       (PgsFrameStore        *self);
PgsFrameBlock *pgs_frame_store_look_up     (const PgsFrameStore  *self,
                                            uint64_t              index);
uint32_t       pgs_frame_store_get_word    (const PgsFrameStore  *self,
                                            uint64_t              page);
gsize          pgs_frame_store_get_bytes   (const PgsFrameStore  *self);

/**
 * PgsFrameStoreBuilder:
 *
 * Puts together a store, word by word.
 */
typedef struct _PgsFrameStoreBuilder PgsFrameStoreBuilder;

PgsFrameStoreBuilder *
               pgs_frame_store_builder_new  (PgsFrameStore        *like);
void           pgs_frame_store_builder_free (PgsFrameStoreBuilder *self);
void           pgs_frame_store_builder_add  (PgsFrameStoreBuilder *self,
                                             uint64_t              page,
                                             uint32_t              word);
PgsFrameStore *pgs_frame_store_builder_end  (PgsFrameStoreBuilder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsFrameBlock, pgs_frame_block_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsFrameStore, pgs_frame_store_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsFrameStoreBuilder, pgs_frame_store_builder_free)

G_END_DECLS
