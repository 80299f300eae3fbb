/* pgs-mapping-filter.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which mappings go with a text that a person typed. Every word of it has to be
 * found, whatever its case, in the label, the access ("rw-p") or the address that
 * the list shows; or it is an address that lies in the mapping.
 */

#include "config.h"

#include "pgs-mapping-filter.h"

#include <inttypes.h>
#include <string.h>

typedef struct
{
  char     *text;       /* folded, without "0x" */
  gboolean  is_address;
  uint64_t  address;
} Word;

struct _PgsMappingFilter
{
  GArray *words;
};

static void
clear_word (gpointer data)
{
  g_free (((Word *) data)->text);
}

static Word
make_word (const char *text)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);
  Word word = { .text = g_strdup (g_str_has_prefix (folded, "0x") ? folded + 2 : folded) };

  word.is_address = word.text[0] != '\0' &&
                    strspn (word.text, "0123456789abcdef") == strlen (word.text) &&
                    g_ascii_string_to_unsigned (word.text, 16, 0, G_MAXUINT64,
                                                &word.address, NULL);
  return word;
}

/**
 * pgs_mapping_filter_new:
 * @text: what was typed, in valid UTF-8
 *
 * Returns: (transfer full) (nullable): the filter; %NULL if the text has no word
 *   and so lets everything in
 */
PgsMappingFilter *
pgs_mapping_filter_new (const char *text)
{
  g_autoptr(GArray) words = g_array_new (FALSE, FALSE, sizeof (Word));
  g_auto(GStrv) parts = NULL;
  PgsMappingFilter *self;

  g_return_val_if_fail (text != NULL, NULL);

  g_array_set_clear_func (words, clear_word);
  parts = g_strsplit_set (text, " \t", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    if (parts[i][0] != '\0')
      {
        Word word = make_word (parts[i]);

        g_array_append_val (words, word);
      }
  if (words->len == 0)
    return NULL;
  self = g_new0 (PgsMappingFilter, 1);
  self->words = g_steal_pointer (&words);
  return self;
}

/**
 * pgs_mapping_filter_free:
 *
 * Frees the filter.
 */
void
pgs_mapping_filter_free (PgsMappingFilter *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->words);
  g_free (self);
}

static gboolean
word_matches (const Word       *word,
              const PgsMapping *mapping,
              const char       *start,
              const char       *access,
              const char       *label)
{
  return strstr (label, word->text) != NULL || strstr (access, word->text) != NULL ||
         strstr (start, word->text) != NULL ||
         (word->is_address && mapping->start <= word->address && word->address < mapping->end);
}

/**
 * pgs_mapping_filter_lets_in:
 *
 * Returns: whether the mapping goes with the text
 */
gboolean
pgs_mapping_filter_lets_in (const PgsMappingFilter *self,
                            const PgsMapping       *mapping)
{
  g_autofree char *label = NULL;
  g_autofree char *folded = NULL;
  char access[5];
  char start[17];

  g_return_val_if_fail (self != NULL && mapping != NULL, FALSE);

  label = pgs_mapping_dup_label (mapping);
  folded = g_utf8_casefold (label, -1);
  pgs_mapping_format_access (mapping, access);
  g_snprintf (start, sizeof start, "%012" PRIx64, mapping->start);
  for (guint i = 0; i < self->words->len; i++)
    if (!word_matches (&g_array_index (self->words, Word, i), mapping, start, access, folded))
      return FALSE;
  return TRUE;
}
