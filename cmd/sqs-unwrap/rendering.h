#ifndef SQS_UNWRAP_RENDERING_H
#define SQS_UNWRAP_RENDERING_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "events.h"

/* Writes records from their input line: each unchanged byte is kept. */

struct rendering_place {
    size_t start; /* of a value in the line */
    size_t end;   /* of the value; 0: it is missing */
};

struct rendering {
    const char *line;
    size_t length;
    size_t end;                 /* of its object */
    struct rendering_place sqs; /* an object */
    struct rendering_place body;
    struct rendering_place envelope;
};

/* Maximum bytes of "part", "parts" and "unwrap" without the text of the last. */
enum { RENDERING_PART_MAX = 72 };

/*
 * rendering_event(out, record, event, part, parts):
 * Append the record with the event as its body, and a newline. If ${parts} is not 0, add "part",
 * "parts" and "unwrap" at the end of its "sqs". An event that is too deep gets the error.
 * ${out->failed} records a failure.
 */
void rendering_event(struct buf *out, const struct rendering *record, const struct event *event,
    uint64_t part, uint64_t parts);

/* The reason why a message or a part is an error record, as in sqs2pg-record(5). */
enum rendering_error {
    RENDERING_NONE,
    RENDERING_EMPTY,   /* "empty" */
    RENDERING_DEEP,    /* "deep" */
    RENDERING_TOO_MANY /* "too-many" */
};

/*
 * Append the original record with the error in it, and a newline. ${out->failed} records a failure.
 */
void rendering_error(struct buf *out, const struct rendering *record, enum rendering_error error);

#endif
