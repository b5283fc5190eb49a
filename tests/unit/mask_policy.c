#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "mask/policy.h"
#include "mask/policy_finish.h"
#include "mask/policy_text.h"

/* Return the error of the lines below ${root}, with its place in ${error}. */
static enum policy_cause judge(const char *root, const char *text, struct policy_error *error)
{
    *error = (struct policy_error){ .cause = POLICY_OK };
    struct policy *policy = policy_new(root, error);
    if (policy != NULL && policy_text_lines(policy, text, strlen(text), error) == 0)
        (void)policy_finish(policy, error);
    policy_free(policy);
    return error->cause;
}

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum policy_cause cause;
        unsigned line;
        unsigned column;
        const char *word;
    } samples[] = {
        { ".a sivv", POLICY_METHOD, 1, 4, "sivv" },
        { "\n# x\n.a  rot13 as b", POLICY_METHOD, 3, 5, "rot13" },
        { ".a", POLICY_MISSING_WORD, 1, 3, "" },
        { ".a siv as", POLICY_MISSING_WORD, 1, 10, "" },
        { ".a siv in # d", POLICY_MISSING_WORD, 1, 10, "" },
        { "require", POLICY_MISSING_WORD, 1, 8, "" },
        { "other", POLICY_MISSING_WORD, 1, 6, "" },
        { ".a siv to b", POLICY_WORD, 1, 8, "to" },
        { ".a siv as b as c", POLICY_WORD, 1, 13, "as" },
        { ".a siv as b in c d", POLICY_WORD, 1, 18, "d" },
        { "require .a .b", POLICY_WORD, 1, 12, ".b" },
        { "other hide", POLICY_WORD, 1, 7, "hide" },
        { "other keep\nother keep", POLICY_REPEATED, 2, 1, "other" },
        { ".a..b siv", POLICY_PATH, 1, 4, "" },
        { "a siv", POLICY_PATH, 1, 1, "" },
        { "attributes. siv", POLICY_PATH, 1, 1, "" },
        { "fifo. siv", POLICY_PATH, 1, 1, "" },
        { "fifo.a/b siv", POLICY_PATH, 1, 6, "a/b" },
        { "fifo.a siv as b", POLICY_NAMES_NOTHING, 1, 15, "b" },
        { ". siv", POLICY_ROOT_ITSELF, 1, 1, "" },
        { ".[] siv", POLICY_NO_KEY, 1, 1, "" },
        { ".[0].a siv", POLICY_NO_KEY, 1, 1, "" },
        { ".a siv as \"b", POLICY_QUOTE, 1, 11, "" },
        { ".a siv as b\"c\"", POLICY_QUOTE, 1, 11, "b\"c\"" },
        { ".a siv as \"b\\x\"", POLICY_QUOTE, 1, 11, "\"b\\x\"" },
        { ".a siv as \xff", POLICY_UTF8, 1, 0, "" },
        { "attributes.\"a\x01\" siv", POLICY_CONTROL, 1, 14, "" },
        { "attributes.\"a\" siv", POLICY_PATH, 1, 12, "\"a\"" },
        { ".a siv\r .b siv", POLICY_CONTROL, 1, 7, "" },
        { ".a siv \x7f", POLICY_CONTROL, 1, 8, "" },
        { ".a drop as b", POLICY_NAMES_NOTHING, 1, 12, "b" },
        { ".a keep as b", POLICY_NAMES_NOTHING, 1, 12, "b" },
        { "attributes.a siv as b", POLICY_NAMES_NOTHING, 1, 21, "b" },
        { ".a[] siv as b", POLICY_NAMES_ELEMENT, 1, 13, "b" },
        { ".a[0] siv as b", POLICY_NAMES_ELEMENT, 1, 14, "b" },
        { ".a[] drop", POLICY_DROPS_ELEMENT, 1, 1, ".a[]" },
        { ".a redact in b", POLICY_NO_DOMAIN, 1, 14, "b" },
        { ".a drop in b", POLICY_NO_DOMAIN, 1, 12, "b" },
        { ".a siv\n.a hmac", POLICY_REPEATED, 2, 1, ".a" },
        { ".a siv\n.\"a\" hmac", POLICY_REPEATED, 2, 1, ".\"a\"" },
        { ".a siv as c\n.b siv as c", POLICY_REPEATED, 2, 11, "c" },
        { ".a siv as b\n.b siv as c", POLICY_REPEATED, 2, 1, ".b" },
        { ".b siv as c\n.a siv as b", POLICY_REPEATED, 2, 11, "b" },
        { "require .a\nrequire .a", POLICY_REPEATED, 2, 9, ".a" },
        { "attributes.a siv\nattributes.a keep", POLICY_OVERLAP, 2, 12, "a" },
        { ".a siv\n.a.b siv", POLICY_OVERLAP, 2, 1, ".a.b" },
        { ".a.b siv\n.a siv", POLICY_OVERLAP, 2, 1, ".a" },
        { ".a keep\n.a.b siv", POLICY_OVERLAP, 2, 1, ".a.b" },
        { ".b.c siv\n.a siv as b", POLICY_OVERLAP, 2, 11, "b" },
        { ".a siv as b\n.b.c siv", POLICY_OVERLAP, 2, 1, ".b.c" },
        { ".a siv\nrequire .a.b", POLICY_OVERLAP, 2, 9, ".a.b" },
        { "require .a.b\n.a siv", POLICY_OVERLAP, 2, 1, ".a" },
        { ".a siv as b\nrequire .b", POLICY_OVERLAP, 2, 9, ".b" },
        { "require .b\n.a siv as b", POLICY_OVERLAP, 2, 11, "b" },
        { ".a.b siv\n.a[] siv", POLICY_KINDS, 2, 1, "" },
        { ".a[].b siv\nrequire .a.c", POLICY_KINDS, 2, 9, "" },
        { ".a[] siv\n.a[0].b siv", POLICY_INDEX_BESIDE, 2, 1, "" },
        { ".a[2].b siv\n.a[].c siv", POLICY_INDEX_BESIDE, 1, 1, "" },
        { ".a[0] siv\nother drop", POLICY_INDEX_OTHER, 1, 1, "" },
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct policy_error error;
        assert_int_equal(judge(".body", samples[i].text, &error), samples[i].cause);
        assert_int_equal(error.line, samples[i].line);
        assert_int_equal(error.column, samples[i].column);
        assert_string_equal(error.word, samples[i].word);
        assert_string_not_equal(policy_error_text(error.cause), "unknown");
    }
}

