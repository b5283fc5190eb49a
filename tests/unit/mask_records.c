#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "mask/sealing.h"
#include "mask_lines.h"

/* A value that must not be visible after masking. */
#define CANARY "203.0.113.77"

/* Every output byte is known. */
static void masks_to_the_byte(void **state)
{
    (void)state;
    static const struct {
        const char *root;
        const char *rules;
        const char *in;
        const char *out;
    } samples[] = {
        { ".body", UNCHECKED(".a redact"), "{\"body\":{\"a\":1}}",
            "{\"body\":{\"a\":\"[redacted]\"}," PII "}" },
        { ".body", UNCHECKED(".a redact as b"), "{ \"body\" : { \"\\u0061\" :  1 , \"c\":2 } }  ",
            "{ \"body\" : { \"b\" :  \"[redacted]\" , \"c\":2 } ," PII "}  " },
        { ".body", UNCHECKED(".a redact as b"), "{\"body\":{\"a\":null,\"c\":\"\",\"a\":\"\"}}",
            "{\"body\":{\"b\":null,\"c\":\"\",\"b\":\"\"}," PII "}" },
        { ".body", UNCHECKED(".a redact as b"),
            "{\"body\":{\"a\":[1,{\"a\":2}],\"a\":{},\"a\":false,\"a\":\"x\"}}",
            "{\"body\":{\"b\":\"[redacted]\",\"b\":\"[redacted]\",\"b\":\"[redacted]\",\"b\":\"[redacted]\"}," PII
            "}" },
        { ".body", UNCHECKED(".a redact"), "{\"body\":{},\"a\":1}",
            "{\"body\":{},\"a\":1," PII "}" },
        { ".body", UNCHECKED(".a redact"), "{\"body\":{\"n\":12345678901234567891,\"m\":1.10e+05}}",
            "{\"body\":{\"n\":12345678901234567891,\"m\":1.10e+05}," PII "}" },
        /* arrays */
        { ".body", UNCHECKED(".a[] redact"), "{\"body\":{\"a\":[1,null,\"\",[2]]}}",
            "{\"body\":{\"a\":[\"[redacted]\",null,\"\",\"[redacted]\"]}," PII "}" },
        { ".body", UNCHECKED(".a[1] redact"), "{\"body\":{\"a\":[1,2,3]}}",
            "{\"body\":{\"a\":[1,\"[redacted]\",3]}," PII "}" },
        { ".body", UNCHECKED(".a[].b redact as c"), "{\"body\":{\"a\":[{\"b\":1},{\"d\":2},null]}}",
            "{\"body\":{\"a\":[{\"c\":\"[redacted]\"},{\"d\":2},null]}," PII "}" },
        { ".body", UNCHECKED(".a.b redact"), "{\"body\":{\"a\":null}}",
            "{\"body\":{\"a\":null}," PII "}" },
        /* removal: first, last, all, with blanks, in a nested object */
        { ".body", UNCHECKED(".a drop"), "{\"body\":{\"a\":1,\"b\":2}}",
            "{\"body\":{\"b\":2}," PII "}" },
        { ".body", UNCHECKED(".a drop"), "{\"body\":{\"b\":2,\"a\":1}}",
            "{\"body\":{\"b\":2}," PII "}" },
        { ".body", UNCHECKED(".a drop"), "{\"body\":{\"a\":1}}", "{\"body\":{}," PII "}" },
        { ".body", UNCHECKED(".a drop"), "{\"body\":{ \"a\" : 1 , \"b\" : 2 , \"a\" : \"}\" }}",
            "{\"body\":{ \"b\" : 2 }," PII "}" },
        { ".body", UNCHECKED(".a.b drop\n.c drop"),
            "{\"body\":{\"a\":{\"b\":1,\"b\":2},\"c\":3,\"c\":4}}",
            "{\"body\":{\"a\":{}}," PII "}" },
        { ".body", UNCHECKED("other drop\n.a redact\n.k keep\nrequire .r"),
            "{\"body\":{\"x\":1,\"a\":2,\"y\":3,\"k\":{\"z\":4},\"r\":5}}",
            "{\"body\":{\"a\":\"[redacted]\",\"k\":{\"z\":4},\"r\":5}," PII "}" },
        { ".body", UNCHECKED(".a drop\nrequire .r"), "{\"body\":{\"r\":null,\"r\":[1,null]}}",
            "{\"body\":{\"r\":null,\"r\":[1,null]}," PII "}" },
        { ".body", UNCHECKED("other drop\n.a.b redact"),
            "{\"body\":{\"a\":{\"b\":1,\"c\":2},\"d\":3}}",
            "{\"body\":{\"a\":{\"b\":\"[redacted]\"}}," PII "}" },
        { ".body", UNCHECKED("other drop\n.a[].b redact"),
            "{\"body\":{\"a\":[{\"c\":1,\"b\":2},{\"c\":3}]}}",
            "{\"body\":{\"a\":[{\"b\":\"[redacted]\"},{}]}," PII "}" },
        { ".body", UNCHECKED("other quarantine\nrecord.x keep\n.a redact"),
            "{\"body\":{\"a\":2},\"x\":1}", "{\"body\":{\"a\":\"[redacted]\"},\"x\":1," PII "}" },
        { ".body", UNCHECKED(".a redact\ndetect email redact"),
            "{\"body\":{\"e\":1,\"e\":2,\"a@b.com\":{\"a@b.com\":[\"a@b.com\"]},\"[\":3}}",
            "{\"body\":{\"e\":1,\"e\":2,\"[email]\":{\"[email]\":[\"[email]\"]},\"[\":3}," PII
            "}" },
        /* roots */
        { ".", UNCHECKED(".a redact"), "{\"a\":1}", "{\"a\":\"[redacted]\"," PII "}" },
        { ".", UNCHECKED(".a redact"), "{}", "{" PII "}" },
        { ".", UNCHECKED(".a drop"), "{\"a\":1}", "{" PII "}" },
        { ".", UNCHECKED("other drop\n.a redact"), "{\"sqs\":{},\"a\":1,\"b\":2}",
            "{\"sqs\":{},\"a\":\"[redacted]\"," PII "}" },
        { ".data.user", UNCHECKED(".a redact"),
            "{\"body\":1,\"data\":{\"a\":2,\"user\":{\"a\":3}}}",
            "{\"body\":1,\"data\":{\"a\":2,\"user\":{\"a\":\"[redacted]\"}}," PII "}" },
    };
    struct buf out;
    buf_init(&out, 1 << 16);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        enum filter_outcome outcome =
            pass(true, samples[i].root, samples[i].rules, samples[i].in, &out);
        assert_true(outcome == FILTER_CHANGED || outcome == FILTER_PASSED);
        assert_string_equal(out.data, samples[i].out);
    }
    buf_free(&out);
}

