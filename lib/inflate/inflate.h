#ifndef INFLATE_INFLATE_H
#define INFLATE_INFLATE_H

#include <stddef.h>

#include "base/buf.h"

/*
 * Decodes deflated data; the wrapper of zlib. A maximum stops a text made to grow a thousandfold.
 */
enum inflate_format {
    INFLATE_GZIP, /* RFC 1952, one member or several */
    INFLATE_ZLIB  /* RFC 1950 */
};

enum inflate_result {
    INFLATE_OK,
    INFLATE_MALFORMED, /* another format, cut off, a wrong checksum, or trailing data */
    INFLATE_TOO_BIG,   /* more output than the maximum */
    INFLATE_NO_MEMORY
};

/*
 * inflate_decode(out, format, data, length, maximum):
 * Replace the content of ${out} by the decoded data[0, length), at most ${maximum} bytes. The
 * maximum of ${out} must be one byte more, at least. The content is valid only with INFLATE_OK.
 */
enum inflate_result inflate_decode(struct buf *out, enum inflate_format format, const void *data,
    size_t length, size_t maximum);

#endif
