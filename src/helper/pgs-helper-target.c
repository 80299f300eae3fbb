/* pgs-helper-target.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opens the files of the one process that the helper is asked about, and finds out
 * whether it may be.
 *
 * What a process is, is asked after its files were opened: a process that becomes
 * another in between is one that is refused, or its files are of an address space that
 * is no more and tell nothing.
 */

#include "config.h"

#include "pgs-helper-target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* PF_KTHREAD of include/linux/sched.h, in the ninth field of stat. */
#define KERNEL_THREAD 0x00200000ul

/* Where fields of stat are, counted from the state, which follows the name. */
#define FIELD_FLAGS      6
#define FIELD_START_TIME 19

#define MAX_TEXT 8192

/* What stat and status say of a process. */
typedef struct
{
  char     state;
  uint64_t flags;
  uint64_t start_time;
  uid_t    uids[4];     /* real, effective, saved, file system */
} Identity;

/* Reads the beginning of a file into @text, which it ends with a 0. */
static bool
read_text (int         directory,
           const char *name,
           char       *text,
           size_t      size)
{
  int fd = openat (directory, name, O_RDONLY | O_CLOEXEC);
  size_t used = 0;
  ssize_t n;

  if (fd < 0)
    return false;
  while (used < size - 1 && (n = read (fd, text + used, size - 1 - used)) > 0)
    used += (size_t) n;
  close (fd);
  text[used] = '\0';
  return used > 0;
}

/* Returns the field of stat that is @n behind the state, or %NULL. */
static const char *
find_field (const char *state,
            unsigned    n)
{
  for (; n > 0 && state != NULL; n--)
    {
      state = strchr (state, ' ');
      state = state != NULL ? state + 1 : NULL;
    }
  return state;
}

static bool
read_identity (int       directory,
               Identity *identity)
{
  static char text[MAX_TEXT];
  const char *state, *flags, *start_time, *uids;

  if (!read_text (directory, "stat", text, sizeof text))
    return false;
  /* A name may hold anything, parentheses too. */
  state = strrchr (text, ')');
  if (state == NULL || state[1] != ' ')
    return false;
  state += 2;
  flags = find_field (state, FIELD_FLAGS);
  start_time = find_field (state, FIELD_START_TIME);
  if (flags == NULL || start_time == NULL)
    return false;
  identity->state = *state;
  identity->flags = strtoull (flags, NULL, 10);
  identity->start_time = strtoull (start_time, NULL, 10);

  if (!read_text (directory, "status", text, sizeof text))
    return false;
  uids = strstr (text, "\nUid:");
  return uids != NULL &&
         sscanf (uids, "\nUid: %u %u %u %u", &identity->uids[0], &identity->uids[1],
                 &identity->uids[2], &identity->uids[3]) == 4;
}

/* Whether a process is the user's own and nothing more. The files of one that is not to
 * be dumped, for it has or had the rights of somebody else, are root's; its folder is
 * not (task_dump_owner() in fs/proc/base.c). Asking by name has the kernel look anew. */
static bool
is_own (int             directory,
        const Identity *identity,
        uid_t           user)
{
  struct stat info;

  if (fstatat (directory, "maps", &info, 0) != 0 || info.st_uid != user)
    return false;
  for (unsigned i = 0; i < 4; i++)
    if (identity->uids[i] != user)
      return false;
  return true;
}

static PgsHelperStatus
check_identity (int                       directory,
                const PgsHelperArguments *arguments,
                uid_t                     user)
{
  Identity identity;

  if (!read_identity (directory, &identity))
    return PGS_HELPER_NOT_FOUND;
  if (identity.start_time != arguments->start_time)
    return PGS_HELPER_REPLACED;
  if ((identity.flags & KERNEL_THREAD) != 0)
    return PGS_HELPER_KERNEL_THREAD;
  if (!arguments->any && !is_own (directory, &identity, user))
    return PGS_HELPER_NOT_OWN;
  if (identity.state == 'Z' || identity.state == 'X')
    return PGS_HELPER_ZOMBIE;
  return PGS_HELPER_OK;
}

/* Reads which zones there are. Where that cannot be told, nodes are not known. */
static void
read_zones (PgsHelperTarget *self)
{
  FILE *file = fopen ("/proc/zoneinfo", "re");
  char line[256];
  uint64_t spanned = 0, start;
  int32_t node = PGS_HELPER_NO_NODE;

  while (file != NULL && fgets (line, sizeof line, file) != NULL)
    {
      sscanf (line, "Node %d,", &node);
      sscanf (line, " spanned %lu", &spanned);
      if (sscanf (line, " start_pfn: %lu", &start) == 1 && spanned > 0 &&
          self->n_zones < PGS_HELPER_MAX_ZONES)
        self->zones[self->n_zones++] = (PgsHelperZone) { start, start + spanned, node };
    }
  if (file != NULL)
    fclose (file);
}

/**
 * pgs_helper_target_maps:
 *
 * Returns: whether the address space has mappings. One that is no more has none, and
 *   must not be scanned: some kernels do not bear that
 */
bool
pgs_helper_target_maps (const PgsHelperTarget *self)
{
  char first;

  return pread (self->maps_fd, &first, 1, 0) == 1;
}

/**
 * pgs_helper_target_open:
 * @self: set to what was opened
 * @arguments: which process
 * @user: who asks
 *
 * Returns: PGS_HELPER_OK, or why the process is refused
 */
PgsHelperStatus
pgs_helper_target_open (PgsHelperTarget          *self,
                        const PgsHelperArguments *arguments,
                        uid_t                     user)
{
  char path[32];
  int directory;
  PgsHelperStatus status;

  memset (self, 0, sizeof *self);
  snprintf (path, sizeof path, "/proc/%d", (int) arguments->pid);
  directory = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0)
    return PGS_HELPER_NOT_FOUND;
  self->pid_fd = (int) syscall (SYS_pidfd_open, arguments->pid, 0);
  self->maps_fd = openat (directory, "maps", O_RDONLY | O_CLOEXEC);
  self->pagemap_fd = openat (directory, "pagemap", O_RDONLY | O_CLOEXEC);
  self->flags_fd = open ("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
  self->counts_fd = open ("/proc/kpagecount", O_RDONLY | O_CLOEXEC);
  self->page_size = (uint64_t) sysconf (_SC_PAGESIZE);
  read_zones (self);

  status = check_identity (directory, arguments, user);
  close (directory);
  if (status != PGS_HELPER_OK)
    return status;
  if (self->maps_fd < 0 || self->pagemap_fd < 0)
    return PGS_HELPER_FAILED;
  return pgs_helper_target_maps (self) ? PGS_HELPER_OK : PGS_HELPER_NO_MAPPINGS;
}
