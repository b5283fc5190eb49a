#ifndef PG_LOAD_SETTLE_H
#define PG_LOAD_SETTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/out.h"
#include "base/outqueue.h"
#include "batch.h"
#include "failure.h"
#include "load.h"

/* Records so far, by what became of them. */
struct counts {
    uint64_t committed;
    uint64_t duplicate;
    uint64_t quarantined;
    uint64_t rejected;
    uint64_t unkeyed;
    uint64_t kept_out; /* of the committed: not in the table, by a trigger's doing */
    uint64_t notices;  /* that the server gave during COMMIT */
    uint64_t batches;
};

/* The counts that a summary has only when they are not zero, as " unkeyed=1 …"; ${text}. */
enum { SETTLE_RARE_SIZE = 128 };
const char *settle_rare(const struct counts *counts, char text[SETTLE_RARE_SIZE]);

/* Where the verdicts of committed batches go. */
struct settler {
    const struct load_options *options;
    bool has_ledger;
    struct counts counts;
    struct outqueue *verdicts; /* standard output, NULL: not opened */
    int reject_fd;             /* -1: no --reject-file */
    struct out *rejects;
    const char *reject_name;
    bool hinted_at_split;
    uint64_t reported;         /* refused records named in messages so far */
    struct buf text;           /* verdicts, gathered */
    const struct batch *batch; /* whose verdicts are being printed; NULL: none's */
    size_t at;                 /* its next item */
};

/* 0, or -1 with ${failure}; ${settler} is to be closed in any case. */
int settle_open(struct settler *settler, const struct load_options *options, bool has_ledger,
    struct failure *failure);

/* Close both outputs. 0, or -1 with ${failure} (which keeps an earlier one). */
int settle_close(struct settler *settler, struct failure *failure);

/* Whether nobody reads the verdicts any more, as far as can be seen without writing. */
bool settle_is_deaf(const struct settler *settler);

/*
 * Count, copy and report what became of the batch, and begin to print its verdicts: as many as
 * their reader takes without being waited for. While settle_is_busy() the batch must stay as it is,
 * and settle_on() is to be called whenever standard output is ready for settle_events(), or the
 * halt has come (halt.h): it then waits no longer. Each 0, or -1 with ${failure} and not busy.
 */
int settle_batch(struct settler *settler, const struct batch *batch, struct failure *failure);
int settle_on(struct settler *settler, struct failure *failure);

bool settle_is_busy(const struct settler *settler);
short settle_events(const struct settler *settler);

#endif
