/* pgs-maps.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The mappings of a process: reads the text of /proc/PID/maps.
 *
 * The kernel writes maps some 4 KiB at a time and lets go of the address space
 * between two reads, so the text of a busy process may repeat a mapping, tell
 * of two that overlap, or be out of order. The parser sorts and lets the
 * mapping that starts first win; it refuses only text that no kernel writes.
 *
 * One copy of the text holds all names: each line's name is ended in place with
 * a NUL byte. Numbers are read by hand, for sscanf() took 20 times as long on
 * 65,531 mappings.
 */

#include "config.h"

#include "pgs-maps.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

struct _PgsMaps
{
  gatomicrefcount  ref_count;
  GBytes          *source;     /* as read; or NULL */
  char            *text;
  GArray          *mappings;
};

typedef struct
{
  char *at;
  char *end;
} Cursor;

static gboolean
read_hexadecimal (Cursor   *cursor,
                  uint64_t *number)
{
  const char *first = cursor->at;
  uint64_t value = 0;

  for (; cursor->at < cursor->end; cursor->at++)
    {
      guint digit = (guint) (guchar) *cursor->at - '0';

      if (digit > 9)
        {
          digit = (guint) (guchar) (*cursor->at | 0x20) - 'a';
          if (digit > 5)
            break;
          digit += 10;
        }
      if (value >> 60 != 0)
        return FALSE;
      value = value << 4 | digit;
    }
  *number = value;
  return cursor->at > first;
}

static gboolean
read_decimal (Cursor   *cursor,
              uint64_t *number)
{
  const char *first = cursor->at;
  uint64_t value = 0;

  for (; cursor->at < cursor->end; cursor->at++)
    {
      guint digit = (guint) (guchar) *cursor->at - '0';

      if (digit > 9)
        break;
      if (value > (UINT64_MAX - digit) / 10)
        return FALSE;
      value = value * 10 + digit;
    }
  *number = value;
  return cursor->at > first;
}

static gboolean
read_hexadecimal_until (Cursor   *cursor,
                        char      delimiter,
                        uint64_t *number)
{
  if (!read_hexadecimal (cursor, number) ||
      cursor->at == cursor->end || *cursor->at != delimiter)
    return FALSE;
  cursor->at++;
  return TRUE;
}

static gboolean
read_flags (Cursor          *cursor,
            PgsMappingFlags *flags)
{
  const char *c = cursor->at;

  if (cursor->end - c < 5 || (c[0] != 'r' && c[0] != '-') || (c[1] != 'w' && c[1] != '-') ||
      (c[2] != 'x' && c[2] != '-') || (c[3] != 's' && c[3] != 'p') || c[4] != ' ')
    return FALSE;
  *flags = (c[0] == 'r' ? PGS_MAPPING_READ : 0) |
           (c[1] == 'w' ? PGS_MAPPING_WRITE : 0) |
           (c[2] == 'x' ? PGS_MAPPING_EXEC : 0) |
           (c[3] == 's' ? PGS_MAPPING_SHARED : 0);
  cursor->at += 5;
  return TRUE;
}

/* Reads one line, without its newline; the byte at its end is writable. */
static gboolean
read_line (Cursor     *cursor,
           uint64_t    page_size,
           PgsMapping *mapping)
{
  uint64_t major, minor;

  if (!read_hexadecimal_until (cursor, '-', &mapping->start) ||
      !read_hexadecimal_until (cursor, ' ', &mapping->end) ||
      !read_flags (cursor, &mapping->flags) ||
      !read_hexadecimal_until (cursor, ' ', &mapping->offset) ||
      !read_hexadecimal_until (cursor, ':', &major) || major > G_MAXUINT32 ||
      !read_hexadecimal_until (cursor, ' ', &minor) || minor > G_MAXUINT32 ||
      !read_decimal (cursor, &mapping->inode))
    return FALSE;
  if (mapping->start >= mapping->end ||
      mapping->start % page_size != 0 || mapping->end % page_size != 0)
    return FALSE;

  mapping->dev_major = (uint32_t) major;
  mapping->dev_minor = (uint32_t) minor;
  while (cursor->at < cursor->end && *cursor->at == ' ')
    cursor->at++;
  mapping->name = cursor->at;
  *cursor->end = '\0';
  return strlen (mapping->name) == (gsize) (cursor->end - cursor->at);
}

