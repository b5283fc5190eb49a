#ifndef SQS_UNWRAP_UNWRAP_H
#define SQS_UNWRAP_UNWRAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/line.h"
#include "base/out.h"
#include "events.h"

/* A line in, the records of its events out. */
struct unwrap_options {
    struct events_options events;
    size_t maximum; /* bytes of a record */
    uint64_t parts; /* records that a message may give */
};

struct unwrap_counts {
    uint64_t records;   /* that came; */
    uint64_t unwrapped; /* of them something was taken off, */
    uint64_t left;      /* nothing was recognised, or decoded, */
    uint64_t passed;    /* they are not for this program: masked, with an error, no record, */
    uint64_t errors;    /* an error record was made, of all or of a part */
    uint64_t split;     /* of those unwrapped: into several, */
    uint64_t parts;     /* so many in all */
    uint64_t kinds[KIND_COUNT];
};

struct unwrap;

/* A bound of the records of one message together, in units of the longest. */
enum { UNWRAP_MOST_TIMES = 64 };

struct unwrap *unwrap_new(const struct unwrap_options *options); /* NULL: out of memory */
void unwrap_free(struct unwrap *unwrap);

enum unwrap_result {
    UNWRAP_OK,
    UNWRAP_WRITE, /* out has failed */
    UNWRAP_NO_MEMORY
};

/*
 * unwrap_line(unwrap, line, out, counts):
 * Write what becomes of the line. Nothing of it has been written unless its bounds are kept: they
 * are known before its first record is.
 */
enum unwrap_result unwrap_line(struct unwrap *unwrap, const struct line *line, struct out *out,
    struct unwrap_counts *counts);

/* The same of the first bytes of a line that is too long: an error record. */
enum unwrap_result unwrap_long_line(struct unwrap *unwrap, const struct line *line, struct out *out,
    struct unwrap_counts *counts);

#endif
