#ifndef SQS_SEND_BODY_H
#define SQS_SEND_BODY_H

#include <stddef.h>

#include "base/buf.h"
#include "sqs/attribute.h"

/* The message that a record line stands for. */
struct body_reader;

struct body_reader *body_reader_new(void);         /* NULL: out of memory */
void body_reader_free(struct body_reader *reader); /* NULL is fine */

enum { BODY_MAXIMUM = 1 << 20 }; /* bytes of a message and its attributes, by the rules of SQS */

enum body_result {
    BODY_OK,
    BODY_NOT_JSON,
    BODY_EMPTY,
    BODY_TOO_BIG,
    BODY_CHARACTERS, /* it holds some that SQS refuses */
    BODY_ATTRIBUTES, /* they are not as sqs2pg-record(5) has them */
    BODY_TOO_MANY,   /* attributes */
    BODY_NO_MEMORY
};

struct body_text {
    const char *text; /* decoded; NULL: the record has none */
    size_t length;
};

/* All of it the reader's, but ${sqs}, which is in the line; good until the next body_read(). */
struct body_message {
    const struct buf *body;
    struct attribute attributes[ATTRIBUTE_MAXIMUM];
    size_t attribute_count;
    struct body_text group_id; /* these two of the record's fifo, or else of its sqs */
    struct body_text deduplication_id;
    struct body_text message_id; /* of the record's sqs */
    struct body_text sqs;        /* the object's own bytes */
};

/*
 * body_read(reader, text, length, message):
 * Read a line: its "body" (a string as its text) with its "attributes", or the whole of it, if it
 * has no body. ${message} is set as far as it was read whatever the result.
 */
enum body_result body_read(struct body_reader *reader, const char *text, size_t length,
    struct body_message *message);

/* A few words for a result: "not JSON". */
const char *body_result_text(enum body_result result);

#endif
