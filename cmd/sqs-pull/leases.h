#ifndef SQS_PULL_KEEPER_H
#define SQS_PULL_KEEPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "acked.h"
#include "base/buf.h"
#include "release.h"
#include "sqs/sqs.h"

/*
 * Keeps the messages that are under way from becoming visible again: it knows what was received,
 * hears on the FIFO what came of it, and in between extends the visibility timeout whenever half of
 * it is gone.
 *
 * A lease ends with the verdict on its message, whatever that says; when the queue calls its handle
 * stale; after the longest time that a lease may last; and before the queue's own limit of 12
 * hours. Of a message that is received again the newest handle counts: verdicts on an older one are
 * passed over.
 */
struct keeper;

enum { KEEPER_REQUESTS = 4, KEEPER_MOST = 120000, KEEPER_LONGEST_S = 43200 };

struct keeper_config {
    struct sqs *sqs;
    struct acked *acked;
    size_t maximum; /* leases at once, 1 to KEEPER_MOST */
    uint64_t longest_ms;
    unsigned visibility_timeout_s; /* 1 to KEEPER_LONGEST_S */
    uint64_t retry_ms;
};

struct keeper_counts {
    uint64_t acked;    /* leases that a verdict ended */
    uint64_t extended; /* times that a visibility timeout was */
    uint64_t lapsed;   /* leases that ended otherwise, but for released ones */
};

struct keeper *keeper_new(const struct keeper_config *config); /* NULL: no memory */

/* No call of it may be inside the client. NULL is fine. */
void keeper_free(struct keeper *keeper);

/* A message has been received. 0, or -1: no memory. */
int keeper_add(struct keeper *keeper, const struct buf *id, const struct buf *handle);

/*
 * keeper_withdraw(keeper, id, id_length, handle, handle_length):
 * A message that will not be printed: forget it. False if it has been received once more
 * meanwhile, so that this handle of it is stale.
 */
bool keeper_withdraw(struct keeper *keeper, const char *id, size_t id_length, const char *handle,
    size_t handle_length);

size_t keeper_count(const struct keeper *keeper); /* leases */
size_t keeper_room(const struct keeper *keeper);  /* for how many more */

/* Monotonic: when the message of the eldest lease was received; 0: there is no lease. */
uint64_t keeper_oldest_ms(const struct keeper *keeper);

/* Monotonic: when a verdict last came back, or a message was last received; 0: never. */
uint64_t keeper_heard_ms(const struct keeper *keeper);

/* All verdicts have come back. */
bool keeper_done(const struct keeper *keeper);

/* Read the FIFO. 0, or -1: no memory. */
int keeper_read(struct keeper *keeper);

void keeper_work(struct keeper *keeper);         /* start the requests that are due */
int keeper_timeout(const struct keeper *keeper); /* until there is something to do; -1: nothing */
bool keeper_take(struct keeper *keeper, struct call *call); /* false: not one of its calls */

/* From now on extend nothing, and hand every lease to ${release}. */
void keeper_end(struct keeper *keeper, struct release *release);
bool keeper_idle(const struct keeper *keeper); /* no request of it is under way */

const struct keeper_counts *keeper_counts(const struct keeper *keeper);

#endif