static void refuses_checks(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum policy_cause cause;
        unsigned line;
        unsigned column;
        const char *word;
    } samples[] = {
        { ".a siv\nunmatched", POLICY_MISSING_WORD, 2, 10, "" },
        { ".a siv\nunmatched pass", POLICY_WORD, 2, 11, "pass" },
        { ".a siv\nunmatched seal when .b c", POLICY_WORD, 2, 16, "when" },
        { ".a siv\nunmatched keep if .b c", POLICY_WORD, 2, 16, "if" },
        { ".a siv\nunmatched keep when .b", POLICY_MISSING_WORD, 2, 23, "" },
        { ".a siv\nunmatched keep when b c", POLICY_PATH, 2, 21, "" },
        { ".a siv\nunmatched keep\nunmatched seal", POLICY_REPEATED, 3, 1, "unmatched" },
        { ".a siv\nunmatched keep when .b c\nunmatched keep", POLICY_REPEATED, 3, 1, "unmatched" },
        { ".a siv\nunmatched keep when .b \"c", POLICY_QUOTE, 2, 24, "" },
        { ".a siv\nnear far", POLICY_WORD, 2, 6, "far" },
        { ".a siv\nnear seal keep", POLICY_WORD, 2, 11, "keep" },
        { ".a siv\nnear seal\nnear keep", POLICY_REPEATED, 3, 1, "near" },
        { ".a siv\ndetect ipv5 seal", POLICY_DETECT_KIND, 2, 8, "ipv5" },
        { ".a siv\ndetect ipv4, seal", POLICY_DETECT_KIND, 2, 8, "ipv4," },
        { ".a siv\ndetect ipv4", POLICY_MISSING_WORD, 2, 12, "" },
        { ".a siv\ndetect ipv4 keep", POLICY_WORD, 2, 13, "keep" },
        { ".a siv\ndetect ipv4,ipv4 seal", POLICY_REPEATED, 2, 8, "ipv4,ipv4" },
        { ".a siv\ndetect ipv4 seal\ndetect mac,ipv4 redact", POLICY_REPEATED, 3, 8, "mac,ipv4" },
        { "optional siv", POLICY_PATH, 1, 1, "" },
        { ".a optional", POLICY_METHOD, 1, 4, "optional" },
        { ".a siv optional as b", POLICY_WORD, 1, 8, "optional" },
        { "record.sqs keep", POLICY_RESERVED, 1, 7, "" },
        { "fifo.a.b siv", POLICY_WHOLE, 1, 6, "a.b" },
        { "envelope.rest keep\nenvelope.rest.ip siv", POLICY_WHOLE, 2, 10, "rest.ip" },
        { "record.envelope.x siv", POLICY_RESERVED, 1, 7, "" },
        { "record.body keep", POLICY_NOT_BESIDE, 1, 7, "" },
        { "record.body.ip siv", POLICY_NOT_BESIDE, 1, 7, "" },
        { "record.x siv as y", POLICY_NAMES_NOTHING, 1, 17, "y" },
        { "record.x siv\nrecord.x keep", POLICY_REPEATED, 2, 7, ".x" },
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct policy_error error;
        assert_int_equal(judge(".body", samples[i].text, &error), samples[i].cause);
        assert_int_equal(error.line, samples[i].line);
        assert_int_equal(error.column, samples[i].column);
        assert_string_equal(error.word, samples[i].word);
        assert_string_not_equal(policy_error_text(error.cause), "unknown");
    }
}

