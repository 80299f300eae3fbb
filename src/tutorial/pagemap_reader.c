/* pagemap_reader.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tells which physical memory lies behind a virtual address of a process.
 *
 * A process never sees physical addresses. Its memory is cut into pages, the
 * machine's memory into page frames of the same size, and the page table says
 * which frame holds which page. The kernel shows the page table of a process
 * as the file /proc/PID/pagemap: one entry of 64 bits for every page, in order,
 * so that the entry of an address stands at byte
 *
 *     address / page size * 8
 *
 * An entry says whether the page is present and, if so, in which frame: the
 * page frame number (PFN). A frame holds the page as it is, so the place in the
 * page is the place in the frame:
 *
 *     physical address = PFN * page size + address % page size
 *
 * Most addresses of a process belong to nothing at all. Their entries look like
 * those of pages that were never touched; only /proc/PID/maps, the list of what
 * is mapped where, tells them apart. So both files are read here.
 *
 * Build it in the top folder with:  cc -I src src/tutorial/pagemap_reader.c
 */

#define _FILE_OFFSET_BITS 64

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h> /* MIN() and MAX() */
#include <unistd.h>

/* The meaning of the bits of an entry. */
#include "core/pgs-pagemap-entry.h"

/* Ranges may be larger than any memory, so their entries are read in pieces. */
#define ENTRIES_PER_READ 4096

#define HIDDEN_REASON \
  "the kernel shows where a page lies only to a reader with the privilege " \
  "CAP_SYS_ADMIN; try it with sudo"

/* A flag in /proc/PID/stat; from the kernel's include/linux/sched.h. */
#define PF_KTHREAD 0x00200000u

static const char usage[] =
  "Usage: pagemap_reader PID ADDR\n"
  "       pagemap_reader PID START-END\n"
  "\n"
  "Shows the page frame and the physical address behind a virtual address of a\n"
  "process. Addresses are hexadecimal, with or without 0x.\n"
  "\n"
  "For a range, one line a page is printed, from the page that holds START to\n"
  "the last one that lies below END:\n"
  "\n"
  "  ADDRESS PFN PHYSICAL-ADDRESS       the page is in this frame\n"
  "  ADDRESS not present                the page table has no frame for it\n"
  "  ADDRESS swapped: type T, offset O  it is in slot O of swap area T\n"
  "  ADDRESS guard                      touching it is an error\n"
  "  ADDRESS hidden                     it has a frame, but not for our eyes\n"
  "  ADDRESS swapped: hidden            likewise for its place in swap\n"
  "  ADDRESS outside the page table     [vsyscall] and the like\n"
  "  ADDRESS not mapped                 there is no page\n"
  "\n"
  "Exit status:\n"
  "  0  a frame was shown (of a range: of at least one page)\n"
  "  1  the page has no frame\n"
  "  2  wrong usage, or a file could not be read or written\n"
  "  3  not permitted, or the kernel hides the frame: CAP_SYS_ADMIN is missing\n"
  "  4  no such process, or the address is not mapped\n";

typedef enum
{
  STATUS_SHOWN,
  STATUS_NO_FRAME,
  STATUS_USAGE,
  STATUS_HIDDEN,
  STATUS_NOT_FOUND,
} Status;

/* The process looked at. */
typedef struct
{
  int pid;
  int pagemap;
  FILE *maps;
  uint64_t page_size;
} Target;

/* A range of addresses; the end is the first address behind it. The end 0, which
 * no range has, says that only the address at the start is meant. */
typedef struct
{
  uint64_t start;
  uint64_t end;
} Range;

/* Says in one line what is wrong and returns the exit status given. */
__attribute__ ((format (printf, 2, 3)))
static Status
fail (Status      status,
      const char *format,
      ...)
{
  va_list args;

  fputs ("pagemap_reader: ", stderr);
  va_start (args, format);
  vfprintf (stderr, format, args);
  va_end (args);
  fputc ('\n', stderr);

  return status;
}

static Status
fail_to_write (void)
{
  return fail (STATUS_USAGE, "cannot write the output: %s", strerror (errno));
}

/* The command line */

/* Reads the number that fills the text up to its end. strtoull() takes leading
 * spaces and a sign, too, which are no part of an address or of a process ID. */
static bool
parse_number (const char *text,
              const char *end,
              int         base,
              uint64_t   *number)
{
  char *stop;

  errno = 0;
  *number = strtoull (text, &stop, base);
  return isxdigit ((unsigned char) *text) && stop == end && errno == 0;
}

