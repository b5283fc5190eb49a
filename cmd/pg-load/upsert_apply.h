#ifndef PG_LOAD_UPSERT_APPLY_H
#define PG_LOAD_UPSERT_APPLY_H

#include "loader.h"
#include "row_batch.h"

/* The rows of a round brought into the table, in the order of their keys, one a key. */

/* Those of the items order[0, count), as isolate_try tells: sets each item's effect. */
int upsert_apply_list(struct loader *loader, struct row_batch *batch, const struct group *group,
    const char *prefix, const uint32_t *order, size_t count);

/* The same of all that stand in the temporary table, which pg_upsert_joins() is true of. */
int upsert_apply_staged(struct loader *loader, struct row_batch *batch, const uint32_t *order,
    size_t count);

/* Send the statements without a row, so that what is wrong with them is told from what is wrong
 * with rows. 0, or -1 with the connection's error, which then is about no row. */
int upsert_apply_nothing(struct loader *loader, const struct row_batch *batch,
    const uint32_t *order, size_t count);

#endif
