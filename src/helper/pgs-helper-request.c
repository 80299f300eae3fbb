/* pgs-helper-request.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What comes from outside, and what of it is taken. Pure functions: they look at
 * nothing but what they are given.
 */

#include "config.h"

#include "pgs-helper-request.h"

#include <string.h>

/* The largest number that the kernel gives to a process. */
#define MAX_PID  (UINT64_C (1) << 22)

/* No architecture has user space beyond this. */
#define USER_END (UINT64_C (1) << 63)

/* The most that maps is read of. */
#define MAX_TEXT (UINT64_C (1) << 30)

/**
 * pgs_helper_parse_number:
 * @text: digits, and nothing else: no sign, no space, no leading zero
 * @max: the largest number that is taken
 * @number: set to the number
 *
 * Returns: whether it is such a number
 */
bool
pgs_helper_parse_number (const char *text,
                         uint64_t    max,
                         uint64_t   *number)
{
  uint64_t value = 0;

  if (text[0] == '\0' || (text[0] == '0' && text[1] != '\0'))
    return false;
  for (; *text != '\0'; text++)
    {
      unsigned digit = (unsigned) (*text - '0');

      if (*text < '0' || *text > '9' || value > (max - digit) / 10)
        return false;
      value = value * 10 + digit;
    }
  *number = value;
  return value <= max;
}

/**
 * pgs_helper_parse_arguments:
 * @argc: how many there are, the name of the program included
 * @argv: `own` or `any`, a PID, and when it started
 * @arguments: set to what they say
 *
 * Returns: whether they are as they should be
 */
bool
pgs_helper_parse_arguments (int                 argc,
                            const char *const  *argv,
                            PgsHelperArguments *arguments)
{
  uint64_t pid;

  if (argc != 4)
    return false;
  if (strcmp (argv[1], PGS_HELPER_OWN) != 0 && strcmp (argv[1], PGS_HELPER_ANY) != 0)
    return false;
  if (!pgs_helper_parse_number (argv[2], MAX_PID, &pid) || pid == 0)
    return false;
  arguments->any = strcmp (argv[1], PGS_HELPER_ANY) == 0;
  arguments->pid = (pid_t) pid;
  return pgs_helper_parse_number (argv[3], INT64_MAX, &arguments->start_time);
}

static bool
is_address (uint64_t address,
            uint64_t page_size)
{
  return address < USER_END && address % page_size == 0;
}

/* Whether @n pages from @start on are at most @max, and all in user space. */
static bool
are_pages (uint64_t start,
           uint32_t n,
           uint64_t page_size,
           uint32_t max)
{
  return is_address (start, page_size) && n > 0 && n <= max && n <= (USER_END - start) / page_size;
}

/**
 * pgs_helper_parse_request:
 * @message: what was received
 * @length: how many bytes it has
 * @page_size: bytes a page
 * @request: set to the request
 *
 * Returns: whether it is one that may be answered
 */
bool
pgs_helper_parse_request (const void       *message,
                          size_t            length,
                          uint64_t          page_size,
                          PgsHelperRequest *request)
{
  if (length != sizeof *request)
    return false;
  memcpy (request, message, sizeof *request);
  if (request->version != PGS_HELPER_VERSION || request->zero != 0 || request->n == 0)
    return false;
  switch (request->ask)
    {
    case PGS_HELPER_MAPS:
      return request->start <= MAX_TEXT && request->end == 0 && request->n <= PGS_HELPER_MAX_BYTES;
    case PGS_HELPER_SCAN:
      return is_address (request->start, page_size) && is_address (request->end, page_size) &&
             request->start < request->end && request->n <= PGS_HELPER_MAX_RANGES;
    case PGS_HELPER_ENTRIES:
      return request->end == 0 &&
             are_pages (request->start, request->n, page_size, PGS_HELPER_MAX_ENTRIES);
    case PGS_HELPER_FRAMES:
      return request->end == 0 &&
             are_pages (request->start, request->n, page_size, PGS_HELPER_MAX_FRAMES);
    default:
      return false;
    }
}

/**
 * pgs_helper_parse_stretches:
 * @message: what was received
 * @length: how many bytes it has
 * @page_size: bytes a page
 * @stretches: set to the request
 *
 * Returns: whether it is a request for stretches that may be answered
 */
bool
pgs_helper_parse_stretches (const void         *message,
                            size_t              length,
                            uint64_t            page_size,
                            PgsHelperStretches *stretches)
{
  const PgsHelperRequest *request = &stretches->request;
  uint32_t left = PGS_HELPER_MAX_ENTRIES;

  if (length != sizeof *stretches)
    return false;
  memcpy (stretches, message, sizeof *stretches);
  if (request->version != PGS_HELPER_VERSION || request->ask != PGS_HELPER_STRETCHES ||
      request->start != 0 || request->end != 0 || request->zero != 0 || request->n == 0 ||
      request->n > PGS_HELPER_MAX_STRETCHES)
    return false;
  for (uint32_t i = 0; i < PGS_HELPER_MAX_STRETCHES; i++)
    {
      const PgsHelperStretch *stretch = &stretches->stretches[i];

      if (stretch->zero != 0)
        return false;
      if (i >= request->n && (stretch->start != 0 || stretch->n != 0))
        return false;
      if (i < request->n && !are_pages (stretch->start, stretch->n, page_size, left))
        return false;
      left -= stretch->n;
    }
  return true;
}
