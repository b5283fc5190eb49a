#include <stdio.h>
#include <string.h>

#include "crypto/digest.h"
#include "sqs/call.h"

enum {
    SILENCE_S = 20,
    LONGEST_VISIBILITY_S = 43200, /* the limit of SQS */
    RECEIVE_MAXIMUM =
        128 << 20, /* ten messages of 1 MiB, each character as an entity, with a margin */
    OTHER_MAXIMUM = 1 << 20
};

static const char *const actions[] = {
    [CALL_RECEIVE] = "ReceiveMessage",
    [CALL_DELETE] = "DeleteMessageBatch",
    [CALL_VISIBILITY] = "ChangeMessageVisibilityBatch",
    [CALL_SEND] = "SendMessageBatch",
    [CALL_QUEUE_URL] = "GetQueueUrl",
    [CALL_QUEUE_ATTRIBUTES] = "GetQueueAttributes",
};

const char *call_action(const struct call *call)
{
    return actions[call->operation];
}

size_t call_system_attributes(const struct call *call, const char *names[CALL_SYSTEM_ATTRIBUTES])
{
    size_t count = 0;
    names[count++] = "SentTimestamp";
    names[count++] = "ApproximateFirstReceiveTimestamp";
    names[count++] = "ApproximateReceiveCount";
    if (call->fifo)
        names[count++] = "SequenceNumber";
    if (call->fifo || call->fifo_ids)
        names[count++] = "MessageGroupId";
    if (call->fifo_ids)
        names[count++] = "MessageDeduplicationId";
    return count;
}

size_t call_queue_attributes(const struct call *call, const char *names[CALL_QUEUE_ATTRIBUTE_NAMES])
{
    size_t count = 0;
    if (call->attributes == CALL_VISIBILITY_TIMEOUT)
        names[count++] = "VisibilityTimeout";
    else
        names[count++] = "RedrivePolicy";
    if (call->attributes == CALL_DEPTH) {
        names[count++] = "ApproximateNumberOfMessages";
        names[count++] = "ApproximateNumberOfMessagesNotVisible";
        names[count++] = "ApproximateNumberOfMessagesDelayed";
    }
    return count;
}

unsigned call_silence(const struct call *call)
{
    return SILENCE_S + (call->operation == CALL_RECEIVE ? call->wait_s : 0);
}

uint64_t call_maximum(const struct call *call)
{
    return call->operation == CALL_RECEIVE ? RECEIVE_MAXIMUM : OTHER_MAXIMUM;
}

static bool names_handle(const struct call *call)
{
    return call->operation == CALL_DELETE || call->operation == CALL_VISIBILITY;
}

/* A different digest means that the queue holds another text than the one sent: report failure. */
static bool sent_right(const struct call_entry *entry, const struct found_entry *found)
{
    unsigned char digest[DIGEST_MD5_SIZE];
    const char *body = found->md5_of_body, *attributes = found->md5_of_attributes;
    const struct call_message *message = entry->message;
    if (*body != '\0' && digest_md5(entry->text, entry->length, digest) == 0 &&
        !digest_is_hex(digest, sizeof digest, body, strlen(body)))
        return false;
    if (*attributes == '\0' || message == NULL || message->attribute_count == 0 ||
        attribute_md5(message->attributes, message->attribute_count, digest) != 0)
        return true;
    return digest_is_hex(digest, sizeof digest, attributes, strlen(attributes));
}

static void judge_entry(const struct call *call, struct call_entry *entry,
    const struct found_entry *found)
{
    if (!found->given) {
        (void)snprintf(entry->code, sizeof entry->code, "unanswered");
        entry->cause = AWS_TEMPORARY;
    } else if (found->failed) {
        (void)snprintf(entry->code, sizeof entry->code, "%s", found->code);
        entry->cause = error_cause_of(entry->code, 0, names_handle(call), found->sender_fault);
    } else if (call->operation == CALL_SEND && !sent_right(entry, found)) {
        (void)snprintf(entry->code, sizeof entry->code, "wrong-checksum");
        entry->cause = AWS_REFUSED;
    } else {
        entry->code[0] = '\0';
        entry->cause = AWS_OK;
    }
}

