/* pgs-session.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "core/pgs-changes.h"
#include "core/pgs-machine-use.h"
#include "core/pgs-snapshot.h"
#include "core/pgs-summary.h"
#include "paint/pgs-axis.h"
#include "paint/pgs-viewport.h"
#include "pgs-child.h"
#include "pgs-reading.h"

G_BEGIN_DECLS

/* Seconds between two readings. */
#define PGS_SESSION_MIN_INTERVAL 0.1
#define PGS_SESSION_MAX_INTERVAL 10.0

typedef enum
{
  PGS_SESSION_EMPTY,   /* nothing opened yet */
  PGS_SESSION_LOADING, /* the first reading is under way */
  PGS_SESSION_RUNNING, /* a picture is there, and the process too */
  PGS_SESSION_ENDED,   /* the last picture of a process that ended */
  PGS_SESSION_FAILED,  /* there is no picture; the error says why */
} PgsSessionState;

/**
 * PgsSelection:
 * @start: first address of the first page selected
 * @end: the address behind the last page selected; equal to @start if none is
 * @address: the very address in question, within the selection
 *
 * The page or pages selected.
 */
typedef struct
{
  uint64_t start;
  uint64_t end;
  uint64_t address;
} PgsSelection;

/* Whether the frames of the process are shown. */
typedef enum
{
  PGS_SESSION_LOCKED,     /* as far as our own rights go */
  PGS_SESSION_UNLOCKING,  /* somebody is being asked for the right */
  PGS_SESSION_UNLOCKED,   /* by the helper */
} PgsSessionLock;

#define PGS_TYPE_SESSION (pgs_session_get_type ())
G_DECLARE_FINAL_TYPE (PgsSession, pgs_session, PGS, SESSION, GObject)

PgsSession         *pgs_session_new               (void);

void                pgs_session_attach            (PgsSession          *self,
                                                   pid_t                pid);
void                pgs_session_launch            (PgsSession          *self,
                                                   const char * const  *argv);
void                pgs_session_launch_prober     (PgsSession          *self);
void                pgs_session_launch_again      (PgsSession          *self);
void                pgs_session_refresh           (PgsSession          *self);
void                pgs_session_stop_reading      (PgsSession          *self);
void                pgs_session_close             (PgsSession          *self);

void                pgs_session_unlock            (PgsSession          *self);
void                pgs_session_lock              (PgsSession          *self);
PgsSessionLock      pgs_session_get_lock          (PgsSession          *self);
gboolean            pgs_session_can_unlock        (PgsSession          *self);
gboolean            pgs_session_has_hidden        (PgsSession          *self);
PgsSource          *pgs_session_dup_source        (PgsSession          *self);

void                pgs_session_set_limits        (PgsSession             *self,
                                                   const PgsReadingLimits *limits);
const PgsReadingLimits *
                    pgs_session_get_limits        (PgsSession          *self);

PgsSessionState     pgs_session_get_state         (PgsSession          *self);
const GError       *pgs_session_get_error         (PgsSession          *self);
pid_t               pgs_session_get_pid           (PgsSession          *self);
PgsProcess         *pgs_session_get_process       (PgsSession          *self);
const char         *pgs_session_get_name          (PgsSession          *self);
PgsChild           *pgs_session_get_child         (PgsSession          *self);
gboolean            pgs_session_can_launch_again  (PgsSession          *self);

gboolean            pgs_session_get_live          (PgsSession          *self);
void                pgs_session_set_live          (PgsSession          *self,
                                                   gboolean             live);
double              pgs_session_get_interval      (PgsSession          *self);
void                pgs_session_set_interval      (PgsSession          *self,
                                                   double               interval);

double              pgs_session_get_pace          (PgsSession          *self);
gboolean            pgs_session_is_slow           (PgsSession          *self);
double              pgs_session_get_fraction      (PgsSession          *self);

