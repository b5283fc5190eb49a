#ifndef MASK_CANONICAL_H
#define MASK_CANONICAL_H

#include <stddef.h>

#include "base/buf.h"
#include "mask/token.h"

/*
 * Values made canonical before they are masked, so that spellings of one thing become one token;
 * and that is what comes back of it:
 *
 *     METHOD_IP     an address in the one spelling of mask/address.h; what is none is refused
 *     METHOD_LOWER  the letters of ASCII small
 *     METHOD_TRIM   without blanks of ASCII (space, tab, LF, VT, FF, CR) at its ends
 *
 * The last two leave what is no string as it is.
 */

/*
 * Change the plaintext of mask/token.h that begins with its type byte at ${at} of ${plain}.
 * TOKEN_MALFORMED: refused; TOKEN_FAILED: ${plain} is full.
 */
enum token_result canonical_make(struct buf *plain, size_t at, unsigned how);

#endif
