#ifndef SQS_SQS_H
#define SQS_SQS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/error.h"
#include "http/url.h"
#include "sqs/call.h"
#include "sqs/failed.h"
#include "sqs/protocol.h"
#include "sqs/retry_policy.h"

/*
 * A client of SQS: calls go in, are signed, sent, and repeated while that helps, and come back when
 * it is known what became of them. No call blocks but sqs_open(), sqs_wait() and sqs_run().
 *
 * Repeats: throttling, faults of the server and of the network, with capped exponential back-off
 * and full jitter, until a call has been failing for the retry time; a queue that is said not to
 * exist likewise, for a time of its own. While nothing succeeds there
 * is one request at a time, at most four a second, however many calls wait. A wrong clock is
 * corrected by the server's Date, once a call.
 *
 * Credentials are renewed before they expire, and when a server says that they have, beside all
 * else (credentials/renewal.h). A call that was refused for it waits for others, as long as it
 * might go on failing, and is sent once more.
 */
struct sqs;

struct sqs_config {
    const struct url *endpoint;
    const char *region;
    const char *profile; /* --profile, or NULL */
    bool anonymous;      /* sign nothing */
    enum protocol protocol;
    unsigned parallel;         /* requests in flight at once */
    const char *ca_bundle;     /* or NULL */
    int stop_fd;               /* ends the wait for the first credentials; -1: nothing does */
    struct retry_policy retry; /* with a call that fails */
    /*
     * Told what retry_policy_reports() finds worth it, and when a renewal of credentials has
     * failed; may be NULL.
     */
    void (*on_trouble)(const struct aws_error *error);
};

/* Fetches the first credentials. NULL with ${error} set: there are none, stopped, out of memory. */
struct sqs *sqs_open(const struct sqs_config *config, struct aws_error *error);
void sqs_close(
    struct sqs *sqs); /* cuts what is in flight, calls inside are not returned; NULL is fine */

/* The queue of all calls but CALL_QUEUE_URL; the path of its URL goes to the endpoint. 0, or -1. */
int sqs_set_queue(struct sqs *sqs, const char *queue_url);

/* Begin a call, which is the client's until sqs_next() returns it. 0, or -1: out of memory. */
int sqs_start(struct sqs *sqs, struct call *call);

/*
 * sqs_wait(sqs, fds, count, timeout_ms):
 * As http_wait(), with at most SQS_FDS descriptors: move everything on until a call may be back, a
 * descriptor is ready or the time is over (-1: none given). 0, or -1 with errno.
 */
enum { SQS_FDS = 8 };
int sqs_wait(struct sqs *sqs, struct pollfd *fds, size_t count, int timeout_ms);

/* A call that is back, or NULL. */
struct call *sqs_next(struct sqs *sqs);

/*
 * Repeat nothing more of the calls inside: those waiting to be repeated come back with their last
 * error, those never sent with AWS_STOPPED; what is in flight runs to its end.
 */
void sqs_abandon(struct sqs *sqs);

/*
 * One call from start to end; a stop request (base/stop.h) ends it with AWS_STOPPED, in flight or
 * not, if ${stoppable}. Returns its cause. Only while no other call is inside.
 */
enum aws_cause sqs_run(struct sqs *sqs, struct call *call, bool stoppable);

/* Requests sent so far, repeats included. */
uint64_t sqs_requests(const struct sqs *sqs);

/* Bytes that have come of messages that are not whole yet. */
size_t sqs_arriving(const struct sqs *sqs);

/*
 * How often the server has asked for fewer requests. Of requests that were under way side by side
 * several may have been answered so: they count once.
 */
uint64_t sqs_throttles(const struct sqs *sqs);

/* Attempts that failed. */
const struct failed *sqs_failed(const struct sqs *sqs);

/* Answers to receives that came whole and could not be read. */
uint64_t sqs_unreadable(const struct sqs *sqs);

#endif
