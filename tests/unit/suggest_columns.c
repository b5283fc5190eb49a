/* pg-suggest: from records to columns, their types, and their sources. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../cmd/pg-suggest/columns.h"

/*
 * Each case has bodies, separated by "
 * ", and the expected columns: "NAME TYPE", separated by "; ". " < EXPRESSION" follows where the
 * source is not the name. "!" means NOT NULL.
 */
/* clang-format off */
static const struct {
    const char *bodies;
    const char *columns;
} cases[] = {
    /* one value each */
    { "{\"a\":true}", "a boolean!" },
    { "{\"a\":1}|{\"a\":-5}", "a bigint!" },
    { "{\"a\":1}|{\"a\":2.5}", "a numeric!" },
    { "{\"a\":1}|{\"a\":1e5}", "a double precision!" },
    { "{\"a\":9223372036854775808}", "a numeric!" },
    { "{\"a\":1.5}|{\"a\":1e400}", "a numeric!" },
    { "{\"a\":1e200000}", "a text!" },
    { "{\"a\":\"x\"}", "a text!" },
    { "{\"a\":\"2024-01-31\"}", "a date!" },
    { "{\"a\":\"2024-01-31\"}|{\"a\":\"2024-01-31T08:00:00Z\"}", "a timestamptz!" },
    { "{\"a\":\"2024-01-31\"}|{\"a\":\"\"}", "a text!" },
    { "{\"a\":\"2024-01-31\"}|{\"a\":\"2024-02-30\"}", "a text!" },
    { "{\"a\":\"550e8400-e29b-41d4-a716-446655440000\"}", "a uuid!" },
    { "{\"a\":\"10.0.0.1\"}|{\"a\":\"::1\"}", "a inet!" },
    { "{\"a\":\"10.0.0.1\"}|{\"a\":\"10.0.0\"}", "a text!" },
    { "{\"apiVersion\":\"2023-10-16\"}", "api_version text! < .body.apiVersion" },
    { "{\"fw_version\":\"1.2.3.4\"}", "fw_version text!" },
    { "{\"a\":[1]}", "a jsonb!" },
    { "{\"a\":[]}|{\"a\":[[1],{}]}", "a jsonb!" },
    { "{\"a\":{}}", "a jsonb!" },
    { "{\"a\":{}}|{\"b\":\"x\"}", "a jsonb; b text" },
    { "{\"a\":{}}|{\"b\":\"x\"}|{}", "a jsonb; b text < .body.b | ." },
    { "{\"a\":null}", "a text" },
    /* several */
    { "{\"a\":1}|{\"a\":\"1\"}", "a jsonb!" },
    { "{\"a\":true}|{\"a\":1}", "a jsonb!" },
    { "{\"a\":{\"b\":1}}|{\"a\":\"x\"}", "a jsonb!" },
    { "{\"a\":[1e200000]}", "a text!" },
    { "{\"a\":[\"\\u0000\"]}", "a text!" },
    { "{\"a\":[{\"\\u0000\":1}]}", "a text!" },
    { "{\"a\":\"x\\u0000\"}", "a text! < .body.a | if type == \"string\" then split(\"\\u0000\") | join(\"\\ufffd\") else . end" },
    /* NOT NULL */
    { "{\"a\":1,\"b\":1}|{\"a\":2}", "a bigint!; b bigint" },
    { "{\"a\":1,\"b\":1}|{\"a\":2,\"b\":null}", "a bigint!; b bigint" },
    { "{\"a\":1,\"b\":1}|{\"a\":2,\"b\":1,\"b\":null}", "a bigint!; b bigint" },
    { "{\"b\":1}|{\"b\":1,\"b\":null}", "b bigint < .body.b | ." },
    /* split into columns */
    { "{\"a\":{\"b\":{\"cD\":1}}}", "a_b_c_d bigint! < .body.a.b.cD" },
    { "{\"a\":{\"b\":1},\"c\":1}|{\"a\":null,\"c\":1}", "a_b bigint < .body.a.b; c bigint!" },
    { "{\"a\":{\"b\":1},\"c\":1}|{\"c\":1}", "a_b bigint < .body.a.b; c bigint!" },
    { "{\"a\":{\"b\":1}}|{\"a\":[]}", "a jsonb!" },
    { "{\"a\":{\"203.0.113.5\":1,\"b\":2}}", "a jsonb!" },
    { "{\"a\":{\"Anna Kowalska\":1}}", "a jsonb!" },
    { "{\"a\":{\"anna\":1,\"peter\":2}}", "a jsonb!" },
    { "{\"a\":1,\"203.0.113.5\":1}", "a bigint!; body jsonb! < .body" },
    /* times that are numbers */
    { "{\"at\":1700000000}", "at timestamptz! < .body.at | if . == null then . else todate end" },
    { "{\"count\":1700000000}", "count bigint!" },
    { "{\"at\":1700000000}|{\"at\":0}", "at bigint!" },
    { "{\"at\":1700000000}|{\"at\":1700000000000}", "at bigint!" },
    /* names */
    { "{\"order\":1,\"xmin\":2,\"a b\":3}", "order bigint!; xmin_ bigint! < .body.xmin; a_b bigint! < .body.\"a b\"" },
    { "{\"userId\":1,\"user_id\":2,\"USER_ID\":3}", "user_id_2 bigint! < .body.userId; user_id bigint!; user_id_3 bigint! < .body.USER_ID" },
    { "{\"a\":{\"b\":1},\"a_b\":2}", "a_b_2 bigint! < .body.a.b; a_b bigint!" },
    { "{\"\":1,\"?\":2}", "unnamed bigint! < .body.\"\"; unnamed_2 bigint! < .body.\"?\"" },
    { "{\"a\\u202eb\":1}", "a_b bigint! < .body.\"a\\u202eb\"" },
    /* bodies that are no objects, or empty */
    { "\"x\"|\"y\"", "body text! < .body" },
    { "[1]|[2]", "body jsonb! < .body" },
    { "1|2", "body bigint! < .body" },
    { "{}|{}", "body jsonb! < .body" },
    { "null", "body text < .body" },
    { "{\"a\":\"x\"}|{}", "a text < .body.a | ." },
    { "{\"a\":\"x\"}|null", "a text < .body.a | ." },
    { "{\"a\":1.5}|{}", "a numeric; body jsonb! < .body" },
    { "{\"a\":\"x\"}|\"y\"", "a text < .body | objects | .a; body text < .body | if type == \"object\" then null else . end" },
    { "{\"a\":\"x\"}|5", "a text < .body | objects | .a; body jsonb < .body | if type == \"object\" then null else . end" },
    { "{\"a\":12345678901234567890}|\"y\"", "body jsonb! < .body" },
};
/* clang-format on */

