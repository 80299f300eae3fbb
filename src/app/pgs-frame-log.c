/* pgs-frame-log.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tells how long frames take, for who asks with
 *
 *     G_MESSAGES_DEBUG=Pagescape pagescape …
 *
 * Once a second, if there was a frame: how many, the slowest one from before-paint
 * to after-paint of the frame clock, the longest time that the main loop was away
 * from waiting for events, and the most processor time that it took meanwhile. The
 * main loop being away is all that a person would feel: frames, and whatever comes
 * between them; its processor time is what of that is not the fault of others on a
 * busy machine. Nothing is watched unless it is asked for.
 *
 * The main loop is watched by a source that goes before all others: it is checked
 * first after waiting, and prepared first before. Wrapping the poll function was
 * tried on paper and rejected, for it takes no data.
 */

#include "config.h"

#define G_LOG_DOMAIN "Pagescape"

#include "pgs-frame-log.h"

#include <time.h>

#define REPORT_INTERVAL G_USEC_PER_SEC

typedef struct
{
  GSource source;
  gint64  reported;
  gint64  frame_start;
  gint64  slowest_frame;
  gint64  woken;          /* 0 while the main loop waits */
  gint64  longest_stall;
  gint64  work_start;
  gint64  most_work;
  guint   n_frames;
} PgsFrameLog;

static void
report (PgsFrameLog *self,
        gint64       now)
{
  if (self->n_frames > 0)
    g_debug ("frames: %u, slowest %" G_GINT64_FORMAT " µs, longest stall %" G_GINT64_FORMAT
             " µs, most work %" G_GINT64_FORMAT " µs",
             self->n_frames, self->slowest_frame, self->longest_stall, self->most_work);
  self->reported = now;
  self->n_frames = 0;
  self->slowest_frame = 0;
  self->longest_stall = 0;
  self->most_work = 0;
}

/* Returns the processor time of this thread, in microseconds. */
static gint64
get_processor_time (void)
{
  struct timespec time;

  if (clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time) != 0)
    return 0;
  return (gint64) time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

/* The main loop */

static gboolean
prepare (GSource *source,
         int     *timeout)
{
  PgsFrameLog *self = (PgsFrameLog *) source;
  gint64 now = g_get_monotonic_time ();

  *timeout = -1;
  if (self->woken != 0)
    {
      self->longest_stall = MAX (self->longest_stall, now - self->woken);
      self->most_work = MAX (self->most_work, get_processor_time () - self->work_start);
    }
  self->woken = 0;
  if (now - self->reported >= REPORT_INTERVAL)
    report (self, now);
  return FALSE;
}

static gboolean
check (GSource *source)
{
  PgsFrameLog *self = (PgsFrameLog *) source;

  self->woken = g_get_monotonic_time ();
  self->work_start = get_processor_time ();
  return FALSE;
}

static gboolean
dispatch (GSource     *source,
          GSourceFunc  callback,
          gpointer     user_data)
{
  return G_SOURCE_CONTINUE;
}

/* The frame clock */

static void
before_paint_cb (GdkFrameClock *clock,
                 PgsFrameLog   *self)
{
  self->frame_start = g_get_monotonic_time ();
}

static void
after_paint_cb (GdkFrameClock *clock,
                PgsFrameLog   *self)
{
  self->n_frames++;
  self->slowest_frame = MAX (self->slowest_frame, g_get_monotonic_time () - self->frame_start);
}

static void
unrealize_cb (GtkWidget   *window,
            PgsFrameLog *self)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);

  report (self, 0);
  if (clock != NULL)
    g_signal_handlers_disconnect_by_data (clock, self);
  g_source_destroy (&self->source);
  g_source_unref (&self->source);
}

/**
 * pgs_frame_log_watch:
 * @window: a window that has been shown
 *
 * Tells how long its frames take, until it is closed, if that is asked for.
 */
void
pgs_frame_log_watch (GtkWidget *window)
{
  static GSourceFuncs funcs = { .prepare = prepare, .check = check, .dispatch = dispatch };
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);
  PgsFrameLog *self;

  g_return_if_fail (clock != NULL);

  if (g_log_writer_default_would_drop (G_LOG_LEVEL_DEBUG, G_LOG_DOMAIN))
    return;
  self = (PgsFrameLog *) g_source_new (&funcs, sizeof *self);
  self->reported = g_get_monotonic_time ();
  g_source_set_priority (&self->source, G_MININT);
  g_source_attach (&self->source, NULL);
  g_signal_connect (clock, "before-paint", G_CALLBACK (before_paint_cb), self);
  g_signal_connect (clock, "after-paint", G_CALLBACK (after_paint_cb), self);
  g_signal_connect (window, "unrealize", G_CALLBACK (unrealize_cb), self);
}