static void
set_line_error (GError     **error,
                guint        line,
                const char  *text,
                const char  *end)
{
  g_autofree char *excerpt = g_strndup (text, (gsize) MIN (end - text, 60));
  g_autofree char *readable = g_utf8_make_valid (excerpt, -1);

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               _("Line %u of maps cannot be understood: “%s”"), line, readable);
}

static gboolean
read_lines (PgsMaps   *self,
            gsize      length,
            uint64_t   page_size,
            GError   **error)
{
  char *at = self->text;
  char *end = self->text + length;

  for (guint line = 1; at < end; line++)
    {
      PgsMapping mapping = { 0, };
      char *newline = memchr (at, '\n', (gsize) (end - at));
      Cursor cursor = { at, newline != NULL ? newline : end };

      if (!read_line (&cursor, page_size, &mapping))
        {
          set_line_error (error, line, at, cursor.end);
          return FALSE;
        }
      g_array_append_val (self->mappings, mapping);
      at = cursor.end + 1;
    }
  return TRUE;
}

static int
compare_mappings (gconstpointer a,
                  gconstpointer b)
{
  const PgsMapping *left = a;
  const PgsMapping *right = b;

  if (left->start != right->start)
    return left->start < right->start ? -1 : 1;
  if (left->end != right->end)
    return left->end > right->end ? -1 : 1;
  return 0;
}

static gboolean
is_ordered (const GArray *mappings)
{
  for (guint i = 1; i < mappings->len; i++)
    if (g_array_index (mappings, PgsMapping, i).start <
        g_array_index (mappings, PgsMapping, i - 1).end)
      return FALSE;
  return TRUE;
}

/* Sorts, drops repeats, and cuts the front off a mapping that overlaps the one
 * before it. */
static void
put_in_order (GArray *mappings)
{
  guint kept = 0;
  uint64_t last_end = 0;

  if (is_ordered (mappings))
    return;
  g_array_sort (mappings, compare_mappings);
  for (guint i = 0; i < mappings->len; i++)
    {
      PgsMapping mapping = g_array_index (mappings, PgsMapping, i);

      if (mapping.end <= last_end)
        continue;
      if (mapping.start < last_end)
        {
          mapping.offset += last_end - mapping.start;
          mapping.start = last_end;
        }
      last_end = mapping.end;
      g_array_index (mappings, PgsMapping, kept++) = mapping;
    }
  g_array_set_size (mappings, kept);
}

static gboolean
is_kernel_name (const char *name)
{
  return g_str_has_prefix (name, "[vdso") || g_str_has_prefix (name, "[vvar") ||
         g_str_has_prefix (name, "[vsyscall") || g_str_has_prefix (name, "[vectors") ||
         g_str_has_prefix (name, "[sigpage") || g_str_has_prefix (name, "[uprobes");
}

static gboolean
is_shared_memory_name (const char *name)
{
  return g_str_has_prefix (name, "/dev/shm/") || g_str_has_prefix (name, "/SYSV") ||
         g_str_has_prefix (name, "/memfd:") || g_str_has_prefix (name, "/dev/zero") ||
         g_str_has_prefix (name, "[anon_shmem:");
}

