/* test-sharers.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who else maps a page: in a recorded tree to which made-up processes are added, and what
 * is said of it in words. Live processes are in test-sharers-live.c.
 */

#include "config.h"

#include "core/pgs-sharers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/pgs-proc-source.h"
#include "core/pgs-sharers-words.h"
#include "pgs-fixture.h"

#define PRESENT    (UINT64_C (1) << 63)
#define FILE_BIT   (UINT64_C (1) << 61)
#define EXCLUSIVE  (UINT64_C (1) << 56)
#define PFN        UINT64_C (0x103e2c)
#define OTHER_PFN  UINT64_C (0x5555)
#define ANON_PFN   UINT64_C (0x7777)
#define PAGE       UINT64_C (4096)
#define USER_END   (UINT64_C (1) << 47)

/* Pages of the recorded process: of libc.so.6 at offset 0x26000, and of its heap. */
#define CODE_PAGE  UINT64_C (0x7f8d6a116000)
#define HEAP_PAGE  UINT64_C (0x560927467000)
#define VDSO_PAGE  UINT64_C (0x7f8d6a2e7000)
#define OTHER_PID  9000

#define LIBC       " fe:00 332835 /usr/lib/x86_64-linux-gnu/libc.so.6\n"

/* The recorded tree */

static char *
dup_path (const PgsFixture *fixture,
          pid_t             pid,
          const char       *file)
{
  g_autofree char *name = g_strdup_printf ("%d", (int) pid);

  return g_build_filename (fixture->root, name, file, NULL);
}

