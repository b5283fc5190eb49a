/* lib/sqs/answer and call: answers of SQS in XML, whole, cut, odd and hostile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <malloc.h>
#include <string.h>

#include "sqs/protocol_query.h"
#include "sqs_answers.h"

static const char two[] =
    "<?xml version=\"1.0\"?><ReceiveMessageResponse xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\">"
    "<ReceiveMessageResult>"
    "<Message><MessageId>id-1</MessageId><ReceiptHandle>h+1/=</ReceiptHandle>"
    "<MD5OfBody>d41d8cd98f00b204e9800998ecf8427e</MD5OfBody>"
    "<Body>{&quot;a&quot;: &lt;1&gt; &amp;&#13;&#xA;}</Body>\n  "
    "<Attribute><Name>SentTimestamp</Name><Value>1763715600123</Value></Attribute>"
    "<Attribute><Name>ApproximateFirstReceiveTimestamp</Name><Value>1763715600456</Value></Attribute>"
    "<Attribute><Name>ApproximateReceiveCount</Name><Value>3</Value></Attribute>"
    "<Attribute><Name>SequenceNumber</Name><Value>18849496460467696128</Value></Attribute>"
    "<MessageAttribute><Name>SentTimestamp</Name><Value><StringValue>9</StringValue>"
    "<DataType>Number</DataType></Value></MessageAttribute></Message>"
    "<Message><Body>two</Body><MessageId>id-2</MessageId><ReceiptHandle>h2</ReceiptHandle></Message>"
    "</ReceiveMessageResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>"
    "</ReceiveMessageResponse>";

static const char two_lines[] =
    "id-1|h+1/=|d41d8cd98f00b204e9800998ecf8427e|{\"a\": <1> &\r\n}|1763715600123|1763715600456|3|"
    "18849496460467696128|||SentTimestamp=Number:9,|whole\n"
    "id-2|h2||two|0|0|0|||||whole\n";

static void test_receive(void **state)
{
    (void)state;
    check_receive(PROTOCOL_QUERY, two, two_lines);
}

/* Between answers a reader keeps no large buffers: other answers are open. */
static void test_keeps_nothing_large(void **state)
{
    (void)state;
    enum { LENGTH = 250000, KEPT = 50000 };
    static const struct {
        enum protocol protocol;
        bool awaited;
        const char *before;
        const char *after;
    } cases[] = {
        { PROTOCOL_QUERY, false,
            "<ReceiveMessageResponse><ReceiveMessageResult><Message><MessageId>i</MessageId><Body>",
            "</Body></Message></ReceiveMessageResult></ReceiveMessageResponse>" },
        { PROTOCOL_QUERY, true,
            "<ReceiveMessageResponse><ReceiveMessageResult><Message><MessageId>i</MessageId>"
            "<MessageAttribute><Name>a</Name><Value><DataType>String</DataType><StringValue>",
            "</StringValue></Value></MessageAttribute></Message></ReceiveMessageResult>"
            "</ReceiveMessageResponse>" },
        { PROTOCOL_JSON, false, "{\"Messages\":[{\"MessageId\":\"i\",\"Body\":\"", "\"}]}" },
        { PROTOCOL_JSON, true,
            "{\"Messages\":[{\"MessageAttributes\":{\"a\":{\"DataType\":\"String\","
            "\"StringValue\":\"",
            "\"}}}]}" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct answer answer;
        struct buf out, text;
        char *body = malloc(LENGTH);
        assert_non_null(body);
        answer_init(&answer);
        buf_init(&out, 1 << 20);
        buf_init(&text, 1 << 20);
        memset(body, 'x', LENGTH);
        buf_puts(&text, cases[i].before);
        buf_append(&text, body, LENGTH);
        buf_puts(&text, cases[i].after);
        buf_reserve(&out, LENGTH + 4096);
        struct mallinfo2 had = mallinfo2();
        assert_int_equal(
            feed(&answer, cases[i].protocol, cases[i].awaited, text.data, text.length, 16384, &out),
            FOUND_WHOLE);
        struct mallinfo2 has = mallinfo2();
        assert_int_equal(answer.found.messages, 1);
        assert_true(out.length > LENGTH);
        assert_true(has.uordblks + has.hblkhd < had.uordblks + had.hblkhd + KEPT);
        answer_free(&answer);
        buf_free(&out);
        buf_free(&text);
        free(body);
    }
}

static void test_cut(void **state)
{
    (void)state;
    static const char end[] = "</Message>";
    const char *first = strstr(two, end) + strlen(end);
    const char *second = strstr(first, end) + strlen(end);
    const size_t ends[] = { (size_t)(first - two), (size_t)(second - two) };
    check_cut(PROTOCOL_QUERY, two, two_lines, ends);
}

static void test_not_arrived(void **state)
{
    (void)state;
    check_not_arrived(PROTOCOL_QUERY, two);
}

static const struct document documents[] = {
    { "<ReceiveMessageResponse><ReceiveMessageResult/></ReceiveMessageResponse>", FOUND_WHOLE, NULL,
        NULL, -1, 0 },
    { "<ReceiveMessageResponse/>", FOUND_WHOLE, NULL, NULL, -1, 0 },
    { "<ErrorResponse><Error><Type>Sender</Type><Code>AWS.SimpleQueueService.NonExistentQueue</Code>"
      "<Message>handle AQEB</Message><Detail/></Error><RequestId>r</RequestId></ErrorResponse>",
        FOUND_WHOLE, "NonExistentQueue", NULL, -1, 0 },
    { "<Response><Errors><Error><Code>AuthFailure</Code><Message>m</Message></Error></Errors></Response>",
        FOUND_WHOLE, "AuthFailure", NULL, -1, 0 },
    { "<ErrorResponse><Error><Code>not a name!</Code></Error></ErrorResponse>", FOUND_WHOLE,
        "unknown", NULL, -1, 0 },
    { "<ErrorResponse><Error/></ErrorResponse>", FOUND_WHOLE, "", NULL, -1, 0 },
    { "<GetQueueUrlResponse><GetQueueUrlResult><QueueUrl>http://h/1/q</QueueUrl></GetQueueUrlResult>"
      "</GetQueueUrlResponse>",
        FOUND_WHOLE, NULL, "http://h/1/q", -1, 0 },
    { "<GetQueueAttributesResponse><GetQueueAttributesResult><Attribute><Name>DelaySeconds</Name><Value>7</Value>"
      "</Attribute><Attribute><Name>VisibilityTimeout</Name><Value>45</Value></Attribute>"
      "</GetQueueAttributesResult></GetQueueAttributesResponse>",
        FOUND_WHOLE, NULL, NULL, 45, 0 },
    { "<aResponse><Attribute><Value>0</Value><Name>VisibilityTimeout</Name></Attribute></aResponse>",
        FOUND_WHOLE, NULL, NULL, 0, 0 },
    /* a body that looks like an answer is a body */
    { "<aResponse><Message><Body>&lt;/Body&gt;&lt;Error&gt;&lt;Code&gt;X&lt;/Code&gt;&lt;/Error&gt;</Body></Message></aResponse>",
        FOUND_WHOLE, NULL, NULL, -1, 1 },
    { "<aResponse><Message><Error><Code>X</Code></Error><QueueUrl>u</QueueUrl></Message></aResponse>",
        FOUND_WHOLE, NULL, NULL, -1, 1 },
    /* a character that XML forbids affects no other message */
    { "<aResponse><Message><Body>x&#2;</Body></Message><Message><Body>y</Body></Message></aResponse>",
        FOUND_WHOLE, NULL, NULL, -1, 2 },
    { "<html><head><title>502 Bad Gateway</title></head></html>", FOUND_MALFORMED, NULL, NULL, -1,
        0 },
    { "Service Unavailable", FOUND_MALFORMED, NULL, NULL, -1, 0 },
    { "", FOUND_MALFORMED, NULL, NULL, -1, 0 },
    { "{}", FOUND_MALFORMED, NULL, NULL, -1, 0 },
    { "<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/hostname\">]><aResponse><Message><Body>&e;</Body></Message></aResponse>",
        FOUND_MALFORMED, NULL, NULL, -1, 0 },
    { "<aResponse><Message><Body>x</Body></Message><b></aResponse>", FOUND_MALFORMED, NULL, NULL,
        -1, 1 },
};

static void test_documents(void **state)
{
    (void)state;
    check_documents(PROTOCOL_QUERY, documents, sizeof documents / sizeof *documents);
    check_long_name(PROTOCOL_QUERY, "<ErrorResponse><Error><Code>",
        "</Code></Error></ErrorResponse>");
}

/* A part that is too long to hold makes the message unsound, and no other one. */
static void test_too_long(void **state)
{
    (void)state;
    struct answer answer;
    struct buf text, out;
    answer_init(&answer);
    buf_init(&text, 32 << 20);
    buf_init(&out, 32 << 20);
    buf_puts(&text, "<aResponse><Message><ReceiptHandle>");
    for (int i = 0; i < 100000; i++)
        buf_puts(&text, "h");
    buf_puts(&text, "</ReceiptHandle><Body>b</Body></Message><Message><Body>");
    for (int i = 0; i < 8 << 20; i++)
        buf_puts(&text, "b");
    buf_puts(&text,
        "</Body></Message><Message><MessageId>i</MessageId><ReceiptHandle>h</ReceiptHandle>"
        "<Body>c</Body></Message></aResponse>");
    assert_int_equal(feed(&answer, PROTOCOL_QUERY, false, text.data, text.length, 16384, &out),
        FOUND_WHOLE);
    assert_int_equal(answer.found.messages, 3);
    const char *got = buf_cstr(&out);
    const char *last = strstr(got, "i|h||c|0|0|0|||||whole\n");
    assert_non_null(last);
    assert_string_equal(last, "i|h||c|0|0|0|||||whole\n");
    unsigned unsound = 0;
    for (const char *at = got; (at = strstr(at, "|broken\n")) != NULL; at++)
        unsound++;
    assert_int_equal(unsound, 2);
    buf_free(&text);
    buf_free(&out);
    answer_free(&answer);
}

/* Too long a part of an attribute makes the message unsound, unless attributes are not
 * requested. */
static const struct long_part long_parts[] = {
    { "<aResponse><Message><MessageAttribute><Name>",
        "</Name><Value><DataType>String</DataType><StringValue>v</StringValue></Value>"
        "</MessageAttribute></Message></aResponse>",
        "|||||broken\n" },
    { "<aResponse><Message><MessageAttribute><Name>n</Name><Value><StringValue>v</StringValue>"
      "<DataType>",
        "</DataType></Value></MessageAttribute></Message></aResponse>", "|||||broken\n" },
    { "<aResponse><Message><MessageAttribute><Name>n</Name><Value><DataType>String</DataType>"
      "<StringValue>",
        "</StringValue></Value></MessageAttribute></Message></aResponse>", "|||||broken\n" },
    { "<aResponse><Message><MessageAttribute><Name>m</Name><Value><DataType>String</DataType>"
      "<StringValue>v</StringValue></Value></MessageAttribute>"
      "<MessageAttribute><Name>n</Name><Value><DataType>Binary.x</DataType><BinaryValue>",
        "</BinaryValue></Value></MessageAttribute></Message></aResponse>", "|||||broken\n" },
    { "<aResponse><Message><MessageAttribute><Name>n</Name><Value><DataType>String</DataType>"
      "<StringValue>v</StringValue><BinaryValue>",
        "</BinaryValue></Value></MessageAttribute></Message></aResponse>",
        "||||n=String:v,|whole\n" },
    { "<aResponse><Message><Attribute><Name>SequenceNumber</Name><Value>",
        "</Value></Attribute></Message></aResponse>", "0|0|0|||||whole\n" },
};

static void test_long_parts(void **state)
{
    (void)state;
    check_long_parts(PROTOCOL_QUERY, long_parts, sizeof long_parts / sizeof *long_parts);
}

/* ---- calls ---- */

static const struct batch_answer batch_answers[] = {
    { CALL_DELETE,
        "<DeleteMessageBatchResponse><DeleteMessageBatchResult>"
        "<DeleteMessageBatchResultEntry><Id>2</Id></DeleteMessageBatchResultEntry>"
        "<BatchResultErrorEntry><Id>0</Id><Code>ReceiptHandleIsInvalid</Code><SenderFault>true</SenderFault>"
        "<Message>handle</Message></BatchResultErrorEntry>"
        "<BatchResultErrorEntry><Id>1</Id><Code>InternalError</Code><SenderFault>false</SenderFault>"
        "</BatchResultErrorEntry></DeleteMessageBatchResult></DeleteMessageBatchResponse>",
        { AWS_LOST, AWS_TEMPORARY, AWS_OK }, { "ReceiptHandleIsInvalid", "InternalError", "" } },
    /* an entry without a result is retried; unknown ids are ignored */
    { CALL_VISIBILITY,
        "<rResponse><ChangeMessageVisibilityBatchResultEntry><Id>0</Id></ChangeMessageVisibilityBatchResultEntry>"
        "<ChangeMessageVisibilityBatchResultEntry><Id>x</Id></ChangeMessageVisibilityBatchResultEntry>"
        "<ChangeMessageVisibilityBatchResultEntry><Id>12</Id></ChangeMessageVisibilityBatchResultEntry>"
        "<ChangeMessageVisibilityBatchResultEntry/></rResponse>",
        { AWS_OK, AWS_TEMPORARY, AWS_TEMPORARY }, { "", "unanswered", "unanswered" } },
    /* the right checksum, none, and a wrong one */
    { CALL_SEND,
        "<rResponse><SendMessageBatchResultEntry><Id>0</Id><MD5OfMessageBody>d250349dd489bdfeb0cb0750b8b3ff89"
        "</MD5OfMessageBody></SendMessageBatchResultEntry>"
        "<SendMessageBatchResultEntry><Id>1</Id></SendMessageBatchResultEntry>"
        "<SendMessageBatchResultEntry><Id>2</Id><MD5OfMessageBody>00000000000000000000000000000000"
        "</MD5OfMessageBody></SendMessageBatchResultEntry></rResponse>",
        { AWS_OK, AWS_OK, AWS_REFUSED }, { "", "", "wrong-checksum" } },
    { CALL_SEND,
        "<rResponse><BatchResultErrorEntry><Id>0</Id><Code>InvalidMessageContents</Code><SenderFault>true</SenderFault>"
        "</BatchResultErrorEntry><BatchResultErrorEntry><Id>1</Id></BatchResultErrorEntry>"
        "<SendMessageBatchResultEntry><Id>2</Id></SendMessageBatchResultEntry></rResponse>",
        { AWS_REFUSED, AWS_TEMPORARY, AWS_OK }, { "InvalidMessageContents", "unknown", "" } },
};

static void test_batches(void **state)
{
    (void)state;
    check_batches(PROTOCOL_QUERY, batch_answers, sizeof batch_answers / sizeof *batch_answers);
}

static const struct judged judged[] = {
    { HTTP_OK, 200, "<ReceiveMessageResponse/>", "", AWS_OK, NULL },
    { HTTP_OK, 200, "<Receive", "", AWS_TEMPORARY, "is incomplete" },
    { HTTP_OK, 200, "hello", "", AWS_TEMPORARY, "not from SQS" },
    { HTTP_OK, 200, "<html><body>log in</body></html>", "", AWS_TEMPORARY, "not from SQS" },
    { HTTP_OK, 200, "<EResponse><Error><Code>RequestThrottled</Code></Error></EResponse>", "",
        AWS_TEMPORARY, "RequestThrottled" },
    { HTTP_OK, 503, "<html><body>", "", AWS_TEMPORARY, "status 503" },
    { HTTP_OK, 404, "not found", "", AWS_REFUSED, "status 404" },
    { HTTP_OK, 301, "", "", AWS_REFUSED, "status 301" },
    { HTTP_OK, 403, "<EResponse><Error><Code>AccessDenied</Code></Error></EResponse>", "",
        AWS_DENIED, "denies us ReceiveMessage (AccessDenied)" },
    { HTTP_OK, 403, "<EResponse><Error><Code>SignatureDoesNotMatch</Code></Error></EResponse>", "",
        AWS_IDENTITY, "does not accept our credentials" },
    { HTTP_OK, 400, "<EResponse><Error><Code>QueueDoesNotExist</Code></Error></EResponse>", "",
        AWS_NO_QUEUE, "no such queue" },
    { HTTP_CONNECT, 0, "", "", AWS_TEMPORARY, "no connection (Connection refused)" },
    { HTTP_RESOLVE, 0, "", "", AWS_TEMPORARY, "no address" },
    { HTTP_TIMEOUT, 0, "", "", AWS_TEMPORARY, "in time" },
    { HTTP_BROKEN, 200, "<ReceiveMessageResponse/>", "", AWS_TEMPORARY, "broke" },
    { HTTP_TLS, 0, "", "", AWS_TEMPORARY, "handshake" },
    { HTTP_UNTRUSTED, 0, "", "", AWS_SETTING, "cannot be trusted" },
    { HTTP_CA_BUNDLE, 0, "", "", AWS_SETTING, "trusted certificates" },
    { HTTP_TOO_BIG, 200, "<aResponse>", "", AWS_REFUSED, "too big" },
    { HTTP_NO_MEMORY, 0, "", "", AWS_NO_MEMORY, "memory" },
};

static void test_judgement(void **state)
{
    (void)state;
    check_judgement(PROTOCOL_QUERY, judged, sizeof judged / sizeof *judged);
}

/* A value that no message can have is ignored. */
static void test_queue_attributes(void **state)
{
    static const struct {
        const char *value;
        bool given;
        unsigned seconds;
    } rows[] = {
        { "0", true, 0 },
        { "43200", true, 43200 },
        { "43201", false, 0 },
        { "18446744073709551661", false, 0 }, /* 2^64 + 45 */
        { "", false, 0 },
    };
    struct answer answer;
    struct http_request request = { .outcome = HTTP_OK, .status = 200 };
    struct buf xml;
    (void)state;
    answer_init(&answer);
    buf_init(&xml, 65536);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct call call = { .operation = CALL_QUEUE_ATTRIBUTES };
        buf_clear(&xml);
        buf_printf(&xml,
            "<rResponse><Attribute><Name>VisibilityTimeout</Name><Value>%s</Value></Attribute>"
            "</rResponse>",
            rows[i].value);
        enum found_result result =
            feed(&answer, PROTOCOL_QUERY, false, xml.data, xml.length, 9, NULL);
        assert_int_equal(call_finish(&call, &request, &answer.found, result, "host"), AWS_OK);
        assert_int_equal(call.has_visibility_timeout, rows[i].given);
        assert_int_equal(call.visibility_timeout_s, rows[i].seconds);
    }
    buf_free(&xml);
    answer_free(&answer);
}

