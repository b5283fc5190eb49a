/* lib/sqs/answer and call in AWS JSON 1.0: answers whole, cut, odd and hostile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "sqs_answers.h"

static const char two[] =
    "{\"Messages\": [{\"Attributes\":{\"SentTimestamp\":\"1763715600123\","
    "\"ApproximateFirstReceiveTimestamp\":1763715600456,\"ApproximateReceiveCount\":\"3\","
    "\"SequenceNumber\":\"18849496460467696128\",\"MessageGroupId\":\"g\\u002d1\","
    "\"MessageDeduplicationId\":\"d\",\"SenderId\":\"x\"},"
    "\"Body\":\"{\\\"a\\\": <1> \\u0026\\r\\n\\ud83d\\ude00}\",\"MD5OfBody\":"
    "\"d41d8cd98f00b204e9800998ecf8427e\",\"MD5OfMessageAttributes\":\"0\","
    "\"MessageAttributes\":{\"n\":{\"DataType\":\"Number.int\",\"StringValue\":\"1\"},"
    "\"b\":{\"BinaryValue\":\"AA==\",\"StringValue\":\"no\",\"DataType\":\"Binary\"}},"
    "\"MessageId\":\"id-1\",\"ReceiptHandle\":\"h+1\\/=\",\"New\":[{\"Body\":\"no\"}]},\n"
    "{\"Body\":\"two\",\"MessageId\":\"id-2\",\"ReceiptHandle\":\"h2\"}],\"Other\":{\"Messages\":[{}]}}";

static const char two_lines[] =
    "id-1|h+1/=|d41d8cd98f00b204e9800998ecf8427e|{\"a\": <1> &\r\n\360\237\230\200}|1763715600123|"
    "1763715600456|3|18849496460467696128|g-1|d|n=Number.int:1,b=Binary:AA==,|whole\n"
    "id-2|h2||two|0|0|0||||"
    "|whole\n";

static void test_receive(void **state)
{
    (void)state;
    check_receive(PROTOCOL_JSON, two, two_lines);
}

static void test_cut(void **state)
{
    (void)state;
    const size_t ends[] = { (size_t)(strstr(two, ",\n{") - two),
        (size_t)(strstr(two, "],\"Other\"") - two) };
    check_cut(PROTOCOL_JSON, two, two_lines, ends);
}

static void test_not_arrived(void **state)
{
    (void)state;
    check_not_arrived(PROTOCOL_JSON, two);
}

static const struct document documents[] = {
    /* three forms of an empty answer */
    { "{}", FOUND_WHOLE, NULL, NULL, -1, 0 },
    { "{\"Messages\":[]}", FOUND_WHOLE, NULL, NULL, -1, 0 },
    { "{\"Messages\": null}", FOUND_WHOLE, NULL, NULL, -1, 0 },
    { "{\"Messages\":[{},{\"Body\":null}],\"Messages\":[{}]}", FOUND_WHOLE, NULL, NULL, -1, 3 },
    { "{\"Messages\":[null]}", FOUND_MALFORMED, NULL, NULL, -1, 0 },
    { "{\"Messages\":{}}", FOUND_MALFORMED, NULL, NULL, -1, 0 },
    { "{\"Messages\":\"\"}", FOUND_MALFORMED, NULL, NULL, -1, 0 },
    { "{\"__type\":\"com.amazonaws.sqs#QueueDoesNotExist\",\"message\":\"m\"}", FOUND_WHOLE,
        "QueueDoesNotExist", NULL, -1, 0 },
    { "{\"__type\":\"ExpiredTokenException\"}", FOUND_WHOLE, "ExpiredTokenException", NULL, -1, 0 },
    { "{\"__type\":\"not a name!\"}", FOUND_WHOLE, "unknown", NULL, -1, 0 },
    { "{\"__type\":null}", FOUND_WHOLE, "", NULL, -1, 0 },
    { "{\"message\":\"m\"}", FOUND_WHOLE, NULL, NULL, -1, 0 },
    { "{\"QueueUrl\":\"http:\\/\\/h\\/1\\/q\"}", FOUND_WHOLE, NULL, "http://h/1/q", -1, 0 },
    { "{\"QueueUrl\":\"a\",\"QueueUrl\":\"b\"}", FOUND_WHOLE, NULL, "b", -1, 0 },
    { "{\"Attributes\":{\"DelaySeconds\":\"7\",\"VisibilityTimeout\":\"45\"}}", FOUND_WHOLE, NULL,
        NULL, 45, 0 },
    { "{\"Attributes\":{\"VisibilityTimeout\":0}}", FOUND_WHOLE, NULL, NULL, 0, 0 },
    { "{\"Attributes\":{\"VisibilityTimeout\":\"1e1\"}}", FOUND_WHOLE, NULL, NULL, -1, 0 },
    { "{\"Attributes\":{\"VisibilityTimeout\":{}}}", FOUND_WHOLE, NULL, NULL, -1, 0 },
    /* a body that looks like an answer is a body */
    { "{\"Messages\":[{\"Body\":\"{\\\"__type\\\":\\\"X\\\"}\",\"__type\":\"X\",\"QueueUrl\":\"u\"}]}",
        FOUND_WHOLE, NULL, NULL, -1, 1 },
    { "[]", FOUND_MALFORMED, NULL, NULL, -1, 0 },
    { "null", FOUND_MALFORMED, NULL, NULL, -1, 0 },
    { "<html><head><title>502 Bad Gateway</title></head></html>", FOUND_MALFORMED, NULL, NULL, -1,
        0 },
    { "", FOUND_MALFORMED, NULL, NULL, -1, 0 },
    { " ", FOUND_MALFORMED, NULL, NULL, -1, 0 },
    { "{}{}", FOUND_MALFORMED, NULL, NULL, -1, 0 },
    { "{\"a\":\"\xff\"}", FOUND_MALFORMED, NULL, NULL, -1, 0 },
    { "{\"Messages\":[{\"Body\":\"x\"}", FOUND_MALFORMED, NULL, NULL, -1, 1 },
    { "{\"Messages\":[{\"Body\":\"x\"}{}]}", FOUND_MALFORMED, NULL, NULL, -1, 2 },
};

