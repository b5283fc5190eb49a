#ifndef SQS_UNWRAP_RUN_H
#define SQS_UNWRAP_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "message.h"
#include "options.h"

/* Lines from standard input, records to standard output. */
struct run;

enum run_end {
    RUN_DONE,
    RUN_READ,  /* standard input failed, errno says */
    RUN_WRITE, /* standard output failed, errno says */
    RUN_NO_MEMORY
};

struct run_report {
    struct message_counts counts;
    uint64_t skipped; /* lines, as line_skipped() counts; no records */
};

enum run_failure {
    RUN_SET_UP,
    RUN_METRICS /* the file of figures cannot be written */
};

/* All that it needs is opened here. NULL with errno, and what failed. */
struct run *run_open(const struct options *options, enum run_failure *failure);
void run_close(struct run *run); /* NULL is fine */

/* Confine the process: 0; 1: the kernel cannot do it; -1: no memory. */
int run_confine(void);

/* Do all the work, then close standard output. Once. */
enum run_end run_filter(struct run *run, struct run_report *report);

#endif
