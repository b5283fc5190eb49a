#ifndef SQS_PULL_PULL_H
#define SQS_PULL_PULL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "acked.h"
#include "attributes.h"
#include "aws/error.h"
#include "base/meter.h"
#include "sqs/connect.h"

struct pull_options {
    unsigned parallel; /* receives at once */
    uint64_t number;   /* messages to print; 0: no limit */
    bool follow;
    unsigned wait_s;               /* long-poll time */
    unsigned empties;              /* empty receives that count as drained, without follow */
    unsigned visibility_timeout_s; /* sent with every receive; with leases at least 1 */
    uint64_t idle_backoff_ms;      /* longest pause between empty receives */
    uint64_t retry_ms;
    struct attributes attributes; /* to print */
    bool fifo_ids;                /* to print too */
    struct acked *acked;          /* where verdicts come back; NULL: no leases */
    size_t max_in_flight;
    uint64_t max_lease_ms;
    struct meter_options meter;
    uint64_t grace_ms; /* how long verdicts are waited for after a stop request */
};

/* Requests at once that pull_run() wants of the client beyond its receives, with leases. */
enum { PULL_FURTHER_REQUESTS = 8 };

struct pull_result {
    struct aws_error error; /* AWS_OK: none */
    int output_error;       /* errno of standard output, or 0 */
    int metrics_error;      /* errno, or 0: the file of --metrics-file cannot be made; nothing was
                               received */
    bool fifo_ended; /* nobody was left to say what became of messages, and more were to come */
    bool no_memory;
    uint64_t received; /* messages, corrupt ones included */
    uint64_t printed;
    uint64_t released; /* not printed, or without a verdict at the end; made visible again */
    uint64_t stranded; /* likewise, and left to their visibility timeout */
    uint64_t corrupt;
    uint64_t unreadable; /* answers to receives, with whatever messages were in them */
    uint64_t held; /* left on the queue because a corrupt one of their FIFO group is before them */
    /* With leases. */
    uint64_t acked;    /* messages that a verdict came back on */
    uint64_t extended; /* times that a visibility timeout was */
    uint64_t lapsed;   /* leases that ended without a verdict or a release */
    uint64_t silent;   /* leases without a verdict at the end, though no stop was requested */
};

/*
 * pull_run(connection, options, result):
 * Receive messages and print them on standard output, until the queue is drained, the number is
 * reached, stop is requested (base/stop.h), the output fails or the queue does for good; then close
 * it. With leases, messages are kept hidden until their verdict comes back, which is waited for.
 * What was received and could not be printed, or got no verdict, is released before it returns.
 */
void pull_run(const struct connection *connection, const struct pull_options *options,
    struct pull_result *result);

#endif
