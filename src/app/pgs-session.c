/* pgs-session.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the user looks at: the process, its latest snapshot, the part of it in
 * view, the pages selected, and whether it is kept live. Widgets read the session
 * and follow its signals; actions change it. It draws nothing.
 *
 * This file is the object. Opening a process and reading it is in
 * pgs-session-reading.c, whether its frames are shown in pgs-session-lock.c, view and
 * selection in pgs-session-view.c, RAM in pgs-session-ram.c.
 */

#include "config.h"

#include "pgs-session-private.h"

enum
{
  PROP_0,
  PROP_STATE,
  PROP_LIVE,
  PROP_INTERVAL,
  PROP_SHOWS_RAM,
  PROP_SHOWS_MACHINE,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];
static guint signals[PGS_SESSION_N_SIGNALS];

/* When a reading takes long enough to tell of it. */
#define SLOW_US (500 * G_TIME_SPAN_MILLISECOND)

G_DEFINE_FINAL_TYPE (PgsSession, pgs_session, G_TYPE_OBJECT)

/* Tells whoever follows the session, and the reading under way. */
void
pgs_session_emit (PgsSession       *self,
                  PgsSessionSignal  signal)
{
  pgs_session_turn_focus (self);
  g_signal_emit (self, signals[signal], 0);
}

void
pgs_session_set_state (PgsSession      *self,
                       PgsSessionState  state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

/* The object */

static void
pgs_session_dispose (GObject *object)
{
  PgsSession *self = PGS_SESSION (object);

  pgs_session_reset (self);
  self->shows_machine = FALSE;
  pgs_session_stop_machine (self);

  G_OBJECT_CLASS (pgs_session_parent_class)->dispose (object);
}

static void
pgs_session_finalize (GObject *object)
{
  PgsSession *self = PGS_SESSION (object);

  g_strfreev (self->last_argv);
  g_object_unref (self->cancellable);
  pgs_focus_unref (self->focus);
  g_queue_free (self->places[0]);
  g_queue_free (self->places[1]);

  G_OBJECT_CLASS (pgs_session_parent_class)->finalize (object);
}

static void
pgs_session_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  PgsSession *self = PGS_SESSION (object);

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    case PROP_LIVE:
      g_value_set_boolean (value, self->live);
      break;
    case PROP_INTERVAL:
      g_value_set_double (value, self->interval);
      break;
    case PROP_SHOWS_RAM:
      g_value_set_boolean (value, self->shows_ram);
      break;
    case PROP_SHOWS_MACHINE:
      g_value_set_boolean (value, self->shows_machine);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pgs_session_set_property (GObject      *object,
                          guint         prop_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  PgsSession *self = PGS_SESSION (object);

  switch (prop_id)
    {
    case PROP_LIVE:
      pgs_session_set_live (self, g_value_get_boolean (value));
      break;
    case PROP_INTERVAL:
      pgs_session_set_interval (self, g_value_get_double (value));
      break;
    case PROP_SHOWS_RAM:
      pgs_session_set_shows_ram (self, g_value_get_boolean (value));
      break;
    case PROP_SHOWS_MACHINE:
      pgs_session_set_shows_machine (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pgs_session_class_init (PgsSessionClass *klass)
{
  static const char *const signal_names[PGS_SESSION_N_SIGNALS] = {
    [PGS_SESSION_TARGET_CHANGED] = "target-changed",
    [PGS_SESSION_REFRESHED] = "refreshed",
    [PGS_SESSION_VIEW_CHANGED] = "view-changed",
    [PGS_SESSION_SELECTION_CHANGED] = "selection-changed",
    [PGS_SESSION_LOCK_CHANGED] = "lock-changed",
    [PGS_SESSION_HIGHLIGHT_CHANGED] = "highlight-changed",
    [PGS_SESSION_MACHINE_CHANGED] = "machine-changed",
  };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = pgs_session_dispose;
  object_class->finalize = pgs_session_finalize;
  object_class->get_property = pgs_session_get_property;
  object_class->set_property = pgs_session_set_property;

  /**
   * PgsSession:state:
   *
   * A #PgsSessionState.
   */
  props[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, PGS_SESSION_FAILED,
                                         PGS_SESSION_EMPTY,
                                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * PgsSession:live:
   *
   * Whether the process is read again every interval.
   */
  props[PROP_LIVE] = g_param_spec_boolean ("live", NULL, NULL, TRUE,
                                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                           G_PARAM_EXPLICIT_NOTIFY);

  /**
   * PgsSession:interval:
   *
   * Seconds from the end of a reading to the next one.
   */
  props[PROP_INTERVAL] = g_param_spec_double ("interval", NULL, NULL,
                                              PGS_SESSION_MIN_INTERVAL,
                                              PGS_SESSION_MAX_INTERVAL, 1.0,
                                              G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                              G_PARAM_EXPLICIT_NOTIFY);

  /**
   * PgsSession:shows-ram:
   *
   * Whether RAM is shown, and where pages lie in it.
   */
  props[PROP_SHOWS_RAM] = g_param_spec_boolean ("shows-ram", NULL, NULL, FALSE,
                                                G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                G_PARAM_EXPLICIT_NOTIFY);

  /**
   * PgsSession:shows-machine:
   *
   * Whether it is shown what all of RAM is used for.
   */
  props[PROP_SHOWS_MACHINE] = g_param_spec_boolean ("shows-machine", NULL, NULL, FALSE,
                                                    G_PARAM_READWRITE |
                                                    G_PARAM_STATIC_STRINGS |
                                                    G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);

  /* "target-changed": another process, or another state of knowing it.
   * "refreshed": another snapshot, summary or axis, or another error.
   * "view-changed", "selection-changed", "lock-changed", "highlight-changed",
   * "machine-changed": as they say. */
  for (guint i = 0; i < PGS_SESSION_N_SIGNALS; i++)
    signals[i] = g_signal_new (signal_names[i], PGS_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0,
                               NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * PgsSession::unlock-failed:
   * @error: why physical addresses stay hidden, or are hidden again
   */
  g_signal_new ("unlock-failed", PGS_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
pgs_session_init (PgsSession *self)
{
  self->cancellable = g_cancellable_new ();
  self->focus = pgs_focus_new ();
  self->live = TRUE;
  self->interval = 1.0;
  self->mode = pgs_color_mode_get (0);
  self->width = 1;
  self->viewport = (PgsViewport) { 0, 1, 1 };
  self->ram_viewport = (PgsViewport) { 0, 1, 1 };
  self->places[0] = g_queue_new ();
  self->places[1] = g_queue_new ();
}

/**
 * pgs_session_new:
 *
 * Returns: (transfer full): a session without a process
 */
PgsSession *
pgs_session_new (void)
{
  return g_object_new (PGS_TYPE_SESSION, NULL);
}

/* Getters and setters, in the order of the header. */

PgsSessionState
pgs_session_get_state (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), PGS_SESSION_EMPTY);

  return self->state;
}

/* Returns why there is no newer picture, or none at all; %NULL while all is well. */
const GError *
pgs_session_get_error (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), NULL);

  return self->error;
}

/* Returns the process ID, or 0 where there is no process. */
pid_t
pgs_session_get_pid (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), 0);

  return self->pid;
}

/* Returns the process, or %NULL before it was opened. */
PgsProcess *
pgs_session_get_process (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), NULL);

  return self->process;
}

