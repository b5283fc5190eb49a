#ifndef SQS_CALL_H
#define SQS_CALL_H

#include <stddef.h>
#include <stdint.h>

#include "aws/error.h"
#include "http/http.h"
#include "sqs/attribute.h"
#include "sqs/found.h"
#include "sqs/queue.h"

/* Calls of the SQS API: request and result. */

enum call_operation {
    CALL_RECEIVE,         /* ReceiveMessage */
    CALL_DELETE,          /* DeleteMessageBatch */
    CALL_VISIBILITY,      /* ChangeMessageVisibilityBatch */
    CALL_SEND,            /* SendMessageBatch */
    CALL_QUEUE_URL,       /* GetQueueUrl */
    CALL_QUEUE_ATTRIBUTES /* GetQueueAttributes */
};

enum { CALL_BATCH = FOUND_ENTRIES, CALL_URL_SIZE = 1024, CALL_ATTEMPT_SIZE = 33 };

/* Attributes to read of a queue. */
enum call_attributes {
    CALL_VISIBILITY_TIMEOUT,
    CALL_REDRIVE, /* redrive policy */
    CALL_DEPTH    /* redrive policy and depth */
};

/*
 * The parts of a message to send in addition to its body. SQS takes at most ATTRIBUTE_MAXIMUM
 * attributes, none with an empty value. The ids are for FIFO queues (a group id for fair queues
 * too); NULL for none.
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
    const char *text; /* a receipt handle, or the body to send; owned by the caller until the call
                         returns */
    size_t length;
    /* CALL_SEND; owned by the caller until the call returns; NULL for a body alone */
    const struct call_message *message;
    enum aws_cause cause; /* result of the entry when the cause of the call is AWS_OK */
    char code[ERROR_NAME_SIZE];
};

struct call {
    enum call_operation operation;
    /* CALL_RECEIVE */
    unsigned maximum;                   /* messages, 1 to 10 */
    unsigned wait_s;                    /* 0 to 20 */
    const char *const *attribute_names; /* message attributes to request; "All" for each of them */
    size_t attribute_name_count;
    bool fifo; /* a FIFO queue: a repeated receive gives the same messages again, so an answer gives
                  all of its messages or none; requests sequence number and group */
    bool fifo_ids; /* request group and deduplication id */
    found_on_message *on_message;
    bool (*held)(void *context); /* as in http/http.h; may be NULL */
    void *context;
    /* CALL_RECEIVE, CALL_VISIBILITY */
    unsigned visibility_timeout_s;
    /* Batches. */
    struct call_entry entries[CALL_BATCH];
    size_t count;
    /* CALL_QUEUE_ATTRIBUTES */
    enum call_attributes attributes;
    const char *other_queue_url; /* a queue URL; NULL for that of the client. Owned by the caller
                                    until the call returns */
    bool optional; /* the result says nothing about the queue: no retry and no report */
    /* CALL_QUEUE_URL */
    const char *queue_name;
    char queue[QUEUE_PART_SIZE]; /* queue name for messages; set when the call starts */

    /* Set when the call returns (sqs/sqs.h). */
    struct aws_error error;
    size_t messages; /* CALL_RECEIVE: handed to on_message, also in failed attempts */
    bool throttled;  /* the last answer asked for fewer requests */
    bool unreadable; /* the last answer was complete but not one of SQS */
    char queue_url[CALL_URL_SIZE];
    bool has_visibility_timeout;
    char redrive_policy[CALL_URL_SIZE]; /* as the server has it; "" for none */
    bool has_depth;
    struct found_depth depth; /* with CALL_DEPTH */

    char attempt_id[CALL_ATTEMPT_SIZE]; /* shared by a receive of a FIFO queue and its repeats; set
                                           when it starts */
    void *owner;                        /* the caller's */
    struct call *next;                  /* for the current owner of the call */
};

/* Return the API name of the operation: "ReceiveMessage". */
const char *call_action(const struct call *call);

/* Write the names of the queue attributes that the call requests; return their number. */
enum { CALL_QUEUE_ATTRIBUTE_NAMES = 4 };
size_t call_queue_attributes(const struct call *call,
    const char *names[CALL_QUEUE_ATTRIBUTE_NAMES]);

/* Write the names of the system attributes that a receive requests; return their number. */
enum { CALL_SYSTEM_ATTRIBUTES = 6 };
size_t call_system_attributes(const struct call *call, const char *names[CALL_SYSTEM_ATTRIBUTES]);

/* Return the seconds of silence after which a server counts as gone. */
unsigned call_silence(const struct call *call);

/* Return the maximum bytes of an answer. */
uint64_t call_maximum(const struct call *call);

/*
 * call_finish(call, request, found, result, host):
 * Set the results of the call from its answer. ${host} is for the message. Return the cause.
 */
enum aws_cause call_finish(struct call *call, const struct http_request *request,
    const struct found *found, enum found_result result, const char *host);

#endif
