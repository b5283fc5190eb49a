#ifndef SQS_BATCH_OPTIONS_H
#define SQS_BATCH_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "sqs/connect.h"

/* Options of a program that reads lines and acts on a queue in batches (sqs/batch_loop.h). */
struct batch_options {
    struct connect_options connect;
    unsigned parallel; /* parallel batches */
    uint64_t grace_ms; /* how long to drain a pipe after a stop request */
    size_t max_record; /* bytes of a line */
};

enum {
    BATCH_OPTIONS_JOBS = 50,
    BATCH_OPTIONS_JOBS_AUTO,
    BATCH_OPTIONS_MAX_RECORD,
    BATCH_OPTIONS_GRACE
};

/* Rows for the option table of a program (base/opt.h): one of the first two, and the third. */
/* clang-format off */
#define BATCH_OPTION_JOBS                                                                          \
    { BATCH_OPTIONS_JOBS, 'j', "jobs", "N", "parallel requests", "4" }
#define BATCH_OPTION_JOBS_AUTO                                                                     \
    { BATCH_OPTIONS_JOBS_AUTO, 'j', "jobs", "auto|N",                                              \
        "parallel requests; auto: as many as full batches wait, up to 64", "auto" }
#define BATCH_OPTIONS                                                                              \
    { BATCH_OPTIONS_MAX_RECORD, '\0', "max-record", "SIZE",                                        \
        "longest line, up to 64M", "4M" },                                                         \
    { BATCH_OPTIONS_GRACE, '\0', "grace", "TIME",                                                  \
        "time to drain a pipe after SIGTERM", "30s" }
/* clang-format on */

struct batch_options batch_options_defaults(void);      /* a fixed number of requests */
struct batch_options batch_options_defaults_auto(void); /* as many as full batches wait */

/*
 * batch_options_take(options, id, value, input):
 * Take one of these options, one of sqs/connect.h, or an operand. Operands are errors: ${input}
 * ("records") comes from standard input. Return 0, or the exit status after printing a usage error.
 */
int batch_options_take(struct batch_options *options, int id, const char *value, const char *input);

/* Return how long failed requests are retried. */
uint64_t batch_options_retry_ms(const struct batch_options *options);

#endif
