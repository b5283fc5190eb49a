/* lib/aws/error and gate: what a failure means, and how requests are held back while there are any.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "aws/error.h"
#include "aws/gate.h"

struct row {
    const char *code; /* as the server spells it */
    unsigned status;  /* 0: within a batch */
    bool handle;
    bool sender_fault;
    enum aws_cause cause;
    const char *name; /* as it may be printed */
};

static const struct row rows[] = {
    /* both vocabularies */
    { "AWS.SimpleQueueService.NonExistentQueue", 400, false, true, AWS_NO_QUEUE,
        "NonExistentQueue" },
    { "com.amazonaws.sqs#QueueDoesNotExist", 400, false, true, AWS_NO_QUEUE, "QueueDoesNotExist" },
    { "AWS.SimpleQueueService.NonExistentQueue;Sender", 400, false, true, AWS_NO_QUEUE,
        "NonExistentQueue" },
    { "com.amazonaws.sqs#RequestThrottled", 400, false, true, AWS_TEMPORARY, "RequestThrottled" },
    { "RequestThrottled", 403, false, true, AWS_TEMPORARY, "RequestThrottled" },
    { "ThrottlingException", 400, false, true, AWS_TEMPORARY, "ThrottlingException" },
    { "Throttling", 400, false, true, AWS_TEMPORARY, "Throttling" },
    { "OverLimit", 403, false, true, AWS_TEMPORARY, "OverLimit" },
    { "KMS.ThrottlingException", 400, false, true, AWS_TEMPORARY, "KMS.ThrottlingException" },
    { "ServiceUnavailable", 503, false, true, AWS_TEMPORARY, "ServiceUnavailable" },
    { "ExpiredToken", 403, false, true, AWS_EXPIRED, "ExpiredToken" },
    { "ExpiredTokenException", 400, false, true, AWS_EXPIRED, "ExpiredTokenException" },
    { "RequestTimeTooSkewed", 403, false, true, AWS_SKEWED, "RequestTimeTooSkewed" },
    { "RequestExpired", 400, false, true, AWS_SKEWED, "RequestExpired" },
    { "SignatureDoesNotMatch", 403, false, true, AWS_IDENTITY, "SignatureDoesNotMatch" },
    { "InvalidSignatureException:http://internal.amazon.com/coral/", 403, false, true, AWS_IDENTITY,
        "InvalidSignatureException" },
    { "InvalidClientTokenId", 403, false, true, AWS_IDENTITY, "InvalidClientTokenId" },
    { "UnrecognizedClientException", 400, false, true, AWS_IDENTITY,
        "UnrecognizedClientException" },
    { "AccessDenied", 403, false, true, AWS_DENIED, "AccessDenied" },
    { "AccessDeniedException", 400, false, true, AWS_DENIED, "AccessDeniedException" },
    { "KMS.AccessDeniedException", 400, false, true, AWS_DENIED, "KMS.AccessDeniedException" },
    { "AWS.SimpleQueueService.UnsupportedOperation", 400, false, true, AWS_REFUSED,
        "UnsupportedOperation" },
    { "InvalidAttributeName", 400, false, true, AWS_REFUSED, "InvalidAttributeName" },
    /* stale handles, as the servers put it */
    { "ReceiptHandleIsInvalid", 0, true, true, AWS_LOST, "ReceiptHandleIsInvalid" },
    { "InvalidReceiptHandle", 0, true, true, AWS_LOST, "InvalidReceiptHandle" },
    { "AWS.SimpleQueueService.MessageNotInflight", 0, true, true, AWS_LOST, "MessageNotInflight" },
    { "InvalidParameterValue", 0, true, true, AWS_LOST, "InvalidParameterValue" },
    { "InvalidParameterValue", 400, true, true, AWS_LOST, "InvalidParameterValue" },
    { "InvalidParameterValue", 0, false, true, AWS_REFUSED, "InvalidParameterValue" },
    /* within a batch: whose fault it is decides */
    { "InternalError", 0, true, false, AWS_TEMPORARY, "InternalError" },
    { "SomethingNew", 0, true, false, AWS_TEMPORARY, "SomethingNew" },
    { "SomethingNew", 0, true, true, AWS_REFUSED, "SomethingNew" },
    { "RequestThrottled", 0, true, true, AWS_TEMPORARY, "RequestThrottled" },
    /* no name: the status decides */
    { "", 500, false, true, AWS_TEMPORARY, "unknown" },
    { "", 502, false, true, AWS_TEMPORARY, "unknown" },
    { "", 503, false, true, AWS_TEMPORARY, "unknown" },
    { "", 429, false, true, AWS_TEMPORARY, "unknown" },
    { "", 401, false, true, AWS_IDENTITY, "unknown" },
    { "", 403, false, true, AWS_DENIED, "unknown" },
    { "", 404, false, true, AWS_REFUSED, "unknown" },
    { "", 301, false, true, AWS_REFUSED, "unknown" },
    /* what is no name is not repeated */
    { "The receipt handle AQEB is no good", 400, false, true, AWS_REFUSED, "unknown" },
    { "<script>", 503, false, true, AWS_TEMPORARY, "unknown" },
    { "x#", 400, false, true, AWS_REFUSED, "unknown" },
    { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 400, false, true,
        AWS_REFUSED, "unknown" },
};

