/* lib/aws/error: causes of failures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "aws/error.h"

struct row {
    const char *code; /* in the spelling of the server */
    unsigned status;  /* 0 within a batch */
    bool handle;
    bool sender_fault;
    enum aws_cause cause;
    const char *name; /* as printed */
};

static const struct row rows[] = {
    /* both protocols */
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
    /* stale handles, in the wording of servers */
    { "ReceiptHandleIsInvalid", 0, true, true, AWS_LOST, "ReceiptHandleIsInvalid" },
    { "InvalidReceiptHandle", 0, true, true, AWS_LOST, "InvalidReceiptHandle" },
    { "AWS.SimpleQueueService.MessageNotInflight", 0, true, true, AWS_LOST, "MessageNotInflight" },
    { "InvalidParameterValue", 0, true, true, AWS_LOST, "InvalidParameterValue" },
    { "InvalidParameterValue", 400, true, true, AWS_LOST, "InvalidParameterValue" },
    { "InvalidParameterValue", 0, false, true, AWS_REFUSED, "InvalidParameterValue" },
    /* within a batch, the blamed side decides */
    { "InternalError", 0, true, false, AWS_TEMPORARY, "InternalError" },
    { "SomethingNew", 0, true, false, AWS_TEMPORARY, "SomethingNew" },
    { "SomethingNew", 0, true, true, AWS_REFUSED, "SomethingNew" },
    { "RequestThrottled", 0, true, true, AWS_TEMPORARY, "RequestThrottled" },
    /* without a name, the status decides */
    { "", 500, false, true, AWS_TEMPORARY, "unknown" },
    { "", 502, false, true, AWS_TEMPORARY, "unknown" },
    { "", 503, false, true, AWS_TEMPORARY, "unknown" },
    { "", 429, false, true, AWS_TEMPORARY, "unknown" },
    { "", 401, false, true, AWS_IDENTITY, "unknown" },
    { "", 403, false, true, AWS_DENIED, "unknown" },
    { "", 404, false, true, AWS_REFUSED, "unknown" },
    { "", 301, false, true, AWS_REFUSED, "unknown" },
    /* an invalid name is not repeated */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_causes),
        cmocka_unit_test(test_text_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
