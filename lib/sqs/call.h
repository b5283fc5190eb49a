#ifndef SQS_CALL_H
#define SQS_CALL_H

#include <stddef.h>
#include <stdint.h>

#include "aws/error.h"
#include "http/http.h"
#include "sqs/attribute.h"
#include "sqs/found.h"
#include "sqs/queue.h"

/* Calls of the SQS API: what is asked, and what came of it. */

enum call_operation {
    CALL_RECEIVE,         /* ReceiveMessage */
    CALL_DELETE,          /* DeleteMessageBatch */
    CALL_VISIBILITY,      /* ChangeMessageVisibilityBatch */
    CALL_SEND,            /* SendMessageBatch */
    CALL_QUEUE_URL,       /* GetQueueUrl */
    CALL_QUEUE_ATTRIBUTES /* GetQueueAttributes */
};

enum { CALL_BATCH = FOUND_ENTRIES, CALL_URL_SIZE = 1024, CALL_ATTEMPT_SIZE = 33 };

/* What a queue is asked for. */
enum call_attributes {
    CALL_VISIBILITY_TIMEOUT,
    CALL_REDRIVE, /* the redrive policy */
    CALL_DEPTH    /* that, and how many messages there are */
};

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
    unsigned maximum;                   /* messages, 1 to 10 */
    unsigned wait_s;                    /* 0 to 20 */
    const char *const *attribute_names; /* message attributes to ask for; "All": all of them */
    size_t attribute_name_count;
    bool fifo;     /* a FIFO queue: a repeated receive gives the same messages once more, so an
                      answer gives all of its messages or none; asks for sequence number and group */
    bool fifo_ids; /* ask for group and deduplication id */
    found_on_message *on_message;
    bool (*held)(void *context); /* as in http/http.h; may be NULL */
    void *context;
    /* CALL_RECEIVE, CALL_VISIBILITY */
    unsigned visibility_timeout_s;
    /* batches */
    struct call_entry entries[CALL_BATCH];
    size_t count;
    /* CALL_QUEUE_ATTRIBUTES */
    enum call_attributes attributes;
    const char *other_queue_url; /* of this queue; NULL: the client's. The caller's until the call
                                    is back */
    bool aside; /* what comes of it says nothing about the queue: nothing is repeated or told */
    /* CALL_QUEUE_URL */
    const char *queue_name;
    char queue[QUEUE_PART_SIZE]; /* its name, for messages; set when the call is started */

    /* Set when the call is back (sqs/sqs.h). */
    struct aws_error error;
    size_t messages; /* CALL_RECEIVE: handed to on_message, by failed attempts too */
    bool throttled;  /* the last answer asked for fewer requests */
    bool unreadable; /* the last answer came whole and said nothing that SQS says */
    char queue_url[CALL_URL_SIZE];
    bool has_visibility_timeout;
    char redrive_policy[CALL_URL_SIZE]; /* as the server has it; "": none */
    bool has_depth;
    struct found_depth depth; /* with CALL_DEPTH */

    char attempt_id[CALL_ATTEMPT_SIZE]; /* of a FIFO queue's receive and its repeats; set when it is
                                           started */
    void *owner;                        /* the caller's */
    struct call *next;                  /* of whoever has the call */
};

/* The API's name of the operation: "ReceiveMessage". */
const char *call_action(const struct call *call);

/* Names of the queue's attributes that the call asks for; returns how many. */
enum { CALL_QUEUE_ATTRIBUTE_NAMES = 4 };
size_t call_queue_attributes(const struct call *call,
    const char *names[CALL_QUEUE_ATTRIBUTE_NAMES]);

/* Names of the system attributes that a receive asks for; returns how many. */
enum { CALL_SYSTEM_ATTRIBUTES = 6 };
size_t call_system_attributes(const struct call *call, const char *names[CALL_SYSTEM_ATTRIBUTES]);

/* Seconds for which a server may say nothing before it counts as gone. */
unsigned call_silence(const struct call *call);

/* Bytes that an answer may have. */
uint64_t call_maximum(const struct call *call);

/*
 * call_finish(call, request, found, result, host):
 * Set the call's results from what came back. ${host} is for the message. Returns the cause.
 */
enum aws_cause call_finish(struct call *call, const struct http_request *request,
    const struct found *found, enum found_result result, const char *host);

#endif
