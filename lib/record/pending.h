#ifndef RECORD_PENDING_H
#define RECORD_PENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/verdict.h"

/*
 * Deliveries that need several verdicts before their message may be deleted: one for each copy of a
 * record (--need), and for each part of a message. For each delivery (message id and receipt
 * handle) it holds digests and the verdicts that have come. Some deliveries end as incomplete, and
 * their message is never deleted. These are the older delivery of a message, one that waited for 12
 * hours, and the oldest of more than PENDING_MOST deliveries or PENDING_BYTES bytes. A delivery
 * whose verdicts have all come, and one of which forbids the deletion, is kept as long, so that
 * verdicts that come again do not delete its message. It does not count as incomplete. The handles
 * of the last 65,536 complete deliveries are known, too: verdicts that come again are repeats.
 */
enum { PENDING_MOST = 120000, PENDING_BYTES = 16 << 20, PENDING_NEED_MOST = 100 };

struct pending;

/* ${need}: number of verdicts on each record, 1 to PENDING_NEED_MOST. Return NULL when memory runs
 * out. */
struct pending *pending_new(unsigned need);
void pending_free(struct pending *pending);

/* Return true when the verdict is one of several, or others of its delivery were. */
bool pending_wants(struct pending *pending, const struct verdict *verdict);

enum pending_result {
    PENDING_WAITS,   /* others are missing */
    PENDING_DONE,    /* all have come: delete the message */
    PENDING_NEVER,   /* all have come, now or before, and one forbids it */
    PENDING_REPEAT,  /* it had come before, or its delivery has ended */
    PENDING_AT_ODDS, /* it has another number of parts than the first: never delete the message */
    PENDING_NO_MEMORY
};

/* Take a verdict with a receipt handle; ${deletes}: it allows the deletion. */
enum pending_result pending_take(struct pending *pending, const struct verdict *verdict,
    bool deletes);

void pending_end(struct pending *pending);                  /* no more verdicts will come */
uint64_t pending_incomplete(const struct pending *pending); /* number of deliveries that ended so */

#endif