/* Reads ADDR or START-END. */
static bool
parse_range (const char *text,
             Range      *range)
{
  const char *dash = strchr (text, '-');
  const char *end = text + strlen (text);

  range->end = 0;
  if (dash == NULL)
    return parse_number (text, end, 16, &range->start);
  return parse_number (text, dash, 16, &range->start) &&
         parse_number (dash + 1, end, 16, &range->end) && range->start < range->end;
}

static bool
parse_pid (const char *text,
           int        *pid)
{
  uint64_t value;

  if (!parse_number (text, text + strlen (text), 10, &value) ||
      value < 1 || value > INT_MAX)
    return false;

  *pid = (int) value;
  return true;
}

/* The process */

/* Tells why /proc has nothing on a process. Signal 0 is never sent; it only asks
 * whether it could be. /proc can be mounted so that it keeps the processes of
 * others to itself. */
static Status
explain_no_process (int pid)
{
  if (kill (pid, 0) == 0 || errno == EPERM)
    return fail (STATUS_HIDDEN, "not permitted: /proc does not show process %d "
                 "to this user; try it with sudo", pid);
  return fail (STATUS_NOT_FOUND, "there is no process %d", pid);
}

/* Reads the state of a process and its flags from /proc/PID/stat, which looks
 * like `PID (name) state` and then numbers, of which the flags are the sixth.
 * The name may hold anything, even a parenthesis, so the last one counts. */
static bool
read_stat (int           pid,
           char         *state,
           unsigned int *flags)
{
  char text[1024];
  const char *behind_name;
  FILE *stat;

  snprintf (text, sizeof text, "/proc/%d/stat", pid);
  stat = fopen (text, "re");
  if (stat == NULL)
    return false;
  text[fread (text, 1, sizeof text - 1, stat)] = '\0';
  fclose (stat);

  behind_name = strrchr (text, ')');
  return behind_name != NULL &&
         sscanf (behind_name, ") %c %*d %*d %*d %*d %*d %u", state, flags) == 2;
}

/* Tells why a process has no page table that can be looked at. */
static Status
explain_no_memory (int  pid,
                   bool denied)
{
  char state;
  unsigned int flags;

  if (!read_stat (pid, &state, &flags))
    return explain_no_process (pid);
  if (state == 'Z' || state == 'X')
    return fail (STATUS_NOT_FOUND, "process %d is a zombie: it has ended and "
                 "has no memory any more", pid);
  if (flags & PF_KTHREAD)
    return fail (STATUS_NOT_FOUND, "process %d is a kernel thread: it has no "
                 "memory of its own", pid);
  if (denied)
    return fail (STATUS_HIDDEN, "not permitted to look at process %d: it is not "
                 "yours, or it is protected; try it with sudo", pid);
  return fail (STATUS_NOT_FOUND, "process %d has no memory to look at", pid);
}

static Status
explain_open_error (int         pid,
                    const char *path)
{
  bool denied = errno == EACCES || errno == EPERM;

  if (denied || errno == ENOENT || errno == ESRCH)
    return explain_no_memory (pid, denied);
  return fail (STATUS_USAGE, "cannot open %s: %s", path, strerror (errno));
}

/* Whoever opens pagemap decides what it shows: the kernel checks the privileges
 * at this moment and never again. */
static Status
target_open (Target *target,
             int     pid)
{
  char path[64];

  target->pid = pid;
  target->page_size = (uint64_t) sysconf (_SC_PAGESIZE);

  snprintf (path, sizeof path, "/proc/%d/pagemap", pid);
  target->pagemap = open (path, O_RDONLY | O_CLOEXEC);
  if (target->pagemap < 0)
    return explain_open_error (pid, path);

  snprintf (path, sizeof path, "/proc/%d/maps", pid);
  target->maps = fopen (path, "re");
  if (target->maps == NULL)
    return explain_open_error (pid, path);

  return STATUS_SHOWN;
}

/* Reads the next line of maps, which are sorted by address:
 *
 *     55d0c8a4e000-55d0c8a4f000 rw-p 00003000 fe:00 1835  /usr/bin/prober
 */
static bool
target_next_mapping (const Target *target,
                     Range        *mapping)
{
  return fscanf (target->maps, "%" SCNx64 "-%" SCNx64 "%*[^\n]",
                 &mapping->start, &mapping->end) == 2;
}

/* Reads up to n entries, from that of the page with this number on. Returns how
 * many it got, 0 where there is no page table, or -1. */
static ssize_t
target_read_entries (const Target *target,
                     uint64_t      page,
                     uint64_t     *entries,
                     size_t        n)
{
  ssize_t bytes = pread (target->pagemap, entries, n * sizeof *entries,
                         (off_t) (page * sizeof *entries));

  return bytes < 0 ? -1 : bytes / (ssize_t) sizeof *entries;
}

