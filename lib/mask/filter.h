#ifndef MASK_FILTER_H
#define MASK_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/line.h"
#include "base/meter.h"

/* Lines in, lines out: what pii-mask and pii-unmask have in common. */

enum filter_outcome {
    FILTER_CHANGED, /* masked, or unmasked */
    FILTER_OPENED,  /* an error record whose sealed content is back */
    FILTER_PASSED,  /* as it came */
    FILTER_ERROR,   /* an error record, made here or on its way */
    FILTER_FAILED   /* out of memory, or OpenSSL failed: the run is over */
};

/* Of a line in whose place an error record was to be written: 0, it was. */
static inline enum filter_outcome filter_error(int written)
{
    return written == 0 ? FILTER_ERROR : FILTER_FAILED;
}

/* Both append one line with its newline to ${out}, which is empty. */
struct filter_work {
    void *state;
    enum filter_outcome (*line)(void *state, const struct line *line, struct buf *out);
    /* The first bytes of a line over the maximum. */
    enum filter_outcome (*long_line)(void *state, const char *text, size_t length, struct buf *out);
    /* Called before lines go out, for what has to be stored first. 0, or -1 with errno. NULL: no.
     */
    int (*commit)(void *state);
};

struct filter_counts {
    uint64_t records;
    uint64_t changed;
    uint64_t opened;
    uint64_t passed;
    uint64_t errors;
    uint64_t skipped; /* lines, as line_skipped() counts; no records */
};

enum filter_end {
    FILTER_DONE,
    FILTER_READ,   /* stdin failed, errno says; for want of memory it is FILTER_INTERNAL */
    FILTER_WRITE,  /* stdout failed, errno says */
    FILTER_COMMIT, /* commit() failed, errno says */
    FILTER_INTERNAL
};

/* The longest line that ${out} takes, for lines of at most ${max_record} bytes that come in. */
static inline size_t filter_longest(size_t max_record)
{
    return 2 * max_record + 65536;
}

struct filter_options {
    uint64_t max_record; /* bytes */
    uint64_t grace_ms;   /* as in base/line.h and base/out.h */
    bool keep_blanks;    /* lines of blanks are handed to the work too */
    struct meter *meter; /* of its counts (base/meter.h); the caller's, NULL: none */
};

/* stdin and stdout, ready; what is allocated is allocated here, but for records over 64 KiB. */
struct filter;
struct filter *filter_new(const struct filter_options *options); /* NULL with errno */
void filter_free(struct filter *filter);                         /* NULL is fine */

/* Do all the work, then close stdout. Once. */
enum filter_end filter_run(struct filter *filter, const struct filter_work *work,
    struct filter_counts *counts);

#endif
