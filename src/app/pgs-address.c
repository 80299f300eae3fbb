/* pgs-address.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Addresses as a person types them: always hexadecimal, with 0x in front or not.
 *
 * Decimal is not taken, as "10000" would have two meanings then. strtoull() is
 * too kind for this: it takes signs, spaces and whatever follows.
 */

#include "config.h"

#include "pgs-address.h"

#include <string.h>

#define MAX_DIGITS 16

/**
 * pgs_address_parse:
 * @text: what was typed
 * @address: (out): the address
 *
 * Returns: whether @text is a hexadecimal number of at most 64 bits and nothing
 *   else; if not, @address is untouched
 */
gboolean
pgs_address_parse (const char *text,
                   uint64_t   *address)
{
  uint64_t value = 0;
  gsize length;

  g_return_val_if_fail (text != NULL && address != NULL, FALSE);

  if (g_str_has_prefix (text, "0x") || g_str_has_prefix (text, "0X"))
    text += 2;
  while (text[0] == '0' && text[1] != '\0')
    text++;
  length = strlen (text);
  if (length == 0 || length > MAX_DIGITS)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      int digit = g_ascii_xdigit_value (text[i]);

      if (digit < 0)
        return FALSE;
      value = value << 4 | (uint64_t) digit;
    }
  *address = value;
  return TRUE;
}
