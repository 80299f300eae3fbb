/* pgs-inspector.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The page inspector: all there is to know of the page selected, each fact to be
 * copied. Where several pages are selected it tells of the range as well.
 */

#include "config.h"

#include "pgs-inspector.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "core/pgs-page-words.h"
#include "core/pgs-page-table.h"
#include "core/pgs-units.h"
#include "pgs-fact-row.h"
#include "pgs-frame-group.h"
#include "pgs-order-group.h"
#include "pgs-sharers-group.h"

struct _PgsInspector
{
  AdwBin          parent_instance;

  PgsSession     *session;
  GtkStack       *stack;
  GtkBox         *page_box;
  GtkLabel       *heading;
  GtkLabel       *subheading;
  GtkLabel       *explanation;
  PgsFactRow     *virtual_row;
  PgsFactRow     *pfn_row;
  PgsFactRow     *physical_row;
  PgsFactRow     *sum_row;
  GtkWidget      *unlock_row;
  PgsFactRow     *swap_row;
  PgsFactRow     *state_row;
  PgsFactRow     *mapping_row;
  PgsFactRow     *page_row;
  PgsFactRow     *file_row;
  PgsFactRow     *range_row;
  PgsFactRow     *range_pages_row;
  PgsFactRow     *frames_row;
  AdwExpanderRow *bits_row;
  AdwExpanderRow *table_row;
  GPtrArray      *bit_rows;
  GPtrArray      *level_rows;
  PgsFrameGroup  *frame_group;  /* made when there is a frame to tell of */
  PgsSharersGroup *sharers_group; /* with it */
  PgsOrderGroup  *order_group;    /* with it */
};

G_DEFINE_FINAL_TYPE (PgsInspector, pgs_inspector, ADW_TYPE_BIN)

/* What is shown: the page, and what it belongs to. */
typedef struct
{
  PgsSnapshot      *snapshot;
  const PgsMapping *mapping;
  guint             mapping_index;
  uint64_t          page_size;
  uint64_t          address;
  uint64_t          page;
  uint64_t          entry;
} Subject;

static char *
format_address (uint64_t address)
{
  return g_strdup_printf ("0x%" PRIx64, address);
}

static char *
format_bytes (uint64_t bytes)
{
  return pgs_units_format_bytes (bytes);
}

static void
set_text (PgsFactRow *row,
          char       *text)
{
  pgs_fact_row_set_value (row, text);
  g_free (text);
}

static char *
dup_mapping_text (const PgsMapping *mapping)
{
  g_autofree char *label = pgs_mapping_dup_label (mapping);
  char access[5];

  pgs_mapping_format_access (mapping, access);
  return g_strdup_printf ("%s %s", label, access);
}

static char *
dup_swap_text (uint64_t entry)
{
  if (pgs_pagemap_entry_get_state (entry) != PGS_PAGE_SWAPPED)
    return NULL;
  if (pgs_pagemap_entry_is_hidden (entry))
    return g_strdup (_("hidden"));
  return g_strdup_printf (_("area %u, slot 0x%" PRIx64),
                          pgs_pagemap_entry_get_swap_type (entry),
                          pgs_pagemap_entry_get_swap_offset (entry));
}

static char *
dup_file_offset (const Subject *subject)
{
  if (subject->mapping->inode == 0)
    return NULL;
  return format_address (subject->mapping->offset + subject->page - subject->mapping->start);
}

/* Shows where the page lies. */
static void
show_place (PgsInspector  *self,
            const Subject *subject)
{
  set_text (self->virtual_row, format_address (subject->address));
  set_text (self->mapping_row, dup_mapping_text (subject->mapping));
  set_text (self->page_row,
            g_strdup_printf (_("%" PRIu64 " of %" PRIu64),
                             (subject->page - subject->mapping->start) / subject->page_size + 1,
                             pgs_mapping_get_size (subject->mapping) / subject->page_size));
  set_text (self->file_row, dup_file_offset (subject));
}