static void judges_roots(void **state)
{
    (void)state;
    static const struct {
        const char *root;
        const char *text;
        enum policy_cause cause;
    } samples[] = {
        { ".", ".ip siv as masked_ip", POLICY_OK },
        { ".", ".body.ip siv", POLICY_OK },
        { ".", ".sqs.message_id siv", POLICY_RESERVED },
        { ".", ".error siv", POLICY_RESERVED },
        { ".", ".a siv as pii", POLICY_RESERVED },
        { ".", "require .attributes", POLICY_RESERVED },
        { ".body", ".pii siv as error", POLICY_OK },
        { ".data.user", ".ip siv", POLICY_OK },
        { ".\"odd key\"", ".ip siv", POLICY_OK },
        { ".body[0]", "", POLICY_ROOT },
        { ".body[]", "", POLICY_ROOT },
        { ".sqs", "", POLICY_ROOT },
        { ".pii.x", "", POLICY_ROOT },
        { ".attributes", "", POLICY_ROOT },
        { "body", "", POLICY_ROOT },
        { "", "", POLICY_ROOT },
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct policy_error error;
        assert_int_equal(judge(samples[i].root, samples[i].text, &error), samples[i].cause);
    }
}

#define CHECKS "unmatched seal\nnear seal\n"

/* The printed policy, read again, prints the same. */
static void prints_what_is_in_force(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *printed;
    } samples[] = {
        { ".a siv optional\nnear keep\nunmatched keep",
            "# paths below .body\n.a siv in a optional\nother keep\nunmatched keep\nnear keep\n" },
        { ".a siv as optional\n.b siv in optional\n.c redact optional",
            "# paths below .body\n.a siv as optional in a\n.b siv in optional\n"
            ".c redact optional\nother keep\n" CHECKS },
        { ".a siv\nunmatched keep when .type a \"b c\" 3\nunmatched keep when .b[0] true",
            "# paths below .body\n.a siv in a\nother keep\nunmatched keep when .type a \"b c\" 3\n"
            "unmatched keep when .b[0] true\nnear seal\n" },
        { ".a siv\ndetect email,ipv4 redact\ndetect jwt seal\ndetect ssn seal",
            "# paths below .body\n.a siv in a\nother keep\n" CHECKS "detect ssn,jwt seal\n"
            "detect ipv4,email redact\n" },
        { "record.trace keep\nrecord.\"odd key\".a[] siv\nenvelope.source hmac\nfifo.x keep",
            "# paths below .body\nrecord.trace keep\nrecord.\"odd key\".a[] siv in a\n"
            "envelope.source hmac in source\nfifo.x keep\nother keep\n" CHECKS },
        { "other keep", "# paths below .body\nother keep\n" CHECKS },
        { "  # nothing else\r\n\r\nother keep", "# paths below .body\nother keep\n" CHECKS },
        { ".ip siv", "# paths below .body\n.ip siv in ip\nother keep\n" CHECKS },
        { ".ip siv as ip", "# paths below .body\n.ip siv in ip\nother keep\n" CHECKS },
        { ".a.b[].c hmac in d as e # f",
            "# paths below .body\n.a.b[].c hmac as e in d\nother keep\n" CHECKS },
        { ".a[3] siv\n.a[] siv",
            "# paths below .body\n.a[3] siv in a\n.a[] siv in a\nother keep\n" CHECKS },
        { ".\"odd # key\" siv as \"a b\" in \"\"",
            "# paths below .body\n.\"odd # key\" siv as \"a b\" in \"\"\nother keep\n" CHECKS },
        { ".x siv as a#b", "# paths below .body\n.x siv as \"a#b\" in x\nother keep\n" CHECKS },
        { "attributes.My-Name.x siv\nattributes.t keep\n.d drop\n.r redact as s",
            "# paths below .body\nattributes.My-Name.x siv in My-Name.x\nattributes.t keep\n.d drop\n"
            ".r redact as s\nother keep\n" CHECKS },
        { "other quarantine\nrequire .a\n.a siv\n.b keep\t\nrequire .c[0]",
            "# paths below .body\n.a siv in a\n.b keep\nrequire .a\nrequire .c[0]\nother quarantine\n" CHECKS },
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct policy_error error;
        struct buf once, twice;
        buf_init(&once, 1 << 16);
        buf_init(&twice, 1 << 16);
        struct policy *policy = policy_new(".body", &error);
        assert_int_equal(
            policy_text_lines(policy, samples[i].text, strlen(samples[i].text), &error), 0);
        assert_int_equal(policy_finish(policy, &error), 0);
        assert_int_equal(policy_text_print(policy, &once), 0);
        policy_free(policy);
        assert_string_equal(buf_cstr(&once), samples[i].printed);
        policy = policy_new(".body", &error);
        assert_int_equal(policy_text_lines(policy, once.data, once.length, &error), 0);
        assert_int_equal(policy_text_print(policy, &twice), 0);
        policy_free(policy);
        assert_string_equal(buf_cstr(&twice), samples[i].printed);
        buf_free(&once);
        buf_free(&twice);
    }
}