/* Do the same for members beside the body. */
static void masks_members(void **state)
{
    (void)state;
    static const struct {
        const char *root;
        const char *rules;
        const char *in;
        const char *out;
    } samples[] = {
        /* attributes */
        { ".body", UNCHECKED(".a redact"),
            "{\"attributes\":{\"x\":{\"type\":\"String\",\"value\":\"" CANARY "\"}},\"body\":{}}",
            "{\"body\":{}," PII "}" },
        { ".body", UNCHECKED(".a redact"), "{\"body\":{},\"attributes\":\"" CANARY "\"}",
            "{\"body\":{}," PII "}" },
        { ".body", UNCHECKED("attributes.x redact\nattributes.y keep\nattributes.z drop"),
            "{\"body\":{},\"attributes\":{\"x\":{\"type\":\"String\",\"value\":\"v\",\"more\":1},\"q\":1,"
            "\"y\":{\"type\":\"String\",\"value\":\"w\"},\"z\":{}}}",
            "{\"body\":{},\"attributes\":{\"x\":{\"type\":\"String\",\"value\":\"[redacted]\"},"
            "\"y\":{\"type\":\"String\",\"value\":\"w\"}}," PII "}" },
        { ".body", UNCHECKED("attributes.x redact"), "{\"body\":{},\"attributes\":null}",
            "{\"body\":{},\"attributes\":null," PII "}" },
        /* members beside the root */
        { ".body", UNCHECKED("other drop\n.a redact\nrecord.k keep\nrecord.m.n redact"),
            "{\"x\":1,\"body\":{\"a\":2},\"k\":{\"z\":3},\"m\":{\"n\":4,\"o\":5}}",
            "{\"body\":{\"a\":\"[redacted]\"},\"k\":{\"z\":3},\"m\":{\"n\":\"[redacted]\"}," PII
            "}" },
        { ".data.user", UNCHECKED("other drop\n.a redact"),
            "{\"x\":1,\"data\":{\"y\":2,\"user\":{\"a\":3},\"z\":4}}",
            "{\"data\":{\"user\":{\"a\":\"[redacted]\"}}," PII "}" },
        { ".body", UNCHECKED("envelope.id redact\nenvelope.kind keep"),
            "{\"body\":{},\"envelope\":{\"kind\":\"sns\",\"id\":\"i\",\"rest\":{}}}",
            "{\"body\":{},\"envelope\":{\"kind\":\"sns\",\"id\":\"[redacted]\"}," PII "}" },
        { ".body", UNCHECKED(".a redact"), "{\"body\":{},\"envelope\":{\"id\":\"" CANARY "\"}}",
            "{\"body\":{}," PII "}" },
    };
    struct buf out;
    buf_init(&out, 1 << 16);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        enum filter_outcome outcome =
            pass(true, samples[i].root, samples[i].rules, samples[i].in, &out);
        assert_true(outcome == FILTER_CHANGED || outcome == FILTER_PASSED);
        assert_string_equal(out.data, samples[i].out);
    }
    buf_free(&out);
}

