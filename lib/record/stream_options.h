#ifndef RECORD_STREAM_OPTIONS_H
#define RECORD_STREAM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/meter.h"

/* The options of a program that reads records from standard input. */
struct stream_options {
    uint64_t max_record; /* bytes of a line */
    uint64_t grace_ms;   /* how long a pipe is drained after a stop request */
    struct meter_options meter;
    bool require_sandbox; /* fail when the kernel cannot confine the process */
};

enum {
    STREAM_OPTIONS_MAX_RECORD = 50,
    STREAM_OPTIONS_GRACE,
    STREAM_OPTIONS_METRICS_FILE,
    STREAM_OPTIONS_PROGRESS,
    STREAM_OPTIONS_REQUIRE_SANDBOX,
    STREAM_OPTIONS_METRICS_LABEL
};

/*
 * Their rows in the program's table (base/opt.h). ${longest}: "longest line". That of
 * --require-sandbox is for programs that confine themselves.
 */
/* clang-format off */
#define STREAM_OPTIONS(longest)                                                                    \
    { STREAM_OPTIONS_MAX_RECORD, '\0', "max-record", "SIZE", longest ", up to 64M", "4M" },        \
    { STREAM_OPTIONS_GRACE, '\0', "grace", "TIME", "time to drain a pipe after SIGTERM", "30s" },  \
    METER_METRICS_FILE(STREAM_OPTIONS_METRICS_FILE),                                               \
    METER_METRICS_LABEL(STREAM_OPTIONS_METRICS_LABEL),                                             \
    METER_PROGRESS(STREAM_OPTIONS_PROGRESS)
#define STREAM_OPTIONS_SANDBOX                                                                     \
    { STREAM_OPTIONS_REQUIRE_SANDBOX, '\0', "require-sandbox", NULL,                               \
        "fail if the kernel cannot confine the process", NULL }
/* clang-format on */

struct stream_options stream_options_defaults(void);

/*
 * Take one of these options, or refuse an operand. Return 0, or the exit status after a usage
 * error, already printed.
 */
int stream_options_take(struct stream_options *options, int id, const char *value);

#endif
