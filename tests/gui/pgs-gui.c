/* pgs-gui.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "pgs-gui.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <atspi/atspi.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

/* AT-SPI's library declares none. */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiAccessible, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiStateSet, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiRect, g_free)

#define DEADLINE_US (15 * G_USEC_PER_SEC)
#define STEP_US     40000
#define MAX_DEPTH   60

struct _PgsGui
{
  GSubprocess     *program;
  AtspiAccessible *application;
  char            *window;
};

/* Returns what a command prints, or %NULL where it failed. */
static char *
run (const char *format,
     ...)
{
  g_autofree char *command = NULL;
  g_autofree char *output = NULL;
  va_list arguments;
  int status;

  va_start (arguments, format);
  command = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (!g_spawn_command_line_sync (command, &output, NULL, &status, NULL) ||
      !g_spawn_check_wait_status (status, NULL))
    return NULL;
  return g_strdup (g_strchomp (output));
}

static void
give_up (PgsGui     *self,
         const char *what)
{
  g_autofree char *folder = g_strdup (g_getenv ("PGS_GUI_PICTURES"));
  g_autofree char *path =
    g_strdup_printf ("%s/gui-failure-%d.png", folder != NULL ? folder : ".", (int) getpid ());

  g_free (run ("import -window root %s", path));
  pgs_gui_dump (self);
  fail_msg ("%s; the screen is in %s", what, path);
}

/* The program */

static AtspiAccessible *
find_application (const char *pid)
{
  g_autoptr(AtspiAccessible) desktop = atspi_get_desktop (0);
  int n;

  atspi_accessible_clear_cache (desktop);
  n = atspi_accessible_get_child_count (desktop, NULL);
  for (int i = 0; i < n; i++)
    {
      AtspiAccessible *child = atspi_accessible_get_child_at_index (desktop, i, NULL);

      if (child == NULL)
        continue;
      if (atspi_accessible_get_process_id (child, NULL) == (guint) atoi (pid) &&
          atspi_accessible_get_child_count (child, NULL) > 0)
        return child;
      g_object_unref (child);
    }
  return NULL;
}

/**
 * pgs_gui_start:
 * @arguments: what follows the program's name
 *
 * Returns: (transfer full): the program with its window on the screen
 */
