/* test-helper-source.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests reading through the helper: that it tells what a direct reading does, and that
 * nothing it says or leaves unsaid does harm. A thread plays a helper that misbehaves.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/pgs-helper-source.h"
#include "core/pgs-proc-source.h"
#include "core/pgs-snapshot-builder.h"
#include "helper/pgs-helper-protocol.h"
#include "pgs-skip.h"
#include "pgs-start-helper.h"
#include "pgs-target.h"

#define PAGE 4096

/* What a helper says that is not one. */
typedef struct
{
  const char      *what;
  PgsHelperAnswer  hello;
  gsize            hello_length;
  PgsHelperAnswer  answer;      /* its @ask is what was asked for, plus this */
  gsize            n_bytes;     /* of items */
  PgsHelperRange   ranges[2];
  int              code;        /* what comes of it */
} Case;

typedef struct
{
  const Case *that;
  int         fd;
} Player;

static gpointer
play (gpointer data)
{
  Player *player = data;
  const Case *that = player->that;
  static guint8 message[sizeof (PgsHelperAnswer) + PGS_HELPER_MAX_BYTES + 8];
  PgsHelperRequest request;

  if (that->hello_length == 0 ||
      send (player->fd, &that->hello, that->hello_length, MSG_NOSIGNAL) < 0)
    goto end;
  while (recv (player->fd, &request, sizeof request, 0) == sizeof request && that->n_bytes < G_MAXSIZE)
    {
      PgsHelperAnswer answer = that->answer;

      answer.ask += request.ask;
      memset (message, 0, sizeof message);
      memcpy (message, &answer, sizeof answer);
      memcpy (message + sizeof answer, that->ranges, sizeof that->ranges);
      send (player->fd, message, sizeof answer + that->n_bytes, MSG_NOSIGNAL);
    }
end:
  close (player->fd);
  return NULL;
}

#define HELLO     { .version = PGS_HELPER_VERSION, .end = PAGE }
#define LENGTH    sizeof (PgsHelperAnswer)
#define OK(count) { .version = PGS_HELPER_VERSION, .n = (count), .end = 0x8000 }
#define RANGE(from, to) { (from), (to), 0 }

