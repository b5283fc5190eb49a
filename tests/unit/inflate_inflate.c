/* lib/inflate: gzip and zlib, complete, and never above the maximum. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define ZLIB_CONST
#include <zlib.h>

#include "inflate/inflate.h"

enum { ROOM = 1 << 20 };

/* Deflate ${length} bytes of ${text} as ${format} into packed[0, ROOM). */
static size_t deflated(enum inflate_format format, const char *text, size_t length,
    unsigned char *packed)
{
    z_stream stream = { 0 };
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, format == INFLATE_GZIP ? 31 : 15, 9,
                         Z_DEFAULT_STRATEGY),
        Z_OK);
    stream.next_in = (const unsigned char *)text;
    stream.avail_in = (unsigned)length;
    stream.next_out = packed;
    stream.avail_out = ROOM;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t size = stream.total_out;
    assert_int_equal(deflateEnd(&stream), Z_OK);
    return size;
}

static int set_up(void **state)
{
    *state = malloc(ROOM);
    return *state == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    free(*state);
    return 0;
}

static void decodes_both_formats(void **state)
{
    unsigned char *packed = *state;
    static const size_t sizes[] = { 0, 1, 100, 32767, 32768, 32769, 65536, 300000 };
    struct buf out;
    buf_init(&out, ROOM);
    char *text = calloc(1, 300000);
    assert_non_null(text);
    for (size_t i = 0; i < 300000; i++)
        text[i] = (char)(i * i >> 7);
    for (enum inflate_format format = INFLATE_GZIP; format <= INFLATE_ZLIB; format++) {
        enum inflate_format other = format == INFLATE_GZIP ? INFLATE_ZLIB : INFLATE_GZIP;
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            size_t size = deflated(format, text, sizes[i], packed);
            assert_int_equal(inflate_decode(&out, format, packed, size, 300000), INFLATE_OK);
            assert_int_equal(out.length, sizes[i]);
            assert_true(sizes[i] == 0 || memcmp(out.data, text, sizes[i]) == 0);
            assert_int_equal(inflate_decode(&out, format, packed, size, sizes[i]), INFLATE_OK);
            assert_int_equal(inflate_decode(&out, other, packed, size, 300000), INFLATE_MALFORMED);
            if (sizes[i] > 0)
                assert_int_equal(inflate_decode(&out, format, packed, size, sizes[i] - 1),
                    INFLATE_TOO_BIG);
        }
    }
    free(text);
    buf_free(&out);
}

static void refuses_what_is_not_whole(void **state)
{
    unsigned char *packed = *state;
    struct buf out;
    buf_init(&out, ROOM);
    for (enum inflate_format format = INFLATE_GZIP; format <= INFLATE_ZLIB; format++) {
        size_t size = deflated(format, "an event, an event", 18, packed);
        for (size_t cut = 0; cut < size; cut++)
            assert_int_equal(inflate_decode(&out, format, packed, cut, 100), INFLATE_MALFORMED);
        packed[size] = 'x';
        assert_int_equal(inflate_decode(&out, format, packed, size + 1, 100), INFLATE_MALFORMED);
        packed[size - 1] ^= 1;
        assert_int_equal(inflate_decode(&out, format, packed, size, 100), INFLATE_MALFORMED);
    }
    buf_free(&out);
}

static void takes_several_members_of_gzip(void **state)
{
    unsigned char *packed = *state;
    struct buf out;
    buf_init(&out, ROOM);
    size_t size = deflated(INFLATE_GZIP, "one", 3, packed);
    size += deflated(INFLATE_GZIP, "", 0, packed + size);
    size += deflated(INFLATE_GZIP, "two", 3, packed + size);
    assert_int_equal(inflate_decode(&out, INFLATE_GZIP, packed, size, 100), INFLATE_OK);
    assert_string_equal(buf_cstr(&out), "onetwo");
    assert_int_equal(inflate_decode(&out, INFLATE_GZIP, packed, size, 5), INFLATE_TOO_BIG);
    assert_int_equal(inflate_decode(&out, INFLATE_GZIP, packed, size - 1, 100), INFLATE_MALFORMED);
    size = deflated(INFLATE_ZLIB, "one", 3, packed);
    size += deflated(INFLATE_ZLIB, "two", 3, packed + size);
    assert_int_equal(inflate_decode(&out, INFLATE_ZLIB, packed, size, 100), INFLATE_MALFORMED);
    buf_free(&out);
}

/* Fifty megabytes of zeroes in fifty kilobytes: memory stays within the maximum. */
static void bombs_are_bounded(void **state)
{
    unsigned char *packed = *state;
    struct buf out;
    buf_init(&out, 100001);
    char *zeroes = calloc(1, 50000000);
    assert_non_null(zeroes);
    size_t size = deflated(INFLATE_GZIP, zeroes, 50000000, packed);
    assert_true(size < 100000);
    assert_int_equal(inflate_decode(&out, INFLATE_GZIP, packed, size, 100000), INFLATE_TOO_BIG);
    assert_true(out.capacity <= 100001);
    free(zeroes);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(decodes_both_formats, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_what_is_not_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(takes_several_members_of_gzip, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bombs_are_bounded, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
