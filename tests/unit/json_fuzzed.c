/*
 * The scanner and the writers built again without SSE2, under names of their own. Both builds are
 * compared with each other and with a plain reader.
 */
#ifndef JSON_NO_AVX2
#define JSON_NO_SIMD
#endif
#define json_scan portable_scan
#define json_matches_free portable_matches_free
#define json_matches_shrink portable_matches_shrink
#define json_error_name portable_error_name
#define json_key_end_before portable_key_end_before
#define json_stops_init portable_stops_init
#define json_stops_seek portable_stops_seek
#define json_stops_check portable_stops_check
#define json_stops_pass_escapes portable_stops_pass_escapes
#define json_write_compact portable_write_compact
#define json_write_ascii portable_write_ascii
#define json_string_decode portable_string_decode
#define json_string_encode portable_string_encode
#define json_string_encode_ascii portable_string_encode_ascii
#define json_string_equals portable_string_equals
#define json_string_has_nul portable_string_has_nul
#define json_string_is_utf8 portable_string_is_utf8
#define json_string_seek portable_string_seek
#include "json/path_text.h"
#include "json/scan.c"
#include "json/stops.c"
#include "json/string.c"
#include "json/write.c"
#undef json_scan
#undef json_matches_free
#undef json_write_compact
#undef json_write_ascii
#undef json_string_decode
#undef json_string_encode
#undef json_string_encode_ascii
#undef json_string_is_utf8
#undef json_string_seek

enum json_error json_scan(const char *text, size_t length, const struct json_paths *paths,
    unsigned depth, struct json_matches *matches, struct json_result *result);
void json_matches_free(struct json_matches *matches);
int json_write_compact(struct buf *out, const char *text, size_t length);
int json_write_ascii(struct buf *out, const char *text, size_t length);
int json_string_decode(struct buf *out, const char *quoted, size_t length);
int json_string_encode(struct buf *out, const char *text, size_t length);
int json_string_encode_ascii(struct buf *out, const char *text, size_t length);
bool json_string_is_utf8(const char *text, size_t length);

#include "json_guard.h"
#include "json_slow.h"
#include "within.h"

enum { ROUNDS = 300000, ROOM = 2048, DEPTH = 6 };

static const char *const seeds[] = {
    "{\"sqs\":{\"message_id\":\"5fea7756-0ea4-451a-a703-a558b933e274\",\"receive_count\":1},\"body\":{\"ip\":"
    "\"2001:db8::1\",\"locale\":null,\"n\":[1,-2.5e+3,0.10,true,false]}}",
    " [ 1 , 2.5 , [ ] , { } , [ { \"a\" : [ null ] } ] , \"\\u00e9\\ud83d\\ude00\\n\\\"\" ] ",
    "{\"\xD0\xBF\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82, \xD0\xBC\xD0\xB8\xD1\x80! \xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E "
    "\xF0\x9F\x98\x80\xF0\x9F\x98\x80 \xED\x9F\xBF\xEE\x80\x80\xE0\xA0\x80\xF4\x8F\xBF\xBF\xF0\x90\x80\x80 end\":\"\xC3\xA9\xC3\xA9\xC3"
    "\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\"}",
    "[123456789012345678901234567890,-0,-0.0,1e5,1E-5,0.000001,12345678901234567.8]                   ",
    "\"AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a\\/AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a+AQEBwJnKyrHigUMZj6rYigCgxla=\"",
    "{\"a\":\"{\\\"user\\\":\\\"x\\\",\\\"v\\\":1}\",\"\\u0061\":\"\\\\\\\\\\\\\",\"a\":{\"a\":{\"a\":[[\"a\"]]}}}",
    "{\"a\":1,\"b\":{\"a\":\"x\",\"c\":[{\"d\":1},{\"d\":\"\\u0000\"},{\"e\":[]}]},\"other\":\"                \"}",
    "[[[[[[1]]]]],[[[[[]]]]],{\"a\":{\"b\":{\"c\":{\"d\":{}}}}}]",
};

static uint64_t state = 20260301;

static size_t draw(size_t below) /* xorshift */
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)(state >> 11) % below;
}

static char draw_byte(void)
{
    static const char telling[] =
        "\"\"\"\\\\{}[]::,,  \n\t0159-+.eEtrufalsn/bdD89"
        "\x00\x01\x1F\x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC2\xE0\xED\xEF\xF0\xF4\xF5\xFF";

    return draw(8) ? telling[draw(sizeof telling - 1)] : (char)draw(256);
}

/* Return one seed, or parts of two, with a few bytes changed, added, removed or moved. */
static size_t mutate(char text[ROOM])
{
    const char *seed = seeds[draw(sizeof seeds / sizeof seeds[0])];
    size_t length = strlen(seed), padding = draw(3) ? 0 : draw(70);

    memset(text, ' ', padding); /* moves the text to another place of the windows */
    memcpy(text + padding, seed, length);
    length += padding;
    for (size_t changes = draw(4); changes > 0; changes--) {
        size_t at = draw(length + 1), size = 1 + draw(draw(4) ? 4 : 40);

        switch (draw(6)) {
        case 0:
        case 1:
            text[at] = draw_byte();
            length += at == length;
            break;
        case 2:
            memmove(text + at + 1, text + at, length++ - at);
            text[at] = draw_byte();
            break;
        case 3:
            size = size < length - at ? size : length - at;
            memmove(text + at, text + at + size, length - at - size);
            length -= size;
            break;
        case 4: /* duplicate a part */
            size = size < length - at ? size : length - at;
            memmove(text + at + size, text + at, length - at);
            length += size;
            break;
        default:
            length = draw(10) ? length : at;
        }
    }
    return length;
}

