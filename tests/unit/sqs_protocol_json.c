/* lib/sqs/protocol_json: requests in AWS JSON 1.0. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "sqs/call.h"
#include "sqs/protocol_json.h"

static void check_request(const struct call *call, const char *expected)
{
    struct buf out;
    buf_init(&out, 65536);
    protocol_json_write(&out, call, "http://h/1/q");
    assert_string_equal(buf_cstr(&out), expected);
    buf_free(&out);
}

static void test_requests(void **state)
{
    (void)state;
    static const char *const names[] = { "a", "b.*" };
    struct call receive = { .operation = CALL_RECEIVE,
        .maximum = 7,
        .wait_s = 20,
        .visibility_timeout_s = 45 };
    check_request(&receive,
        "{\"QueueUrl\":\"http://h/1/q\",\"MaxNumberOfMessages\":7,\"WaitTimeSeconds\":20,"
        "\"VisibilityTimeout\":45,\"AttributeNames\":[\"SentTimestamp\","
        "\"ApproximateFirstReceiveTimestamp\",\"ApproximateReceiveCount\"],"
        "\"MessageSystemAttributeNames\":[\"SentTimestamp\",\"ApproximateFirstReceiveTimestamp\","
        "\"ApproximateReceiveCount\"]}");
    receive.attribute_names = names;
    receive.attribute_name_count = 2;
    receive.fifo = receive.fifo_ids = true;
    (void)snprintf(receive.attempt_id, sizeof receive.attempt_id, "0123");
    check_request(&receive,
        "{\"QueueUrl\":\"http://h/1/q\",\"MaxNumberOfMessages\":7,\"WaitTimeSeconds\":20,"
        "\"VisibilityTimeout\":45,\"AttributeNames\":[\"SentTimestamp\","
        "\"ApproximateFirstReceiveTimestamp\",\"ApproximateReceiveCount\",\"SequenceNumber\","
        "\"MessageGroupId\",\"MessageDeduplicationId\"],\"MessageSystemAttributeNames\":["
        "\"SentTimestamp\",\"ApproximateFirstReceiveTimestamp\",\"ApproximateReceiveCount\","
        "\"SequenceNumber\",\"MessageGroupId\",\"MessageDeduplicationId\"],"
        "\"MessageAttributeNames\":[\"a\",\"b.*\"],\"ReceiveRequestAttemptId\":\"0123\"}");
    struct call delete = { .operation = CALL_DELETE, .count = 2 };
    delete.entries[0] = (struct call_entry){ .text = "a\"", .length = 2 };
    delete.entries[1] = (struct call_entry){ .text = "a=", .length = 2 };
    check_request(&delete,
        "{\"QueueUrl\":\"http://h/1/q\",\"Entries\":[{\"Id\":\"0\",\"ReceiptHandle\":\"a\\\"\"},"
        "{\"Id\":\"1\",\"ReceiptHandle\":\"a=\"}]}");
    struct call visibility = { .operation = CALL_VISIBILITY, .count = 1 };
    visibility.entries[0] = (struct call_entry){ .text = "h", .length = 1 };
    check_request(&visibility,
        "{\"QueueUrl\":\"http://h/1/q\",\"Entries\":[{\"Id\":\"0\",\"ReceiptHandle\":\"h\","
        "\"VisibilityTimeout\":0}]}");
    struct call url = { .operation = CALL_QUEUE_URL, .queue_name = "q.fifo" };
    check_request(&url, "{\"QueueName\":\"q.fifo\"}");
    struct call attributes = { .operation = CALL_QUEUE_ATTRIBUTES };
    check_request(&attributes,
        "{\"QueueUrl\":\"http://h/1/q\",\"AttributeNames\":[\"VisibilityTimeout\"]}");
    attributes.attributes = CALL_DEPTH;
    check_request(&attributes,
        "{\"QueueUrl\":\"http://h/1/q\",\"AttributeNames\":[\"RedrivePolicy\","
        "\"ApproximateNumberOfMessages\",\"ApproximateNumberOfMessagesNotVisible\","
        "\"ApproximateNumberOfMessagesDelayed\"]}");
}

static void test_send(void **state)
{
    (void)state;
    struct attribute list[] = {
        { "n", "Number.int", "1 2", 1, 10, 3 },
        { "b", "Binary", "AA==", 1, 6, 4 },
    };
    struct call_message message = { .attributes = list,
        .attribute_count = 2,
        .group_id = "g",
        .group_id_length = 1,
        .deduplication_id = "d\\d",
        .deduplication_id_length = 3 };
    struct call call = { .operation = CALL_SEND, .count = 2 };
    call.entries[0] =
        (struct call_entry){ .text = "x\n\303\251", .length = 4, .message = &message };
    call.entries[1] = (struct call_entry){ .text = "y", .length = 1 };
    check_request(&call,
        "{\"QueueUrl\":\"http://h/1/q\",\"Entries\":[{\"Id\":\"0\",\"MessageBody\":\"x\\n\303\251\","
        "\"MessageAttributes\":{\"n\":{\"DataType\":\"Number.int\",\"StringValue\":\"1 2\"},"
        "\"b\":{\"DataType\":\"Binary\",\"BinaryValue\":\"AA==\"}},\"MessageGroupId\":\"g\","
        "\"MessageDeduplicationId\":\"d\\\\d\"},{\"Id\":\"1\",\"MessageBody\":\"y\"}]}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_send),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
