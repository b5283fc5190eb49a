#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cmocka.h>

#include "json/jq.h"

static bool keeps_digits(void)
{
    bool keeps;
    assert_int_equal(json_jq_keeps_digits(&keeps), 0);
    return keeps;
}

static struct json_jq *compile(const char *program)
{
    struct json_jq_problem problem;
    struct json_jq *jq = json_jq_new(program, strlen(program), &problem);
    assert_non_null(jq);
    return jq;
}

static enum json_jq_result run(struct json_jq *jq, const char *input, const char *sqs, char *out,
    size_t size)
{
    const char *value;
    size_t length;
    enum json_jq_result result =
        json_jq_run(jq, input, strlen(input), sqs, sqs == NULL ? 0 : strlen(sqs), &value, &length);
    (void)snprintf(out, size, "%.*s", (int)length, value == NULL ? "" : value);
    return result;
}

static void runs_filters(void **state)
{
    (void)state;
    static const struct {
        const char *program;
        const char *input;
        const char *sqs;
        enum json_jq_result result;
        const char *value;
    } cases[] = {
        { ".", "{\"a\":[1,\"\\u00e9\"]}", NULL, JSON_JQ_VALUE, "{\"a\":[1,\"\303\251\"]}" },
        { "tostring", "5", NULL, JSON_JQ_VALUE, "\"5\"" },
        { "split(\".\") | map(tonumber) | .[0] * 10000 + .[1] * 100 + .[2]", "\"2.3.10\"", NULL,
            JSON_JQ_VALUE, "20310" },
        { "empty", "1", NULL, JSON_JQ_EMPTY, "" },
        { ".[]", "[1,2]", NULL, JSON_JQ_MANY, "" },
        { ".[]", "[1]", NULL, JSON_JQ_VALUE, "1" },
        { ".[]", "[]", NULL, JSON_JQ_EMPTY, "" },
        { "error", "\"secret\"", NULL, JSON_JQ_ERROR, "secret" },
        { ".a", "5", NULL, JSON_JQ_ERROR, NULL }, /* in the wording of libjq */
        { "1, error", "5", NULL, JSON_JQ_ERROR, "5" },
        { "1, error($sqs)", "5", "[6]", JSON_JQ_ERROR, "[6]" },
        { "null", "5", NULL, JSON_JQ_VALUE, "null" },
        { "$sqs.sent_at", "5", "{\"sent_at\":\"x\"}", JSON_JQ_VALUE, "\"x\"" },
        { "[., $sqs]", "5", NULL, JSON_JQ_VALUE, "[5,null]" },
        { "$sqs # a comment at the end", "5", "7", JSON_JQ_VALUE, "7" },
        { "def twice: . * 2; twice | twice", "5", NULL, JSON_JQ_VALUE, "20" },
        { ".now + .\"input\" + .[\"env\"]", "{\"now\":1,\"input\":2,\"env\":3}", NULL,
            JSON_JQ_VALUE, "6" },
        { "{\"debug\": .a, \"halt\": 2}", "{\"a\":1}", NULL, JSON_JQ_VALUE,
            "{\"debug\":1,\"halt\":2}" },
        { "\"now \\(.) input\"", "5", NULL, JSON_JQ_VALUE, "\"now 5 input\"" },
        { "5 as $input | $input # now", "1", NULL, JSON_JQ_VALUE, "5" },
        { "[$sqs, $__loc__.line]", "5", "7", JSON_JQ_VALUE, "[7,1]" },
        { "\"\\u0041(now)\\\\(input)\" | length", "5", NULL, JSON_JQ_VALUE, "14" },
        { "@base64", "\"a\"", NULL, JSON_JQ_VALUE, "\"YQ==\"" },
        { "strptime(\"%Y-%m-%d\") | mktime", "\"2026-11-21\"", NULL, JSON_JQ_VALUE, "1795219200" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json_jq *jq = compile(cases[i].program);
        char value[256];
        for (int again = 0; again < 2; again++) { /* the second time from the cache */
            assert_int_equal(run(jq, cases[i].input, cases[i].sqs, value, sizeof value),
                cases[i].result);
            if (cases[i].value == NULL)
                assert_string_not_equal(value, "");
            else
                assert_string_equal(value, cases[i].value);
        }
        json_jq_free(jq);
    }
}

/*
 * jq 1.6 accepts a blank after the dollar sign, later versions do not. There it is a variable, and
 * runs, or libjq refuses the program. It is never taken for the function of that name.
 */
static void takes_no_spaced_variable_for_a_function(void **state)
{
    (void)state;
    static const struct {
        const char *program;
        const char *value;
    } cases[] = { { "5 as $input | $ input", "5" }, { "[$ sqs]", "[7]" } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json_jq_problem problem;
        char value[16];
        struct json_jq *jq = json_jq_new(cases[i].program, strlen(cases[i].program), &problem);
        if (jq == NULL) {
            assert_string_equal(problem.name, "");
            continue;
        }
        assert_int_equal(run(jq, "1", "7", value, sizeof value), JSON_JQ_VALUE);
        assert_string_equal(value, cases[i].value);
        json_jq_free(jq);
    }
}

/* None of these would end by itself, or it would end the process. */
static void ends_what_does_not_end(void **state)
{
    (void)state;
    static const char *const programs[] = { "[range(1e9)] | length", "last(range(1e12))",
        "def f: f; f", "[limit(1e9; repeat(1))]", "reduce range(3e5) as $i (.; [.])" };
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        struct json_jq *runaway = compile(programs[i]);
        struct json_jq *other = compile("ascii_upcase");
        char value[64];
        enum json_jq_result result = run(runaway,
            "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac\"", NULL, value, sizeof value);
        if (result != JSON_JQ_ERROR)
            print_message("%s\n", programs[i]);
        assert_int_equal(result, JSON_JQ_ERROR);
        assert_string_equal(value, ""); /* it was ended without an output */
        assert_int_equal(run(other, "\"a\"", NULL, value, sizeof value), JSON_JQ_VALUE);
        assert_string_equal(value, "\"A\"");
        json_jq_free(runaway);
        json_jq_free(other);
    }
}

