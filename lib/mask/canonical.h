#ifndef MASK_CANONICAL_H
#define MASK_CANONICAL_H

#include <stddef.h>

#include "base/buf.h"
#include "mask/token.h"

/*
 * Canonical values: values changed before they are masked, so that all spellings of a value become
 * one token. Unmasking gives the canonical value:
 *
 *     METHOD_IP     an address in the spelling of mask/address.h; other values are refused
 *     METHOD_LOWER  ASCII letters in lower case
 *     METHOD_TRIM   no ASCII blanks (space, tab, LF, VT, FF, CR) at the ends
 *
 * The last two change strings only.
 */

/*
 * Change the plaintext of mask/token.h whose type byte is at ${at} of ${plain}. Return
 * TOKEN_MALFORMED for a refused value, TOKEN_FAILED when ${plain} is full.
 */
enum token_result canonical_make(struct buf *plain, size_t at, unsigned how);

#endif
