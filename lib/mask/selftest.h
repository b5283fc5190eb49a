#ifndef MASK_SELFTEST_H
#define MASK_SELFTEST_H

#include <stddef.h>

#include "base/buf.h"

/*
 * Published vectors, computed by the masking code:
 *
 *     AES-SIV       RFC 5297, A.1 and A.2
 *     HMAC-SHA-256  RFC 4231
 *     HKDF-SHA-256  RFC 5869, A.1 to A.3
 *     ipcrypt       draft-denis-ipcrypt
 *     FF1           the samples of NIST
 */

/*
 * selftest_run(report, failed):
 * Run all vectors, and append a line for each: "passed NAME, SOURCE" or "failed NAME, SOURCE".
 * *failed is the number of failures. Return 0, or -1 when memory for the report runs out. Call
 * algorithms_init() first.
 */
int selftest_run(struct buf *report, size_t *failed);

#endif
