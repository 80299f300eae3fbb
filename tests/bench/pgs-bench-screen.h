/* pgs-bench-screen.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The screen as a person sees it, and the pointer. */
typedef struct _PgsBenchScreen PgsBenchScreen;

/* What a column of the screen may hold. */
typedef enum
{
  PGS_BENCH_SHOWS_WINDOW, /* anything but the black of a screen without a window */
  PGS_BENCH_SHOWS_MAP,    /* colored from top to bottom as high as a bar is */
} PgsBenchShown;

PgsBenchScreen *pgs_bench_screen_open      (void);
void            pgs_bench_screen_close     (PgsBenchScreen *self);
int             pgs_bench_screen_get_width (PgsBenchScreen *self);
gboolean        pgs_bench_screen_find      (PgsBenchScreen *self,
                                            PgsBenchShown   shown,
                                            int            *y);
gboolean        pgs_bench_screen_wait      (PgsBenchScreen *self,
                                            PgsBenchShown   shown,
                                            int            *y);
guint           pgs_bench_screen_hash_rows (PgsBenchScreen *self,
                                            int             y,
                                            int             n_rows);
void            pgs_bench_screen_move      (PgsBenchScreen *self,
                                            int             x,
                                            int             y);
void            pgs_bench_screen_press     (PgsBenchScreen *self,
                                            guint           button,
                                            gboolean        is_down);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsBenchScreen, pgs_bench_screen_close)

G_END_DECLS