static void same_matches(const struct json_matches *one, const struct json_matches *two)
{
    assert_int_equal(one->count, two->count);
    for (size_t i = 0; i < one->count; i++) {
        assert_int_equal(one->list[i].node, two->list[i].node);
        assert_int_equal(one->list[i].key, two->list[i].key);
        assert_int_equal(one->list[i].value, two->list[i].value);
        assert_int_equal(one->list[i].end, two->list[i].end);
        assert_int_equal(one->list[i].kind, two->list[i].kind);
        assert_int_equal(one->list[i].plain, two->list[i].plain);
    }
}

/* Check the output of the writers for a valid text. */
static void check_writers(const char *text, size_t length, const char *compact,
    size_t compact_length)
{
    static struct buf one = { .maximum = 8 * ROOM }, two = { .maximum = 8 * ROOM };
    struct json_result result;

    buf_clear(&one);
    buf_clear(&two);
    assert_int_equal(json_write_compact(&one, text, length), 0);
    assert_int_equal(portable_write_compact(&two, text, length), 0);
    assert_int_equal(one.length, compact_length);
    assert_memory_equal(one.data, compact, compact_length);
    assert_int_equal(two.length, compact_length);
    assert_memory_equal(two.data, compact, compact_length);
    buf_clear(&one);
    buf_clear(&two);
    assert_int_equal(json_write_ascii(&one, text, length), 0);
    assert_int_equal(portable_write_ascii(&two, text, length), 0);
    assert_int_equal(one.length, two.length);
    assert_memory_equal(one.data, two.data, one.length);
    assert_int_equal(json_scan(one.data, one.length, NULL, DEPTH, NULL, &result), JSON_OK);
    for (size_t i = 0; i < one.length; i++)
        assert_true((unsigned char)one.data[i] < 0x80);
}

/* Encode any bytes: the result is valid, and decodes to the same bytes if they were UTF-8. */
static void check_strings(const char *text, size_t length)
{
    static struct buf one = { .maximum = 8 * ROOM }, two = { .maximum = 8 * ROOM };
    bool utf8 = json_string_is_utf8(text, length);
    struct json_result result;

    assert_int_equal(portable_string_is_utf8(text, length), utf8);
    for (int ascii = 0; ascii < 2; ascii++) {
        buf_clear(&one);
        buf_clear(&two);
        assert_int_equal(
            (ascii ? json_string_encode_ascii : json_string_encode)(&one, text, length), 0);
        assert_int_equal(
            (ascii ? portable_string_encode_ascii : portable_string_encode)(&two, text, length), 0);
        assert_int_equal(one.length, two.length);
        assert_memory_equal(one.data, two.data, one.length);
        assert_int_equal(json_scan(one.data, one.length, NULL, DEPTH, NULL, &result) == JSON_OK,
            ascii || utf8);
        buf_clear(&two);
        if (!utf8)
            continue;
        assert_int_equal(json_string_decode(&two, one.data, one.length), 0);
        assert_int_equal(two.length, length);
        if (length > 0)
            assert_memory_equal(two.data, text, length);
    }
}

static void agree_on_whatever_comes(void **unused)
{
    static const char *const wanted[] = { ".a", ".a.a.a", ".sqs.receive_count", ".body.n[]",
        ".body.n[1]", ".b.c[].d", ".[5]", ".[][]" };
    static char text[ROOM], compact[ROOM];
    struct json_paths *paths = json_paths_new();
    struct json_matches matches = { 0 }, portable = { 0 };
    size_t accepted = 0;

    (void)unused;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        size_t at;

        assert_int_not_equal(json_paths_add(paths, JSON_ROOT, wanted[i], strlen(wanted[i]), &at),
            JSON_NO_NODE);
    }
    json_paths_other(paths, JSON_ROOT);
    for (int i = 0; i < ROUNDS; i++) {
        size_t length = mutate(text), written;
        const char *place = i & 1 ? guard_end(text, length) : guard_start(text, length);
        bool valid = slow_valid(text, length, DEPTH, compact, &written);
        struct json_result one, two;

        json_scan(place, length, paths, DEPTH, &matches, &one);
        portable_scan(place, length, paths, DEPTH, &portable, &two);
        if ((one.error == JSON_OK) != valid || one.error != two.error || one.offset != two.offset)
            fail_msg("round %d: %s at %zu, portable %s at %zu, but %s: %.*s", i,
                portable_error_name(one.error), one.offset, portable_error_name(two.error),
                two.offset, valid ? "valid" : "not valid", (int)length, text);
        assert_int_equal(one.kind, two.kind);
        assert_int_equal(one.end, two.end);
        same_matches(&matches, &portable);
        if (valid)
            check_writers(place, length, compact, written);
        check_strings(place, length);
        accepted += valid;
    }
    /* the texts are a mixture of accepted and refused ones */
    assert_within(accepted, ROUNDS / 5, ROUNDS * 4 / 5);
    json_matches_free(&matches);
    portable_matches_free(&portable);
    json_paths_free(paths);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(agree_on_whatever_comes) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
