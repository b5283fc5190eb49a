#ifndef SQS_PULL_PULLER_H
#define SQS_PULL_PULLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/meter.h"
#include "base/outqueue.h"
#include "depth.h"
#include "format.h"
#include "known.h"
#include "leases.h"
#include "oldest.h"
#include "options.h"
#include "release.h"
#include "result.h"
#include "sqs/connect.h"
#include "sqs/receive_number.h"
#include "unprinted.h"

/* What the parts of the program share: pull.c has its course, receive.c the receives. */

struct puller {
    const struct connection *connection;
    const struct pull_options *options;
    struct pull_result *result;
    struct format *format;
    struct outqueue *out;
    bool out_closed;
    uint64_t closed_ms; /* monotonic: when */
    struct unprinted unprinted;
    struct known *known;
    struct release *release;
    struct leases *leases; /* NULL: no leases */
    struct meter *meter;   /* NULL: no figures are wanted */
    struct depth depth;    /* for the figures */
    struct oldest oldest;
    uint64_t say_ms; /* monotonic: when to say how far it is; 0: never */
    bool stopping;   /* a stop request was seen, then: */
    uint64_t stopping_ms;
    bool fifo_ended; /* the FIFO ended while there was still something to print */

    /* receive.c's */
    struct receive *receives;
    struct receive_number number;
    uint64_t beginnings; /* of receives */
    unsigned busy;
    unsigned opened; /* the most that were */
    size_t largest;  /* record */
    bool seen;       /* a record: ${largest} is no guess */
    uint64_t events; /* numbers the beginnings of receives and the arrivals of new messages */
    uint64_t last_arrival;
    unsigned empties;         /* receives begun after the last arrival that brought none */
    bool seems_empty;         /* one came back without since, whenever it began */
    uint64_t paused_until;    /* monotonic: for want of messages, … */
    uint64_t paced_until;     /* … and to let them gather */
    uint64_t throttles;       /* of the client's, those that are acted on */
    uint64_t seen_written;    /* what of the output was written when it last moved, … */
    uint64_t moved_ms;        /* … and when that was (monotonic) */
    bool said_unread;         /* and it has not moved for long enough to be acted on */
    uint64_t last_success_ms; /* since 1970: when a receive last succeeded; 0: never */
    uint64_t last_idle_ms;    /* the same, when one came back empty with no message in hand */
};

#endif