static void reads_options(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum policy_cause cause;
        unsigned column;
        const char *printed; /* the printed rule, when valid */
    } samples[] = {
        { ".ip=siv:masked_ip", POLICY_OK, 0, ".ip siv as masked_ip in ip\n" },
        { ".ip=hmac", POLICY_OK, 0, ".ip hmac in ip\n" },
        { ".\"a=b\"=siv:c", POLICY_OK, 0, ".\"a=b\" siv as c in \"a=b\"\n" },
        { ".a=drop", POLICY_OK, 0, ".a drop\n" },
        { ".a=siv:x:y", POLICY_OK, 0, ".a siv as \"x:y\" in a\n" },
        { ".a=siv:\"x y\"", POLICY_OK, 0, ".a siv as \"x y\" in a\n" },
        { "attributes.x=keep", POLICY_OK, 0, "attributes.x keep\n" },
        { ".ip", POLICY_MISSING_WORD, 4, NULL },
        { ".ip=", POLICY_METHOD, 5, NULL },
        { ".ip=md5", POLICY_METHOD, 5, NULL },
        { ".ip=siv:", POLICY_MISSING_WORD, 9, NULL },
        { ".i p=siv", POLICY_PATH, 3, NULL },
        { ".ip=siv:\"x", POLICY_QUOTE, 9, NULL },
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct policy_error error = { .cause = POLICY_OK };
        struct policy *policy = policy_new(".body", &error);
        struct buf text;
        buf_init(&text, 1 << 16);
        (void)policy_text_option(policy, samples[i].text, &error);
        assert_int_equal(error.cause, samples[i].cause);
        assert_int_equal(error.column, samples[i].column);
        if (samples[i].printed != NULL) {
            assert_int_equal(policy_text_print(policy, &text), 0);
            assert_non_null(strstr(buf_cstr(&text), samples[i].printed));
        }
        buf_free(&text);
        policy_free(policy);
    }
}

static void builds_in_the_usual(void **state)
{
    (void)state;
    struct policy_error error;
    struct policy *policy = policy_new(".", &error);
    assert_int_equal(policy_text_builtin(policy, &error), 0);
    assert_int_equal(policy_finish(policy, &error), 0);
    struct buf text;
    buf_init(&text, 1 << 16);
    assert_int_equal(policy_text_print(policy, &text), 0);
    assert_string_equal(buf_cstr(&text),
        "# paths below .\n.ip siv pad as masked_ip in ip\n.device_id siv pad as masked_device_id in device_id\n"
        "other keep\n" CHECKS);
    buf_free(&text);
    policy_free(policy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses),
        cmocka_unit_test(refuses_checks),
        cmocka_unit_test(judges_roots),
        cmocka_unit_test(prints_what_is_in_force),
        cmocka_unit_test(reads_options),
        cmocka_unit_test(builds_in_the_usual),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
