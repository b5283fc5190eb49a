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
 * A client of SQS. Calls are signed, sent, repeated while that helps, and returned with their
 * result. Only sqs_open(), sqs_wait() and sqs_run() block.
 *
 * Repeats: throttling and faults of the server or the network are retried with capped exponential
 * back-off and full jitter, until a call has failed for the retry time. A queue that does not exist
 * is retried in the same way, for a time of its own. While nothing succeeds, there is one request
 * at a time and at most four per second, however many calls wait. The Date header of the server
 * corrects a wrong clock, once per call.
 *
 * Credentials are renewed in parallel with requests: before they expire, and when a server reports
 * that they have (credentials/renewal.h). A refused call waits for new credentials within its retry
 * time and is sent once more.
 */
struct sqs;

struct sqs_config {
    const struct url *endpoint;
    const char *region;
    const char *profile; /* --profile, or NULL */
    bool anonymous;      /* sign nothing */
    enum protocol protocol;
    unsigned parallel;         /* parallel requests */
    const char *ca_bundle;     /* or NULL */
    int stop_fd;               /* ends the wait for the first credentials; -1 for none */
    struct retry_policy retry; /* for failed calls */
    /*
     * Called for failures that retry_policy_reports() selects, and for a failed renewal of
     * credentials; may be NULL.
     */
    void (*on_failing)(const struct aws_error *error);
};

/* Open a client and fetch the first credentials. Return NULL with ${error} when there are none,
 * when stopped, or when memory runs out. */
struct sqs *sqs_open(const struct sqs_config *config, struct aws_error *error);
/* Cut off open requests, and free the client; NULL is fine. Calls inside are not returned. */
void sqs_close(struct sqs *sqs);

/* Set the queue of all calls but CALL_QUEUE_URL; the path of its URL is used at the endpoint.
 * Return 0 or -1. */
int sqs_set_queue(struct sqs *sqs, const char *queue_url);

/* Begin a call, which the client owns until sqs_next() returns it. Return 0, or -1 when memory runs
 * out. */
int sqs_start(struct sqs *sqs, struct call *call);

/*
 * sqs_wait(sqs, fds, count, timeout_ms):
 * Make progress until a call may have finished, a descriptor is ready or the time has passed (-1:
 * no limit). Like http_wait(), with at most SQS_FDS descriptors. Return 0, or -1 with errno.
 */
enum { SQS_FDS = 8 };
int sqs_wait(struct sqs *sqs, struct pollfd *fds, size_t count, int timeout_ms);

/* Return a finished call, or NULL. */
struct call *sqs_next(struct sqs *sqs);

/*
 * Repeat no call inside. Calls waiting for a retry return with their last error, unsent ones with
 * AWS_STOPPED; open requests run to their end.
 */
void sqs_abandon(struct sqs *sqs);

/*
 * Run one call from start to end and return its cause. If ${stoppable}, a stop request
 * (base/stop.h) ends it with AWS_STOPPED, sent or not. No other call may be inside.
 */
enum aws_cause sqs_run(struct sqs *sqs, struct call *call, bool stoppable);

/* Return the number of requests sent so far, repeats included. */
uint64_t sqs_requests(const struct sqs *sqs);

/* Return the bytes received of incomplete messages. */
size_t sqs_arriving(const struct sqs *sqs);

/*
 * Return how often the server has asked for fewer requests. Several throttled requests that were
 * open together count once.
 */
uint64_t sqs_throttles(const struct sqs *sqs);

/* Return the failed attempts. */
const struct failed *sqs_failed(const struct sqs *sqs);

/* Return the number of complete but unreadable answers to receives. */
uint64_t sqs_unreadable(const struct sqs *sqs);

#endif
