/* lib/aws/sign and form, against the published examples of AWS and results of its SDK. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "aws/form.h"
#include "aws/sign.h"

static char id[] = "AKIDEXAMPLE";
static char secret[] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
static const struct credentials credentials = { .access_key_id = id, .secret_access_key = secret };

#define TOKEN                                                                                                     \
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8" \
    "YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6" \
    "fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQ" \
    "wj2ICCR/oLxBA=="

struct vector {
    const char *name;
    const char *region;
    const char *service;
    const char *path;
    struct sign_header headers[4];
    size_t count;
    const char *body;
    const char *expected;
};

#define EXAMPLE_HOST                    \
    {                                   \
        "host", "example.amazonaws.com" \
    }
#define EXAMPLE_DATE                     \
    {                                    \
        "x-amz-date", "20150830T123600Z" \
    }
#define SCOPE \
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders="

static const struct vector vectors[] = {
    { "post-vanilla", "us-east-1", "service", "/", { EXAMPLE_HOST, EXAMPLE_DATE }, 2, "",
        SCOPE
        "host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b" },
    { "post-vanilla without a path", "us-east-1", "service", "", { EXAMPLE_HOST, EXAMPLE_DATE }, 2,
        "",
        SCOPE
        "host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b" },
    { "post-x-www-form-urlencoded", "us-east-1", "service", "/",
        { { "content-type", "application/x-www-form-urlencoded" }, EXAMPLE_HOST, EXAMPLE_DATE }, 3,
        "Param1=value1",
        SCOPE "content-type;host;x-amz-date, "
              "Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a" },
    { "post-sts-header-before", "us-east-1", "service", "/",
        { EXAMPLE_HOST, EXAMPLE_DATE, { "x-amz-security-token", TOKEN } }, 3, "",
        SCOPE "host;x-amz-date;x-amz-security-token, "
              "Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead" },
    { "a port, an encoded path", "eu-west-1", "sqs", "/000000000000/my%20q",
        { { "content-type", "application/x-www-form-urlencoded; charset=utf-8" },
            { "host", "127.0.0.1:9324" }, { "x-amz-date", "20261121T090000Z" } },
        3, "Action=ReceiveMessage&Version=2012-11-05",
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/eu-west-1/sqs/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date, "
        "Signature=ebb478cbfc6e97e5ffbdd31a56ef71c42eeaa628fca9ce6d34c18aa1a16b8773" },
};

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        const struct vector *vector = &vectors[i];
        struct sign_request request = {
            .region = vector->region,
            .service = vector->service,
            .path = vector->path,
            .headers = vector->headers,
            .count = vector->count,
            .body = vector->body,
            .body_length = strlen(vector->body),
        };
        for (size_t j = 0; j < vector->count; j++)
            if (strcmp(vector->headers[j].name, "x-amz-date") == 0)
                request.date = vector->headers[j].value;
        struct buf out;
        buf_init(&out, 4096);
        assert_int_equal(sign_authorize(&out, &credentials, &request), 0);
        if (strcmp(buf_cstr(&out), vector->expected) != 0)
            fail_msg("%s: %s", vector->name, buf_cstr(&out));
        buf_free(&out);
    }
}

static void test_date(void **state)
{
    (void)state;
    char date[SIGN_DATE_SIZE];
    sign_date(1440938160000u, date);
    assert_string_equal(date, "20150830T123600Z");
    sign_date(1440938160999u, date);
    assert_string_equal(date, "20150830T123600Z");
    sign_date(0, date);
    assert_string_equal(date, "19700101T000000Z");
}

static void test_form(void **state)
{
    (void)state;
    struct buf out;
    char name[FORM_NAME_SIZE];
    buf_init(&out, 4096);
    form_begin(&out, "SendMessageBatch");
    form_entry_name(name, "SendMessageBatch", 0, "MessageBody");
    static const char value[] = "a b&c=d+%\xc3\xa9~-_.\n{\"x\":1}";
    form_add(&out, name, value, strlen(value));
    form_add_number(&out, "WaitTimeSeconds", 20);
    form_add(&out, "Empty", "", 0);
    assert_string_equal(buf_cstr(&out),
        "Action=SendMessageBatch&Version=2012-11-05&SendMessageBatchRequestEntry.1.MessageBody="
        "a+b%26c%3Dd%2B%25%C3%A9~-_.%0A%7B%22x%22%3A1%7D&WaitTimeSeconds=20&Empty=");
    buf_free(&out);
    /* A buffer that is too small is reported as failed. */
    buf_init(&out, 64);
    form_begin(&out, "SendMessageBatch");
    form_add(&out, "MessageBody", "0123456789", 10);
    assert_true(out.failed);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_date),
        cmocka_unit_test(test_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
