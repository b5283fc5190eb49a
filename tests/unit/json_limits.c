#include "json_guard.h"

#include <time.h>

#include "base/buf.h"
#include "json/path_text.h"

static const char whole[] =
    " {\"sqs\":{\"queue_url\":\"https://sqs.eu-west-1.amazonaws.com/1/q\",\"message_id\":"
    "\"5fea7756-0ea4-451a-a703-a558b933e274\",\"receipt_handle\":\"AQEB/\\/x+\\u00e9\\ud83d\\ude00\","
    "\"sent_at\":\"2026-03-01T10:00:00.000Z\",\"receive_count\":1},\"body\":{\"user_id\":\"\xC3\xA9"
    "\xE2\x82\xAC\xF0\x9F\x98\x80\",\"n\":[0,-1.5e+10,null,true,false,{}],\"m\":1.10}} ";

static void notices_a_text_cut_anywhere(void **state)
{
    size_t length = sizeof whole - 1;

    (void)state;
    assert_int_equal(guard_scan(whole, length, JSON_MAX_DEPTH).error, JSON_OK);
    assert_int_equal(guard_scan(whole, length - 1, JSON_MAX_DEPTH).error, JSON_OK);
    for (size_t cut = 0; cut < length - 1; cut++) {
        struct json_result result = guard_scan(whole, cut, JSON_MAX_DEPTH);

        /* half of an escaped pair is detected before its end */
        assert_true(result.error == JSON_SYNTAX || result.error == JSON_SURROGATE);
        assert_true(result.offset <= cut);
    }
}

static void tells_what_the_root_is_and_where(void **state)
{
    static const struct {
        const char *text;
        enum json_kind kind;
        size_t start, end;
    } cases[] = {
        { "null", JSON_NULL, 0, 4 },
        { " true ", JSON_TRUE, 1, 5 },
        { "false\n", JSON_FALSE, 0, 5 },
        { "\t-1.5", JSON_NUMBER, 1, 5 },
        { " \"a b\" ", JSON_STRING, 1, 6 },
        { "[ ]", JSON_ARRAY, 0, 3 },
        { "\r\n{ } \r\n", JSON_OBJECT, 2, 5 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct json_result result = guard_scan(cases[i].text, strlen(cases[i].text), 1);

        assert_int_equal(result.error, JSON_OK);
        assert_int_equal(result.kind, cases[i].kind);
        assert_int_equal(result.start, cases[i].start);
        assert_int_equal(result.end, cases[i].end);
    }
}

/* Write ${depth} nested arrays, or objects, closed or not. */
static size_t nest(char *text, size_t depth, bool object, bool closed)
{
    size_t length = 0;

    for (size_t i = 0; i < depth; i++) {
        const char *open = object ? "{\"a\":" : "[";

        memcpy(text + length, open, strlen(open));
        length += strlen(open);
    }
    if (object)
        text[length++] = '0';
    for (size_t i = 0; closed && i < depth; i++)
        text[length++] = object ? '}' : ']';
    return length;
}

static void holds_to_the_depth_allowed(void **state)
{
    static char text[4096];
    static const unsigned limits[] = { 1, 2, 250, 255, 256, 257, 100000 };

    (void)state;
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        for (size_t depth = 1; depth <= 258; depth++) {
            for (int object = 0; object < 2; object++) {
                size_t length = nest(text, depth, object, true);
                struct json_result result = guard_scan(text, length, limits[i]);
                size_t limit = limits[i] < 256 ? limits[i] : 256;

                if (depth <= limit) {
                    assert_int_equal(result.error, JSON_OK);
                } else {
                    assert_int_equal(result.error, JSON_DEPTH);
                    assert_int_equal(result.offset, limit * (object ? 5 : 1));
                }
            }
        }
    }
    assert_int_equal(guard_scan("[[],[],{\"a\":[]}]", 16, 3).error, JSON_OK);
    assert_int_equal(guard_scan("[[],[],{\"a\":[]}]", 16, 2).error, JSON_DEPTH);
    assert_int_equal(guard_scan("7", 1, 1).error, JSON_OK);
}

