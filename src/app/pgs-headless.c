/* pgs-headless.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command line without a window: read a process once, write a file, print
 * its name, and the tutorial's three lines where an address is known. Needs
 * neither a display nor GTK.
 *
 * A program that is launched runs with its output passed through. It is read once
 * it has printed where its memory is, the way the prober does, and otherwise
 * after the delay. It is ended when all is done. As there is no window to keep
 * alive, /proc is read right here.
 */

#include "config.h"

#include "pgs-headless.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

#include "core/pgs-frame-builder.h"
#include "core/pgs-helper-source.h"
#include "core/pgs-page-words.h"
#include "core/pgs-proc-source.h"
#include "core/pgs-snapshot-builder.h"
#include "pgs-child.h"
#include "pgs-comparison.h"
#include "pgs-ram-view.h"
#include "pgs-unlock.h"

/* A program that has just printed an address prints on, and takes memory for
 * what it does next. It gets this long to come to rest. */
#define SETTLE_MS 50

/* A program that was launched, and the loop it is waited for in. */
typedef struct
{
  PgsChild  *child;
  GMainLoop *loop;
  guint      timer_id;
  gboolean   is_interrupted;
} Run;

static void
run_clear (Run *run)
{
  g_clear_handle_id (&run->timer_id, g_source_remove);
  if (run->child != NULL)
    g_signal_handlers_disconnect_by_data (run->child, run);
  g_clear_object (&run->child);
  g_clear_pointer (&run->loop, g_main_loop_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

/* Reading and writing */

/* What is read, and where from. */
typedef struct
{
  PgsProcess  *process;
  PgsSource   *source;
  PgsSnapshot *snapshot;
} Reading;

static void
reading_clear (Reading *reading)
{
  g_clear_pointer (&reading->process, pgs_process_unref);
  g_clear_object (&reading->source);
  g_clear_pointer (&reading->snapshot, pgs_snapshot_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reading, reading_clear)

/* Reads the process, in detail where the picture will show it. */
static gboolean
read_snapshot (const PgsOptions  *options,
               const uint64_t    *address,
               Reading           *reading,
               GError           **error)
{
  g_autoptr(PgsFocus) focus = pgs_focus_new ();
  PgsSnapshotOptions how = { .focus = focus, .max_bytes = options->limits.max_bytes };
  PgsRange ranges[PGS_FOCUS_MAX];
  guint n_ranges = 0;

  if (address != NULL)
    ranges[n_ranges++] = (PgsRange) { *address, *address + 1 };
  if (pgs_options_has_range (options))
    ranges[n_ranges++] = (PgsRange) { options->start, options->end };
  pgs_focus_set (focus, ranges, n_ranges);
  reading->snapshot = pgs_snapshot_build_with (reading->source, &how, NULL, error);
  return reading->snapshot != NULL;
}

/* Opens the other process as the first was. */
static PgsComparison *
open_other (const PgsOptions  *options,
            const Reading     *reading,
            GError           **error)
{
  g_autoptr(PgsProcess) process = NULL;
  g_autoptr(PgsSource) source = NULL;

  if (PGS_IS_HELPER_SOURCE (reading->source))
    {
      process = pgs_process_open (NULL, options->other, error);
      if (process != NULL)
        source = pgs_unlock (process, error);
      if (source == NULL)
        return NULL;
    }
  return pgs_comparison_new (options->other, process, source, options->limits.max_bytes);
}

static PgsSnapshot *
compare (const PgsOptions  *options,
         const Reading     *reading,
         GError           **problem)
{
  g_autoptr(PgsComparison) comparison = open_other (options, reading, problem);

  return comparison != NULL
    ? pgs_comparison_run (comparison, reading->snapshot, NULL, NULL, problem) : NULL;
}

/* Adds what the color mode needs to know of each page, or tells why it is missing. */
static void
add_words (const PgsOptions *options,
           Reading          *reading)
{
  g_autoptr(GError) error = NULL;
  PgsSnapshot *with;

  if (options->mode == NULL || options->mode->needs == PGS_COLOR_NEEDS_NOTHING)
    return;
  if (options->mode->needs == PGS_COLOR_NEEDS_RELATION)
    with = compare (options, reading, &error);
  else
    with = pgs_snapshot_with_frames (reading->snapshot, reading->source, NULL, NULL, &error);
  if (error != NULL)
    g_printerr ("pagescape: %s\n", error->message);
  if (with == NULL)
    return;
  pgs_snapshot_unref (reading->snapshot);
  reading->snapshot = with;
}

/* Whether something is hidden that the helper can show; @error is why nothing could be
 * read at all. */
static gboolean
is_locked (const Reading *reading,
           const GError  *error)
{
  if (reading->snapshot == NULL)
    return g_error_matches (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_PERMITTED);
  return pgs_snapshot_get_pages_error (reading->snapshot) != NULL ||
         pgs_snapshot_get_totals (reading->snapshot)->hidden > 0;
}

static gboolean
read_process (const PgsOptions  *options,
              pid_t              pid,
              const uint64_t    *address,
              Reading           *reading,
              GError           **error)
{
  g_autoptr(GError) reason = NULL;

  reading->process = pgs_process_open (NULL, pid, error);
  if (reading->process == NULL)
    return FALSE;
  reading->source = pgs_proc_source_new (reading->process, NULL, options->limits.scan);
  read_snapshot (options, address, reading, &reason);
  if (options->unlock && is_locked (reading, reason))
    {
      g_clear_error (&reason);
      g_clear_object (&reading->source);
      g_clear_pointer (&reading->snapshot, pgs_snapshot_unref);
      reading->source = pgs_unlock (reading->process, &reason);
      if (reading->source != NULL)
        read_snapshot (options, address, reading, &reason);
    }
  if (reading->snapshot == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  add_words (options, reading);
  return TRUE;
}

static gboolean
check_range (const PgsOptions   *options,
             const PgsSnapshot  *snapshot,
             GError            **error)
{
  PgsMaps *maps = pgs_snapshot_get_maps (snapshot);
  guint index = pgs_maps_find_from (maps, options->start);

  if (!pgs_options_has_range (options) ||
      (index < pgs_maps_get_n_mappings (maps) &&
       pgs_maps_get_mapping (maps, index)->start < options->end))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               _("Nothing is mapped from 0x%" PRIx64 " to 0x%" PRIx64 ". "
                 "Look for a range in /proc/PID/maps, or leave --range out."),
               options->start, options->end);
  return FALSE;
}

static gboolean
check_address (const PgsSnapshot  *snapshot,
               uint64_t            address,
               GError            **error)
{
  guint index;

  if (pgs_maps_find (pgs_snapshot_get_maps (snapshot), address, &index))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               _("The address 0x%" PRIx64 " is not mapped in this process. "
                 "Look for one in /proc/PID/maps."), address);
  return FALSE;
}

static gboolean
export_snapshot (const PgsOptions  *options,
                 const Reading     *reading,
                 const uint64_t    *address,
                 GError           **error)
{
  PgsSnapshot *snapshot = reading->snapshot;
  g_autoptr(PgsSummary) summary =
    pgs_summary_new (snapshot, options->mode != NULL ? options->mode : pgs_color_mode_get (0));
  g_autoptr(PgsAxis) axis =
    pgs_axis_new (pgs_snapshot_get_maps (snapshot), pgs_snapshot_get_page_size (snapshot),
                  options->has_scale ? options->scale : PGS_SCALE_COMPACT);
  PgsExport export = {
    .summary = summary,
    .axis = axis,
    .viewport = pgs_viewport_whole (axis, options->width),
    .start = options->start,
    .end = options->end,
    .source = reading->source,
    .palette = pgs_palette_get (PGS_PALETTE_LIGHT),
    .title = pgs_process_get_name (reading->process),
    .pid = pgs_process_get_pid (reading->process),
    .width = options->width,
    .height = options->height,
    .has_address = address != NULL,
    .address = address != NULL ? *address : 0,
  };
  g_autoptr(PgsRamView) ram = NULL;

  if (options->ram)
    {
      ram = pgs_ram_view_new (summary, NULL, NULL);
      export.frames = pgs_ram_view_get_map (ram);
      export.ram_axis = pgs_ram_view_get_axis (ram);
      export.ram_viewport = pgs_viewport_whole (export.ram_axis, options->width);
    }
  if (pgs_options_has_range (options))
    export.viewport = pgs_viewport_fitted (&export.viewport, axis, options->start,
                                           options->end, 0);
  return pgs_export_write (&export, options->format, options->export_path, NULL, error);
}

/* Prints what pagemap_reader prints, or what the page is instead. */
static void
print_address (const PgsSnapshot *snapshot,
               uint64_t           address)
{
  PgsMaps *maps = pgs_snapshot_get_maps (snapshot);
  uint64_t page_size = pgs_snapshot_get_page_size (snapshot);
  uint64_t entry = pgs_snapshot_get_entry (snapshot, address);
  g_autofree char *pfn = pgs_page_dup_pfn (entry);
  guint index;

  printf ("Virtual Address: 0x%" PRIx64 "\n", address);
  if (pfn != NULL && !pgs_pagemap_entry_is_hidden (entry))
    {
      g_autofree char *physical = pgs_page_dup_physical (entry, address, page_size);

      printf ("Page Frame Number (PFN): %s\nPhysical Address: %s\n", pfn, physical);
    }
  else if (pgs_maps_find (maps, address, &index))
    {
      g_autofree char *state = pgs_page_dup_state (entry);
      g_autofree char *why = pgs_page_dup_explanation (pgs_maps_get_mapping (maps, index), entry);

      printf (_("Page: %s. %s\n"), state, why);
    }
}

static gboolean
flush_output (GError **error)
{
  int code;

  if (fflush (stdout) == 0 && !ferror (stdout))
    return TRUE;
  code = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
               _("Standard output cannot be written: %s."), g_strerror (code));
  return FALSE;
}

/* Reads the process and writes the file. @address is where its memory is, where
 * that is known. */
static gboolean
export_process (const PgsOptions  *options,
                pid_t              pid,
                const uint64_t    *address,
                GError           **error)
{
  g_auto(Reading) reading = { NULL, };

  if (!read_process (options, pid, address, &reading, error) ||
      !check_range (options, reading.snapshot, error) ||
      (address != NULL && !check_address (reading.snapshot, *address, error)))
    return FALSE;
  if (pgs_snapshot_get_pages_error (reading.snapshot) != NULL)
    g_printerr ("pagescape: %s\n", pgs_snapshot_get_pages_error (reading.snapshot)->message);
  if (!export_snapshot (options, &reading, address, error))
    return FALSE;
  printf ("%s\n", options->export_path);
  if (address != NULL)
    print_address (reading.snapshot, *address);
  return flush_output (error);
}

/* A program that is launched */

static void
output_cb (PgsChild   *child,
           const char *text,
           Run        *run)
{
  fputs (text, stdout);
  fflush (stdout);
}

static gboolean
time_cb (gpointer user_data)
{
  Run *run = user_data;

  run->timer_id = 0;
  g_main_loop_quit (run->loop);
  return G_SOURCE_REMOVE;
}

static void
address_cb (PgsChild *child,
            guint64   address,
            Run      *run)
{
  g_clear_handle_id (&run->timer_id, g_source_remove);
  run->timer_id = g_timeout_add (SETTLE_MS, time_cb, run);
}

static void
ended_cb (PgsChild *child,
          Run      *run)
{
  g_main_loop_quit (run->loop);
}

static gboolean
interrupt_cb (gpointer user_data)
{
  Run *run = user_data;

  run->is_interrupted = TRUE;
  g_main_loop_quit (run->loop);
  return G_SOURCE_CONTINUE;
}

static PgsChild *
launch (const PgsOptions  *options,
        GError           **error)
{
  g_autofree char *prober = NULL;
  const char *bundled[] = { NULL, NULL };

  if (options->program != NULL)
    return pgs_child_launch ((const char * const *) options->program, error);
  prober = pgs_child_dup_prober ();
  bundled[0] = prober;
  return pgs_child_launch (bundled, error);
}

/* Lets the program run until it can be read. */
static gboolean
wait_for_moment (Run               *run,
                 const PgsOptions  *options,
                 GError           **error)
{
  g_signal_connect (run->child, "output", G_CALLBACK (output_cb), run);
  g_signal_connect (run->child, "address", G_CALLBACK (address_cb), run);
  g_signal_connect (run->child, "ended", G_CALLBACK (ended_cb), run);
  run->timer_id = g_timeout_add ((guint) (options->delay * 1000), time_cb, run);
  g_main_loop_run (run->loop);
  g_clear_handle_id (&run->timer_id, g_source_remove);

  if (run->is_interrupted)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("Interrupted."));
      return FALSE;
    }
  if (pgs_child_has_ended (run->child))
    {
      g_autofree char *ending = pgs_child_dup_ending (run->child);

      /* Its last words may still be in the pipe. */
      while (g_main_context_iteration (NULL, FALSE))
        continue;
      g_set_error (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_FOUND,
                   _("%s That was before it could be read: try a shorter --delay."), ending);
      return FALSE;
    }
  return TRUE;
}