#define CODE "{\"error\":{\"stage\":\"a\",\"code\":"

/*
 * Errors: the code is given, personal values must not be visible, and unmasking restores
 * everything.
 */
static const struct {
    const char *root;
    const char *rules;
    const char *in;
    const char *code; /* NULL: the arrived error stays */
    const char
        *back; /* a part of the unmasked record; NULL: all of ${in}, with an error in between */
} errors[] = {
    { ".body", USUAL, "hello " CANARY, "syntax", "\"line\":\"hello " CANARY "\"" },
    { ".body", USUAL, "\"" CANARY "\"", "not-object", "\"line\":\"\\\"" CANARY "\\\"\"" },
    { ".body", USUAL, "[{\"ip\":\"" CANARY "\"}]", "not-object", "\"line\":\"[{" },
    { ".body", USUAL, "{\"body\":{\"ip\":\"" CANARY "\"}", "syntax", "\"line\":\"{" },
    { ".body", USUAL, "{\"body\":{\"ip\":\"" CANARY "\xff\"}}", "utf8", "\"line_base64\":\"eyJ" },
    { ".body", USUAL, "{\"body\":{\"ip\":\"" CANARY "\\ud800\"}}", "surrogate", "\"line\":\"{" },
    { ".body", USUAL, "{\"sqs\":{\"a\":1},\"body\":\"" CANARY "\"}", "root", NULL },
    { ".body", USUAL, "{\"sqs\":{\"a\":1},\"body\":[\"" CANARY "\"],\"x\":2}", "root", NULL },
    /* content beside it */
    { ".body", "other keep\n.ip siv", "{\"trace\":\"" CANARY "\",\"body\":2}", "root", NULL },
    { ".body", "record.trace keep\n.ip siv", "{\"trace\":\"" CANARY "\",\"body\":2}", "root",
        NULL },
    { ".data", USUAL, "{\"data\":{\"ip\":1,\"masked_ip\":1},\"trace\":{\"a\":\"" CANARY "\"}}",
        "collision", NULL },
    { ".body", USUAL, CODE "\"b\"},\"trace\":\"" CANARY "\"}", NULL, NULL },
    { ".body", USUAL, "{\"body\":null,\"attributes\":\"" CANARY "\"}", "root", NULL },
    { ".body", USUAL, "{\"ip\":\"" CANARY "\"}", "root", NULL },
    { ".body", USUAL, "{\"body\":{\"ip\":1},\"body\":\"" CANARY "\"}", "root", NULL },
    { ".body", USUAL, "{\"body\":{\"masked_ip\":\"" CANARY "\"}}", "collision", NULL },
    { ".body", USUAL, "{\"body\":{\"ip\":\"" CANARY "\",\"masked\\u005fip\":1}}", "collision",
        NULL },
    { ".body", USUAL, "{\"body\":{\"ip\":\"" CANARY "\"},\"pii\":1}", "mixed", NULL },
    { ".body", USUAL, "{\"body\":{\"ip\":\"" CANARY "\"},\"pii\":{}}", "mixed", NULL },
    { ".body", USUAL, "{\"body\":{\"ip\":\"" CANARY "\"},\"pii\":{\"key\":\"00000000\"}}", "mixed",
        NULL },
    { ".body", USUAL, "{\"body\":{\"x\":\"" CANARY "\"},\"pii\":{\"key\":\"00000000\"}}", "mixed",
        NULL },
    { ".body", USUAL, "{\"body\":{\"ip\":\"" CANARY "\"}," PII "}", "mixed", NULL },
    { ".body", USUAL, "{\"body\":{\"ip\":\"" CANARY "\"}," PII ",\"pii\":2}", "mixed", NULL },
    { ".body", USUAL, "{\"body\":{},\"attributes\":\"" CANARY "\"," PII "}", "mixed", NULL },
    { ".body", USUAL, "{\"body\":\"" CANARY "\"," PII "}", "root", NULL },
    { ".body", USUAL, "{\"body\":{\"ip\":\"\",\"x\":\"" CANARY "\"}," PII "}", "mixed", NULL },
    { ".body", USUAL,
        "{\"body\":{},\"pii\":\"" CANARY "\",\"pii\":{\"key\":\"" ID "\",\"key\":\"" ID "\"}}",
        "mixed", NULL },
    { ".body", ".ip siv", "{\"body\":{\"ip\":\"" CANARY "\"}," PII "}", "mixed", NULL },
    { ".body", ".ip siv",
        "{\"body\":{\"ip\":\"siv1." ID ".AAAAAAAAAAAAAAAAAAAAAAAAAAAA" CANARY "\"}," PII "}",
        "mixed", NULL },
    { ".body", ".ip hmac", "{\"body\":{\"ip\":\"hmac1." ID "." CANARY "\"}," PII "}", "mixed",
        NULL },
    { ".body", USUAL, "{\"body\":{\"ip\":\"" CANARY "\"},\"sealed\":\"x\"}", "mixed", NULL },
    { ".body", ".a.b siv", "{\"body\":{\"a\":\"" CANARY "\"}}", "kind", NULL },
    { ".body", ".a.b siv", "{\"body\":{\"a\":[\"" CANARY "\"]}}", "kind", NULL },
    { ".body", ".a[].b siv", "{\"body\":{\"a\":[{\"b\":1},\"" CANARY "\"]}}", "kind", NULL },
    { ".body", ".a[] siv", "{\"body\":{\"a\":\"" CANARY "\"}}", "kind", NULL },
    { ".body", "attributes.x siv", "{\"body\":{},\"attributes\":[\"" CANARY "\"]}", "kind", NULL },
    { ".body", "attributes.x siv", "{\"body\":{},\"attributes\":{\"x\":\"" CANARY "\"}}", "kind",
        NULL },
    /*
     * redacting makes keys of one object equal: each other, one that was there, one that is written
     */
    { ".body", ".z siv\nunmatched keep\ndetect email redact",
        "{\"x\":[{\"a@b.com\":\"" CANARY "\",\"b\":{},\"c@d.com\":2}],\"body\":{}}", "collision",
        NULL },
    { ".body", ".z siv\nunmatched keep\ndetect email redact",
        "{\"body\":{\"\\u005bemail]\":\"" CANARY "\",\"c@d.com\":2}}", "collision", NULL },
    { ".body", ".z siv as \"[email]\"\ndetect email redact",
        "{\"body\":{\"z\":\"" CANARY "\",\"c@d.com\":2}}", "collision", NULL },
    { ".body", ".z siv\nunmatched keep\ndetect email redact",
        "{\"body\":{\"a@b.com\":\"" CANARY "\",\"c@d.com\":2}," PII "}", "collision", NULL },
    { ".body", "require .u\n.ip siv", "{\"body\":{\"ip\":\"" CANARY "\"}}", "missing", NULL },
    { ".body", "require .u\n.ip siv", "{\"body\":{\"u\":null,\"ip\":\"" CANARY "\"}}", "missing",
        NULL },
    { ".body", "require .u\n.ip siv", "{\"body\":{\"u\":1,\"ip\":\"" CANARY "\",\"u\":null}}",
        "missing", NULL },
    { ".body", "require .a.b.u\n.ip siv",
        "{\"body\":{\"a\":{\"b\":{\"u\":1}},\"a\":{},\"ip\":\"" CANARY "\"}}", "missing", NULL },
    { ".body", "require .a[].b.u\n.ip siv",
        "{\"body\":{\"a\":[{\"b\":{\"u\":1}},{}],\"ip\":\"" CANARY "\"}}", "missing", NULL },
    { ".body", "require .a[].u\n.x siv",
        "{\"body\":{\"a\":[{\"u\":1,\"u\":2},{\"v\":\"" CANARY "\"}]}}", "missing", NULL },
    { ".body", "require .a[]\n.x siv", "{\"body\":{\"a\":[],\"v\":\"" CANARY "\"}}", "missing",
        NULL },
    { ".body", "other quarantine\n.a siv", "{\"body\":{\"a\":1,\"b\":\"" CANARY "\"}}", "unnamed",
        NULL },
    { ".body", "other quarantine", "{\"body\":{\"b\":\"" CANARY "\"}}", "unnamed", NULL },
    { ".body", "other quarantine\n.a[0] siv", "{\"body\":{\"a\":[1,\"" CANARY "\"]}}", "unnamed",
        NULL },
    { ".body", "other drop\n.a siv", "{\"body\":{\"b\":\"" CANARY "\"}," PII "}", "mixed", NULL },
    { ".", USUAL, "{\"sqs\":{},\"masked_ip\":1,\"x\":\"" CANARY "\",\"body\":2}", "collision",
        NULL },
    { ".data", USUAL, "{\"data\":\"" CANARY "\",\"body\":\"" CANARY "\"}", "root", NULL },
    /* errors that arrive */
    { ".body", USUAL, "{\"error\":{\"stage\":\"pull\"},\"body\":\"" CANARY "\"}", NULL, NULL },
    { ".body", USUAL, "{\"body\":{\"ip\":\"" CANARY "\"},\"error\":{\"stage\":\"pull\"}}", NULL,
        NULL },
    { ".body", USUAL,
        "{\"error\":{\"stage\":\"pull\",\"code\":\"md5\"},\"body\":{\"ip\":\"" CANARY "\"}}", NULL,
        NULL },
    /* in the error itself: other members, details, invalid codes, repeated, nested */
    { ".body", USUAL, CODE "\"b\",\"x\":\"" CANARY "\"}}", NULL, NULL },
    { ".body", USUAL, CODE "\"b\",\"detail\":\"" CANARY "\"}}", NULL, NULL },
    { ".body", USUAL,
        "{\"error\":{\"stage\":\"mask\",\"code\":\"kind\",\"detail\":\"." CANARY
        ": a required value is missing\"}}",
        NULL, NULL },
    { ".body", USUAL, "{\"error\":{\"stage\":\"" CANARY "\",\"code\":\"b\"},\"z\":1}", NULL, NULL },
    { ".body", USUAL, CODE "{\"" CANARY "\":1}}}", NULL, NULL },
    { ".body", USUAL,
        "{\"sqs\":{\"a\":1},\"error\":{\"stage\":\"a\",\"code\":\"b\",\"code\":\"" CANARY "\"}}",
        NULL, NULL },
    { ".body", USUAL,
        "{\"error\":{\"detail\":\"" CANARY "\"},\"error\":{\"stage\":\"a\",\"code\":\"b\"}}", NULL,
        NULL },
    { ".", USUAL, CODE "\"b\",\"x\":\"" CANARY "\"},\"y\":1}", NULL, NULL },
    { ".body", USUAL, CODE "\"b\"},\"pii\":{\"key\":\"" ID "\",\"x\":\"" CANARY "\"}}", NULL,
        NULL },
    /* invalid words, repeated members, an invalid claim: sealed in any case */
    { ".body", USUAL, CODE "\"b203011377\"}}", NULL, NULL },
    { ".body", USUAL, CODE "\"abcdefghijklmnopqrstuvwxy\"}}", NULL, NULL },
    { ".body", USUAL,
        "{\"error\":{\"stage\":\"mask\",\"code\":\"missing\",\"detail\":"
        "\".ipxya required value is missing\"}}",
        NULL, NULL },
    { ".body", USUAL,
        CODE "\"b\",\"detail\":\"a required value is missing\","
             "\"detail\":\"a required value is missing\"}}",
        NULL, NULL },
    { ".body", USUAL, CODE "\"b\"},\"error\":{\"stage\":\"a\",\"code\":\"b\"}}", NULL, NULL },
    { ".body", USUAL, CODE "\"b\"},\"pii\":\"" CANARY "\"}", NULL, NULL },
    /* in a record that claims to be masked */
    { ".body", USUAL, "{\"body\":{\"x\":\"" CANARY "\"},\"pii\":{}}", "mixed", NULL },
    { ".body", USUAL,
        "{\"body\":{\"x\":\"" CANARY "\"},\"pii\":{\"key\":\"" ID "\",\"key\":\"" ID "\"}}",
        "mixed", NULL },
    { ".body", USUAL, "{\"body\":{},\"pii\":{\"key\":\"" ID "\",\"x\":\"" CANARY "\"}}", "mixed",
        NULL },
    { ".body", USUAL, "{\"body\":{},\"pii\":{\"key\":\"" ID "\",\"key\":\"" CANARY "\"}}", "mixed",
        NULL },
    { ".body", USUAL, "{\"body\":{\"masked_ip\":\"" CANARY "\"}," PII "}", "mixed", NULL },
    { ".body", ".a hmac as b", "{\"body\":{\"b\":\"" CANARY "\"}," PII "}", "mixed", NULL },
    { ".body", ".a ff1", "{\"body\":{\"a\":\"1234567\",\"b\":\"" CANARY "\"}," PII "}", "mixed",
        NULL },
    { ".body", ".a partial", "{\"body\":{\"a\":\"" CANARY "\"}," PII "}", "mixed", NULL },
    { ".body", ".a ipcrypt as b", "{\"body\":{\"b\":\"" CANARY " 203.0.113.77\"}," PII "}", "mixed",
        NULL },
    { ".body", ".a ipcrypt-pfx as b", "{\"body\":{\"b\":{\"c\":\"" CANARY "\"}}," PII "}", "mixed",
        NULL },
    { ".body", ".a uuid as b", "{\"body\":{\"b\":\"" CANARY "\"}," PII "}", "mixed", NULL },
    { ".body", ".a ff1 as b", "{\"body\":{\"b\":[\"" CANARY "\"]}," PII "}", "mixed", NULL },
    { ".body", ".a ff1 as b", "{\"body\":{\"b\":\"x" CANARY "\"}," PII "}", "mixed", NULL },
    { ".body", ".a shift days=3 by=.c as b", "{\"body\":{\"b\":\"" CANARY "\"}," PII "}", "mixed",
        NULL },
    { ".body", ".a truncate", "{\"body\":{\"a\":\"203.0.113.77\",\"b\":\"" CANARY "\"}," PII "}",
        "mixed", NULL },
    /* values that a method does not take */
    { ".body", ".a ipcrypt", "{\"body\":{\"a\":\"x" CANARY "\"}}", "value", NULL },
    { ".body", ".a ipcrypt-pfx as b", "{\"body\":{\"a\":[\"" CANARY "\"]}}", "value", NULL },
    { ".body", ".a truncate", "{\"body\":{\"a\":\"x" CANARY "\"}}", "value", NULL },
    { ".body", ".a ff1", "{\"body\":{\"a\":\"12345678x" CANARY "\"}}", "value", NULL },
    { ".body", USUAL, "{\"error\":{},\"attributes\":\"" CANARY "\"}", NULL, NULL },
    { ".body", USUAL, "{\"error\":{},\"sealed\":\"" CANARY "\"}", NULL, NULL },
    { ".body", USUAL, "{\"error\":{},\"pii\":\"" CANARY "\"}", NULL, NULL },
    { ".", USUAL, "{\"error\":{},\"x\":\"" CANARY "\"}", NULL, NULL },
    { ".body", USUAL, "{\"error\":\"" CANARY "\",\"body\":{}}", "mixed", "\"line\":\"{" },
};