/* Whether the page table that was opened is still there. It goes away when the
 * process ends, or becomes another program with execve(). The entry of address
 * 0 can be read even though nothing is mapped there. */
static bool
target_is_alive (const Target *target)
{
  uint64_t entry;

  return target_read_entries (target, 0, &entry, 1) == 1;
}

/* Tells why there is no entry for an address that is mapped, from what
 * target_read_entries() returned. */
static Status
explain_no_entry (const Target *target,
                  ssize_t       result)
{
  if (result < 0)
    return fail (STATUS_USAGE, "cannot read /proc/%d/pagemap: %s",
                 target->pid, strerror (errno));
  return fail (STATUS_NOT_FOUND, "process %d ended or became another program "
               "while it was looked at", target->pid);
}

/* One page */

static Status
entry_get_status (uint64_t entry)
{
  if (pgs_pagemap_entry_is_hidden (entry))
    return STATUS_HIDDEN;
  return pgs_pagemap_entry_is_present (entry) ? STATUS_SHOWN : STATUS_NO_FRAME;
}

/* Physical addresses have at most 56 bits on any machine so far, so that this
 * product always fits. */
static uint64_t
entry_get_physical_address (uint64_t entry,
                            uint64_t page_size,
                            uint64_t address)
{
  return pgs_pagemap_entry_get_pfn (entry) * page_size + address % page_size;
}

/* Says in words what the page is that has no frame to show. */
static void
entry_describe (uint64_t  entry,
                char     *text,
                size_t    size)
{
  PgsPageState state = pgs_pagemap_entry_get_state (entry);

  if (state == PGS_PAGE_SWAPPED && !pgs_pagemap_entry_is_hidden (entry))
    snprintf (text, size, "swapped: type %u, offset 0x%" PRIx64,
              pgs_pagemap_entry_get_swap_type (entry),
              pgs_pagemap_entry_get_swap_offset (entry));
  else
    snprintf (text, size, "%s", state == PGS_PAGE_SWAPPED ? "swapped: hidden" :
                                state == PGS_PAGE_PRESENT ? "hidden" :
                                state == PGS_PAGE_GUARD ? "guard" : "not present");
}

static const char *
entry_explain (uint64_t entry)
{
  if (pgs_pagemap_entry_is_hidden (entry))
    return HIDDEN_REASON;
  if (pgs_pagemap_entry_get_state (entry) == PGS_PAGE_GUARD)
    return "whoever touches this page gets a SIGSEGV";
  return "the page table has no frame for it until it is next used";
}

static Status
show_entry (const Target *target,
            uint64_t      address,
            uint64_t      entry)
{
  char text[64];
  Status status = entry_get_status (entry);

  if (status != STATUS_SHOWN)
    {
      entry_describe (entry, text, sizeof text);
      return fail (status, "0x%" PRIx64 ": %s: %s", address, text,
                   entry_explain (entry));
    }

  printf ("Virtual Address: 0x%" PRIx64 "\n", address);
  printf ("Page Frame Number (PFN): 0x%" PRIx64 "\n",
          pgs_pagemap_entry_get_pfn (entry));
  printf ("Physical Address: 0x%" PRIx64 "\n",
          entry_get_physical_address (entry, target->page_size, address));

  return STATUS_SHOWN;
}

static Status
show_address (const Target *target,
              uint64_t      address)
{
  Range mapping = { 0, 0 };
  uint64_t entry;
  ssize_t result;

  while (mapping.end <= address && target_next_mapping (target, &mapping))
    continue;

  if (mapping.end == 0)
    return explain_no_memory (target->pid, false);
  if (address < mapping.start || address >= mapping.end)
    return fail (STATUS_NOT_FOUND, "0x%" PRIx64 " is not mapped in process %d",
                 address, target->pid);

  result = target_read_entries (target, address / target->page_size, &entry, 1);
  if (result == 1)
    return show_entry (target, address, entry);
  if (result == 0 && target_is_alive (target))
    return fail (STATUS_NO_FRAME, "0x%" PRIx64 ": outside the page table: the "
                 "kernel provides this page itself", address);
  return explain_no_entry (target, result);
}

/* A range of pages */

/* What was seen so far. */
typedef struct
{
  bool mapped;
  bool shown;
  bool hidden;
} Tally;

/* Lists pages of which there is only one thing to say. */
static Status
list_pages (const Target *target,
            uint64_t      page,
            uint64_t      end,
            const char   *text)
{
  for (; page < end; page++)
    if (printf ("0x%" PRIx64 " %s\n", page * target->page_size, text) < 0)
      return fail_to_write ();

  return STATUS_SHOWN;
}

