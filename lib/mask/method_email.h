#ifndef MASK_METHOD_EMAIL_H
#define MASK_METHOD_EMAIL_H

#include "mask/method_work.h"

/*
 * email: a mail address (mask/mail.h) whose provider stays: the letters of ASCII are made small,
 * then the part before the "@" becomes the first 128 bits of HMAC-SHA-256 over the whole address,
 * in the base32 of RFC 4648 section 6, small letters, unpadded: 26 characters. The key is 32 bytes
 * of keyring_derive() for "email" and the domain. Not reversible, but whoever holds the key can
 * try.
 *
 * Option domains: only these stay; any other domain becomes METHOD_EMAIL_HIDDEN (RFC 6761: nothing
 * is ever sent there), and is in the HMAC only.
 */
extern const struct method_work method_email;

#define METHOD_EMAIL_HIDDEN "masked.invalid"

#endif