static void fails_closed(void **state)
{
    (void)state;
    struct buf out, back, code;
    buf_init(&out, 1 << 16);
    buf_init(&back, 1 << 16);
    buf_init(&code, 1 << 10);
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        const char *in = errors[i].in;
        assert_int_equal(pass(true, errors[i].root, errors[i].rules, in, &out), FILTER_ERROR);
        assert_null(strstr(out.data, CANARY));
        assert_non_null(strstr(out.data, ",\"sealed\":\"seal1." ID "."));
        buf_clear(&code);
        if (errors[i].code != NULL) {
            buf_printf(&code, "\"error\":{\"stage\":\"mask\",\"code\":\"%s\",\"detail\":\"",
                errors[i].code);
            assert_non_null(strstr(out.data, buf_cstr(&code)));
        }
        /* masking again changes nothing */
        assert_int_equal(pass(true, errors[i].root, errors[i].rules, out.data, &back),
            FILTER_ERROR);
        assert_string_equal(back.data, out.data);
        assert_int_equal(pass(false, errors[i].root, errors[i].rules, out.data, &back),
            FILTER_OPENED);
        if (errors[i].back != NULL) {
            assert_non_null(strstr(back.data, errors[i].back));
            continue;
        }
        /* "{" KEPT "error":{…}," REST "}", where "{" KEPT REST "}" was the input */
        char *error = strstr(back.data, "\"error\":{");
        assert_non_null(error);
        char *rest = errors[i].code != NULL ? strstr(error, "\"},") + 3 : error;
        memmove(error, rest, strlen(rest) + 1);
        assert_string_equal(back.data, in);
    }
    buf_free(&out);
    buf_free(&back);
    buf_free(&code);
}

