#ifndef SQS_ANSWER_H
#define SQS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "sqs/found.h"
#include "sqs/protocol.h"

/*
 * Answers of SQS in either protocol. As a rule they are read while they arrive, and messages are
 * handed on one by one as each is whole, so that an answer cut off in the middle still gives those
 * before the cut; the rest is kept here until the next answer. Or the whole of it is awaited, so
 * that it gives all of its messages or none.
 */

struct answer {
    struct found found; /* in the last one */

    /* Its own. */
    enum protocol protocol;
    enum protocol language; /* in which it is read; */
    bool begun;             /* which its first byte decides */
    bool awaited;
    size_t waiting;   /* as answer_waiting() */
    size_t messages;  /* handed on when that was last set */
    struct buf bytes; /* of an answer that is awaited whole */
    struct answer_xml *xml;
    struct answer_json *json;
};

void answer_init(struct answer *answer); /* allocates nothing */
void answer_free(struct answer *answer); /* of a zeroed one too */

/*
 * answer_begin(answer, protocol, awaited, on_message, context):
 * Begin with a new answer, which is awaited whole or not. ${on_message} may be NULL. 0, or -1: no
 * memory.
 */
int answer_begin(struct answer *answer, enum protocol protocol, bool awaited,
    found_on_message *on_message, void *context);
void answer_feed(struct answer *answer, const char *data, size_t length);

/* Bytes that have come of what is not handed on yet. */
size_t answer_waiting(const struct answer *answer);

/* Nothing of the last answer is needed any more: give back what a large one took. */
void answer_rest(struct answer *answer);

/* The answer is over; ${arrived}: no fault of the network ended it. */
enum found_result answer_finish(struct answer *answer, bool arrived);

#endif
