#ifndef SQS_UNWRAP_RENDERING_H
#define SQS_UNWRAP_RENDERING_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "events.h"

/* Records written from the line that they came in: every byte that is not changed is kept. */

struct rendering_place {
    size_t start; /* of a value in the line; */
    size_t end;   /* 0: there is none */
};

struct rendering {
    const char *line;
    size_t length;
    size_t end;                 /* of its object */
    struct rendering_place sqs; /* an object */
    struct rendering_place body;
    struct rendering_place envelope;
};

/* The most bytes that "part", "parts" and "unwrap" take beside the text of the last. */
enum { RENDERING_PART_MAX = 72 };

/*
 * rendering_event(out, record, event, part, parts):
 * Append the record with the event as its body, and a newline. ${parts} more than 0: "part",
 * "parts" and "unwrap" at the end of its "sqs". An event that is deep has the error in it. What
 * goes wrong with the buffer is seen by its ${failed}.
 */
void rendering_event(struct buf *out, const struct rendering *record, const struct event *event,
    uint64_t part, uint64_t parts);

/* Why a message, or a part of it, is an error record, in words of sqs2pg-record(5). */
enum rendering_error {
    RENDERING_NONE,
    RENDERING_EMPTY,   /* "empty" */
    RENDERING_DEEP,    /* "deep" */
    RENDERING_TOO_MANY /* "too-many" */
};

/* Append the record as it came with the error in it, and a newline. */
void rendering_error(struct buf *out, const struct rendering *record, enum rendering_error error);

#endif