/* Asks for a scan of 0x1000 up to 0x8000. */
static void
test_nonsense (void **state)
{
  static const Case cases[] = {
    { "says nothing", .hello_length = 0, .code = PGS_HELPER_ERROR_LOST },
    { "speaks another version", { .version = 2, .end = PAGE }, LENGTH,
      .code = PGS_HELPER_ERROR_LOST },
    { "says half a hello", HELLO, LENGTH - 4, .code = PGS_HELPER_ERROR_LOST },
    { "says something else first", { .version = 1, .ask = PGS_HELPER_MAPS, .end = PAGE }, LENGTH,
      .code = PGS_HELPER_ERROR_LOST },
    { "says what there is not", { .version = 1, .status = PGS_HELPER_N_STATUSES }, LENGTH,
      .code = PGS_HELPER_ERROR_LOST },
    { "has other pages", { .version = 1, .end = 2 * PAGE }, LENGTH,
      .code = PGS_HELPER_ERROR_REFUSED },
    { "refuses", { .version = 1, .status = PGS_HELPER_NOT_OWN }, LENGTH,
      .code = PGS_HELPER_ERROR_REFUSED },
    { "ends when asked", HELLO, LENGTH, .n_bytes = G_MAXSIZE, .code = PGS_HELPER_ERROR_LOST },
    { "answers something else", HELLO, LENGTH, { .version = 1, .ask = 1 }, 0,
      .code = PGS_HELPER_ERROR_LOST },
    { "answers in another version", HELLO, LENGTH, { .version = 3 }, 0,
      .code = PGS_HELPER_ERROR_LOST },
    { "sends less than it says", HELLO, LENGTH, OK (2), 24,
      { RANGE (0x1000, 0x2000), RANGE (0x2000, 0x3000) }, PGS_HELPER_ERROR_LOST },
    { "sends more than it says", HELLO, LENGTH, OK (1), 48,
      { RANGE (0x1000, 0x2000), RANGE (0x2000, 0x3000) }, PGS_HELPER_ERROR_LOST },
    { "sends more than there may be", HELLO, LENGTH, OK (PGS_HELPER_MAX_RANGES + 1), 48,
      .code = PGS_HELPER_ERROR_LOST },
    { "tells of other addresses", HELLO, LENGTH, OK (1), 24, { RANGE (0, 0x2000) },
      PGS_HELPER_ERROR_LOST },
    { "tells of more addresses", HELLO, LENGTH, OK (1), 24, { RANGE (0x7000, 0x9000) },
      PGS_HELPER_ERROR_LOST },
    { "tells of nothing", HELLO, LENGTH, OK (1), 24, { RANGE (0x2000, 0x2000) },
      PGS_HELPER_ERROR_LOST },
    { "tells of parts of pages", HELLO, LENGTH, OK (1), 24, { RANGE (0x2000, 0x2800) },
      PGS_HELPER_ERROR_LOST },
    { "tells backward", HELLO, LENGTH, OK (2), 48,
      { RANGE (0x3000, 0x4000), RANGE (0x2000, 0x3000) }, PGS_HELPER_ERROR_LOST },
    { "came too far", HELLO, LENGTH, { .version = 1, .end = 0x9000 }, 0,
      .code = PGS_HELPER_ERROR_LOST },
    { "came nowhere", HELLO, LENGTH, { .version = 1, .n = 1, .end = 0x1000 }, 24,
      { RANGE (0x2000, 0x3000) }, PGS_HELPER_ERROR_LOST },
    { "was lost, it says", HELLO, LENGTH, { .version = 1, .status = PGS_HELPER_FAILED }, 0,
      .code = PGS_HELPER_ERROR_LOST },
    { "tells of another program", HELLO, LENGTH, { .version = 1, .status = PGS_HELPER_GONE }, 0,
      .code = PGS_HELPER_ERROR_REPLACED },
    { "behaves", HELLO, LENGTH, OK (2), 48,
      { RANGE (0x1000, 0x2000), RANGE (0x7000, 0x8000) }, -1 },
  };
  g_autoptr(PgsProcess) process = pgs_process_open (NULL, getpid (), NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GArray) ranges = g_array_new (FALSE, FALSE, sizeof (PgsPopulatedRange));
      g_autoptr(PgsSource) source = NULL;
      g_autoptr(GError) error = NULL;
      Player player = { .that = &cases[i] };
      uint64_t walk_end;
      GThread *thread;
      int fds[2];

      assert_int_equal (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
      player.fd = fds[1];
      thread = g_thread_new ("helper", play, &player);
      source = pgs_helper_source_new (process, fds[0], &error);
      if (source != NULL)
        pgs_source_scan (source, 0x1000, 0x8000, ranges, &walk_end, &error);
      g_clear_object (&source);
      g_thread_join (thread);
      if (cases[i].code < 0 ? error != NULL
                            : !g_error_matches (error, PGS_HELPER_ERROR, cases[i].code))
        fail_msg ("A helper that %s: %s", cases[i].what, error != NULL ? error->message : "fine");
      assert_int_equal (ranges->len, cases[i].code < 0 ? 2 : 0);
    }
}

/* One that says nothing any more is waited for no longer than some seconds, and not
 * asked again. */