static void refuses_programs(void **state)
{
    (void)state;
    static const struct {
        const char *program;
        size_t at;
        const char *name;
    } cases[] = {
        { "now", 0, "now" },
        { ".a | now", 5, "now" },
        { "[inputs]", 1, "inputs" },
        { "input", 0, "input" },
        { "$ENV.HOME", 0, "$ENV" },
        { "env | .HOME", 0, "env" },
        { ". | debug | .", 4, "debug" },
        { "stderr", 0, "stderr" },
        { "if . then halt else . end", 10, "halt" },
        { "halt_error", 0, "halt_error" },
        { "import \"a\" as a; .", 0, "import" },
        { "include \"a\"; .", 0, "include" },
        { "get_search_list", 0, "get_search_list" },
        { "gmtime | localtime", 9, "localtime" },
        { "strflocaltime(\"%Y\")", 0, "strflocaltime" },
        { "input_filename", 0, "input_filename" },
        { "\"\\(now)\"", 3, "now" },
        { "\"\\(\"\\(1 + now)\")\"", 10, "now" },
        { "{a: now}", 4, "now" },
        { "{now: 1}", 1, "now" },
        { "{now}", 1, "now" },
        { ".v|.[input:]", 5, "input" },
        { ".[stderr:]", 2, "stderr" },
        { ".[halt :]", 2, "halt" },
        { ".[:now]", 3, "now" },
        { "m::now", 3, "now" },
        { ". now", 2, "now" },
        { "v | $ ENV.PATH", 4, "$ENV" },
        { "$ # a comment\n # and one more\n ENV", 0, "$ENV" },
        { "{$ENV}", 1, "$ENV" },
        { "$__prog_args", 0, "$__prog_args" },
        { "get_jq_origin", 0, "get_jq_origin" },
        { "get_prog_origin", 0, "get_prog_origin" },
        { "\"\\\\\\(.[now:])\"", 7, "now" },
        { "@text \"\\(now)\"", 9, "now" },
        { "{\"a\\(now)\": 1}", 5, "now" },
        { ".\"a\\(now)\"", 5, "now" },
        { "# a \"\nnow", 6, "now" },
        { ".a as $x | foo", 11, "foo/0" },
        { ". + $nosuch", 4, "$nosuch" },
        { "1) | (2", 1, "" },
        { "(1", 1, "" },
        { "\"open", 4, "" },
        { ".a |||", 0, "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json_jq_problem problem;
        assert_null(json_jq_new(cases[i].program, strlen(cases[i].program), &problem));
        assert_string_equal(problem.name, cases[i].name);
        assert_int_equal(problem.at, cases[i].at);
        assert_non_null(problem.what);
    }
}

/* More distinct inputs than the cache holds, twice: each gives its own output. */
static void forgets_without_mixing_up(void **state)
{
    (void)state;
    struct json_jq *jq = compile(". + 1");
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 10000; i++) {
            char input[16];
            char value[16];
            char expected[16];
            (void)snprintf(input, sizeof input, "%d", i);
            (void)snprintf(expected, sizeof expected, "%d", i + 1);
            assert_int_equal(run(jq, input, NULL, value, sizeof value), JSON_JQ_VALUE);
            assert_string_equal(value, expected);
        }
    json_jq_free(jq);
}

/*
 * The answer that the child sends instead of its own, as foreign code in it might; NULL: its own.
 */
static const char *forged;
static size_t forged_length;

/*
 * The only output of the child. A message is its length, then its bytes; the first is a greeting.
 */
