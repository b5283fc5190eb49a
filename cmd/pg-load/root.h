#ifndef PG_LOAD_ROOT_H
#define PG_LOAD_ROOT_H

#include <stdbool.h>

#include "base/failure.h"
#include "column_plan.h"
#include "json/scan.h"

/*
 * --root: where a line of plain NDJSON has its values. What stands there is the record's body, so
 * that maps and names of columns work as they do on records. The reserved members at the top of a
 * line keep their meaning; but "error" is one of ours only if it is an object with a stage and a
 * code, as a field of that name may be anything.
 */

/* Make the place that ${path} (NULL: .body) names the body of ${plan}, whose reserved nodes are
 * there. 0, or -1 with ${failure}. */
int root_set(struct column_plan *plan, const char *path, struct failure *failure);

/*
 * root_record(plan, text, matches, out):
 * The record that a filter of the whole is given: the line with the value at the root as its
 * "body", in ${out} (cleared first). 0, or -1: out of memory.
 */
int root_record(const struct column_plan *plan, const char *text,
    const struct json_matches *matches, struct buf *out);

/* Whether the line is an error record of ours. */
bool root_has_error(const struct column_plan *plan, const struct json_matches *matches);

/* Whether the line ${text} is masked, or has nothing to be masked: it carries "pii" with the id of
 * a key, or it is an error record without a clear member, and with no "sealed" but sealed content.
 * For a plan that requires it. */
bool root_is_masked(const struct column_plan *plan, const char *text,
    const struct json_matches *matches);

/* Whether such a line has content that can be stored: something sealed, or a body. */
bool root_has_content(const struct column_plan *plan, const struct json_matches *matches);

#endif
