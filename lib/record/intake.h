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
 * Standard input of a program that reads records and passes none on. It reads lines until the end,
 * a stop request or enough records, and prints its result only then.
 */

/* Counts of the lines so far. */
struct intake_counts {
    uint64_t records;
    uint64_t malformed; /* lines that are not records */
    uint64_t errors;    /* error records */
};

enum { INTAKE_METRICS = 4 };

struct intake_work {
    /* INTAKE_METRICS rows for the meter: the counts in their order, then METER_LAST_SUCCESS. */
    const struct metric *metrics;
    bool apart; /* as in base/meter.h */
    struct intake_counts (*count)(const void *context);
    /* Read one line; NULL: it was too long. Return 0, or -1: out of memory. */
    int (*take)(void *context, const char *text, size_t length, uint64_t number);
    void *context;
};

struct intake {
    const struct stream_options *options;
    struct intake_work work;
    struct line_reader *reader;
    struct out *out; /* standard output; NULL once the caller has closed it */
    struct meter *meter;
    uint64_t done_before; /* records at the last update of the metrics */
    uint64_t last_success_ms;
};

/*
 * intake_open(intake, options, work):
 * Open standard input and output, catch stop requests, and start the meter. ${options} and
 * everything in ${work} must outlive it. Return 0; or the exit status, after its message; or -1
 * with errno. Call intake_close() in any case.
 */
int intake_open(struct intake *intake, const struct stream_options *options,
    const struct intake_work *work);

/*
 * Read all lines, or until there are ${most} records; 0: no limit. Return 0, or the exit status,
 * after its message.
 */
int intake_run(struct intake *intake, uint64_t most);

/* Close the meter before the rest; otherwise intake_close() does it. */
void intake_end_meter(struct intake *intake);

/* Call it before freeing what ${work} points to. Accepts a zeroed one. */
void intake_close(struct intake *intake);

#endif