static PgsMappingKind
find_kind (const PgsMapping *mapping)
{
  const char *name = mapping->name;

  if (name[0] == '\0' && mapping->inode == 0)
    return PGS_MAPPING_ANONYMOUS;
  if (is_shared_memory_name (name))
    return PGS_MAPPING_SHARED_MEMORY;
  if (g_str_equal (name, "[heap]"))
    return PGS_MAPPING_HEAP;
  if (g_str_has_prefix (name, "[stack"))
    return PGS_MAPPING_STACK;
  if (is_kernel_name (name))
    return PGS_MAPPING_KERNEL;
  if (g_str_has_prefix (name, "/dev/"))
    return PGS_MAPPING_DEVICE;
  if (name[0] == '[' && mapping->inode == 0)
    return PGS_MAPPING_ANONYMOUS;
  return PGS_MAPPING_FILE;
}

typedef struct
{
  uint64_t inode;
  uint64_t device;
} FileKey;

static guint
file_key_hash (gconstpointer key)
{
  const FileKey *file = key;

  return (guint) ((file->inode ^ (file->inode >> 32)) * 31 + file->device);
}

static gboolean
file_key_equal (gconstpointer a,
                gconstpointer b)
{
  const FileKey *left = a;
  const FileKey *right = b;

  return left->inode == right->inode && left->device == right->device;
}

static FileKey
get_file_key (const PgsMapping *mapping)
{
  return (FileKey) { mapping->inode,
                     ((uint64_t) mapping->dev_major << 32) | mapping->dev_minor };
}

static void
mark_code (GArray     *mappings,
           GHashTable *executables)
{
  for (guint i = 0; i < mappings->len; i++)
    {
      PgsMapping *mapping = &g_array_index (mappings, PgsMapping, i);
      FileKey key = get_file_key (mapping);

      if (mapping->kind == PGS_MAPPING_FILE && g_hash_table_contains (executables, &key))
        mapping->kind = PGS_MAPPING_CODE;
    }
}

/* A file is code when any mapping of it, told by device and inode, may be
 * executed: the read-only data of a library belongs to the library. */
static void
find_kinds (GArray *mappings)
{
  g_autoptr(GHashTable) executables =
    g_hash_table_new_full (file_key_hash, file_key_equal, g_free, NULL);

  for (guint i = 0; i < mappings->len; i++)
    {
      PgsMapping *mapping = &g_array_index (mappings, PgsMapping, i);

      mapping->kind = find_kind (mapping);
      if (mapping->kind == PGS_MAPPING_FILE && (mapping->flags & PGS_MAPPING_EXEC))
        {
          FileKey key = get_file_key (mapping);
          g_hash_table_add (executables, g_memdup2 (&key, sizeof key));
        }
    }
  mark_code (mappings, executables);
}

/**
 * pgs_maps_parse:
 * @text: what /proc/PID/maps says
 * @length: its length in bytes
 * @page_size: bytes a page
 * @error: return location for %G_IO_ERROR_INVALID_DATA
 *
 * Reads the text of maps. The format is that of show_map_vma() in the kernel's
 * fs/proc/task_mmu.c.
 *
 * Returns: (transfer full): the mappings, sorted and free of overlap; %NULL when
 *   a line is not of the format
 */
PgsMaps *
pgs_maps_parse (const char  *text,
                gsize        length,
                uint64_t     page_size,
                GError     **error)
{
  g_autoptr(PgsMaps) self = NULL;

  g_return_val_if_fail (text != NULL || length == 0, NULL);
  g_return_val_if_fail (page_size > 0, NULL);

  if (length > PGS_MAPS_MAX_BYTES)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   _("The list of mappings is larger than %" G_GSIZE_FORMAT " bytes."),
                   PGS_MAPS_MAX_BYTES);
      return NULL;
    }

  self = g_new0 (PgsMaps, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->text = g_malloc (length + 1);
  if (length > 0)
    memcpy (self->text, text, length);
  self->text[length] = '\0';
  self->mappings = g_array_new (FALSE, FALSE, sizeof (PgsMapping));
  if (!read_lines (self, length, page_size, error))
    return NULL;
  put_in_order (self->mappings);
  find_kinds (self->mappings);
  return g_steal_pointer (&self);
}

