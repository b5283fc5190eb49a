/* cmd/kms-open/kms_message: requests to KMS and its answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "../../cmd/kms-open/kms_message.h"

static void check_request(const struct kms_message *message, const char *wanted)
{
    struct buf out;
    buf_init(&out, 64 << 10);
    assert_int_equal(kms_message_write(&out, message), 0);
    assert_string_equal(buf_cstr(&out), wanted);
    buf_wipe(&out);
}

static void test_requests(void **state)
{
    (void)state;
    const struct kms_message open = { .data = "\x01\x02\xff", .length = 3 };
    const struct kms_message seal = { .seal = true,
        .key_id = "alias/a",
        .context = "{\"app\":\"x\"}",
        .data = "pii1\n",
        .length = 5 };
    check_request(&open, "{\"CiphertextBlob\":\"AQL/\"}");
    check_request(&seal,
        "{\"Plaintext\":\"cGlpMQo=\",\"KeyId\":\"alias/a\",\"EncryptionContext\":{\"app\":\"x\"}}");
    assert_string_equal(kms_message_action(&open), "Decrypt");
    assert_string_equal(kms_message_action(&seal), "Encrypt");
}

/* The first reservation suffices: the content never moves. */
static void test_request_stays_where_it_is(void **state)
{
    (void)state;
    char data[KMS_MESSAGE_PLAIN_MAXIMUM], context[8192], name[256];
    memset(data, 0xff, sizeof data);
    memset(name, '"', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    memset(context, 'x', sizeof context - 1);
    context[sizeof context - 1] = '\0';
    const struct kms_message message = { .seal = true,
        .key_id = name,
        .context = context,
        .data = data,
        .length = sizeof data };
    struct buf out;
    buf_init(&out, 64 << 10);
    assert_int_equal(kms_message_write(&out, &message), 0);
    size_t capacity = out.capacity;
    const char *place = out.data;
    buf_clear(&out);
    assert_int_equal(kms_message_write(&out, &message), 0);
    assert_true(out.capacity == capacity && out.data == place);
    buf_wipe(&out);
}

struct answer {
    const char *text;
    enum kms_message_result result;
    const char *content;
    const char *key_id;
};

static const struct answer answers[] = {
    { "{\"Plaintext\":\"YQ==\",\"KeyId\":\"arn:aws:kms:x:1:key/y\"}", KMS_MESSAGE_OK, "a",
        "arn:aws:kms:x:1:key/y" },
    { " {\"KeyId\":null, \"Plaintext\":\"YWI=\"} ", KMS_MESSAGE_OK, "ab", "" },
    { "{\"Plaintext\":\"Yw==\",\"Plaintext\":\"Z\\u0041==\"}", KMS_MESSAGE_OK, "d", "" },
    { "{\"Plaintext\":\"\\/\\/\\/\\/\"}", KMS_MESSAGE_OK, "\xff\xff\xff", "" },
    { "{\"Plaintext\":\"YQ==\",\"KeyId\":\"a\\nb\"}", KMS_MESSAGE_OK, "a", "" },
    { "{\"CiphertextBlob\":\"YQ==\"}", KMS_MESSAGE_MALFORMED, "", "" },
    { "{\"Plaintext\":\"\"}", KMS_MESSAGE_MALFORMED, "", "" },
    { "{\"Plaintext\":\"YQ\"}", KMS_MESSAGE_MALFORMED, "", "" },
    { "{\"Plaintext\":\"YQ==\\n\"}", KMS_MESSAGE_MALFORMED, "", "" },
    { "{\"Plaintext\":[\"YQ==\"]}", KMS_MESSAGE_MALFORMED, "", "" },
    { "{\"x\":{\"Plaintext\":\"YQ==\"}}", KMS_MESSAGE_MALFORMED, "", "" },
    { "[\"Plaintext\"]", KMS_MESSAGE_MALFORMED, "", "" },
    { "{\"Plaintext\":\"YQ==\"", KMS_MESSAGE_MALFORMED, "", "" },
    { "<html></html>", KMS_MESSAGE_MALFORMED, "", "" },
    { "", KMS_MESSAGE_MALFORMED, "", "" },
};

static void test_answers(void **state)
{
    (void)state;
    const struct kms_message open = { .data = "x", .length = 1 };
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        const struct answer *answer = &answers[i];
        char key_id[KMS_MESSAGE_KEY_SIZE];
        struct buf out;
        buf_init(&out, KMS_MESSAGE_ANSWER_MAXIMUM);
        enum kms_message_result result =
            kms_message_read(&out, key_id, &open, answer->text, strlen(answer->text));
        if (result != answer->result || strcmp(key_id, answer->key_id) != 0 ||
            out.length != strlen(answer->content) ||
            (out.length > 0 && memcmp(out.data, answer->content, out.length) != 0))
            fail_msg("%s: %d, %zu bytes, key %s", answer->text, (int)result, out.length, key_id);
        buf_wipe(&out);
    }
}

static void test_sealed_answer(void **state)
{
    (void)state;
    static const char text[] = "{\"CiphertextBlob\":\"AQI=\",\"Plaintext\":\"YQ==\"}";
    const struct kms_message seal = { .seal = true, .data = "x", .length = 1 };
    char key_id[KMS_MESSAGE_KEY_SIZE];
    struct buf out;
    buf_init(&out, KMS_MESSAGE_ANSWER_MAXIMUM);
    assert_int_equal(kms_message_read(&out, key_id, &seal, text, strlen(text)), KMS_MESSAGE_OK);
    assert_true(out.length == 2 && memcmp(out.data, "\x01\x02", 2) == 0);
    buf_wipe(&out);
}

static void test_errors(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "{\"__type\":\"DisabledException\",\"message\":\"m\"}", "DisabledException" },
        { "{\"__type\":\"com.amazonaws.kms#NotFoundException\"}", "NotFoundException" },
        { "{\"code\":\"ThrottlingException:http://x/\"}", "ThrottlingException" },
        { "{\"__type\":\"a b\"}", "unknown" },
        { "{\"__type\":\"\"}", "" },
        { "{\"message\":\"m\"}", "" },
        { "<Error/>", "" },
        { "", "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char name[ERROR_NAME_SIZE];
        (void)kms_message_error(name, cases[i][0], strlen(cases[i][0]));
        assert_string_equal(name, cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_request_stays_where_it_is),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_sealed_answer),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