static void test_documents(void **state)
{
    (void)state;
    check_documents(PROTOCOL_JSON, documents, sizeof documents / sizeof *documents);
    check_long_name(PROTOCOL_JSON, "{\"__type\":\"", "\"}");
}

/* A message with an error, between two sound ones. */
static const struct {
    const char *text;
    const char *line;
} odd[] = {
    { "{}",
        "||||0|0|0||||"
        "|whole\n" },
    { "{\"MessageId\":1,\"Body\":true,\"ReceiptHandle\":null,\"MD5OfBody\":[\"x\"]}",
        "1|||true|0|0|0||||"
        "|whole\n" },
    { "{\"Body\":\"a\",\"Body\":\"b\",\"MessageId\":\"x\",\"MessageId\":null}",
        "|||b|0|0|0||||"
        "|whole\n" },
    { "{\"Body\":\"\\ud800\"}",
        "||||0|0|0||||"
        "|broken\n" },
    { "{\"Body\":\"\xc3\x28\"}",
        "||||0|0|0||||"
        "|broken\n" },
    { "{\"Body\":\"\x01\"}",
        "||||0|0|0||||"
        "|broken\n" },
    { "{\"Body\":\"a\" \"b\"}",
        "||||0|0|0||||"
        "|broken\n" },
    { "{\"Body\":01}",
        "||||0|0|0||||"
        "|broken\n" },
    { "{\"Attributes\":{\"SentTimestamp\":\"x\",\"ApproximateReceiveCount\":-1,"
      "\"ApproximateFirstReceiveTimestamp\":9999999999999999999}}",
        "||||0|0|0||||"
        "|whole\n" },
    { "{\"Attributes\":[1],\"MessageAttributes\":[{\"DataType\":\"String\"}]}",
        "||||0|0|0||||"
        "|whole\n" },
    { "{\"MessageAttributes\":{\"a\":5,\"b\":{},\"c\":{\"DataType\":null,\"StringValue\":\"v\"}}}",
        "||||0|0|0||||a=:,b=:,c=:v,|whole\n" },
    { "{\"MessageAttributes\":{\"\":{\"DataType\":\"String\"}}}",
        "||||0|0|0||||"
        "|broken\n" },
    { "{\"MessageAttributes\":{\"a\":{\"StringValue\":\"1\",\"StringValue\":\"2\",\"DataType\":"
      "\"S\"}},\"Body\":\"after\"}",
        "|||after|0|0|0||||a=S:2,|whole\n" },
};

static void test_odd(void **state)
{
    (void)state;
    struct answer answer;
    answer_init(&answer);
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        struct buf text, out, expected;
        buf_init(&text, 65536);
        buf_init(&out, 65536);
        buf_init(&expected, 65536);
        buf_printf(&text, "{\"Messages\":[{\"Body\":\"x\"},%s,{\"Body\":\"y\"}]}", odd[i].text);
        buf_printf(&expected, "|||x|0|0|0|||||whole\n%s|||y|0|0|0|||||whole\n", odd[i].line);
        assert_int_equal(feed(&answer, PROTOCOL_JSON, false, text.data, text.length, 7, &out),
            FOUND_WHOLE);
        if (strcmp(buf_cstr(&out), buf_cstr(&expected)) != 0)
            fail_msg("message %zu: %s", i, buf_cstr(&out));
        buf_free(&text);
        buf_free(&out);
        buf_free(&expected);
    }
    answer_free(&answer);
}

