#ifndef SQS_PULL_LEASES_H
#define SQS_PULL_LEASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "acked.h"
#include "base/buf.h"
#include "release.h"
#include "sqs/sqs.h"

/*
 * Keeps the messages that are under way from becoming visible again: it knows what was received,
 * reads on the FIFO what came of it, and in between extends the visibility timeout whenever half of
 * it is gone, by as many requests at once as it takes to be done with all of them in a quarter of
 * it.
 *
 * A lease ends with the verdict on its message, whatever that says; when the queue calls its handle
 * stale; after the longest time that a lease may last; and before the queue's own limit of 12
 * hours. Of a message that is received again the newest handle counts: verdicts on an older one are
 * passed over.
 */
struct leases;

enum { LEASES_REQUESTS = 64, LEASES_MOST = 120000, LEASES_LONGEST_S = 43200 };

struct leases_config {
    struct sqs *sqs;
    struct acked *acked;
    size_t maximum; /* leases at once, 1 to LEASES_MOST */
    uint64_t longest_ms;
    unsigned visibility_timeout_s; /* 1 to LEASES_LONGEST_S */
    uint64_t retry_ms;
    bool fifo; /* the queue takes 300 such calls a second */
};

struct leases_counts {
    uint64_t acked;    /* leases that a verdict ended */
    uint64_t extended; /* times that a visibility timeout was */
    uint64_t lapsed;   /* leases that ended otherwise, but for released ones */
};

struct leases *leases_new(const struct leases_config *config); /* NULL: out of memory */

/* No call of it may be inside the client. NULL is fine. */
void leases_free(struct leases *leases);

/* A message has been received. 0, or -1: out of memory. */
int leases_add(struct leases *leases, const struct buf *id, const struct buf *handle);

/*
 * leases_withdraw(leases, id, id_length, handle, handle_length):
 * A message that will not be printed: forget it. False if it has been received once more
 * meanwhile, so that this handle of it is stale.
 */
bool leases_withdraw(struct leases *leases, const char *id, size_t id_length, const char *handle,
    size_t handle_length);

size_t leases_count(const struct leases *leases); /* leases */

/*
 * For how many more there is room: by the maximum, by the memory that they take, and by how many
 * can be extended in a quarter of a visibility timeout, so that none comes too late.
 */
size_t leases_room(const struct leases *leases);

size_t leases_bytes(const struct leases *leases); /* of memory that they take */

/* Monotonic: when the message of the eldest lease was received; 0: there is no lease. */
uint64_t leases_oldest_ms(const struct leases *leases);

/* Monotonic: when a verdict last came back, or a message was last received; 0: never. */
uint64_t leases_verdict_ms(const struct leases *leases);

/* All verdicts have come back. */
bool leases_done(const struct leases *leases);

/* Read the FIFO. 0, or -1: out of memory. */
int leases_read(struct leases *leases);

void leases_work(struct leases *leases);         /* start the requests that are due */
int leases_timeout(const struct leases *leases); /* until there is something to do; -1: nothing */
bool leases_take(struct leases *leases, struct call *call); /* false: not one of its calls */

/* From now on extend nothing, and hand every lease to ${release}, in leases_work() as it has room.
 */
void leases_end(struct leases *leases, struct release *release);

/* Then: hand over all that is left, whether there is room or not. */
void leases_strand(struct leases *leases);

/* No request of it is under way, and after leases_end() no lease is left. */
bool leases_idle(const struct leases *leases);

const struct leases_counts *leases_counts(const struct leases *leases);

#endif