/* Ends the program, by force if need be, and waits until it has. */
static void
end_program (Run *run)
{
  g_signal_handlers_disconnect_by_func (run->child, output_cb, run);
  g_signal_handlers_disconnect_by_func (run->child, address_cb, run);
  pgs_child_end (run->child);
  while (!pgs_child_has_ended (run->child))
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
export_child (Run               *run,
              const PgsOptions  *options,
              GError           **error)
{
  uint64_t address = options->address;
  gboolean has_address = options->has_address ||
                         pgs_child_get_address (run->child, &address);

  return export_process (options, pgs_child_get_pid (run->child),
                         has_address ? &address : NULL, error);
}

static gboolean
export_launched (const PgsOptions  *options,
                 GError           **error)
{
  g_auto(Run) run = { NULL, };
  guint interrupt_id, terminate_id;
  gboolean is_done;

  run.child = launch (options, error);
  if (run.child == NULL)
    return FALSE;
  run.loop = g_main_loop_new (NULL, FALSE);
  interrupt_id = g_unix_signal_add (SIGINT, interrupt_cb, &run);
  terminate_id = g_unix_signal_add (SIGTERM, interrupt_cb, &run);
  is_done = wait_for_moment (&run, options, error) && export_child (&run, options, error);
  end_program (&run);
  g_source_remove (interrupt_id);
  g_source_remove (terminate_id);
  return is_done;
}

/**
 * pgs_headless_run:
 * @options: what the command line asks for; with a file to export
 *
 * Does what the command line asks for without a window, and tells on standard
 * error what went wrong. Blocks.
 *
 * Returns: what to exit with, a #PgsExit
 */
int
pgs_headless_run (const PgsOptions *options)
{
  g_autoptr(GError) error = NULL;
  gboolean is_done;

  g_return_val_if_fail (options != NULL && options->export_path != NULL, PGS_EXIT_USAGE);

  if (options->launch)
    is_done = export_launched (options, &error);
  else
    is_done = export_process (options, options->pid,
                              options->has_address ? &options->address : NULL, &error);
  if (is_done)
    return PGS_EXIT_OK;
  g_printerr ("pagescape: %s\n", error->message);
  return PGS_EXIT_FAILURE;
}
