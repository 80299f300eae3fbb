/* pgs-process-private.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small files of /proc, and what a process or a user is called, as text that can
 * be shown.
 */

#include "config.h"

#include "pgs-process-private.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>

#define USER_LIMIT 16384

/**
 * pgs_process_read_at: (skip)
 * @dir_fd: an open folder
 * @name: a small file in it
 * @buffer: (out caller-allocates): what the file holds, ended by a NUL byte
 * @size: size of @buffer in bytes; what does not fit is left out
 *
 * Returns: how many bytes were read, or -1 with errno set
 */
gssize
pgs_process_read_at (int         dir_fd,
                     const char *name,
                     char       *buffer,
                     gsize       size)
{
  PGS_AUTO_FD fd = openat (dir_fd, name, O_RDONLY | O_CLOEXEC);
  gsize used = 0;

  if (fd < 0)
    return -1;
  while (used < size - 1)
    {
      gssize n = read (fd, buffer + used, size - 1 - used);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return -1;
      if (n == 0)
        break;
      used += (gsize) n;
    }
  buffer[used] = '\0';
  return (gssize) used;
}

/**
 * pgs_process_dup_readable: (skip)
 * @text: bytes that a process chose, like its name
 * @length: how many
 *
 * Returns: (transfer full): the bytes as valid UTF-8 on one line, every control
 *   character replaced by "?"
 */
char *
pgs_process_dup_readable (const char *text,
                          gsize       length)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) length);
  GString *readable = g_string_sized_new (length);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);

      g_string_append_unichar (readable, g_unichar_iscntrl (character) ? '?' : character);
    }
  return g_string_free (readable, FALSE);
}

/**
 * pgs_process_dup_user_name: (skip)
 * @uid: a user ID
 *
 * Returns: (transfer full): the name of the user, or the number where there is
 *   no name, in valid UTF-8
 */
char *
pgs_process_dup_user_name (uid_t uid)
{
  g_autofree char *buffer = g_malloc (USER_LIMIT);
  struct passwd entry, *found = NULL;

  if (getpwuid_r (uid, &entry, buffer, USER_LIMIT, &found) == 0 && found != NULL)
    return pgs_process_dup_readable (found->pw_name, strlen (found->pw_name));
  return g_strdup_printf ("%lu", (unsigned long) uid);
}
