/* pgs-sharers-group.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who else maps the page selected: other processes, and the same one at other addresses.
 *
 * That takes a look at every process, so it is done in a worker and once for a page, not
 * with every picture: again where the page has got another frame, or somebody asks. What
 * it will cost is not known before; so the first look ends after a short time, tells what
 * it has found, and leaves it to the user to look at all. A page that is only passed by,
 * with an arrow key held down, is not looked for at all.
 */

#include "config.h"

#include "pgs-sharers-group.h"

#include <glib/gi18n.h>

#include "core/pgs-pagemap-entry.h"
#include "core/pgs-sharers-words.h"
#include "pgs-sharer-row.h"

/* How long a page is to be selected before it is looked for, how long the first look
 * takes at most, and how often to tell how far it is. */
#define DELAY_MS      250
#define FIRST_LOOK_US (300 * G_TIME_SPAN_MILLISECOND)
#define PROGRESS_MS   250
/* Rows take time to make, so no more than this at once. */
#define ROWS_AT_ONCE  10
/* Bits of an entry by which a page has another frame, or may have other sharers. */
#define IDENTITY (PGS_PAGEMAP_PRESENT | PGS_PAGEMAP_FILE | PGS_PAGEMAP_EXCLUSIVE | \
                  PGS_PAGEMAP_MARK_ZERO | PGS_PAGEMAP_PFN_MASK)

/* What is looked for. The mappings are kept for the one that the page lies in, and not the
 * whole snapshot, which would be another one than is shown before long. */
typedef struct
{
  PgsProcess       *process;
  PgsMaps          *maps;
  const PgsMapping *mapping;
  uint64_t          page;
  uint64_t          entry;
} Subject;

struct _PgsSharersGroup
{
  AdwBin           parent_instance;

  GtkSpinner      *spinner;
  GtkButton       *button;
  GtkLabel        *note_label;
  GtkListBox      *list;
  GtkButton       *more_button;
  GtkLabel        *scope_label;

  PgsSession      *session;
  Subject          subject;
  GTask           *task;         /* the search under way */
  GCancellable    *cancellable;  /* of that */
  PgsSharers      *sharers;      /* what the last one found */
  guint            n_shown;      /* rows made of that */
  guint            timer_id;     /* until a search starts, or tells how far it is */
};

G_DEFINE_FINAL_TYPE (PgsSharersGroup, pgs_sharers_group, ADW_TYPE_BIN)

/* What a worker is given. */
typedef struct
{
  PgsSharersQuery     query;
  PgsSharersProgress  progress;
  PgsMaps            *maps;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_object_unref (job->query.source);
  pgs_maps_unref (job->maps);
  g_free (job);
}

/* Showing */

static void
remove_rows (PgsSharersGroup *self)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, row);
  self->n_shown = 0;
  gtk_widget_set_visible (GTK_WIDGET (self->list), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->more_button), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->scope_label), FALSE);
}

/* Shows a sentence, and what the button does: nothing without a @label. */
static void
show_note (PgsSharersGroup *self,
           const char      *note,
           const char      *label)
{
  gtk_label_set_label (self->note_label, note);
  gtk_spinner_set_spinning (self->spinner, self->task != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->button), label != NULL);
  if (label != NULL)
    gtk_button_set_label (self->button, label);
}

static void
show_more_rows (PgsSharersGroup *self)
{
  GPtrArray *found = self->sharers->found;
  guint end = MIN (found->len, self->n_shown + ROWS_AT_ONCE);
  g_autofree char *label = NULL;

  for (; self->n_shown < end; self->n_shown++)
    {
      const PgsSharer *sharer = found->pdata[self->n_shown];
      gboolean is_own = sharer->pid == pgs_process_get_pid (self->subject.process);

      gtk_list_box_append (self->list, pgs_sharer_row_new (sharer, is_own));
    }
  label = g_strdup_printf (ngettext ("Show More (%u Left)", "Show More (%u Left)",
                                     found->len - end), found->len - end);
  gtk_button_set_label (self->more_button, label);
  gtk_widget_set_visible (GTK_WIDGET (self->more_button), end < found->len);
  gtk_widget_set_visible (GTK_WIDGET (self->list), end > 0);
}

