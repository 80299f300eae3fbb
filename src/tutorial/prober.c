/* prober.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A process to look at.
 *
 * It takes 1 KiB of memory, says where that lies, and waits for Enter, so that
 * there is all the time in the world to look at it from outside: with
 * pagemap_reader, with Pagescape, or with `cat /proc/PID/maps`.
 *
 * Build it with:  cc -o prober prober.c
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SIZE 1024

/* Waits until Enter is pressed or the input ends. */
static void
wait_for_enter (void)
{
  int character;

  do
    character = getchar ();
  while (character != '\n' && character != EOF);
}

int
main (void)
{
  char *memory = malloc (SIZE);

  if (memory == NULL)
    {
      perror ("prober");
      return EXIT_FAILURE;
    }

  /* malloc() only reserves addresses. The kernel finds a page frame for them
   * when they are first used, so use them: without this line the page may have
   * no physical address yet. */
  memset (memory, 'P', SIZE);

  /* What is printed to a pipe waits in a buffer until that is full, and whoever
   * reads the other end would see nothing. Without a buffer every line can be
   * seen at once. */
  setvbuf (stdout, NULL, _IONBF, 0);

  /* This address is a virtual one: it means something in this process only.
   * Another process may well have other memory at the same address. */
  printf ("Allocated 1KB of memory at address: %p\n", (void *) memory);
  printf ("Process ID: %ld\n", (long) getpid ());
  printf ("Press Enter to exit...\n");

  wait_for_enter ();

  free (memory);
  return EXIT_SUCCESS;
}