/* Masking and unmasking keeps every byte; masked again, a record passes. */
static void goes_round(void **state)
{
    (void)state;
    static const struct {
        const char *root;
        const char *rules;
        const char *in;
    } samples[] = {
        { ".body", UNCHECKED(USUAL),
            "{\"body\":{\"ip\":\"" CANARY "\",\"device_id\":\"593-47-5928\"}}" },
        { ".body", UNCHECKED(USUAL),
            "{\"body\":{\"ip\":12.50,\"device_id\":{\"a\" : [ 1,2 ]}},\"z\":[]}" },
        { ".body", UNCHECKED(USUAL),
            "{\"sqs\":{\"receipt_handle\":\"r\"},\"body\":{\"ip\":null,\"device_id\":\"\"}}" },
        { ".body", UNCHECKED(USUAL),
            "{\"body\":{\"ip\":true,\"ip\":\"\\u0000\\n\",\"ip\":\"\xc3\xa4\"}}" },
        { ".body", UNCHECKED(USUAL), "{\"body\":{\"device_id\":\"siv1.x\",\"x\":{\"ip\":1}}}" },
        { ".body", UNCHECKED(USUAL), "{\"body\":{}}" },
        { ".body", UNCHECKED(".ip siv\n.a[] siv in ip\n.b[0].c siv as d"),
            "{\"body\":{\"ip\":\"x\",\"a\":[1,\"x\",null],\"b\":[{\"c\":2},{\"c\":3}]}}" },
        { ".body", UNCHECKED("attributes.x siv"),
            "{\"body\":{},\"attributes\":{\"x\":{\"type\":\"String\",\"value\":\"v\"}}}" },
        { ".", UNCHECKED(USUAL), "{\"ip\":\"x\",\"y\":2}" },
        { ".a.b", UNCHECKED(".\"odd \\\" key\" siv as \"more \\\\ odd\""),
            "{\"a\":{\"b\":{\"odd \\\" key\":1}}}" },
    };
    struct buf out, back;
    buf_init(&out, 1 << 16);
    buf_init(&back, 1 << 16);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        enum filter_outcome outcome =
            pass(true, samples[i].root, samples[i].rules, samples[i].in, &out);
        assert_true(outcome == FILTER_CHANGED || outcome == FILTER_PASSED);
        assert_null(strstr(out.data, CANARY));
        assert_int_equal(pass(true, samples[i].root, samples[i].rules, out.data, &back),
            FILTER_PASSED);
        assert_string_equal(back.data, out.data);
        assert_int_equal(pass(false, samples[i].root, samples[i].rules, out.data, &back),
            FILTER_CHANGED);
        assert_string_equal(back.data, samples[i].in);
    }
    buf_free(&out);
    buf_free(&back);
}

