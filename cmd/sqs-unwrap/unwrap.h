#ifndef SQS_UNWRAP_UNWRAP_H
#define SQS_UNWRAP_UNWRAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/line.h"
#include "base/out.h"
#include "events.h"

/* Takes a line and writes the records of its events. */
struct unwrap_options {
    struct events_options events;
    size_t maximum; /* bytes of a record */
    uint64_t parts; /* maximum of records from one message */
};

struct unwrap_counts {
    uint64_t records;   /* records read; of these: */
    uint64_t unwrapped; /* with a layer removed */
    uint64_t left;      /* nothing recognised or decoded */
    uint64_t passed;    /* not for this program: masked, with an error, or no record */
    uint64_t errors;    /* error records made, of a whole or a part */
    uint64_t split;     /* of those unwrapped, split into several parts */
    uint64_t parts;     /* parts of all of them */
    uint64_t kinds[KIND_COUNT];
};

struct unwrap;

/* Limit of the records of one message together, in units of the longest. */
enum { UNWRAP_MOST_TIMES = 64 };

struct unwrap *unwrap_new(const struct unwrap_options *options); /* NULL when memory runs out */
void unwrap_free(struct unwrap *unwrap);

enum unwrap_result {
    UNWRAP_OK,
    UNWRAP_WRITE, /* out has failed */
    UNWRAP_NO_MEMORY
};

/*
 * unwrap_line(unwrap, line, out, counts):
 * Write the records of the line. Their limits are checked before the first one is written.
 */
enum unwrap_result unwrap_line(struct unwrap *unwrap, const struct line *line, struct out *out,
    struct unwrap_counts *counts);

/* Write an error record for the first bytes of a line that is too long. */
enum unwrap_result unwrap_long_line(struct unwrap *unwrap, const struct line *line, struct out *out,
    struct unwrap_counts *counts);

#endif
