#ifndef AWS_ANSWER_H
#define AWS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/error.h"
#include "base/buf.h"

/*
 * Answers of SQS, read while they arrive. Messages are handed on one by one as each is whole, so
 * that an answer cut off in the middle still gives those before the cut; the rest is kept here
 * until the next answer.
 */

/* A received message. The buffers are the reader's, good until the callback returns. */
struct message {
    struct buf message_id;
    struct buf receipt_handle;
    struct buf md5_of_body; /* hex */
    struct buf body;
    struct buf sequence_number; /* empty but on FIFO queues */
    uint64_t sent_ms;           /* since 1970; 0: the server did not say */
    uint64_t first_received_ms; /* likewise */
    uint64_t receive_count;     /* likewise */
    bool whole;                 /* false: a part was too long to be held */
};

/* What became of one entry of a batch. */
struct answer_entry {
    bool given; /* the answer speaks of it */
    bool failed;
    bool sender_fault;
    char code[ERROR_NAME_SIZE]; /* of a failed one */
    char md5_of_body[33];       /* of a sent one; "": the server did not say */
    char md5_of_attributes[33]; /* likewise */
};

enum { ANSWER_ENTRIES = 10 };

enum answer_result { ANSWER_WHOLE, ANSWER_MALFORMED, ANSWER_NO_MEMORY };

struct answer {
    bool is_error;              /* an error document, with this name; */
    char code[ERROR_NAME_SIZE]; /* "" when it has none */
    struct answer_entry entries[ANSWER_ENTRIES];
    struct buf queue_url;
    bool has_visibility_timeout;
    uint64_t visibility_timeout_s;
    size_t messages; /* handed on */
    struct answer_reader *reader;
};

typedef void answer_on_message(void *context, const struct message *message);

int answer_init(struct answer *answer);  /* 0, or -1: no memory */
void answer_free(struct answer *answer); /* of a zeroed one too */

/* Begin with a new answer in the query protocol's XML. ${on_message} may be NULL. 0, or -1. */
int answer_begin(struct answer *answer, answer_on_message *on_message, void *context);
void answer_feed(struct answer *answer, const char *data, size_t length);
enum answer_result answer_finish(struct answer *answer);

#endif
