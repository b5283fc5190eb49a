#ifndef PII_SCAN_LISTING_H
#define PII_SCAN_LISTING_H

#include "base/buf.h"
#include "records.h"

/* One path of the report. */
struct listing_row {
    struct node *node;
    unsigned personal;  /* result of judge_personal() */
    const char *policy; /* action of the policy; NULL: none, or no policy */
};

/*
 * Append the row as a line of JSON, or as a line of the table below listing_heading(). Return 0, or
 * -1.
 */
int listing_json(struct buf *out, const struct listing_row *row);
int listing_heading(struct buf *out);
int listing_line(struct buf *out, const struct listing_row *row);

#endif