static void test_requests(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 65536);
    struct call receive = { .operation = CALL_RECEIVE,
        .maximum = 7,
        .wait_s = 20,
        .visibility_timeout_s = 45 };
    protocol_query_write(&out, &receive, "http://h/1/q");
    const char *text = buf_cstr(&out);
    static const char *const parts[] = {
        "Action=ReceiveMessage&Version=2012-11-05&QueueUrl=http%3A%2F%2Fh%2F1%2Fq",
        "&MaxNumberOfMessages=7", "&WaitTimeSeconds=20", "&VisibilityTimeout=45",
        "&AttributeName.1=SentTimestamp", "&MessageSystemAttributeName.1=SentTimestamp"
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strstr(text, parts[i]) == NULL)
            fail_msg("no %s in %s", parts[i], text);
    assert_true(call_silence(&receive) > 20);
    buf_clear(&out);
    struct call delete = { .operation = CALL_DELETE, .count = 2 };
    delete.entries[0] = (struct call_entry){ .text = "a=", .length = 2 };
    delete.entries[1] = (struct call_entry){ .text = "a=", .length = 2 };
    protocol_query_write(&out, &delete, "u");
    assert_string_equal(buf_cstr(&out),
        "Action=DeleteMessageBatch&Version=2012-11-05&QueueUrl=u"
        "&DeleteMessageBatchRequestEntry.1.Id=0"
        "&DeleteMessageBatchRequestEntry.1.ReceiptHandle=a%3D"
        "&DeleteMessageBatchRequestEntry.2.Id=1"
        "&DeleteMessageBatchRequestEntry.2.ReceiptHandle=a%3D");
    buf_clear(&out);
    struct call visibility = { .operation = CALL_VISIBILITY, .count = 1 };
    visibility.entries[0] = (struct call_entry){ .text = "h", .length = 1 };
    protocol_query_write(&out, &visibility, "u");
    assert_string_equal(buf_cstr(&out),
        "Action=ChangeMessageVisibilityBatch&Version=2012-11-05&QueueUrl=u"
        "&ChangeMessageVisibilityBatchRequestEntry.1.Id=0"
        "&ChangeMessageVisibilityBatchRequestEntry.1.ReceiptHandle=h"
        "&ChangeMessageVisibilityBatchRequestEntry.1.VisibilityTimeout=0");
    buf_free(&out);
}