static void
show_sharers (PgsSharersGroup *self)
{
  g_autofree char *summary = pgs_sharers_dup_summary (self->sharers);
  g_autofree char *scope = pgs_sharers_dup_scope (self->sharers);
  gboolean is_short = (self->sharers->limits & PGS_SHARERS_LIMIT_TIME) != 0;

  remove_rows (self);
  show_note (self, summary, is_short ? _("Look at All") : _("Look Again"));
  show_more_rows (self);
  gtk_label_set_label (self->scope_label, scope != NULL ? scope : "");
  gtk_widget_set_visible (GTK_WIDGET (self->scope_label), scope != NULL);
}

static void
more_cb (PgsSharersGroup *self)
{
  show_more_rows (self);
}

static gboolean
progress_cb (gpointer data)
{
  PgsSharersGroup *self = data;
  Job *job = g_task_get_task_data (self->task);
  g_autofree char *text = NULL;

  text = g_strdup_printf (_("Looking: %d of %d processes…"),
                          g_atomic_int_get (&job->progress.n_done),
                          g_atomic_int_get (&job->progress.n_all));
  gtk_label_set_label (self->note_label, text);
  return G_SOURCE_CONTINUE;
}

/* Searching */

static void
stop_search (PgsSharersGroup *self)
{
  g_clear_handle_id (&self->timer_id, g_source_remove);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->task);
}

static void
search_cb (GTask        *task,
           gpointer      source_object,
           gpointer      task_data,
           GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;
  PgsSharers *sharers = pgs_sharers_find (&job->query, cancellable, &error);

  if (sharers != NULL)
    g_task_return_pointer (task, sharers, (GDestroyNotify) pgs_sharers_free);
  else
    g_task_return_error (task, error);
}

static void
done_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  PgsSharersGroup *self = PGS_SHARERS_GROUP (object);
  g_autoptr(GError) error = NULL;
  g_autoptr(PgsSharers) sharers = g_task_propagate_pointer (G_TASK (result), &error);

  /* It was stopped, or another page was selected since. */
  if (G_TASK (result) != self->task)
    return;
  stop_search (self);
  if (sharers == NULL)
    {
      show_note (self, error->message, _("Look Again"));
      return;
    }
  pgs_sharers_free (self->sharers);
  self->sharers = g_steal_pointer (&sharers);
  show_sharers (self);
}

static Job *
job_new (PgsSharersGroup *self,
         PgsSource       *source,
         gint64           time_limit)
{
  Job *job = g_new0 (Job, 1);

  job->maps = pgs_maps_ref (self->subject.maps);
  job->query.source = source;
  job->query.pid = pgs_process_get_pid (self->subject.process);
  job->query.page = self->subject.page;
  job->query.mapping = self->subject.mapping;
  job->query.entry = self->subject.entry;
  job->query.time_limit = time_limit;
  job->query.progress = &job->progress;
  return job;
}

static void
start_search (PgsSharersGroup *self,
              gint64           time_limit)
{
  PgsSource *source = pgs_session_dup_source (self->session);

  stop_search (self);
  if (source == NULL)
    return;
  self->cancellable = g_cancellable_new ();
  self->task = g_task_new (self, self->cancellable, done_cb, NULL);
  g_task_set_source_tag (self->task, start_search);
  g_task_set_task_data (self->task, job_new (self, source, time_limit), job_free);
  g_task_run_in_thread (self->task, search_cb);
  self->timer_id = g_timeout_add (PROGRESS_MS, progress_cb, self);
  show_note (self, gtk_label_get_label (self->note_label), _("Stop"));
}

static gboolean
delay_cb (gpointer data)
{
  PgsSharersGroup *self = data;

  self->timer_id = 0;
  start_search (self, FIRST_LOOK_US);
  return G_SOURCE_REMOVE;
}

static void
button_cb (PgsSharersGroup *self)
{
  if (self->task != NULL || self->timer_id != 0)
    {
      stop_search (self);
      show_note (self, _("The search was stopped."), _("Find"));
      return;
    }
  remove_rows (self);
  gtk_label_set_label (self->note_label, _("Looking…"));
  start_search (self, 0);
}

static void
open_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  PgsSharersGroup *self = PGS_SHARERS_GROUP (widget);
  guint64 address;
  gint32 pid;

  g_variant_get (parameter, "(it)", &pid, &address);
  if (pid == pgs_session_get_pid (self->session))
    pgs_session_go_to_address (self->session, address, NULL);
  else
    gtk_widget_activate_action (widget, "win.open-process", "(it)", pid, address);
}

/* What is looked for */