/**
 * pgs_maps_read:
 * @source: what /proc/PID/maps says
 * @page_size: bytes a page
 * @previous: (nullable): mappings read before
 * @error: return location for %G_IO_ERROR_INVALID_DATA
 *
 * As pgs_maps_parse(), but does not parse the same text twice.
 *
 * Returns: (transfer full): the mappings, which are @previous where the text is the
 *   same; %NULL when a line is not of the format
 */
PgsMaps *
pgs_maps_read (GBytes    *source,
               uint64_t   page_size,
               PgsMaps   *previous,
               GError   **error)
{
  gconstpointer text;
  gsize length;
  PgsMaps *self;

  g_return_val_if_fail (source != NULL, NULL);

  if (previous != NULL && previous->source != NULL && g_bytes_equal (previous->source, source))
    return pgs_maps_ref (previous);
  text = g_bytes_get_data (source, &length);
  self = pgs_maps_parse (text, length, page_size, error);
  if (self != NULL)
    self->source = g_bytes_ref (source);
  return self;
}

/**
 * pgs_maps_ref:
 *
 * Returns: (transfer full): @self with one more reference
 */
PgsMaps *
pgs_maps_ref (PgsMaps *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * pgs_maps_unref:
 *
 * Drops a reference; the last one frees the mappings and their names.
 */
void
pgs_maps_unref (PgsMaps *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_array_unref (self->mappings);
  g_clear_pointer (&self->source, g_bytes_unref);
  g_free (self->text);
  g_free (self);
}

/**
 * pgs_maps_get_n_mappings:
 *
 * Returns: how many mappings there are
 */
guint
pgs_maps_get_n_mappings (const PgsMaps *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->mappings->len;
}

/**
 * pgs_maps_get_mapping:
 * @index: which one, less than pgs_maps_get_n_mappings()
 *
 * Returns: (transfer none): the mapping, in order of address
 */
const PgsMapping *
pgs_maps_get_mapping (const PgsMaps *self,
                      guint          index)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (index < self->mappings->len, NULL);

  return &g_array_index (self->mappings, PgsMapping, index);
}

/**
 * pgs_maps_find_from:
 * @address: any address
 *
 * Returns: the index of the first mapping that ends behind @address, that is of
 *   the one that holds it or else of the next one; the number of mappings when
 *   there is none
 */
guint
pgs_maps_find_from (const PgsMaps *self,
                    uint64_t       address)
{
  guint low = 0, high;

  g_return_val_if_fail (self != NULL, 0);

  high = self->mappings->len;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (self->mappings, PgsMapping, middle).end > address)
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

/**
 * pgs_maps_find:
 * @address: any address
 * @index: (out) (optional): which mapping holds it
 *
 * Returns: whether the address is mapped; @index stays untouched if not
 */
gboolean
pgs_maps_find (const PgsMaps *self,
               uint64_t       address,
               guint         *index)
{
  guint found = pgs_maps_find_from (self, address);

  if (found >= self->mappings->len ||
      g_array_index (self->mappings, PgsMapping, found).start > address)
    return FALSE;
  if (index != NULL)
    *index = found;
  return TRUE;
}

static gboolean
mappings_equal (const PgsMapping *left,
                const PgsMapping *right)
{
  return left->start == right->start && left->end == right->end &&
         left->offset == right->offset && left->flags == right->flags &&
         left->inode == right->inode && left->dev_major == right->dev_major &&
         left->dev_minor == right->dev_minor && g_str_equal (left->name, right->name);
}

/**
 * pgs_maps_equal:
 *
 * Returns: whether both hold the very same mappings
 */
gboolean
pgs_maps_equal (const PgsMaps *self,
                const PgsMaps *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  if (self == other)
    return TRUE;
  if (self->mappings->len != other->mappings->len)
    return FALSE;
  for (guint i = 0; i < self->mappings->len; i++)
    if (!mappings_equal (pgs_maps_get_mapping (self, i), pgs_maps_get_mapping (other, i)))
      return FALSE;
  return TRUE;
}
