/* test-file-writer.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/pgs-file-writer.h"

#define OLD "what was there before"
#define NEW "what is there now"

static int
set_up (void **state)
{
  *state = g_dir_make_tmp ("pgs-file-writer-XXXXXX", NULL);
  return *state != NULL ? 0 : -1;
}

static guint
empty_folder (const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_remove (path) == 0)
        n++;
    }
  return n;
}

static int
tear_down (void **state)
{
  empty_folder (*state);
  g_rmdir (*state);
  g_free (*state);
  return 0;
}

static gboolean
write_text (const char  *path,
            const char  *text,
            gboolean     commit,
            GError     **error)
{
  g_autoptr(PgsFileWriter) writer = pgs_file_writer_new (path, error);

  if (writer == NULL)
    return FALSE;
  if (!g_output_stream_write_all (pgs_file_writer_get_stream (writer), text, strlen (text), NULL,
                                  NULL, error))
    {
      pgs_file_writer_explain (path, error);
      return FALSE;
    }
  return !commit || pgs_file_writer_commit (writer, error);
}

static void
assert_content (const char *path,
                const char *expected)
{
  g_autofree char *text = NULL;

  assert_true (g_file_get_contents (path, &text, NULL, NULL));
  assert_string_equal (text, expected);
}

static guint
count_files (const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_commit_and_abandon (void **state)
{
  g_autofree char *path = g_build_filename (*state, "map.png", NULL);
  struct stat status;

  assert_true (write_text (path, OLD, TRUE, NULL));
  assert_content (path, OLD);
  assert_int_equal (g_chmod (path, 0640), 0);
  assert_true (write_text (path, NEW, FALSE, NULL));
  assert_content (path, OLD);
  assert_true (write_text (path, NEW, TRUE, NULL));
  assert_content (path, NEW);
  assert_int_equal (g_stat (path, &status), 0);
  assert_int_equal (status.st_mode & 07777, 0640);
  assert_int_equal (count_files (*state), 1);
}

static void
test_link_is_followed (void **state)
{
  g_autofree char *path = g_build_filename (*state, "real", NULL);
  g_autofree char *link_path = g_build_filename (*state, "link", NULL);
  g_autofree char *dangling = g_build_filename (*state, "dangling", NULL);
  struct stat status;

  assert_true (write_text (path, OLD, TRUE, NULL));
  assert_int_equal (symlink (path, link_path), 0);
  assert_true (write_text (link_path, NEW, TRUE, NULL));
  assert_content (path, NEW);
  assert_int_equal (lstat (link_path, &status), 0);
  assert_true (S_ISLNK (status.st_mode));

  assert_int_equal (symlink ("nowhere", dangling), 0);
  assert_false (write_text (dangling, NEW, TRUE, NULL));
}

static void
assert_refused (const char *path,
                int         code)
{
  g_autoptr(GError) error = NULL;

  assert_false (write_text (path, NEW, TRUE, &error));
  assert_non_null (error);
  if (!g_error_matches (error, G_IO_ERROR, code))
    fail_msg ("%s: %s", path, error->message);
  assert_non_null (strstr (error->message, path));
}

static void
test_targets_that_are_refused (void **state)
{
  g_autofree char *fifo = g_build_filename (*state, "fifo", NULL);
  g_autofree char *missing = g_build_filename (*state, "missing", "map.png", NULL);
  struct stat status;

  assert_int_equal (mkfifo (fifo, 0600), 0);
  assert_refused (*state, G_IO_ERROR_IS_DIRECTORY);
  assert_refused (fifo, G_IO_ERROR_NOT_REGULAR_FILE);
  assert_refused ("/dev/null", G_IO_ERROR_NOT_REGULAR_FILE);
  assert_refused (missing, G_IO_ERROR_NOT_FOUND);
  assert_int_equal (lstat (fifo, &status), 0);
  assert_true (S_ISFIFO (status.st_mode));
}

static void
test_read_only (void **state)
{
  g_autofree char *path = g_build_filename (*state, "map.png", NULL);

  if (geteuid () == 0)
    {
      /* Root may write what is read-only; a read-only file system stops it. */
      if (mount ("none", *state, "tmpfs", MS_RDONLY, "size=64k") != 0)
        {
          print_message ("A file system cannot be mounted here\n");
          skip ();
        }
      {
        g_autoptr(GError) error = NULL;
        gboolean written = write_text (path, NEW, TRUE, &error);

        umount (*state);
        assert_false (written);
        assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_READ_ONLY));
      }
      return;
    }
  assert_true (write_text (path, OLD, TRUE, NULL));
  assert_int_equal (g_chmod (path, 0400), 0);
  assert_refused (path, G_IO_ERROR_PERMISSION_DENIED);
  assert_content (path, OLD);
}

static void
test_full_disk (void **state)
{
  g_autofree char *path = g_build_filename (*state, "map.png", NULL);
  g_autofree char *large = g_strnfill (256 * 1024, 'x');
  g_autofree char *kept = NULL;
  g_autoptr(GError) error = NULL;
  gboolean started, written;
  guint n_files;

  if (mount ("none", *state, "tmpfs", 0, "size=64k") != 0)
    {
      print_message ("A small file system cannot be mounted: that takes root\n");
      skip ();
    }
  started = write_text (path, OLD, TRUE, NULL);
  written = write_text (path, large, TRUE, &error);
  n_files = count_files (*state);
  g_file_get_contents (path, &kept, NULL, NULL);
  empty_folder (*state);
  umount (*state);

  assert_true (started);
  assert_false (written);
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE));
  assert_non_null (strstr (error->message, path));
  assert_string_equal (kept, OLD);
  assert_int_equal (n_files, 1);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (test_commit_and_abandon, set_up, tear_down),
    cmocka_unit_test_setup_teardown (test_link_is_followed, set_up, tear_down),
    cmocka_unit_test_setup_teardown (test_targets_that_are_refused, set_up, tear_down),
    cmocka_unit_test_setup_teardown (test_read_only, set_up, tear_down),
    cmocka_unit_test_setup_teardown (test_full_disk, set_up, tear_down),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
