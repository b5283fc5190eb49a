#ifndef MASK_METHOD_EMAIL_H
#define MASK_METHOD_EMAIL_H

#include "mask/method_work.h"

/*
 * email: a mail address (mask/mail.h) whose provider stays. ASCII letters become lower case. The
 * part before the "@" becomes the first 128 bits of HMAC-SHA-256 over the whole address, in
 * lower-case base32 (RFC 4648 section 6) without padding: 26 characters. The key is 32 bytes of
 * keyring_derive() for "email" and the domain. Not reversible, but a holder of the key can guess.
 *
 * Option domains: only these stay. Any other domain becomes METHOD_EMAIL_HIDDEN (RFC 6761: no mail
 * is ever sent there), and enters the HMAC only.
 */
extern const struct method_work method_email;

#define METHOD_EMAIL_HIDDEN "masked.invalid"

#endif
