#include <limits.h>
#include <stdbool.h>
#define ZLIB_CONST /* its input is const */
#include <zlib.h>

#include "inflate/inflate.h"

/* The output decoded between two checks of the room left. */
enum { STEP = 32768, GZIP_ONLY = 16 };

/* Give zlib the next input and the room for output. Return 0, or -1 when memory runs out. */
static int feed(z_stream *stream, struct buf *out, const unsigned char *data, size_t length,
    size_t maximum)
{
    size_t done = (size_t)(stream->next_in - data);
    size_t room = maximum - out->length;
    if (room > STEP)
        room = STEP;
    /* One byte above the maximum shows whether the text ends at it. */
    char *place = buf_reserve(out, room + 1);
    if (place == NULL)
        return -1;
    stream->avail_in = length - done < UINT_MAX ? (unsigned)(length - done) : UINT_MAX;
    stream->next_out = (unsigned char *)place;
    stream->avail_out = (unsigned)room + 1;
    return 0;
}

static enum inflate_result decode(z_stream *stream, struct buf *out, const unsigned char *data,
    size_t length, size_t maximum, bool several)
{
    for (;;) {
        if (feed(stream, out, data, length, maximum) != 0)
            return INFLATE_NO_MEMORY;
        int got = inflate(stream, Z_NO_FLUSH);
        out->length = (size_t)((char *)stream->next_out - out->data);
        if (out->length > maximum)
            return INFLATE_TOO_BIG;
        bool all = stream->next_in == data + length;
        if (got == Z_MEM_ERROR)
            return INFLATE_NO_MEMORY;
        if (got == Z_STREAM_END && all)
            return INFLATE_OK;
        if (got == Z_STREAM_END && several && inflateReset(stream) == Z_OK)
            continue;
        /* Z_BUF_ERROR means that the input is cut off. */
        if (got != Z_OK)
            return INFLATE_MALFORMED;
    }
}

enum inflate_result inflate_decode(struct buf *out, enum inflate_format format, const void *data,
    size_t length, size_t maximum)
{
    z_stream stream = { 0 };
    int bits = format == INFLATE_GZIP ? MAX_WBITS + GZIP_ONLY : MAX_WBITS;
    buf_clear(out);
    if (length == 0)
        return INFLATE_MALFORMED;
    if (inflateInit2(&stream, bits) != Z_OK)
        return INFLATE_NO_MEMORY;
    stream.next_in = data;
    enum inflate_result result =
        decode(&stream, out, data, length, maximum, format == INFLATE_GZIP);
    (void)inflateEnd(&stream);
    return result;
}
