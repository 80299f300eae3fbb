/* pgs-helper-drop.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Gives up everything that the helper was started with, for good: what it goes on to do
 * is read from files that are open and answer, and the kernel ends it for anything else.
 */

#include "config.h"

#include "pgs-helper-drop.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/pgs-pagemap-scan.h"

/* The group of nobody: the helper needs none. */
#define NO_GROUP 65534

#if defined (__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined (__i386__)
#define ARCHITECTURE AUDIT_ARCH_I386
#elif defined (__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined (__arm__)
#define ARCHITECTURE AUDIT_ARCH_ARM
#elif defined (__riscv) && __riscv_xlen == 64
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#elif defined (__powerpc64__) && defined (__LITTLE_ENDIAN__)
#define ARCHITECTURE AUDIT_ARCH_PPC64LE
#elif defined (__s390x__)
#define ARCHITECTURE AUDIT_ARCH_S390X
#else
#error "The helper does not know how system calls are told apart here"
#endif

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LOW_HALF 0
#else
#define LOW_HALF 4
#endif

#define LOAD(offset)  BPF_STMT (BPF_LD | BPF_W | BPF_ABS, (offset))
#define RETURN(what)  BPF_STMT (BPF_RET | BPF_K, (what))
#define ALLOW(number) BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), \
                      RETURN (SECCOMP_RET_ALLOW)

static bool
set_limits (void)
{
  static const int resources[] = {
    RLIMIT_CORE, RLIMIT_FSIZE, RLIMIT_MEMLOCK, RLIMIT_MSGQUEUE, RLIMIT_NPROC,
  };
  const struct rlimit none = { 0, 0 };
  const struct rlimit descriptors = { PGS_HELPER_POLLED, PGS_HELPER_POLLED };

  for (unsigned i = 0; i < sizeof resources / sizeof resources[0]; i++)
    if (setrlimit (resources[i], &none) != 0)
      return false;
  return setrlimit (RLIMIT_NOFILE, &descriptors) == 0;
}

/* Capabilities that no process started from here could have again. */
static bool
drop_bounding_set (void)
{
  for (unsigned long i = 0; i < 64; i++)
    if (prctl (PR_CAPBSET_READ, i) == 1 && prctl (PR_CAPBSET_DROP, i) != 0)
      return false;
  return true;
}

static bool
drop_capabilities (void)
{
  struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
  struct __user_cap_data_struct data[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

  return prctl (PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == 0 &&
         syscall (SYS_capset, &header, data) == 0;
}

static bool
become_user (uid_t user)
{
  uid_t real, effective, saved;

  return setgroups (0, NULL) == 0 && setresgid (NO_GROUP, NO_GROUP, NO_GROUP) == 0 &&
         setresuid (user, user, user) == 0 && getresuid (&real, &effective, &saved) == 0 &&
         real == user && effective == user && saved == user;
}

/* Whatever is printed from now on goes nowhere. */
static bool
silence (void)
{
  int fd = open ("/dev/null", O_RDWR | O_CLOEXEC);

  return fd >= 0 && dup2 (fd, STDOUT_FILENO) >= 0 && dup2 (fd, STDERR_FILENO) >= 0 &&
         close (fd) == 0;
}

static bool
set_filter (void)
{
  static const struct sock_filter filter[] = {
    LOAD (offsetof (struct seccomp_data, arch)),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
    RETURN (SECCOMP_RET_KILL_PROCESS),
    LOAD (offsetof (struct seccomp_data, nr)),
    ALLOW (SYS_pread64),
#ifdef SYS_recv
    ALLOW (SYS_recv),
#endif
#ifdef SYS_send
    ALLOW (SYS_send),
#endif
    ALLOW (SYS_recvfrom),
    ALLOW (SYS_sendto),
#ifdef SYS_poll
    ALLOW (SYS_poll),
#endif
#ifdef SYS_ppoll
    ALLOW (SYS_ppoll),
#endif
#ifdef SYS_ppoll_time64
    ALLOW (SYS_ppoll_time64),
#endif
    ALLOW (SYS_restart_syscall),
    ALLOW (SYS_exit_group),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 1, 0),
    RETURN (SECCOMP_RET_KILL_PROCESS),
    LOAD (offsetof (struct seccomp_data, args[1]) + LOW_HALF),
    ALLOW (PGS_SCAN_IOCTL),
    RETURN (SECCOMP_RET_KILL_PROCESS),
  };
  const struct sock_fprog program = {
    .len = sizeof filter / sizeof filter[0],
    .filter = (struct sock_filter *) (uintptr_t) filter,
  };

  return prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/**
 * pgs_helper_drop:
 * @user: whom to become, so that they can end it
 *
 * Gives up groups, ids, capabilities, the right to gain new ones, and every system call
 * but those that read, wait and answer. The same user cannot trace the helper, nor take
 * its descriptors, for it cannot be dumped.
 *
 * Returns: whether all of that worked; if not, the helper must end
 */
bool
pgs_helper_drop (uid_t user)
{
  return silence () && set_limits () && drop_bounding_set () && become_user (user) &&
         drop_capabilities () && prctl (PR_SET_DUMPABLE, 0) == 0 &&
         prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && set_filter ();
}