static void
show_page (PgsInspector  *self,
           const Subject *subject)
{
  uint64_t entry = subject->entry;
  g_autofree char *explanation = pgs_page_dup_explanation (subject->mapping, entry);

  show_place (self, subject);
  set_text (self->pfn_row, pgs_page_dup_pfn (entry));
  set_text (self->physical_row,
            pgs_page_dup_physical (entry, subject->address, subject->page_size));
  set_text (self->sum_row, pgs_page_dup_sum (entry, subject->address, subject->page_size));
  gtk_widget_set_visible (self->unlock_row, pgs_pagemap_entry_is_hidden (entry) &&
                                            pgs_session_can_unlock (self->session));
  set_text (self->swap_row, dup_swap_text (entry));
  set_text (self->state_row, pgs_page_dup_state (entry));
  gtk_label_set_label (self->explanation, explanation);
}

/* Rows that are folded away are made when there is a page to tell of: they would take a
 * tenth of the time in which the window opens. */
static void
add_bit_rows (PgsInspector *self)
{
  for (guint i = 0; i < pgs_page_get_n_bits (); i++)
    {
      g_autofree char *title = NULL;
      GtkWidget *row;
      PgsPageBit bit;

      pgs_page_describe_bit (0, i, &bit);
      g_free (bit.words);
      title = g_strdup_printf (_("%s (bit %s)"), bit.title, bit.bits);
      row = pgs_fact_row_new (title);
      adw_expander_row_add_row (self->bits_row, row);
      g_ptr_array_add (self->bit_rows, row);
    }
}

static void
add_level_rows (PgsInspector *self)
{
  for (guint i = 0; i < PGS_PAGE_TABLE_N_LEVELS; i++)
    {
      GtkWidget *row = pgs_fact_row_new (pgs_page_table_get_level_title (i));

      adw_expander_row_add_row (self->table_row, row);
      g_ptr_array_add (self->level_rows, row);
    }
}

static void
show_bits (PgsInspector  *self,
           const Subject *subject)
{
  g_autofree char *raw = g_strdup_printf ("0x%016" PRIx64,
                                          subject->entry & ~PGS_PAGEMAP_MARKS);

  if (self->bit_rows->len == 0)
    add_bit_rows (self);
  for (guint i = 0; i < self->bit_rows->len; i++)
    {
      PgsPageBit bit;

      pgs_page_describe_bit (subject->entry, i, &bit);
      set_text (self->bit_rows->pdata[i], bit.words);
    }
  adw_expander_row_set_subtitle (self->bits_row, raw);
}

static void
show_levels (PgsInspector  *self,
             const Subject *subject)
{
  g_autoptr(GString) summary = g_string_new (NULL);

  if (self->level_rows->len == 0)
    add_level_rows (self);
  for (guint i = 0; i < self->level_rows->len; i++)
    {
      PgsPageTableLevel level;

      pgs_page_table_get_level (subject->address, subject->page_size, i, &level);
      set_text (self->level_rows->pdata[i],
                g_strdup_printf (_("%u (0x%x), bits %u–%u"), level.index, level.index,
                                 level.low_bit, level.high_bit));
      g_string_append_printf (summary, "%s%u", i > 0 ? " · " : "", level.index);
    }
  adw_expander_row_set_subtitle (self->table_row, summary->str);
}

static void
hide_frame (PgsInspector *self)
{
  if (self->frame_group == NULL)
    return;
  pgs_frame_group_hide (self->frame_group);
  pgs_sharers_group_hide (self->sharers_group);
}

/* The groups below the facts of a page are made when there is a page. */
static void
add_groups (PgsInspector *self)
{
  self->frame_group = PGS_FRAME_GROUP (pgs_frame_group_new ());
  gtk_box_append (self->page_box, GTK_WIDGET (self->frame_group));
  self->sharers_group = PGS_SHARERS_GROUP (pgs_sharers_group_new ());
  gtk_box_append (self->page_box, GTK_WIDGET (self->sharers_group));
  self->order_group = PGS_ORDER_GROUP (pgs_order_group_new ());
  gtk_box_append (self->page_box, GTK_WIDGET (self->order_group));
  hide_frame (self);
}