/* A masked record may be twice as long as a line; a longer one is sealed. */
static void has_a_limit(void **state)
{
    (void)state;
    struct buf in, out;
    buf_init(&in, 1 << 20);
    buf_init(&out, 4000);
    buf_puts(&in, "{\"body\":{\"a\":[1");
    for (int i = 0; i < 200; i++)
        buf_puts(&in, ",1");
    buf_puts(&in, "]}}");
    assert_int_equal(pass(true, ".body", ".a[] siv", buf_cstr(&in), &out), FILTER_ERROR);
    assert_non_null(strstr(out.data, "\"code\":\"too-large\""));
    assert_non_null(strstr(out.data, "\"sealed\":\"seal1."));
    buf_free(&in);
    buf_free(&out);
}

/* A line without enough memory to read it may be valid: it becomes no error record. */
static void lacks_memory(void **state)
{
    (void)state;
    struct policy *policy = make_policy(".body", USUAL);
    struct sealing *sealing = sealing_new(policy, ring, "mask");
    const struct line line = { .text = "{}", .length = 2 };
    struct buf out = { .maximum = 4000 };
    assert_int_equal(sealing_line(sealing, &line, JSON_SYNTAX, NULL, &out), 0);
    assert_int_equal(sealing_line(sealing, &line, JSON_TOO_MANY, NULL, &out), -1);
    sealing_free(sealing);
    policy_free(policy);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masks_to_the_byte),
        cmocka_unit_test(masks_members),
        cmocka_unit_test(fails_closed),
        cmocka_unit_test(goes_round),
        cmocka_unit_test(has_a_limit),
        cmocka_unit_test(lacks_memory),
    };
    return cmocka_run_group_tests(tests, make_ring, free_ring);
}
