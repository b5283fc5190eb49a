#ifndef INFLATE_INFLATE_H
#define INFLATE_INFLATE_H

#include <stddef.h>

#include "base/buf.h"

/*
 * Decoding of what was deflated: the door to zlib. A text that was made to grow a thousandfold is
 * stopped at a maximum.
 */
enum inflate_format {
    INFLATE_GZIP, /* RFC 1952, one member or several */
    INFLATE_ZLIB  /* RFC 1950 */
};

enum inflate_result {
    INFLATE_OK,
    INFLATE_MALFORMED, /* it is none, breaks off, has a wrong check sum, or something follows it */
    INFLATE_TOO_BIG,   /* it gives more than the maximum */
    INFLATE_NO_MEMORY
};

/*
 * inflate_decode(out, format, data, length, maximum):
 * Set ${out} to what all of data[0, length) decodes to, at most ${maximum} bytes, which ${out} must
 * have room for. Its content says nothing unless the result is INFLATE_OK.
 */
enum inflate_result inflate_decode(struct buf *out, enum inflate_format format, const void *data,
    size_t length, size_t maximum);

#endif