static void
show_frame (PgsInspector *self,
            uint64_t      page)
{
  pgs_frame_group_show (self->frame_group, self->session, page);
  pgs_sharers_group_show (self->sharers_group, self->session, page);
}

/* Returns how much is selected: a range, or all that lies in the frames selected. */
static uint64_t
count_selected (const GArray       *picked,
                const PgsSelection *selection)
{
  uint64_t bytes = 0;

  if (picked == NULL)
    return selection->end - selection->start;
  for (guint i = 0; i < picked->len; i++)
    bytes += g_array_index (picked, PgsRange, i).end - g_array_index (picked, PgsRange, i).start;
  return bytes;
}

static char *
dup_range_text (const GArray       *picked,
                const PgsSelection *selection)
{
  if (picked != NULL && picked->len > 1)
    return g_strdup_printf (ngettext ("%u place", "%u places", picked->len), picked->len);
  return g_strdup_printf ("0x%" PRIx64 "-0x%" PRIx64, selection->start, selection->end);
}

static void
show_range (PgsInspector       *self,
            const Subject      *subject,
            const PgsSelection *selection)
{
  const GArray *picked = pgs_session_get_picked (self->session);
  uint64_t bytes = count_selected (picked, selection);
  uint64_t pages = bytes / subject->page_size;
  g_autofree char *size = format_bytes (bytes);
  PgsRange frames;

  pgs_fact_row_set_value (self->range_row, NULL);
  pgs_fact_row_set_value (self->range_pages_row, NULL);
  pgs_fact_row_set_value (self->frames_row, NULL);
  if (picked != NULL && pgs_session_get_frames (self->session, &frames) &&
      frames.end - frames.start > subject->page_size)
    set_text (self->frames_row,
              g_strdup_printf ("0x%" PRIx64 "-0x%" PRIx64, frames.start, frames.end));
  if (pages <= 1)
    return;
  set_text (self->range_row, dup_range_text (picked, selection));
  set_text (self->range_pages_row, g_strdup_printf (ngettext ("%" PRIu64 " page, %s",
                                                              "%" PRIu64 " pages, %s",
                                                              (gulong) pages), pages, size));
}

static void
clear_facts (PgsInspector *self)
{
  for (GtkWidget *row = gtk_widget_get_first_child (gtk_widget_get_parent (
         GTK_WIDGET (self->virtual_row))); row != NULL; row = gtk_widget_get_next_sibling (row))
    if (PGS_IS_FACT_ROW (row))
      pgs_fact_row_set_value (PGS_FACT_ROW (row), NULL);
  gtk_widget_set_visible (self->unlock_row, FALSE);
}

static void
show_unmapped (PgsInspector *self,
               uint64_t      address)
{
  g_autofree char *text = g_strdup_printf (_("The address 0x%" PRIx64 " is not mapped now."),
                                           address);

  clear_facts (self);
  gtk_label_set_label (self->explanation, text);
}

static gboolean
find_subject (PgsInspector *self,
              Subject      *subject)
{
  const PgsMaps *maps;

  subject->snapshot = pgs_session_get_snapshot (self->session);
  subject->address = pgs_session_get_selection (self->session)->address;
  subject->page_size = pgs_snapshot_get_page_size (subject->snapshot);
  subject->page = subject->address - subject->address % subject->page_size;
  subject->entry = pgs_snapshot_get_entry (subject->snapshot, subject->page);
  maps = pgs_snapshot_get_maps (subject->snapshot);
  if (!pgs_maps_find (maps, subject->address, &subject->mapping_index))
    return FALSE;
  subject->mapping = pgs_maps_get_mapping (maps, subject->mapping_index);
  return TRUE;
}

