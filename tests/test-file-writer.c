/* test-file-writer.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <fcntl.h>
#include <gio/gunixoutputstream.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/pgs-file-writer.h"
#include "pgs-target.h"

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

/* An existing file keeps its permissions, whatever the umask; a new one gets those of
 * any other new file. */
static void
test_permissions (void **state)
{
  static const struct
  {
    mode_t umask;
    mode_t old; /* 0 for no file */
    mode_t expected;
  } cases[] = {
    { 022, 0, 0644 }, { 027, 0, 0640 }, { 0, 0, 0666 },
    { 022, 0600, 0600 }, { 022, 0644, 0644 }, { 022, 0666, 0666 }, { 077, 0664, 0664 },
    { 0, 0600, 0600 }, { 022, 0755, 0755 },
  };
  g_autofree char *path = g_build_filename (*state, "map.png", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      mode_t old_umask;
      gboolean written;
      struct stat status;

      g_unlink (path);
      if (cases[i].old != 0)
        {
          assert_true (g_file_set_contents (path, OLD, -1, NULL));
          assert_int_equal (g_chmod (path, (int) cases[i].old), 0);
        }
      old_umask = umask (cases[i].umask);
      written = write_text (path, NEW, TRUE, NULL);
      umask (old_umask);
      assert_true (written);
      assert_int_equal (g_stat (path, &status), 0);
      assert_int_equal (status.st_mode & 07777, cases[i].expected);
    }
}

/* The temporary file lies beside the other one, so that it can take its place; no
 * program that is started meanwhile inherits it, and it does not stay open. */
static void
test_temporary_file (void **state)
{
  g_autofree char *path = g_build_filename (*state, "map.png", NULL);
  PgsFileWriter *writer = pgs_file_writer_new (path, NULL);
  int fd;

  assert_non_null (writer);
  assert_int_equal (count_files (*state), 1);
  fd = g_unix_output_stream_get_fd (
    G_UNIX_OUTPUT_STREAM (pgs_file_writer_get_stream (writer)));
  assert_true (fcntl (fd, F_GETFD) & FD_CLOEXEC);
  pgs_file_writer_free (writer);
  assert_int_equal (fcntl (fd, F_GETFD), -1);
  assert_int_equal (count_files (*state), 0);
  pgs_file_writer_free (NULL);
}

/* Something else came to the file's place meanwhile: it stays, and nothing is left. */
static void
test_commit_fails (void **state)
{
  g_autofree char *path = g_build_filename (*state, "map.png", NULL);
  g_autoptr(PgsFileWriter) writer = pgs_file_writer_new (path, NULL);
  g_autofree char *message = g_strdup_printf ("“%s” cannot be written", path);
  g_autoptr(GError) error = NULL;

  assert_int_equal (g_mkdir (path, 0700), 0);
  assert_false (pgs_file_writer_commit (writer, &error));
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY));
  assert_true (g_str_has_prefix (error->message, message));
  g_clear_pointer (&writer, pgs_file_writer_free);
  assert_int_equal (count_files (*state), 1);
  assert_true (g_file_test (path, G_FILE_TEST_IS_DIR));
}

/* Errors of a stream get the name of the file; a full disk is told in words. */
static void
test_explain (void **state)
{
  static const struct
  {
    int         code;
    const char *path;
    const char *message;
  } cases[] = {
    { G_IO_ERROR_FAILED, "/tmp/map.png", "“/tmp/map.png” was not written. It failed." },
    { G_IO_ERROR_NO_SPACE, "/tmp/map.png",
      "“/tmp/map.png” was not written, the disk is full. Free some space or choose another "
      "place. It failed." },
    { G_IO_ERROR_FAILED, "/tmp/\xff", "“/tmp/\357\277\275” was not written. It failed." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = g_error_new (G_IO_ERROR, cases[i].code, "It failed.");

      pgs_file_writer_explain (cases[i].path, &error);
      assert_string_equal (error->message, cases[i].message);
      assert_true (g_error_matches (error, G_IO_ERROR, cases[i].code));
    }
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

/* A name that is not UTF-8 is a name; what is said of it is UTF-8. */
static void
test_odd_names (void **state)
{
  g_autofree char *folder = g_build_filename (*state, "\xff", NULL);
  g_autofree char *missing = g_build_filename (folder, "no", "map.png", NULL);
  g_autofree char *path = g_build_filename (*state, "\xfe.png", NULL);
  const char *const refused[] = { folder, missing };

  assert_true (write_text (path, NEW, TRUE, NULL));
  assert_content (path, NEW);
  assert_int_equal (g_mkdir (folder, 0700), 0);
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr(GError) error = NULL;

      assert_false (write_text (refused[i], NEW, TRUE, &error));
      assert_true (g_utf8_validate (error->message, -1, NULL));
      assert_non_null (strstr (error->message, *state));
    }
}

static char *
write_to_read_only (gpointer path)
{
  g_autoptr(GError) error = NULL;

  if (write_text (path, NEW, TRUE, &error))
    return g_strdup ("What is read-only was written");
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED) &&
         strstr (error->message, path) != NULL ? NULL : g_strdup (error->message);
}

/* Who may not write a file may not replace it either, though the folder is open to
 * everyone and the file may be read. */
static void
test_file_of_another (void **state)
{
  g_autofree char *path = g_build_filename (*state, "map.png", NULL);

  if (geteuid () != 0)
    {
      print_message ("skipped: another user, for only root can change users\n");
      skip ();
    }
  assert_true (write_text (path, OLD, TRUE, NULL));
  assert_int_equal (g_chmod (path, 0644), 0);
  assert_int_equal (g_chmod (*state, 0777), 0);
  {
    g_autofree char *problem = pgs_target_run_as_nobody (write_to_read_only, path);

    if (problem != NULL)
      fail_msg ("%s", problem);
  }
  assert_content (path, OLD);
  assert_int_equal (count_files (*state), 1);
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
    cmocka_unit_test_setup_teardown (test_permissions, set_up, tear_down),
    cmocka_unit_test_setup_teardown (test_temporary_file, set_up, tear_down),
    cmocka_unit_test_setup_teardown (test_commit_fails, set_up, tear_down),
    cmocka_unit_test (test_explain),
    cmocka_unit_test_setup_teardown (test_link_is_followed, set_up, tear_down),
    cmocka_unit_test_setup_teardown (test_targets_that_are_refused, set_up, tear_down),
    cmocka_unit_test_setup_teardown (test_odd_names, set_up, tear_down),
    cmocka_unit_test_setup_teardown (test_file_of_another, set_up, tear_down),
    cmocka_unit_test_setup_teardown (test_read_only, set_up, tear_down),
    cmocka_unit_test_setup_teardown (test_full_disk, set_up, tear_down),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
