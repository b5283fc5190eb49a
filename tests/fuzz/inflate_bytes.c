/*
 * Read any bytes as deflated data; the first byte chooses the format and the maximum. The result
 * keeps to the maximum, and is the same with a larger one. With one more byte at the end, decoding
 * fails.
 */
#include "base/buf.h"
#include "fuzz.h"
#include "inflate/inflate.h"

enum { ROOM = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    enum inflate_format format = data[0] & 1 ? INFLATE_GZIP : INFLATE_ZLIB;
    size_t maximum = (size_t)1 << (data[0] >> 4);
    struct buf out, more;
    buf_init(&out, maximum + 1);
    buf_init(&more, ROOM + 1);
    enum inflate_result got = inflate_decode(&out, format, data + 1, size - 1, maximum);
    enum inflate_result roomy = inflate_decode(&more, format, data + 1, size - 1, ROOM);
    fuzz_require(got != INFLATE_NO_MEMORY && out.capacity <= maximum + 1);
    if (got == INFLATE_OK) {
        fuzz_require(out.length <= maximum && roomy == INFLATE_OK && more.length == out.length);
        fuzz_require(out.length == 0 || memcmp(out.data, more.data, out.length) == 0);
        uint8_t *behind = malloc(size);
        fuzz_require(behind != NULL);
        memcpy(behind, data + 1, size - 1);
        behind[size - 1] = 'x';
        fuzz_require(inflate_decode(&more, format, behind, size, ROOM) == INFLATE_MALFORMED);
        free(behind);
    } else if (roomy == INFLATE_OK) {
        fuzz_require(got == INFLATE_TOO_BIG && more.length > maximum);
    }
    buf_free(&more);
    buf_free(&out);
    return 0;
}
