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
 * Keeps received messages from becoming visible again before their verdict. It records each
 * message, reads the verdicts on the FIFO, and extends a visibility timeout when half of it has
 * passed. Parallel requests extend all leases within a quarter of the timeout.
 *
 * A lease ends with the verdict on its message, whichever it is. It also ends when the queue
 * reports a stale handle, at the longest time of a lease, and before the 12-hour limit of SQS. When
 * a message is received again, the newest handle counts: verdicts on older handles are ignored.
 */
struct leases;

enum { LEASES_REQUESTS = 64, LEASES_MOST = 120000, LEASES_LONGEST_S = 43200 };

struct leases_config {
    struct sqs *sqs;
    struct acked *acked;
    size_t maximum; /* parallel leases, 1 to LEASES_MOST */
    uint64_t longest_ms;
    unsigned visibility_timeout_s; /* 1 to LEASES_LONGEST_S */
    uint64_t retry_ms;
    bool fifo; /* the queue accepts 300 such calls a second */
};

struct leases_counts {
    uint64_t acked;    /* leases that a verdict ended */
    uint64_t extended; /* visibility timeout extensions */
    uint64_t lapsed;   /* leases that ended otherwise, except released ones */
    uint64_t expired;  /* of these: after the longest time of a lease */
};

struct leases *leases_new(const struct leases_config *config); /* NULL when memory runs out */

/* Free the leases; NULL is fine. None of their calls may be in the client. */
void leases_free(struct leases *leases);

/* Add a received message. Return 0, or -1 when memory runs out. */
int leases_add(struct leases *leases, const struct buf *id, const struct buf *handle);

/*
 * leases_withdraw(leases, id, id_length, handle, handle_length):
 * Forget a message that will not be printed. Return false when it was received again meanwhile, so
 * that this handle is stale.
 */
bool leases_withdraw(struct leases *leases, const char *id, size_t id_length, const char *handle,
    size_t handle_length);

size_t leases_count(const struct leases *leases);

/*
 * Return the number of further leases allowed by the maximum and by memory. All of them must be
 * extensible within a quarter of a visibility timeout, so that none is late.
 */
size_t leases_room(const struct leases *leases);

size_t leases_bytes(const struct leases *leases); /* memory used */

/* Return the monotonic time of receipt of the oldest lease, or 0 when there is no lease. */
uint64_t leases_oldest_ms(const struct leases *leases);

/* Return the monotonic time of the last verdict or receipt, or 0 for never. */
uint64_t leases_verdict_ms(const struct leases *leases);

/* Return true when all verdicts have arrived. */
bool leases_done(const struct leases *leases);

/* Read the FIFO. Return 0, or -1 when memory runs out. */
int leases_read(struct leases *leases);

void leases_work(struct leases *leases);         /* start the requests that are due */
int leases_timeout(const struct leases *leases); /* milliseconds until the next work; -1 for none */
bool leases_take(struct leases *leases, struct call *call); /* false when the call is not its own */

/* From now on extend nothing; leases_work() hands every lease to ${release} as that has room. */
void leases_end(struct leases *leases, struct release *release);

/* After leases_end(): hand over the remaining leases regardless of room. */
void leases_release_all(struct leases *leases);

/* Return true when no request is open and, after leases_end(), no lease is left. */
bool leases_idle(const struct leases *leases);

const struct leases_counts *leases_counts(const struct leases *leases);

#endif
