#ifndef SQS_SEND_BODY_H
#define SQS_SEND_BODY_H

#include <stddef.h>

#include "base/buf.h"

/* The message that a record line stands for. */
struct body_reader;

struct body_reader *body_reader_new(void);         /* NULL: no memory */
void body_reader_free(struct body_reader *reader); /* NULL is fine */

enum { BODY_MAXIMUM = 1 << 20 }; /* bytes of a message, by the rules of SQS */

enum body_result {
    BODY_OK,
    BODY_NOT_JSON,
    BODY_EMPTY,
    BODY_TOO_BIG,
    BODY_CHARACTERS, /* it holds some that SQS refuses */
    BODY_NO_MEMORY
};

/*
 * body_read(reader, text, length, body, sqs, sqs_length):
 * Point *body at the message (good until the next call), and *sqs into the line at the value of its
 * "sqs" object, or set it to NULL.
 */
enum body_result body_read(struct body_reader *reader, const char *text, size_t length,
    const struct buf **body, const char **sqs, size_t *sqs_length);

/* A few words for a result: "not JSON". */
const char *body_result_text(enum body_result result);

#endif
