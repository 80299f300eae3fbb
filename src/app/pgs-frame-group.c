/* pgs-frame-group.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the kernel knows of the frame of the page selected: its flags, how often it is
 * mapped, and the folio it is part of. That is read in a worker, for this one page, by a
 * source of its own: the session's may be in use, unless it is the helper's.
 */

#include "config.h"

#include "pgs-frame-group.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "core/pgs-frame-facts.h"
#include "core/pgs-units.h"
#include "pgs-fact-row.h"

struct _PgsFrameGroup
{
  AdwBin          parent_instance;

  GtkLabel       *note_label;
  GtkListBox     *list;
  PgsFactRow     *count_row;
  PgsFactRow     *folio_row;
  PgsFactRow     *head_row;
  PgsFactRow     *place_row;
  PgsFactRow     *node_row;
  AdwExpanderRow *flags_row;
  GPtrArray      *flag_rows;    /* one for each flag that it has */

  GCancellable   *cancellable;  /* of the reading under way, or the last */
  PgsSnapshot    *snapshot;     /* what is shown */
  uint64_t        page;
};

G_DEFINE_FINAL_TYPE (PgsFrameGroup, pgs_frame_group, ADW_TYPE_BIN)

/* What a worker is given, and what it brings back. */
typedef struct
{
  PgsSource     *source;
  uint64_t       page;
  uint64_t       page_size;
  PgsFrameFacts  facts;
} Query;

static void
query_free (gpointer data)
{
  Query *query = data;

  g_object_unref (query->source);
  g_free (query);
}

/* Showing */

static void
set_text (PgsFactRow *row,
          char       *text)
{
  pgs_fact_row_set_value (row, text);
  g_free (text);
}

static void
show_note (PgsFrameGroup *self,
           const char    *note)
{
  gtk_label_set_label (self->note_label, note);
  gtk_widget_set_visible (GTK_WIDGET (self->list), FALSE);
}

static void
add_flag_row (PgsFrameGroup      *self,
              const PgsFrameFlag *flag)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), flag->name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _(flag->description));
  adw_expander_row_add_row (self->flags_row, row);
  g_ptr_array_add (self->flag_rows, row);
}

/* Shows the flags that the frame has. Those without a name here are in the number. */
static void
show_flags (PgsFrameGroup  *self,
            const PgsFrame *frame)
{
  g_autofree char *raw = g_strdup_printf ("0x%016" PRIx64, frame->flags);

  if (self->flag_rows->len > 0 && g_strcmp0 (adw_expander_row_get_subtitle (self->flags_row),
                                             raw) == 0)
    return;
  for (guint i = 0; i < self->flag_rows->len; i++)
    adw_expander_row_remove (self->flags_row, self->flag_rows->pdata[i]);
  g_ptr_array_set_size (self->flag_rows, 0);
  for (guint i = 0; i < pgs_frame_get_n_flags (); i++)
    if ((frame->flags >> pgs_frame_get_flag (i)->bit & 1) != 0)
      add_flag_row (self, pgs_frame_get_flag (i));
  adw_expander_row_set_subtitle (self->flags_row, raw);
}

static void
show_folio (PgsFrameGroup *self,
            const Query   *query)
{
  const PgsFrameFacts *facts = &query->facts;
  g_autofree char *size = pgs_units_format_bytes (facts->n_frames * query->page_size);
  gboolean is_large = facts->n_frames > 1;

  if (facts->n_frames == 0)
    set_text (self->folio_row, g_strdup (_("of several frames")));
  else if (is_large)
    set_text (self->folio_row,
              g_strdup_printf (_("%" PRIu64 " frames, %s (order %d)"), facts->n_frames, size,
                               g_bit_nth_msf ((gulong) facts->n_frames, -1)));
  else
    set_text (self->folio_row, g_strdup (_("one frame (order 0)")));
  set_text (self->head_row, is_large ? g_strdup_printf ("0x%" PRIx64, facts->head) : NULL);
  set_text (self->place_row,
            is_large ? g_strdup_printf (_("%" PRIu64 " of %" PRIu64),
                                        facts->pfn - facts->head + 1, facts->n_frames) : NULL);
}

static void
show_facts (PgsFrameGroup *self,
            const Query   *query)
{
  const PgsFrame *frame = &query->facts.frame;

  if (!frame->is_known)
    {
      show_note (self, _("Nothing is known of the frame of this page."));
      return;
    }
  gtk_label_set_label (self->note_label,
                       _("Read just now. Mappings are counted over the page tables of all "
                         "processes."));
  set_text (self->count_row,
            g_strdup_printf (ngettext ("%u page-table entry", "%u page-table entries",
                                       frame->map_count), frame->map_count));
  set_text (self->node_row,
            frame->node >= 0 ? g_strdup_printf ("%d", frame->node) : NULL);
  show_folio (self, query);
  show_flags (self, frame);
  gtk_widget_set_visible (GTK_WIDGET (self->list), TRUE);
}