static void test_causes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char name[ERROR_NAME_SIZE];
        bool known = error_code_name(rows[i].code, name);
        if (strcmp(name, rows[i].name) != 0)
            fail_msg("row %zu: %s", i, name);
        enum aws_cause cause =
            error_cause_of(known ? name : "", rows[i].status, rows[i].handle, rows[i].sender_fault);
        if (cause != rows[i].cause)
            fail_msg("row %zu, %s: cause %d", i, name, (int)cause);
    }
}

static void test_text_is_bounded(void **state)
{
    (void)state;
    struct aws_error error;
    char text[1000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_int_equal(error_set(&error, AWS_REFUSED, "do this", "%s", text), AWS_REFUSED);
    assert_int_equal(strlen(error.text), sizeof error.text - 1);
    assert_string_equal(error.hint, "do this");
}

/* Drive the gate as a client with many waiting calls would, a server that only fails, for a while.
 */
static unsigned requests_in(uint64_t milliseconds)
{
    struct gate gate;
    unsigned requests = 0;
    gate_init(&gate);
    for (uint64_t now = 1000; now < 1000 + milliseconds; now++) {
        bool probes[100];
        unsigned passed = 0;
        while (passed < 100 && gate_lets(&gate, false, now))
            probes[passed++] = gate_pass(&gate, false);
        requests += passed;
        while (passed > 0)
            gate_left(&gate, false, probes[--passed], true, now);
    }
    return requests;
}

static void test_gate_is_slow_while_all_fails(void **state)
{
    (void)state;
    /* The hundred that are sent before the first comes back, then four a second at most. */
    for (int i = 0; i < 50; i++) {
        unsigned requests = requests_in(30000);
        if (requests > 100 + 1 + 4 * 30 || requests < 105)
            fail_msg("%u requests", requests);
    }
}

static void test_gate_opens(void **state)
{
    (void)state;
    struct gate gate;
    gate_init(&gate);
    bool first = gate_pass(&gate, true), second = gate_pass(&gate, false);
    assert_false(first);
    gate_left(&gate, true, first, true, 1000);
    assert_int_equal(gate.failures, 1);
    assert_false(gate_lets(&gate, true, 999));
    /* what was under way fails of the same fault */
    gate_left(&gate, false, second, true, 1001);
    assert_int_equal(gate.failures, 1);
    /* one probe at a time … */
    assert_true(gate_lets(&gate, true, 2000));
    bool probe = gate_pass(&gate, true);
    assert_true(probe);
    assert_false(gate_lets(&gate, true, 9000));
    /* … but a receive that hangs stops no other request */
    assert_true(gate_lets(&gate, false, 9000));
    bool other = gate_pass(&gate, false);
    assert_false(gate_lets(&gate, false, 9000));
    gate_left(&gate, false, other, false, 9000);
    assert_false(gate.shut);
    assert_true(gate_lets(&gate, true, 9000));
    gate_left(&gate, true, probe, true, 9001);
    assert_true(gate.shut);
    assert_int_equal(gate.failures, 1);
    assert_int_equal(gate.receives + gate.others, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_causes),
        cmocka_unit_test(test_text_is_bounded),
        cmocka_unit_test(test_gate_is_slow_while_all_fails),
        cmocka_unit_test(test_gate_opens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
