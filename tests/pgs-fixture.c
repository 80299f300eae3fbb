/* pgs-fixture.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Recorded processes for tests: copies a folder of tests/data to a temporary one
 * and makes a pagemap file out of pagemap.txt (see tests/data/record.c).
 *
 * The file is as large as the address space makes it, up to 256 GiB, but sparse.
 * A file system that has no such files makes the test skip.
 *
 * The environment variable PGS_TEST_DATA names tests/data.
 */

#include "config.h"

#include "pgs-fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

/* Every recorded tree comes from a machine with pages of this size. */
#define RECORDED_PAGE_SIZE ((uint64_t) 4096)
#define USER_END           ((uint64_t) 1 << 47)

static char *
dup_data_path (const char *name,
               const char *file)
{
  const char *data = g_getenv ("PGS_TEST_DATA");

  if (data == NULL)
    fail_msg ("PGS_TEST_DATA does not name the folder tests/data");
  return g_build_filename (data, name, file, NULL);
}

static char *
read_file (const char *path,
           gsize      *length)
{
  g_autoptr(GError) error = NULL;
  char *text = NULL;

  if (!g_file_get_contents (path, &text, length, &error))
    fail_msg ("%s", error->message);
  return text;
}

static void
write_file (const char *path,
            const char *text,
            gsize       length)
{
  g_autoptr(GError) error = NULL;

  if (!g_file_set_contents (path, text, (gssize) length, &error))
    fail_msg ("%s", error->message);
}

/* Returns which process the folder holds: the one with a number for a name. */
static pid_t
find_pid (const char *name)
{
  g_autofree char *path = dup_data_path (name, NULL);
  g_autoptr(GDir) folder = g_dir_open (path, 0, NULL);
  const char *entry;

  if (folder == NULL)
    fail_msg ("There is no recorded process at %s", path);
  while ((entry = g_dir_read_name (folder)) != NULL)
    if (g_ascii_isdigit (entry[0]))
      return (pid_t) g_ascii_strtoull (entry, NULL, 10);
  fail_msg ("%s holds no process", path);
  return 0;
}

/* Leaves the test with a word about it, and without the folder. */
static void
skip_without_sparse_files (PgsFixture *self,
                           int         code)
{
  print_message ("skipped: no sparse file of this size in %s: %s\n",
                 self->root, g_strerror (code));
  pgs_fixture_free (self);
  skip ();
}

static gboolean
write_run (int      fd,
           uint64_t start,
           uint64_t end,
           uint64_t entry,
           uint64_t step)
{
  gsize n = (gsize) ((end - start) / RECORDED_PAGE_SIZE);
  g_autofree uint64_t *entries = g_new (uint64_t, n);
  gsize size = n * sizeof (uint64_t);

  for (gsize i = 0; i < n; i++)
    entries[i] = entry + i * step;
  return pwrite (fd, entries, size, (off_t) (start / RECORDED_PAGE_SIZE * sizeof (uint64_t))) ==
         (gssize) size;
}

/* Returns 0 or an error number. */
static int
write_runs (int   fd,
            char *text)
{
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      uint64_t start, end, entry, step;

      if (lines[i][0] == '\0')
        continue;
      if (sscanf (lines[i], "%" SCNx64 "-%" SCNx64 " %" SCNx64 " %" SCNx64,
                  &start, &end, &entry, &step) != 4)
        fail_msg ("Line %u of pagemap.txt is “%s”", i + 1, lines[i]);
      if (!write_run (fd, start, end, entry, step))
        return errno;
    }
  /* Behind the last page the kernel has entries of 0 up to the end of the address
   * space, so that a mapping that ends in absent pages can be read to its end. */
  return ftruncate (fd, (off_t) (USER_END / RECORDED_PAGE_SIZE * sizeof (uint64_t))) == 0
    ? 0 : errno;
}

static void
write_pagemap (PgsFixture *self,
               char       *text)
{
  g_autofree char *path = pgs_fixture_dup_path (self, "pagemap");
  int fd = g_open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  int code;

  if (fd < 0)
    fail_msg ("%s: %s", path, g_strerror (errno));
  code = write_runs (fd, text);
  close (fd);
  if (code != 0)
    skip_without_sparse_files (self, code);
}

