/* fuzz-helper.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Throws random and mutated requests at what the privileged helper does with them: it
 * looks at this very process. The same on every run; PGS_FUZZ_ROUNDS makes it longer.
 */

#include "config.h"

#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>

#include "helper/pgs-helper-answer.h"

#define ROUNDS 100000
#define SEED   4711

static PgsHelperMessage message;

/* Makes a request that is nearly a good one, of something that is there. */
static void
make_request (GRand            *random,
              PgsHelperRequest *request)
{
  static const uint64_t edges[] = {
    0, 1, 4095, 4096, UINT64_C (1) << 47, (UINT64_C (1) << 63) - 4096, UINT64_C (1) << 63, UINT64_MAX,
  };
  static const uint32_t numbers[] = {
    0, 1, 2, 63, 64, 65, PGS_HELPER_MAX_RANGES, PGS_HELPER_MAX_RANGES + 1, PGS_HELPER_MAX_ENTRIES,
    PGS_HELPER_MAX_BYTES, PGS_HELPER_MAX_BYTES + 1, UINT32_MAX,
  };
  uint64_t here = (uintptr_t) &message & ~UINT64_C (4095);

  *request = (PgsHelperRequest) {
    .version = PGS_HELPER_VERSION,
    .ask = (uint32_t) g_rand_int_range (random, 0, PGS_HELPER_N_ASKS + 1),
    .n = numbers[g_rand_int_range (random, 0, G_N_ELEMENTS (numbers))],
  };
  switch (g_rand_int_range (random, 0, 3))
    {
    case 0:
      request->start = edges[g_rand_int_range (random, 0, G_N_ELEMENTS (edges))];
      break;
    case 1:
      request->start = here + (uint64_t) g_rand_int_range (random, -64, 64) * 4096;
      break;
    default:
      request->start = (uint64_t) g_rand_int (random) << 12;
    }
  if (request->ask == PGS_HELPER_SCAN)
    request->end = request->start + (uint64_t) g_rand_int_range (random, -1, 4096) * 4096;
}

static void
mutate (GRand  *random,
        guint8 *bytes,
        gsize   length)
{
  for (int n = g_rand_int_range (random, 0, 4); n > 0; n--)
    bytes[g_rand_int_range (random, 0, (int) length)] ^= (guint8) (1 << g_rand_int_range (random, 0, 8));
}

static void
check_answer (const char *what,
              gsize       length,
              gsize       item_size,
              uint32_t    max)
{
  if (length > sizeof message || message.header.version != PGS_HELPER_VERSION ||
      message.header.status >= PGS_HELPER_N_STATUSES || message.header.n > max ||
      length != sizeof message.header + message.header.n * item_size)
    g_error ("An answer to %s has %" G_GSIZE_FORMAT " bytes, %u items, status %u", what, length,
             message.header.n, message.header.status);
}

static gboolean
try_request (const PgsHelperTarget *target,
             GRand                 *random)
{
  static const gsize sizes[PGS_HELPER_N_ASKS] = {
    [PGS_HELPER_MAPS] = 1, [PGS_HELPER_SCAN] = sizeof (PgsHelperRange),
    [PGS_HELPER_ENTRIES] = sizeof (uint64_t), [PGS_HELPER_FRAMES] = sizeof (PgsHelperFrame),
  };
  PgsHelperRequest request, parsed;

  make_request (random, &request);
  mutate (random, (guint8 *) &request, sizeof request);
  if (!pgs_helper_parse_request (&request, sizeof request, target->page_size, &parsed))
    return FALSE;
  check_answer ("a request", pgs_helper_answer (target, &parsed, &message), sizes[parsed.ask],
                parsed.n);
  return TRUE;
}

static gboolean
try_stretches (const PgsHelperTarget *target,
               GRand                 *random)
{
  PgsHelperStretches stretches = {
    .request = { PGS_HELPER_VERSION, PGS_HELPER_STRETCHES, 0, 0, 0, 0 },
  }, parsed;
  uint64_t here = (uintptr_t) &message & ~UINT64_C (4095);

  stretches.request.n = (uint32_t) g_rand_int_range (random, 1, PGS_HELPER_MAX_STRETCHES + 1);
  for (guint i = 0; i < stretches.request.n; i++)
    stretches.stretches[i] = (PgsHelperStretch) {
      here + (uint64_t) g_rand_int_range (random, -64, 64) * 4096,
      (uint32_t) g_rand_int_range (random, 1, 200), 0,
    };
  if (g_rand_boolean (random))
    mutate (random, (guint8 *) &stretches, sizeof stretches);
  if (!pgs_helper_parse_stretches (&stretches, sizeof stretches, target->page_size, &parsed))
    return FALSE;
  check_answer ("stretches", pgs_helper_answer_stretches (target, &parsed, &message),
                sizeof (uint64_t), PGS_HELPER_MAX_ENTRIES);
  return TRUE;
}

int
main (void)
{
  const char *rounds = g_getenv ("PGS_FUZZ_ROUNDS");
  guint64 n_rounds = rounds != NULL ? g_ascii_strtoull (rounds, NULL, 10) : ROUNDS;
  g_autoptr(GRand) random = g_rand_new_with_seed (SEED);
  PgsHelperTarget target = {
    .pid_fd = -1,
    .maps_fd = open ("/proc/self/maps", O_RDONLY | O_CLOEXEC),
    .pagemap_fd = open ("/proc/self/pagemap", O_RDONLY | O_CLOEXEC),
    .flags_fd = open ("/proc/kpageflags", O_RDONLY | O_CLOEXEC),
    .counts_fd = open ("/proc/kpagecount", O_RDONLY | O_CLOEXEC),
    .page_size = (uint64_t) sysconf (_SC_PAGESIZE),
    .n_zones = 2,
    .zones = { { 0, 1 << 20, 0 }, { 1 << 19, 1 << 30, 1 } },
  };
  guint64 n_answers = 0;

  for (guint64 i = 0; i < n_rounds; i++)
    n_answers += i % 4 == 0 ? try_stretches (&target, random) : try_request (&target, random);
  g_print ("%" G_GUINT64_FORMAT " requests, %" G_GUINT64_FORMAT " answered\n", n_rounds, n_answers);
  return n_answers > n_rounds / 100 || n_rounds < 100 ? 0 : 1;
}