static void
update (PgsInspector *self)
{
  g_autofree char *title = NULL;
  const char *unknown;
  Subject subject;
  gboolean mapped;

  if (pgs_session_get_snapshot (self->session) == NULL ||
      !pgs_session_has_selection (self->session))
    {
      gtk_stack_set_visible_child_name (self->stack, "empty");
      hide_frame (self);
      return;
    }
  gtk_stack_set_visible_child_name (self->stack, "page");
  if (self->frame_group == NULL)
    add_groups (self);
  pgs_order_group_update (self->order_group, self->session);
  mapped = find_subject (self, &subject);
  title = format_address (subject.page);
  gtk_label_set_label (self->subheading, title);
  gtk_widget_set_visible (GTK_WIDGET (self->table_row), mapped);
  if (!mapped)
    {
      gtk_widget_set_visible (GTK_WIDGET (self->bits_row), FALSE);
      show_unmapped (self, subject.address);
      hide_frame (self);
      return;
    }
  unknown = pgs_page_get_unknown (subject.snapshot, subject.page);
  gtk_widget_set_visible (GTK_WIDGET (self->bits_row), unknown == NULL);
  if (unknown == NULL)
    {
      show_page (self, &subject);
      show_bits (self, &subject);
    }
  else
    {
      clear_facts (self);
      show_place (self, &subject);
      gtk_label_set_label (self->explanation, unknown);
    }
  if (unknown == NULL && pgs_pagemap_entry_is_present (subject.entry))
    show_frame (self, subject.page);
  else
    hide_frame (self);
  show_range (self, &subject, pgs_session_get_selection (self->session));
  show_levels (self, &subject);
}

static void
pgs_inspector_dispose (GObject *object)
{
  PgsInspector *self = PGS_INSPECTOR (object);

  adw_bin_set_child (ADW_BIN (self), NULL);
  g_clear_object (&self->session);
  g_clear_pointer (&self->bit_rows, g_ptr_array_unref);
  g_clear_pointer (&self->level_rows, g_ptr_array_unref);

  G_OBJECT_CLASS (pgs_inspector_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, PgsInspector, stack);
  gtk_widget_class_bind_template_child (widget_class, PgsInspector, page_box);
  gtk_widget_class_bind_template_child (widget_class, PgsInspector, heading);
  gtk_widget_class_bind_template_child (widget_class, PgsInspector, subheading);
  gtk_widget_class_bind_template_child (widget_class, PgsInspector, explanation);
  gtk_widget_class_bind_template_child (widget_class, PgsInspector, virtual_row);
  gtk_widget_class_bind_template_child (widget_class, PgsInspector, pfn_row);
  gtk_widget_class_bind_template_child (widget_class, PgsInspector, physical_row);
  gtk_widget_class_bind_template_child (widget_class, PgsInspector, sum_row);
  gtk_widget_class_bind_template_child (widget_class, PgsInspector, unlock_row);
  gtk_widget_class_bind_template_child (widget_class, PgsInspector, swap_row);
  gtk_widget_class_bind_template_child (widget_class, PgsInspector, state_row);
  gtk_widget_class_bind_template_child (widget_class, PgsInspector, mapping_row);
  gtk_widget_class_bind_template_child (widget_class, PgsInspector, page_row);
  gtk_widget_class_bind_template_child (widget_class, PgsInspector, file_row);
  gtk_widget_class_bind_template_child (widget_class, PgsInspector, range_row);
  gtk_widget_class_bind_template_child (widget_class, PgsInspector, range_pages_row);
  gtk_widget_class_bind_template_child (widget_class, PgsInspector, frames_row);
  gtk_widget_class_bind_template_child (widget_class, PgsInspector, bits_row);
  gtk_widget_class_bind_template_child (widget_class, PgsInspector, table_row);
}

static void
pgs_inspector_class_init (PgsInspectorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pgs_inspector_dispose;
  g_type_ensure (PGS_TYPE_FACT_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/pagescape/Pagescape/ui/pgs-inspector.ui");
  bind_children (widget_class);
}

static void
pgs_inspector_init (PgsInspector *self)
{
  self->bit_rows = g_ptr_array_new ();
  self->level_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * pgs_inspector_set_session:
 * @session: what to show; set once
 */
void
pgs_inspector_set_session (PgsInspector *self,
                           PgsSession   *session)
{
  g_return_if_fail (PGS_IS_INSPECTOR (self) && self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "refreshed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "selection-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "lock-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