static void
copy_process (PgsFixture *self,
              const char *name)
{
  g_autofree char *pid = g_strdup_printf ("%d", (int) self->pid);
  g_autofree char *path = dup_data_path (name, pid);
  g_autoptr(GDir) folder = g_dir_open (path, 0, NULL);
  const char *file;

  while ((file = g_dir_read_name (folder)) != NULL)
    {
      gsize length;
      g_autofree char *source = g_build_filename (path, file, NULL);
      g_autofree char *target = pgs_fixture_dup_path (self, file);
      g_autofree char *text = read_file (source, &length);

      if (g_str_equal (file, "pagemap.txt"))
        write_pagemap (self, text);
      else
        write_file (target, text, length);
    }
}

static void
copy_zoneinfo (PgsFixture *self,
               const char *name)
{
  g_autofree char *source = dup_data_path (name, "zoneinfo");
  g_autofree char *target = g_build_filename (self->root, "zoneinfo", NULL);
  g_autofree char *text = NULL;
  gsize length;

  if (g_file_get_contents (source, &text, &length, NULL))
    write_file (target, text, length);
}

/**
 * pgs_fixture_new:
 * @name: a folder of tests/data
 *
 * Makes a recorded process readable. Fails the running test when it cannot, or
 * skips it where the file system has no large sparse files.
 *
 * Returns: (transfer full): the fixture, whose files may be changed
 */
PgsFixture *
pgs_fixture_new (const char *name)
{
  PgsFixture *self = g_new0 (PgsFixture, 1);
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = NULL;

  self->pid = find_pid (name);
  self->root = g_dir_make_tmp ("pagescape-fixture-XXXXXX", &error);
  if (self->root == NULL)
    fail_msg ("%s", error->message);
  folder = pgs_fixture_dup_path (self, NULL);
  if (g_mkdir (folder, 0755) != 0)
    fail_msg ("%s: %s", folder, g_strerror (errno));
  copy_process (self, name);
  copy_zoneinfo (self, name);
  return self;
}

static void
remove_folder (const char *path)
{
  g_autoptr(GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *entry = g_build_filename (path, name, NULL);

      if (g_file_test (entry, G_FILE_TEST_IS_DIR))
        remove_folder (entry);
      else
        g_unlink (entry);
    }
  g_rmdir (path);
}

/**
 * pgs_fixture_free:
 *
 * Removes the folder and frees the fixture.
 */
void
pgs_fixture_free (PgsFixture *self)
{
  if (self == NULL)
    return;
  remove_folder (self->root);
  g_free (self->root);
  g_free (self);
}

/**
 * pgs_fixture_dup_path:
 * @file: (nullable): a file of the process, or %NULL for its folder
 *
 * Returns: (transfer full): where it is
 */
char *
pgs_fixture_dup_path (const PgsFixture *self,
                      const char       *file)
{
  g_autofree char *pid = g_strdup_printf ("%d", (int) self->pid);

  return g_build_filename (self->root, pid, file, NULL);
}

/**
 * pgs_fixture_write:
 * @file: a file of the process
 * @text: what it is to say from now on
 *
 * Replaces a file of the process.
 */
void
pgs_fixture_write (const PgsFixture *self,
                   const char       *file,
                   const char       *text)
{
  g_autofree char *path = pgs_fixture_dup_path (self, file);

  write_file (path, text, strlen (text));
}

/**
 * pgs_fixture_get_entry:
 * @address: any address
 *
 * Returns: the pagemap entry of the page at the address, as it was recorded
 */
uint64_t
pgs_fixture_get_entry (const PgsFixture *self,
                       uint64_t          address)
{
  g_autofree char *path = pgs_fixture_dup_path (self, "pagemap");
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  uint64_t entry = 0;

  if (pread (fd, &entry, sizeof entry,
             (off_t) (address / RECORDED_PAGE_SIZE * sizeof entry)) < 0)
    fail_msg ("%s: %s", path, g_strerror (errno));
  close (fd);
  return entry;
}

/**
 * pgs_fixture_read:
 * @name: a folder of tests/data
 * @file: a file of the recorded process
 * @length: (out): its size in bytes
 *
 * Returns: (transfer full): what the file holds, ended by a NUL byte
 */
char *
pgs_fixture_read (const char *name,
                  const char *file,
                  gsize      *length)
{
  g_autofree char *folder = dup_data_path (name, NULL);
  g_autofree char *pid = g_strdup_printf ("%d", (int) find_pid (name));
  g_autofree char *path = g_build_filename (folder, pid, file, NULL);

  return read_file (path, length);
}