static struct bodies *read_bodies(const char *bodies)
{
    struct bodies *records = bodies_new(NULL);
    uint64_t number = 0;
    assert_non_null(records);
    for (const char *at = bodies; *at != '\0';) {
        char line[1000];
        size_t length = strcspn(at, "|");
        int size = snprintf(line, sizeof line, "{\"body\":%.*s}", (int)length, at);
        assert_int_equal(bodies_line(records, line, (size_t)size, ++number), 0);
        at += length + (at[length] == '|');
    }
    assert_int_equal(bodies_counts(records)->malformed, 0);
    return records;
}

static void describe(const struct columns *columns, struct buf *out)
{
    for (size_t i = 0; i < columns->count; i++) {
        const struct column *column = &columns->list[i];
        char path[100];
        (void)snprintf(path, sizeof path, ".body.%s", column->name);
        (void)buf_printf(out, "%s%s %s%s", i > 0 ? "; " : "", column->name, column->type.sql,
            column->required ? "!" : "");
        if (strcmp(path, column->expression) != 0)
            (void)buf_printf(out, " < %s", column->expression);
    }
}

static void proposes_columns(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bodies *records = read_bodies(cases[i].bodies);
        struct columns *columns = columns_new(records);
        struct buf text;
        buf_init(&text, 100000);
        assert_non_null(columns);
        describe(columns, &text);
        if (strcmp(buf_cstr(&text), cases[i].columns) != 0)
            fail_msg("%s: %s", cases[i].bodies, buf_cstr(&text));
        buf_free(&text);
        columns_free(columns);
        bodies_free(records);
    }
}

