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

/* State that the modules of the program share: pull.c has the main loop, receive.c the receives. */

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
    struct leases *leases; /* NULL without leases */
    struct meter *meter;   /* NULL without metrics */
    struct depth depth;    /* for the metrics */
    struct oldest oldest;
    uint64_t say_ms; /* monotonic: time of the next progress message; 0 for never */
    bool stopping;   /* a stop request was seen, at stopping_ms */
    uint64_t stopping_ms;
    bool fifo_ended; /* the FIFO ended before all was printed */

    /* receive.c's */
    struct receive *receives;
    struct receive_number number;
    uint64_t beginnings; /* count of receives begun */
    unsigned busy;
    unsigned opened; /* highest value of busy */
    size_t largest;  /* size of the largest record */
    bool seen;       /* a record was seen: ${largest} is not a guess */
    uint64_t events; /* numbers the starts of receives and the arrivals of new messages */
    uint64_t last_arrival;
    unsigned empties;         /* empty receives begun after the last arrival */
    bool seems_empty;         /* an empty one has returned since, whenever it began */
    uint64_t paused_until;    /* monotonic ms: --idle-backoff, after empty receives */
    uint64_t paced_until;     /* monotonic ms: --pace, to let messages gather */
    uint64_t throttles;       /* count of throttles already handled */
    uint64_t seen_written;    /* position of the output at its last progress */
    uint64_t moved_ms;        /* monotonic: time of that progress */
    bool said_unread;         /* no progress for long enough, and handled */
    uint64_t last_success_ms; /* since 1970: last successful receive; 0 for never */
    uint64_t last_idle_ms;    /* the same for the last empty one with no message in hand */
};

#endif
