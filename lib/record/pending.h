#ifndef RECORD_PENDING_H
#define RECORD_PENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/verdict.h"

/*
 * Deliveries on which more than one verdict has to come before their message may be deleted: so
 * many as the records were copied to (--need), on each part of a message of several records. Of a
 * delivery, which is a message id and a receipt handle, digests are held and which verdicts have
 * come. What cannot wait any longer ends as incomplete and is never deleted: the older delivery of
 * a message, what has waited for 12 hours, and the oldest one where there are more than
 * PENDING_MOST, or PENDING_BYTES of them.
 */
enum { PENDING_MOST = 120000, PENDING_BYTES = 16 << 20, PENDING_NEED_MOST = 100 };

struct pending;

struct pending *pending_new(unsigned need); /* verdicts on each record; NULL: out of memory */
void pending_free(struct pending *pending);

/* Whether the verdict is one of several. */
bool pending_wants(const struct pending *pending, const struct verdict *verdict);

enum pending_result {
    PENDING_WAITS,  /* for others */
    PENDING_DONE,   /* all have come: the message is to be deleted */
    PENDING_NEVER,  /* all have come, and one forbids it */
    PENDING_REPEAT, /* it had come before, or its delivery has ended */
    PENDING_NO_MEMORY
};

/* Take a verdict that has a receipt handle; ${deletes}: it allows the deletion. */
enum pending_result pending_take(struct pending *pending, const struct verdict *verdict,
    bool deletes);

void pending_end(struct pending *pending);                  /* no more verdicts will come */
uint64_t pending_incomplete(const struct pending *pending); /* deliveries that ended so */

#endif
