/* pgs-sharers-words.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a search for those that share a page found, and what it looked at, in words.
 *
 * Words are exact. "The same frame" is said only where two frame numbers were compared;
 * where one of them is hidden it is "the same page of the file or shared memory". That
 * nobody was found is never "nobody": it is told where was looked.
 */

#include "config.h"

#include "pgs-sharers-words.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

/**
 * pgs_sharers_method_get_reason:
 *
 * Returns: (transfer none) (nullable): why nobody can be found; %NULL where the method is
 *   a way to find them
 */
const char *
pgs_sharers_method_get_reason (PgsSharersMethod method)
{
  switch (method)
    {
    case PGS_SHARERS_NO_FRAME:
      return _("The page is not present, so it has no frame to share.");
    case PGS_SHARERS_EXCLUSIVE:
      return _("No other page table maps the frame of this page.");
    case PGS_SHARERS_ZERO:
      return _("This is the kernel’s one frame of zeros, which most processes map somewhere.");
    case PGS_SHARERS_HIDDEN:
      return _("Its frame may be shared, after a fork for instance. The page belongs to no "
               "file and the kernel hides its frame, so it cannot be found who shares it.");
    case PGS_SHARERS_BY_FILE:
    case PGS_SHARERS_BY_NAME:
    case PGS_SHARERS_PRIVATE:
    default:
      return NULL;
    }
}

/**
 * pgs_sharer_kind_get_title:
 *
 * Returns: (transfer none): what is known of a page found, translated
 */
const char *
pgs_sharer_kind_get_title (PgsSharerKind kind)
{
  switch (kind)
    {
    case PGS_SHARER_SAME_FRAME:
      return _("same frame");
    case PGS_SHARER_SAME_PAGE:
      return _("same page");
    case PGS_SHARER_SAME_PLACE:
    default:
      return _("same place");
    }
}

static guint
count_kind (const PgsSharers *self,
            PgsSharerKind     kind)
{
  guint n = 0;

  for (guint i = 0; i < self->found->len; i++)
    n += ((const PgsSharer *) self->found->pdata[i])->kind == kind;
  return n;
}

static void
add (GString    *text,
     const char *format,
     guint       n)
{
  if (text->len > 0)
    g_string_append_c (text, ' ');
  g_string_append_printf (text, format, n);
}

/* As add(), for sentences that are only worth saying of somebody. */
static void
add_if_any (GString    *text,
            const char *format,
            guint       n)
{
  if (n > 0)
    add (text, format, n);
}

static void
add_found (GString          *text,
           const PgsSharers *self)
{
  guint n_frames = count_kind (self, PGS_SHARER_SAME_FRAME);
  guint n_pages = count_kind (self, PGS_SHARER_SAME_PAGE);
  guint n_places = count_kind (self, PGS_SHARER_SAME_PLACE);

  add_if_any (text, ngettext ("%u more address maps the same frame.",
                              "%u more addresses map the same frame.", n_frames), n_frames);
  add_if_any (text, ngettext ("%u more address maps the same page of the file or shared "
                              "memory. A frame is hidden, so it was found by device, inode "
                              "and offset.",
                              "%u more addresses map the same page of the file or shared "
                              "memory. Frames are hidden, so they were found by device, inode "
                              "and offset.", n_pages), n_pages);
  add_if_any (text, ngettext ("%u more address maps the same place of the file or shared "
                              "memory; whether the page is present there cannot be read.",
                              "%u more addresses map the same place of the file or shared "
                              "memory; whether the page is present there cannot be read.",
                              n_places), n_places);
}

/**
 * pgs_sharers_dup_summary:
 * @self: what a search found
 *
 * Returns: (transfer full): in a sentence or two, in how many other places the page is
 *   mapped
 */
