#ifndef PG_LOAD_UPSERT_APPLY_H
#define PG_LOAD_UPSERT_APPLY_H

#include "loader.h"
#include "row_batch.h"

/* Load the rows of a round into the table, in the order of their keys, one row per key. */

/* Load the rows of the items order[0, count), as isolate_try says, and set the effect of each. */
int upsert_apply_list(struct loader *loader, struct row_batch *batch, const struct group *group,
    const char *prefix, const uint32_t *order, size_t count);

/* Load all rows of the temporary table, those of the items order[0, count). pg_upsert_joins() must
 * be true for it. Return 0, or -1 with the connection's error. */
int upsert_apply_staged(struct loader *loader, struct row_batch *batch, const uint32_t *order,
    size_t count);

/* Send the statements of the first 16 groups without a row, so that an error of a statement is told
 * from one of a row. Return 0, or -1 with the connection's error, which is then not tied to a
 * single row. */
int upsert_apply_nothing(struct loader *loader, const struct row_batch *batch,
    const uint32_t *order, size_t count);

#endif
