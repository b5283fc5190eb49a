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
    unsigned parallel; /* parallel receives; 0 for automatic */
    uint64_t number;   /* messages to print; 0 for no limit */
    bool follow;
    unsigned wait_s;               /* long-poll time */
    unsigned empties;              /* empty receives that count as drained, without follow */
    unsigned visibility_timeout_s; /* sent with every receive; with leases at least 1 */
    uint64_t idle_backoff_ms;      /* longest pause between empty receives */
    uint64_t pace_ms;              /* pause after a receive that was not full */
    uint64_t retry_ms;
    struct attributes attributes; /* to print */
    bool fifo_ids;                /* print these too */
    struct acked *acked;          /* source of verdicts; NULL without leases */
    size_t max_in_flight;
    uint64_t max_lease_ms;
    struct meter_options meter;
    uint64_t grace_ms; /* how long to wait for verdicts after a stop request */
};

/* The command line, parsed. */
struct settings {
    struct pull_options pull; /* complete except for acked, which must be opened */
    struct connect_options connect;
    const char *acked; /* path of a FIFO; NULL without leases */
    bool has_wait;
    bool has_empties;
    bool has_visibility; /* otherwise read that of the queue */
    bool print_redrive;  /* receive nothing */
    bool print_depth;    /* receive nothing */
    bool has_leases;     /* an option that needs --acked */
};

/* Return OPT_RUN, or the exit status (base/opt.h). */
int options_parse(struct settings *settings, int argc, char **argv);

/* Return the value of --acked on a command line with another error, or NULL. */
const char *options_fifo(int argc, char **argv);

#endif