static void test_send(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 65536);
    struct attribute attributes[] = {
        { "n", "Number.int", "1 2", 1, 10, 3 },
        { "b", "Binary", "AA==", 1, 6, 4 },
    };
    struct call_message message = { .attributes = attributes,
        .attribute_count = 2,
        .group_id = "g",
        .group_id_length = 1,
        .deduplication_id = "d&d",
        .deduplication_id_length = 3 };
    struct call call = { .operation = CALL_SEND, .count = 2 };
    call.entries[0] = (struct call_entry){ .text = "x", .length = 1, .message = &message };
    call.entries[1] = (struct call_entry){ .text = "y", .length = 1 };
    protocol_query_write(&out, &call, "u");
    assert_string_equal(buf_cstr(&out),
        "Action=SendMessageBatch&Version=2012-11-05&QueueUrl=u"
        "&SendMessageBatchRequestEntry.1.Id=0&SendMessageBatchRequestEntry.1.MessageBody=x"
        "&SendMessageBatchRequestEntry.1.MessageAttribute.1.Name=n"
        "&SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.DataType=Number.int"
        "&SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.StringValue=1+2"
        "&SendMessageBatchRequestEntry.1.MessageAttribute.2.Name=b"
        "&SendMessageBatchRequestEntry.1.MessageAttribute.2.Value.DataType=Binary"
        "&SendMessageBatchRequestEntry.1.MessageAttribute.2.Value.BinaryValue=AA%3D%3D"
        "&SendMessageBatchRequestEntry.1.MessageGroupId=g"
        "&SendMessageBatchRequestEntry.1.MessageDeduplicationId=d%26d"
        "&SendMessageBatchRequestEntry.2.Id=1&SendMessageBatchRequestEntry.2.MessageBody=y");
    buf_free(&out);
}