/* A part that is too long to hold makes the message unsound, and no other one. */
static void test_too_long(void **state)
{
    (void)state;
    static const size_t lengths[] = { 100000, 5 << 20, 9 << 20 };
    static const char *const members[] = { "ReceiptHandle", "Body", "Other" };
    struct answer answer;
    answer_init(&answer);
    for (size_t i = 0; i < 3; i++) {
        struct buf text, out;
        buf_init(&text, 16 << 20);
        buf_init(&out, 16 << 20);
        buf_printf(&text, "{\"Messages\":[{\"%s\":\"", members[i]);
        char *place = buf_reserve(&text, lengths[i]);
        assert_non_null(place);
        memset(place, 'b', lengths[i]);
        text.length += lengths[i];
        buf_puts(&text, "\"},{\"Body\":\"c\"}]}");
        assert_int_equal(feed(&answer, PROTOCOL_JSON, false, text.data, text.length, 16384, &out),
            FOUND_WHOLE);
        assert_int_equal(answer.found.messages, 2);
        const char *got = buf_cstr(&out);
        assert_non_null(strstr(got, "||broken\n|||c|0|0|0|||||whole\n"));
        buf_free(&text);
        buf_free(&out);
    }
    answer_free(&answer);
}

/* Too long a part of an attribute makes the message unsound, unless attributes are not
 * requested. */
static const struct long_part long_parts[] = {
    { "{\"Messages\":[{\"MessageAttributes\":{\"",
        "\":{\"DataType\":\"String\",\"StringValue\":\"v\"}}}]}", "|||||broken\n" },
    { "{\"Messages\":[{\"MessageAttributes\":{\"n\":{\"StringValue\":\"v\",\"DataType\":\"",
        "\"}}}]}", "|||||broken\n" },
    { "{\"Messages\":[{\"MessageAttributes\":{\"n\":{\"DataType\":\"String\",\"StringValue\":\"",
        "\"}}}]}", "|||||broken\n" },
    { "{\"Messages\":[{\"MessageAttributes\":{\"n\":{\"DataType\":\"Binary.x\",\"BinaryValue\":\"",
        "\"}}}]}", "|||||broken\n" },
    { "{\"Messages\":[{\"MessageAttributes\":{\"n\":{\"DataType\":\"String\",\"StringValue\":\"v\","
      "\"BinaryValue\":\"",
        "\"}}}]}", "||||n=String:v,|whole\n" },
    { "{\"Messages\":[{\"Attributes\":{\"SequenceNumber\":\"", "\"}}]}", "0|0|0|||||whole\n" },
};

static void test_long_parts(void **state)
{
    (void)state;
    check_long_parts(PROTOCOL_JSON, long_parts, sizeof long_parts / sizeof *long_parts);
}

/* More attributes than are accepted: the message stays on the queue. */
static void test_many_attributes(void **state)
{
    (void)state;
    struct answer answer;
    struct buf text, out;
    answer_init(&answer);
    buf_init(&text, 1 << 20);
    buf_init(&out, 1 << 20);
    for (int count = ATTRIBUTE_READ_MAXIMUM; count <= ATTRIBUTE_READ_MAXIMUM + 1; count++) {
        buf_clear(&text);
        buf_clear(&out);
        buf_puts(&text, "{\"Messages\":[{\"MessageAttributes\":{");
        for (int i = 0; i < count; i++)
            buf_printf(&text, "%s\"n%d\":{\"DataType\":\"String\",\"StringValue\":\"v\"}",
                i == 0 ? "" : ",", i);
        buf_puts(&text, "}}]}");
        assert_int_equal(feed(&answer, PROTOCOL_JSON, false, text.data, text.length, 100, &out),
            FOUND_WHOLE);
        assert_int_equal(strstr(buf_cstr(&out), "whole") != NULL, count == ATTRIBUTE_READ_MAXIMUM);
    }
    buf_free(&text);
    buf_free(&out);
    answer_free(&answer);
}

/* ---- calls ---- */

