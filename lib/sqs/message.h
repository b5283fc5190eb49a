#ifndef SQS_MESSAGE_H
#define SQS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "sqs/attribute.h"

/* A message of a receive, assembled while the answer is read. */
struct message {
    struct buf message_id;
    struct buf receipt_handle;
    struct buf md5_of_body;       /* hex; empty when the server gives none */
    struct buf md5_of_attributes; /* hex; empty when the server gives none */
    struct buf body;
    struct buf sequence_number;  /* empty except on FIFO queues */
    struct buf group_id;         /* empty when missing or not requested */
    struct buf deduplication_id; /* empty when missing or not requested */
    uint64_t sent_ms;            /* since 1970; 0 when the server gives none */
    uint64_t first_received_ms;  /* since 1970; 0 when the server gives none */
    uint64_t receive_count;      /* 0 when the server gives none */
    struct attribute attributes[ATTRIBUTE_READ_MAXIMUM];
    size_t attribute_count;
    /* false when a part is too long to hold, is not UTF-8, or is broken in the answer */
    bool whole;

    struct buf attribute_text; /* texts of the attributes */
};

void message_init(struct message *message);
void message_free(struct message *message);
void message_clear(struct message *message); /* begin another one */

/* Take a system attribute ("SentTimestamp"); unused ones are ignored. */
void message_system_attribute(struct message *message, const char *name, size_t name_length,
    const char *value, size_t value_length);

/* Add a message attribute; its texts are copied. */
void message_add_attribute(struct message *message, const struct attribute *attribute);

/* End the message: set ${whole} and the texts of the attributes, valid until the message
 * changes. */
void message_finish(struct message *message);

#endif