static void
clear_subject (PgsSharersGroup *self)
{
  stop_search (self);
  g_clear_pointer (&self->sharers, pgs_sharers_free);
  g_clear_pointer (&self->subject.maps, pgs_maps_unref);
  g_clear_pointer (&self->subject.process, pgs_process_unref);
  self->subject.mapping = NULL;
}

static gboolean
is_same_subject (const Subject *a,
                 const Subject *b)
{
  return a->maps != NULL && a->process == b->process && a->page == b->page &&
         ((a->entry ^ b->entry) & IDENTITY) == 0 &&
         a->mapping->inode == b->mapping->inode &&
         a->mapping->offset - a->mapping->start == b->mapping->offset - b->mapping->start;
}

/* The object */

static void
pgs_sharers_group_dispose (GObject *object)
{
  PgsSharersGroup *self = PGS_SHARERS_GROUP (object);

  clear_subject (self);
  adw_bin_set_child (ADW_BIN (self), NULL);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (pgs_sharers_group_parent_class)->dispose (object);
}

static void
pgs_sharers_group_class_init (PgsSharersGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pgs_sharers_group_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/pagescape/Pagescape/ui/pgs-sharers-group.ui");
  gtk_widget_class_bind_template_child (widget_class, PgsSharersGroup, spinner);
  gtk_widget_class_bind_template_child (widget_class, PgsSharersGroup, button);
  gtk_widget_class_bind_template_child (widget_class, PgsSharersGroup, note_label);
  gtk_widget_class_bind_template_child (widget_class, PgsSharersGroup, list);
  gtk_widget_class_bind_template_child (widget_class, PgsSharersGroup, more_button);
  gtk_widget_class_bind_template_child (widget_class, PgsSharersGroup, scope_label);
  gtk_widget_class_bind_template_callback (widget_class, button_cb);
  gtk_widget_class_bind_template_callback (widget_class, more_cb);
  gtk_widget_class_install_action (widget_class, "sharers.open", "(it)", open_action);
}

static void
pgs_sharers_group_init (PgsSharersGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * pgs_sharers_group_new:
 *
 * Returns: (transfer floating): a group that shows nothing yet
 */
GtkWidget *
pgs_sharers_group_new (void)
{
  return g_object_new (PGS_TYPE_SHARERS_GROUP, NULL);
}

static void
show_subject (PgsSharersGroup *self)
{
  PgsSharersMethod method = pgs_sharers_choose (self->subject.mapping, self->subject.entry);

  remove_rows (self);
  if (!pgs_sharers_method_can_find (method))
    {
      show_note (self, pgs_sharers_method_get_reason (method), NULL);
      return;
    }
  show_note (self, _("Looking…"), _("Stop"));
  self->timer_id = g_timeout_add (DELAY_MS, delay_cb, self);
}

/**
 * pgs_sharers_group_show:
 * @session: whose process the page is of
 * @page: the address of a page that is mapped and read
 *
 * Shows who else maps the page, once that is known. What was found for the same page
 * stays while it has the same frame.
 */
void
pgs_sharers_group_show (PgsSharersGroup *self,
                        PgsSession      *session,
                        uint64_t         page)
{
  Subject subject = { .page = page };
  PgsSnapshot *snapshot;
  guint index;

  g_return_if_fail (PGS_IS_SHARERS_GROUP (self) && PGS_IS_SESSION (session));

  subject.process = pgs_session_get_process (session);
  snapshot = pgs_session_get_snapshot (session);
  subject.maps = pgs_snapshot_get_maps (snapshot);
  if (subject.process == NULL || !pgs_maps_find (subject.maps, page, &index))
    {
      pgs_sharers_group_hide (self);
      return;
    }
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  subject.mapping = pgs_maps_get_mapping (subject.maps, index);
  subject.entry = pgs_snapshot_get_entry (snapshot, page);
  if (is_same_subject (&self->subject, &subject))
    return;
  clear_subject (self);
  g_set_object (&self->session, session);
  self->subject = subject;
  pgs_maps_ref (subject.maps);
  pgs_process_ref (subject.process);
  show_subject (self);
}

/**
 * pgs_sharers_group_hide:
 *
 * Shows nothing, as for a page without a frame.
 */
void
pgs_sharers_group_hide (PgsSharersGroup *self)
{
  g_return_if_fail (PGS_IS_SHARERS_GROUP (self));

  clear_subject (self);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
