#ifndef AWS_CALL_H
#define AWS_CALL_H

#include <stddef.h>
#include <stdint.h>

#include "aws/answer.h"
#include "aws/attribute.h"
#include "aws/error.h"
#include "base/buf.h"
#include "http/http.h"

/* Calls of the SQS API: what is asked, and what came of it. */

enum call_operation {
    CALL_RECEIVE,         /* ReceiveMessage */
    CALL_DELETE,          /* DeleteMessageBatch */
    CALL_VISIBILITY,      /* ChangeMessageVisibilityBatch */
    CALL_SEND,            /* SendMessageBatch */
    CALL_QUEUE_URL,       /* GetQueueUrl */
    CALL_QUEUE_ATTRIBUTES /* GetQueueAttributes: VisibilityTimeout */
};

enum { CALL_BATCH = ANSWER_ENTRIES, CALL_URL_SIZE = 1024 };

/*
 * What a message to send has besides its body. Attributes: at most ATTRIBUTE_MAXIMUM, and SQS takes
 * none with an empty value. The ids are for FIFO queues (a group id for fair queues too); NULL:
 * none.
 */
struct call_message {
    const struct attribute *attributes;
    size_t attribute_count;
    const char *group_id;
    size_t group_id_length;
    const char *deduplication_id;
    size_t deduplication_id_length;
};

struct call_entry {
    const char
        *text; /* a receipt handle, or the body to send; the caller's until the call is back */
    size_t length;
    const struct call_message *message; /* CALL_SEND; likewise the caller's; NULL: body alone */
    enum aws_cause cause;               /* what came of it, when the call's own cause is AWS_OK */
    char code[ERROR_NAME_SIZE];
};

struct call {
    enum call_operation operation;
    /* CALL_RECEIVE */
    unsigned maximum; /* messages, 1 to 10 */
    unsigned wait_s;  /* 0 to 20 */
    answer_on_message *on_message;
    void *context;
    /* CALL_RECEIVE, CALL_VISIBILITY */
    unsigned visibility_timeout_s;
    /* batches */
    struct call_entry entries[CALL_BATCH];
    size_t count;
    /* CALL_QUEUE_URL */
    const char *queue_name;

    /* Set when the call is back (aws/sqs.h). */
    struct aws_error error;
    size_t messages; /* CALL_RECEIVE: handed to on_message, by failed attempts too */
    char queue_url[CALL_URL_SIZE];
    bool has_visibility_timeout;

    void *owner;       /* the caller's */
    struct call *next; /* of whoever has the call */
};

/* Append the request's body in the query protocol; ${queue_url} is of no use to CALL_QUEUE_URL. */
void call_write(struct buf *out, const struct call *call, const char *queue_url);

/* Seconds for which a server may say nothing before it counts as gone. */
unsigned call_silence(const struct call *call);

/* Bytes that an answer may have. */
uint64_t call_maximum(const struct call *call);

/*
 * call_judge(call, request, answer, result, host):
 * Set the call's results from what came back. ${host} is for the message. Returns the cause.
 */
enum aws_cause call_judge(struct call *call, const struct http_request *request,
    const struct answer *answer, enum answer_result result, const char *host);

#endif
