/* pgs-axis.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/pgs-maps.h"
#include "pgs-scale.h"

G_BEGIN_DECLS

/**
 * PgsAxisSegment:
 * @start: first address
 * @end: the address behind the last one
 * @position: where it starts on the axis
 * @length: how much of the axis it takes
 * @mapping: the index of the mapping, or -1 for a gap
 * @folded: whether the segment is a gap that is drawn shorter than it is
 *
 * A stretch of the axis on which addresses run linearly: a mapping or a gap.
 */
typedef struct
{
  uint64_t start;
  uint64_t end;
  double   position;
  double   length;
  int      mapping;
  gboolean folded;
} PgsAxisSegment;

/**
 * PgsAxis:
 *
 * Where each address lies along the bar: piecewise linear and monotonic, from
 * the first mapping to the last. Positions run from 0 to the axis' length, in a
 * unit of its own. Immutable and reference-counted.
 */
typedef struct _PgsAxis PgsAxis;

PgsAxis              *pgs_axis_new                 (PgsMaps       *maps,
                                                    uint64_t       page_size,
                                                    PgsScale       scale);
PgsAxis              *pgs_axis_ref                 (PgsAxis       *self);
void                  pgs_axis_unref               (PgsAxis       *self);
PgsMaps              *pgs_axis_get_maps            (const PgsAxis *self);
PgsScale              pgs_axis_get_scale           (const PgsAxis *self);
double                pgs_axis_get_length          (const PgsAxis *self);
guint                 pgs_axis_get_n_segments      (const PgsAxis *self);
const PgsAxisSegment *pgs_axis_get_segment         (const PgsAxis *self,
                                                    guint          index);
guint                 pgs_axis_find_segment        (const PgsAxis *self,
                                                    double         position);
guint                 pgs_axis_find_segment_from   (const PgsAxis *self,
                                                    guint          from,
                                                    double         position);
guint                 pgs_axis_find_address        (const PgsAxis *self,
                                                    uint64_t       address);
double                pgs_axis_address_to_position (const PgsAxis *self,
                                                    uint64_t       address);
uint64_t              pgs_axis_position_to_address (const PgsAxis *self,
                                                    double         position);
uint64_t              pgs_axis_walk_to_position    (const PgsAxis *self,
                                                    guint         *index,
                                                    double         position);
double                pgs_axis_get_page_length     (const PgsAxis *self,
                                                    double         position);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsAxis, pgs_axis_unref)

G_END_DECLS
