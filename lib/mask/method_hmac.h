#ifndef MASK_METHOD_HMAC_H
#define MASK_METHOD_HMAC_H

#include "mask/method_work.h"

/*
 * hmac: "hmac1.KEYID.BASE64URL", the first 128 bits of HMAC-SHA-256 (FIPS 198-1) over the type byte
 * and the value of mask/token.h. The key is 32 bytes of keyring_derive() for method "hmac" and the
 * domain. Option: canonical (mask/canonical.h). Not reversible, but a holder of the key can try all
 * values of a small set.
 */
extern const struct method_work method_hmac;

#endif
