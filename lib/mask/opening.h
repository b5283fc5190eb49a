#ifndef MASK_OPENING_H
#define MASK_OPENING_H

#include <stddef.h>

#include "base/buf.h"
#include "mask/keyring.h"
#include "mask/policy.h"

/* Opens the sealed content of error records of mask/sealing.h, or moves it to another key. */
struct opening;

/* Policy and ring must outlive the result. Return NULL when memory runs out or OpenSSL failed. */
struct opening *opening_new(const struct policy *policy, const struct keyring *ring);
void opening_free(struct opening *opening); /* wipes; NULL is fine */

enum opening_result {
    OPENING_OPENED,
    OPENING_NONE,      /* nothing is sealed: appended unchanged */
    OPENING_BAD_TOKEN, /* changed, or not made with our keys */
    OPENING_UNKNOWN_KEY,
    OPENING_COLLISION, /* the record has a member with the name of a sealed one */
    OPENING_FAILED
};

/*
 * opening_open(opening, text, length, out):
 * Append the record with its sealed members in the place of "sealed". A line that was not a record
 * becomes "line", a string, or "line_base64" (RFC 4648 with padding) when it is not UTF-8. After
 * any result but OPENING_OPENED and OPENING_NONE, the appended bytes are undefined.
 */
enum opening_result opening_open(struct opening *opening, const char *text, size_t length,
    struct buf *out);

/*
 * opening_reseal(opening, text, length, out):
 * Append the record with its content sealed again, padded, under the primary key: byte for byte the
 * same if it already was. After any result but OPENING_OPENED and OPENING_NONE, the appended bytes
 * are undefined.
 */
enum opening_result opening_reseal(struct opening *opening, const char *text, size_t length,
    struct buf *out);

#endif