/* Returns the name of the process, or %NULL before it is known. */
const char *
pgs_session_get_name (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), NULL);

  return self->process != NULL ? pgs_process_get_name (self->process) : NULL;
}

/* Returns the program that was launched, or %NULL. */
PgsChild *
pgs_session_get_child (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), NULL);

  return self->child;
}

gboolean
pgs_session_get_live (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), FALSE);

  return self->live;
}

void
pgs_session_set_live (PgsSession *self,
                      gboolean    live)
{
  g_return_if_fail (PGS_IS_SESSION (self));

  if (self->live == live)
    return;
  self->live = live;
  self->read_again = live;
  pgs_session_plan_reading (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LIVE]);
}

double
pgs_session_get_interval (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), 1.0);

  return self->interval;
}

void
pgs_session_set_interval (PgsSession *self,
                          double      interval)
{
  g_return_if_fail (PGS_IS_SESSION (self));

  interval = CLAMP (interval, PGS_SESSION_MIN_INTERVAL, PGS_SESSION_MAX_INTERVAL);
  if (self->interval == interval)
    return;
  self->interval = interval;
  pgs_session_plan_reading (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_INTERVAL]);
}

/* Returns how many seconds there really are from a reading to the next: the
 * interval, or more where reading takes long. */
double
pgs_session_get_pace (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), 1.0);

  return MAX (self->interval, 2 * self->duration);
}

/* Whether the first reading is under way, and takes long enough to tell of it. */
gboolean
pgs_session_is_slow (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), FALSE);

  return self->state == PGS_SESSION_LOADING && self->snapshot != NULL &&
         g_get_monotonic_time () - self->start_time >= SLOW_US;
}

/* Returns how much of the address space the first reading has read, from 0 to 1. */
double
pgs_session_get_fraction (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), 0);

  return self->fraction;
}

/* Sets how processes are read from now on. */
void
pgs_session_set_limits (PgsSession             *self,
                        const PgsReadingLimits *limits)
{
  g_return_if_fail (PGS_IS_SESSION (self) && limits != NULL);

  self->limits = *limits;
}

const PgsReadingLimits *
pgs_session_get_limits (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), NULL);

  return &self->limits;
}

/* Returns the latest snapshot, or %NULL before the first. */
PgsSnapshot *
pgs_session_get_snapshot (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), NULL);

  return self->snapshot;
}

/* Returns the summary of the latest snapshot, or %NULL before the first. */
PgsSummary *
pgs_session_get_summary (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), NULL);

  return self->summary;
}

/* Returns the #PgsChange of the latest reading, or %NULL after the first. */
const GArray *
pgs_session_get_changes (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), NULL);

  return self->changes;
}

/* Returns why nothing, or nothing new, is known of frames where the color mode needs
 * them; %NULL while all is well. */
const GError *
pgs_session_get_frames_error (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), NULL);

  return self->frames_error;
}

const PgsColorMode *
pgs_session_get_mode (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), NULL);

  return self->mode;
}

void
pgs_session_set_mode (PgsSession         *self,
                      const PgsColorMode *mode)
{
  g_return_if_fail (PGS_IS_SESSION (self) && mode != NULL);

  if (self->mode == mode)
    return;
  self->mode = mode;
  pgs_session_plan_reading (self);
}

/* Returns the axis, or %NULL before the first snapshot. */
PgsAxis *
pgs_session_get_axis (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), NULL);

  return self->axis;
}

PgsScale
pgs_session_get_scale (PgsSession *self)
{
  g_return_val_if_fail (PGS_IS_SESSION (self), PGS_SCALE_COMPACT);

  return self->scale;
}

void
pgs_session_set_scale (PgsSession *self,
                       PgsScale    scale)
{
  g_return_if_fail (PGS_IS_SESSION (self));

  if (self->scale == scale)
    return;
  self->scale = scale;
  pgs_session_plan_reading (self);
}