PgsGui *
pgs_gui_start (const char *const *arguments)
{
  g_autoptr(GPtrArray) argv = g_ptr_array_new ();
  PgsGui *self = g_new0 (PgsGui, 1);
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;

  /* The bus of assistive technologies is started by who asks first. It is to be there
   * before the program, which asks only once. */
  g_assert (find_application ("0") == NULL);
  g_ptr_array_add (argv, (char *) g_getenv ("PGS_PAGESCAPE"));
  for (guint i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (argv, (char *) arguments[i]);
  g_ptr_array_add (argv, NULL);
  self->program = g_subprocess_newv ((const char *const *) argv->pdata,
                                     G_SUBPROCESS_FLAGS_NONE, NULL);
  assert_non_null (self->program);
  while (self->application == NULL && g_get_monotonic_time () < deadline)
    {
      self->application = find_application (g_subprocess_get_identifier (self->program));
      g_usleep (STEP_US);
    }
  if (self->application == NULL)
    give_up (self, "The program does not tell what it shows");
  self->window = run ("xdotool search --sync --onlyvisible --pid %s",
                      g_subprocess_get_identifier (self->program));
  assert_non_null (self->window);
  pgs_gui_resize (self, 1360, 860);
  return self;
}

/**
 * pgs_gui_resize:
 *
 * Gives the window a size, at the corner of the screen.
 */
void
pgs_gui_resize (PgsGui *self,
                int     width,
                int     height)
{
  g_free (run ("xdotool windowmove %s 0 0 windowsize --sync %s %d %d windowfocus %s",
               self->window, self->window, width, height, self->window));
  g_usleep (5 * STEP_US);
}

/**
 * pgs_gui_end:
 *
 * Closes the program.
 */
void
pgs_gui_end (PgsGui *self)
{
  g_subprocess_send_signal (self->program, SIGTERM);
  g_subprocess_wait (self->program, NULL, NULL);
  g_object_unref (self->program);
  g_object_unref (self->application);
  g_free (self->window);
  g_free (self);
}

/* Finding */

static gboolean
is_showing (AtspiAccessible *accessible)
{
  g_autoptr(AtspiStateSet) states = atspi_accessible_get_state_set (accessible);

  return states != NULL && atspi_state_set_contains (states, ATSPI_STATE_VISIBLE);
}

static gboolean
matches (AtspiAccessible *accessible,
         const char      *role,
         const char      *name)
{
  g_autofree char *its_role = atspi_accessible_get_role_name (accessible, NULL);
  g_autofree char *its_name = atspi_accessible_get_name (accessible, NULL);

  if (role != NULL && g_strcmp0 (role, its_role) != 0)
    return FALSE;
  return name == NULL || g_strcmp0 (name, its_name) == 0;
}

typedef gboolean (*Visit) (AtspiAccessible *accessible,
                           guint            depth,
                           gpointer         data);

/* Visits what can be seen; a visit that returns TRUE ends it. */
static gboolean
walk (AtspiAccessible *accessible,
      guint            depth,
      Visit            visit,
      gpointer         data)
{
  int n;

  if (depth > MAX_DEPTH || (depth > 1 && !is_showing (accessible)))
    return FALSE;
  if (visit (accessible, depth, data))
    return TRUE;
  n = atspi_accessible_get_child_count (accessible, NULL);
  for (int i = 0; i < n; i++)
    {
      g_autoptr(AtspiAccessible) child =
        atspi_accessible_get_child_at_index (accessible, i, NULL);

      if (child != NULL && walk (child, depth + 1, visit, data))
        return TRUE;
    }
  return FALSE;
}

typedef struct
{
  const char      *role;
  const char      *name;
  AtspiAccessible *found;
  guint            count;
} Search;

/* Whether it has been given a place. What lies on another page of a stack has not,
 * and GTK calls that visible all the same. */
static gboolean
has_place (AtspiAccessible *accessible)
{
  g_autoptr(AtspiRect) extents =
    atspi_component_get_extents (ATSPI_COMPONENT (accessible), ATSPI_COORD_TYPE_WINDOW, NULL);

  return extents != NULL && extents->width > 0;
}

static gboolean
search_visit (AtspiAccessible *accessible,
              guint            depth,
              gpointer         data)
{
  Search *search = data;

  if (!matches (accessible, search->role, search->name) || !has_place (accessible))
    return FALSE;
  search->count++;
  if (search->found == NULL)
    search->found = g_object_ref (accessible);
  return search->name != NULL;
}

static AtspiAccessible *
find (PgsGui     *self,
      const char *role,
      const char *name)
{
  Search search = { role, name, NULL, 0 };

  atspi_accessible_clear_cache (self->application);
  walk (self->application, 0, search_visit, &search);
  return search.found;
}

/**
 * pgs_gui_shows:
 *
 * Returns: whether something of a role and name can be seen
 */
gboolean
pgs_gui_shows (PgsGui     *self,
               const char *role,
               const char *name)
{
  g_autoptr(AtspiAccessible) found = find (self, role, name);

  return found != NULL;
}

static AtspiAccessible *
find_in_time (PgsGui     *self,
              const char *role,
              const char *name)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;
  AtspiAccessible *found = find (self, role, name);

  while (found == NULL && g_get_monotonic_time () < deadline)
    {
      g_usleep (STEP_US);
      found = find (self, role, name);
    }
  if (found == NULL)
    {
      g_autofree char *what = g_strdup_printf ("There is no %s “%s”", role, name);

      give_up (self, what);
    }
  return found;
}

/**
 * pgs_gui_wait_for:
 *
 * Waits until something of a role and name can be seen.
 */
void
pgs_gui_wait_for (PgsGui     *self,
                  const char *role,
                  const char *name)
{
  g_object_unref (find_in_time (self, role, name));
}

/**
 * pgs_gui_wait_for_no:
 *
 * Waits until nothing of a role and name can be seen any more.
 */
void
pgs_gui_wait_for_no (PgsGui     *self,
                     const char *role,
                     const char *name)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;

  while (pgs_gui_shows (self, role, name))
    {
      if (g_get_monotonic_time () > deadline)
        give_up (self, name);
      g_usleep (STEP_US);
    }
}

/**
 * pgs_gui_count:
 *
 * Returns: how many things of a role can be seen
 */
guint
pgs_gui_count (PgsGui     *self,
               const char *role)
{
  Search search = { role, NULL, NULL, 0 };

  atspi_accessible_clear_cache (self->application);
  walk (self->application, 0, search_visit, &search);
  g_clear_object (&search.found);
  return search.count;
}

/* Reading */

/**
 * pgs_gui_read:
 *
 * Returns: (transfer full): the description of something: the value of a row of
 *   the inspector, or where the bar stands
 */
