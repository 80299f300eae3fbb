/* pgs-bench-frames.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How smoothly the real window moves while it reads its process ten times a second:
 * the wheel zooms in, a drag pans, the wheel zooms out, and then the list scrolls.
 * Events come sixty times a second, as from a hand. What the window tells of its
 * frames (src/app/pgs-frame-log.c) is added up; what it tells of its start is left
 * out. Where the bar is, is found out with a small process that fills it.
 */

#include "config.h"

#include "pgs-bench-frames.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pgs-bench-program.h"
#include "pgs-bench-screen.h"
#include "pgs-bench-target.h"

#define EVENT_US      16667
#define WHEEL_EVENTS  40
#define DRAG_EVENTS   60
#define DRAG_PIXELS   8
#define LIST_EVENTS   60
#define SMALL_PAGES   4096
/* From the middle of the bar to below its ruler. */
#define PICTURE_ROWS  110
/* How far below the middle of the bar the list surely is. */
#define LIST_OFFSET   300
#define LIST_X        300

/* What is read at first, and all that follows from it, has come to rest. */
#define SETTLE_US     (4 * G_USEC_PER_SEC)
/* The window tells of its frames once a second. */
#define REPORT_US     (G_USEC_PER_SEC * 6 / 5)

#define SETTINGS "[dev/pagescape/Pagescape]\ninterval=0.1\n"

static gboolean
write_settings (const char *folder)
{
  g_autofree char *below = g_build_filename (folder, "glib-2.0", "settings", NULL);
  g_autofree char *path = g_build_filename (below, "keyfile", NULL);

  return g_mkdir_with_parents (below, 0700) == 0 &&
         g_file_set_contents (path, SETTINGS, -1, NULL);
}

static void
remove_settings (const char *folder)
{
  static const char *const names[] = { "glib-2.0/settings/keyfile", "glib-2.0/settings",
                                       "glib-2.0" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);

      g_remove (path);
    }
  g_rmdir (folder);
}

/* What the window told since this was called last. */
static void
add_up (PgsBenchProgram *program,
        PgsBenchFrames  *frames)
{
  g_autofree char *output = pgs_bench_program_read_output (program);
  g_auto(GStrv) lines = g_strsplit (output, "\n", -1);

  memset (frames, 0, sizeof *frames);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *mark = strstr (lines[i], "frames: ");
      guint n_frames;
      long slowest, stall, work;

      if (mark == NULL ||
          sscanf (mark, "frames: %u, slowest %ld µs, longest stall %ld µs, most work %ld µs",
                  &n_frames, &slowest, &stall, &work) != 4)
        continue;
      frames->n_frames += n_frames;
      frames->slowest = MAX (frames->slowest, (double) slowest / 1e3);
      frames->stall = MAX (frames->stall, (double) stall / 1e3);
      frames->work = MAX (frames->work, (double) work / 1e3);
    }
}

static void
turn_wheel (PgsBenchScreen *screen,
            guint           button,
            guint           times)
{
  for (guint i = 0; i < times; i++)
    {
      pgs_bench_screen_press (screen, button, TRUE);
      pgs_bench_screen_press (screen, button, FALSE);
      g_usleep (EVENT_US);
    }
}

/* There and back again. */
static void
drag (PgsBenchScreen *screen,
      int             y)
{
  int start = pgs_bench_screen_get_width (screen) / 2;

  pgs_bench_screen_press (screen, 1, TRUE);
  for (int i = 0; i < DRAG_EVENTS; i++)
    {
      int step = MIN (i, DRAG_EVENTS - i);

      pgs_bench_screen_move (screen, start + step * DRAG_PIXELS, y);
      g_usleep (EVENT_US);
    }
  pgs_bench_screen_press (screen, 1, FALSE);
}

/* Returns whether the picture followed: where all pages are alike, the ruler does. */
static gboolean
zoom_and_pan (PgsBenchScreen *screen,
              int             y)
{
  guint before = pgs_bench_screen_hash_rows (screen, y, PICTURE_ROWS);
  gboolean moved;

  pgs_bench_screen_move (screen, pgs_bench_screen_get_width (screen) / 2, y);
  turn_wheel (screen, 4, WHEEL_EVENTS);
  drag (screen, y);
  moved = pgs_bench_screen_hash_rows (screen, y, PICTURE_ROWS) != before;
  turn_wheel (screen, 5, WHEEL_EVENTS);
  g_usleep (REPORT_US);
  return moved;
}

static void
scroll_list (PgsBenchScreen *screen,
             int             y)
{
  pgs_bench_screen_move (screen, LIST_X, y + LIST_OFFSET);
  turn_wheel (screen, 5, LIST_EVENTS);
  turn_wheel (screen, 4, LIST_EVENTS);
  g_usleep (REPORT_US);
}

static gboolean
find_bar (PgsBenchScreen     *screen,
          const char *const  *environment,
          int                *y,
          char              **reason)
{
  g_autoptr(PgsBenchTarget) target =
    pgs_bench_target_new (PGS_BENCH_CONTIGUOUS, SMALL_PAGES, reason);
  g_autoptr(PgsBenchProgram) program = NULL;

  if (target == NULL)
    return FALSE;
  program = pgs_bench_program_start_pagescape (target->pid, environment);
  if (pgs_bench_screen_wait (screen, PGS_BENCH_SHOWS_MAP, y))
    return TRUE;
  *reason = g_strdup ("no map came on the screen");
  return FALSE;
}

static gboolean
measure (pid_t            pid,
         const char      *settings,
         PgsBenchFrames  *zooming,
         PgsBenchFrames  *scrolling,
         char           **reason)
{
  const char *environment[] = { "GSETTINGS_BACKEND", "keyfile", "XDG_CONFIG_HOME", settings,
                                "G_MESSAGES_DEBUG", "Pagescape", NULL };
  g_autoptr(PgsBenchScreen) screen = pgs_bench_screen_open ();
  g_autoptr(PgsBenchProgram) program = NULL;
  gboolean moved;
  int y;

  if (screen == NULL)
    {
      *reason = g_strdup ("there is no display");
      return FALSE;
    }
  if (!find_bar (screen, environment, &y, reason))
    return FALSE;
  program = pgs_bench_program_start_pagescape (pid, environment);
  g_usleep (SETTLE_US);
  add_up (program, zooming);
  moved = zoom_and_pan (screen, y);
  add_up (program, zooming);
  scroll_list (screen, y);
  add_up (program, scrolling);
  if (!moved || zooming->n_frames == 0)
    *reason = g_strdup ("the picture did not follow the wheel");
  return moved && zooming->n_frames > 0;
}

/**
 * pgs_bench_frames_measure:
 * @pid: what to look at
 * @zooming: (out): the frames while the bar zoomed and panned
 * @scrolling: (out): the frames while the list scrolled
 * @reason: (out) (transfer full): why there is nothing to tell
 *
 * Opens a window and moves what it shows. Needs a display of its own.
 *
 * Returns: whether it could
 */
gboolean
pgs_bench_frames_measure (pid_t            pid,
                          PgsBenchFrames  *zooming,
                          PgsBenchFrames  *scrolling,
                          char           **reason)
{
  g_autofree char *settings = g_dir_make_tmp ("pgs-bench-XXXXXX", NULL);
  gboolean measured = FALSE;

  if (settings == NULL || !write_settings (settings))
    *reason = g_strdup ("no settings can be written");
  else
    measured = measure (pid, settings, zooming, scrolling, reason);
  if (settings != NULL)
    remove_settings (settings);
  return measured;
}
