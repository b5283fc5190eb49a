#ifndef MASK_METHOD_UUID_H
#define MASK_METHOD_UUID_H

#include "mask/method_work.h"

/*
 * uuid: a UUID (RFC 9562 section 4: 36 characters) becomes another one, in lower case, of the same
 * version (the high four bits of byte 6) and variant (0xx, 10x, 110, 111 of byte 8): its 128 bits
 * are encrypted as one block of AES-256 until version and variant are what they were, and neither
 * the nil nor the max UUID (all bits clear, all set) came out. That is a permutation of the UUIDs
 * of one version and variant (cycle walking; 64 blocks on average). Nil and max stay.
 *
 * The key is 32 bytes of keyring_derive() for "uuid" and the domain. What comes out does not show
 * whose key it is of. Another spelling, and whatever is no string, is refused.
 */
extern const struct method_work method_uuid;

#endif