char *
pgs_gui_read (PgsGui     *self,
              const char *role,
              const char *name)
{
  g_autoptr(AtspiAccessible) found = find_in_time (self, role, name);

  return atspi_accessible_get_description (found, NULL);
}

/**
 * pgs_gui_read_title:
 *
 * Returns: (transfer full): the name of the window
 */
char *
pgs_gui_read_title (PgsGui *self)
{
  g_autoptr(AtspiAccessible) window = NULL;

  atspi_accessible_clear_cache (self->application);
  window = atspi_accessible_get_child_at_index (self->application, 0, NULL);
  return atspi_accessible_get_name (window, NULL);
}

/**
 * pgs_gui_wait_until:
 *
 * Waits until a description has a part.
 */
void
pgs_gui_wait_until (PgsGui     *self,
                    const char *role,
                    const char *name,
                    const char *part)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;

  for (;;)
    {
      g_autofree char *text = pgs_gui_read (self, role, name);

      if (text != NULL && strstr (text, part) != NULL)
        return;
      if (g_get_monotonic_time () > deadline)
        {
          g_autofree char *what = g_strdup_printf ("%s says “%s”, not “%s”", name, text, part);

          give_up (self, what);
        }
      g_usleep (STEP_US);
    }
}

static gboolean
dump_visit (AtspiAccessible *accessible,
            guint            depth,
            gpointer         data)
{
  g_autofree char *role = atspi_accessible_get_role_name (accessible, NULL);
  g_autofree char *name = atspi_accessible_get_name (accessible, NULL);
  g_autofree char *description = atspi_accessible_get_description (accessible, NULL);

  print_message ("%*s%s “%s” “%s”\n", (int) depth * 2, "", role, name, description);
  return FALSE;
}

/**
 * pgs_gui_dump:
 *
 * Prints all that can be seen.
 */
void
pgs_gui_dump (PgsGui *self)
{
  if (self->application == NULL)
    return;
  atspi_accessible_clear_cache (self->application);
  walk (self->application, 0, dump_visit, NULL);
}

/**
 * pgs_gui_is_within:
 * @width: of the window, in pixels
 *
 * Returns: whether something lies between the window's sides
 */
gboolean
pgs_gui_is_within (PgsGui     *self,
                   const char *role,
                   const char *name,
                   int         width)
{
  g_autoptr(AtspiAccessible) found = find_in_time (self, role, name);
  g_autoptr(AtspiRect) extents =
    atspi_component_get_extents (ATSPI_COMPONENT (found), ATSPI_COORD_TYPE_WINDOW, NULL);

  return extents != NULL && extents->x >= 0 && extents->x + extents->width <= width;
}

/* The pointer and the keys */

/**
 * pgs_gui_key:
 * @key: as xdotool names it, like "ctrl+l"
 */
void
pgs_gui_key (PgsGui     *self,
             const char *key)
{
  g_free (run ("xdotool key --clearmodifiers %s", key));
  g_usleep (STEP_US);
}

/**
 * pgs_gui_type:
 * @text: what to type
 */
void
pgs_gui_type (PgsGui     *self,
              const char *text)
{
  g_free (run ("xdotool type --delay 5 %s", text));
  g_usleep (STEP_US);
}

/**
 * pgs_gui_click_at:
 * @share_x: where, from 0 for the left edge to 1 for the right one
 * @share_y: likewise, from the top
 * @button: 1 for the left one, 4 and 5 for the wheel up and down
 * @times: how often
 *
 * Presses a button of the pointer on something.
 */
void
pgs_gui_click_at (PgsGui     *self,
                  const char *role,
                  const char *name,
                  double      share_x,
                  double      share_y,
                  guint       button,
                  guint       times)
{
  g_autoptr(AtspiAccessible) found = find_in_time (self, role, name);
  g_autoptr(AtspiRect) extents =
    atspi_component_get_extents (ATSPI_COMPONENT (found), ATSPI_COORD_TYPE_WINDOW, NULL);

  assert_non_null (extents);
  g_free (run ("xdotool mousemove %d %d sleep 0.05 click --repeat %u --delay 30 %u",
               extents->x + (int) (extents->width * share_x),
               extents->y + (int) (extents->height * share_y), times, button));
  g_usleep (2 * STEP_US);
}

/**
 * pgs_gui_click:
 *
 * Clicks into the middle of something.
 */
void
pgs_gui_click (PgsGui     *self,
               const char *role,
               const char *name)
{
  pgs_gui_click_at (self, role, name, 0.5, 0.5, 1, 1);
}
