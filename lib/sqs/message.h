#ifndef SQS_MESSAGE_H
#define SQS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "sqs/attribute.h"

/* A message as a receive gives it, put together part by part while the answer is read. */
struct message {
    struct buf message_id;
    struct buf receipt_handle;
    struct buf md5_of_body;       /* hex; empty: the server did not say */
    struct buf md5_of_attributes; /* likewise */
    struct buf body;
    struct buf sequence_number; /* empty but on FIFO queues */
    struct buf group_id;        /* empty: none, or not asked for; the same: */
    struct buf deduplication_id;
    uint64_t sent_ms;           /* since 1970; 0: the server did not say */
    uint64_t first_received_ms; /* likewise */
    uint64_t receive_count;     /* likewise */
    struct attribute attributes[ATTRIBUTE_READ_MAXIMUM];
    size_t attribute_count;
    bool whole; /* false: a part was too long to be held, or is not UTF-8, or the server's words for
                   it are broken */

    struct buf attribute_text; /* behind the attributes */
};

void message_init(struct message *message);
void message_free(struct message *message);
void message_clear(struct message *message); /* begin with another one */

/* A system attribute ("SentTimestamp"); those that are not kept are passed over. */
void message_system_attribute(struct message *message, const char *name, size_t name_length,
    const char *value, size_t value_length);

/* A message attribute; its texts are copied. */
void message_add_attribute(struct message *message, const struct attribute *attribute);

/* All parts are there: set ${whole} and the attributes' texts, good until the message changes. */
void message_finish(struct message *message);

#endif
