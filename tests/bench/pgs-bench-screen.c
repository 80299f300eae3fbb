/* pgs-bench-screen.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sees from outside what a program has drawn, and moves the pointer over it.
 *
 * A program is not asked when it has drawn: its pixels are looked at, a column in
 * the middle of the screen, every millisecond. That is the same for any program,
 * costs the display next to nothing, and counts what a person waits for.
 */

#include "config.h"

#include "pgs-bench-screen.h"

#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XTest.h>

#define STEP_US     1000
#define DEADLINE_US (30 * G_USEC_PER_SEC)

/* Less high than the bar, and higher than all else that has a color. */
#define MIN_RUN     100
/* How far the parts of a color lie apart at least; of a gray they do not. */
#define MIN_CHROMA  60

struct _PgsBenchScreen
{
  Display *display;
  Window   root;
  int      width;
  int      height;
};

/**
 * pgs_bench_screen_open:
 *
 * Returns: (transfer full) (nullable): the screen, or %NULL where there is none
 */
PgsBenchScreen *
pgs_bench_screen_open (void)
{
  Display *display = XOpenDisplay (NULL);
  PgsBenchScreen *self;

  if (display == NULL)
    return NULL;
  self = g_new0 (PgsBenchScreen, 1);
  self->display = display;
  self->root = DefaultRootWindow (display);
  self->width = DisplayWidth (display, DefaultScreen (display));
  self->height = DisplayHeight (display, DefaultScreen (display));
  return self;
}

/**
 * pgs_bench_screen_close:
 *
 * Frees what is known of the screen.
 */
void
pgs_bench_screen_close (PgsBenchScreen *self)
{
  if (self == NULL)
    return;
  XCloseDisplay (self->display);
  g_free (self);
}

/**
 * pgs_bench_screen_get_width:
 *
 * Returns: how wide the screen is, in pixels
 */
int
pgs_bench_screen_get_width (PgsBenchScreen *self)
{
  return self->width;
}

static gboolean
is_part_of (unsigned long pixel,
            PgsBenchShown shown)
{
  int red = (int) (pixel >> 16 & 0xff);
  int green = (int) (pixel >> 8 & 0xff);
  int blue = (int) (pixel & 0xff);
  int chroma = MAX (red, MAX (green, blue)) - MIN (red, MIN (green, blue));

  if (shown == PGS_BENCH_SHOWS_WINDOW)
    return (pixel & 0xffffff) != 0;
  return chroma > MIN_CHROMA;
}

/**
 * pgs_bench_screen_find:
 * @shown: what to look for
 * @y: (out) (optional): its middle
 *
 * Returns: whether it is on the screen
 */
gboolean
pgs_bench_screen_find (PgsBenchScreen *self,
                       PgsBenchShown   shown,
                       int            *y)
{
  XImage *image = XGetImage (self->display, self->root, self->width / 2, 0, 1,
                             (unsigned int) self->height, AllPlanes, ZPixmap);
  int run = 0, longest = 0, end = 0;

  if (image == NULL)
    return FALSE;
  for (int i = 0; i < self->height; i++)
    {
      run = is_part_of (XGetPixel (image, 0, i), shown) ? run + 1 : 0;
      if (run > longest)
        {
          longest = run;
          end = i + 1;
        }
    }
  XDestroyImage (image);
  if (y != NULL)
    *y = end - longest / 2;
  return longest >= MIN_RUN;
}

/**
 * pgs_bench_screen_wait:
 *
 * Waits until something is on the screen. The parameters are those of
 * pgs_bench_screen_find().
 *
 * Returns: whether it came in time
 */
gboolean
pgs_bench_screen_wait (PgsBenchScreen *self,
                       PgsBenchShown   shown,
                       int            *y)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;

  while (!pgs_bench_screen_find (self, shown, y))
    {
      if (g_get_monotonic_time () > deadline)
        return FALSE;
      g_usleep (STEP_US);
    }
  return TRUE;
}

/**
 * pgs_bench_screen_hash_rows:
 * @y: the first row of pixels
 * @n_rows: how many
 *
 * Returns: a number that is another one when a pixel is
 */
guint
pgs_bench_screen_hash_rows (PgsBenchScreen *self,
                            int             y,
                            int             n_rows)
{
  XImage *image = XGetImage (self->display, self->root, 0, y, (unsigned int) self->width,
                             (unsigned int) n_rows, AllPlanes, ZPixmap);
  guint hash = 5381;

  if (image == NULL)
    return 0;
  for (int i = 0; i < n_rows; i++)
    for (int j = 0; j < self->width; j++)
      hash = hash * 33 + (guint) XGetPixel (image, j, i);
  XDestroyImage (image);
  return hash;
}

/**
 * pgs_bench_screen_move:
 *
 * Moves the pointer.
 */
void
pgs_bench_screen_move (PgsBenchScreen *self,
                       int             x,
                       int             y)
{
  XTestFakeMotionEvent (self->display, -1, x, y, CurrentTime);
  XFlush (self->display);
}

/**
 * pgs_bench_screen_press:
 * @button: 1 for the left one, 4 and 5 for the wheel up and down
 * @is_down: whether it goes down or up
 */
void
pgs_bench_screen_press (PgsBenchScreen *self,
                        guint           button,
                        gboolean        is_down)
{
  XTestFakeButtonEvent (self->display, button, is_down, CurrentTime);
  XFlush (self->display);
}
