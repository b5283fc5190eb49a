#ifndef PG_LOAD_SETTLE_H
#define PG_LOAD_SETTLE_H

#include "batch.h"
#include "failure.h"
#include "loader.h"
#include "base/out.h"

/* Where the verdicts of committed batches go. */
struct settler {
    struct out *verdicts; /* standard output */
    int reject_fd;        /* -1: no --reject-file */
    struct out *rejects;
    const char *reject_name;
    uint64_t reported; /* refused records named in messages so far */
    struct buf line;
};

/* 0, or -1 with ${failure}; ${settler} is to be closed in any case. */
int settle_open(struct settler *settler, const struct load_options *options,
    struct failure *failure);

/* Flush and close both outputs. 0, or -1 with ${failure} (which keeps an earlier one). */
int settle_close(struct settler *settler, struct failure *failure);

/* Whether nobody reads the verdicts any more, as far as can be seen without writing. */
bool settle_is_deaf(const struct settler *settler);

/* Count, copy and report what became of the batch, and print its verdicts. 0, or -1 with
 * ${failure}. */
int settle_batch(struct settler *settler, struct loader *loader, const struct batch *batch,
    struct failure *failure);

#endif