/* The digest of the attributes is checked when there are any. */
static void test_sent_attributes(void **state)
{
    (void)state;
    static const char xml[] =
        "<rResponse><SendMessageBatchResultEntry><Id>0</Id>"
        "<MD5OfMessageAttributes>235c5c510d26fb653d073faed50ae77c</MD5OfMessageAttributes>"
        "</SendMessageBatchResultEntry><SendMessageBatchResultEntry><Id>1</Id>"
        "<MD5OfMessageAttributes>235c5c510d26fb653d073faed50ae77d</MD5OfMessageAttributes>"
        "</SendMessageBatchResultEntry><SendMessageBatchResultEntry><Id>2</Id>"
        "</SendMessageBatchResultEntry><SendMessageBatchResultEntry><Id>3</Id>"
        "<MD5OfMessageAttributes>235c5c510d26fb653d073faed50ae77d</MD5OfMessageAttributes>"
        "</SendMessageBatchResultEntry></rResponse>";
    static const enum aws_cause causes[] = { AWS_OK, AWS_REFUSED, AWS_OK, AWS_OK };
    struct attribute attribute = { "timestamp", "Number", "1493147359900", 9, 6, 13 };
    struct call_message message = { .attributes = &attribute, .attribute_count = 1 };
    struct answer answer;
    struct http_request request = { .outcome = HTTP_OK, .status = 200 };
    struct call call = { .operation = CALL_SEND, .count = 4 };
    for (size_t i = 0; i < 4; i++)
        call.entries[i] =
            (struct call_entry){ .text = "b", .length = 1, .message = i < 3 ? &message : NULL };
    answer_init(&answer);
    enum found_result result = feed(&answer, PROTOCOL_QUERY, false, xml, strlen(xml), 9, NULL);
    assert_int_equal(call_finish(&call, &request, &answer.found, result, "host"), AWS_OK);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(call.entries[i].cause, causes[i]);
    assert_string_equal(call.entries[1].code, "wrong-checksum");
    answer_free(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_receive),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_not_arrived),
        cmocka_unit_test(test_keeps_nothing_large),
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_long_parts),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_judgement),
        cmocka_unit_test(test_queue_attributes),
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_send),
        cmocka_unit_test(test_sent_attributes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
