#ifndef SQS_SEND_BODY_H
#define SQS_SEND_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "sqs/attribute.h"

/* Reads the message of a record line. */
struct body_reader;

struct body_reader *body_reader_new(void);         /* NULL when memory runs out */
void body_reader_free(struct body_reader *reader); /* NULL is fine */

enum { BODY_MAXIMUM = 1 << 20 }; /* bytes of a message and its attributes, by the rules of SQS */

enum body_result {
    BODY_OK,
    BODY_NOT_JSON,
    BODY_EMPTY,
    BODY_NO_CONTENT, /* an error record of a line whose content was not passed on */
    BODY_TOO_BIG,
    BODY_CHARACTERS, /* some that SQS refuses */
    BODY_ATTRIBUTES, /* not as in sqs2pg-record(5) */
    BODY_TOO_MANY,   /* more than ten attributes */
    BODY_NO_MEMORY
};

struct body_text {
    const char *text; /* decoded; NULL when the record has none */
    size_t length;
};

/* Owned by the reader, except ${sqs}, which is in the line; valid until the next body_read(). */
struct body_message {
    const struct buf *body;
    struct attribute attributes[ATTRIBUTE_MAXIMUM];
    size_t attribute_count;
    struct body_text group_id; /* these two are in fifo of the record, or else in sqs */
    struct body_text deduplication_id;
    struct body_text message_id; /* in sqs of the record */
    bool is_part;                /* it is one of several records of a message */
    uint32_t part;               /* its number */
    struct body_text sqs;        /* the object's own bytes */
};

/*
 * body_read(reader, text, length, message):
 * Read a line: its "body" (a string as its text) with its "attributes", or the whole line when it
 * has no body. With every result, ${message} holds the parts read so far.
 */
enum body_result body_read(struct body_reader *reader, const char *text, size_t length,
    struct body_message *message);

/* Return a few words for a result: "not JSON". */
const char *body_result_text(enum body_result result);

#endif
