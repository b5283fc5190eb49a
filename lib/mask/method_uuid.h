#ifndef MASK_METHOD_UUID_H
#define MASK_METHOD_UUID_H

#include "mask/method_work.h"

/*
 * uuid: a UUID (RFC 9562 section 4: 36 characters) becomes another, in lower case. Its version (the
 * high four bits of byte 6) and variant (0xx, 10x, 110, 111 of byte 8) stay. Its 128 bits are
 * encrypted as one block of AES-256. This is repeated until version and variant are the same and
 * the result is neither nil nor max (all bits clear, all set). That is a permutation of the UUIDs
 * of one version and variant (cycle walking; 64 blocks on average). Nil and max stay.
 *
 * The key is 32 bytes of keyring_derive() for "uuid" and the domain. The result does not show which
 * key made it. Other spellings, and values that are not strings, are refused.
 */
extern const struct method_work method_uuid;

#endif