static double seconds(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Write a text of ${head}, ${count} times ${piece}, and ${tail}. */
static void repeat(struct buf *text, const char *head, const char *piece, size_t count,
    const char *tail)
{
    size_t size = strlen(piece);

    buf_init(text, (size_t)200 << 20);
    buf_puts(text, head);
    for (char *at = buf_reserve(text, size * count); at && count > 0; count--, at += size) {
        memcpy(at, piece, size);
        text->length += size;
    }
    buf_puts(text, tail);
    assert_false(text->failed);
}

/*
 * Texts made to be slow. Each takes a few hundredths of a second; a step that searched back for
 * each of a million members would take hours.
 */
static void takes_time_in_step_with_length(void **state)
{
    static const struct {
        const char *head, *piece, *tail;
        size_t count;
        enum json_error error;
        size_t matches; /* of .a, .a[], .a[7], ."\"" and all others of the root */
    } cases[] = {
        { "{\"b\":0", ",\"a\":1", "}", 1000000, JSON_OK, 1000002 },
        { "{\"b\":0", ",\"\\u0061\":1", "}", 1000000, JSON_OK, 1000002 },
        { "{\"b\":0", ",\"\\\"\":1", "}", 1000000, JSON_OK, 1000002 },
        { "{\"a\":[0", ",0", "]}", 1000000, JSON_OK, 1000003 },
        { "", "[", "", 1 << 20, JSON_DEPTH, 1 },
        { "[", "\"", "", 1 << 20, JSON_SYNTAX, 1 },
        { "[0", ",[[[]]]", "]", 1000000, JSON_OK, 1 },
        { "", " ", "1", 64 << 20, JSON_OK, 1 },
        { "\"", "x", "\"", 64 << 20, JSON_OK, 1 },
        { "\"", "\xC3\xA9", "\"", 32 << 20, JSON_OK, 1 },
        { "\"", "\\\"", "\"", 32 << 20, JSON_OK, 1 },
        { "\"", "\\ud83d\\ude00", "\"", 4 << 20, JSON_OK, 1 },
        { "", "1", "", 64 << 20, JSON_OK, 1 },
        { "{\"", "x", "\":0}", 64 << 20, JSON_OK, 2 },
        { "{\"\\n", "x", "\":0}", 64 << 20, JSON_OK, 2 },
    };
    static const char *const wanted[] = { ".a", ".a[]", ".a[7]", ".\"\\\"\"" };
    struct json_paths *paths = json_paths_new();
    struct json_matches matches = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        size_t at;

        assert_int_not_equal(json_paths_add(paths, JSON_ROOT, wanted[i], strlen(wanted[i]), &at),
            JSON_NO_NODE);
    }
    json_paths_other(paths, JSON_ROOT);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct json_result result;
        struct buf text;
        double start;

        repeat(&text, cases[i].head, cases[i].piece, cases[i].count, cases[i].tail);
        start = seconds();
        json_scan(text.data, text.length, paths, JSON_MAX_DEPTH, &matches, &result);
        assert_true(seconds() - start < 10);
        assert_int_equal(result.error, cases[i].error);
        if (result.error == JSON_OK)
            assert_int_equal(matches.count, cases[i].matches);
        buf_free(&text);
    }
    json_matches_free(&matches);
    json_paths_free(paths);
}

static void refuses_what_offsets_cannot_hold(void **state)
{
    size_t length = UINT32_MAX;
    struct json_result result;
    char *text = mmap(NULL, length, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    (void)state;
    assert_true(text != MAP_FAILED);
    assert_int_equal(json_scan(text, length, NULL, 1, NULL, &result), JSON_TOO_BIG);
    assert_int_equal(json_scan(text, length - 1, NULL, 1, NULL, &result), JSON_SYNTAX);
    munmap(text, length);
}

static void names_its_errors(void **state)
{
    (void)state;
    assert_string_equal(json_error_name(JSON_SYNTAX), "syntax");
    assert_string_equal(json_error_name(JSON_UTF8), "utf8");
    assert_string_equal(json_error_name(JSON_SURROGATE), "surrogate");
    assert_string_equal(json_error_name(JSON_DEPTH), "depth");
    assert_string_equal(json_error_name(JSON_TOO_BIG), "too-big");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notices_a_text_cut_anywhere),
        cmocka_unit_test(tells_what_the_root_is_and_where),
        cmocka_unit_test(holds_to_the_depth_allowed),
        cmocka_unit_test(takes_time_in_step_with_length),
        cmocka_unit_test(refuses_what_offsets_cannot_hold),
        cmocka_unit_test(names_its_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
