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

/* Records so far, by what became of them. */
struct counts {
    uint64_t committed;
    uint64_t inserted; /* of the committed, with --upsert; and the next two */
    uint64_t updated;
    uint64_t stale;
    uint64_t duplicate;
    uint64_t quarantined;
    uint64_t rejected;
    uint64_t unkeyed;
    uint64_t kept_out;  /* of the committed: not in the table, by a trigger's doing */
    uint64_t differing; /* of the duplicates: with other values than the row with their key */
    uint64_t notices;   /* that the server gave during COMMIT */
    uint64_t batches;
    uint64_t codes[REPORT_CODES]; /* refused records by their code (record/code.h) */
    struct histogram delays;      /* from when a message was sent until its row was committed */
};

/* The word of a count by code; NULL: nothing is counted there. */
const char *report_code(unsigned code);

/* The counts that a summary has only when they are not zero, as " unkeyed=1 …"; ${text}. */
enum { REPORT_RARE_SIZE = 256 };
const char *report_rare(const struct counts *counts, char text[REPORT_RARE_SIZE]);

/* Where the verdicts of committed batches go. */
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
    uint64_t no_records;           /* refused: lines that are none */
    uint64_t reported;             /* refused records named in messages so far */
    struct buf text;               /* verdicts, gathered */
    const struct row_batch *batch; /* whose verdicts are being printed; NULL: none's */
    size_t at;                     /* its next item */
};

/* 0, or -1 with ${failure}; ${reporter} is to be closed in any case. */
int report_open(struct reporter *reporter, const struct load_options *options, bool has_ledger,
    struct failure *failure);

/* Close both outputs. 0, or -1 with ${failure} (which keeps an earlier one). */
int report_close(struct reporter *reporter, struct failure *failure);

/* Whether nobody reads the verdicts any more, as far as can be seen without writing. */
bool report_is_closed(const struct reporter *reporter);

/*
 * Count, copy and report what became of the batch, and begin to print its verdicts: as many as
 * their reader takes without being waited for. While report_is_busy() the batch must stay as it is,
 * and report_continue() is to be called whenever standard output is ready for report_events(), or
 * the shutdown has come (shutdown.h): it then waits no longer. Each 0, or -1 with ${failure} and
 * not busy.
 */
int report_batch(struct reporter *reporter, const struct row_batch *batch, struct failure *failure);
int report_continue(struct reporter *reporter, struct failure *failure);

bool report_is_busy(const struct reporter *reporter);
short report_events(const struct reporter *reporter);

#endif
