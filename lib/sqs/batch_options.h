#ifndef SQS_BATCH_OPTIONS_H
#define SQS_BATCH_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "sqs/connect.h"

/* The options of a program that reads lines and acts on a queue in batches (sqs/batch_loop.h). */
struct batch_options {
    struct connect_options connect;
    unsigned parallel; /* batches at once */
    uint64_t grace_ms; /* how long a pipe is drained after a stop request */
    size_t max_record; /* bytes of a line */
};

enum {
    BATCH_OPTIONS_JOBS = 50,
    BATCH_OPTIONS_JOBS_AUTO,
    BATCH_OPTIONS_MAX_RECORD,
    BATCH_OPTIONS_GRACE
};

/* Their rows in the program's table (base/opt.h): one of the first two, and the others. */
/* clang-format off */
#define BATCH_OPTION_JOBS                                                                          \
    { BATCH_OPTIONS_JOBS, 'j', "jobs", "N", "requests at once", "4" }
#define BATCH_OPTION_JOBS_AUTO                                                                     \
    { BATCH_OPTIONS_JOBS_AUTO, 'j', "jobs", "auto|N",                                              \
        "requests at once; auto: as many as full batches wait, up to 64", "auto" }
#define BATCH_OPTIONS                                                                              \
    { BATCH_OPTIONS_MAX_RECORD, '\0', "max-record", "SIZE",                                        \
        "longest line, up to 64M", "4M" },                                                         \
    { BATCH_OPTIONS_GRACE, '\0', "grace", "TIME",                                                  \
        "drain a pipe so long after SIGTERM", "30s" }
/* clang-format on */

struct batch_options batch_options_defaults(void);      /* a number of requests */
struct batch_options batch_options_defaults_auto(void); /* as many as full batches wait */

/*
 * batch_options_take(options, id, value, input):
 * Take one of these, of sqs/connect.h's, or an operand, which is none, as ${input} ("records")
 * comes from standard input. 0, or the status to exit with after a usage error, which was printed.
 */
int batch_options_take(struct batch_options *options, int id, const char *value, const char *input);

/* For how long what fails is repeated. */
uint64_t batch_options_retry_ms(const struct batch_options *options);

#endif
