#ifndef PG_LOAD_ROOT_H
#define PG_LOAD_ROOT_H

#include <stdbool.h>

#include "base/failure.h"
#include "column_plan.h"
#include "json/scan.h"

/*
 * --root: the path of the values in a line of plain NDJSON. The value there serves as the body of
 * the record, so that maps and names of columns work as on records. The reserved members at the top
 * of a line keep their meaning. But "error" is reserved only if it is an object with a stage and a
 * code, because plain data may have a field of that name.
 */

/* Make the value at ${path} (NULL: .body) the body of ${plan}, which has its reserved nodes
 * already. Return 0, or -1 with ${failure}. */
int root_set(struct column_plan *plan, const char *path, struct failure *failure);

/*
 * root_record(plan, text, matches, out):
 * Make the record for a filter of the whole record in ${out}, which is cleared first. It is the
 * line with the value at the root as its "body". Return 0, or -1 when memory runs out.
 */
int root_record(const struct column_plan *plan, const char *text,
    const struct json_matches *matches, struct buf *out);

/* Return true when the line is an error record. */
bool root_has_error(const struct column_plan *plan, const struct json_matches *matches);

/* Return true when the line ${text} is masked, or has no value to mask. It then carries "pii" with
 * the id of a key. Or it is an error record without a clear member, whose "sealed", if any, is
 * sealed content. The plan must require it. */
bool root_is_masked(const struct column_plan *plan, const char *text,
    const struct json_matches *matches);

/* Return true when an error record has content to store: something sealed, or a body. */
bool root_has_content(const struct column_plan *plan, const struct json_matches *matches);

#endif
