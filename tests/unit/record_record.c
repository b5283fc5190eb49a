#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "record/record.h"
#include "record/salvage.h"
#include "record/verdict.h"

static void finds_reserved_keys(void **state)
{
    (void)state;
    static const char line[] =
        "{\"sqs\":{\"queue_url\":\"http://h/1/q\",\"message_id\":\"m\\u0031\",\"receipt_handle\":\"r\"},"
        "\"body\":{\"sqs\":1},\"body\":[2],\"pii\":{\"key\":\"0011aabb\"}}";
    struct json_paths *paths = json_paths_new();
    struct record_nodes nodes;
    assert_int_equal(record_nodes_add(paths, &nodes), 0);
    struct json_matches matches = { 0 };
    struct json_result result;
    assert_int_equal(json_scan(line, strlen(line), paths, JSON_MAX_DEPTH, &matches, &result),
        JSON_OK);
    struct buf text;
    buf_init(&text, 100);
    assert_int_equal(record_string(line, record_find(&matches, nodes.message_id), &text), 0);
    assert_string_equal(buf_cstr(&text), "m1");
    assert_int_equal(record_string(line, record_find(&matches, nodes.pii_key), &text), 0);
    assert_string_equal(buf_cstr(&text), "0011aabb");
    const struct json_match *body = record_find(&matches, nodes.body);
    assert_non_null(body); /* of duplicate keys the last one counts */
    assert_int_equal(body->kind, JSON_ARRAY);
    assert_null(record_find(&matches, nodes.error));
    assert_int_equal(record_string(line, body, &text), -1);
    buf_free(&text);
    json_matches_free(&matches);
    json_paths_free(paths);
}

static void salvages_the_address(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        const char *sqs; /* NULL: none */
    } samples[] = {
        { "{\"sqs\":{\"message_id\":\"m\"},\"body\":{\"ip\":", "{\"message_id\":\"m\"}" },
        { "{\"sqs\":{\"message_id\":\"m\"}", "{\"message_id\":\"m\"}" },
        { "{\"sqs\":{\"message_id\":\"m\"", NULL },
        { "{\"body\":{\"sqs\":{\"message_id\":\"m\"}},", NULL },
        { "{\"sqs\":\"x\",", NULL },
        { "{\"sqs\":{\"a\":1},\"sqs\":{\"b\":1},", "{\"a\":1}" },
        { "[{\"sqs\":{}}", NULL },
        /* with a missing brace, a body would count as an address */
        { "{\"sqs\":{\"a\":1,\"body\":{}},", NULL },
        { "{\"sqs\":{\"a\":[]},\"sqs\":{\"b\":1},", "{\"b\":1}" },
        { "", NULL },
    };
    struct salvage *salvage = salvage_new();
    assert_non_null(salvage);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct salvage_result found;
        salvage_text(salvage, samples[i].line, strlen(samples[i].line), &found);
        if (samples[i].sqs == NULL) {
            assert_null(found.sqs);
            continue;
        }
        assert_non_null(found.sqs);
        assert_int_equal(found.sqs_length, strlen(samples[i].sqs));
        assert_memory_equal(found.sqs, samples[i].sqs, found.sqs_length);
    }
    salvage_free(salvage);
}

/* Only the last line, without its newline, can be a piece of a record. */
static void tells_a_cut_line_from_a_broken_one(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        bool unended;
        bool cut;
    } samples[] = {
        { "{\"sqs\":{\"message_id\":\"m\"},\"body\":{\"ip\":", true, true },
        { "{\"sqs\":{\"message_id\":\"m\"},\"body\":{\"ip\":", false, false },
        { "{\"sq", true, true },
        { "{\"body\":", true, false },
        { "{\"sqs\":{\"a\":1},\"body\":nul}", true, false },
    };
    struct salvage *salvage = salvage_new();
    assert_non_null(salvage);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        const struct line line = { .text = samples[i].line,
            .length = strlen(samples[i].line),
            .unended = samples[i].unended };
        struct salvage_result found;
        salvage_line(salvage, &line, &found);
        assert_int_equal(found.cut, samples[i].cut);
    }
    salvage_free(salvage);
}

static void writes_error_records(void **state)
{
    (void)state;
    const struct record_error error = { "mask", "syntax", "not valid JSON" };
    const struct record_error bare = { "load", "map", NULL };
    struct buf out;
    buf_init(&out, 1000);
    assert_int_equal(record_write_error(&out, "{}", 2, &error, "seal1.x", 7), 0);
    assert_int_equal(record_write_error(&out, NULL, 0, &bare, NULL, 0), 0);
    assert_string_equal(buf_cstr(&out),
        "{\"sqs\":{},\"error\":{\"stage\":\"mask\",\"code\":\"syntax\",\"detail\":\"not valid JSON\"},"
        "\"sealed\":\"seal1.x\"}\n"
        "{\"error\":{\"stage\":\"load\",\"code\":\"map\"}}\n");
    buf_free(&out);
}