char *
pgs_sharers_dup_summary (const PgsSharers *self)
{
  const char *reason;
  GString *text;

  g_return_val_if_fail (self != NULL, NULL);

  reason = pgs_sharers_method_get_reason (self->method);
  if (reason != NULL)
    return g_strdup (reason);
  if (self->has_changed)
    return g_strdup (_("The page has changed since it was read, so the search was given up."));
  if (self->found->len == 0)
    return g_strdup (_("Nobody else was found."));
  text = g_string_new (NULL);
  add_found (text, self);
  return g_string_free (text, FALSE);
}

static void
add_where (GString          *text,
           const PgsSharers *self)
{
  guint n = self->n_processes;

  switch (self->method)
    {
    case PGS_SHARERS_BY_FILE:
      add (text, ngettext ("Looked at mappings of this page of the file or shared memory in "
                           "%u process.",
                           "Looked at mappings of this page of the file or shared memory in "
                           "%u processes.", n), n);
      break;
    case PGS_SHARERS_BY_NAME:
      add (text, ngettext ("Looked at the kernel’s mapping of this name in %u process.",
                           "Looked at the kernel’s mapping of this name in %u processes.", n), n);
      break;
    default:
      add (text, ngettext ("Looked at this address in %u process.",
                           "Looked at this address in %u processes.", n), n);
      add_if_any (text, ngettext ("In %u of them, which runs the same program, looked at all "
                                  "private memory as well.",
                                  "In %u of them, which run the same program, looked at all "
                                  "private memory as well.", self->n_related), self->n_related);
    }
}

static void
add_others (GString          *text,
            const PgsSharers *self)
{
  add_if_any (text, ngettext ("In %u mapping the page is not present now.",
                              "In %u mappings the page is not present now.", self->n_absent),
              self->n_absent);
  add_if_any (text, ngettext ("In %u mapping it was written, which made a private copy.",
                              "In %u mappings it was written, which made private copies.",
                              self->n_copies),
              self->n_copies);
  add_if_any (text, ngettext ("In %u mapping it has another frame.",
                              "In %u mappings it has another frame.", self->n_others),
              self->n_others);
  add_if_any (text, ngettext ("In %u process the frame to compare with is hidden.",
                              "In %u processes the frame to compare with is hidden.",
                              self->n_hidden),
              self->n_hidden);
  add_if_any (text, ngettext ("%u process could not be looked at.",
                              "%u processes could not be looked at.", self->n_denied),
              self->n_denied);
}

static void
add_limits (GString          *text,
            const PgsSharers *self)
{
  if (self->limits & PGS_SHARERS_LIMIT_TIME)
    {
      g_string_append_c (text, ' ');
      g_string_append (text, _("This was a short look only, at processes with a PID near this "
                               "one’s."));
    }
  if (self->limits & PGS_SHARERS_LIMIT_PROCESSES)
    add (text, _("Stopped at the limit of %u processes."), PGS_SHARERS_MAX_PROCESSES);
  if (self->limits & PGS_SHARERS_LIMIT_MAPPINGS)
    add (text, _("Stopped at the limit of %u mappings."), (guint) PGS_SHARERS_MAX_MAPPINGS);
  if (self->limits & PGS_SHARERS_LIMIT_PAGES)
    add (text, _("Stopped at the limit of %u pages of private memory."),
         (guint) PGS_SHARERS_MAX_PAGES);
  if (self->limits & PGS_SHARERS_LIMIT_FOUND)
    add (text, _("Stopped at the limit of %u addresses found."), PGS_SHARERS_MAX_FOUND);
}

/**
 * pgs_sharers_dup_scope:
 * @self: what a search found
 *
 * Returns: (transfer full) (nullable): what exactly was looked at, what it was besides
 *   those found, and what could not be looked at; %NULL where nothing was
 */
char *
pgs_sharers_dup_scope (const PgsSharers *self)
{
  GString *text;

  g_return_val_if_fail (self != NULL, NULL);

  if (!pgs_sharers_method_can_find (self->method) || self->has_changed)
    return NULL;
  text = g_string_new (NULL);
  add_where (text, self);
  add_others (text, self);
  add_limits (text, self);
  return g_string_free (text, FALSE);
}