static void
test_silence (void **state)
{
  const PgsHelperAnswer hello = HELLO;
  g_autoptr(PgsProcess) process = pgs_process_open (NULL, getpid (), NULL);
  g_autoptr(PgsSource) source = NULL;
  g_autoptr(GError) error = NULL;
  uint64_t entry;
  int fds[2];

  assert_int_equal (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
  assert_int_equal (send (fds[1], &hello, sizeof hello, 0), sizeof hello);
  source = pgs_helper_source_new (process, fds[0], &error);
  assert_non_null (source);
  for (guint i = 0; i < 2; i++)
    {
      g_clear_error (&error);
      assert_int_equal (pgs_source_read_entries (source, PAGE, &entry, 1, &error), -1);
      assert_true (g_error_matches (error, PGS_HELPER_ERROR, PGS_HELPER_ERROR_LOST));
    }
  close (fds[1]);
}

/* The real one */

typedef struct
{
  PgsTarget  *target;
  PgsProcess *process;
  PgsSource  *source;
  pid_t       helper;
} Fixture;

static Fixture
start_helper (PgsTargetFlags  flags,
              const char     *scope)
{
  Fixture self = { .target = pgs_target_new (flags) };
  g_autoptr(GError) error = NULL;

  self.process = pgs_process_open (NULL, self.target->pid, NULL);
  self.source = pgs_start_helper (self.process, scope, &self.helper, &error);
  if (self.source == NULL)
    fail_msg ("%s", error->message);
  return self;
}

/* Ends all, and sees that the helper goes by itself. */
static void
finish (Fixture *self)
{
  g_clear_object (&self->source);
  assert_int_equal (waitpid (self->helper, NULL, 0), self->helper);
  pgs_process_unref (self->process);
  pgs_target_free (self->target);
}

static uint64_t
read_plainly (int      fd,
              uint64_t address)
{
  uint64_t entry = 0;

  assert_in_range (pread (fd, &entry, sizeof entry, (off_t) (address / PAGE * sizeof entry)), 0,
                   sizeof entry);
  return entry;
}

/* Holds every page of a snapshot against pagemap. Whether somebody else has a page, too,
 * does not count: the target was forked, and where the other one writes, that changes. */
static guint
count_differences (PgsSnapshot *snapshot,
                   pid_t        pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/pagemap", (int) pid);
  PgsMaps *maps = pgs_snapshot_get_maps (snapshot);
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  guint n_different = 0;

  for (guint i = 0; i < pgs_maps_get_n_mappings (maps); i++)
    {
      const PgsMapping *mapping = pgs_maps_get_mapping (maps, i);

      /* What is merely reserved has a page here and there. */
      if (mapping->start >> 63 != 0 || mapping->end - mapping->start > ((uint64_t) 1 << 32))
        continue;
      for (uint64_t address = mapping->start; address < mapping->end; address += PAGE)
        {
          uint64_t told = pgs_snapshot_get_entry (snapshot, address);
          uint64_t plain = read_plainly (fd, address);

          if (pgs_pagemap_entry_get_state (plain) == PGS_PAGE_ABSENT)
            plain = 0;
          n_different += ((told ^ plain) & ~(PGS_PAGEMAP_MARKS | PGS_PAGEMAP_EXCLUSIVE)) != 0;
        }
    }
  close (fd);
  return n_different;
}

static void
test_same_as_plain (void **state)
{
  Fixture fixture;
  g_autoptr(PgsSnapshot) snapshot = NULL;
  g_autoptr(PgsSnapshot) direct = NULL;
  g_autoptr(PgsSource) source = NULL;

  pgs_skip_unless_root ();
  fixture = start_helper (PGS_TARGET_AS_NOBODY, PGS_HELPER_OWN);
  snapshot = pgs_snapshot_build (fixture.source, NULL, NULL);
  assert_non_null (snapshot);
  assert_int_equal (count_differences (snapshot, fixture.target->pid), 0);
  source = pgs_proc_source_new (fixture.process, NULL, PGS_PROC_SCAN_AUTO);
  direct = pgs_snapshot_build (source, NULL, NULL);
  assert_memory_equal (pgs_snapshot_get_totals (snapshot), pgs_snapshot_get_totals (direct),
                       sizeof (PgsTotals));
  assert_int_equal (pgs_snapshot_get_totals (snapshot)->hidden, 0);
  assert_int_equal (pgs_snapshot_get_ram_end (snapshot), pgs_snapshot_get_ram_end (direct));
  finish (&fixture);
}

/* What is said of frames is what the kernel says, and nothing of those that are not the
 * page's any more. */
static void
test_frames (void **state)
{
  /* LOCKED, REFERENCED, LRU and ACTIVE come and go. */
  const uint64_t steady = ~UINT64_C (0x65);
  Fixture fixture;
  g_autoptr(PgsSource) direct = NULL;
  uint64_t start, entries[8];
  PgsFrame told[8], plain[8];

  pgs_skip_unless_root ();
  fixture = start_helper (PGS_TARGET_AS_NOBODY, PGS_HELPER_OWN);
  direct = pgs_proc_source_new (fixture.process, NULL, PGS_PROC_SCAN_AUTO);
  start = fixture.target->start[PGS_TARGET_TOUCHED];
  assert_int_equal (pgs_source_read_entries (fixture.source, start, entries, 8, NULL), 8);
  entries[3] ^= 1;
  assert_int_equal (pgs_source_read_frames (fixture.source, start, entries, 8, told, NULL), 8);
  assert_int_equal (pgs_source_read_frames (direct, start, entries, 8, plain, NULL), 8);
  for (guint i = 0; i < 8; i++)
    {
      assert_int_equal (told[i].is_known, i != 3);
      if (i == 3)
        continue;
      assert_true (((told[i].flags ^ plain[i].flags) & steady) == 0);
      assert_int_equal (told[i].map_count, plain[i].map_count);
      assert_int_equal (told[i].node, plain[i].node);
    }
  finish (&fixture);
}

/* A second reading through the same helper sees what has changed. */
static void
test_refresh (void **state)
{
  Fixture fixture;
  g_autoptr(PgsSnapshot) snapshot = NULL;
  g_autoptr(PgsSnapshot) same = NULL;
  g_autoptr(PgsSnapshot) changed = NULL;
  PgsSnapshotOptions options = { 0 };

  pgs_skip_unless_root ();
  fixture = start_helper (0, PGS_HELPER_ANY);
  snapshot = pgs_snapshot_build (fixture.source, NULL, NULL);
  options.previous = snapshot;
  same = pgs_snapshot_build_with (fixture.source, &options, NULL, NULL);
  assert_int_equal (count_differences (same, fixture.target->pid), 0);
  pgs_target_change (fixture.target);
  changed = pgs_snapshot_build_with (fixture.source, &options, NULL, NULL);
  assert_ptr_not_equal (changed, snapshot);
  assert_int_equal (count_differences (changed, fixture.target->pid), 0);
  finish (&fixture);
}

/* What becomes of a reading when the helper, or the process, is not there any more. */
static void
test_ends (void **state)
{
  g_autoptr(GError) error = NULL;
  Fixture fixture;

  pgs_skip_unless_root ();
  fixture = start_helper (0, PGS_HELPER_ANY);
  kill (fixture.helper, SIGKILL);
  assert_null (pgs_snapshot_build (fixture.source, NULL, &error));
  assert_true (g_error_matches (error, PGS_HELPER_ERROR, PGS_HELPER_ERROR_LOST));
  finish (&fixture);

  g_clear_error (&error);
  fixture = start_helper (0, PGS_HELPER_ANY);
  pgs_target_end (fixture.target);
  assert_null (pgs_snapshot_build (fixture.source, NULL, &error));
  assert_true (g_error_matches (error, PGS_PROCESS_ERROR, PGS_PROCESS_ERROR_NOT_FOUND));
  finish (&fixture);

  g_clear_error (&error);
  fixture = start_helper (0, PGS_HELPER_ANY);
  pgs_target_exec (fixture.target);
  assert_null (pgs_snapshot_build (fixture.source, NULL, &error));
  assert_true (g_error_matches (error, PGS_HELPER_ERROR, PGS_HELPER_ERROR_REPLACED));
  finish (&fixture);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_nonsense),
    cmocka_unit_test (test_silence),
    cmocka_unit_test (test_same_as_plain),
    cmocka_unit_test (test_frames),
    cmocka_unit_test (test_refresh),
    cmocka_unit_test (test_ends),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