static void
write_file (const PgsFixture *fixture,
            pid_t             pid,
            const char       *file,
            const char       *text)
{
  g_autofree char *path = dup_path (fixture, pid, file);

  assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
write_entry (const PgsFixture *fixture,
             pid_t             pid,
             uint64_t          address,
             uint64_t          entry)
{
  g_autofree char *path = dup_path (fixture, pid, "pagemap");
  int fd = g_open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  assert_true (fd >= 0);
  assert_int_equal (pwrite (fd, &entry, 8, (off_t) (address / PAGE * 8)), 8);
  assert_int_equal (ftruncate (fd, (off_t) (USER_END / PAGE * 8)), 0);
  close (fd);
}

/* Says which of some program files a process runs. */
static void
set_program (const PgsFixture *fixture,
             pid_t             pid,
             const char       *program)
{
  g_autofree char *path = g_build_filename (fixture->root, program, NULL);
  g_autofree char *link = dup_path (fixture, pid, "exe");

  assert_true (g_file_test (path, G_FILE_TEST_EXISTS) ||
               g_file_set_contents (path, program, -1, NULL));
  assert_int_equal (symlink (path, link), 0);
}

static void
add_process (const PgsFixture *fixture,
             pid_t             pid,
             const char       *program,
             const char       *maps)
{
  g_autofree char *folder = dup_path (fixture, pid, NULL);
  g_autofree char *own_stat = dup_path (fixture, fixture->pid, "stat");
  g_autofree char *stat = NULL;
  g_autofree char *text = NULL;

  assert_int_equal (g_mkdir (folder, 0755), 0);
  assert_true (g_file_get_contents (own_stat, &stat, NULL, NULL));
  text = g_strdup_printf ("%d (other)%s", (int) pid, strchr (stat, ')') + 1);
  write_file (fixture, pid, "stat", text);
  write_file (fixture, pid, "maps", maps);
  set_program (fixture, pid, program);
}

static PgsFixture *
new_fixture (void)
{
  PgsFixture *fixture = pgs_fixture_new ("prober");

  set_program (fixture, fixture->pid, "program");
  return fixture;
}

/* A search for a page of the recorded process. */
typedef struct
{
  PgsProcess      *process;
  PgsMaps         *maps;
  PgsSharersQuery  query;
} Search;

static void
search_clear (Search *search)
{
  pgs_maps_unref (search->maps);
  g_object_unref (search->query.source);
  pgs_process_unref (search->process);
}

static void
search_init (Search           *search,
             const PgsFixture *fixture,
             uint64_t          page)
{
  g_autofree char *path = pgs_fixture_dup_path (fixture, "maps");
  g_autofree char *text = NULL;
  gsize length;
  guint index;

  *search = (Search) { .query = { .proc_root = fixture->root, .pid = fixture->pid } };
  assert_true (g_file_get_contents (path, &text, &length, NULL));
  search->maps = pgs_maps_parse (text, length, PAGE, NULL);
  assert_non_null (search->maps);
  assert_true (pgs_maps_find (search->maps, page, &index));
  search->process = pgs_process_open (fixture->root, fixture->pid, NULL);
  assert_non_null (search->process);
  search->query.source = pgs_proc_source_new (search->process, fixture->root,
                                              PGS_PROC_SCAN_NEVER);
  search->query.page = page;
  search->query.mapping = pgs_maps_get_mapping (search->maps, index);
  search->query.entry = pgs_fixture_get_entry (fixture, page);
}

static PgsSharers *
find (const PgsFixture *fixture,
      uint64_t          page)
{
  g_autoptr(GError) error = NULL;
  PgsSharers *sharers;
  Search search;

  search_init (&search, fixture, page);
  sharers = pgs_sharers_find (&search.query, NULL, &error);
  if (sharers == NULL)
    fail_msg ("%s", error->message);
  search_clear (&search);
  return sharers;
}

static const PgsSharer *
get (const PgsSharers *sharers,
     guint             index)
{
  assert_true (index < sharers->found->len);
  return sharers->found->pdata[index];
}

/* Cases */

/* A mapping of another process, the entry of one page there, and what it is found to be. */
typedef struct
{
  const char *maps;
  uint64_t    address;
  uint64_t    entry;
  int         kind;      /* -1 where it is not found */
  guint       n_absent;
  guint       n_copies;
  guint       n_others;
} Case;

static void
check_case (const Case *c,
            uint64_t    own_entry)
{
  g_autoptr(PgsFixture) fixture = new_fixture ();
  g_autoptr(PgsSharers) sharers = NULL;

  write_entry (fixture, fixture->pid, CODE_PAGE, own_entry);
  add_process (fixture, OTHER_PID, "other", c->maps);
  write_entry (fixture, OTHER_PID, c->address, c->entry);
  sharers = find (fixture, CODE_PAGE);
  assert_int_equal (sharers->method, PGS_SHARERS_BY_FILE);
  assert_false (sharers->has_changed);
  assert_int_equal (sharers->found->len, c->kind >= 0);
  assert_int_equal (sharers->n_absent, c->n_absent);
  assert_int_equal (sharers->n_copies, c->n_copies);
  assert_int_equal (sharers->n_others, c->n_others);
  assert_int_equal (sharers->n_processes, 2);
  assert_int_equal (sharers->n_denied, 0);
  if (c->kind < 0)
    return;
  assert_int_equal (get (sharers, 0)->kind, c->kind);
  assert_int_equal (get (sharers, 0)->pid, OTHER_PID);
  assert_string_equal (get (sharers, 0)->name, "other");
  assert_true (get (sharers, 0)->address == c->address);
}

static void
test_file (void **state)
{
  static const Case cases[] = {
    { "10000000-10001000 r-xp 00026000" LIBC, 0x10000000, PRESENT | FILE_BIT | PFN,
      PGS_SHARER_SAME_FRAME },
    { "10000000-10010000 rw-s 00020000" LIBC, 0x10006000, PRESENT | FILE_BIT | PFN,
      PGS_SHARER_SAME_FRAME },
    { "10000000-10010000 r-xp 00020000" LIBC, 0x10006000, PRESENT | FILE_BIT,
      PGS_SHARER_SAME_PAGE },
    { "10000000-10001000 rw-p 00026000" LIBC, 0x10000000, PRESENT | EXCLUSIVE | OTHER_PFN,
      -1, .n_copies = 1 },
    { "10000000-10001000 rw-p 00026000" LIBC, 0x10000000, PRESENT | EXCLUSIVE,
      -1, .n_copies = 1 },
    { "10000000-10001000 r-xp 00026000" LIBC, 0x10000000, PRESENT | FILE_BIT | OTHER_PFN,
      -1, .n_others = 1 },
    { "10000000-10001000 r-xp 00026000" LIBC, 0x10000000, 0, -1, .n_absent = 1 },
    { "10000000-10001000 r-xp 00026000 fe:00 332836 /usr/lib/x86_64-linux-gnu/libc.so.6\n",
      0x10000000, PRESENT | FILE_BIT | PFN, -1 },
    { "10000000-10001000 r-xp 00026000 fe:01 332835 /usr/lib/x86_64-linux-gnu/libc.so.6\n",
      0x10000000, PRESENT | FILE_BIT | PFN, -1 },
    { "10000000-10001000 r-xp 00027000" LIBC, 0x10000000, PRESENT | FILE_BIT | PFN, -1 },
    { "10000000-10001000 r-xp 00025000" LIBC, 0x10000000, PRESENT | FILE_BIT | PFN, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check_case (&cases[i], PRESENT | FILE_BIT | PFN);
}

/* Without the frame of the page itself, no frame is the same. */
static void
test_hidden_file (void **state)
{
  static const Case cases[] = {
    { "10000000-10001000 r-xp 00026000" LIBC, 0x10000000, PRESENT | FILE_BIT | PFN,
      PGS_SHARER_SAME_PAGE },
    { "10000000-10001000 r-xp 00026000" LIBC, 0x10000000, PRESENT | FILE_BIT,
      PGS_SHARER_SAME_PAGE },
    { "10000000-10001000 rw-p 00026000" LIBC, 0x10000000, PRESENT, -1, .n_copies = 1 },
    { "10000000-10001000 r-xp 00026000" LIBC, 0x10000000, 0, -1, .n_absent = 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check_case (&cases[i], PRESENT | FILE_BIT);
}

/* Mappings can be read and pagemap cannot. */
static void
test_no_pagemap (void **state)
{
  g_autoptr(PgsFixture) fixture = new_fixture ();
  g_autoptr(PgsSharers) sharers = NULL;

  add_process (fixture, OTHER_PID, "other", "10000000-10001000 r-xp 00026000" LIBC);
  sharers = find (fixture, CODE_PAGE);
  assert_int_equal (sharers->found->len, 1);
  assert_int_equal (get (sharers, 0)->kind, PGS_SHARER_SAME_PLACE);
}

/* A process at several addresses, the page's own one first. */
static void
test_order (void **state)
{
  g_autoptr(PgsFixture) fixture = new_fixture ();
  g_autoptr(PgsSharers) sharers = NULL;
  g_autofree char *path = pgs_fixture_dup_path (fixture, "maps");
  g_autofree char *maps = NULL;
  g_autofree char *more = NULL;

  assert_true (g_file_get_contents (path, &maps, NULL, NULL));
  more = g_strconcat ("10000000-10001000 r--p 00026000" LIBC, maps, NULL);
  pgs_fixture_write (fixture, "maps", more);
  write_entry (fixture, fixture->pid, 0x10000000, PRESENT | FILE_BIT | PFN);
  add_process (fixture, 8, "other", "30000000-30001000 r-xp 00026000" LIBC
                                    "40000000-40001000 r-xp 00026000" LIBC);
  write_entry (fixture, 8, 0x30000000, PRESENT | FILE_BIT | PFN);
  write_entry (fixture, 8, 0x40000000, PRESENT | FILE_BIT | PFN);
  sharers = find (fixture, CODE_PAGE);
  assert_int_equal (sharers->found->len, 3);
  assert_int_equal (get (sharers, 0)->pid, fixture->pid);
  assert_true (get (sharers, 0)->address == 0x10000000);
  assert_true (get (sharers, 1)->address == 0x30000000);
  assert_true (get (sharers, 2)->address == 0x40000000);
}

/* The same address in any process, other addresses only where the same program runs. */
static void
test_private (void **state)
{
  static const struct
  {
    const char *program;
    const char *maps;
    uint64_t    address;
    uint64_t    entry;
    guint       n_found;
    guint       n_hidden;
    guint       n_related;
  } cases[] = {
    { "program", "560927467000-560927488000 rw-p 00000000 00:00 0\n", HEAP_PAGE,
      PRESENT | ANON_PFN, 1, 0, 2 },
    { "other", "560927467000-560927488000 rw-p 00000000 00:00 0\n", HEAP_PAGE,
      PRESENT | ANON_PFN, 1, 0, 1 },
    { "program", "10000000-10010000 rw-p 00000000 00:00 0\n", 0x10003000,
      PRESENT | ANON_PFN, 1, 0, 2 },
    { "other", "10000000-10010000 rw-p 00000000 00:00 0\n", 0x10003000,
      PRESENT | ANON_PFN, 0, 0, 1 },
    { "program", "10000000-10010000 rw-s 00000000 00:01 9 /dev/zero (deleted)\n", 0x10003000,
      PRESENT | ANON_PFN, 0, 0, 2 },
    { "program", "10000000-10010000 rw-p 00000000 00:00 0\n", 0x10003000,
      PRESENT | OTHER_PFN, 0, 0, 2 },
    { "program", "560927467000-560927488000 rw-p 00000000 00:00 0\n", HEAP_PAGE, PRESENT, 0, 1, 1 },
    { "other", "560927467000-560927488000 rw-p 00000000 00:00 0\n", HEAP_PAGE, PRESENT, 0, 1, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsFixture) fixture = new_fixture ();
      g_autoptr(PgsSharers) sharers = NULL;

      write_entry (fixture, fixture->pid, HEAP_PAGE, PRESENT | ANON_PFN);
      add_process (fixture, OTHER_PID, cases[i].program, cases[i].maps);
      write_entry (fixture, OTHER_PID, cases[i].address, cases[i].entry);
      sharers = find (fixture, HEAP_PAGE);
      assert_int_equal (sharers->method, PGS_SHARERS_PRIVATE);
      assert_int_equal (sharers->found->len, cases[i].n_found);
      assert_int_equal (sharers->n_hidden, cases[i].n_hidden);
      assert_int_equal (sharers->n_related, cases[i].n_related);
      if (cases[i].n_found > 0)
        assert_true (get (sharers, 0)->address == cases[i].address);
    }
}

/* A mapping of the kernel is found by its name. */
static void
test_kernel_mapping (void **state)
{
  g_autoptr(PgsFixture) fixture = new_fixture ();
  g_autoptr(PgsSharers) sharers = NULL;
  uint64_t entry = pgs_fixture_get_entry (fixture, VDSO_PAGE);

  add_process (fixture, OTHER_PID, "other",
               "10000000-10002000 r--p 00000000 00:00 0 [vvar]\n"
               "20000000-20002000 r-xp 00000000 00:00 0 [vdso]\n");
  write_entry (fixture, OTHER_PID, 0x10000000, entry);
  write_entry (fixture, OTHER_PID, 0x20000000, entry);
  sharers = find (fixture, VDSO_PAGE);
  assert_int_equal (sharers->method, PGS_SHARERS_BY_NAME);
  assert_int_equal (sharers->found->len, 1);
  assert_true (get (sharers, 0)->address == 0x20000000);
}

static void
test_choose (void **state)
{
  static const PgsMapping file = { .inode = 1, .kind = PGS_MAPPING_FILE, .name = "/f" };
  static const PgsMapping shared = { .inode = 1, .kind = PGS_MAPPING_DEVICE, .name = "/d",
                                     .flags = PGS_MAPPING_SHARED };
  static const PgsMapping heap = { .kind = PGS_MAPPING_HEAP, .name = "[heap]" };
  static const struct
  {
    const PgsMapping *mapping;
    uint64_t          entry;
    PgsSharersMethod  method;
  } cases[] = {
    { &file, 0, PGS_SHARERS_NO_FRAME },
    { &file, UINT64_C (1) << 62 | PFN, PGS_SHARERS_NO_FRAME },
    { &file, PRESENT | FILE_BIT | PFN, PGS_SHARERS_BY_FILE },
    { &file, PRESENT | FILE_BIT | EXCLUSIVE, PGS_SHARERS_BY_FILE },
    { &file, PRESENT | EXCLUSIVE | PFN, PGS_SHARERS_EXCLUSIVE },
    { &file, PRESENT | PFN, PGS_SHARERS_PRIVATE },
    { &file, PRESENT, PGS_SHARERS_HIDDEN },
    { &shared, PRESENT | PFN, PGS_SHARERS_BY_FILE },
    { &heap, PRESENT | EXCLUSIVE, PGS_SHARERS_EXCLUSIVE },
    { &heap, PRESENT, PGS_SHARERS_HIDDEN },
    { &heap, PRESENT | PFN, PGS_SHARERS_PRIVATE },
    { &heap, PRESENT | PFN | UINT64_C (1) << 59, PGS_SHARERS_ZERO },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      assert_int_equal (pgs_sharers_choose (cases[i].mapping, cases[i].entry), cases[i].method);
      assert_int_equal (pgs_sharers_method_can_find (cases[i].method),
                        pgs_sharers_method_get_reason (cases[i].method) == NULL);
    }
}

static void
test_changed (void **state)
{
  g_autoptr(PgsFixture) fixture = new_fixture ();
  g_autoptr(PgsSharers) sharers = NULL;
  g_autofree char *scope = NULL;
  Search search;

  search_init (&search, fixture, CODE_PAGE);
  write_entry (fixture, fixture->pid, CODE_PAGE, PRESENT | FILE_BIT | OTHER_PFN);
  sharers = pgs_sharers_find (&search.query, NULL, NULL);
  assert_non_null (sharers);
  assert_true (sharers->has_changed);
  scope = pgs_sharers_dup_scope (sharers);
  assert_null (scope);
  search_clear (&search);
}

/* Who cannot be looked at, and who has no memory to look at. */
static void
test_denied (void **state)
{
  g_autoptr(PgsFixture) fixture = new_fixture ();
  g_autoptr(PgsSharers) sharers = NULL;
  g_autofree char *maps = NULL;
  g_autofree char *scope = NULL;
  g_autofree char *kernel_thread = NULL;
  gsize length;

  kernel_thread = pgs_fixture_read ("kernel-thread", "stat", &length);
  add_process (fixture, OTHER_PID, "other", "");
  maps = dup_path (fixture, OTHER_PID, "maps");
  g_unlink (maps);
  add_process (fixture, OTHER_PID + 1, "other", "");
  write_file (fixture, OTHER_PID + 1, "stat", kernel_thread);
  sharers = find (fixture, CODE_PAGE);
  assert_int_equal (sharers->n_denied, 1);
  assert_int_equal (sharers->n_processes, 1);
  scope = pgs_sharers_dup_scope (sharers);
  assert_non_null (strstr (scope, "1 process could not be looked at."));
}

static void
test_ends (void **state)
{
  g_autoptr(PgsFixture) fixture = new_fixture ();
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(PgsSharers) sharers = NULL;
  g_autofree char *scope = NULL;
  PgsSharersProgress progress = { 0 };
  Search search;

  search_init (&search, fixture, CODE_PAGE);
  search.query.progress = &progress;
  search.query.time_limit = 1;
  sharers = pgs_sharers_find (&search.query, NULL, NULL);
  assert_non_null (sharers);
  assert_true (sharers->limits & PGS_SHARERS_LIMIT_TIME);
  assert_int_equal (sharers->n_processes, 0);
  assert_int_equal (sharers->n_all, 1);
  scope = pgs_sharers_dup_scope (sharers);
  assert_non_null (strstr (scope, "short look"));
  g_cancellable_cancel (cancellable);
  assert_null (pgs_sharers_find (&search.query, cancellable, &error));
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  search_clear (&search);
}

/* A frame is said to be the same only where that is known. */
static void
test_words (void **state)
{
  static const struct
  {
    uint64_t    entry;
    const char *said;
    const char *unsaid;
  } cases[] = {
    { PRESENT | FILE_BIT | PFN, "1 more address maps the same frame.", "same page" },
    { PRESENT | FILE_BIT, "1 more address maps the same page of the file or shared "
                                       "memory.", "same frame" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PgsFixture) fixture = new_fixture ();
      g_autoptr(PgsSharers) sharers = NULL;
      g_autofree char *summary = NULL;
      g_autofree char *scope = NULL;

      add_process (fixture, OTHER_PID, "other", "10000000-10001000 r-xp 00026000" LIBC);
      write_entry (fixture, OTHER_PID, 0x10000000, cases[i].entry);
      sharers = find (fixture, CODE_PAGE);
      summary = pgs_sharers_dup_summary (sharers);
      scope = pgs_sharers_dup_scope (sharers);
      assert_non_null (strstr (summary, cases[i].said));
      assert_null (strstr (summary, cases[i].unsaid));
      assert_string_equal (scope, "Looked at mappings of this page of the file or shared memory "
                                  "in 2 processes.");
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_choose),
    cmocka_unit_test (test_file),
    cmocka_unit_test (test_hidden_file),
    cmocka_unit_test (test_no_pagemap),
    cmocka_unit_test (test_order),
    cmocka_unit_test (test_private),
    cmocka_unit_test (test_kernel_mapping),
    cmocka_unit_test (test_changed),
    cmocka_unit_test (test_denied),
    cmocka_unit_test (test_ends),
    cmocka_unit_test (test_words),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
