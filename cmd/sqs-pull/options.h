#ifndef SQS_PULL_OPTIONS_H
#define SQS_PULL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "acked.h"
#include "attributes.h"
#include "base/meter.h"
#include "sqs/connect.h"

struct pull_options {
    unsigned parallel; /* receives at once; 0: they find their own number */
    uint64_t number;   /* messages to print; 0: no limit */
    bool follow;
    unsigned wait_s;               /* long-poll time */
    unsigned empties;              /* empty receives that count as drained, without follow */
    unsigned visibility_timeout_s; /* sent with every receive; with leases at least 1 */
    uint64_t idle_backoff_ms;      /* longest pause between empty receives */
    uint64_t pace_ms;              /* pause after a receive that was not full */
    uint64_t retry_ms;
    struct attributes attributes; /* to print */
    bool fifo_ids;                /* to print too */
    struct acked *acked;          /* where verdicts come back; NULL: no leases */
    size_t max_in_flight;
    uint64_t max_lease_ms;
    struct meter_options meter;
    uint64_t grace_ms; /* how long verdicts are waited for after a stop request */
};

/* What the command line asks for. */
struct settings {
    struct pull_options pull; /* but for acked, which is to be opened */
    struct connect_options connect;
    const char *acked; /* path of a FIFO; NULL: no leases */
    bool has_wait;
    bool has_empties;
    bool has_visibility; /* else the queue's own is to be read */
    bool print_redrive;  /* nothing is received */
    bool print_depth;    /* likewise */
    bool has_leases;     /* an option that wants --acked */
};

/* OPT_RUN, or the status to exit with (base/opt.h). */
int options_parse(struct settings *settings, int argc, char **argv);

/* The value of --acked on a command line that is wrong elsewhere, or NULL. */
const char *options_fifo(int argc, char **argv);

#endif
