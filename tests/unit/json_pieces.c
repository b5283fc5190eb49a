/* lib/json/pieces: objects of an array, passed on from a text that arrives in parts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "json/pieces.h"

enum { PIECE = 64, REST = 256 };

/* Write the pieces one a line, and "-" for one that is too long. */
static void on_piece(void *context, const char *text, size_t length)
{
    buf_append(context, text != NULL ? text : "-", text != NULL ? length : 1);
    buf_putc(context, '\n');
}

static const struct {
    const char *text;
    const char *pieces;
    const char *rest; /* NULL: failed */
} rows[] = {
    { "{\"m\":[{\"a\":1},{\"b\":{\"c\":[2]}}],\"x\":3}", "{\"a\":1}\n{\"b\":{\"c\":[2]}}\n",
        "{\"m\":[{},{}],\"x\":3}" },
    { " { \"x\" : [{}] , \"m\" : [ { } , {} ] } ", "{ }\n{}\n",
        " { \"x\" : [{}] , \"m\" : [ {} , {} ] } " },
    { "{\"m\":[]}", "", "{\"m\":[]}" },
    { "{\"m\":null}", "", "{\"m\":null}" },
    { "{\"m\":{\"m\":[{}]}}", "", "{\"m\":{\"m\":[{}]}}" },
    { "{\"m\":[[{}],1,\"{}\",null,{\"a\":2}]}", "{\"a\":2}\n", "{\"m\":[[{}],1,\"{}\",null,{}]}" },
    { "{\"m\":[{\"a\":1}],\"x\":{\"y\":{\"z\":1}}}", "{\"a\":1}\n",
        "{\"m\":[{}],\"x\":{\"y\":{\"z\":1}}}" },
    { "{}", "", "{}" },
    { "[{\"m\":[{}]}]", "", "[{\"m\":[{}]}]" },
    { "[\"m\",[{}]]", "", "[\"m\",[{}]]" },
    { "{\"k\":\"m\",\"n\":[{}]}", "", "{\"k\":\"m\",\"n\":[{}]}" },
    /* names are compared decoded, and a repeated name is a repeated member */
    { "{\"\\u006d\":[{\"a\":1}],\"m\":[{\"a\":2}]}", "{\"a\":1}\n{\"a\":2}\n",
        "{\"\\u006d\":[{}],\"m\":[{}]}" },
    { "{\"\\x6d\":[{}],\"mm\":[{}]}", "", "{\"\\x6d\":[{}],\"mm\":[{}]}" },
    /* brackets and quotes within strings are content */
    { "{\"m\":[{\"a\":\"}]\\\"{[\\\\\"},{\"b\":\"\\\\\\\"\"}]}",
        "{\"a\":\"}]\\\"{[\\\\\"}\n{\"b\":\"\\\\\\\"\"}\n", "{\"m\":[{},{}]}" },
    /* too long: skipped, and the next one is whole */
    { "{\"m\":[{\"a\":\"0123456789012345678901234567890123456789012345678901234567890123456789\"},{}]}",
        "-\n{}\n", "{\"m\":[{},{}]}" },
    /* cut: whole ones are passed on */
    { "{\"m\":[{\"a\":1},{\"b\"", "{\"a\":1}\n", "{\"m\":[{},{}" },
    { "{\"m\":[{\"a\":1}", "{\"a\":1}\n", "{\"m\":[{}" },
    /* not JSON: neither is the rest */
    { "<html>{}</html>", "", "<html>{}</html>" },
    { "]]}}{\"m\":[{\"a\":1}]}", "{\"a\":1}\n", "]]}}{\"m\":[{}]}" },
    { "{\"m\":[{\"a\":1]}", "{\"a\":1]\n", "{\"m\":[{}}" },
    { "", "", "" },
};

static void test_rows(void **state)
{
    (void)state;
    struct json_pieces pieces;
    struct buf got;
    json_pieces_init(&pieces, "m", PIECE, REST);
    buf_init(&got, 65536);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t part = 1; part < 90; part += part < 8 ? 1 : 27) {
            size_t length = strlen(rows[i].text);
            buf_clear(&got);
            json_pieces_begin(&pieces, on_piece, &got, 32);
            for (size_t at = 0; at < length; at += part)
                json_pieces_feed(&pieces, rows[i].text + at,
                    length - at < part ? length - at : part);
            if (strcmp(buf_cstr(&got), rows[i].pieces) != 0)
                fail_msg("row %zu by %zu: %s", i, part, buf_cstr(&got));
            assert_string_equal(buf_cstr(&pieces.rest), rows[i].rest);
        }
    buf_free(&got);
    json_pieces_free(&pieces);
}

/* The rest is bounded too. */
static void test_long_rest(void **state)
{
    (void)state;
    struct json_pieces pieces;
    struct buf got;
    char blanks[100];
    json_pieces_init(&pieces, "m", PIECE, REST);
    buf_init(&got, 65536);
    json_pieces_begin(&pieces, on_piece, &got, 0);
    memset(blanks, ' ', sizeof blanks);
    for (int i = 0; i < 100; i++)
        json_pieces_feed(&pieces, blanks, sizeof blanks);
    json_pieces_feed(&pieces, "{\"m\":[{}]}", 10);
    assert_true(pieces.rest.failed);
    assert_true(pieces.rest.length <= REST);
    assert_int_equal(got.length, 0);
    buf_free(&got);
    json_pieces_free(&pieces);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_long_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