/* Reading */

static void
read_cb (GTask        *task,
         gpointer      source_object,
         gpointer      task_data,
         GCancellable *cancellable)
{
  Query *query = task_data;
  PgsSource *source = query->source;
  g_autoptr(GBytes) maps = NULL;
  GError *error = NULL;

  query->page_size = pgs_source_get_page_size (source);
  /* A source tells of pages once it has told of mappings. */
  maps = pgs_source_read_maps (source, cancellable, &error);
  if (maps != NULL && pgs_frame_facts_read (source, query->page, &query->facts, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
done_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  PgsFrameGroup *self = PGS_FRAME_GROUP (object);
  g_autoptr(GError) error = NULL;
  gboolean is_done = g_task_propagate_boolean (G_TASK (result), &error);

  /* Another page was selected since. */
  if (g_task_get_cancellable (G_TASK (result)) != self->cancellable ||
      g_cancellable_is_cancelled (self->cancellable))
    return;
  if (is_done)
    show_facts (self, g_task_get_task_data (G_TASK (result)));
  else
    show_note (self, error->message);
}

static void
start_reading (PgsFrameGroup *self,
               PgsSession    *session)
{
  g_autoptr(GTask) task = NULL;
  Query *query = g_new0 (Query, 1);

  query->source = pgs_session_dup_source (session);
  query->page = self->page;
  g_set_object (&self->cancellable, NULL);
  self->cancellable = g_cancellable_new ();
  task = g_task_new (self, self->cancellable, done_cb, NULL);
  g_task_set_source_tag (task, start_reading);
  g_task_set_task_data (task, query, query_free);
  g_task_run_in_thread (task, read_cb);
}

static void
forget (PgsFrameGroup *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->snapshot, pgs_snapshot_unref);
}

/* The object */

static void
pgs_frame_group_dispose (GObject *object)
{
  PgsFrameGroup *self = PGS_FRAME_GROUP (object);

  forget (self);
  adw_bin_set_child (ADW_BIN (self), NULL);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->flag_rows, g_ptr_array_unref);

  G_OBJECT_CLASS (pgs_frame_group_parent_class)->dispose (object);
}

static void
pgs_frame_group_class_init (PgsFrameGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pgs_frame_group_dispose;
  g_type_ensure (PGS_TYPE_FACT_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/pagescape/Pagescape/ui/pgs-frame-group.ui");
  gtk_widget_class_bind_template_child (widget_class, PgsFrameGroup, note_label);
  gtk_widget_class_bind_template_child (widget_class, PgsFrameGroup, list);
  gtk_widget_class_bind_template_child (widget_class, PgsFrameGroup, count_row);
  gtk_widget_class_bind_template_child (widget_class, PgsFrameGroup, folio_row);
  gtk_widget_class_bind_template_child (widget_class, PgsFrameGroup, head_row);
  gtk_widget_class_bind_template_child (widget_class, PgsFrameGroup, place_row);
  gtk_widget_class_bind_template_child (widget_class, PgsFrameGroup, node_row);
  gtk_widget_class_bind_template_child (widget_class, PgsFrameGroup, flags_row);
}

static void
pgs_frame_group_init (PgsFrameGroup *self)
{
  self->flag_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * pgs_frame_group_new:
 *
 * Returns: (transfer floating): a group that shows nothing yet
 */
GtkWidget *
pgs_frame_group_new (void)
{
  return g_object_new (PGS_TYPE_FRAME_GROUP, NULL);
}

/**
 * pgs_frame_group_show:
 * @session: whose process the page is of
 * @page: the address of a page
 *
 * Shows what is known of the frame of the page, once that has been read. What is known
 * of the same page of the same snapshot already stays.
 */
void
pgs_frame_group_show (PgsFrameGroup *self,
                      PgsSession    *session,
                      uint64_t       page)
{
  PgsSnapshot *snapshot;
  gboolean is_other;

  g_return_if_fail (PGS_IS_FRAME_GROUP (self) && PGS_IS_SESSION (session));

  snapshot = pgs_session_get_snapshot (session);
  is_other = self->snapshot == NULL || self->page != page;
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  if (pgs_session_get_process (session) == NULL || (!is_other && self->snapshot == snapshot))
    return;
  forget (self);
  self->snapshot = pgs_snapshot_ref (snapshot);
  self->page = page;
  if (is_other)
    show_note (self, _("Reading…"));
  start_reading (self, session);
}

/**
 * pgs_frame_group_hide:
 *
 * Shows nothing, as for a page without a frame.
 */
void
pgs_frame_group_hide (PgsFrameGroup *self)
{
  g_return_if_fail (PGS_IS_FRAME_GROUP (self));

  forget (self);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
