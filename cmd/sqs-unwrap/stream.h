#ifndef SQS_UNWRAP_STREAM_H
#define SQS_UNWRAP_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "options.h"
#include "unwrap.h"

/* Lines from standard input, records to standard output. */
struct stream;

enum stream_end {
    STREAM_DONE,
    STREAM_READ,  /* standard input failed, errno says */
    STREAM_WRITE, /* standard output failed, errno says */
    STREAM_NO_MEMORY
};

struct stream_report {
    struct unwrap_counts counts;
    uint64_t skipped; /* lines, as line_skipped() counts; no records */
};

enum stream_failure {
    STREAM_SET_UP,
    STREAM_METRICS /* the file of figures cannot be written */
};

/* All that it needs is opened here. NULL with errno, and what failed. */
struct stream *stream_open(const struct options *options, enum stream_failure *failure);
void stream_close(struct stream *stream); /* NULL is fine */

/* Do all the work, then close standard output. Once. */
enum stream_end stream_run(struct stream *stream, struct stream_report *report);

#endif