ssize_t write(int fd, const void *data, size_t size)
{
    static unsigned calls;
    if (forged == NULL || fd != STDIN_FILENO || ++calls <= 2)
        return syscall(SYS_write, fd, data, size);
    uint64_t length = forged_length;
    if (calls == 3)
        (void)syscall(SYS_write, fd, &length, sizeof length);
    else if (length > 0)
        (void)syscall(SYS_write, fd, forged, forged_length);
    return (ssize_t)size;
}

static void does_not_believe_the_child(void **state)
{
    (void)state;
    static const struct {
        const char *answer;
        size_t length;
        enum json_jq_result result;
        const char *value;
    } cases[] = {
        { "", 0, JSON_JQ_ERROR, "" },
        { "\0", 1, JSON_JQ_ERROR, "" },
        { "\0\"abc", 5, JSON_JQ_ERROR, "" },
        { "\0\"a\\\"", 5, JSON_JQ_ERROR, "" },
        { "\0[1", 3, JSON_JQ_ERROR, "" },
        { "\0[\"a", 4, JSON_JQ_ERROR, "" },
        { "\0nul", 4, JSON_JQ_ERROR, "" },
        { "\0 1", 3, JSON_JQ_ERROR, "" },
        { "\0001 ", 3, JSON_JQ_ERROR, "" },
        { "\0001 2", 4, JSON_JQ_ERROR, "" },
        { "\0\"\377\"", 4, JSON_JQ_ERROR, "" },
        { "\4", 1, JSON_JQ_ERROR, "" },
        { "\377x", 2, JSON_JQ_ERROR, "" },
        { "\3x", 2, JSON_JQ_ERROR, "x" },
        { "\1x", 2, JSON_JQ_EMPTY, "" },
        { "\0[1]", 4, JSON_JQ_VALUE, "[1]" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json_jq *jq = compile(".");
        char value[16];
        forged = cases[i].answer;
        forged_length = cases[i].length;
        assert_int_equal(run(jq, "1", NULL, value, sizeof value), cases[i].result);
        assert_string_equal(value, cases[i].value);
        forged = NULL;
        json_jq_free(jq);
    }
}

static void survives_depth_and_nul(void **state)
{
    (void)state;
    struct json_jq *jq = compile(".");
    char deep[1024];
    char value[2048];
    memset(deep, '[', 250);
    memset(deep + 250, ']', 250);
    deep[500] = '\0';
    assert_int_equal(run(jq, deep, NULL, value, sizeof value), JSON_JQ_VALUE);
    assert_string_equal(value, deep);
    assert_int_equal(run(jq, "\"a\\u0000b\"", NULL, value, sizeof value), JSON_JQ_VALUE);
    assert_string_equal(value, "\"a\\u0000b\"");
    json_jq_free(jq);
    jq = compile("$sqs");
    memset(deep, '[', 300);
    memset(deep + 300, ']', 300);
    deep[600] = '\0';
    assert_int_equal(run(jq, "1", deep, value, sizeof value), JSON_JQ_ERROR);
    json_jq_free(jq);
    json_jq_free(NULL);
}

/* In both settings: whether a number alone, deep, or in $sqs is rounded. */
static void rounds_where_told(void **state)
{
    (void)state;
    static const char input[] = "{\"n\":1.10,\"list\":[1e2,[{\"m\":-0.50}],\"1.10\",true,null]}";
    static const char sqs[] = "{\"receive_count\":3.00}";
    char value[128];
    struct json_jq *kept = compile(".n");
    assert_int_equal(run(kept, input, NULL, value, sizeof value), JSON_JQ_VALUE);
    assert_string_equal(value, keeps_digits() ? "1.10" : "1.1");
    struct json_jq *rounded = compile("[., $sqs]");
    json_jq_round(rounded);
    assert_int_equal(run(rounded, input, sqs, value, sizeof value), JSON_JQ_VALUE);
    assert_string_equal(value,
        "[{\"n\":1.1,\"list\":[100,[{\"m\":-0.5}],\"1.10\",true,null]},{\"receive_count\":3}]");
    /* The other one is unchanged. */
    assert_int_equal(run(kept, "{\"n\":2.20}", NULL, value, sizeof value), JSON_JQ_VALUE);
    assert_string_equal(value, keeps_digits() ? "2.20" : "2.2");
    json_jq_free(kept);
    json_jq_free(rounded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_filters),
        cmocka_unit_test(takes_no_spaced_variable_for_a_function),
        cmocka_unit_test(ends_what_does_not_end),
        cmocka_unit_test(refuses_programs),
        cmocka_unit_test(rounds_where_told),
        cmocka_unit_test(forgets_without_mixing_up),
        cmocka_unit_test(does_not_believe_the_child),
        cmocka_unit_test(survives_depth_and_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
