#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "mask_lines.h"

/* A record that cannot be undone passes unchanged, with the reason. */
static void never_guesses(void **state)
{
    (void)state;
#define TOKEN_IP "z8XPSu8B0h5W-pcPM5NxxkDDfMPWVnxk" /* of the string "1.2.3.4" in domain ip */
#define MASKED(ip) "{\"body\":{\"masked_ip\":\"" ip "\"}," PII "}"
    static const struct {
        const char *rules;
        const char *in;
        const char *code; /* NULL: it passes */
    } samples[] = {
        { USUAL,
            "{\"body\":{\"masked_ip\":\"siv1." ID "." TOKEN_IP "\",\"masked_device_id\":\"siv1." ID
            "." TOKEN_IP "\"}}",
            "token" },
        { USUAL, MASKED("siv1.00000000." TOKEN_IP), "unknown-key" },
        { USUAL, MASKED("siv1." ID "." TOKEN_IP "A"), "token" },
        { USUAL, MASKED("siv1." ID ".A" TOKEN_IP), "token" },
        { USUAL, MASKED("siv1." ID "." TOKEN_IP "="), "token" },
        { USUAL, MASKED("siv1." ID "."), "token" },
        { USUAL, MASKED("siv1." ID ".AAAAAAAAAAAAAAAAAAAAAA"), "token" },
        { USUAL, MASKED("siv2." ID "." TOKEN_IP), "token" },
        { USUAL, MASKED("hmac1." ID "." TOKEN_IP), "token" },
        { USUAL, "{\"body\":{\"masked_ip\":\"1.2.3.4\"}," PII "}", "token" },
        { USUAL, "{\"body\":{\"masked_ip\":4}," PII "}", "token" },
        { USUAL, "{\"body\":{\"masked_ip\":\"siv1." ID "." TOKEN_IP "\",\"ip\":1}," PII "}",
            "collision" },
        { ".x ipcrypt",
            "{\"body\":{\"x\":\"1.2.3.4\"},\"pii\":{\"key\":\"00000000\",\"key\":\"" ID "\"}}",
            "unknown-key" },
        { USUAL, "{\"body\":\"x\"," PII "}", "root" },
        { USUAL, "{\"masked_ip\":\"siv1." ID "." TOKEN_IP "\"}", "root" },
        { ".a.b siv", "{\"body\":{\"a\":\"x\"}," PII "}", "kind" },
        { ".x siv in ip", "{\"body\":{\"x\":\"siv1." ID "." TOKEN_IP "\"}}", "" },
        { ".x siv", "{\"body\":{\"x\":\"siv1." ID "." TOKEN_IP "\"}}", "token" },
        { USUAL, "{\"error\":{\"stage\":\"mask\"},\"sealed\":\"seal1." ID "." TOKEN_IP "\"}",
            "token" },
        { USUAL, "{\"error\":{\"stage\":\"mask\"},\"sealed\":\"seal1.00000000." TOKEN_IP "\"}",
            "unknown-key" },
        { USUAL, "{\"error\":{\"stage\":\"mask\"},\"sealed\":1}", "token" },
        { USUAL, "{\"error\":{\"stage\":\"mask\"},\"sealed\":\"a\",\"sealed\":\"b\"}",
            "collision" },
        { USUAL, "{\"error\":{\"stage\":\"mask\"},\"body\":\"x\"}", NULL },
        { ".x siv",
            "{\"error\":{\"stage\":\"mask\"},\"body\":{\"x\":\"siv1.00000000." TOKEN_IP "\"}}",
            "unknown-key" },
        { USUAL, "{\"body\":{\"ip\":\"1.2.3.4\"}}", NULL },
        { ".a hmac as h", "{\"body\":{\"h\":\"hmac1." ID ".AAAAAAAAAAAAAAAAAAAAAA\"}," PII "}",
            NULL },
    };
    struct buf out, wanted;
    buf_init(&out, 1 << 16);
    buf_init(&wanted, 1 << 16);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        enum filter_outcome outcome = pass(false, ".body", samples[i].rules, samples[i].in, &out);
        if (samples[i].code == NULL || *samples[i].code == '\0') {
            assert_int_equal(outcome, samples[i].code == NULL ? FILTER_PASSED : FILTER_CHANGED);
            continue;
        }
        assert_int_equal(outcome, FILTER_ERROR);
        /* the whole record, with only an error added and nothing clear beside it */
        buf_clear(&wanted);
        buf_printf(&wanted, "\"error\":{\"stage\":\"unmask\",\"code\":\"%s\",\"detail\":\"",
            samples[i].code);
        const char *error = strstr(out.data, buf_cstr(&wanted));
        assert_non_null(error);
        assert_memory_equal(out.data, samples[i].in,
            (size_t)(error - out.data) > 0 ? (size_t)(error - out.data) - 1 : 0);
        if (strstr(samples[i].in, "\"error\"") != NULL)
            assert_non_null(strstr(error, ",\"cause\":{\"stage\":\"mask\"}}"));
        if (strstr(samples[i].in, "1.2.3.4") == NULL)
            assert_null(strstr(out.data, "1.2.3.4"));
        /* a second try gives the same */
        buf_clear(&wanted);
        buf_append(&wanted, out.data, out.length + 1);
        pass(false, ".body", samples[i].rules, wanted.data, &out);
        assert_string_equal(out.data, wanted.data);
    }
    buf_free(&out);
    buf_free(&wanted);
}

