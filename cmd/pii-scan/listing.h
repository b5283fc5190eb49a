#ifndef PII_SCAN_LISTING_H
#define PII_SCAN_LISTING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "records.h"

/* One path of the report. */
struct listing_row {
    struct node *node;
    unsigned personal;  /* as judge_personal() has it */
    const char *policy; /* what the policy does with it; NULL: nothing, or there is none */
};

/* As a line of JSON; and as one of a table for people, below listing_heading(). 0, or -1. */
int listing_json(struct buf *out, const struct listing_row *row);
int listing_heading(struct buf *out);
int listing_line(struct buf *out, const struct listing_row *row);

/* Append a share as a decimal between 0 and 1: never 0 or 1 when it is not. 0, or -1. */
int listing_share(struct buf *out, uint64_t part, uint64_t whole);

#endif