static Status
list_entry (const Target *target,
            uint64_t      page,
            uint64_t      entry,
            Tally        *tally)
{
  char text[64];
  uint64_t address = page * target->page_size;
  Status status = entry_get_status (entry);

  tally->shown |= status == STATUS_SHOWN;
  tally->hidden |= status == STATUS_HIDDEN;

  if (status == STATUS_SHOWN)
    snprintf (text, sizeof text, "0x%" PRIx64 " 0x%" PRIx64,
              pgs_pagemap_entry_get_pfn (entry),
              entry_get_physical_address (entry, target->page_size, address));
  else
    entry_describe (entry, text, sizeof text);

  return list_pages (target, page, page + 1, text);
}

/* Lists the pages from one number up to another, all of one mapping. */
static Status
list_mapped_pages (const Target *target,
                   uint64_t      page,
                   uint64_t      end,
                   Tally        *tally)
{
  uint64_t entries[ENTRIES_PER_READ];
  Status status = STATUS_SHOWN;

  while (page < end && status == STATUS_SHOWN)
    {
      size_t wanted = MIN (end - page, ENTRIES_PER_READ);
      ssize_t got = target_read_entries (target, page, entries, wanted);

      if (got == 0 && target_is_alive (target))
        return list_pages (target, page, end, "outside the page table");
      if (got <= 0)
        return explain_no_entry (target, got);

      for (ssize_t i = 0; i < got && status == STATUS_SHOWN; i++)
        status = list_entry (target, page++, entries[i], tally);
    }

  return status;
}

static Status
explain_tally (const Target *target,
               const Tally  *tally)
{
  if (tally->shown)
    return STATUS_SHOWN;
  if (tally->hidden)
    return fail (STATUS_HIDDEN, "hidden: %s", HIDDEN_REASON);
  return fail (STATUS_NO_FRAME, "no page of this range of process %d has a frame",
               target->pid);
}

/* Goes along the mappings and the range at once, so that neither has to be kept
 * in memory. Pages are counted by number here: the first address behind the
 * last page would not fit into 64 bits. */
static Status
list_range (const Target *target,
            const Range  *range)
{
  Tally tally = { false, false, false };
  Range mapping = { 0, 0 };
  uint64_t page = range->start / target->page_size;
  uint64_t end = (range->end - 1) / target->page_size + 1;
  Status status = STATUS_SHOWN;

  while (page < end && target_next_mapping (target, &mapping))
    {
      uint64_t mapping_page = MAX (mapping.start / target->page_size, page);
      uint64_t mapping_end = MIN (mapping.end / target->page_size, end);

      if (mapping_end <= page)
        continue;
      if (mapping_page >= end)
        break;

      tally.mapped = true;
      status = list_pages (target, page, mapping_page, "not mapped");
      if (status == STATUS_SHOWN)
        status = list_mapped_pages (target, mapping_page, mapping_end, &tally);
      if (status != STATUS_SHOWN)
        return status;
      page = mapping_end;
    }

  if (mapping.end == 0)
    return explain_no_memory (target->pid, false);
  if (page < end && !target_is_alive (target))
    return explain_no_entry (target, 0);
  if (!tally.mapped)
    return fail (STATUS_NOT_FOUND, "nothing of 0x%" PRIx64 "-0x%" PRIx64
                 " is mapped in process %d", range->start, range->end, target->pid);

  status = list_pages (target, page, end, "not mapped");
  return status == STATUS_SHOWN ? explain_tally (target, &tally) : status;
}

static Status
show (const char *pid_text,
      const char *address_text)
{
  int pid;
  Range range;
  Target target;
  Status status;

  if (!parse_pid (pid_text, &pid))
    return fail (STATUS_USAGE, "\"%s\" is not a process ID like 1234", pid_text);
  if (!parse_range (address_text, &range))
    return fail (STATUS_USAGE, "\"%s\" is not an address like 7ffd1234 nor a "
                 "range START-END, START below END", address_text);

  status = target_open (&target, pid);
  if (status != STATUS_SHOWN)
    return status;

  return range.end == 0 ? show_address (&target, range.start)
                        : list_range (&target, &range);
}

int
main (int    argc,
      char **argv)
{
  Status status = STATUS_SHOWN;

  /* Be sure that a reader who goes away, as `head` does, ends this program. */
  signal (SIGPIPE, SIG_DFL);

  if (argc == 2 && strcmp (argv[1], "--help") == 0)
    fputs (usage, stdout);
  else if (argc != 3)
    status = fail (STATUS_USAGE, "two arguments are wanted: PID ADDR or "
                   "PID START-END; --help tells more");
  else
    status = show (argv[1], argv[2]);

  /* What is printed waits in a buffer, so only now it is sure to have arrived. */
  if (status != STATUS_USAGE && fflush (stdout) != 0)
    status = fail_to_write ();

  return (int) status;
}
