#ifndef SQS_UNWRAP_STREAM_H
#define SQS_UNWRAP_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "options.h"
#include "unwrap.h"

/* Reads lines from standard input and writes records to standard output. */
struct stream;

enum stream_end {
    STREAM_DONE,
    STREAM_READ,  /* standard input failed with errno */
    STREAM_WRITE, /* standard output failed with errno */
    STREAM_NO_MEMORY
};

struct stream_report {
    struct unwrap_counts counts;
    uint64_t skipped; /* lines that are no records, as line_skipped() counts */
};

enum stream_failure {
    STREAM_SET_UP,
    STREAM_METRICS /* the metrics file cannot be written */
};

/* Open all that is needed. Return NULL with errno and the failure. */
struct stream *stream_open(const struct options *options, enum stream_failure *failure);
void stream_close(struct stream *stream); /* NULL is fine */

/* Do all the work, then close standard output. Call it once. */
enum stream_end stream_run(struct stream *stream, struct stream_report *report);

#endif