static const struct batch_answer batch_answers[] = {
    { CALL_DELETE,
        "{\"Successful\":[{\"Id\":\"2\"}],\"Failed\":["
        "{\"Id\":\"0\",\"Code\":\"ReceiptHandleIsInvalid\",\"SenderFault\":true,\"Message\":\"m\"},"
        "{\"Code\":\"InternalError\",\"SenderFault\":false,\"Id\":\"1\"}]}",
        { AWS_LOST, AWS_TEMPORARY, AWS_OK }, { "ReceiptHandleIsInvalid", "InternalError", "" } },
    /* entries without a result are retried; unknown ids are ignored */
    { CALL_VISIBILITY,
        "{\"Failed\":null,\"Successful\":[{\"Id\":\"0\"},{\"Id\":\"x\"},{\"Id\":\"12\"},{},7]}",
        { AWS_OK, AWS_TEMPORARY, AWS_TEMPORARY }, { "", "unanswered", "unanswered" } },
    { CALL_DELETE, "{}", { AWS_TEMPORARY, AWS_TEMPORARY, AWS_TEMPORARY },
        { "unanswered", "unanswered", "unanswered" } },
    /* the right checksum, none, and a wrong one */
    { CALL_SEND,
        "{\"Successful\":[{\"Id\":\"0\",\"MD5OfMessageBody\":\"d250349dd489bdfeb0cb0750b8b3ff89\"},"
        "{\"Id\":\"1\"},{\"Id\":\"2\",\"MD5OfMessageBody\":\"00000000000000000000000000000000\"}]}",
        { AWS_OK, AWS_OK, AWS_REFUSED }, { "", "", "wrong-checksum" } },
    { CALL_SEND,
        "{\"Failed\":[{\"Id\":\"0\",\"Code\":\"InvalidMessageContents\",\"SenderFault\":\"true\"},"
        "{\"Id\":\"1\"}],\"Successful\":[{\"Id\":\"2\"}]}",
        { AWS_REFUSED, AWS_TEMPORARY, AWS_OK }, { "InvalidMessageContents", "unknown", "" } },
};

static void test_batches(void **state)
{
    (void)state;
    check_batches(PROTOCOL_JSON, batch_answers, sizeof batch_answers / sizeof *batch_answers);
}

static const struct judged judged[] = {
    { HTTP_OK, 200, "{}", "", AWS_OK, NULL },
    { HTTP_OK, 200, "{\"Messages\"", "", AWS_TEMPORARY, "is incomplete" },
    { HTTP_OK, 200, "<ReceiveMessageResponse/>", "", AWS_TEMPORARY, "not from SQS" },
    { HTTP_OK, 400, "{\"__type\":\"com.amazonaws.sqs#QueueDoesNotExist\"}",
        "AWS.SimpleQueueService.NonExistentQueue;Sender", AWS_NO_QUEUE, "(QueueDoesNotExist)" },
    { HTTP_OK, 400, "", "AWS.SimpleQueueService.NonExistentQueue;Sender", AWS_NO_QUEUE,
        "(NonExistentQueue)" },
    { HTTP_OK, 400, "{\"message\":\"m\"}", "com.amazonaws.sqs#RequestThrottled", AWS_TEMPORARY,
        "(RequestThrottled)" },
    { HTTP_OK, 400, "{\"__type\":\"com.amazon.coral.service#UnrecognizedClientException\"}", "",
        AWS_IDENTITY, "does not accept our credentials" },
    { HTTP_OK, 400, "{\"__type\":\"InvalidSignatureException\"}", "", AWS_IDENTITY, "credentials" },
    { HTTP_OK, 400, "{\"__type\":\"com.amazon.coral.service#ExpiredTokenException\"}", "",
        AWS_EXPIRED, "credentials" },
    { HTTP_OK, 400, "{\"__type\":\"com.amazon.coral.service#AccessDeniedException\"}", "",
        AWS_DENIED, "denies us ReceiveMessage" },
    { HTTP_OK, 400, "{\"__type\":\"com.amazonaws.sqs#KmsThrottled\"}", "", AWS_TEMPORARY,
        "KmsThrottled" },
    { HTTP_OK, 400, "{\"__type\":\"com.amazonaws.sqs#OverLimit\"}", "", AWS_TEMPORARY,
        "OverLimit" },
    { HTTP_OK, 400, "{\"__type\":\"com.amazonaws.sqs#UnsupportedOperation\"}", "", AWS_REFUSED,
        "UnsupportedOperation" },
    /* refused in XML */
    { HTTP_OK, 403,
        "<?xml version=\"1.0\"?><EResponse><Error><Code>SignatureDoesNotMatch</Code></Error>"
        "</EResponse>",
        "", AWS_IDENTITY, "(SignatureDoesNotMatch)" },
    { HTTP_OK, 200, "<html></html>", "", AWS_TEMPORARY, "not from SQS" },
    { HTTP_OK, 503, "<html>", "", AWS_TEMPORARY, "status 503" },
    { HTTP_OK, 404, "not found", "\"odd\" one", AWS_REFUSED, "(unknown)" },
};

static void test_judgement(void **state)
{
    (void)state;
    check_judgement(PROTOCOL_JSON, judged, sizeof judged / sizeof *judged);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_receive),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_not_arrived),
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_odd),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_long_parts),
        cmocka_unit_test(test_many_attributes),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_judgement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
