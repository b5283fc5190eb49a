#ifndef RECORD_INTAKE_H
#define RECORD_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/line.h"
#include "base/meter.h"
#include "base/out.h"
#include "record/stream_options.h"

/*
 * Standard input of a program that looks at records and passes none on: it takes them in, a line
 * each, until the end, a stop request or enough of them, and says something only then.
 */

/* What became of the lines so far. */
struct intake_counts {
    uint64_t records;
    uint64_t malformed; /* lines that are no record */
    uint64_t errors;    /* error records */
};

enum { INTAKE_METRICS = 4 };

struct intake_work {
    /* INTAKE_METRICS rows for the meter: the counts in their order, then METER_LAST_SUCCESS. */
    const struct metric *metrics;
    bool apart; /* as in base/meter.h */
    struct intake_counts (*count)(const void *context);
    /* Take in one line; NULL: one that was too long. 0, or -1: out of memory. */
    int (*take)(void *context, const char *text, size_t length, uint64_t number);
    void *context;
};

struct intake {
    const struct stream_options *options;
    struct intake_work work;
    struct line_reader *reader;
    struct out *out; /* standard output; NULL once the caller has closed it */
    struct meter *meter;
    uint64_t went_through; /* records, when the figures were last read */
    uint64_t last_success_ms;
};

/*
 * intake_open(intake, options, work):
 * Open standard input and output, catch stop requests, and start the meter. ${options} and what
 * ${work} leads to outlive it. 0, or the status to exit with, after its message; -1: errno says
 * why. Call intake_close() in any case.
 */
int intake_open(struct intake *intake, const struct stream_options *options,
    const struct intake_work *work);

/* Take in all lines, or so many that there are ${most} records; 0: no bound. 0, or the status to
 * exit with, after its message. */
int intake_run(struct intake *intake, uint64_t most);

/* Close the meter before the rest; intake_close() does it too. */
void intake_end_meter(struct intake *intake);

/* Before what ${work} leads to is freed. One that is all zeroes is fine: it was never opened. */
void intake_close(struct intake *intake);

#endif