static void parses_verdicts(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum verdict_result result;
        enum verdict_status status;
        const char *receipt_handle;
    } samples[] = {
        { "{\"sqs\":{\"receipt_handle\":\"r\\/1\"},\"status\":\"committed\"}", VERDICT_OK,
            VERDICT_COMMITTED, "r/1" },
        { "{\"line\":7,\"status\":\"duplicate\"}", VERDICT_OK, VERDICT_DUPLICATE, "" },
        { "{\"status\":\"quarantined\",\"sqs\":{\"receipt_handle\":5}}", VERDICT_OK,
            VERDICT_QUARANTINED, "" },
        { " {\"status\":\"\\u0072ejected\"} ", VERDICT_OK, VERDICT_REJECTED, "" },
        { "{\"status\":\"sent\"}", VERDICT_OK, VERDICT_SENT, "" },
        { "{\"status\":\"would-commit\"}", VERDICT_OK, VERDICT_WOULD_COMMIT, "" },
        { "{\"status\":\"Committed\"}", VERDICT_NO_STATUS, VERDICT_UNKNOWN, "" },
        { "{\"status\":\"commit\"}", VERDICT_NO_STATUS, VERDICT_UNKNOWN, "" },
        { "{\"status\":1}", VERDICT_NO_STATUS, VERDICT_UNKNOWN, "" },
        { "{\"sqs\":{\"receipt_handle\":\"r\"},\"body\":{\"status\":\"committed\"}}",
            VERDICT_NO_STATUS, VERDICT_UNKNOWN, "r" },
        { "[\"committed\"]", VERDICT_MALFORMED, VERDICT_UNKNOWN, "" },
        { "{\"sqs\":{\"receipt_handle\":\"r\"},\"status\":\"comm", VERDICT_MALFORMED,
            VERDICT_UNKNOWN, "" },
        { "", VERDICT_MALFORMED, VERDICT_UNKNOWN, "" },
    };
    struct verdict_parser *parser = verdict_parser_new();
    assert_non_null(parser);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct verdict verdict = { 0 };
        print_message("%s\n", samples[i].line);
        assert_int_equal(verdict_parse(parser, samples[i].line, strlen(samples[i].line), &verdict),
            samples[i].result);
        assert_int_equal(verdict.status, samples[i].status);
        if (samples[i].result == VERDICT_OK)
            assert_string_equal(buf_cstr(&verdict.receipt_handle), samples[i].receipt_handle);
        verdict_free(&verdict);
    }
    verdict_parser_free(parser);
}

static void writes_verdicts(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 1000);
    assert_int_equal(verdict_write(&out, "{\"a\":1.0}", 9, 3, VERDICT_COMMITTED), 0);
    assert_int_equal(verdict_write(&out, NULL, 0, 3, VERDICT_REJECTED), 0);
    for (unsigned effect = VERDICT_EFFECT_NONE; effect <= VERDICT_EFFECT_STALE; effect++)
        assert_int_equal(verdict_write_effect(&out, NULL, 0, effect, VERDICT_COMMITTED,
                             (enum verdict_effect)effect),
            0);
    const struct verdict verdict = { .text = "{\"status\":\"x\"} ", .length = 15 };
    assert_int_equal(verdict_write_ack(&out, &verdict, "deleted"), 0);
    const struct verdict empty = { .text = "{ } ", .length = 4 };
    assert_int_equal(verdict_write_ack(&out, &empty, "none"), 0);
    assert_string_equal(buf_cstr(&out),
        "{\"sqs\":{\"a\":1.0},\"status\":\"committed\"}\n"
        "{\"line\":3,\"status\":\"rejected\"}\n"
        "{\"line\":0,\"status\":\"committed\"}\n"
        "{\"line\":1,\"status\":\"committed\",\"effect\":\"inserted\"}\n"
        "{\"line\":2,\"status\":\"committed\",\"effect\":\"updated\"}\n"
        "{\"line\":3,\"status\":\"committed\",\"effect\":\"stale\"}\n"
        "{\"status\":\"x\",\"ack\":\"deleted\"}\n"
        "{\"ack\":\"none\"}\n");
    buf_free(&out);
    static const enum verdict_status settling[] = { VERDICT_COMMITTED, VERDICT_DUPLICATE,
        VERDICT_QUARANTINED, VERDICT_SENT };
    unsigned settled = 0;
    for (unsigned status = 0; status <= VERDICT_UNKNOWN; status++)
        settled += verdict_status_is_final((enum verdict_status)status);
    assert_int_equal(settled, 4);
    for (size_t i = 0; i < 4; i++)
        assert_true(verdict_status_is_final(settling[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_reserved_keys),
        cmocka_unit_test(salvages_the_address),
        cmocka_unit_test(tells_a_cut_line_from_a_broken_one),
        cmocka_unit_test(writes_error_records),
        cmocka_unit_test(parses_verdicts),
        cmocka_unit_test(writes_verdicts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