/* hmac and redact stay; "pii" is removed with the first unmasked value. */
static void leaves_what_cannot_be_undone(void **state)
{
    (void)state;
    static const char rules[] = ".a siv as b\n.c hmac as d\n.e redact\n.f drop";
    struct buf out, back;
    buf_init(&out, 1 << 16);
    buf_init(&back, 1 << 16);
    assert_int_equal(
        pass(true, ".body", rules, "{\"body\":{\"a\":1,\"c\":2,\"e\":3,\"f\":4}}", &out),
        FILTER_CHANGED);
    assert_int_equal(pass(false, ".body", rules, out.data, &back), FILTER_CHANGED);
    static const char start[] = "{\"body\":{\"a\":1,\"d\":\"hmac1." ID ".";
    assert_memory_equal(back.data, start, sizeof start - 1);
    assert_non_null(strstr(back.data, "\",\"e\":\"[redacted]\"}}"));
    assert_int_equal(pass(true, ".body", rules, "{\"body\":{\"c\":2}}", &out), FILTER_CHANGED);
    assert_int_equal(pass(false, ".body", rules, out.data, &back), FILTER_PASSED);
    assert_string_equal(back.data, out.data);
    buf_free(&out);
    buf_free(&back);
}

/* A policy of other values removes no "pii" while tokens remain; it does when none do. */
static void leaves_tokens_of_other_policies(void **state)
{
    (void)state;
    static const char *const others[] = { ".g siv", ".w siv as x", ".g siv as w", ".g hmac" };
    struct buf out, back;
    buf_init(&out, 1 << 16);
    buf_init(&back, 1 << 16);
    assert_int_equal(pass(true, ".body", ".v siv", "{\"body\":{\"w\":null,\"v\":1}}", &out),
        FILTER_CHANGED);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_int_equal(pass(false, ".body", others[i], out.data, &back), FILTER_PASSED);
        assert_string_equal(back.data, out.data);
    }
    static const char empty[] =
        "{\"body\":{\"w\":\"siv1.x\"},\"pii\":{\"key\":\"" ID "\",\"x\":\"siv1." ID ".AA\"}}";
    assert_int_equal(pass(false, ".body", ".g siv", empty, &back), FILTER_CHANGED);
    assert_string_equal(back.data, "{\"body\":{\"w\":\"siv1.x\"}}");
    buf_free(&out);
    buf_free(&back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(never_guesses),
        cmocka_unit_test(leaves_what_cannot_be_undone),
        cmocka_unit_test(leaves_tokens_of_other_policies),
    };
    return cmocka_run_group_tests(tests, make_ring, free_ring);
}
