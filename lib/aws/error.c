#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "aws/error.h"

enum aws_cause error_set(struct aws_error *error, enum aws_cause cause, const char *hint,
    const char *format, ...)
{
    error->cause = cause;
    error->hint = hint;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return cause;
}

enum aws_cause error_no_memory(struct aws_error *error)
{
    return error_set(error, AWS_NO_MEMORY, NULL, "out of memory");
}

enum aws_cause error_no_http(struct aws_error *error, int reason)
{
    if (reason == ENOMEM)
        return error_no_memory(error);
    return error_set(error, AWS_NO_MEMORY, ERROR_DESCRIPTORS_HINT, "cannot make requests: %s",
        strerror(reason));
}

/*
 * The names of both protocols, and those of gateways. A star at the end matches any rest. Sources:
 * the SQS API reference, and the errors that its SDKs retry.
 */
struct named {
    const char *name;
    enum aws_cause cause;
};

static const struct named names[] = {
    { "Throttl*", AWS_TEMPORARY },
    { "RequestThrottl*", AWS_TEMPORARY },
    { "TooManyRequests*", AWS_TEMPORARY },
    { "RequestLimitExceeded", AWS_TEMPORARY },
    { "BandwidthLimitExceeded", AWS_TEMPORARY },
    { "SlowDown", AWS_TEMPORARY },
    { "RequestTimeout*", AWS_TEMPORARY },
    { "PriorRequestNotComplete", AWS_TEMPORARY },
    { "TransactionInProgressException", AWS_TEMPORARY },
    { "KmsThrottled", AWS_TEMPORARY },
    { "KMS.ThrottlingException", AWS_TEMPORARY },
    { "KMSInternalException", AWS_TEMPORARY },
    { "KeyUnavailableException", AWS_TEMPORARY },
    { "DependencyTimeoutException", AWS_TEMPORARY },
    { "OverLimit", AWS_TEMPORARY },
    { "InternalError", AWS_TEMPORARY },
    { "InternalFailure", AWS_TEMPORARY },
    { "InternalServerError", AWS_TEMPORARY },
    { "ServiceUnavailable", AWS_TEMPORARY },
    { "Unavailable", AWS_TEMPORARY },
    { "ExpiredToken*", AWS_EXPIRED },
    { "TokenRefreshRequired", AWS_EXPIRED },
    { "RequestTimeTooSkewed", AWS_SKEWED },
    { "RequestExpired", AWS_SKEWED },
    { "RequestInTheFuture", AWS_SKEWED },
    { "ReceiptHandleIsInvalid", AWS_LOST },
    { "InvalidReceiptHandle", AWS_LOST },
    { "MessageNotInflight", AWS_LOST },
    { "QueueDoesNotExist", AWS_NO_QUEUE },
    { "NonExistentQueue", AWS_NO_QUEUE },
    { "QueueDeletedRecently", AWS_NO_QUEUE },
    { "AccessDenied*", AWS_DENIED },
    { "AuthFailure", AWS_IDENTITY },
    { "AuthorizationError", AWS_DENIED },
    { "UnauthorizedOperation", AWS_DENIED },
    { "InvalidClientTokenId", AWS_IDENTITY },
    { "InvalidAccessKeyId", AWS_IDENTITY },
    { "UnrecognizedClient*", AWS_IDENTITY },
    { "SignatureDoesNotMatch", AWS_IDENTITY },
    { "InvalidSignature*", AWS_IDENTITY },
    { "IncompleteSignature*", AWS_IDENTITY },
    { "MissingAuthenticationToken*", AWS_IDENTITY },
    { "InvalidSecurity*", AWS_IDENTITY },
    { "OptInRequired", AWS_DENIED },
    { "KmsAccessDenied", AWS_DENIED },
    { "KMS.AccessDeniedException", AWS_DENIED },
};

static bool matches(const char *pattern, const char *name)
{
    size_t length = strlen(pattern);
    if (pattern[length - 1] == '*')
        return strncmp(pattern, name, length - 1) == 0;
    return strcmp(pattern, name) == 0;
}

static bool starts(const char **text, const char *prefix)
{
    size_t length = strlen(prefix);
    if (strncmp(*text, prefix, length) != 0)
        return false;
    *text += length;
    return true;
}

bool error_code_name(const char *code, char name[ERROR_NAME_SIZE])
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    const char *sharp = strchr(code, '#');
    const char *bare = sharp != NULL ? sharp + 1 : code;
    starts(&bare, "AWS.SimpleQueueService.");
    size_t length = strspn(bare, allowed);
    /* Some gateways add ":http://…" to the name, and the header of the JSON protocol ";Sender". */
    if (length == 0 || length >= ERROR_NAME_SIZE ||
        (bare[length] != '\0' && bare[length] != ':' && bare[length] != ';')) {
        (void)snprintf(name, ERROR_NAME_SIZE, "unknown");
        return false;
    }
    memcpy(name, bare, length);
    name[length] = '\0';
    return true;
}

bool error_throttles(const char *name, unsigned status)
{
    static const char *const patterns[] = { "Throttl*", "RequestThrottl*", "TooManyRequests*",
        "RequestLimitExceeded", "BandwidthLimitExceeded", "SlowDown", "KmsThrottled",
        "KMS.ThrottlingException", "OverLimit", "ServiceUnavailable" };
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        if (matches(patterns[i], name))
            return true;
    return status == 429 || status == 503;
}

enum aws_cause error_cause_of(const char *name, unsigned status, bool handle, bool sender_fault)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (*name != '\0' && matches(names[i].name, name))
            return names[i].cause;
    /* A FIFO queue gives only this code for an expired handle. */
    if (handle && strcmp(name, "InvalidParameterValue") == 0)
        return AWS_LOST;
    if (status >= 500 || status == 429 || status == 408)
        return AWS_TEMPORARY;
    if (status == 401)
        return AWS_IDENTITY;
    if (status == 403 || status == 407)
        return AWS_DENIED;
    return status == 0 && !sender_fault ? AWS_TEMPORARY : AWS_REFUSED;
}