static enum aws_cause judge_answer(struct call *call, const struct found *found,
    enum found_result result, const char *host)
{
    if (result == FOUND_NO_MEMORY)
        return error_no_memory(&call->error);
    call->unreadable = result == FOUND_MALFORMED;
    if (call->unreadable)
        return error_set(&call->error, AWS_TEMPORARY, NULL,
            "%s sends an answer that is not from SQS, or is incomplete", host);
    for (size_t i = 0; i < call->count; i++)
        judge_entry(call, &call->entries[i], &found->entries[i]);
    call->has_visibility_timeout =
        found->has_visibility_timeout && found->visibility_timeout_s <= LONGEST_VISIBILITY_S;
    if (call->has_visibility_timeout)
        call->visibility_timeout_s = (unsigned)found->visibility_timeout_s;
    call->has_depth = found->has_depth;
    call->depth = found->depth;
    if (found->redrive_policy.failed || found->redrive_policy.length >= sizeof call->redrive_policy)
        return error_set(&call->error, AWS_REFUSED, NULL, "%s gives an unreadable redrive policy",
            host);
    if (found->redrive_policy.length > 0)
        memcpy(call->redrive_policy, found->redrive_policy.data, found->redrive_policy.length);
    call->redrive_policy[found->redrive_policy.length] = '\0';
    if (call->operation == CALL_QUEUE_URL) {
        if (found->queue_url.failed || found->queue_url.length == 0 ||
            found->queue_url.length >= sizeof call->queue_url)
            return error_set(&call->error, AWS_REFUSED, NULL, "%s gives no queue URL", host);
        memcpy(call->queue_url, found->queue_url.data, found->queue_url.length);
        call->queue_url[found->queue_url.length] = '\0';
    }
    call->error.cause = AWS_OK;
    return AWS_OK;
}

static enum aws_cause judge_error(struct call *call, unsigned status, const char *code,
    const char *host)
{
    enum aws_cause cause = error_cause_of(code, status, names_handle(call), true);
    call->throttled = error_throttles(code, status);
    switch (cause) {
    case AWS_NO_QUEUE:
        return error_set(&call->error, cause, "check its name, and the account and region",
            "no such queue at %s (%s)%s%s", host, code, *call->queue == '\0' ? "" : ": ",
            call->queue);
    case AWS_EXPIRED:
    case AWS_IDENTITY:
        return error_set(&call->error, cause,
            "check the access key, its secret, the session token and the region",
            "%s does not accept our credentials (%s)", host,
            *code != '\0' ? code : "no reason given");
    case AWS_DENIED:
        return error_set(&call->error, cause, NULL, "%s denies us %s (%s)", host,
            actions[call->operation], *code != '\0' ? code : "no reason given");
    case AWS_SKEWED:
        return error_set(&call->error, cause, "set this machine's clock",
            "%s finds our clock wrong (%s)", host, code);
    default:
        return error_set(&call->error, cause, NULL, "%s answers %s with status %u%s%s%s", host,
            actions[call->operation], status, *code != '\0' ? " (" : "", code,
            *code != '\0' ? ")" : "");
    }
}

static enum aws_cause judge_transfer(struct call *call, const struct http_request *request,
    const char *host)
{
    enum aws_cause cause = AWS_TEMPORARY;
    const char *hint = NULL;
    if (request->outcome == HTTP_NO_MEMORY)
        return error_no_memory(&call->error);
    if (request->outcome == HTTP_DESCRIPTORS)
        hint = ERROR_DESCRIPTORS_HINT;
    if (request->outcome == HTTP_TOO_BIG)
        cause = AWS_REFUSED;
    if (request->outcome == HTTP_UNTRUSTED || request->outcome == HTTP_CA_BUNDLE) {
        cause = AWS_SETTING;
        hint = "set AWS_CA_BUNDLE to a file of trusted certificates";
    }
    bool known = request->system_error != 0;
    return error_set(&call->error, cause, hint, "cannot reach %s: %s%s%s%s", host,
        http_outcome_text(request->outcome), known ? " (" : "",
        known ? strerror(request->system_error) : "", known ? ")" : "");
}

enum aws_cause call_finish(struct call *call, const struct http_request *request,
    const struct found *found, enum found_result result, const char *host)
{
    call->messages += found->messages;
    call->unreadable = call->throttled = false;
    if (request->outcome != HTTP_OK)
        return judge_transfer(call, request, host);
    if (request->status == 200 && !found->is_error)
        return judge_answer(call, found, result, host);
    if (found->code[0] == '\0' && request->error_name[0] != '\0') {
        char name[ERROR_NAME_SIZE];
        (void)error_code_name(request->error_name, name);
        return judge_error(call, request->status, name, host);
    }
    return judge_error(call, request->status, found->code, host);
}
