#ifndef PG_LOAD_REPORT_H
#define PG_LOAD_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/failure.h"
#include "base/histogram.h"
#include "base/out.h"
#include "base/outqueue.h"
#include "options.h"
#include "record/code.h"
#include "row_batch.h"

enum { REPORT_CODES = CODE_COUNT + 2 };

/* The records of the run by their outcome. */
struct counts {
    uint64_t committed;
    uint64_t inserted; /* of the committed, with --upsert; so are the next two */
    uint64_t updated;
    uint64_t stale;
    uint64_t duplicate;
    uint64_t quarantined;
    uint64_t rejected;
    uint64_t unkeyed;
    uint64_t kept_out;  /* of the committed: kept out of the table by a trigger */
    uint64_t differing; /* of the duplicates: with other values than the row with their key */
    uint64_t notices;   /* of the server, during COMMIT */
    uint64_t batches;
    uint64_t codes[REPORT_CODES]; /* refused records by their code (record/code.h) */
    struct histogram delays;      /* time from sending a message to the commit of its row */
};

/* Return the word of a count by code, or NULL when that code is not counted. */
const char *report_code(unsigned code);

/* Write the counts that a summary has only when they are not zero. Return ${text}, as
 * " unkeyed=1 …". */
enum { REPORT_RARE_SIZE = 256 };
const char *report_rare(const struct counts *counts, char text[REPORT_RARE_SIZE]);

/* The output of the verdicts of committed batches. */
struct reporter {
    const struct load_options *options;
    bool has_ledger;
    struct counts counts;
    struct outqueue *verdicts; /* standard output, NULL: not opened */
    int reject_fd;             /* -1: no --reject-file */
    struct out *rejects;
    const char *reject_name;
    bool hinted_at_split;
    bool hinted_at_key;
    uint64_t no_records;           /* refused lines that are not records */
    uint64_t reported;             /* refused records named in messages so far */
    struct buf text;               /* verdicts, gathered */
    const struct row_batch *batch; /* the batch whose verdicts are being printed, or NULL */
    size_t at;                     /* its next item */
};

/* Open the outputs of ${reporter}. The caller must close it in any case. Return 0, or -1 with
 * ${failure}. */
int report_open(struct reporter *reporter, const struct load_options *options, bool has_ledger,
    struct failure *failure);

/* Close both outputs. Return 0, or -1 with ${failure} (which keeps an earlier one). */
int report_close(struct reporter *reporter, struct failure *failure);

/* Return true when the reader of the verdicts has gone, as far as can be seen without writing. */
bool report_is_closed(const struct reporter *reporter);

/*
 * Count the outcomes of the batch, copy its refused lines, report them, and begin to print its
 * verdicts: as many as their reader takes without a wait. While report_is_busy() the batch must not
 * change. Call report_continue() when standard output is ready for report_events(), or after the
 * shutdown (shutdown.h): then it waits no longer. Each returns 0, or -1 with ${failure} and not
 * busy.
 */
int report_batch(struct reporter *reporter, const struct row_batch *batch, struct failure *failure);
int report_continue(struct reporter *reporter, struct failure *failure);

/* Return true while verdicts of a batch are still to be printed. */
bool report_is_busy(const struct reporter *reporter);

/* Return what to poll standard output for: POLLOUT, or 0. */
short report_events(const struct reporter *reporter);

#endif
