#ifndef SQS_ANSWER_H
#define SQS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "sqs/found.h"
#include "sqs/protocol.h"

/*
 * Answers of SQS in either protocol. Normally each message is handed on as soon as it is complete.
 * So an answer cut in the middle still gives the messages before the cut; the rest is kept here
 * until the next answer. Or the whole answer is awaited, and gives all of its messages or none.
 */

struct answer {
    struct found found; /* results of the last answer */

    /* Private. */
    enum protocol protocol;
    enum protocol language; /* the protocol in which it is read */
    bool begun;             /* ${language} is known, from the first byte */
    bool awaited;
    size_t waiting;   /* as answer_waiting() */
    size_t messages;  /* handed on at the last update of waiting */
    struct buf bytes; /* an answer awaited whole */
    struct answer_xml *xml;
    struct answer_json *json;
};

void answer_init(struct answer *answer); /* allocates nothing */
void answer_free(struct answer *answer); /* a zeroed one is fine */

/*
 * answer_begin(answer, protocol, awaited, on_message, context):
 * Begin a new answer, awaited whole or not. ${on_message} may be NULL. Return 0, or -1 when memory
 * runs out.
 */
int answer_begin(struct answer *answer, enum protocol protocol, bool awaited,
    found_on_message *on_message, void *context);
void answer_feed(struct answer *answer, const char *data, size_t length);

/* Return the received bytes that are not handed on yet. */
size_t answer_waiting(const struct answer *answer);

/* Free the memory that a large answer took, when nothing of it is needed any more. */
void answer_shrink(struct answer *answer);

/* End the answer; ${arrived}: no network fault cut it. Return FOUND_MALFORMED for one that was cut,
 * or that cannot be read. */
enum found_result answer_finish(struct answer *answer, bool arrived);

#endif
