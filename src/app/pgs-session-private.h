/* pgs-session-private.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the session share: the object in pgs-session.c, the process
 * and its readings in pgs-session-reading.c, whether its frames are shown in
 * pgs-session-lock.c, view and selection in pgs-session-view.c, RAM and the frames selected
 * there in pgs-session-ram.c, what else is in it in pgs-session-machine.c, another process beside it in pgs-session-compare.c, and what is wanted in detail in pgs-session-focus.c.
 */

#pragma once

#include "core/pgs-process.h"
#include "core/pgs-source.h"
#include "pgs-reading.h"
#include "pgs-session.h"

G_BEGIN_DECLS

/* A part of the axis that was in view, and what was selected there. */
typedef struct
{
  PgsViewport   viewport;
  PgsAxis      *axis;
  PgsSelection  selection;
} PgsPlace;

struct _PgsSession
{
  GObject             parent_instance;

  PgsSessionState     state;
  GError             *error;
  pid_t               pid;
  char              **last_argv;
  PgsChild           *child;
  PgsProcess         *process;
  PgsSource          *source;
  PgsSessionLock      lock;
  GCancellable       *unlocking;     /* while it is being unlocked */

  GCancellable       *cancellable;
  guint               generation;
  gboolean            is_reading;
  gboolean            read_again;
  guint               timer_id;

  PgsReadingLimits    limits;
  PgsFocus           *focus;         /* shared with the reading under way */
  PgsRange            asked[PGS_FOCUS_MAX]; /* what detail was last asked for */
  guint               n_asked;
  PgsSnapshot        *asked_of;      /* the snapshot in which it should be, if it can */
  double              fraction;      /* of the first reading, from 0 to 1 */
  gint64              start_time;    /* of the first reading, monotonic */

  gboolean            live;
  double              interval;
  double              duration;      /* of the latest reading, in seconds */

  PgsSnapshot        *snapshot;
  PgsSummary         *summary;
  GArray             *changes;
  GError             *frames_error;
  const PgsColorMode *mode;
  PgsAxis            *axis;
  PgsScale            scale;

  double              width;
  PgsViewport         viewport;
  PgsSelection        selection;
  GQueue             *places[2];     /* back, forth */

  PgsComparison      *comparison;    /* with another process, or %NULL */
  guint               comparison_number;
  guint               compared_number; /* of the comparison in the latest snapshot */
  GCancellable       *asking;        /* while the other process is being unlocked */

  gboolean            shows_ram;
  PgsRamView         *ram;           /* %NULL until it was read */
  PgsViewport         ram_viewport;
  PgsRange            frames;        /* selected in RAM; empty where pages were */
  GArray             *picked;        /* the pages in @frames, or %NULL */
  GArray             *highlight;     /* pages to stand out, or %NULL */

  gboolean            shows_machine;
  PgsMachineUse      *machine_use;   /* %NULL until it was sampled */
  GError             *machine_error;
  guint               machine_timer_id;
  gint64              machine_next_time; /* when the next sample may be; monotonic */
  GCancellable       *sampling;      /* while it is sampled */

  gboolean            has_wish;      /* an address to go to once it can be */
  uint64_t            wish;
};

typedef enum
{
  PGS_SESSION_TARGET_CHANGED,
  PGS_SESSION_REFRESHED,
  PGS_SESSION_VIEW_CHANGED,
  PGS_SESSION_SELECTION_CHANGED,
  PGS_SESSION_LOCK_CHANGED,
  PGS_SESSION_HIGHLIGHT_CHANGED,
  PGS_SESSION_MACHINE_CHANGED,
  PGS_SESSION_N_SIGNALS,
} PgsSessionSignal;

void pgs_session_emit         (PgsSession       *self,
                               PgsSessionSignal  signal);
void pgs_session_set_state    (PgsSession       *self,
                               PgsSessionState   state);
void pgs_session_plan_reading (PgsSession       *self);
void pgs_session_use_source   (PgsSession       *self,
                               PgsProcess       *process,
                               PgsSource        *source);
void pgs_session_drop_lock    (PgsSession       *self);
void pgs_session_lose_helper  (PgsSession       *self,
                               GError           *error);
void pgs_session_reset        (PgsSession       *self);
void pgs_place_free           (gpointer          data);

void     pgs_session_drop_comparison (PgsSession *self);
void     pgs_session_follow_machine (PgsSession *self);
void     pgs_session_stop_machine (PgsSession *self);
void     pgs_session_take_ram      (PgsSession *self,
                                    PgsRamView *ram);
void     pgs_session_forget_frames (PgsSession *self);

guint    pgs_session_find_focus   (PgsSession *self,
                                   PgsRange   *ranges);
void     pgs_session_turn_focus   (PgsSession *self);
gboolean pgs_session_lacks_detail (PgsSession *self);
void     pgs_session_note_asked   (PgsSession *self);

G_END_DECLS
