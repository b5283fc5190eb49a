#ifndef MASK_FILTER_H
#define MASK_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/line.h"
#include "base/meter.h"

/* The common part of pii-mask and pii-unmask: a filter of lines. */

enum filter_outcome {
    FILTER_CHANGED, /* masked, or unmasked */
    FILTER_OPENED,  /* an error record whose sealed content was opened */
    FILTER_PASSED,  /* unchanged */
    FILTER_ERROR,   /* an error record, made here or before */
    FILTER_FAILED   /* out of memory, or OpenSSL failed: the run ends */
};

/*
 * Return the outcome of a line replaced by an error record; ${written} is 0 when that was written.
 */
static inline enum filter_outcome filter_error(int written)
{
    return written == 0 ? FILTER_ERROR : FILTER_FAILED;
}

/* line() and long_line() append one line with its newline to the empty ${out}. */
struct filter_work {
    void *state;
    enum filter_outcome (*line)(void *state, const struct line *line, struct buf *out);
    /* Process the first bytes of a line over the maximum. */
    enum filter_outcome (*long_line)(void *state, const char *text, size_t length, struct buf *out);
    /*
     * Store what must be stored before lines are written. Return 0, or -1 with errno. May be NULL.
     */
    int (*commit)(void *state);
};

struct filter_counts {
    uint64_t records;
    uint64_t changed;
    uint64_t opened;
    uint64_t passed;
    uint64_t errors;
    uint64_t skipped; /* lines counted by line_skipped(), which are no records */
};

enum filter_end {
    FILTER_DONE,
    FILTER_READ,   /* stdin failed, with errno; running out of memory is FILTER_INTERNAL */
    FILTER_WRITE,  /* stdout failed, with errno */
    FILTER_COMMIT, /* commit() failed, with errno */
    FILTER_INTERNAL
};

/* Return the longest line that ${out} takes, for input lines of at most ${max_record} bytes. */
static inline size_t filter_longest(size_t max_record)
{
    return 2 * max_record + 65536;
}

struct filter_options {
    uint64_t max_record; /* bytes */
    uint64_t grace_ms;   /* of base/line.h and base/out.h */
    bool keep_blanks;    /* the work gets blank lines, too */
    struct meter *meter; /* of its counts (base/meter.h), owned by the caller; NULL: none */
};

/* stdin and stdout, ready for use. All memory is allocated here, except for records over 64 KiB. */
struct filter;
struct filter *filter_new(const struct filter_options *options); /* NULL with errno */
void filter_free(struct filter *filter);                         /* NULL is fine */

/* Do all the work, then close stdout. Call it once. */
enum filter_end filter_run(struct filter *filter, const struct filter_work *work,
    struct filter_counts *counts);

#endif
