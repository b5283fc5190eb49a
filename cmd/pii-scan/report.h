#ifndef PII_SCAN_REPORT_H
#define PII_SCAN_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "records.h"

/* One path of the report. */
struct report_row {
    struct node *node;
    unsigned personal;  /* as judge_personal() has it */
    const char *policy; /* what the policy does with it; NULL: nothing, or there is none */
};

/* As a line of JSON; and as one of a table for people, below report_heading(). 0, or -1. */
int report_json(struct buf *out, const struct report_row *row);
int report_heading(struct buf *out);
int report_line(struct buf *out, const struct report_row *row);

/* Append a share as a decimal between 0 and 1: never 0 or 1 when it is not. 0, or -1. */
int report_share(struct buf *out, uint64_t part, uint64_t whole);

#endif
