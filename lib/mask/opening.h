#ifndef MASK_OPENING_H
#define MASK_OPENING_H

#include <stddef.h>

#include "base/buf.h"
#include "mask/keyring.h"
#include "mask/policy.h"

/* Error records of mask/sealing.h, their sealed content brought back or moved to another key. */
struct opening;

struct opening *opening_new(const struct policy *policy,
    const struct keyring *ring);            /* NULL: out of memory, or OpenSSL failed */
void opening_free(struct opening *opening); /* wipes; NULL is fine */

enum opening_result {
    OPENING_OPENED,
    OPENING_NONE,      /* nothing is sealed in it: appended as it is */
    OPENING_BAD_TOKEN, /* changed, or none of ours */
    OPENING_UNKNOWN_KEY,
    OPENING_COLLISION, /* a member of the record has the name of a sealed one */
    OPENING_FAILED
};

/*
 * opening_open(opening, text, length, out):
 * Append the record with its sealed members back in the place of "sealed"; a line that was no
 * record comes as "line", a string, or, when it is not UTF-8, as "line_base64" (RFC 4648 with
 * padding). Unless OPENING_OPENED or OPENING_NONE is returned, what was appended is
 * undefined.
 */
enum opening_result opening_open(struct opening *opening, const char *text, size_t length,
    struct buf *out);

/*
 * opening_reseal(opening, text, length, out):
 * Append the record with its sealed content sealed anew, under the primary key: to the byte the
 * same if it was under that already, and padded. Unless OPENING_OPENED or OPENING_NONE is returned,
 * what was appended is undefined.
 */
enum opening_result opening_reseal(struct opening *opening, const char *text, size_t length,
    struct buf *out);

#endif