PgsSnapshot        *pgs_session_get_snapshot      (PgsSession          *self);
PgsSummary         *pgs_session_get_summary       (PgsSession          *self);
const GArray       *pgs_session_get_changes       (PgsSession          *self);
const GError       *pgs_session_get_frames_error  (PgsSession          *self);
const PgsColorMode *pgs_session_get_mode          (PgsSession          *self);
void                pgs_session_set_mode          (PgsSession          *self,
                                                   const PgsColorMode  *mode);
PgsAxis            *pgs_session_get_axis          (PgsSession          *self);
PgsScale            pgs_session_get_scale         (PgsSession          *self);
void                pgs_session_set_scale         (PgsSession          *self,
                                                   PgsScale             scale);

const PgsViewport  *pgs_session_get_viewport      (PgsSession          *self);
void                pgs_session_set_viewport      (PgsSession          *self,
                                                   const PgsViewport   *viewport);
void                pgs_session_set_width         (PgsSession          *self,
                                                   double               width);
void                pgs_session_visit             (PgsSession          *self,
                                                   uint64_t             start,
                                                   uint64_t             end);
void                pgs_session_visit_whole       (PgsSession          *self);
gboolean            pgs_session_can_go            (PgsSession          *self,
                                                   int                  direction);
void                pgs_session_go                (PgsSession          *self,
                                                   int                  direction);

const PgsSelection *pgs_session_get_selection     (PgsSession          *self);
gboolean            pgs_session_has_selection     (PgsSession          *self);
void                pgs_session_select            (PgsSession          *self,
                                                   uint64_t             address);
void                pgs_session_select_range      (PgsSession          *self,
                                                   uint64_t             start,
                                                   uint64_t             end,
                                                   uint64_t             address);
void                pgs_session_clear_selection   (PgsSession          *self);
void                pgs_session_reveal_selection  (PgsSession          *self);
void                pgs_session_step_page         (PgsSession          *self,
                                                   int                  direction);
void                pgs_session_step_mapping      (PgsSession          *self,
                                                   int                  direction);
void                pgs_session_select_end        (PgsSession          *self,
                                                   int                  direction);
gboolean            pgs_session_go_to_address     (PgsSession          *self,
                                                   uint64_t             address,
                                                   GError             **error);
void                pgs_session_wish_for          (PgsSession          *self,
                                                   uint64_t             address);

void                pgs_session_compare           (PgsSession          *self,
                                                   pid_t                pid);
pid_t               pgs_session_get_compared_pid  (PgsSession          *self);

gboolean            pgs_session_get_shows_ram     (PgsSession          *self);
void                pgs_session_set_shows_ram     (PgsSession          *self,
                                                   gboolean             shows_ram);
PgsRamView         *pgs_session_get_ram           (PgsSession          *self);
const PgsViewport  *pgs_session_get_ram_viewport  (PgsSession          *self);
void                pgs_session_set_ram_viewport  (PgsSession          *self,
                                                   const PgsViewport   *viewport);
void                pgs_session_fit_ram           (PgsSession          *self,
                                                   uint64_t             start,
                                                   uint64_t             end);
void                pgs_session_select_frames     (PgsSession          *self,
                                                   uint64_t             start,
                                                   uint64_t             end,
                                                   uint64_t             address);
void                pgs_session_step_frame        (PgsSession          *self,
                                                   int                  direction);
void                pgs_session_select_end_frame  (PgsSession          *self,
                                                   int                  direction);
gboolean            pgs_session_get_frames        (PgsSession          *self,
                                                   PgsRange            *frames);
gboolean            pgs_session_get_shows_machine (PgsSession          *self);
void                pgs_session_set_shows_machine (PgsSession          *self,
                                                   gboolean             shows_machine);
PgsMachineUse      *pgs_session_get_machine_use   (PgsSession          *self);
const GError       *pgs_session_get_machine_error (PgsSession          *self);
const GArray       *pgs_session_get_picked        (PgsSession          *self);
const GArray       *pgs_session_get_highlight     (PgsSession          *self);
void                pgs_session_highlight         (PgsSession          *self,
                                                   GArray              *pages);

G_END_DECLS