/* Return records of one object with that many keys, all with this value. */
static struct bodies *read_wide(unsigned keys, const char *value, unsigned count, bool new_keys)
{
    struct bodies *records = bodies_new(".");
    struct buf line;
    assert_non_null(records);
    buf_init(&line, 1 << 24);
    for (unsigned record = 0; record < count; record++) {
        buf_clear(&line);
        for (unsigned key = 0; key < keys; key++) {
            unsigned number = new_keys ? record * keys + key : key;
            (void)buf_puts(&line, key == 0 ? "{" : ",");
            (void)buf_printf(&line, "\"x%c%c%c%c\":%s", 'a' + number / 17576 % 26,
                'a' + number / 676 % 26, 'a' + number / 26 % 26, 'a' + number % 26, value);
        }
        (void)buf_puts(&line, "}");
        assert_int_equal(bodies_line(records, line.data, line.length, record + 1), 0);
    }
    buf_free(&line);
    return records;
}

static size_t count_columns(struct bodies *records, bool whole)
{
    struct columns *columns = columns_new(records);
    assert_non_null(columns);
    size_t count = columns->count;
    assert_int_equal(columns->whole, whole);
    columns_free(columns);
    bodies_free(records);
    return count;
}

static void holds_the_number_of_columns(void **state)
{
    (void)state;
    assert_int_equal(count_columns(read_wide(COLUMNS_MOST, "1", 3, false), false), COLUMNS_MOST);
    assert_true(count_columns(read_wide(COLUMNS_MOST + 1, "1", 3, false), true) <= 2);
    /* nested members stay together when there would be too many columns */
    assert_int_equal(count_columns(read_wide(100, "{\"a\":1,\"b\":2,\"c\":3}", 3, false), false),
        100);
    assert_int_equal(count_columns(read_wide(100, "{\"a\":1,\"b\":2}", 3, false), false), 200);
    /* keys that occur once make no column */
    assert_int_equal(count_columns(read_wide(50, "1", 5, true), true), 1);
    assert_int_equal(count_columns(read_wide(100000, "1", 2, true), true), 1);
}

static void tells_records_apart(void **state)
{
    static const char *const lines[] = { "{\"sqs\":{},\"body\":{\"a\":1}}",
        "{\"sqs\":{},\"body\":{\"a\":1},\"pii\":{\"key\":\"k\"}}",
        "{\"error\":{\"stage\":\"mask\",\"code\":\"x\"},\"sealed\":\"y\"}", "{\"a\":1}", "[1]", "{",
        "{\"body\":{},\"envelope\":{\"kind\":\"sns\"}}" };
    struct bodies *records = bodies_new(NULL);
    (void)state;
    assert_non_null(records);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_int_equal(bodies_line(records, lines[i], strlen(lines[i]), i + 1), 0);
    assert_int_equal(bodies_line(records, NULL, 0, 8), 0);
    const struct bodies_counts *counts = bodies_counts(records);
    assert_int_equal(counts->records, 3);
    assert_int_equal(counts->unmasked, 1);
    assert_int_equal(counts->errors, 1);
    assert_int_equal(counts->rootless, 1);
    assert_int_equal(counts->malformed, 3);
    assert_int_equal(counts->first_malformed, 5);
    assert_int_equal(counts->bare, 1);
    assert_true(counts->has_others);
    bodies_free(records);
    assert_null(bodies_new(".sqs.x"));
    assert_null(bodies_new("x"));
    assert_null(bodies_new(".a[]"));
}

static void finds_plain_lines_by_their_root(void **state)
{
    static const char line[] = "{\"sqs\":{\"x\":1},\"a\":1,\"error\":\"none\",\"d\":{\"e\":1}}";
    struct bodies *records = bodies_new(".");
    (void)state;
    assert_int_equal(bodies_line(records, line, strlen(line), 1), 0);
    assert_int_equal(count_columns(records, false), 3);
    records = bodies_new(".d");
    assert_int_equal(bodies_line(records, line, strlen(line), 1), 0);
    assert_int_equal(count_columns(records, false), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proposes_columns),
        cmocka_unit_test(holds_the_number_of_columns),
        cmocka_unit_test(tells_records_apart),
        cmocka_unit_test(finds_plain_lines_by_their_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
